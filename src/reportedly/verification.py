"""Prove a dataset's spans against a reader's own copy of an article.

A span whose words the dataset carries (quotations, surfaces) is looked for by them, any other by its digest. Where the same words recur, a span follows
what is around it: the claim that holds it, or its neighbours.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from reportedly import limits
from reportedly.conventions import broken
from reportedly.edges import is_edge
from reportedly.effort import Effort
from reportedly.errors import MissingExtraError, PackageError, ReportedlyError, UnknownNameError
from reportedly.folding import fold, folded_with_places
from reportedly.package import package_of, reading, reason
from reportedly.wording import Unproven, another_digest, sha256, unproven

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reportedly.package import Package

    Progress = Callable[[int, int], None]

VERDICTS = ("exact", "moved", "normalised", "altered", "absent")
# What besides exact rows may count as clean.
ACCEPTABLE = (*VERDICTS, "unproven")
# How alike words must be, out of 100, to count as altered and not as absent; measured by rapidfuzz's ratio, of what stands at their place or of the
# best stretch around it.
_ALIKE = 70


@dataclass(frozen=True)
class Verdict:
    """What became of one row's words in a reader's copy.

    Parameters
    ----------
    table, key
        The row.
    verdict
        ``exact``: the same words at the same offsets. ``moved``: the same words at other offsets. ``normalised``: equal after folding.
        ``altered``: other words at their place, close enough to be them. ``absent``: none of that. Words of less than 20 characters, which may
        recur by chance, are looked for only where the words around them lead.
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
        What the dataset says of the words besides their places, and the copy does not bear out: cues that do not stand in their hop's words,
        surface forms of actors that stand nowhere, folded digests, a length and the digest of the text that are others. Of the very text that was
        coded, also where a span or a quotation has other edges than the codebook gives it, and quotations that no row has.
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

    def ok(self, accept: Iterable[str] = ()) -> bool:
        """Return whether every row is exact, or has a verdict that is accepted too, and nothing is unproven unless that is accepted.

        An article without any row proves nothing.
        """
        allowed = {"exact", *accept}
        proven = not self.unproven or "unproven" in allowed
        return proven and bool(self.verdicts) and all(verdict.verdict in allowed for verdict in self.verdicts)

    def to_text(self) -> str:
        """Return the outcome for people: every row that is not exact, what is unproven, the stretches that no row covers, the totals."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for verdict in self.verdicts:
            if verdict.verdict != "exact":
                yield _line(verdict)
        yield from map(str, self.unproven)
        for start, end, words in self.uncovered:
            yield f"no row covers {start}–{end}: {_clip(words, 80)}"
        yield (
            f"{self.article}: {len(self.verdicts)} rows: "
            + ", ".join(f"{count} {name}" for name, count in self.totals.items())
            + (f"; {len(self.unproven)} unproven" if self.unproven else "")
        )
        yield (
            "The text is the one that was coded, to the character."
            if self.same_text
            else "The text differs from the one that was coded."
        )

    def to_json(self) -> str:
        """Return the outcome for machines, as JSON."""
        found = {
            "article": self.article,
            "same_text": self.same_text,
            "totals": self.totals,
            "rows": [asdict(verdict) for verdict in self.verdicts],
            "unproven": [asdict(cell) for cell in self.unproven],
            "uncovered": [{"start": start, "end": end, "text": words} for start, end, words in self.uncovered],
        }
        return json.dumps(found, indent=2, ensure_ascii=False)


def _line(verdict: Verdict) -> str:
    place = f"{verdict.table} {verdict.key} {verdict.start}–{verdict.end}: {verdict.verdict}"
    if verdict.found_start >= 0:
        place += f", now {verdict.found_start}–{verdict.found_end}"
    return f"{place}: {verdict.difference}" if verdict.difference else place


@dataclass(frozen=True)
class _Span:
    """A span to prove: by its words where the dataset carries them, else by its digests."""

    table: str
    key: str
    start: int
    end: int
    words: str
    digest: str
    folded: str

    @property
    def length(self) -> int:
        return self.end - self.start


def _spans(package: Package, article: str) -> list[_Span]:
    claims = {row["claim_id"] for row in package.rows("claims") if row["article_id"] == article}
    found = []
    for table, key, words in (
        ("claims", "claim_id", ""),
        ("attributions", "hop", ""),
        ("quotes", "quote_id", "text"),
        ("figures", "figure_id", "surface"),
    ):
        for row in package.rows(table):
            if row["claim_id"] in claims and row["start"]:
                name = f"{row['claim_id']}/{row['hop']}" if key == "hop" else row[key]
                carried = row[words] if words else ""
                digests = (
                    (sha256(carried), sha256(fold(carried))) if words else (row["span_sha256"], row["folded_sha256"])
                )
                found.append(_Span(table, name, int(row["start"]), int(row["end"]), carried, *digests))
    return found


class _Places:
    """Where spans are in one form of a reader's text, and what that tells of the spans not found yet."""

    def __init__(self, text: str, length: int, digest: Callable[[_Span], str], effort: Effort) -> None:
        self.text = text
        self.effort = effort
        self.digest = digest
        self.found: dict[_Span, int] = {}
        # Old offset → new offset, for both ends of the text and of every span found; sorted by the old.
        self._points = [(0, 0), (length, len(text))]

    def add(self, span: _Span, start: int) -> None:
        """Remember where a span is."""
        self.effort.spend(len(self._points) * _OF_A_POINT)
        self.found[span] = start
        for point in ((span.start, start), (span.end, start + span.length)):
            at = bisect_left(self._points, point)
            if at == len(self._points) or self._points[at] != point:
                self._points.insert(at, point)

    def holds(self, span: _Span, start: int) -> bool:
        """Return whether a span's words stand at a place."""
        self.effort.spend(_of_digest(span.length))
        return start >= 0 and sha256(self.text[start : start + span.length]) == self.digest(span)

    def region(self, span: _Span) -> tuple[int, int]:
        """Return from where to where a span's words should be, by the nearest known places before and behind it."""
        before, behind = self._neighbours(span)
        return span.start + before[1] - before[0], span.end + behind[1] - behind[0]

    def nearness(self, span: _Span) -> float:
        """Return how many characters lie between a span and the nearest span that was found, infinite where none was."""
        before, behind = self._neighbours(span)
        known = [
            abs(old - at)
            for (old, _), at in ((before, span.start), (behind, span.end))
            if 0 < old < self._points[-1][0]
        ]
        return min(known, default=math.inf)

    def _neighbours(self, span: _Span) -> tuple[tuple[int, int], tuple[int, int]]:
        before = bisect_right(self._points, (span.start, len(self.text))) - 1
        behind = bisect_left(self._points, (span.end, -1))
        return self._points[max(before, 0)], self._points[min(behind, len(self._points) - 1)]

    def search(self, spans: list[_Span], progress: Callable[[int], None]) -> None:
        """Find what can be found: what has not moved, then the long, then the short, which follow what is around them."""
        for span in spans:
            if self.holds(span, span.start):
                self.add(span, span.start)
        lost = sorted((span for span in spans if span not in self.found), key=lambda span: -span.length)
        far = [span for span in lost if not self._follow(span) and span.length >= _LONG]
        progress(len(spans) - len(far))
        self._scan(far, progress)
        for span in lost:
            if span not in self.found:
                self._follow(span)

    def _follow(self, span: _Span) -> bool:
        """Look at the places, and between them, that the spans around a span suggest."""
        start, end = self.region(span)
        between: Iterable[int] = ()
        if end - start < _NEAR + span.length and (span.length >= _LONG or self.nearness(span) <= _NEAR):
            places = range(start, end - span.length + 1)
            between = (at for at in places if is_edge(self.text, at) and is_edge(self.text, at + span.length))
        for at in (start, end - span.length, *between):
            if self.holds(span, at):
                self.add(span, at)
                return True
        return False

    def _scan(self, spans: list[_Span], progress: Callable[[int], None]) -> None:
        """Look for digests everywhere, from the edge of a word to that of another, since spans cut none and have no space at their ends."""
        if not spans:
            return
        wanted: dict[int, dict[str, list[_Span]]] = {}
        for span in spans:
            wanted.setdefault(span.length, {}).setdefault(self.digest(span), []).append(span)
        edges = [at for at in range(len(self.text) + 1) if is_edge(self.text, at)]
        starts = [at for at in edges if not self.text[at : at + 1].isspace()]
        ends = {at for at in edges if not self.text[at - 1 : at].isspace()}
        places: dict[_Span, list[int]] = {}
        self.effort.spend(len(starts) * sum(map(_of_digest, wanted)))
        for length, digests in wanted.items():
            for at in starts:
                if at + length in ends:
                    for span in digests.get(sha256(self.text[at : at + length]), ()):
                        places.setdefault(span, []).append(at)
            progress(sum(map(len, digests.values())))
        for span, found in places.items():
            expected = self.region(span)[0]
            self.add(span, min(found, key=lambda at: abs(at - expected)))


