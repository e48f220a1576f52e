"""Rules about articles, claims and demands: what stands once, what belongs together, and which demand fits which claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportedly.rules.base import Add, Check, Endless, Join, Rule, Where, article_of, blank, given, nw, of_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.model.schema import Format

DEMANDING = ("condition", "demand", "concession", "offer", "pledge", "refusal")
_STANCE_TYPES = {
    "demand": "demand",
    "red_line": "demand",
    "precondition": "condition",
    "limit": "condition",
    "concession": "concession",
    "offer": "offer",
    "pledge": "pledge",
    "refusal": "refusal",
}
_OF_CLAIM = (("claim_id", "claim_id"),)
# Rows that say something: claims, and what says more about one.
_FACTS = ("claims", "demands", "quotes", "figures")


def _article_once(_form: Format) -> Iterator[Check]:
    yield Check(
        "articles",
        "text_sha256",
        lambda col: col("text_sha256").is_duplicated() & given(col("text_sha256")),
        "another article has the same text as {article_id}",
        "one row for one text, or the digest of this article's own",
    )


def _shared_span(_form: Format) -> Iterator[Check]:
    yield Check(
        "claims",
        "note",
        lambda col: (
            (of_size(col, "article_id", "start", "end") > 1)
            & given(col("start"))
            & given(col("end"))
            & blank(col("note"))
        ),
        "{claim_id} has the same span as another claim, {start}–{end}, and no note",
        "a note in each of them that says why, or spans of their own",
    )


def _told_once(form: Format) -> Iterator[Check]:
    for name in _FACTS:
        table = form.table(name)
        (key,) = table.key
        others = [other for other in table.names if other != key]

        def cells(col: Any, others: list[str] = others) -> nw.Expr:
            # Neither character can be in a cell without breaking stray-space.
            texts = (col(other).cast(nw.String).fill_null("\x1e") for other in others)
            return nw.concat_str(*texts, separator="\x1f")

        yield Check(
            name,
            key,
            lambda col, key=key: of_size(col, "_cells") > of_size(col, "_cells", key),  # type: ignore[misc]
            f"another row has the same cells as {{{key}}}",
            "one row for one fact",
            (Add("_cells", cells),),
        )


def _same_article(form: Format) -> Iterator[Check]:
    for name in _FACTS:
        table = form.table(name)
        (key,) = table.key
        others = [other.field for other in table.foreign_keys if other.table != "actors"]
        for other in others:
            mine, theirs = f"_article_of_{key}", f"_article_of_{other}"
            yield Check(
                name,
                other,
                lambda col, mine=mine, theirs=theirs, key=key, other=other: (  # type: ignore[misc]
                    given(col(key)) & given(col(other)) & (col(mine) != col(theirs))
                ),
                f"{other} is {{{other}}}, in another article than {{{key}}}",
                f"one of the article of {{{key}}}",
                (article_of(key), article_of(other)),
            )


def _maker(_form: Format) -> Iterator[Check]:
    yield Check(
        "demands",
        "obligated_id",
        lambda col: (
            col("stance").is_in(["concession", "offer", "pledge", "refusal"])
            & (col("obligated_id") != col("demander_id")).fill_null(value=True)
        ),
        "obligated_id of the {stance} {demand_id} is {obligated_id}",
        "{demander_id}",
    )


def _limit(_form: Format) -> Iterator[Check]:
    yield Check(
        "demands",
        "conditional_on",
        lambda col: (col("stance") == "limit") & blank(col("conditional_on")),
        "a limit that limits nothing",
        "the demand that {demand_id} limits",
    )
    yield Check(
        "demands",
        "conditional_on",
        lambda col: given(col("conditional_on")) & ~col("stance").is_in(["limit", "precondition"]),
        "{demand_id} points to {conditional_on}, but is a {stance}",
        "a blank, or the stance limit or precondition",
    )


def _circle(_form: Format) -> Iterator[Check]:
    yield Check(
        "demands",
        "conditional_on",
        None,
        "following conditional_on from {demand_id} never ends",
        "a demand that does not lead back",
        (Endless("demand_id", "conditional_on"),),
    )


def _article_used(_form: Format) -> Iterator[Check]:
    yield Check(
        "articles",
        "article_id",
        None,
        "{article_id} has no claims",
        "at least one claim, or remove the article",
        (Join("anti", "claims", (("article_id", "article_id"),)),),
    )


def _right_type(col: Any) -> nw.Expr:
    right = nw.lit("")
    for stance, kind in _STANCE_TYPES.items():
        right = nw.when(col("stance") == stance).then(nw.lit(kind)).otherwise(right)
    return right


def _demand(_form: Format) -> Iterator[Check]:
    yield Check(
        "demands",
        "stance",
        lambda col: (col("_right") != col("claim_type")) & (col("_right") != ""),
        "the stance {stance} belongs to claims of type {_right}; {claim_id} is of type {claim_type}",
        "a stance that fits, or another claim type",
        (Join("inner", "claims", _OF_CLAIM, (("claim_type", "claim_type"),)), Add("_right", _right_type)),
    )
    yield Check(
        "claims",
        "claim_type",
        None,
        "{claim_id} is of type {claim_type}, but no row of demands points to it",
        "a row of demands, or another type",
        (Where(lambda col: col("claim_type").is_in(DEMANDING)), Join("anti", "demands", _OF_CLAIM)),
    )


ARTICLE_ONCE = Rule(
    "article-once", "row", "No text is coded twice in a package: no two articles have the same digest.", _article_once
)
SHARED_SPAN_NOTED = Rule(
    "shared-span-noted",
    "row",
    "Two claims of an article have the same span only where no shorter span could separate them, and a note on each says so.",
    _shared_span,
)
TOLD_ONCE = Rule(
    "told-once",
    "row",
    "No duplicate rows: two rows of claims, demands, quotes or figures may not be equal apart from their key.",
    _told_once,
)
SAME_ARTICLE = Rule(
    "same-article",
    "row",
    "Rows that belong together are in one article: an identifier and the one it points to begin with the same article.",
    _same_article,
)
MAKER_OBLIGED = Rule(
    "maker-obliged",
    "row",
    "For a concession, offer, pledge or refusal, the obligated party is the demander.",
    _maker,
)
LIMIT_POINTS = Rule(
    "limit-points",
    "row",
    "A limit points to the demand that it limits. Only limits and preconditions may point to a demand.",
    _limit,
)
CONDITION_CIRCLE = Rule("condition-circle", "package", "No demand limits itself, directly or through others.", _circle)
ARTICLE_USED = Rule(
    "article-used",
    "package",
    "Every article has at least one claim. Without one, nothing in its text is coded.",
    _article_used,
)
DEMAND_FOR_CLAIM = Rule(
    "demand-for-claim",
    "package",
    "The stance of a demand fits the type of its claim, and every claim that demands, limits, concedes, offers, pledges or refuses has a demand.",
    _demand,
)
