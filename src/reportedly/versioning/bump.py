"""The version that changes ask for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportedly.model.version import Level, Version
from reportedly.text.display import shown
from reportedly.versioning.kinds import KINDS, counted, weight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportedly.versioning.changes import Change


@dataclass(frozen=True)
class Reason:
    """Changes of one kind, counted.

    Parameters
    ----------
    kind
        The kind.
    count
        How many there are.
    tables
        The tables in which they are, empty for those of the package itself.
    """

    kind: str
    count: int
    tables: tuple[str, ...]

    @property
    def level(self) -> Level:
        """The part of the version that they move."""
        return KINDS[self.kind].level

    def __str__(self) -> str:
        where = f" ({', '.join(map(shown, self.tables))})" if self.tables else ""
        return f"{counted(self.kind, self.count)}{where}. {KINDS[self.kind].why}"


@dataclass(frozen=True)
class Bump:
    """The version that changes ask for.

    Parameters
    ----------
    level
        The weightiest level of the changes.
    least
        The lowest version that the new side may have, empty where the old side's is none of three numbers.
    enough
        Whether the new side's version is that or a later one; None where it is older than the old side's, or none of three numbers.
    reasons
        The changes by kind, the weightiest first.
    """

    level: Level
    least: str
    enough: bool | None
    reasons: tuple[Reason, ...]


def bump_of(old: str, new: str, changes: Iterable[Change]) -> Bump:
    """Return the version that changes from one version ask for.

    Parameters
    ----------
    old, new
        The versions of the two sides.
    changes
        What changed.

    Returns
    -------
    Bump
        With the reasons.
    """
    found = list(changes)
    level = max((change.level for change in found), default=Level.NONE)
    before, after = Version.read(old), Version.read(new)
    least = before.after(level) if before else None
    forward = before and after and after >= before
    # A development version is as high as what it becomes.
    enough = after.final >= least if after and least and forward else None
    return Bump(level, str(least or ""), enough, tuple(_reasons(found)))


def _reasons(changes: list[Change]) -> Iterable[Reason]:
    counts = Counter(change.kind for change in changes)
    for kind in sorted(counts, key=weight):
        tables = dict.fromkeys(change.table for change in changes if change.kind == kind and change.table)
        yield Reason(kind, counts[kind], tuple(tables))
