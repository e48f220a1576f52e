"""What a dataset says of an article's words besides their places, and whether the text supports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportedly.package.shipped import shipped
from reportedly.text.boundaries import is_boundary
from reportedly.text.digest import sha256_text
from reportedly.text.normalize import normalize
from reportedly.verification.quotations import MARK, quotations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reportedly.verification.copy import Copy

    Rows = Mapping[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Unproven:
    """A cell that the reader's copy does not support.

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


def unproven(
    rows: Rows, others: set[str], copy: Copy, found: Mapping[tuple[str, str], tuple[int, int]]
) -> Iterator[Unproven]:
    """Yield the cells other than spans that a text does not support.

    Parameters
    ----------
    rows
        The rows of one article, by table, and all actors.
    others
        The actors that other articles name too.
    copy
        A reader's copy.
    found
        Where the words of rows are in the normalised copy, by table and key; of those alone that are there, in any spelling.

    Yields
    ------
    Unproven
        One for each cell.
    """
    (article,) = rows["articles"]
    length, digest = article["text_length"], article["text_sha256"]
    if digest == sha256_text(copy.raw) and length != str(len(copy.raw)):
        yield Unproven(
            "articles", article["article_id"], "text_length", length, f"the text has {len(copy.raw)} characters"
        )
    for table in ("claims", "attributions"):
        for row in rows[table]:
            key = row["claim_id"] if table == "claims" else f"{row['claim_id']}/{row['hop']}"
            if (table, key) in found:
                yield from _of_words(table, key, row, copy, found[table, key])
    yield from _surface_forms(rows, others, copy)


def _of_words(table: str, key: str, row: dict[str, str], copy: Copy, place: tuple[int, int]) -> Iterator[Unproven]:
    digest = sha256_text(copy.text[slice(*place)])
    # Where a copy's words are the coded ones only when normalised, this digest is what found them.
    if row["folded_sha256"] != digest:
        yield Unproven(table, key, "folded_sha256", row["folded_sha256"], f"its words fold to {digest}")
    cue = row.get("cue", "")
    if cue and not any(copy.occurrences(normalize(cue), *place)):
        yield Unproven(table, key, "cue", cue, "the words of its hop do not hold it")


def _surface_forms(rows: Rows, others: set[str], copy: Copy) -> Iterator[Unproven]:
    mine = actors_of(rows)
    for row in rows["actors"]:
        # A form may come from any article that names the actor, so only one that no other article names can be judged.
        if row["actor_id"] in mine - others:
            for alias in dict.fromkeys(filter(None, row["aliases"].split("|"))):
                if not any(copy.occurrences(normalize(alias))):
                    yield Unproven("actors", row["actor_id"], "aliases", alias, "it is not in the text")


def actors_of(rows: Rows) -> set[str]:
    """Return the actors that rows other than those of actors name."""
    keys = shipped().format.keys_into("actors").items()
    return {row[name] for table, names in keys if table != "actors" for row in rows[table] for name in names} - {""}


def another_digest(rows: Rows, text: str) -> Iterator[Unproven]:
    """Yield the digest of an article whose rows are all exact in a text that has another one, also without what follows behind its end."""
    (article,) = rows["articles"]
    if article["text_sha256"] != (digest := sha256_text(text[: int(article["text_length"])])):
        why = f"every row is exact, but the text has {digest}: it differs where no row covers it, or another text was coded"
        yield Unproven("articles", article["article_id"], "text_sha256", article["text_sha256"], why)


def against_the_codebook(text: str, spans: Iterable[tuple[str, str, int, int]]) -> Iterator[Unproven]:
    """Yield, for the text that was coded, spans that begin or end where none may, and quotations and their marks that do not fit.

    Parameters
    ----------
    text
        The article as it was coded.
    spans
        Table, key, start and end of each of its rows that has a span.

    Yields
    ------
    Unproven
        One for each cell, and for each pair of quotation marks whose words no row has.
    """
    inside = {*quotations(text)}
    quoted = set()
    for table, key, start, end in spans:
        place = start, end
        if table == "quotes":
            quoted.add(place)
        for wrong, field, why in _faults(text, *place, unmarked=table == "quotes" and place not in inside):
            if wrong:
                yield Unproven(table, key, field, str(start if field == "start" else end), why)
    for start, end in sorted(inside - quoted):
        why = f"in quotation marks at {start}–{end}, and no row has just these words"
        yield Unproven("quotes", "", "text", text[start:end], why)


def _faults(text: str, start: int, end: int, *, unmarked: bool) -> tuple[tuple[bool, str, str], ...]:
    """Return what may be wrong with a span: whether it is, at which end, and why."""
    words = text[start:end]
    # French puts a space between the marks and the words.
    before, behind = text[max(0, start - 2) : start].rstrip()[-1:], text[end : end + 2].lstrip()[:1]
    return (
        (words[:1].isspace(), "start", "the span begins with white space"),
        (words[-1:].isspace(), "end", "the span ends with white space"),
        ("\n" in words, "end", "the span crosses a line break"),
        (not is_boundary(text, start), "start", "the span begins within a word"),
        (not is_boundary(text, end), "end", "the span ends within a word"),
        (unmarked and not MARK.match(before), "start", "there is no quotation mark before these words"),
        (unmarked and not MARK.match(behind), "end", "there is no quotation mark after these words"),
    )
