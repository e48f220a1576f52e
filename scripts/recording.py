"""Keep the figures that a measuring script printed, so that the documentation can show those of the last run."""

from __future__ import annotations

import datetime as dt
import json
import platform
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from reportedly.package.atomic import atomic

FOLDER = Path(__file__).parent.parent / "docs" / "evidence"
# What the figures may depend on.
LIBRARIES = ("pandas", "narwhals", "pandera", "frictionless")

Figures = dict[str, int | float | str]
Rows = list[dict[str, int | float | str]]


def record(  # noqa: PLR0913 - one for each part of a record
    name: str, title: str, figures: Figures, rows: Rows | None = None, *, note: str = "", command: str = ""
) -> None:
    """Write the figures of a run, with what it ran on.

    Parameters
    ----------
    name
        The file's name in ``docs/evidence``, without its ending.
    title
        What was measured, as a heading.
    figures
        The figures by what they count, in words.
    rows
        A table to print beneath them, each row with the same columns.
    note
        A sentence or two on what the figures mean, in Markdown.
    command
        What printed them; by default the command that is running.
    """
    found = {
        "title": title,
        "command": command or shlex.join(["python", f"scripts/{Path(sys.argv[0]).name}", *sys.argv[1:]]),
        "day": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "ran_on": {"Python": platform.python_version(), **{library: version(library) for library in LIBRARIES}},
        "note": note,
        "figures": figures,
        "rows": rows or [],
    }
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    with atomic(FOLDER / f"{name}.json", force=True) as place:
        place.write_text(text, encoding="utf-8", newline="\n")
