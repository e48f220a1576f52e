"""Rules about chains: the voices that a claim came through, from its holder to the publisher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.rules.base import Add, Check, Join, Rule, Where, blank, given, other_than, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.model.schema import Format
    from reportedly.rules.base import Predicate, Step


def _hop(field: str, broken: Predicate | None, message: str, expected: str, *steps: Step) -> Check:
    return Check("attributions", field, broken, message, expected, steps)


_OF_CLAIM = (("claim_id", "claim_id"),)
_WITH_LAST = Add("_last", lambda col: col("hop") == col("hop").max().over(*same(col, "claim_id")))


def _explicit(_form: Format) -> Iterator[Check]:
    yield _hop(
        "start",
        lambda col: (col("basis") == "explicit") & blank(col("start")),
        "an explicit hop without a span",
        "the span of its words, or basis inferred",
    )


def _cue(_form: Format) -> Iterator[Check]:
    yield _hop(
        "cue",
        lambda col: given(col("cue")) & (blank(col("start")) | (col("_length") > col("end") - col("start"))),
        "the cue {cue} is longer than the span {start}–{end}",
        "a cue from the words of the span",
        Add("_length", lambda col: col("cue").str.len_chars()),
    )


def _exists(_form: Format) -> Iterator[Check]:
    yield Check(
        "claims",
        "claim_id",
        None,
        "{claim_id} has no attributions",
        "a hop for each voice, the publisher last",
        (Join("anti", "attributions", _OF_CLAIM),),
    )


def _hops(_form: Format) -> Iterator[Check]:
    yield _hop(
        "hop",
        None,
        "{claim_id} has a hop {hop} but none before it",
        "hops 1, 2, 3 … without a gap",
        Where(lambda col: col("hop") > 1),
        Add("_before", lambda col: col("hop") - 1),
        Join("anti", "attributions", (("claim_id", "claim_id"), ("_before", "hop"))),
    )


def _once(_form: Format) -> Iterator[Check]:
    yield _hop(
        "actor_id",
        lambda col: col("hop") > col("_first"),
        "{actor_id} is in the chain of {claim_id} already",
        "another voice, or remove the hop",
        Add("_first", lambda col: col("hop").min().over(*same(col, "claim_id", "actor_id"))),
    )


def _end(_form: Format) -> Iterator[Check]:
    yield _hop(
        "actor_id",
        lambda col: col("actor_id") != col("publisher_id"),
        "the chain of {claim_id} ends with {actor_id}",
        "{publisher_id}",
        _WITH_LAST,
        Where(lambda col: col("_last")),
        Join("inner", "claims", _OF_CLAIM, (("_article", "article_id"),)),
        Join("inner", "articles", (("_article", "article_id"),), (("publisher_id", "publisher_id"),)),
    )


def _publishes(_form: Format) -> Iterator[Check]:
    yield _hop(
        "relation",
        lambda col: (col("relation") == "publishes") != col("_last"),
        "hop {hop} of {claim_id} {relation}",
        "publishes at the last hop, and only there",
        _WITH_LAST,
    )


def _holder(_form: Format) -> Iterator[Check]:
    yield _hop(
        "actor_id",
        lambda col: col("actor_id") != col("holder_id"),
        "the chain of {claim_id} begins with {actor_id}",
        "the claim's holder, {holder_id}",
        Where(lambda col: col("hop") == 1),
        Join("inner", "claims", _OF_CLAIM, (("holder_id", "holder_id"),)),
    )


def _relations(form: Format) -> Iterator[Check]:
    yield _hop(
        "relation",
        lambda col: (col("relation") == "holds") & (col("hop") > 1),
        "hop {hop} of {claim_id} holds",
        "states, reports or publishes: only the first voice holds",
    )
    others = other_than(form, "actors", "actor_type", "medium")
    yield _hop(
        "relation",
        lambda col: col("actor_type").is_in(others),
        "{actor_id} {relation}, but is of type {actor_type}",
        "a medium, or another relation",
        Where(lambda col: col("relation").is_in(["reports", "publishes"])),
        Join("inner", "actors", (("actor_id", "actor_id"),), (("actor_type", "actor_type"),)),
    )


def _speaker(_form: Format) -> Iterator[Check]:
    yield Check(
        "quotes",
        "speaker_id",
        None,
        "{speaker_id} is not a voice in the chain of {claim_id}",
        "one of its hops",
        (Join("anti", "attributions", (("claim_id", "claim_id"), ("speaker_id", "actor_id"))),),
    )


EXPLICIT_WORDS = Rule("explicit-words", "row", "An explicit hop has the span of the words that name it.", _explicit)
CUE_IN_SPAN = Rule("cue-in-span", "row", "A cue is part of its hop's span, so it is not longer than the span.", _cue)
CHAIN_EXISTS = Rule("chain-exists", "package", "Every claim has a chain.", _exists)
CHAIN_HOPS = Rule("chain-hops", "package", "The hops of a chain are numbered 1, 2, 3 … without a gap.", _hops)
CHAIN_ONCE = Rule("chain-once", "package", "No voice is in a chain twice.", _once)
CHAIN_END = Rule("chain-end", "package", "The last hop of a chain is the article's publisher.", _end)
CHAIN_PUBLISHES = Rule("chain-publishes", "package", "The last hop publishes, and no other hop does.", _publishes)
HOLDER_FIRST = Rule("holder-first", "package", "The first hop of a chain is the holder of the claim.", _holder)
CHAIN_RELATIONS = Rule(
    "chain-relations",
    "package",
    "Only the first voice of a chain holds, and only a medium reports or publishes.",
    _relations,
)
SPEAKER_IN_CHAIN = Rule(
    "speaker-in-chain", "package", "The speaker of a quotation is a voice in the chain of its claim.", _speaker
)
