"""The format as values: its tables, their fields and the keys between them, read from Table Schemas.

Source: https://datapackage.org/standard/table-schema/. Everything here is a value; which file it comes from, `package` knows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from reportedly.model.fieldtypes import TYPES, FieldType, list_type
from reportedly.model.roles import Roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Self

    Row = Mapping[str, str]
    Descriptor = dict[str, Any]


class Category(NamedTuple):
    """One of the values that a field allows.

    Attributes
    ----------
    value
        As cells have it.
    label, description, example
        What it means; empty where the schema does not say.
    descriptor
        The category as the schema has it.
    """

    value: str
    label: str = ""
    description: str = ""
    example: str = ""
    descriptor: Descriptor = {}  # noqa: RUF012 - shared by all that have none, and never changed

    @classmethod
    def from_descriptor(cls, descriptor: Any) -> Category:
        """Return a category of a schema, which may be its value alone."""
        if not isinstance(descriptor, dict):
            descriptor = {"value": descriptor}
        label, description, example = (descriptor.get(name, "") for name in ("label", "description", "example"))
        return cls(descriptor["value"], label, description, example, descriptor)


class ForeignKey(NamedTuple):
    """Columns that name a row of a table.

    Attributes
    ----------
    fields
        The columns.
    table
        The table that they point to.
    targets
        The columns there, in the same order.
    descriptor
        The key as the schema has it.
    """

    fields: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    descriptor: Descriptor = {}  # noqa: RUF012 - shared by all that have none, and never changed

    @property
    def field(self) -> str:
        """The first of the columns; the keys of this format have one."""
        return self.fields[0]

    @property
    def target(self) -> str:
        """The first of the columns that they point to."""
        return self.targets[0]


class Field(NamedTuple):
    """A column.

    Attributes
    ----------
    name, title, description
        What it is called and means.
    type
        The name of its type in Table Schema.
    constraints
        What Table Schema asks of its cells, by name.
    categories
        The values that it allows, in their order; none where any value will do.
    is_ordered
        Whether the categories are a scale.
    delimiter
        What separates the items of a list.
    coding
        How coders decide, empty where there is nothing to decide.
    format
        What the cells are, where the type leaves it open.
    rdf_type
        The IRI of what the cells are, empty where the schema gives none.
    descriptor
        The field as the schema has it.
    """

    name: str
    type: str = "string"
    title: str = ""
    description: str = ""
    constraints: Mapping[str, Any] = {}
    categories: tuple[Category, ...] = ()
    is_ordered: bool = False
    delimiter: str = ""
    coding: str = ""
    format: str = ""
    rdf_type: str = ""
    descriptor: Descriptor = {}  # noqa: RUF012 - as above

    @classmethod
    def from_descriptor(cls, descriptor: Descriptor) -> Field:
        """Return a field of a Table Schema."""
        return cls(
            descriptor["name"],
            # What Table Schema says of a field without a type.
            descriptor.get("type", "any"),
            descriptor.get("title", ""),
            descriptor.get("description", ""),
            descriptor.get("constraints", {}),
            tuple(map(Category.from_descriptor, descriptor.get("categories", ()))),
            bool(descriptor.get("categoriesOrdered", False)),
            descriptor.get("delimiter", ""),
            descriptor.get("coding", ""),
            descriptor.get("format", ""),
            descriptor.get("rdfType", ""),
            descriptor,
        )

    @property
    def values(self) -> list[str]:
        """The values of the categories."""
        return [category.value for category in self.categories]

    @property
    def is_required(self) -> bool:
        """Whether no cell may be blank."""
        return bool(self.constraints.get("required"))

    @property
    def is_unique(self) -> bool:
        """Whether no value may appear twice."""
        return bool(self.constraints.get("unique"))

    @property
    def is_edtf(self) -> bool:
        """Whether cells are dates in the Extended Date/Time Format, which Table Schema has no type for."""
        return self.rdf_type == EDTF

    @property
    def kind(self) -> FieldType:
        """How cells are read and written."""
        return list_type(self.delimiter) if self.type == "list" else TYPES.get(self.type, TYPES["string"])

    def parse(self, cell: str) -> Any:
        """Return a cell as a value: str, int, float, bool, date or list of str; None for a blank, an empty list for that of a list.

        Raises
        ------
        ValueError
            If the cell does not read as the field's type.
        """
        if not cell:
            return [] if self.type == "list" else None
        try:
            return self.kind.parse(cell)
        except ValueError as error:
            import reprlib

            raise ValueError(f"{self.name} holds {reprlib.repr(cell)}, which is no {self.type}") from error

    def to_json(self, cell: str) -> Any:
        """Return a cell as JSON has it: as `parse` does, but dates as texts and whole numbers without decimals.

        Raises
        ------
        ValueError
            If the cell does not read as the field's type.
        """
        value = self.parse(cell)
        if isinstance(value, dt.date):
            return cell
        return int(cell) if isinstance(value, float) and "." not in cell else value

    def renamed(self, name: str) -> Field:
        """Return the field under another name."""
        return self._replace(name=name, descriptor={**self.descriptor, "name": name})


# The datatype of EDTF dates that the Library of Congress keeps.
EDTF = "http://id.loc.gov/datatypes/edtf"


@dataclass(frozen=True)
class Table:
    """A table of the format.

    Parameters
    ----------
    name, title, description
        What it is called and means.
    fields
        Its columns, in order.
    key
        The columns of its primary key.
    foreign_keys
        Its keys into tables.
    roles
        What its columns are for.
    descriptor
        The Table Schema.
    """

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    roles: Roles = field(default_factory=Roles)
    descriptor: Descriptor = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_descriptor(cls, descriptor: Descriptor, name: str) -> Table:
        """Return a table as its Table Schema describes it.

        Parameters
        ----------
        descriptor
            The Table Schema.
        name
            The table's name, which a reference to itself leaves blank.
        """
        return cls(
            name,
            descriptor.get("title", ""),
            descriptor.get("description", ""),
            tuple(map(Field.from_descriptor, descriptor["fields"])),
            _names(descriptor.get("primaryKey", ())),
            tuple(
                ForeignKey(
                    _names(key["fields"]),
                    # Blank is the table itself: https://datapackage.org/standard/table-schema/#foreignKeys
                    key["reference"].get("resource") or name,
                    _names(key["reference"]["fields"]),
                    key,
                )
                for key in descriptor.get("foreignKeys", ())
            ),
            Roles.from_descriptor(descriptor),
            descriptor,
        )

    def to_descriptor(self) -> Descriptor:
        """Return the Table Schema with the fields and foreign keys that the table has, which may be others than its descriptor gives."""
        fields = [field.descriptor for field in self.fields]
        return {**self.descriptor, "fields": fields, "foreignKeys": [key.descriptor for key in self.foreign_keys]}

    def with_roles_of(self, newer: Table) -> Self:
        """Return the table with the roles of a newer one where it has none of its own: 0.1.0 was released before schemas had any.

        A column that only the newer one has plays none.
        """
        if self.roles != Roles():
            return self
        kept = {field.name: newer.field(field.name).rdf_type for field in self.fields if field.name in newer}
        fields = (field._replace(rdf_type=kept.get(field.name, field.rdf_type)) for field in self.fields)
        return replace(self, roles=newer.roles.among(self.names), fields=tuple(fields))

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {one.name: one for one in self.fields}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def field(self, name: str) -> Field:
        """Return a column by name."""
        return self._by_name[name]

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [one.name for one in self.fields]

    @cached_property
    def points_to(self) -> dict[str, ForeignKey]:
        """The foreign keys of one column, by that column."""
        return {key.field: key for key in self.foreign_keys if len(key.fields) == 1}

    def keys_into(self, table: str) -> tuple[str, ...]:
        """Return the columns that point to a table."""
        return tuple(key.field for key in self.foreign_keys if key.table == table)

    def key_text(self, row: Row) -> str:
        """Return a row's primary key as one text, its parts joined by slashes."""
        return "/".join(row.get(name) or "" for name in self.key)

    def order(self, row: Row) -> tuple[tuple[int, str], ...]:
        """Return what rows are sorted by: their primary key, text by code points, numbers by size."""
        cells = ((row.get(name) or "", self._by_name[name].type == "integer") for name in self.key)
        return tuple((int(cell), "") if number and cell.isdecimal() else (0, cell) for cell, number in cells)


class Format:
    """The tables of a data package, by name and in order.

    Parameters
    ----------
    tables
        The tables.
    """

    def __init__(self, tables: tuple[Table, ...]) -> None:
        self.tables = tables
        self._by_name = {table.name: table for table in tables}

    @property
    def names(self) -> list[str]:
        """The names of the tables."""
        return list(self._by_name)

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def table(self, name: str) -> Table:
        """Return a table by name."""
        return self._by_name[name]

    def keys_into(self, table: str) -> dict[str, tuple[str, ...]]:
        """Return the columns that point to a table, by the tables that have such."""
        found = {other.name: other.keys_into(table) for other in self.tables}
        return {name: columns for name, columns in found.items() if columns}


def _names(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
