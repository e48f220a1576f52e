"""Rules about dates, which are EDTF, and about what they can mean at the earliest and at the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.model.edtf import bounds
from reportedly.rules.base import Check, Distinct, Rule, given, nw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.model.roles import DateRole
    from reportedly.model.schema import Format
    from reportedly.rules.base import Column


def _dates(form: Format) -> Iterator[tuple[str, DateRole]]:
    """Yield the tables that have dates, with their columns."""
    for table in form:
        if table.roles.date:
            yield table.name, table.roles.date


def _meaning(text: str) -> tuple[bool, str, str]:
    """Return whether a text is a date, and its bounds; of a blank, that it may be one and has none."""
    found = bounds(text) if text else ("", "")
    return found is not None, *(found or ("", ""))


def _bounded(date: DateRole) -> tuple[Distinct, ...]:
    return (Distinct((date.edtf,), ("_valid", "_earliest", "_latest"), _meaning),)


def _valid(form: Format) -> Iterator[Check]:
    for table, date in _dates(form):
        yield Check(
            table,
            date.edtf,
            lambda col: ~col("_valid"),
            f"{{{date.edtf}}} is not a valid date",
            "a date such as 2022, 2022-02, 2022-02-24 or 2022-02/..",
            _bounded(date),
        )


def _bounds(form: Format) -> Iterator[Check]:
    for table, date in _dates(form):
        for bound, right in ((date.earliest, "_earliest"), (date.latest, "_latest")):
            if not bound:
                continue

            def broken(col: Column, bound: str = bound, right: str = right) -> nw.Expr:
                day = nw.when(given(col(bound))).then(col(bound).dt.to_string("%Y-%m-%d")).otherwise(nw.lit(""))
                return col("_valid") & (day != col(right).fill_null(""))

            yield Check(
                table,
                bound,
                broken,
                f"{bound} is {{{bound}}}, but {date.edtf} is {{{date.edtf}}}",
                f"{{{right}}}",
                _bounded(date),
            )


def _basis(form: Format) -> Iterator[Check]:
    for table, date in _dates(form):
        yield Check(
            table,
            date.basis,
            lambda col, date=date: given(col(date.edtf)) != given(col(date.basis)),  # type: ignore[misc]
            f"{date.edtf} is {{{date.edtf}}}, {date.basis} is {{{date.basis}}}",
            "both, or neither",
        )


VALID = Rule(
    "edtf-valid",
    "row",
    "A date is in the part of EDTF (ISO 8601-2) that this format allows, exists in the calendar, and is no interval that runs backwards.",
    _valid,
)
BOUNDS = Rule(
    "edtf-bounds",
    "row",
    "Earliest and latest are the first and the last day that the EDTF date can mean. They are blank where the date is blank or open.",
    _bounds,
)
BASIS = Rule(
    "basis-of-date",
    "row",
    "A date has a basis, and a basis has a date.",
    _basis,
)
