"""Tables with their rows, read to the end: what is exported, and what is compared."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reportedly.errors import PackageError
from reportedly.model.schema import Table
from reportedly.package.csvfile import write_csv

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from reportedly.package.about import Dataset
    from reportedly.package.package import Package

Row = dict[str, str]


@dataclass(frozen=True)
class TableContents(Table):
    """A table with its rows.

    Parameters
    ----------
    name, title, description, fields, key, foreign_keys, roles, descriptor
        As in `Table`.
    rows
        The rows in the table's order, every cell as text, blank where there is nothing.
    """

    rows: tuple[Row, ...] = ()

    def csv(self) -> str:
        """Return the table as canonical CSV, which for a table as it is equals its file."""
        return write_csv(list(self.rows), self.names)

    def values(self) -> Iterator[list[Any]]:
        """Yield the rows as lists of Python values: str, int, float, bool, date, list of str, and None for a blank."""
        for row in self.rows:
            yield [field.parse(row[field.name]) for field in self.fields]


def read_table(package: Package, table: Table) -> TableContents:
    """Read a table of a package to the end.

    Parameters
    ----------
    package
        The package.
    table
        The table as its schema describes it.

    Raises
    ------
    PackageError
        If its file cannot be read, a row is not as wide as the header, or the columns are others than the schema's.
    """
    path, names, rows = package.path(table.name), table.names, tuple(package.rows(table.name))
    for place, row in enumerate(rows, 2):
        if len(row) != len(names) or None in row.values():
            raise PackageError(
                f"{path}: row {place} has not one cell for each of its {len(names)} columns; see `reportedly validate`"
            )
        if list(row) != names:
            columns = f"columns are {', '.join(row)}; the schema has {', '.join(names)}"
            raise PackageError(f"{path}: {columns}; see `reportedly validate`")
    return TableContents(**{one.name: getattr(table, one.name) for one in fields(Table)}, rows=rows)


@dataclass(frozen=True)
class Contents:
    """The tables of a package, all or some, as they are or flat.

    Parameters
    ----------
    package
        Where they come from.
    tables
        The tables, in the package's order.
    is_flat
        Whether names, chains, articles and evidence are joined in.
    """

    package: Package
    tables: tuple[TableContents, ...]
    is_flat: bool = False

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The package's descriptor."""
        return self.package.descriptor

    @cached_property
    def dataset(self) -> Dataset:
        """What the descriptor says of the dataset as a whole."""
        # Late: two versions are compared without it.
        from reportedly.package.about import dataset

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

    @property
    def about(self) -> dict[str, str]:
        """What a reader who has nothing but the file needs to know, by its heading; without what the descriptor does not say."""
        dataset = self.dataset
        lines = {
            "Title": dataset.title,
            "Version": dataset.version,
            "Released": self.created.date().isoformat(),
            "Form": "flat: names, chains, articles and evidence joined in" if self.is_flat else "tables as they are",
            "Publisher": dataset.publisher,
            "Identifier": dataset.iri,
            "Licence": dataset.terms,
            "Cite as": dataset.citation,
            "Description": dataset.description,
        }
        return {heading: text for heading, text in lines.items() if text}

    def only(self, table: TableContents) -> Contents:
        """Return the contents with one of the tables alone."""
        return replace(self, tables=(table,))
