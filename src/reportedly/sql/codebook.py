"""The codebook as tables of their own, for databases, which have no place for titles, coding rules and the labels of categories."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reportedly.model.schema import Field, ForeignKey, Table
from reportedly.package.contents import TableContents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reportedly.package.contents import Contents, Row

DATASET, TABLES, COLUMNS, CATEGORIES = (f"codebook_{part}" for part in ("dataset", "tables", "columns", "categories"))


def facts(contents: Contents) -> dict[str, str]:
    """Return what describes the dataset as a whole: its name, title, version, licence and the like, by the words for them."""
    return {
        "name": contents.dataset.name,
        **{heading.lower().replace(" ", "_"): text for heading, text in contents.about.items()},
    }


def references(contents: Contents, table: TableContents) -> tuple[ForeignKey, ...]:
    """Return a table's foreign keys, those to tables that are not exported included."""
    known = table.name in contents.package.tables
    return contents.package.table(table.name).foreign_keys if known else table.foreign_keys


def never_blank(table: Table, field: Field) -> bool:
    """Return whether a column holds something in every row; a list without items is something."""
    return field.is_required or field.type == "list" or field.name in table.key


def codebook(contents: Contents, others: Iterable[TableContents]) -> tuple[TableContents, ...]:
    """Return the codebook of what is exported.

    Parameters
    ----------
    contents
        What is exported.
    others
        What the database holds or shows beside the exported tables.

    Returns
    -------
    tuple of TableContents
        The dataset's properties, then all tables, all columns and all categories; the codebook's own tables are among them.
    """
    described = [*contents.tables, *others, *_SHEETS]
    rows = (_dataset(contents), _tables(described), _columns(contents, described), _categories(described))
    return tuple(replace(table, rows=tuple(found)) for table, found in zip(_SHEETS, rows, strict=True))


def column(name: str, title: str, description: str, kind: str = "string", *, required: bool = True) -> Field:
    """Return a field of a table that only a database has."""
    return Field(name, kind, title, description, {"required": required})


_TABLE = column("table_name", "Table", "Name of the table or view.")
_COLUMN = column("column_name", "Column", "Name of the column.")
_PLACE = "Place in the codebook's order, from 1."
_OF_TABLE = (ForeignKey(("table_name",), TABLES, ("table_name",)),)

_SHEETS = (
    TableContents(
        DATASET,
        "The dataset",
        "One row per property of the dataset as a whole, such as its version, its licence and how to cite it.",
        (
            column("property", "Property", "What is reported."),
            column("value", "Value", "What is reported of it."),
        ),
        key=("property",),
    ),
    TableContents(
        TABLES,
        "Tables",
        "One row per table or view.",
        (
            _TABLE,
            column("place", "Place", _PLACE, "integer"),
            column("title", "Title", "Title to print."),
            column("description", "Description", "What a row is."),
            column("primary_key", "Primary key", "The columns that distinguish rows, in order."),
        ),
        key=("table_name",),
    ),
    TableContents(
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
        key=("table_name", "column_name"),
        foreign_keys=_OF_TABLE,
    ),
    TableContents(
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
        key=("table_name", "column_name", "value"),
        foreign_keys=_OF_TABLE,
    ),
)


def _dataset(contents: Contents) -> list[Row]:
    return [{"property": name, "value": fact} for name, fact in facts(contents).items() if fact]


def _tables(tables: list[TableContents]) -> list[Row]:
    return [
        {
            "table_name": table.name,
            "place": str(place),
            "title": table.title,
            "description": table.description,
            "primary_key": ", ".join(table.key),
        }
        for place, table in enumerate(tables, 1)
    ]


def _columns(contents: Contents, tables: list[TableContents]) -> Iterator[Row]:
    for table in tables:
        targets = {key.field: f"{key.table}.{key.target}" for key in references(contents, table)}
        for place, field in enumerate(table.fields, 1):
            yield {
                "table_name": table.name,
                "column_name": field.name,
                "place": str(place),
                "title": field.title,
                "type": field.type,
                "format": field.format,
                "required": "true" if field.is_required else "false",
                "points_to": targets.get(field.name, ""),
                "pattern": field.constraints.get("pattern", ""),
                "ordered": str(field.is_ordered).lower() if field.categories else "",
                "description": field.description,
                "coding": field.coding,
            }


def _categories(tables: list[TableContents]) -> list[Row]:
    return [
        {
            "table_name": table.name,
            "column_name": field.name,
            "value": category.value,
            "place": str(place),
            "label": category.label,
            "description": category.description,
            "example": category.example,
        }
        for table in tables
        for field in table.fields
        for place, category in enumerate(field.categories, 1)
    ]
