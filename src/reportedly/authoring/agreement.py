"""How far two codings of the same articles agree, as Markdown tables.

    python -m reportedly.authoring.agreement FIRST SECOND

FIRST and SECOND are folders with one CSV file for each table. Rows are paired before they are compared, since the coders numbered their rows
independently:

- claims, quotations and figures by their spans in the same article, where intersection over union is 0.5 or more;
- actors by a name or surface form that both coders gave;
- articles by their identifier, demands by their paired claims;
- hops and participants by their paired claims and actors.

Pairing is greedy: the best match first, ties in the order of the rows, and no row twice. Keys of the second coding are replaced by
those of their partners before cells are compared; a key whose row has no partner agrees with nothing.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly.text import markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEAST_OVERLAP = 0.5

Row = dict[str, str]
Pair = tuple[Row, Row]
Coding = dict[str, list[Row]]

# What coders decide. Left out is what pairs the rows (keys, spans, names), what follows from other fields (bounds of dates), and what both were given.
CODED = {
    "actors": ("actor_type", "parent_id", "identification", "country", "wikidata_id"),
    "demands": ("demander_id", "addressee_id", "obligated_id", "issue", "stance", "strength", "conditional_on"),
    "quotes": ("claim_id", "speaker_id", "extent", "language", "translated"),
    "figures": (
        *("claim_id", "quote_id", "kind", "value", "lower", "upper", "unit"),
        *("comparator", "precision", "date", "date_basis"),
    ),
    "articles": ("publisher_id", "title", "url", "language", "published", "published_basis"),
    "claims": ("claim_type", "holder_id", "polarity", "modality", "when", "when_basis", "heading"),
    "attributions": ("hop", "relation", "basis"),
    "participants": ("part",),
}
CATEGORICAL = {
    "claims": ("claim_type", "polarity", "modality"),
    "demands": ("stance", "issue", "strength"),
    "figures": ("kind", "comparator", "precision"),
    "attributions": ("relation", "basis"),
    "participants": ("part",),
    "quotes": ("extent",),
}
SPANNED = ("claims", "quotes", "figures")
# The table that a key points to.
_TARGETS = {
    "claim_id": "claims",
    "quote_id": "quotes",
    "conditional_on": "demands",
    **dict.fromkeys(("actor_id", "parent_id", "publisher_id", "holder_id", "speaker_id"), "actors"),
    **dict.fromkeys(("demander_id", "addressee_id", "obligated_id"), "actors"),
}
_KEYS = {"actors": "actor_id", "claims": "claim_id", "quotes": "quote_id", "demands": "demand_id"}


@dataclass
class Pairing:
    """Paired rows by table, and the first coder's keys by the second's.

    Parameters
    ----------
    pairs
        For each table, rows of the first coder with their partners.
    keys
        For each table with a key, the first coder's key for each paired key of the second.
    """

    pairs: dict[str, list[Pair]] = field(default_factory=dict)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, table: str, pairs: list[Pair]) -> None:
        """Add the pairs of a table."""
        self.pairs[table] = pairs
        if table in _KEYS:
            key = _KEYS[table]
            self.keys[table] = {theirs[key]: ours[key] for ours, theirs in pairs}

    def translate(self, name: str, value: str) -> str:
        """Return the second coder's cell in the first coder's keys."""
        if name not in _TARGETS or not value:
            return value
        return self.keys[_TARGETS[name]].get(value, f"second coder's {value}")

    def codes(self, table: str, name: str) -> list[tuple[str, str]]:
        """Return the two coders' cells in a column of the paired rows."""
        return [(ours[name], self.translate(name, theirs[name])) for ours, theirs in self.pairs[table]]


def read(folder: Path) -> Coding:
    """Read the tables of a coding, every cell as text."""
    found = {}
    for table in CODED:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            found[table] = list(csv.DictReader(file))
    return found


def greedy(first: Sequence[Row], second: Sequence[Row], score: Callable[[Row, Row], float]) -> list[Pair]:
    """Pair rows one to one, from the greatest score down.

    Parameters
    ----------
    first, second
        The rows of the two coders.
    score
        How well two rows fit; 0 where they do not.

    Returns
    -------
    list of tuple
        The pairs, in the first coder's order.
    """
    scored = ((score(a, b), i, j) for i, a in enumerate(first) for j, b in enumerate(second))
    chosen: dict[int, int] = {}
    for _, i, j in sorted((item for item in scored if item[0] > 0), key=lambda item: (-item[0], item[1], item[2])):
        if i not in chosen and j not in chosen.values():
            chosen[i] = j
    return [(first[i], second[j]) for i, j in sorted(chosen.items())]


def _article(row: Row) -> str:
    return row.get("article_id") or row["claim_id"].rpartition(".")[0]


