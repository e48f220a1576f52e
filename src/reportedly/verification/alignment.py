"""Altered words: the stretch of a reader's copy that is most like some words, and what differs in it."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, NamedTuple

import regex

from reportedly.errors import MissingExtraError
from reportedly.text.boundaries import UNSPACED, is_boundary
from reportedly.text.display import cut
from reportedly.verification.anchoring import NEAR
from reportedly.verification.budget import PAIR
from reportedly.verification.copy import DISTINCTIVE, words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reportedly.verification.anchoring import Anchors
    from reportedly.verification.copy import Copy
    from reportedly.verification.spans import Span

# How alike words must be to count as altered and not as absent: 1 less the letters to take out and put in, by those of both.
_ALIKE = 0.7
# Between the same first and last words, more may be put in.
_ALIKE_WITHIN = 0.6
# How much longer or shorter what is in place of words may be where only one of its ends is sure.
_ONE_SIDED = 4 / 3
# What leads to altered words elsewhere: their longer words, or three characters of a script without spaces, where the copy has them a few times.
_LEAD = regex.compile(rf"(?V1)[[\p{{L}}\p{{N}}]--{UNSPACED}]{{4,}}|{UNSPACED}{{3}}")
_MOST_LEADS, _MOST_PLACES, _MOST_WINDOWS = 30, 50, 3
# How many words before and behind a stretch are tried with it.
_MOST_AROUND = 20
_MOST_LINES = 20
# How many characters of what stands in place of words is shown.
_MOST_TOLD = 200
# Telling what differs takes time that grows with the cube of their number: of more words it is one change.
_DIFFED = 300
_WORD = regex.compile(rf"(?V1)\s*(?:{UNSPACED}|[^\s{UNSPACED}]+)")
_MARK = regex.compile(r"[\p{P}\p{S}\n]")
_LINE = regex.compile(r"\S(?:[^\n\r]*\S)?")


class _Word(NamedTuple):
    """A word, a number or a mark of punctuation, and where it is."""

    text: str
    start: int
    end: int


class Alteration(NamedTuple):
    """Where altered words are in the normalised copy, and what is there now.

    Attributes
    ----------
    start, end
        The stretch, from the beginning of a word to the end of one.
    difference
        What differs, or what is there.
    likeness
        How much of the words is the same, from 0 to 1.
    distance
        How far they are from where the spans around them lead.
    """

    start: int
    end: int
    difference: str
    likeness: float = 0
    distance: int = 0


def in_place(anchors: Anchors, span: Span, gone: Sequence[Span]) -> Alteration | None:
    """Return what is now where a span should be that is known by its digest alone.

    Parameters
    ----------
    anchors
        What was found in the copy.
    span
        A span that was not.
    gone
        Spans whose words are known and are not in the copy, altered or not: a span that holds enough of them is gone too.
    """
    copy = anchors.copy
    held = (words for words in gone if span.start <= words.start and words.end <= span.end)
    if not anchors.is_near(span) or any(2 * words.length > span.length for words in held):
        return None
    low, high = map(copy.place, anchors.between(span))
    start, end = map(copy.place, anchors.region(span))
    start = _nearest_boundary(copy, max(low, min(start, high)), low, high)
    end = _nearest_boundary(copy, max(low, min(end, high)), low, high)
    # No span crosses a line, but a copy may be wrapped: what was put before or behind it on lines of its own is none of it.
    lines = list(_LINE.finditer(copy.raw, copy.start(start), copy.end(end)))[:_MOST_LINES] if start < end else []
    stretches = [(one.start(), other.end()) for place, one in enumerate(lines) for other in lines[place:]]
    if not stretches:
        return None
    begin, stop = min(stretches, key=lambda stretch: abs(stretch[1] - stretch[0] - span.length))
    start, end = copy.place(begin), copy.place(stop)
    # Where spans lead to one end alone, the other is a guess.
    most = 2 if anchors.surrounds(span) else _ONE_SIDED
    alike = span.length / most <= end - start <= span.length * most
    if not alike or not copy.whole(start, end) or not anchors.is_free(span, start, end):
        return None
    return Alteration(
        start, end, f"known by its digest alone; at its place stands {cut(copy.raw[begin:stop], _MOST_TOLD)!r}"
    )


def _nearest_boundary(copy: Copy, at: int, low: int, high: int) -> int:
    steps = (place for step in range(high - low + 1) for place in (at - step, at + step) if low <= place <= high)
    return next((place for place in steps if is_boundary(copy.spelled, place)), at)


def most_alike(anchors: Anchors, span: Span) -> Alteration | None:
    """Return the stretch that is most like a span's words, near its place or where their longer words are.

    Parameters
    ----------
    anchors
        What was found in the copy.
    span
        A span that was not, with words.

    Raises
    ------
    MissingExtraError
        If rapidfuzz, which compares letters, is not installed.
    """
    copy = anchors.copy
    expected, behind = map(copy.place, anchors.region(span))
    single = words_in(span.words, 2) < 2
    words = _words(span.words, span.words, 0, span.length)
    best: tuple[float, float, int, int, int] | None = None
    for low, high in _windows(anchors, span):
        window = _words(copy.text, copy.spelled, low, high)
        copy.budget.charge(len(words) * len(window) * PAIR)
        for start, end, ends in _extents(words, window, *_closest(words, window, expected)):
            stretch = copy.text[start:end]
            likeness = 1 - _distance(span.words.lower(), stretch.lower()) / (span.length + len(stretch))
            # A single word that is much like another may be anywhere.
            may_be = not single or start == expected or end == behind
            alike = stretch != span.words and likeness >= (_ALIKE if ends < 2 else _ALIKE_WITHIN)
            if may_be and alike and anchors.is_free(span, start, end):
                best = max(best or (0, 0, 0, 0, 0), (ends, likeness, -abs(start - expected), start, end))
    if best is None:
        return None
    _, likeness, near, start, end = best
    return Alteration(start, end, difference(span.words, copy.text[start:end]), likeness, -near)


def _windows(anchors: Anchors, span: Span) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a copy in which a span's altered words may be."""
    copy = anchors.copy
    if anchors.is_near(span):
        start, end = sorted(map(copy.place, anchors.region(span)))
        for low, high in ((start, end),) if end - start <= 2 * (span.length + NEAR) else ((start, start), (end, end)):
            yield low - span.length, high + span.length
    if words_in(span.words, DISTINCTIVE) == DISTINCTIVE:
        leads = sorted({(-len(lead[0]), lead.start(), lead[0]) for lead in _LEAD.finditer(span.words)})[:_MOST_LEADS]
        copy.budget.charge(len(leads) * len(copy.text))
        guesses = sorted(guess for _, at, lead in leads for guess in _guesses(copy.text, lead, at))
        for guess in _crowded(guesses, span.length):
            yield guess - span.length, guess + 2 * span.length


