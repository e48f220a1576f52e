from __future__ import annotations

import string
import unicodedata

import pytest

from reportedly.folding import fold, folded_with_places


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
    ],
)
def test_what_is_folded(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


def test_places_lead_back_into_the_text():
    text = "x  “cafe\u0301\u0323” –\u00ad y\u0301z"
    folded, places = folded_with_places(text)
    assert len(places) == len(folded) + 1
    assert places[-1] == len(text)
    assert [text[at] for at in places[:-1]] == ["x", " ", "“", "c", "a", "f", "e", "e", "”", " ", "–", " ", "y", "z"]


@pytest.mark.parametrize(
    "text", ["한국어 각", "Ω Å ﬁ", "e\u0301\u0323o\u0308\u0304", "\u1100\u1161\u11a8x", "\u0301a", "👩‍🚀 é", "ﷺ \u0958"]
)
def test_folding_composes_as_unicode_does(text):
    composed = unicodedata.normalize("NFC", text)
    assert fold(text) == fold(composed)


def test_more_marks_than_any_script_has_are_not_sorted():
    fine = "e" + "\u0308" * 29 + "\u0323"
    assert fold(fine) == unicodedata.normalize("NFC", fine) == "\u1eb9" + "\u0308" * 29
    more = "e" + "\u0308" * 30
    assert fold(more + "\u0323") == unicodedata.normalize("NFC", more) + "\u0323"
