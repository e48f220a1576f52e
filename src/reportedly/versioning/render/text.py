"""A difference for people, as lines of text."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from reportedly.text.display import cut, cut_pair, shown
from reportedly.versioning.kinds import KINDS
from reportedly.versioning.render.summary import rows, summary, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.versioning.changes import Change
    from reportedly.versioning.comparison import Comparison

_MARKS = {"added": "+", "withdrawn": "-", "removed": "-"}
_ARROW = " → "


class Line(NamedTuple):
    """A line, and what it is, so that a terminal can colour it.

    Attributes
    ----------
    mark
        ``+``, ``-`` or ``~`` for a change, ``#`` for a heading, else empty.
    text
        The line.
    """

    mark: str
    text: str


def lines(comparison: Comparison, width: int | None = None) -> Iterator[Line]:
    """Yield a difference for people.

    Parameters
    ----------
    comparison
        What to print.
    width
        What to cut and wrap lines to; whole by default.

    Yields
    ------
    Line
        What was compared, each change under its table, and the version that they ask for.
    """
    sides = f"{shown(str(comparison.old))}{_ARROW}{shown(str(comparison.new))}"
    if not comparison:
        number = sum(count.new or 0 for count in comparison.rows)
        yield Line("", f"{sides}: the same, {len(comparison.rows)} tables and {number} rows")
        return
    yield from (Line("#", text) for text in _wrapped(f"{sides}: {summary(comparison.changes)}", width))
    heads = {"": "package", **{count.table: f"{shown(count.table)}: {rows(count)}" for count in comparison.rows}}
    for table, head in heads.items():
        found = [change for change in comparison.changes if change.table == table]
        if found:
            yield Line("", "")
            yield Line("#", cut(head, width))
            for change in found:
                yield from _change(change, width)
    yield Line("", "")
    yield from (Line("", text) for text in _version(comparison, width))


def _change(change: Change, width: int | None) -> Iterator[Line]:
    mark = _MARKS.get(KINDS[change.kind].verb, "~")
    if not change.of_row:
        yield Line(mark, f"  {mark} {change.message(width=width and width - 4)}")
        return
    start = f"  {mark} {shown(change.key)}  "
    if mark != "~":
        cells = " · ".join(f"{shown(cell.field)}: {shown(cell.new or cell.old)}" for cell in change.cells)
        yield Line(mark, cut((start + cells).rstrip(), width))
        return
    if change.what:
        yield Line(mark, cut(f"  {mark} {change}", width))
        start = " " * len(start)
    longest = max(len(shown(cell.field)) for cell in change.cells)
    for cell in change.cells:
        head = f"{start}{shown(cell.field).ljust(longest)}  "
        room = max((width - len(head) - len(_ARROW)) // 2, 1) if width else None
        old, new = cut_pair(shown(cell.old), shown(cell.new), room)
        yield Line(mark, cut(f"{head}{old}{_ARROW}{new}", width))
        start = " " * len(start)


def _version(comparison: Comparison, width: int | None) -> Iterator[str]:
    yield from _wrapped(verdict(comparison), width)
    for reason in comparison.bump.reasons:
        head = f"  {reason.level!s:5}  "
        yield from _wrapped(f"{head}{reason}", width, " " * len(head))


def _wrapped(text: str, width: int | None, indent: str = "  ") -> list[str]:
    return wrap(text, width, subsequent_indent=indent, break_on_hyphens=False) if width else [text]
