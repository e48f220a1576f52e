from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import pytest

import reportedly
from reportedly.engines.polars import PolarsEngine
from reportedly.model.schema import Field
from reportedly.package.shipped import shipped
from reportedly.rules.catalogue import ALL
from reportedly.rules.constraints import field_checks
from reportedly.validation.evaluate import Evaluation
from reportedly.validation.files import Files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.fast_one_in(6)

TABLES = reportedly.tables()
SCHEMAS: dict[str, dict[str, Any]] = {
    table: json.loads(
        (Path(reportedly.path(table)).parents[1] / "schemas" / f"{table}.json").read_text(encoding="utf-8")
    )
    for table in TABLES
}
FIELDS = [(table, field) for table in TABLES for field in SCHEMAS[table]["fields"]]
# The shipped dataset may have no errata yet: what is broken there is broken in a copy that has two.
FILES = {table: reportedly.path(table) for table in TABLES} | {
    "errata": str(Path(__file__).parents[1] / "data" / "errata.csv")
}
TEXTS = {table: pd.read_csv(file, dtype=str, keep_default_na=False) for table, file in FILES.items()}
CELL_RULES = ("nfc", "stray-space", "mixed-script", "formula-cell")
# No file can hold a text shorter than one character that is not blank: only frames can.
FRAME_ONLY = {"minLength"}

# Patterned fields that are blank in the whole dataset lack a value to be broken.
SAMPLES = {("articles", "published"): "2024-11-05"}
# What breaking a field there breaks besides, in every case: the row is in a rule that reads the field.
BESIDES: dict[tuple[str, str], set[str]] = {
    ("articles", "article_id"): {"foreignKey"},
    ("articles", "publisher_id"): {"chain-end"},
    ("articles", "published"): {"basis-of-date", "edtf-valid"},
    ("articles", "published_earliest"): {"edtf-bounds"},
    ("articles", "published_latest"): {"edtf-bounds"},
    ("articles", "published_basis"): {"basis-of-date"},
    ("articles", "text_length"): {"span-inside-article"},
    ("actors", "actor_id"): {"foreignKey", "chain-end", "sorted", "actor-used"},
    ("actors", "parent_id"): {"actor-used"},
    ("claims", "claim_id"): {
        "foreignKey",
        "chain-exists",
        "demand-for-claim",
        "sorted",
        "same-article",
        "holder-first",
    },
    ("claims", "article_id"): {"same-article"},
    ("claims", "holder_id"): {"holder-first"},
    ("claims", "when"): {"edtf-valid", "edtf-bounds", "basis-of-date"},
    ("claims", "earliest"): {"edtf-bounds"},
    ("claims", "latest"): {"edtf-bounds"},
    ("claims", "when_basis"): {"basis-of-date"},
    ("claims", "start"): {"words-in-claim"},
    ("claims", "end"): {"span-order", "words-in-claim"},
    ("attributions", "claim_id"): {"chain-exists", "chain-publishes", "chain-hops", "holder-first", "sorted"},
    ("attributions", "hop"): {"chain-hops", "chain-publishes", "chain-end", "holder-first", "sorted"},
    ("attributions", "actor_id"): {"chain-end", "holder-first", "speaker-in-chain", "actor-used"},
    ("attributions", "relation"): {"chain-publishes"},
    ("attributions", "basis"): {"explicit-words"},
    ("attributions", "cue"): {"cue-in-span"},
    ("attributions", "start"): {"span-whole", "explicit-words", "cue-in-span"},
    ("attributions", "end"): {"span-whole", "span-order", "cue-in-span"},
    ("participants", "claim_id"): {"sorted"},
    ("participants", "actor_id"): {"sorted"},
    ("participants", "part"): {"sorted"},
    ("demands", "demand_id"): {"foreignKey", "sorted", "same-article"},
    ("demands", "claim_id"): {"demand-for-claim", "same-article"},
    ("demands", "stance"): {"limit-points", "demand-for-claim"},
    ("demands", "conditional_on"): {"same-article", "limit-points"},
    ("quotes", "quote_id"): {"foreignKey", "sorted", "same-article", "figure-in-quotation"},
    ("quotes", "claim_id"): {"speaker-in-chain", "same-article"},
    ("quotes", "speaker_id"): {"speaker-in-chain"},
    ("quotes", "extent"): {"extent-words"},
    ("quotes", "start"): {"span-length", "words-in-claim", "figure-in-quotation"},
    ("quotes", "end"): {"span-length", "span-order", "words-in-claim", "figure-in-quotation"},
    ("errata", "table"): {"erratum-row", "erratum-said", "erratum-successor", "sorted"},
    ("errata", "key"): {"erratum-key", "erratum-row", "erratum-said", "sorted"},
    ("errata", "since"): {"sorted"},
    ("errata", "kind"): {"erratum-row"},
    ("errata", "said"): {"erratum-said"},
    ("errata", "replaced_by"): {"erratum-successor"},
    ("articles", "url"): {"type"},
    ("figures", "figure_id"): {"sorted", "same-article"},
    ("figures", "claim_id"): {"same-article"},
    ("figures", "quote_id"): {"same-article"},
    ("figures", "kind"): {"unit-of-kind"},
    ("figures", "value"): {"number-order", "bounds-of-comparator"},
    ("figures", "lower"): {"number-order", "bounds-of-comparator"},
    ("figures", "upper"): {"number-order", "bounds-of-comparator"},
    ("figures", "unit"): {"unit-of-kind"},
    ("figures", "comparator"): {"bounds-of-comparator"},
    ("figures", "date"): {"edtf-valid", "edtf-bounds", "basis-of-date"},
    ("figures", "earliest"): {"edtf-bounds"},
    ("figures", "latest"): {"edtf-bounds"},
    ("figures", "date_basis"): {"basis-of-date"},
    ("figures", "start"): {"span-length", "words-in-claim"},
    ("figures", "end"): {"span-length", "span-order", "words-in-claim"},
}


