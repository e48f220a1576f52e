"""CSV (RFC 4180): the tables as they are in the package, byte for byte, or in flat form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.frames.flat import MARKS

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.package.contents import Contents

_USUAL = MARKS[0]


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    sentences = ["Types, keys and descriptions stay in the schemas: a CSV cell is a text."]
    for table in contents.tables:
        # Where a list is joined by another mark than usual, no schema says so.
        odd = [
            field for field in table.fields if contents.is_flat and field.type == "list" and field.delimiter != _USUAL
        ]
        sentences += [
            f"{table.name}.{field.name} is joined by {field.delimiter}, since {_USUAL} is in its words."
            for field in odd
        ]
    return sentences


def write(contents: Contents, target: Path) -> None:
    """Write one table into a file."""
    (table,) = contents.tables
    target.write_text(table.csv(), encoding="utf-8", newline="")
