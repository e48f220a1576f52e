"""Tables as Apache Arrow tables (https://arrow.apache.org/docs/format/Columnar.html), for the formats that read Arrow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from reportedly.sql.codebook import never_blank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportedly.model.schema import Field
    from reportedly.package.contents import TableContents

_TYPES = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}
# What of a field its metadata holds.
_KEPT = ("title", "description", "coding", "categories")


def arrow_table(table: TableContents, rows: Iterable[list[Any]]) -> pa.Table:
    """Return rows of a table as an Arrow table.

    Parameters
    ----------
    table
        The table.
    rows
        Some or all of its `values`.

    Returns
    -------
    pyarrow.Table
        Categories are dictionaries of all of them, in the codebook's order, whether or not a row uses them; lists hold strings; a field that is never blank is
        not nullable. Each field's metadata holds its title, its description, its coding rule and, as JSON, its categories.

    Raises
    ------
    ValueError
        If a cell is none of its field's categories, or blank where it may not be.
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(table.fields)
    found = pa.schema([_field(table, field) for field in table.fields])
    arrays = [_array(*each) for each in zip(columns, table.fields, found.types, strict=True)]
    for field, array in zip(found, arrays, strict=True):
        # Not every release of pyarrow looks at this itself.
        if array.null_count and not field.nullable:
            raise ValueError(f"{field.name} is blank, which it may not be")
    return pa.Table.from_arrays(arrays, schema=found)


def _field(table: TableContents, field: Field) -> pa.Field:
    given = {name: field.descriptor[name] for name in _KEPT if name in field.descriptor}
    metadata = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in given.items()
    }
    return pa.field(field.name, _type(field), nullable=not never_blank(table, field), metadata=metadata)


def _type(field: Field) -> pa.DataType:
    if field.categories:
        return pa.dictionary(pa.int32(), pa.string(), ordered=field.is_ordered)
    if field.type == "list":
        # Parquet's name for what a list holds, so that a file reads back with the schema that it was written with.
        return pa.list_(pa.field("element", pa.string(), nullable=False))
    return _TYPES.get(field.type, pa.string())


def _array(cells: tuple[Any, ...], field: Field, kind: pa.DataType) -> pa.Array:
    if not field.categories:
        return pa.array(cells, kind)
    values = field.values
    foreign = next((cell for cell in cells if cell is not None and cell not in values), None)
    if foreign is not None:
        raise ValueError(f"{field.name} holds {foreign!r}, which is none of {', '.join(values)}")
    # Left to itself, pyarrow would take the categories in the order of the rows, and only those that a row uses.
    places = pa.array([None if cell is None else values.index(cell) for cell in cells], kind.index_type)
    return pa.DictionaryArray.from_arrays(places, pa.array(values, kind.value_type), ordered=kind.ordered)
