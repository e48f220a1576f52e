"""Apache Parquet (https://parquet.apache.org/docs/file-format/), with the data dictionary in each file's metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from reportedly.exports.columnar import arrow
from reportedly.exports.unfit import told
from reportedly.sql.codebook import facts

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.exports.prepare import Build, Field, Sheet

# Names of a type in Arrow's and in pandas' words.
_PANDAS = {
    "integer": ("int64", "Int64"),
    "number": ("float64", "Float64"),
    "boolean": ("bool", "boolean"),
    "date": ("date", "object"),
    "list": ("list[unicode]", "object"),
}


def losses(build: Build) -> list[str]:
    """Return what the format cannot hold."""
    found = [
        "Parquet has no keys and no checks but types and blanks: all else stands in the file's metadata, and nothing enforces it."
    ]
    empty = [sheet.name for sheet in build.sheets if not sheet.rows]
    if empty:
        found.append(
            f"A column without rows has no dictionary: the categories of {', '.join(empty)} stand in the metadata alone."
        )
    return found


def write(build: Build, target: Path) -> None:
    """Write one table into a file."""
    (sheet,) = build.sheets
    with told(sheet):
        table = arrow.table(sheet, sheet.values()).replace_schema_metadata(_metadata(build, sheet))
        pq.write_table(table, target)


def _metadata(build: Build, sheet: Sheet) -> dict[str, str]:
    """Return what describes the whole file: the table, the dataset, and the frame that pandas is to make of it."""
    schema = build.package.schema(sheet.name)
    # Readers that know nothing of Arrow see no field's metadata, but do see the file's.
    whole = {"fields": sheet.fields, "primaryKey": sheet.key, "foreignKeys": schema.get("foreignKeys", [])}
    dataset = {f"dataset_{name}": fact for name, fact in facts(build).items()}
    return {
        **dataset,
        "title": sheet.title,
        "description": sheet.description,
        "primary_key": _json(sheet.key),
        "tableschema": _json(whole),
        "pandas": _json(_frame(sheet)),
    }


def _frame(sheet: Sheet) -> dict[str, Any]:
    """Return which dtypes pandas is to use, those of `reportedly.load` where it has them for what Parquet holds.

    Source: https://pandas.pydata.org/docs/development/developer.html#storing-pandas-dataframe-objects-in-apache-parquet-format
    """
    return {
        "index_columns": [],
        "column_indexes": [],
        "columns": [_column(field) for field in sheet.fields],
    }


def _column(field: Field) -> dict[str, Any]:
    kind, dtype = _PANDAS.get(field["type"], ("unicode", "string"))
    metadata = None
    if "categories" in field:
        kind, dtype = "categorical", "int32"
        metadata = {"num_categories": len(field["categories"]), "ordered": field.get("categoriesOrdered", False)}
    name = field["name"]
    return {"name": name, "field_name": name, "pandas_type": kind, "numpy_type": dtype, "metadata": metadata}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
