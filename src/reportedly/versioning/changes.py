"""What changed between two data packages, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportedly.text.display import cut, cut_pair, shown
from reportedly.versioning.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportedly.model.version import Level


@dataclass(frozen=True)
class Cell:
    """A cell on both sides, as it is in the files; empty where it is blank or not there.

    Parameters
    ----------
    field
        The field, as the new side calls it.
    old, new
        What the cell said and says.
    """

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One change.

    Parameters
    ----------
    kind
        Such as ``"row-withdrawn"``; `reportedly.versioning.kinds` lists them.
    table, key, field
        Where: the table, the row's primary key, its cells joined by a slash, and the field. Empty where it does not apply.
    what
        Which property of the schema or descriptor changed, or how a meaning did.
    old, new
        What the property was and is, as JSON has it. None where it is not there.
    cells
        For a row: the cells that differ; of a row that is on one side only those that are not blank, its key apart.
    """

    kind: str
    table: str = ""
    key: str = ""
    field: str = ""
    what: str = ""
    old: Any = None
    new: Any = None
    cells: tuple[Cell, ...] = ()

    @property
    def level(self) -> Level:
        """The part of the version that it moves."""
        return KINDS[self.kind].level

    @property
    def of_row(self) -> bool:
        """Whether it is a change of a row, not of a schema or descriptor."""
        return bool(self.key)

    def message(self, mark: Callable[[str], str] = str, width: int | None = None) -> str:
        """Return the change in words.

        Parameters
        ----------
        mark
            How to set off names and values.
        width
            What to cut it to; whole by default.
        """
        template = KINDS[self.kind].message
        values = {name: mark(shown(getattr(self, name))) for name in ("table", "key", "field")}
        values["whom"] = values["field"] if self.field else "the table" if self.table else "the package"
        values["what"] = shown(self.what)
        rest = len(template.format(**values, old="", new=""))
        room = max(width - rest, 0) // max(template.count("{old}") + template.count("{new}"), 1) if width else None
        old, new = cut_pair(mark(shown(self.old)), mark(shown(self.new)), room)
        return cut(template.format(**values, old=old, new=new), width)

    def __str__(self) -> str:
        return self.message()


@dataclass(frozen=True)
class Side:
    """One of the two packages that were compared.

    Parameters
    ----------
    name
        What it was called by: a version or a path.
    version
        The version that its descriptor gives.
    """

    name: str
    version: str

    def __str__(self) -> str:
        return self.name if self.name == self.version else f"{self.name} ({self.version})"


@dataclass(frozen=True)
class Count:
    """The rows of a table on both sides.

    Parameters
    ----------
    table
        The table, as the new side calls it.
    old, new
        How many rows; None where there is no such table.
    """

    table: str
    old: int | None
    new: int | None
