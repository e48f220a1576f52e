"""Tables in SQL, written once for the databases: columns, keys and the constraints of Table Schema as checks.

Source of the constraints: https://datapackage.org/standard/table-schema/#field-constraints
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportedly.sql.codebook import never_blank, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reportedly.model.schema import Field, Table
    from reportedly.package.contents import Contents


@dataclass(frozen=True)
class Dialect:
    """What databases say differently.

    Parameters
    ----------
    kind
        Returns the type of a table's field.
    checks
        Yields what else makes a field's cells right, as expressions on its quoted name.
    items
        Function that counts the items of a list.
    options
        What follows a table's columns.
    joined, gathered
        Subqueries that put the texts of some rows into one text, or into a list, with places for ``text``, ``order`` and ``source``; the text
        has one for its ``separator`` too.
    in_order
        Returns what to sort a field by so that texts are in the order of their code points.
    """

    kind: Callable[[Table, Field], str]
    checks: Callable[[Field, str], Iterator[str]]
    items: str
    options: str
    joined: str
    gathered: str
    in_order: Callable[[Field, str], str]


def quoted(name: str) -> str:
    """Return a name as SQL takes any: some columns are called as words of SQL, such as `when` and `end`."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a number or a text as SQL."""
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def remark(table: Table) -> str:
    """Return what a table says of itself, in one line."""
    return " ".join(f"{table.title}: {table.description}".split())


def column_remark(field: Field) -> str:
    """Return what a column says of itself, in one line."""
    coding = f" Coding: {field.coding}" if field.coding else ""
    return " ".join(f"{field.title}: {field.description}{coding}".split())


def create_table(table: Table, dialect: Dialect) -> str:
    """Return the statement that makes a table.

    Parameters
    ----------
    table
        The table.
    dialect
        The database's.

    Returns
    -------
    str
        With the descriptions as remarks, so that the schema reads as a data dictionary.
    """
    parts = [f"  -- {column_remark(field)}\n  {_column(table, field, dialect)}" for field in table.fields]
    if len(table.key) > 1:
        parts.append(f"  PRIMARY KEY ({', '.join(map(quoted, table.key))})")
    columns = ",\n".join(parts)
    return f"CREATE TABLE {quoted(table.name)} (\n  -- {remark(table)}\n\n{columns}\n){dialect.options}"


def _column(table: Table, field: Field, dialect: Dialect) -> str:
    name = quoted(field.name)
    words = [name, dialect.kind(table, field)]
    if never_blank(table, field):
        words.append("NOT NULL")
    if table.key == (field.name,):
        words.append("PRIMARY KEY")
    elif field.is_unique:
        words.append("UNIQUE")
    words += [
        f"REFERENCES {quoted(reference.table)} ({quoted(reference.target)})"
        for reference in table.foreign_keys
        if reference.field == field.name
    ]
    checks = [*dialect.checks(field, name), *_checks(field, name, dialect)]
    return " ".join(words) + "".join(f"\n    CHECK ({check})" for check in checks)


def _checks(field: Field, name: str, dialect: Dialect) -> Iterator[str]:
    rules = field.constraints
    length = f"{dialect.items}({name})" if field.type == "list" else f"length({name})"
    if field.type == "list" and field.is_required:
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


def absent_keys(contents: Contents) -> list[str]:
    """Return which foreign keys are left out since what they point to is not exported, one sentence each."""
    return [
        f"{table.name}.{reference.field} is a key to {reference.table}, which is not exported: it is no foreign key here."
        for table in contents.tables
        for reference in references(contents, table)
        if reference not in table.foreign_keys
    ]
