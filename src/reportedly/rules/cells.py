"""What every cell of text must be: in one normal form, without what nobody sees, in letters of one script, and no formula."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import TYPE_CHECKING

import regex

from reportedly.rules.base import Cell, Check, Distinct, nw

if TYPE_CHECKING:
    from collections.abc import Iterator

# What nobody sees: controls, format characters but for those that are written around digits, separators of lines, fillers, private use, blanks.
_STRAY = regex.compile(
    r"(?V1)^\s|\s$|\s\s|[\p{Cc}[\p{Cf}--\p{Prepended_Concatenation_Mark}]\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}\u2800\ufff0-\uffff]"
)
# Letters of one script that pass for letters of another. Source: https://www.unicode.org/reports/tr39/#Mixed_Script_Detection
_LATIN = r"[\p{Script=Latin}--[\uff21-\uff3a\uff41-\uff5a]]"
_NOT_LATIN = r"[\p{Greek}\p{Cyrillic}\p{Armenian}\p{Cherokee}\uff21-\uff3a\uff41-\uff5a]"
_MIXED = regex.compile(rf"(?V1){_LATIN}{_NOT_LATIN}|{_NOT_LATIN}{_LATIN}")
# The Greek letters of the SI, for micro and ohm: https://www.bipm.org/en/publications/si-brochure
_UNIT = regex.compile(r"\b(?:μ\p{Script=Latin}{1,3}|\p{Script=Latin}?Ω)\b")

RULES = {
    "nfc": "Every cell is in Unicode normalization form C.",
    "stray-space": "No cell begins or ends with a space or has two spaces in a row, a line break, a control character or an invisible character.",
    "mixed-script": "No word mixes Latin letters with Greek, Cyrillic, Armenian, Cherokee or full-width letters, which may look the same.",
    "formula-cell": "No text begins with a character that makes a spreadsheet run it as a formula: = + - @.",
}


_FORMULA = frozenset("=+-@")
_WORDS = {
    "nfc": ("not in Unicode normalization form C", "the same text in Unicode form NFC"),
    "stray-space": (
        "it has a stray space, a line break or an invisible character",
        "the text without stray spaces, line breaks and invisible characters",
    ),
    "mixed-script": (
        "a word mixes Latin letters with letters of another script that may look like them",
        "each word in the letters of one script",
    ),
    "formula-cell": (
        "a spreadsheet would run this as a formula",
        "a text that does not begin with = + - or @",
    ),
}


def _has(faults: nw.Expr, rule: str) -> nw.Expr:
    return faults.str.contains(rule, literal=True)


def is_mixed_script(text: str) -> bool:
    """Return whether a word mixes Latin letters with letters of another script that may look like them; units such as μm do not."""
    return bool(_MIXED.search(_UNIT.sub("", text)))


def _faults(text: str) -> tuple[str]:
    """Return the rules that a text breaks, an empty text for none."""
    if text.isascii():
        # Without a control character, all that can be stray is a space.
        stray = not text.isprintable() or "  " in text or text != text.strip()
        broken = {"stray-space": stray}
    else:
        broken = {
            "nfc": not unicodedata.is_normalized("NFC", text),
            "stray-space": _STRAY.search(text) is not None,
            "mixed-script": is_mixed_script(text),
        }
    broken["formula-cell"] = text[:1] in _FORMULA
    return (" ".join(rule for rule, is_broken in broken.items() if is_broken),)


def cell_checks(name: str, table: str) -> Iterator[Check]:
    """Yield what the cells of a column of text must be.

    Parameters
    ----------
    name
        The column.
    table
        The name of its table.
    """
    faults = f"_faults_{name}"
    steps = (Distinct((name,), (faults,), _faults),)
    for rule, (message, expected) in _WORDS.items():
        yield Check(table, name, Cell(faults, partial(_has, rule=rule)), message, expected, steps, rule)
