"""The tables as every export gets them: fields, keys and typed cells, once."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from reportedly.cli.output import value
from reportedly.errors import PackageError
from reportedly.package.about import dataset
from reportedly.package.csvfile import write_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd

    from reportedly.package.about import Dataset
    from reportedly.package.package import Package

Row = dict[str, str]
Field = dict[str, Any]

# What JSON has no type of its own for.
_FROM_JSON: dict[str, Callable[[Any], Any]] = {"date": dt.date.fromisoformat, "number": float}


class Reference(NamedTuple):
    """A foreign key of one column."""

    field: str
    table: str
    target: str


@dataclass(frozen=True)
class Sheet:
    """A table to export.

    Parameters
    ----------
    name, title, description
        As the table's schema gives them.
    fields
        Table Schema fields of the columns, in order.
    rows
        The rows in the table's order, every cell as text, blank where there is nothing.
    key
        Names of the columns of the primary key.
    references
        Foreign keys to sheets of the same build.
    """

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    rows: tuple[Row, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [field["name"] for field in self.fields]

    def csv(self) -> str:
        """Return the sheet as canonical CSV, which for a table as it is equals its file."""
        return write_csv(list(self.rows), self.names)

    def frame(self) -> pd.DataFrame:
        """Return the sheet as the frame that `reportedly.load` or `reportedly.flat` gives."""
        from reportedly.frames.load import read

        return read(io.StringIO(self.csv(), newline=""), self.fields, self.name)

    def values(self) -> Iterator[list[Any]]:
        """Yield the rows as lists of Python values: str, int, float, bool, date, list of str, and None for a blank."""
        for row in self.rows:
            yield [typed(row[field["name"]], field) for field in self.fields]


def typed(cell: str, field: Field) -> Any:
    """Return a cell as a Python value: str, int, float, bool, date, list of str, or None for a blank.

    Raises
    ------
    ValueError
        If the cell does not read as its field's type.
    """
    found = value(cell, field)
    if found is None:
        return None
    return _FROM_JSON[field["type"]](found) if field["type"] in _FROM_JSON else found


@dataclass(frozen=True)
class Build:
    """What is exported: a package's tables, as they are or flat.

    Parameters
    ----------
    package
        Where they come from.
    sheets
        The tables, in the package's order.
    is_flat
        Whether names, chains, articles and evidence are joined in.
    """

    package: Package
    sheets: tuple[Sheet, ...]
    is_flat: bool

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The package's descriptor."""
        return self.package.descriptor

    @cached_property
    def dataset(self) -> Dataset:
        """What the descriptor says of the dataset as a whole."""
        return dataset(self.package)

    @property
    def created(self) -> dt.datetime:
        """When the version was released: the only time that an export may show, so that it has the same bytes on every run.

        Raises
        ------
        PackageError
            If the descriptor does not say it.
        """
        if self.dataset.created is None:
            raise PackageError(f"{self.package.root}: add the time of the version to datapackage.json as `created`")
        return self.dataset.created

    def only(self, sheet: Sheet) -> Build:
        """Return the build with one of its sheets alone."""
        return replace(self, sheets=(sheet,))

    def sheet(self, name: str) -> Sheet:
        """Return a sheet by name."""
        return next(sheet for sheet in self.sheets if sheet.name == name)


def build(package: Package, tables: tuple[str, ...] = (), *, flat: bool = False) -> Build:
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
    Build
        Its sheets are in the package's order, and refer to each other only.

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
    return Build(package, tuple(_sheet(package, table, chosen, flat=flat) for table in chosen), flat)


def _sheet(package: Package, table: str, chosen: list[str], *, flat: bool) -> Sheet:
    schema = package.schema(table)
    fields, rows = schema["fields"], tuple(package.rows(table))
    _check_columns(package.path(table), [field["name"] for field in fields], rows)
    if flat:
        from reportedly.frames.flat import flat_rows

        fields, found = flat_rows(package, table)
        rows = tuple(found)
    _check_types(table, fields, rows)
    references = [
        Reference(key["fields"][0], key["reference"]["resource"] or table, key["reference"]["fields"][0])
        for key in schema.get("foreignKeys", ())
    ]
    return Sheet(
        table,
        schema["title"],
        schema["description"],
        tuple(fields),
        rows,
        tuple(schema["primaryKey"]),
        tuple(reference for reference in references if reference.table in chosen),
    )


def _check_columns(path: str, names: list[str], rows: Iterable[Row]) -> None:
    """Refuse a table whose rows are not as wide as its header, or whose columns are others than its schema's."""
    for place, row in enumerate(rows, 2):
        if len(row) != len(names) or None in row.values():
            raise PackageError(
                f"{path}: row {place} has not one cell for each of its {len(names)} columns; see `reportedly validate`"
            )
        if list(row) != names:
            told = f"columns are {', '.join(row)}; the schema has {', '.join(names)}"
            raise PackageError(f"{path}: {told}; see `reportedly validate`")


def _check_types(table: str, fields: Iterable[Field], rows: Iterable[Row]) -> None:
    """Refuse a cell that does not read as its field's type, in the same words in every format."""
    for place, row in enumerate(rows, 2):
        for field in fields:
            try:
                typed(row[field["name"]], field)
            except ValueError as error:
                raise PackageError(f"{table}: row {place}: {error}; see `reportedly validate`") from error
