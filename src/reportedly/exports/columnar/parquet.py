"""Apache Parquet (https://parquet.apache.org/docs/file-format/), with the data dictionary in each file's metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from reportedly.exports.columnar.arrow import arrow_table
from reportedly.exports.prepare import cells_refused
from reportedly.sql.codebook import facts, references

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.model.schema import Field
    from reportedly.package.contents import Contents, TableContents

# Names of a type in Arrow's and in pandas' words.
_PANDAS = {
    "integer": ("int64", "Int64"),
    "number": ("float64", "Float64"),
    "boolean": ("bool", "boolean"),
    "date": ("date", "object"),
    "list": ("list[unicode]", "object"),
}


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    found = [
        "Parquet has no keys and no checks but types and blanks: all else is in the file's metadata, and nothing enforces it."
    ]
    empty = [table.name for table in contents.tables if not table.rows]
    if empty:
        found.append(
            f"A column without rows has no dictionary: the categories of {', '.join(empty)} are in the metadata alone."
        )
    return found


def write(contents: Contents, target: Path) -> None:
    """Write one table into a file."""
    (table,) = contents.tables
    with cells_refused(table):
        rows = arrow_table(table, table.values())
        pq.write_table(rows.replace_schema_metadata(_metadata(contents, table)), target)


def _metadata(contents: Contents, table: TableContents) -> dict[str, str]:
    """Return what describes the whole file: the table, the dataset, and the frame that pandas is to make of it."""
    # Readers that know nothing of Arrow see no field's metadata, but do see the file's.
    whole = {
        "fields": [field.descriptor for field in table.fields],
        "primaryKey": table.key,
        "foreignKeys": [key.descriptor for key in references(contents, table)],
    }
    dataset = {f"dataset_{name}": fact for name, fact in facts(contents).items()}
    return {
        **dataset,
        "title": table.title,
        "description": table.description,
        "primary_key": _json(table.key),
        "tableschema": _json(whole),
        "pandas": _json(_frame(table)),
    }


def _frame(table: TableContents) -> dict[str, Any]:
    """Return which dtypes pandas is to use, those of `reportedly.load` where it has them for what Parquet holds.

    Source: https://pandas.pydata.org/docs/development/developer.html#storing-pandas-dataframe-objects-in-apache-parquet-format
    """
    return {
        "index_columns": [],
        "column_indexes": [],
        "columns": [_column(field) for field in table.fields],
    }


def _column(field: Field) -> dict[str, Any]:
    kind, dtype = _PANDAS.get(field.type, ("unicode", "string"))
    metadata = None
    if field.categories:
        kind, dtype = "categorical", "int32"
        metadata = {"num_categories": len(field.categories), "ordered": field.is_ordered}
    name = field.name
    return {"name": name, "field_name": name, "pandas_type": kind, "numpy_type": dtype, "metadata": metadata}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
