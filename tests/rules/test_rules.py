from __future__ import annotations

import csv
import json
import os
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import reportedly
from reportedly.engines.polars import PolarsEngine
from reportedly.package.csvfile import Text
from reportedly.package.shipped import shipped
from reportedly.rules.catalogue import ALL
from reportedly.validation.evaluate import Evaluation

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.fast_one_in(6)


class Edit(NamedTuple):
    """Cells of one row to change, by the row's key without the article's part."""

    table: str
    key: str
    cells: dict[str, str]


class Case(NamedTuple):
    """Edits, and the one finding that they must bring; `row` is a key of `table`, `besides` are rules that break too."""

    rule: str
    name: str
    edits: list[Edit | Callable[[Any], object]]
    table: str
    row: str
    field: str
    words: tuple[str, ...]
    besides: tuple[str, ...] = ()


def cells(table: str, key: str, /, **changed: str) -> Edit:
    return Edit(table, key, changed)


EIGHT = "a b c d e f g h"
DIGEST = "0" * 64
BLANK_SPAN = {"start": "", "end": "", "span_sha256": "", "folded_sha256": ""}
GONE, MENDED = "demands/tasr-0001.d21/0.2.0", "figures/tasr-0001.f08/0.2.1"
DATED = {
    "articles": ("tasr-0001", "published", "published_earliest", "published_latest", "published_basis"),
    "claims": ("c09", "when", "earliest", "latest", "when_basis"),
    "figures": ("f26", "date", "earliest", "latest", "date_basis"),
}


def second_article(copy: Any) -> None:
    """Add another article with one claim, demand and quotation; all of it is valid."""
    rows = {table: copy.rows(table) for table in ("articles", "claims", "attributions", "demands", "quotes")}
    at = {"start": "1", "end": "9"}
    rows["articles"].append({**rows["articles"][0], "article_id": "tasr-0002", "text_sha256": DIGEST})
    claim = {**rows["claims"][1], "claim_id": "tasr-0002.c01", "article_id": "tasr-0002", "claim_type": "demand", **at}
    rows["claims"].append({**claim, "holder_id": "tasr"})
    hop = next(row for row in rows["attributions"] if row["hop"] == "1" and row["relation"] == "publishes")
    rows["attributions"].append({**hop, "claim_id": "tasr-0002.c01"})
    demand = {**rows["demands"][1], "demand_id": "tasr-0002.d01", "claim_id": "tasr-0002.c01"}
    rows["demands"].append(demand)
    quote = {**rows["quotes"][-1], "quote_id": "tasr-0002.q01", "claim_id": "tasr-0002.c01", "speaker_id": "tasr"}
    rows["quotes"].append({**quote, "start": "1", "end": "8"})
    for table, found in rows.items():
        copy.write(table, found)


def stranger(copy: Any) -> None:
    """Add another article, and an unnamed actor of it that speaks there; all of it is valid."""
    second_article(copy)
    unnamed = copy.rows("actors")[copy.row("actors", "tasr-0001-the-sources") - 2]
    copy.insert("actors", **{**unnamed, "actor_id": "tasr-0002-the-sources"})
    hop = copy.rows("attributions")[copy.row("attributions", "tasr-0002.c01/1") - 2]
    copy.set("attributions", "tasr-0002.c01/1", hop="2")
    states = {"actor_id": "tasr-0002-the-sources", "relation": "states", "basis": "inferred"}
    copy.insert("attributions", **{**hop, **BLANK_SPAN, "cue": "", "note": "", **states})
    copy.set("claims", "tasr-0002.c01", holder_id="tasr-0002-the-sources")


def errata(copy: Any) -> None:
    copy.errata()


def _sort_errata(copy: Any) -> None:
    copy.write("errata", sorted(copy.rows("errata"), key=lambda row: [row[name] for name in ("table", "key", "since")]))


def renamed(old: str, new: str) -> Callable[[Any], object]:
    """Return an edit that gives an actor another identifier wherever it stands."""

    def rename(copy: Any) -> None:
        for table in ("actors", "attributions", "claims", "participants", "demands", "quotes"):
            rows = [{name: new if cell == old else cell for name, cell in row.items()} for row in copy.rows(table)]
            if rows != copy.rows(table):
                names = copy.schema(table)["primaryKey"]
                copy.write(table, sorted(rows, key=lambda row: [row[name] for name in names]))

    return rename


def erratum(
    table: str, key: str, at: str = GONE, /, said: dict[str, str] | None = None, **changed: str
) -> Callable[[Any], object]:
    """Return an edit that lets an erratum tell of another row: what it keeps is the table's first row under that key, but for what is said otherwise."""

    def retell(copy: Any) -> None:
        names = copy.schema(table)["primaryKey"]
        row = {**copy.rows(table)[0], **dict(zip(names, key.split("/"), strict=True)), **(said or {})}
        told = json.dumps(row, ensure_ascii=False)
        copy.set("errata", at, **{"table": table, "key": key, "said": told, "replaced_by": "", **changed})
        _sort_errata(copy)

    return retell


def again(key: str, /, **changed: str) -> Callable[[Any], object]:
    """Return an edit that adds another erratum like one, with other cells."""

    def repeat(copy: Any) -> None:
        copy.write("errata", [*copy.rows("errata"), {**copy.rows("errata")[copy.row("errata", key) - 2], **changed}])
        _sort_errata(copy)

    return repeat


def keep(change: Callable[[dict[str, str]], object], at: str = GONE) -> Callable[[Any], object]:
    """Return an edit of what an erratum keeps."""

    def edit(copy: Any) -> None:
        said = json.loads(copy.rows("errata")[copy.row("errata", at) - 2]["said"])
        copy.set("errata", at, said=json.dumps(change(said), ensure_ascii=False))

    return edit


def twin(table: str, key: str, other: str) -> Callable[[Any], object]:
    """Return an edit that repeats a row under another key."""

    def repeat(copy: Any) -> None:
        (name,) = copy.schema(table)["primaryKey"]
        copy.insert(table, **{**copy.rows(table)[copy.row(table, key) - 2], name: f"tasr-0001.{other}"})

    return repeat


def _dated() -> list[Case]:
    found = []
    for table, (key, name, earliest, latest, basis) in DATED.items():
        right = {name: "2022-02", earliest: "2022-02-01", latest: "2022-02-28", basis: "stated"}

        def case(
            rule: str, label: str, field: str, *words: str, table=table, key=key, right=right, **wrong: str
        ) -> Case:
            return Case(rule, f"{table}-{label}", [cells(table, key, **{**right, **wrong})], table, key, field, words)

        none = {earliest: "", latest: ""}
        for label, text in (
            ("no-day", "2022-02-30"),
            ("no-leap-year", "2023-02-29"),
            ("backwards", "2025/2024"),
            ("year-zero", "0000"),
        ):
            found.append(case("edtf-valid", label, name, text, "not a valid date", **{name: text, **none}))
        found += [
            case("edtf-bounds", "early", earliest, f"{earliest} is 2022-01-31", "2022-02", **{earliest: "2022-01-31"}),
            case("edtf-bounds", "late", latest, f"{latest} is 2022-03-01", "2022-02", **{latest: "2022-03-01"}),
            case("edtf-bounds", "early-blank", earliest, f"{earliest} is blank", **{earliest: ""}),
            case("edtf-bounds", "late-blank", latest, f"{latest} is blank", **{latest: ""}),
            case("edtf-bounds", "open-end", latest, "2022-02/..", **{name: "2022-02/.."}),
            case("edtf-bounds", "open-start", earliest, "../2022-02", **{name: "../2022-02"}),
            case("edtf-bounds", "no-date", latest, f"{name} is blank", **{name: "", basis: "", earliest: ""}),
            case("basis-of-date", "no-basis", basis, f"{name} is 2022-02", f"{basis} is blank", **{basis: ""}),
            case("basis-of-date", "no-date", basis, f"{name} is blank", f"{basis} is stated", **{name: "", **none}),
        ]
    return found


