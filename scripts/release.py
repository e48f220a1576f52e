"""Freeze the current version of the dataset, or prove that nothing about the releases is wrong.

    python scripts/release.py            write releases/VERSION/, its lines of releases/SHA256SUMS and its part of the changelog
    python scripts/release.py --check    write nothing; fail if a release was touched or the version moved too little

Both take `--root FOLDER`, the checkout to work on; this one by default. Exit status: 0 done or clean, 1 findings, 2 wrong use.

What is checked: each file of each release has the digest that `SHA256SUMS` gives and no other file is there; no line of it that was ever
committed is gone, and each release is what the commit that added it says, as far as the git history goes; the version moved as far as the
changes since the last release ask for; each row withdrawn or corrected since then has its erratum, no erratum is gone and no key is used
again; 1.0.0 waits for people who check the coding; the changelog says what the data say.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import reportedly
from reportedly.changes import changelog
from reportedly.changes.bump import Version
from reportedly.changes.kinds import Level
from reportedly.changes.packages import compare, contents
from reportedly.changes.schemas import key_fields
from reportedly.changes.words import summary, verdict
from reportedly.errata import ERRATA
from reportedly.errors import ReportedlyError
from reportedly.package import DESCRIPTOR, Package, reading, reason, write_csv
from reportedly.releases import FOLDER, frozen, order
from reportedly.writing import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.changes.model import Change, Difference
    from reportedly.changes.packages import Contents
    from reportedly.changes.rows import Row

SUMS = "SHA256SUMS"
_ERRED = {"row-withdrawn", "row-changed", "meaning-changed"}
# What an erratum records. Why a row was wrong and what replaces it may be told better later.
_RECORDED = {"date", "kind", "said"}
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\s]+)/(\S.*)")


class Checkout:
    """A checkout: the package as it stands, and its releases.

    Parameters
    ----------
    root
        Its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.package = Package(root)
        self.version = self.package.version
        self.date = str(self.package.descriptor["created"])[:10]
        self.releases = root / FOLDER
        self.frozen = frozen(str(root))

    @cached_property
    def now(self) -> Contents:
        """The package as it stands, read to the end."""
        return contents(self.package, self.version)

    def release(self, version: str) -> Contents:
        """Return a release, read to the end."""
        return contents(Package(self.releases / version), version)

    @cached_property
    def last(self) -> Contents | None:
        """The last release, if there is any."""
        return self.release(self.frozen[-1]) if self.frozen else None

    @cached_property
    def before(self) -> Contents | None:
        """The release before the version as it stands, if there is any."""
        earlier = [version for version in self.frozen if order(version) < order(self.version)]
        return self.release(earlier[-1]) if earlier else None

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files of the package as it stands, which are those of its release."""
        names = [DESCRIPTOR, "data/LICENSE"]
        for resource in self.package.resources.values():
            names += [resource["path"], resource["schema"]]
        return {name: (self.root / name).read_bytes() for name in sorted(names)}

    @property
    def is_frozen(self) -> bool:
        """Whether the version as it stands is released, byte for byte."""
        return self.version in self.frozen and self.files == files_in(self.releases / self.version)

    def sums(self) -> str:
        """Return the digests of all releases as they stand in their file."""
        path = self.releases / SUMS
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def log(self) -> str:
        """Return the changelog."""
        return (self.root / "CHANGELOG.md").read_text(encoding="utf-8")


def files_in(folder: Path) -> dict[str, bytes]:
    """Return all files under a folder by their path in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


# --- the releases that are there --------------------------------------------------------------------------------------


