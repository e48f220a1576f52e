"""Time commands as whole processes, against a bare interpreter in one run.

    python scripts/bench_commands.py [--rounds N] [--beside SRC]

Printed are medians, also as multiples of a bare interpreter: what only lists, shows, describes or cites should stay under eight. At last, how many times
as long as its imports `validate` takes.
"""

from __future__ import annotations

import re
import subprocess

from timing import HERE, medians, options, python, table, tree

COMMANDS = (
    "tables",
    "show demands",
    "describe demands",
    "chain tasr-0001.c02",
    "rules",
    "versions",
    "diff 0.1.0 0.1.0",
    "cite --format ris",
    "cite --format bibtex",
    "cite",
    "cite tasr-0001.q03",
    "cite --format chicago",
    "cite tasr-0001.q03 --format chicago",
    "validate",
)
BARE, IMPORTS = "bare interpreter", "what validate imports"


def imports() -> str:
    """Return code that imports what `validate` of this source tree imports, and does nothing else."""
    command = python("-X", "importtime", "-m", "reportedly", "validate")
    done = subprocess.run(command, env=tree(HERE), capture_output=True, text=True, check=True)
    names = re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE)
    return f"import contextlib, importlib\nfor name in {names}:\n with contextlib.suppress(Exception): importlib.import_module(name)"


if __name__ == "__main__":
    asked = options(__doc__.splitlines()[0])
    commands = {f"reportedly {each}": python("-m", "reportedly", *each.split()) for each in COMMANDS}
    found = medians({BARE: python("-c", "pass"), IMPORTS: python("-c", imports()), **commands}, asked)
    print(table(found, "ratio to a bare interpreter", found[0][BARE]))
    times = found[0]["reportedly validate"] / found[0][IMPORTS]
    print(f"\nvalidate takes {times:.2f} times as long as what it imports.")
