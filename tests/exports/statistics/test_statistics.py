"""Stata and SPSS files, read back by pandas, pyreadstat and R. Enumerations are numbers there: their place in the codebook, from 1."""

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
from typing import NamedTuple

import pandas as pd
import pyreadstat
import pytest

import reportedly
from reportedly.errors import PackageError, TargetError

FORMS = pytest.mark.parametrize("flat", [False, True], ids=["as it is", "flat"])
TABLES = pytest.mark.parametrize("table", reportedly.tables())
SCHEMAS = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in sorted((Path(reportedly.path("actors")).parents[1] / "schemas").glob("*.json"))
}
# The labels of an enumeration, by its values: flat tables have other names for the same columns.
LABELS = {
    tuple(one["value"] for one in field["categories"]): [one["label"] for one in field["categories"]]
    for schema in SCHEMAS.values()
    for field in schema["fields"]
    if "categories" in field
}
# What the script ends with where R lacks a package.
NO_PACKAGE = 3
# Cells as text, numbers in all their digits, and each label, for every file of a folder: by haven, and for SPSS by foreign too, which shares no
# code with pyreadstat, pads texts and leaves days as seconds; the notes of Stata by readstata13.
SCRIPT = r"""
for (name in c("haven", "foreign", "readstata13")) if (!requireNamespace(name, quietly = TRUE)) quit(status = 3)
text <- function(column) {
  if (inherits(column, "Date")) return(format(column, "%Y-%m-%d"))
  if (is.character(column)) return(sub(" +$", "", column))
  column <- as.numeric(unclass(column))
  ifelse(is.na(column), NA, sprintf("%.17g", column))
}
write <- function(rows, ...) write.csv(rows, paste(..., sep = "."), row.names = FALSE, na = "", fileEncoding = "UTF-8")
keep <- function(data, file, ending, label, labels) {
  write(as.data.frame(lapply(data, text), optional = TRUE), file, ending, "csv")
  write(do.call(rbind, lapply(names(data), function(name) {
    found <- labels(name)
    data.frame(name = name, label = label(name), code = c(NA, as.numeric(found)), text = c(NA, names(found)))
  })), file, ending, "labels")
}
for (file in list.files(commandArgs(TRUE)[1], pattern = "\\.(dta|sav)$", recursive = TRUE, full.names = TRUE)) {
  stata <- endsWith(file, ".dta")
  data <- if (stata) haven::read_dta(file) else haven::read_sav(file)
  keep(data, file, "haven", function(name) attr(data[[name]], "label"), function(name) attr(data[[name]], "labels"))
  if (stata) {
    write(do.call(rbind, attr(readstata13::read.dta13(file, convert.factors = FALSE), "expansion.fields")), file, "notes")
  } else {
    data <- foreign::read.spss(file, use.value.labels = FALSE, use.missings = FALSE, reencode = "UTF-8")
    keep(unclass(data), file, "foreign", function(name) attr(data, "variable.labels")[[name]],
         function(name) rev(attr(data, "label.table")[[name]]))
  }
}
"""
# foreign leaves days as SPSS holds them: seconds since this day.
DAY_ZERO = dt.date(1582, 10, 14)


class Program(NamedTuple):
    """A statistics program: its name, the ending of its files, and what it knows and allows."""

    name: str
    ending: str
    first_day: str
    day_before: str
    texts: tuple[str, ...]

    @property
    def form(self):
        return self.name.lower()


STATA = Program("Stata", "dta", "0100-01-01", "0099-12-31", ("ž" * 3000, "“x” " * 800, "x" * 2045, "x" * 2046))
SPSS = Program("SPSS", "sav", "1582-10-15", "1582-10-14", ("ž" * 3000, "“x” " * 800 + "x", "x" * 255, "x" * 256))
PROGRAMS = pytest.mark.parametrize("program", [STATA, SPSS], ids=lambda program: program.form)
READERS = pytest.mark.parametrize(
    ("program", "reader"), [(STATA, "haven"), (SPSS, "haven"), (SPSS, "foreign")], ids=["stata", "spss", "spss-foreign"]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("statistics")
    for form in ("stata", "spss"):
        reportedly.export(form, root / f"{form}-plain")
        reportedly.export(form, root / f"{form}-flat", flat=True)
    return root


@pytest.fixture(scope="module")
def read_by_r(folder):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["Rscript", "-e", SCRIPT, str(folder)], capture_output=True, env=environment, text=True, check=False
    )
    if done.returncode == NO_PACKAGE:
        pytest.skip("R has no package haven, foreign or readstata13")
    assert done.returncode == 0, done.stderr

    def rows(program, table, ending, *, flat=False):
        path = place(folder, program, table, flat=flat)
        with path.with_suffix(f"{path.suffix}.{ending}").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


