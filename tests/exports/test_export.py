"""What all exports have in common: one build, nothing half-written, the same bytes on every run, clear refusals."""

from __future__ import annotations

import datetime as dt
import filecmp
import importlib
import json
import shutil
from pathlib import Path

import pytest

import reportedly
from reportedly.errors import PackageError, TargetError, UnknownNameError
from reportedly.exports.formats import FORMATS

pytestmark = pytest.mark.fast_one_in(6)

ROOT = Path(__file__).parents[2]


def files(path):
    path = Path(path)
    found = [path] if path.is_file() else sorted(item for item in path.rglob("*") if item.is_file())
    return {item.relative_to(path).as_posix(): item.read_bytes() for item in found}


@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("flat", [False, True], ids=["as it is", "flat"])
def test_an_export_has_the_same_bytes_on_every_run(tmp_path, name, flat):
    made = []
    for run in ("first", "second"):
        (tmp_path / run).mkdir()
        target = tmp_path / run / f"made{FORMATS[name].suffix * (not FORMATS[name].is_folder)}"
        made.append(files(reportedly.export(name, target, flat=flat).path))
    assert made[0] == made[1] != {}


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_leaves_nothing_else_behind_and_tells_what_is_lost(tmp_path, name):
    made = reportedly.export(
        name, tmp_path / f"made{FORMATS[name].suffix * (not FORMATS[name].is_folder)}", tables=["quotes"]
    )
    assert [str(path) for path in tmp_path.iterdir()] == [made.path]
    assert all(loss.endswith(".") for loss in made.losses)


@pytest.mark.parametrize("name", FORMATS)
def test_a_writer_is_a_module_of_its_own_that_documents_its_format(name):
    module = importlib.import_module(f"reportedly.exports.{FORMATS[name].module}")
    assert "http" in (module.__doc__ or "") or "RFC" in (module.__doc__ or "")


def test_csv_is_the_file_itself(tmp_path):
    reportedly.export("csv", tmp_path / "csv")
    for table in reportedly.tables():
        assert filecmp.cmp(tmp_path / "csv" / f"{table}.csv", reportedly.path(table), shallow=False)


def test_flat_csv_loads_as_flat(tmp_path):
    pandas = pytest.importorskip("pandas")
    reportedly.export("csv", tmp_path / "demands.csv", tables=["demands"], flat=True)
    read = pandas.read_csv(tmp_path / "demands.csv", dtype=str, keep_default_na=False)
    flat = reportedly.flat("demands")
    assert list(read.columns) == list(flat.columns)
    assert list(read["chain"]) == list(flat["chain"])


@pytest.mark.parametrize("flat", [False, True], ids=["as it is", "flat"])
@pytest.mark.parametrize("table", reportedly.tables())
def test_json_lines_hold_what_load_gives(tmp_path, loaded, table, flat):
    reportedly.export("jsonl", tmp_path / "table.jsonl", tables=[table], flat=flat)
    read = [json.loads(line) for line in (tmp_path / "table.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = loaded(table, flat=flat)
    for row in wanted:
        row.update({name: cell.isoformat() for name, cell in row.items() if isinstance(cell, dt.date)})
    assert read == wanted


def test_no_table_without_rows_becomes_a_file_that_readers_refuse(tmp_path):
    polars, arrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow.json")
    made = reportedly.export("jsonl", tmp_path / "made")
    found = sorted((tmp_path / "made").iterdir())
    assert [file.stem for file in found] == sorted(set(reportedly.tables()) - {"errata"})
    assert all(len(polars.read_ndjson(file)) == arrow.read_json(file).num_rows > 0 for file in found)
    assert any(loss.startswith("errata: no rows") for loss in made.losses)


def test_an_export_does_not_replace_what_is_there_unless_told(tmp_path):
    target = tmp_path / "quotes.csv"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(TargetError, match="is there already; --force replaces it"):
        reportedly.export("csv", target, tables=["quotes"])
    assert target.read_text(encoding="utf-8") == "mine"
    reportedly.export("csv", target, tables=["quotes"], force=True)
    assert target.read_text(encoding="utf-8").startswith("quote_id,")


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "tables"
    target.mkdir()
    (target / "old.csv").write_text("mine", encoding="utf-8")
    reportedly.export("csv", target, force=True)
    assert sorted(path.stem for path in target.iterdir()) == sorted(reportedly.tables())
    assert list(tmp_path.iterdir()) == [target]


def test_one_file_holds_one_table(tmp_path):
    with pytest.raises(TargetError, match="a file holds one table in this format"):
        reportedly.export("csv", tmp_path / "all.csv")
    assert list(tmp_path.iterdir()) == []


def test_unknown_names_are_told(tmp_path):
    with pytest.raises(UnknownNameError, match="There is no format 'parquett'"):
        reportedly.export("parquett", tmp_path / "x")
    with pytest.raises(UnknownNameError, match="Did you mean 'demands'"):
        reportedly.export("csv", tmp_path / "x", tables=["demnds"])


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(TargetError, match="file"):
        reportedly.export("csv", tmp_path / "file" / "under.csv", tables=["quotes"])


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("odd", "told"),
    [("a\0b", "a NUL character"), ("a\ud800b", "half a character"), ("a\udcffb", "needs a path in UTF-8")],
)
def test_a_path_that_cannot_be_is_blamed_and_not_the_dataset(tmp_path, name, odd, told):
    # On Linux a name is bytes, and the writers of most formats can do with any.
    if odd == "a\udcffb" and not FORMATS[name].utf8_path:
        reportedly.export(name, tmp_path / odd, tables=["quotes"])
        assert [path.name for path in tmp_path.iterdir()] == [odd]
        return
    with pytest.raises(TargetError, match=told) as caught:
        reportedly.export(name, tmp_path / odd, tables=["quotes"])
    assert str(caught.value).startswith(f"{tmp_path}/a\\")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("form", ["jsonld", "turtle"])
@pytest.mark.parametrize("name", ["  ", "a b", "a<b", "é|x", "a\0b"])
def test_a_name_of_a_table_that_no_iri_can_hold_is_told_and_nothing_is_logged(copy, tmp_path, capfd, form, name):
    copy.change_resource("demands", name=name)
    with pytest.raises(PackageError, match="is a table's name that no IRI can hold"):
        reportedly.export(form, tmp_path / "made", package=copy.root)
    assert capfd.readouterr() == ("", "")


def broken(folder, table, change):
    """Copy the package, and change the text of one of its files."""
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "datapackage.json", folder)
    file = folder / table
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


