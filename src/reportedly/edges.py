"""Where a word may begin or end, in scripts that put spaces between words and in those that put none."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

# The characters of scripts without spaces between words, as a class of regular expressions holds them: Thai and Lao, Myanmar, Khmer, Japanese and Chinese,
# where https://www.unicode.org/reports/tr14/ lets lines break between letters.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Variation selectors belong to pictures more often than to letters.
_APART = re.compile(f"[{UNSPACED}\ufe00-\ufe0f]")


class _Joining(dict[str, bool]):
    """Whether a character belongs to the same word as one like it beside it, looked up once."""

    def __missing__(self, character: str) -> bool:
        # A vowel sign or an accent is a mark to Unicode, no letter.
        part = character.isalnum() or unicodedata.category(character).startswith("M")
        self[character] = part and not _APART.match(character)
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