def place(folder, program, table, *, flat=False):
    return folder / f"{program.form}-{'flat' if flat else 'plain'}" / f"{table}.{program.ending}"


def read(path, **options):
    """Return a file's frame and what it tells of it, as pyreadstat reads it."""
    return (pyreadstat.read_dta if path.suffix == ".dta" else pyreadstat.read_sav)(path, **options)


@cache
def frame(table, *, flat=False):
    return reportedly.flat(table) if flat else reportedly.load(table)


def codes(table, *, flat):
    """Return the number of each value of each enumeration."""
    return {
        name: {value: code for code, value in enumerate(column.cat.categories, 1)}
        for name, column in frame(table, flat=flat).items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }


def labels(table, *, flat):
    """Return the labels of numbers that a file should hold."""
    found = {name: dict(enumerate(LABELS[tuple(values)], 1)) for name, values in codes(table, flat=flat).items()}
    booleans = [name for name, column in frame(table, flat=flat).items() if column.dtype == "boolean"]
    return found | {name: {0: "no", 1: "yes"} for name in booleans}


def titles(table):
    return {field["name"]: field["title"] for field in SCHEMAS[table]["fields"]}


def wanted(loaded, table, *, flat):
    """Return the rows that a file should hold."""
    numbers = codes(table, flat=flat)

    def cell(name, value):
        if isinstance(value, list):
            return "|".join(value) or None
        if isinstance(value, bool):
            return int(value)
        return numbers.get(name, {}).get(value, value)

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
    found = pd.read_stata(place(folder, STATA, table, flat=flat), convert_categoricals=False)
    assert list(found.columns) == list(frame(table, flat=flat).columns)
    assert rows(found) == wanted(loaded, table, flat=flat)


@PROGRAMS
@FORMS
@TABLES
def test_pyreadstat_reads_what_load_gives(folder, loaded, program, table, flat):
    found, meta = read(place(folder, program, table, flat=flat))
    assert list(found.columns) == list(frame(table, flat=flat).columns)
    assert rows(found) == wanted(loaded, table, flat=flat)
    assert meta.variable_value_labels == labels(table, flat=flat)
    if not flat:
        assert meta.column_names_to_labels == titles(table)


@pytest.mark.fast_one_in(6)
@FORMS
@TABLES
@READERS
def test_r_reads_what_load_gives_and_the_labels(read_by_r, loaded, *, program, reader, table, flat):
    def text(cell):
        if isinstance(cell, dt.date) and reader == "foreign":
            return str((cell - DAY_ZERO).days * 86_400)
        return f"{cell:.17g}" if isinstance(cell, int | float) else str(cell or "")

    found = read_by_r(program, table, f"{reader}.csv", flat=flat)
    assert [list(row.values()) for row in found] == [
        [text(cell) for cell in row] for row in wanted(loaded, table, flat=flat)
    ]
    told = read_by_r(program, table, f"{reader}.labels", flat=flat)
    assert list(dict.fromkeys(row["name"] for row in told)) == list(frame(table, flat=flat).columns)
    assert {(row["name"], int(row["code"]), row["text"]) for row in told if row["code"]} == {
        (name, code, label) for name, named in labels(table, flat=flat).items() for code, label in named.items()
    }
    if not flat:
        assert {row["name"]: row["label"] for row in told} == titles(table)


def meanings(field):
    """Return what each number of a variable stands for."""
    for code, one in enumerate(field.get("categories", ()), 1):
        example = f" Example: {one['example']}" if "example" in one else ""
        yield f"{code} {one['value']}, {one['label']}: {one['description']}{example}"


@TABLES
def test_notes_of_stata_hold_the_codebook(read_by_r, table):
    notes = {}
    for about, name, text in (row.values() for row in read_by_r(STATA, table, "notes")):
        notes.setdefault(about, {})[name] = text
    for field in SCHEMAS[table]["fields"]:
        told = [f"{field['title']}: {field['description']}"]
        told += [f"Coding: {field['coding']}"] if "coding" in field else []
        told += [f"Value {meaning}" for meaning in meanings(field)]
        numbered = {f"note{number}": note for number, note in enumerate(told, 1)}
        assert notes[field["name"]] == {"note0": str(len(told)), **numbered}
    assert set(notes) == {"_dta", *titles(table)}
    assert f"Version: {reportedly.__version__}" in notes["_dta"].values()


@TABLES
def test_documents_of_spss_hold_the_codebook(folder, table):
    _, meta = read(place(folder, SPSS, table), metadataonly=True)
    assert all(len(line.encode()) <= 80 for line in meta.notes)
    # What is indented continues the line before.
    told = re.sub(r"\n  ", " ", "\n".join(meta.notes)).split("\n")
    assert f"Version: {reportedly.__version__}" in told
    for field in SCHEMAS[table]["fields"]:
        assert " ".join(filter(None, (f"{field['name']}: {field['description']}", field.get("coding")))) in told
        assert {f"{field['name']}, value {meaning}" for meaning in meanings(field)} <= set(told)


