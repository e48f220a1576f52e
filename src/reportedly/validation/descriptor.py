"""What a descriptor must be: what this format asks of it, and what the Data Package standard asks, which frictionless judges."""

from __future__ import annotations

import datetime as dt
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from reportedly import limits
from reportedly.errors import PackageError
from reportedly.model.version import PATTERN as VERSION
from reportedly.package.descriptor import DESCRIPTOR
from reportedly.package.shipped import shipped
from reportedly.rules.catalogue import RULES
from reportedly.text.display import clip
from reportedly.validation.report import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.package.package import Package
    from reportedly.package.paths import Refusal


_PROFILE = "https://datapackage.org/profiles/2."
# What a descriptor of this format may say. Anything else, such as a dialect, would have other software read other files or other cells.
_OF_PACKAGE = {
    *("$schema", "id", "name", "title", "description", "homepage", "version", "created", "keywords", "image"),
    *("licenses", "contributors", "sources", "resources"),
}
_OF_RESOURCE = {
    *(
        "$schema",
        "name",
        "type",
        "path",
        "title",
        "description",
        "homepage",
        "schema",
        "format",
        "mediatype",
        "encoding",
    ),
    *("bytes", "hash", "rows", "licenses", "sources"),
}
# What citations and exports are made of, file names among it: what it must be, and what to tell a user who has something else.
_ASKED = {
    "name": (
        re.compile(r"[a-z0-9._-]{1,100}"),
        "a name of lower-case letters, digits, full stops, underscores and hyphens, 100 at most",
    ),
    "version": (
        VERSION,
        'three numbers of nine digits at most, such as "1.0.0", or before its release "1.0.0-dev.0"',
    ),
    "created": (
        re.compile(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
        ),
        "a time with its zone, such as 2026-11-22T09:30:00Z",
    ),
}
_MEASURES: dict[str, tuple[type, str]] = {
    "hash": (str, "a text: sha256: and the SHA-256 digest of the file"),
    "bytes": (int, "a whole number: the size of the file"),
    "rows": (int, "a whole number: how many rows the file has"),
}
_FIXED = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
# How many findings of one kind in a descriptor are reported.
_MOST_TOLD = 100
_STANDARD = "what the Data Package standard asks for"


def refusal_issue(refused: Refusal, path: str, table: str = "") -> Issue:
    """Return the finding that a file must not or cannot be read; the descriptor is to blame for the path itself."""
    return Issue(
        DESCRIPTOR if refused.is_of_path else path, refused.rule, refused.message, refused.expected, table=table
    )


def check_descriptor(package: Package, tables: list[str]) -> Iterator[Issue]:
    """Yield what is wrong with a descriptor by this format.

    Parameters
    ----------
    package
        The package.
    tables
        The names of the format's tables.
    """
    if refused := package.refusal(DESCRIPTOR):
        yield refusal_issue(refused, DESCRIPTOR)
        return
    try:
        descriptor = package.descriptor
    except PackageError as error:
        yield Issue(DESCRIPTOR, "descriptor", error.why, RULES["descriptor"].sentence)
        return
    yield from _fields(descriptor, tables)


def _fields(descriptor: dict[str, Any], tables: list[str]) -> Iterator[Issue]:
    yield from _named(descriptor)
    # frictionless takes an identifier of any type.
    if not isinstance(descriptor.get("id", ""), str):
        yield _wrong(f"id of the package is {clip(str(descriptor['id']))}", "a text, such as a DOI or urn:uuid:…")
    yield from _contributors(descriptor.get("contributors"))
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        yield _wrong("resources is no list of objects", "a list with an object for each table")
        return
    if len(resources) > limits.RESOURCES:
        yield _wrong(f"there are {len(resources):,} resources", f"{limits.RESOURCES} at most")
        return
    for place, resource in enumerate(resources):
        for name in ("name", "path", "schema"):
            if not isinstance(resource.get(name), str):
                expected = f"a {name}; schemas by path, as schemas/<table>.json"
                yield _wrong(f"resource {place} has no {name} that is a text", expected)
    yield from _properties(descriptor, resources)
    yield from _profiles(descriptor, resources)
    yield from _table_set([resource.get("name") for resource in resources], tables)


def _named(descriptor: dict[str, Any]) -> Iterator[Issue]:
    for name, (pattern, expected) in _ASKED.items():
        found = descriptor.get(name)
        if found is None:
            yield _wrong(f"there is no {name}", expected)
        elif not isinstance(found, str) or not pattern.fullmatch(found) or (name == "created" and not _is_time(found)):
            yield _wrong(f"{name} of the package is {clip(str(found))}", expected)


