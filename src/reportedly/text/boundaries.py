"""Word boundaries: where a span may begin or end.

Those of Unicode (https://www.unicode.org/reports/tr29/#Word_Boundaries), tailored for spans of news:

- an apostrophe is a boundary, but not between digits: “Trump” is a word of “Trump’s”;
- a number is one word, with its sign, its fractions, its spaces between groups of three digits, in digits or in Chinese characters: “20” is none of
  the words of “-20”, “.20”, “20½”, “1/20”, “20:15”, “20 000” or “20万”;
- white space is a boundary, a narrow no-break space too, and so are underscores around a word and the full stop of a sentence that the next one follows
  without a space;
- in scripts without spaces between words there is a boundary between any two characters.
"""

from __future__ import annotations

from functools import cache

import regex

from reportedly.text.normalize import APOSTROPHES

# Scripts without spaces between words, by where lines may break: https://www.unicode.org/reports/tr14/. Digits and marks have rules of their own.
UNSPACED = r"[[\p{lb=ID}\p{lb=CJ}\p{lb=SA}]--[\p{N}\p{M}]]"
_NUMBER = r"\P{Numeric_Type=None}"
# An em dash is no sign, an en dash or a hyphen may be a minus.
_SIGN = r"[-+±−–‐‑﹢﹣＋－]"
_WITHIN_NUMBER = "|".join(
    (
        rf"(?<={_NUMBER})(?={_NUMBER})",
        rf"(?<=\d[{APOSTROPHES}:/⁄])(?=\d)|(?<=\d)(?=[{APOSTROPHES}:/⁄]\d)",
        rf"(?<=(?<![\p{{L}}\p{{N}}]){_SIGN}\p{{Sc}}?)(?=\.?\d)|(?<=(?<![\p{{L}}\p{{N}}]){_SIGN})(?=\p{{Sc}}\.?\d)",
        r"(?<=(?<![\p{L}\p{N}\p{P}])\.|(?<![\p{L}\p{N}])[-+−]\.)(?=\d)",
        r"(?<=(?<!\d)\d{1,3})(?=\p{Zs}\d{3}(?!\d))|(?<=(?<!\d)\d{1,3}\p{Zs})(?=\d{3}(?!\d))",
    )
)
_BESIDES = "|".join(
    (
        rf"(?<=[\s{APOSTROPHES}])|(?=[\s{APOSTROPHES}])|(?<={UNSPACED})|(?={UNSPACED})",
        r"(?<=(?<![\p{L}\p{N}_])_+)|(?=_+(?![\p{L}\p{N}_]))",
        r"(?<=\p{Ll}\.)(?=\p{Lu})|(?<=\p{Ll})(?=\.\p{Lu})",
    )
)
_BOUNDARY = regex.compile(rf"(?V1w)(?!{_WITHIN_NUMBER})(?:\A|\Z|\b|(?:{_BESIDES})(?!\p{{M}}))")
# Between two of these there is never a boundary.
_JOINING = regex.compile(rf"(?V1)[[\p{{L}}\p{{Nd}}]--[{UNSPACED}{APOSTROPHES}]]")


@cache
def _joins(character: str) -> bool:
    """Return whether a character joins one like it."""
    return _JOINING.match(character) is not None


_UNSPACED = regex.compile(f"(?V1){UNSPACED}")


def is_unspaced(text: str) -> bool:
    """Return whether a text has a letter of a script without spaces between words."""
    return _UNSPACED.search(text) is not None


def is_boundary(text: str, at: int) -> bool:
    """Return whether no word and no number is cut at a place.

    Parameters
    ----------
    text
        Any text.
    at
        How many characters are before the place.

    Returns
    -------
    bool
        True at both ends of the text.
    """
    return _BOUNDARY.match(text, at) is not None


def may_be_boundaries(text: str) -> bytes:
    """Return where boundaries may be, for a first look at a long text: all of them and some more.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    bytes
        1 or 0 for each place, from before the first character to behind the last.
    """
    joins = bytes(map(_joins, text))
    within = int.from_bytes(joins[:-1], "big") & int.from_bytes(joins[1:], "big")
    inner = within.to_bytes(max(len(text) - 1, 0), "big").translate(bytes((1, 0)) + bytes(254))
    return b"\1" + inner + b"\1" if text else b"\1"
