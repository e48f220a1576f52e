"""DuckDB, read back by DuckDB, from a file that was renamed after it was made."""
# ruff: noqa: S608 - the names in the queries are those of the tables

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import reportedly
from reportedly.errors import PackageError, TargetError
from reportedly.package.shipped import shipped

pytestmark = pytest.mark.fast_one_in(3)

duckdb = pytest.importorskip("duckdb")

TABLES = reportedly.tables()
NAMES = [*TABLES, *(f"{table}_flat" for table in TABLES)]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    made = reportedly.export("duckdb", tmp_path_factory.mktemp("duckdb") / "made.duckdb")
    return Path(made.path).rename(Path(made.path).with_name("renamed-0.1.duckdb"))


@pytest.fixture(scope="module")
def database(file):
    with duckdb.connect(file, read_only=True) as connection:
        yield connection


@pytest.fixture
def writable(file, tmp_path):
    """Return a copy that may be broken."""
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(file.read_bytes())
    with duckdb.connect(copy) as connection:
        yield connection


def fields(table):
    return shipped().schema(table)["fields"]


def read(connection, query):
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def by_key(table):
    """Return what sorts a table's rows as they are in the CSV: an enumeration sorts by the codebook's order."""
    return ", ".join(
        f'CAST("{field["name"]}" AS VARCHAR)' if "categories" in field else f'"{field["name"]}"'
        for name in shipped().schema(table)["primaryKey"]
        for field in fields(table)
        if field["name"] == name
    )


@pytest.mark.parametrize("table", TABLES)
def test_duckdb_reads_every_cell(database, loaded, table):
    assert read(database, f'SELECT * FROM "{table}" ORDER BY {by_key(table)}') == loaded(table)


@pytest.mark.parametrize("table", TABLES)
def test_a_flat_view_holds_every_cell(database, loaded, table):
    assert read(database, f'SELECT * FROM "{table}_flat"') == loaded(table, flat=True)


def add_an_article(copy):
    """Add an article that reports the same at the same places, to see that its words stay its own."""
    for table in TABLES:
        rows = copy.rows(table)
        again = [
            {name: cell.replace("tasr-0001.", "tasr-0002.") for name, cell in row.items()}
            | ({"article_id": "tasr-0002"} if "article_id" in row else {})
            for row in rows
        ]
        copy.write(table, rows + [new for new, old in zip(again, rows, strict=True) if new != old])


def test_views_tell_articles_apart(copy, tmp_path):
    add_an_article(copy)
    tables = reportedly.export("duckdb", tmp_path / "tables.duckdb", package=copy.root).path
    flat = reportedly.export("duckdb", tmp_path / "flat.duckdb", package=copy.root, flat=True).path
    with duckdb.connect(tables) as connection:
        connection.execute(f"ATTACH '{flat}' AS flat")
        for table in TABLES:
            joined = connection.execute(f'SELECT * FROM "{table}_flat"').fetchall()
            wanted = connection.execute(f'SELECT * FROM flat."{table}" ORDER BY {by_key(table)}').fetchall()
            assert joined == wanted
        shown = connection.execute(
            "SELECT quoted, article_id FROM demands_flat WHERE demand_id LIKE '%.d12' ORDER BY 2"
        )
        assert shown.fetchall() == [
            (["open to the exchange of some territories,"], "tasr-0001"),
            (["open to the exchange of some territories,"], "tasr-0002"),
        ]


@pytest.mark.parametrize("table", TABLES)
def test_a_flat_export_holds_every_cell(tmp_path, loaded, table):
    made = reportedly.export("duckdb", tmp_path / "flat.duckdb", tables=[table], flat=True)
    with duckdb.connect(made.path, read_only=True) as connection:
        assert read(connection, f'SELECT * FROM "{table}" ORDER BY {by_key(table)}') == loaded(table, flat=True)
        assert read(connection, "SELECT view_name FROM duckdb_views() WHERE NOT internal") == []


