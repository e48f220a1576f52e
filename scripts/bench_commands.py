"""Time commands that only list, show, describe or cite, as whole processes, against a bare interpreter in one run.

    python scripts/bench_commands.py [--rounds N]

Printed are medians, and what they would be on a machine whose bare interpreter takes 20 ms: there they should stay under 150.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from timing import BARE, medians, rounds

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
)


def main() -> int:
    """Print the table."""
    times_to_run = rounds(__doc__.splitlines()[0], 21)
    program = shutil.which("reportedly", path=str(Path(sys.executable).parent))
    if program is None:
        print("reportedly is not installed beside this interpreter", file=sys.stderr)
        return 2
    processes = {"bare interpreter": BARE, **{name: [program, *name.split()] for name in COMMANDS}}
    times = medians(processes, times_to_run)
    print("| process | ms | at 20 ms for a bare interpreter |")
    print("| --- | ---: | ---: |")
    for name, median in times.items():
        shown = name if name not in COMMANDS else f"reportedly {name}"
        print(f"| {shown} | {median:.0f} | {20 * median / times['bare interpreter']:.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
