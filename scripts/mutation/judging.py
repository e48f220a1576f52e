"""What becomes of a mutant: whether validation or verification finds it, and whether it is found where it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import reportedly
from mutation import engines

if TYPE_CHECKING:
    from mutation.mutant import Mutant, Row
    from mutation.source import Source
    from reportedly.validation.report import Issue
    from reportedly.verification import Verification

CELL, COUNTERPART = "at the very place", "at its counterpart"


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant.

    Parameters
    ----------
    number
        Its number among all.
    killed
        ``validate``, ``verify``, or empty where it survived.
    located
        ``at the very place``: a finding has the table, row and field that were changed. ``at its counterpart``: a rule compares two cells and blames
        the other, naming the changed row or value. Empty where neither holds.
    rules
        The rules or verdicts that found it.
    findings
        What was found, in words.
    engines
        Verdicts on the same constraint in which two engines differ.
    """

    number: int
    killed: str
    located: str
    rules: tuple[str, ...]
    findings: tuple[str, ...]
    engines: tuple[engines.Difference, ...] = ()


def judge(source: Source, number: int, mutant: Mutant, text: str | None) -> Outcome:
    """Corrupt the package, validate it, verify it where a text is at hand and validation finds nothing, and restore it.

    Parameters
    ----------
    source
        The package.
    number, mutant
        The mutant.
    text
        The article's text, if at hand.

    Returns
    -------
    Outcome
        What became of it.
    """
    changed = source.corrupt(mutant)
    try:
        report = reportedly.validate(source.root)
        differences = engines.differences(source, changed, report)
        if not report.ok:
            rules = tuple(sorted({issue.rule for issue in report.issues}))
            return Outcome(
                number,
                "validate",
                _where(source, mutant, report.issues),
                rules,
                tuple(map(str, report.issues)),
                differences,
            )
        if text is not None:
            outcome = reportedly.verify(text=text, package=source.root)
            if not (outcome.ok() and outcome.same_text):
                told = tuple(outcome.to_text().splitlines())
                return Outcome(number, "verify", _proven(source, mutant, outcome), ("verify",), told, differences)
            gaps = _gaps(mutant, text, outcome)
            if gaps:
                return Outcome(number, "verify", CELL, ("uncovered",), gaps, differences)
        return Outcome(number, "", "", (), (), differences)
    finally:
        source.restore()


def _gaps(mutant: Mutant, text: str, outcome: Verification) -> tuple[str, ...]:
    """Return what no row covers any more, where that is more than linking words."""
    if not mutant.drop:
        return ()
    known = {words for _, _, words in _untouched(text)}
    return tuple(f"no row covers {words!r}" for _, _, words in outcome.uncovered if words not in known)


@cache
def _untouched(text: str) -> tuple[tuple[int, int, str], ...]:
    return reportedly.verify(text=text).uncovered


def _keys(source: Source, mutant: Mutant) -> dict[str, set[str]]:
    """Return the keys of the rows that a mutant changes, before and after, by table."""
    keys: dict[str, set[str]] = {}

    def add(table: str, row: Row) -> None:
        keys.setdefault(table, set()).add(source.key(table, row))

    rows: dict[tuple[str, int], dict[str, str]] = {}
    for cell in mutant.cells:
        rows.setdefault((cell.table, cell.row), {})[cell.field] = cell.value
    for (table, at), cells in rows.items():
        add(table, source.tables[table][at])
        add(table, {**source.tables[table][at], **cells})
    if mutant.table:
        table = source.tables[mutant.table]
        for at, changed in mutant.repeat:
            add(mutant.table, table[at])
            add(mutant.table, {**table[at], **dict(changed)})
        for at in mutant.drop:
            add(mutant.table, table[at])
            # What is dropped is missed where it pointed to.
            for key in source.schemas[mutant.table].get("foreignKeys", ()):
                keys.setdefault(key["reference"]["resource"] or mutant.table, set()).add(table[at][key["fields"][0]])
        for at in (mutant.swap, mutant.swap + 1) if mutant.swap >= 0 else ():
            add(mutant.table, table[at])
    return keys


def _where(source: Source, mutant: Mutant, issues: tuple[Issue, ...]) -> str:
    """Return how exactly findings place a mutant."""
    keys = _keys(source, mutant)
    fields = {(cell.table, cell.field) for cell in mutant.cells}
    for issue in issues:
        if mutant.cells and (issue.table, issue.field) in fields and issue.key in keys.get(issue.table, ()):
            return CELL
        if not mutant.cells and (mutant.repeat or mutant.swap >= 0) and issue.key in keys.get(issue.table, ()):
            return CELL
        if (
            not keys
            and issue.table == mutant.table
            and (not mutant.line or issue.row in {0, mutant.line, mutant.line + 1})
        ):
            return CELL
        if not keys and mutant.descriptor and issue.file == "datapackage.json":
            return CELL
    names = {key for found in keys.values() for key in found}
    names |= {key.split("/")[0] for key in names}
    names |= {
        value
        for cell in mutant.cells
        for value in (cell.value, source.tables[cell.table][cell.row][cell.field])
        if value
    }
    told = [f"{issue.key} {issue.message} {issue.expected} {issue.value}" for issue in issues]
    return COUNTERPART if any(_names(words, name) for words in told for name in names) else ""


def _names(words: str, name: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", words) is not None


def _proven(source: Source, mutant: Mutant, outcome: Verification) -> str:
    keys = _keys(source, mutant)
    found = {(verdict.table, verdict.key) for verdict in outcome.verdicts if verdict.verdict != "exact"}
    found |= {(cell.table, cell.key) for cell in outcome.unproven}
    if not outcome.same_text:
        found |= {("articles", outcome.article)}
    if any(key in keys.get(table, ()) for table, key in found):
        return CELL
    # A row that is missing has no key: it is told by what it should say.
    gone = {value for at in mutant.drop for value in source.tables[mutant.table][at].values()}
    if any(not cell.key and cell.value in gone for cell in outcome.unproven):
        return CELL
    names = {key.split("/")[0] for mine in keys.values() for key in mine}
    return COUNTERPART if any(key.split("/")[0] in names for _, key in found) else ""
