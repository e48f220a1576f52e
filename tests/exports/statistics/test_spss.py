"""SPSS system files, read back by pyreadstat and by R's haven and foreign. Enumerations are numbers there: their place in the codebook, from 1."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import reportedly
from reportedly.errors import PackageError, TargetError

FORMS = pytest.mark.parametrize("flat", [False, True], ids=["as it is", "flat"])
TABLES = pytest.mark.parametrize("table", reportedly.tables())
SCHEMAS = Path(reportedly.path("actors")).parents[1] / "schemas"
FIELDS = [field for file in sorted(SCHEMAS.glob("*.json")) for field in json.loads(file.read_text("utf-8"))["fields"]]
# The labels of an enumeration, by its values: flat tables have other names for the same columns.
LABELS = {
    tuple(one["value"] for one in field["categories"]): [one["label"] for one in field["categories"]]
    for field in FIELDS
    if "categories" in field
}
# What the script ends with where R lacks a package.
NO_PACKAGE = 3
# Cells as text, numbers in all their digits, and each label, for every file of a folder: by haven, then by foreign, which shares no code with
# pyreadstat, pads texts and leaves days as seconds.
SCRIPT = r"""
if (!requireNamespace("haven", quietly = TRUE) || !requireNamespace("foreign", quietly = TRUE)) quit(status = 3)
folder <- commandArgs(TRUE)[1]
text <- function(column) {
  if (inherits(column, "Date")) return(format(column, "%Y-%m-%d"))
  if (is.character(column)) return(sub(" +$", "", column))
  column <- as.numeric(unclass(column))
  ifelse(is.na(column), NA, sprintf("%.17g", column))
}
keep <- function(data, file, ending, label, labels) {
  cells <- as.data.frame(lapply(data, text), optional = TRUE)
  write.csv(cells, paste(file, ending, "csv", sep = "."), row.names = FALSE, na = "", fileEncoding = "UTF-8")
  told <- do.call(rbind, lapply(names(data), function(name) {
    found <- labels(name)
    data.frame(name = name, label = label(name), code = c(NA, as.numeric(found)), text = c(NA, names(found)))
  }))
  write.csv(told, paste(file, ending, "labels", sep = "."), row.names = FALSE, na = "", fileEncoding = "UTF-8")
}
for (file in list.files(folder, pattern = "\\.sav$", recursive = TRUE, full.names = TRUE)) {
  data <- haven::read_sav(file)
  keep(data, file, "haven", function(name) attr(data[[name]], "label"), function(name) attr(data[[name]], "labels"))
  data <- foreign::read.spss(file, use.value.labels = FALSE, use.missings = FALSE, reencode = "UTF-8")
  keep(unclass(data), file, "foreign", function(name) attr(data, "variable.labels")[[name]],
       function(name) rev(attr(data, "label.table")[[name]]))
}
"""
# foreign leaves days as SPSS holds them: seconds since this day.
DAY_ZERO = dt.date(1582, 10, 14)
READERS = pytest.mark.parametrize("reader", ["haven", "foreign"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("spss")
    reportedly.export("spss", root / "plain")
    reportedly.export("spss", root / "flat", flat=True)
    return root


@pytest.fixture(scope="module")
def read_by_r(folder):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    script = ["Rscript", "-e", SCRIPT, str(folder)]
    done = subprocess.run(script, capture_output=True, env=environment, text=True, check=False)
    if done.returncode == NO_PACKAGE:
        pytest.skip("R has no package haven or foreign")
    assert done.returncode == 0, done.stderr

    def rows(table, reader, ending, *, flat):
        path = place(folder, table, flat=flat).with_suffix(f".sav.{reader}.{ending}")
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


def place(folder, table, *, flat):
    return folder / ("flat" if flat else "plain") / f"{table}.sav"


@cache
def frame(table, *, flat):
    return reportedly.flat(table) if flat else reportedly.load(table)


def codes(table, *, flat):
    """Return the number of each value of each enumeration."""
    found = frame(table, flat=flat)
    return {
        name: {value: code for code, value in enumerate(column.cat.categories, 1)}
        for name, column in found.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }


def labels(table, *, flat):
    """Return the labels of numbers that a file should hold."""
    found = {name: dict(enumerate(LABELS[tuple(values)], 1)) for name, values in codes(table, flat=flat).items()}
    answers = {
        name: {0: "no", 1: "yes"} for name, column in frame(table, flat=flat).items() if column.dtype == "boolean"
    }
    return found | answers


def titles(table):
    described = reportedly.describe(table)
    return dict(zip(described["field"], described["title"], strict=True))


def wanted(loaded, table, *, flat):
    """Return the rows that a file should hold."""
    numbers = codes(table, flat=flat)

    def cell(name, value):
        if isinstance(value, list):
            return "|".join(value) or None
        if isinstance(value, bool):
            return int(value)
        return numbers[name][value] if name in numbers and value is not None else value

    return [[cell(name, value) for name, value in row.items()] for row in loaded(table, flat=flat)]


def plain(value):
    """Return what pyreadstat read as plain Python."""
    if value == "" or pd.isna(value):
        return None
    return value.date() if isinstance(value, dt.datetime) else value


def rows(found):
    return [[plain(cell) for cell in row] for row in found.astype(object).itertuples(index=False)]


@FORMS
@TABLES
def test_pyreadstat_reads_what_load_gives(folder, loaded, table, flat):
    found, meta = pyreadstat.read_sav(place(folder, table, flat=flat))
    assert list(found.columns) == list(frame(table, flat=flat).columns)
    assert rows(found) == wanted(loaded, table, flat=flat)
    assert meta.variable_value_labels == labels(table, flat=flat)


@pytest.mark.fast_one_in(6)
@READERS
@FORMS
@TABLES
def test_r_reads_what_load_gives(read_by_r, loaded, table, flat, reader):
    def text(cell):
        if cell is None:
            return ""
        if isinstance(cell, dt.date) and reader == "foreign":
            return str((cell - DAY_ZERO).days * 86_400)
        return f"{cell:.17g}" if isinstance(cell, int | float) else str(cell)

    found = read_by_r(table, reader, "csv", flat=flat)
    assert [list(row.values()) for row in found] == [
        [text(cell) for cell in row] for row in wanted(loaded, table, flat=flat)
    ]


@pytest.mark.fast_one_in(6)
@READERS
@FORMS
@TABLES
def test_r_reads_the_labels(read_by_r, table, flat, reader):
    found = read_by_r(table, reader, "labels", flat=flat)
    assert list(dict.fromkeys(row["name"] for row in found)) == list(frame(table, flat=flat).columns)
    read = {}
    for row in found:
        if row["code"]:
            read.setdefault(row["name"], {})[int(row["code"])] = row["text"]
    assert read == labels(table, flat=flat)


@TABLES
def test_variables_are_labelled_with_their_titles(folder, table):
    _, meta = pyreadstat.read_sav(place(folder, table, flat=False), metadataonly=True)
    assert meta.column_names_to_labels == titles(table)


@READERS
@TABLES
def test_r_reads_the_titles(read_by_r, table, reader):
    assert {row["name"]: row["label"] for row in read_by_r(table, reader, "labels", flat=False)} == titles(table)


@TABLES
def test_documents_hold_the_codebook(folder, table):
    _, meta = pyreadstat.read_sav(place(folder, table, flat=False), metadataonly=True)
    assert all(len(line.encode()) <= 80 for line in meta.notes)
    # What is indented continues the line before.
    told = re.sub(r"\n  ", " ", "\n".join(meta.notes)).split("\n")
    assert f"Version: {reportedly.__version__}" in told
    for field in json.loads((SCHEMAS / f"{table}.json").read_text("utf-8"))["fields"]:
        coding = f" {field['coding']}" if "coding" in field else ""
        assert f"{field['name']}: {field['description']}{coding}" in told
        for code, one in enumerate(field.get("categories", ()), 1):
            example = f" Example: {one['example']}" if "example" in one else ""
            meaning = f"{one['value']}, {one['label']}: {one['description']}{example}"
            assert f"{field['name']}, value {code} {meaning}" in told


@FORMS
def test_the_file_tells_the_release(folder, flat):
    _, meta = pyreadstat.read_sav(place(folder, "demands", flat=flat), metadataonly=True)
    assert meta.file_label == f"reportedly {reportedly.__version__}: Demands"
    assert meta.creation_time == meta.modification_time
    assert f"Released: {meta.creation_time:%Y-%m-%d}" in meta.notes
    assert any("creativecommons.org" in note for note in meta.notes)


@FORMS
@TABLES
def test_variables_have_levels_of_measurement(folder, table, flat):
    _, meta = pyreadstat.read_sav(place(folder, table, flat=flat), metadataonly=True)
    for name, column in frame(table, flat=flat).items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            level = "ordinal" if column.cat.ordered else "nominal"
        else:
            level = "scale" if column.dtype.kind in "ifM" else "nominal"
        assert (name, meta.variable_measure[name]) == (name, level)


def test_days_and_numbers_have_formats(copy):
    copy.set("figures", 2, value="2500000.25", lower="1", upper="0.001")
    path, _ = exported(copy, "figures")
    formats = pyreadstat.read_sav(path)[1].original_variable_types
    assert (formats["earliest"], formats["latest"]) == ("SDATE10", "SDATE10")
    assert (formats["kind"], formats["start"]) == ("F8.0", "F8.0")
    assert (formats["value"], formats["upper"]) == ("F14.2", "F9.3")


def exported(copy, table, name="made.sav"):
    path = copy.root.parent / name
    return path, reportedly.export("spss", path, tables=[table], package=copy.root, force=True).losses


def test_long_texts_are_kept_whole(copy):
    texts = ["ž" * 3000, "“x” " * 800 + "x", "x" * 255, "x" * 256, "line\nline", "=1+1"]
    for row, text in enumerate(texts, 2):
        copy.set("demands", row, note=text, summary=text)
    found, _ = pyreadstat.read_sav(exported(copy, "demands")[0])
    assert list(found["note"])[: len(texts)] == texts
    assert list(found["summary"])[: len(texts)] == texts


def test_spaces_at_the_end_are_told(copy):
    copy.set("demands", 2, note="dropped ")
    path, losses = exported(copy, "demands")
    assert pyreadstat.read_sav(path)[0]["note"][0] == "dropped"
    assert [loss for loss in losses if "spaces" in loss] == [
        "demands.note holds texts that end in spaces, which SPSS drops."
    ]


def test_names_that_spss_reserves_are_changed_and_told(copy):
    names = {"surface": "with", "measures": "To", "unit": "_n", "note": "ž" * 33, "date": "4th", "quote_id": "q-id"}
    rename(copy, "figures", names)
    path, losses = exported(copy, "figures")
    wanted = {
        "surface": "v_with",
        "measures": "v_To",
        "unit": "v__n",
        "note": "ž" * 32,
        "date": "v_4th",
        "quote_id": "q_id",
    }
    found, _ = pyreadstat.read_sav(path)
    assert list(found.columns) == [wanted.get(name, name) for name in reportedly.load("figures").columns]
    assert sorted(loss for loss in losses if " is named " in loss) == sorted(
        f"figures.{names[name]} is named {legal}: SPSS does not allow every name." for name, legal in wanted.items()
    )


def rename(copy, table, names):
    rows = copy.rows(table)

    def change(schema):
        for field in schema["fields"]:
            field["name"] = names.get(field["name"], field["name"])
        schema["foreignKeys"] = []

    copy.change_schema(table, change)
    copy.write(table, [{names.get(name, name): cell for name, cell in row.items()} for row in rows])


def test_labels_too_long_are_cut_and_told(copy):
    def change(schema):
        schema["fields"][0]["title"] = "x" * 255
        schema["fields"][1]["title"] = "ž" * 128
        extent = next(field for field in schema["fields"] if field["name"] == "extent")
        extent["categories"][0]["label"] = "x" * 120
        extent["categories"][1]["label"] = "x" * 121

    copy.change_schema("quotes", change)
    path, losses = exported(copy, "quotes")
    _, meta = pyreadstat.read_sav(path)
    assert meta.column_labels[:2] == ["x" * 255, f"{'ž' * 126}…"]
    assert list(meta.variable_value_labels["extent"].values())[:2] == ["x" * 120, f"{'x' * 117}…"]
    assert [loss for loss in losses if "cut" in loss] == [
        "The label of quotes.claim_id is cut, since SPSS does not allow one that long.",
        "Labels of values of quotes.extent are cut, since SPSS does not allow any that long: fragment.",
    ]


def test_whole_numbers_of_any_size_are_kept_or_told(copy):
    for row, number in enumerate(["2147483648", "-9007199254740992", "9007199254740993"], 2):
        copy.set("quotes", row, start=number)
    path, losses = exported(copy, "quotes")
    assert list(pyreadstat.read_sav(path)[0]["start"])[:2] == [2147483648, -9007199254740992]
    assert [loss for loss in losses if "2**53" in loss] == [
        "quotes.start holds whole numbers beyond 2**53, of which SPSS rounds some."
    ]


def test_days_that_spss_knows_are_days_and_others_are_told(copy):
    copy.set("figures", 2, earliest="1582-10-15", latest="1582-10-14")
    copy.set("figures", 3, earliest="9999-12-31", latest="2024-02-29")
    path, losses = exported(copy, "figures")
    found, _ = pyreadstat.read_sav(path)
    assert list(found["earliest"][:2]) == [dt.date(1582, 10, 15), dt.date(9999, 12, 31)]
    assert list(found["latest"][:2]) == ["1582-10-14", "2024-02-29"]
    assert [loss for loss in losses if "dates" in loss] == [
        "figures.latest is text, since SPSS knows no dates before 1582-10-15."
    ]


def test_what_spss_cannot_hold_is_refused(tmp_path, copy):
    copy.set("demands", 2, note="x" * 32_768)
    with pytest.raises(TargetError, match="note holds a text of more than 32767 bytes"):
        exported(copy, "demands")
    copy.set("figures", 2, comparator="roughly")
    with pytest.raises(PackageError, match="comparator holds 'roughly', which is none of exactly, about"):
        exported(copy, "figures")
    copy.set("figures", 2, comparator="", earliest="soon")
    with pytest.raises(PackageError, match="see `reportedly validate`"):
        exported(copy, "figures")
    assert not (tmp_path / "made.sav").exists()


def test_tables_with_and_without_rows_are_written(copy):
    copy.errata()
    wanted_rows = reportedly.load("errata", package=copy.root)
    path, _ = exported(copy, "errata")
    assert list(pyreadstat.read_sav(path)[0]["said"].fillna("")) == list(wanted_rows["said"].fillna(""))
    copy.drop("errata", *range(2, len(wanted_rows) + 2))
    path, _ = exported(copy, "errata")
    found, meta = pyreadstat.read_sav(path)
    assert (list(found.columns), len(found)) == (list(wanted_rows.columns), 0)
    assert set(meta.variable_value_labels) == {"table", "kind"}
