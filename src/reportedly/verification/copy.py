"""A reader's copy of a text, and the ways to look words up in it."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import regex

from reportedly.text.boundaries import UNSPACED, is_boundary, may_be_boundaries
from reportedly.text.digest import sha256_text
from reportedly.text.normalize import Normalized
from reportedly.verification.budget import DIGEST

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from reportedly.verification.budget import Budget
    from reportedly.verification.spans import Span

_WORD = regex.compile(rf"(?V1)[[\p{{L}}\p{{M}}\p{{N}}]--{UNSPACED}]+|{UNSPACED}{{1,2}}")
# So many words in a row do not recur by chance.
DISTINCTIVE = 4


def words_in(text: str, most: int) -> int:
    """Return how many words a text has, or that it has so many or more; of a script without spaces, two characters count as a word."""
    return sum(1 for _ in islice(_WORD.finditer(text), most))


class Copy(Normalized):
    """A reader's copy. Places are those of its normalised text, so that a digest of any spelling can be looked up.

    Parameters
    ----------
    text
        The reader's text.
    budget
        How much looking it may do.
    """

    def __init__(self, text: str, budget: Budget) -> None:
        super().__init__(text)
        self.budget = budget

    @cached_property
    def _masks(self) -> tuple[bytes, bytes]:
        """Return where words may begin, and where they may end: 1 or 0 for each place."""
        mask = may_be_boundaries(self.spelled)
        spaces = bytes(map(str.isspace, self.text))
        solid = spaces.translate(bytes((1, 0)) + bytes(254))
        return _both(mask, solid + b"\0"), _both(mask, b"\0" + solid)

    def whole(self, start: int, end: int) -> bool:
        """Return whether a stretch begins and ends at word boundaries."""
        return (
            0 <= start < end <= len(self.text) and is_boundary(self.spelled, start) and is_boundary(self.spelled, end)
        )

    def exact(self, span: Span, start: int, end: int) -> bool:
        """Return whether a stretch is a span's words to the character."""
        self.budget.charge(DIGEST + end - start)
        return sha256_text(self.raw[self.start(start) : self.end(end)]) == span.digest

    def holds(self, span: Span, start: int, end: int) -> bool:
        """Return whether a stretch is a span's words, in any spelling, and cuts none."""
        if not 0 <= start < end <= len(self.text):
            return False
        self.budget.charge(DIGEST + end - start)
        if span.words:
            same = self.text[start:end] == span.words
        else:
            same = sha256_text(self.text[start:end]) == span.normalized or self.exact(span, start, end)
        return same and self.whole(start, end)

    def occurrences(self, words: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield the stretches that are some normalised words and cut none."""
        end = len(self.text) if end is None else end
        self.budget.charge(end - start)
        at = self.text.find(words, start, end) if words else -1
        while at >= 0:
            if self.whole(at, at + len(words)):
                yield at, at + len(words)
            at = self.text.find(words, at + 1, end)

    def digests(self, length: int, wanted: Container[str]) -> Iterator[tuple[str, int, int]]:
        """Yield the stretches of some length that cut no word and whose digest is wanted; each with its digest."""
        starts, ends = self._masks
        both = _both(starts[: max(0, len(starts) - length)], ends[length:])
        self.budget.charge(both.count(1) * (DIGEST + length))
        at = both.find(1)
        while at >= 0:
            digest = sha256_text(self.text[at : at + length])
            if digest in wanted and self.whole(at, at + length):
                yield digest, at, at + length
            at = both.find(1, at + 1)


def _both(one: bytes, other: bytes) -> bytes:
    """Return two masks as one; numbers of any length are the standard library's quickest way."""
    return (int.from_bytes(one, "big") & int.from_bytes(other, "big")).to_bytes(len(one), "big")
