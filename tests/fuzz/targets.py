"""What is fuzzed: for each reader of somebody else's bytes a function that takes any bytes, and fails where the reader breaks its promise.

The promise: whatever the bytes are, a reader answers or tells in one line why not, and writes nothing but where it was told to. What is found clean
is the same to every reader.

`nox -s fuzz` drives these with atheris, `tests/hostile/test_fuzz_corpus.py` with the corpus that was kept.
"""

from __future__ import annotations

import datetime as dt
import io
import json
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


class BrokenPromiseError(AssertionError):
    """A reader did what it must not."""


def promised(*, kept: bool, otherwise: object) -> None:
    """Fail where a promise is not kept."""
    if not kept:
        raise BrokenPromiseError(repr(otherwise)[:2_000])


# --- what must not happen, whatever is read ------------------------------------------------------------------------------------------

_FORBIDDEN = ("socket.", "urllib.", "http.", "ftplib.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")
_happened: list[str] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        _happened.append(event)
    elif event == "open" and isinstance(args[0], str) and args[0].startswith(("/etc/", "/dev/", "/proc/", "/root/.")):
        _happened.append(f"open {args[0]}")


def _watched(path: str) -> bool:
    """Return whether what was opened is none of Python's own business, such as a module or the time zone."""
    return not path.endswith((".py", ".pyc", "/null", "/localtime", "/urandom", "/mime.types"))


def _nothing_forbidden() -> None:
    found = [what for what in _happened if _watched(what)]
    _happened.clear()
    promised(kept=not found, otherwise=found)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that lasts as long as the process, from which on nothing forbidden may happen."""
    sys.addaudithook(_watch)
    return tempfile.TemporaryDirectory(prefix="fuzz-")


def _whole() -> Path:
    """Return a copy of the shipped package, as it was."""
    root = Path(_folder().name, "package")
    for part in ("data", "schemas"):
        shutil.copytree(Path(shipped().root, part), root / part, dirs_exist_ok=True)
    shutil.copy(Path(shipped().root, "datapackage.json"), root)
    return root


def _one_line(text: str) -> None:
    promised(kept="\n" not in text and len(text) <= LONGEST, otherwise=text)


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


def _read(package: Package) -> None:
    """Read a package as the functions and commands do that do not validate it first."""
    calls: tuple[Callable[[], object], ...] = (
        lambda: package.tables,
        lambda: frames.load(TABLE, package=package.root),
        lambda: list(flat_rows(package, TABLE)[1]),
        lambda: dictionary(package, TABLE),
        lambda: reportedly.chain("tasr-0001.q03", package=package.root),
        lambda: reportedly.cite("tasr-0001.q03", format="csl-json", package=package.root),
    )
    for call in calls:
        _answered(lambda call=call: _inside(package, call))


def _inside(package: Package, call: Callable[[], object]) -> object:
    with package_errors(package):
        return call()


# --- the readers ---------------------------------------------------------------------------------------------------------------------


def descriptor(data: bytes) -> None:
    """A package's `datapackage.json` is these bytes."""
    root = _whole()
    (root / "datapackage.json").write_bytes(data)
    files = Files(str(root), shipped().format)
    rules = _rules(check_descriptor(files.package, files.form.names))
    if "table-set" not in rules and "descriptor" not in rules:
        for name in set(shipped().tables) & set(files.package.resources):
            _rules(files.schema(name))
            _rules(files.table(name)[0])
    _read(root)


def schema(data: bytes) -> None:
    """The schema of a package's table is these bytes."""
    root = _whole()
    (root / "schemas" / f"{TABLE}.json").write_bytes(data)
    _told(Files(str(root), shipped().format).schema(TABLE))
    _read(Package(root))
    _nothing_forbidden()


def table(data: bytes) -> None:
    """The file of a package's table is these bytes. What is found clean is the same to every reader."""
    package = Package(_whole())
    Path(package.path(TABLE)).write_bytes(data)
    issues, text = Files(package.root, shipped().format).table(TABLE)
    rules = set(_told(issues))
    _read(package)
    if text is not None and rules <= {"hash", "bytes", "row-count", "sorted"}:
        _same_to_all(package, text.header, list(text.rows.values()))
    _nothing_forbidden()


def _same_to_all(package: Package, header: list[str], rows: list[list[str]]) -> None:
    """Compare the cells that were validated with those that are loaded, by the csv module and by pandas."""
    if any(len(row) != len(header) for row in rows):
        return
    listed = _answered(lambda: [list(row.values()) for row in package.rows(TABLE)])
    promised(kept=listed == rows, otherwise=(listed, rows))
    fields = [Field(name) for name in header]
    loaded = _answered(lambda: frames.read(package.readable(TABLE), fields))
    promised(kept=loaded is not None, otherwise=rows)
    cells = loaded.astype(object).where(loaded.notna(), "").values.tolist()
    promised(kept=cells == rows, otherwise=(cells, rows))


def edtf(data: bytes) -> None:
    """A cell of a date is these bytes."""
    text = data.decode("utf-8", "replace")
    found = bounds(text)
    theirs = _by_the_library(text) if found else None
    promised(kept=theirs in {None, found}, otherwise=(text, found, theirs))


def _by_the_library(text: str) -> tuple[str, str] | None:
    """Return what the library `edtf` says of a date, where it is installed and answers with a day of the calendar."""
    try:
        from edtf import parse_edtf
        from edtf.parser.edtf_exceptions import EDTFParseException
    except ImportError:
        return None
    if "/" in text:
        # It gives an interval without an end ten more years.
        return None
    try:
        parsed = parse_edtf(text)
        first, last = parsed.lower_strict(), parsed.upper_strict()
        return dt.date(*first[:3]).isoformat(), dt.date(*last[:3]).isoformat()
    except (EDTFParseException, AttributeError, TypeError, ValueError):
        # It knows no year 202X with a 29 February, and stumbles over others.
        return None


def text(data: bytes) -> None:
    """A reader's copy of an article is these bytes."""
    file = Path(_folder().name, "article.txt")
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
    with tempfile.TemporaryDirectory(dir=_folder().name) as place:
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
