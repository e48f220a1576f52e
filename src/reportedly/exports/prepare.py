"""The tables as every export gets them: chosen, as they are or flat, every cell checked against its type."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from reportedly.errors import PackageError
from reportedly.package.contents import Contents, TableContents, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.package.package import Package


def prepare(package: Package, tables: tuple[str, ...] = (), *, flat: bool = False) -> Contents:
    """Return a package's tables, ready to export.

    Parameters
    ----------
    package
        The data package.
    tables
        Which of them; all by default.
    flat
        In flat form.

    Returns
    -------
    Contents
        Its tables are in the package's order, and refer to each other only.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    PackageError
        If a table cannot be read.
    """
    for table in tables:
        package.resource(table)
    chosen = [table for table in package.tables if not tables or table in tables]
    return Contents(package, tuple(_table(package, table, chosen, flat=flat) for table in chosen), flat)


def _table(package: Package, name: str, chosen: list[str], *, flat: bool) -> TableContents:
    table = read_table(package, package.table(name))
    if flat:
        from reportedly.frames.flat import flat_rows

        fields, rows = flat_rows(package, name)
        table = replace(table, fields=tuple(fields), rows=tuple(rows))
    _check_types(table)
    return replace(table, foreign_keys=tuple(key for key in table.foreign_keys if key.table in chosen))


def _check_types(table: TableContents) -> None:
    """Refuse a cell that does not read as its field's type, in the same words in every format."""
    for place, row in enumerate(table.rows, 2):
        for field in table.fields:
            try:
                field.parse(row[field.name])
            except ValueError as error:
                raise PackageError(f"{table.name}: row {place}: {error}; see `reportedly validate`") from error


@contextmanager
def cells_refused(table: TableContents, *refusals: type[Exception]) -> Iterator[None]:
    """Report the cells that a format refuses in one line, instead of in a library's own words.

    Parameters
    ----------
    table
        The table that is being written.
    refusals
        What the format's library raises for a cell that its column does not allow.

    Raises
    ------
    PackageError
        Where a cell is refused, or does not read as its field's type.
    """
    known: tuple[type[Exception], ...] = (ValueError, OverflowError, *refusals)
    try:
        yield
    except known as error:
        first = str(error).strip().splitlines()[0]
        raise PackageError(f"{table.name}: {first}; see `reportedly validate`") from error
