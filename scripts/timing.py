"""Whole processes, timed in turn; what the benchmarks share. Nothing to run by itself."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

BARE = [sys.executable, "-c", "pass"]


def rounds(description: str, usual: int) -> int:
    """Return how often each process is to be started, as the command line says."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--rounds", type=int, default=usual, help=f"how often each process is started (default: {usual})"
    )
    return int(parser.parse_args().rounds)


def medians(processes: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """Return the median time of each process, in milliseconds.

    Each round starts every process once, in turn, so that what slows the machine slows them all.
    """
    times: dict[str, list[float]] = {name: [] for name in processes}
    for turn in range(rounds + 1):
        if sys.stderr.isatty():
            print(f"\rround {turn} of {rounds}", end="", file=sys.stderr, flush=True)
        for name, command in processes.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[name].append(1000 * (time.perf_counter() - begun))
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    # The first round warms the disk's cache.
    return {name: statistics.median(found[1:]) for name, found in times.items()}