def _guesses(text: str, lead: str, offset: int) -> list[int]:
    """Return where words may begin that have a piece at some offset; nowhere if the piece is there too often to lead anywhere."""
    found: list[int] = []
    at = text.find(lead)
    while at >= 0 and len(found) <= _MOST_PLACES:
        found.append(at - offset)
        at = text.find(lead, at + 1)
    return found if len(found) <= _MOST_PLACES else []


def _crowded(guesses: list[int], size: int) -> Iterator[int]:
    """Yield the places that most guesses lie near."""
    groups: list[list[int]] = []
    for guess in guesses:
        if groups and guess - groups[-1][0] <= size:
            groups[-1].append(guess)
        else:
            groups.append([guess])
    for group in sorted(groups, key=len, reverse=True)[:_MOST_WINDOWS]:
        yield group[len(group) // 2]


def _words(text: str, spelled: str, start: int, end: int) -> list[_Word]:
    """Return the words of a stretch of a normalised text, none of them cut."""
    places = range(max(0, start), min(len(text), end) + 1)
    edges = [at for at in places if is_boundary(spelled, at)]
    return [_Word(text[a:b], a, b) for a, b in pairwise(edges) if not text[a:b].isspace()]


def _closest(words: Sequence[_Word], window: Sequence[_Word], expected: int) -> tuple[int, int]:
    """Return which words of a window take the fewest letters, put in and taken out, to become some words: the first, and that behind the last.

    Sellers' algorithm, word by word: https://doi.org/10.1016/0196-6774(80)90016-4
    """
    # For each end in the window: what the words so far take up to there, and where the stretch begins.
    costs = [(0, begin) for begin in range(len(window) + 1)]
    for word in words:
        row = [(costs[0][0] + len(word.text), 0)]
        for at, other in enumerate(window, 1):
            swap, out, put = costs[at - 1], costs[at], row[-1]
            row.append(
                min(
                    (swap[0] + _distance(word.text.lower(), other.text.lower()), swap[1]),
                    (out[0] + len(word.text), out[1]),
                    (put[0] + len(other.text), put[1]),
                    key=lambda choice: choice[0],
                )
            )
        costs = row
    ends = [at for at, (_, begin) in enumerate(costs) if begin < at]
    if not ends:
        return 0, 0
    last = min(ends, key=lambda at: (costs[at][0], abs(window[costs[at][1]].start - expected)))
    return _outward(words, window, costs[last][1], last)


def _extents(words: Sequence[_Word], window: Sequence[_Word], first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Yield a stretch of a window and longer ones around it, which may be more alike where words were put in or split.

    With each comes how many of its two ends are those of the words.
    """
    if first >= last:
        return
    more = min(len(words) + 5, _MOST_AROUND)
    for begin in range(max(0, first - more), first + 1):
        for end in range(last, min(len(window), last + more) + 1):
            same = window[begin].text == words[0].text, window[end - 1].text == words[-1].text
            # A bracket or a comma that the words have not is none of them.
            stray = [_MARK.match(word.text) for word in (window[begin], window[end - 1])]
            if end - begin <= 2 * len(words) + 5 and not any(
                mark and not kept for mark, kept in zip(stray, same, strict=True)
            ):
                yield window[begin].start, window[end - 1].end, sum(same)


def _outward(words: Sequence[_Word], window: Sequence[_Word], first: int, last: int) -> tuple[int, int]:
    """Return a stretch together with what is in place of the first or last words, up to a mark of punctuation."""
    edits = _edits([word.text for word in words], [word.text for word in window[first:last]])
    before, behind = (edit[2] - edit[1] if edit[0] == "delete" else 0 for edit in (edits[0], edits[-1]))
    more_before = zip(reversed(words[:before]), reversed(window[:first]), strict=False)
    more_behind = zip(words[len(words) - behind :], window[last:], strict=False)
    return first - _replaced(more_before), last + _replaced(more_behind)


def _replaced(pairs: Iterable[tuple[_Word, _Word]]) -> int:
    """Return for how many words others stand, up to a mark of punctuation that is not the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0].text == pair[1].text or not _MARK.match(pair[1].text), pairs))


