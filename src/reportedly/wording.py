"""Prove what a dataset says of an article's words besides their places: cues, surface forms, lengths and folded digests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportedly.edges import parted
from reportedly.folding import fold
from reportedly.package import keys_into

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reportedly.effort import Effort
    from reportedly.package import Package

# What folding takes for each character, in characters of a text with which a few words are compared.
_OF_FOLDING = 8


@dataclass(frozen=True)
class Unproven:
    """A cell that the reader's copy does not bear out.

    Parameters
    ----------
    table, key, field, value
        The cell; of a row that is missing, no key and what it should say.
    why
        What the text says instead.
    """

    table: str
    key: str
    field: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"{' '.join(filter(None, (self.table, self.key)))}, {self.field} = {self.value!r}: {self.why}"


def sha256(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def unproven(
    package: Package, article: str, text: str, found: Mapping[tuple[str, str], tuple[int, int]], effort: Effort
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
    effort
        What is left of the looking that the verification may do.

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
                effort.spend((end - start) * _OF_FOLDING)
                yield from _of_words(table, key, row, text[start:end])
    yield from _surface_forms(package, article, text, effort)


def _of_words(table: str, key: str, row: dict[str, str], words: str) -> Iterator[Unproven]:
    folded = fold(words)
    # Where a copy's words are the coded ones only when folded, the folded digest is what found them.
    if row["folded_sha256"] != sha256(folded):
        yield Unproven(table, key, "folded_sha256", row["folded_sha256"], f"its words fold to {sha256(folded)}")
    cue = row.get("cue", "")
    if cue and fold(cue) not in folded:
        yield Unproven(table, key, "cue", cue, "the words of its hop do not hold it")


def another_digest(package: Package, article: str, text: str) -> Iterator[Unproven]:
    """Yield the digest of an article whose rows all stand in a text that has another one, also without what follows behind its end.

    Parameters
    ----------
    package
        The dataset.
    article
        The article's identifier.
    text
        A reader's copy.

    Yields
    ------
    Unproven
        One, or none.
    """
    for row in package.rows("articles"):
        if row["article_id"] == article and row["text_sha256"] != (digest := sha256(text[: int(row["text_length"])])):
            why = f"every row is exact, but the text has {digest}: it differs where no row covers it, or another text was coded"
            yield Unproven("articles", article, "text_sha256", row["text_sha256"], why)


def _surface_forms(package: Package, article: str, text: str, effort: Effort) -> Iterator[Unproven]:
    whole = parted(fold(text))
    mine = _used(package, article)
    for row in package.rows("actors"):
        # A form may come from any article that names the actor, so only one that no other article names can be judged.
        if mine.get(row["actor_id"]):
            for alias in dict.fromkeys(filter(None, row["aliases"].split("|"))):
                effort.spend(len(whole) / 80)
                if parted(fold(alias)) not in whole:
                    yield Unproven("actors", row["actor_id"], "aliases", alias, "it stands nowhere in the text")


def _used(package: Package, article: str) -> dict[str, bool]:
    """Return for each actor in use whether this article alone uses it."""
    homes = {row["claim_id"]: row["article_id"] for row in package.rows("claims")}
    alone: dict[str, bool] = {}
    for table, names in keys_into("actors").items():
        if table == "actors":
            continue
        key = "article_id" if table in {"articles", "claims"} else "claim_id"
        for row in package.rows(table):
            here = homes.get(row[key], row[key]) == article
            for actor in filter(None, (row[name] for name in names)):
                alone[actor] = alone.get(actor, True) and here
    return alone
