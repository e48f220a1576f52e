"""CSV on the Web, read back with csvw."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sysconfig

import pytest
from csvw import TableGroup

import reportedly


@pytest.fixture(scope="module", params=[False, True], ids=["as it is", "flat"])
def exported(request, tmp_path_factory):
    flat = request.param
    made = reportedly.export("csvw", tmp_path_factory.mktemp("csvw") / "made", flat=flat)
    return TableGroup.from_file(f"{made.path}/csv-metadata.json"), flat


def metadata(made):
    return f"{made.path}/csv-metadata.json"


def read_all(group):
    for found in group.tables:
        list(found)
        found.check_primary_key()
    group.check_referential_integrity()


def table(group, name):
    return next(found for found in group.tables if str(found.url) == f"{name}.csv")


@pytest.mark.parametrize("name", reportedly.tables())
def test_each_cell_is_what_load_gives(exported, loaded, name):
    group, flat = exported
    read = [
        {column: cell.date() if isinstance(cell, dt.datetime) else cell for column, cell in row.items()}
        for row in table(group, name)
    ]
    assert read == loaded(name, flat=flat)


def test_files_and_metadata_are_valid_csvw(exported):
    group, _ = exported
    assert group.check_referential_integrity()
    assert all(found.check_primary_key() for found in group.tables)
    done = subprocess.run(
        [f"{sysconfig.get_path('scripts')}/csvwvalidate", "--verbose", f"{group.base}/csv-metadata.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()[:20]) == (0, "OK")


def test_the_metadata_tells_what_the_dataset_and_its_columns_are(exported, day):
    group, _ = exported
    assert group.common_props["dc:title"].startswith("Reportedly: ")
    assert group.common_props["dc:license"] == [{"@id": "https://creativecommons.org/licenses/by/4.0/"}]
    assert group.common_props["dc:issued"]["@value"] == day
    stance = table(group, "demands").get_column("stance")
    assert stance.common_props["dc:description"] == "What the demander does."
    labels = {
        value["skos:notation"]: value["skos:prefLabel"]
        for value in stance.common_props["dc:conformsTo"]["skos:hasTopConcept"]
    }
    assert labels["red_line"] == "Red line"
    when = table(group, "claims").get_column("when")
    assert when.datatype.at_props["id"] == "http://id.loc.gov/datatypes/edtf/EDTF"


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("demands", ",red_line,", ",red_lines,", "invalid lexical value"),
        ("demands", "tasr-0001.d01,", "tasr-0001-d01,", "invalid lexical value"),
        ("demands", ",putin,", ",nobody,", "not found in table actors.csv"),
        ("claims", ",2024-11-05,", ",5 November 2024,", "5 November 2024"),
        ("quotes", ",959,", ",-959,", "must be >= 0"),
        ("attributions", "tasr-0001.c02,2,", "tasr-0001.c02,1,", "duplicate primary key"),
    ],
    ids=["a value that is none", "a pattern", "a reference", "a date", "a range", "a key"],
)
def test_the_metadata_tells_what_breaks_the_schema(tmp_path, name, old, new, told):
    made = reportedly.export("csvw", tmp_path / "made")
    file = tmp_path / "made" / f"{name}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        read_all(TableGroup.from_file(metadata(made)))


def test_tables_that_are_left_out_are_not_referred_to(tmp_path):
    made = reportedly.export("csvw", tmp_path / "made", tables=["claims", "quotes"])
    group = TableGroup.from_file(metadata(made))
    assert sorted(str(found.url) for found in group.tables) == ["claims.csv", "quotes.csv"]
    assert group.check_referential_integrity()
    (key,) = table(group, "quotes").tableSchema.foreignKeys
    assert key.columnReference == ["claim_id"]


def test_no_file_tells_where_it_was_made(tmp_path):
    made = reportedly.export("csvw", tmp_path / "made")
    with open(metadata(made), encoding="utf-8") as file:
        told = json.load(file)
    assert told["@id"] == "urn:uuid:6e2398d4-5537-4857-a3a4-5118c724e559"
    assert str(tmp_path) not in json.dumps(told)


def test_losses_are_told(tmp_path):
    made = reportedly.export("csvw", tmp_path / "made", tables=["figures", "quotes"])
    assert any("enumerations" in loss for loss in made.losses)
    assert any("figures.quote_id" in loss for loss in made.losses)
