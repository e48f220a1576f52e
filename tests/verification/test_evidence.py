"""What `verify` proves besides the places of words: cues, surface forms, lengths and folded digests."""

from __future__ import annotations

import hashlib

import pytest

import reportedly

OTHER = hashlib.sha256(b"other words").hexdigest()


def unproven(copy, text):
    return [str(cell) for cell in reportedly.verify(text=text, article="tasr-0001", package=copy.root).unproven]


@pytest.mark.parametrize(
    ("table", "key", "field", "value", "words"),
    [
        ("attributions", "c02/1", "cue", "wish", "attributions tasr-0001.c02/1, cue = 'wish': the words of its hop do not hold it"),
        ("attributions", "c02/1", "folded_sha256", OTHER, "attributions tasr-0001.c02/1, folded_sha256 = "),
        ("claims", "c02", "folded_sha256", OTHER, "claims tasr-0001.c02, folded_sha256 = "),
        ("actors", "bloomberg", "aliases", "Bloomberg|Bloom", "actors bloomberg, aliases = 'Bloom': it is not in the text"),
        ("actors", "bloomberg", "aliases", "Blоomberg", "actors bloomberg, aliases = 'Blоomberg': it is not in the text"),
        ("articles", "tasr-0001", "text_length", "2640", "articles tasr-0001, text_length = '2640': the text has 2639 characters"),
    ],
    ids=["cue", "folded hop", "folded claim", "half a name", "a look-alike letter", "length"],
)  # fmt: skip
def test_what_the_text_does_not_bear_out_is_told(article, copy, table, key, field, value, words):  # noqa: PLR0917 - one for each column
    copy.set(table, key, **{field: value})
    (found,) = unproven(copy, article)
    assert found.startswith(words)


def test_a_form_is_proven_folded_and_anywhere_in_the_text(article, copy):
    name = next(row for row in copy.rows("actors") if row["actor_id"] == "bloomberg")["aliases"].split("|")[0]
    assert unproven(copy, article.replace(name, f"“{name}”").replace(name, f"{name[:4]}\u00ad{name[4:]}")) == []


def test_a_form_that_another_article_may_hold_is_not_judged(article, copy):
    rows = copy.rows("articles")
    copy.write("articles", [*rows, {**rows[0], "article_id": "tasr-0002"}])
    copy.set("actors", "tasr", aliases="Another name")
    copy.set("actors", "bloomberg", aliases="Another name")
    assert unproven(copy, article) == ["actors bloomberg, aliases = 'Another name': it is not in the text"]
