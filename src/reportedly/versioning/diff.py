"""Compare two data packages of this format: versions, folders or zip files; their descriptors, their tables and all that is in them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from reportedly.errors import PackageError
from reportedly.model.schema import Table
from reportedly.package.contents import read_table
from reportedly.package.package import package_errors
from reportedly.package.releases import versions
from reportedly.package.resolve import open_package
from reportedly.package.shipped import shipped
from reportedly.text.display import shown
from reportedly.versioning.changes import Change, Count, Side
from reportedly.versioning.difference import Difference
from reportedly.versioning.edition import Edition
from reportedly.versioning.row_diff import compare_rows, match
from reportedly.versioning.rule_sentences import rules_of
from reportedly.versioning.schema_diff import Names, compare_schemas, differing, renamed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.package.contents import TableContents
    from reportedly.package.package import Package

    Source = str | os.PathLike[str]

# What is another in every release, or follows from the files.
_OF_RELEASE = {"version", "created", "resources"}
_OF_FILES = {"name", "bytes", "hash", "rows"}
_IDENTIFIERS = {"name", "id"}
_PATHS = {"path", "schema"}
# How a file is read at all.
_FORMS = {"type", "format", "mediatype", "encoding", "dialect"}


def diff(old: Source, new: Source) -> Difference:
    """Return what changed between two versions or packages, row by row and cell by cell, and what version that asks for.

    Rows are matched by their primary key, each side is read with its own schemas.

    Parameters
    ----------
    old
        A version that `reportedly.versions` lists, or a folder, a ``datapackage.json`` or a zip file. A text that is a version means the version;
        ``"./0.1.0"`` means a folder of that name.
    new
        The same for what it is compared with.

    Returns
    -------
    Difference
        Its ``changes``, its ``bump`` and three ways to print it; false where the two say the same.

    Raises
    ------
    UnknownNameError
        If there is no such version.
    PackageError
        If a package cannot be read.

    Examples
    --------
    >>> import reportedly
    >>> bool(reportedly.diff("0.1.0", "0.1.0"))
    False
    """
    ours, theirs = _edition(old), _edition(new)
    with package_errors(theirs.package):
        return compare(ours, theirs)


def _edition(source: Source) -> Edition:
    package = open_package(source)
    with package_errors(package):
        # The rules of other packages are not known: theirs is whatever they were last validated with.
        rules = rules_of(shipped().root, os.fspath(source)) if source in versions() else None
        edition = read_edition(package, os.fspath(source), rules)
        # Fail here, where it is plain whose schemas cannot be compared.
        for name, table in edition.tables.items():
            list(compare_schemas(name, table, table, Names({}, {})))
        return edition


def read_edition(package: Package, name: str, rules: dict[str, str] | None = None) -> Edition:
    """Read a package to the end.

    Parameters
    ----------
    package
        The package.
    name
        What it is called by.
    rules
        The sentences of its rules by their names, where they are known.

    Returns
    -------
    Edition
        All that is compared.

    Raises
    ------
    PackageError
        If a file cannot be read, lies outside of the package, or does not fit its schema.
    """
    return Edition(name, package.version, package, {table: _table(package, table) for table in package.tables}, rules)


def compare(before: Edition, after: Edition) -> Difference:
    """Compare two data packages.

    Parameters
    ----------
    before, after
        The packages.

    Returns
    -------
    Difference
        All that changed from the first to the second.
    """
    old, ours = before.package, before.tables
    new, theirs = after.package, after.tables
    renamed_tables = _renamed_tables(ours, theirs)
    called = {renamed_tables.get(name, name): name for name in ours}
    pairs = {name: (ours[called[name]], table) for name, table in theirs.items() if name in called}
    # Most tables stay as they are from one release to the next.
    other = {name: pair for name, pair in pairs.items() if not _is_same(*pair)}
    matched = {name: match(*pair) for name, pair in other.items()}
    fields = {name: renamed(a.fields, b.fields, matched[name].same_cells) for name, (a, b) in other.items()}
    names = Names(renamed_tables, fields)
    changes = [*_package(old, new), *_rules(before.rules, after.rules)]
    changes += _tables(called, ours, theirs, renamed_tables)
    for name, (a, b) in pairs.items():
        changes += _resource(old, new, called[name], name)
        if name in other or names.tables or any(names.fields.values()):
            # A table that stayed as it is may point to one that is called something else.
            changes += compare_schemas(name, a, b, names)
        if name in other:
            changes += compare_rows(name, a, b, matched[name], fields[name])
    numbers = {name: len(ours[was].rows) for name, was in called.items()}
    counts = [Count(name, numbers.get(name), len(table.rows)) for name, table in theirs.items()]
    counts += [Count(name, number, None) for name, number in numbers.items() if name not in theirs]
    return Difference(Side(before.name, before.version), Side(after.name, after.version), tuple(counts), tuple(changes))


def _table(package: Package, table: str) -> TableContents:
    resource = package.resource(table)
    for path in (resource["path"], resource["schema"]):
        # What is none of the package's is neither read nor shown.
        if isinstance(path, str) and (".." in path.split("/") or set(path) & set("\\:")):
            raise PackageError(f"{package.root}: {shown(path)} leads out of the package; see `reportedly validate`")
    return read_table(package, Table.from_descriptor(package.schema(table), table))


def _is_same(old: TableContents, new: TableContents) -> bool:
    return old.descriptor == new.descriptor and old.rows == new.rows


def _renamed_tables(old: dict[str, TableContents], new: dict[str, TableContents]) -> dict[str, str]:
    """Return the tables that bear another name: same fields and key, and most rows the same."""
    found: dict[str, str] = {}
    for name in [name for name in old if name not in new]:
        for other in [other for other in new if other not in old and other not in found.values()]:
            a, b = old[name], new[other]
            descriptors = [[field.descriptor for field in table.fields] for table in (a, b)]
            alike = descriptors[0] == descriptors[1] and a.key == b.key
            if alike and 2 * len(match(a, b).both) >= max(len(a.rows), len(b.rows)):
                found[name] = other
                break
    return found


def _package(old: Package, new: Package) -> Iterator[Change]:
    for what in differing(old.descriptor, new.descriptor, _OF_RELEASE):
        kind = (
            "package-renamed"
            if what in _IDENTIFIERS
            else "licence-changed"
            if what == "licenses"
            else "metadata-changed"
        )
        yield Change(kind, what=what, old=old.descriptor.get(what), new=new.descriptor.get(what))


def _rules(old: dict[str, str] | None, new: dict[str, str] | None) -> Iterator[Change]:
    if old is None or new is None:
        return
    for name in {**old, **new}:
        was, now = old.get(name), new.get(name)
        if was != now:
            yield Change(
                f"rule-{'added' if was is None else 'removed' if now is None else 'changed'}",
                what=name,
                old=was,
                new=now,
            )


def _tables(
    called: dict[str, str], old: dict[str, TableContents], new: dict[str, TableContents], tables: dict[str, str]
) -> Iterator[Change]:
    for name, other in tables.items():
        yield Change("table-renamed", other, what="name", old=name, new=other)
    for name in [name for name in called if name not in new]:
        yield Change("table-removed", name, what="resources", old=len(old[name].rows))
    for name in [name for name in new if name not in called]:
        yield Change("table-added", name, what="resources", new=len(new[name].rows))
    stayed = [name for name in called if name in new], [name for name in new if name in called]
    if stayed[0] != stayed[1]:
        yield Change("tables-reordered", what="resources", old=", ".join(stayed[0]), new=", ".join(stayed[1]))


def _resource(old: Package, new: Package, name: str, other: str) -> Iterator[Change]:
    ours, theirs = _own(old, name), _own(new, other)
    for what in differing(ours, theirs, _OF_FILES):
        pair = ours.get(what), theirs.get(what)
        if pair == (old.descriptor.get(what), new.descriptor.get(what)):
            # Every resource repeats the package's licences and sources.
            continue
        kind = "path-changed" if what in _PATHS else "format-changed" if what in _FORMS else "metadata-changed"
        yield Change("licence-changed" if what == "licenses" else kind, other, what=what, old=pair[0], new=pair[1])


def _own(package: Package, table: str) -> dict[str, Any]:
    """Return a resource without what it repeats of its schema."""
    resource, schema = dict(package.resource(table)), package.schema(table)
    for name in ("title", "description"):
        if resource.get(name) == schema.get(name):
            resource.pop(name, None)
    if isinstance(resource["schema"], dict):
        resource.pop("schema")
    return resource
