"""JSON Lines (https://jsonlines.org): one object a row, numbers, booleans and lists as such, blanks as null."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reportedly.cli.output import value

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.exports.prepare import Build


def losses(build: Build) -> list[str]:
    """Return what the format cannot hold."""
    found = ["JSON has no dates: they are texts, YYYY-MM-DD.", "Types, keys and descriptions stay in the schemas."]
    empty = [sheet.name for sheet in build.sheets if not sheet.rows]
    if empty:
        found.append(f"{', '.join(empty)}: no rows, and many readers refuse an empty file, so that a folder has none.")
    return found


def write(build: Build, target: Path) -> None:
    """Write one table into a file."""
    (sheet,) = build.sheets
    with target.open("w", encoding="utf-8", newline="") as file:
        for row in sheet.rows:
            cells = {field["name"]: value(row[field["name"]], field) for field in sheet.fields}
            file.write(json.dumps(cells, ensure_ascii=False) + "\n")
