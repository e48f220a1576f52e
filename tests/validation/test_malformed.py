from __future__ import annotations

import json
import os
import stat
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

import reportedly
from reportedly.errors import PackageError, ReportedlyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.fast_one_in(8)

TABLES = reportedly.tables()
UNCHECKED = "Keys and rules across tables were not checked: quotes cannot be read as a table."


def places(report: Any) -> list[tuple[str, int, str]]:
    return [(issue.file, issue.row, issue.rule) for issue in report.issues]


def about(report: Any, file: str, rule: str) -> str:
    """Return what a user reads about a file and a rule."""
    return "\n".join(str(issue) for issue in report.issues if (issue.file, issue.rule) == (file, rule))


def whole(copy: Any, change: Callable[[bytes], bytes]) -> None:
    copy.write_bytes("quotes", change(copy.bytes("quotes")))


# --- tables -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_told_once(copy, table):
    copy.file(table).unlink()
    report = copy.validate()
    assert places(report) == [(f"data/{table}.csv", 0, "missing-file")], report.to_text()
    assert report.skipped[-1] == f"Keys and rules across tables were not checked: {table} cannot be read as a table."


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_the_descriptor_leaves_out_is_told(copy, table):
    copy.change_descriptor(
        lambda found: found["resources"].remove(next(r for r in found["resources"] if r["name"] == table))
    )
    report = copy.validate()
    assert f"0 resources are named {table}" in about(report, "datapackage.json", "table-set")
    assert not report.ok


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_rows_is_read(copy, table):
    copy.write(table, [])
    report = copy.validate()
    assert report.rows[table] == 0
    assert all(issue.row and issue.field for issue in report.issues), report.to_text()


def test_tables_that_are_all_without_rows_are_read(copy):
    for table in TABLES:
        copy.write(table, [])
    assert sum(copy.validate().rows.values()) == 0


@pytest.mark.parametrize("data", [b"", b"\n"], ids=["no-byte", "no-header"])
def test_an_empty_file_is_told_once(copy, data):
    copy.write_bytes("quotes", data)
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 1, "header")], report.to_text()
    assert "the file is empty" in report.to_text()
    assert UNCHECKED in report.skipped


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_of_unicode_is_told(copy, encoding):
    whole(copy, lambda data: data.decode().encode(encoding))
    report = copy.validate()
    assert {issue.file for issue in report.issues} == {"data/quotes.csv"}, report.to_text()
    assert {issue.rule for issue in report.issues} <= {"encoding", "line-feed", "header"}, report.to_text()


def test_latin_1_is_told_with_byte_and_row(copy):
    copy.replace("quotes", b"resolve,word", "résolve,word".encode("latin-1"))
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 6, "encoding")], report.to_text()
    assert "0xe9" in report.to_text()
    assert UNCHECKED in report.skipped


def test_a_byte_order_mark_is_told_and_the_rest_still_read(copy):
    whole(copy, lambda data: b"\xef\xbb\xbf" + data.replace(b"resolve,word", b"resolve,sentence"))
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 1, "encoding"), ("data/quotes.csv", 6, "extent-words")], (
        report.to_text()
    )


def test_windows_line_ends_are_told_once_and_the_rest_still_read(copy):
    whole(copy, lambda data: data.replace(b"resolve,word", b"resolve,sentence").replace(b"\n", b"\r\n"))
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 1, "line-feed"), ("data/quotes.csv", 6, "extent-words")], (
        report.to_text()
    )


def test_a_row_that_is_too_short_is_told_with_its_row(copy):
    copy.replace("quotes", b"resolve,word,en,unknown,2156,2163,", b"resolve,word,en,unknown,2156,2163")
    report = copy.validate()
    assert {(issue.file, issue.row) for issue in report.issues} == {("data/quotes.csv", 6)}, report.to_text()
    assert "missing-cell" in report.to_text()


def test_a_row_that_is_too_long_is_told_with_its_row(copy):
    copy.replace("quotes", b"2156,2163,\n", b"2156,2163,,more\n")
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 6, "extra-cell")], report.to_text()


