"""SQLite, read back by the sqlite3 shell, by Python's sqlite3 and by Datasette."""
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

TABLES = reportedly.tables()
NAMES = [*TABLES, *(f"{table}_flat" for table in TABLES)]
SHELL = shutil.which("sqlite3")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return reportedly.export("sqlite", tmp_path_factory.mktemp("sqlite") / "reportedly.sqlite").path


@pytest.fixture(scope="module")
def shell():
    if SHELL is None:
        pytest.skip("the sqlite3 shell is not installed")

    def run(*arguments):
        return subprocess.run(
            [SHELL, "-readonly", *arguments], capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout

    return run


@pytest.fixture
def writable(file):
    """Return a copy in memory that may be broken, with its keys enforced."""
    with closing(sqlite3.connect(":memory:")) as memory:
        with closing(sqlite3.connect(file)) as stored:
            stored.backup(memory)
        memory.execute("PRAGMA foreign_keys = ON")
        yield memory


def fields(table):
    return shipped().schema(table)["fields"]


def expected(loaded, name):
    """Return what `load` or `flat` gives, as SQLite can hold it: days as texts, booleans as 0 and 1, lists as JSON."""

    def stored(cell):
        if isinstance(cell, list):
            return json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
        if isinstance(cell, dt.date):
            return cell.isoformat()
        return int(cell) if isinstance(cell, bool) else cell

    rows = loaded(name.removesuffix("_flat"), flat=name.endswith("_flat"))
    return [{column: stored(cell) for column, cell in row.items()} for row in rows]


@pytest.mark.parametrize("name", NAMES)
def test_the_shell_reads_every_cell(file, shell, loaded, name):
    printed = shell("-json", file, f'SELECT * FROM "{name}"')
    assert json.loads(printed or "[]") == expected(loaded, name)


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
    tables = reportedly.export("sqlite", tmp_path / "tables.sqlite", package=copy.root).path
    flat = reportedly.export("sqlite", tmp_path / "flat.sqlite", package=copy.root, flat=True).path
    with closing(sqlite3.connect(tables)) as connection:
        connection.execute(f"ATTACH '{flat}' AS flat")
        for table in TABLES:
            joined = connection.execute(f'SELECT * FROM "{table}_flat"').fetchall()
            wanted = connection.execute(f'SELECT * FROM flat."{table}"').fetchall()
            assert joined == wanted
        shown = connection.execute(
            "SELECT quoted, article_id FROM demands_flat WHERE demand_id LIKE '%.d12' ORDER BY 2"
        )
        assert shown.fetchall() == [
            ('["open to the exchange of some territories,"]', "tasr-0001"),
            ('["open to the exchange of some territories,"]', "tasr-0002"),
        ]


@pytest.mark.parametrize("table", TABLES)
def test_a_flat_export_holds_every_cell(tmp_path, shell, loaded, table):
    made = reportedly.export("sqlite", tmp_path / "flat.sqlite", tables=[table], flat=True)
    assert json.loads(shell("-json", made.path, f'SELECT * FROM "{table}"') or "[]") == expected(
        loaded, f"{table}_flat"
    )
    assert shell(made.path, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'") == "0\n"


@pytest.mark.parametrize("name", NAMES)
def test_columns_stand_in_their_order(file, name):
    frame = reportedly.flat(name.removesuffix("_flat")) if name.endswith("_flat") else reportedly.load(name)
    with closing(sqlite3.connect(file)) as connection:
        assert [column[0] for column in connection.execute(f'SELECT * FROM "{name}"').description] == list(frame)


def test_the_database_is_whole_and_its_tables_are_strict(file, shell):
    assert shell(file, "PRAGMA integrity_check") == "ok\n"
    assert shell(file, "PRAGMA foreign_key_check") == ""
    lax = "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'"
    assert shell(file, lax) == ""


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_those_of_the_schema(file, table):
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


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE actors SET name = NULL", "NOT NULL constraint failed: actors.name"),
        ("UPDATE actors SET actor_id = 'putin'", "UNIQUE constraint failed: actors.actor_id"),
        ("UPDATE attributions SET hop = 1", "UNIQUE constraint failed: attributions.claim_id, attributions.hop"),
        ("UPDATE demands SET claim_id = 'tasr-0001.c02'", "UNIQUE constraint failed: demands.claim_id"),
        ("UPDATE quotes SET speaker_id = 'nobody'", "FOREIGN KEY constraint failed"),
        ("UPDATE actors SET parent_id = 'nobody'", "FOREIGN KEY constraint failed"),
        ("DELETE FROM claims", "FOREIGN KEY constraint failed"),
        ("UPDATE demands SET stance = 'wish'", "CHECK constraint failed: stance"),
        ("UPDATE claims SET start = -1", "CHECK constraint failed: start"),
        ("UPDATE claims SET content = ''", 'CHECK constraint failed: length("content") >= 1'),
        ("UPDATE claims SET note = printf('%601c', 'x')", 'CHECK constraint failed: length("note") <= 600'),
        ("UPDATE claims SET heading = 2", "CHECK constraint failed: heading"),
        ("UPDATE figures SET earliest = '2024-02-30'", 'CHECK constraint failed: date("earliest"'),
        ("UPDATE figures SET earliest = '2024'", 'CHECK constraint failed: date("earliest"'),
        ("UPDATE actors SET aliases = '{}'", 'CHECK constraint failed: json_valid("aliases")'),
        ("UPDATE actors SET aliases = '[]'", 'CHECK constraint failed: json_array_length("aliases") > 0'),
        ("UPDATE claims SET start = 'x'", "cannot store TEXT value in INTEGER column claims.start"),
        ("UPDATE figures SET value = 'x'", "cannot store TEXT value in REAL column figures.value"),
    ],
)
def test_a_row_that_breaks_a_constraint_is_refused(writable, statement, refusal):
    with pytest.raises(sqlite3.IntegrityError, match=f"^{re.escape(refusal)}"):
        writable.execute(statement)


