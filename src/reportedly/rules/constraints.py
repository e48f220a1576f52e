"""The constraints of a Table Schema, and what every cell of text must be, as checks.

A check is false on blanks unless its constraint forbids blanks. Source of the constraints: https://datapackage.org/standard/table-schema/#field-constraints
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from reportedly.model.fieldtypes import URI
from reportedly.rules.base import Cell, Check, Rule, blank, given, nw, of_size, unlike
from reportedly.rules.cells import RULES as CELL_RULES
from reportedly.rules.cells import cell_checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reportedly.model.schema import Field, Format, Table
    from reportedly.rules.base import Column

_WRONG = {
    "required": "this is blank",
    "enum": "not one of the allowed values",
    "pattern": "does not match the field's pattern",
    "minimum": "this is too small",
    "maximum": "this is too large",
    "minLength": "this is too short",
    "maxLength": "this is too long",
    "unique": "this value is in more than one row",
}


def _type(form: Format) -> Iterable[Check]:
    return [check for table in form for field in table.fields for check in type_checks(field, table.name)]


def _constraint(name: str) -> Callable[[Format], Iterable[Check]]:
    def build(form: Format) -> Iterable[Check]:
        checks = (check for table in form for field in table.fields for check in field_checks(field, table.name))
        return [check for check in checks if check.rule == name]

    return build


def _primary_key(form: Format) -> Iterable[Check]:
    return [key_check(table) for table in form]


def type_checks(field: Field, table: str = "") -> list[Check]:
    """Return what the text of a field's cells must look like for its type, if the type asks for anything.

    Parameters
    ----------
    field
        The field.
    table
        The name of its table.
    """
    name, kind = field.name, field.kind
    if field.type == "list":
        mark = field.delimiter

        def empty(col: Column) -> nw.Expr:
            text = col(name)
            gap = text.str.starts_with(mark) | text.str.ends_with(mark) | text.str.contains(mark * 2, literal=True)
            return gap & given(text)

        return [Check(table, name, empty, f"not a valid {field.type}", kind.expected, rule="type")]
    if not kind.pattern:
        return []
    broken = f"not a valid {field.type}"
    return [Check(table, name, Cell(name, partial(unlike, pattern=kind.pattern)), broken, kind.expected, rule="type")]


def _uri(name: str, table: str) -> Check:
    """Return what a text of the format `uri` must look like: other rules of text judge it too."""
    expected = "a URI that begins with its scheme, such as https:"
    return Check(table, name, Cell(name, partial(unlike, pattern=URI)), "not a valid URI", expected, rule="type")


def _expression(name: str, kind: str, value: Any) -> tuple[Cell, str]:
    """Return a constraint's expression and what would be right. A blank is the business of `required` alone."""
    makers: dict[str, tuple[Callable[[nw.Expr], nw.Expr], str]] = {
        "required": (blank, "a value"),
        "enum": (lambda cell: ~(cell.is_in(value) | cell.is_null()), ""),
        "pattern": (partial(unlike, pattern=value), f"a text that matches {value}"),
        "minimum": (lambda cell: cell < value, f"{value} or more"),
        "maximum": (lambda cell: cell > value, f"{value} or less"),
        "minLength": (lambda cell: cell.str.len_chars() < value, f"{value} characters or more"),
        "maxLength": (lambda cell: cell.str.len_chars() > value, f"{value} characters or fewer"),
        "unique": (lambda cell: cell.is_duplicated() & given(cell), "a value that no other row has"),
    }
    broken, expected = makers[kind]
    return Cell(name, broken), expected or f"one of: {', '.join(value)}"


def field_checks(field: Field, table: str = "") -> list[Check]:
    """Return a field's constraints on typed values, those of its cells' text included.

    Parameters
    ----------
    field
        The field.
    table
        The name of its table.

    Returns
    -------
    list of Check
        In the schema's order, then the rules that every cell of text obeys.
    """
    found = []
    for kind, value in field.constraints.items():
        if value is not False:
            predicate, expected = _expression(field.name, kind, value)
            found.append(Check(table, field.name, predicate, _literal(_WRONG[kind]), _literal(expected), rule=kind))
    if field.type == "string" and field.format == "uri":
        found.append(_uri(field.name, table))
    return [*found, *(cell_checks(field.name, table) if field.type in {"string", "list"} else ())]


def _literal(text: str) -> str:
    """Return a text as a template that gives that text."""
    return text.replace("{", "{{").replace("}", "}}")


def key_check(table: Table) -> Check:
    """Return the check that no two rows share a primary key, reported at the key's last field."""
    return Check(
        table.name,
        table.key[-1],
        lambda col: of_size(col, *table.key) > 1,
        "another row has the same key",
        f"another {' + '.join(table.key)} than any other row's",
        rule="primaryKey",
    )


def table_checks(table: Table) -> list[Check]:
    """Return the constraints on the typed values of a table's rows, its primary key last."""
    return [*(check for field in table.fields for check in field_checks(field, table.name)), key_check(table)]


_SENTENCES = {
    "required": "A required field is never blank.",
    "enum": "A field with categories has one of them.",
    "pattern": "A field with a pattern matches the whole pattern.",
    "minimum": "A number is no smaller than its field's minimum.",
    "maximum": "A number is no larger than its field's maximum.",
    "minLength": "A text is no shorter than its field's minLength.",
    "maxLength": "A text is no longer than its field's maxLength.",
    "unique": "A unique field has no value twice.",
}
TYPE = Rule(
    "type",
    "constraint",
    "Every cell is a value of its field's type: integers and numbers without leading zeros, plus signs or a negative zero; dates that are in the calendar; true or false; lists without empty items; URIs with a scheme.",
    _type,
)
PRIMARY_KEY = Rule("primaryKey", "constraint", "No two rows of a table have the same primary key.", _primary_key)
# The constraints on one field.
OF_FIELDS = tuple(Rule(name, "constraint", text, _constraint(name)) for name, text in _SENTENCES.items())
OF_CELLS = tuple(Rule(name, "constraint", text, _constraint(name)) for name, text in CELL_RULES.items())
