from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.text.normalize import Normalized, normalize


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“a” «b» „c“", '"a" "b" "c"'),
        ("it’s ‘so’ 5′", "it's 'so' 5'"),
        ("1990–1995 — a‑b −3", "1990-1995 - a-b -3"),
        ("a\u00a0b\u2009c\t\n d", "a b c d"),
        ("co\u00adoperate\u200b\ufeff", "cooperate"),
        ("cafe\u0301", "caf\u00e9"),
        ("a  \u0301b", "a \u0301b"),
        ("Case, stays! 20 %", "Case, stays! 20 %"),
        (string.ascii_letters + string.digits, string.ascii_letters + string.digits),
        # What nobody sees, and quotation marks of all languages.
        *((f"a{mark}b", "ab") for mark in "\u061c\u200e\u200f\u202a\u202e\u2066\u2069\u034f\ufe0f\u206a\u00ad\ufeff"),
        *((f"{before}a{behind}", '"a"') for before, behind in ("“”", "„“", "«»", "»«", "「」", "❝❞", "＂＂", "〝〟")),
    ],
)
def test_what_is_normalised(text, folded):
    assert normalize(text) == folded
    assert normalize(folded) == folded


def test_places_lead_back_into_the_text():
    text = "x  “cafe\u0301\u0323” –\u00ad y\u0301z"
    found = Normalized(text)
    assert found.text == 'x "caf\u1eb9\u0301" - \u00fdz'
    starts = [found.start(at) for at in range(len(found.text))]
    assert [text[at] for at in starts] == [
        "x",
        " ",
        "“",
        "c",
        "a",
        "f",
        "e",
        "\u0301",
        "”",
        " ",
        "–",
        "\u00ad",
        "y",
        "z",
    ]
    assert text[found.start(3) : found.end(9)] == "cafe\u0301\u0323”"


@pytest.mark.parametrize(
    ("text", "start", "end", "stretch"),
    [
        ("a\n\nb c", 3, 6, (2, 5)),
        ("a\u200bb", 2, 3, (1, 2)),
        ("a\u200bb", 0, 1, (0, 1)),
        ("cafe\u0301 b", 0, 5, (0, 4)),
        ("cafe\u0301 b", 0, 4, None),
        ("cafe\u0301 b", 6, 7, (5, 6)),
        ("ab", 1, 3, None),
        ("ab", 1, 1, None),
    ],
)
def test_a_stretch_has_one_place_in_both(text, start, end, stretch):
    found = Normalized(text)
    assert found.stretch(start, end) == stretch
    if stretch:
        assert found.text[slice(*stretch)] == normalize(text[start:end])
        assert (found.start(stretch[0]), found.end(stretch[1])) == (start, end)


@given(st.text(st.sampled_from("ab é\u0301“’–\u200b\u00ad\u2067\u00a0\n한\u1100\u1161"), max_size=30))
def test_normalising_twice_changes_nothing_and_places_stay_in_order(text):
    found = Normalized(text)
    assert normalize(found.text) == found.text
    starts = [found.start(at) for at in range(len(found.text))]
    assert starts == sorted(starts)
    assert all(found.start(found.place(at)) == at for at in starts)


@pytest.mark.parametrize(
    "text", ["한국어 각", "Ω Å ﬁ", "e\u0301\u0323o\u0308\u0304", "\u1100\u1161\u11a8x", "\u0301a", "👩‍🚀 é", "ﷺ \u0958"]
)
def test_folding_composes_as_unicode_does(text):
    composed = unicodedata.normalize("NFC", text)
    assert normalize(text) == normalize(composed)


def test_more_marks_than_any_script_has_are_not_sorted():
    fine = "e" + "\u0308" * 29 + "\u0323"
    assert normalize(fine) == unicodedata.normalize("NFC", fine) == "\u1eb9" + "\u0308" * 29
    more = "e" + "\u0308" * 30
    assert normalize(more + "\u0323") == unicodedata.normalize("NFC", more) + "\u0323"