# Shorter words may stand in a text by chance, so they are only looked for where the spans around them point to.
_LONG = 20
# How far from a span that was found another may be judged by it, in characters.
_NEAR = 400
# Aligning words takes time that grows with the cube of their length: longer ones are found by pieces of so many characters.
_ALIGNED = 1_000
_PIECE = 40
# Telling what differs takes time that grows with the cube of their number: of more words it is told as one change.
_DIFFED = 300
# What work takes, in characters of a text with which a few words are compared: an item in a list of places, and a pair of characters of long words.
_OF_A_POINT = 1 / 300
_OF_A_PAIR = 1 / 3_000


def _of_digest(length: int) -> float:
    """Return what a digest of so many characters takes, likewise."""
    return (length + 300) / 80


def _altered(span: _Span, places: _Places) -> tuple[int, int, str] | None:
    """Return where altered words are in the folded text, and what differs; None where nothing like them is there."""
    start, end = places.region(span)
    start, end = max(0, min(start, len(places.text))), max(0, min(end, len(places.text)))
    if span.length < _LONG and places.nearness(span) > _NEAR:
        return None
    if span.words:
        return _closest(fold(span.words), places.text, start, end, places.effort)
    alike = span.length / 2 <= end - start <= span.length * 2
    if not alike or places.nearness(span) > _NEAR:
        return None
    return start, end, f"known by its digest alone; at its place stands {_clip(places.text[start:end])}"


