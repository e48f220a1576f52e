"""Run the tests and count them, module by module.

python scripts/count_tests.py
python scripts/count_tests.py --record    keep the figures for the documentation
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import evidence
import recording

ROOT = Path(__file__).parent.parent


def outcomes() -> dict[str, Counter[str]]:
    """Run the tests and return how many passed, failed or were skipped in each module."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        # The page that shows these figures is compared with them when they are known.
        but = ["--deselect", "tests/test_docs.py::test_what_is_generated_is_current[build_docs.py]"]
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", f"--junitxml={report}", *but]
        # On standard error, so that standard output holds the figures alone.
        subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
        cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - pytest wrote it just now
    found: dict[str, Counter[str]] = {}
    for case in cases:
        module = case.get("classname", "").split(".")[1]
        kinds = {part.tag for part in case}
        told = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        found.setdefault(module, Counter()).update([told])
    return found


def main() -> int:
    """Run, count, print."""
    found = outcomes()
    total = sum(found.values(), Counter())
    figures: recording.Figures = {
        "modules of tests": len(found),
        **{f"tests {name}": total[name] for name in ("passed", "skipped", "failed")},
    }
    rows: recording.Rows = [
        {
            "tests of": module.removeprefix("test_").replace("_", " "),
            "passed": counted["passed"],
            "skipped": counted["skipped"],
        }
        for module, counted in sorted(found.items())
    ]
    for name, figure in figures.items():
        print(f"{figure:6} {name}")
    print(f"\n{evidence.grid(rows)}")
    if "--record" in sys.argv[1:]:
        recording.record("tests", "Tests", figures, rows, note="Nothing is mocked; a skipped test says what it lacks.")
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
