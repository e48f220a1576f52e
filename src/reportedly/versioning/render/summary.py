"""Changes in words: one telling for the terminal, Markdown, JSON and the changelog."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from reportedly.versioning.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reportedly.versioning.bump import Bump
    from reportedly.versioning.changes import Change, Count, Difference

BLANK = "(blank)"
_CUT = "…"
# What is kept in front of the first letter that differs, so that a reader sees where in the cell it is.
_BEFORE = 12


def shown(value: Any) -> str:
    """Return a value as it is told: texts in one line and as they are, all else as JSON."""
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A package is read from anywhere: what would steer a terminal is told by its number.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text) or BLANK


def told(change: Change, mark: Callable[[str], str] = str, width: int | None = None) -> str:
    """Return a change in words.

    Parameters
    ----------
    change
        The change.
    mark
        How to set off names and values.
    width
        What to cut it to; whole by default.
    """
    template = KINDS[change.kind].told
    values = {name: mark(shown(getattr(change, name))) for name in ("table", "key", "field")}
    values["whom"] = values["field"] if change.field else "the table" if change.table else "the package"
    values["what"] = shown(change.what)
    rest = len(template.format(**values, old="", new=""))
    room = max(width - rest, 0) // max(template.count("{old}") + template.count("{new}"), 1) if width else None
    old, new = cut_pair(mark(shown(change.old)), mark(shown(change.new)), room)
    return cut(template.format(**values, old=old, new=new), width)


def cut(text: str, width: int | None) -> str:
    """Return a text that is no longer than a width."""
    return text if width is None or len(text) <= width else text[: max(width - 1, 0)] + _CUT


def cut_pair(old: str, new: str, width: int | None) -> tuple[str, str]:
    """Return two texts, each no longer than a width; what they share in front goes first, so that the difference stays in sight."""
    if width is None or max(len(old), len(new)) <= width:
        return old, new
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    skipped = max(same - _BEFORE, 0)
    if skipped:
        old, new = _CUT + old[skipped:], _CUT + new[skipped:]
    return cut(old, width), cut(new, width)


def counted(kind: str, count: int) -> str:
    """Return how many changes of a kind there are, such as ``2 rows added``."""
    noun, verb = KINDS[kind].noun, KINDS[kind].verb
    return f"{count} {noun if count == 1 else _plural(noun)} {verb}"


def _plural(noun: str) -> str:
    head, of, rest = noun.partition(" of ")
    if head == "erratum":
        return "errata"
    return (f"{head[:-1]}ies" if head.endswith("y") and not head.endswith("ey") else f"{head}s") + of + rest


def weight(kind: str) -> tuple[int, int]:
    """Return what kinds are sorted by: the weightiest first."""
    return -KINDS[kind].level, list(KINDS).index(kind)


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


def verdict(difference: Difference) -> str:
    """Return which version the changes ask for, and whether the new side has it."""
    bump: Bump = difference.bump
    old, new = shown(difference.old.version), shown(difference.new.version)
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