@pytest.mark.parametrize("blank", [b"\n", b"\n\n"], ids=["one", "two"])
def test_rows_behind_a_blank_line_keep_their_numbers(copy, blank):
    whole(
        copy,
        lambda data: data.replace(b"\ntasr-0001.q04", blank + b"\ntasr-0001.q04").replace(
            b"resolve,word", b"resolve,sentence"
        ),
    )
    report = copy.validate()
    found = [issue.row for issue in report.issues if issue.rule == "extent-words"]
    assert found == [6 + len(blank)], report.to_text()
    assert any(issue.row == 5 and issue.file == "data/quotes.csv" for issue in report.issues), report.to_text()


def test_a_row_of_commas_is_told(copy):
    whole(copy, lambda data: data.replace(b"\ntasr-0001.q04", b"\n,,,,,,,,,\ntasr-0001.q04"))
    found = [(issue.row, issue.field) for issue in copy.issues() if issue.rule == "required"]
    assert (5, "quote_id") in found


HEADERS = {
    "more": (b"end,note\n", b"end,note,more\n", "not in the schema: 'more'"),
    "missing": (b"end,note\n", b"end\n", "missing: 'note'"),
    "twice": (b"start,end", b"start,start", "twice: 'start'; missing: 'end'"),
    "with-a-space": (b"start,end", b"start, end", "missing: 'end'; not in the schema: ' end'"),
    "in-capitals": (b"quote_id,", b"QUOTE_ID,", "missing: 'quote_id'; not in the schema: 'QUOTE_ID'"),
}


@pytest.mark.parametrize(("old", "new", "words"), HEADERS.values(), ids=HEADERS)
def test_a_wrong_header_is_told_once_with_what_is_wrong(copy, old, new, words):
    copy.replace("quotes", old, new)
    report = copy.validate()
    assert words in about(report, "data/quotes.csv", "header")
    assert places(report) == [("data/quotes.csv", 1, "header")], report.to_text()
    assert UNCHECKED in report.skipped


def test_a_header_in_another_order_is_told_and_cells_are_read_by_their_names(copy):
    rows = copy.rows("quotes")
    names = copy.columns("quotes")
    names[7:9] = ["end", "start"]
    lines = [",".join(f'"{row[name]}"' if "," in row[name] else row[name] for name in names) for row in rows]
    copy.write_bytes("quotes", ("\n".join([",".join(names), *lines]) + "\n").encode())
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 1, "header")], report.to_text()
    assert "another order" in report.to_text()


@pytest.mark.parametrize(
    ("new", "words"),
    [(b'"resolve,word', "unexpected end"), (b'"resolve"x,word', "expected after")],
    ids=["unclosed", "text-behind"],
)
def test_a_broken_quotation_mark_is_told_once_with_its_row(copy, new, words):
    copy.replace("quotes", b"resolve,word", new)
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 6, "plain-csv")], report.to_text()
    assert words in report.to_text()


def test_a_semicolon_file_is_told(copy):
    whole(copy, lambda data: data.replace(b",", b";"))
    report = copy.validate()
    assert "missing: 'quote_id'" in about(report, "data/quotes.csv", "header")
    assert UNCHECKED in report.skipped


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [(b"resolve,w", b"re\x00olve,w", "stray-space"), (b",2156,", b",2\x0056,", "type")],
    ids=["text", "number"],
)
def test_a_nul_byte_is_told_in_its_cell(copy, old, new, rule):
    copy.replace("quotes", old, new)
    assert ("data/quotes.csv", 6, rule) in places(copy.validate())


@pytest.mark.parametrize(
    "text",
    ['"re\nlve"', '"re\rlve"', "re\x1b[31mlve", "re\u2028lve"],
    ids=["line-feed", "return", "escape", "separator"],
)
def test_no_cell_breaks_the_lines_of_a_report_or_reaches_the_terminal(copy, text):
    copy.replace("quotes", b"resolve,word", text.encode() + b",fragment")
    for line in copy.validate().to_text().split("\n"):
        assert line.isprintable(), line


def test_a_long_cell_is_cut_in_every_message(copy):
    copy.replace("quotes", b"resolve,word", b"x" * 200_000 + b",sentence")
    assert all(len(str(issue)) < 1_000 for issue in copy.issues())


@pytest.mark.parametrize("value", ["99999999999999999999", "1e400", "NaN", "٣", "1_000"])
def test_a_number_that_cannot_be_held_is_told_and_nothing_raised(copy, value):
    copy.set("figures", "f08", value=value)
    copy.set("figures", "f09", start=value)
    found = {(issue.row, issue.field, issue.rule) for issue in copy.issues()}
    row = copy.row("figures", "f08")
    assert (row + 1, "start", "type") in found
    assert (row, "value", "type") in found


