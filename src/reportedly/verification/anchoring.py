"""Find where each span of the coded text is in a reader's copy.

What has not moved comes first, then what cannot be there by chance, then what the spans around it lead to. A place proves one span: no two spans that
lie apart in the coded text share a character of the copy.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from typing import TYPE_CHECKING

from reportedly.text.boundaries import is_unspaced
from reportedly.verification.budget import PLACE
from reportedly.verification.copy import DISTINCTIVE, words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reportedly.verification.copy import Copy
    from reportedly.verification.spans import Span

    Points = list[tuple[int, int]]

# How far from a span that was found another may be judged by it, in characters.
NEAR = 400


class Anchors:
    """Where spans are in a reader's copy, and what that is about the others.

    Parameters
    ----------
    copy
        The reader's copy.
    spans
        The article's spans, each once.
    length
        How many characters the coded text has.

    Attributes
    ----------
    found
        The stretch of each span that was found.
    """

    def __init__(self, copy: Copy, spans: Sequence[Span], length: int) -> None:
        self.copy = copy
        self._letters = 2 if is_unspaced(copy.text) else 5
        self._wanted: dict[int, set[str]] = defaultdict(set)
        for span in spans:
            self._wanted[span.length].add(span.normalized)
        self._scanned: dict[int, dict[str, list[tuple[int, int]]]] = {}
        self.found: dict[Span, tuple[int, int]] = {}
        # Place in the coded text, place in the copy as it is; both ends of the texts and of spans found, sorted. Hints are those of spans that may be
        # there by chance too.
        self._points = [(0, 0), (length, len(copy.raw))]
        self._hints = list(self._points)
        self._taken: list[tuple[int, int, int, int]] = []
        self._guessed: set[tuple[int, int]] = set()
        self._longest = 0

    def size_of(self, span: Span) -> int:
        """Return how many words a span has; of one that is known by its digest alone, how many it may have, by the script of the copy."""
        return words_in(span.words, DISTINCTIVE) if span.words else span.length // self._letters

    def places(self, span: Span) -> list[tuple[int, int]]:
        """Return where a span's words are, whichever span they belong to."""
        if span.words:
            return list(self.copy.occurrences(span.words))
        if span.length not in self._scanned:
            found = self._scanned[span.length] = defaultdict(list)
            for digest, start, end in self.copy.digests(span.length, self._wanted[span.length]):
                found[digest].append((start, end))
        return self._scanned[span.length].get(span.normalized, [])

    def is_free(self, span: Span, start: int, end: int) -> bool:
        """Return whether a stretch of the copy may be a span: nothing that lies apart from it in the coded text is there.

        A single word, which may be anywhere by chance, stays inside the longer spans that hold it.
        """
        first = bisect_left(self._taken, (start - self._longest,))
        last = bisect_left(self._taken, (end,))
        self.copy.budget.charge((last - first) * PLACE)
        apart = any(
            other_end > start
            and ((other_start, other_end) == (start, end) or coded_end <= span.start or coded_start >= span.end)
            for other_start, other_end, coded_start, coded_end in self._taken[first:last]
        )
        return not apart and (self.size_of(span) > 1 or not self._leaves(span, start, end))

    def _leaves(self, span: Span, start: int, end: int) -> bool:
        self.copy.budget.charge(len(self._taken) * PLACE)
        return any(
            coded_start <= span.start < span.end <= coded_end
            and coded_end - coded_start > span.end - span.start
            and not other_start - slack <= start < end <= other_end + slack
            for other_start, other_end, coded_start, coded_end in self._taken
            # Where a place is a guess, its ends may be others.
            for slack in [(other_end - other_start) // 2 * ((other_start, other_end) in self._guessed)]
        )

    def take(self, span: Span, start: int, end: int, *, guessed: bool = False) -> None:
        """Give a stretch of the copy to a span; a guessed one where its words are known by their digest alone and are altered."""
        if guessed:
            self._guessed.add((start, end))
        insort(self._taken, (start, end, span.start, span.end))
        self._longest = max(self._longest, end - start)

    def add(self, span: Span, start: int, end: int, words: int = DISTINCTIVE) -> None:
        """Remember where a span is, and let it lead to others; one of a few words only to those that are there to the letter, a single word to none."""
        self.found[span] = (start, end)
        self.take(span, start, end)
        self.copy.budget.charge(len(self._points) // 300)
        for points in [self._hints] * (words > 1) + [self._points] * (words >= DISTINCTIVE):
            insort(points, (span.start, self.copy.start(start)))
            insort(points, (span.end, self.copy.end(end)))

    def _neighbours(self, span: Span, points: Points) -> tuple[tuple[int, int], tuple[int, int]]:
        before = bisect_right(points, (span.start, len(self.copy.raw))) - 1
        behind = bisect_left(points, (span.end, -1))
        return points[max(before, 0)], points[min(behind, len(points) - 1)]

    def _leading(self, span: Span, points: Points) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the known places that are nearest to the start and to the end of a span, before, behind or inside it."""
        before, behind = self._neighbours(span, points)
        low = bisect_right(points, (span.start, len(self.copy.raw)))
        high = bisect_left(points, (span.end, -1))
        if low < high:
            before = min((before, points[low]), key=lambda known: self._distance(known, span.start))
            behind = min((behind, points[high - 1]), key=lambda known: self._distance(known, span.end))
        return before, behind

    def _distance(self, point: tuple[int, int], at: int) -> float:
        """Return how far a known place is from a place of the coded text; the ends of the texts, which may have grown, lead nowhere."""
        return abs(point[0] - at) if self._points[0][0] < point[0] < self._points[-1][0] else math.inf

    def region(self, span: Span) -> tuple[int, int]:
        """Return from where to where a span should be, by the nearest known places, as places of the raw copy."""
        before, behind = self._leading(span, self._points)
        return span.start + before[1] - before[0], span.end + behind[1] - behind[0]

    def between(self, span: Span) -> tuple[int, int]:
        """Return the stretch of the raw copy between the nearest known places before and behind a span."""
        before, behind = self._neighbours(span, self._points)
        return before[1], behind[1]

    def is_near(self, span: Span) -> bool:
        """Return whether a span lies near one that was found, or holds one."""
        before, behind = self._leading(span, self._points)
        return min(self._distance(before, span.start), self._distance(behind, span.end)) <= NEAR

    def surrounds(self, span: Span) -> bool:
        """Return whether spans lead to both ends of a span."""
        return math.inf not in {self._distance(point, span.start) for point in self._leading(span, self._points)}

    def stay(self, spans: Iterable[Span]) -> None:
        """Look for spans where they were, to the character."""
        for span in spans:
            stretch = self.copy.stretch(span.start, span.end) if span not in self.found else None
            if (
                stretch
                and self.copy.exact(span, *stretch)
                and self.copy.whole(*stretch)
                and self.is_free(span, *stretch)
            ):
                self.add(span, *stretch)

    def follow(self, spans: Iterable[Span], least: int = 0) -> None:
        """Look for spans where those around them lead; for those of so many words or more, where both ends of the text lead too."""
        for span in spans:
            if span not in self.found:
                for start, end in self._led(span, least):
                    if self.copy.holds(span, start, end) and self.is_free(span, start, end):
                        self.add(span, start, end)
                        break

    def _led(self, span: Span, least: int) -> Iterator[tuple[int, int]]:
        """Yield where the spans before, behind and inside a span lead."""
        known_places = [
            *self._leading(span, self._hints),
            *self._leading(span, self._points),
            *self._neighbours(span, self._points),
        ]
        points = sorted(
            (
                point
                for point in dict.fromkeys(known_places)
                if self.size_of(span) >= least or self._distance(point, span.start) < math.inf
            ),
            key=lambda point: min(self._distance(point, span.start), self._distance(point, span.end)),
        )
        for known, here in points:
            start, end = self.copy.place(span.start + here - known), self.copy.place(span.end + here - known)
            yield start, start + span.length
            yield end - span.length, end
            yield start, end
        if points:
            first, last = map(self.copy.place, self.region(span))
            yield first, last

    def settle(self, spans: Sequence[Span], places: Sequence[tuple[int, int]], *, at_last: bool = False) -> None:
        """Give the places where some words are to the spans that are these words.

        Parameters
        ----------
        spans
            Spans that have the same words, in the order of the coded text.
        places
            Where the words are in the copy.
        at_last
            Whether to decide also where there are more places than spans, or fewer.
        """
        lost = [span for span in spans if span not in self.found]
        free = [place for place in places if lost and self.is_free(lost[0], *place)]
        if len(free) == len(lost):
            for span, place in zip(lost, free, strict=True):
                if self.is_free(span, *place):
                    self.add(span, *place, words_in(self.copy.text[slice(*place)], DISTINCTIVE))
        elif at_last:
            for span in lost:
                self._choose(span, [place for place in places if self.is_free(span, *place)])

    def _choose(self, span: Span, places: list[tuple[int, int]]) -> None:
        """Give a span the nearest of some places between the spans found around it, or, if its words do not recur by chance, the nearest of all."""
        near = self._within(span, places) or [
            place for place in places if words_in(self.copy.text[slice(*place)], DISTINCTIVE) == DISTINCTIVE
        ]
        if near:
            start, end = map(self.copy.place, self.region(span))
            self.add(span, *min(near, key=lambda place: min(abs(place[0] - start), abs(place[1] - end))))

    def _within(self, span: Span, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return those of some places that lie between the spans found around a span, where these are close together."""
        low, high = map(self.copy.place, self.between(span))
        if not self.is_near(span) or high - low > span.length + 2 * NEAR:
            return []
        return [place for place in places if low <= place[0] and place[1] <= high]


def anchor(copy: Copy, spans: Sequence[Span], length: int, progress: Callable[[int, int], None]) -> Anchors:
    """Find spans in a reader's copy.

    Parameters
    ----------
    copy
        The reader's copy.
    spans
        The article's spans, each once.
    length
        How many characters the coded text has.
    progress
        Called with the number of spans that were found or looked for everywhere, and that of all.

    Returns
    -------
    Anchors
        Of the spans that are there, exactly or in another spelling, where they are; but for words that recur, and single words.
    """
    anchors = Anchors(copy, spans, length)
    order = sorted(spans, key=lambda span: (-span.length, span.start))
    alike = _alike(order)
    # Words of several rows come when it is known where those are that lead to each.
    alone = [span for span in order if len(alike[span.normalized]) == 1]
    missed: set[Span] = set()
    for least in (DISTINCTIVE, 2, 0):
        tier = [span for span in alone if anchors.size_of(span) >= least]
        anchors.stay(tier)
        anchors.follow(alone, least)
        if least:
            for span in _look_everywhere(anchors, tier, alone, least):
                missed.add(span)
                progress(len(anchors.found.keys() | missed), len(spans))
        progress(len(anchors.found.keys() | missed), len(spans))
    anchors.follow(order)
    anchors.stay(order)
    anchors.follow(order)
    return anchors


def settle(anchors: Anchors, spans: Sequence[Span]) -> None:
    """Find what is left to find: words that recur, and single words.

    Parameters
    ----------
    anchors
        What was found.
    spans
        The article's spans, each once.
    """
    lost = sorted((span for span in spans if span not in anchors.found), key=lambda span: (-span.length, span.start))
    for at_last in (False, True):
        for same in _alike(lost).values():
            anchors.settle(same, anchors.places(same[0]), at_last=at_last)
    anchors.follow(lost)


def _look_everywhere(anchors: Anchors, spans: Sequence[Span], order: Sequence[Span], least: int) -> Iterator[Span]:
    """Find spans whose words are in one row alone and in the copy once, and those that they lead to; yield each that was looked for by its digest."""
    for span in spans:
        if span.words and span not in anchors.found:
            anchors.settle([span], anchors.places(span))
    anchors.follow(order, least)
    for span in spans:
        if not span.words and span not in anchors.found:
            anchors.settle([span], anchors.places(span))
            if span in anchors.found:
                anchors.follow(order, least)
            yield span


def _alike(spans: Iterable[Span]) -> dict[str, list[Span]]:
    """Return spans by their normalised words, in the order that they have."""
    groups = defaultdict(list)
    for span in spans:
        groups[span.normalized].append(span)
    return groups