def digests(checkout: Checkout, *, checking: bool) -> Iterator[str]:
    """Yield where the files of the releases are not what their digests say.

    A release that was killed before it listed its digests is no finding for the run that will list them.
    """
    held = {
        f"{version}/{name}": data
        for version in _folders(checkout)
        for name, data in files_in(checkout.releases / version).items()
    }
    listed: dict[str, str] = {}
    for number, line in enumerate(checkout.sums().splitlines(), 1):
        found = _LINE.fullmatch(line)
        if not found or f"{found[2]}/{found[3]}" in listed:
            yield f"{FOLDER}/{SUMS} line {number}: no digest and path as sha256sum writes them, or the path for the second time"
            continue
        listed[f"{found[2]}/{found[3]}"] = found[1]
    for name, digest in listed.items():
        if name not in held:
            yield f"{FOLDER}/{name}: is gone; a release is never edited"
        elif hashlib.sha256(held[name]).hexdigest() != digest:
            yield f"{FOLDER}/{name}: is not what was released; its SHA-256 must be {digest}"
    unlisted = sorted(held.keys() - listed.keys())
    if not checking and checkout.is_frozen and unlisted == [f"{checkout.version}/{name}" for name in checkout.files]:
        unlisted = []
    for name in unlisted:
        yield f"{FOLDER}/{name}: {SUMS} does not list it; nothing is added to a release"
    for version in checkout.frozen:
        said = Package(checkout.releases / version).version
        if said != version:
            yield f"{FOLDER}/{version}: holds version {said}"


def _folders(checkout: Checkout) -> list[str]:
    return sorted(path.name for path in checkout.releases.glob("*") if path.is_dir())


class HistoryError(Exception):
    """The git history is there and cannot be read."""


