"""Time loading a table against named peers, as whole processes, in one run.

    python scripts/bench_load.py [--rounds N] [--beside SRC]

Printed are medians, and ratios to the bare read; ratios travel between machines, milliseconds do not.
"""

from __future__ import annotations

from timing import HERE, medians, options, python, table

DEMANDS = str(HERE.parent / "data" / "demands.csv")
BARE = "pd.read_csv of the same file"
PROCESSES = {
    "bare interpreter": "pass",
    "import reportedly": "import reportedly",
    BARE: f"import pandas as pd; pd.read_csv({DEMANDS!r})",
    "reportedly.load": "import reportedly; reportedly.load('demands')",
    "palmerpenguins.load_penguins": "from palmerpenguins import load_penguins; load_penguins()",
    "vega_datasets.data.cars": "from vega_datasets import data; data.cars()",
}

if __name__ == "__main__":
    found = medians({name: python("-c", code) for name, code in PROCESSES.items()}, options(__doc__.splitlines()[0]))
    print(table(found, "ratio to the bare read", found[0][BARE]))
