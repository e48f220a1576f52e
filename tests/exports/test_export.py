"""What all exports have in common: one build, nothing half-written, the same bytes on every run, clear refusals."""

from __future__ import annotations

import datetime as dt
import filecmp
import json
from contextlib import nullcontext
from pathlib import Path

import pytest

import reportedly
from reportedly.errors import PackageError, TargetError, UnknownNameError
from reportedly.exports.formats import FORMATS

pytestmark = pytest.mark.fast_one_in(6)


def target(folder, name):
    return folder / f"made{FORMATS[name].suffix * (not FORMATS[name].is_folder)}"


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
        made.append(files(reportedly.export(name, target(tmp_path / run, name), flat=flat).path))
    assert made[0] == made[1] != {}


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_leaves_nothing_else_behind_and_tells_what_is_lost(tmp_path, name):
    made = reportedly.export(name, target(tmp_path, name), tables=["quotes"])
    assert [str(path) for path in tmp_path.iterdir()] == [made.path]
    assert all(loss.endswith(".") for loss in made.losses)


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
    file = tmp_path / "quotes.csv"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(TargetError, match="is there already; --force replaces it"):
        reportedly.export("csv", file, tables=["quotes"])
    assert file.read_text(encoding="utf-8") == "mine"
    reportedly.export("csv", file, tables=["quotes"], force=True)
    assert file.read_text(encoding="utf-8").startswith("quote_id,")


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "old.csv").write_text("mine", encoding="utf-8")
    reportedly.export("csv", folder, force=True)
    assert sorted(path.stem for path in folder.iterdir()) == sorted(reportedly.tables())
    assert list(tmp_path.iterdir()) == [folder]


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


@pytest.mark.fast_one_in(5)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("claims", {"heading": "TRUE"}, "heading holds 'TRUE', which is no boolean"),
        ("claims", {"start": "x"}, "start holds 'x', which is no integer"),
        ("figures", {"earliest": "2024-W10-1"}, "holds '2024-W10-1', which is no date"),
        ("figures", {"value": "NaN"}, "holds 'NaN', which is no number"),
        ("demands", b"a,b\n", "row 22 has not one cell for each of its 11 columns"),
        ("demands", b"a" + b"," * 11 + b"\n", "row 22 has not one cell for each of its 11 columns"),
    ],
)
def test_a_table_that_does_not_read_is_refused_in_the_same_words_by_all(
    copy, tmp_path, capfd, *, name, table, change, told
):
    if isinstance(change, bytes):
        copy.write_bytes(table, copy.bytes(table) + change)
    else:
        copy.set(table, 2, **change)
    with pytest.raises(PackageError, match=told):
        reportedly.export(name, tmp_path / "made", tables=[table], package=copy.root)
    assert [path.name for path in tmp_path.iterdir()] == ["package"]
    assert capfd.readouterr() == ("", "")


def test_a_header_that_is_another_is_told(copy, tmp_path):
    copy.replace("demands", b",note\n", b",nota\n")
    with pytest.raises(PackageError, match="the header lacks 'note', and has 'nota'"):
        reportedly.export("csv", tmp_path / "made", tables=["demands"], package=copy.root)


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.per_table])
def test_a_name_of_a_table_leads_to_no_other_folder(copy, tmp_path, name):
    copy.change_resource("errata", name="../../evil")
    with pytest.raises(PackageError, match=r"^\.\./\.\./evil: "):
        reportedly.export(name, tmp_path / "made", package=copy.root)
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_a_name_of_a_package_leads_to_no_other_folder(copy, tmp_path, monkeypatch):
    copy.change_descriptor(lambda descriptor: descriptor.update(name="../../evil"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    made = reportedly.export("jsonl", package=copy.root, tables=["errata"])
    assert made.path == f".._.._evil-{reportedly.__version__}-jsonl"
    assert [path.name for path in (tmp_path / "here").iterdir()] == [made.path]


@pytest.mark.parametrize("name", ["stata", "spss"])
def test_a_text_that_is_cut_at_a_nul_is_told(copy, tmp_path, name):
    copy.set("demands", 2, note="a\0b")
    made = reportedly.export(name, tmp_path / "made", tables=["demands"], package=copy.root)
    assert any(loss.startswith("demands.note holds texts with a NUL") for loss in made.losses)


@pytest.mark.parametrize("name", FORMATS)
def test_a_package_without_licence_or_with_an_odd_identifier_is_told_in_one_line_or_written(copy, tmp_path, name):
    copy.set("actors", 2, wikidata_id="Q1> <x")
    copy.change_descriptor(lambda descriptor: descriptor.pop("licenses"))
    # DuckDB alone checks patterns.
    refused = pytest.raises(PackageError, match=r"^actors: [^\n]*wikidata_id[^\n]*$")
    with refused if name == "duckdb" else nullcontext():
        reportedly.export(name, tmp_path / "made", package=copy.root)


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("claims", b",48,107,", f",{'9' * 400},107,".encode()),
        ("claims", b",48,107,", f",{2**63},107,".encode()),
        ("demands", b",note\n", b",note\n" + b"a" + b"," * 11 + b"\n"),
    ],
    ids=["digits", "integer", "row"],
)
def test_what_is_too_large_to_load_is_told_in_one_line(copy, table, old, new):
    copy.replace(table, old, new)
    with pytest.raises(PackageError, match=r"^[^\n]+; see `reportedly validate`$"):
        reportedly.load(table, package=copy.root)
