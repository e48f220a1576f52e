"""Why a corruption may survive: it makes another dataset that keeps every rule, and neither rows nor text can tell which of the two is right.

Each explanation names the fields and the kinds of corruption that it covers, so that a survivor of any other kind is a gap in the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from mutation.mutant import Mutant

# A value that the field allows takes the place of another.
_OTHER = frozenset({"another category", "cells of two rows swapped", "cells of two fields swapped", "filled", "blank"})
_POINTING = _OTHER | {"key that points elsewhere", "character changed", "character dropped", "character doubled"}
_SPELT = _OTHER | {"character changed", "character dropped", "character doubled"}
_SHIFTED = _SPELT | {"one more", "one less"}


class Explanation(NamedTuple):
    """Fields, as ``table.field``, in which corruptions of these kinds may survive, and why."""

    why: str
    kinds: Collection[str]
    fields: Collection[str]


def _of(table: str, names: str) -> set[str]:
    return {f"{table}.{name}" for name in names.split()}


_WORDS = (
    _of("claims", "content note")
    | _of("demands", "summary note")
    | _of("figures", "measures note")
    | _of("actors", "name short_name role note")
    | _of("articles", "title note")
    | {f"{table}.note" for table in ("attributions", "participants", "quotes")}
)
_JUDGED = (
    _of("claims", "claim_type polarity modality when_basis heading")
    | _of("attributions", "relation basis cue")
    | _of("participants", "part")
    | _of("demands", "issue stance strength")
    | _of("quotes", "extent translated")
    | _of("figures", "kind comparator precision date_basis")
    | _of("actors", "actor_type identification aliases")
    | _of("articles", "coded_by published_basis")
)
_PARTS = (
    _of("participants", "claim_id actor_id")
    | _of("demands", "claim_id demander_id addressee_id obligated_id conditional_on")
    | _of("actors", "parent_id")
    | _of("attributions", "actor_id")
    | _of("quotes", "speaker_id")
)
_WORLD = _of("actors", "country wikidata_id") | _of("articles", "language url") | _of("quotes", "language")
_NUMBERED = _of("demands", "demand_id") | _of("quotes", "quote_id") | _of("figures", "figure_id")

EXPLANATIONS = (
    Explanation("words of the coder's own, which may be any that keep the rules of a cell", _SPELT, _WORDS),
    Explanation(
        "a reading of the article that its coder has to judge, and the value is another that the rules allow there",
        _OTHER,
        _JUDGED,
    ),
    Explanation(
        "a reading of the article that its coder has to judge, beside words of the coder's own",
        _OTHER,
        _JUDGED | _PARTS | _WORDS,
    ),
    Explanation(
        "who takes part, is addressed or obliged, or belongs to whom: the row points to another that the rules allow there",
        _POINTING,
        _PARTS,
    ),
    Explanation("a fact of the world that no row nor text of the package proves, in the form of one", _SPELT, _WORLD),
    Explanation("numbers that the text gives in words", _SHIFTED, _of("figures", "value lower upper")),
    Explanation(
        "which running number a fact bears; `scripts/release.py --check` holds it to what was released",
        _SPELT,
        _NUMBERED,
    ),
    Explanation(
        "what an erratum keeps of a release; `scripts/release.py --check` compares it with that release",
        _SHIFTED,
        _of("errata", "since date kind said reason replaced_by"),
    ),
    Explanation(
        "a row that was never there; `scripts/release.py --check` asks for the erratum of one that was released",
        {"row dropped"},
        {"errata."},
    ),
    Explanation(
        "a fact left out whose words another row covers; no rule can ask for it",
        {"row dropped"},
        {"figures.", "participants."},
    ),
    Explanation(
        "a voice left out or moved within a chain that is whole without it",
        {"hop removed", "hops swapped", "voices of two hops swapped"},
        {"attributions."},
    ),
)


def explanation(mutant: Mutant) -> str:
    """Return why a mutant may survive, or an empty text where nothing explains it."""
    changed = (
        {f"{mutant.table}.{mutant.field}"}
        if not mutant.field
        else {f"{cell.table}.{cell.field}" for cell in mutant.cells}
    )
    for found in EXPLANATIONS:
        if mutant.operator in found.kinds and changed <= set(found.fields):
            return found.why
    return ""
