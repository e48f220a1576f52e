"""What Table Schema cannot say: one function a rule; its docstring is the sentence that the codebook and the report print.

A rule of one table returns narwhals expressions, true where the rule is broken; the pandera schemas take them over as they are. A rule across tables
joins narwhals frames and yields the rows that break it. Neither knows which library holds the frames.
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from reportedly.package.releases import frozen, release
from reportedly.package.shipped import keys_into, shipped
from reportedly.rules.base import Lazy
from reportedly.rules.constraints import Expression, lexical, told_by, unlike
from reportedly.text.boundaries import is_unspaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import narwhals as nw

    Frame = nw.DataFrame[Any]
else:
    nw = Lazy("narwhals")

ROW = "_row"
DEMANDING = ("condition", "demand", "concession", "offer", "pledge", "refusal")
_TIME_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
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
_SPANNED = ("claims", "attributions", "quotes", "figures")


@dataclass(frozen=True)
class Check(Expression):
    """How one field of a row breaks a rule.

    Parameters
    ----------
    field
        The field to blame.
    broken
        True where the rule is broken.
    message, expected
        What is wrong and what would be right; ``{name}`` stands for the row's cell of that name.
    derive
        Adds the columns that the expression needs, if any.
    """

    field: str
    broken: nw.Expr
    message: str
    expected: str
    derive: Callable[[Frame], Frame] | None = None


@dataclass(frozen=True)
class Broken:
    """Rows of one table that break a rule across tables."""

    table: str
    field: str
    rows: Frame
    message: str
    expected: str


@dataclass(frozen=True)
class Rule:
    """A named rule.

    Parameters
    ----------
    name
        Its name in reports.
    sentence
        What it asks for.
    tables
        The tables of a row rule; empty for a rule across tables.
    function
        Returns checks for a table name, or yields broken rows of a mapping of frames.
    """

    name: str
    sentence: str
    tables: tuple[str, ...]
    function: Callable[..., Any]

    def checks(self, table: str) -> list[Check]:
        """Return the rule's checks on the rows of one table."""
        return list(self.function(table)) if table in self.tables else []


RULES: dict[str, Rule] = {}


def _register(function: Callable[..., Any], tables: tuple[str, ...]) -> None:
    name = function.__name__.replace("_", "-")
    RULES[name] = Rule(name, " ".join((function.__doc__ or "").split()), tables, function)


def _row_rule(*tables: str) -> Callable[[Callable[[str], Iterator[Check]]], Callable[[str], Iterator[Check]]]:
    def register(function: Callable[[str], Iterator[Check]]) -> Callable[[str], Iterator[Check]]:
        _register(function, tables)
        return function

    return register


def _package_rule(
    function: Callable[[Mapping[str, Frame]], Iterator[Broken]],
) -> Callable[[Mapping[str, Frame]], Iterator[Broken]]:
    _register(function, ())
    return function


def row_rules(table: str) -> Iterator[tuple[Rule, Check]]:
    """Yield the rules on single rows of a table, check by check."""
    for rule in RULES.values():
        for check in rule.checks(table):
            yield rule, check


def package_rules() -> Iterator[Rule]:
    """Yield the rules across tables."""
    yield from (rule for rule in RULES.values() if not rule.tables)


def _given(name: str) -> nw.Expr:
    return ~nw.col(name).is_null()


def _blank(name: str) -> nw.Expr:
    return nw.col(name).is_null()


def _others(table: str, field: str, *names: str) -> list[str]:
    """Return the other categories of a field: what is no category at all is the business of `enum`."""
    (found,) = (other for other in shipped().schema(table)["fields"] if other["name"] == field)
    return [category["value"] for category in found["categories"] if category["value"] not in names]


def _scope(name: str) -> nw.Expr:
    """Return the article's part of an identifier."""
    return nw.col(name).str.replace(r"\.[a-z][0-9]+$", "")


# What no cell of a package's file can hold, and no reader of it takes: control characters and halves of characters.
_NO_CELL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@cache
def _fields_ever(table: str) -> frozenset[tuple[str, ...]]:
    """Return the fields of a table's rows, now and in each release: a schema may change, and what was said before does not."""
    packages = [shipped(), *(release(version) for version in frozen(shipped().root))]
    schemas = [package.schema(table) for package in packages if table in package.tables]
    return frozenset(tuple(field["name"] for field in schema["fields"]) for schema in schemas)


