"""What somebody else's files may try, each against the real command under bounds on memory and time: one line or findings, never a traceback."""

from __future__ import annotations

import os
import resource
import stat
import struct
import subprocess
import sys
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import reportedly
from reportedly import limits
from reportedly.errors import PackageError, ReportedlyError
from reportedly.package.archive import unpack
from reportedly.package.package import Package
from reportedly.package.shipped import shipped
from reportedly.validation.files import Files
from reportedly.verification import read_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

# Nothing that is refused may take more: bytes of address space, seconds of processor time.
MEMORY, SECONDS = 1024**3, 10
HEADER = "quote_id,claim_id,speaker_id,text,extent,language,translated,start,end,note\n"


class Done(NamedTuple):
    status: int
    out: str
    err: str


def bounded(*arguments: object, folder: Path) -> Done:
    """Run the command with no more than `MEMORY` and `SECONDS`."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    done = subprocess.run(
        [sys.executable, "-m", "reportedly", *map(os.fspath, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        preexec_fn=bound,
        stdin=subprocess.DEVNULL,
        timeout=120,
        # Each thread of it reserves memory that is never used.
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return Done(done.returncode, done.stdout, done.stderr)


def refused(done: Done, *words: str) -> None:
    """Assert that a command told in one line why it does nothing."""
    assert done.status == 2, done
    assert done.out == ""
    assert done.err.count("\n") == 1, done.err
    assert done.err.startswith("reportedly: ")
    assert done.err.rstrip("\n").isprintable()
    for word in words:
        assert word in done.err


def found(done: Done, *words: str) -> None:
    """Assert that a validation told what is wrong."""
    assert done.status == 1, done
    assert done.err == ""
    for word in words:
        assert word in done.out


def quotes(copy: Any, **properties: object) -> None:
    copy.change_resource("quotes", **properties)


def sparse(file: Path, size: int) -> None:
    """Make a file of NUL bytes that takes no room."""
    with file.open("wb") as opened:
        opened.truncate(size)


# --- paths ---------------------------------------------------------------------------------------------------------------------------


def up(copy: Any) -> None:
    quotes(copy, path="../secret.csv")


def link(copy: Any) -> None:
    copy.file("quotes").unlink()
    copy.file("quotes").symlink_to(copy.root.parent / "secret.csv")


def pipe(copy: Any) -> None:
    copy.file("quotes").unlink()
    os.mkfifo(copy.file("quotes"))


def folder(copy: Any) -> None:
    copy.file("quotes").unlink()
    copy.file("quotes").mkdir()


def linked_descriptor(copy: Any) -> None:
    (copy.root / "datapackage.json").rename(copy.root.parent / "elsewhere.json")
    (copy.root / "datapackage.json").symlink_to(copy.root.parent / "elsewhere.json")


SCHEMAS = (lambda copy: quotes(copy, schema="../secret.json"),)
DESCRIPTORS = (linked_descriptor,)
PATHS: dict[str, tuple[Callable[[Any], object], str]] = {
    "up": (up, "the path '../secret.csv' leaves the package"),
    "absolute": (lambda copy: quotes(copy, path="/etc/passwd"), "the path '/etc/passwd' leaves the package"),
    **{
        scheme: (lambda copy, scheme=scheme: quotes(copy, path=f"{scheme}://x/y.csv"), "leaves the package")
        for scheme in ("https", "file")
    },
    "schema-up": (SCHEMAS[0], "the path '../secret.json' leaves the package"),
    "link": (link, "a link leads out of the package"),
    "pipe": (pipe, "not a regular file"),
    "folder": (folder, "not a regular file"),
    "linked-descriptor": (linked_descriptor, "datapackage.json: a link leads out of the package"),
}


# What reads a package without validating it, and whether it needs the schemas.
CALLS: dict[str, tuple[Callable[[Path], object], bool]] = {
    "load": (lambda root: reportedly.load("quotes", package=root), True),
    "flat": (lambda root: reportedly.flat("quotes", package=root), True),
    "describe": (lambda root: reportedly.describe("quotes", package=root), True),
    "chain": (lambda root: reportedly.chain("tasr-0001.q03", package=root), False),
    "cite": (lambda root: reportedly.cite("tasr-0001.q03", format="datacite", package=root), True),
    "export": (lambda root: reportedly.export("csv", root.parent / "made", package=root), True),
    "diff": (lambda root: reportedly.diff("0.1.0", root), True),
    "verify": (lambda root: reportedly.verify(text="x", article="tasr-0001", package=root), False),
}


@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize(("spoil", "told"), PATHS.values(), ids=PATHS)
def test_no_reader_follows_a_path_that_leads_elsewhere(copy, spoil, told):
    (copy.root.parent / "secret.csv").write_text("secret\nSECRET\n", encoding="utf-8")
    spoil(copy)
    about_schema, about_table = spoil in SCHEMAS, spoil not in {*SCHEMAS, *DESCRIPTORS}
    for name, (call, needs_schema) in CALLS.items():
        if (about_schema and not needs_schema) or (about_table and name == "describe"):
            continue
        with pytest.raises(PackageError) as error:
            call(copy.root)
        text = str(error.value)
        assert told in text or (name == "diff" and "leads out of the package" in text), (name, text)
        assert "SECRET" not in text
        assert "\n" not in text
    assert told in reportedly.validate(copy.root).to_text()
    assert not (copy.root.parent / "made").exists()


@pytest.mark.fast_one_in(2)
@pytest.mark.parametrize("name", ["pipe", "link"])
def test_commands_refuse_a_path_that_leads_elsewhere_within_bounds(copy, name):
    spoil, told = PATHS[name]
    spoil(copy)
    refused(bounded("show", "quotes", "--package", copy.root, folder=copy.root.parent), told)
    found(bounded("validate", copy.root, folder=copy.root.parent), told, "[safe-path]")


def test_a_link_within_the_package_is_followed_by_all(copy):
    copy.file("quotes").rename(copy.root / "data" / "other.csv")
    copy.file("quotes").symlink_to("other.csv")
    assert len(reportedly.load("quotes", package=copy.root)) == 5


# --- size ----------------------------------------------------------------------------------------------------------------------------


def wide_header(copy: Any) -> None:
    copy.write_bytes("quotes", b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n", refresh=False)


def long_line(copy: Any) -> None:
    copy.write_bytes("quotes", HEADER.encode() + b"x" * (3 * limits.LINE_BYTES) + b"\n", refresh=False)


def long_cell(copy: Any) -> None:
    copy.write_bytes("quotes", HEADER.encode() + b"x" * (limits.CELL + 1) + b",,,,,,,,,\n", refresh=False)


SIZES: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "one-cell-of-a-gigabyte": (
        lambda copy: sparse(copy.file("quotes"), 10**9),
        "the file has 1,000,000,000 bytes [size]. Expected: 536,870,912 bytes at most",
        "the file has 1,000,000,000 bytes [size]",
    ),
    "schema": (
        lambda copy: sparse(copy.root / "schemas" / "quotes.json", 10**9),
        "the file has 1,000,000,000 bytes [size]. Expected: 8,388,608 bytes at most",
        "the file has 1,000,000,000 bytes [size]",
    ),
    "million-columns": (
        wide_header,
        "a header of 144,961 columns or more, more than 64 [size]",
        "a header of 144,961 columns or more, more than 64",
    ),
    "long-line": (long_line, "a line of 1,048,576 bytes or more [size]", "a line of 1,048,576 bytes or more"),
}


@pytest.mark.parametrize(("spoil", "told", "loaded"), SIZES.values(), ids=SIZES)
def test_what_is_too_large_is_told_and_not_loaded(copy, spoil, told, loaded):
    spoil(copy)
    issues = [*Files(str(copy.root), EXPECTED).schema("quotes"), *Files(str(copy.root), EXPECTED).table("quotes")[0]]
    assert told in "\n".join(map(str, issues))
    with pytest.raises(PackageError) as error:
        reportedly.load("quotes", package=copy.root)
    assert loaded in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_too_large_is_not_shown_within_bounds(copy):
    sparse(copy.file("quotes"), 10**9)
    refused(bounded("show", "quotes", "--package", copy.root, folder=copy.root.parent), "1,000,000,000 bytes [size]")


def test_a_cell_that_is_too_long_is_told(copy):
    long_cell(copy)
    (issue,) = [issue for issue in Files(str(copy.root), EXPECTED).table("quotes")[0] if issue.rule == "size"]
    assert (issue.row, issue.message) == (2, "field larger than field limit (131072)")
    with pytest.raises(PackageError, match="field larger than field limit"):
        list(Package(copy.root).rows("quotes"))


FLOODS: dict[str, tuple[Callable[[int], bytes], tuple[str, ...]]] = {
    "wrong-cells": (
        lambda n: b"a-0001.q%05d,,nobody,x,word,en,unknown,1,x,\n" % n,
        (
            "data/quotes.csv, end: 19,000 more like those above, which are only counted [type]",
            "data/quotes.csv, claim_id: 19,000 more like those above, which are only counted [required]",
            "data/quotes.csv, speaker_id: 19,000 more like those above, which are only counted [foreignKey]",
        ),
    ),
    "blank-lines": (
        lambda _: b"\n",
        (
            "data/quotes.csv row 501: ",
            "[blank-row]",
            "data/quotes.csv: 19,000 more like those above, which are only counted [blank-row]",
        ),
    ),
}


@pytest.mark.fast_one_in(5)
@pytest.mark.parametrize(("line", "told"), FLOODS.values(), ids=FLOODS)
def test_a_flood_of_findings_is_counted_within_bounds(copy, line, told):
    copy.file("quotes").write_bytes(HEADER.encode() + b"".join(map(line, range(20_000))))
    done = bounded("validate", copy.root, folder=copy.root.parent)
    found(done, *told)
    # Some nine checks of cells, each told a thousand times at most.
    assert done.out.count("\n") < 10 * limits.FINDINGS


def test_the_first_findings_of_a_flood_are_told_in_the_order_of_the_file(copy):
    rows = [b"a-0001.q%04d,a-0001.c01,nobody,x,word,en,unknown,1,2,\n" % n for n in range(limits.FINDINGS + 5)]
    copy.file("quotes").write_bytes(HEADER.encode() + b"".join(rows))
    report = reportedly.validate(copy.root)
    told = [issue for issue in report.issues if issue.rule == "foreignKey" and issue.field == "speaker_id"]
    assert [issue.row for issue in told] == [*range(2, limits.FINDINGS + 2)]
    (more,) = [more for more in report.more if more.rule == "foreignKey" and more.field == "speaker_id"]
    assert (more.file, more.table, more.count) == ("data/quotes.csv", "quotes", 5)
    assert f"speaker-in-chain {limits.FINDINGS + 5}, " in report.to_text().splitlines()[-1]
    assert report.skipped == ()


@pytest.mark.slow
def test_a_package_too_large_for_the_memory_is_told_in_one_line(copy):
    row = b"a-0001.q%07d,a-0001.c01,nobody,x,word,en,unknown,1,2,\n"
    copy.file("quotes").write_bytes(HEADER.encode() + b"".join(row % n for n in range(1_000_000)))
    refused(
        bounded("validate", copy.root, folder=copy.root.parent), "there is not enough memory for files of this size"
    )


def long_chain(copy: Any) -> None:
    """Let a claim have come through thousands of voices, each of which has all of them in its row."""
    hop = copy.rows("attributions")[0]
    copy.write("attributions", [{**hop, "hop": str(n), "actor_id": f"voice-{n:06}"} for n in range(3_000)])


def test_a_flat_table_that_would_outgrow_its_package_is_refused_within_bounds(copy):
    long_chain(copy)
    told = "made flat, its first "
    refused(bounded("show", "attributions", "--flat", "--package", copy.root, folder=copy.root.parent), told)
    with pytest.raises(PackageError, match=told):
        reportedly.flat("attributions", package=copy.root)


EXPECTED = shipped().format


# --- JSON ----------------------------------------------------------------------------------------------------------------------------

JSON: dict[str, tuple[bytes, str]] = {
    "brackets": (b"[" * 100_000, "nested more than 32 deep"),
    "digits": (b'{"version": ' + b"9" * 1_000_000 + b"}", "Exceeds the limit"),
    "twice": (b'{"version": "1", "resources": [], "version": "2"}', "the name 'version' is twice in an object"),
    "NaN": (b'{"version": NaN}', "NaN is no JSON"),
    "utf-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8: byte 0xff at offset 0"),
}


@pytest.mark.parametrize(("text", "told"), JSON.values(), ids=JSON)
def test_hostile_json_is_told_in_one_line_by_every_reader(copy, text, told):
    (copy.root / "datapackage.json").write_bytes(text)
    for name, (call, _) in CALLS.items():
        with pytest.raises(ReportedlyError) as error:
            call(copy.root)
        assert told in str(error.value), name
        assert "\n" not in str(error.value)
    assert told in reportedly.validate(copy.root).to_text()


def test_a_huge_text_in_a_descriptor_is_cut_in_every_message(copy):
    for name in ("path", "schema", "name", "hash"):
        quotes(copy, **{name: "x" * 1_000_000})
        report = reportedly.validate(copy.root)
        assert all(len(str(issue)) < 1_000 for issue in report.issues), name
        if name != "hash":
            with pytest.raises(ReportedlyError) as error:
                reportedly.export("csv", copy.root.parent / "made", package=copy.root)
            assert len(str(error.value)) <= 2_000
        copy = type(copy)(copy.root.parent / f"again-{name}")


def test_names_that_would_command_a_terminal_are_shown_and_not_obeyed(copy):
    quotes(copy, name="\x1b[2J\nquotes")
    done = bounded("show", "quotes", "--package", copy.root, folder=copy.root.parent)
    refused(done, r"\x1b[2J\nquotes")


# --- zip files -----------------------------------------------------------------------------------------------------------------------


def entry(name: str, *, mode: int = 0, flags: int = 0) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr, made.flag_bits = 3, mode << 16, flags
    return made


def zipped(place: Path, *entries: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    archive = place / "package.zip"
    with zipfile.ZipFile(archive, "w", method) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in (("datapackage.json", b"{}"), *entries):
            made.writestr(name, data, compress_type=method)
    return archive


def changed(archive: Path, signature: bytes, offset: int, value: bytes) -> Path:
    """Overwrite bytes behind the last occurrence of a signature."""
    data = bytearray(archive.read_bytes())
    at = data.rindex(signature) + offset
    data[at : at + len(value)] = value
    archive.write_bytes(bytes(data))
    return archive


def bomb(place: Path) -> Path:
    return zipped(place, ("data/quotes.csv", bytes(100 * 1024**2)))


def overlapping(place: Path) -> Path:
    """Make many entries of the same bytes, after https://www.bamsoftware.com/hacks/zipbomb/."""
    archive = zipped(place, ("kernel", bytes(10 * 1024**2)))
    data = archive.read_bytes()
    with zipfile.ZipFile(archive) as made:
        start = made.start_dir
        (member,) = [member for member in made.infolist() if member.filename == "kernel"]
    end = data.rindex(b"PK\x05\x06")
    listed = data[data.rindex(b"PK\x01\x02") : end]
    assert member.filename.encode() in listed
    names = b"".join(listed.replace(b"kernel", b"k%05d" % number) for number in range(500))
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 500, 500, len(names), start, 0)
    archive.write_bytes(data[:start] + names + closing)
    return archive


