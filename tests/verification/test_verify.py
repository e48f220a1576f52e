"""Verdicts on the real article and on mangled copies of it."""

from __future__ import annotations

import random
import re

import pytest

import reportedly


def verdicts(text):
    return reportedly.verify(text=text).verdicts


def kinds(text):
    return {row.verdict for row in verdicts(text)}


def expected(row, start, end, inside):
    """Return the verdict on a row after a change from start to end: what is before stays, what is behind moves."""
    if row.end <= start:
        return "exact"
    return "moved" if row.start >= end else inside


def test_the_article_proves_every_row(article):
    outcome = reportedly.verify(text=article)
    assert outcome.ok()
    assert outcome.same_text


def test_what_no_row_covers_is_small_words_and_punctuation(article):
    uncovered = [words.strip(" .,\n") for _, _, words in reportedly.verify(text=article).uncovered]
    assert set(uncovered) == {"in", "that", "and", "but", "or", "on", "However", "Despite"}


def test_every_sentence_and_heading_holds_a_claim(article):
    claims = reportedly.load("claims")
    for line in re.finditer(r"[^\n]+", article):
        # A full stop inside of quotation marks ends a sentence too.
        for sentence in re.finditer(r"(?:[^.]|\.(?! |”? [A-Z]|”?$))+", line.group()):
            start, end = line.start() + sentence.start(), line.start() + sentence.end()
            inside = claims[(claims["start"] >= start) & (claims["end"] <= end + 2)]
            assert len(inside), (start, end)


def test_every_digit_and_number_word_belongs_to_a_figure(article):
    figures = reportedly.load("figures")
    words = r"\d|\b(?:one|six|first|several|some|almost|percent|billion|months?|weeks|January|February|October|Tuesday|now|quick|quickly)\b"
    for match in re.finditer(words, article):
        if (
            article[match.start() : match.start() + 5] == "first"
            and match.start() > article.index("border") - 90
            and match.start() < article.index("border")
        ):
            # “but first” orders two steps; the codebook leaves it out.
            continue
        inside = figures[(figures["start"] <= match.start()) & (figures["end"] >= match.end())]
        assert len(inside), (match.start(), match.group())


def test_every_capitalised_name_belongs_to_an_actor(article):
    known = " ".join(alias for aliases in reportedly.load("actors")["aliases"] for alias in aliases)
    others = {
        "January",
        "February",
        "October",
        "Tuesday",
        "President",
        "US",
        "Crimean",
        "Russian",
        "Ukrainian",
        "Crimea",
    }
    names = {match.group() for match in re.finditer(r"(?<![.”] )(?<!\n)(?<!^)\b[A-Z][\w]+", article)}
    assert {name for name in names if name not in others and name not in known} == set()


def test_a_line_before_the_article_moves_every_row(article):
    assert {row.found_start - row.start for row in verdicts(f"Heading\n{article}")} == {8}
    assert kinds(f"Heading\n{article}") == {"moved"}


def test_paragraphs_in_another_order_move_every_row(article):
    lines = article.split("\n")
    assert kinds("\n".join([*lines[5:], *lines[:5]])) == {"moved"}


@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: text.replace("“", '"').replace("”", '"').replace("’", "'"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("“", "„").replace("”", "“"),
        lambda text: text.replace(" the ", "\n   the "),
        lambda text: text.replace("e", "e\u200b"),
        lambda text: text.replace("a", "\u00ada"),
    ],
    ids=["straight quotes", "no-break spaces", "other quotes", "wrapped lines", "zero-width spaces", "soft hyphens"],
)
def test_other_typography_leaves_no_row_altered_or_absent(article, mangle):
    outcome = reportedly.verify(text=mangle(article))
    assert outcome.totals["altered"] == outcome.totals["absent"] == 0
    assert outcome.totals["normalised"] > 0
    assert outcome.ok(accept=["moved", "normalised"])


def test_a_paragraph_that_is_gone_is_absent_and_nothing_else_is(article):
    lines = article.split("\n")
    gone = (sum(len(line) + 1 for line in lines[:4]), sum(len(line) + 1 for line in lines[:5]))
    for row in verdicts("\n".join([*lines[:4], *lines[5:]])):
        assert row.verdict == expected(row, *gone, "absent"), row


@pytest.mark.parametrize("seed", range(20))
def test_an_insertion_moves_what_is_behind_it_and_alters_what_is_around_it(article, seed):
    at = random.Random(seed).choice([match.end() for match in re.finditer(r"\w\b", article)])
    for row in verdicts(f"{article[:at]} truly{article[at:]}"):
        assert row.verdict == expected(row, at, at, "altered"), row