def _row_of(table: object, said: object) -> dict[str, str]:
    """Return the row that an erratum keeps, empty where it is none."""
    try:
        # So an object is a tuple, an array still a list, and a name that stands twice is seen.
        cells = json.loads(str(said), object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(cells, tuple) or tuple(name for name, _ in cells) not in _fields_ever(str(table)):
        return {}
    fine = all(isinstance(text, str) and not _NO_CELL.search(text) for _, text in cells)
    return dict(cells) if fine else {}


def _with_kept(frame: Frame) -> Frame:
    """Add what an erratum keeps: `_kept`, its key, empty where it is no row; of its first cell that does not read as its type `_field`, `_text` and `_type`."""
    tables = [str(table) for table in frame["table"].to_list()]
    rows = [_row_of(*pair) for pair in zip(tables, frame["said"].to_list(), strict=True)]
    keys = {table: shipped().schema(table)["primaryKey"] for table in {*tables} if _fields_ever(table)}
    kept = [
        "/".join(row.get(name, "") for name in keys[table]) if row else ""
        for table, row in zip(tables, rows, strict=True)
    ]
    unread: dict[int, tuple[str, str, str]] = {}
    for table in keys:
        places = [place for place, row in enumerate(rows) if row and tables[place] == table]
        unread |= _unread(table, places, [rows[place] for place in places], frame)
    cells = [unread.get(place, ("", "", "")) for place in range(len(rows))]
    made = {"_kept": kept, **{name: [cell[n] for cell in cells] for n, name in enumerate(("_field", "_text", "_type"))}}
    backend = frame.implementation
    return frame.with_columns(*(nw.new_series(name, cells, nw.String, backend=backend) for name, cells in made.items()))


def _unread(table: str, places: list[int], rows: list[dict[str, str]], like: Frame) -> dict[int, tuple[str, str, str]]:
    """Return by place the first cell that does not read as its field's type: the field, the text and the type."""
    found: dict[int, tuple[str, str, str]] = {}
    for field in shipped().schema(table)["fields"]:
        name, rule = field["name"], lexical(field)
        if rule is None or not rows:
            continue
        texts = nw.new_series(name, [row.get(name) or None for row in rows], nw.String, backend=like.implementation)
        for place, row, odd in zip(places, rows, rule.mask(texts.to_frame()).to_list(), strict=True):
            if odd and place not in found:
                found[place] = name, row[name], field["type"]
    return found


# What a key's cells look like, where neither their field nor the one that it points to has a pattern: hops count from 1.
_KEY_CELLS = {"integer": "[1-9][0-9]{0,17}", "string": "[^/]+"}


def _key_pattern(table: str) -> str:
    """Return what the keys of a table look like in an erratum."""
    schema = shipped().schema(table)
    fields = {field["name"]: field for field in schema["fields"]}
    pointed = {key["fields"][0]: key["reference"] for key in schema.get("foreignKeys", ())}
    cells = []
    for name in schema["primaryKey"]:
        field = fields[name]
        if name in pointed:
            (other,) = pointed[name]["fields"]
            target = shipped().schema(pointed[name]["resource"])["fields"]
            field = next(found for found in target if found["name"] == other)
        cells.append(field["constraints"].get("pattern") or _KEY_CELLS[field["type"]])
    return "/".join(f"(?:{cell})" for cell in cells)


# --- rows -------------------------------------------------------------------------------------------------------------------------


@_row_rule(*_SPANNED)
def span_order(_table: str) -> Iterator[Check]:
    """A span ends behind its start."""
    yield Check(
        "end",
        nw.col("end") <= nw.col("start"),
        "the span {start}–{end} is empty or runs backwards",
        "an end greater than {start}",
    )


@_row_rule("quotes", "figures")
def span_length(table: str) -> Iterator[Check]:
    """The span of a quotation or figure is exactly as long as its words."""
    words = {"quotes": "text", "figures": "surface"}[table]
    length = nw.col(words).str.len_chars().cast(nw.Int64)
    yield Check(
        "end",
        nw.col("end") - nw.col("start") != length,
        f"the span {{start}}–{{end}} is not as long as {words} {{{words}}}",
        "an end of {_right}",
        lambda frame: frame.with_columns((nw.col("start") + length).alias("_right")),
    )


@_row_rule("attributions")
def span_whole(_table: str) -> Iterator[Check]:
    """A span is given whole, with start, end and both digests, or not at all."""
    for name in ("end", "span_sha256", "folded_sha256"):
        yield Check(
            name, _blank(name) != _blank("start"), f"start is {{start}} but {name} is {{{name}}}", "both, or neither"
        )


@_row_rule("attributions")
def explicit_words(_table: str) -> Iterator[Check]:
    """An explicit hop points to the words that name it."""
    yield Check(
        "start",
        (nw.col("basis") == "explicit") & _blank("start"),
        "an explicit hop without a span",
        "the span of its words, or basis inferred",
    )


@_row_rule("attributions")
def cue_in_span(_table: str) -> Iterator[Check]:
    """A cue stands inside of its hop's span, so it is no longer than that."""
    too_long = nw.col("cue").str.len_chars().cast(nw.Int64) > nw.col("end") - nw.col("start")
    yield Check(
        "cue",
        _given("cue") & (_blank("start") | too_long),
        "the cue {cue} does not fit into the span {start}–{end}",
        "a cue from the words of the span",
    )


@_row_rule("figures", "actors", "attributions")
def few_words(table: str) -> Iterator[Check]:
    """Words carried without quotation marks stay few: no surface, surface form or cue has more than seven."""
    name = {"figures": "surface", "actors": "aliases", "attributions": "cue"}[table]
    # An item of a list ends where the next begins; blanks inside of it part words. The first word is matched from its last letter on:
    # with all of its letters, a long word would be tried from each of them.
    yield Check(
        name,
        nw.col(name).str.contains(r"[^\s|](?:\s[^\s|]+){6}\s[^\s|]"),
        f"{name} {{{name}}} carries eight words or more",
        "seven words at most",
    )


@_row_rule("quotes")
def extent_words(_table: str) -> Iterator[Check]:
    """A quotation of one word has the extent word, and only such a one; where a script puts no spaces between words, that cannot be told."""
    single = ~nw.col("text").str.contains(r"\S\s+\S")
    yield Check(
        "extent",
        (single != (nw.col("extent") == "word")) & ~nw.col("_unspaced"),
        "the extent {extent} does not fit the text {text}",
        "word for one word, else fragment or sentence",
        told_by("text", "_unspaced", is_unspaced),
    )


_DATED = {
    "articles": ("published", "published_earliest", "published_latest", "published_basis"),
    "claims": ("when", "earliest", "latest", "when_basis"),
    "figures": ("date", "earliest", "latest", "date_basis"),
}


def _bounded(name: str) -> Callable[[Frame], Frame]:
    """Return a function that adds what an EDTF column allows: `_valid`, `_earliest` and `_latest`."""

    def derive(frame: Frame) -> Frame:
        from reportedly.model.edtf import bounds

        texts = sorted({text for text in frame[name].to_list() if isinstance(text, str)})
        found = [bounds(text) for text in texts]
        data = {
            name: [*texts, ""],
            "_valid": [*(pair is not None for pair in found), True],
            "_earliest": [*(pair[0] if pair else "" for pair in found), ""],
            "_latest": [*(pair[1] if pair else "" for pair in found), ""],
        }
        known = nw.from_dict(data, backend=frame.implementation)
        kind = frame.schema[name]
        return frame.with_columns(nw.col(name).fill_null("").cast(kind)).join(
            known.with_columns(nw.col(name).cast(kind)), on=name, how="left"
        )

    return derive


@_row_rule(*_DATED)
def edtf_valid(table: str) -> Iterator[Check]:
    """A date is EDTF (ISO 8601-2) of the part that this format allows, a day of the calendar, and no interval that runs backwards."""
    name = _DATED[table][0]
    yield Check(
        name,
        ~nw.col("_valid"),
        f"{{{name}}} is no date of the calendar",
        "a date such as 2022, 2022-02, 2022-02-24 or 2022-02/..",
        _bounded(name),
    )


@_row_rule(*_DATED)
def edtf_bounds(table: str) -> Iterator[Check]:
    """Earliest and latest are the first and the last day that the EDTF date can mean, and blank where it is blank or open."""
    name, earliest, latest, _ = _DATED[table]
    for bound, right in ((earliest, "_earliest"), (latest, "_latest")):
        text = nw.when(_given(bound)).then(nw.col(bound).dt.to_string("%Y-%m-%d")).otherwise(nw.lit(""))
        yield Check(
            bound,
            nw.col("_valid") & (text != nw.col(right)),
            f"{bound} is {{{bound}}}, but {name} is {{{name}}}",
            f"{{{right}}}",
            _bounded(name),
        )


@_row_rule(*_DATED)
def basis_of_date(table: str) -> Iterator[Check]:
    """A date says where it comes from: the basis is given exactly where the date is."""
    name, _, _, basis = _DATED[table]
    yield Check(
        basis, _given(name) != _given(basis), f"{name} is {{{name}}}, {basis} is {{{basis}}}", "both, or neither"
    )


@_row_rule("figures")
def number_order(_table: str) -> Iterator[Check]:
    """The lower bound is no greater than the value, the value no greater than the upper bound, the lower no greater than the upper."""
    yield Check(
        "lower",
        (nw.col("lower") > nw.col("value")).fill_null(value=False)
        | (nw.col("lower") > nw.col("upper")).fill_null(value=False),
        "lower {lower} is greater than value {value} or upper {upper}",
        "lower ≤ value ≤ upper",
    )
    yield Check(
        "upper",
        nw.col("upper") < nw.col("value"),
        "upper {upper} is smaller than value {value}",
        "lower ≤ value ≤ upper",
    )


@_row_rule("figures")
def unit_of_kind(_table: str) -> Iterator[Check]:
    """Money has an ISO 4217 currency, a share percent, a duration a time unit, wherever there is a number; other kinds have no unit."""
    number, unit = _given("value"), nw.col("unit")
    for kind, right, words in (
        ("money", unit.str.contains("^[A-Z]{3}$"), "an ISO 4217 code"),
        ("share", unit == "percent", "percent"),
        ("duration", unit.is_in(_TIME_UNITS), f"one of {', '.join(_TIME_UNITS)}"),
    ):
        mine = nw.col("kind") == kind
        yield Check(
            "unit",
            mine & ((number & unit.is_null()) | (~unit.is_null() & ~right)),
            f"the unit {{unit}} of a figure of kind {kind}",
            words,
        )
    yield Check(
        "unit",
        ~nw.col("kind").is_in(["money", "share", "duration"]) & ~unit.is_null(),
        "the unit {unit} of a figure of kind {kind}",
        "a blank",
    )


@_row_rule("figures")
def vague_without_number(_table: str) -> Iterator[Check]:
    """A figure of precision vague or of kind quantity has no value and no bounds."""
    vague = (nw.col("precision") == "vague") | (nw.col("kind") == "quantity")
    for name in ("value", "lower", "upper"):
        yield Check(
            name,
            vague & _given(name),
            f"{name} is {{{name}}} in a figure of kind {{kind}} and precision {{precision}}",
            "a blank",
        )


@_row_rule("figures")
def number_given(_table: str) -> Iterator[Check]:
    """A share, a sum of money or a count that is given exactly has a number."""
    counted = nw.col("kind").is_in(["share", "money", "count"])
    yield Check(
        "value",
        counted & (nw.col("comparator") == "exactly") & _blank("value"),
        "a figure of kind {kind} is given exactly, but without a value",
        "the number, or another comparator",
    )


@_row_rule("figures")
def bounds_of_comparator(_table: str) -> Iterator[Check]:
    """Where there is a number, more than and at least set the lower bound to it; almost, at most and within the upper, and within the lower to 0; exactly sets none."""
    value, comparator = nw.col("value"), nw.col("comparator")
    yield Check(
        "lower",
        comparator.is_in(["more_than", "at_least"])
        & ~value.is_null()
        & (nw.col("lower") != value).fill_null(value=True),
        "lower is {lower} with {comparator} {value}",
        "{value}",
    )
    yield Check(
        "upper",
        comparator.is_in(["almost", "at_most", "within"])
        & ~value.is_null()
        & (nw.col("upper") != value).fill_null(value=True),
        "upper is {upper} with {comparator} {value}",
        "{value}",
    )
    yield Check(
        "lower",
        (comparator == "within") & ~value.is_null() & (nw.col("lower") != 0).fill_null(value=True),
        "lower is {lower} with within {value}",
        "0",
    )
    for name in ("lower", "upper"):
        yield Check(
            name, (comparator == "exactly") & _given(name), f"{name} is {{{name}}} with exactly {{value}}", "a blank"
        )


_PRECISE = {
    "exactly": ("exact", "rounded"),
    "about": ("approximate",),
    "almost": ("approximate",),
    **dict.fromkeys(("more_than", "at_least", "at_most", "within", "before", "after"), ("bound",)),
}


@_row_rule("figures")
def precision_of_comparator(_table: str) -> Iterator[Check]:
    """Precision fits the comparator: exactly is exact or rounded, about and almost are approximate, the others bound; without one it is vague."""
    comparator = nw.col("comparator")
    for precision in ("exact", "rounded", "approximate", "bound"):
        fitting = [name for name, fits in _PRECISE.items() if precision in fits]
        odd = comparator.is_null() | comparator.is_in(_others("figures", "comparator", *fitting))
        yield Check(
            "precision",
            (nw.col("precision") == precision) & odd,
            f"the precision {precision} with the comparator {{comparator}}",
            f"another precision, or the comparator {' or '.join(fitting)}",
        )
    yield Check(
        "precision",
        (nw.col("precision") == "vague") & _given("comparator"),
        "the precision vague with the comparator {comparator}",
        "another precision, or no comparator",
    )


@_row_rule("figures")
def comparator_of_kind(_table: str) -> Iterator[Check]:
    """Before and after compare dates and times; within bounds a duration, a date or a time."""
    comparator, kind = nw.col("comparator"), nw.col("kind")
    for names, kinds in ((("before", "after"), ("date", "time")), (("within",), ("duration", "date", "time"))):
        yield Check(
            "comparator",
            comparator.is_in(names) & kind.is_in(_others("figures", "kind", *kinds)),
            "the comparator {comparator} of a figure of kind {kind}",
            f"another comparator, or a figure of kind {', '.join(kinds)}",
        )


@_row_rule("figures")
def date_of_kind(_table: str) -> Iterator[Check]:
    """Only figures of kind date or time have a date, and they have no number."""
    dated = ("date", "time")
    undated = nw.col("kind").is_in(_others("figures", "kind", *dated))
    yield Check("date", _given("date") & undated, "a figure of kind {kind} has the date {date}", "a blank")
    for name in ("value", "lower", "upper"):
        yield Check(
            name,
            _given(name) & nw.col("kind").is_in(dated),
            f"{name} is {{{name}}} in a figure of kind {{kind}}",
            "a blank",
        )


@_row_rule("articles")
def article_once(_table: str) -> Iterator[Check]:
    """No text is coded twice in a package: two articles have different digests."""
    yield Check(
        "text_sha256",
        nw.col("text_sha256").is_duplicated() & _given("text_sha256"),
        "another article has the same text as {article_id}",
        "one row for one text, or the digest of this article's own",
    )


@_row_rule("claims")
def shared_span_noted(_table: str) -> Iterator[Check]:
    """Two claims of an article share one span only where no shorter stretch could tell them apart, and the notes of both say so."""
    given = _given("start") & _given("end")
    yield Check(
        "note",
        (nw.len().over("article_id", "start", "end") > 1) & given & _blank("note"),
        "{claim_id} has the same span as another claim, {start}–{end}, and no note",
        "a note in each of them that says why, or spans of their own",
    )


@_row_rule("actors")
def media_without_country(_table: str) -> Iterator[Check]:
    """A medium acts for no country, so it has none."""
    yield Check(
        "country",
        (nw.col("actor_type") == "medium") & _given("country"),
        "{actor_id} is a medium, but has the country {country}",
        "a blank",
    )


@_row_rule("demands")
def maker_obliged(_table: str) -> Iterator[Check]:
    """Who would have to act for a concession, offer, pledge or refusal is the one who makes it."""
    own = nw.col("stance").is_in(["concession", "offer", "pledge", "refusal"])
    other = (nw.col("obligated_id") != nw.col("demander_id")).fill_null(value=True)
    yield Check(
        "obligated_id",
        own & other,
        "obligated_id of the {stance} {demand_id} is {obligated_id}",
        "{demander_id}",
    )


def _twins(key: str) -> Callable[[Frame], Frame]:
    """Return a function that adds `_twins`: how many rows with another key have the same cells."""

    def derive(frame: Frame) -> Frame:
        names = [name for name in frame.columns if name not in {key, ROW}]
        rows = list(zip(*(frame[name].cast(nw.String).fill_null("").to_list() for name in names), strict=True))
        keyed = list(zip(frame[key].to_list(), rows, strict=True))
        same, mine = Counter(rows), Counter(keyed)
        twins = [same[cells] - mine[name, cells] for name, cells in keyed]
        return frame.with_columns(nw.new_series("_twins", twins, nw.Int64, backend=frame.implementation))

    return derive


@_row_rule("claims", "demands", "quotes", "figures")
def told_once(table: str) -> Iterator[Check]:
    """No fact stands twice: two rows of claims, demands, quotes or figures differ in more than their key."""
    (key,) = shipped().schema(table)["primaryKey"]
    yield Check(
        key, nw.col("_twins") > 0, f"another row has the same cells as {{{key}}}", "one row for one fact", _twins(key)
    )


# An article's identifier and more, as unnamed actors have it.
_SCOPED = r"^[a-z0-9-]+-[0-9]{4}-[a-z0-9]"


@_row_rule("actors")
def unnamed_scoped(_table: str) -> Iterator[Check]:
    """An unnamed actor's identifier begins with its article's, since the same words may hide other people elsewhere; it has no Wikidata item."""
    unnamed = nw.col("identification") == "unnamed"
    yield Check(
        "actor_id",
        unnamed & ~nw.col("actor_id").str.contains(_SCOPED),
        "{actor_id} is unnamed, but its identifier has no article",
        "an identifier such as tasr-0001-{actor_id}",
    )
    yield Check(
        "wikidata_id",
        unnamed & _given("wikidata_id"),
        "{actor_id} is unnamed, but has the item {wikidata_id}",
        "a blank",
    )


@_row_rule("claims", "demands", "quotes", "figures")
def same_article(table: str) -> Iterator[Check]:
    """What belongs together lies in one article: an identifier and what it points to share the article's part."""
    (key,) = shipped().schema(table)["primaryKey"]
    others = {
        "claims": ("article_id",),
        "demands": ("claim_id", "conditional_on"),
        "quotes": ("claim_id",),
        "figures": ("claim_id", "quote_id"),
    }
    for name in others[table]:
        yield Check(
            name,
            _scope(name) != _scope(key),
            f"{name} is {{{name}}}, in another article than {{{key}}}",
            f"one of the article of {{{key}}}",
        )


@_row_rule("demands")
def limit_points(_table: str) -> Iterator[Check]:
    """A limit points to the demand that it limits; besides limits only preconditions may point."""
    stance = nw.col("stance")
    yield Check(
        "conditional_on",
        (stance == "limit") & _blank("conditional_on"),
        "a limit that limits nothing",
        "the demand that {demand_id} limits",
    )
    yield Check(
        "conditional_on",
        _given("conditional_on") & ~stance.is_in(["limit", "precondition"]),
        "{demand_id} points to {conditional_on}, but is a {stance}",
        "a blank, or the stance limit or precondition",
    )


def _endless(frame: Frame, key: str, parent: str) -> Frame:
    """Return the rows from which following the parents never ends, by doubling the stride: log n joins."""
    step = frame.filter(_given(parent)).select(nw.col(key), nw.col(parent).alias("_next"))
    strides = max(1, len(frame)).bit_length()
    for _ in range(strides):
        if step.is_empty():
            break
        further = step.select(nw.col(key).alias("_next"), nw.col("_next").alias("_far")).unique(subset=["_next"])
        step = step.join(further, on="_next", how="inner").select(nw.col(key), nw.col("_far").alias("_next"))
    return frame.join(step.select(key).unique(), on=key, how="semi")


@_package_rule
def parent_circle(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """No actor is, through others, a part of itself."""
    rows = _endless(tables["actors"], "actor_id", "parent_id")
    yield Broken(
        "actors",
        "parent_id",
        rows,
        "following parent_id from {actor_id} never ends",
        "a parent that does not lead back",
    )


@_package_rule
def condition_circle(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """No demand limits, through others, itself."""
    rows = _endless(tables["demands"], "demand_id", "conditional_on")
    yield Broken(
        "demands",
        "conditional_on",
        rows,
        "following conditional_on from {demand_id} never ends",
        "a demand that does not lead back",
    )


@_row_rule("errata")
def erratum_key(_table: str) -> Iterator[Check]:
    """An erratum's key has the form that keys have in its table, cells of several fields joined by a slash."""
    (tables,) = (field["categories"] for field in shipped().schema("errata")["fields"] if field["name"] == "table")
    for table in tables:
        # The example is a key in backticks and a few words.
        example = table["example"].split("`")[1]
        yield Check(
            "key",
            (nw.col("table").cast(nw.String) == table["value"]) & unlike("key", _key_pattern(table["value"])),
            "{key} is no key that a row of {table} can have",
            f"a key such as {example}",
        )


@_row_rule("errata")
def erratum_said(_table: str) -> Iterator[Check]:
    """What an erratum keeps of a row is a JSON object with a text for each field that the table has or had in a release, in their order, each of its field's type, and it has the erratum's key."""
    yield Check(
        "said",
        nw.col("_kept") == "",
        "what is kept is no row of {table}",
        "a JSON object with a text for each of the table's fields, in their order, and no other",
        _with_kept,
    )
    yield Check(
        "said",
        (nw.col("_kept") != "") & (nw.col("_kept") != nw.col("key")),
        "what is kept is the row {_kept} of {table}, not {key}",
        "the cells of {key}",
        _with_kept,
    )
    yield Check(
        "said",
        nw.col("_field") != "",
        "what is kept of {key} has the {_field} {_text}",
        "a text that reads as {_type}",
        _with_kept,
    )


@_row_rule("errata")
def erratum_replaces(_table: str) -> Iterator[Check]:
    """Another row can only replace a withdrawn one: a corrected row replaces itself."""
    yield Check(
        "replaced_by",
        _given("replaced_by") & ((nw.col("kind") == "corrected") | (nw.col("replaced_by") == nw.col("key"))),
        "the {kind} row {key} is replaced by {replaced_by}",
        "blank, or for a withdrawn row the key of another",
    )


# --- chains -----------------------------------------------------------------------------------------------------------------------


@_package_rule
def chain_exists(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """Every claim has a chain."""
    rows = tables["claims"].join(tables["attributions"], on="claim_id", how="anti")
    yield Broken(
        "claims", "claim_id", rows, "{claim_id} has no attributions", "a hop for each voice, the publisher last"
    )


@_package_rule
def chain_hops(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """The hops of a chain count 1, 2, 3 … without a gap."""
    hops = tables["attributions"]
    before = hops.select(nw.col("claim_id"), (nw.col("hop") + 1).alias("hop"))
    rows = hops.filter(nw.col("hop") > 1).join(before, on=["claim_id", "hop"], how="anti")
    yield Broken(
        "attributions", "hop", rows, "{claim_id} has a hop {hop} but none before it", "hops 1, 2, 3 … without a gap"
    )


@_package_rule
def chain_once(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """No voice stands twice in a chain."""
    again = nw.col("hop") > nw.col("hop").min().over("claim_id", "actor_id")
    rows = tables["attributions"].filter(again)
    yield Broken(
        "attributions",
        "actor_id",
        rows,
        "{actor_id} stands in the chain of {claim_id} before",
        "another voice, or no hop",
    )


def _with_last(hops: Frame) -> Frame:
    return hops.with_columns((nw.col("hop") == nw.col("hop").max().over("claim_id")).alias("_last"))


@_package_rule
def chain_end(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """The last hop of a chain is the article's publisher."""
    claims = tables["claims"].select("claim_id", "article_id")
    home = claims.join(tables["articles"].select("article_id", "publisher_id"), on="article_id", how="inner")
    rows = _with_last(tables["attributions"]).filter(nw.col("_last")).join(home, on="claim_id", how="inner")
    yield Broken(
        "attributions",
        "actor_id",
        rows.filter(nw.col("actor_id") != nw.col("publisher_id")),
        "the chain of {claim_id} ends with {actor_id}",
        "{publisher_id}",
    )


@_package_rule
def chain_publishes(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """The last hop publishes, and no other hop does."""
    rows = _with_last(tables["attributions"]).filter((nw.col("relation") == "publishes") != nw.col("_last"))
    yield Broken(
        "attributions",
        "relation",
        rows,
        "hop {hop} of {claim_id} {relation}",
        "publishes at the last hop, and only there",
    )


@_package_rule
def holder_first(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """A chain begins with the claim's holder."""
    first = (
        tables["attributions"]
        .filter(nw.col("hop") == 1)
        .join(tables["claims"].select("claim_id", "holder_id"), on="claim_id", how="inner")
    )
    rows = first.filter(nw.col("actor_id") != nw.col("holder_id"))
    yield Broken(
        "attributions",
        "actor_id",
        rows,
        "the chain of {claim_id} begins with {actor_id}",
        "the claim's holder, {holder_id}",
    )


@_package_rule
def chain_relations(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """Only the first voice of a chain holds, and only a medium reports or publishes."""
    hops = tables["attributions"]
    later = hops.filter((nw.col("relation") == "holds") & (nw.col("hop") > 1))
    yield Broken(
        "attributions",
        "relation",
        later,
        "hop {hop} of {claim_id} holds",
        "states, reports or publishes: only the first voice holds",
    )
    kinds = tables["actors"].select("actor_id", "actor_type")
    media = hops.filter(nw.col("relation").is_in(["reports", "publishes"])).join(kinds, on="actor_id", how="inner")
    yield Broken(
        "attributions",
        "relation",
        media.filter(nw.col("actor_type").is_in(_others("actors", "actor_type", "medium"))),
        "{actor_id} {relation}, but is of type {actor_type}",
        "a medium, or another relation",
    )


@_package_rule
def speaker_in_chain(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """Whoever speaks a quotation is a voice in the chain of its claim."""
    voices = tables["attributions"].select(nw.col("claim_id"), nw.col("actor_id").alias("speaker_id"))
    rows = tables["quotes"].join(voices, on=["claim_id", "speaker_id"], how="anti")
    yield Broken("quotes", "speaker_id", rows, "{speaker_id} is no voice in the chain of {claim_id}", "one of its hops")


# --- across tables ----------------------------------------------------------------------------------------------------------------


@_package_rule
def article_used(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """Every article has a claim: without one nothing of its text is coded, and nothing could be proven."""
    rows = tables["articles"].join(tables["claims"], on="article_id", how="anti")
    yield Broken("articles", "article_id", rows, "{article_id} has no claims", "its claims, or no such article")


@_package_rule
def span_inside_article(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """A span lies inside of its article."""
    lengths = tables["articles"].select("article_id", "text_length")
    home = (
        tables["claims"]
        .select("claim_id", "article_id")
        .join(lengths, on="article_id", how="inner")
        .select("claim_id", "text_length")
    )
    for table in _SPANNED:
        rows = tables[table].join(home, on="claim_id", how="inner").filter(nw.col("end") > nw.col("text_length"))
        yield Broken(table, "end", rows, "the span ends at {end}, behind the article", "{text_length} or less")


def _places(frame: Frame, key: str) -> Frame:
    return frame.select(nw.col(key), nw.col("start").alias("_from"), nw.col("end").alias("_to"))


@_package_rule
def words_in_claim(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """The span of a quotation or figure lies inside of its claim's."""
    for table in ("quotes", "figures"):
        rows = tables[table].join(_places(tables["claims"], "claim_id"), on="claim_id", how="inner")
        outside = (nw.col("start") < nw.col("_from")) | (nw.col("end") > nw.col("_to"))
        yield Broken(
            table,
            "claim_id",
            rows.filter(outside),
            "the span {start}–{end} is not inside of {claim_id}, {_from}–{_to}",
            "the innermost claim that holds it",
        )


# The length and key of no span: longer than any.
_NOTHING = (sys.maxsize, "")


def _with_tightest(rows: Frame, holders: Frame, group: str, key: str) -> Frame:
    """Add the shortest span of the same group that holds a row's: its key as `_holder`, its length as `_length`.

    Joining each with each would take as many rows as the two tables multiplied; this sweeps from left to right, with a Fenwick tree over the ends.
    """
    spans: dict[Any, list[tuple[int, int, str]]] = defaultdict(list)
    for of, start, end, name in zip(*(holders[name].to_list() for name in (group, "start", "end", key)), strict=True):
        if isinstance(start, int) and isinstance(end, int) and isinstance(name, str):
            spans[of].append((start, end, name))
    places: dict[Any, list[tuple[int, int, int]]] = defaultdict(list)
    for place, (of, start, end) in enumerate(
        zip(*(rows[name].to_list() for name in (group, "start", "end")), strict=True)
    ):
        if isinstance(start, int) and isinstance(end, int):
            places[of].append((start, end, place))
    found: dict[int, tuple[int, str]] = {}
    for of, wanted in places.items():
        found |= _tightest(wanted, spans[of])
    nearest = [found.get(place, _NOTHING) for place in range(len(rows))]
    backend = rows.implementation
    return rows.with_columns(
        nw.new_series("_length", [length for length, _ in nearest], nw.Int64, backend=backend),
        nw.new_series("_holder", [name for _, name in nearest], nw.String, backend=backend),
    )


def _tightest(wanted: list[tuple[int, int, int]], spans: list[tuple[int, int, str]]) -> dict[int, tuple[int, str]]:
    """Return for each place the length and key of the shortest span that holds its start and end."""
    spans = sorted(spans)
    # The later an end, the earlier its place, so that those that reach far enough come first.
    ends = sorted({-end for _, end, _ in spans})
    best = [_NOTHING] * (len(ends) + 1)
    found: dict[int, tuple[int, str]] = {}
    at = 0
    for start, end, place in sorted(wanted):
        while at < len(spans) and spans[at][0] <= start:
            first, last, name = spans[at]
            n = bisect_left(ends, -last) + 1
            while n < len(best):
                best[n] = min(best[n], (last - first, name))
                n += n & -n
            at += 1
        n = bisect_right(ends, -end)
        shortest = _NOTHING
        while n:
            shortest = min(shortest, best[n])
            n -= n & -n
        if shortest != _NOTHING:
            found[place] = shortest
    return found


@_package_rule
def innermost_claim(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """A quotation or figure belongs to the innermost claim that holds its words."""
    claims = tables["claims"]
    sizes = claims.select("claim_id", "article_id", (nw.col("end") - nw.col("start")).alias("_size"))
    for table in ("quotes", "figures"):
        homes = tables[table].join(sizes, on="claim_id", how="inner").filter(nw.col("start") < nw.col("end"))
        closer = _with_tightest(homes, claims, "article_id", "claim_id").filter(nw.col("_length") < nw.col("_size"))
        yield Broken(
            table,
            "claim_id",
            closer,
            "{_holder} lies inside of {claim_id} and holds the words too",
            "the innermost claim",
        )


@_package_rule
def figure_in_quotation(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """A figure inside of a quotation points to it, and to no other."""
    figures, quotes = tables["figures"], tables["quotes"]
    pointed = figures.join(_places(quotes, "quote_id"), on="quote_id", how="inner")
    outside = pointed.filter((nw.col("start") < nw.col("_from")) | (nw.col("end") > nw.col("_to")))
    yield Broken(
        "figures",
        "quote_id",
        outside,
        "the span {start}–{end} is not inside of {quote_id}, {_from}–{_to}",
        "the quotation that holds it, or a blank",
    )
    homes = quotes.with_columns(_scope("quote_id").alias("_article"))
    loose = figures.filter(_blank("quote_id")).with_columns(_scope("figure_id").alias("_article"))
    inside = _with_tightest(loose, homes, "_article", "quote_id").filter(nw.col("_holder") != "")
    yield Broken(
        "figures",
        "quote_id",
        inside,
        "the span {start}–{end} is inside of {_holder}, but quote_id is blank",
        "{_holder}",
    )


@_package_rule
def demand_for_claim(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """A demand's stance fits its claim's type, and each claim that demands, limits, concedes, offers, pledges or refuses has its demand."""
    claims, demands = tables["claims"], tables["demands"]
    right = nw.lit("")
    for stance, kind in _STANCE_TYPES.items():
        right = nw.when(nw.col("stance") == stance).then(nw.lit(kind)).otherwise(right)
    rows = demands.join(claims.select("claim_id", "claim_type"), on="claim_id", how="inner").with_columns(
        right.alias("_right")
    )
    odd = rows.filter((nw.col("_right") != nw.col("claim_type")) & (nw.col("_right") != ""))
    yield Broken(
        "demands",
        "stance",
        odd,
        "the stance {stance} belongs to claims of type {_right}; {claim_id} is of type {claim_type}",
        "a stance that fits, or another claim type",
    )
    alone = claims.filter(nw.col("claim_type").is_in(DEMANDING)).join(demands, on="claim_id", how="anti")
    yield Broken(
        "claims",
        "claim_type",
        alone,
        "{claim_id} is of type {claim_type}, but no row of demands points to it",
        "a row of demands, or another type",
    )


@_package_rule
def actor_used(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """Every actor is used: it publishes, holds, speaks, takes part, demands, is addressed, or is what another is part of."""
    uses = keys_into("actors").items()
    named = [tables[table].select(nw.col(name).alias("actor_id")) for table, names in uses for name in names]
    rows = tables["actors"].join(nw.concat(named).unique(), on="actor_id", how="anti")
    yield Broken("actors", "actor_id", rows, "{actor_id} is used nowhere", "a row that uses it, or no such actor")


def _homes(actors: set[str], articles: set[str]) -> dict[str, str]:
    """Return the article that an actor's identifier begins with, of several the longest, where there is one.

    Sorted, what begins with something stands behind it, so one walk finds them all.
    """
    starts = {f"{article}-" for article in articles}
    around: list[str] = []
    found: dict[str, str] = {}
    for text in sorted(actors | starts):
        while around and not text.startswith(around[-1]):
            around.pop()
        if text in starts:
            around.append(text)
        elif around:
            found[text] = around[-1].removesuffix("-")
    return found


def _texts(frame: Frame, name: str) -> set[str]:
    return {text for text in frame[name].to_list() if isinstance(text, str)}


@_package_rule
def unnamed_in_article(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """An unnamed actor belongs to the article that its identifier begins with: that article is there, and no row of another one uses the actor, nor does an unnamed actor of another."""
    unnamed = tables["actors"].filter(
        (nw.col("identification") == "unnamed") & nw.col("actor_id").str.contains(_SCOPED).fill_null(value=False)
    )
    # Most packages have few, and the uses of all tables are much to join.
    if unnamed.is_empty():
        return
    homes = _homes(_texts(unnamed, "actor_id"), _texts(tables["articles"], "article_id"))
    backend = unnamed.implementation
    home = unnamed.select("actor_id").with_columns(
        nw.new_series(
            "_home", [homes.get(actor, "") for actor in unnamed["actor_id"].to_list()], nw.String, backend=backend
        )
    )
    yield Broken(
        "actors",
        "actor_id",
        unnamed.join(home.filter(nw.col("_home") == ""), on="actor_id", how="semi"),
        "{actor_id} is unnamed, but begins with no article of the package",
        "an identifier that begins with the article_id of a row of articles",
    )
    home = home.filter(nw.col("_home") != "")
    for table, names in keys_into("actors").items():
        for name in names:
            owner = home.select(nw.col("actor_id").alias(name), "_home")
            rows = tables[table].join(owner, on=name, how="inner")
            if table == "actors":
                # What is named belongs to no article.
                rows = rows.join(home.select("actor_id", nw.col("_home").alias("_article")), on="actor_id", how="inner")
            else:
                own = "article_id" if table in {"articles", "claims"} else "claim_id"
                rows = rows.with_columns(_scope(own).alias("_article"))
            yield Broken(
                table,
                name,
                rows.filter(nw.col("_article") != nw.col("_home")),
                f"{{{name}}} is an unnamed actor of {{_home}}",
                "a named actor, or an unnamed one of {_article}",
            )


def _keys(tables: Mapping[str, Frame]) -> Frame:
    """Return the keys of all rows as errata write them, with their table."""
    found = []
    for table, frame in tables.items():
        names = shipped().schema(table)["primaryKey"]
        key = nw.concat_str(*(nw.col(name).cast(nw.String) for name in names), separator="/")
        found.append(frame.select(key.alias("key")).with_columns(nw.lit(table).alias("table")))
    return nw.concat([frame.select("table", "key") for frame in found])


def _numbers(version: object) -> tuple[tuple[int, str], ...]:
    """Return what versions are sorted by: their numbers, by length and then by digits, since Python reads no number of very many digits."""
    return tuple((len(number), number) for number in re.findall(r"[0-9]+", str(version)))


def _with_withdrawal(errata: Frame) -> Frame:
    """Add `_gone`, the first version that withdrew an erratum's row, and `_late`, whether the erratum is of a later one."""
    cells = (errata[name].to_list() for name in ("table", "key", "since", "kind"))
    # As texts: a blank is neither true nor false to pandas.
    told = [((str(table), str(key)), str(since), str(kind)) for table, key, since, kind in zip(*cells, strict=True)]
    first: dict[tuple[str, str], str] = {}
    for row, since, kind in told:
        if kind == "withdrawn":
            first[row] = min(first.get(row, since), since, key=_numbers)
    late = [row in first and _numbers(since) > _numbers(first[row]) for row, since, _ in told]
    backend = errata.implementation
    return errata.with_columns(
        nw.new_series("_gone", [first.get(row, "") for row, _, _ in told], nw.String, backend=backend),
        nw.new_series("_late", late, nw.Boolean, backend=backend),
    )


@_package_rule
def erratum_row(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """A withdrawn row is gone for good, and no later erratum tells of it; a corrected row is still there, unless it was withdrawn later."""
    errata = tables["errata"]
    # Most packages have none, and the keys of all tables are much to gather.
    if errata.is_empty():
        return
    keys = _keys(tables)
    withdrawn = errata.filter(nw.col("kind") == "withdrawn")
    rows = withdrawn.join(keys, on=["table", "key"], how="semi")
    yield Broken("errata", "key", rows, "{key} is withdrawn, but still a row of {table}", "no such row, or corrected")
    corrected = errata.filter(nw.col("kind") == "corrected")
    known = nw.concat([keys, withdrawn.select("table", "key")])
    rows = corrected.join(known, on=["table", "key"], how="anti")
    yield Broken(
        "errata",
        "key",
        rows,
        "{key} is corrected, but no row of {table}",
        "a row with this key, or another erratum that says since when it is withdrawn",
    )
    late = _with_withdrawal(errata).filter(nw.col("_late"))
    yield Broken(
        "errata",
        "since",
        late,
        "{key} is {kind} in {since}, but was withdrawn in {_gone} before",
        "a version before {_gone}, or no such erratum",
    )


@_package_rule
def erratum_successor(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """What replaces a withdrawn row is a row of its table, or was one and has an erratum of its own."""
    errata = tables["errata"]
    if errata.is_empty():
        return
    known = nw.concat([_keys(tables), errata.select("table", "key")]).rename({"key": "replaced_by"})
    rows = errata.filter(_given("replaced_by")).join(known, on=["table", "replaced_by"], how="anti")
    yield Broken(
        "errata", "replaced_by", rows, "{replaced_by} is no row of {table}", "the key of a row of {table}, or blank"
    )


@_package_rule
def erratum_circle(tables: Mapping[str, Frame]) -> Iterator[Broken]:
    """No withdrawn row is, through others, replaced by itself."""
    errata = tables["errata"]
    if errata.is_empty():
        return
    # A key alone may stand in two tables.
    ends = {"_from": "key", "_to": "replaced_by"}
    others = errata.filter(nw.col("replaced_by") != nw.col("key"))
    named = others.with_columns(
        *(
            nw.concat_str(nw.col("table").cast(nw.String), nw.col(name), separator="/").alias(end)
            for end, name in ends.items()
        )
    )
    yield Broken(
        "errata",
        "replaced_by",
        _endless(named, "_from", "_to"),
        "following replaced_by from {key} never ends",
        "the key of a row that does not lead back, or blank",
    )