def test_a_list_that_is_no_json_is_refused(writable):
    # SQLite says so in two ways, by its version.
    with pytest.raises(sqlite3.Error, match=r"(?i)json"):
        writable.execute("UPDATE actors SET aliases = 'Putin'")


def test_a_largest_number_is_checked(copy, tmp_path):
    def change(schema):
        next(field for field in schema["fields"] if field["name"] == "hop")["constraints"]["maximum"] = 9

    copy.change_schema("attributions", change)
    made = reportedly.export("sqlite", tmp_path / "made.sqlite", tables=["attributions"], package=copy.root)
    with closing(sqlite3.connect(made.path)) as connection, pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute("UPDATE attributions SET hop = hop + 9")


def test_blanks_are_null_and_pass_the_checks(writable):
    writable.execute("UPDATE claims SET earliest = NULL, note = NULL, when_basis = NULL")


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


def test_what_is_lost_is_told(tmp_path):
    made = reportedly.export("sqlite", tmp_path / "made.sqlite", tables=["demands", "actors"])
    assert made.losses == (
        "SQLite has no dates, booleans, lists or categories: they are texts YYYY-MM-DD, 0 and 1, JSON arrays, and texts.",
        "Checks refuse anything else, but cannot look at the items of a list.",
        "The order and the labels of categories are in codebook_categories.",
        "SQLite has no regular expressions: patterns are in codebook_columns and are not checked.",
        "demands.claim_id is a key to claims, which is not exported: it is no foreign key here.",
        "demands_flat is left out: it needs quotes, figures, articles, claims, attributions.",
    )
    with closing(sqlite3.connect(made.path)) as connection:
        views = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall()
    assert views == [("actors_flat",)]


@pytest.mark.parametrize(
    ("table", "cells", "told"),
    [
        ("demands", {"stance": "wish"}, "demands: CHECK constraint failed: stance; see `reportedly validate`"),
        ("demands", {"summary": ""}, "demands: NOT NULL constraint failed: demands.summary; see `reportedly validate`"),
        ("demands", {"demander_id": "nobody"}, "demands: row 2 points to no row of actors; see `reportedly validate`"),
        ("claims", {"start": "x"}, "claims: "),
        ("claims", {"end": "9" * 20}, "claims: "),
    ],
)
def test_a_cell_that_does_not_fit_is_told(copy, tmp_path, table, cells, told):
    copy.set(table, 2, **cells)
    with pytest.raises(PackageError) as error:
        reportedly.export("sqlite", tmp_path / "made.sqlite", package=copy.root)
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "made.sqlite").exists()


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


def test_a_disk_that_takes_no_more_is_told(tmp_path):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(TargetError, match=r"made\.sqlite: file too large$"):
            reportedly.export("sqlite", tmp_path / "made.sqlite")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_another_process_writes_the_same_bytes(file, tmp_path):
    target = tmp_path / "reportedly.sqlite"
    subprocess.run(
        [sys.executable, "-m", "reportedly", "export", "sqlite", "-o", str(target)],
        env={**os.environ, "PYTHONHASHSEED": "1", "MALLOC_PERTURB_": "77", "TZ": "Pacific/Kiritimati"},
        check=True,
        capture_output=True,
    )
    assert target.read_bytes() == Path(file).read_bytes()