ROWS = [
    Case("span-order", "claims-empty", [cells("claims", "c01", end="48")], "claims", "c01", "end", ("48–48", "empty")),
    Case("span-order", "claims-back", [cells("claims", "c01", end="40")], "claims", "c01", "end", ("48–40", "backwards")),
    Case("span-order", "attributions-empty", [cells("attributions", "c02/1", start="44", cue="")], "attributions", "c02/1", "end", ("44–44",)),
    Case("span-order", "attributions-back", [cells("attributions", "c02/1", start="45", cue="")], "attributions", "c02/1", "end", ("45–44",)),
    Case("span-order", "quotes-empty", [cells("quotes", "q05", end="2156")], "quotes", "q05", "end", ("2156–2156",), ("span-length",)),
    Case("span-order", "quotes-back", [cells("quotes", "q05", end="2150")], "quotes", "q05", "end", ("2156–2150",), ("span-length",)),
    Case("span-order", "figures-empty", [cells("figures", "f07", end="593")], "figures", "f07", "end", ("593–593",), ("span-length",)),
    Case("span-order", "figures-back", [cells("figures", "f07", end="590")], "figures", "f07", "end", ("593–590",), ("span-length",)),
    Case("span-order", "quotes-far-back", [cells("quotes", "q05", end="1")], "quotes", "q05", "end", ("2156–1",), ("span-length",)),
    Case("span-length", "quotes-short", [cells("quotes", "q05", end="2162")], "quotes", "q05", "end", ("2156–2162", "text resolve")),
    Case("span-length", "quotes-long", [cells("quotes", "q05", end="2164")], "quotes", "q05", "end", ("2156–2164", "text resolve")),
    Case("span-length", "figures-short", [cells("figures", "f07", end="595")], "figures", "f07", "end", ("593–595", "surface one")),
    Case("span-length", "figures-long", [cells("figures", "f07", end="597")], "figures", "f07", "end", ("593–597", "surface one")),
    *(
        Case("span-whole", name, [cells("attributions", "c02/1", **{name: ""})], "attributions", "c02/1", name, ("start is 0", f"{name} is blank"))
        for name in ("end", "span_sha256", "folded_sha256")
    ),
    *(
        Case(
            "span-whole",
            f"{name}-alone",
            [cells("attributions", "c02/1", **{**BLANK_SPAN, "basis": "inferred", "cue": "", name: value})],
            "attributions",
            "c02/1",
            name,
            ("start is blank", f"{name} is {value}"),
        )
        for name, value in (("end", "44"), ("span_sha256", DIGEST), ("folded_sha256", DIGEST))
    ),
    Case("explicit-words", "no-span", [cells("attributions", "c02/1", **BLANK_SPAN, cue="")], "attributions", "c02/1", "start", ("explicit", "without a span")),
    Case("cue-in-span", "no-span", [cells("attributions", "c02/1", **BLANK_SPAN, basis="inferred")], "attributions", "c02/1", "cue", ("cue insist", "blank–blank")),
    Case("cue-in-span", "too-long", [cells("attributions", "c02/2", start="219")], "attributions", "c02/2", "cue", ("cue claimed", "219–225")),
    Case("few-words", "surface", [cells("figures", "f07", surface=EIGHT, end="608")], "figures", "f07", "surface", ("surface", "eight words"), ("words-in-claim",)),
    Case("few-words", "aliases", [cells("actors", "nato", aliases=EIGHT)], "actors", "nato", "aliases", ("aliases", "eight words")),
    Case("few-words", "aliases-second", [cells("actors", "nato", aliases=f"NATO|{EIGHT}|x")], "actors", "nato", "aliases", ("eight words",)),
    Case("few-words", "cue", [cells("attributions", "c02/1", cue=EIGHT)], "attributions", "c02/1", "cue", ("cue", "eight words")),
    Case("few-words", "no-break-space", [cells("attributions", "c02/1", cue=EIGHT.replace(" ", "\u00a0"))], "attributions", "c02/1", "cue", ("eight words",)),
    *(
        Case("erratum-said", name, [errata, cells("errata", GONE, said=said)], "errata", GONE, "said", ("not a row of demands",), ("pattern",))
        for name, said in (("no-json", '{"demand_id"x}'), ("array", "[]"), ("deep", "[" * 9999), ("no-row", '{"x": "y"}'))
    ),
    *(
        Case("erratum-said", name, [errata, keep(change)], "errata", GONE, "said", ("not a row of demands",))
        for name, change in (
            ("field-lacks", lambda said: {name: text for name, text in said.items() if name != "note"}),
            ("field-more", lambda said: {**said, "nonsense": "x"}),
            ("fields-in-another-order", lambda said: dict(reversed(said.items()))),
            ("number", lambda said: {**said, "note": 1}),
            ("line-break", lambda said: {**said, "note": "a\nb"}),
        )
    ),
    Case("erratum-said", "half-a-character", [errata, lambda copy: copy.set("errata", GONE, said=copy.rows("errata")[0]["said"].replace("told twice", "told \\udfff"))], "errata", GONE, "said", ("not a row of demands",)),
    Case("erratum-said", "delete", [errata, lambda copy: copy.set("errata", GONE, said=copy.rows("errata")[0]["said"].replace("told twice", "told \\u007f"))], "errata", GONE, "said", ("not a row of demands",)),
    Case("erratum-said", "field-twice", [errata, lambda copy: copy.set("errata", GONE, said=copy.rows("errata")[0]["said"].replace('"note": ""', '"note": "", "note": ""'))], "errata", GONE, "said", ("not a row of demands",)),
    Case("erratum-said", "table", [errata, cells("errata", GONE, table="figures")], "errata", GONE.replace("demands", "figures"), "said", ("not a row of figures",), ("erratum-key", "erratum-successor")),
    Case("erratum-said", "another", [errata, keep(lambda said: {**said, "demand_id": "tasr-0001.d22"})], "errata", GONE, "said", ("is the row tasr-0001.d22 of demands, not tasr-0001.d21",)),
    Case("erratum-said", "another-of-two-fields", [errata, erratum("attributions", "tasr-0001.c02/9", said={"hop": "8"})], "errata", "attributions/tasr-0001.c02/9/0.2.0", "said", ("is the row tasr-0001.c02/8 of attributions, not tasr-0001.c02/9",)),
    Case("erratum-said", "integer", [errata, erratum("quotes", "tasr-0001.q09", said={"start": "abc", "end": "x"})], "errata", "quotes/tasr-0001.q09/0.2.0", "said", ("kept of tasr-0001.q09 has the start abc",)),
    Case("erratum-said", "date", [errata, erratum("figures", "tasr-0001.f99", said={"earliest": "2022-02-30"})], "errata", "figures/tasr-0001.f99/0.2.0", "said", ("has the earliest 2022-02-30",)),
    Case("erratum-said", "list", [errata, erratum("actors", "nobody", said={"aliases": "a||b"})], "errata", "actors/nobody/0.2.0", "said", ("has the aliases a||b",)),
    *(
        Case("erratum-key", f"{table}-{number}", [errata, erratum(table, key)], "errata", f"{table}/{key}/0.2.0", "key", (f"{key} cannot be the key of a row of {table}",))
        for number, (table, key) in enumerate((
            ("actors", "Zzz"),
            ("demands", "zzz"),
            ("quotes", "tasr-0001.d09"),
            ("figures", "tasr-0001.f9"),
            ("articles", "tasr-001"),
            ("claims", "tasr-0001.c02x"),
            ("attributions", "tasr-0001.c02/0"),
            ("attributions", "tasr-0001.q02/9"),
            ("participants", "tasr-0001.c02/zzz/"),
            ("participants", "tasr-0001.c02/Zzz/agent"),
        ))
    ),
    Case("erratum-replaces", "itself", [errata, cells("errata", GONE, replaced_by="tasr-0001.d21")], "errata", GONE, "replaced_by", ("withdrawn row tasr-0001.d21",)),
    Case("erratum-replaces", "corrected", [errata, cells("errata", MENDED, replaced_by="tasr-0001.f09")], "errata", MENDED, "replaced_by", ("corrected row",)),
    Case("extent-words", "one", [cells("quotes", "q05", extent="fragment")], "quotes", "q05", "extent", ("extent fragment", "resolve")),
    Case("extent-words", "many", [cells("quotes", "q01", extent="word")], "quotes", "q01", "extent", ("extent word", "at least")),
    *_dated(),
    Case("number-order", "lower-value", [cells("figures", "f08", lower="25", upper="")], "figures", "f08", "lower", ("lower 25", "value 20"), ("bounds-of-comparator",)),
    Case("number-order", "lower-upper", [cells("figures", "f08", value="", lower="25")], "figures", "f08", "lower", ("lower 25", "upper 20")),
    Case("number-order", "upper-value", [cells("figures", "f08", upper="15", comparator="about")], "figures", "f08", "upper", ("upper 15", "value 20")),
    Case("unit-of-kind", "money-blank", [cells("figures", "f27", unit="")], "figures", "f27", "unit", ("unit blank", "kind money")),
    Case("unit-of-kind", "money-wrong", [cells("figures", "f27", unit="percent")], "figures", "f27", "unit", ("unit percent", "kind money")),
    Case("unit-of-kind", "money-wrong-no-number", [cells("figures", "f27", unit="day", value="", lower="")], "figures", "f27", "unit", ("unit day", "kind money")),
    Case("unit-of-kind", "share-blank", [cells("figures", "f08", unit="")], "figures", "f08", "unit", ("unit blank", "kind share")),
    Case("unit-of-kind", "share-wrong", [cells("figures", "f08", unit="EUR")], "figures", "f08", "unit", ("unit EUR", "kind share")),
    Case("unit-of-kind", "duration-blank", [cells("figures", "f05", unit="")], "figures", "f05", "unit", ("unit blank", "kind duration")),
    Case("unit-of-kind", "duration-wrong", [cells("figures", "f05", unit="percent")], "figures", "f05", "unit", ("unit percent", "kind duration")),
    Case("unit-of-kind", "other", [cells("figures", "f07", unit="percent")], "figures", "f07", "unit", ("unit percent", "kind count")),
    *(
        Case("vague-without-number", f"vague-{name}", [cells("figures", "f14", **{name: "3"}, unit="day")], "figures", "f14", name, (f"{name} is 3", "precision vague"))
        for name in ("value", "lower", "upper")
    ),
    *(
        Case("vague-without-number", f"quantity-{name}", [cells("figures", "f09", **{name: "3"}, precision="bound")], "figures", "f09", name, (f"{name} is 3", "kind quantity"), ("precision-of-comparator",))
        for name in ("value", "lower", "upper")
    ),
    *(
        Case(
            "bounds-of-comparator",
            f"{comparator}-{label}",
            [cells("figures", "f08", comparator=comparator, lower="20", upper="20", precision="approximate" if comparator == "almost" else "bound"), cells("figures", "f08", **{bound: wrong})],
            "figures",
            "f08",
            bound,
            (f"{bound} is {wrong or 'blank'}", f"{comparator} 20"),
            ("comparator-of-kind",),
        )
        for comparator, bound, other in (
            ("more_than", "lower", "19"),
            ("at_least", "lower", "19"),
            ("almost", "upper", "21"),
            ("at_most", "upper", "21"),
            ("within", "upper", "21"),
        )
        for label, wrong in (("blank", ""), ("other", other))
    ),
    *(
        Case("bounds-of-comparator", f"exactly-{name}", [cells("figures", "f07", **{name: "1"})], "figures", "f07", name, (f"{name} is 1", "exactly 1"))
        for name in ("lower", "upper")
    ),
    Case("unnamed-scoped", "identifier", [cells("actors", "bloomberg", identification="unnamed")], "actors", "bloomberg", "actor_id", ("bloomberg is unnamed", "no article")),
    Case("unnamed-scoped", "item", [cells("actors", "tasr-0001-the-sources", wikidata_id="Q1")], "actors", "tasr-0001-the-sources", "wikidata_id", ("unnamed", "Q1")),
    Case("article-once", "digest", [second_article, lambda copy: copy.set("articles", "tasr-0002", text_sha256=copy.rows("articles")[0]["text_sha256"])], "articles", "tasr-0002", "text_sha256", ("the same text as tasr-0002",)),
    Case("shared-span-noted", "first", [cells("claims", "c02", start="122", end="211", note=""), cells("claims", "c01", start="122", end="211", note="Two in one.")], "claims", "c02", "note", ("tasr-0001.c02 has the same span as another claim, 122–211, and no note",)),
    Case("shared-span-noted", "second", [cells("claims", "c02", start="122", end="211", note="Two in one."), cells("claims", "c01", start="122", end="211", note="")], "claims", "c01", "note", ("tasr-0001.c01 has the same span as another claim, 122–211, and no note",)),
    Case("same-article", "claims", [second_article, cells("claims", "c01", article_id="tasr-0002")], "claims", "c01", "article_id", ("tasr-0002", "another article than tasr-0001.c01")),
    Case("same-article", "demands-claim", [second_article, cells("demands", "d02", claim_id="tasr-0002.c01")], "demands", "d02", "claim_id", ("tasr-0002.c01", "another article"), ("unique", "demand-for-claim", "told-once")),
    Case("same-article", "demands-condition", [second_article, cells("demands", "d05", conditional_on="tasr-0002.d01")], "demands", "d05", "conditional_on", ("tasr-0002.d01", "another article")),
    Case("same-article", "quotes", [second_article, cells("quotes", "q05", claim_id="tasr-0002.c01")], "quotes", "q05", "claim_id", ("tasr-0002.c01", "another article"), ("words-in-claim", "speaker-in-chain")),
    Case("same-article", "figures-claim", [second_article, cells("figures", "f07", claim_id="tasr-0002.c01")], "figures", "f07", "claim_id", ("tasr-0002.c01", "another article"), ("words-in-claim",)),
    Case("same-article", "figures-quote", [second_article, cells("figures", "f07", quote_id="tasr-0002.q01")], "figures", "f07", "quote_id", ("tasr-0002.q01", "another article"), ("figure-in-quotation",)),
    Case("limit-points", "nowhere", [cells("demands", "d07", conditional_on="")], "demands", "d07", "conditional_on", ("a limit that limits nothing",)),
    Case("limit-points", "no-limit", [cells("demands", "d02", conditional_on="tasr-0001.d01")], "demands", "d02", "conditional_on", ("tasr-0001.d02 points to tasr-0001.d01", "is a demand")),
    *(
        Case("precision-of-comparator", f"{key}-{precision}", [cells("figures", key, precision=precision)], "figures", key, "precision", (f"precision {precision}", f"comparator {comparator}"))
        for key, comparator, precisions in (
            ("f26", "exactly", ("approximate", "bound", "vague")),
            ("f08", "almost", ("exact", "rounded", "bound")),
            ("f25", "after", ("exact", "rounded", "approximate", "vague")),
            ("f14", "blank", ("exact", "rounded", "approximate", "bound")),
        )
        for precision in precisions
    ),
    *(
        Case("comparator-of-kind", f"{key}-{comparator}", [cells("figures", key, comparator=comparator, precision="bound")], "figures", key, "comparator", (f"comparator {comparator}", f"kind {kind}"))
        for key, kind, comparators in (("f14", "duration", ("before", "after")), ("f16", "frequency", ("within", "before")), ("f09", "quantity", ("within",)))
        for comparator in comparators
    ),
    Case("number-given", "count", [cells("figures", "f07", value="")], "figures", "f07", "value", ("kind count is given exactly",)),
    Case("number-given", "share", [cells("figures", "f08", value="", upper="", comparator="exactly", precision="exact")], "figures", "f08", "value", ("kind share is given exactly",)),
    Case("number-given", "money", [cells("figures", "f27", value="", lower="", comparator="exactly", precision="rounded")], "figures", "f27", "value", ("kind money is given exactly",)),
    Case("bounds-of-comparator", "within-lower-blank", [cells("figures", "f05", lower="")], "figures", "f05", "lower", ("lower is blank with within 6",)),
    Case("bounds-of-comparator", "within-lower-other", [cells("figures", "f05", lower="1")], "figures", "f05", "lower", ("lower is 1 with within 6",)),
    Case("date-of-kind", "date", [cells("figures", "f14", date="2022", earliest="2022-01-01", latest="2022-12-31", date_basis="stated")], "figures", "f14", "date", ("kind duration", "date 2022")),
    *(
        Case("date-of-kind", name, [cells("figures", "f21", **{name: "3"})], "figures", "f21", name, (f"{name} is 3", "kind time"))
        for name in ("value", "lower", "upper")
    ),
    Case("media-without-country", "medium", [cells("actors", "bloomberg", country="USA")], "actors", "bloomberg", "country", ("bloomberg is a medium", "country USA")),
    Case("maker-obliged", "other", [cells("demands", "d04", obligated_id="ukraine")], "demands", "d04", "obligated_id", ("obligated_id of the offer tasr-0001.d04 is ukraine",)),
    Case("maker-obliged", "blank", [cells("demands", "d12", obligated_id="")], "demands", "d12", "obligated_id", ("obligated_id of the concession tasr-0001.d12 is blank",)),
    Case("maker-obliged", "pledge", [cells("demands", "d20", obligated_id="russia")], "demands", "d20", "obligated_id", ("obligated_id of the pledge tasr-0001.d20 is russia",)),
    Case("maker-obliged", "refusal", [cells("demands", "d12", stance="refusal", obligated_id="ukraine"), cells("claims", "c28", claim_type="refusal")], "demands", "d12", "obligated_id", ("obligated_id of the refusal tasr-0001.d12 is ukraine",)),
    Case("told-once", "claims", [twin("claims", "c01", "c66")], "claims", "c66", "claim_id", ("same cells as tasr-0001.c66",), ("chain-exists", "shared-span-noted")),
    Case("told-once", "demands", [twin("demands", "d02", "d21")], "demands", "d02", "demand_id", ("same cells as tasr-0001.d02",), ("unique",)),
    Case("told-once", "quotes", [twin("quotes", "q05", "q06")], "quotes", "q05", "quote_id", ("same cells as tasr-0001.q05",)),
    Case("told-once", "figures", [twin("figures", "f07", "f30")], "figures", "f30", "figure_id", ("same cells as tasr-0001.f30",)),
]  # fmt: skip


