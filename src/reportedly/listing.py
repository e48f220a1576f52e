"""Rows chosen and printed without pandas, so that commands that only show answer at once."""

from __future__ import annotations

import datetime as dt
import json
import math
import operator
import reprlib
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from reportedly.errors import FilterError, UnknownNameError
from reportedly.package import is_utf8, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row = dict[str, str]

_AFFINITY = {"integer": "INTEGER", "number": "REAL"}
# Bytes of memory and steps of SQLite's machine that a filter may take: an expression cannot hang or fill the computer.
_STEPS = 200_000_000
_EXPRESSION = "Give an SQL expression such as \"issue == 'territory'\"."


def select(rows: Sequence[Row], fields: Sequence[dict[str, Any]], where: str | None) -> list[Row]:
    """Return the rows for which an SQL expression is true.

    Parameters
    ----------
    rows
        The rows, every cell as text.
    fields
        The Table Schema fields of their columns.
    where
        An expression as SQLite reads it, such as ``issue == 'territory' and claim_start > 900``; blanks are NULL. None keeps every row.

    Returns
    -------
    list of dict
        The rows, in their order.

    Raises
    ------
    FilterError
        If it is no expression, or names a column that is not there.
    """
    if where is None:
        return list(rows)
    if "\0" in where or not is_utf8(where):
        raise FilterError(f"--where {where!r}: this is no text in UTF-8 without NUL. {_EXPRESSION}")
    names = [field["name"] for field in fields]
    columns = ", ".join(f'"{field["name"]}" {_AFFINITY.get(field["type"], "TEXT")}' for field in fields)
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"CREATE TABLE t ({columns}, _place INTEGER)")
        insert = f"INSERT INTO t VALUES ({', '.join('?' * (len(names) + 1))})"  # noqa: S608 - question marks alone
        connection.executemany(insert, [[*(row[name] or None for name in names), at] for at, row in enumerate(rows)])
        connection.set_authorizer(_only_reading)
        connection.set_progress_handler(lambda: 1, _STEPS)
        # The table is in memory and the connection may only read, so the expression can do no more than choose rows.
        found = connection.execute(f"SELECT _place FROM t WHERE (\n{where}\n) ORDER BY _place").fetchall()  # noqa: S608
    except (sqlite3.Error, sqlite3.Warning) as error:
        reason = str(error)
        if reason.startswith("no such column: "):
            raise UnknownNameError("column", reason.removeprefix("no such column: ").split(" - ")[0], names) from error
        reserved = [name for name in names if name in {"end", "when"} and name in where.lower()]
        hint = f'; a column that is a word of SQL stands in double quotes: "{reserved[0]}"' if reserved else ""
        raise FilterError(f"--where {where!r}: {reason}{hint}. {_EXPRESSION}") from error
    finally:
        connection.close()
    places = [at for (at, *_) in found]
    if not all(isinstance(at, int) and 0 <= at < len(rows) for at in places):
        raise FilterError(f"--where {where!r}: this is more than one expression.")
    return [rows[at] for at in places]


def _only_reading(action: int, first: str | None, second: str | None, *_: object) -> int:
    reading = action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ} or (
        action == sqlite3.SQLITE_FUNCTION and second != "load_extension"
    )
    del first
    return sqlite3.SQLITE_OK if reading else sqlite3.SQLITE_DENY


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
    lines = [names, ["---"] * len(names), *([row[name].replace("|", "\\|") for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


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
