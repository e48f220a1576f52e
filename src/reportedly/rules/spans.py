"""Rules about spans: where a row's words are in its article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.rules.base import Add, Check, Distinct, Innermost, Join, Rule, Where, article_of, blank, given, nw
from reportedly.text.boundaries import is_unspaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.model.roles import SpanRole
    from reportedly.model.schema import Format
    from reportedly.rules.base import Column, Predicate

# White space as Unicode has it. Not as \s, which means less on DuckDB and Spark than in Python.
_WHITE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def _spans(form: Format) -> Iterator[tuple[str, SpanRole]]:
    """Yield the tables that have spans, with the columns of the spans."""
    for table in form:
        if table.roles.span:
            yield table.name, table.roles.span


def _order(form: Format) -> Iterator[Check]:
    for table, span in _spans(form):
        yield Check(
            table,
            span.end,
            lambda col, span=span: col(span.end) <= col(span.start),  # type: ignore[misc]
            f"the span {{{span.start}}}–{{{span.end}}} is empty or runs backwards",
            f"an end greater than {{{span.start}}}",
        )


def _length(form: Format) -> Iterator[Check]:
    for table, span in _spans(form):
        if span.words:
            yield Check(
                table,
                span.end,
                lambda col, span=span: col(span.end) != col("_right"),  # type: ignore[misc]
                f"the span {{{span.start}}}–{{{span.end}}} is not as long as {span.words} {{{span.words}}}",
                "an end of {_right}",
                (
                    Add(
                        "_right",
                        lambda col, span=span: (  # type: ignore[misc]
                            col(span.start) + col(span.words).str.len_chars().cast(nw.Int64)
                        ),
                    ),
                ),
            )


def _whole(form: Format) -> Iterator[Check]:
    for table, span in _spans(form):
        if form.table(table).field(span.start).is_required:
            continue
        for name in (span.end, *span.digests):
            yield Check(
                table,
                name,
                lambda col, name=name, span=span: blank(col(name)) != blank(col(span.start)),  # type: ignore[misc]
                f"{span.start} is {{{span.start}}} but {name} is {{{name}}}",
                "both, or neither",
            )


def _few_words(_form: Format) -> Iterator[Check]:
    # An item of a list ends where the next begins; blanks inside it separate words. The first word is matched from its last letter on:
    # with all of its letters, a long word would be tried from each of them.
    pattern = f"[^{_WHITE}|](?:[{_WHITE}][^{_WHITE}|]+){{6}}[{_WHITE}][^{_WHITE}|]"
    for table, name in (("figures", "surface"), ("actors", "aliases"), ("attributions", "cue")):
        yield Check(
            table,
            name,
            lambda col, name=name: col(name).str.contains(pattern),  # type: ignore[misc]
            f"{name} {{{name}}} carries eight words or more",
            "seven words at most",
        )


def _extent(_form: Format) -> Iterator[Check]:
    def broken(col: Column) -> nw.Expr:
        single = ~col("text").str.contains(f"[^{_WHITE}][{_WHITE}]+[^{_WHITE}]")
        return (single != (col("extent") == "word")) & ~col("_unspaced")

    yield Check(
        "quotes",
        "extent",
        broken,
        "the extent {extent} does not fit the text {text}",
        "word for one word, else fragment or sentence",
        (Distinct(("text",), ("_unspaced",), _unspaced),),
    )


def _unspaced(text: str) -> tuple[bool]:
    return (is_unspaced(text),)


def _inside_article(form: Format) -> Iterator[Check]:
    lengths = (("article_id", "article_id"),), (("text_length", "text_length"),)
    for table, span in _spans(form):
        steps: tuple[Join, ...] = (Join("inner", "articles", *lengths),)
        if table != "claims":
            home = (("claim_id", "claim_id"),), (("_article", "article_id"),)
            of_claim = (("_article", "article_id"),)
            steps = (Join("inner", "claims", *home), Join("inner", "articles", of_claim, lengths[1]))
        yield Check(
            table,
            span.end,
            lambda col, span=span: col(span.end) > col("text_length"),  # type: ignore[misc]
            f"the span ends at {{{span.end}}}, after the end of the article",
            "{text_length} or less",
            steps,
        )


def _outside(col: Column) -> nw.Expr:
    return (col("start") < col("_from")) | (col("end") > col("_to"))


_PLACE = (("_from", "start"), ("_to", "end"))


def _words_in_claim(_form: Format) -> Iterator[Check]:
    for table in ("quotes", "figures"):
        yield Check(
            table,
            "claim_id",
            _outside,
            "the span {start}–{end} is not inside {claim_id}, {_from}–{_to}",
            "the innermost claim that contains it",
            (Join("inner", "claims", (("claim_id", "claim_id"),), _PLACE),),
        )


def _innermost(_form: Format) -> Iterator[Check]:
    not_empty: Predicate = lambda col: col("start") < col("end")  # noqa: E731
    for table in ("quotes", "figures"):
        yield Check(
            table,
            "claim_id",
            lambda col: col("_length") < col("_to") - col("_from"),
            "{_holder} is inside {claim_id} and contains the words too",
            "the innermost claim",
            (
                Where(not_empty),
                Join("inner", "claims", (("claim_id", "claim_id"),), (("_article", "article_id"), *_PLACE)),
                Innermost("claims", ("_article", "article_id"), ("start", "end"), "claim_id"),
            ),
        )


def _in_quotation(_form: Format) -> Iterator[Check]:
    yield Check(
        "figures",
        "quote_id",
        _outside,
        "the span {start}–{end} is not inside {quote_id}, {_from}–{_to}",
        "the quotation that contains it, or a blank",
        (Where(lambda col: given(col("quote_id"))), Join("inner", "quotes", (("quote_id", "quote_id"),), _PLACE)),
    )
    yield Check(
        "figures",
        "quote_id",
        None,
        "the span {start}–{end} is inside {_holder}, but quote_id is blank",
        "{_holder}",
        (
            Where(lambda col: blank(col("quote_id"))),
            article_of("figure_id"),
            Innermost(
                "quotes",
                ("_article_of_figure_id", "_article_of_quote_id"),
                ("start", "end"),
                "quote_id",
                (article_of("quote_id"),),
            ),
        ),
    )


ORDER = Rule("span-order", "row", "A span ends after its start.", _order)
LENGTH = Rule("span-length", "row", "The span of a quotation or figure is exactly as long as its words.", _length)
WHOLE = Rule("span-whole", "row", "A span has its start, its end and both digests, or none of them.", _whole)
FEW_WORDS = Rule(
    "few-words",
    "row",
    "Words that are carried without quotation marks are few: no surface, alias or cue has more than seven words.",
    _few_words,
)
EXTENT_WORDS = Rule(
    "extent-words",
    "row",
    "`extent` is `word` exactly when the quotation is one word. Not checked for scripts without spaces between words.",
    _extent,
)
INSIDE_ARTICLE = Rule("span-inside-article", "package", "A span is inside its article.", _inside_article)
WORDS_IN_CLAIM = Rule(
    "words-in-claim", "package", "The span of a quotation or figure is inside the span of its claim.", _words_in_claim
)
INNERMOST_CLAIM = Rule(
    "innermost-claim",
    "package",
    "A quotation or figure belongs to the innermost claim that contains its words.",
    _innermost,
)
FIGURE_IN_QUOTATION = Rule(
    "figure-in-quotation",
    "package",
    "A figure inside a quotation points to that quotation and no other.",
    _in_quotation,
)
