"""What somebody else's files may try: every reader tells it in one line, and no file outside of the package is read or written."""

from __future__ import annotations

import os
import stat
import struct
import subprocess
import sys
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

import reportedly
from reportedly import limits
from reportedly.errors import ReportedlyError
from reportedly.package.archive import unpack
from reportedly.package.package import Package
from reportedly.package.shipped import shipped
from reportedly.validation.files import Files
from reportedly.verification import read_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

HEADER = b"quote_id,claim_id,speaker_id,text,extent,language,translated,start,end,note\n"

# What reads a package without validating it.
CALLS: dict[str, Callable[[Path], object]] = {
    "load": lambda root: reportedly.load("quotes", package=root),
    "flat": lambda root: reportedly.flat("quotes", package=root),
    "describe": lambda root: reportedly.describe("quotes", package=root),
    "chain": lambda root: reportedly.chain("tasr-0001.q03", package=root),
    "cite": lambda root: reportedly.cite("tasr-0001.q03", format="datacite", package=root),
    "export": lambda root: reportedly.export("csv", root.parent / "made", package=root),
    "diff": lambda root: reportedly.diff("0.1.0", root),
    "verify": lambda root: reportedly.verify(text="x", article="tasr-0001", package=root),
}


def told(call: Callable[[], object]) -> str:
    """Return the one line in which a call tells why it does nothing."""
    with pytest.raises(ReportedlyError) as error:
        call()
    line = str(error.value)
    assert line.isprintable()
    assert len(line) <= 2_000
    return line


def sparse(file: Path) -> None:
    """Make a file of a gigabyte of NUL bytes that takes no room."""
    with file.open("wb") as opened:
        opened.truncate(10**9)


# --- paths ---------------------------------------------------------------------------------------------------------------------------


def instead(name: str, make: Callable[[Path], object]) -> Callable[[Any], None]:
    """Return what puts something else in the place of a package's file."""

    def replace(copy: Any) -> None:
        (copy.root / name).unlink()
        make(copy.root / name)

    return replace


def quotes(**properties: str) -> Callable[[Any], None]:
    """Return what changes the descriptor of the table of quotations."""
    return lambda copy: copy.change_resource("quotes", **properties)


def secret(file: Path) -> None:
    """Link to what stands beside the package."""
    file.symlink_to(file.parents[1] / "secret.csv" if file.suffix == ".json" else file.parents[2] / "secret.csv")


DESCRIPTOR, TABLE = "datapackage.json", "data/quotes.csv"
# With who does not open what is there.
NOT_THE_TABLE, NOT_THE_SCHEMA, ALL_DO = {"describe"}, {"chain", "verify"}, set[str]()
PATHS = {
    "up": (quotes(path="../secret.csv"), "the path '../secret.csv' leaves the package", NOT_THE_TABLE),
    "absolute": (quotes(path="/etc/passwd"), "the path '/etc/passwd' leaves the package", NOT_THE_TABLE),
    "address": (quotes(path="https://x/y.csv"), "the path 'https://x/y.csv' leaves the package", NOT_THE_TABLE),
    "schema-up": (quotes(schema="../secret.json"), "the path '../secret.json' leaves the package", NOT_THE_SCHEMA),
    "schema-address": (quotes(schema="https://x/y.json"), "the path 'https://x/y.json' leaves", NOT_THE_SCHEMA),
    "schema-table": (quotes(schema=TABLE), "'data/quotes.csv' has another ending", NOT_THE_SCHEMA),
    "link": (instead(TABLE, secret), "a link leads out of the package", NOT_THE_TABLE),
    "pipe": (instead(TABLE, os.mkfifo), "not a regular file", NOT_THE_TABLE),
    "linked-descriptor": (instead(DESCRIPTOR, secret), "datapackage.json: a link leads out of the package", ALL_DO),
    "piped-descriptor": (instead(DESCRIPTOR, os.mkfifo), "datapackage.json: not a regular file", ALL_DO),
}


@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize(("spoil", "words", "blind"), PATHS.values(), ids=PATHS)
def test_a_path_that_leads_elsewhere_is_refused_by_every_reader(copy, spoil, words, blind):
    (copy.root.parent / "secret.csv").write_text("secret\nSECRET\n", encoding="utf-8")
    spoil(copy)
    for name in CALLS.keys() - blind:
        line = told(lambda name=name: CALLS[name](copy.root))
        assert words in line or (name == "diff" and "leads out of the package" in line), name
        assert "SECRET" not in line
    assert words in reportedly.validate(copy.root).to_text()
    assert not (copy.root.parent / "made").exists()