@lru_cache(maxsize=100_000)
def _distance(one: str, other: str) -> int:
    """Return how many letters must be taken out and put in."""
    if one == other:
        return 0
    try:
        from rapidfuzz.distance import Indel
    except ImportError as error:
        raise MissingExtraError(error.name) from error
    return int(Indel.distance(one, other))


def difference(before: str, after: str) -> str:
    """Return what differs, word by word: ``[-gone-] {+come+}``.

    Parameters
    ----------
    before, after
        The words as they were coded, and all that is in their place.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    parts = []
    edits = _edits([word.strip() for word in old], [word.strip() for word in new])
    if all(edit[0] == "equal" for edit in edits):
        # Only white space differs, in a script that puts none between words.
        edits = [("replace", 0, len(old), 0, len(new))]
    for kind, a, b, c, d in edits:
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        space = " " if (come or gone)[0].isspace() else ""
        if kind == "equal":
            parts.append(f" {come}" if not c and a else come)
        else:
            parts += [f"{space}[-{gone.strip()}-]"] * (b > a)
            parts += [f"{space or ' ' * (b > a)}{{+{come.strip()}+}}"] * (d > c)
    return "".join(parts).strip()


def _edits(before: list[str], after: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    from difflib import SequenceMatcher

    if max(len(before), len(after)) <= _DIFFED:
        return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    head = _same(before, after)
    tail = _same(before[head:][::-1], after[head:][::-1])
    old, new = len(before) - tail, len(after) - tail
    edits = (
        ("equal", 0, head, 0, head),
        ("replace", head, old, head, new),
        ("equal", old, len(before), new, len(after)),
    )
    return [edit for edit in edits if edit[1] < edit[2] or edit[3] < edit[4]]


def _same(before: list[str], after: list[str]) -> int:
    """Return how many words are the same from the first on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
