"""A corruption of a data package: what is changed, and where a report should place it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Cell:
    """A cell before and after."""

    table: str
    row: int
    field: str
    value: str


@dataclass(frozen=True)
class Mutant:
    """One corruption.

    Parameters
    ----------
    operator
        The kind of corruption.
    table, field
        What it corrupts; the field is empty where it is a row or a file.
    shown
        What is changed, for people.
    cells
        Cells to set, by the place of their row, from 0.
    drop, repeat, swap
        Places of rows to leave out, to repeat under another key (the cells that are then other), or to change with the one behind.
    bytes_
        Changes the file's bytes.
    descriptor, schema
        Change the descriptor, or the schema of the table.
    refresh
        Whether size, digest and number of rows in the descriptor follow the change.
    line
        The line of the file that is spoiled, from 1, where it is known.
    """

    operator: str
    table: str
    field: str
    shown: str
    cells: tuple[Cell, ...] = ()
    drop: tuple[int, ...] = ()
    repeat: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = ()
    swap: int = -1
    bytes_: Callable[[bytes], bytes] | None = field(default=None, repr=False)
    descriptor: Callable[[dict[str, Any]], object] | None = field(default=None, repr=False)
    schema: Callable[[dict[str, Any]], object] | None = field(default=None, repr=False)
    refresh: bool = True
    line: int = 0

    @property
    def name(self) -> str:
        """The mutant in one line."""
        place = f"{self.table}.{self.field}" if self.field else self.table
        return f"{self.operator} {place}: {self.shown}"
