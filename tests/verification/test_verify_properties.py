"""Verdicts on texts made up by Hypothesis, held against what was done to them: an edit tells where each span must be, and whether it can be there at all."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from verification.coding import write, write_package

import reportedly
from reportedly.text.boundaries import is_boundary
from reportedly.text.digest import sha256_text
from reportedly.text.normalize import Normalized
from reportedly.text.normalize import normalize as fold

if TYPE_CHECKING:
    from pathlib import Path

few = settings(max_examples=max(1, settings.default.max_examples // 5))
ARTICLE = "made-up-0001"
KEYS = {"claims": "claim_id", "attributions": "hop", "quotes": "quote_id", "figures": "figure_id"}
WORDS = {"quotes": "text", "figures": "surface"}


class Span(NamedTuple):
    table: str
    start: int
    end: int


class Edit(NamedTuple):
    """What stands from start to end is replaced."""

    start: int
    end: int
    words: str


# --- a package and its text ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """Return a package without rows, to be coded over and over."""
    return write_package(tmp_path_factory.mktemp("coded") / "package", {})


def code(root: Path, text: str, spans: list[Span]) -> dict[tuple[str, str], Span]:
    """Code an article with spans, and return them by table and key as verdicts name them."""
    rows: dict[str, list[dict]] = {table: [] for table in KEYS}
    coded = {}
    first = f"{ARTICLE}.c01"
    for place, (table, start, end) in enumerate([Span("claims", 0, len(text)), *spans], 1):
        words = text[start:end]
        key = str(place) if table == "attributions" else f"{ARTICLE}.{table[0]}{place:02}"
        row = {"claim_id": first, "article_id": ARTICLE, KEYS[table]: key, "start": start, "end": end}
        row |= {
            "span_sha256": sha256_text(words),
            "folded_sha256": sha256_text(fold(words)),
            WORDS.get(table, ""): words,
        }
        rows[table].append(row)
        coded[table, f"{first}/{key}" if table == "attributions" else key] = Span(table, start, end)
    for table, found in rows.items():
        write(root, table, found)
    write(root, "articles", [{"article_id": ARTICLE, "text_sha256": sha256_text(text), "text_length": len(text)}])
    return coded


SEPARATORS = st.sampled_from([" ", ", ", ". ", "\n", " – ", "; ", " “", "” ", "-", "’s "])


@st.composite
def articles(draw, words: st.SearchStrategy[list[str]]) -> tuple[str, list[Span]]:
    """Make a text and spans of it, each from the beginning of a word to the end of one."""
    chosen = draw(words)
    text, places = draw(st.sampled_from(["", "“", "— "])), []
    for word in chosen:
        places.append((len(text), len(text) + len(word)))
        text += word + draw(SEPARATORS)
    ends = st.tuples(st.integers(0, len(places) - 1), st.integers(0, 9), st.sampled_from(list(KEYS)))
    spans = [
        Span(table, places[first][0], places[min(first + more, len(places) - 1)][1])
        for first, more, table in draw(st.lists(ends, min_size=1, max_size=12))
    ]
    return text.rstrip(), spans


# Letters of several scripts and lengths in UTF-8, composed ones among them; no digits, which edits bring.
LETTERS = "abcdeiounrst" + "áéñöş" + "дои" + "한국" + "שלם" + "𝒳"
ANY_WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=3, max_size=40)
FEW_WORDS = st.lists(st.sampled_from(["no", "not", "one", "phone", "of", "of them", "talks"]), min_size=3, max_size=60)
# No word holds another, so that each stands in the text once.
OWN_WORDS = st.lists(st.text(LETTERS, min_size=2, max_size=7), min_size=3, max_size=40, unique=True).filter(
    lambda words: not any(one in other for one in words for other in words if one is not other)
)
NEW = st.text("0123456789", min_size=1, max_size=12).map(lambda digits: digits + " ") | st.sampled_from(
    ["7", "«7»", " 7\n7 "]
)


# --- what is done to it ---------------------------------------------------------------------------------------------------------


@st.composite
def edits(draw, text: str, most: int) -> list[Edit]:
    """Make insertions, deletions and replacements that do not overlap, in the text's order."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), min_size=1, max_size=2 * most)))
    found = []
    for start, end in zip(cuts[::2], [*cuts[1::2], cuts[-1]], strict=False):
        stop = draw(st.sampled_from([start, end, min(start + 1, len(text))]))
        found.append(Edit(start, stop, draw(st.just("") | NEW) if stop > start else draw(NEW)))
    return [edit for place, edit in enumerate(found) if not place or found[place - 1].end <= edit.start]


def apply(text: str, changes: list[Edit]) -> str:
    for edit in reversed(changes):
        text = text[: edit.start] + edit.words + text[edit.end :]
    return text


def touched(span: Span, changes: list[Edit]) -> bool:
    """Return whether an edit took anything of a span's words, or put something between them."""
    return any(edit.start < span.end and edit.end > span.start for edit in changes)


def shift(span: Span, changes: list[Edit]) -> int:
    """Return how far edits pushed a span that they did not touch."""
    return sum(len(edit.words) - (edit.end - edit.start) for edit in changes if edit.end <= span.start)


VARIANTS = {
    **dict.fromkeys("“”", '“”„«»"'),
    "’": "'‘’ʼ",
    **dict.fromkeys("–—-", "-–—‑−"),
    " ": [" ", "\u00a0", "\u2009", "  ", "\n", " \r\n", "\t", "\u200b \u200b"],
    "\n": ["\r\n", " ", "\n\n", "\u00a0"],
}


