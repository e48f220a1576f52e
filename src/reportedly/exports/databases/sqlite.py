"""SQLite (https://www.sqlite.org/fileformat2.html): strict tables with keys and checks, a view for each flat table, and the codebook."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reportedly.errors import PackageError, TargetError
from reportedly.exports.databases.views import absent_views, flat_views
from reportedly.exports.prepare import cells_refused
from reportedly.package.about import Licence
from reportedly.package.contents import TableContents
from reportedly.sql.codebook import codebook, column
from reportedly.sql.statements import Dialect, absent_keys, among, create_table, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reportedly.model.schema import Field, Table
    from reportedly.package.contents import Contents

_TYPES = {"integer": "INTEGER", "boolean": "INTEGER", "number": "REAL"}
# The order of what an aggregate takes is only promised where it is a window, up to SQLite 3.43: https://www.sqlite.org/lang_aggfunc.html
_WINDOW = "OVER (ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
_DATASETTE = TableContents(
    "datasette_metadata",
    "Metadata for Datasette",
    "One row: the descriptions of all tables and columns, as `datasette --metadata` reads them.",
    (
        column(
            "database",
            "Database",
            "The name that Datasette gives the file, if it still has the one that it was made with.",
        ),
        column("json", "JSON", "The metadata."),
    ),
    key=("database",),
)


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    found = [
        "SQLite has no dates, booleans, lists or categories: they are texts YYYY-MM-DD, 0 and 1, JSON arrays, and texts.",
        "Checks refuse anything else, but cannot look at the items of a list.",
        "The order and the labels of categories are in codebook_categories.",
    ]
    if any("pattern" in field.constraints for table in contents.tables for field in table.fields):
        found.append("SQLite has no regular expressions: patterns are in codebook_columns and are not checked.")
    return found + absent_keys(contents) + absent_views(contents)


def write(contents: Contents, target: Path) -> None:
    """Write all tables into a file."""
    try:
        with closing(sqlite3.connect(target, isolation_level=None)) as connection:
            _fill(connection, contents, target.stem)
    except sqlite3.OperationalError as error:
        raise TargetError(f"{target.name}: SQLite {sqlite3.sqlite_version} cannot write it: {error}") from error


def _fill(connection: sqlite3.Connection, contents: Contents, name: str) -> None:
    # What a Python was built with may have other defaults, and the bytes are to be the same.
    connection.executescript("PRAGMA page_size = 4096; PRAGMA auto_vacuum = NONE; PRAGMA encoding = 'UTF-8'")
    # Tables are in the package's order, so keys are checked when all rows are there.
    connection.executescript("PRAGMA foreign_keys = OFF; BEGIN")
    views = flat_views(contents, DIALECT)
    shown = [view.table for view in views]
    tables = [*contents.tables, *codebook(contents, [*shown, _DATASETTE])]
    tables.append(_for_datasette(contents, name, [*tables, *shown, _DATASETTE]))
    for table in tables:
        _define(connection, table, create_table(table, DIALECT))
        _insert(connection, table)
    _check_keys(connection)
    for table in tables:
        _index(connection, table)
    for view in views:
        _define(connection, view.table, view.sql)
    connection.execute("COMMIT")


def _define(connection: sqlite3.Connection, table: TableContents, statement: str) -> None:
    """Make a table or view, whose names and descriptions are all in its statement."""
    if "\0" in statement:
        raise PackageError(
            f"{table.name}: a name, description or category holds a NUL character, which SQLite does not take"
        )
    connection.execute(statement)


def _insert(connection: sqlite3.Connection, table: TableContents) -> None:
    marks = ", ".join("?" * len(table.fields))
    insert = f"INSERT INTO {quoted(table.name)} VALUES ({marks})"  # noqa: S608 - a quoted name and question marks
    with cells_refused(table, sqlite3.IntegrityError):
        connection.executemany(insert, ([_stored(cell) for cell in row] for row in table.values()))


def _stored(cell: Any) -> Any:
    if isinstance(cell, list):
        return json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _check_keys(connection: sqlite3.Connection) -> None:
    for table, row, other, _ in connection.execute("PRAGMA foreign_key_check"):
        # Rows count as a spreadsheet does: the header is row 1.
        raise PackageError(f"{table}: row {row + 1} points to no row of {other}; see `reportedly validate`")


def _index(connection: sqlite3.Connection, table: TableContents) -> None:
    """Index the foreign keys, but for those that a primary key or a unique column has indexed already."""
    unique = {field.name for field in table.fields if field.is_unique}
    for reference in table.foreign_keys:
        if reference.field != table.key[0] and reference.field not in unique:
            index = quoted(f"{table.name}_{reference.field}")
            connection.execute(f"CREATE INDEX {index} ON {quoted(table.name)} ({quoted(reference.field)})")


def _for_datasette(contents: Contents, name: str, tables: list[TableContents]) -> TableContents:
    """Return the descriptions in the form that `datasette --metadata` reads.

    Source: https://docs.datasette.io/en/0.65/metadata.html
    """
    dataset = contents.dataset
    licence = dataset.licences[0] if dataset.licences else Licence("", "", "")
    described = {
        table.name: {
            "title": table.title,
            "description": table.description,
            "columns": {field.name: field.description for field in table.fields},
            "hidden": table.name == _DATASETTE.name,
        }
        for table in tables
    }
    metadata = {
        "title": dataset.title,
        "description": dataset.description,
        "license": licence.words,
        "license_url": licence.address,
        "databases": {name: {"tables": described}},
    }
    return replace(_DATASETTE, rows=({"database": name, "json": json.dumps(metadata, ensure_ascii=False, indent=2)},))


def _kind(_: Table, field: Field) -> str:
    return _TYPES.get(field.type, "TEXT")


def _checks(field: Field, name: str) -> Iterator[str]:
    if field.type == "boolean":
        yield f"{name} IN (0, 1)"
    elif field.type == "date":
        # Without a shift SQLite takes the 30th of February for a day.
        yield f"date({name}, '+0 days') IS {name}"
    elif field.type == "list":
        yield f"json_valid({name}) AND json_type({name}) = 'array'"
    if "enum" in field.constraints:
        yield among(field.constraints["enum"], name)


DIALECT = Dialect(
    kind=_kind,
    checks=_checks,
    items="json_array_length",
    options=" STRICT",
    joined=f"(SELECT group_concat({{text}}, {{separator}}) {_WINDOW} {{source}} LIMIT 1)",
    gathered=f"coalesce((SELECT json_group_array({{text}}) {_WINDOW} {{source}} LIMIT 1), '[]')",
    in_order=lambda _, name: name,
)
