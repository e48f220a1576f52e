"""Find where each span of the coded text is in a reader's copy.

What has not moved comes first, then what cannot be there by chance, then what the spans around it lead to. A place proves one span: no two spans that
lie apart in the coded text share a character of the copy.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from reportedly.verification.budget import PLACE
from reportedly.verification.copy import DISTINCTIVE, has_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reportedly.verification.copy import Copy
    from reportedly.verification.spans import Span

Key = TypeVar("Key", str, int)
# How far from a span that was found another may be judged by it, in characters.
NEAR = 400


class Anchors:
    """Where spans are in a reader's copy, and what that tells of the others.

    Parameters
    ----------
    copy
        The reader's copy.
    length
        How many characters the coded text has.

    Attributes
    ----------
    found
        The stretch of each span that was found.
    """

    def __init__(self, copy: Copy, length: int) -> None:
        self.copy = copy
        self.found: dict[Span, tuple[int, int]] = {}
        # Place in the coded text, place in the copy as it is; both ends of the texts and of every span found, sorted.
        self._points = [(0, 0), (length, len(copy.raw))]
        self._taken: list[tuple[int, int, int, int]] = []
        self._longest = 0

    def is_free(self, span: Span, start: int, end: int) -> bool:
        """Return whether a stretch of the copy may be a span: nothing that lies apart from it in the coded text is there."""
        first = bisect_left(self._taken, (start - self._longest,))
        last = bisect_left(self._taken, (end,))
        self.copy.budget.charge((last - first) * PLACE)
        return not any(
            other_end > start
            and ((other_start, other_end) == (start, end) or coded_end <= span.start or coded_start >= span.end)
            for other_start, other_end, coded_start, coded_end in self._taken[first:last]
        )

    def take(self, span: Span, start: int, end: int) -> None:
        """Give a stretch of the copy to a span."""
        insort(self._taken, (start, end, span.start, span.end))
        self._longest = max(self._longest, end - start)

    def add(self, span: Span, start: int, end: int, *, leads: bool = True) -> None:
        """Remember where a span is, and let it lead to others."""
        self.found[span] = (start, end)
        self.take(span, start, end)
        if not leads:
            return
        self.copy.budget.charge(len(self._points) // 300)
        for point in ((span.start, self.copy.start(start)), (span.end, self.copy.end(end))):
            at = bisect_left(self._points, point)
            if self._points[at : at + 1] != [point]:
                self._points.insert(at, point)

    def _neighbours(self, span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
        before = bisect_right(self._points, (span.start, len(self.copy.raw))) - 1
        behind = bisect_left(self._points, (span.end, -1))
        return self._points[max(before, 0)], self._points[min(behind, len(self._points) - 1)]

    def region(self, span: Span) -> tuple[int, int]:
        """Return from where to where a span should be, by the nearest known places before and behind it, as places of the raw copy."""
        before, behind = self._neighbours(span)
        return span.start + before[1] - before[0], span.end + behind[1] - behind[0]

    def between(self, span: Span) -> tuple[int, int]:
        """Return the stretch of the raw copy between the nearest known places before and behind a span."""
        before, behind = self._neighbours(span)
        return before[1], behind[1]

    def is_near(self, span: Span) -> bool:
        """Return whether a span lies near one that was found."""
        before, behind = self._neighbours(span)
        ends = self._points[0][0], self._points[-1][0]
        known = (
            abs(coded - at)
            for (coded, _), at in ((before, span.start), (behind, span.end))
            if ends[0] < coded < ends[1]
        )
        return min(known, default=math.inf) <= NEAR

    def follow(self, spans: Iterable[Span]) -> None:
        """Look for spans where those around them lead."""
        for span in spans:
            if span not in self.found:
                for start, end in self._led(span):
                    if self.copy.holds(span, start, end) and self.is_free(span, start, end):
                        self.add(span, start, end)
                        break

    def _led(self, span: Span) -> Iterator[tuple[int, int]]:
        """Yield where the spans before, behind and inside of a span lead."""
        first, last = self.region(span)
        start, end = self.copy.place(first), self.copy.place(last)
        yield start, start + span.length
        yield end - span.length, end
        yield start, self.copy.place(first + span.end - span.start)
        yield start, end
        inside = bisect_right(self._points, (span.start, len(self.copy.raw)))
        if inside < len(self._points) and self._points[inside][0] < span.end:
            at = self.copy.place(span.start + self._points[inside][1] - self._points[inside][0])
            yield at, at + span.length

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
                    # A single word may be there by chance: it leads nowhere.
                    self.add(span, *place, leads=has_words(self.copy.text[slice(*place)], 2))
        elif at_last:
            for span in lost:
                self._choose(span, [place for place in places if self.is_free(span, *place)])

    def _choose(self, span: Span, places: list[tuple[int, int]]) -> None:
        """Give a span the nearest of some places between the spans found around it, or, if its words do not recur by chance, the nearest of all."""
        near = self._within(span, places) or [
            place for place in places if has_words(self.copy.text[slice(*place)], DISTINCTIVE)
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
        Called with the number of spans found and that of all.

    Returns
    -------
    Anchors
        Of each span that is there, exactly or in another spelling, where it is.
    """
    anchors = Anchors(copy, length)
    for span in spans:
        stretch = copy.stretch(span.start, span.end)
        if stretch and copy.exact(span, *stretch) and copy.whole(*stretch):
            anchors.add(span, *stretch)
    progress(len(anchors.found), len(spans))
    lost = sorted((span for span in spans if span not in anchors.found), key=lambda span: (-span.length, span.start))
    if lost:
        _look_everywhere(anchors, lost, lambda: progress(len(anchors.found), len(spans)))
    return anchors


def _look_everywhere(anchors: Anchors, lost: Sequence[Span], step: Callable[[], None]) -> None:
    """Find spans that are not where they were: first those whose place leaves no doubt, then those that these lead to."""
    copy = anchors.copy
    alike = _by(lost, lambda span: span.normalized)
    places = {digest: list(copy.occurrences(same[0].words)) for digest, same in alike.items() if same[0].words}
    for digest, found in places.items():
        if len(alike[digest]) == 1 or has_words(alike[digest][0].words, DISTINCTIVE):
            anchors.settle(alike[digest], found)
    anchors.follow(lost)
    for size, same_length in _by((span for span in lost if not span.words), lambda span: span.length).items():
        wanted = {span.normalized for span in same_length if span not in anchors.found}
        if wanted:
            scanned = defaultdict(list)
            for digest, start, end in copy.digests(size, wanted):
                scanned[digest].append((start, end))
            for digest, found in scanned.items():
                anchors.settle(alike[digest], found)
            places |= scanned
            anchors.follow(lost)
            step()
    for digest, found in places.items():
        anchors.settle(alike[digest], found)
    for digest, found in places.items():
        anchors.settle(alike[digest], found, at_last=True)
    anchors.follow(lost)


def _by(spans: Iterable[Span], key: Callable[[Span], Key]) -> dict[Key, list[Span]]:
    """Return spans grouped, in the order that they have."""
    groups = defaultdict(list)
    for span in spans:
        groups[key(span)].append(span)
    return groups
