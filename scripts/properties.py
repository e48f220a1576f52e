"""Try the properties of loading, saving, validating and verifying on many more cases than the tests do, and count them.

    python scripts/properties.py             try them, and print how many cases each was tried on
    python scripts/properties.py --record    keep the figures for the documentation too

Hypothesis makes other cases up on each run. With REPORTEDLY_ARTICLE_DIR set, the article is edited too.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from recording import record

ROOT = Path(__file__).parent.parent
NAME = "properties"
# How Hypothesis tells its statistics: https://hypothesis.readthedocs.io/en/latest/reference/integrations.html#statistics
_TEST = re.compile(r"^tests/\S+::test_(\w+)(?:\[.*\])?:$")
_COUNTED = re.compile(r"^ +- (\d+) passing(?: examples)?, (\d+) failing(?: examples)?, ")


def counted(printed: str) -> tuple[Counter[str], int]:
    """Return how many cases each property held for, by the name of its test, and how many it failed for."""
    found: Counter[str] = Counter()
    failed, name = 0, ""
    for line in printed.splitlines():
        if test := _TEST.match(line):
            name = test[1].replace("_", " ")
        elif cases := _COUNTED.match(line):
            found[name] += int(cases[1])
            failed += int(cases[2])
    return found, failed


def main() -> int:
    """Run the tests of the properties with Hypothesis's thorough profile."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--record", action="store_true", help=f"write the figures to docs/evidence/{NAME}.json")
    wanted = parser.parse_args()
    tests = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").glob("test_properties_*.py"))]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--hypothesis-show-statistics", *tests]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "thorough"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    found, failed = counted(done.stdout)
    for name, cases in found.items():
        print(f"{cases:6} {name}")
    print(f"{found.total():6} cases of {len(found)} properties, {failed} failed")
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        return done.returncode
    if wanted.record:
        record(
            NAME,
            "Properties",
            {"properties": len(found), "cases": found.total(), "cases for which a property failed": failed},
            [{"property": name, "cases": cases} for name, cases in found.items()],
            note="Each property was tried on as many tables, files, texts and edits, made up by Hypothesis.",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
