from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

import reportedly

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportedly.validation.report import Issue, Report

SHIPPED = Path(reportedly.path("actors")).parents[1]
DESCRIPTOR = "datapackage.json"

# CI tries the same few examples on every run; HYPOTHESIS_PROFILE=thorough tries many, others each time.
settings.register_profile("ci", max_examples=16, derandomize=True, database=None, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what `fast_one_in` leaves out, and begin with what takes minutes, so that no process is left alone with it in the end."""
    cases: Counter[str] = Counter()
    for item in items:
        if one_in := item.get_closest_marker("fast_one_in"):
            test = item.nodeid.partition("[")[0]
            if cases[test] % one_in.args[0]:
                item.add_marker(pytest.mark.slow)
            cases[test] += 1
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


class Copy:
    """A copy of the shipped package, to be broken. Rows count as a spreadsheet does: the header is row 1."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        for folder in ("data", "schemas"):
            shutil.copytree(SHIPPED / folder, root / folder)
        shutil.copy(SHIPPED / DESCRIPTOR, root)

    def file(self, table: str) -> Path:
        return self.root / "data" / f"{table}.csv"

    def schema(self, table: str) -> dict[str, Any]:
        return json.loads((self.root / "schemas" / f"{table}.json").read_text(encoding="utf-8"))

    def columns(self, table: str) -> list[str]:
        return [field["name"] for field in self.schema(table)["fields"]]

    def rows(self, table: str) -> list[dict[str, str]]:
        with self.file(table).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def key(self, table: str, row: int) -> str:
        return "/".join(self.rows(table)[row - 2][name] for name in self.schema(table)["primaryKey"])

    def row(self, table: str, key: str) -> int:
        """Return the number of the row whose primary key it is; the article's part may be left out."""
        names = self.schema(table)["primaryKey"]
        keys = ["/".join(cells[name] for name in names) for cells in self.rows(table)]
        wanted = key if key in keys else f"tasr-0001.{key}"
        return keys.index(wanted) + 2

    def write(self, table: str, rows: list[dict[str, str]]) -> None:
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, self.columns(table), lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
        self.write_bytes(table, out.getvalue().encode())

    def set(self, table: str, row: int | str, /, **cells: str) -> None:
        rows = self.rows(table)
        place = self.row(table, row) if isinstance(row, str) else row
        rows[place - 2].update(cells)
        self.write(table, rows)

    def drop(self, table: str, *rows: int | str) -> None:
        places = {self.row(table, row) if isinstance(row, str) else row for row in rows}
        self.write(table, [cells for number, cells in enumerate(self.rows(table), 2) if number not in places])

    def insert(self, table: str, **cells: str) -> int:
        """Put a row where its key belongs, and return the number that it got."""
        names = self.schema(table)["primaryKey"]
        rows = self.rows(table)
        mine = [cells[name] for name in names]
        place = sum([row[name] for name in names] < mine for row in rows)
        rows.insert(place, cells)
        self.write(table, rows)
        return place + 2

    def errata(self) -> None:
        """Give the package two errata: the shipped one may have none yet."""
        self.write_bytes("errata", (Path(__file__).parent / "data" / "errata.csv").read_bytes())

    def duplicate(self, table: str, row: int) -> None:
        rows = self.rows(table)
        rows.insert(row - 1, dict(rows[row - 2]))
        self.write(table, rows)

    def bytes(self, table: str) -> bytes:
        return self.file(table).read_bytes()

    def write_bytes(self, table: str, data: bytes, *, refresh: bool = True) -> None:
        self.file(table).write_bytes(data)
        if refresh:
            self.refresh(table)

    def replace(self, table: str, old: bytes, new: bytes, *, refresh: bool = True) -> None:
        data = self.bytes(table)
        assert data.count(old) == 1, f"{old!r} stands {data.count(old)} times in {table}"
        self.write_bytes(table, data.replace(old, new), refresh=refresh)

    def descriptor(self) -> dict[str, Any]:
        return json.loads((self.root / DESCRIPTOR).read_text(encoding="utf-8"))

    def write_descriptor(self, descriptor: object) -> None:
        (self.root / DESCRIPTOR).write_text(json.dumps(descriptor, indent=2), encoding="utf-8")

    def change_descriptor(self, change: Callable[[dict[str, Any]], object]) -> None:
        descriptor = self.descriptor()
        change(descriptor)
        self.write_descriptor(descriptor)

    def change_resource(self, table: str, **properties: object) -> None:
        def change(descriptor: dict[str, Any]) -> None:
            next(resource for resource in descriptor["resources"] if resource["name"] == table).update(properties)

        self.change_descriptor(change)

    def change_schema(self, table: str, change: Callable[[dict[str, Any]], object]) -> None:
        schema = self.schema(table)
        change(schema)
        (self.root / "schemas" / f"{table}.json").write_text(json.dumps(schema), encoding="utf-8")

    def refresh(self, table: str) -> None:
        """Bring bytes, hash and rows of a table's resource up to date."""
        data = self.bytes(table)
        try:
            rows = len([row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if row]) - 1
        except (UnicodeDecodeError, csv.Error):
            rows = 0
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.change_resource(table, bytes=len(data), hash=digest, rows=max(rows, 0))

    def validate(self) -> Report:
        return reportedly.validate(self.root)

    def issues(self) -> tuple[Issue, ...]:
        return self.validate().issues


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "package")


@pytest.fixture(scope="session")
def loaded() -> Callable[..., list[dict[str, Any]]]:
    """Return what `load` or `flat` gives as plain Python values, to hold what other software reads against: dates as dates, blanks as None."""

    def plain(cell: Any) -> Any:
        if isinstance(cell, list):
            return cell
        if cell is None or pd.isna(cell):
            return None
        return cell.date() if isinstance(cell, pd.Timestamp) else cell

    def rows(table: str, *, flat: bool = False) -> list[dict[str, Any]]:
        frame = reportedly.flat(table) if flat else reportedly.load(table)
        return [{name: plain(cell) for name, cell in row.items()} for row in frame.astype(object).to_dict("records")]

    return rows


@pytest.fixture(scope="session")
def day() -> str:
    """Return the day that the shipped package is of."""
    return json.loads((SHIPPED / DESCRIPTOR).read_text(encoding="utf-8"))["created"][:10]


@pytest.fixture(scope="session")
def article() -> str:
    folder = os.environ.get("REPORTEDLY_ARTICLE_DIR")
    if not folder:
        pytest.skip("REPORTEDLY_ARTICLE_DIR is not set: the article is no part of the repository")
    file = Path(folder, "article.txt")
    if not file.is_file():
        pytest.skip(f"REPORTEDLY_ARTICLE_DIR holds no {file.name}")
    # Offsets count code points of the text as it stands, so newlines must not be translated.
    return file.read_bytes().decode("utf-8")
