"""Verdicts on the real article and on mangled copies of it."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest

import reportedly
from reportedly.errors import UnknownNameError


def verdicts(text):
    return {(row.table, row.key): row for row in reportedly.verify(text=text).verdicts}


def kinds(text):
    return {place: row.verdict for place, row in verdicts(text).items()}


def spans():
    """Return every span of the dataset by table and key."""
    found = {}
    for table, key in (("claims", "claim_id"), ("quotes", "quote_id"), ("figures", "figure_id")):
        for row in reportedly.load(table).itertuples():
            found[table, getattr(row, key)] = (row.start, row.end)
    for row in reportedly.load("attributions").dropna(subset=["start"]).itertuples():
        found["attributions", f"{row.claim_id}/{row.hop}"] = (row.start, row.end)
    return found


def test_the_article_proves_every_row(article):
    outcome = reportedly.verify(text=article)
    assert outcome.totals == {"exact": len(spans()), "moved": 0, "normalised": 0, "altered": 0, "absent": 0}
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


def test_every_quotation_mark_belongs_to_a_quotation(article):
    marked = {(match.start(1), match.end(1)) for match in re.finditer("“([^”]*)”", article)}
    quotes = reportedly.load("quotes")
    assert set(zip(quotes["start"], quotes["end"], strict=True)) == marked


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


def test_every_surface_form_of_an_actor_stands_in_the_article(article):
    for aliases in reportedly.load("actors")["aliases"]:
        for alias in aliases:
            assert re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", article), alias


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
    outcome = reportedly.verify(text=f"Heading\n{article}")
    assert outcome.totals["moved"] == len(spans())
    assert not outcome.ok()
    assert outcome.ok(accept=["moved"])
    assert all(row.found_start - row.start == 8 for row in outcome.verdicts)


def test_paragraphs_in_another_order_move_every_row(article):
    lines = article.split("\n")
    assert set(kinds("\n".join([*lines[5:], *lines[:5]])).values()) == {"moved"}


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


def test_a_word_changed_in_a_quotation_is_shown(article):
    changed = article.replace("almost 20 percent", "almost 30 percent")
    found = {place: row for place, row in verdicts(changed).items() if row.verdict != "exact"}
    assert {place: row.verdict for place, row in found.items()} == {
        ("claims", "tasr-0001.c24"): "altered",
        ("claims", "tasr-0001.c25"): "altered",
        ("quotes", "tasr-0001.q01"): "altered",
        ("figures", "tasr-0001.f08"): "altered",
    }
    assert found["figures", "tasr-0001.f08"].difference == "almost [-20-] {+30+} percent"
    assert "control over almost [-20-] {+30+} percent of" in found["quotes", "tasr-0001.q01"].difference
    assert "known by its digest alone" in found["claims", "tasr-0001.c25"].difference


def test_a_paragraph_that_is_gone_is_absent_and_nothing_else_is(article):
    lines = article.split("\n")
    gone = (sum(len(line) + 1 for line in lines[:4]), sum(len(line) + 1 for line in lines[:5]))
    places = spans()
    for place, verdict in kinds("\n".join([*lines[:4], *lines[5:]])).items():
        start, end = places[place]
        expected = "exact" if end <= gone[0] else "moved" if start >= gone[1] else "absent"
        assert verdict == expected, place


def test_another_text_holds_nothing():
    assert set(kinds("The quick brown fox jumps over the lazy dog. " * 60).values()) == {"absent"}
    assert set(kinds("").values()) == {"absent"}


@pytest.mark.parametrize("seed", range(20))
def test_an_insertion_moves_what_is_behind_it_and_alters_what_is_around_it(article, seed):
    at = random.Random(seed).choice([match.end() for match in re.finditer(r"\w\b", article)])
    changed = f"{article[:at]} truly{article[at:]}"
    found = kinds(changed)
    for place, (start, end) in spans().items():
        expected = "exact" if end <= at else "moved" if start >= at else "altered"
        assert found[place] == expected, (place, at)


@pytest.mark.parametrize("seed", range(20))
def test_a_word_taken_out_alters_what_held_it_and_moves_what_is_behind_it(article, seed):
    word = random.Random(seed).choice(list(re.finditer(r" \w+\b", article)))
    found = kinds(article[: word.start()] + article[word.end() :])
    for place, (start, end) in spans().items():
        if end <= word.start():
            assert found[place] == "exact", (place, word)
        elif start >= word.end():
            assert found[place] == "moved", (place, word)
        elif start <= word.start() and end >= word.end() and end - start > 3 * len(word.group()):
            assert found[place] == "altered", (place, word)
        else:
            # Little or nothing is left of it.
            assert found[place] in {"altered", "absent"}, (place, word)


def test_decomposed_letters_are_normalised(article):
    decomposed = unicodedata.normalize("NFD", article.replace("Kiev", "Kiév"))
    assert reportedly.verify(text=decomposed).totals["absent"] == 0


def test_an_unknown_article_is_told():
    with pytest.raises(UnknownNameError, match="There is no article 'x'"):
        reportedly.verify(text="x", article="x")


def test_the_outcome_reads_as_text_and_as_json(article):
    outcome = reportedly.verify(text=article.replace("very quickly", "rather quickly"))
    assert "quotes tasr-0001.q04 2068–2081: altered" in outcome.to_text()
    assert "The text differs from the one that was coded." in outcome.to_text()
    assert '"totals"' in outcome.to_json()


def test_progress_counts_up_to_its_total(article):
    seen = []
    reportedly.verify(text=f"x {article}", progress=lambda done, total: seen.append((done, total)))
    assert seen
    assert all(done <= total for done, total in seen)
