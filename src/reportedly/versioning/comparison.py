"""What changed between two data packages: their descriptors, their tables and all that is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reportedly.errors import PackageError
from reportedly.versioning.changes import Change, Count, Difference, Side
from reportedly.versioning.render.summary import shown
from reportedly.versioning.row_diff import Sheet, compare_rows, match
from reportedly.versioning.schema_diff import Names, compare_schemas, differing, renamed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.package.package import Package

# What is another in every release, or follows from the files.
_OF_RELEASE = {"version", "created", "resources"}
_OF_FILES = {"name", "bytes", "hash", "rows"}
_IDENTIFIERS = {"name", "id"}
_PATHS = {"path", "schema"}
# How a file is read at all.
_FORMS = {"type", "format", "mediatype", "encoding", "dialect"}


class Contents(NamedTuple):
    """A package read to the end.

    Attributes
    ----------
    name
        What it is called by: a version or a path.
    version
        The version that its descriptor gives.
    package
        The package.
    sheets
        Its tables.
    rules
        The sentences of its rules by their names, where they are known.
    """

    name: str
    version: str
    package: Package
    sheets: dict[str, Sheet]
    rules: dict[str, str] | None = None


def contents(package: Package, name: str, rules: dict[str, str] | None = None) -> Contents:
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
    Contents
        All that is compared.

    Raises
    ------
    PackageError
        If a file cannot be read, lies outside of the package, or does not fit its schema.
    """
    sheets = {table: _sheet(package, table) for table in package.tables}
    return Contents(name, package.version, package, sheets, rules)


def make_sense(found: Contents) -> None:
    """Try whether a package's schemas can be compared at all, here where it is plain whose they are."""
    for table, sheet in found.sheets.items():
        list(compare_schemas(table, sheet.schema, sheet.schema, Names({}, {})))


def compare(before: Contents, after: Contents) -> Difference:
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
    old, ours = before.package, before.sheets
    new, theirs = after.package, after.sheets
    tables = _renamed_tables(ours, theirs)
    called = {tables.get(name, name): name for name in ours}
    pairs = {name: (ours[called[name]], sheet) for name, sheet in theirs.items() if name in called}
    # Most tables stay as they are from one release to the next.
    other = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    matched = {name: match(*pair) for name, pair in other.items()}
    fields = {
        name: renamed(a.schema["fields"], b.schema["fields"], matched[name].same_cells)
        for name, (a, b) in other.items()
    }
    names = Names(tables, fields)
    changes = [*_package(old, new), *_rules(before.rules, after.rules)]
    changes += _tables(called, ours, theirs, tables)
    for name, (a, b) in pairs.items():
        changes += _resource(old, new, called[name], name)
        if name in other or names.tables or any(names.fields.values()):
            # A table that stayed as it is may point to one that is called something else.
            changes += compare_schemas(name, a.schema, b.schema, names)
        if name in other:
            changes += compare_rows(name, a, b, matched[name], fields[name])
    numbers = {name: len(ours[was].rows) for name, was in called.items()}
    counts = [Count(name, numbers.get(name), len(sheet.rows)) for name, sheet in theirs.items()]
    counts += [Count(name, number, None) for name, number in numbers.items() if name not in theirs]
    return Difference(Side(before.name, before.version), Side(after.name, after.version), tuple(counts), tuple(changes))


def _sheet(package: Package, table: str) -> Sheet:
    resource = package.resource(table)
    for path in (resource["path"], resource["schema"]):
        # What is none of the package's is neither read nor shown.
        if isinstance(path, str) and (".." in path.split("/") or set(path) & set("\\:")):
            raise PackageError(f"{package.root}: {shown(path)} leads out of the package; see `reportedly validate`")
    sheet = Sheet(package.schema(table), list(package.rows(table)))
    names = sheet.names
    for row in sheet.rows:
        # A ragged row has a cell without a name, or a name without a cell.
        if list(row) != names or None in row.values():
            raise PackageError(f"{package.path(table)}: a row does not fit the schema; see `reportedly validate`")
    return sheet


def _renamed_tables(old: dict[str, Sheet], new: dict[str, Sheet]) -> dict[str, str]:
    """Return the tables that bear another name: same fields and key, and most rows the same."""
    found: dict[str, str] = {}
    for name in [name for name in old if name not in new]:
        for other in [other for other in new if other not in old and other not in found.values()]:
            a, b = old[name], new[other]
            alike = a.schema["fields"] == b.schema["fields"] and a.schema.get("primaryKey") == b.schema.get(
                "primaryKey"
            )
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
    called: dict[str, str], old: dict[str, Sheet], new: dict[str, Sheet], tables: dict[str, str]
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
