"""The spans of an article: which words its rows rest on, and where the coded text has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportedly.text.digest import sha256_text
from reportedly.text.normalize import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Tables with spans, the column that tells a row from the others of its claim, and that of the words where the dataset carries them.
_SPANNED = (
    ("claims", "claim_id", ""),
    ("attributions", "hop", ""),
    ("quotes", "quote_id", "text"),
    ("figures", "figure_id", "surface"),
)


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


def spans_of(rows: Mapping[str, Sequence[dict[str, str]]]) -> Iterator[tuple[str, str, Span]]:
    """Yield table, key and span of each row that has a span.

    Parameters
    ----------
    rows
        The rows of one article, by table.

    Yields
    ------
    tuple of str, str, Span
        In the order of tables and rows.
    """
    for table, key, carried in _SPANNED:
        for row in rows[table]:
            if row["start"]:
                name = f"{row['claim_id']}/{row['hop']}" if key == "hop" else row[key]
                words = normalize(row[carried]) if carried else ""
                digests = (
                    (sha256_text(row[carried]), sha256_text(words))
                    if carried
                    else (row["span_sha256"], row["folded_sha256"])
                )
                yield table, name, Span(int(row["start"]), int(row["end"]), words, *digests)
