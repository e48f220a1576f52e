"""Rules about numbers: value and bounds, unit, comparator, precision and kind of a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.rules.base import Check, Rule, blank, given, other_than

if TYPE_CHECKING:
    from collections.abc import Iterator

    import narwhals as nw

    from reportedly.model.schema import Format
    from reportedly.rules.base import Column, Predicate

_NUMBERS = ("value", "lower", "upper")
_TIME_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")


def _check(field: str, broken: Predicate, message: str, expected: str) -> Check:
    return Check("figures", field, broken, message, expected)


def _differs(one: nw.Expr, other: nw.Expr | int) -> nw.Expr:
    """Return whether two numbers differ; a blank differs from each."""
    return (one != other).fill_null(value=True)


def _order(_form: Format) -> Iterator[Check]:
    yield _check(
        "lower",
        lambda col: (
            (col("lower") > col("value")).fill_null(value=False) | (col("lower") > col("upper")).fill_null(value=False)
        ),
        "lower {lower} is greater than value {value} or upper {upper}",
        "lower ≤ value ≤ upper",
    )
    yield _check(
        "upper",
        lambda col: col("upper") < col("value"),
        "upper {upper} is smaller than value {value}",
        "lower ≤ value ≤ upper",
    )


def _unit(_form: Format) -> Iterator[Check]:
    rights: tuple[tuple[str, Predicate, str], ...] = (
        ("money", lambda col: col("unit").str.contains("^[A-Z]{3}$"), "an ISO 4217 code"),
        ("share", lambda col: col("unit") == "percent", "percent"),
        ("duration", lambda col: col("unit").is_in(_TIME_UNITS), f"one of {', '.join(_TIME_UNITS)}"),
    )
    for kind, right, words in rights:

        def broken(col: Column, kind: str = kind, right: Predicate = right) -> nw.Expr:
            lacking = given(col("value")) & blank(col("unit"))
            return (col("kind") == kind) & (lacking | (given(col("unit")) & ~right(col)))

        yield _check("unit", broken, f"the unit {{unit}} of a figure of kind {kind}", words)
    yield _check(
        "unit",
        lambda col: ~col("kind").is_in(["money", "share", "duration"]) & given(col("unit")),
        "the unit {unit} of a figure of kind {kind}",
        "a blank",
    )


def _vague(_form: Format) -> Iterator[Check]:
    for name in _NUMBERS:
        yield _check(
            name,
            lambda col, name=name: (  # type: ignore[misc]
                ((col("precision") == "vague") | (col("kind") == "quantity")) & given(col(name))
            ),
            f"{name} is {{{name}}} in a figure of kind {{kind}} and precision {{precision}}",
            "a blank",
        )


def _given(_form: Format) -> Iterator[Check]:
    yield _check(
        "value",
        lambda col: (
            col("kind").is_in(["share", "money", "count"]) & (col("comparator") == "exactly") & blank(col("value"))
        ),
        "a figure of kind {kind} is given exactly, but without a value",
        "the number, or another comparator",
    )


def _bounds(_form: Format) -> Iterator[Check]:
    for bound, comparators in (("lower", ["more_than", "at_least"]), ("upper", ["almost", "at_most", "within"])):
        yield _check(
            bound,
            lambda col, bound=bound, comparators=comparators: (  # type: ignore[misc]
                col("comparator").is_in(comparators) & given(col("value")) & _differs(col(bound), col("value"))
            ),
            f"{bound} is {{{bound}}} with {{comparator}} {{value}}",
            "{value}",
        )
    yield _check(
        "lower",
        lambda col: (col("comparator") == "within") & given(col("value")) & _differs(col("lower"), 0),
        "lower is {lower} with within {value}",
        "0",
    )
    for name in ("lower", "upper"):
        yield _check(
            name,
            lambda col, name=name: (col("comparator") == "exactly") & given(col(name)),  # type: ignore[misc]
            f"{name} is {{{name}}} with exactly {{value}}",
            "a blank",
        )


_PRECISE = {
    "exactly": ("exact", "rounded"),
    "about": ("approximate",),
    "almost": ("approximate",),
    **dict.fromkeys(("more_than", "at_least", "at_most", "within", "before", "after"), ("bound",)),
}


def _precision(form: Format) -> Iterator[Check]:
    for precision in ("exact", "rounded", "approximate", "bound"):
        fitting = [name for name, fits in _PRECISE.items() if precision in fits]
        others = other_than(form, "figures", "comparator", *fitting)
        yield _check(
            "precision",
            lambda col, precision=precision, others=others: (  # type: ignore[misc]
                (col("precision") == precision) & (blank(col("comparator")) | col("comparator").is_in(others))
            ),
            f"the precision {precision} with the comparator {{comparator}}",
            f"another precision, or the comparator {' or '.join(fitting)}",
        )
    yield _check(
        "precision",
        lambda col: (col("precision") == "vague") & given(col("comparator")),
        "the precision vague with the comparator {comparator}",
        "another precision, or no comparator",
    )


def _comparator(form: Format) -> Iterator[Check]:
    for names, kinds in ((("before", "after"), ("date", "time")), (("within",), ("duration", "date", "time"))):
        others = other_than(form, "figures", "kind", *kinds)
        yield _check(
            "comparator",
            lambda col, names=names, others=others: (  # type: ignore[misc]
                col("comparator").is_in(names) & col("kind").is_in(others)
            ),
            "the comparator {comparator} of a figure of kind {kind}",
            f"another comparator, or a figure of kind {', '.join(kinds)}",
        )


def _date(form: Format) -> Iterator[Check]:
    dated = ("date", "time")
    undated = other_than(form, "figures", "kind", *dated)
    yield _check(
        "date",
        lambda col: given(col("date")) & col("kind").is_in(undated),
        "a figure of kind {kind} has the date {date}",
        "a blank",
    )
    for name in _NUMBERS:
        yield _check(
            name,
            lambda col, name=name: given(col(name)) & col("kind").is_in(dated),  # type: ignore[misc]
            f"{name} is {{{name}}} in a figure of kind {{kind}}",
            "a blank",
        )


NUMBER_ORDER = Rule(
    "number-order",
    "row",
    "The lower bound is at most the value, the value at most the upper bound, and the lower bound at most the upper.",
    _order,
)
UNIT_OF_KIND = Rule(
    "unit-of-kind",
    "row",
    "With a number, the unit of money is an ISO 4217 code, that of a share is percent, and that of a duration is a unit of time. Other kinds have no unit.",
    _unit,
)
VAGUE_WITHOUT_NUMBER = Rule(
    "vague-without-number",
    "row",
    "A figure of precision vague or kind quantity has no value and no bounds.",
    _vague,
)
NUMBER_GIVEN = Rule(
    "number-given", "row", "A share, a sum of money or a count with the comparator exactly has a value.", _given
)
BOUNDS_OF_COMPARATOR = Rule(
    "bounds-of-comparator",
    "row",
    "With a number, more than and at least set the lower bound to it; almost, at most and within set the upper bound to it; within sets the lower bound to 0; exactly sets no bound.",
    _bounds,
)
PRECISION_OF_COMPARATOR = Rule(
    "precision-of-comparator",
    "row",
    "The precision fits the comparator: exact or rounded for exactly, approximate for about and almost, bound for the others, vague without a comparator.",
    _precision,
)
COMPARATOR_OF_KIND = Rule(
    "comparator-of-kind",
    "row",
    "Before and after are for dates and times; within is for durations, dates and times.",
    _comparator,
)
DATE_OF_KIND = Rule(
    "date-of-kind", "row", "Only figures of kind date or time have a date, and they have no number.", _date
)
