"""What must hold of a package's releases, and how one is made: for this dataset and for any other package of the format.

A package's folder holds the package, ``CHANGELOG.md``, and in ``releases/`` a folder for each released version, the rules of each in ``rules/``, and
``SHA256SUMS`` over all of them. A release is made in a copy of the folder and put in place when nothing is wrong with it.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportedly.errors import PackageError
from reportedly.model.version import Level, Version
from reportedly.package.atomic import atomic
from reportedly.package.csvfile import write_csv
from reportedly.package.descriptor import DESCRIPTOR, as_json
from reportedly.package.errata import ERRATA
from reportedly.package.package import Package, package_errors
from reportedly.package.releases import FOLDER, frozen, order
from reportedly.versioning.diff import compare, read_edition
from reportedly.versioning.render import changelog
from reportedly.versioning.render.summary import summary, verdict
from reportedly.versioning.row_diff import rows_by
from reportedly.versioning.rule_sentences import RULES, current_rules, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reportedly.package.contents import Row
    from reportedly.versioning.changes import Change
    from reportedly.versioning.comparison import Comparison
    from reportedly.versioning.edition import Edition

SUMS = "SHA256SUMS"
LOG = "CHANGELOG.md"
# What the reason of an erratum is before somebody writes one.
PLACEHOLDER = "WHY"
_ERRED = {"row-withdrawn", "row-changed", "meaning-changed"}
# What an erratum records. Why a row was wrong and what replaces it may be said better later.
_RECORDED = {"date", "kind", "said"}
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\s]+)/(\S.*)")
_HEAD = re.compile(r"^## .*$", re.MULTILINE)
# Beside the package in its folder: environments and what was built.
_BUILT = {"build", "dist", "site", "venv", "node_modules"}


class Checkout:
    """A package's folder: the package as it is, and its releases.

    Parameters
    ----------
    root
        The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.package = Package(root)
        self.version = self.package.version
        self.date = str(self.package.descriptor["created"])[:10]
        self.releases = root / FOLDER
        self.frozen = frozen(str(root))

    @cached_property
    def final(self) -> str:
        """The version that the package is, or becomes when it is released."""
        read = Version.read(self.version)
        return str(read.final) if read else self.version

    @cached_property
    def now(self) -> Edition:
        """The package as it is, read to the end."""
        return read_edition(self.package, self.version, current_rules())

    def release(self, version: str) -> Edition:
        """Return a release, read to the end."""
        return read_edition(Package(self.releases / version), version, rules_of(str(self.root), version))

    @cached_property
    def last(self) -> Edition | None:
        """The last release, if there is any."""
        return self.release(self.frozen[-1]) if self.frozen else None

    @cached_property
    def before(self) -> Edition | None:
        """The release before the version as it is, if there is any."""
        earlier = [version for version in self.frozen if order(version) < order(self.version)]
        return self.release(earlier[-1]) if earlier else None

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files of the package as it is, which are those of its release."""
        names = [DESCRIPTOR, *(name for name in ("data/LICENSE",) if (self.root / name).is_file())]
        for resource in self.package.resources.values():
            names += [resource["path"], resource["schema"]]
        return {name: (self.root / name).read_bytes() for name in sorted(names)}

    @cached_property
    def moved(self) -> list[str]:
        """What is no longer as it was in the release of the same version: files by their names, and the rules."""
        released = files_in(self.releases / self.version)
        names = sorted({**released, **self.files})
        kept = rules_of(str(self.root), self.version)
        ruled = kept is None or kept == current_rules()
        return [name for name in names if released.get(name) != self.files.get(name)] + ["the rules"] * (not ruled)

    @property
    def is_frozen(self) -> bool:
        """Whether the version as it is is released, and nothing changed since."""
        return self.version in self.frozen and not self.moved

    def sums(self) -> str:
        """Return the digests of all releases as they are in their file."""
        path = self.releases / SUMS
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def log(self) -> str:
        """Return the changelog."""
        return (self.root / LOG).read_text(encoding="utf-8")


def files_in(folder: Path) -> dict[str, bytes]:
    """Return all files under a folder by their path in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def today() -> dt.date:
    """Return the day that it is, the same for everybody."""
    return dt.datetime.now(dt.UTC).date()


