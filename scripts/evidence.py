"""Run all that measures how the package is tested, keep the figures and print them.

    python scripts/evidence.py           run everything (three hours on two cores), then print
    python scripts/evidence.py --show    print the figures of the last run

Each measuring script keeps its figures in `docs/evidence/`, where `build_docs.py` takes them for the page "How it is tested". With
REPORTEDLY_ARTICLE_DIR set, corruptions of the data are verified against the article too.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import recording

from reportedly.text.markdown import escape, table

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
# In the order of the page: what is measured, and by which command.
MEASURES = {
    "tests": ("count_tests.py",),
    "data_mutation": ("mutate.py", "--all"),
    "code_mutation": ("mutate_code.py", "--sample", "200"),
    "properties": ("properties.py",),
    "fuzzing": ("fuzz.py", "--seconds", "60"),
    "bounds": ("bounds.py",),
    "platforms": ("check_platforms.py", "--all"),
    "supply_chain": ("check_dist.py",),
}


def records() -> Iterator[dict[str, Any]]:
    """Yield what was recorded, in the order of the page."""
    for name in MEASURES:
        path = recording.FOLDER / f"{name}.json"
        if path.exists():
            yield json.loads(path.read_text(encoding="utf-8"))


def _command(name: str) -> list[str]:
    script, *options = MEASURES[name]
    return ["python", f"scripts/{script}", *options, "--record"]


def grid(rows: list[dict[str, Any]]) -> str:
    """Return rows as a Markdown table, numbers to the right."""
    columns = list(rows[0])
    right = {name for name in columns if all(isinstance(row[name], int | float) for row in rows)}
    return table(columns, ([escape(str(row[name])) for name in columns] for row in rows), right)


def section(record: dict[str, Any]) -> str:
    """Return what one script recorded, in Markdown."""
    ran_on = ", ".join(f"{name} {number}" for name, number in record["ran_on"].items())
    parts = [
        f"### {record['title']}",
        f"`{record['command']}` on {record['day']}, with {ran_on}.",
        grid([{"what": name, "figure": figure} for name, figure in record["figures"].items()]),
    ]
    if record["note"]:
        parts.append(record["note"])
    if record["rows"]:
        parts.append(grid(record["rows"]))
    return "\n\n".join(parts)


def page() -> str:
    """Return all that was recorded, in Markdown."""
    missing = [
        f"`{shlex.join(_command(name))}`" for name in MEASURES if not (recording.FOLDER / f"{name}.json").exists()
    ]
    told = [f"Not run for this version: {', '.join(missing)}."] if missing else []
    return "\n\n".join([*told, *map(section, records())])


def main() -> int:
    """Run every script, or with --show none, and print the figures."""
    failed = []
    if sys.argv[1:] != ["--show"]:
        for name in MEASURES:
            _, *command = _command(name)
            print(f"== {shlex.join(command)}", file=sys.stderr)
            if subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode:
                failed.append(name)
    print(page())
    for name in failed:
        print(f"{shlex.join(_command(name))} found something: see above", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
