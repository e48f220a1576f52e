"""What the changelog says of the data of a version: its tables for the first, what changed for every other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.text import markdown
from reportedly.text.display import cut_pair, shown
from reportedly.text.markdown import code
from reportedly.versioning.render.markdown import escaped, marked
from reportedly.versioning.render.summary import rows, summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reportedly.package.contents import Row
    from reportedly.versioning.changes import Change
    from reportedly.versioning.comparison import Comparison
    from reportedly.versioning.edition import Edition

# A changelog is skimmed: cells are cut, and a run of new rows is reported by its ends. The whole of it is in the diff and in the errata.
_CELL = 60
_LISTED = 6


def first(release: Edition) -> str:
    """Return what the changelog says of the first release."""
    numbers = {name: len(table.rows) for name, table in release.tables.items()}
    head = f"{len(numbers)} tables, {sum(numbers.values())} rows."
    lines = ((escaped(name), str(number)) for name, number in numbers.items())
    return f"{head}\n\n{markdown.table(['table', 'rows'], lines, right={'rows'})}"


def since(comparison: Comparison, errata: Mapping[tuple[str, str], Row]) -> str:
    """Return what the changelog says of a release.

    Parameters
    ----------
    comparison
        What changed since the release before.
    errata
        The rows of the errata that tell of it, by table and key.

    Returns
    -------
    str
        The changes by table, each withdrawal and correction with its reason.
    """
    if not comparison:
        return f"The same data and schemas as in {comparison.old.version}."
    lines = [
        f"Since {comparison.old.version}: {summary(comparison.changes)}. {str(comparison.bump.level).capitalize()}."
    ]
    heads = {"": "the package", **{count.table: f"{escaped(count.table)}, {rows(count)}" for count in comparison.rows}}
    for table, head in heads.items():
        found = [change for change in comparison.changes if change.table == table]
        if found:
            lines += ["", f"- {head}", *(f"    - {text}" for text in _items(found, errata))]
    return "\n".join(lines)


def _items(changes: list[Change], errata: Mapping[tuple[str, str], Row]) -> Iterator[str]:
    for change in changes:
        if not change.of_row:
            yield change.message(marked, 4 * _CELL)
        elif not change.kind.endswith("-added"):
            yield change.message(marked) + _cells(change) + _reason(errata.get((change.table, change.key)))
    added = [code(change.key) for change in changes if change.of_row and change.kind.endswith("-added")]
    if len(added) > _LISTED:
        yield f"{len(added)} added: {added[0]} to {added[-1]}"
    elif added:
        yield f"added: {', '.join(added)}"


def _cells(change: Change) -> str:
    if change.kind == "row-withdrawn":
        return ""
    pairs = ((cell, cut_pair(shown(cell.old), shown(cell.new), _CELL)) for cell in change.cells)
    return ": " + "; ".join(f"{code(cell.field)} {escaped(old)} → {escaped(new)}" for cell, (old, new) in pairs)


def _reason(erratum: Row | None) -> str:
    if not erratum:
        return ""
    instead = f"; now {code(erratum['replaced_by'])}" if erratum["replaced_by"] else ""
    return f" ({escaped(erratum['reason'].rstrip('.'))}{instead})"