# --- the releases that are there --------------------------------------------------------------------------------------


def digests(checkout: Checkout, *, making: str = "") -> Iterator[str]:
    """Yield where the files of the releases are not what their digests say.

    What is left of a release that was killed before it listed its digests is no finding for the run that makes it again.
    """
    held = {
        f"{folder}/{name}": data
        for folder in _folders(checkout)
        for name, data in files_in(checkout.releases / folder).items()
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
    for name in sorted(held.keys() - listed.keys()):
        if not (making and name.startswith((f"{making}/", f"{RULES}/{making}.json"))):
            yield f"{FOLDER}/{name}: {SUMS} does not list it; nothing is added to a release"
    for version in checkout.frozen:
        said = Package(checkout.releases / version).version
        read = Version.read(version)
        if said != version:
            yield f"{FOLDER}/{version}: holds version {said}"
        elif not (read and read.is_final):
            yield f"{FOLDER}/{version}: is no version of three numbers, and nothing else is released"


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
    done = subprocess.run(  # noqa: S603 - git itself, and no words of anybody else's
        # Named outright: inside a hook, git's environment may name another repository.
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


def unseen(root: Path) -> str:
    """Return what of the releases' history cannot be looked at, in a sentence, or nothing."""
    if not (root / ".git").exists():
        return "No git history at hand: releases are compared with their digests only."
    try:
        cut = git(root, "rev-parse", "--is-shallow-repository").strip() == "true"
    except HistoryError:
        return ""
    return "The git history is cut short: what lies before is not compared." if cut else ""


def history(checkout: Checkout) -> Iterator[str]:
    """Yield where the releases are not what the git history says that they were."""
    if not (checkout.root / ".git").exists():
        return
    try:
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


# --- the version as it is ---------------------------------------------------------------------------------------------


def version_of(checkout: Checkout) -> Iterator[str]:
    """Yield what is wrong with the version and its day."""
    version = Version.read(checkout.version)
    if version is None:
        yield f"{checkout.version} is no version of three numbers, such as 1.2.0, or 1.2.0-dev.0 before its release"
        return
    unchecked = [row["article_id"] for row in checkout.now.tables["articles"].rows if row["coded_by"] == "automated"]
    if version.major and unchecked:
        yield f"{version} waits for people who check the coding: no person has coded {', '.join(unchecked)} yet (coded_by)"
    if checkout.version in checkout.frozen:
        return
    if checkout.last and checkout.date < str(checkout.last.package.descriptor["created"])[:10]:
        yield f"{DESCRIPTOR}: created on {checkout.date}, before the last release"
    if checkout.date > today().isoformat():
        yield f"{DESCRIPTOR}: created on {checkout.date}, in the future. Expected: {today()} or earlier"


def moved(checkout: Checkout) -> Iterator[str]:
    """Yield where the version moved too little for what changed since the last release."""
    if checkout.last is None:
        return
    last = checkout.last.name
    if order(checkout.final) < order(last):
        yield f"{checkout.version} is older than {last}, which is released"
    elif checkout.version != checkout.final == last:
        yield f"{checkout.version} comes before {last}, which is released"
    elif checkout.version == last:
        if not checkout.is_frozen:
            yield _not_frozen(checkout, compare(checkout.last, checkout.now))
    else:
        difference = compare(checkout.last, checkout.now)
        if difference.bump.enough is False:
            yield _with_reasons(verdict(difference), difference)


def unexplained(checkout: Checkout) -> Iterator[str]:
    """Yield what an unreleased version withdraws, corrects or uses again without a right to."""
    if checkout.last and order(checkout.final) > order(checkout.last.name):
        yield from errata(checkout, checkout.last, compare(checkout.last, checkout.now))
        yield from reused(checkout, checkout.last)


def _not_frozen(checkout: Checkout, difference: Comparison) -> str:
    version = Version.read(checkout.version)
    least = f"{version.after(max(difference.bump.level, Level.PATCH))}-dev.0" if version else "a later version"
    changed = ", ".join(checkout.moved)
    sentence = (
        f"{checkout.version} is released, but {changed} changed since: the version must move to {least} or later."
    )
    return _with_reasons(sentence, difference)


def _with_reasons(sentence: str, difference: Comparison) -> str:
    return "\n".join([sentence, *(f"  {reason.level}: {reason}" for reason in difference.bump.reasons)])


def errata(checkout: Checkout, last: Edition, difference: Comparison) -> Iterator[str]:
    """Yield the rows withdrawn or corrected since the last release whose erratum is missing or wrong, and errata of nothing."""
    recorded = {
        (row["table"], row["key"]): row for row in _errata(checkout.now) if order(row["since"]) > order(last.name)
    }
    called = {change.new: change.old for change in difference.changes if change.kind == "table-renamed"}
    due = [change for change in difference.changes if change.kind in _ERRED and change.table != ERRATA]
    known = set()
    for change in due:
        found = recorded.get((change.table, change.key))
        said = json.dumps(_row(last, called.get(change.table, change.table), change.key), ensure_ascii=False)
        yield from _erratum(checkout, change, said, found)
        if found:
            known.add(f"{change.table}/{change.key}/{found['since']}")
    gone = [change.table for change in difference.changes if change.kind == "table-removed"]
    for change in difference.changes:
        if change.table == ERRATA and change.kind == "row-withdrawn":
            yield f"{ERRATA} {change.key}: an erratum stays for good"
        elif change.table == ERRATA and change.kind in _ERRED:
            for cell in change.cells:
                if cell.field in _RECORDED:
                    yield f"{ERRATA} {change.key}: {cell.field} stays for good. Expected: {cell.old}"
        elif change.kind == "erratum-added" and change.key not in known and change.key.split("/")[0] not in gone:
            yield f"{ERRATA} {change.key}: that row was neither withdrawn nor corrected since {last.name}"


def _errata(package: Edition) -> list[Row]:
    return list(package.tables[ERRATA].rows) if ERRATA in package.tables else []


def _row(package: Edition, table: str, key: str) -> Row:
    contents = package.tables[table]
    return next(row for row in contents.rows if contents.key_text(row) == key)


def _erratum(checkout: Checkout, change: Change, said: str, found: Row | None) -> Iterator[str]:
    kind = "withdrawn" if change.kind == "row-withdrawn" else "corrected"
    head = f"{change.table} {change.key} was {kind}"
    if found is None:
        right = {
            "table": change.table,
            "key": change.key,
            "since": checkout.final,
            "date": today().isoformat(),
            "kind": kind,
            "said": said,
            "reason": PLACEHOLDER,
            "replaced_by": "",
        }
        line = write_csv([right], [*right]).splitlines()[1]
        yield f"{head} without an erratum. Expected, with the reason: {line}"
        return
    if found["kind"] != kind:
        yield f"{head}, but kind of its erratum is {found['kind']!r}. Expected: {kind}"
    if _read(found["said"]) != _read(said):
        yield f"{head}, but its erratum says that it said something else. Expected: {said}"
    if found["reason"].strip(" .?!").upper() in {"", PLACEHOLDER}:
        yield f"{head}, but its erratum does not say why. Write the reason in place of {found['reason']!r}"


def _read(said: str) -> object:
    try:
        return json.loads(said)
    except ValueError:
        return None


def reused(checkout: Checkout, last: Edition) -> Iterator[str]:
    """Yield the keys that were withdrawn in an earlier release and are in the data again."""
    now, lately = _keys(checkout.now), _keys(last)
    again = now - lately
    for version in checkout.frozen[:-1] if again else ():
        for table, key in sorted(again & _keys(checkout.release(version))):
            again.discard((table, key))
            yield f"{table} {key}: was withdrawn after {version}; a key is never used again"


def _keys(package: Edition) -> set[tuple[str, str]]:
    return {(name, "/".join(key)) for name, table in package.tables.items() for key in rows_by(table, table.key)}


# --- the changelog ----------------------------------------------------------------------------------------------------


def section(checkout: Checkout) -> str:
    """Return what the changelog says of the data of the version as it is."""
    if checkout.before is None:
        return changelog.first(checkout.now)
    recorded = {(row["table"], row["key"]): row for row in _errata(checkout.now) if row["since"] == checkout.version}
    return changelog.since(compare(checkout.before, checkout.now), recorded)


def _block(checkout: Checkout) -> tuple[str, str, str]:
    """Return the part of a version's changelog that is written here, between its two marks."""
    begin, end = (f"<!-- {verb} generated: data of {checkout.version} -->" for verb in ("begin", "end"))
    return begin, section(checkout), end


def is_open(head: str) -> bool:
    """Return whether a heading of the changelog is that of what is not released yet."""
    return head.strip("# []").lower() == "unreleased"


def log_findings(checkout: Checkout) -> Iterator[str]:
    """Yield what is wrong with the changelog."""
    heads = _HEAD.findall(checkout.log())
    right = f"## {checkout.version} ({checkout.date})"
    mine = [head for head in heads if re.match(rf"## \[?{re.escape(checkout.version)}(?![\w.-])", head)]
    unreleased = [head for head in heads if is_open(head)]
    if mine not in ([], [right]):
        yield f"{LOG}: has {' and '.join(mine)}. Expected: {right}"
    if len(unreleased) > 1 or (unreleased and not is_open(heads[0])):
        yield f"{LOG}: '## Unreleased' must be there once, above all versions: move what it says to where it belongs"
    elif unreleased and mine:
        yield (
            f"{LOG}: '## Unreleased' is left beside '{mine[0]}': move what it says into that section, "
            "or the version to the next one with -dev.0"
        )
    elif mine and mine[0] != heads[0]:
        yield f"{LOG}: {mine[0]} must come first"


def log_with(checkout: Checkout) -> tuple[str, list[str]]:
    """Return the changelog with the day and the data of the version as it is, and what is wrong with it."""
    found = list(log_findings(checkout))
    text = checkout.log()
    head = f"## {checkout.version} ({checkout.date})"
    begin, data, end = _block(checkout)
    if found:
        return text, found
    first = _HEAD.search(text)
    if first and is_open(first[0]):
        text = f"{text[: first.start()]}{head}{text[first.end() :]}"
    elif not (first and first[0] == head):
        text = f"{text[: first.start()]}{head}\n\n{text[first.start() :]}" if first else f"{text.rstrip()}\n\n{head}\n"
    start = text.index(head) + len(head)
    following = _HEAD.search(text, start)
    stop = following.start() if following else len(text)
    # What people wrote, without what was written here before.
    body = re.sub(
        rf"(?:### Data\s+)?{re.escape(begin)}.*?{re.escape(end)}", "", text[start:stop], flags=re.DOTALL
    ).strip()
    if not body and checkout.before and not compare(checkout.before, checkout.now):
        found.append(
            f"{LOG}: data, schemas and rules are those of {checkout.before.name}. Write under '## Unreleased' what else changed"
        )
    pieces = [text[: start - len(head)].rstrip(), head, body, "### Data", begin, data, end, text[stop:].rstrip()]
    return "\n\n".join(filter(None, pieces)) + "\n", found


# --- what is asked ----------------------------------------------------------------------------------------------------


def check(root: Path) -> list[str]:
    """Return all that is wrong with the releases of a package and with its version as it is.

    Parameters
    ----------
    root
        The package's folder.

    Returns
    -------
    list of str
        What is wrong, where, and what to do; empty where nothing is.

    Raises
    ------
    PackageError
        If the package cannot be read.
    """
    with package_errors(Package(root)):
        checkout = Checkout(root)
        # With a release that is not what it was there is nothing to compare.
        if found := [*digests(checkout), *history(checkout)]:
            return found
        found = [*version_of(checkout), *moved(checkout), *unexplained(checkout), *log_findings(checkout)]
        if not found and checkout.is_frozen and "\n\n".join(_block(checkout)) not in checkout.log():
            found.append(
                f"{LOG}: the data of {checkout.version} are not what was written of them: restore that section"
            )
        return found


def standing(root: Path) -> str:
    """Return where a package is between its releases."""
    checkout = Checkout(root)
    number = sum(len(table.rows) for table in checkout.now.tables.values())
    size = f"{len(checkout.now.tables)} tables, {number} rows"
    if checkout.is_frozen:
        return f"{checkout.version} is released, and nothing changed since. {size}."
    if checkout.before is None:
        return f"Nothing is released yet. {checkout.final} would be the first release: {size}."
    since = summary(compare(checkout.before, checkout.now).changes)
    return f"{checkout.version} is not released: since {checkout.before.name} {since}."


def unreleased(root: Path) -> str:
    """Return why a package's folder holds no release, or nothing where it does: what is published is released, byte for byte."""
    checkout = Checkout(root)
    if checkout.version not in checkout.frozen:
        return f"{checkout.version} is not released: release {checkout.final} first"
    if checkout.moved:
        return (
            f"{', '.join(checkout.moved)} changed since {checkout.version} was released: publish the commit that released it, "
            "or release the next version"
        )
    return ""


# --- making one -------------------------------------------------------------------------------------------------------


def make(  # noqa: PLR0913 - each is what the script is asked
    root: Path,
    version: str,
    day: str,
    *,
    validate: Callable[[Path], Iterable[str]],
    refresh: Callable[[Path], Iterable[str]] = lambda _: (),
    known: Iterable[str] = (),
) -> tuple[list[str], list[str]]:
    """Make a release of a package, or begin the development of the next one, all or nothing.

    Everything is done in a copy of the folder, and put in place when nothing is wrong. A release sets version and day in the descriptor, the
    changelog's heading and the errata of what was withdrawn or corrected since the last one, describes the changes of the data in the changelog, and
    freezes the package with its rules. A development version, such as ``0.2.0-dev.0``, is set in the descriptor alone.

    Parameters
    ----------
    root
        The package's folder.
    version
        The version.
    day
        The day of the release, as ``YYYY-MM-DD``.
    validate
        Given the copy, returns the findings of a validation.
    refresh
        Given the copy, brings up to date what else holds the version, and returns what is wrong with it.
    known
        What is known to be wrong besides.

    Returns
    -------
    found : list of str
        What is wrong; nothing was written where there is anything.
    written : list of str
        The paths that were written, in the folder.

    Raises
    ------
    PackageError
        If the package cannot be read.
    TargetError
        If a file cannot be written.
    """
    read = Version.read(version)
    if read is None:
        return [f"{version!r} is no version of three numbers, such as 1.2.0, or 1.2.0-dev.0 before its release"], []
    with package_errors(Package(root)):
        checkout = Checkout(root)
        touched = [*known, *digests(checkout, making=version), *history(checkout)]
        listed = {line.split()[-1] for line in checkout.sums().splitlines()}
        if f"{version}/{DESCRIPTOR}" in listed and not touched:
            touched.append(f"{version} is released already, and a release is never edited: give the next version")
        if not (root / LOG).is_file():
            touched.append(f"{LOG}: missing. Add it, with what changed under '## Unreleased'.")
        if (checkout.releases / version).is_file():
            touched.append(f"{FOLDER}/{version}: a file is where the release goes")
    if touched:
        return touched, []
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder, root.resolve().name)
        shutil.copytree(root, stage, ignore=lambda place, names: _apart(names, top=Path(place) == root), symlinks=True)
        # What is left of one that was killed halfway.
        left = (f"{FOLDER}/{version}", f"{FOLDER}/{RULES}/{version}.json")
        _remove(stage, left)
        try:
            found = _prepare(stage, read, day, validate) or list(refresh(stage))
        except PackageError as error:
            raise PackageError(str(error).replace(str(stage), str(root))) from error
        if found:
            return found, []
        _remove(root, left)
        return [], _put(stage, root)


def _apart(names: list[str], *, top: bool) -> set[str]:
    """Return which of the names in a folder a release has nothing to do with."""
    return {name for name in names if name == "__pycache__" or (top and (name.startswith(".") or name in _BUILT))}


def _remove(root: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if (root / name).is_dir():
            shutil.rmtree(root / name)
        else:
            (root / name).unlink(missing_ok=True)


def _prepare(stage: Path, version: Version, day: str, validate: Callable[[Path], Iterable[str]]) -> list[str]:
    """Set the version in a copy of a package and freeze it, and return what is wrong."""
    _set(stage, version, day)
    checkout = Checkout(stage)
    with package_errors(checkout.package):
        found = [*version_of(checkout), *moved(checkout)]
        if not version.is_final:
            return found
        log, wrong = log_with(checkout)
        found += [*unexplained(checkout), *wrong]
    if not found:
        found += validate(stage)
    if not found:
        (stage / LOG).write_text(log, encoding="utf-8", newline="\n")
        _freeze(checkout)
    return found


def _set(stage: Path, version: Version, day: str) -> None:
    """Set version and day in the descriptor, and in the errata of what is not released yet."""
    package = Package(stage)
    with package_errors(package):
        last = max((order(name) for name in frozen(str(stage))), default=order(""))
        if ERRATA in package.tables:
            rows = list(package.rows(ERRATA))
            for row in rows:
                if order(row["since"]) > last:
                    row.update({"since": str(version.final), **({"date": day} if version.is_final else {})})
            errata_table = package.table(ERRATA)
            rows.sort(key=errata_table.order)
            Path(package.path(ERRATA)).write_text(write_csv(rows, errata_table.names), encoding="utf-8", newline="\n")
        descriptor = {**package.descriptor, "version": str(version), "created": f"{day}T00:00:00Z"}
        text = described(stage, descriptor)
    (stage / DESCRIPTOR).write_text(text, encoding="utf-8", newline="\n")


def described(root: Path, descriptor: dict[str, Any]) -> str:
    """Return a descriptor as it is written, with the size, digest and rows of each file."""
    for resource in descriptor["resources"]:
        data = (root / resource["path"]).read_bytes()
        resource["bytes"] = len(data)
        resource["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
        resource["rows"] = sum(1 for _ in csv.reader(data.decode("utf-8").splitlines(keepends=True))) - 1
    return as_json(descriptor)


def _freeze(checkout: Checkout) -> None:
    """Write the release, its rules and their digests."""
    from reportedly.rules.catalogue import rulebook

    rules = {rule.pop("rule"): rule for rule in rulebook()}
    text = as_json(rules)
    made = {f"{checkout.version}/{name}": data for name, data in checkout.files.items()}
    made[f"{RULES}/{checkout.version}.json"] = text.encode()
    for name, data in made.items():
        place = checkout.releases / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in made.items())
    (checkout.releases / SUMS).write_text(checkout.sums() + lines, encoding="utf-8", newline="\n")


def _put(stage: Path, root: Path) -> list[str]:
    """Put what is other in a copy in the place of what it is a copy of, and return the paths.

    The release's own files come first, so that one that is killed is reported; the digests come last: until they are there, it is not made, and can be made again.
    """
    new = files_in(stage)
    changed = [name for name, data in new.items() if not (root / name).is_file() or (root / name).read_bytes() != data]
    changed.sort(key=lambda name: (name == f"{FOLDER}/{SUMS}", not name.startswith(FOLDER), name))
    for name in changed:
        with atomic(root / name, force=True) as place:
            place.write_bytes(new[name])
    return changed
