"""Changes counted, for the terminal, Markdown, JSON and the changelog alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reportedly.text.display import shown
from reportedly.versioning.kinds import counted, weight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportedly.versioning.bump import Bump
    from reportedly.versioning.changes import Change, Count
    from reportedly.versioning.comparison import Comparison


def summary(changes: Iterable[Change]) -> str:
    """Return changes counted by kind, the weightiest kind first."""
    counts = Counter(change.kind for change in changes)
    return ", ".join(counted(kind, counts[kind]) for kind in sorted(counts, key=weight)) or "no change"


def rows(count: Count) -> str:
    """Return the number of a table's rows on both sides."""
    if count.old is None or count.new is None or count.old == count.new:
        number = count.old if count.new is None else count.new
        return f"{number} row{'' if number == 1 else 's'}"
    return f"{count.old} → {count.new} rows"


def verdict(comparison: Comparison) -> str:
    """Return which version the changes ask for, and whether the new side has it."""
    bump: Bump = comparison.bump
    old, new = shown(comparison.old.version), shown(comparison.new.version)
    if not bump.level:
        return "No change that moves the version."
    if not bump.least:
        return f"A {bump.level} change. What follows {old} cannot be told: it is no version of three numbers."
    rule = ""
    if old.startswith("0.") and "-dev." not in old:
        rule = " (below 1.0.0 a major change moves the minor number, any other the patch number)"
    asked = f"A {bump.level} change: what follows {old} is {bump.least} or later{rule}."
    told_of = {True: "is enough", False: "is too little", None: ""}[bump.enough]
    return f"{asked} {new} {told_of}." if told_of else asked