def _closest(words: str, text: str, start: int, end: int, effort: Effort) -> tuple[int, int, str] | None:
    try:
        from rapidfuzz.fuzz import ratio
    except ImportError as error:
        raise MissingExtraError(error.name) from error
    effort.spend(len(words) * (end - start) * _OF_A_PAIR)
    if ratio(words, text[start:end]) >= _ALIKE:
        return start, end, _difference(words, text[start:end])
    look = _aligned if len(words) <= _ALIGNED else _pieced
    for first, last in look(words, text, start, end, effort):
        # The very words, but not where those around them lead: they stand there for themselves.
        if text[first:last] != words:
            return first, last, _difference(words, text[first:last])
    return None


def _aligned(words: str, text: str, start: int, end: int, effort: Effort) -> Iterator[tuple[int, int]]:
    """Yield the stretch that is most like some words: of those around their place, then of all where the words are long enough to be told apart."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    margin = len(words)
    ranges = [(max(0, start - margin), end + margin)]
    if len(words) >= _LONG:
        ranges.append((0, len(text)))
    for low, high in ranges:
        stretch = text[low:high]
        effort.spend(len(stretch) * (1 + (len(words) / 300) ** 2))
        # In a stretch shorter than the words, the library would look for the stretch in the words.
        best = partial_ratio_alignment(words, stretch, score_cutoff=_ALIKE) if len(stretch) >= len(words) else None
        if best is not None:
            yield _whole_words(text, low + best.dest_start, low + best.dest_end)


def _pieced(words: str, text: str, _start: int, _end: int, effort: Effort) -> Iterator[tuple[int, int]]:
    """Yield the stretches that are like some words and hold one of their pieces unchanged."""
    from rapidfuzz.fuzz import ratio

    for at in range(0, len(words) - _PIECE + 1, _PIECE):
        effort.spend(len(text) / 80)
        place = text.find(words[at : at + _PIECE])
        if place >= 0:
            first, last = max(0, place - at), min(len(text), place - at + len(words))
            effort.spend(len(words) * (last - first) * _OF_A_PAIR)
            if ratio(words, text[first:last]) >= _ALIKE:
                first, last = _whole_words(text, first, last)
                stretch = text[first:last]
                yield last - len(stretch.lstrip()), first + len(stretch.rstrip())


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while not is_edge(text, start):
        start -= 1
    while not is_edge(text, end):
        end += 1
    return start, end


def _difference(old: str, new: str) -> str:
    """Return what differs, word by word: [-gone-] {+come+}."""
    before, after = old.split(), new.split()
    parts = []
    for kind, a, b, c, d in _edits(before, after):
        if kind == "equal":
            parts += before[a:b]
        else:
            parts += [f"[-{' '.join(before[a:b])}-]"] * (b > a) + [f"{{+{' '.join(after[c:d])}+}}"] * (d > c)
    return " ".join(parts)


def _edits(before: list[str], after: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    from difflib import SequenceMatcher

    if max(len(before), len(after)) <= _DIFFED:
        return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    old, new = len(before) - tail, len(after) - tail
    return [
        ("equal", 0, head, 0, head),
        ("replace", head, old, head, new),
        ("equal", old, len(before), new, len(after)),
    ]


def _alike(before: list[str], after: list[str]) -> int:
    """Return how many words are the same from the first on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


