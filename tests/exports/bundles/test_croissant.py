"""Croissant, read back with mlcroissant."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import mlcroissant
import pandas as pd
import pytest

import reportedly

# rdflib's JSON-LD parser, which mlcroissant reads with, uses a class of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def opened(folder):
    return mlcroissant.Dataset(jsonld=f"{folder}/croissant.json")


@pytest.fixture(scope="module", params=[False, True], ids=["as it is", "flat"])
def exported(request, tmp_path_factory):
    flat = request.param
    made = reportedly.export("croissant", tmp_path_factory.mktemp("croissant") / "made", flat=flat)
    return opened(made.path), Path(made.path), flat


def plain(cell, wanted):
    """Return a cell as Python has it: mlcroissant gives texts as bytes, dates as pandas' time stamps and no list for a blank."""
    if isinstance(cell, list):
        return [item.decode() for item in cell]
    if isinstance(cell, bytes):
        return cell.decode()
    if isinstance(cell, pd.Timestamp):
        return cell.date()
    return [] if cell is None and wanted == [] else cell


@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize("table", reportedly.tables())
def test_each_cell_is_what_load_gives(exported, loaded, table):
    dataset, _, flat = exported
    wanted = loaded(table, flat=flat)
    read = list(dataset.records(table))
    assert len(read) == len(wanted)
    for row, right in zip(read, wanted, strict=True):
        assert {name: plain(row[f"{table}/{name}"], cell) for name, cell in right.items()} == right
        assert len(row) == len(right)


def test_the_reader_finds_nothing_wrong(exported):
    dataset, _, _ = exported
    assert not dataset.metadata.ctx.issues.errors
    assert not dataset.metadata.ctx.issues.warnings


def test_the_metadata_tells_what_the_dataset_is(exported, day):
    told = exported[0].metadata
    assert told.name.startswith("Reportedly: ")
    assert told.license == ["https://creativecommons.org/licenses/by/4.0/"]
    assert told.version == reportedly.__version__
    assert told.date_published == dt.datetime.fromisoformat(day)
    assert [creator.name for creator in told.creators] == ["Reportedly contributors"]
    assert told.cite_as == reportedly.cite()
    assert [one.name for one in told.publisher] == ["Reportedly contributors"]


def test_files_are_those_that_the_metadata_tells(exported):
    dataset, folder, _ = exported
    told = {file.content_url: (file.sha256, file.content_size) for file in dataset.metadata.distribution}
    found = {
        file.name: (hashlib.sha256(file.read_bytes()).hexdigest(), f"{file.stat().st_size} B")
        for file in folder.glob("*.csv")
    }
    assert told == found


def test_enumerations_have_labels_and_are_referred_to(exported):
    dataset, _, _ = exported
    stances = {row["demands.stance/value"]: row["demands.stance/name"] for row in dataset.records("demands.stance")}
    assert stances["red_line"] == "Red line"
    sets = {found.id: found for found in dataset.metadata.record_sets}
    fields = {field.id: field for field in sets["demands"].fields}
    assert fields["demands/stance"].references.field == "demands.stance/value"
    assert fields["demands/claim_id"].references.file_object == "claims.csv"
    assert sets["attributions"].key == ["attributions/claim_id", "attributions/hop"]


@pytest.mark.parametrize("table", reportedly.tables())
def test_a_table_alone_can_be_read(tmp_path, loaded, table):
    made = reportedly.export("croissant", tmp_path / "made", tables=[table])
    assert len(list(opened(made.path).records(table))) == len(loaded(table))


def test_no_file_tells_where_it_was_made(tmp_path):
    made = reportedly.export("croissant", tmp_path / "made")
    with open(f"{made.path}/croissant.json", encoding="utf-8") as file:
        told = json.load(file)
    assert told["url"] == "urn:uuid:6e2398d4-5537-4857-a3a4-5118c724e559"
    assert str(tmp_path) not in json.dumps(told)
    assert any("has none: url is its identifier" in loss for loss in made.losses)
