"""CSV (RFC 4180): the tables as they stand in the package, byte for byte, or in flat form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.exports.build import Build


def losses(build: Build) -> list[str]:
    """Return what the format cannot hold."""
    del build
    return ["Types, keys and descriptions stay in the schemas: a CSV cell is a text."]


def write(build: Build, target: Path) -> None:
    """Write one table into a file."""
    (sheet,) = build.sheets
    target.write_text(sheet.csv(), encoding="utf-8", newline="")
