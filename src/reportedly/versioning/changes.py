"""A difference between two data packages, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reportedly.versioning.kinds import KINDS

if TYPE_CHECKING:
    from reportedly.versioning.bump import Bump
    from reportedly.versioning.kinds import Level

Row = dict[str, str]


@dataclass(frozen=True)
class Cell:
    """A cell on both sides, as it stands in the files; empty where it is blank or not there.

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

    def __str__(self) -> str:
        from reportedly.versioning.render.summary import told

        return told(self)


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


@dataclass(frozen=True)
class Difference:
    """What changed from one data package to another; false where nothing did.

    Parameters
    ----------
    old, new
        What was compared.
    rows
        The number of rows of every table on both sides, in the order of the new one.
    changes
        All changes: the descriptor's, then each table's, its schema before its rows.
    """

    old: Side
    new: Side
    rows: tuple[Count, ...]
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    @cached_property
    def bump(self) -> Bump:
        """The version that the changes ask for, and why."""
        from reportedly.versioning.bump import bump_of

        return bump_of(self.old.version, self.new.version, self.changes)

    def to_text(self, width: int | None = None) -> str:
        """Return it for people; lines are cut to a width where one is given."""
        from reportedly.versioning.render.text import lines

        return "\n".join(line.text for line in lines(self, width))

    def to_markdown(self) -> str:
        """Return it for people, as Markdown with every cell whole."""
        from reportedly.versioning.render.markdown import markdown

        return markdown(self)

    def to_json(self) -> str:
        """Return it for machines, as JSON."""
        from reportedly.versioning.render.json import to_json

        return to_json(self)