class Case(NamedTuple):
    table: str
    field: str
    rule: str
    row: int
    value: str
    besides: frozenset[str]


def _filled(table: str, name: str) -> tuple[int, str]:
    """Return the first row whose cell is filled, and the cell."""
    for place, text in enumerate(TEXTS[table][name]):
        if text:
            return place + 2, text
    return 2, SAMPLES.get((table, name), "")


def _besides(table: str, field: dict[str, Any], rule: str) -> frozenset[str]:
    name, own = field["name"], set()
    given = {kind for kind, argument in field.get("constraints", {}).items() if argument is not False}
    if rule in {*CELL_RULES, "pattern"}:
        own |= given & {"pattern", "enum"}
    if rule == "unique" and [name] == SCHEMAS[table]["primaryKey"]:
        own |= {"primaryKey"}
    if any(key["fields"] == [name] for key in SCHEMAS[table].get("foreignKeys", ())) and rule != "required":
        own |= {"foreignKey"}
    return frozenset((own | BESIDES.get((table, name), set())) - {rule})


def _outside(pattern: str, value: str, *, front: bool) -> str:
    for more in ("x", "X", "!"):
        found = more + value if front else value + more
        if not re.fullmatch(pattern, found):
            return found
    raise AssertionError(f"no text breaks {pattern}")


def _constraint_cases(table: str, field: dict[str, Any]) -> Iterator[tuple[str, Case]]:
    name = field["name"]
    row, value = _filled(table, name)
    stem = f"{table}-{name}"

    def case(rule: str, at: int, broken: str) -> Case:
        return Case(table, name, rule, at, broken, _besides(table, field, rule))

    for kind, argument in field.get("constraints", {}).items():
        if argument is False or kind in FRAME_ONLY:
            continue
        if kind == "required":
            yield f"{stem}-required", case(kind, row, "")
        elif kind == "unique":
            if len(TEXTS[table]) > 1:
                known = [text for text in TEXTS[table][name] if text]
                second = TEXTS[table][name].tolist().index(known[1]) + 2
                yield f"{stem}-unique", case(kind, second, known[0])
            else:
                # A table of one row must get a second one; `test_a_repeated_row_is_found` does that.
                yield f"{stem}-unique", case(kind, 0, value)
        elif kind == "enum":
            yield f"{stem}-enum", case(kind, row, f"{argument[0]}x")
        elif kind == "pattern":
            yield f"{stem}-pattern-front", case(kind, row, _outside(argument, value, front=True))
            yield f"{stem}-pattern-back", case(kind, row, _outside(argument, value, front=False))
        elif kind == "minimum":
            yield f"{stem}-minimum", case(kind, row, str(argument - 1))
        elif kind == "maximum":
            yield f"{stem}-maximum", case(kind, row, str(argument + 1))
        elif kind == "maxLength":
            # Characters count, not bytes.
            yield f"{stem}-maxLength", case(kind, row, "é" * (argument + 1))


_UNREADABLE = {
    "integer": {"word": "seven", "fraction": "1.5", "front": "x7", "back": "7x", "zero": "07", "plus": "+7", "negative-zero": "-0", "blank-inside": "1 000"},
    "number": {"word": "seven", "comma": "1,5", "front": "x7", "back": "7x", "exponent": "1e3", "negative-zero": "-0.00", "nan": "NaN"},
    "boolean": {"case": "True", "number": "1", "front": "xtrue", "back": "falsex"},
    "date": {"no-day": "2025-02-30", "no-leap-year": "2023-02-29", "packed": "20250120", "month": "2025-01", "front": "x2025-01-20", "back": "2025-01-20x"},
    "list": {"empty-item": "one||two", "front": "|one", "back": "one|"},
}  # fmt: skip


