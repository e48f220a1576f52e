"""Rules and patterns on what was written to keep them busy: time by size, not by its square."""

from __future__ import annotations

import random
import re
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("frictionless")
import narwhals as nw
import pandas as pd

import reportedly
from reportedly import limits
from reportedly.engines.pandas import distinct
from reportedly.package.shipped import shipped
from reportedly.rules.base import ROW, Innermost
from reportedly.rules.constraints import field_checks, type_checks
from reportedly.text.normalize import normalize
from reportedly.validation.evaluate import broken_rows, innermost, prepared, row_checks

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

# A pattern that looks at each letter from each letter on takes half a minute for it.
LONG = 32_768
PIECES = [
    "a",
    "a ",
    "0",
    "a-",
    "a-0000",
    ".c0",
    "a|",
    "0000-",
    "A",
    "1.",
    "-",
    "\n",
    " ",
    "\u0301",
    "a\u0301\u0316",
    "(",
    "{",
    "XX-",
    "/..",
]


@contextmanager
def bounded(seconds: int) -> Iterator[None]:
    """Stop what keeps the processor busy for longer: what grows by the square would go on for minutes."""

    def stop(*_: object) -> None:
        raise AssertionError(f"still busy after {seconds} seconds of CPU time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def texts() -> list[str]:
    """Return long cells that patterns with a choice of ways would try in all of them."""
    whole = [piece * (LONG // len(piece)) for piece in PIECES]
    return [*whole, *(f"{text[:-1]}!" for text in whole), f"{'a ' * 6}{'b' * (LONG - 12)}"]


@pytest.mark.parametrize("table", reportedly.tables())
def test_no_pattern_takes_long_for_a_long_cell(table):
    for field in shipped().format.table(table).fields:
        if field.type in {"string", "list"}:
            frame = nw.from_native(pd.DataFrame({field.name: texts()}, dtype="string"), eager_only=True)
            for check in (*type_checks(field), *field_checks(field)):
                with bounded(10):
                    broken_rows(prepared(frame, [check], distinct), check)


def test_no_rule_takes_long_for_a_long_cell():
    for table, name in (("figures", "surface"), ("actors", "aliases"), ("attributions", "cue"), ("quotes", "text")):
        frame = nw.from_native(pd.DataFrame({name: texts(), "extent": "word"}, dtype="string"), eager_only=True)
        for check in row_checks(shipped().format)[table]:
            if check.rule in {"few-words", "extent-words"}:
                with bounded(10):
                    broken_rows(prepared(frame, [check], distinct), check)


def test_the_innermost_span_is_the_shortest_that_holds_the_words():
    draw = random.Random(1)
    step = Innermost("spans", ("group", "group"), ("start", "end"), "key")
    for _ in range(100):
        spans = [(a := draw.randrange(12), a + draw.randrange(8), f"c{n}") for n in range(draw.randrange(1, 8))]
        wanted = [(a := draw.randrange(12), a + draw.randrange(6), n) for n in range(draw.randrange(1, 8))]
        plain = {
            place: min((last - first, name) for first, last, name in spans if first <= start and end <= last)
            for start, end, place in wanted
            if any(first <= start and end <= last for first, last, _ in spans)
        }
        holders = frame_of(spans, "key")
        rows = innermost(frame_of(wanted, ROW), holders, step).iter_rows(named=True)
        assert {row[ROW]: (row["_length"], row["_holder"]) for row in rows} == plain


def frame_of(spans: list[tuple[int, int, Any]], name: str) -> Any:
    """Return spans of one group as a frame, with what names them under a name."""
    frame = pd.DataFrame(spans, columns=["start", "end", name]).assign(group="tasr-0001")
    return nw.from_native(frame, eager_only=True)


def test_spans_that_would_take_too_long_to_compare_are_a_finding(copy, monkeypatch):
    monkeypatch.setattr(limits, "PAIRS", 10)
    report = copy.validate()
    told = {issue.message.partition(":")[0] for issue in report.issues if issue.rule == "size"}
    assert told == {"innermost-claim was not checked", "figure-in-quotation was not checked"}


def nest(copy: Any, number: int) -> None:
    """Put claims into claims, and quotations and figures into the innermost, each given to another one."""
    claim, figure, quote = (copy.rows(table)[0] for table in ("claims", "figures", "quotes"))
    keys = [f"tasr-0001.c{n:05}" for n in range(number)]
    end = str(3 * number)
    copy.write("claims", [{**claim, "claim_id": key, "start": str(n), "end": end} for n, key in enumerate(keys)])
    words = {"start": str(number + 1), "end": str(number + 10)}
    figures = [{**figure, **words, "claim_id": key, "quote_id": ""} for key in keys]
    copy.write("figures", [{**row, "figure_id": f"tasr-0001.f{n:05}"} for n, row in enumerate(figures)])
    copy.write(
        "quotes", [{**quote, **words, "claim_id": key, "quote_id": f"tasr-0001.q{n:05}"} for n, key in enumerate(keys)]
    )


def test_claims_in_claims_do_not_multiply(copy):
    nest(copy, 300)
    with bounded(60):
        report = copy.validate()
    inner = [issue for issue in report.issues if issue.rule == "innermost-claim"]
    assert {issue.message.split()[0] for issue in inner} == {"tasr-0001.c00299"}
    assert re.search("is inside tasr-0001.q[0-9]{5}, but quote_id is blank", report.to_text())


@pytest.mark.parametrize(
    "text", ["a" + "\u0301\u0316" * 100_000, "\u1100\u1161\u11a8" * 50_000], ids=["marks", "syllables"]
)
def test_folding_takes_time_by_length_alone(text):
    with bounded(5):
        normalize(text)