@pytest.mark.fast_one_in(5)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("claims", lambda text: text.replace(",false,", ",TRUE,", 1), "heading holds 'TRUE', which is no boolean"),
        ("claims", lambda text: text.replace(",48,107,", ",x,107,", 1), "start holds 'x', which is no integer"),
        ("figures", lambda text: text.replace(",2024-11-05,", ",2024-W10-1,"), "holds '2024-W10-1', which is no date"),
        ("figures", lambda text: text.replace(",63500000000,", ",NaN,"), "holds 'NaN', which is no number"),
        ("demands", lambda text: text + "a,b\n", "row 22 has not one cell for each of its 11 columns"),
        ("demands", lambda text: text + "a" + "," * 11 + "\n", "row 22 has not one cell for each of its 11 columns"),
        ("demands", lambda text: text.replace("note", "nota", 1), "the header lacks 'note', and has 'nota'"),
    ],
)
def test_a_table_that_does_not_read_is_refused_in_the_same_words_by_all(tmp_path, capfd, *, name, table, change, told):
    package = broken(tmp_path / "package", f"data/{table}.csv", change)
    with pytest.raises(PackageError, match=told):
        reportedly.export(name, tmp_path / "made", tables=[table], package=package)
    assert [path.name for path in tmp_path.iterdir()] == ["package"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.per_table])
def test_a_name_of_a_table_leads_to_no_other_folder(tmp_path, name):
    package = broken(
        tmp_path / "package",
        "datapackage.json",
        lambda text: text.replace('"name": "errata"', '"name": "../../evil"'),
    )
    with pytest.raises(PackageError, match=r"^\.\./\.\./evil: "):
        reportedly.export(name, tmp_path / "made", package=package)
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_a_name_of_a_package_leads_to_no_other_folder(tmp_path, monkeypatch):
    package = broken(
        tmp_path / "package",
        "datapackage.json",
        lambda text: text.replace('"name": "reportedly"', '"name": "../../evil"', 1),
    )
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    made = reportedly.export("jsonl", package=package, tables=["errata"])
    assert made.path == f".._.._evil-{reportedly.__version__}-jsonl"
    assert [path.name for path in (tmp_path / "here").iterdir()] == [made.path]


@pytest.mark.parametrize("name", ["stata", "spss"])
def test_a_text_that_is_cut_at_a_nul_is_told(tmp_path, name):
    package = broken(
        tmp_path / "package", "data/demands.csv", lambda text: text.replace("neutral state.,,", "neutral state.,,a\0b")
    )
    made = reportedly.export(name, tmp_path / "made", tables=["demands"], package=package)
    assert any(loss.startswith("demands.note holds texts with a NUL") for loss in made.losses)


@pytest.mark.parametrize("name", FORMATS)
def test_a_package_without_licence_or_with_an_odd_identifier_is_told_in_one_line_or_written(tmp_path, name):
    package = broken(
        tmp_path / "package", "data/actors.csv", lambda text: text.replace(",named,,,", ",named,,Q1> <x,", 1)
    )
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    del descriptor["licenses"]
    (package / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    if name == "duckdb":
        # It alone checks patterns.
        with pytest.raises(PackageError, match=r"^actors: [^\n]*wikidata_id[^\n]*$"):
            reportedly.export(name, tmp_path / "made", package=package)
    else:
        reportedly.export(name, tmp_path / "made", package=package)


@pytest.mark.parametrize("start", ["9" * 400, str(2**63)])
def test_a_number_that_is_too_large_to_load_is_told_in_one_line(tmp_path, start):
    package = broken(
        tmp_path / "package", "data/claims.csv", lambda text: text.replace(",48,107,", f",{start},107,", 1)
    )
    with pytest.raises(PackageError, match="see `reportedly validate`"):
        reportedly.load("claims", package=package)


def test_a_row_that_is_too_long_to_load_is_told_in_one_line(tmp_path):
    package = broken(tmp_path / "package", "data/demands.csv", lambda text: text + "a" + "," * 11 + "\n")
    with pytest.raises(PackageError, match=r"^[^\n]+$"):
        reportedly.load("demands", package=package)
