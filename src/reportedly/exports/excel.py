"""Excel workbooks (Office Open XML, https://ecma-international.org/publications-and-standards/standards/ecma-376/), written by XlsxWriter.

A sheet says what the workbook is, two are the data dictionary and the values of its enumerations, and each table has one. Every text is written as a text, whatever it begins with, so
no cell is a formula or a link. What begins as a formula would is also marked as quoted, so that it stays a text when somebody edits the cell.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

import xlsxwriter

from reportedly.errors import TargetError
from reportedly.package.package import package_errors
from reportedly.sql.codebook import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from reportedly.model.schema import Field
    from reportedly.package.contents import Contents, TableContents

    _Formats = dict[str, Format]

# What a table and a cell of it can hold:
# https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3.
_ROWS, _COLUMNS, _CHARACTERS, _NAME = 1_048_576, 16_384, 32_767, 31
# Excel counts a 29 February 1900 that never was: what comes before is off by a day, or no date at all.
_FIRST_DAY = dt.date(1900, 3, 1)
# How many characters wide a column is at least, of running text at most, and of what has no spaces to break at at most.
_NARROWEST, _WIDEST, _UNBROKEN = 8, 50, 24
# The button of the filter covers this much of a heading.
_BUTTON = 3
# How many letters of running text stand where as many digits as a column is wide would.
_LETTERS = 1.1
# How high a line is and a row may be, in points.
_LINE, _HIGHEST = 15, 409

_ABOUT, _DICTIONARY, _VALUES = "about", "dictionary", "values"
_ENTRIES = {
    "table": 14,
    "field": 22,
    "title": 22,
    "type": 10,
    "required": 12,
    "values": 40,
    "points to": 24,
    "description": 50,
    "coding": 50,
}
_MEANINGS = {"table": 14, "field": 22, "value": 24, "label": 24, "description": 60, "example": 60}


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    lists = {field.delimiter for table in contents.tables for field in table.fields if field.type == "list"}
    found = [
        "The sheet dictionary has types, references and allowed values, but Excel does not enforce them; primary keys, patterns and bounds stay in the schemas.",
        *(f"Lists are texts, joined by {delimiter}." for delimiter in sorted(lists)),
    ]
    for table in contents.tables:
        for field in table.fields:
            cells = [row[field.name] for row in table.rows if row[field.name]]
            column = f"{table.name}.{field.name}"
            if field.type == "date" and any(cell < _FIRST_DAY.isoformat() for cell in cells):
                found.append(f"Days of {column} before {_FIRST_DAY} are texts, since Excel knows no dates before.")
            if field.type in {"integer", "number"} and any(not _kept(cell) for cell in cells):
                found.append(f"{column} holds numbers of more digits than Excel keeps, which are rounded.")
    return found


def _kept(cell: str) -> bool:
    """Return whether a number is the same after XlsxWriter wrote it, in 16 digits."""
    written = f"{float(cell):.16G}"
    return float(written) == float(cell) and (not re.fullmatch("-?[0-9]+", cell) or int(float(written)) == int(cell))


def write(contents: Contents, target: Path) -> None:
    """Write all tables into a workbook.

    Raises
    ------
    TargetError
        If a table or a cell is larger than Excel allows.
    """
    for table in contents.tables:
        _check(table)
    names = _tabs(contents)
    # In memory: otherwise each sheet is a file in the folder for temporary files first, and a full disk is reported twice and in other words.
    made = io.BytesIO()
    texts = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, {"in_memory": True, "default_date_format": "yyyy-mm-dd", **texts}) as book:
        _describe(book, contents)
        styles = {name: book.add_format({**look, "valign": "top"}) for name, look in _LOOKS.items()}
        _write_about(book.add_worksheet(_ABOUT), styles, contents, names)
        _write_dictionary(book.add_worksheet(_DICTIONARY), styles, contents)
        _write_values(book.add_worksheet(_VALUES), styles, contents)
        for table in contents.tables:
            with package_errors(contents.package):
                _write_table(book.add_worksheet(names[table.name]), styles, table)
        for page in book.worksheets():
            # Printed, a table is as wide as the paper, with its headings on each page.
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.repeat_rows(0)
    target.write_bytes(made.getvalue())


class _Column(NamedTuple):
    """How wide a column is, in characters, and whether its texts run over several lines."""

    width: int
    wraps: bool = False

    def lines(self, cell: Any) -> int:
        """Return how many lines a cell takes, about: how wide a letter is depends on the font."""
        if not self.wraps or not isinstance(cell, str):
            return 1
        width = round(self.width * _LETTERS)
        return sum(max(1, len(textwrap.wrap(line, width))) for line in cell.split("\n"))


# The looks of the workbook's cells. A number is indented, or its digits would touch the text of the next column.
_LOOKS: dict[str, dict[str, Any]] = {
    "heading": {"bold": True, "bg_color": "#E7ECF3", "bottom": 1},
    "plain": {},
    "number": {"align": "right", "indent": 1},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "wrapped": {"text_wrap": True},
    "quoted": {"quote_prefix": True},
    "quoted wrapped": {"quote_prefix": True, "text_wrap": True},
}
_LOOKS_OF_TYPES = {bool: "plain", int: "number", float: "number", dt.date: "day"}


def _look(cell: Any, *, wraps: bool) -> str:
    """Return the name of a cell's look."""
    if not isinstance(cell, str):
        return _LOOKS_OF_TYPES[type(cell)]
    if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "quoted wrapped" if wraps else "quoted"
    return "wrapped" if wraps else "plain"


