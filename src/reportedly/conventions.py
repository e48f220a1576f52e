"""Prove of the very text that was coded what the codebook says of the edges of spans and of quotations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reportedly.edges import is_edge
from reportedly.wording import Unproven

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.package import Package

_TABLES = ("claims", "attributions", "quotes", "figures")
_OPENING, _CLOSING = set("“„«»‚‘‹›”’\"'「『《"), set("”“»«’‘›‹\"'」』》")
# Pairs of marks that are nothing else, as a single one may be an apostrophe, within a line. https://www.unicode.org/charts/PDF/U2000.pdf
_PAIRS = re.compile(r"“([^“”\n]+)”|„([^„“”\n]+)[“”]|«([^«»\n]+)»|\"([^\"\n]+)\"|「([^「」\n]+)」")


def broken(package: Package, article: str, text: str) -> Iterator[Unproven]:
    """Yield spans that begin, end or run on as no span may, and quotations whose marks are not around them.

    Parameters
    ----------
    package
        The dataset.
    article
        The article's identifier.
    text
        The article, to the character as it was coded.

    Yields
    ------
    Unproven
        One for each cell, and for each pair of quotation marks whose words no row has.
    """
    claims = {row["claim_id"] for row in package.rows("claims") if row["article_id"] == article}
    quoted = set()
    for table in _TABLES:
        for row in package.rows(table):
            if row["claim_id"] in claims and row["start"]:
                start, end = int(row["start"]), int(row["end"])
                yield from _edges(table, row, text, start, end)
                if table == "quotes":
                    quoted.add((start, end))
                    yield from _marks(row, text, start, end)
    for pair in _PAIRS.finditer(text):
        words = pair[pair.lastindex or 0]
        start = pair.start() + 1 + len(words) - len(words.lstrip())
        if words.strip() and (start, start + len(words.strip())) not in quoted:
            why = f"in quotation marks at {start}–{start + len(words.strip())}, and no row has just these words"
            yield Unproven("quotes", "", "text", words.strip(), why)


def _key(table: str, row: dict[str, str]) -> str:
    keys = {"claims": "claim_id", "quotes": "quote_id", "figures": "figure_id"}
    return row[keys[table]] if table in keys else f"{row['claim_id']}/{row['hop']}"


def _edges(table: str, row: dict[str, str], text: str, start: int, end: int) -> Iterator[Unproven]:
    words = text[start:end]
    key = _key(table, row)
    if words[:1].isspace():
        yield Unproven(table, key, "start", row["start"], "the span begins with white space")
    if words[-1:].isspace():
        yield Unproven(table, key, "end", row["end"], "the span ends with white space")
    if "\n" in words:
        yield Unproven(table, key, "end", row["end"], "the span crosses a line break")
    if not is_edge(text, start):
        yield Unproven(table, key, "start", row["start"], "the span begins within a word")
    if not is_edge(text, end):
        yield Unproven(table, key, "end", row["end"], "the span ends within a word")


def _marks(row: dict[str, str], text: str, start: int, end: int) -> Iterator[Unproven]:
    # French puts a space between the marks and the words.
    if text[max(0, start - 2) : start].rstrip()[-1:] not in _OPENING:
        yield Unproven("quotes", row["quote_id"], "start", row["start"], "no quotation mark stands before these words")
    if text[end : end + 2].lstrip()[:1] not in _CLOSING:
        yield Unproven("quotes", row["quote_id"], "end", row["end"], "no quotation mark stands behind these words")
