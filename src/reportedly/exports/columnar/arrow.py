"""Sheets as Apache Arrow tables (https://arrow.apache.org/docs/format/Columnar.html), for the formats that read Arrow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from reportedly.sql.codebook import never_blank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportedly.exports.prepare import Field, Sheet

_TYPES = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}
_TOLD = ("title", "description", "coding", "categories")


def schema(sheet: Sheet) -> pa.Schema:
    """Return a sheet's Arrow schema.

    Parameters
    ----------
    sheet
        The sheet.

    Returns
    -------
    pyarrow.Schema
        Categories are dictionaries, lists hold strings; a field that is never blank is not nullable. Each field's metadata holds its title, its
        description, its coding rule and, as JSON, its categories.
    """
    return pa.schema([_field(sheet, field) for field in sheet.fields])


def table(sheet: Sheet, rows: Iterable[list[Any]]) -> pa.Table:
    """Return rows of a sheet as an Arrow table.

    Parameters
    ----------
    sheet
        The sheet.
    rows
        Some or all of its `values`.

    Returns
    -------
    pyarrow.Table
        A dictionary holds all categories, in the codebook's order, whether or not a row uses them.

    Raises
    ------
    ValueError
        If a cell is none of its field's categories, or blank where it may not be.
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(sheet.fields)
    found = schema(sheet)
    arrays = [_array(*each) for each in zip(columns, sheet.fields, found.types, strict=True)]
    for field, array in zip(found, arrays, strict=True):
        # Not every release of pyarrow looks at this itself.
        if array.null_count and not field.nullable:
            raise ValueError(f"{field.name} is blank, which it may not be")
    return pa.Table.from_arrays(arrays, schema=found)


def _field(sheet: Sheet, field: Field) -> pa.Field:
    told = {
        name: field[name] if isinstance(field[name], str) else json.dumps(field[name], ensure_ascii=False)
        for name in _TOLD
        if name in field
    }
    return pa.field(field["name"], _type(field), nullable=not never_blank(sheet, field), metadata=told)


def _type(field: Field) -> pa.DataType:
    if "categories" in field:
        return pa.dictionary(pa.int32(), pa.string(), ordered=field.get("categoriesOrdered", False))
    if field["type"] == "list":
        # Parquet's name for what a list holds, so that a file reads back with the schema that it was written with.
        return pa.list_(pa.field("element", pa.string(), nullable=False))
    return _TYPES.get(field["type"], pa.string())


def _array(cells: tuple[Any, ...], field: Field, kind: pa.DataType) -> pa.Array:
    if "categories" not in field:
        return pa.array(cells, kind)
    values = [category["value"] for category in field["categories"]]
    foreign = next((cell for cell in cells if cell is not None and cell not in values), None)
    if foreign is not None:
        raise ValueError(f"{field['name']} holds {foreign!r}, which is none of {', '.join(values)}")
    # Left to itself, pyarrow would take the categories in the order of the rows, and only those that a row uses.
    places = pa.array([None if cell is None else values.index(cell) for cell in cells], kind.index_type)
    return pa.DictionaryArray.from_arrays(places, pa.array(values, kind.value_type), ordered=kind.ordered)
