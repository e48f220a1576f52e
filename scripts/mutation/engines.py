"""Whether frictionless, pandera and our own expressions give the same verdict, where two of them can judge the same constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandera.pandas as pa

import reportedly
from reportedly.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mutation.mutant import Row
    from mutation.source import Source
    from reportedly.validation.report import Report

# frictionless's error types for what Table Schema names otherwise; `constraint-error` names the constraint in its note.
_TYPES = {"type-error": "type", "unique-error": "unique", "primary-key": "primaryKey", "foreign-key": "foreignKey"}
CONSTRAINTS = (
    "type",
    "required",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "unique",
    "primaryKey",
    "foreignKey",
)


class Difference(NamedTuple):
    """A constraint that one engine finds broken in a cell, and another does not."""

    engine: str
    constraint: str
    field: str
    row: int
    value: str
    finds: bool


class Blind(NamedTuple):
    """Where an engine cannot see what another sees, or tells it by another name."""

    engine: str
    constraint: str
    why: str
    covers: Callable[[Difference], bool]


BLIND = (
    Blind(
        "frictionless",
        "pattern",
        "its patterns end at a line feed behind the text too, as $ does in Python",
        lambda found: not found.finds and found.value.endswith("\n"),
    ),
    Blind(
        "frictionless",
        "type",
        "it reads numbers with spaces around them, leading zeros or a plus sign, days without leading zeros, and lists with empty items",
        lambda found: not found.finds,
    ),
    Blind(
        "frictionless",
        "primaryKey",
        "a blank key is an error of the key to it, a missing required value to the others",
        lambda found: found.finds and not found.value,
    ),
    Blind(
        "our expressions",
        "type",
        "only frictionless judges the format uri; `validate` tells its finding",
        lambda found: found.finds and found.field == "url",
    ),
    Blind(
        "pandera",
        "type",
        "it judges what pandas has read, and pandas reads numbers with spaces, leading zeros, signs and exponents, True for true, and lists with empty items",
        lambda found: not found.finds,
    ),
)


def known(found: Difference) -> Blind | None:
    """Return why an engine differs, where that is known."""
    mine = (
        blind
        for blind in BLIND
        if blind.constraint == found.constraint and blind.engine in {found.engine, "our expressions"}
    )
    return next((blind for blind in mine if blind.covers(found)), None)


def differences(source: Source, changed: dict[str, list[Row]], report: Report) -> tuple[Difference, ...]:
    """Return where frictionless or pandera judges a constraint otherwise than `validate` does.

    Parameters
    ----------
    source
        The corrupted package.
    changed
        The tables that were changed, with their rows.
    report
        What `validate` found.

    Returns
    -------
    tuple of Difference
        Empty where all agree, and for tables that cannot be read as such.
    """
    found: list[Difference] = []
    for table, rows in changed.items():
        ours = {
            (issue.rule, issue.field, issue.row)
            for issue in report.issues
            if issue.table == table and issue.rule in CONSTRAINTS
        }
        numbers = range(2, len(rows) + 2)
        for engine, theirs, judged in (
            ("frictionless", _frictionless(source, table), set(CONSTRAINTS) - {"minLength"}),
            ("pandera", _pandera(source, table), set(CONSTRAINTS) - {"foreignKey"}),
        ):
            if theirs is None:
                continue
            for rule, field, row in theirs ^ {place for place in ours if place[0] in judged}:
                # Of rows that share a value, frictionless tells all but the first.
                if rule in {"unique", "primaryKey"} and any(place[:2] == (rule, field) for place in theirs & ours):
                    continue
                value = rows[row - 2].get(field, "") if row in numbers else ""
                found.append(Difference(engine, rule, field, row, value, (rule, field, row) in theirs))
    return tuple(sorted(found))


def _frictionless(source: Source, table: str) -> set[tuple[str, str, int]]:
    from frictionless import Package, system

    key = source.schemas[table]["primaryKey"]
    pointers = {tuple(pointer["fields"]) for pointer in source.schemas[table].get("foreignKeys", ())}
    found = set()
    with system.use_context(trusted=False):
        resource = Package(str(source.root / "datapackage.json")).get_resource(table)
        for error in resource.validate().flatten(["type", "rowNumber", "fieldName", "note"]):
            kind, row, field, note = error
            if kind == "constraint-error":
                rule = note.split('"')[1] if '"' in note else note
                found.add((rule, field, row))
            elif kind == "primary-key":
                found.add(("primaryKey", key[-1], row))
            elif kind == "foreign-key":
                found |= {("foreignKey", names[0], row) for names in pointers if f'"{names[0]}"' in note}
            elif kind in _TYPES:
                found.add((_TYPES[kind], field, row))
    return found


def _pandera(source: Source, table: str) -> set[tuple[str, str, int]] | None:
    """Return what a pandas user finds with the table's pandera schema; None where `load` refuses the table before."""
    try:
        frame = reportedly.load(table, package=source.root)
    except PackageError:
        return None
    try:
        reportedly.schema(table).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return set(_failures(source, table, errors))
    return set()


def _failures(source: Source, table: str, errors: Any) -> Any:
    for error in errors.schema_errors:
        name = getattr(error.check, "name", None)
        if name in CONSTRAINTS:
            field = source.schemas[table]["primaryKey"][-1] if name == "primaryKey" else error.schema.name
            for at in error.failure_cases["index"].dropna().unique():
                yield name, field, int(at) + 2
