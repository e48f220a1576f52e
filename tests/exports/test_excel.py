"""The Excel workbook, read back by openpyxl and by LibreOffice."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import reportedly
from reportedly.errors import TargetError

pytestmark = pytest.mark.fast_one_in(3)

FORMS = pytest.mark.parametrize("flat", [False, True], ids=["as it is", "flat"])
BEFORE = ["about", "dictionary", "values"]
HOSTILE = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    '=cmd|"/C calc"!A0',
    "{=1+1}",
    "http://localhost/",
    "\t=1+1",
    "00012",
    "TRUE",
]


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("excel")
    return {
        flat: reportedly.export("excel", folder / f"{'flat' if flat else 'plain'}.xlsx", flat=flat).path
        for flat in (False, True)
    }


@pytest.fixture(scope="module")
def opened(books):
    return {flat: openpyxl.load_workbook(path) for flat, path in books.items()}


@cache
def frame(table, *, flat=False):
    return reportedly.flat(table) if flat else reportedly.load(table)


def rows(page):
    return [list(row) for row in page.iter_rows(values_only=True)]


def held(cell):
    """Return a value as a cell of Excel holds it."""
    if isinstance(cell, list):
        return "|".join(cell) or None
    return dt.datetime.combine(cell, dt.time()) if isinstance(cell, dt.date) else cell


def shown(cell):
    """Return a value as LibreOffice shows it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, list):
        return "|".join(cell)
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


@FORMS
@pytest.mark.parametrize("table", reportedly.tables())
def test_a_sheet_holds_what_load_gives_with_types(opened, loaded, table, flat):
    heading, *found = rows(opened[flat][table])
    wanted = [[held(cell) for cell in row.values()] for row in loaded(table, flat=flat)]
    assert heading == list(frame(table, flat=flat).columns)
    assert found == wanted
    # A boolean is equal to a number.
    booleans = [[[isinstance(cell, bool) for cell in row] for row in each] for each in (found, wanted)]
    assert booleans[0] == booleans[1]


@FORMS
@pytest.mark.parametrize("table", reportedly.tables())
def test_headings_are_bold_frozen_and_filtered(opened, table, flat):
    page = opened[flat][table]
    assert all(cell.font.bold for cell in page[1])
    assert page.freeze_panes == "B2"
    assert page.auto_filter.ref == page.dimensions


@FORMS
def test_dates_are_dates_and_shown_as_such(opened, flat):
    days = [cell for row in opened[flat]["figures"].iter_rows() for cell in row if isinstance(cell.value, dt.datetime)]
    assert {cell.number_format for cell in days} == {"yyyy-mm-dd"}


@FORMS
def test_columns_are_wide_enough_and_long_texts_wrap(opened, flat):
    page = opened[flat]["demands"]
    # One entry for neighbours of the same width.
    widths = {at: found.width for found in page.column_dimensions.values() for at in range(found.min, found.max + 1)}
    for name in page[1]:
        width = widths[name.column]
        assert width > len(name.value)
        texts = [cell for cell in page[name.column_letter] if isinstance(cell.value, str) and " " in cell.value]
        longest = max((len(cell.value) for cell in texts), default=0)
        assert width >= longest or all(cell.alignment.wrap_text for cell in texts)


def test_the_sheets_are_the_tables_after_what_explains_them(opened):
    assert opened[False].sheetnames == [*BEFORE, *reportedly.tables()]
    told = {row[0]: row[1] for row in rows(opened[False]["about"])}
    assert told["Version"] == reportedly.__version__
    assert "https://creativecommons.org/licenses/by/4.0/" in told["Licence"]
    assert told["Cite as"] == reportedly.cite()
    assert set(opened[False].sheetnames) - {"about"} <= set(told)
    assert "flat" in {row[0]: row[1] for row in rows(opened[True]["about"])}["Form"]


def test_the_dictionary_says_what_describe_says(opened):
    heading, *found = rows(opened[False]["dictionary"])
    entries = [dict(zip(heading, row, strict=True)) for row in found]
    for table in reportedly.tables():
        described = reportedly.describe(table)
        mine = [entry for entry in entries if entry["table"] == table]
        for column in ("field", "title", "type", "required", "description", "coding"):
            assert [entry[column] or "" for entry in mine] == list(described[column])
        assert [entry["points to"] or "" for entry in mine] == list(described["points_to"])
        values = [", ".join(re.findall(r"^[^:]+", entry["values"] or "", re.MULTILINE)) for entry in mine]
        assert values == list(described["values"])


def test_the_values_are_the_categories_that_load_gives(opened):
    heading, *found = rows(opened[False]["values"])
    assert heading == ["table", "field", "value", "label", "description", "example"]
    for table in reportedly.tables():
        for name, column in frame(table).items():
            if isinstance(column.dtype, pd.CategoricalDtype):
                assert [row[2] for row in found if row[:2] == [table, name]] == list(column.cat.categories)
    assert ["demands", "stance", "red_line", "Red line"] in [row[:4] for row in found]
    assert all(row[3] and row[4] for row in found)


def test_the_flat_dictionary_has_each_column_of_the_flat_sheets(opened):
    found = [row[:2] for row in rows(opened[True]["dictionary"])[1:]]
    assert found == [[table, name] for table in reportedly.tables() for name in frame(table, flat=True).columns]