def lying(place: Path) -> Path:
    """Make an entry that says it is smaller than it is."""
    archive = zipped(place, ("data/quotes.csv", HEADER.encode() * 1_000))
    return changed(archive, b"PK\x01\x02", 24, struct.pack("<L", 10))


ARCHIVES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "bomb": (bomb, "104,857,602 bytes when unpacked, more than 200 times its size"),
    "overlapping": (overlapping, "5,242,880,000 bytes when unpacked, more than 2,147,483,648"),
    "lying": (lying, "Bad CRC-32 for file 'data/quotes.csv'"),
    "up": (lambda place: zipped(place, ("../out", b"")), "holds '../out', which would leave the package"),
    "backslash": (lambda place: zipped(place, ("a\\..\\out", b"")), "which would leave the package"),
    "link": (
        lambda place: zipped(place, (entry("link", mode=stat.S_IFLNK | 0o777), b"/etc/passwd")),
        "holds 'link', which would leave the package",
    ),
    "twice": (lambda place: zipped(place, ("a", b"1"), ("a", b"2")), "holds 'a' more than once"),
    "encrypted": (
        lambda place: changed(zipped(place), b"PK\x01\x02", 8, b"\x01"),
        "holds 'datapackage.json', which is encrypted",
    ),
    "bzip2": (lambda place: zipped(place, method=zipfile.ZIP_BZIP2), "which is neither stored nor deflated"),
}