def _type_cases(table: str, field: dict[str, Any]) -> Iterator[tuple[str, Case]]:
    row, _ = _filled(table, field["name"])
    kinds = _UNREADABLE.get(field["type"], {})
    # Every way once per type, the first two for every field.
    first = next(f for _, f in FIELDS if f["type"] == field["type"]) is field
    for label, value in list(kinds.items())[: None if first else 2]:
        besides = set(_besides(table, field, "type"))
        if field.get("constraints", {}).get("required"):
            # What cannot be read counts as blank further on, but must not be told twice.
            besides.discard("required")
        yield (
            f"{table}-{field['name']}-type-{label}",
            Case(table, field["name"], "type", row, value, frozenset(besides)),
        )


def _spoiled(rule: str, value: str) -> str:
    """Return a text of the same length that breaks a cell rule."""
    return {
        "nfc": value[:-2] + "e\u0301",
        "stray-space": value[:-1] + " ",
        "mixed-script": value[:-2] + "p\u0430",
        "formula-cell": "=" + value[1:],
    }[rule]


def _cell_cases(table: str, field: dict[str, Any]) -> Iterator[tuple[str, Case]]:
    if field["type"] not in {"string", "list"}:
        return
    row, value = _filled(table, field["name"])
    for rule in CELL_RULES:
        case = Case(table, field["name"], rule, row, _spoiled(rule, value or "filler"), _besides(table, field, rule))
        yield f"{table}-{field['name']}-{rule}", case


def _key_cases(table: str) -> Iterator[tuple[str, Case]]:
    fields = {field["name"]: field for field in SCHEMAS[table]["fields"]}
    for key in SCHEMAS[table].get("foreignKeys", ()):
        (name,) = key["fields"]
        row, value = _filled(table, name)
        # Of the shape of a key of its target, but of no row there.
        missing = re.sub(r"[0-9]+$", "99", value) if re.search(r"[0-9]$", value) else "nobody"
        yield (
            f"{table}-{name}-foreignKey",
            Case(table, name, "foreignKey", row, missing, _besides(table, fields[name], "foreignKey")),
        )


CONSTRAINTS = dict(pair for table, field in FIELDS for pair in _constraint_cases(table, field))
TYPES = dict(pair for table, field in FIELDS for pair in _type_cases(table, field))
TYPES["articles-url-type-uri"] = Case("articles", "url", "type", 2, "no address", frozenset())
CELLS = dict(pair for table, field in FIELDS for pair in _cell_cases(table, field))
KEYS = dict(pair for table in TABLES for pair in _key_cases(table))
IN_FILES = {name: case for name, case in {**CONSTRAINTS, **TYPES, **CELLS, **KEYS}.items() if case.row}


def _table_alone(copy: Any, table: str) -> list[Any]:
    """Return the findings in the rows of one table, by the steps that `validate` takes; the other seven cost a second a case."""
    form = shipped().format
    found, text = Files(str(copy.root), form).table(table)
    assert text is not None
    rules = Evaluation(PolarsEngine({table: (form.table(table), text)}), form, {table: f"data/{table}.csv"})
    return [*found, *rules.rows(table)]


def _filled_copy(copy: Any, table: str) -> None:
    if table == "errata":
        copy.errata()


def _check(case: Case, found: Sequence[Any]) -> None:
    mine = [
        issue
        for issue in found
        if (issue.table, issue.row, issue.field, issue.rule) == (case.table, case.row, case.field, case.rule)
    ]
    assert len(mine) == 1, [str(issue) for issue in found]
    assert (mine[0].file, mine[0].value) == (f"data/{case.table}.csv", case.value)
    assert mine[0].message.strip()
    assert mine[0].expected.strip()
    # A value stands twice in two rows, and both are told.
    others = {issue.rule for issue in found if issue is not mine[0] and not (case.rule == issue.rule == "unique")}
    assert others <= case.besides, [str(issue) for issue in found]


def _whole() -> set[str]:
    """Return the cases that take a whole validation: keys, and for each rule of each table one that breaks least besides."""
    first: dict[tuple[str, str], str] = {}
    for name, case in sorted(IN_FILES.items(), key=lambda item: len(item[1].besides)):
        first.setdefault((case.table, case.rule), name)
    return {*first.values(), *KEYS}


WHOLE = _whole()
PUBLIC = {name: case for name, case in IN_FILES.items() if name in WHOLE}
ALONE = {name: case for name, case in IN_FILES.items() if name not in PUBLIC}


