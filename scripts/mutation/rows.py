"""Corruptions of whole rows and of chains."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

from mutation.mutant import Cell, Mutant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutation.mutant import Row
    from mutation.source import Source

# A hop without its place in the chain.
_HOP = ("actor_id", "relation", "basis", "cue", "start", "end", "span_sha256", "folded_sha256", "note")

_SPAN = ("start", "end", "span_sha256", "folded_sha256")


def mutants(source: Source, *, seed: int, most: int) -> Iterator[Mutant]:
    """Yield the corruptions of rows and chains; see `cells.mutants` for the parameters."""
    for table in source.schemas:
        yield from _of_table(source, table, random.Random(f"{seed}/rows/{table}"), 3 * most)  # noqa: S311 - seeds make cases, not secrets
    yield from _chains(source, random.Random(f"{seed}/chains"), 3 * most)  # noqa: S311 - the same
    yield from _spans(source, random.Random(f"{seed}/spans"), 3 * most)  # noqa: S311 - the same
    yield from _unnamed(source)
    yield from _withdrawn(source)


def _of_table(source: Source, table: str, choose: random.Random, most: int) -> Iterator[Mutant]:
    rows = source.tables[table]
    names = source.schemas[table]["primaryKey"]

    def some(among: int) -> list[int]:
        return choose.sample(range(among), min(most, among))

    for at in some(len(rows)):
        key = source.key(table, rows[at])
        yield Mutant("row dropped", table, "", key, drop=(at,))
    for at in some(len(rows)):
        key = source.key(table, rows[at])
        yield Mutant("row repeated", table, "", key, repeat=((at, ()),))
    if len(names) == 1:
        for at in some(len(rows)):
            key = rows[at][names[0]]
            other = _unused(key, {row[names[0]] for row in rows})
            yield Mutant(
                "row repeated under another key", table, "", f"{key} as {other}", repeat=((at, ((names[0], other),)),)
            )
    for at in some(len(rows) - 1):
        shown = f"{source.key(table, rows[at])} behind {source.key(table, rows[at + 1])}"
        yield Mutant("rows in another order", table, "", shown, swap=at)


def _unused(key: str, known: set[str]) -> str:
    stem = key.rstrip("0123456789")
    # As many digits as there were, so that the pattern of the key is kept.
    width = max(2, len(key) - len(stem))
    return next(other for n in range(99, 0, -1) if (other := f"{stem}{n:0{width}}") not in known)


def _chains(source: Source, choose: random.Random, most: int) -> Iterator[Mutant]:
    hops = source.tables["attributions"]
    chains: dict[str, list[int]] = {}
    for at, row in enumerate(hops):
        chains.setdefault(row["claim_id"], []).append(at)
    long = [places for places in chains.values() if len(places) > 1]
    for places in choose.sample(long, min(most, len(long))):
        claim = hops[places[0]]["claim_id"]
        for hop, gone in enumerate(places):
            # The hops behind it move up, so that no number is missing.
            cells = tuple(Cell("attributions", at, "hop", str(n)) for n, at in enumerate(places[hop + 1 :], hop + 1))
            yield Mutant("hop removed", "attributions", "", f"{claim}/{hop + 1}", cells, drop=(gone,))
        for one, other in pairwise(places):
            shown = f"{source.key('attributions', hops[one])} ↔ {source.key('attributions', hops[other])}"
            whole = (*_as(one, hops[other], _HOP), *_as(other, hops[one], _HOP))
            yield Mutant("hops swapped", "attributions", "", shown, whole)
            voices = (*_as(one, hops[other], ("actor_id",)), *_as(other, hops[one], ("actor_id",)))
            yield Mutant("voices of two hops swapped", "attributions", "", shown, voices)
        media = [row["actor_id"] for row in source.tables["actors"] if row["actor_type"] == "medium"]
        last = places[-1]
        for other in media:
            if other != hops[last]["actor_id"]:
                yield Mutant(
                    "chain ends elsewhere",
                    "attributions",
                    "",
                    f"{claim} with {other}",
                    (Cell("attributions", last, "actor_id", other),),
                )


def _spans(source: Source, choose: random.Random, most: int) -> Iterator[Mutant]:
    rows = source.tables["claims"]
    for at in choose.sample(range(len(rows) - 1), min(most, len(rows) - 1)):
        shown = f"{rows[at]['claim_id']} has that of {rows[at + 1]['claim_id']}"
        span = tuple(Cell("claims", at, name, rows[at + 1][name]) for name in _SPAN)
        yield Mutant("span of the next claim", "claims", "", shown, (*span, Cell("claims", at, "note", "")))


def _unnamed(source: Source) -> Iterator[Mutant]:
    articles = [row["article_id"] for row in source.tables["articles"]]
    for row in source.tables["actors"]:
        old = row["actor_id"]
        for article in articles:
            if row["identification"] == "unnamed" and old.startswith(f"{article}-"):
                new = f"zzz-9999{old.removeprefix(article)}"
                cells = tuple(
                    Cell(table, at, name, new)
                    for table, rows in source.tables.items()
                    for at, other in enumerate(rows)
                    for name, cell in other.items()
                    if cell == old
                )
                yield Mutant("unnamed actor given to another article", "actors", "actor_id", f"{old} as {new}", cells)


def _withdrawn(source: Source) -> Iterator[Mutant]:
    for at, row in enumerate(source.tables["errata"]):
        if row["kind"] == "withdrawn":
            later = (("since", "9.9.9"), ("kind", "corrected"), ("replaced_by", ""))
            key = source.key("errata", row)
            yield Mutant("corrected after it was withdrawn", "errata", "since", key, repeat=((at, later),))


def _as(at: int, row: Row, names: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(Cell("attributions", at, name, row[name]) for name in names)