def overlap(ours: Row, theirs: Row) -> float:
    """Return intersection over union of two spans of one article, 0 where it is too little to be the same thing."""
    if _article(ours) != _article(theirs):
        return 0.0
    starts, ends = (int(ours["start"]), int(theirs["start"])), (int(ours["end"]), int(theirs["end"]))
    shared = max(0, min(ends) - max(starts)) / (max(ends) - min(starts))
    return shared if shared >= LEAST_OVERLAP else 0.0


def _forms(actor: Row) -> set[str]:
    return {form.casefold() for form in (actor["name"], *actor["aliases"].split("|"))}


def shared_forms(ours: Row, theirs: Row) -> float:
    """Return how many names and surface forms two actors share, half a point more where the name is among them."""
    same_name = ours["name"].casefold() == theirs["name"].casefold()
    return len(_forms(ours) & _forms(theirs)) + 0.5 * same_name


def pair(first: Coding, second: Coding) -> Pairing:
    """Pair the rows of two codings."""
    found = Pairing()

    def same(*names: str) -> Callable[[Row, Row], float]:
        """Score rows whose keys of these names are partners, higher where they name the same part in a claim too."""

        def score(ours: Row, theirs: Row) -> float:
            if any(ours[name] != found.translate(name, theirs[name]) for name in names):
                return 0.0
            return 1.5 if ours.get("part") == theirs.get("part") else 1.0

        return score

    scores: dict[str, Callable[[Row, Row], float]] = {
        "actors": shared_forms,
        **dict.fromkeys(SPANNED, overlap),
        "articles": same("article_id"),
        "demands": same("claim_id"),
        "attributions": same("claim_id", "actor_id"),
        "participants": same("claim_id", "actor_id"),
    }
    for table, score in scores.items():
        found.add(table, greedy(first[table], second[table], score))
    return found


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa of two coders' codes.

    Parameters
    ----------
    pairs
        The codes of the first and of the second coder, a blank counting as a code.

    Returns
    -------
    float or None
        None where it is undefined: no pairs, or both coders used one code and no other.
    """
    if not pairs:
        return None
    ours, theirs = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(ours[code] * theirs[code] for code in ours) / len(pairs) ** 2
    return None if expected == 1 else (_agreed(pairs) - expected) / (1 - expected)


def _agreed(pairs: Sequence[tuple[str, str]]) -> float:
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else 0.0


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def tables_paired(first: Coding, second: Coding, pairing: Pairing) -> str:
    """Return the Markdown table of how many rows were paired and how far their cells agree."""
    heads = (
        "Table",
        "First coder",
        "Second coder",
        "Matched",
        "Share matched",
        "Identical spans",
        "Cells agree",
        "Rows agree",
    )
    lines = []
    for table, names in CODED.items():
        ours, theirs, pairs = len(first[table]), len(second[table]), pairing.pairs[table]
        columns = [pairing.codes(table, name) for name in names]
        cells = _agreed([codes for column in columns for codes in column])
        rows = sum(all(a == b for a, b in row) for row in zip(*columns, strict=True))
        share = 2 * len(pairs) / (ours + theirs) if ours + theirs else 1.0
        identical = sum(a["start"] == b["start"] and a["end"] == b["end"] for a, b in pairs) if table in SPANNED else ""
        shown = (
            table,
            ours,
            theirs,
            len(pairs),
            _percent(share),
            identical,
            _percent(cells),
            f"{rows} of {len(pairs)}",
        )
        lines.append([*map(str, shown)])
    return markdown.table(heads, lines, right=heads[1:])


def fields_compared(pairing: Pairing) -> str:
    """Return the Markdown table of agreement and kappa for each main categorical field."""
    heads = ("Field", "Matched rows", "Agreement", "Cohen’s kappa")
    lines = []
    for table, names in CATEGORICAL.items():
        for name in names:
            pairs = pairing.codes(table, name)
            found = kappa(pairs)
            shown = "" if found is None else f"{found:.2f}"
            lines.append([f"{table}.{name}", str(len(pairs)), _percent(_agreed(pairs)), shown])
    return markdown.table(heads, lines, right=heads[1:])


def report(first: Path, second: Path) -> str:
    """Return both Markdown tables.

    Parameters
    ----------
    first, second
        Folders of the two codings.

    Returns
    -------
    str
        Markdown, without a final line feed.
    """
    ours, theirs = read(first), read(second)
    pairing = pair(ours, theirs)
    return f"{tables_paired(ours, theirs, pairing)}\n\n{fields_compared(pairing)}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m reportedly.authoring.agreement FIRST SECOND")
    print(report(Path(sys.argv[1]), Path(sys.argv[2])))  # noqa: T201 - what was asked for
