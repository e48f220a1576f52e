"""Corrupt the dataset in every way that its schemas and rules suggest, and see whether validation and verification find it, and where.

    python scripts/mutate.py                 a sample
    python scripts/mutate.py --all           all of them
    python scripts/mutate.py --only TEXT     those whose name holds TEXT, with what was found

With REPORTEDLY_ARTICLE_DIR set, a mutant that validation lets pass is verified against the article. Exit status 1 where one survives that nothing
explains, or is found but not located, or where two engines differ in a way that is not known.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import recording
from mutation import cells, engines, files, rows
from mutation.explained import explanation
from mutation.judging import CELL, COUNTERPART, judge
from mutation.source import Source
from rich.console import Console
from rich.progress import track

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mutation.judging import Outcome
    from mutation.mutant import Mutant

SEED = 20241105
# On how many rows each operator is tried in each field, and how many mutants a sample takes.
ROWS, SAMPLE = 1, 90

_source: Source
_mutants: list[Mutant]
_text: str | None


def article() -> str | None:
    """Return the article's text, where it is at hand."""
    folder = os.environ.get("REPORTEDLY_ARTICLE_DIR")
    return Path(folder, "article.txt").read_bytes().decode() if folder else None


def prepare(folder: str, most: int) -> None:
    """Give a process a package of its own and all mutants."""
    global _source, _mutants, _text  # noqa: PLW0603 - a worker process has no other place to keep them
    _source = Source(Path(tempfile.mkdtemp(dir=folder), "package"))
    _mutants = list(everything(_source, most))
    _text = article()


def everything(source: Source, most: int) -> Iterator[Mutant]:
    """Yield all mutants, the same on every run."""
    for kind in (cells, rows, files):
        yield from kind.mutants(source, seed=SEED, most=most)


def outcome_of(number: int) -> Outcome:
    """Judge one mutant in a worker process."""
    return judge(_source, number, _mutants[number], _text)


def chosen(arguments: argparse.Namespace, mutants: list[Mutant]) -> list[int]:
    """Return the numbers of the mutants to try: of a sample, as many kinds as it can hold."""
    numbers = [number for number, mutant in enumerate(mutants) if not arguments.only or arguments.only in mutant.name]
    if arguments.all or arguments.only:
        return numbers
    mixed = random.Random(SEED).sample(numbers, len(numbers))  # noqa: S311 - a seed makes a sample, not a secret
    first = {mutants[number].operator: number for number in reversed(mixed)}
    rest = [number for number in mixed if number not in first.values()]
    return sorted([*first.values(), *rest][: arguments.sample])


