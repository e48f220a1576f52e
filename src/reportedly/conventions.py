"""Prove of the very text that was coded what the codebook says of the edges of spans and of quotations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reportedly.edges import is_edge
from reportedly.wording import Unproven

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OPENING, _CLOSING = set("“„«»‚‘‹›”’\"'「『《"), set("”“»«’‘›‹\"'」』》")
# Pairs of marks that are nothing else, as a single one may be an apostrophe, within a line. https://www.unicode.org/charts/PDF/U2000.pdf
_PAIRS = re.compile(r"“([^“”\n]+)”|„([^„“”\n]+)[“”]|«([^«»\n]+)»|\"([^\"\n]+)\"|「([^「」\n]+)」")


def broken(text: str, spans: Iterable[tuple[str, str, int, int]]) -> Iterator[Unproven]:
    """Yield spans that begin, end or run on as no span may, and quotations whose marks are not around them.

    Parameters
    ----------
    text
        The article, to the character as it was coded.
    spans
        Table, key, start and end of each of its rows that has a span.

    Yields
    ------
    Unproven
        One for each cell, and for each pair of quotation marks whose words no row has.
    """
    quoted = set()
    for table, key, start, end in spans:
        yield from _edges(table, key, text, start, end)
        if table == "quotes":
            quoted.add((start, end))
            yield from _marks(key, text, start, end)
    for pair in _PAIRS.finditer(text):
        words = pair[pair.lastindex or 0]
        start = pair.start() + 1 + len(words) - len(words.lstrip())
        end = start + len(words.strip())
        if words.strip() and (start, end) not in quoted:
            why = f"in quotation marks at {start}–{end}, and no row has just these words"
            yield Unproven("quotes", "", "text", words.strip(), why)


def _edges(table: str, key: str, text: str, start: int, end: int) -> Iterator[Unproven]:
    words = text[start:end]
    if words[:1].isspace():
        yield Unproven(table, key, "start", str(start), "the span begins with white space")
    if words[-1:].isspace():
        yield Unproven(table, key, "end", str(end), "the span ends with white space")
    if "\n" in words:
        yield Unproven(table, key, "end", str(end), "the span crosses a line break")
    if not is_edge(text, start):
        yield Unproven(table, key, "start", str(start), "the span begins within a word")
    if not is_edge(text, end):
        yield Unproven(table, key, "end", str(end), "the span ends within a word")


def _marks(key: str, text: str, start: int, end: int) -> Iterator[Unproven]:
    # French puts a space between the marks and the words.
    if text[max(0, start - 2) : start].rstrip()[-1:] not in _OPENING:
        yield Unproven("quotes", key, "start", str(start), "no quotation mark stands before these words")
    if text[end : end + 2].lstrip()[:1] not in _CLOSING:
        yield Unproven("quotes", key, "end", str(end), "no quotation mark stands behind these words")
