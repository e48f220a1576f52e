"""What changed between the rows of a table, matched by their key. The order of rows is no content: files are sorted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from reportedly.package.errata import ERRATA
from reportedly.versioning.changes import Cell, Change
from reportedly.versioning.identity import identity_lost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reportedly.package.contents import Row, TableContents

Key = tuple[str, ...]


def rows_by(table: TableContents, fields: Sequence[str]) -> dict[Key, Row]:
    """Return the rows of a table by the cells of some fields; where several have the same, they are numbered."""
    found: dict[Key, Row] = {}
    times: Counter[Key] = Counter()
    for row in table.rows:
        key = tuple(row[name] for name in fields)
        times[key] += 1
        found[key if times[key] == 1 else (*key, f"#{times[key]}")] = row
    return found


class Matched(NamedTuple):
    """The rows of both sides by one key.

    Attributes
    ----------
    old, new
        The rows by key.
    """

    old: dict[Key, Row]
    new: dict[Key, Row]

    @property
    def both(self) -> list[Key]:
        """The keys of rows that both sides have."""
        return [key for key in self.new if key in self.old]

    def same_cells(self, field: str, other: str) -> bool:
        """Whether a field of the old side holds what another of the new side does, in every row that both have."""
        return all(self.old[key][field] == self.new[key][other] for key in self.both)


def match(old: TableContents, new: TableContents) -> Matched:
    """Return the rows of both sides, matched by the key that brings most of them together.

    Parameters
    ----------
    old, new
        The two sides.

    Returns
    -------
    Matched
        By the primary key; by either side's where it changed; by all shared fields where there is none.
    """
    ours, theirs = old.key, new.key
    pairs = [(ours, theirs)] if len(ours) == len(theirs) else []
    pairs += [(key, key) for key in (theirs, ours) if set(key) <= set(old.names) & set(new.names)]
    shared = tuple(name for name in new.names if name in old.names)
    tried = [Matched(rows_by(old, a), rows_by(new, b)) for a, b in dict.fromkeys(pairs) if a and b] or [
        Matched(rows_by(old, shared), rows_by(new, shared))
    ]
    return max(tried, key=lambda found: len(found.both))


def compare_rows(
    table: str, old: TableContents, new: TableContents, matched: Matched, names: dict[str, str]
) -> Iterator[Change]:
    """Yield what changed between the rows of a table.

    Parameters
    ----------
    table
        The table, as the new side calls it.
    old, new
        The two sides.
    matched
        Their rows.
    names
        The fields that bear another name, old → new.

    Yields
    ------
    Change
        Rows withdrawn, then rows changed, then rows added.
    """
    for key, row in matched.old.items():
        if key not in matched.new:
            cells = tuple(
                Cell(names.get(name, name), row[name], "") for name in old.names if row[name] and name not in old.key
            )
            yield Change("row-withdrawn", table, key="/".join(key), cells=cells)
    fields = [(name, names.get(name, name)) for name in old.names if names.get(name, name) in new.names]
    for key in matched.both:
        before, after = matched.old[key], matched.new[key]
        cells = tuple(Cell(now, before[name], after[now]) for name, now in fields if before[name] != after[now])
        if cells:
            same = {now: before[name] for name, now in fields}
            lost = identity_lost(new, same, after)
            yield Change("meaning-changed" if lost else "row-changed", table, key="/".join(key), what=lost, cells=cells)
    for key, row in matched.new.items():
        if key not in matched.old:
            cells = tuple(Cell(name, "", row[name]) for name in new.names if row[name] and name not in new.key)
            yield Change("erratum-added" if table == ERRATA else "row-added", table, key="/".join(key), cells=cells)