@pytest.mark.parametrize("value", ["0000-01-01", "0001-01-01", "9999-12-31"])
def test_dates_at_the_ends_of_the_calendar_are_read(copy, value):
    copy.set("figures", "f26", earliest=value)
    row = copy.row("figures", "f26")
    assert {(issue.row, issue.field) for issue in copy.issues()} == {(row, "earliest")}


# --- files ------------------------------------------------------------------------------------------------------------------------


def test_a_folder_in_place_of_a_table_is_told(copy):
    copy.file("quotes").unlink()
    copy.file("quotes").mkdir()
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 0, "safe-path")]
    assert "not a regular file" in report.to_text()
    assert "a path leaves the package" not in report.to_text()


def test_a_pipe_in_place_of_a_table_is_told_and_not_waited_for(copy):
    copy.file("quotes").unlink()
    os.mkfifo(copy.file("quotes"))
    assert places(copy.validate()) == [("data/quotes.csv", 0, "safe-path")]


def outside(copy: Any) -> Path:
    file = copy.root.parent / "outside.csv"
    file.write_text("secret,other\nSECRET,2\n", encoding="utf-8")
    return file


def test_a_link_out_of_the_package_is_told_and_not_followed(copy):
    copy.file("quotes").unlink()
    copy.file("quotes").symlink_to(outside(copy))
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 0, "safe-path")]
    assert "link leads out" in report.to_text()


def test_a_linked_folder_out_of_the_package_is_told(copy):
    (copy.root / "data").rename(copy.root.parent / "elsewhere")
    (copy.root / "data").symlink_to(copy.root.parent / "elsewhere")
    assert {issue.rule for issue in copy.issues()} == {"safe-path"}


@pytest.mark.parametrize("target", ["nowhere.csv", "quotes.csv"], ids=["dangling", "loop"])
def test_a_link_that_leads_nowhere_is_told(copy, target):
    copy.file("quotes").unlink()
    copy.file("quotes").symlink_to(target)
    report = copy.validate()
    assert places(report) == [("data/quotes.csv", 0, "missing-file")], report.to_text()


def test_a_link_within_the_package_is_followed(copy):
    copy.file("quotes").rename(copy.root / "data" / "other.csv")
    copy.file("quotes").symlink_to("other.csv")
    assert copy.validate().ok


PATHS = {
    "up": "../quotes.csv",
    "up-and-down": "data/../data/quotes.csv",
    "absolute": "/quotes.csv",
    "url": "https://example.org/quotes.csv",
    "file-url": "file:///quotes.csv",
    "backslash": "data\\quotes.csv",
    "backslash-up": "..\\quotes.csv",
    "drive": "C:/quotes.csv",
    "empty": "",
    "here": ".",
    "nul": "data/\x00.csv",
    "surrogate": "data/\ud800.csv",
    "too-long": f"data/{'a' * 5000}.csv",
    "home": "~/quotes.csv",
}


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("property", ["path", "schema"])
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_path_that_is_no_file_of_the_package_is_told(copy, property, path):  # noqa: A002 - so does the standard call it
    copy.change_resource("quotes", **{property: path})
    report = copy.validate()
    mine = [issue for issue in report.issues if issue.table == "quotes" and issue.rule in {"safe-path", "missing-file"}]
    assert len(mine) == 1, report.to_text()


@pytest.mark.parametrize("where", ["unknown-resource", "extrapaths", "dialect"])
def test_nothing_outside_of_the_package_is_read(copy, where):
    (copy.root / "data" / "link.csv").symlink_to(outside(copy))
    if where == "unknown-resource":
        first = copy.descriptor()["resources"][0]
        copy.change_descriptor(
            lambda found: found["resources"].append({**first, "name": "extra", "path": "data/link.csv"})
        )
    else:
        copy.change_resource("quotes", **{where: {"extrapaths": ["data/link.csv"], "dialect": "data/link.csv"}[where]})
    report = copy.validate()
    assert not report.ok
    assert "secret" not in report.to_text().lower(), report.to_text()
    assert {issue.rule for issue in report.issues} <= {"safe-path", "table-set", "descriptor"}, report.to_text()


class _Requests(list[str]):
    """What was asked of a server on this machine, and its address."""

    address = ""


