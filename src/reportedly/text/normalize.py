"""Normalise a text, so that two copies of the same words compare equal whatever their typography.

Invisible characters are dropped, a run of white space becomes one space, letters are composed (NFC), quotation marks, apostrophes and primes become
``"`` or ``'``, hyphens, dashes and minus signs ``-``. Letters, digits, case and punctuation stay. What a character is, Unicode says:
https://www.unicode.org/reports/tr44/ (properties), https://www.unicode.org/reports/tr15/ (NFC).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Callable

# Nobody sees these: joiners, fillers, variation selectors, marks and embeddings that set the direction of writing.
INVISIBLE = r"[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]"
_GAP = regex.compile(rf"(?:\s|{INVISIBLE}){{2,}}|{INVISIBLE}")
# What may compose: a character with the marks behind it, and what is never in NFC. More than 30 marks are no writing, and take quadratic time to
# sort: https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
_COMPOSING = regex.compile(r"(?s:.)[\p{M}\p{NFC_Quick_Check=Maybe}]{1,30}|\p{NFC_Quick_Check=No}")

# Spellings of the apostrophe, primes among them, and the ornaments and grave and acute accents that take the place of quotation marks; Unicode's property
# Quotation_Mark has none of these but ' and ’.
APOSTROPHES = "'’‘‛ʼʻʽʹ′‵`´＇"
ORNAMENTS = "❛❜❝❞❟❠🙶🙷🙸"
_MARK = rf"[\p{{Quotation_Mark}}{ORNAMENTS}″‶ʺ״]"
# U+2043 is a bullet that looks like a hyphen and is used as one.
_DASH = r"[\p{Dash}\u2043]"


def _spellings() -> dict[int, str]:
    """Return what each character with several spellings becomes."""
    characters = "".join(map(chr, (*range(0x3100), *range(0xFE00, 0x10000)))) + ORNAMENTS
    marks = regex.findall(_MARK, characters)
    single = {mark for mark in marks if any(word in unicodedata.name(mark) for word in ("SINGLE", "WHITE CORNER"))}
    return {
        **{ord(space): " " for space in regex.findall(r"\s", characters)},
        **{ord(dash): "-" for dash in regex.findall(_DASH, characters)},
        **{ord(mark): "'" if mark in single else '"' for mark in marks},
        **{ord(mark): "'" for mark in f"{APOSTROPHES}׳"},
    }


def _gap(gap: str) -> str:
    """Return what is left of white space and invisible characters: what parts lines or columns still does."""
    spaces = set(filter(str.isspace, gap))
    return "" if not spaces else " " if all(unicodedata.category(space) == "Zs" for space in spaces) else "\n"


class _Layer:
    """One step of normalising: the text after it, and which of its characters came from where."""

    def __init__(self, text: str, pattern: regex.Pattern[str], put: Callable[[str], str]) -> None:
        pieces: list[str] = []
        # From each of these places on, characters lie side by side in both texts, until the next.
        self._after, self._before = [0], [0]
        self._ends: dict[int, int] = {}
        done = length = 0
        for match in pattern.finditer(text):
            start, end = match.span()
            new = put(text[start:end])
            pieces += (text[done:start], new)
            length += start - done
            if new:
                if len(new) != end - start:
                    self._after.append(length)
                    self._before.append(start)
                length += len(new)
                self._ends[length] = end
            done = end
            if len(new) != end - start:
                self._after.append(length)
                self._before.append(end)
        self.text = "".join([*pieces, text[done:]]) if pieces else text

    def start(self, at: int) -> int:
        """Return where the character at a place began before."""
        found = bisect_right(self._after, at) - 1
        return self._before[found] + at - self._after[found]

    def end(self, at: int) -> int:
        """Return where the character before a place ended before."""
        return self._ends.get(at, self.start(at - 1) + 1) if at else 0

    def place(self, at: int) -> int:
        """Return how many characters are left of those that began before a place."""
        found = bisect_right(self._before, at) - 1
        place = self._after[found] + at - self._before[found]
        return min(place, self._after[found + 1]) if found + 1 < len(self._after) else min(place, len(self.text))


class Normalized:
    """A text, its normalised form, and the one map between places in both.

    Parameters
    ----------
    text
        Any text.

    Attributes
    ----------
    raw
        The text as it is.
    spelled
        The normalised text before punctuation is made alike: as long as ``text``, place for place.
    text
        The normalised text.
    """

    def __init__(self, text: str) -> None:
        self.raw = text
        self._layers = [_Layer(text, _GAP, _gap)]
        self.spelled = self._layers[0].text
        if not unicodedata.is_normalized("NFC", self.spelled):
            self._layers.append(_Layer(self.spelled, _COMPOSING, lambda piece: unicodedata.normalize("NFC", piece)))
            self.spelled = self._layers[1].text
        self.text = self.spelled.translate(_SPELLINGS)

    def start(self, at: int) -> int:
        """Return the place in the raw text where the character at a place of the normalised text begins."""
        for layer in reversed(self._layers):
            at = layer.start(at)
        return at

    def end(self, at: int) -> int:
        """Return the place in the raw text where the character before a place of the normalised text ends."""
        for layer in reversed(self._layers):
            at = layer.end(at)
        return at

    def place(self, at: int) -> int:
        """Return the place in the normalised text of a place in the raw text; places outside of the text are its ends."""
        at = max(0, min(at, len(self.raw)))
        for layer in self._layers:
            at = layer.place(at)
        return at

    def stretch(self, start: int, end: int) -> tuple[int, int] | None:
        """Return a stretch of the raw text as one of the normalised text; None where it cuts what became one character."""
        first, last = self.place(start), self.place(end)
        whole = 0 <= start < end <= len(self.raw) and self.start(first) == start and self.end(last) == end
        return (first, last) if whole else None


def normalize(text: str) -> str:
    """Return a text normalised.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The normalised text; of a normalised text, the text itself.
    """
    return Normalized(text).text


_SPELLINGS = _spellings()