@pytest.mark.parametrize("name", NAMES)
def test_columns_stand_in_their_order(database, name):
    frame = reportedly.flat(name.removesuffix("_flat")) if name.endswith("_flat") else reportedly.load(name)
    assert [column[0] for column in database.execute(f'SELECT * FROM "{name}"').description] == list(frame)


@pytest.mark.parametrize("table", TABLES)
def test_columns_have_the_types_of_the_schema(database, table):
    kinds = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "list": "VARCHAR[]"}
    found = database.execute(
        "SELECT column_name, data_type, is_nullable FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    for field, (name, kind, nullable) in zip(fields(table), found, strict=True):
        assert name == field["name"]
        if "categories" in field:
            values = ", ".join(f"'{category['value']}'" for category in field["categories"])
            assert kind == f"ENUM({values})"
        else:
            assert kind == kinds.get(field["type"], "VARCHAR")
        assert nullable is not (field.get("constraints", {}).get("required", False) or field["type"] == "list")


def test_categories_are_in_the_codebooks_order(database):
    stronger = "SELECT DISTINCT strength FROM demands WHERE strength > 'promises'::demands_strength ORDER BY strength"
    found = database.execute(stronger)
    assert found.fetchall() == [("requires",), ("insists",), ("rejects",)]


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_those_of_the_schema(database, table):
    schema = shipped().schema(table)
    found = database.execute(
        "SELECT constraint_type, constraint_text, constraint_column_names FROM duckdb_constraints() WHERE table_name = ?",
        [table],
    ).fetchall()
    assert [columns for kind, _, columns in found if kind == "PRIMARY KEY"] == [schema["primaryKey"]]
    keys = {columns[0]: text for kind, text, columns in found if kind == "FOREIGN KEY"}
    wanted = {each["fields"][0]: each["reference"] for each in schema.get("foreignKeys", ())}
    assert keys.keys() == wanted.keys()
    for name, reference in wanted.items():
        # DuckDB before 2 has no words for a key into the same table.
        if reference["resource"] or keys[name]:
            target = rf'REFERENCES "?{reference["resource"] or table}"? ?\("?{reference["fields"][0]}"?\)'
            assert re.search(target, keys[name])


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE quotes SET text = NULL", "NOT NULL constraint failed"),
        ("INSERT INTO participants SELECT * FROM participants LIMIT 1", "Duplicate key|duplicate key"),
        ("UPDATE demands SET claim_id = 'tasr-0001.c02' WHERE demand_id = 'tasr-0001.d05'", "uplicate key"),
        ("UPDATE quotes SET speaker_id = 'nobody'", "foreign key constraint"),
        ("UPDATE actors SET parent_id = 'nobody' WHERE actor_id = 'bloomberg'", "foreign key constraint"),
        ("DELETE FROM claims", "foreign key constraint"),
        ("UPDATE demands SET stance = 'wish'", "Could not convert string 'wish'"),
        ("UPDATE participants SET part = 'wish'", "Could not convert string 'wish'"),
        ("UPDATE quotes SET start = -1", "CHECK constraint failed"),
        ("UPDATE quotes SET text = ''", "CHECK constraint failed"),
        ("UPDATE quotes SET note = repeat('x', 601)", "CHECK constraint failed"),
        ("UPDATE quotes SET language = 'English'", "CHECK constraint failed"),
        (
            "INSERT INTO actors SELECT * REPLACE ('new' AS actor_id, NULL AS wikidata_id, [] AS aliases) FROM actors LIMIT 1",
            "CHECK constraint failed",
        ),
        ("UPDATE figures SET earliest = '2024-02-30'", "date field value out of range"),
        ("UPDATE claims SET heading = 'x'", "Could not convert string 'x' to BOOL"),
        ("UPDATE claims SET start = 'x'", "Could not convert string 'x' to INT64"),
    ],
)
def test_a_row_that_breaks_a_constraint_is_refused(writable, statement, refusal):
    with pytest.raises(duckdb.Error, match=refusal):
        writable.execute(statement)


