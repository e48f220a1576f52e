"""The spans of an article: which words its rows rest on, and where the coded text has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportedly.text.digest import sha256_text
from reportedly.text.normalize import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reportedly.model.schema import Table


@dataclass(frozen=True)
class Span:
    """Words of the coded text. Rows that rest on the very same words share one.

    Parameters
    ----------
    start, end
        Where they are in the coded text, in characters.
    words
        The words, normalised, where the dataset carries them; else empty.
    digest, normalized
        SHA-256 of the words, and of the normalised words.
    """

    start: int
    end: int
    words: str = field(compare=False)
    digest: str
    normalized: str

    @property
    def length(self) -> int:
        """How many characters the normalised words have; of words known by their digest alone, that they had in the coded text."""
        return len(self.words) or self.end - self.start


def spans_of(tables: Iterable[Table], rows: Mapping[str, Sequence[dict[str, str]]]) -> Iterator[tuple[str, str, Span]]:
    """Yield table, key and span of each row that has a span.

    Parameters
    ----------
    tables
        The tables of the format.
    rows
        The rows of one article, by table.

    Yields
    ------
    tuple of str, str, Span
        In the order of tables and rows; tables whose words the dataset carries come last.
    """
    spanned = [(table, table.roles.span) for table in tables if table.roles.span]
    for table, span in sorted(spanned, key=lambda pair: bool(pair[1].words)):
        for row in rows[table.name]:
            if row[span.start]:
                words = normalize(row[span.words]) if span.words else ""
                digest, normalized = (
                    (sha256_text(row[span.words]), sha256_text(words))
                    if span.words
                    else (row[name] for name in span.digests)
                )
                yield (
                    table.name,
                    table.key_text(row),
                    Span(int(row[span.start]), int(row[span.end]), words, digest, normalized),
                )