def test_the_installed_dataset_may_be_made_of_links(copy):
    for file in (*copy.root.rglob("*.csv"), *copy.root.rglob("*.json")):
        real = copy.root.parent / f"cache-{file.name}-{file.parent.name}"
        file.rename(real)
        file.symlink_to(real)
    assert len(list(Package(copy.root, trusted=True).rows("quotes"))) == 5


# --- size ----------------------------------------------------------------------------------------------------------------------------


def cells(data: bytes) -> Callable[[Any], None]:
    """Return what fills the table of quotations."""
    return lambda copy: copy.write_bytes("quotes", HEADER + data, refresh=False)


# With the words of a finding, and those of who loads it.
SIZES = {
    "table": (
        instead(TABLE, sparse),
        "the file has 1,000,000,000 bytes [size]. Expected: 536,870,912 bytes at most",
        "the file has 1,000,000,000 bytes [size]",
    ),
    "schema": (
        instead("schemas/quotes.json", sparse),
        "the file has 1,000,000,000 bytes [size]. Expected: 8,388,608 bytes at most",
        "the file has 1,000,000,000 bytes [size]",
    ),
    "million-columns": (
        instead(TABLE, lambda file: file.write_bytes(b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n")),
        "a header of 144,961 columns or more, more than 64 [size]",
        "a header of 144,961 columns or more, more than 64",
    ),
    "million-cells": (
        cells(b"," * 1_000_000 + b"\n"),
        "row 2: 1,000,001 cells, more than the limit of 64 [size]",
        "the first row has 1,000,001 cells, the header 10",
    ),
    "long-line": (
        cells(b"x" * (3 * limits.LINE_BYTES) + b"\n"),
        "a line of 1,048,576 bytes or more [size]",
        "a line of 1,048,576 bytes or more",
    ),
    "long-cell": (
        cells(b"x" * (limits.CELL + 1) + b",,,,,,,,,\n"),
        "row 2: field larger than field limit (131072) [size]",
        "field larger than field limit (131072)",
    ),
    "blank-lines": (
        cells(b"\n" * (limits.TABLE_LINES + 1)),
        "2,000,003 lines, more than 2,000,001 [size]",
        "2,000,003 lines, more than 2,000,001",
    ),
}


@pytest.mark.parametrize(("spoil", "finding", "refusal"), SIZES.values(), ids=SIZES)
def test_what_is_too_large_is_told_and_not_loaded(copy, spoil, finding, refusal):
    spoil(copy)
    files = Files(str(copy.root), shipped().format)
    assert finding in "\n".join(map(str, (*files.schema("quotes"), *files.table("quotes")[0])))
    assert refusal in told(lambda: reportedly.load("quotes", package=copy.root))


def test_a_cell_that_is_just_not_too_long_is_read(copy):
    cells(b"x" * limits.CELL + b",,,,,,,,,\n")(copy)
    issues, text = Files(str(copy.root), shipped().format).table("quotes")
    assert "size" not in {issue.rule for issue in issues}
    assert len(text.rows[2][0]) == limits.CELL


def test_the_first_findings_of_a_flood_are_told_in_the_order_of_the_file(copy):
    rows = [b"a-0001.q%04d,a-0001.c01,nobody,x,word,en,unknown,1,2,\n" % n for n in range(limits.FINDINGS + 5)]
    cells(b"".join(rows))(copy)
    report = reportedly.validate(copy.root)
    found = [issue for issue in report.issues if issue.rule == "foreignKey" and issue.field == "speaker_id"]
    assert [issue.row for issue in found] == [*range(2, limits.FINDINGS + 2)]
    (more,) = [more for more in report.more if more.rule == "foreignKey" and more.field == "speaker_id"]
    assert (more.file, more.table, more.count) == ("data/quotes.csv", "quotes", 5)
    assert f"speaker-in-chain {limits.FINDINGS + 5}, " in report.to_text().splitlines()[-1]


def claims_around_long_words(copy: Any) -> None:
    """Let a thousand claims hold the same words, the longest that a cell takes."""
    claim, quote = copy.rows("claims")[0], copy.rows("quotes")[0]
    span = {"start": "0", "end": str(limits.CELL)}
    copy.write("claims", [{**claim, **span, "claim_id": f"a-0001.c{n:04}"} for n in range(1_000)])
    copy.write("quotes", [{**quote, **span, "claim_id": "a-0001.c0000", "text": "x" * limits.CELL}])


def long_names(copy: Any) -> None:
    """Let one chain alone be longer than a flat table may be."""
    copy.set("actors", "tasr", short_name="x" * limits.CELL)
    hop = copy.rows("attributions")[0]
    copy.write("attributions", [{**hop, "hop": str(n), "actor_id": "tasr"} for n in range(1_000)])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (claims_around_long_words, "made flat, its first 516 rows"),
        (long_names, "the chain of tasr-0001.c01 would have 131,075,000 characters, more than 67,108,864"),
    ],
)
def test_a_flat_table_that_would_outgrow_its_package_is_refused(copy, spoil, words):
    spoil(copy)
    assert words in told(lambda: reportedly.flat("claims", package=copy.root))


