"""The package that is corrupted: the shipped one, with the two errata of the tests so that no table is without rows."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportedly.package.csvfile import write_csv
from reportedly.package.descriptor import DESCRIPTOR
from reportedly.package.package import Package

if TYPE_CHECKING:
    from mutation.mutant import Mutant, Row, Tables

ROOT = Path(__file__).parents[2]
ERRATA = ROOT / "tests" / "data" / "errata.csv"


class Source:
    """A package in a folder of its own, on which one mutant after the other is tried.

    Parameters
    ----------
    folder
        The folder to make.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder
        folder.mkdir()
        for part in ("data", "schemas"):
            shutil.copytree(ROOT / part, folder / part)
        shutil.copy(ROOT / DESCRIPTOR, folder)
        shutil.copy(ERRATA, folder / "data" / "errata.csv")
        self.package = Package(folder)
        self.descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        self._refresh(self.descriptor, "errata")
        self._write_descriptor(self.descriptor)
        self.files = {table: self._file(table).read_bytes() for table in self.package.tables}

        # Read before anything is corrupted.
        self.tables, self.schemas = self._read()
        self._spoiled: set[str] = set()

    def _read(self) -> tuple[Tables, dict[str, dict[str, Any]]]:
        names = self.package.tables
        return (
            {table: list(self.package.rows(table)) for table in names},
            {table: self.package.schema(table) for table in names},
        )

    def key(self, table: str, row: Row) -> str:
        """Return a row's primary key as reports write it."""
        return "/".join(row[name] for name in self.schemas[table]["primaryKey"])

    def rows(self, mutant: Mutant, table: str) -> list[Row]:
        """Return a table's rows as a mutant has them, sorted unless their order is what it corrupts."""
        rows = [dict(row) for row in self.tables[table]]
        for cell in mutant.cells:
            if cell.table == table:
                rows[cell.row][cell.field] = cell.value
        if mutant.table == table:
            added = [{**rows[at], **dict(cells)} for at, cells in mutant.repeat]
            rows = [row for at, row in enumerate(rows) if at not in mutant.drop] + added
        rows.sort(key=lambda row: self._order(table, row))
        if mutant.table == table and mutant.swap >= 0:
            at = mutant.swap
            rows[at], rows[at + 1] = rows[at + 1], rows[at]
        return rows

    def _order(self, table: str, row: Row) -> list[tuple[int, str]]:
        kinds = {field["name"]: field["type"] for field in self.schemas[table]["fields"]}
        names = self.schemas[table]["primaryKey"]
        return [
            (int(row[name]), "") if kinds[name] == "integer" and row[name].isdecimal() else (0, row[name])
            for name in names
        ]

    def corrupt(self, mutant: Mutant) -> dict[str, list[Row]]:
        """Write a mutant's files in place of those that it changes, and return their rows."""
        descriptor = json.loads(json.dumps(self.descriptor))
        changed = {cell.table for cell in mutant.cells}
        if mutant.drop or mutant.repeat or mutant.swap >= 0:
            changed.add(mutant.table)
        found = {table: self.rows(mutant, table) for table in sorted(changed)}
        for table, rows in found.items():
            columns = [field["name"] for field in self.schemas[table]["fields"]]
            self._file(table).write_text(write_csv(rows, columns), encoding="utf-8", newline="")
        if mutant.bytes_:
            self._file(mutant.table).write_bytes(mutant.bytes_(self.files[mutant.table]))
            changed.add(mutant.table)
        if mutant.refresh:
            for table in changed:
                self._refresh(descriptor, table)
        if mutant.descriptor:
            mutant.descriptor(descriptor)
        self._write_descriptor(descriptor)
        if mutant.schema:
            schema = json.loads(json.dumps(self.schemas[mutant.table]))
            mutant.schema(schema)
            self._write_schema(mutant.table, schema)
            self._spoiled.add(mutant.table)
        return found

    def restore(self) -> None:
        """Write the files as they were."""
        for table, data in self.files.items():
            if self._file(table).read_bytes() != data:
                self._file(table).write_bytes(data)
        while self._spoiled:
            table = self._spoiled.pop()
            self._write_schema(table, self.schemas[table])
        self._write_descriptor(self.descriptor)

    def _write_schema(self, table: str, schema: dict[str, Any]) -> None:
        (self.root / "schemas" / f"{table}.json").write_text(json.dumps(schema), encoding="utf-8")

    def _file(self, table: str) -> Path:
        return self.root / "data" / f"{table}.csv"

    def _write_descriptor(self, descriptor: dict[str, Any]) -> None:
        (self.root / DESCRIPTOR).write_text(json.dumps(descriptor, indent=2, ensure_ascii=False), encoding="utf-8")

    def _refresh(self, descriptor: dict[str, Any], table: str) -> None:
        data = self._file(table).read_bytes()
        text = data.decode("utf-8-sig", "replace")
        rows = sum(1 for row in csv.reader(io.StringIO(text, newline="")) if row) - 1
        resource = next(resource for resource in descriptor["resources"] if resource["name"] == table)
        resource.update(bytes=len(data), hash=f"sha256:{hashlib.sha256(data).hexdigest()}", rows=max(rows, 0))
