"""Time loading a table against named peers, as whole processes, in one run.

    python scripts/bench_load.py [--rounds N]

Printed are medians, and ratios to the bare read; ratios travel between machines, milliseconds do not.
"""

from __future__ import annotations

import sys

from timing import medians, rounds

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


def main() -> None:
    """Print the table."""
    codes = {name: [sys.executable, "-W", "ignore", "-c", code] for name, code in PROCESSES.items()}
    times = medians(codes, rounds(__doc__.splitlines()[0], 21))
    print("| process | ms | ratio to the bare read |")
    print("| --- | ---: | ---: |")
    for name, median in times.items():
        print(f"| {name} | {median:.0f} | {median / times[BARE]:.2f} |")
    print(
        f"\nimport reportedly adds {times['import reportedly'] - times['bare interpreter']:.1f} ms to a bare interpreter."
    )


if __name__ == "__main__":
    main()
