"""What a data package's files must be before anybody reads their cells: there, inside of the package, and stable byte for byte."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import hashlib
import re
from collections import Counter
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportedly import limits
from reportedly.errors import PackageError, reason
from reportedly.model.version import PATTERN as VERSION
from reportedly.package.csvfile import Reader, Text
from reportedly.package.descriptor import DESCRIPTOR, read_json
from reportedly.package.package import Package
from reportedly.text.display import clip
from reportedly.validation.report import Issue, More

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


SENTENCES = {
    "descriptor": "`datapackage.json` is a JSON object with a name of lower-case letters, digits, `.`, `_` and `-`, a version of three numbers (before its release with `-dev.0`), the time when it was created, and a list of resources, each with a name, a path and a schema; it has only properties that this format uses, and names only profiles of Data Package v2.",
    "safe-path": "Every path of a package is relative, leads to a regular file inside of the package, and follows no link out of it; a table's file ends in .csv, a schema's in .json.",
    "missing-file": "Every file that the descriptor names is there.",
    "table-set": "A package of this format has its nine tables and no other.",
    "format-schema": "A table's schema is the format's own, as this version of reportedly ships it.",
    "size": "A table's file has no more than 512 MiB, 2,000,000 rows, 64 columns and 131,072 characters in a cell, a JSON file no more than 8 MiB.",
    "encoding": "Files are UTF-8 without a byte-order mark.",
    "line-feed": "Lines end with a line feed alone, the last one too.",
    "plain-csv": "Cells are quoted as RFC 4180 says, and only where they must be.",
    "header": "A file's header is the schema's fields, in its order.",
    "sorted": "Rows are sorted by their primary key, text by code points, numbers by size.",
    "hash": "A resource's hash is the SHA-256 of its file.",
    "bytes": "A resource's bytes are the size of its file.",
    "row-count": "A resource's rows are the number of its file's rows.",
}

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
# What citations and exports are made of, file names among it: what it must be, and what to tell whoever has something else.
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
# How many findings of one kind in a descriptor are told, and how many names in a finding.
_MOST_TOLD = 100
_MOST_NAMES = 10


class Files:
    """The files of a package, checked one by one.

    Parameters
    ----------
    root
        The package's folder.
    expected
        The schemas of the format, by table.
    """

    def __init__(self, root: str, expected: dict[str, dict[str, Any]]) -> None:
        self.root = root
        self.expected = expected
        self.package = Package(root)

    def descriptor(self) -> Iterator[Issue]:
        """Yield what is wrong with the descriptor itself."""
        problem = self.package.problem(DESCRIPTOR)
        if problem:
            yield problem
            return
        try:
            descriptor = self.package.descriptor
        except PackageError as error:
            yield Issue(DESCRIPTOR, "descriptor", error.why, SENTENCES["descriptor"])
            return
        yield from self._fields(descriptor)

    def _fields(self, descriptor: dict[str, Any]) -> Iterator[Issue]:
        yield from self._named(descriptor)
        # frictionless takes an identifier of any type.
        if not isinstance(descriptor.get("id", ""), str):
            yield self._wrong(
                f"id of the package is {clip(str(descriptor['id']))}", "a text, such as a DOI or urn:uuid:…"
            )
        yield from self._contributors(descriptor.get("contributors"))
        resources = descriptor.get("resources")
        if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
            yield self._wrong("resources is no list of objects", "a list with an object for each table")
            return
        if len(resources) > limits.RESOURCES:
            yield self._wrong(f"there are {len(resources):,} resources", f"{limits.RESOURCES} at most")
            return
        for place, resource in enumerate(resources):
            for name in ("name", "path", "schema"):
                if not isinstance(resource.get(name), str):
                    expected = f"a {name}; schemas by path, as schemas/<table>.json"
                    yield self._wrong(f"resource {place} has no {name} that is a text", expected)
        yield from self._properties(descriptor, resources)
        yield from self._profiles(descriptor, resources)
        yield from self._table_set([resource.get("name") for resource in resources])

    def _named(self, descriptor: dict[str, Any]) -> Iterator[Issue]:
        for name, (pattern, expected) in _ASKED.items():
            found = descriptor.get(name)
            if found is None:
                yield self._wrong(f"there is no {name}", expected)
            elif (
                not isinstance(found, str)
                or not pattern.fullmatch(found)
                or (name == "created" and not _is_time(found))
            ):
                yield self._wrong(f"{name} of the package is {clip(str(found))}", expected)

    def _contributors(self, found: Any) -> Iterator[Issue]:
        """Yield the properties of contributors that are of another type, which frictionless does not look at."""
        people = found if isinstance(found, list) else []
        for place, one in enumerate(person for person in people[:_MOST_TOLD] if isinstance(person, dict)):
            for name in ("givenName", "familyName", "organization"):
                if not isinstance(one.get(name, ""), str):
                    yield self._wrong(f"{name} of contributor {place} is {clip(str(one[name]))}", "a text")
            roles = one.get("roles", [])
            if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
                yield self._wrong(
                    f"roles of contributor {place} is {clip(str(roles))}", 'a list of texts, such as ["creator"]'
                )

    def _wrong(self, message: str, expected: str) -> Issue:
        return Issue(DESCRIPTOR, "descriptor", message, expected)

    def _properties(self, descriptor: dict[str, Any], resources: list[dict[str, Any]]) -> Iterator[Issue]:
        for name in islice(sorted(descriptor.keys() - _OF_PACKAGE), _MOST_TOLD):
            yield self._wrong(f"the package has a property {clip(name)}", f"only {', '.join(sorted(_OF_PACKAGE))}")
        for place, resource in enumerate(resources):
            for name in islice(sorted(resource.keys() - _OF_RESOURCE), _MOST_TOLD):
                message = f"resource {place} has a property {clip(name)}"
                yield self._wrong(message, f"only {', '.join(sorted(_OF_RESOURCE))}")
            for name, right in _FIXED.items():
                if resource.get(name, right) != right:
                    yield self._wrong(f"{name} of resource {place} is {clip(str(resource[name]))}", right)
            for name, (kind, expected) in _MEASURES.items():
                if not isinstance(resource.get(name, kind()), kind):
                    yield self._wrong(f"{name} of resource {place} is {clip(str(resource[name]))}", expected)

    def _profiles(self, descriptor: dict[str, Any], resources: list[dict[str, Any]]) -> Iterator[Issue]:
        holders = {"the package": descriptor, **{f"resource {n}": resource for n, resource in enumerate(resources)}}
        for where, holder in holders.items():
            profile = holder.get("$schema", _PROFILE)
            if not isinstance(profile, str) or not profile.startswith(_PROFILE):
                name = "datapackage" if holder is descriptor else "dataresource"
                expected = f"a profile of Data Package v2, such as {_PROFILE}0/{name}.json"
                yield self._wrong(f"$schema of {where} is {clip(str(profile))}", expected)

    def _table_set(self, names: list[Any]) -> Iterator[Issue]:
        for table in self.expected:
            if names.count(table) != 1:
                message = f"{names.count(table)} resources are named {table}"
                yield Issue(DESCRIPTOR, "table-set", message, f"one resource named {table}", table=table)
        for name in names:
            if isinstance(name, str) and name not in self.expected:
                message = f"there is a resource {clip(name)}"
                yield Issue(DESCRIPTOR, "table-set", message, f"only {', '.join(self.expected)}")

    def schema(self, table: str) -> Iterator[Issue]:
        """Yield how a table's schema differs from the format's."""
        path = str(self.package.resource(table)["schema"])
        problem = self.package.problem(path, table, (".json",))
        if problem:
            yield problem
            return
        try:
            found = read_json(self.package.file(*path.split("/")))
        except PackageError as error:
            yield Issue(path, "descriptor", error.why, "a Table Schema as a JSON object", table=table)
            return
        if found != self.expected[table]:
            names = [
                key for key in {**self.expected[table], **found} if found.get(key) != self.expected[table].get(key)
            ]
            yield Issue(
                path,
                "format-schema",
                f"differs in {_listed(name if name.isidentifier() and len(name) <= 60 else clip(name) for name in names)}",
                "the schema that `reportedly path --schema` points to",
                table=table,
            )

    def table(self, table: str) -> tuple[list[Issue | More], Text | None]:
        """Return what is wrong with a table's bytes, and its text where it can be read at all."""
        resource = self.package.resource(table)
        path = str(resource["path"])
        problem = self.package.problem(path, table)
        if problem:
            return [problem], None
        full = self.package.file(*path.split("/"))
        try:
            too_much = limits.unfit_table(full)
            if too_much:
                return [Issue(path, "size", too_much, SENTENCES["size"], table=table)], None
            data = Path(full).read_bytes()
        except OSError as error:
            return [Issue(path, "missing-file", reason(error), "a file that can be read", table=table)], None
        issues: list[Issue | More] = [*self._against_descriptor(table, resource, data)]
        issues += self._encoding(path, table, data)
        found, problems = self._cells(path, table, data)
        issues += problems
        if found:
            issues += self._sorted(path, table, found)
            rows = resource.get("rows", len(found.rows))
            if rows != len(found.rows):
                issues.append(
                    Issue(DESCRIPTOR, "row-count", f"rows of {table} is {rows}", str(len(found.rows)), table=table)
                )
        return issues, found

    def _against_descriptor(self, table: str, resource: dict[str, Any], data: bytes) -> Iterator[Issue]:
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if resource.get("hash") != digest:
            yield Issue(
                DESCRIPTOR, "hash", f"hash of {table} is {clip(str(resource.get('hash')))}", digest, table=table
            )
        if resource.get("bytes") != len(data):
            yield Issue(
                DESCRIPTOR, "bytes", f"bytes of {table} is {resource.get('bytes')}", str(len(data)), table=table
            )

    def _encoding(self, path: str, table: str, data: bytes) -> Iterator[Issue]:
        if data.startswith(codecs.BOM_UTF8):
            yield Issue(
                path, "encoding", "the file begins with a byte-order mark", "UTF-8 without it", table=table, row=1
            )
        at = data.find(b"\r")
        if at >= 0:
            yield Issue(
                path, "line-feed", "a carriage return", "a line feed alone", table=table, row=data[:at].count(b"\n") + 1
            )
        elif data and not data.endswith(b"\n"):
            yield Issue(
                path, "line-feed", "the last line does not end", "a line feed", table=table, row=data.count(b"\n") + 1
            )

    def _cells(self, path: str, table: str, data: bytes) -> tuple[Text | None, list[Issue]]:
        wanted = [field["name"] for field in self.expected[table]["fields"]]
        reader = Reader(data)
        try:
            header, rows = reader.read()
        except (UnicodeDecodeError, csv.Error) as error:
            undecodable = _undecodable(path, table, data)
            if undecodable:
                return None, [undecodable]
            rule = "size" if "limit" in str(error) else "plain-csv"
            # What was read before the error is counted.
            return None, [Issue(path, rule, str(error), SENTENCES[rule], table=table, row=reader.records + 1)]
        issues = []
        if header != wanted:
            issues.append(Issue(path, "header", _difference(header, wanted), ",".join(wanted), table=table, row=1))
        elif reader.odd:
            line, right = reader.odd
            told = f"line {line} is quoted in another way"
            issues.append(Issue(path, "plain-csv", told, clip(right), table=table, row=line))
        # A header in another order still tells which cell is which; with a name twice or missing nobody can.
        usable = sorted(header) == sorted(wanted)
        digest = hashlib.sha256(data.removeprefix(codecs.BOM_UTF8)).hexdigest()
        return (Text(header, rows, digest) if usable else None), issues

    def _sorted(self, path: str, table: str, text: Text) -> Iterator[Issue | More]:
        names = self.expected[table]["primaryKey"]
        numeric = {field["name"] for field in self.expected[table]["fields"] if field["type"] == "integer"}
        places = [(text.header.index(name), name in numeric) for name in names]

        def key(row: list[str]) -> tuple[tuple[int, str], ...]:
            cells = [(row[place] if place < len(row) else "", number) for place, number in places]
            return tuple((int(cell), "") if number and cell.isdecimal() else (0, cell) for cell, number in cells)

        wrong = [number for (_, before), (number, row) in pairwise(text.rows.items()) if key(row) < key(before)]
        for number in wrong[: limits.FINDINGS]:
            row = text.rows[number]
            yield Issue(
                path,
                "sorted",
                "the row belongs before the one above it",
                "rows sorted by " + ", ".join(names),
                table=table,
                row=number,
                key="/".join(row[place] for place, _ in places if place < len(row)),
                field=names[0],
            )
        if len(wrong) > limits.FINDINGS:
            yield More(path, "sorted", table, names[0], len(wrong) - limits.FINDINGS)


def _is_time(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _undecodable(path: str, table: str, data: bytes) -> Issue | None:
    """Return where a file is not UTF-8, if anywhere."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        return Issue(path, "encoding", reason(error), "UTF-8", table=table, row=row)
    return None


def _difference(header: list[str], wanted: list[str]) -> str:
    if not header:
        return "the file is empty"
    twice = sorted(name for name, times in Counter(header).items() if times > 1)
    missing = [name for name in wanted if name not in header]
    extra = [name for name in header if name not in wanted]
    parts = [
        f"{words} {_listed(map(clip, names))}"
        for words, names in (("twice:", twice), ("missing:", missing), ("not in the schema:", extra))
        if names
    ]
    return "; ".join(parts) or "the fields stand in another order"


def _listed(names: Iterable[str]) -> str:
    """Return names in a line, of many the first."""
    found = list(names)
    more = [f"and {len(found) - _MOST_NAMES} more"] if len(found) > _MOST_NAMES else []
    return ", ".join([*found[:_MOST_NAMES], *more])