def test_many_wrong_columns_are_told_in_one_line(copy):
    copy.write_bytes("quotes", b",".join(b"%d" % n for n in range(limits.COLUMNS)) + b"\n", refresh=False)
    issues = Files(str(copy.root), shipped().format).table("quotes")[0]
    (message,) = [issue.message for issue in issues if issue.rule == "header"]
    assert message == (
        "missing: 'quote_id', 'claim_id', 'speaker_id', 'text', 'extent', 'language', 'translated', 'start', 'end', 'note'; "
        "not in the schema: '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', and 54 more"
    )


# --- JSON ----------------------------------------------------------------------------------------------------------------------------

JSON: dict[str, tuple[bytes, str]] = {
    "deep": (b'{"a":' * 100_000, "nested more than 32 deep"),
    "a-little-deep": (b'{"a":' + b"[" * 32 + b"]" * 32 + b"}", "nested more than 32 deep"),
    "digits": (b'{"version": ' + b"9" * 1_000_000 + b"}", "Exceeds the limit"),
    "twice": (b'{"resources": [{"path": "a", "path": "b"}]}', "the name 'path' is twice in an object"),
    "NaN": (b'{"version": NaN}', "NaN is no JSON"),
    "mark": (b"\xef\xbb\xbf{}", "Unexpected UTF-8 BOM"),
    "utf-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8: byte 0xff at offset 0"),
    "resources": (b'{"version": "1", "resources": [' + b"{}," * 100_000 + b"{}]}", "100,001 resources"),
}


@pytest.mark.parametrize(("text", "words"), JSON.values(), ids=JSON)
def test_hostile_json_is_told_in_one_line_by_every_reader(copy, text, words):
    (copy.root / DESCRIPTOR).write_bytes(text)
    for name, call in CALLS.items():
        assert words in told(lambda call=call: call(copy.root)), name
    assert words in reportedly.validate(copy.root).to_text()


@pytest.mark.parametrize("name", ["path", "schema", "name"])
def test_a_huge_text_in_a_descriptor_is_cut_in_every_message(copy, name):
    quotes(**{name: "x" * 1_000_000})(copy)
    assert all(len(str(issue)) < 1_000 for issue in reportedly.validate(copy.root).issues)
    assert told(lambda: CALLS["export"](copy.root))


@pytest.mark.parametrize(
    ("name", "shown"),
    [("\x1b[2J\nquotes", r"\x1b[2J\nquotes"), ("half: \ud800", r"half: \ud800")],
    ids=["escape", "half"],
)
def test_a_name_that_would_command_a_terminal_is_shown_and_not_obeyed(copy, name, shown):
    quotes(name=name)(copy)
    assert shown in told(lambda: CALLS["load"](copy.root))
    assert reportedly.validate(copy.root).to_text().replace("\n", "").isprintable()


# --- zip files -----------------------------------------------------------------------------------------------------------------------


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr = 3, mode << 16
    return made


