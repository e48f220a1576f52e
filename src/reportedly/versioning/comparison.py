"""Two packages compared, as a value: what changed, and the version that it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reportedly.versioning.bump import bump_of

if TYPE_CHECKING:
    from reportedly.versioning.bump import Bump
    from reportedly.versioning.changes import Change, Count, Side


@dataclass(frozen=True)
class Comparison:
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
        return bump_of(self.old.version, self.new.version, self.changes)