def _contributors(found: Any) -> Iterator[Issue]:
    """Yield the properties of contributors that are of another type, which frictionless does not look at."""
    people = found if isinstance(found, list) else []
    for place, one in enumerate(person for person in people[:_MOST_TOLD] if isinstance(person, dict)):
        for name in ("givenName", "familyName", "organization"):
            if not isinstance(one.get(name, ""), str):
                yield _wrong(f"{name} of contributor {place} is {clip(str(one[name]))}", "a text")
        roles = one.get("roles", [])
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            yield _wrong(f"roles of contributor {place} is {clip(str(roles))}", 'a list of texts, such as ["creator"]')


def _wrong(message: str, expected: str) -> Issue:
    return Issue(DESCRIPTOR, "descriptor", message, expected)


def _properties(descriptor: dict[str, Any], resources: list[dict[str, Any]]) -> Iterator[Issue]:
    for name in islice(sorted(descriptor.keys() - _OF_PACKAGE), _MOST_TOLD):
        yield _wrong(f"the package has a property {clip(name)}", f"only {', '.join(sorted(_OF_PACKAGE))}")
    for place, resource in enumerate(resources):
        for name in islice(sorted(resource.keys() - _OF_RESOURCE), _MOST_TOLD):
            message = f"resource {place} has a property {clip(name)}"
            yield _wrong(message, f"only {', '.join(sorted(_OF_RESOURCE))}")
        for name, right in _FIXED.items():
            if resource.get(name, right) != right:
                yield _wrong(f"{name} of resource {place} is {clip(str(resource[name]))}", right)
        for name, (kind, expected) in _MEASURES.items():
            if not isinstance(resource.get(name, kind()), kind):
                yield _wrong(f"{name} of resource {place} is {clip(str(resource[name]))}", expected)


def _profiles(descriptor: dict[str, Any], resources: list[dict[str, Any]]) -> Iterator[Issue]:
    holders = {"the package": descriptor, **{f"resource {n}": resource for n, resource in enumerate(resources)}}
    for where, holder in holders.items():
        profile = holder.get("$schema", _PROFILE)
        if not isinstance(profile, str) or not profile.startswith(_PROFILE):
            name = "datapackage" if holder is descriptor else "dataresource"
            expected = f"a profile of Data Package v2, such as {_PROFILE}0/{name}.json"
            yield _wrong(f"$schema of {where} is {clip(str(profile))}", expected)


def _table_set(names: list[Any], tables: list[str]) -> Iterator[Issue]:
    for table in tables:
        if names.count(table) != 1:
            message = f"{names.count(table)} resources are named {table}"
            yield Issue(DESCRIPTOR, "table-set", message, f"one resource named {table}", table=table)
    for name in names:
        if isinstance(name, str) and name not in tables:
            message = f"there is a resource {clip(name)}"
            yield Issue(DESCRIPTOR, "table-set", message, f"only {', '.join(tables)}")


def _is_time(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


# What our own checks above, and those of files, look at; in all else a descriptor as the shipped one is right.
_OWN = {"package": {"id", "name", "version", "created"}, "resource": {"hash", "bytes", "rows"}}


def _standard_part(descriptor: dict[str, Any]) -> dict[str, Any]:
    """Return what only the standard says something about."""
    found = {name: value for name, value in descriptor.items() if name not in _OWN["package"]}
    found["resources"] = [
        {name: value for name, value in resource.items() if name not in _OWN["resource"]}
        for resource in descriptor["resources"]
    ]
    return found


def check_standard(descriptor: dict[str, Any]) -> list[Issue]:
    """Return what is wrong with a descriptor by the Data Package standard, as frictionless finds it.

    It is not asked about a descriptor that differs from the shipped one only in what the checks of this format cover: a test asks it about that one.

    Parameters
    ----------
    descriptor
        A descriptor in which the checks of this format find nothing.

    Returns
    -------
    list of Issue
        With frictionless's error types as rules.
    """
    if _standard_part(descriptor) == _standard_part(shipped().descriptor):
        return []
    from frictionless import FrictionlessException, Package, system

    try:
        with system.use_context(trusted=False):
            errors = list(Package.metadata_validate(descriptor))
    except FrictionlessException as failure:
        errors = failure.to_errors()
    except MemoryError:
        raise
    except Exception as failure:  # noqa: BLE001 - on odd descriptors frictionless stumbles in ways that it does not name
        message = f"frictionless cannot read it ({type(failure).__name__})"
        return [Issue(DESCRIPTOR, "descriptor", message, _STANDARD)]
    return [Issue(DESCRIPTOR, error.type, error.message, _STANDARD) for error in errors]
