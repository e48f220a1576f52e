"""DuckDB (https://duckdb.org/docs/stable/internals/storage): typed tables with keys, checks and comments, a view for each flat table, and the codebook."""

from __future__ import annotations

from contextlib import closing
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

import duckdb

from reportedly.errors import TargetError
from reportedly.exports.columnar.arrow import arrow_table
from reportedly.exports.databases.views import absent_views, flat_views
from reportedly.exports.prepare import cells_refused
from reportedly.sql.codebook import codebook
from reportedly.sql.statements import Dialect, absent_keys, among, column_remark, create_table, literal, quoted, remark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reportedly.model.schema import Field, Table
    from reportedly.package.contents import Contents, TableContents

_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "list": "VARCHAR[]"}
# What makes the bytes the same on every run, whatever the file is called:
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Later storage versions put a random identifier into each file; this one is read by every DuckDB from 1.1.
    "storage_compatibility_version": "v1.0.0",
    # Compressed texts carry stray memory along.
    "force_compression": "uncompressed",
    # Rows are stored in the order in which they come.
    "threads": 1,
    # The least: each of the many small columns takes a block, and the usual 256 KiB would make the file nine times as large.
    "default_block_size": "16384",
    # Nothing is ever fetched.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# Types remember what the database was called when they were made.
_ALIAS = "reportedly"


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    found = [
        "DuckDB has categories, but neither their labels nor whether they rank: these are in codebook_categories and codebook_columns."
    ]
    inward = [table.name for table in contents.tables if _inward(table)]
    if inward:
        found.append(
            f"Rows of {', '.join(inward)} that point to rows of the same table are stored behind these; "
            "sorted by the primary key they are in the order of the CSV."
        )
    return found + absent_keys(contents) + absent_views(contents)


def write(contents: Contents, target: Path) -> None:
    """Write all tables into a file."""
    try:
        with closing(duckdb.connect(config=_CONFIG)) as connection:
            connection.execute(f"ATTACH {literal(target)} AS {_ALIAS}; USE {_ALIAS}")
            _fill(connection, contents)
            # Only now is all of it in the file.
            connection.execute(f"USE memory; DETACH {_ALIAS}")
    except duckdb.Error as error:
        first = str(error).strip().splitlines()[0]
        raise TargetError(f"{target.name}: DuckDB {duckdb.__version__} cannot write it: {first}") from error


def _fill(connection: duckdb.DuckDBPyConnection, contents: Contents) -> None:
    connection.execute("BEGIN")
    views = flat_views(contents, DIALECT)
    for table in _in_order((*contents.tables, *codebook(contents, (view.table for view in views)))):
        for field in table.fields:
            if field.categories:
                values = ", ".join(literal(category.value) for category in field.categories)
                connection.execute(f"CREATE TYPE {_enum(table, field)} AS ENUM ({values})")
        connection.execute(create_table(table, DIALECT))
        _insert(connection, table)
        _describe(connection, "TABLE", table)
    for view in views:
        connection.execute(view.sql)
        _describe(connection, "VIEW", view.table)
    connection.execute("COMMIT")


def _in_order(tables: tuple[TableContents, ...]) -> list[TableContents]:
    """Return tables behind those that they point to, since DuckDB checks each key at once."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for table in tables:
        sorter.add(table.name, *(reference.table for reference in table.foreign_keys if reference.table != table.name))
    by_name = {table.name: table for table in tables}
    return [by_name[name] for name in sorter.static_order()]


def _insert(connection: duckdb.DuckDBPyConnection, table: TableContents) -> None:
    insert = f"INSERT INTO {quoted(table.name)} SELECT * FROM incoming"  # noqa: S608 - a quoted name
    with cells_refused(table, duckdb.ConstraintException):
        for rows in _generations(table):
            connection.register("incoming", arrow_table(table, rows))
            connection.execute(insert)
            connection.unregister("incoming")


def _inward(table: TableContents) -> list[int]:
    """Return the places of the columns that point to the same table."""
    return [table.names.index(reference.field) for reference in table.foreign_keys if reference.table == table.name]


def _generations(table: TableContents) -> Iterator[list[list[Any]]]:
    """Yield the rows so that none points to one of its own batch or a later one: DuckDB wants the row that is pointed to first."""
    waiting = list(table.values())
    own, inward = table.names.index(table.key[0]), _inward(table)
    there: set[Any] = {None}
    while waiting:
        ready: list[list[Any]] = []
        later: list[list[Any]] = []
        for row in waiting:
            (ready if there.issuperset(row[place] for place in inward) else later).append(row)
        # Without any, a key points to a row that never comes: that is for DuckDB to refuse.
        yield ready or later
        there.update(row[own] for row in ready)
        waiting = later if ready else []


def _describe(connection: duckdb.DuckDBPyConnection, kind: str, table: TableContents) -> None:
    name = quoted(table.name)
    connection.execute(f"COMMENT ON {kind} {name} IS {literal(remark(table))}")
    for field in table.fields:
        connection.execute(f"COMMENT ON COLUMN {name}.{quoted(field.name)} IS {literal(column_remark(field))}")


def _enum(table: Table, field: Field) -> str:
    return quoted(f"{table.name}_{field.name}")


def _kind(table: Table, field: Field) -> str:
    return _enum(table, field) if field.categories else _TYPES.get(field.type, "VARCHAR")


def _checks(field: Field, name: str) -> Iterator[str]:
    constraints = field.constraints
    if "enum" in constraints and not field.categories:
        yield among(constraints["enum"], name)
    if "pattern" in constraints:
        yield f"regexp_full_match({name}, {literal(constraints['pattern'])})"


DIALECT = Dialect(
    kind=_kind,
    checks=_checks,
    items="len",
    options="",
    joined="(SELECT string_agg({text}, {separator} ORDER BY {order}) {source})",
    gathered="coalesce((SELECT list({text} ORDER BY {order}) {source}), [])",
    # An enumeration is sorted by the codebook's order.
    in_order=lambda field, name: f"CAST({name} AS VARCHAR)" if field.categories else name,
)
