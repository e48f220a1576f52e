"""Whole reports of `validate`, word for word: what is told, what is told once, in which order, and what is said to be skipped."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("frictionless")
import reportedly
from reportedly import limits
from reportedly.errors import PackageError
from reportedly.validation.report import Omitted

pytestmark = pytest.mark.fast_one_in(5)


def swap(*pairs, table="quotes"):
    def change(copy):
        data = copy.bytes(table)
        for old, new in pairs:
            assert data.count(old) == 1
            data = data.replace(old, new)
        copy.write_bytes(table, data)

    return change


def put(table, key, **cells):
    return lambda copy: copy.set(table, key, **cells)


def both(*changes):
    return lambda copy: [change(copy) for change in changes]


def resource(table="quotes", **properties):
    return lambda copy: copy.change_resource(table, **properties)


def stale(table, **cells):
    """Return an edit that leaves the descriptor as it was."""

    def change(copy):
        before = copy.descriptor()
        copy.set(table, 2, **cells)
        copy.write_descriptor(before)

    return change


def drop_resource(copy):
    copy.change_descriptor(lambda found: found["resources"].pop(2))


def too_large(copy):
    with copy.file("quotes").open("ab") as file:
        file.truncate(limits.TABLE_BYTES + 1)


LONG = "x" * 65
CASES = {
    "nothing": lambda _: None,
    # Cells: by pandera with our words, never by frictionless too.
    "type-of-each-kind": both(
        put("figures", "f08", value="x", start="x"),
        put("figures", "f26", earliest="x"),
        put("actors", "nato", aliases="a||b"),
    ),
    "type-and-rules-of-the-field": put("figures", "f08", value="x", lower="21"),
    "required-and-unreadable": put("quotes", "q05", start="", end="x"),
    "enum-and-pattern": put("quotes", "q05", extent="words", quote_id="x05"),
    "unique": put("demands", "d02", claim_id="tasr-0001.c02"),
    "primary-key": lambda copy: copy.duplicate("quotes", 3),
    "cells-of-text": put("actors", "nato", name=" NATO", short_name="=NATO", role="cafe\u0301"),
    "row-rule": put("quotes", "q05", end="2164"),
    "row-rule-with-a-blank": put("figures", "f05", lower=""),
    "words-of-64-characters-and-more": both(
        put("quotes", "q05", text=LONG[:64], end="2222"), put("quotes", "q04", text=LONG, end="2132", extent="word")
    ),
    "words-with-a-control-character": put("quotes", "q05", text="re\x07solve"),
    # Files that frictionless is not given.
    "table-too-many-and-finding-in-the-first": both(
        lambda copy: copy.change_descriptor(lambda found: found["resources"].append({**found["resources"][0], "name": "other"})),
        put("actors", "nato", name=" NATO"),
    ),
    "schema-no-json": lambda copy: (copy.root / "schemas" / "quotes.json").write_bytes(b"["),
    "schema-another": lambda copy: copy.change_schema("quotes", lambda schema: schema.update(title="Other")),
    "path-out-of-the-package": resource(path="../quotes.csv"),
    "file-too-large": too_large,
    # Keys and rules across tables.
    "foreign-key": put("quotes", "q05", speaker_id="nobody"),
    "foreign-key-of-two-tables": both(put("quotes", "q05", claim_id="tasr-0001.c99"), put("figures", "f07", claim_id="tasr-0001.c99")),
    "rule-across-by-another-table": put("claims", "c02", holder_id="trump"),
    # Files and what frictionless says of them.
    "blank-line-and-finding-behind": swap((b"\ntasr-0001.q05", b"\n\ntasr-0001.q05"), (b"resolve,word", b"resolve,words")),
    "table-that-cannot-be-read-and-blank-line-in-another": both(
        swap((b"demand_id,claim_id,", b"demand_id,demand_id,"), table="demands"), swap((b"\ntasr-0001.q05", b"\n\ntasr-0001.q05"))
    ),
    "what-only-frictionless-judges": put("articles", 2, url="no address"),
    "descriptor-with-an-odd-title": resource(title=5),
    "row-too-long": swap((b"2156,2163,\n", b"2156,2163,,more\n")),
    "row-far-too-short": swap((b"2156,2163,\n", b"\n")),
    "row-too-long-and-finding": swap((b"2156,2163,\n", b"2156,2164,,more\n")),
    "header-order": swap((b"start,end,note\n", b"end,start,note\n")),
    "header-missing": swap((b"start,end,note\n", b"start,end\n")),
    "no-row": lambda copy: copy.write("errata", []),
    "mark-and-finding": both(put("quotes", "q05", end="2164"), lambda copy: copy.write_bytes("quotes", b"\xef\xbb\xbf" + copy.bytes("quotes"))),
    "not-utf-8": swap((b"resolve,word", b"resolv\xe9,word")),
    "unclosed": swap((b"resolve,word", b'"resolve,word')),
    "stale": stale("quotes", note="Changed."),
    "two-files-and-rows": both(swap((b"2156,2163,\n", b"2156,2163\n")), put("actors", "nato", name="NATO "), resource("claims", rows=1)),
    # What cannot be used.
    "no-json": lambda copy: (copy.root / "datapackage.json").write_bytes(b"{"),
    "table-lacking": drop_resource,
    "table-unknown": lambda copy: copy.change_descriptor(lambda found: found["resources"].append({**found["resources"][2], "name": "extra"})),
    "table-gone": lambda copy: copy.file("quotes").unlink(),
    "two-tables-gone": lambda copy: [copy.file(table).unlink() for table in ("claims", "quotes")],
    "schema-changed-and-finding": both(
        lambda copy: copy.change_schema("quotes", lambda found: found.update(title="Other")), put("quotes", "q05", extent="words")
    ),
    "odd-for-frictionless": resource(licenses="none", title=3),
    "licence-odd-for-frictionless": lambda copy: copy.change_descriptor(lambda found: found.update(licenses=[{}])),
}  # fmt: skip


def reported(copy):
    return reportedly.validate(copy.root).to_text().replace(str(copy.root), "package")


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("name", CASES)
def test_what_is_reported(copy, name, snapshot):
    CASES[name](copy)
    assert reported(copy) == snapshot


@pytest.mark.parametrize(("most", "further"), [(5, 0), (4, 1), (3, 2)], ids=["all", "all-but-one", "all-but-two"])
def test_of_many_findings_the_first_are_told_and_the_others_counted(copy, monkeypatch, most, further):
    monkeypatch.setattr(limits, "FINDINGS", most)
    copy.write("quotes", [{**row, "speaker_id": "nobody", "extent": "words"} for row in copy.rows("quotes")])
    found = reportedly.validate(copy.root)
    for rule, field in (("enum", "extent"), ("foreignKey", "speaker_id"), ("speaker-in-chain", "speaker_id")):
        told = [issue.row for issue in found.issues if (issue.rule, issue.field) == (rule, field)]
        assert told == [*range(2, 2 + most)]
        more = [each for each in found.more if (each.rule, each.field) == (rule, field)]
        assert more == ([Omitted("data/quotes.csv", rule, "quotes", field, further)] if further else [])


def test_what_several_checks_of_a_rule_count_is_added_up(copy, monkeypatch):
    monkeypatch.setattr(limits, "FINDINGS", 1)
    rows = copy.rows("figures")
    durations, dates = ([row["figure_id"] for row in rows if row["kind"] == kind] for kind in ("duration", "date"))
    assert min(len(durations), len(dates)) > 1
    copy.write("figures", [{**row, "unit": "EUR"} if row["kind"] in {"duration", "date"} else row for row in rows])
    more = [each for each in reportedly.validate(copy.root).more if each.rule == "unit-of-kind"]
    assert more == [Omitted("data/figures.csv", "unit-of-kind", "figures", "unit", len(durations) + len(dates) - 2)]


def test_each_step_is_told_as_it_begins(copy):
    steps = []
    reportedly.validate(copy.root, progress=steps.append)
    tables = reportedly.tables()
    files = ["descriptor", *(f"file of {table}" for table in tables)]
    assert steps == [*files, "conformance", *(f"rows of {table}" for table in tables), "rules across tables"]
    copy.file("quotes").unlink()
    steps.clear()
    reportedly.validate(copy.root, progress=steps.append)
    assert steps == [*files, *(f"rows of {table}" for table in tables if table != "quotes")]


def test_rows_and_version_are_counted_and_told(copy):
    found = reportedly.validate(copy.root)
    assert (found.package, found.version, found.ok) == (str(copy.root), reportedly.__version__, True)
    assert found.rows == {table: len(copy.rows(table)) for table in reportedly.tables()}
    (copy.root / "datapackage.json").write_bytes(b"{")
    broken = reportedly.validate(copy.root)
    assert (broken.version, broken.rows, broken.ok) == ("", {}, False)


def test_a_package_is_found_by_its_folder_its_descriptor_or_its_archive(copy, tmp_path):
    CASES["row-rule"](copy)
    packed = tmp_path / "p.ZIP"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(copy.root.rglob("*.*")):
            file.write(path, Path("inside") / path.relative_to(copy.root))
    for place in (copy.root, copy.root / "datapackage.json", packed):
        found = reportedly.validate(place)
        assert found.package == str(place)
        assert [issue.rule for issue in found.issues] == ["span-length"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere", "there is no such file or folder"), ("x.csv", "no data package; give a folder, a datapackage.json, a zip file or a version")],
)  # fmt: skip
def test_what_is_no_package_is_told(tmp_path, name, words):
    (tmp_path / "x.csv").write_text("x\n", encoding="utf-8")
    with pytest.raises(PackageError) as caught:
        reportedly.validate(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: {words}"


def test_what_needs_an_extra_says_which_module_is_missing():
    code = "import sys; sys.modules['frictionless'] = None; import reportedly; reportedly.validate()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    told = "reportedly.errors.MissingExtraError: This needs frictionless, which comes with the extra validate: "
    assert done.stderr.splitlines()[-1].startswith(told)
