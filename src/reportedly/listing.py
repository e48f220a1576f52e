"""Rows chosen and printed without pandas, so that commands that only show answer at once."""

from __future__ import annotations

import datetime as dt
import json
import math
import operator
import reprlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from reportedly.errors import UnknownNameError
from reportedly.package import write_csv
from reportedly.text import markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row = dict[str, str]


def choose(fields: Sequence[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return fields by name, in the order of the names.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    """
    known = {field["name"]: field for field in fields}
    for name in names:
        if name not in known:
            raise UnknownNameError("column", name, known)
    return [known[name] for name in names]


def as_csv(rows: Sequence[Row], fields: Sequence[dict[str, Any]]) -> str:
    """Return rows as CSV."""
    names = [field["name"] for field in fields]
    return write_csv([{name: row[name] for name in names} for row in rows], names).removesuffix("\n")


def as_json(rows: Sequence[Row], fields: Sequence[dict[str, Any]]) -> str:
    """Return rows as a JSON array of objects, with numbers, booleans and lists as such and blanks as null."""
    typed = [{field["name"]: value(row[field["name"]], field) for field in fields} for row in rows]
    return json.dumps(typed, indent=2, ensure_ascii=False, allow_nan=False)


def value(cell: str, field: dict[str, Any]) -> Any:
    """Return a cell as its JSON value.

    Raises
    ------
    ValueError
        If the cell does not read as its field's type.
    """
    kind = field["type"]
    if kind == "list":
        return cell.split(field["delimiter"]) if cell else []
    if not cell:
        return None
    if kind not in _READERS:
        return cell
    with suppress(OverflowError, RecursionError, TypeError, ValueError):
        return _READERS[kind](cell)
    raise ValueError(f"{field['name']} holds {reprlib.repr(cell)}, which is no {kind}")


def _boolean(cell: str) -> bool:
    return ("false", "true").index(cell) == 1


def _integer(cell: str) -> int:
    return operator.index(json.loads(_digits(cell)))


def _number(cell: str) -> int | float:
    found: int | float = json.loads(_digits(cell))
    if not math.isfinite(found):
        raise ValueError(cell)
    return found


def _digits(cell: str) -> str:
    """Return a cell that is a number in JSON and none of its words: true, false and null, NaN and Infinity."""
    if not cell.lstrip("-")[:1].isdigit():
        raise ValueError(cell)
    return cell


def _date(cell: str) -> str:
    # Python also reads dates without hyphens, and by their week.
    if len(cell) != len("YYYY-MM-DD") or "W" in cell:
        raise ValueError(cell)
    dt.date.fromisoformat(cell)
    return cell


_READERS: dict[str, Callable[[str], Any]] = {"boolean": _boolean, "date": _date, "integer": _integer, "number": _number}


def as_markdown(rows: Sequence[Row], fields: Sequence[dict[str, Any]]) -> str:
    """Return rows as a Markdown table."""
    names = [field["name"] for field in fields]
    return markdown.table(
        [*map(markdown.escape, names)], ([markdown.escape(row[name]) for name in names] for row in rows)
    )


def as_table(rows: Sequence[Row], fields: Sequence[dict[str, Any]]) -> Any:
    """Return rows as a rich table, which wraps its cells to the terminal's width."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from reportedly.terminal import harmless, in_one_line

    # Text, not markup: square brackets in a name or a cell are its own.
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for at, field in enumerate(fields):
        number = field["type"] in {"integer", "number"}
        table.add_column(
            Text(in_one_line(field["name"])),
            justify="right" if number else "left",
            overflow="fold",
            style="bold" if at == 0 else "",
            no_wrap=at == 0,
        )
    for row in rows:
        table.add_row(*(Text(harmless(row[field["name"]])) for field in fields))
    return table