@pytest.fixture
def requests() -> Iterator[_Requests]:
    found = _Requests()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815 - the base class asks for these names

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.address = f"http://127.0.0.1:{server.server_port}/x.json"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "where", ["path", "schema", "dialect", "profile", "package-profile", "unknown-resource", "unknown-schema"]
)
def test_no_package_makes_the_validator_ask_the_network(copy, requests, where):
    def change(found: dict[str, Any]) -> None:
        first = found["resources"][0]
        if where == "package-profile":
            found["profile"] = requests.address
        elif where == "unknown-resource":
            found["resources"].append({**first, "name": "extra", "path": requests.address})
        elif where == "unknown-schema":
            found["resources"].append({**first, "name": "extra", "schema": requests.address})
        else:
            first[where] = requests.address

    copy.change_descriptor(change)
    report = copy.validate()
    assert requests == []
    assert not report.ok


# --- descriptor -------------------------------------------------------------------------------------------------------------------

BROKEN_JSON = {
    "no-byte": b"",
    "cut": b'{"resources":',
    "list": b"[1]",
    "null": b"null",
    "number": b"3",
    "deep-list": b"[" * 100_000,
    "deep-object": b'{"a":' * 100_000,
    "latin-1": b'{"a": "\xe9"}',
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "mark": b"\xef\xbb\xbf{}",
    "nul": b"\x00",
    "huge-number": b'{"version": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("text", BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_a_descriptor_that_is_no_json_object_is_told(copy, text):
    (copy.root / "datapackage.json").write_bytes(text)
    report = copy.validate()
    assert places(report) == [("datapackage.json", 0, "descriptor")]
    assert report.skipped == ("Nothing else was checked: the descriptor cannot be used.",)


@pytest.mark.parametrize(
    "text",
    [text for name, text in BROKEN_JSON.items() if name != "huge-number"],
    ids=[name for name in BROKEN_JSON if name != "huge-number"],
)
def test_a_schema_that_is_no_json_object_is_told_once(copy, text):
    (copy.root / "schemas" / "quotes.json").write_bytes(text)
    report = copy.validate()
    assert places(report) == [("schemas/quotes.json", 0, "descriptor")], report.to_text()


def test_a_folder_whose_name_holds_a_colon_does_not_leak_into_messages(copy):
    home = copy.root.rename(copy.root.parent / "my: package")
    (home / "datapackage.json").write_bytes(b"{")
    (issue,) = reportedly.validate(home).issues
    assert issue.message.startswith("Expecting property name")


@pytest.mark.parametrize("resources", [None, {}, "x", 3, [1], [None], [[]]], ids=repr)
def test_resources_that_are_no_list_of_objects_are_told(copy, resources):
    copy.change_descriptor(lambda found: found.update(resources=resources))
    report = copy.validate()
    assert about(report, "datapackage.json", "descriptor").startswith(
        "datapackage.json: resources is no list of objects"
    )


def test_a_descriptor_without_resources_is_told(copy):
    copy.change_descriptor(lambda found: found.pop("resources"))
    assert "resources is no list of objects" in copy.validate().to_text()


@pytest.mark.parametrize("resources", [[], [{}]], ids=["none", "empty"])
def test_a_descriptor_without_tables_is_told(copy, resources):
    copy.change_descriptor(lambda found: found.update(resources=resources))
    text = copy.validate().to_text()
    for table in TABLES:
        assert f"0 resources are named {table}" in text


WRONG_TYPES = [3, None, True, [1], {"a": 1}]


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("name", ["name", "path", "schema"])
@pytest.mark.parametrize("value", [*WRONG_TYPES, {"fields": []}], ids=repr)
def test_a_property_of_the_wrong_type_is_told_by_name(copy, name, value):
    copy.change_resource("quotes", **{name: value})
    assert f"resource 2 has no {name} that is a text" in about(copy.validate(), "datapackage.json", "descriptor")


@pytest.mark.parametrize("value", WRONG_TYPES, ids=repr)
def test_a_version_of_the_wrong_type_is_told(copy, value):
    copy.change_descriptor(lambda found: found.update(version=value))
    told = "there is no version" if value is None else f"version of the package is {str(value)!r}"
    assert told in about(copy.validate(), "datapackage.json", "descriptor")


ODD = {
    "hash": 3,
    "bytes": "x",
    "rows": [1],
    "title": {"a": 1},
    "licenses": 3,
    "sources": [1],
    "dialect": [1],
    "extrapaths": [1],
    "layout": "x",
    "stats": 3,
    "encoding": "utf-16",
    "format": "xlsx",
    "scheme": "http",
    "data": [],
    "compression": "zip",
    "mediatype": 3,
}


@pytest.mark.filterwarnings("ignore::UserWarning:frictionless")
@pytest.mark.parametrize(("name", "value"), ODD.items(), ids=ODD)
def test_an_odd_property_of_a_resource_is_told_and_nothing_raised(copy, name, value):
    copy.change_resource("quotes", **{name: value})
    report = copy.validate()
    assert not report.ok
    assert {issue.file for issue in report.issues} == {"datapackage.json"}, report.to_text()


SCHEMAS: dict[str, Callable[[dict[str, Any]], object]] = {
    "title": lambda found: found.update(title="Other"),
    "no-fields": lambda found: found.update(fields=3),
    "no-field": lambda found: found["fields"].__setitem__(0, 3),
    "type": lambda found: found["fields"][0].update(type="nonsense"),
    "constraints": lambda found: found["fields"][0].update(constraints=3),
    "pattern": lambda found: found["fields"][0].update(constraints={"pattern": "("}),
    "minimum": lambda found: found["fields"][7].update(constraints={"minimum": "x"}),
    "enum": lambda found: found["fields"][4].update(constraints={"enum": 3}),
    "keys": lambda found: found.update(foreignKeys=3),
    "key": lambda found: found.update(foreignKeys=[3]),
    "primary-key": lambda found: found.update(primaryKey=3),
    "missing-values": lambda found: found.update(missingValues=3),
    "looser": lambda found: found["fields"][4].pop("constraints"),
    "empty": lambda found: found.clear(),
}  # fmt: skip


@pytest.mark.parametrize("change", SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_that_is_not_the_format_s_is_told_and_not_used(copy, change):
    copy.change_schema("quotes", change)
    rows = (copy.root / "data" / "quotes.csv").read_bytes().replace(b"resolve,word", b"resolve,nonsense")
    copy.write_bytes("quotes", rows)
    report = copy.validate()
    assert "differs in" in about(report, "schemas/quotes.json", "format-schema")
    assert ("data/quotes.csv", 6, "enum") in places(report)


def test_an_unknown_resource_is_told(copy):
    first = copy.descriptor()["resources"][0]
    copy.change_descriptor(lambda found: found["resources"].append({**first, "name": "extra"}))
    report = copy.validate()
    assert places(report) == [("datapackage.json", 0, "table-set")], report.to_text()
    assert "'extra'" in report.to_text()


@pytest.mark.parametrize(("name", "stale"), [("hash", "sha256:" + "0" * 64), ("bytes", 1), ("rows", 99)])
def test_a_stale_descriptor_is_told_once_with_the_right_value(copy, name, stale):
    right = next(resource for resource in copy.descriptor()["resources"] if resource["name"] == "quotes")[name]
    copy.change_resource("quotes", **{name: stale})
    (issue,) = copy.issues()
    assert (issue.file, issue.rule) == ("datapackage.json", {"rows": "row-count"}.get(name, name))
    assert issue.expected == str(right)


@pytest.mark.parametrize("name", ["hash", "bytes"])
def test_a_lacking_checksum_is_told(copy, name):
    def change(found: dict[str, Any]) -> None:
        next(resource for resource in found["resources"] if resource["name"] == "quotes").pop(name)

    copy.change_descriptor(change)
    assert [issue.rule for issue in copy.issues()] == [name]


def test_a_changed_file_makes_hash_and_bytes_and_rows_stale(copy):
    copy.write_bytes("quotes", copy.bytes("quotes").replace(b"tasr-0001.q05", b"tasr-0001.q06"), refresh=False)
    assert {issue.rule for issue in copy.issues()} == {"hash"}


# --- archives ---------------------------------------------------------------------------------------------------------------------


def pack(copy: Any, top: str = "", more: dict[str, str] | None = None) -> Path:
    archive = copy.root.parent / "package.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(copy.root.rglob("*")):
            if file.is_file():
                packed.write(file, top + file.relative_to(copy.root).as_posix())
        for name, text in (more or {}).items():
            packed.writestr(name, text)
    return archive


@pytest.mark.parametrize("top", ["", "reportedly-1.0.0/", "a/b/"], ids=["flat", "one-folder", "two-folders"])
def test_a_good_archive_is_valid(copy, top):
    report = reportedly.validate(pack(copy, top))
    assert report.ok, report.to_text()
    assert report.package.endswith("package.zip")


def test_findings_in_an_archive_name_the_files_in_it(copy):
    copy.set("quotes", "q05", extent="sentence")
    report = reportedly.validate(pack(copy, "top/"))
    assert places(report) == [("data/quotes.csv", 6, "extent-words")]


@pytest.mark.parametrize("name", ["../out.csv", "data/../../out.csv", "/out.csv", "..\\out.csv", "C:/out.csv"])
def test_an_archive_that_would_leave_its_folder_is_refused(copy, name):
    with pytest.raises(PackageError, match="would leave the package") as caught:
        reportedly.validate(pack(copy, more={name: "x"}))
    assert "package.zip" in str(caught.value)
    assert not (copy.root.parent / "out.csv").exists()


def test_an_archive_with_a_link_is_refused(copy):
    archive = pack(copy)
    link = zipfile.ZipInfo("data/link.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr(link, "../../outside.csv")
    with pytest.raises(PackageError, match=r"link\.csv"):
        reportedly.validate(archive)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04"], ids=["empty", "text", "head"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, data):
    (tmp_path / "package.zip").write_bytes(data)
    with pytest.raises(PackageError, match=r"package\.zip: File is not a zip file"):
        reportedly.validate(tmp_path / "package.zip")


def test_an_archive_without_descriptor_is_refused(copy):
    (copy.root / "datapackage.json").unlink()
    with pytest.raises(PackageError, match=r"holds no datapackage\.json"):
        reportedly.validate(pack(copy))


@pytest.mark.parametrize("count", [4, 60, 400])
def test_a_damaged_archive_is_refused(copy, count):
    archive = pack(copy)
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as packed:
        member = next(info for info in packed.infolist() if info.filename == "data/claims.csv")
    start = member.header_offset + 30 + len(member.filename)
    data[start : start + count] = bytes(byte ^ 0xFF for byte in data[start : start + count])
    archive.write_bytes(data)
    with pytest.raises(PackageError, match=r"package\.zip"):
        reportedly.validate(archive)


def test_an_archive_that_is_cut_off_is_refused(copy):
    archive = pack(copy)
    archive.write_bytes(archive.read_bytes()[:5000])
    with pytest.raises(PackageError):
        reportedly.validate(archive)


def test_a_file_and_a_folder_of_one_name_are_refused(copy):
    with pytest.raises(PackageError):
        reportedly.validate(pack(copy, more={"data/quotes.csv/inside.csv": "x"}))


def test_too_many_files_are_refused(copy):
    archive = pack(copy, more={f"extra/{number}": "" for number in range(10_001)})
    with pytest.raises(PackageError, match="10000 files"):
        reportedly.validate(archive)


# --- places -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nowhere", "nowhere.zip", "nowhere/datapackage.json", "\x00"])
def test_a_place_that_does_not_exist_is_refused(tmp_path, name):
    with pytest.raises(PackageError, match=r"there is no such file or folder|no path can hold a NUL character"):
        reportedly.validate(tmp_path / name)


def test_a_file_of_another_kind_is_refused(copy):
    with pytest.raises(PackageError, match=r"quotes\.csv: no data package; give a folder"):
        reportedly.validate(copy.file("quotes"))


def test_an_empty_folder_is_told(tmp_path):
    assert places(reportedly.validate(tmp_path)) == [("datapackage.json", 0, "missing-file")]


def test_a_descriptor_stands_for_its_folder(copy):
    assert reportedly.validate(copy.root / "datapackage.json").ok


def test_a_path_may_be_text(copy):
    assert reportedly.validate(str(copy.root)).ok


def test_a_package_error_is_an_error_of_this_package():
    assert issubclass(PackageError, ReportedlyError)


def test_a_malformed_package_is_reported_to_machines_too(copy):
    (copy.root / "datapackage.json").write_bytes(b"{")
    found = json.loads(copy.validate().to_json())
    assert found["valid"] is False
    assert found["issues"][0]["file"] == "datapackage.json"


def test_a_cell_with_a_line_feed_that_is_quoted_as_it_must_be_is_told_for_the_line_feed_alone(copy):
    copy.set("actors", "trump", note="one\ntwo")
    assert {issue.rule for issue in copy.issues()} == {"stray-space"}