@pytest.mark.fast_one_in(10)
@pytest.mark.parametrize("case", PUBLIC.values(), ids=PUBLIC)
def test_a_broken_cell_is_found_in_its_row_and_field(copy, case):
    _filled_copy(copy, case.table)
    copy.set(case.table, case.row, **{case.field: case.value})
    _check(case, copy.issues())


@pytest.mark.fast_one_in(40)
@pytest.mark.parametrize("case", ALONE.values(), ids=ALONE)
def test_a_broken_cell_is_found_in_its_table(copy, case):
    _filled_copy(copy, case.table)
    copy.set(case.table, case.row, **{case.field: case.value})
    _check(case, _table_alone(copy, case.table))


@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize("table", TABLES)
def test_a_repeated_row_is_found(copy, table):
    names = SCHEMAS[table]["primaryKey"]
    unique = {f["name"] for f in SCHEMAS[table]["fields"] if f.get("constraints", {}).get("unique")}
    _filled_copy(copy, table)
    copy.duplicate(table, 2)
    found = [issue for issue in copy.issues() if issue.table == table]
    keys = [(issue.row, issue.field) for issue in found if issue.rule == "primaryKey"]
    assert keys == [(2, names[-1]), (3, names[-1])]
    filled = [name for name in unique if TEXTS[table][name][0]]
    assert {(issue.row, issue.field) for issue in found if issue.rule == "unique"} == {
        (row, name) for row in (2, 3) for name in filled
    }
    for issue in found:
        assert issue.key == copy.key(table, 2)
        assert issue.message
        assert issue.expected
    assert {issue.rule for issue in found} - {"chain-once", "article-once", "shared-span-noted"} <= {
        "primaryKey",
        "unique",
    }


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("rule", CELL_RULES)
@pytest.mark.parametrize("field", ["name", "aliases", "note"])
def test_every_way_to_break_a_cell_rule_is_found(copy, rule, field):
    ways = {
        "nfc": ["cafe\u0301", "\u212b", "\u1100\u1161"],
        "stray-space": [" x", "x ", "x  y", "x\ty", "x\ny", "\u00a0x", "x\u3000", "x\u200by", "\ufeffx", "x\u2028y", "x\u00ady", "x\x00y", "x\x1by", "x\x85y", "x\u202ey", "x\u2066y", "x\u180ey", "x\ufe0fy", "x\u3164y", "x\ue000y", "x\U000e0041y"],
        "mixed-script": ["p\u0430x", "\u0420utin", "Ki\u0435v", "\u039dATO", "x\uff21", "a\u0561"],
        "formula-cell": ["=1+1", "+1", "-1", "@x"],
    }[rule]  # fmt: skip
    for row, value in enumerate(ways, 2):
        copy.set("actors", row, **{field: value})
    found = [issue for issue in copy.issues() if issue.rule == rule]
    assert [(issue.row, issue.field, issue.value) for issue in found] == [
        (row, field, value) for row, value in enumerate(ways, 2)
    ]


def test_values_at_their_limits_are_fine(copy):
    for table, field in FIELDS:
        most = field.get("constraints", {}).get("maxLength")
        if most and field["name"] != "cue":
            copy.set(table, 2, **{field["name"]: "é" * most})
    copy.set("attributions", "c02/1", cue="é" * 40)
    copy.set("claims", "c01", start="0")
    copy.set("actors", "bloomberg", aliases="one", name="é", short_name="é", wikidata_id="Q1")
    copy.set("actors", "trump", country="AAA")
    assert copy.validate().to_text().splitlines()[:-1] == []


# --- completeness -----------------------------------------------------------------------------------------------------------------


def test_every_constraint_of_every_schema_has_a_case():
    covered = {(case.table, case.field, case.rule) for case in IN_FILES.values()}
    for table in TABLES:
        names = SCHEMAS[table]["primaryKey"]
        # These two are broken by `test_a_repeated_row_is_found`.
        covered.add((table, names[-1], "primaryKey"))
        covered |= {(table, name, "unique") for name in names}
    wanted = set()
    for table, field in FIELDS:
        name = field["name"]
        wanted |= {
            (table, name, kind) for kind, argument in field.get("constraints", {}).items() if argument is not False
        }
        wanted |= {(table, name, check.rule) for check in field_checks(Field.from_descriptor(field))}
        if field["type"] != "string":
            wanted.add((table, name, "type"))
    for table in TABLES:
        wanted.add((table, SCHEMAS[table]["primaryKey"][-1], "primaryKey"))
        wanted |= {(table, key["fields"][0], "foreignKey") for key in SCHEMAS[table].get("foreignKeys", ())}
    assert {each for each in wanted - covered if each[2] not in FRAME_ONLY} == set()
    # No schema has a maximum yet; the kinds that exist must all be among the sentences of the codebook.
    assert {rule for _, _, rule in wanted} | {"maximum"} == {rule.name for rule in ALL if rule.kind == "constraint"}