def _describe(book: Workbook, contents: Contents) -> None:
    """Set the document's properties, the time of the release among them."""
    dataset = contents.dataset
    book.set_properties(
        {
            "title": dataset.title,
            "author": contents.dataset.authors,
            "keywords": ", ".join(dataset.keywords),
            "comments": dataset.description,
            "created": contents.created.replace(tzinfo=None),
        }
    )
    book.set_custom_property("Version", contents.package.version, "text")
    book.set_custom_property("Licence", contents.dataset.terms, "text")


def _tabs(contents: Contents) -> dict[str, str]:
    """Return the name of each table's sheet: at most 31 characters, no two alike but for their case."""
    found: dict[str, str] = {}
    for table in contents.tables:
        taken = {_ABOUT, _DICTIONARY, _VALUES, "history", *(name.lower() for name in found.values())}
        stem = re.sub(r"[\[\]:*?/\\]|^'|'$", "_", table.name)
        name, place = stem[:_NAME], 1
        while name.lower() in taken:
            place += 1
            name = f"{stem[: _NAME - len(f'_{place}')]}_{place}"
        found[table.name] = name
    return found


def _check(table: TableContents) -> None:
    if len(table.rows) >= _ROWS or len(table.fields) > _COLUMNS:
        raise TargetError(f"{table.name}: a sheet of Excel holds {_ROWS - 1} rows and {_COLUMNS} columns, and no more")
    for place, row in enumerate(table.rows, 2):
        for name, cell in row.items():
            if _units(cell) > _CHARACTERS:
                raise TargetError(
                    f"{table.name}: {name} in row {place} is longer than the {_CHARACTERS} characters of a cell"
                )


def _units(text: str) -> int:
    """Return the length of a text as Excel counts it, in UTF-16."""
    return len(text) if len(text) <= _CHARACTERS // 2 else len(text.encode("utf-16-le")) // 2


def _write_about(page: Worksheet, styles: _Formats, contents: Contents, names: dict[str, str]) -> None:
    page.hide_gridlines(2)
    columns = [_Column(16), _Column(100, wraps=True)]
    tables = {
        _DICTIONARY: "One row per column: what it holds, how it is coded and which values it allows.",
        _VALUES: "One row per value of an enumeration: its label and what it means.",
        **{names[table.name]: table.description for table in contents.tables},
    }
    at = 0
    for heading, lines in (("About", contents.about), ("Sheet", tables)):
        page.write_string(at, 0, heading, styles["heading"])
        page.write_string(at, 1, "", styles["heading"])
        _fill(page, styles, columns, [list(line) for line in lines.items()], first=at + 1)
        at += len(lines) + 2


def _write_dictionary(page: Worksheet, styles: _Formats, contents: Contents) -> None:
    entries = [_entry(contents, table, field) for table in contents.tables for field in table.fields]
    _table(page, styles, list(_ENTRIES), [_Column(width, wraps=True) for width in _ENTRIES.values()], entries)


def _entry(contents: Contents, table: TableContents, field: Field) -> list[str]:
    targets = {key.field: f"{key.table}.{key.target}" for key in references(contents, table)}
    return [
        table.name,
        field.name,
        field.title,
        field.type,
        "yes" if field.is_required else "no",
        "\n".join(f"{one.value}: {one.label}" for one in field.categories),
        targets.get(field.name, ""),
        field.description,
        field.coding,
    ]


def _write_values(page: Worksheet, styles: _Formats, contents: Contents) -> None:
    meanings = [
        [table.name, field.name, one.value, one.label, one.description, one.example]
        for table in contents.tables
        for field in table.fields
        for one in field.categories
    ]
    _table(page, styles, list(_MEANINGS), [_Column(width, wraps=True) for width in _MEANINGS.values()], meanings)


def _write_table(page: Worksheet, styles: _Formats, table: TableContents) -> None:
    rows = [[_cell(value, field) for value, field in zip(row, table.fields, strict=True)] for row in table.values()]
    columns = [_column(name, [row[at] for row in rows]) for at, name in enumerate(table.names)]
    _table(page, styles, table.names, columns, rows)


def _cell(value: Any, field: Field) -> Any:
    """Return a value as a cell holds it."""
    if isinstance(value, list):
        return field.delimiter.join(value)
    return value.isoformat() if isinstance(value, dt.date) and value < _FIRST_DAY else value


def _column(name: str, cells: Iterable[Any]) -> _Column:
    """Return a column as wide as its heading and its cells need, within bounds."""
    texts = [str(cell) for cell in cells if cell is not None]
    wraps = any(len(text) > _WIDEST and " " in text for text in texts)
    longest = max((len(text) for text in texts), default=0)
    widest = _WIDEST if wraps or longest <= _WIDEST else _UNBROKEN
    return _Column(max(_NARROWEST, len(name) + _BUTTON, min(longest + 1, widest)), wraps=wraps)


def _table(
    page: Worksheet, styles: _Formats, names: Sequence[str], columns: Sequence[_Column], rows: Sequence[Sequence[Any]]
) -> None:
    """Write headings, which stay on the screen with the first column, and rows with filters."""
    for at, name in enumerate(names):
        page.write_string(0, at, name, styles["heading"])
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, len(rows), len(names) - 1)
    _fill(page, styles, columns, rows, first=1)


def _fill(
    page: Worksheet, styles: _Formats, columns: Sequence[_Column], rows: Sequence[Sequence[Any]], *, first: int
) -> None:
    for at, column in enumerate(columns):
        page.set_column(at, at, column.width)
    for place, row in enumerate(rows, first):
        # LibreOffice shows one line of each row unless the height of the row is set.
        lines = max(column.lines(cell) for column, cell in zip(columns, row, strict=True))
        if lines > 1:
            page.set_row(place, min(lines * _LINE, _HIGHEST))
        for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
            if cell is not None and cell != "":
                page.write(place, at, cell, styles[_look(cell, wraps=column.wraps)])
