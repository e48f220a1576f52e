"""What a package's files must be before anybody reads their cells: there, inside the package, and stable byte for byte."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportedly import limits
from reportedly.errors import PackageError, reason
from reportedly.package.csvfile import Reader, Text
from reportedly.package.descriptor import DESCRIPTOR, read_json
from reportedly.package.package import Package
from reportedly.rules.catalogue import RULES
from reportedly.text.display import clip
from reportedly.validation.descriptor import refusal_issue
from reportedly.validation.report import Issue, Omitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reportedly.model.schema import Format


# How many names a finding lists.
_MOST_NAMES = 10


class Files:
    """The files of a package, checked one by one.

    Parameters
    ----------
    root
        The package's folder.
    form
        The format.
    """

    def __init__(self, root: str, form: Format) -> None:
        self.root = root
        self.form = form
        self.package = Package(root)

    def schema(self, table: str) -> Iterator[Issue]:
        """Yield how a table's schema differs from the format's."""
        path = str(self.package.resource(table)["schema"])
        if refused := self.package.refusal(path, (".json",)):
            yield refusal_issue(refused, path, table)
            return
        try:
            found = read_json(self.package.file(*path.split("/")))
        except PackageError as error:
            yield Issue(path, "descriptor", error.why, "a Table Schema as a JSON object", table=table)
            return
        right = self.form.table(table).descriptor
        if found != right:
            names = [key for key in {**right, **found} if found.get(key) != right.get(key)]
            yield Issue(
                path,
                "format-schema",
                f"differs in {_listed(name if name.isidentifier() and len(name) <= 60 else clip(name) for name in names)}",
                "the schema that `reportedly path --schema` points to",
                table=table,
            )

    def table(self, table: str) -> tuple[list[Issue | Omitted], Text | None]:
        """Return what is wrong with a table's bytes, and its text where it can be read at all."""
        resource = self.package.resource(table)
        path = str(resource["path"])
        if refused := self.package.refusal(path):
            return [refusal_issue(refused, path, table)], None
        full = self.package.file(*path.split("/"))
        try:
            too_much = limits.unfit_table(full)
            if too_much:
                return [Issue(path, "size", too_much, RULES["size"].sentence, table=table)], None
            data = Path(full).read_bytes()
        except OSError as error:
            return [Issue(path, "missing-file", reason(error), "a file that can be read", table=table)], None
        issues: list[Issue | Omitted] = [*self._against_descriptor(table, resource, data)]
        issues += self._encoding(path, table, data)
        found, problems = self._cells(path, table, data)
        issues += problems
        if found:
            issues += _counted(self._widths(path, table, found))
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
        wanted = self.form.table(table).names
        reader = Reader(data)
        try:
            header, rows = reader.read()
        except (UnicodeDecodeError, csv.Error) as error:
            undecodable = _undecodable(path, table, data)
            if undecodable:
                return None, [undecodable]
            rule = "size" if "limit" in str(error) else "plain-csv"
            # What was read before the error is counted.
            return None, [Issue(path, rule, str(error), RULES[rule].sentence, table=table, row=reader.records + 1)]
        issues = []
        if header != wanted:
            issues.append(Issue(path, "header", _difference(header, wanted), ",".join(wanted), table=table, row=1))
        elif reader.odd:
            line, right = reader.odd
            message = f"line {line} is quoted in another way"
            issues.append(Issue(path, "plain-csv", message, clip(right), table=table, row=line))
        # A header in another order still says which cell is which; with a name twice or missing nobody can.
        usable = sorted(header) == sorted(wanted)
        return (Text(header, rows, reader.records) if usable else None), issues

    def _sorted(self, path: str, table: str, text: Text) -> Iterator[Issue | Omitted]:
        described = self.form.table(table)
        rows = {number: dict(zip(text.header, row, strict=False)) for number, row in text.rows.items()}
        orders = ((number, described.order(row)) for number, row in rows.items())
        wrong = [number for (_, before), (number, order) in pairwise(orders) if order < before]
        for number in wrong[: limits.FINDINGS]:
            yield Issue(
                path,
                "sorted",
                "the row belongs before the one above it",
                "rows sorted by " + ", ".join(described.key),
                table=table,
                row=number,
                key=described.key_text(rows[number]),
                field=described.key[0],
            )
        if len(wrong) > limits.FINDINGS:
            yield Omitted(path, "sorted", table, described.key[0], len(wrong) - limits.FINDINGS)

    @staticmethod
    def _widths(path: str, table: str, text: Text) -> Iterator[Issue]:
        """Yield the lines that are blank, and the rows that are longer or shorter than the header."""
        width = len(text.header)
        right = "as many cells as the header has fields"
        for number in range(2, text.records + 1):
            row = text.rows.get(number, [])
            if not any(row):
                yield Issue(path, "blank-row", "this line is blank", "no blank line", table=table, row=number)
            elif len(row) > width:
                more = f"the row has {len(row)} cells, the header {width}"
                yield Issue(path, "extra-cell", more, right, table=table, row=number, value=row[width])
            for name in text.header[len(row) :] if any(row) else ():
                less = f"the row ends before {name}"
                yield Issue(path, "missing-cell", less, right, table=table, row=number, field=name)


def _counted(issues: Iterable[Issue]) -> Iterator[Issue | Omitted]:
    """Yield findings, of those of one rule in one field only the first; the others are counted."""
    counts: Counter[tuple[str, str]] = Counter()
    for issue in issues:
        counts[issue.rule, issue.field] += 1
        if counts[issue.rule, issue.field] <= limits.FINDINGS:
            last = issue
            yield issue
    for (rule, field), count in counts.items():
        if count > limits.FINDINGS:
            yield Omitted(last.file, rule, last.table, field, count - limits.FINDINGS)


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
    return "; ".join(parts) or "the fields are in another order"


def _listed(names: Iterable[str]) -> str:
    """Return names in a line, of many the first."""
    found = list(names)
    more = [f"and {len(found) - _MOST_NAMES} more"] if len(found) > _MOST_NAMES else []
    return ", ".join([*found[:_MOST_NAMES], *more])
