"""Constraints of a Table Schema as named narwhals expressions.

Written once: `validate` evaluates them on the text of the files, and the pandera schemas are built from the same. An expression is true
where its constraint is broken, and false on blanks unless the constraint forbids blanks.

Source of the constraints: https://datapackage.org/standard/table-schema/#field-constraints
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import regex

from reportedly.rules.base import Lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import narwhals as nw

    Frame = nw.DataFrame[Any]
else:
    nw = Lazy("narwhals")

Field = dict[str, Any]

_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
_DATE = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP})"
)
# narwhals has no cast that may fail, so what a cell must look like is a pattern, tested before any cast.
_LEXICAL = {
    "integer": (r"0|-?[1-9][0-9]{0,17}", "a whole number"),
    "number": (
        r"(?:0|-?[1-9][0-9]{0,17})(?:\.[0-9]+)?|-0\.[0-9]*[1-9][0-9]*",
        "a number, with a full stop before decimals",
    ),
    "boolean": ("(?:true|false)", "true or false"),
    "date": (_DATE, "a day of the calendar as YYYY-MM-DD"),
}
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


class Expression:
    """An expression that is true where a row breaks something."""

    broken: nw.Expr
    derive: Callable[[Frame], Frame] | None

    def mask(self, frame: Frame) -> nw.Series[Any]:
        """Return for each row of a frame whether it is broken; a comparison with a blank breaks nothing."""
        frame = self.derive(frame) if self.derive else frame
        return frame.select(self.broken.fill_null(value=False).alias("_broken"))["_broken"]

    def rows(self, frame: Frame) -> Frame:
        """Return the rows of a frame that are broken, with the columns that they were judged by."""
        frame = self.derive(frame) if self.derive else frame
        return frame.filter(self.broken.fill_null(value=False))


@dataclass(frozen=True)
class Constraint(Expression):
    """A constraint on one field.

    Parameters
    ----------
    field
        The field.
    name
        The constraint's name in Table Schema, or the cell rule's.
    broken
        True where a value breaks it; on the field's text for ``type``, else on its typed values.
    expected
        What would be right, for the message.
    derive
        Adds the columns that the expression needs, if any.
    """

    field: str
    name: str
    broken: nw.Expr
    expected: str
    derive: Callable[[Frame], Frame] | None = None

    @property
    def message(self) -> str:
        """What is wrong with a value that breaks it."""
        return _WRONG[self.name]


_WRONG = {
    "required": "this is blank",
    "enum": "this is none of the field's categories",
    "pattern": "this does not match the field's pattern",
    "minimum": "this is too small",
    "maximum": "this is too large",
    "minLength": "this is too short",
    "maxLength": "this is too long",
    "unique": "this stands in more than one row",
    "primaryKey": "another row has the same key",
    "nfc": "this is not in Unicode normalization form C",
    "stray-space": "there is a stray space, a line break or an invisible character in it",
    "mixed-script": "a word mixes Latin letters with letters of another script that may look like them",
    "formula-cell": "a spreadsheet would run this as a formula",
}

SENTENCES = {
    "type": "A cell reads as its field's type: integers and numbers without leading zeros, plus signs or a negative zero, dates as days of the calendar, true or false, lists without empty items.",
    "required": "A required field is never blank.",
    "enum": "A field with categories holds one of them.",
    "pattern": "A field with a pattern matches it from end to end.",
    "minimum": "A number is no smaller than its field's minimum.",
    "maximum": "A number is no larger than its field's maximum.",
    "minLength": "A text is no shorter than its field's minLength.",
    "maxLength": "A text is no longer than its field's maxLength.",
    "unique": "A unique field holds no value twice.",
    "primaryKey": "No two rows of a table share their primary key.",
    "foreignKey": "A key points to a row that exists.",
    "nfc": "Every cell is in Unicode normalization form C.",
    "stray-space": "No cell begins or ends with a space, holds two in a row, or holds a line break, a control character or an invisible one.",
    "mixed-script": "No word mixes Latin letters with Greek, Cyrillic, Armenian, Cherokee or full-width ones, which may look the same.",
    "formula-cell": "No cell of text begins with a character that makes a spreadsheet run it as a formula: = + - @.",
}


def lexical(field: Field) -> Constraint | None:
    """Return what a cell's text must look like for its type, if the type asks for anything."""
    name, kind = field["name"], field["type"]
    if kind == "list":
        mark = field["delimiter"]
        text = nw.col(name)
        empty = text.str.starts_with(mark) | text.str.ends_with(mark) | text.str.contains(mark * 2, literal=True)
        return Constraint(name, "type", empty & ~text.is_null(), f"items separated by {mark}, none empty")
    if kind in _LEXICAL:
        pattern, expected = _LEXICAL[kind]
        return Constraint(name, "type", unlike(name, pattern), expected)
    return None