def drop(table: str, *keys: str) -> Callable[[Any], object]:
    return lambda copy: copy.drop(table, *keys)


def hop(key: str, number: int) -> Callable[[Any], object]:
    return lambda copy: copy.set("attributions", key, hop=str(number))


ACROSS = [
    Case("parent-circle", "self", [cells("actors", "nato", parent_id="nato")], "actors", "nato", "parent_id", ("parent_id from nato", "never ends")),
    Case("parent-circle", "two", [cells("actors", "nato", parent_id="nato-member-states")], "actors", "nato-member-states", "parent_id", ("never ends",)),
    Case("parent-circle", "three", [cells("actors", "nato", parent_id="tasr"), cells("actors", "tasr", parent_id="nato-member-states")], "actors", "tasr", "parent_id", ("never ends",)),
    Case("condition-circle", "self", [cells("demands", "d05", conditional_on="tasr-0001.d05")], "demands", "d05", "conditional_on", ("conditional_on from tasr-0001.d05", "never ends")),
    Case("condition-circle", "two", [cells("demands", "d07", conditional_on="tasr-0001.d08"), cells("demands", "d08", conditional_on="tasr-0001.d07")], "demands", "d08", "conditional_on", ("never ends",)),
    Case("chain-exists", "none", [drop("attributions", "c01/1")], "claims", "c01", "claim_id", ("tasr-0001.c01 has no attributions",)),
    Case("chain-hops", "gap", [drop("attributions", "c02/2")], "attributions", "c02/3", "hop", ("tasr-0001.c02 has a hop 3", "none before")),
    Case("chain-hops", "no-first", [drop("attributions", "c02/1")], "attributions", "c02/2", "hop", ("tasr-0001.c02 has a hop 2", "none before")),
    Case("chain-hops", "far", [hop("c01/1", 999999999999999999)], "attributions", "c01/999999999999999999", "hop", ("hop 999999999999999999",)),
    Case("chain-once", "twice", [cells("attributions", "c02/3", actor_id="putin")], "attributions", "c02/3", "actor_id", ("putin is in the chain of tasr-0001.c02 already",), ("chain-relations",)),
    Case("chain-relations", "holds-later", [cells("attributions", "c02/2", relation="holds")], "attributions", "c02/2", "relation", ("hop 2 of tasr-0001.c02 holds",)),
    Case("chain-relations", "no-medium", [cells("attributions", "c02/2", relation="reports")], "attributions", "c02/2", "relation", ("tasr-0001-unnamed-sources reports", "of type group")),
    Case("chain-relations", "publisher-no-medium", [cells("actors", "tasr", actor_type="organization")], "attributions", "c01/1", "relation", ("tasr publishes", "of type organization")),
    Case("chain-end", "other", [cells("attributions", "c02/4", actor_id="reuters")], "attributions", "c02/4", "actor_id", ("chain of tasr-0001.c02 ends with reuters",)),
    Case("chain-publishes", "last-does-not", [cells("attributions", "c02/4", relation="reports")], "attributions", "c02/4", "relation", ("hop 4 of tasr-0001.c02", "reports")),
    Case("chain-publishes", "other-does", [cells("attributions", "c02/3", relation="publishes")], "attributions", "c02/3", "relation", ("hop 3 of tasr-0001.c02", "publishes")),
    Case("holder-first", "chain", [cells("attributions", "c02/1", actor_id="trump")], "attributions", "c02/1", "actor_id", ("chain of tasr-0001.c02 begins with trump",)),
    Case("holder-first", "claim", [cells("claims", "c02", holder_id="trump")], "attributions", "c02/1", "actor_id", ("chain of tasr-0001.c02 begins with putin",)),
    Case("speaker-in-chain", "other", [cells("quotes", "q05", speaker_id="reuters")], "quotes", "q05", "speaker_id", ("reuters is not a voice in the chain of tasr-0001.c52",)),
    Case("span-inside-article", "claims", [cells("claims", "c65", end="2640")], "claims", "c65", "end", ("ends at 2640", "after the end of the article")),
    Case("span-inside-article", "attributions", [cells("attributions", "c02/1", end="2640")], "attributions", "c02/1", "end", ("ends at 2640",)),
    Case("span-inside-article", "quotes", [cells("quotes", "q05", end="2640")], "quotes", "q05", "end", ("ends at 2640",), ("span-length", "words-in-claim", "figure-in-quotation")),
    Case("span-inside-article", "figures", [cells("figures", "f29", end="2640")], "figures", "f29", "end", ("ends at 2640",), ("span-length", "words-in-claim")),
    Case("words-in-claim", "quotes-before", [cells("claims", "c52", start="2157")], "quotes", "q05", "claim_id", ("2156–2163", "not inside tasr-0001.c52, 2157–2177")),
    Case("words-in-claim", "quotes-behind", [cells("claims", "c52", end="2162")], "quotes", "q05", "claim_id", ("2156–2163", "not inside tasr-0001.c52, 2139–2162")),
    Case("words-in-claim", "figures-before", [cells("claims", "c16", start="594")], "figures", "f07", "claim_id", ("593–596", "not inside tasr-0001.c16, 594–617")),
    Case("words-in-claim", "figures-behind", [cells("claims", "c16", end="595")], "figures", "f07", "claim_id", ("593–596", "not inside tasr-0001.c16, 580–595")),
    Case("innermost-claim", "quotes", [cells("claims", "c01", start="2150", end="2170")], "quotes", "q05", "claim_id", ("tasr-0001.c01 is inside tasr-0001.c52",)),
    Case("innermost-claim", "figures", [cells("claims", "c01", start="590", end="600")], "figures", "f07", "claim_id", ("tasr-0001.c01 is inside tasr-0001.c16",)),
    Case("figure-in-quotation", "before", [cells("figures", "f07", quote_id="tasr-0001.q01")], "figures", "f07", "quote_id", ("593–596", "not inside tasr-0001.q01, 959–1051")),
    Case("figure-in-quotation", "behind", [cells("figures", "f26", quote_id="tasr-0001.q01")], "figures", "f26", "quote_id", ("2422–2435", "not inside tasr-0001.q01, 959–1051")),
    Case("figure-in-quotation", "unsaid", [cells("figures", "f08", quote_id="")], "figures", "f08", "quote_id", ("990–1007", "inside of tasr-0001.q01", "blank")),
    *(
        Case("demand-for-claim", f"stance-{stance}", [cells("demands", key, stance=stance, obligated_id={"d02": "putin", "d12": "kremlin"}[key])], "demands", key, "stance", (f"stance {stance}", f"of type {kind};"))
        for key, stance, kind in (
            ("d12", "demand", "demand"),
            ("d12", "red_line", "demand"),
            ("d12", "precondition", "condition"),
            ("d02", "concession", "concession"),
            ("d02", "offer", "offer"),
            ("d02", "pledge", "pledge"),
            ("d02", "refusal", "refusal"),
        )
    ),
    Case("demand-for-claim", "stance-limit", [cells("demands", "d02", stance="limit", conditional_on="tasr-0001.d01")], "demands", "d02", "stance", ("stance limit", "of type condition;")),
    Case("demand-for-claim", "claim-type", [cells("claims", "c02", claim_type="event")], "demands", "d01", "stance", ("tasr-0001.c02 is of type event",)),
    Case("demand-for-claim", "alone", [drop("demands", "d20")], "claims", "c52", "claim_type", ("tasr-0001.c52 is of type pledge", "no row of demands")),
    *(
        Case("demand-for-claim", f"alone-{kind}", [cells("claims", "c01", claim_type=kind)], "claims", "c01", "claim_type", (f"of type {kind}", "no row of demands"))
        for kind in ("condition", "demand", "concession", "offer", "pledge", "refusal")
    ),
    Case("actor-used", "nowhere", [drop("participants", "c33/captured-soldiers/beneficiary", "c34/captured-soldiers/target")], "actors", "captured-soldiers", "actor_id", ("captured-soldiers is not used by any row",)),
    Case("article-used", "nowhere", [second_article, drop("quotes", "tasr-0002.q01"), drop("demands", "tasr-0002.d01"), drop("attributions", "tasr-0002.c01/1"), drop("claims", "tasr-0002.c01")], "articles", "tasr-0002", "article_id", ("tasr-0002 has no claims",)),
    Case("unnamed-in-article", "no-article", [renamed("tasr-0001-unnamed-sources", "zzz-9999-unnamed-sources")], "actors", "zzz-9999-unnamed-sources", "actor_id", ("zzz-9999-unnamed-sources is unnamed, but begins with no article",)),
    *(
        Case("unnamed-in-article", f"{table}-{name}", [stranger, cells(table, key, **{name: "tasr-0002-the-sources"})], table, found, name, ("tasr-0002-the-sources is an unnamed actor of tasr-0002",), besides)
        for table, key, name, found, besides in (
            ("articles", "tasr-0001", "publisher_id", "tasr-0001", ("chain-end",)),
            ("actors", "tasr-0001-cited-source", "parent_id", "tasr-0001-cited-source", ()),
            ("claims", "c02", "holder_id", "c02", ("holder-first",)),
            ("attributions", "c02/2", "actor_id", "c02/2", ()),
            ("participants", "c01/putin/agent", "actor_id", "c01/tasr-0002-the-sources/agent", ()),
            ("demands", "d01", "demander_id", "d01", ()),
            ("demands", "d01", "addressee_id", "d01", ()),
            ("demands", "d01", "obligated_id", "d01", ()),
            ("quotes", "q05", "speaker_id", "q05", ("speaker-in-chain",)),
        )
    ),
    Case("erratum-row", "still-there", [errata, drop("figures", "f08"), erratum("figures", "tasr-0001.f09", MENDED, kind="withdrawn")], "errata", "figures/tasr-0001.f09/0.2.1", "key", ("f09 is withdrawn", "still a row of figures")),
    Case("erratum-row", "still-there-two-fields", [errata, erratum("attributions", "tasr-0001.c02/2")], "errata", "attributions/tasr-0001.c02/2/0.2.0", "key", ("c02/2 is withdrawn", "still a row of attributions")),
    Case("erratum-row", "not-there", [errata, cells("errata", GONE, kind="corrected", replaced_by="")], "errata", GONE, "key", ("d21 is corrected", "no row of demands")),
    Case("erratum-row", "corrected-later", [errata, again(GONE, since="0.10.0", kind="corrected", replaced_by="")], "errata", GONE.replace("0.2.0", "0.10.0"), "since", ("d21 is corrected in 0.10.0, but was withdrawn in 0.2.0 before",)),
    Case("erratum-row", "withdrawn-again", [errata, again(GONE, since="0.10.0"), again(GONE, since="0.9.0")], "errata", GONE.replace("0.2.0", "0.10.0"), "since", ("d21 is withdrawn in 0.10.0, but was withdrawn in 0.2.0 before",)),
    Case("erratum-row", "many-digits", [errata, cells("errata", GONE, since=f"0.{'9' * 5000}.0"), again(f"demands/tasr-0001.d21/0.{'9' * 5000}.0", since=f"0.1{'0' * 5000}.0", kind="corrected", replaced_by="")], "errata", f"demands/tasr-0001.d21/0.1{'0' * 5000}.0", "since", ("d21 is corrected",)),
    Case("erratum-circle", "two", [errata, erratum("quotes", "tasr-0001.q08", replaced_by="tasr-0001.q09"), again("quotes/tasr-0001.q08/0.2.0", key="tasr-0001.q09", replaced_by="tasr-0001.q08"), keep(lambda said: {**said, "quote_id": "tasr-0001.q09"}, "quotes/tasr-0001.q09/0.2.0")], "errata", "quotes/tasr-0001.q09/0.2.0", "replaced_by", ("following replaced_by from tasr-0001.q09 never ends",)),
    Case("erratum-successor", "nowhere", [errata, cells("errata", GONE, replaced_by="tasr-0001.d99")], "errata", GONE, "replaced_by", ("tasr-0001.d99 is not a row of demands",)),
    Case("erratum-successor", "another-table", [errata, cells("errata", GONE, replaced_by="tasr-0001.q01")], "errata", GONE, "replaced_by", ("tasr-0001.q01 is not a row of demands",)),
]  # fmt: skip