def zipped(place: Path, *entries: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    archive = place / "package.zip"
    with zipfile.ZipFile(archive, "w", method) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in (("datapackage.json", b"{}"), *entries):
            made.writestr(name, data, compress_type=method)
    return archive


def changed(archive: Path, offset: int, value: bytes) -> Path:
    """Overwrite bytes of what an archive lists last."""
    data = bytearray(archive.read_bytes())
    at = data.rindex(b"PK\x01\x02") + offset
    data[at : at + len(value)] = value
    archive.write_bytes(bytes(data))
    return archive


def overlapping(place: Path) -> Path:
    """Make many entries of the same bytes, after https://www.bamsoftware.com/hacks/zipbomb/."""
    archive = zipped(place, ("kernel", bytes(10 * 1024**2)))
    data = archive.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    (start,) = struct.unpack_from("<L", data, end + 16)
    listed = data[data.rindex(b"PK\x01\x02") : end]
    names = b"".join(listed.replace(b"kernel", b"k%05d" % number) for number in range(500))
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 500, 500, len(names), start, 0)
    archive.write_bytes(data[:start] + names + closing)
    return archive


def million(place: Path) -> Path:
    archive = place / "package.zip"
    listed = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(listed) * 1_000_000, 0, 0)
    archive.write_bytes(listed * 1_000_000 + closing)
    return archive


ARCHIVES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "bomb": (
        lambda place: zipped(place, ("data/quotes.csv", bytes(100 * 1024**2))),
        "104,857,602 bytes when unpacked, more than 200 times its size",
    ),
    "overlapping": (overlapping, "5,242,880,000 bytes when unpacked, more than 2,147,483,648"),
    "million-entries": (million, "more than 10000 files"),
    "smaller-than-it-is": (
        lambda place: changed(zipped(place, ("data/quotes.csv", HEADER * 1_000)), 24, struct.pack("<L", 10)),
        "Bad CRC-32 for file 'data/quotes.csv'",
    ),
    "up": (lambda place: zipped(place, ("../out", b"")), "holds '../out', which would leave the package"),
    "absolute": (lambda place: zipped(place, ("/out", b"")), "holds '/out', which would leave the package"),
    "backslash": (lambda place: zipped(place, ("a\\..\\out", b"")), "which would leave the package"),
    "link": (
        lambda place: zipped(place, (entry("link", stat.S_IFLNK | 0o777), b"/etc/passwd")),
        "holds 'link', which would leave the package",
    ),
    "case": (lambda place: zipped(place, ("a", b"1"), ("A", b"2")), "holds 'A' more than once"),
    "unicode": (lambda place: zipped(place, ("\u00e9", b""), ("e\u0301", b"")), "more than once"),
    "encrypted": (
        lambda place: changed(zipped(place), 8, b"\x01"),
        "holds 'datapackage.json', which is encrypted",
    ),
    "lzma": (lambda place: zipped(place, method=zipfile.ZIP_LZMA), "which is neither stored nor deflated"),
}


@pytest.mark.parametrize(("make", "words"), ARCHIVES.values(), ids=ARCHIVES)
def test_a_hostile_archive_is_refused_in_one_line(tmp_path, make, words):
    archive, into = make(tmp_path), tmp_path / "into"
    into.mkdir()
    assert words in told(lambda: unpack(str(archive), str(into)))
    assert {path.name for path in tmp_path.iterdir()} == {"package.zip", "into"}


def test_two_packages_side_by_side_in_an_archive_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as made:
        made.writestr("a/datapackage.json", "{}")
        made.writestr("b/datapackage.json", "{}")
    line = told(lambda: unpack(str(tmp_path / "package.zip"), str(tmp_path / "into")))
    assert "holds two datapackage.json side by side, in 'a' and 'b'" in line


def test_without_a_place_for_temporary_files_the_archive_is_named(tmp_path):
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "sys.argv = ['reportedly', *sys.argv[1:]]; from reportedly.cli.app import run; run()"
    )
    archive = zipped(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", code, "validate", archive], capture_output=True, text=True, check=False
    )
    line = f"reportedly: {archive}: cannot be unpacked: no usable temporary directory found"
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


# --- texts ---------------------------------------------------------------------------------------------------------------------------

TEXTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "huge": (sparse, "1,000,000,000 bytes, more than the 67,108,864 of an article"),
    "pipe": (os.mkfifo, "not a regular file; save the text to one"),
    "binary": (lambda file: file.write_bytes(bytes(range(256)) * 100), "not UTF-8: byte 0x80 at offset 128"),
}


@pytest.mark.parametrize(("make", "words"), TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_none_is_refused(tmp_path, make, words):
    make(tmp_path / "article.txt")
    assert words in told(lambda: read_text(tmp_path / "article.txt"))
