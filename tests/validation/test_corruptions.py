"""The dataset is corrupted on purpose: each corruption is found where it is, or is of a kind that neither the rows nor the text can show.

`make test` tries a few, `pytest -m slow` one of each kind, and with HYPOTHESIS_PROFILE=thorough all of them (an hour).
"""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from hypothesis import settings

pytest.importorskip("frictionless")
import frictionless
import pandera.pandas as pa
from strategies import corrupted_files, corruptions
from strategies.corruptions import ROWS, SCHEMAS

import reportedly
from reportedly.errors import PackageError

pytestmark = pytest.mark.fast_one_in(3)

ALL = [*corruptions.corruptions(), *corrupted_files.corruptions()]
OF_CELLS = [each for each in ALL if each.cells]


def sample(cases, few):
    """Return one case of each kind, or all where Hypothesis is thorough too; all but the first of a few kinds are marked slow."""
    taken, params = Counter(), []
    for case in random.Random(corruptions.SEED).sample(cases, len(cases)):
        is_quick = not taken[case.kind] and len(taken) < few
        if not taken[case.kind] or settings.get_current_profile_name() == "thorough":
            params.append(pytest.param(case, id=str(case), marks=[] if is_quick else [pytest.mark.slow]))
        taken[case.kind] += 1
    return params


# --- what may stay unnoticed ----------------------------------------------------------------------------------------------------------

OTHER = {"another category", "cells of two rows swapped", "cells of two fields swapped", "filled", "blank"}
SPELT = OTHER | {"character changed", "character dropped", "character doubled"}
POINTING = SPELT | {"key that points elsewhere"}
SHIFTED = SPELT | {"one more", "one less"}


def fields(**tables):
    return {f"{table}.{name}" for table, names in tables.items() for name in names.split()}


WORDS = fields(
    claims="content note", demands="summary note", figures="measures note", actors="name short_name role note",
    articles="title note", attributions="note", participants="note", quotes="note",
)  # fmt: skip
JUDGED = fields(
    claims="claim_type polarity modality when_basis heading", attributions="relation basis cue", participants="part",
    demands="issue stance strength", quotes="extent translated", figures="kind comparator precision date_basis",
    actors="actor_type identification aliases", articles="coded_by published_basis",
)  # fmt: skip
PARTS = fields(
    participants="claim_id actor_id", demands="claim_id demander_id addressee_id obligated_id conditional_on",
    actors="parent_id", attributions="actor_id", quotes="speaker_id",
)  # fmt: skip
# Why a corruption may stay unnoticed: it makes another dataset that keeps every rule. With the kinds and the fields (or tables) that this holds for.
REASONS = {
    "words of the coder's own, which may be any that keep the rules of a cell": (SPELT, WORDS),
    "a reading of the article, which its coder judges, and another that the rules allow there": (OTHER, JUDGED | PARTS | WORDS),
    "who takes part, is addressed or obliged, or belongs to whom: the row points to another that the rules allow there": (POINTING, PARTS),
    "a fact of the world that no row and no text proves, in the form of one": (
        SPELT,
        fields(actors="country wikidata_id", articles="language url", quotes="language"),
    ),
    "the unit of a duration whose words give no number": ({"blank"}, fields(figures="unit")),
    "numbers that the text gives in words": (SHIFTED, fields(figures="value lower upper")),
    "the running number of a fact; `scripts/release.py --check` compares it with what was released": (
        SPELT,
        fields(demands="demand_id", quotes="quote_id", figures="figure_id"),
    ),
    "what an erratum keeps of a release; `scripts/release.py --check` compares it with that release": (
        SHIFTED,
        fields(errata="since date kind said reason replaced_by"),
    ),
    "an erratum that was never there; `scripts/release.py --check` asks for one where a row was released": ({"row dropped"}, {"errata"}),
    "a fact left out whose words another row covers": ({"row dropped"}, {"figures", "participants"}),
    "a voice left out or moved within a chain that is whole without it": (
        {"hop removed", "hops swapped", "voices of two hops swapped"},
        {"attributions"},
    ),
}  # fmt: skip


def reason(case):
    changed = {f"{table}.{name}" for table, name in case.cells} if case.field else {case.table}
    return next((why for why, (kinds, where) in REASONS.items() if case.kind in kinds and changed <= where), None)


# --- where it is found ----------------------------------------------------------------------------------------------------------------


def at_its_place(case, issue):
    if case.file:
        is_of_the_file = issue.file == case.file or (case.table and issue.table == case.table)
        return is_of_the_file and (not case.line or issue.row in {0, case.line, case.line + 1})
    is_changed = (issue.table, issue.key) in case.keys
    return is_changed and (not case.cells or (issue.table, issue.field) in case.cells)


def is_named(case, words):
    """Return whether the words name a row or a value that was changed: a rule compares two cells and reports the other."""
    keys = {key for _, key in case.keys}
    names = {*keys, *(key.split("/")[0] for key in keys), *case.values} - {""}
    return any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", words) for name in names)