CASES = {f"{case.rule}-{case.name}": case for case in [*ROWS, *ACROSS]}
# One case of each rule in each field for what takes long; told in words are all of them.
FIRST = {(case.rule, case.table, case.field): name for name, case in reversed(CASES.items())}
WHOLE = {name: case for name, case in CASES.items() if name in FIRST.values()}


def apply(copy: Any, edits: list[Edit | Callable[[Any], object]]) -> None:
    for edit in edits:
        if isinstance(edit, Edit):
            copy.set(edit.table, edit.key, **edit.cells)
        else:
            edit(copy)


def test_every_case_has_a_name_of_its_own():
    assert len(CASES) == len(ROWS) + len(ACROSS)


@pytest.mark.fast_one_in(6)
@pytest.mark.parametrize("case", WHOLE.values(), ids=WHOLE)
def test_a_broken_rule_is_found_where_it_is_broken(copy, case):
    apply(copy, case.edits)
    row = copy.row(case.table, case.row)
    found = copy.issues()
    mine = [
        issue
        for issue in found
        if (issue.table, issue.row, issue.field, issue.rule) == (case.table, row, case.field, case.rule)
    ]
    assert len(mine) == 1, [str(issue) for issue in found]
    for word in case.words:
        assert word in mine[0].message
    assert mine[0].file == f"data/{case.table}.csv"
    assert mine[0].key == copy.key(case.table, row)
    assert mine[0].value == copy.rows(case.table)[row - 2][case.field]
    assert mine[0].expected.strip()
    assert "{" not in mine[0].message + mine[0].expected
    # A rule may find more than one row or field; other rules must keep quiet.
    assert {issue.rule for issue in found} - {case.rule} <= set(case.besides), [str(issue) for issue in found]


