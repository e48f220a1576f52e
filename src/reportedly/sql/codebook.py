"""The codebook as tables of their own, for databases, which have no place for titles, coding rules and the labels of categories."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reportedly.exports.about import about
from reportedly.exports.prepare import Reference, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reportedly.exports.prepare import Build, Field, Row

DATASET, TABLES, COLUMNS, CATEGORIES = (f"codebook_{part}" for part in ("dataset", "tables", "columns", "categories"))


def facts(build: Build) -> dict[str, str]:
    """Return what describes the dataset as a whole: its name, title, version, licence and the like, by the words for them."""
    return {
        "name": build.dataset.name,
        **{heading.lower().replace(" ", "_"): text for heading, text in about(build).items()},
    }


def references(build: Build, sheet: Sheet) -> tuple[Reference, ...]:
    """Return a sheet's foreign keys, those to tables that are not exported included."""
    if sheet.name not in build.package.tables:
        return sheet.references
    return tuple(
        Reference(key["fields"][0], key["reference"]["resource"] or sheet.name, key["reference"]["fields"][0])
        for key in build.package.schema(sheet.name).get("foreignKeys", ())
    )


def never_blank(sheet: Sheet, field: Field) -> bool:
    """Return whether a column holds something in every row; a list without items is something."""
    required = bool(field.get("constraints", {}).get("required"))
    return required or field["type"] == "list" or field["name"] in sheet.key


def codebook(build: Build, others: Iterable[Sheet]) -> tuple[Sheet, ...]:
    """Return the codebook of a build.

    Parameters
    ----------
    build
        What is exported.
    others
        What the database holds or shows beside the build's sheets.

    Returns
    -------
    tuple of Sheet
        The dataset's properties, then all tables, all columns and all categories; the codebook's own tables are among them.
    """
    described = [*build.sheets, *others, *_SHEETS]
    rows = (_dataset(build), _tables(described), _columns(build, described), _categories(described))
    return tuple(replace(sheet, rows=tuple(found)) for sheet, found in zip(_SHEETS, rows, strict=True))


def column(name: str, title: str, description: str, kind: str = "string", *, required: bool = True) -> Field:
    """Return a Table Schema field of a table that only a database has."""
    constraints = {"required": required}
    return {"name": name, "title": title, "description": description, "type": kind, "constraints": constraints}


_TABLE = column("table_name", "Table", "Name of the table or view.")
_COLUMN = column("column_name", "Column", "Name of the column.")
_PLACE = "Place in the codebook's order, from 1."
_OF_TABLE = (Reference("table_name", TABLES, "table_name"),)

_SHEETS = (
    Sheet(
        DATASET,
        "The dataset",
        "One row per property of the dataset as a whole, such as its version, its licence and how to cite it.",
        (
            column("property", "Property", "What is told."),
            column("value", "Value", "What is told of it."),
        ),
        rows=(),
        key=("property",),
    ),
    Sheet(
        TABLES,
        "Tables",
        "One row per table or view.",
        (
            _TABLE,
            column("place", "Place", _PLACE, "integer"),
            column("title", "Title", "Title to print."),
            column("description", "Description", "What a row is."),
            column("primary_key", "Primary key", "The columns that tell rows apart, in order."),
        ),
        rows=(),
        key=("table_name",),
    ),
    Sheet(
        COLUMNS,
        "Columns",
        "One row per column of a table or view.",
        (
            _TABLE,
            _COLUMN,
            column("place", "Place", _PLACE, "integer"),
            column("title", "Title", "Title to print."),
            column("type", "Type", "Type of the values, in the words of Table Schema."),
            column("format", "Format", "What the values are, where the type leaves it open.", required=False),
            column("required", "Required", "Whether the column is never blank.", "boolean"),
            column("points_to", "Points to", "Table and column that the column is a key to.", required=False),
            column("pattern", "Pattern", "Regular expression that the values match from end to end.", required=False),
            column(
                "ordered",
                "Ordered",
                "Whether the column's categories rank; blank where it has none.",
                "boolean",
                required=False,
            ),
            column("description", "Description", "What the column holds."),
            column("coding", "Coding", "How a coder fills it.", required=False),
        ),
        rows=(),
        key=("table_name", "column_name"),
        references=_OF_TABLE,
    ),
    Sheet(
        CATEGORIES,
        "Categories",
        "One row per category that a column of a table or view may hold.",
        (
            _TABLE,
            _COLUMN,
            column("value", "Value", "The category as the column holds it."),
            column("place", "Place", _PLACE, "integer"),
            column("label", "Label", "The category to print."),
            column("description", "Description", "What it means.", required=False),
            column("example", "Example", "What it would be, where no row has it.", required=False),
        ),
        rows=(),
        key=("table_name", "column_name", "value"),
        references=_OF_TABLE,
    ),
)


def _dataset(build: Build) -> Iterator[Row]:
    for name, fact in facts(build).items():
        if fact:
            yield {"property": name, "value": fact}


def _tables(sheets: list[Sheet]) -> Iterator[Row]:
    for place, sheet in enumerate(sheets, 1):
        yield {
            "table_name": sheet.name,
            "place": str(place),
            "title": sheet.title,
            "description": sheet.description,
            "primary_key": ", ".join(sheet.key),
        }


def _columns(build: Build, sheets: list[Sheet]) -> Iterator[Row]:
    for sheet in sheets:
        targets = {reference.field: reference for reference in references(build, sheet)}
        for place, field in enumerate(sheet.fields, 1):
            target = targets.get(field["name"])
            constraints = field.get("constraints", {})
            yield {
                "table_name": sheet.name,
                "column_name": field["name"],
                "place": str(place),
                "title": field["title"],
                "type": field["type"],
                "format": field.get("format", ""),
                "required": "true" if constraints.get("required") else "false",
                "points_to": f"{target.table}.{target.target}" if target else "",
                "pattern": constraints.get("pattern", ""),
                "ordered": str(field.get("categoriesOrdered", False)).lower() if "categories" in field else "",
                "description": field["description"],
                "coding": field.get("coding", ""),
            }


def _categories(sheets: list[Sheet]) -> Iterator[Row]:
    for sheet in sheets:
        for field in sheet.fields:
            for place, category in enumerate(field.get("categories", ()), 1):
                yield {
                    "table_name": sheet.name,
                    "column_name": field["name"],
                    "value": category["value"],
                    "place": str(place),
                    "label": category["label"],
                    "description": category.get("description", ""),
                    "example": category.get("example", ""),
                }
