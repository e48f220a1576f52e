"""SQLite and DuckDB, read back by themselves, SQLite by its shell and by Datasette too."""
# ruff: noqa: S608 - the names in the queries are those of the tables

from __future__ import annotations

import asyncio
import datetime as dt
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import reportedly
from reportedly.errors import PackageError, TargetError
from reportedly.package.shipped import shipped

duckdb = pytest.importorskip("duckdb")

TABLES = reportedly.tables()
NAMES = [*TABLES, *(f"{table}_flat" for table in TABLES)]
CONNECT = {"sqlite": sqlite3.connect, "duckdb": duckdb.connect}
FORMATS = pytest.mark.parametrize("form", CONNECT)
VIEWS = {
    "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'view'",
    "duckdb": "SELECT view_name FROM duckdb_views() WHERE NOT internal",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("databases")
    made = {form: Path(reportedly.export(form, folder / f"reportedly.{form}").path) for form in CONNECT}
    # What a file is called must not matter.
    return made | {"duckdb": made["duckdb"].rename(folder / "renamed-0.1.duckdb")}


@pytest.fixture(scope="module")
def file(files):
    return files["sqlite"]


@pytest.fixture(scope="module")
def databases(files):
    with closing(sqlite3.connect(files["sqlite"])) as one, duckdb.connect(files["duckdb"], read_only=True) as other:
        yield {"sqlite": one, "duckdb": other}


@pytest.fixture(scope="module")
def database(databases):
    return databases["duckdb"]


@pytest.fixture
def writable(files, tmp_path):
    """Return what opens a copy that may be broken, with its keys enforced."""

    def opened(form):
        connection = CONNECT[form](shutil.copy(files[form], tmp_path))
        if form == "sqlite":
            connection.execute("PRAGMA foreign_keys = ON")
        return closing(connection)

    return opened


@pytest.fixture(scope="module")
def shell():
    program = shutil.which("sqlite3")
    if program is None:
        pytest.skip("the sqlite3 shell is not installed")

    def run(*arguments):
        command = [program, "-readonly", *arguments]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout

    return run


def fields(table):
    return shipped().schema(table)["fields"]


def read(connection, query, *values):
    result = connection.execute(query, values)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def by_key(table, form="duckdb"):
    """Return what sorts a table's rows as they are in the CSV: an enumeration of DuckDB sorts by the codebook's order."""
    named = {field["name"]: field for field in fields(table)}
    return ", ".join(
        f'CAST("{name}" AS VARCHAR)' if form == "duckdb" and "categories" in named[name] else f'"{name}"'
        for name in shipped().schema(table)["primaryKey"]
    )


def expected(loaded, name, form="sqlite"):
    """Return what `load` or `flat` gives, as the database can hold it: SQLite has days as texts, booleans as 0 and 1, lists as JSON."""

    def stored(cell):
        if isinstance(cell, list):
            return json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
        if isinstance(cell, dt.date):
            return cell.isoformat()
        return int(cell) if isinstance(cell, bool) else cell

    rows = loaded(name.removesuffix("_flat"), flat=name.endswith("_flat"))
    if form == "duckdb":
        return rows
    return [{column: stored(cell) for column, cell in row.items()} for row in rows]


@FORMATS
@pytest.mark.parametrize("name", NAMES)
def test_the_database_reads_every_cell(databases, loaded, form, name):
    # A view is in order; of DuckDB's tables those that point to themselves are not.
    order = "" if name.endswith("_flat") else f" ORDER BY {by_key(name, form)}"
    connection = databases[form]
    assert read(connection, f'SELECT * FROM "{name}"{order}') == expected(loaded, name, form)
    frame = reportedly.flat(name.removesuffix("_flat")) if name.endswith("_flat") else reportedly.load(name)
    assert [column[0] for column in connection.execute(f'SELECT * FROM "{name}"').description] == list(frame)


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


@FORMATS
def test_views_tell_articles_apart(copy, tmp_path, form):
    add_an_article(copy)
    tables = reportedly.export(form, tmp_path / "tables.db", package=copy.root).path
    flat = reportedly.export(form, tmp_path / "flat.db", package=copy.root, flat=True).path
    with closing(CONNECT[form](tables)) as connection:
        connection.execute(f"ATTACH '{flat}' AS flat")
        for table in TABLES:
            wanted = read(connection, f'SELECT * FROM flat."{table}" ORDER BY {by_key(table, form)}')
            assert read(connection, f'SELECT * FROM "{table}_flat"') == wanted
        shown = read(connection, "SELECT quoted FROM demands_flat WHERE demand_id LIKE '%.d12'")
        words = "open to the exchange of some territories,"
        assert shown == [{"quoted": f'["{words}"]' if form == "sqlite" else [words]}] * 2


@FORMATS
@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize("table", TABLES)
def test_a_flat_export_holds_every_cell(tmp_path, loaded, form, table):
    made = reportedly.export(form, tmp_path / "flat.db", tables=[table], flat=True)
    with closing(CONNECT[form](made.path)) as connection:
        rows = read(connection, f'SELECT * FROM "{table}" ORDER BY {by_key(table, form)}')
        assert rows == expected(loaded, f"{table}_flat", form)
        assert read(connection, VIEWS[form]) == []


@pytest.mark.parametrize(
    ("form", "statement", "refusal"),
    [
        ("sqlite", "UPDATE actors SET name = NULL", "NOT NULL constraint failed: actors.name"),
        ("sqlite", "UPDATE actors SET actor_id = 'putin'", "UNIQUE constraint failed: actors.actor_id"),
        (
            "sqlite",
            "UPDATE attributions SET hop = 1",
            "UNIQUE constraint failed: attributions.claim_id, attributions.hop",
        ),
        ("sqlite", "UPDATE demands SET claim_id = 'tasr-0001.c02'", "UNIQUE constraint failed: demands.claim_id"),
        ("sqlite", "UPDATE quotes SET speaker_id = 'nobody'", "FOREIGN KEY constraint failed"),
        ("sqlite", "UPDATE actors SET parent_id = 'nobody'", "FOREIGN KEY constraint failed"),
        ("sqlite", "DELETE FROM claims", "FOREIGN KEY constraint failed"),
        ("sqlite", "UPDATE demands SET stance = 'wish'", "CHECK constraint failed: stance"),
        ("sqlite", "UPDATE claims SET start = -1", "CHECK constraint failed: start"),
        ("sqlite", "UPDATE claims SET content = ''", 'CHECK constraint failed: length("content") >= 1'),
        ("sqlite", "UPDATE claims SET note = printf('%601c', 'x')", 'CHECK constraint failed: length("note") <= 600'),
        ("sqlite", "UPDATE claims SET heading = 2", "CHECK constraint failed: heading"),
        ("sqlite", "UPDATE figures SET earliest = '2024-02-30'", 'CHECK constraint failed: date("earliest"'),
        ("sqlite", "UPDATE figures SET earliest = '2024'", 'CHECK constraint failed: date("earliest"'),
        ("sqlite", "UPDATE actors SET aliases = '{}'", 'CHECK constraint failed: json_valid("aliases")'),
        ("sqlite", "UPDATE actors SET aliases = '[]'", 'CHECK constraint failed: json_array_length("aliases") > 0'),
        ("sqlite", "UPDATE claims SET start = 'x'", "cannot store TEXT value in INTEGER column claims.start"),
        ("sqlite", "UPDATE figures SET value = 'x'", "cannot store TEXT value in REAL column figures.value"),
        # SQLite says so in two ways, by its version.
        ("sqlite", "UPDATE actors SET aliases = 'Putin'", "JSON"),
        ("duckdb", "UPDATE quotes SET text = NULL", "NOT NULL constraint failed"),
        ("duckdb", "INSERT INTO participants SELECT * FROM participants LIMIT 1", "duplicate key"),
        ("duckdb", "UPDATE demands SET claim_id = 'tasr-0001.c02' WHERE demand_id = 'tasr-0001.d05'", "duplicate key"),
        ("duckdb", "UPDATE quotes SET speaker_id = 'nobody'", "foreign key constraint"),
        ("duckdb", "UPDATE actors SET parent_id = 'nobody' WHERE actor_id = 'bloomberg'", "foreign key constraint"),
        ("duckdb", "DELETE FROM claims", "foreign key constraint"),
        ("duckdb", "UPDATE demands SET stance = 'wish'", "Could not convert string 'wish'"),
        ("duckdb", "UPDATE participants SET part = 'wish'", "Could not convert string 'wish'"),
        ("duckdb", "UPDATE quotes SET start = -1", "CHECK constraint failed"),
        ("duckdb", "UPDATE quotes SET text = ''", "CHECK constraint failed"),
        ("duckdb", "UPDATE quotes SET note = repeat('x', 601)", "CHECK constraint failed"),
        ("duckdb", "UPDATE quotes SET language = 'English'", "CHECK constraint failed"),
        (
            "duckdb",
            "INSERT INTO actors SELECT * REPLACE ('new' AS actor_id, NULL AS wikidata_id, [] AS aliases) FROM actors LIMIT 1",
            "CHECK constraint failed",
        ),
        ("duckdb", "UPDATE figures SET earliest = '2024-02-30'", "date field value out of range"),
        ("duckdb", "UPDATE claims SET heading = 'x'", "Could not convert string 'x' to BOOL"),
        ("duckdb", "UPDATE claims SET start = 'x'", "Could not convert string 'x' to INT64"),
    ],
)
def test_a_row_that_breaks_a_constraint_is_refused(writable, form, statement, refusal):
    with writable(form) as connection, pytest.raises((sqlite3.Error, duckdb.Error), match=f"(?i){re.escape(refusal)}"):
        connection.execute(statement)


def test_blanks_are_null_and_pass_the_checks(writable):
    with writable("sqlite") as connection:
        connection.execute("UPDATE claims SET earliest = NULL, note = NULL, when_basis = NULL")


def test_the_database_is_whole_and_its_tables_are_strict(file, shell):
    assert shell(file, "PRAGMA integrity_check") == "ok\n"
    assert shell(file, "PRAGMA foreign_key_check") == ""
    lax = "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'"
    assert shell(file, lax) == ""


@pytest.mark.parametrize("table", TABLES)
def test_keys_of_sqlite_are_those_of_the_schema(file, table):
    schema = shipped().schema(table)
    with closing(sqlite3.connect(file)) as connection:
        key = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", [table])
        assert [name for (name,) in key] == schema["primaryKey"]
        keys = connection.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', [table])
        assert sorted(keys) == sorted(
            (each["fields"][0], each["reference"]["resource"] or table, each["reference"]["fields"][0])
            for each in schema.get("foreignKeys", ())
        )


def test_a_join_along_a_foreign_key_has_an_index(file):
    with closing(sqlite3.connect(file)) as connection:
        for table in TABLES:
            for each in shipped().schema(table).get("foreignKeys", ()):
                plan = connection.execute(f'EXPLAIN QUERY PLAN SELECT * FROM "{table}" WHERE "{each["fields"][0]}" = 1')
                assert "USING INDEX" in plan.fetchone()[3]


def test_a_largest_number_is_checked(copy, tmp_path):
    def change(schema):
        next(field for field in schema["fields"] if field["name"] == "hop")["constraints"]["maximum"] = 9

    copy.change_schema("attributions", change)
    made = reportedly.export("sqlite", tmp_path / "made.sqlite", tables=["attributions"], package=copy.root)
    with closing(sqlite3.connect(made.path)) as connection, pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute("UPDATE attributions SET hop = hop + 9")


def test_the_schema_reads_as_a_data_dictionary(file, shell):
    printed = shell(file, ".schema demands")
    assert f"  -- Demands: {shipped().schema('demands')['description']}\n" in printed
    for field in fields("demands"):
        assert f"  -- {field['title']}: {field['description']}" in printed
        assert f'\n  "{field["name"]}" TEXT' in printed


@pytest.mark.parametrize("table", TABLES)
def test_the_codebook_is_in_the_database(file, shell, table):
    def read(query):
        return json.loads(shell("-json", file, f"{query} WHERE table_name = '{table}' ORDER BY place") or "[]")

    told = read("SELECT column_name, title, type, format, required, pattern, description, coding FROM codebook_columns")
    assert told == [
        {
            "column_name": field["name"],
            "title": field["title"],
            "type": field["type"],
            "format": field.get("format"),
            "required": int(field.get("constraints", {}).get("required", False)),
            "pattern": field.get("constraints", {}).get("pattern"),
            "description": field["description"],
            "coding": field.get("coding"),
        }
        for field in fields(table)
    ]
    targets = read("SELECT column_name, points_to FROM codebook_columns")
    described = reportedly.describe(table).set_index("field")["points_to"]
    assert {row["column_name"]: row["points_to"] or "" for row in targets} == described.to_dict()
    listed = "SELECT value, label, description, example FROM codebook_categories"
    for field in fields(table):
        found = json.loads(
            shell(
                "-json",
                file,
                f"{listed} WHERE table_name = '{table}' AND column_name = '{field['name']}' ORDER BY place",
            )
            or "[]"
        )
        assert found == [{"example": None, **category} for category in field.get("categories", ())]


def test_the_codebook_describes_all_that_is_in_the_database(file, shell):
    there = "SELECT m.name AS t, c.name AS c FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type IN ('table', 'view')"
    told = "SELECT table_name, column_name FROM codebook_columns"
    assert shell(file, f"{there} EXCEPT {told}") == ""
    assert shell(file, f"{told} EXCEPT {there}") == ""
    assert shell(file, "SELECT value FROM codebook_dataset WHERE property = 'version'") == f"{reportedly.__version__}\n"


@pytest.fixture(scope="module")
def datasette(file):
    app = pytest.importorskip("datasette.app")
    with closing(sqlite3.connect(file)) as connection:
        ((metadata,),) = connection.execute("SELECT json FROM datasette_metadata")
    opened = app.Datasette([file], metadata=json.loads(metadata))
    loop = asyncio.new_event_loop()

    def get(path):
        answer = loop.run_until_complete(opened.client.get(path))
        assert answer.status_code == 200
        return answer

    yield get
    loop.close()


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("name", NAMES)
def test_datasette_reads_every_cell(datasette, loaded, name):
    assert datasette(f"/reportedly/{name}.json?_shape=array&_size=max").json() == expected(loaded, name)


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("name", NAMES)
def test_datasette_shows_what_tables_and_columns_are(datasette, name):
    table = name.removesuffix("_flat")
    page = html.unescape(datasette(f"/reportedly/{name}").text)
    assert shipped().schema(table)["description"] in page
    for field in fields(table):
        assert f"<dt>{field['name']}</dt><dd>{field['description']}</dd>" in page


def test_the_documented_command_opens_the_file_in_datasette(file, shell):
    pytest.importorskip("datasette")
    metadata = shell(file, "SELECT json FROM datasette_metadata")
    page = subprocess.run(
        [sys.executable, "-m", "datasette", file, "--metadata", "-", "--get", "/reportedly/demands"],
        input=metadata,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert "What is wanted, limited, offered, promised or refused, in our own words." in page
    assert "Creative Commons Attribution 4.0 International" in page


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
def test_keys_of_duckdb_are_those_of_the_schema(database, table):
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


@pytest.mark.parametrize(
    ("form", "tables", "losses"),
    [
        (
            "sqlite",
            ["demands", "actors"],
            (
                "SQLite has no dates, booleans, lists or categories: they are texts YYYY-MM-DD, 0 and 1, JSON arrays, and texts.",
                "Checks refuse anything else, but cannot look at the items of a list.",
                "The order and the labels of categories are in codebook_categories.",
                "SQLite has no regular expressions: patterns are in codebook_columns and are not checked.",
                "demands.claim_id is a key to claims, which is not exported: it is no foreign key here.",
                "demands_flat is left out: it needs quotes, figures, articles, claims, attributions.",
            ),
        ),
        (
            "duckdb",
            ["quotes", "actors"],
            (
                "DuckDB has categories, but neither their labels nor whether they rank: these are in codebook_categories and codebook_columns.",
                "Rows of actors that point to rows of the same table are stored behind these; sorted by the primary key they are in the order of the CSV.",
                "quotes.claim_id is a key to claims, which is not exported: it is no foreign key here.",
                "quotes_flat is left out: it needs figures, articles, claims, attributions.",
            ),
        ),
    ],
    ids=CONNECT,
)
def test_what_is_lost_is_told(tmp_path, form, tables, losses):
    made = reportedly.export(form, tmp_path / "made.db", tables=tables)
    assert made.losses == losses
    with closing(CONNECT[form](made.path)) as connection:
        assert connection.execute(VIEWS[form]).fetchall() == [("actors_flat",)]


@pytest.mark.parametrize(
    ("form", "table", "cells", "told"),
    [
        ("sqlite", "demands", {"stance": "wish"}, "demands: CHECK constraint failed: stance"),
        ("sqlite", "demands", {"summary": ""}, "demands: NOT NULL constraint failed: demands.summary"),
        ("sqlite", "demands", {"demander_id": "nobody"}, "demands: row 2 points to no row of actors"),
        ("sqlite", "claims", {"start": "x"}, "claims: "),
        ("sqlite", "claims", {"end": "9" * 20}, "claims: "),
        ("duckdb", "demands", {"stance": "wish"}, "demands: stance holds 'wish', which is none of demand, red_line, "),
        ("duckdb", "demands", {"summary": ""}, "demands: summary is blank, which it may not be"),
        ("duckdb", "demands", {"demander_id": "nobody"}, "demands: Constraint Error: Violates foreign key constraint "),
        ("duckdb", "actors", {"parent_id": "nobody"}, "actors: Constraint Error: Violates foreign key constraint "),
        ("duckdb", "quotes", {"language": "English"}, "quotes: Constraint Error: CHECK constraint failed"),
    ],
)
def test_a_cell_that_does_not_fit_is_told(copy, tmp_path, *, form, table, cells, told):
    copy.set(table, 2, **cells)
    with pytest.raises(PackageError, match=rf"^{re.escape(told)}[^\n]*; see `reportedly validate`$"):
        reportedly.export(form, tmp_path / "made.db", package=copy.root)
    assert not (tmp_path / "made.db").exists()


@pytest.mark.parametrize("flat", [False, True], ids=["as it is", "flat"])
@pytest.mark.parametrize("where", ["field", "table", "description"])
def test_a_name_that_no_statement_can_hold_is_told(copy, tmp_path, where, flat):
    if where == "table":
        copy.change_resource("errata", name="a\0b")
    else:
        part = "name" if where == "field" else where
        copy.change_schema("quotes", lambda schema: schema["fields"][-1].update({part: "a\0b"}))
    if where == "field":
        copy.replace("quotes", b",note\n", b",a\0b\n")
    with pytest.raises(PackageError, match="holds a NUL character") as caught:
        reportedly.export("sqlite", tmp_path / "made.sqlite", package=copy.root, flat=flat)
    assert str(caught.value).isprintable()


@FORMATS
def test_a_disk_that_takes_no_more_is_told(tmp_path, form):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(TargetError, match=r"made\.db: file too large$"):
            reportedly.export(form, tmp_path / "made.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("form", "name"), [("sqlite", "reportedly.sqlite"), ("duckdb", "other's.duckdb")])
def test_another_process_writes_the_same_bytes(files, tmp_path, form, name):
    subprocess.run(
        [sys.executable, "-m", "reportedly", "export", form, "-o", str(tmp_path / name)],
        # What memory holds before it is written to.
        env={**os.environ, "PYTHONHASHSEED": "1", "MALLOC_PERTURB_": "77", "TZ": "Pacific/Kiritimati"},
        check=True,
        capture_output=True,
    )
    assert (tmp_path / name).read_bytes() == files[form].read_bytes()