def test_a_right_value_is_told_where_one_can_be_computed(copy):
    copy.set("quotes", "q05", end="2170")
    copy.set("attributions", "c02/4", actor_id="reuters")
    copy.set("claims", "c61", earliest="2022-02-02")
    copy.set("figures", "f08", upper="21")
    copy.set("figures", "f12", quote_id="")
    expected = {(issue.rule, issue.expected) for issue in copy.issues()}
    assert {
        ("span-length", "an end of 2163"),
        ("chain-end", "tasr"),
        ("edtf-bounds", "2022-02-01"),
        ("bounds-of-comparator", "20"),
        ("figure-in-quotation", "tasr-0001.q03"),
    } <= expected


def test_a_circle_tells_all_that_lead_into_it_and_no_other(copy):
    copy.set("actors", "russia", parent_id="kremlin")
    found = [(issue.rule, issue.key) for issue in copy.issues()]
    inside = [cells["actor_id"] for cells in copy.rows("actors") if cells["parent_id"] in {"russia", "kremlin"}]
    assert found == [("parent-circle", key) for key in inside]


def test_a_long_line_of_parents_is_no_circle(copy):
    rows = copy.rows("actors")
    for before, row in pairwise(rows):
        row["parent_id"] = before["actor_id"]
    rows[0]["parent_id"] = ""
    copy.write("actors", rows)
    assert copy.issues() == ()
    copy.set("actors", 2, parent_id=rows[-1]["actor_id"])
    assert {issue.rule for issue in copy.issues()} == {"parent-circle"}