@PROGRAMS
@FORMS
def test_the_file_tells_the_release(folder, program, flat):
    path = place(folder, program, "demands", flat=flat)
    _, meta = read(path, metadataonly=True)
    assert meta.file_label == f"reportedly {reportedly.__version__}: Demands"
    assert f"Released: {meta.creation_time:%Y-%m-%d}" in meta.notes
    assert any("creativecommons.org" in note for note in meta.notes)


@FORMS
@TABLES
def test_variables_of_spss_have_levels_of_measurement(folder, table, flat):
    _, meta = read(place(folder, SPSS, table, flat=flat), metadataonly=True)
    for name, column in frame(table, flat=flat).items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            level = "ordinal" if column.cat.ordered else "nominal"
        else:
            level = "scale" if column.dtype.kind in "ifM" else "nominal"
        assert (name, meta.variable_measure[name]) == (name, level)


def exported(copy, program, table):
    """Export a table, and return what pyreadstat reads, what pyreadstat is told of it, and the losses."""
    path = copy.root.parent / f"made.{program.ending}"
    losses = reportedly.export(program.form, path, tables=[table], package=copy.root, force=True).losses
    return *read(path), losses


def test_days_and_numbers_have_the_types_of_stata(folder):
    _, meta = read(place(folder, STATA, "figures"))
    assert {meta.original_variable_types[name] for name in ("earliest", "latest")} == {"%td"}
    found = pd.read_stata(place(folder, STATA, "figures"), convert_categoricals=False, preserve_dtypes=True)
    assert [found[name].dtype for name in ("kind", "start", "value")] == ["int8", "int32", "float64"]


def test_days_and_numbers_have_the_formats_of_spss(copy):
    copy.set("figures", 2, value="2500000.25", lower="1", upper="0.001")
    formats = exported(copy, SPSS, "figures")[1].original_variable_types
    wanted = {"earliest": "SDATE10", "latest": "SDATE10", "kind": "F8.0", "start": "F8.0"}
    assert formats | wanted | {"value": "F14.2", "upper": "F9.3"} == formats


@PROGRAMS
def test_long_texts_are_kept_whole(copy, program):
    texts = [*program.texts, "line\nline", "=1+1"]
    for row, text in enumerate(texts, 2):
        copy.set("demands", row, note=text, summary=text)
    found, _, _ = exported(copy, program, "demands")
    assert list(found["note"])[: len(texts)] == list(found["summary"])[: len(texts)] == texts


def test_spaces_at_the_end_are_told(copy):
    copy.set("demands", 2, note="dropped ")
    found, _, losses = exported(copy, SPSS, "demands")
    assert found["note"][0] == "dropped"
    assert "demands.note holds texts that end in spaces, which SPSS drops." in losses


def rename(copy, table, names):
    rows = copy.rows(table)

    def change(schema):
        for field in schema["fields"]:
            field["name"] = names.get(field["name"], field["name"])
        schema["foreignKeys"] = []

    copy.change_schema(table, change)
    copy.write(table, [{names.get(name, name): cell for name, cell in row.items()} for row in rows])


@pytest.mark.parametrize(
    ("program", "reserved", "letter"), [(STATA, "str12", "n"), (SPSS, "To", "ž")], ids=["stata", "spss"]
)
def test_names_that_are_reserved_are_changed_and_told(copy, program, reserved, letter):
    legal = {
        "with": "v_with",
        reserved: f"v_{reserved}",
        "_n": "v__n",
        letter * 33: letter * 32,
        "4th": "v_4th",
        "q-id": "q_id",
        # Three that become alike.
        "a-b": "a_b",
        "A_B": "A_B_2",
        "a_b": "a_b_3",
    }
    changed = ("surface", "measures", "unit", "note", "date", "quote_id", "value", "lower", "upper")
    names = dict(zip(changed, legal, strict=True))
    rename(copy, "figures", names)
    found, _, losses = exported(copy, program, "figures")
    assert list(found.columns) == [legal.get(names.get(name), name) for name in reportedly.load("figures").columns]
    assert sorted(loss for loss in losses if " is named " in loss) == sorted(
        f"figures.{name} is named {other}: {program.name} does not allow every name." for name, other in legal.items()
    )


