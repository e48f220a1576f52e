"""Packages of articles that tests of `verify` make up."""

from __future__ import annotations

import shutil
from pathlib import Path

from reportedly.package.csvfile import write_csv
from reportedly.package.shipped import shipped


def write(root, table, rows):
    """Write a table; the cells that a row does not name are blank."""
    names = shipped().table(table).names
    cells = [{name: str(row.get(name, "")) for name in names} for row in rows]
    (root / "data" / f"{table}.csv").write_text(write_csv(cells, names), encoding="utf-8", newline="")


def write_package(root, rows):
    """Write a package with some rows by table, and no others."""
    source = Path(shipped().root)
    shutil.copytree(source / "schemas", root / "schemas")
    shutil.copy(source / "datapackage.json", root)
    (root / "data").mkdir()
    for table in shipped().tables:
        write(root, table, rows.get(table, ()))
    return root