ALLOWED = [
    pytest.param([second_article], id="second-article"),
    pytest.param([stranger], id="unnamed-actor-of-another-article"),
    pytest.param([stranger, cells("actors", "trump-advisers", parent_id="tasr-0002-the-sources")], id="named-part-of-an-unnamed-group"),
    pytest.param([cells("claims", "c01", start="122", end="211", note="Two in one."), cells("claims", "c02", start="122", end="211", note="Two in one.")], id="span-shared-with-notes"),
    pytest.param([second_article, cells("claims", "c02", start="1", end="9", note=""), cells("claims", "tasr-0002.c01", note="")], id="same-span-in-another-article"),
    pytest.param([cells("claims", "c01", start="122", end="211", note=""), cells("claims", "c02", start="122", end="212", note="")], id="spans-of-one-start"),
    pytest.param([cells("claims", "c01", start="121", end="211", note=""), cells("claims", "c02", start="122", end="211", note="")], id="spans-of-one-end"),
    *(pytest.param([cells("quotes", "q05", text=text, extent=extent, language=language)], id=f"{extent}-without-spaces-in-{language}") for text, extent, language in (("我们会回来的。", "sentence", "zh"), ("ウクライナだと", "fragment", "ja"))),
    pytest.param([errata], id="errata"),
    pytest.param([errata, erratum("figures", "tasr-0001.f99", MENDED, kind="withdrawn", replaced_by="tasr-0001.f08")], id="replaced-by-a-row"),
    pytest.param([errata, cells("errata", GONE, since="0.10.0"), again("demands/tasr-0001.d21/0.10.0", since="0.9.0", kind="corrected", replaced_by="")], id="corrected-before-it-was-withdrawn"),
    pytest.param([errata, erratum("figures", "tasr-0001.f99", said={"value": "", "earliest": ""}), again("figures/tasr-0001.f99/0.2.0", key="tasr-0001.f98", replaced_by="tasr-0001.f99"), keep(lambda said: {**said, "figure_id": "tasr-0001.f98"}, "figures/tasr-0001.f98/0.2.0")], id="replaced-by-what-was-withdrawn-too"),
    *(pytest.param([errata, erratum(table, key)], id=f"erratum-of-{table}") for table, key in (("actors", "nobody"), ("quotes", "tasr-0001.q09"), ("articles", "tasr-0009"), ("claims", "tasr-0001.c1000"), ("participants", "tasr-0001.c02/putin/victim"))),
    pytest.param([cells("actors", "nato", aliases="a b c d e f g|h i j k l m n")], id="seven-words-each"),
    pytest.param([cells("attributions", "c02/1", cue="", basis="inferred", **BLANK_SPAN)], id="inferred-hop-without-words"),
    pytest.param([cells("figures", "f08", value="", lower="", upper="", unit="", comparator="", precision="vague")], id="share-without-number"),
    pytest.param([cells("figures", "f08", lower="20", upper="20", comparator="about")], id="equal-bounds"),
    pytest.param([cells("figures", "f26", date="2022-02/..", latest="")], id="open-end"),
    pytest.param([cells("figures", "f26", date="../2022-02", earliest="")], id="open-start"),
    pytest.param([cells("figures", "f26", date="2024-02-29", earliest="2024-02-29", latest="2024-02-29")], id="leap-day"),
    pytest.param([cells("figures", "f26", date="0099", earliest="0099-01-01", latest="0099-12-31")], id="year-of-two-digits"),
    pytest.param([cells("figures", "f26", date="9999", earliest="9999-01-01", latest="9999-12-31")], id="last-year"),
    pytest.param([cells("figures", "f26", date="202X", earliest="2020-01-01", latest="2029-12-31")], id="decade"),
    pytest.param([cells("claims", "c65", end="2639")], id="span-to-the-end-of-the-article"),
    pytest.param([cells("figures", "f20", end="2081", surface="very quickly.")], id="figure-to-the-end-of-a-quotation"),
    pytest.param([errata, erratum("attributions", "tasr-0001.c02/9")], id="erratum-of-a-key-of-two-fields"),
]  # fmt: skip


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("edits", ALLOWED)
def test_what_the_rules_allow_brings_no_finding(copy, edits):
    apply(copy, edits)
    assert [str(issue) for issue in copy.issues()] == []


# --- in words ---------------------------------------------------------------------------------------------------------------------

SHIPPED = {table: reportedly.path(table) for table in reportedly.tables()}
RULES = {rule.name: rule for rule in ALL if rule.kind in {"row", "package"}}
ROW_RULES = [name for name, rule in RULES.items() if rule.kind == "row"]