@pytest.mark.parametrize("name", NAMES)
def test_tables_and_columns_carry_their_descriptions(database, name):
    table = name.removesuffix("_flat")
    told = database.execute(
        "SELECT comment FROM duckdb_tables() WHERE table_name = $1 UNION ALL SELECT comment FROM duckdb_views() WHERE view_name = $1",
        [name],
    ).fetchall()
    assert shipped().schema(table)["description"] in told[0][0]
    columns = dict(
        database.execute("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [name]).fetchall()
    )
    for field in fields(table):
        coding = f" Coding: {field['coding']}" if "coding" in field else ""
        assert columns[field["name"]] == f"{field['title']}: {field['description']}{coding}"
    assert all(columns.values())


@pytest.mark.parametrize("table", TABLES)
def test_the_codebook_is_in_the_database(database, table):
    listed = database.execute(
        "SELECT column_name, value, label, description, example FROM codebook_categories WHERE table_name = ? ORDER BY column_name, place",
        [table],
    ).fetchall()
    assert listed == [
        (field["name"], each["value"], each["label"], each["description"], each.get("example"))
        for field in sorted(fields(table), key=lambda field: field["name"])
        for each in field.get("categories", ())
    ]
    columns = database.execute(
        "SELECT column_name, title, coding, ordered FROM codebook_columns WHERE table_name = ? ORDER BY place", [table]
    ).fetchall()
    assert columns == [
        (field["name"], field["title"], field.get("coding"), field.get("categoriesOrdered")) for field in fields(table)
    ]


def test_what_is_lost_is_told(tmp_path):
    made = reportedly.export("duckdb", tmp_path / "made.duckdb", tables=["quotes", "actors"])
    assert made.losses == (
        "DuckDB has categories, but neither their labels nor whether they rank: these are in codebook_categories and codebook_columns.",
        "Rows of actors that point to rows of the same table are stored behind these; sorted by the primary key they are in the order of the CSV.",
        "quotes.claim_id is a key to claims, which is not exported: it is no foreign key here.",
        "quotes_flat is left out: it needs figures, articles, claims, attributions.",
    )
    with duckdb.connect(made.path, read_only=True) as connection:
        assert read(connection, "SELECT view_name FROM duckdb_views() WHERE NOT internal") == [
            {"view_name": "actors_flat"}
        ]


@pytest.mark.parametrize(
    ("table", "cells", "told"),
    [
        ("demands", {"stance": "wish"}, "demands: stance holds 'wish', which is none of demand, red_line, "),
        ("demands", {"summary": ""}, "demands: summary is blank, which it may not be; "),
        ("demands", {"demander_id": "nobody"}, "demands: Constraint Error: Violates foreign key constraint "),
        ("actors", {"parent_id": "nobody"}, "actors: Constraint Error: Violates foreign key constraint "),
        ("quotes", {"language": "English"}, "quotes: Constraint Error: CHECK constraint failed"),
    ],
)
def test_a_cell_that_does_not_fit_is_told(copy, tmp_path, table, cells, told):
    copy.set(table, 2, **cells)
    with pytest.raises(PackageError) as error:
        reportedly.export("duckdb", tmp_path / "made.duckdb", package=copy.root)
    assert str(error.value).startswith(told)
    assert str(error.value).endswith("; see `reportedly validate`")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "made.duckdb").exists()


def test_a_disk_that_takes_no_more_is_told(tmp_path):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(TargetError, match=r"made\.duckdb: file too large$"):
            reportedly.export("duckdb", tmp_path / "made.duckdb")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_another_process_writes_the_same_bytes_under_another_name(file, tmp_path):
    target = tmp_path / "other's.duckdb"
    subprocess.run(
        [sys.executable, "-m", "reportedly", "export", "duckdb", "-o", str(target)],
        # What memory holds before it is written to.
        env={**os.environ, "PYTHONHASHSEED": "1", "MALLOC_PERTURB_": "77", "TZ": "Pacific/Kiritimati"},
        check=True,
        capture_output=True,
    )
    assert target.read_bytes() == file.read_bytes()