@pytest.mark.parametrize(("make", "told"), ARCHIVES.values(), ids=ARCHIVES)
def test_a_hostile_archive_is_refused_in_one_line(tmp_path, make, told):
    archive = make(tmp_path)
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(PackageError) as error:
        unpack(str(archive), str(into))
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert {path.name for path in tmp_path.iterdir()} == {"package.zip", "into"}


@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize("name", ["bomb", "overlapping"])
def test_commands_refuse_a_hostile_archive_within_bounds(tmp_path, name):
    make, told = ARCHIVES[name]
    archive = make(tmp_path)
    refused(bounded("validate", archive, folder=tmp_path), told)
    refused(bounded("diff", "0.1.0", archive, folder=tmp_path), told)


def test_two_packages_side_by_side_in_an_archive_are_refused(tmp_path):
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a/datapackage.json", "{}")
        made.writestr("b/datapackage.json", "{}")
    with pytest.raises(PackageError, match=r"holds two datapackage\.json side by side, in 'a' and 'b'"):
        unpack(str(archive), str(tmp_path / "into"))


# --- texts ---------------------------------------------------------------------------------------------------------------------------

TEXTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "huge": (lambda file: sparse(file, 10**9), "1,000,000,000 bytes, more than the 67,108,864 of an article"),
    "pipe": (os.mkfifo, "not a regular file; save the text to one"),
    "binary": (lambda file: file.write_bytes(bytes(range(256)) * 100), "not UTF-8: byte 0x80 at offset 128"),
}


@pytest.mark.parametrize(("make", "told"), TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_none_is_refused(tmp_path, make, told):
    make(tmp_path / "article.txt")
    with pytest.raises(PackageError) as error:
        read_text(tmp_path / "article.txt")
    assert told in str(error.value)