class Tally:
    """Outcomes, counted and judged."""

    def __init__(self, mutants: list[Mutant], outcomes: list[Outcome]) -> None:
        self.mutants, self.outcomes = mutants, outcomes
        self.unlocated = [outcome for outcome in outcomes if outcome.killed and not outcome.located]
        self.survivors = [outcome for outcome in outcomes if not outcome.killed]
        self.unexplained = [outcome for outcome in self.survivors if not explanation(mutants[outcome.number])]
        differing = [difference for outcome in outcomes for difference in outcome.engines]
        self.blind = Counter(blind for found in differing if (blind := engines.known(found)))
        self.unknown = [found for found in differing if not engines.known(found)]

    @property
    def ok(self) -> bool:
        """Whether nothing is left unexplained."""
        return not (self.unlocated or self.unexplained or self.unknown)

    def figures(self) -> recording.Figures:
        """Return the figures of the run."""
        located = Counter(outcome.located for outcome in self.outcomes if outcome.killed)
        killed = Counter(outcome.killed for outcome in self.outcomes)
        return {
            "corruptions tried": len(self.outcomes),
            "kinds of corruption": len({self.mutants[outcome.number].operator for outcome in self.outcomes}),
            "found by validate": killed["validate"],
            "found by verify, with the article at hand": killed["verify"],
            "of those found, located at the very table, row and field": located[CELL],
            "of those found, located at the cell that a rule compares with it": located[COUNTERPART],
            "found but not located": len(self.unlocated),
            "survived and explained": len(self.survivors) - len(self.unexplained),
            "survived and not explained": len(self.unexplained),
            "verdicts in which engines differ, where one is known to be blind": sum(self.blind.values()),
            "verdicts in which engines differ otherwise": len(self.unknown),
        }

    def rows(self) -> recording.Rows:
        """Return a row for each kind of corruption."""
        found: dict[str, Counter[str]] = {}
        for outcome in self.outcomes:
            counted = found.setdefault(self.mutants[outcome.number].operator, Counter())
            counted.update([f"by {outcome.killed}" if outcome.killed else "survived", outcome.located])
        return [
            {
                "corruption": operator,
                "tried": counted["by validate"] + counted["by verify"] + counted["survived"],
                "found by validate": counted["by validate"],
                "by verify": counted["by verify"],
                "at the very place": counted[CELL],
                "at its counterpart": counted[COUNTERPART],
                "survived": counted["survived"],
            }
            for operator, counted in found.items()
        ]

    def note(self) -> str:
        """Return why survivors survived and where engines are blind, as Markdown."""
        parts = [
            "What survived makes another dataset that keeps every rule; neither its rows nor the text can tell which of the two is right:",
            "",
        ]
        parts += [f"- {count}: {reason}." for reason, count in self.explained().most_common()]
        parts += ["", "Where one of three judges of a constraint is blind, or says it otherwise:", ""]
        parts += [
            f"- {blind.engine}, `{blind.constraint}` ({count}): {blind.why}."
            for blind, count in self.blind.most_common()
        ]
        return "\n".join(parts)

    def explained(self) -> Counter[str]:
        """Return how many survivors each explanation covers."""
        reasons = (explanation(self.mutants[outcome.number]) for outcome in self.survivors)
        return Counter(reason for reason in reasons if reason)


def run(numbers: list[int], jobs: int, most: int) -> Iterator[Outcome]:
    """Yield the outcomes, each worker process with a package of its own."""
    alone = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, alone.Pool(jobs, prepare, (folder, most)) as pool:
        yield from pool.imap(outcome_of, numbers, chunksize=4)


def shown(outcomes: Iterable[Outcome], total: int) -> list[Outcome]:
    """Return the outcomes, with progress on a terminal."""
    console = Console(stderr=True)
    return list(track(outcomes, "Corrupting", total, console=console, transient=True, disable=not console.is_terminal))


def main() -> int:
    """Try mutants and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--all", action="store_true", help="try all of them")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="try those whose name holds TEXT, and print what was found"
    )
    parser.add_argument("--sample", type=int, default=SAMPLE, metavar="N", help="how many to try otherwise")
    parser.add_argument(
        "--rows",
        type=int,
        default=ROWS,
        metavar="N",
        help="on how many rows to try each kind of corruption in each field",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument("--record", action="store_true", help="keep the figures for the documentation")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        mutants = list(everything(Source(Path(folder, "package")), arguments.rows))
    numbers = chosen(arguments, mutants)
    tally = Tally(mutants, shown(run(numbers, arguments.jobs, arguments.rows), len(numbers)))
    report(tally, in_full=bool(arguments.only))
    if arguments.record:
        recording.record("data_mutation", "Corruptions of the data", tally.figures(), tally.rows(), note=tally.note())
    return 0 if tally.ok else 1


def report(tally: Tally, *, in_full: bool) -> None:
    """Print what became of the mutants."""
    if in_full:
        for outcome in tally.outcomes:
            print(
                f"{tally.mutants[outcome.number].name}\n    {outcome.killed or 'survived'} {outcome.located} {', '.join(outcome.rules)}"
            )
            print(*(f"    {finding}" for finding in outcome.findings[:5]), sep="\n")
    for title, outcomes in (("not located", tally.unlocated), ("survived and not explained", tally.unexplained)):
        for outcome in outcomes:
            print(
                f"{title}: {tally.mutants[outcome.number].name}",
                *(f"    {finding}" for finding in outcome.findings[:3]),
                sep="\n",
            )
    for difference in tally.unknown:
        print(f"engines differ: {difference}")
    print(tally.note())
    for name, figure in tally.figures().items():
        print(f"{figure:5} {name}")


if __name__ == "__main__":
    sys.exit(main())
