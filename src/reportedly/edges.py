"""Where a word may begin or end, in scripts that put spaces between words and in those that put none."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

# Thai and Lao, Myanmar, Khmer, Chinese and Japanese: https://www.unicode.org/reports/tr14/ lets lines break there without a space. Variation selectors
# belong to pictures more often than to letters.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFE00, 0xFE0F),
    (0x20000, 0x3FFFF),
)


class _Joining(dict[str, bool]):
    """Whether a character belongs to the same word as one like it beside it, looked up once."""

    def __missing__(self, character: str) -> bool:
        code = ord(character)
        # A vowel sign or an accent is a mark to Unicode, no letter.
        part = character.isalnum() or unicodedata.category(character).startswith("M")
        self[character] = part and not any(low <= code <= high for low, high in _UNSPACED)
        return self[character]


_JOINING = _Joining()


def is_edge(text: str, at: int) -> bool:
    """Return whether no word is cut at a place: before the first character, behind the last, or where one of the two there is no part of a word.

    Parameters
    ----------
    text
        Any text.
    at
        How many characters stand before the place.
    """
    return not (0 < at < len(text) and _JOINING[text[at - 1]] and _JOINING[text[at]])


def parted(text: str) -> str:
    """Return a text with NUL at each of its edges: words stand whole in a text where their own such form stands in that of the text.

    Parameters
    ----------
    text
        Any text.
    """
    edges = [at for at in range(len(text) + 1) if is_edge(text, at)]
    return "\0".join(["", *(text[start:end] for start, end in pairwise(edges)), ""])