def git(root: Path, *arguments: str, given: str = "") -> str:
    """Return what git prints.

    Raises
    ------
    HistoryError
        If it fails: a history that cannot be read proves nothing.
    """
    program = shutil.which("git")
    if program is None:
        raise HistoryError("git is not installed")
    done = subprocess.run(
        # Named outright: inside of a hook, git's environment may name another repository.
        [program, "-C", str(root), "--git-dir=.git", "--work-tree=.", *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise HistoryError(done.stderr.strip())
    return done.stdout


def history(checkout: Checkout) -> Iterator[str]:
    """Yield where the releases are not what the git history says that they were."""
    if not (checkout.root / ".git").exists():
        print("No git history at hand: releases are compared with their digests only.")
        return
    try:
        if git(checkout.root, "rev-parse", "--is-shallow-repository").strip() == "true":
            print("The git history is cut short: what lies before is not compared.")
        if not git(checkout.root, "rev-list", "--all", "--max-count=1"):
            return
        yield from _lines_ever(checkout)
        for version in checkout.frozen:
            yield from _as_added(checkout, version)
    except HistoryError as error:
        yield f"the git history cannot be read: {error}"


def _lines_ever(checkout: Checkout) -> Iterator[str]:
    # Every side of every merge, and neither colours nor programs that a user's settings may ask for.
    plain = (
        "--full-history",
        "-m",
        "-p",
        "--format=",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-renames",
        "--text",
    )
    log = git(checkout.root, "log", *plain, "--", f"{FOLDER}/{SUMS}")
    ever = {line[1:] for line in log.splitlines() if line.startswith("+") and _LINE.fullmatch(line[1:])}
    for line in sorted(ever - set(checkout.sums().splitlines())):
        yield f"{FOLDER}/{SUMS}: lacks a line that was committed: {line}"


def _as_added(checkout: Checkout, version: str) -> Iterator[str]:
    folder = f"{FOLDER}/{version}"
    added = git(
        checkout.root, "log", "--full-history", "--diff-filter=A", "--format=%H", "--", f"{folder}/{DESCRIPTOR}"
    ).split()
    if not added:
        return
    tree = git(checkout.root, "ls-tree", "-r", "-z", added[-1], "--", f"{folder}/")
    then = {
        path: mode_and_blob.split()[2]
        for mode_and_blob, _, path in (entry.partition("\t") for entry in tree.split("\0") if entry)
    }
    paths = [f"{folder}/{name}" for name in files_in(checkout.root / folder)]
    blobs = git(
        checkout.root, "hash-object", "--no-filters", "--stdin-paths", given="".join(f"{path}\n" for path in paths)
    ).split()
    now = dict(zip(paths, blobs, strict=True))
    for path in sorted({**then, **now}):
        if then.get(path) != now.get(path):
            yield f"{path}: is not what commit {added[-1][:12]} released"


# --- the version as it stands -----------------------------------------------------------------------------------------


def version_of(checkout: Checkout) -> Iterator[str]:
    """Yield what is wrong with the version itself."""
    project = tomllib.loads((checkout.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if project != checkout.version:
        yield f"pyproject.toml has version {project}, {DESCRIPTOR} {checkout.version}: run python scripts/build_datapackage.py"
    version = Version.read(checkout.version)
    if version is None:
        yield f"{checkout.version} is no version of three numbers"
        return
    unchecked = [row["article_id"] for row in checkout.now.sheets["articles"].rows if row["coded_by"] == "automated"]
    if version.major and unchecked:
        yield f"{version} waits for people who check the coding: no person has coded {', '.join(unchecked)} yet (coded_by)"
    if checkout.last and checkout.date < str(checkout.last.package.descriptor["created"])[:10]:
        yield f"{DESCRIPTOR}: created on {checkout.date}, before the last release"


def moved(checkout: Checkout) -> Iterator[str]:
    """Yield where the version moved too little for what changed since the last release."""
    if checkout.last is None:
        return
    if order(checkout.version) < order(checkout.last.name):
        yield f"{checkout.version} is older than {checkout.last.name}, which is released"
        return
    difference = compare(checkout.last, checkout.now)
    if checkout.version == checkout.last.name:
        if not checkout.is_frozen:
            yield _not_frozen(checkout, difference)
        return
    if difference.bump.enough is False:
        yield _told(verdict(difference), difference)
    yield from errata(checkout, checkout.last, difference)
    yield from reused(checkout, checkout.last)


def _not_frozen(checkout: Checkout, difference: Difference) -> str:
    released = files_in(checkout.releases / checkout.version)
    names = sorted(name for name in {**released, **checkout.files} if released.get(name) != checkout.files.get(name))
    version = Version.read(checkout.version)
    least = version.after(max(difference.bump.level, Level.PATCH)) if version else "a later version"
    told = f"{checkout.version} is released, but {', '.join(names)} changed since: the version must move to {least} or later."
    return _told(told, difference)


def _told(told: str, difference: Difference) -> str:
    return "\n".join([told, *(f"  {reason.level}: {reason}" for reason in difference.bump.reasons)])


def errata(checkout: Checkout, last: Contents, difference: Difference) -> Iterator[str]:
    """Yield the rows withdrawn or corrected since the last release whose erratum is missing or wrong, and errata of nothing."""
    told = {(row["table"], row["key"], row["since"]): row for row in _errata(checkout.now)}
    called = {change.new: change.old for change in difference.changes if change.kind == "table-renamed"}
    due = [change for change in difference.changes if change.kind in _ERRED and change.table != ERRATA]
    for change in due:
        said = json.dumps(_row(last, called.get(change.table, change.table), change.key), ensure_ascii=False)
        yield from _erratum(checkout, change, said, told.get((change.table, change.key, checkout.version)))
    keys = {f"{change.table}/{change.key}/{checkout.version}" for change in due}
    gone = [change.table for change in difference.changes if change.kind == "table-removed"]
    for change in difference.changes:
        if change.table == ERRATA and change.kind == "row-withdrawn":
            yield f"{ERRATA} {change.key}: an erratum stays for good"
        elif change.table == ERRATA and change.kind in _ERRED:
            for cell in change.cells:
                if cell.field in _RECORDED:
                    yield f"{ERRATA} {change.key}: {cell.field} stays for good. Right would be: {cell.old}"
        elif change.kind == "erratum-added" and change.key not in keys and change.key.split("/")[0] not in gone:
            yield f"{ERRATA} {change.key}: that row was neither withdrawn nor corrected since {last.name}"


def _errata(package: Contents) -> list[Row]:
    return list(package.sheets[ERRATA].rows) if ERRATA in package.sheets else []


def _row(package: Contents, table: str, key: str) -> Row:
    sheet = package.sheets[table]
    names = key_fields(sheet.schema)
    return next(row for row in sheet.rows if "/".join(row[name] for name in names) == key)


def _erratum(checkout: Checkout, change: Change, said: str, found: Row | None) -> Iterator[str]:
    kind = "withdrawn" if change.kind == "row-withdrawn" else "corrected"
    head = f"{change.table} {change.key} was {kind}"
    right = {
        "table": change.table,
        "key": change.key,
        "since": checkout.version,
        "date": checkout.date,
        "kind": kind,
        "said": said,
    }
    if found is None:
        line = write_csv(
            [{**right, "reason": "WHY", "replaced_by": ""}], [*right, "reason", "replaced_by"]
        ).splitlines()[1]
        yield f"{head} without an erratum. Right would be, with the reason: {line}"
        return
    for name in ("date", "kind"):
        if found[name] != right[name]:
            yield f"{head}, but {name} of its erratum is {found[name]!r}. Right would be: {right[name]}"
    if _read(found["said"]) != _read(said):
        yield f"{head}, but its erratum says that it said something else. Right would be: {said}"


def _read(said: str) -> object:
    try:
        return json.loads(said)
    except ValueError:
        return None


def reused(checkout: Checkout, last: Contents) -> Iterator[str]:
    """Yield the keys that were withdrawn in an earlier release and stand in the data again."""
    now, lately = _keys(checkout.now), _keys(last)
    again = now - lately
    for version in checkout.frozen[:-1] if again else ():
        for table, key in sorted(again & _keys(checkout.release(version))):
            again.discard((table, key))
            yield f"{table} {key}: was withdrawn after {version}; a key is never used again"


def _keys(package: Contents) -> set[tuple[str, str]]:
    return {
        (table, "/".join(key)) for table, sheet in package.sheets.items() for key in sheet.by(key_fields(sheet.schema))
    }


# --- the changelog ----------------------------------------------------------------------------------------------------


def section(checkout: Checkout) -> str:
    """Return what the changelog says of the data of the version as it stands."""
    if checkout.before is None:
        return changelog.first(checkout.now)
    told = {(row["table"], row["key"]): row for row in _errata(checkout.now) if row["since"] == checkout.version}
    return changelog.since(compare(checkout.before, checkout.now), told)


def marks(version: str) -> tuple[str, str]:
    """Return what stands around the part of a version's changelog that is written here."""
    return f"<!-- begin generated: data of {version} -->", f"<!-- end generated: data of {version} -->"


def log_with(checkout: Checkout) -> str:
    """Return the changelog with the data of the version as it stands.

    Raises
    ------
    ReportedlyError
        If it gives the version another date.
    """
    text = checkout.log()
    begin, end = marks(checkout.version)
    block = f"{begin}\n\n{section(checkout)}\n\n{end}"
    heads = re.findall(rf"^## {re.escape(checkout.version)}\b.*$", text, re.MULTILINE)
    right = f"## {checkout.version} ({checkout.date})"
    if heads not in ([], [right]):
        raise ReportedlyError(f"CHANGELOG.md: has {' and '.join(heads)}. Right would be: {right}")
    if begin in text and end in text:
        head, _, rest = text.partition(begin)
        return f"{head}{block}{rest.partition(end)[2]}"
    if not heads:
        at = re.search(r"^## ", text, re.MULTILINE)
        head, rest = (text[: at.start()], text[at.start() :]) if at else (f"{text.rstrip()}\n\n", "")
        text = f"{head}{right}\n\n{rest}"
    # To the end of the version's section, after what people wrote.
    start = text.index(f"{right}\n") + len(right)
    following = re.compile(r"^## ", re.MULTILINE).search(text, start)
    place = following.start() if following else len(text)
    rest = f"\n\n{text[place:]}" if following else "\n"
    return f"{text[:place].rstrip()}\n\n### Data\n\n{block}{rest}"


def log_findings(checkout: Checkout) -> Iterator[str]:
    """Yield where the changelog does not say what the data say; before a release it need not say anything yet."""
    if not checkout.is_frozen and marks(checkout.version)[0] not in checkout.log():
        return
    try:
        if log_with(checkout) != checkout.log():
            yield f"CHANGELOG.md: the data of {checkout.version} are not what was written of them: run python scripts/release.py"
    except ReportedlyError as error:
        yield str(error)


# --- freezing ---------------------------------------------------------------------------------------------------------


def freeze(checkout: Checkout) -> list[str]:
    """Write the release, its digests and its part of the changelog, all or nothing, and return what was written."""
    lines = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {checkout.version}/{name}\n" for name, data in checkout.files.items()
    )
    sums, log = checkout.sums(), log_with(checkout)
    wanted: dict[Path, str] = {}
    if log != checkout.log():
        wanted[checkout.root / "CHANGELOG.md"] = log
    if lines not in sums:
        wanted[checkout.releases / SUMS] = sums + lines
    folder = checkout.releases / checkout.version
    with ExitStack() as stack:
        # What is entered last is put in its place first: digests never list a release that is not there.
        for path, text in wanted.items():
            stack.enter_context(whole(path, force=True)).write_text(text, encoding="utf-8", newline="\n")
        if not checkout.is_frozen:
            place = stack.enter_context(whole(folder))
            for name, data in checkout.files.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_bytes(data)
            wanted[folder] = ""
    return [path.relative_to(checkout.root).as_posix() for path in wanted]


def standing(checkout: Checkout) -> str:
    """Return where the dataset stands between its releases."""
    number = sum(len(sheet.rows) for sheet in checkout.now.sheets.values())
    size = f"{len(checkout.now.sheets)} tables, {number} rows"
    if checkout.is_frozen:
        return f"{checkout.version} is released, and nothing changed since. {size}."
    if checkout.before is None:
        return f"Nothing is released yet. {checkout.version} would be the first release: {size}."
    return f"{checkout.version} would be released: since {checkout.before.name} {summary(compare(checkout.before, checkout.now).changes)}."


def findings(checkout: Checkout, *, checking: bool) -> Iterator[str]:
    """Yield all that is wrong with the releases and the version as it stands."""
    touched = [*digests(checkout, checking=checking), *history(checkout)]
    yield from touched
    # With a release that is not what it was there is nothing to compare.
    if not touched:
        yield from version_of(checkout)
        yield from moved(checkout)


def _run(root: Path, *, checking: bool) -> list[str]:
    checkout = Checkout(root)
    with reading(checkout.package):
        found = list(findings(checkout, checking=checking))
        if not found and checking:
            found += log_findings(checkout)
        elif not found and not checkout.is_frozen:
            found += [str(issue) for issue in reportedly.validate(root).issues]
        if not found and not checking:
            for path in freeze(checkout):
                print(f"wrote {path}")
            checkout = Checkout(root)
        if not found:
            print(standing(checkout))
    return found


def main() -> int:
    """Freeze, or with --check compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail where something is wrong")
    parser.add_argument(
        "--root", type=Path, default=Path(__file__).parent.parent, help="the checkout (default: this one)"
    )
    options = parser.parse_args()
    try:
        found = _run(options.root.resolve(), checking=options.check)
    except ReportedlyError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {reason(error)}", file=sys.stderr)
        return 2
    for finding in found:
        print(finding, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