def _clip(text: str, most: int = 200) -> str:
    return repr(text if len(text) <= most else f"{text[: most - 1]}…")


def _judge(text: str, length: int, spans: list[_Span], effort: Effort, progress: Progress) -> Iterator[Verdict]:
    done = 0

    def step(further: int) -> None:
        nonlocal done
        done += further
        progress(done, 2 * len(spans))

    plain = _Places(text, length, lambda span: span.digest, effort)
    plain.search(spans, step)
    if len(plain.found) < len(spans):
        folded, offsets = folded_with_places(text)
        alike = _Places(folded, length, lambda span: span.folded, effort)
        alike.search(spans, step)
        # Short words whose neighbours are spelt otherwise are only found folded, but may be the same to the character.
        for span, start in alike.found.items():
            if span not in plain.found and plain.holds(span, offsets[start]):
                plain.add(span, offsets[start])
    for span in spans:
        known = (span.table, span.key)
        if span in plain.found:
            start = plain.found[span]
            yield Verdict(
                *known, "exact" if start == span.start else "moved", span.start, span.end, start, start + span.length
            )
        elif span in alike.found:
            start = alike.found[span]
            yield Verdict(*known, "normalised", span.start, span.end, offsets[start], offsets[start + span.length])
        else:
            change = _altered(span, alike)
            if change is None:
                yield Verdict(*known, "absent", span.start, span.end)
            else:
                yield Verdict(
                    *known, "altered", span.start, span.end, offsets[change[0]], offsets[change[1]], change[2]
                )