def test_the_document_tells_the_release_and_nothing_of_who_made_the_file(books):
    properties = openpyxl.load_workbook(books[False]).properties
    assert (properties.creator, properties.lastModifiedBy) == ("Reportedly contributors", "Reportedly contributors")
    assert properties.created == properties.modified
    with zipfile.ZipFile(books[False]) as parts:
        custom = parts.read("docProps/custom.xml").decode()
    assert reportedly.__version__ in custom
    assert "creativecommons" in custom


def hostile(copy):
    """Write a package whose notes look like formulas, and return the workbook's path."""
    for row, note in enumerate(HOSTILE, 2):
        copy.set("demands", row, note=note)
    return reportedly.export("excel", copy.root.parent / "hostile.xlsx", package=copy.root).path


def test_no_cell_is_a_formula_or_a_link(copy, books):
    for path in (*books.values(), hostile(copy)):
        with zipfile.ZipFile(path) as parts:
            sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
            linked = [name for name in parts.namelist() if name.startswith("xl/worksheets/_rels")]
        assert len(sheets) == len(BEFORE) + len(reportedly.tables())
        assert not [found for sheet in sheets for found in re.findall(r"<(?:f|hyperlink|is)\b", sheet)]
        assert linked == []


def test_what_looks_like_a_formula_is_a_quoted_text(copy):
    page = openpyxl.load_workbook(hostile(copy))["demands"]
    cells = [page.cell(row, page.max_column) for row in range(2, len(HOSTILE) + 2)]
    assert [cell.value for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value[0] in "=+-@\t")
    assert not any(cell.quotePrefix for cell in cells if cell.value[0] not in "=+-@\t")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_shows_what_load_gives_and_runs_nothing(tmp_path, copy, books, loaded):
    # A file for each sheet (-1), comma, double quotes, UTF-8, cells as shown.
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path / "csv")]
    subprocess.run([*command, *books.values(), hostile(copy)], check=True, capture_output=True, timeout=120)

    def read(book, table):
        with (tmp_path / "csv" / f"{book}-{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    for flat, path in books.items():
        for table in reportedly.tables():
            wanted = [[shown(cell) for cell in row.values()] for row in loaded(table, flat=flat)]
            assert read(Path(path).stem, table) == [list(frame(table, flat=flat).columns), *wanted]
    assert [row[-1] for row in read("hostile", "demands")[1:]][: len(HOSTILE)] == HOSTILE


def test_days_that_excel_does_not_know_are_texts_and_told(tmp_path, copy):
    known = reportedly.export("excel", tmp_path / "known.xlsx")
    assert not any("1900" in loss for loss in known.losses)
    copy.set("figures", 2, earliest="1812-09-07", latest="1900-02-28")
    copy.set("figures", 3, earliest="1900-03-01", latest="2262-04-12")
    made = reportedly.export("excel", tmp_path / "old.xlsx", package=copy.root)
    heading, first, second, *_ = rows(openpyxl.load_workbook(made.path)["figures"])
    assert [first[heading.index(name)] for name in ("earliest", "latest")] == ["1812-09-07", "1900-02-28"]
    assert second[heading.index("earliest")] == dt.datetime(1900, 3, 1)
    assert second[heading.index("latest")] == dt.datetime(2262, 4, 12)
    assert [loss for loss in made.losses if "1900" in loss] == [
        "Days of figures.earliest before 1900-03-01 are texts, since Excel knows no dates before.",
        "Days of figures.latest before 1900-03-01 are texts, since Excel knows no dates before.",
    ]


def test_numbers_of_more_digits_than_excel_keeps_are_told(tmp_path, copy):
    copy.set("figures", 2, value="0.30000000000000004", start="9007199254740993")
    made = reportedly.export("excel", tmp_path / "digits.xlsx", package=copy.root)
    assert [loss.split()[0] for loss in made.losses if "digits" in loss] == ["figures.value", "figures.start"]


def test_a_text_that_is_too_long_for_a_cell_is_refused(tmp_path, copy):
    copy.set("demands", 3, note="a" * 32_767)
    made = reportedly.export("excel", tmp_path / "long.xlsx", package=copy.root)
    page = openpyxl.load_workbook(made.path)["demands"]
    assert page.cell(3, page.max_column).value == "a" * 32_767
    # Excel counts a letter beyond the basic plane twice.
    for note in ("a" * 32_768, "𝔞" * 16_384):
        copy.set("demands", 3, note=note)
        with pytest.raises(TargetError, match="demands: note in row 3 is longer than the 32767 characters of a cell"):
            reportedly.export("excel", tmp_path / "longer.xlsx", package=copy.root)
    assert not (tmp_path / "longer.xlsx").exists()


def test_sheets_get_names_that_excel_allows(tmp_path, copy):
    copy.change_resource("errata", name="dictionary")
    copy.change_resource("participants", name="participants-in-what-a-claim-is-about")
    made = reportedly.export("excel", tmp_path / "names.xlsx", package=copy.root)
    assert openpyxl.load_workbook(made.path).sheetnames[-2:] == ["participants-in-what-a-claim-is", "dictionary_2"]


def test_tables_with_and_without_rows_are_written(tmp_path, copy):
    copy.errata()
    made = reportedly.export("excel", tmp_path / "errata.xlsx", package=copy.root)
    _, *found = rows(openpyxl.load_workbook(made.path)["errata"])
    wanted = reportedly.load("errata", package=copy.root)
    assert [row[0] for row in found] == list(wanted["table"])
    copy.drop("errata", *range(2, len(found) + 2))
    emptied = reportedly.export("excel", tmp_path / "empty.xlsx", package=copy.root)
    assert rows(openpyxl.load_workbook(emptied.path)["errata"]) == [list(wanted.columns)]
