"""The outcome of a verification, for people and for machines."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from reportedly.text.display import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reportedly.verification.evidence import Unproven

VERDICTS = ("exact", "moved", "normalised", "altered", "absent")
# What besides exact rows may count as clean.
ACCEPTABLE = (*VERDICTS, "unproven")
# How many lines of one kind are printed; of rows that are there, only somewhere else or in another spelling, fewer.
_LINES, _LINES_FOUND = 40, 10


@dataclass(frozen=True)
class Verdict:
    """What became of one row's words in a reader's copy.

    Parameters
    ----------
    table, key
        The row.
    verdict
        ``exact``: the same words at the same offsets. ``moved``: the same words at other offsets. ``normalised``: equal after folding.
        ``altered``: other words at their place, close enough to be them, or words much like them elsewhere. ``absent``: none of that. Words count where
        they stand whole: no word and no number is cut. Words that are in the copy once and in one row are found wherever they are; words that recur follow
        the rows around them.
    start, end
        The offsets that the dataset gives.
    found_start, found_end
        The offsets in the reader's copy, -1 where absent.
    difference
        For altered words what differs; for a span that is known by its digest alone, what stands at its place now.
    """

    table: str
    key: str
    verdict: str
    start: int
    end: int
    found_start: int = -1
    found_end: int = -1
    difference: str = ""

    def __str__(self) -> str:
        line = f"{self.table} {self.key} {self.start}–{self.end}: {self.verdict}"
        if self.found_start >= 0:
            line += f", now {self.found_start}–{self.found_end}"
        return f"{line}: {self.difference}" if self.difference else line


@dataclass(frozen=True)
class Verification:
    """The outcome of a verification.

    Parameters
    ----------
    article
        The article.
    same_text
        Whether the whole text has the article's digest.
    verdicts
        One for each row with a span, in the order of tables and rows.
    uncovered
        The stretches of the reader's copy that no row covers and that hold a letter or digit, with their offsets.
    unproven
        What the dataset says of the words besides their places, and the copy does not support: cues that are not among their hop's words, surface forms
        of actors that are nowhere, folded digests, a length and the digest of the text that are others. Of the text that was coded, also where a span or
        a quotation begins or ends as the codebook forbids, and quotations that no row has.
    """

    article: str
    same_text: bool
    verdicts: tuple[Verdict, ...]
    uncovered: tuple[tuple[int, int, str], ...]
    unproven: tuple[Unproven, ...]

    @property
    def totals(self) -> dict[str, int]:
        """Number of rows by verdict."""
        counted = Counter(verdict.verdict for verdict in self.verdicts)
        return {name: counted[name] for name in VERDICTS}

    @property
    def another_text(self) -> bool:
        """Whether the copy is plainly another text, or little of it: less than one row in ten is there, and less than one claim in ten."""
        claims = [row for row in self.verdicts if row.table == "claims"]
        return all(10 * _there(rows) < len(rows) for rows in (claims, self.verdicts))

    def ok(self, accept: Iterable[str] = ()) -> bool:
        """Return whether every row is exact, or has a verdict that is accepted too, and nothing is unproven unless that is accepted.

        An article without any row proves nothing.
        """
        allowed = {"exact", *accept}
        proven = not self.unproven or "unproven" in allowed
        return proven and bool(self.verdicts) and all(verdict.verdict in allowed for verdict in self.verdicts)

    def to_text(self) -> str:
        """Return the outcome for people: the totals, then what is wrong, then the stretches that no row covers."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.article}: {len(self.verdicts)} rows: "
            + ", ".join(f"{count} {name}" for name, count in self.totals.items())
            + (f"; {len(self.unproven)} unproven" if self.unproven else "")
        )
        if self.another_text:
            are = f"{_there(self.verdicts) or 'none'} of the {len(self.verdicts)} rows of {self.article} are in it"
            yield f"This is another text, or little of the one that was coded: {are}."
            return
        yield (
            "The text is the one that was coded, to the character."
            if self.same_text
            else "The text differs from the one that was coded."
        )
        yield from _at_most(_LINES, list(map(str, self.unproven)), "unproven")
        for name in ("absent", "altered", "normalised", "moved"):
            rows = [row for row in self.verdicts if row.verdict == name]
            most = _LINES_FOUND if name in {"normalised", "moved"} else _LINES
            if len(rows) > most and name != "altered":
                yield _together(rows)
            else:
                yield from _at_most(most, list(map(str, rows)), name)
        bare = [f"no row covers {start}–{end}: {cut(words, 80)!r}" for start, end, words in self.uncovered]
        yield from _at_most(_LINES_FOUND, bare, "not covered")

    def to_json(self) -> str:
        """Return the outcome for machines, as JSON."""
        found = {
            "article": self.article,
            "same_text": self.same_text,
            "another_text": self.another_text,
            "totals": self.totals,
            "rows": [asdict(verdict) for verdict in self.verdicts],
            "unproven": [asdict(cell) for cell in self.unproven],
            "uncovered": [{"start": start, "end": end, "text": words} for start, end, words in self.uncovered],
        }
        return json.dumps(found, indent=2, ensure_ascii=False)


def _there(rows: Sequence[Verdict]) -> int:
    """Return how many rows are in the copy, altered ones among them."""
    return sum(row.found_start >= 0 for row in rows)


def _at_most(most: int, lines: Sequence[str], kind: str) -> Iterator[str]:
    """Yield some of the lines of one kind, and how many there are more."""
    yield from lines[:most]
    if len(lines) > most:
        yield f"… and {len(lines) - most} more {kind}; --format json lists them all"


def _together(rows: Sequence[Verdict]) -> str:
    """Return many rows of one verdict as one line."""
    verdict = rows[0].verdict
    tables = ", ".join(f"{count} of {table}" for table, count in Counter(row.table for row in rows).items())
    shifts = {row.found_start - row.start for row in rows}
    by = f", all by {shifts.pop():+,} characters" if verdict == "moved" and len(shifts) == 1 else ""
    return f"{len(rows)} rows {verdict}{by}: {tables}; --format json lists them"
