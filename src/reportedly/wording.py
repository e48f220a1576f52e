"""Prove what a dataset says of an article's words besides their places: cues, surface forms, lengths and folded digests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportedly.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reportedly.package import Package

# Where a row names an actor, and the field that tells the row's article or claim.
_USES = {
    "articles": ("article_id", ("publisher_id",)),
    "claims": ("article_id", ("holder_id",)),
    "attributions": ("claim_id", ("actor_id",)),
    "participants": ("claim_id", ("actor_id",)),
    "demands": ("claim_id", ("demander_id", "addressee_id", "obligated_id")),
    "quotes": ("claim_id", ("speaker_id",)),
}


@dataclass(frozen=True)
class Unproven:
    """A cell that the reader's copy does not bear out.

    Parameters
    ----------
    table, key, field, value
        The cell.
    why
        What the text says instead.
    """

    table: str
    key: str
    field: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"{self.table} {self.key}, {self.field} = {self.value!r}: {self.why}"


def sha256(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def unproven(
    package: Package, article: str, text: str, found: Mapping[tuple[str, str], tuple[int, int]]
) -> Iterator[Unproven]:
    """Yield what a dataset says of an article's words and the text does not bear out.

    Parameters
    ----------
    package
        The dataset.
    article
        The article's identifier.
    text
        A reader's copy.
    found
        Where the words of claims and attributions stand in the copy, by table and key; of those alone that stand there, folded or not.

    Yields
    ------
    Unproven
        One for each cell.
    """
    for row in package.rows("articles"):
        if row["article_id"] == article and row["text_sha256"] == sha256(text) and row["text_length"] != str(len(text)):
            yield Unproven(
                "articles", article, "text_length", row["text_length"], f"the text has {len(text)} characters"
            )
    for table in ("claims", "attributions"):
        for row in package.rows(table):
            key = row["claim_id"] if table == "claims" else f"{row['claim_id']}/{row['hop']}"
            if (table, key) in found:
                start, end = found[table, key]
                yield from _of_words(table, key, row, text[start:end])
    yield from _surface_forms(package, article, text)


def _of_words(table: str, key: str, row: dict[str, str], words: str) -> Iterator[Unproven]:
    folded = fold(words)
    # Where a copy's words are the coded ones only when folded, the folded digest is what found them.
    if row["folded_sha256"] != sha256(folded):
        yield Unproven(table, key, "folded_sha256", row["folded_sha256"], f"its words fold to {sha256(folded)}")
    cue = row.get("cue", "")
    if cue and fold(cue) not in folded:
        yield Unproven(table, key, "cue", cue, "the words of its hop do not hold it")


def _surface_forms(package: Package, article: str, text: str) -> Iterator[Unproven]:
    folded = fold(text)
    mine = _used(package, article)
    for row in package.rows("actors"):
        # A form may come from any article that names the actor, so only one that no other article names can be judged.
        if mine.get(row["actor_id"]):
            for alias in filter(None, row["aliases"].split("|")):
                if not _stands(fold(alias), folded):
                    yield Unproven("actors", row["actor_id"], "aliases", alias, "it stands nowhere in the text")


def _used(package: Package, article: str) -> dict[str, bool]:
    """Return for each actor in use whether this article alone uses it."""
    homes = {row["claim_id"]: row["article_id"] for row in package.rows("claims")}
    alone: dict[str, bool] = {}
    for table, (key, names) in _USES.items():
        for row in package.rows(table):
            here = homes.get(row[key], row[key]) == article
            for actor in filter(None, (row[name] for name in names)):
                alone[actor] = alone.get(actor, True) and here
    return alone


def _stands(words: str, text: str) -> bool:
    """Return whether words stand in a text, no letter or digit touching them."""
    at = text.find(words)
    while at >= 0:
        before, behind = text[at - 1 : at], text[at + len(words) : at + len(words) + 1]
        if not (before.isalnum() or behind.isalnum()):
            return True
        at = text.find(words, at + 1)
    return False
