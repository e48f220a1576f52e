"""A difference for people, as Markdown with every cell whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.text.display import shown
from reportedly.text.markdown import code, escape, table
from reportedly.versioning.kinds import KINDS
from reportedly.versioning.render.summary import rows, summary, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.versioning.changes import Change
    from reportedly.versioning.comparison import Comparison


def escaped(text: str) -> str:
    """Return a text that Markdown and a terminal show as it is, in one line."""
    return escape(shown(text))


def markdown(comparison: Comparison) -> str:
    """Return a difference as Markdown.

    Parameters
    ----------
    comparison
        What to print.

    Returns
    -------
    str
        A heading, a section for each table with its changes, and the version that they ask for.
    """
    sides = f"{escaped(str(comparison.old))} → {escaped(str(comparison.new))}"
    if not comparison:
        return f"# {sides}\n\nThe same: {len(comparison.rows)} tables, {sum(count.new or 0 for count in comparison.rows)} rows."
    parts = [f"# {sides}", f"{summary(comparison.changes).capitalize()}."]
    counts = {"": "", **{count.table: rows(count) for count in comparison.rows}}
    for name, count in counts.items():
        found = [change for change in comparison.changes if change.table == name]
        if found:
            parts += [
                f"## {escaped(name) if name else 'The package'}",
                *([f"{count}."] if count else []),
                *_section(found),
            ]
    parts += ["## Version", verdict(comparison)]
    parts.append("\n".join(f"- {reason.level}: {escaped(str(reason))}" for reason in comparison.bump.reasons))
    return "\n\n".join(parts)


def _section(changes: list[Change]) -> Iterator[str]:
    of_schema = [f"- {change.message(marked)}" for change in changes if not change.of_row]
    if of_schema:
        yield "\n".join(of_schema)
    of_rows = [line for change in changes if change.of_row for line in _row(change)]
    if of_rows:
        yield table(["change", "row", "field", "old", "new"], of_rows)


def marked(text: str) -> str:
    """Return a name or a short value as code, and whole sentences as they are."""
    return code(text) if len(text) <= 40 else escaped(text)


def _row(change: Change) -> Iterator[list[str]]:
    verb = f"another meaning: {shown(change.what)}" if change.what else KINDS[change.kind].verb
    head = [verb, code(shown(change.key))]
    # A row that is all key has no other cell to tell.
    for cell in change.cells or (None,):
        cells = (
            [code(shown(cell.field)), *(escaped(text) if text else "" for text in (cell.old, cell.new))]
            if cell
            else [""] * 3
        )
        yield [*head, *cells]
        head = ["", ""]