def _read(file: str | Path) -> list[dict[str, str]]:
    with open(file, encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


class Memory:
    """The shipped tables, to be edited as a copy of the package is, without any file."""

    rows_of = staticmethod(cache(_read))

    def __init__(self) -> None:
        self.changed: dict[str, list[dict[str, str]]] = {}

    def rows(self, table: str) -> list[dict[str, str]]:
        return [dict(row) for row in self.changed.get(table) or self.rows_of(SHIPPED[table])]

    def write(self, table: str, rows: list[dict[str, str]]) -> None:
        self.changed[table] = rows

    def schema(self, table: str) -> dict[str, Any]:
        return shipped().schema(table)

    def row(self, table: str, key: str) -> int:
        names = self.schema(table)["primaryKey"]
        keys = ["/".join(row[name] for name in names) for row in self.rows(table)]
        return keys.index(key if key in keys else f"tasr-0001.{key}") + 2

    def set(self, table: str, key: int | str, /, **changed: str) -> None:
        rows = self.rows(table)
        rows[(self.row(table, key) if isinstance(key, str) else key) - 2].update(changed)
        self.write(table, rows)

    def drop(self, table: str, *keys: str) -> None:
        gone = {self.row(table, key) for key in keys}
        self.write(table, [row for number, row in enumerate(self.rows(table), 2) if number not in gone])

    def insert(self, table: str, **cells: str) -> None:
        names = self.schema(table)["primaryKey"]
        self.write(table, sorted([*self.rows(table), cells], key=lambda row: [row[name] for name in names]))

    def errata(self) -> None:
        self.write("errata", _read(Path(__file__).parents[1] / "data" / "errata.csv"))

    def told(self, *names: str) -> list[str]:
        """Return what rules tell of the tables, as a user reads it."""
        texts = {}
        for table, path in SHIPPED.items():
            described = shipped().format.table(table)
            rows = self.changed.get(table) or self.rows_of(path)
            cells = {number: [row[name] for name in described.names] for number, row in enumerate(rows, 2)}
            texts[table] = described, Text(described.names, cells, len(rows) + 1)
        rules = Evaluation(
            PolarsEngine(texts),
            shipped().format,
            {table: f"data/{table}.csv" for table in SHIPPED},
            [RULES[name] for name in names],
        )
        found = [issue for table in SHIPPED for issue in rules.rows(table)] + list(rules.across())
        return [str(issue) for name in names for issue in found if issue.rule == name]


@pytest.mark.fast_one_in(6)
@pytest.mark.parametrize("name", CASES)
def test_a_broken_rule_is_told_in_these_words(name, snapshot):
    case, memory = CASES[name], Memory()
    apply(memory, case.edits)
    assert memory.told(case.rule) == snapshot


# --- through pandera --------------------------------------------------------------------------------------------------------------

IN_FRAMES = {name: case for name, case in WHOLE.items() if case.rule in ROW_RULES}


@pytest.mark.fast_one_in(8)
@pytest.mark.parametrize("case", IN_FRAMES.values(), ids=IN_FRAMES)
def test_the_pandera_schema_names_the_row_rule_that_a_frame_breaks(copy, case):
    from pandera.errors import SchemaErrors

    apply(copy, case.edits)
    frame = reportedly.load(case.table, package=copy.root)
    with pytest.raises(SchemaErrors) as caught:
        reportedly.schema(case.table).validate(frame, lazy=True)
    assert case.rule in {getattr(error.check, "name", None) for error in caught.value.schema_errors}
    cases = caught.value.failure_cases
    assert (copy.row(case.table, case.row) - 2) in set(
        cases.loc[cases["check"].str.startswith(case.rule), "index"].dropna()
    )


# --- files ------------------------------------------------------------------------------------------------------------------------


def resource(copy: Any, **properties: object) -> None:
    copy.change_resource("quotes", **properties)


def extra_resource(descriptor: dict[str, Any]) -> None:
    descriptor["resources"].append({**descriptor["resources"][0], "name": "extra"})


def twice(descriptor: dict[str, Any]) -> None:
    descriptor["resources"].append(descriptor["resources"][0])


def link_out(copy: Any) -> None:
    outside = copy.root.parent / "outside.csv"
    outside.write_bytes(copy.bytes("quotes"))
    copy.file("quotes").unlink()
    copy.file("quotes").symlink_to(outside)


def folder(copy: Any) -> None:
    copy.file("quotes").unlink()
    copy.file("quotes").mkdir()


def swap_rows(copy: Any) -> None:
    rows = copy.rows("quotes")
    copy.write("quotes", [rows[1], rows[0], *rows[2:]])


def swap_hops(copy: Any) -> None:
    rows = copy.rows("attributions")
    claim = [*rows[0:1], {**rows[0], "hop": "10"}, {**rows[0], "hop": "9"}]
    copy.write("attributions", [*claim, *rows[1:]])


def add(tail: bytes) -> Callable[[Any], None]:
    return lambda copy: copy.write_bytes("quotes", copy.bytes("quotes") + tail)


def swap(old: bytes, new: bytes) -> Callable[[Any], None]:
    return lambda copy: copy.replace("quotes", old, new)


def raw(text: bytes) -> Callable[[Any], object]:
    return lambda copy: (copy.root / "datapackage.json").write_bytes(text)


def descriptor(**properties: object) -> Callable[[Any], None]:
    return lambda copy: copy.change_descriptor(lambda found: found.update(properties))


V1 = "https://specs.frictionlessdata.io/schemas/data-package.json"
# Rule, name, break, file, table, row, field, words.
FILES: list[tuple[str, str, Callable[[Any], object], str, str, int, str, tuple[str, ...]]] = [
    ("descriptor", "no-json", raw(b"{"), "datapackage.json", "", 0, "", ("line 1 column 2",)),
    ("descriptor", "no-object", raw(b"[]"), "datapackage.json", "", 0, "", ("list", "not a JSON object")),
    ("descriptor", "no-version", descriptor(version=None), "datapackage.json", "", 0, "", ("no version",)),
    ("descriptor", "no-package-name", descriptor(name=None), "datapackage.json", "", 0, "", ("no name",)),
    ("descriptor", "no-created", descriptor(created=None), "datapackage.json", "", 0, "", ("no created",)),
    ("descriptor", "version", descriptor(version="banana"), "datapackage.json", "", 0, "", ("version of the package", "banana")),
    ("descriptor", "package-name", descriptor(name="x y/../z"), "datapackage.json", "", 0, "", ("name of the package", "x y/../z")),
    ("descriptor", "created", descriptor(created="lately"), "datapackage.json", "", 0, "", ("created of the package", "lately")),
    ("size", "columns", lambda copy: copy.write_bytes("quotes", b"a," * 80 + b"\n"), "data/quotes.csv", "quotes", 0, "", ("a header of 81 columns",)),
    ("descriptor", "id", descriptor(id=7), "datapackage.json", "", 0, "", ("id of the package", "7")),
    ("descriptor", "no-list", descriptor(resources={}), "datapackage.json", "", 0, "", ("resources", "list of objects")),
    ("descriptor", "no-objects", descriptor(resources=[1]), "datapackage.json", "", 0, "", ("resources", "list of objects")),
    ("descriptor", "no-name", lambda copy: resource(copy, name=3), "datapackage.json", "", 0, "", ("no name",)),
    ("descriptor", "no-path", lambda copy: resource(copy, path=None), "datapackage.json", "", 0, "", ("no path",)),
    ("descriptor", "no-schema", lambda copy: resource(copy, schema={}), "datapackage.json", "", 0, "", ("no schema",)),
    ("descriptor", "profile", descriptor(**{"$schema": V1}), "datapackage.json", "", 0, "", ("$schema of the package", "specs.frictionlessdata.io")),
    ("descriptor", "resource-profile", lambda copy: resource(copy, **{"$schema": 3}), "datapackage.json", "", 0, "", ("$schema of resource 2", "3")),
    ("size", "large", raw(b" " * (8 * 1024**2 + 1)), "datapackage.json", "", 0, "", ("8,388,609 bytes",)),
    ("descriptor", "schema-no-json", lambda copy: (copy.root / "schemas" / "quotes.json").write_bytes(b"{"), "schemas/quotes.json", "quotes", 0, "", ("line 1 column 2",)),
    ("safe-path", "leaves", lambda copy: resource(copy, path="../quotes.csv"), "datapackage.json", "quotes", 0, "", ("'../quotes.csv'", "leaves the package")),
    ("safe-path", "schema-leaves", lambda copy: resource(copy, schema="/quotes.json"), "datapackage.json", "quotes", 0, "", ("'/quotes.json'", "leaves the package")),
    ("safe-path", "link", link_out, "data/quotes.csv", "quotes", 0, "", ("link leads out",)),
    ("safe-path", "folder", folder, "data/quotes.csv", "quotes", 0, "", ("not a regular file",)),
    ("missing-file", "table", lambda copy: copy.file("quotes").unlink(), "data/quotes.csv", "quotes", 0, "", ("file missing",)),
    ("missing-file", "schema", lambda copy: (copy.root / "schemas" / "quotes.json").unlink(), "schemas/quotes.json", "quotes", 0, "", ("file missing",)),
    ("missing-file", "descriptor", lambda copy: (copy.root / "datapackage.json").unlink(), "datapackage.json", "", 0, "", ("file missing",)),
    ("table-set", "lacking", lambda copy: copy.change_descriptor(lambda found: found["resources"].pop()), "datapackage.json", "errata", 0, "", ("0 resources", "errata")),
    ("table-set", "twice", lambda copy: copy.change_descriptor(twice), "datapackage.json", "actors", 0, "", ("2 resources", "actors")),
    ("table-set", "unknown", lambda copy: copy.change_descriptor(extra_resource), "datapackage.json", "", 0, "", ("resource 'extra'",)),
    ("format-schema", "title", lambda copy: copy.change_schema("quotes", lambda found: found.update(title="Other")), "schemas/quotes.json", "quotes", 0, "", ("title",)),
    ("format-schema", "fields", lambda copy: copy.change_schema("quotes", lambda found: found["fields"][4]["constraints"].pop("enum")), "schemas/quotes.json", "quotes", 0, "", ("fields",)),
    ("encoding", "mark", lambda copy: copy.write_bytes("quotes", b"\xef\xbb\xbf" + copy.bytes("quotes")), "data/quotes.csv", "quotes", 1, "", ("byte-order mark",)),
    ("encoding", "latin-1", swap(b"very quickly.", b"v\xe9ry quickly."), "data/quotes.csv", "quotes", 5, "", ("not UTF-8", "0xe9")),
    ("line-feed", "carriage-return", swap(b"2068,2081,\n", b"2068,2081,\r\n"), "data/quotes.csv", "quotes", 5, "", ("carriage return",)),
    ("line-feed", "last", lambda copy: copy.write_bytes("quotes", copy.bytes("quotes")[:-1]), "data/quotes.csv", "quotes", 6, "", ("last line does not end",)),
    ("plain-csv", "unclosed", swap(b"resolve,word", b'"resolve,word'), "data/quotes.csv", "quotes", 6, "", ("unexpected end",)),
    ("plain-csv", "behind-quote", swap(b"resolve,word", b'"resolve"x,word'), "data/quotes.csv", "quotes", 6, "", ("expected after",)),
    ("plain-csv", "needless", swap(b"resolve,word", b'"resolve",word'), "data/quotes.csv", "quotes", 6, "", ("quoted in another way",)),
    ("plain-csv", "within", swap(b"resolve,word", b're"olve,word'), "data/quotes.csv", "quotes", 6, "", ("quoted in another way",)),
    ("header", "empty", lambda copy: copy.write_bytes("quotes", b""), "data/quotes.csv", "quotes", 1, "", ("file is empty",)),
    ("header", "twice", swap(b"start,end,note\n", b"start,start,note\n"), "data/quotes.csv", "quotes", 1, "", ("twice: 'start'", "missing: 'end'")),
    ("header", "missing", swap(b"start,end,note\n", b"start,end\n"), "data/quotes.csv", "quotes", 1, "", ("missing: 'note'",)),
    ("header", "more", swap(b"start,end,note\n", b"start,end,note,more\n"), "data/quotes.csv", "quotes", 1, "", ("not in the schema: 'more'",)),
    ("header", "order", swap(b"start,end,note\n", b"end,start,note\n"), "data/quotes.csv", "quotes", 1, "", ("another order",)),
    ("extra-cell", "one", swap(b"2156,2163,\n", b"2156,2163,,more,most\n"), "data/quotes.csv", "quotes", 6, "", ("the row has 12 cells, the header 10",)),
    ("missing-cell", "one", swap(b"2156,2163,\n", b"2156,2163\n"), "data/quotes.csv", "quotes", 6, "note", ("the row ends before note",)),
    ("blank-row", "one", swap(b"\ntasr-0001.q04", b"\n\ntasr-0001.q04"), "data/quotes.csv", "quotes", 5, "", ("this line is blank",)),
    ("blank-row", "commas", swap(b"\ntasr-0001.q04", b"\n,,,,,,,,,\ntasr-0001.q04"), "data/quotes.csv", "quotes", 5, "", ("this line is blank",)),
    ("sorted", "text", swap_rows, "data/quotes.csv", "quotes", 3, "quote_id", ("before the one above",)),
    ("sorted", "number", swap_hops, "data/attributions.csv", "attributions", 4, "claim_id", ("before the one above",)),
    ("hash", "stale", lambda copy: resource(copy, hash=f"sha256:{DIGEST}"), "datapackage.json", "quotes", 0, "", ("hash of quotes", "sha256:0000")),
    ("hash", "none", lambda copy: resource(copy, hash=""), "datapackage.json", "quotes", 0, "", ("hash of quotes",)),
    ("bytes", "stale", lambda copy: resource(copy, bytes=1), "datapackage.json", "quotes", 0, "", ("bytes of quotes is 1",)),
    ("row-count", "stale", lambda copy: resource(copy, rows=4), "datapackage.json", "quotes", 0, "", ("rows of quotes is 4",)),
]  # fmt: skip


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize(
    ("rule", "change", "file", "table", "row", "field", "words"),
    [pytest.param(case[0], *case[2:], id=f"{case[0]}-{case[1]}") for case in FILES],
)
def test_a_broken_file_is_found(copy, rule, change, file, table, row, field, words):  # noqa: PLR0917 - one for each column
    change(copy)
    report = copy.validate()
    mine = [
        issue
        for issue in report.issues
        if (issue.file, issue.table, issue.row, issue.field, issue.rule) == (file, table, row, field, rule)
    ]
    told = [issue for issue in mine if all(word in issue.message for word in words)]
    assert len(told) == 1, report.to_text()
    assert told[0].expected.strip()
    # Where the package lies is nobody's business in a report, and would change it from run to run.
    assert os.fspath(copy.root) not in "\n".join(map(str, report.issues))


# --- completeness -----------------------------------------------------------------------------------------------------------------


def test_every_rule_has_a_case():
    assert {case.rule for case in CASES.values()} == set(RULES)


@pytest.mark.parametrize("name", ROW_RULES)
def test_every_table_and_field_that_a_row_rule_checks_has_a_case(name):
    checked = {(check.table, check.field) for check in RULES[name].checks(shipped().format)}
    assert {(case.table, case.field) for case in CASES.values() if case.rule == name} == checked


def test_every_rule_of_files_has_a_case():
    assert {case[0] for case in FILES} == {rule.name for rule in ALL if rule.kind == "file"}


def test_every_rule_has_a_name_and_a_sentence():
    assert len({rule.name for rule in ALL}) == len(ALL)
    for rule in ALL:
        assert rule.sentence.endswith(".")


@pytest.mark.parametrize("rule", [rule for rule in ALL if rule.kind != "file"], ids=lambda rule: rule.name)
def test_a_rule_says_which_tables_and_columns_it_reads(rule):
    form = shipped().format
    for check in rule.checks(form):
        assert check.rule == rule.name
        assert check.field in form.table(check.table)
        assert set(check.tables) <= set(form.names)
        assert rule.kind != "row" or check.tables == (check.table,)
        added = {name for step in check.steps for name in getattr(step, "names", ())}
        taken = {name for step in check.steps for name, _ in getattr(step, "take", ())} | {"_holder", "_length"}
        assert set(check.columns) <= {*form.table(check.table).names, *added, *taken}


def test_what_other_rules_find_is_not_found_by_the_innermost_claim_and_stance_rules_too():
    memory = Memory()
    # An empty span, one that is blank, a stance that is none, a key that is blank.
    memory.set("figures", "f07", end="593")
    memory.set("claims", "c01", start="590", end="600")
    memory.set("figures", "f10", start="")
    memory.set("claims", "c30", start="")
    memory.set("claims", "c31", claim_id="")
    memory.set("demands", "d01", stance="wish")
    assert memory.told("innermost-claim", "figure-in-quotation", "demand-for-claim") == []


def test_an_unnamed_actor_belongs_to_the_longest_article_that_its_identifier_begins_with():
    memory = Memory()
    memory.insert("articles", **{**memory.rows("articles")[0], "article_id": "tasr-0001-note-0002"})
    unnamed = memory.rows("actors")[memory.row("actors", "tasr-0001-the-sources") - 2]
    for actor in ("tasr-0001-note-0002-a", "tasr-0001-year-2022-a", "tasr-0002-b"):
        memory.insert("actors", **{**unnamed, "actor_id": actor})
    claim = memory.rows("claims")[0]["claim_id"]
    for actor in ("tasr-0001-note-0002-a", "tasr-0001-year-2022-a"):
        memory.insert("participants", claim_id=claim, actor_id=actor, part="agent", note="")
    assert [line.partition(": ")[2] for line in memory.told("unnamed-in-article")] == [
        "tasr-0002-b is unnamed, but begins with no article of the package [unnamed-in-article]. Expected: an identifier that begins with the article_id of a row of articles",
        "tasr-0001-note-0002-a is an unnamed actor of tasr-0001-note-0002 [unnamed-in-article]. Expected: a named actor, or an unnamed one of tasr-0001",
    ]


def test_spans_that_cannot_be_read_are_not_the_same():
    memory = Memory()
    for key in ("c01", "c02"):
        memory.set("claims", key, start="", note="")
    for key in ("c03", "c04"):
        memory.set("claims", key, end="", note="")
    memory.set("articles", "tasr-0001", text_sha256="")
    assert memory.told("shared-span-noted", "article-once") == []


def test_a_key_of_another_table_closes_no_circle_of_errata():
    memory = Memory()
    memory.errata()
    kept = memory.rows("errata")[0]
    ends = (("actors", "log-0001", "log-0002"), ("articles", "log-0002", "log-0001"))
    rows = [{**kept, "table": table, "key": key, "replaced_by": other} for table, key, other in ends]
    memory.write("errata", rows)
    assert memory.told("erratum-circle") == []
    memory.set("errata", 3, table="actors")
    assert len(memory.told("erratum-circle")) == 2


@pytest.mark.parametrize("table", ["errata", "actors", "articles", "claims"])
def test_rules_on_errata_and_articles_do_not_stumble_over_a_blank_cell(table):
    names = [name for name in RULES if name.split("-")[0] in {"erratum", "article", "unnamed", "shared"}]
    for field in (field["name"] for field in shipped().schema(table)["fields"]):
        memory = Memory()
        memory.errata()
        memory.set(table, 2, **{field: ""})
        assert isinstance(memory.told(*names), list)


def test_what_another_table_withdrew_under_the_same_key_was_not_withdrawn_here():
    memory = Memory()
    memory.errata()
    kept = {**memory.rows("errata")[0], "key": "log-0001", "replaced_by": ""}
    gone = {**kept, "table": "actors", "since": "0.2.0"}
    memory.write("errata", [gone, {**kept, "table": "articles", "since": "0.3.0"}])
    assert memory.told("erratum-row") == []
    memory.write("errata", [gone, {**gone, "since": "0.3.0"}])
    assert len(memory.told("erratum-row")) == 1


def test_each_article_has_innermost_claims_of_its_own():
    memory = Memory()
    second_article(memory)
    claim = memory.rows("claims")[-1]
    memory.insert("claims", **{**claim, "claim_id": "tasr-0002.c02", "end": "8"})
    memory.set("claims", "c01", start="590", end="600")
    memory.set("claims", "c03", start="2150", end="2170")
    assert [line.split(": ")[0] for line in memory.told("innermost-claim")] == [
        "data/quotes.csv row 6 (tasr-0001.q05), claim_id = 'tasr-0001.c52'",
        "data/quotes.csv row 7 (tasr-0002.q01), claim_id = 'tasr-0002.c01'",
        "data/figures.csv row 8 (tasr-0001.f07), claim_id = 'tasr-0001.c16'",
    ]
