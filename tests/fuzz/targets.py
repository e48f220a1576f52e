"""What is fuzzed: for each reader of somebody else's bytes a function that takes any bytes, and fails where the reader breaks its promise.

The promise: whatever the bytes are, a reader answers or tells in one line why not, and writes nothing but where it was told to. What is found clean
is the same to every reader.

`nox -s fuzz` drives these with atheris, `tests/hostile/test_fuzz_corpus.py` with the corpus that was kept.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import reportedly
from reportedly.errors import ReportedlyError
from reportedly.frames import load as frames
from reportedly.model.edtf import bounds
from reportedly.model.schema import Field
from reportedly.package.archive import unpack
from reportedly.package.package import Package, package_errors
from reportedly.package.shipped import shipped
from reportedly.validation.descriptor import check_descriptor
from reportedly.validation.files import Files
from reportedly.verification import read_text, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reportedly.validation.report import Issue

TABLE = "quotes"
# A finding is a line that people read.
LONGEST = 4_000
_kept: list[tempfile.TemporaryDirectory[str]] = []


@cache
def _folder() -> Path:
    """Return a folder that lasts as long as the process."""
    _kept.append(tempfile.TemporaryDirectory(prefix="fuzz-"))
    return Path(_kept[-1].name)


def _package(changed: str = "", data: bytes = b"") -> Path:
    """Return a copy of the shipped package in which one file is these bytes."""
    root = _folder() / "package"
    shutil.rmtree(root, ignore_errors=True)
    for part in ("data", "schemas"):
        shutil.copytree(Path(shipped().root, part), root / part)
    shutil.copy(Path(shipped().root, "datapackage.json"), root)
    if changed:
        (root / changed).write_bytes(data)
    return root


def _check_line(line: str) -> None:
    assert "\n" not in line, line
    assert len(line) <= LONGEST, line


def _rules(issues: Iterable[Issue]) -> set[str]:
    """Return the rules of findings, each of which is one line that no terminal obeys."""
    issues = list(issues)
    for line in map(str, issues):
        _check_line(line)
        assert line.isprintable(), line
    return {issue.rule for issue in issues}


def _answer(call: Callable[[], object]) -> Any:
    """Return what a call gives, None where it tells why not."""
    try:
        return call()
    except ReportedlyError as error:
        _check_line(str(error))
        return None


def _read(root: Path) -> None:
    """Read a package as the functions do that do not validate it first."""
    for call in (
        lambda: reportedly.flat(TABLE, package=root),
        lambda: reportedly.describe(TABLE, package=root),
        lambda: reportedly.chain("tasr-0001.q03", package=root),
        lambda: reportedly.cite("tasr-0001.q03", format="csl-json", package=root),
    ):
        _answer(call)


def descriptor(data: bytes) -> None:
    """The descriptor of a package is these bytes."""
    root = _package("datapackage.json", data)
    files = Files(str(root), shipped().format)
    rules = _rules(check_descriptor(files.package, files.form.names))
    if "table-set" not in rules and "descriptor" not in rules:
        for name in set(shipped().tables) & set(files.package.resources):
            _rules(files.schema(name))
            _rules(files.table(name)[0])
    _read(root)


def schema(data: bytes) -> None:
    """The schema of a package's table is these bytes."""
    root = _package(f"schemas/{TABLE}.json", data)
    _rules(Files(str(root), shipped().format).schema(TABLE))
    _read(root)


def table(data: bytes) -> None:
    """The file of a package's table is these bytes. The cells of one that is clean are the same to the csv module and to pandas."""
    root = _package(f"data/{TABLE}.csv", data)
    issues, text = Files(str(root), shipped().format).table(TABLE)
    rules = _rules(issues)
    _read(root)
    if text is not None and rules <= {"hash", "bytes", "row-count", "sorted"}:
        package, rows = Package(root), list(text.rows.values())
        with package_errors(package):
            assert [list(row.values()) for row in package.rows(TABLE)] == rows
            loaded = frames.read(package.readable(TABLE), [Field(name) for name in text.header])
        assert loaded.astype(object).where(loaded.notna(), "").values.tolist() == rows


def edtf(data: bytes) -> None:
    """A cell of a date is these bytes."""
    text = data.decode("utf-8", "replace")
    first, last = bounds(text) or ("", "")
    assert not (first and last) or first <= last, text


def text(data: bytes) -> None:
    """A reader's copy of an article is these bytes."""
    file = _folder() / "article.txt"
    file.write_bytes(data)
    read = _answer(lambda: read_text(file))
    if read is None:
        return
    assert read.encode() == data
    outcome = verify(text=read)
    assert all(verdict.found_start <= verdict.found_end <= len(read) for verdict in outcome.verdicts)
    assert all(read[start:end] == words for start, end, words in outcome.uncovered)
    for line in outcome.to_text().split("\n"):
        _check_line(line)


def archive(data: bytes) -> None:
    """A zipped package is these bytes."""
    with tempfile.TemporaryDirectory(dir=_folder()) as place:
        packed, folder = Path(place, "package.zip"), Path(place, "unpacked")
        packed.write_bytes(data)
        folder.mkdir()
        root = _answer(lambda: unpack(str(packed), str(folder)))
        assert {path.name for path in Path(place).iterdir()} == {"package.zip", "unpacked"}
        assert not any(path.is_symlink() for path in folder.rglob("*"))
        if root is not None:
            assert Path(root).resolve().is_relative_to(folder.resolve())
            _rules(check_descriptor(Package(root), shipped().format.names))


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (descriptor, schema, table, edtf, text, archive)
}