def found_by_verify(case, text, root):
    outcome = reportedly.verify(text=text, package=root)
    keys = {(row.table, row.key) for row in outcome.verdicts if row.verdict != "exact"}
    keys |= {(cell.table, cell.key) for cell in outcome.unproven}
    keys |= {("articles", outcome.article)} if not outcome.same_text else set()
    claims = {key.split("/")[0] for _, key in case.keys}
    # A dropped row has no key any more: what it said is found, or its words that no row covers now.
    gone = {
        value for table, rows in case.tables.items() for row in ROWS[table] if row not in rows for value in row.values()
    }
    uncovered = {*outcome.uncovered} - {*reportedly.verify(text=text).uncovered}
    return (
        any(key.split("/")[0] in claims for _, key in keys)
        or any(not cell.key and cell.value in gone for cell in outcome.unproven)
        or ("dropped" in case.kind and uncovered)
    )


def corrupt(case, copy):
    copy.errata()
    case.change(copy)
    return copy


@pytest.mark.parametrize("case", sample(ALL, 16))
def test_a_corruption_is_found_where_it_is(copy, case, request):
    issues = corrupt(case, copy).issues()
    if issues:
        words = (f"{issue.key} {issue.message} {issue.expected} {issue.value}" for issue in issues)
        assert any(at_its_place(case, issue) for issue in issues) or any(is_named(case, each) for each in words), issues
    elif not reason(case):
        assert found_by_verify(case, request.getfixturevalue("article"), copy.root)


def test_the_package_without_corruption_is_valid(copy):
    copy.errata()
    assert copy.issues() == ()


# --- three judges of the same constraints ---------------------------------------------------------------------------------------------

FRICTIONLESS = {
    "type-error": "type",
    "unique-error": "unique",
    "primary-key": "primaryKey",
    "foreign-key": "foreignKey",
}
BOTH = {"type", "required", "enum", "pattern", "minimum", "maximum", "maxLength", "unique", "primaryKey"}
# Where frictionless or pandera cannot see what the others see, or names it otherwise: judge, constraint, whether it finds something, in which values.
BLIND = {
    "frictionless ends a pattern before a line feed at the end, as $ does": ("frictionless", "pattern", False, ".*\n"),
    "frictionless reads numbers with spaces, leading zeros or a plus sign, days without leading zeros, lists with empty items": (
        "frictionless", "type", False, ".*"),
    "frictionless also reports a blank key as an error of the key": ("frictionless", "primaryKey", True, ""),
    "our expressions leave addresses (format uri) to frictionless": ("frictionless", "type", True, ".*"),
    "pandera judges what pandas has read: numbers with spaces, leading zeros, signs or exponents, True, lists with empty items": (
        "pandera", "type", False, ".*"),
}  # fmt: skip


def by_frictionless(table, root):
    found = set()
    with frictionless.system.use_context(trusted=False):
        resource = frictionless.Package(str(root / "datapackage.json")).get_resource(table)
        for kind, row, name, note in resource.validate().flatten(["type", "rowNumber", "fieldName", "note"]):
            if kind == "constraint-error":
                found.add((note.split('"')[1], name, row))
            elif kind == "foreign-key":
                found |= {("foreignKey", each, row) for each in corruptions.pointers(table) if f'"{each}"' in note}
            elif kind in FRICTIONLESS:
                found.add(
                    (FRICTIONLESS[kind], SCHEMAS[table]["primaryKey"][-1] if kind == "primary-key" else name, row)
                )
    return found


def by_pandera(table, root):
    """Return what a table's pandera schema finds, None where pandas cannot read the table."""
    try:
        reportedly.schema(table).validate(reportedly.load(table, package=root), lazy=True)
    except PackageError:
        return None
    except pa.errors.SchemaErrors as errors:
        return {
            (
                error.check.name,
                SCHEMAS[table]["primaryKey"][-1] if error.check.name == "primaryKey" else error.schema.name,
                int(at) + 2,
            )
            for error in errors.schema_errors
            if getattr(error.check, "name", None) in BOTH
            for at in error.failure_cases["index"].dropna().unique()
        }
    return set()


@pytest.mark.parametrize("case", sample(OF_CELLS, 6))
def test_frictionless_and_pandera_judge_a_constraint_as_validate_does(copy, case):
    issues = corrupt(case, copy).issues()
    for table, rows in case.tables.items():
        for judge, theirs in (
            ("frictionless", by_frictionless(table, copy.root)),
            ("pandera", by_pandera(table, copy.root)),
        ):
            if theirs is None:
                continue
            constraints = BOTH | {"foreignKey"} if judge == "frictionless" else BOTH | {"minLength"}
            ours = {
                (each.rule, each.field, each.row) for each in issues if each.table == table and each.rule in constraints
            }
            both = {place[:2] for place in ours & theirs}
            for rule, name, row in ours ^ theirs:
                # Of rows that share a value, frictionless reports all but the first.
                if rule not in {"unique", "primaryKey"} or (rule, name) not in both:
                    place = (
                        judge,
                        rule,
                        (rule, name, row) in theirs,
                        rows[row - 2][name] if 2 <= row < len(rows) + 2 else "",
                    )
                    assert any(
                        place[:3] == blind[:3] and re.fullmatch(blind[3], place[3], re.DOTALL)
                        for blind in BLIND.values()
                    ), place
