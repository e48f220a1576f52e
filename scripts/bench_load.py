"""Time loading a table against named peers, as whole processes, in one run.

    python scripts/bench_load.py [--rounds N]

Each round starts every process once, in turn, so that what slows the machine slows them all. Printed are medians, and ratios to the bare
read; ratios travel between machines, milliseconds do not.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

import reportedly

PATH = reportedly.path("demands")
PROCESSES = {
    "bare interpreter": "pass",
    "import reportedly": "import reportedly",
    "pd.read_csv of the same file": f"import pandas as pd; pd.read_csv({PATH!r})",
    "reportedly.load": "import reportedly; reportedly.load('demands')",
    "palmerpenguins.load_penguins": "from palmerpenguins import load_penguins; load_penguins()",
    "vega_datasets.data.cars": "from vega_datasets import data; data.cars()",
}
BARE = "pd.read_csv of the same file"


def measure(rounds: int) -> dict[str, float]:
    """Return the median time of each process, in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in PROCESSES}
    for turn in range(rounds + 1):
        if sys.stderr.isatty():
            print(f"\rround {turn} of {rounds}", end="", file=sys.stderr, flush=True)
        for name, code in PROCESSES.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, stdout=subprocess.DEVNULL)
            times[name].append(1000 * (time.perf_counter() - begun))
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    # The first round warms the disk's cache.
    return {name: statistics.median(found[1:]) for name, found in times.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="how often each process is started (default: 21)")
    times = measure(parser.parse_args().rounds)
    print("| process | ms | ratio to the bare read |")
    print("| --- | ---: | ---: |")
    for name, median in times.items():
        print(f"| {name} | {median:.0f} | {median / times[BARE]:.2f} |")
    print(
        f"\nimport reportedly adds {times['import reportedly'] - times['bare interpreter']:.1f} ms to a bare interpreter."
    )


if __name__ == "__main__":
    main()
