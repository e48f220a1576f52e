"""What commands print: rows without pandas, so that commands that only show answer at once, and how far they have come."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from reportedly.errors import UnknownNameError
from reportedly.model.schema import Field
from reportedly.package.csvfile import write_csv
from reportedly.text import markdown
from reportedly.text.display import escape_controls, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Row = dict[str, str]


def usual_form() -> str:
    """Return how to print unless told otherwise: for people on a terminal, for programs in a pipe."""
    # Closed from outside, standard output is None.
    return "table" if sys.stdout and sys.stdout.isatty() else "csv"


def say(text: str) -> None:
    """Print what may hold cells of a package: to a program as they are, on a terminal without what would control it."""
    if sys.stdout and sys.stdout.isatty():
        text = escape_controls(text)
    # Otherwise click would take out what looks like a colour.
    click.echo(text, color=True)


def print_rows(rows: Sequence[Row], fields: Sequence[Field], form: str) -> None:
    """Print rows in one of the forms of `--format`."""
    if form != "table":
        say({"csv": as_csv, "json": as_json, "markdown": as_markdown}[form](rows, fields))
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.print(as_table(rows, fields, console.width))


def text_fields(names: Sequence[str]) -> list[Field]:
    """Return columns of texts."""
    return [Field(name) for name in names]


def choose(fields: Sequence[Field], names: Sequence[str]) -> list[Field]:
    """Return fields by name, in the order of the names.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    """
    known = {field.name: field for field in fields}
    for name in names:
        if name not in known:
            raise UnknownNameError("column", name, known)
    return [known[name] for name in names]


def as_csv(rows: Sequence[Row], fields: Sequence[Field]) -> str:
    """Return rows as CSV."""
    names = [field.name for field in fields]
    return write_csv([{name: row[name] for name in names} for row in rows], names).removesuffix("\n")


def as_json(rows: Sequence[Row], fields: Sequence[Field]) -> str:
    """Return rows as a JSON array of objects, with numbers, booleans and lists as such and blanks as null."""
    typed = [{field.name: field.to_json(row[field.name]) for field in fields} for row in rows]
    return json.dumps(typed, indent=2, ensure_ascii=False, allow_nan=False)


def as_markdown(rows: Sequence[Row], fields: Sequence[Field]) -> str:
    """Return rows as a Markdown table."""
    names = [field.name for field in fields]
    return markdown.table(
        [*map(markdown.escape, names)], ([markdown.escape(row[name]) for name in names] for row in rows)
    )


def as_table(rows: Sequence[Row], fields: Sequence[Field], width: int) -> Any:
    """Return rows as rich shows them: a table, or a card for each row where the table would need a column left out or a word split.

    Parameters
    ----------
    rows
        The rows.
    fields
        The fields of the columns to show.
    width
        The terminal's width.

    Returns
    -------
    rich renderable
        Every cell whole, its lines broken between words.
    """
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return Text("0 rows")
    names = [one_line(field.name) for field in fields]
    lines = [[escape_controls(row[field.name] or "") for field in fields] for row in rows]
    columns = [*zip(names, *lines, strict=True)]
    # By its longest word and its longest line. Two spaces part the columns.
    least = [max((cell_len(word) for cell in column for word in cell.split()), default=0) for column in columns]
    most = [max(cell_len(line) for cell in column for line in (cell.splitlines() or [""])) for column in columns]
    room = width - 2 * (len(columns) - 1)
    if sum(least) > room:
        return _cards(names, lines, width)

    def widths(wide: int) -> list[int]:
        return [min(longest, max(shortest, wide)) for shortest, longest in zip(least, most, strict=True)]

    # rich alone would narrow the widest columns, whatever words they hold.
    fitting = next(found for wide in range(room, -1, -1) if sum(found := widths(wide)) <= room)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for at, (name, field) in enumerate(zip(names, fields, strict=True)):
        number = field.type in {"integer", "number"}
        style = "" if at else "bold"
        # Text, not markup: square brackets in a name or a cell are its own.
        table.add_column(
            Text(name), justify="right" if number else "left", overflow="fold", style=style, width=fitting[at]
        )
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def _cards(names: list[str], lines: list[list[str]], width: int) -> Any:
    """Return a card for each row: a line for each field, its value beside its name, or below it where a word would not fit."""
    from rich.cells import cell_len
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    beside = max(map(cell_len, names)) + 2

    def card(line: list[str]) -> Iterator[Any]:
        for name, cell in zip(names, line, strict=True):
            label, value = Text(f"{name}:", style="bold"), Text(cell, overflow="fold")
            if max((cell_len(word) for word in cell.split()), default=0) > width - beside:
                yield label
                yield Padding(value, (0, 0, 0, 2))
            else:
                grid = Table.grid()
                grid.add_column(width=beside)
                grid.add_column(overflow="fold")
                grid.add_row(label, value)
                yield grid
        yield Text()

    return Group(*(part for line in lines for part in card(line)))


@contextmanager
def progress(first: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal's standard error what is being done, and nothing in a pipe; yield what shows the next step."""
    if not (sys.stderr and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(f"{first} …") as status:
        # Text, not markup: square brackets in a table's name are the name's own.
        yield lambda step: status.update(Text(one_line(f"{step} …")))
