"""Findings of a validation, and how they are reported to people and machines."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from reportedly.text.display import clip

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Issue:
    """One finding.

    Parameters
    ----------
    file
        The file, relative to the package.
    rule
        The rule or constraint that is broken.
    message
        What is wrong.
    expected
        What would be right.
    table, row, key, field, value
        Where: the table, the row number as a spreadsheet shows it (the header is row 1), the row's primary key, the field, and the
        value as it is in the file. Empty, or 0 for the row, where it does not apply.
    """

    file: str
    rule: str
    message: str
    expected: str
    table: str = ""
    row: int = 0
    key: str = ""
    field: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f" row {self.row}"
        if self.key:
            place += f" ({self.key if len(self.key) <= 60 and self.key.isprintable() else clip(self.key)})"
        if self.field:
            place += f", {self.field}"
        if self.value:
            place += f" = {clip(self.value)}"
        return f"{place}: {self.message} [{self.rule}]. Expected: {self.expected}"


@dataclass(frozen=True)
class Omitted:
    """Further findings like those that are reported, which are only counted.

    Parameters
    ----------
    file, rule, table, field
        What they have in common with those that are reported.
    count
        How many there are.
    """

    file: str
    rule: str
    table: str
    field: str
    count: int

    def __str__(self) -> str:
        place = f"{self.file}, {self.field}" if self.field else self.file
        return f"{place}: {self.count:,} more like those above, which are only counted [{self.rule}]"


@dataclass(frozen=True)
class Report:
    """The outcome of a validation.

    Parameters
    ----------
    package
        What was validated.
    version
        The dataset's version, as its descriptor gives it.
    rows
        Number of rows by table.
    issues
        All findings, in the order of tables, rows and fields; of very many like each other the first.
    more
        How many there are besides, by file, rule and field.
    skipped
        What could not be checked because of a finding, in sentences.
    """

    package: str
    version: str
    rows: dict[str, int]
    issues: tuple[Issue, ...]
    skipped: tuple[str, ...] = ()
    more: tuple[Omitted, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no finding."""
        return not self.issues

    def to_text(self) -> str:
        """Return the report for people."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from map(str, self.issues)
        yield from map(str, self.more)
        yield from self.skipped
        counted = f"{len(self.rows)} tables, {sum(self.rows.values())} rows"
        if self.ok:
            yield f"{self.package}: valid. {counted}."
        else:
            found = Counter(issue.rule for issue in self.issues)
            for more in self.more:
                found[more.rule] += more.count
            rules = ", ".join(f"{rule} {count}" for rule, count in found.most_common())
            plural = "" if found.total() == 1 else "s"
            yield f"{self.package}: {found.total()} finding{plural} ({rules}). {counted}."

    def to_json(self) -> str:
        """Return the report for machines, as JSON."""
        found = {
            "package": self.package,
            "version": self.version,
            "valid": self.ok,
            "rows": self.rows,
            "issues": [asdict(issue) for issue in self.issues],
            "more": [asdict(more) for more in self.more],
            "skipped": list(self.skipped),
        }
        return json.dumps(found, indent=2, ensure_ascii=False)

    def to_github(self) -> str:
        """Return the report as GitHub workflow commands, one annotation a finding, and one for those that are only counted.

        Source of the format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
        """
        annotations = [_annotation(issue, max(issue.row, 1)) for issue in self.issues]
        return "\n".join([*annotations, *(_annotation(more, 1) for more in self.more)])


def _annotation(found: Issue | Omitted, line: int) -> str:
    file, title = _escape(found.file, ":,"), _escape(found.rule, ":,")
    return f"::error file={file},line={line},title={title}::{_escape(str(found))}"


def _escape(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
