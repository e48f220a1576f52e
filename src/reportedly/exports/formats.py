"""The formats that can be exported to. Listing them imports none of what they need."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from reportedly.errors import MissingExtraError, UnknownNameError

if TYPE_CHECKING:
    from types import ModuleType


class Format(NamedTuple):
    """A format.

    Attributes
    ----------
    name
        What users call it on the command line.
    title
        What it is, in a few words.
    module
        The module of this package that writes it.
    suffix
        How its files' names end; empty where it makes a folder of its own.
    per_table
        Whether it makes a file for each table: its module then gets one table alone.
    utf8_path
        Whether what writes it takes a path only in UTF-8.
    needs_rows
        Whether readers refuse a file without rows: a folder then has none for a table without rows.
    """

    name: str
    title: str
    module: str
    suffix: str = ""
    per_table: bool = False
    utf8_path: bool = False
    needs_rows: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether all tables make a folder, not a file."""
        return self.per_table or not self.suffix


FORMATS = {
    form.name: form
    for form in (
        Format("csv", "CSV, a file a table", "csv", ".csv", per_table=True),
        Format("jsonl", "JSON Lines, a file a table", "jsonl", ".jsonl", per_table=True, needs_rows=True),
        Format(
            "parquet", "Apache Parquet, a file a table", "columnar.parquet", ".parquet", per_table=True, utf8_path=True
        ),
        Format("sqlite", "SQLite database", "databases.sqlite", ".sqlite", utf8_path=True),
        Format("duckdb", "DuckDB database", "databases.duckdb", ".duckdb", utf8_path=True),
        Format("excel", "Excel workbook", "excel", ".xlsx"),
        Format("stata", "Stata, a file a table", "statistics.stata", ".dta", per_table=True),
        Format("spss", "SPSS, a file a table", "statistics.spss", ".sav", per_table=True),
        Format("csvw", "CSV on the Web: CSVs with W3C metadata", "bundles.csvw"),
        Format("croissant", "Croissant: CSVs with metadata for machine learning", "bundles.croissant"),
        Format("rocrate", "RO-Crate: the data package as a research object", "bundles.rocrate"),
        Format("jsonld", "JSON-LD with schema.org, PROV-O and Web Annotation", "linked_data.jsonld", ".jsonld"),
        Format("turtle", "Turtle with schema.org, PROV-O and Web Annotation", "linked_data.turtle", ".ttl"),
    )
}


def format_named(name: str) -> Format:
    """Return a format by name.

    Raises
    ------
    UnknownNameError
        If there is no such format.
    """
    if not isinstance(name, str) or name not in FORMATS:
        raise UnknownNameError("format", name, FORMATS)
    return FORMATS[name]


def writer(form: Format) -> ModuleType:
    """Return the module that writes a format.

    It has two functions. ``write(contents, target)`` writes tables to a file, or to a folder that is not there yet; ``losses(contents)`` returns what the
    format cannot hold of them, one sentence each.

    Raises
    ------
    MissingExtraError
        If what it needs is not installed.
    """
    try:
        return import_module(f"reportedly.exports.{form.module}")
    except ImportError as error:
        raise MissingExtraError(error.name, "export") from error
