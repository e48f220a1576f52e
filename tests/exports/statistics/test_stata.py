"""Stata datasets, read back by pandas, pyreadstat and R. Enumerations are numbers there: their place in the codebook, from 1."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import reportedly
from reportedly.errors import PackageError

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
# Cells as text, numbers in all their digits, and each label, for every file of a folder.
SCRIPT = r"""
if (!requireNamespace("haven", quietly = TRUE)) quit(status = 3)
folder <- commandArgs(TRUE)[1]
text <- function(column) {
  if (inherits(column, "Date")) return(format(column, "%Y-%m-%d"))
  if (is.character(column)) return(ifelse(column == "", NA, column))
  column <- as.numeric(unclass(column))
  ifelse(is.na(column), NA, sprintf("%.17g", column))
}
for (file in list.files(folder, pattern = "\\.dta$", recursive = TRUE, full.names = TRUE)) {
  data <- haven::read_dta(file)
  cells <- as.data.frame(lapply(data, text), optional = TRUE)
  write.csv(cells, paste0(file, ".csv"), row.names = FALSE, na = "", fileEncoding = "UTF-8")
  labels <- do.call(rbind, lapply(names(data), function(name) {
    found <- attr(data[[name]], "labels")
    data.frame(name = name, label = attr(data[[name]], "label"), code = c(NA, as.numeric(found)), text = c(NA, names(found)))
  }))
  write.csv(labels, paste0(file, ".labels"), row.names = FALSE, na = "", fileEncoding = "UTF-8")
  if (requireNamespace("readstata13", quietly = TRUE)) {
    notes <- attr(readstata13::read.dta13(file, convert.factors = FALSE), "expansion.fields")
    write.csv(do.call(rbind, notes), paste0(file, ".notes"), row.names = FALSE, fileEncoding = "UTF-8")
  }
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("stata")
    reportedly.export("stata", root / "plain")
    reportedly.export("stata", root / "flat", flat=True)
    return root


@pytest.fixture(scope="module")
def read_by_r(folder):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    script = ["Rscript", "-e", SCRIPT, str(folder)]
    done = subprocess.run(script, capture_output=True, env=environment, text=True, check=False)
    if done.returncode == NO_PACKAGE:
        pytest.skip("R has no package haven")
    assert done.returncode == 0, done.stderr

    def rows(table, ending, *, flat):
        path = place(folder, table, flat=flat).with_suffix(f".dta.{ending}")
        if not path.is_file():
            pytest.skip("R has no package readstata13")
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


def place(folder, table, *, flat):
    return folder / ("flat" if flat else "plain") / f"{table}.dta"


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
    """Return what pandas or pyreadstat read as plain Python."""
    if value == "" or pd.isna(value):
        return None
    return value.date() if isinstance(value, dt.datetime) else value


def rows(found):
    return [[plain(cell) for cell in row] for row in found.astype(object).itertuples(index=False)]


@FORMS
@TABLES
def test_pandas_reads_what_load_gives(folder, loaded, table, flat):
    found = pd.read_stata(place(folder, table, flat=flat), convert_categoricals=False)
    assert list(found.columns) == list(frame(table, flat=flat).columns)
    assert rows(found) == wanted(loaded, table, flat=flat)


@FORMS
@TABLES
def test_pyreadstat_reads_what_load_gives(folder, loaded, table, flat):
    found, meta = pyreadstat.read_dta(place(folder, table, flat=flat))
    assert list(found.columns) == list(frame(table, flat=flat).columns)
    assert rows(found) == wanted(loaded, table, flat=flat)
    assert meta.variable_value_labels == labels(table, flat=flat)


@pytest.mark.fast_one_in(6)
@FORMS
@TABLES
def test_r_reads_what_load_gives(read_by_r, loaded, table, flat):
    def text(cell):
        if cell is None:
            return ""
        return f"{cell:.17g}" if isinstance(cell, int | float) else str(cell)

    found = read_by_r(table, "csv", flat=flat)
    assert [list(row.values()) for row in found] == [
        [text(cell) for cell in row] for row in wanted(loaded, table, flat=flat)
    ]


@pytest.mark.fast_one_in(6)
@FORMS
@TABLES
def test_r_reads_the_labels(read_by_r, table, flat):
    found = read_by_r(table, "labels", flat=flat)
    assert list(dict.fromkeys(row["name"] for row in found)) == list(frame(table, flat=flat).columns)
    read = {}
    for row in found:
        if row["code"]:
            read.setdefault(row["name"], {})[int(row["code"])] = row["text"]
    assert read == labels(table, flat=flat)


@TABLES
def test_variables_are_labelled_with_their_titles(folder, table):
    with pd.io.stata.StataReader(place(folder, table, flat=False)) as reader:
        assert reader.variable_labels() == titles(table)


@TABLES
def test_r_reads_the_titles(read_by_r, table):
    assert {row["name"]: row["label"] for row in read_by_r(table, "labels", flat=False)} == titles(table)


@TABLES
def test_notes_hold_the_codebook(read_by_r, table):
    notes = {}
    for about, name, text in (row.values() for row in read_by_r(table, "notes", flat=False)):
        notes.setdefault(about, {})[name] = text
    fields = json.loads((SCHEMAS / f"{table}.json").read_text("utf-8"))["fields"]
    for field in fields:
        told = [f"{field['title']}: {field['description']}"]
        told += [f"Coding: {field['coding']}"] if "coding" in field else []
        for code, one in enumerate(field.get("categories", ()), 1):
            example = f" Example: {one['example']}" if "example" in one else ""
            told.append(f"Value {code} {one['value']}, {one['label']}: {one['description']}{example}")
        numbered = {f"note{number}": note for number, note in enumerate(told, 1)}
        assert notes[field["name"]] == {"note0": str(len(told)), **numbered}
    assert set(notes) == {"_dta", *(field["name"] for field in fields)}
    assert f"Version: {reportedly.__version__}" in notes["_dta"].values()


@FORMS
def test_the_file_tells_the_release(folder, flat):
    path = place(folder, "demands", flat=flat)
    _, meta = pyreadstat.read_dta(path, metadataonly=True)
    with pd.io.stata.StataReader(path) as reader:
        assert reader.data_label == f"reportedly {reportedly.__version__}: Demands"
        assert reader.time_stamp == f"{meta.creation_time:%d %b %Y %H:%M}"
    assert f"Released: {meta.creation_time:%Y-%m-%d}" in meta.notes
    assert any(note.startswith("Licence: ") and "creativecommons.org" in note for note in meta.notes)


def test_dates_and_numbers_have_stata_types(folder):
    _, meta = pyreadstat.read_dta(place(folder, "figures", flat=False))
    assert {meta.original_variable_types[name] for name in ("earliest", "latest")} == {"%td"}
    with pd.io.stata.StataReader(place(folder, "figures", flat=False)) as reader:
        found = reader.read(convert_categoricals=False, convert_missing=False, preserve_dtypes=True)
    assert found["kind"].dtype == "int8"
    assert found["start"].dtype == "int32"
    assert found["value"].dtype == "float64"


def exported(copy, table, name="made.dta"):
    path = copy.root.parent / name
    return path, reportedly.export("stata", path, tables=[table], package=copy.root, force=True).losses


def test_long_texts_are_kept_whole(copy):
    texts = ["ž" * 3000, "“x” " * 800, "x" * 2045, "x" * 2046, "line\nline", "=1+1"]
    for row, text in enumerate(texts, 2):
        copy.set("demands", row, note=text, summary=text)
    path, _ = exported(copy, "demands")
    for found in (pd.read_stata(path), pyreadstat.read_dta(path)[0]):
        assert list(found["note"])[: len(texts)] == texts
        assert list(found["summary"])[: len(texts)] == texts


def test_names_that_stata_reserves_are_changed_and_told(copy):
    names = {"surface": "with", "measures": "str12", "unit": "_n", "note": "n" * 33, "date": "4th", "quote_id": "q-id"}
    rename(copy, "figures", names)
    path, losses = exported(copy, "figures")
    wanted = {
        "surface": "v_with",
        "measures": "v_str12",
        "unit": "v__n",
        "note": "n" * 32,
        "date": "v_4th",
        "quote_id": "q_id",
    }
    found = pd.read_stata(path, convert_categoricals=False)
    assert list(found.columns) == [wanted.get(name, name) for name in reportedly.load("figures").columns]
    assert "end" in found.columns
    assert sorted(loss for loss in losses if " is named " in loss) == sorted(
        f"figures.{names[name]} is named {legal}: Stata does not allow every name." for name, legal in wanted.items()
    )


def test_what_pandas_renames_keeps_its_name_labels_and_days(copy):
    # Words of Mata, which Stata does not reserve.
    rename(copy, "figures", {"kind": "class", "earliest": "break", "note": "void"})
    path, losses = exported(copy, "figures")
    found, meta = pyreadstat.read_dta(path)
    assert {"class", "break", "void", "end"} <= set(found.columns)
    assert not [loss for loss in losses if " is named " in loss]
    assert meta.variable_value_labels["class"][1] == "Share"
    assert meta.column_names_to_labels["class"] == "Kind"
    assert list(found["break"].dropna()) == list(reportedly.load("figures")["earliest"].dropna().dt.date)


def test_names_that_become_alike_are_told_apart(copy):
    rename(copy, "quotes", {"text": "a-b", "note": "a_b", "extent": "A_B"})
    path, losses = exported(copy, "quotes")
    found = pd.read_stata(path, convert_categoricals=False).columns
    assert [name for name in found if name.lower().startswith("a_b")] == ["a_b", "A_B_2", "a_b_3"]
    assert len([loss for loss in losses if " is named " in loss]) == 3


def rename(copy, table, names):
    rows = copy.rows(table)

    def change(schema):
        for field in schema["fields"]:
            field["name"] = names.get(field["name"], field["name"])
        schema["foreignKeys"] = []

    copy.change_schema(table, change)
    copy.write(table, [{names.get(name, name): cell for name, cell in row.items()} for row in rows])


def test_titles_too_long_for_a_label_are_cut_and_told(copy):
    def change(schema):
        schema["fields"][0]["title"] = "ž" * 80
        schema["fields"][1]["title"] = "x" * 81

    copy.change_schema("quotes", change)
    path, losses = exported(copy, "quotes")
    with pd.io.stata.StataReader(path) as reader:
        assert list(reader.variable_labels().values())[:2] == ["ž" * 80, f"{'x' * 79}…"]
    cut = [loss for loss in losses if "label" in loss and "cut" in loss]
    assert cut == ["The label of quotes.claim_id is cut, since Stata does not allow one that long."]


def test_whole_numbers_of_any_size_are_kept_or_told(copy):
    for row, number in enumerate(["2147483620", "-2147483620", "1"], 2):
        copy.set("quotes", row, start=number)
    for row, number in enumerate(["2147483621", "9007199254740992", "9007199254740993"], 2):
        copy.set("quotes", row, end=number)
    path, losses = exported(copy, "quotes")
    found = pd.read_stata(path, convert_categoricals=False)
    assert found["start"].dtype == "int32"
    assert list(found["start"])[:3] == [2147483620, -2147483620, 1]
    assert list(found["end"])[:2] == [2147483621, 9007199254740992]
    assert [loss for loss in losses if "2**53" in loss] == [
        "quotes.end holds whole numbers beyond 2**53, of which Stata rounds some."
    ]


def test_days_that_stata_knows_are_days_and_others_are_told(copy):
    copy.set("figures", 2, earliest="0100-01-01", latest="0099-12-31")
    copy.set("figures", 3, earliest="9999-12-31", latest="2024-02-29")
    path, losses = exported(copy, "figures")
    found = pd.read_stata(path, convert_categoricals=False)
    assert [day.date() for day in found["earliest"][:2]] == [dt.date(100, 1, 1), dt.date(9999, 12, 31)]
    assert list(found["latest"][:2]) == ["0099-12-31", "2024-02-29"]
    assert [loss for loss in losses if "dates" in loss] == [
        "figures.latest is text, since Stata knows no dates before 0100-01-01."
    ]


def test_what_stata_cannot_hold_is_refused(tmp_path, copy):
    copy.set("figures", 2, value="", comparator="roughly")
    with pytest.raises(PackageError, match="comparator holds 'roughly', which is none of exactly, about"):
        exported(copy, "figures")
    copy.set("figures", 2, comparator="", earliest="soon")
    with pytest.raises(PackageError, match="see `reportedly validate`"):
        exported(copy, "figures")
    assert not (tmp_path / "made.dta").exists()


def test_tables_with_and_without_rows_are_written(copy):
    copy.errata()
    wanted_rows = reportedly.load("errata", package=copy.root)
    path, _ = exported(copy, "errata")
    assert list(pd.read_stata(path)["said"].fillna("")) == list(wanted_rows["said"].fillna(""))
    copy.drop("errata", *range(2, len(wanted_rows) + 2))
    path, _ = exported(copy, "errata")
    found, meta = pyreadstat.read_dta(path)
    assert (list(found.columns), len(found)) == (list(wanted_rows.columns), 0)
    assert set(meta.variable_value_labels) == {"table", "kind"}