def _uncovered(text: str, verdicts: list[Verdict]) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches between the rows' words that hold a letter or digit."""
    at = 0
    for start, end in [
        *sorted((v.found_start, v.found_end) for v in verdicts if v.found_start >= 0),
        (len(text), len(text)),
    ]:
        stretch = text[at:start]
        if any(character.isalnum() for character in stretch):
            left = len(stretch) - len(stretch.lstrip())
            yield at + left, at + len(stretch.rstrip()), stretch.strip()
        at = max(at, end)


def read_text(path: str | os.PathLike[str]) -> str:
    """Return a text file's characters as they stand, its line ends included.

    Raises
    ------
    PackageError
        If it cannot be read, is no regular file, is too large to be an article, or is not UTF-8.
    """
    try:
        size = limits.regular_size(path)
        if size is None:
            raise PackageError(f"{path}: this is no regular file; save the text to one")
        if size > limits.TEXT_BYTES:
            raise PackageError(f"{path}: {size:,} bytes, more than the {limits.TEXT_BYTES:,} of an article")
        with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - pathlib has no newline argument in Python 3.11
            return file.read()
    except (OSError, ValueError) as error:
        raise PackageError(f"{path}: {reason(error)}") from error


def verify(
    text: str,
    *,
    article: str | None = None,
    package: str | os.PathLike[str] | None = None,
    version: str | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Prove every span of an article against a reader's copy of its text.

    Parameters
    ----------
    text
        The article's text (not a path; `reportedly.verification.read_text` reads one).
    article
        The article's identifier; not needed where the dataset has one article, or where the text has an article's digest.
    package
        A folder with another data package of this format; the shipped one by default.
    version
        A version of the shipped dataset that `reportedly.versions` lists; the installed one by default. Not together with ``package``.
    progress
        Called with the number of steps done and their total.

    Returns
    -------
    Verification
        A verdict for each row of claims, attributions, quotes and figures that has a span: exact, moved, normalised, altered or absent; and the cells
        besides spans that the text does not bear out.

    Raises
    ------
    UnknownNameError
        If there is no such article or version.
    VersionError
        If both ``package`` and ``version`` are given.
    ReportedlyError
        If it cannot be told which article the text is, or if so many rows are not where they should be that looking for them would take hours.
    MissingExtraError
        If words were altered and the extra ``validate`` is not installed.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.verify("Another text.").totals["exact"]
    0
    """
    home = package_of(package, version)
    with reading(home):
        name, same, length, spans = _coded(home, text, article)
    effort = Effort(name, len(text))
    verdicts = list(_judge(text, length, spans, effort, progress or (lambda *_: None)))
    found = {
        (verdict.table, verdict.key): (verdict.found_start, verdict.found_end)
        for verdict in verdicts
        if verdict.verdict in {"exact", "moved", "normalised"}
    }
    with reading(home):
        open_questions = [*unproven(home, name, text, found, effort)]
        if same:
            open_questions += broken(text, ((row.table, row.key, row.start, row.end) for row in verdicts))
        elif verdicts and all(verdict.verdict == "exact" for verdict in verdicts):
            open_questions += another_digest(home, name, text)
    return Verification(name, same, tuple(verdicts), tuple(_uncovered(text, verdicts)), tuple(open_questions))


def _coded(home: Package, text: str, article: str | None) -> tuple[str, bool, int, list[_Span]]:
    """Return which article a text is, whether to the character, the length that was coded, and the spans."""
    articles = {row["article_id"]: row for row in home.rows("articles")}
    same = [name for name, row in articles.items() if row["text_sha256"] == sha256(text)]
    name = article if article is not None else next(iter(same or articles), None)
    if name not in articles:
        raise UnknownNameError("article", name, articles)
    if article is None and not same and len(articles) > 1:
        listed = ", ".join(articles)
        raise ReportedlyError(f"The text is none of the articles to the character. Say which it should be: {listed}.")
    return name, name in same, int(articles[name]["text_length"]), _spans(home, name)
