"""JSON Lines (https://jsonlines.org): one object a row, numbers, booleans and lists as such, blanks as null."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.package.contents import Contents


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    found = ["JSON has no dates: they are texts, YYYY-MM-DD.", "Types, keys and descriptions stay in the schemas."]
    empty = [table.name for table in contents.tables if not table.rows]
    if empty:
        found.append(f"{', '.join(empty)}: no rows, and many readers refuse an empty file, so that a folder has none.")
    return found


def write(contents: Contents, target: Path) -> None:
    """Write one table into a file."""
    (table,) = contents.tables
    with target.open("w", encoding="utf-8", newline="") as file:
        for row in table.rows:
            cells = {field.name: field.to_json(row[field.name]) for field in table.fields}
            file.write(json.dumps(cells, ensure_ascii=False) + "\n")
