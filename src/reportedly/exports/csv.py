"""CSV (RFC 4180): the tables as they stand in the package, byte for byte, or in flat form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.frames.flat import MARKS

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.exports.prepare import Build

_USUAL = MARKS[0]


def losses(build: Build) -> list[str]:
    """Return what the format cannot hold."""
    told = ["Types, keys and descriptions stay in the schemas: a CSV cell is a text."]
    for sheet in build.sheets:
        # Where a list is joined by another mark than usual, no schema says so.
        odd = [field for field in sheet.fields if build.is_flat and field.get("delimiter", _USUAL) != _USUAL]
        told += [
            f"{sheet.name}.{field['name']} is joined by {field['delimiter']}, since {_USUAL} stands in its words."
            for field in odd
        ]
    return told


def write(build: Build, target: Path) -> None:
    """Write one table into a file."""
    (sheet,) = build.sheets
    target.write_text(sheet.csv(), encoding="utf-8", newline="")