def unlike(name: str, pattern: str) -> nw.Expr:
    """Return whether a cell does not match a pattern from end to end; a blank is no such cell."""
    text = nw.col(name).cast(nw.String)
    # `$` also matches before a final line break; and some releases find nothing in a blank, others find a blank.
    other = ~text.str.contains(f"^(?:{pattern})$") | text.str.contains("\n")
    return other & ~nw.col(name).is_null()


def _length(name: str) -> nw.Expr:
    return nw.col(name).cast(nw.String).str.len_chars()


_CONSTRAINTS: dict[str, Callable[[str, Any], tuple[nw.Expr, str]]] = {
    "required": lambda name, _: (nw.col(name).is_null(), "a value"),
    "enum": lambda name, values: (~nw.col(name).cast(nw.String).is_in(values), f"one of: {', '.join(values)}"),
    "pattern": lambda name, pattern: (unlike(name, pattern), f"a text that matches {pattern}"),
    "minimum": lambda name, least: (nw.col(name) < least, f"{least} or more"),
    "maximum": lambda name, most: (nw.col(name) > most, f"{most} or less"),
    "minLength": lambda name, least: (_length(name) < least, f"{least} characters or more"),
    "maxLength": lambda name, most: (_length(name) > most, f"{most} characters or fewer"),
    "unique": lambda name, _: (nw.col(name).is_duplicated(), "a value that no other row has"),
}


def is_mixed_script(text: str) -> bool:
    """Return whether a word mixes Latin letters with letters of another script that may look like them; units such as μm do not."""
    return bool(_MIXED.search(_UNIT.sub("", text)))


# What no expression can tell is a function of the text of a cell, true where it breaks the rule.
_OF_TEXT: dict[str, tuple[Callable[[str], bool], str]] = {
    "nfc": (lambda text: not unicodedata.is_normalized("NFC", text), "the same text in Unicode form NFC"),
    "stray-space": (
        lambda text: _STRAY.search(text) is not None,
        "the text without stray spaces, line breaks and invisible characters",
    ),
    "mixed-script": (is_mixed_script, "each word in the letters of one script"),
}


def told_by(column: str, name: str, broken: Callable[[str], bool]) -> Callable[[Frame], Frame]:
    """Return a function that adds to a frame, under a new name, what a function says of the texts of a column; each text is asked once.

    Parameters
    ----------
    column
        The column of texts.
    name
        The name of the new column: false on blanks.
    broken
        The function.
    """

    def derive(frame: Frame) -> Frame:
        texts = frame[column].to_list()
        known = {text: isinstance(text, str) and broken(text) for text in set(texts)}
        found = [known[text] for text in texts]
        return frame.with_columns(nw.new_series(name, found, nw.Boolean, backend=frame.implementation))

    return derive


def _cell_rules(name: str) -> Iterator[Constraint]:
    for rule, (broken, expected) in _OF_TEXT.items():
        yield Constraint(name, rule, nw.col("_broken_text"), expected, told_by(name, "_broken_text", broken))
    text = nw.col(name).cast(nw.String)
    yield Constraint(name, "formula-cell", text.str.contains(r"^[=+\-@]"), "a text that does not begin with = + - or @")


def constraints(field: Field) -> list[Constraint]:
    """Return a field's constraints on typed values, those of its cells' text included.

    Parameters
    ----------
    field
        A Table Schema field descriptor.

    Returns
    -------
    list of Constraint
        In the schema's order, then the rules that every cell of text obeys.
    """
    name = field["name"]
    found = []
    for kind, argument in field.get("constraints", {}).items():
        if argument is not False:
            expression, expected = _CONSTRAINTS[kind](name, argument)
            # A blank is the business of `required` alone.
            broken = expression if kind == "required" else expression & ~nw.col(name).is_null()
            found.append(Constraint(name, kind, broken, expected))
    if field["type"] in {"string", "list"}:
        found += _cell_rules(name)
    return found


def primary_key(names: list[str]) -> Constraint:
    """Return the constraint that no two rows share a primary key, reported at the key's last field."""
    together = nw.len().over(*names) > 1
    return Constraint(names[-1], "primaryKey", together, f"another {' + '.join(names)} than any other row's")