def test_what_pandas_renames_keeps_its_name_labels_and_days(copy):
    # Words of Mata, which Stata does not reserve.
    rename(copy, "figures", {"kind": "class", "earliest": "break", "note": "void"})
    found, meta, losses = exported(copy, STATA, "figures")
    assert {"class", "break", "void", "end"} <= set(found.columns)
    assert not [loss for loss in losses if " is named " in loss]
    assert meta.variable_value_labels["class"][1] == "Share"
    assert meta.column_names_to_labels["class"] == "Kind"
    assert list(found["break"].dropna()) == list(reportedly.load("figures")["earliest"].dropna().dt.date)


@pytest.mark.parametrize(
    ("program", "kept", "cut", "shown"),
    [(STATA, "ž" * 80, "x" * 81, f"{'x' * 79}…"), (SPSS, "x" * 255, "ž" * 128, f"{'ž' * 126}…")],
    ids=["stata", "spss"],
)
def test_titles_too_long_for_a_label_are_cut_and_told(copy, program, kept, cut, shown):
    def change(schema):
        schema["fields"][0]["title"], schema["fields"][1]["title"] = kept, cut

    copy.change_schema("quotes", change)
    _, meta, losses = exported(copy, program, "quotes")
    assert meta.column_labels[:2] == [kept, shown]
    told = f"The label of quotes.claim_id is cut, since {program.name} does not allow one that long."
    assert [loss for loss in losses if "cut" in loss] == [told]


def test_labels_of_values_too_long_are_cut_and_told(copy):
    def change(schema):
        extent = next(field for field in schema["fields"] if field["name"] == "extent")
        extent["categories"][0]["label"], extent["categories"][1]["label"] = "x" * 120, "x" * 121

    copy.change_schema("quotes", change)
    _, meta, losses = exported(copy, SPSS, "quotes")
    assert list(meta.variable_value_labels["extent"].values())[:2] == ["x" * 120, f"{'x' * 117}…"]
    assert [loss for loss in losses if "cut" in loss] == [
        "Labels of values of quotes.extent are cut, since SPSS does not allow any that long: fragment."
    ]


@PROGRAMS
def test_whole_numbers_of_any_size_are_kept_or_told(copy, program):
    # The first three fit Stata's type long.
    numbers = {
        "start": ["2147483620", "-2147483620", "1"],
        "end": ["2147483621", "9007199254740992", "9007199254740993"],
    }
    for name, cells in numbers.items():
        for row, number in enumerate(cells, 2):
            copy.set("quotes", row, **{name: number})
    found, _, losses = exported(copy, program, "quotes")
    assert list(found["start"])[:3] == [2147483620, -2147483620, 1]
    assert list(found["end"])[:2] == [2147483621, 9007199254740992]
    assert [loss for loss in losses if "2**53" in loss] == [
        f"quotes.end holds whole numbers beyond 2**53, of which {program.name} rounds some."
    ]


@PROGRAMS
def test_days_that_are_known_are_days_and_others_are_told(copy, program):
    copy.set("figures", 2, earliest=program.first_day, latest=program.day_before)
    copy.set("figures", 3, earliest="9999-12-31", latest="2024-02-29")
    found, _, losses = exported(copy, program, "figures")
    assert list(found["earliest"][:2]) == [dt.date.fromisoformat(program.first_day), dt.date(9999, 12, 31)]
    assert list(found["latest"][:2]) == [program.day_before, "2024-02-29"]
    assert [loss for loss in losses if "dates" in loss] == [
        f"figures.latest is text, since {program.name} knows no dates before {program.first_day}."
    ]


@pytest.mark.parametrize(
    ("program", "cells", "error", "told"),
    [
        (STATA, {"comparator": "roughly"}, PackageError, "comparator holds 'roughly', which is none of exactly, about"),
        (SPSS, {"comparator": "roughly"}, PackageError, "comparator holds 'roughly', which is none of exactly, about"),
        (STATA, {"earliest": "soon"}, PackageError, "see `reportedly validate`"),
        (SPSS, {"note": "x" * 32_768}, TargetError, "note holds a text of more than 32767 bytes"),
    ],
    ids=["stata-category", "spss-category", "stata-day", "spss-text"],
)
def test_what_cannot_be_held_is_refused(copy, program, cells, error, told):
    copy.set("figures", 2, **cells)
    with pytest.raises(error, match=told):
        exported(copy, program, "figures")
    assert not (copy.root.parent / f"made.{program.ending}").exists()


@PROGRAMS
def test_tables_with_and_without_rows_are_written(copy, program):
    copy.errata()
    wanted_rows = reportedly.load("errata", package=copy.root)
    assert list(exported(copy, program, "errata")[0]["said"].fillna("")) == list(wanted_rows["said"].fillna(""))
    copy.drop("errata", *range(2, len(wanted_rows) + 2))
    found, meta, _ = exported(copy, program, "errata")
    assert (list(found.columns), len(found)) == (list(wanted_rows.columns), 0)
    assert set(meta.variable_value_labels) == {"table", "kind"}
