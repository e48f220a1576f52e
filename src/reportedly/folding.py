"""Folding: what two copies of a text may differ in and still count as the same words.

Unicode NFC; every quotation mark, apostrophe and prime to ' or "; every hyphen, dash and minus to -; soft hyphens and other invisible
characters dropped; every run of white space to one space. Letters, digits, case and punctuation stay.
"""

from __future__ import annotations

import unicodedata

_DOUBLE = "\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u301d\u301e\u301f\uff02"
_SINGLE = "\u0060\u00b4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u275b\u275c\uff07"
_DASH = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_DROPPED = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

_FOLDED = {
    **dict.fromkeys(map(ord, _DOUBLE), '"'),
    **dict.fromkeys(map(ord, _SINGLE), "'"),
    **dict.fromkeys(map(ord, _DASH), "-"),
    **dict.fromkeys(map(ord, _DROPPED), ""),
}

# More marks than these on one character are no writing, and take quadratic time to compose. Source: the Stream-Safe Text Format,
# https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
_MOST_MARKS = 30


def fold(text: str) -> str:
    """Return a text folded.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The folded text. Text that is in NFC and holds no invisible characters and no runs of white space keeps its length.
    """
    return folded_with_places(text)[0]


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """Return a text folded, and for each of its characters the offset that it comes from.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    folded : str
        The folded text.
    places : list of int
        One offset into ``text`` for each character of ``folded``, and the length of ``text`` at the end.
    """
    characters: list[str] = []
    places: list[int] = []
    for at, cluster in _clusters(text):
        for character in _nfc(cluster).translate(_FOLDED):
            if character.isspace():
                if characters and characters[-1] == " ":
                    continue
                character = " "  # noqa: PLW2901 - the character as it is kept
            characters.append(character)
            places.append(at)
    return "".join(characters), [*places, len(text)]


def _clusters(text: str) -> list[tuple[int, str]]:
    """Return the pieces of a text that compose on their own: a starter with the marks behind it, with their offsets."""
    if text.isascii():
        return list(enumerate(text))
    clusters: list[tuple[int, str]] = []
    for at, character in enumerate(text):
        start, cluster = clusters[-1] if clusters else (0, "")
        # Some characters compose with what is before them although they are starters: Hangul vowels, some vowel signs.
        if 0 < len(cluster) <= _MOST_MARKS and (
            unicodedata.combining(character) or _nfc(cluster + character) != _nfc(cluster) + _nfc(character)
        ):
            clusters[-1] = (start, cluster + character)
        else:
            clusters.append((at, character))
    return clusters


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
