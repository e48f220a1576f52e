"""RO-Crate, read back with rocrate, and the data package inside it with frictionless."""

from __future__ import annotations

import filecmp
import hashlib
import json
from pathlib import Path

import pytest
from frictionless import Package
from rocrate.rocrate import ROCrate

import reportedly

ROOT = Path(reportedly.path("actors")).parents[1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return Path(reportedly.export("rocrate", tmp_path_factory.mktemp("rocrate") / "made").path)


@pytest.fixture(scope="module", params=[False, True], ids=["as it is", "flat"])
def exported(request, tmp_path_factory, whole):
    if not request.param:
        return whole, False
    return Path(reportedly.export("rocrate", tmp_path_factory.mktemp("flat") / "made", flat=True).path), True


def files(folder):
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_the_crate_tells_what_the_dataset_is(exported, day):
    crate = ROCrate(exported[0])
    assert crate.name.startswith("Reportedly: ")
    assert crate.root_dataset["version"] == reportedly.__version__
    assert crate.datePublished.date().isoformat() == day
    assert crate.license.id == "https://creativecommons.org/licenses/by/4.0/"
    assert crate.creator["name"] == "Reportedly contributors"


def test_the_crate_names_the_files_that_are_there_and_tells_what_they_hold(exported):
    folder, _ = exported
    crate = ROCrate(folder)
    parts = {entity.id: entity for entity in crate.data_entities}
    assert {*parts, "ro-crate-metadata.json"} == files(folder)
    for path, entity in parts.items():
        data = (folder / path).read_bytes()
        assert entity["contentSize"] == str(len(data))
        assert entity["sha256"] == hashlib.sha256(data).hexdigest()
        assert entity["description"]
    assert parts["data/quotes.csv"]["encodingFormat"] == "text/csv"
    assert parts["data/quotes.csv"]["conformsTo"].id == "schemas/quotes.json"


def test_the_crate_says_that_an_automated_coder_coded(exported):
    crate = ROCrate(exported[0])
    (coding,) = crate.get_by_type("CreateAction")
    assert coding["instrument"]["name"] == "Automated coder"
    assert coding["agent"]["name"] == "Reportedly contributors"
    assert {entity.id for entity in coding["result"]} == {f"data/{table}.csv" for table in reportedly.tables()}


def test_files_of_the_whole_dataset_are_the_packages_own(whole):
    for path in files(whole) - {"ro-crate-metadata.json"}:
        assert filecmp.cmp(whole / path, ROOT / path, shallow=False), path
    assert ROCrate(whole).root_dataset["identifier"]["value"] == "urn:uuid:6e2398d4-5537-4857-a3a4-5118c724e559"


@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize("table", reportedly.tables())
def test_each_cell_is_what_load_gives(exported, loaded, table):
    folder, flat = exported
    rows = Package(str(folder / "datapackage.json")).get_resource(table).read_rows()
    wanted = loaded(table, flat=flat)
    read = [
        {name: [] if cell is None and wanted[at][name] == [] else cell for name, cell in row.to_dict().items()}
        for at, row in enumerate(rows)
    ]
    assert read == wanted


def test_the_flat_data_package_is_valid(exported):
    report = Package(str(exported[0] / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])


def test_a_part_of_the_dataset_names_nothing_that_is_not_there(tmp_path):
    made = reportedly.export("rocrate", tmp_path / "made", tables=["claims", "quotes"])
    assert files(Path(made.path)) == {
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
    descriptor = json.loads((tmp_path / "made" / "datapackage.json").read_text(encoding="utf-8"))
    assert "id" not in descriptor
    assert any("no id" in loss for loss in made.losses)
    based = ROCrate(made.path).root_dataset["isBasedOn"]
    assert "urn:uuid:6e2398d4-5537-4857-a3a4-5118c724e559" in {entity.id for entity in based}


def test_a_package_cannot_make_an_export_leave_its_folder(copy, tmp_path):
    copy.file("quotes").rename(copy.root.parent / "quotes.csv")
    copy.change_resource("quotes", path="../quotes.csv")
    with pytest.raises(reportedly.errors.PackageError, match="leads out of the package"):
        reportedly.export("rocrate", tmp_path / "made", package=copy.root)
    assert not (tmp_path / "made").exists()


def test_no_file_tells_where_it_was_made(whole):
    assert str(whole.parent) not in (whole / "ro-crate-metadata.json").read_text(encoding="utf-8")
