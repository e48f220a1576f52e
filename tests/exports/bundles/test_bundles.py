"""CSV on the Web, read back with csvw; Croissant, with mlcroissant; RO-Crate, with rocrate, and the data package inside it with frictionless."""

from __future__ import annotations

import datetime as dt
import filecmp
import hashlib
import json
import subprocess
import sysconfig
from pathlib import Path

import mlcroissant
import pandas as pd
import pytest
from csvw import TableGroup
from frictionless import Package
from rocrate.rocrate import ROCrate

import reportedly
from reportedly.errors import PackageError

# rdflib's JSON-LD parser, which mlcroissant reads with, uses a class of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

ROOT = Path(reportedly.path("actors")).parents[1]
DATASET = "urn:uuid:6e2398d4-5537-4857-a3a4-5118c724e559"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
METADATA = {"csvw": "csv-metadata.json", "croissant": "croissant.json", "rocrate": "ro-crate-metadata.json"}
TABLES = pytest.mark.parametrize("table", reportedly.tables())


def exported(form, folder, **options):
    """Export to a folder that is named after the format, and return it."""
    return Path(reportedly.export(form, folder / form, **options).path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return {form: exported(form, folder) for form in METADATA}


@pytest.fixture(scope="module", params=[False, True], ids=["as it is", "flat"])
def flat(request):
    return request.param


@pytest.fixture(scope="module")
def made(flat, tmp_path_factory, whole):
    folder = tmp_path_factory.mktemp("made")
    return {form: exported(form, folder, flat=True) for form in METADATA} if flat else whole


@pytest.fixture(scope="module")
def group(made):
    return TableGroup.from_file(made["csvw"] / METADATA["csvw"])


@pytest.fixture(scope="module")
def croissant(made):
    return mlcroissant.Dataset(jsonld=str(made["croissant"] / METADATA["croissant"]))


@pytest.fixture(scope="module")
def crate(made):
    return ROCrate(made["rocrate"])


def files(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("form", METADATA)
def test_no_file_tells_where_it_was_made(whole, form):
    told = (whole[form] / METADATA[form]).read_text(encoding="utf-8")
    assert DATASET in told
    assert str(whole[form].parent) not in told


# --- CSV on the Web ---------------------------------------------------------------------------------------------------------------


def read_all(group):
    for found in group.tables:
        list(found)
        found.check_primary_key()
    group.check_referential_integrity()


def csvw_table(group, name):
    return next(found for found in group.tables if str(found.url) == f"{name}.csv")


@TABLES
def test_csvw_reads_what_load_gives(group, loaded, table, flat):
    read = [
        {column: cell.date() if isinstance(cell, dt.datetime) else cell for column, cell in row.items()}
        for row in csvw_table(group, table)
    ]
    assert read == loaded(table, flat=flat)


def test_files_and_metadata_are_valid_csvw(group):
    assert group.check_referential_integrity()
    assert all(found.check_primary_key() for found in group.tables)
    command = [f"{sysconfig.get_path('scripts')}/csvwvalidate", "--verbose", f"{group.base}/csv-metadata.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()[:20]) == (0, "OK")


def test_csvw_tells_what_the_dataset_and_its_columns_are(group, day):
    assert group.common_props["dc:title"].startswith("Reportedly: ")
    assert group.common_props["dc:license"] == [{"@id": LICENCE}]
    assert group.common_props["dc:issued"]["@value"] == day
    stance = csvw_table(group, "demands").get_column("stance").common_props
    assert stance["dc:description"] == "What the demander does."
    concepts = stance["dc:conformsTo"]["skos:hasTopConcept"]
    assert ("red_line", "Red line") in [(one["skos:notation"], one["skos:prefLabel"]) for one in concepts]
    when = csvw_table(group, "claims").get_column("when")
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
def test_csvw_tells_what_breaks_the_schema(tmp_path, name, old, new, told):
    file = exported("csvw", tmp_path) / f"{name}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    group = TableGroup.from_file(file.with_name(METADATA["csvw"]))
    with pytest.raises(ValueError, match=told):
        read_all(group)


def test_tables_that_csvw_leaves_out_are_not_referred_to(tmp_path):
    made = reportedly.export("csvw", tmp_path / "made", tables=["claims", "figures"])
    group = TableGroup.from_file(f"{made.path}/csv-metadata.json")
    assert sorted(str(found.url) for found in group.tables) == ["claims.csv", "figures.csv"]
    (key,) = csvw_table(group, "figures").tableSchema.foreignKeys
    assert key.columnReference == ["claim_id"]
    assert any("enumerations" in loss for loss in made.losses)


def test_csvw_tells_which_references_are_none(tmp_path):
    made = reportedly.export("csvw", tmp_path / "made", tables=["figures", "quotes"])
    assert any("figures.quote_id" in loss for loss in made.losses)


# --- Croissant --------------------------------------------------------------------------------------------------------------------


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
@TABLES
def test_croissant_reads_what_load_gives(croissant, loaded, table, flat):
    wanted = loaded(table, flat=flat)
    read = [{name.removeprefix(f"{table}/"): cell for name, cell in row.items()} for row in croissant.records(table)]
    assert [
        {name: plain(cell, right[name]) for name, cell in row.items()} for row, right in zip(read, wanted, strict=True)
    ] == wanted


def test_croissant_tells_what_the_dataset_is(croissant, day):
    told = croissant.metadata
    assert not told.ctx.issues.errors
    assert not told.ctx.issues.warnings
    assert told.name.startswith("Reportedly: ")
    assert told.license == [LICENCE]
    assert told.version == reportedly.__version__
    assert told.date_published == dt.datetime.fromisoformat(day)
    assert told.cite_as == reportedly.cite()
    assert [one.name for one in (*told.creators, *told.publisher)] == ["Reportedly contributors"] * 2


def test_files_are_those_that_croissant_tells(croissant, made):
    told = {file.content_url: (file.sha256, file.content_size) for file in croissant.metadata.distribution}
    assert told == {
        name: (hashlib.sha256(data).hexdigest(), f"{len(data)} B")
        for name, data in files(made["croissant"]).items()
        if name.endswith(".csv")
    }


def test_enumerations_of_croissant_have_labels_and_are_referred_to(croissant):
    stances = {row["demands.stance/value"]: row["demands.stance/name"] for row in croissant.records("demands.stance")}
    assert stances["red_line"] == "Red line"
    sets = {found.id: found for found in croissant.metadata.record_sets}
    fields = {field.id: field for field in sets["demands"].fields}
    assert fields["demands/stance"].references.field == "demands.stance/value"
    assert fields["demands/claim_id"].references.file_object == "claims.csv"
    assert sets["attributions"].key == ["attributions/claim_id", "attributions/hop"]


@TABLES
def test_croissant_reads_a_table_alone(tmp_path, loaded, table):
    made = reportedly.export("croissant", tmp_path / "made", tables=[table])
    read = mlcroissant.Dataset(jsonld=f"{made.path}/croissant.json").records(table)
    assert len(list(read)) == len(loaded(table))
    assert any("has none: url is its identifier" in loss for loss in made.losses)


# --- RO-Crate ---------------------------------------------------------------------------------------------------------------------


def test_the_crate_tells_what_the_dataset_is(crate, day):
    assert crate.name.startswith("Reportedly: ")
    assert crate.root_dataset["version"] == reportedly.__version__
    assert crate.datePublished.date().isoformat() == day
    assert crate.license.id == LICENCE
    assert crate.creator["name"] == "Reportedly contributors"


def test_the_crate_names_the_files_that_are_there_and_tells_what_they_hold(crate, made):
    parts = {entity.id: entity for entity in crate.data_entities}
    found = files(made["rocrate"])
    assert {*parts, METADATA["rocrate"]} == set(found)
    for path, entity in parts.items():
        told = (entity["contentSize"], entity["sha256"])
        assert told == (str(len(found[path])), hashlib.sha256(found[path]).hexdigest())
        assert entity["description"]
    assert parts["data/quotes.csv"]["encodingFormat"] == "text/csv"
    assert parts["data/quotes.csv"]["conformsTo"].id == "schemas/quotes.json"


def test_the_crate_says_that_an_automated_coder_coded(crate):
    (coding,) = crate.get_by_type("CreateAction")
    assert coding["instrument"]["name"] == "Automated coder"
    assert coding["agent"]["name"] == "Reportedly contributors"
    assert {entity.id for entity in coding["result"]} == {f"data/{table}.csv" for table in reportedly.tables()}


def test_files_of_the_whole_dataset_are_the_packages_own(whole):
    folder = whole["rocrate"]
    for path in set(files(folder)) - {METADATA["rocrate"]}:
        assert filecmp.cmp(folder / path, ROOT / path, shallow=False), path
    assert ROCrate(folder).root_dataset["identifier"]["value"] == DATASET


@pytest.mark.fast_one_in(3)
@TABLES
def test_frictionless_reads_what_load_gives(made, loaded, table, flat):
    wanted = loaded(table, flat=flat)
    rows = Package(str(made["rocrate"] / "datapackage.json")).get_resource(table).read_rows()
    assert [
        {name: [] if cell is None and right[name] == [] else cell for name, cell in row.to_dict().items()}
        for row, right in zip(rows, wanted, strict=True)
    ] == wanted


def test_the_data_package_in_the_crate_is_valid(made):
    report = Package(str(made["rocrate"] / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])


def test_a_part_of_the_dataset_names_nothing_that_is_not_there(tmp_path):
    made = reportedly.export("rocrate", tmp_path / "made", tables=["claims", "quotes"])
    assert set(files(Path(made.path))) == {
        "data/LICENSE",
        "data/claims.csv",
        "data/quotes.csv",
        "datapackage.json",
        "ro-crate-metadata.json",
        "schemas/claims.json",
        "schemas/quotes.json",
    }
    package = Package(f"{made.path}/datapackage.json")
    assert package.resource_names == ["quotes", "claims"]
    assert package.validate().valid
    assert "id" not in json.loads((tmp_path / "made" / "datapackage.json").read_text(encoding="utf-8"))
    assert any("no id" in loss for loss in made.losses)
    assert DATASET in {entity.id for entity in ROCrate(made.path).root_dataset["isBasedOn"]}


def test_a_package_cannot_make_an_export_leave_its_folder(copy, tmp_path):
    copy.file("quotes").rename(copy.root.parent / "quotes.csv")
    copy.change_resource("quotes", path="../quotes.csv")
    with pytest.raises(PackageError, match="leads out of the package"):
        reportedly.export("rocrate", tmp_path / "made", package=copy.root)
    assert not (tmp_path / "made").exists()
