"""What a data package's files must be before anybody reads their cells: there, inside of the package, and stable byte for byte."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import stat
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from reportedly.errors import PackageError
from reportedly.package import DESCRIPTOR, Package, read_json, reason
from reportedly.report import Issue, clip

if TYPE_CHECKING:
    from collections.abc import Iterator


SENTENCES = {
    "descriptor": "`datapackage.json` is a JSON object with a version and a list of resources, each with a name, a path and a schema; it has only properties that this format uses, and names only profiles of Data Package v2.",
    "safe-path": "Every path of a package is relative, leads to a regular file inside of the package, and follows no link out of it.",
    "missing-file": "Every file that the descriptor names is there.",
    "table-set": "A package of this format has its nine tables and no other.",
    "format-schema": "A table's schema is the format's own, as this version of reportedly ships it.",
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
_FIXED = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
_MOST_FILES, _MOST_BYTES = 10_000, 2 * 1024**3
_MOST_JSON = 8 * 1024**2


class Text(NamedTuple):
    """A table's file as text: its header and its rows, every cell as it stands, by the number that a spreadsheet shows."""

    header: list[str]
    rows: dict[int, list[str]]
    digest: str


def unpack(archive: str, folder: str) -> str:
    """Unpack a zipped data package.

    Parameters
    ----------
    archive
        The zip file.
    folder
        An empty folder to unpack into.

    Returns
    -------
    str
        The folder that holds the descriptor.

    Raises
    ------
    PackageError
        If it is no zip file, holds no descriptor, or would leave the folder, or is larger than 2 GiB or 10,000 files unpacked.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
            if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_BYTES:
                raise PackageError(f"{archive}: more than {_MOST_FILES} files or {_MOST_BYTES} bytes when unpacked")
            for member in members:
                if not _inside(member.filename) or stat.S_ISLNK(member.external_attr >> 16):
                    raise PackageError(f"{archive}: holds {clip(member.filename)}, which would leave the package")
            homes = sorted((name for name in packed.namelist() if PurePosixPath(name).name == DESCRIPTOR), key=len)
            if not homes:
                raise PackageError(f"{archive}: holds no {DESCRIPTOR}")
            packed.extractall(folder)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise PackageError(f"{archive}: {reason(error)}") from error
    return str(Path(folder, homes[0]).parent)


def _inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith(("/", "\\"))
        and ".." not in parts
        and ":" not in parts[0]
        and "\\" not in path
    )


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
        problem = self._unreadable(DESCRIPTOR)
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
        if not isinstance(descriptor.get("version"), str):
            yield self._wrong("there is no version", 'a version such as "1.0.0"')
        resources = descriptor.get("resources")
        if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
            yield self._wrong("resources is no list of objects", "a list with an object for each table")
            return
        for place, resource in enumerate(resources):
            for name in ("name", "path", "schema"):
                if not isinstance(resource.get(name), str):
                    expected = f"a {name}; schemas by path, as schemas/<table>.json"
                    yield self._wrong(f"resource {place} has no {name} that is a text", expected)
        yield from self._properties(descriptor, resources)
        yield from self._profiles(descriptor, resources)
        yield from self._table_set([resource.get("name") for resource in resources])

    def _wrong(self, message: str, expected: str) -> Issue:
        return Issue(DESCRIPTOR, "descriptor", message, expected)

    def _properties(self, descriptor: dict[str, Any], resources: list[dict[str, Any]]) -> Iterator[Issue]:
        for name in sorted(descriptor.keys() - _OF_PACKAGE):
            yield self._wrong(f"the package has a property {clip(name)}", f"only {', '.join(sorted(_OF_PACKAGE))}")
        for place, resource in enumerate(resources):
            for name in sorted(resource.keys() - _OF_RESOURCE):
                message = f"resource {place} has a property {clip(name)}"
                yield self._wrong(message, f"only {', '.join(sorted(_OF_RESOURCE))}")
            for name, right in _FIXED.items():
                if resource.get(name, right) != right:
                    yield self._wrong(f"{name} of resource {place} is {clip(str(resource[name]))}", right)
            for name, kind in (("hash", str), ("bytes", int), ("rows", int)):
                if not isinstance(resource.get(name, kind()), kind):
                    message = f"{name} of resource {place} is {clip(str(resource[name]))}"
                    yield self._wrong(message, {str: "a text", int: "a whole number"}[kind])

    def _profiles(self, descriptor: dict[str, Any], resources: list[dict[str, Any]]) -> Iterator[Issue]:
        holders = {"the package": descriptor, **{f"resource {n}": resource for n, resource in enumerate(resources)}}
        for where, holder in holders.items():
            profile = holder.get("$schema", _PROFILE)
            if not isinstance(profile, str) or not profile.startswith(_PROFILE):
                expected = f"a profile of Data Package v2, {_PROFILE}…"
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

    def _unreadable(self, path: str, table: str = "") -> Issue | None:
        """Return why a path of the package must not or cannot be read, if so."""
        if not _inside(path):
            return Issue(
                DESCRIPTOR,
                "safe-path",
                f"the path {clip(path)} leaves the package",
                "a relative path inside of the package",
                table=table,
            )
        try:
            return self._not_a_file(path, table)
        except (OSError, ValueError) as error:
            # A name that no file can have: too long, with a NUL byte or half a character.
            why = f"the path {clip(path)} is none that a file can have ({type(error).__name__})"
            return Issue(DESCRIPTOR, "safe-path", why, "a relative path inside of the package", table=table)

    def _not_a_file(self, path: str, table: str) -> Issue | None:
        full = Path(self.root, *path.split("/"))
        home = os.path.realpath(self.root)

        def wrong(rule: str, message: str, expected: str) -> Issue:
            return Issue(path, rule, message, expected, table=table)

        if os.path.commonpath([home, os.path.realpath(full)]) != home:
            return wrong("safe-path", "a link leads out of the package", "a regular file inside of the package")
        if not full.exists():
            return wrong("missing-file", "there is no such file", "the file, or no mention of it")
        if not full.is_file():
            return wrong("safe-path", "this is no regular file", "a regular file inside of the package")
        if path.endswith(".json") and full.stat().st_size > _MOST_JSON:
            return wrong("descriptor", f"larger than {_MOST_JSON} bytes", "a descriptor of ordinary size")
        return None

    def schema(self, table: str) -> Iterator[Issue]:
        """Yield how a table's schema differs from the format's."""
        path = str(self.package.resource(table)["schema"])
        problem = self._unreadable(path, table)
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
                f"differs in {', '.join(names)}",
                "the schema that `reportedly path --schema` points to",
                table=table,
            )

    def table(self, table: str) -> tuple[list[Issue], Text | None]:
        """Return what is wrong with a table's bytes, and its text where it can be read at all."""
        resource = self.package.resource(table)
        path = str(resource["path"])
        problem = self._unreadable(path, table)
        if problem:
            return [problem], None
        try:
            data = Path(self.root, *path.split("/")).read_bytes()
        except OSError as error:
            return [Issue(path, "missing-file", reason(error), "a file that can be read", table=table)], None
        issues = list(self._against_descriptor(table, resource, data))
        issues += self._encoding(path, table, data)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return issues, None
        found, problems = self._cells(path, table, text)
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
        if data.startswith(b"\xef\xbb\xbf"):
            yield Issue(
                path, "encoding", "the file begins with a byte-order mark", "UTF-8 without it", table=table, row=1
            )
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            row = data[: error.start].count(b"\n") + 1
            yield Issue(path, "encoding", reason(error), "UTF-8", table=table, row=row)
        at = data.find(b"\r")
        if at >= 0:
            yield Issue(
                path, "line-feed", "a carriage return", "a line feed alone", table=table, row=data[:at].count(b"\n") + 1
            )
        elif data and not data.endswith(b"\n"):
            yield Issue(
                path, "line-feed", "the last line does not end", "a line feed", table=table, row=data.count(b"\n") + 1
            )

    def _cells(self, path: str, table: str, text: str) -> tuple[Text | None, list[Issue]]:
        before = csv.field_size_limit(_MOST_BYTES - 1)
        rows: list[list[str]] = []
        try:
            rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as error:
            # What was read before the error is in the list already.
            return None, [Issue(path, "plain-csv", str(error), SENTENCES["plain-csv"], table=table, row=len(rows) + 1)]
        finally:
            csv.field_size_limit(before)
        issues = []
        wanted = [field["name"] for field in self.expected[table]["fields"]]
        header = rows[0] if rows else []
        if header != wanted:
            issues.append(Issue(path, "header", _difference(header, wanted), ",".join(wanted), table=table, row=1))
        elif not any("\r" in cell for row in rows for cell in row):
            again = io.StringIO(newline="")
            csv.writer(again, lineterminator="\n").writerows(rows)
            ours, theirs = again.getvalue().split("\n"), text.replace("\r\n", "\n").split("\n")
            odd = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False), 1) if a != b), 0)
            if odd:
                issues.append(
                    Issue(
                        path,
                        "plain-csv",
                        f"line {odd} is quoted in another way",
                        clip(ours[odd - 1]),
                        table=table,
                        row=odd,
                    )
                )
        # A header in another order still tells which cell is which; with a name twice or missing nobody can.
        usable = sorted(header) == sorted(wanted)
        filled = {number: row for number, row in enumerate(rows, 1) if row and number > 1}
        return (Text(header, filled, hashlib.sha256(text.encode()).hexdigest()) if usable else None), issues

    def _sorted(self, path: str, table: str, text: Text) -> Iterator[Issue]:
        names = self.expected[table]["primaryKey"]
        numeric = {field["name"] for field in self.expected[table]["fields"] if field["type"] == "integer"}
        places = [(text.header.index(name), name in numeric) for name in names]

        def key(row: list[str]) -> tuple[tuple[int, str], ...]:
            cells = [(row[place] if place < len(row) else "", number) for place, number in places]
            return tuple((int(cell), "") if number and cell.isdecimal() else (0, cell) for cell, number in cells)

        for (_, before), (number, row) in pairwise(text.rows.items()):
            if key(row) < key(before):
                shown = "/".join(row[place] for place, _ in places if place < len(row))
                yield Issue(
                    path,
                    "sorted",
                    "the row belongs before the one above it",
                    "rows sorted by " + ", ".join(names),
                    table=table,
                    row=number,
                    key=shown,
                    field=names[0],
                )


def _difference(header: list[str], wanted: list[str]) -> str:
    if not header:
        return "the file is empty"
    twice = sorted({name for name in header if header.count(name) > 1})
    missing = [name for name in wanted if name not in header]
    extra = [name for name in header if name not in wanted]
    parts = [
        f"{words} {', '.join(map(clip, names))}"
        for words, names in (("twice:", twice), ("missing:", missing), ("not in the schema:", extra))
        if names
    ]
    return "; ".join(parts) or "the fields stand in another order"
