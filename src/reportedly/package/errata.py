"""Rows that were released and are no more: what they said, since when, why, and what replaces them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reportedly.errors import PackageError, WithdrawnError
from reportedly.model.schema import Category, Field

if TYPE_CHECKING:
    from reportedly.package.package import Package

Row = dict[str, str]

ERRATA = "errata"
# The column that marks withdrawn rows.
SINCE = Field(
    "withdrawn_since",
    title="Withdrawn since",
    description="The version that first lacks the row; blank for a row that was not withdrawn.",
)


def withdrawals(package: Package, table: str) -> dict[str, Row]:
    """Return the errata of a table's withdrawn rows by the rows' keys; none where the package has no errata."""
    if ERRATA not in package.tables:
        return {}
    found = (row for row in package.rows(ERRATA) if (row["table"], row["kind"]) == (table, "withdrawn"))
    return {row["key"]: row for row in found}


def refuse_withdrawn(package: Package, key: str) -> None:
    """Tell what became of a row that was withdrawn, where somebody asks for it.

    Raises
    ------
    WithdrawnError
        If a row with this key was withdrawn.
    """
    for table in package.tables:
        erratum = withdrawals(package, table).get(key)
        if erratum:
            successor = f" {erratum['replaced_by']} replaces it." if erratum["replaced_by"] else ""
            reason = erratum["reason"].rstrip(".")
            raise WithdrawnError(f"{key} was withdrawn in {erratum['since']}: {reason}.{successor}")


def with_withdrawn(package: Package, table: str) -> tuple[list[Field], list[Row]]:
    """Return a table's rows and among them, by key, those that were withdrawn, as they last stood.

    Parameters
    ----------
    package
        The data package.
    table
        The table.

    Returns
    -------
    fields : list of Field
        The table's fields, with the categories that the withdrawn rows had, and ``withdrawn_since``.
    rows : list of dict
        Every cell as text.
    """
    described = package.table(table)
    counted = [name for name in described.key if described.field(name).type == "integer"]
    rows = [{**row, SINCE.name: ""} for row in package.rows(table)]
    for erratum in withdrawals(package, table).values():
        said = _said(package, erratum, counted)
        # The schema may have fields that the row never had.
        rows.append({**{name: said.get(name, "") for name in described.names}, SINCE.name: erratum["since"]})
    rows.sort(key=described.order)
    return [*(_allowing(field, rows) for field in described.fields), SINCE], rows


def _said(package: Package, erratum: Row, counted: list[str]) -> Row:
    """Return the row that an erratum keeps, which must have texts, and numbers for the parts of its key that are counted.

    Raises
    ------
    PackageError
        If it is no such row.
    """
    try:
        said = json.loads(erratum["said"])
        texts = isinstance(said, dict) and all(isinstance(text, str) for text in said.values())
        if texts and all(said.get(name, "").isdecimal() for name in counted):
            return dict(said)
    except (ValueError, RecursionError):
        pass
    message = f"what is kept of {erratum['table']} {erratum['key']} is no row of it"
    raise PackageError(f"{package.path(ERRATA)}: {message}; see `reportedly validate`")


def _allowing(field: Field, rows: list[Row]) -> Field:
    """Return the field with retired categories added, unordered: those that only withdrawn rows still have."""
    gone = dict.fromkeys(row[field.name] for row in rows if row[field.name] not in {"", *field.values})
    if not field.categories or not gone:
        return field
    return field._replace(categories=(*field.categories, *map(Category, gone)), is_ordered=False)
