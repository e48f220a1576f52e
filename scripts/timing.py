"""Whole processes, timed in turn; what the benchmarks share. Nothing to run by itself."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "src"


def options(description: str) -> argparse.Namespace:
    """Return how often each process is to be started, and the other source tree, if any, as the command line says."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=21, help="how often each process is started (default: 21)")
    parser.add_argument("--beside", type=Path, metavar="SRC", help="the src folder of another checkout, timed in turn")
    return parser.parse_args()


def python(*arguments: str) -> list[str]:
    """Return the command line of an interpreter like this one, without the warnings of other people's packages."""
    return [sys.executable, "-W", "ignore", *arguments]


def tree(src: Path) -> dict[str, str]:
    """Return an environment in which a source tree is imported."""
    return {**os.environ, "PYTHONPATH": str(src)}


def medians(processes: dict[str, list[str]], asked: argparse.Namespace) -> list[dict[str, float]]:
    """Return the median time of each process in milliseconds: with this source tree, then with the one beside it, if any.

    Each round starts every process once, in turn, so that what slows the machine slows them all.
    """
    trees = [tree(src) for src in (HERE, asked.beside) if src]
    times: dict[tuple[int, str], list[float]] = {}
    for _ in range(asked.rounds + 1):
        for name, command in processes.items():
            for number, surroundings in enumerate(trees):
                begun = time.perf_counter()
                subprocess.run(command, env=surroundings, check=True, stdout=subprocess.DEVNULL)
                times.setdefault((number, name), []).append(1000 * (time.perf_counter() - begun))
    # The first round warms the disk's cache.
    return [{name: statistics.median(times[number, name][1:]) for name in processes} for number in range(len(trees))]


def table(found: list[dict[str, float]], unit: str, base: float) -> str:
    """Return a Markdown table of the medians, each also as a multiple of another time."""
    here, *beside = found
    heads = ["process", "ms", unit, *["ms beside", "ratio to it"] * len(beside)]
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    for name, median in here.items():
        cells = [name, f"{median:.0f}", f"{median / base:.2f}"]
        cells += [text for other in beside for text in (f"{other[name]:.0f}", f"{median / other[name]:.2f}")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
