"""Tables in SQL, written once for the databases: columns, keys and the constraints of Table Schema as checks.

Source of the constraints: https://datapackage.org/standard/table-schema/#field-constraints
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportedly.sql.codebook import never_blank, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reportedly.exports.prepare import Build, Field, Sheet


@dataclass(frozen=True)
class Dialect:
    """What databases say differently.

    Parameters
    ----------
    kind
        Returns the type of a sheet's field.
    checks
        Yields what else makes a field's cells right, as expressions on its quoted name.
    items
        Function that counts the items of a list.
    options
        What follows a table's columns.
    joined, gathered
        Return a subquery that puts the texts of some rows into one text, or into a list: of an expression, in an order, from a source; the text
        takes a separator last.
    in_order
        Returns what to sort a field by so that texts are in the order of their code points.
    """

    kind: Callable[[Sheet, Field], str]
    checks: Callable[[Field, str], Iterator[str]]
    items: str
    options: str
    joined: Callable[[str, str, str, str], str]
    gathered: Callable[[str, str, str], str]
    in_order: Callable[[Field, str], str]


def quoted(name: str) -> str:
    """Return a name as SQL takes any: some columns are called as words of SQL, such as `when` and `end`."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a number or a text as SQL."""
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def remark(sheet: Sheet) -> str:
    """Return what a table says of itself, in one line."""
    return _line(f"{sheet.title}: {sheet.description}")


def column_remark(field: Field) -> str:
    """Return what a column says of itself, in one line."""
    coding = f" Coding: {field['coding']}" if "coding" in field else ""
    return _line(f"{field['title']}: {field['description']}{coding}")


def _line(text: str) -> str:
    return " ".join(text.split())


def create_table(sheet: Sheet, dialect: Dialect) -> str:
    """Return the statement that makes a sheet's table.

    Parameters
    ----------
    sheet
        The sheet.
    dialect
        The database's.

    Returns
    -------
    str
        With the descriptions as remarks, so that the schema reads as a data dictionary.
    """
    parts = [f"  -- {column_remark(field)}\n  {_column(sheet, field, dialect)}" for field in sheet.fields]
    if len(sheet.key) > 1:
        parts.append(f"  PRIMARY KEY ({', '.join(map(quoted, sheet.key))})")
    columns = ",\n".join(parts)
    return f"CREATE TABLE {quoted(sheet.name)} (\n  -- {remark(sheet)}\n\n{columns}\n){dialect.options}"


def _column(sheet: Sheet, field: Field, dialect: Dialect) -> str:
    name = quoted(field["name"])
    constraints = field.get("constraints", {})
    words = [name, dialect.kind(sheet, field)]
    if never_blank(sheet, field):
        words.append("NOT NULL")
    if sheet.key == (field["name"],):
        words.append("PRIMARY KEY")
    elif constraints.get("unique"):
        words.append("UNIQUE")
    words += [
        f"REFERENCES {quoted(reference.table)} ({quoted(reference.target)})"
        for reference in sheet.references
        if reference.field == field["name"]
    ]
    checks = [*dialect.checks(field, name), *_checks(field, name, dialect)]
    return " ".join(words) + "".join(f"\n    CHECK ({check})" for check in checks)


def _checks(field: Field, name: str, dialect: Dialect) -> Iterator[str]:
    rules = field.get("constraints", {})
    length = f"{dialect.items}({name})" if field["type"] == "list" else f"length({name})"
    if field["type"] == "list" and rules.get("required"):
        yield f"{length} > 0"
    for rule, expression, sign in (
        ("minimum", name, ">="),
        ("maximum", name, "<="),
        ("minLength", length, ">="),
        ("maxLength", length, "<="),
    ):
        if rule in rules:
            yield f"{expression} {sign} {literal(rules[rule])}"


def among(values: list[str], name: str) -> str:
    """Return a check that a text is one of some values."""
    return f"{name} IN ({', '.join(map(literal, values))})"


def absent_keys(build: Build) -> list[str]:
    """Return which foreign keys are left out since what they point to is not exported, one sentence each."""
    return [
        f"{sheet.name}.{reference.field} is a key to {reference.table}, which is not exported: it is no foreign key here."
        for sheet in build.sheets
        for reference in references(build, sheet)
        if reference not in sheet.references
    ]