def respell(character: str, choice: int) -> str:
    """Return a character as another copy may write it: folded, it is the same."""
    variants = VARIANTS.get(
        character, [unicodedata.normalize("NFD", character), f"{character}\u00ad", f"\u200b{character}"]
    )
    return variants[choice % len(variants)]


@st.composite
def respelt(draw, text: str) -> str:
    """Make a copy of a text that folds to the same."""
    changes = draw(st.dictionaries(st.integers(0, max(0, len(text) - 1)), st.integers(0, 9), max_size=12))
    throughout = draw(st.sampled_from(["", "“", "’", " ", "\n", "é", "한"]))
    copy = "".join(
        respell(character, changes.get(at, 0)) if at in changes or character == throughout else character
        for at, character in enumerate(text)
    )
    assume(fold(copy) == fold(text))
    return copy


# --- what must hold ---------------------------------------------------------------------------------------------------------


def whole(copy: str, span: Span) -> bool:
    """Return whether a stretch of a copy cuts no word, once what nobody sees is left out."""
    normalized = Normalized(copy)
    stretch = normalized.stretch(span.start, span.end)
    return stretch is not None and all(is_boundary(normalized.spelled, at) for at in stretch)


def judged(root: Path | None, text: str, coded: dict, copy: str) -> dict:
    """Return the verdicts on a copy, each held against what its words say, whatever was done."""
    outcome = reportedly.verify(text=copy, package=root)
    assert outcome.same_text == (copy == text)
    assert [(row.table, row.key) for row in outcome.verdicts] == sorted(
        coded, key=lambda place: list(KEYS).index(place[0])
    )
    for row in outcome.verdicts:
        span = coded[row.table, row.key]
        words, found = text[span.start : span.end], copy[row.found_start : row.found_end]
        event(row.verdict)
        assert (row.start, row.end) == (span.start, span.end)
        here = copy[span.start : span.end] == words
        assert (row.verdict == "exact") == (here and whole(copy, span)), row
        if row.verdict == "absent":
            assert (row.found_start, row.found_end) == (-1, -1)
        else:
            assert 0 <= row.found_start < row.found_end <= len(copy), row
        if row.verdict in {"exact", "moved"}:
            assert found == words, row
            assert whole(copy, Span(span.table, row.found_start, row.found_end)), row
            assert (row.found_start == span.start) == (row.verdict == "exact"), row
        elif row.verdict == "normalised":
            assert fold(found) == fold(words), row
            assert found != words, row
        else:
            assert fold(found) != fold(words), row
    covered = {at for row in outcome.verdicts for at in range(row.found_start, row.found_end)}
    bare = {at for at, character in enumerate(copy) if character.isalnum()} - covered
    told = [range(start, end) for start, end, _ in outcome.uncovered]
    assert all(copy[start:end] == words for start, end, words in outcome.uncovered)
    assert {at for stretch in told for at in stretch if copy[at].isalnum()} == bare
    return {(row.table, row.key): row for row in outcome.verdicts}


@given(made=st.one_of(articles(ANY_WORDS), articles(FEW_WORDS)), data=st.data())
def test_after_any_edits_a_verdict_says_what_is_there(root, made, data):
    text, spans = made
    coded = code(root, text, spans)
    copy = data.draw(respelt(apply(text, data.draw(edits(text, 6)))) | respelt(text) | st.text(max_size=200))
    judged(root, text, coded, copy)


@given(made=st.one_of(articles(ANY_WORDS), articles(FEW_WORDS)), data=st.data())
def test_another_spelling_leaves_no_span_altered_or_absent(root, made, data):
    text, spans = made
    assume(len(fold(text)) == len(text))
    coded = code(root, text, spans)
    for row in judged(root, text, coded, data.draw(respelt(text))).values():
        assert row.verdict in {"exact", "moved", "normalised"}, row


def edit_and_judge(root: Path | None, text: str, coded: dict, data: st.DataObject) -> None:
    """Edit a text once, and hold the verdicts against what the edit did not touch, in the same spelling and in another."""
    changes = data.draw(edits(text, 1))
    edited = apply(text, changes)
    same = judged(root, text, coded, edited)
    other = judged(root, text, coded, data.draw(respelt(edited)))
    for place, span in coded.items():
        pushed = shift(span, changes)
        # What is put right beside a word may make it another word.
        if not touched(span, changes) and whole(edited, Span(span.table, span.start + pushed, span.end + pushed)):
            assert same[place].found_start == span.start + pushed, (same[place], edited)
            assert same[place].verdict == ("moved" if pushed else "exact"), (same[place], edited)
            assert other[place].verdict in {"exact", "moved", "normalised"}, other[place]


@given(made=articles(OWN_WORDS), data=st.data())
def test_after_an_edit_every_span_is_where_the_edit_puts_it(root, made, data):
    text, spans = made
    assume(len(fold(text)) == len(text))
    edit_and_judge(root, text, code(root, text, spans), data)


@few
@given(data=st.data())
def test_the_article_too_keeps_what_an_edit_did_not_touch(article, data):
    rows = reportedly.verify(text=article).verdicts
    edit_and_judge(None, article, {(row.table, row.key): Span(row.table, row.start, row.end) for row in rows}, data)
