"""What no package should hold is told, never raised, and nothing outside of the package is read or asked."""

from __future__ import annotations

import os
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

import reportedly
from reportedly.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.fast_one_in(8)

TABLES = reportedly.tables()


def places(report: Any) -> list[tuple[str, int, str]]:
    return [(issue.file, issue.row, issue.rule) for issue in report.issues]


def about(report: Any, file: str, rule: str) -> str:
    """Return what a user reads about a file and a rule."""
    return "\n".join(str(issue) for issue in report.issues if (issue.file, issue.rule) == (file, rule))


# --- tables -----------------------------------------------------------------------------------------------------------------------


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


def test_utf_16_is_told(copy):
    copy.write_bytes("quotes", copy.bytes("quotes").decode().encode("utf-16"))
    assert ("data/quotes.csv", 1, "encoding") in places(copy.validate())


@pytest.mark.parametrize(
    "text",
    ['"re\nlve"', '"re\rlve"', "re\x1b[31mlve", "re\u2028lve"],
    ids=["line-feed", "return", "escape", "separator"],
)
def test_no_cell_breaks_the_lines_of_a_report_or_reaches_the_terminal(copy, text):
    copy.replace("quotes", b"resolve,word", text.encode() + b",fragment")
    for line in copy.validate().to_text().split("\n"):
        assert line.isprintable(), line


# --- files ------------------------------------------------------------------------------------------------------------------------


def test_a_pipe_in_place_of_a_table_is_told_and_not_waited_for(copy):
    copy.file("quotes").unlink()
    os.mkfifo(copy.file("quotes"))
    assert places(copy.validate()) == [("data/quotes.csv", 0, "safe-path")]


def outside(copy: Any) -> Path:
    file = copy.root.parent / "outside.csv"
    file.write_text("secret,other\nSECRET,2\n", encoding="utf-8")
    return file


def test_a_linked_folder_out_of_the_package_is_told(copy):
    (copy.root / "data").rename(copy.root.parent / "elsewhere")
    (copy.root / "data").symlink_to(copy.root.parent / "elsewhere")
    assert {issue.rule for issue in copy.issues()} == {"safe-path"}


LINKS = {"nowhere.csv": ["missing-file"], "quotes.csv": ["missing-file"], "other.csv": []}


@pytest.mark.parametrize(("target", "rules"), LINKS.items(), ids=["dangling", "loop", "within"])
def test_a_link_is_followed_within_the_package(copy, target, rules):
    copy.file("quotes").rename(copy.root / "data" / "other.csv")
    copy.file("quotes").symlink_to(target)
    assert [issue.rule for issue in copy.issues()] == rules


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
}


@pytest.mark.parametrize("name", ["datapackage.json", "schemas/quotes.json"])
@pytest.mark.parametrize("text", BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_what_is_no_json_object_is_told_once(copy, name, text):
    (copy.root / name).write_bytes(text)
    assert places(copy.validate()) == [(name, 0, "descriptor")]


def test_a_folder_whose_name_holds_a_colon_does_not_leak_into_messages(copy):
    home = copy.root.rename(copy.root.parent / "my: package")
    (home / "datapackage.json").write_bytes(b"{")
    (issue,) = reportedly.validate(home).issues
    assert issue.message.startswith("Expecting property name")


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


# --- archives ---------------------------------------------------------------------------------------------------------------------


def pack(copy: Any) -> Path:
    archive = copy.root.parent / "package.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(copy.root.rglob("*.*")):
            packed.write(file, file.relative_to(copy.root).as_posix())
    return archive


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
