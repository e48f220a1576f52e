"""Each kind of change, made alone on a copy of the package: what a user is reported, and what version it asks for."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import reportedly
from reportedly.errors import PackageError, UnknownNameError
from reportedly.model.version import Level, Version
from reportedly.versioning.kinds import KINDS

pytestmark = pytest.mark.fast_one_in(3)

OLD = Path(reportedly.path("actors")).parents[1]
NOW = reportedly.__version__
NEXT = str(Version.read(NOW).final.after(Level.PATCH))
CASES = []


def case(kind, told, *besides):
    """Note what a change is reported as, alone or with other kinds that it cannot be made without."""

    def noted(change):
        CASES.append(pytest.param(change, kind, told, set(besides), id=change.__name__.replace("_", "-")))
        return change

    return noted


def run(*arguments, **options):
    done = subprocess.run(
        [sys.executable, "-m", "reportedly", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
        **options,
    )
    assert "Traceback" not in done.stderr
    return done


def field(schema, name):
    return next(field for field in schema["fields"] if field["name"] == name)


def in_field(copy, table, name, change):
    copy.change_schema(table, lambda schema: change(field(schema, name)))


def rewrite(copy, table, change_schema, change_row):
    """Change a table's fields: its schema, and its rows with them."""
    rows = [change_row(row) for row in copy.rows(table)]
    copy.change_schema(table, change_schema)
    copy.write(table, rows)


def renaming(schema, old, new):
    """Rename a field in its own schema, its keys included."""
    field(schema, old)["name"] = new
    for key in ("primaryKey", *(("foreignKeys",) if "foreignKeys" in schema else ())):
        schema[key] = json.loads(json.dumps(schema[key]).replace(f'"{old}"', f'"{new}"'))


# --- rows -------------------------------------------------------------------------------------------------------------


@case("row-added", "tasr-0001.d99 added")
def a_row_more(copy):
    copy.insert("demands", **{**copy.rows("demands")[0], "demand_id": "tasr-0001.d99"})


@case("row-withdrawn", "tasr-0001.d05 withdrawn")
def a_row_less(copy):
    copy.drop("demands", "tasr-0001.d05")


@case("row-withdrawn", "tasr-0001.c02/2 withdrawn")
def a_hop_less(copy):
    copy.drop("attributions", "tasr-0001.c02/2")


@case("row-changed", "tasr-0001.d02 changed")
def another_cell(copy):
    copy.set("demands", "tasr-0001.d02", stance="red_line")


@case("row-changed", "tasr-0001.c02/2 changed")
def another_voice_at_a_hop(copy):
    copy.set("attributions", "tasr-0001.c02/2", actor_id="bloomberg")


@case("row-changed", "tasr-0001.c03 changed")
def a_span_that_reaches_further(copy):
    copy.set("claims", "tasr-0001.c03", start="140")


@case("row-changed", "putin changed")
def an_actor_by_a_fuller_name(copy):
    copy.set("actors", "putin", name="Vladimir Vladimirovich Putin")


@case("meaning-changed", "tasr-0001.d02 stands for something else: it belongs to another claim")
def a_demand_of_another_claim(copy):
    copy.set("demands", "tasr-0001.d02", claim_id="tasr-0001.c40")


@case("meaning-changed", "tasr-0001.c03 stands for something else: it belongs to another article")
def a_claim_of_another_article(copy):
    copy.set("claims", "tasr-0001.c03", article_id="tasr-0002")


@case(
    "meaning-changed",
    "tasr-0001.c03 stands for something else: its words stand elsewhere and share nothing with the old ones",
)
def a_claim_of_other_words(copy):
    copy.set("claims", "tasr-0001.c03", start="165", end="180")


@case("meaning-changed", "tasr-0001 stands for something else: the article's text is another")
def an_article_of_another_text(copy):
    copy.set("articles", "tasr-0001", text_sha256="0" * 64)


@case("meaning-changed", "putin stands for something else: it goes by none of the names that it had")
def an_actor_by_no_name_that_it_had(copy):
    copy.set("actors", "putin", name="Somebody", aliases="Somebody|Someone")


@case("erratum-added", "demands/tasr-0001.d21/0.2.0 added")
def errata_more(copy):
    copy.errata()


# --- tables -----------------------------------------------------------------------------------------------------------


@case("table-removed", "table participants removed, with 94 rows")
def a_table_less(copy):
    def less(package):
        package["resources"] = [found for found in package["resources"] if found["name"] != "participants"]

    copy.change_descriptor(less)


@case("table-added", "table voices added, with 5 rows")
def a_table_more(copy):
    shutil.copy(copy.file("quotes"), copy.file("voices"))

    def more(package):
        package["resources"].append({**package["resources"][2], "name": "voices", "path": "data/voices.csv"})

    copy.change_descriptor(more)


@case("table-renamed", "table participants is now called parts")
def a_table_of_another_name(copy):
    copy.change_resource("participants", name="parts")


@case("tables-reordered", "tables are in another order: actors, demands")
def tables_in_another_order(copy):
    copy.change_descriptor(lambda package: package["resources"].insert(0, package["resources"].pop(1)))


@case("path-changed", "path of the table: data/quotes.csv → data/words.csv")
def a_file_that_moved(copy):
    copy.file("quotes").rename(copy.file("words"))
    copy.change_resource("quotes", path="data/words.csv")


@case("format-changed", "mediatype of the table: text/csv → text/plain")
def a_file_of_another_kind(copy):
    copy.change_resource("quotes", mediatype="text/plain")


# --- fields -----------------------------------------------------------------------------------------------------------


@case("field-added", "field urgency added, string: Urgency")
def a_field_more(copy):
    more = {"name": "urgency", "title": "Urgency", "type": "string"}
    rewrite(copy, "demands", lambda schema: schema["fields"].insert(3, more), lambda row: {**row, "urgency": "high"})


@case("field-removed", "field note removed, string: Note")
def a_field_less(copy):
    def without(row):
        return {name: cell for name, cell in row.items() if name != "note"}

    rewrite(copy, "quotes", lambda schema: schema["fields"].pop(), without)


@case("field-renamed", "field strength is now called force")
def a_field_of_another_name(copy):
    def change(row):
        return {"force" if name == "strength" else name: cell for name, cell in row.items()}

    rewrite(copy, "demands", lambda schema: renaming(schema, "strength", "force"), change)


@case("field-renamed", "field quote_id is now called quotation_id", "reference-changed")
def a_key_of_another_name(copy):
    def change(row):
        return {"quotation_id" if name == "quote_id" else name: cell for name, cell in row.items()}

    rewrite(copy, "quotes", lambda schema: renaming(schema, "quote_id", "quotation_id"), change)


@case("fields-reordered", "fields are in another order: quote_id, claim_id, speaker_id")
def fields_in_another_order(copy):
    rewrite(copy, "quotes", lambda schema: schema["fields"].insert(1, schema["fields"].pop(2)), lambda row: row)


@case("type-changed", "type of start: integer → number")
def another_type(copy):
    in_field(copy, "quotes", "start", lambda found: found.update(type="number"))


@case("type-changed", "categoriesOrdered of issue: false → true")
def categories_that_gain_an_order(copy):
    in_field(copy, "demands", "issue", lambda found: found.update(categoriesOrdered=True))


@case("type-changed", "categories of role: none", "constraint-tightened")
def a_text_that_becomes_a_category(copy):
    roles = sorted({row["role"] for row in copy.rows("actors")} - {""})

    def change(found):
        found["categories"] = [{"value": role, "label": role, "description": role} for role in roles]
        found["constraints"]["enum"] = roles

    in_field(copy, "actors", "role", change)


@case("format-changed", "delimiter of aliases: | → ;")
def another_delimiter(copy):
    in_field(copy, "actors", "aliases", lambda found: found.update(delimiter=";"))


@case("format-changed", 'missingValues of the table: [""] → ["", "-"]')
def other_words_for_nothing(copy):
    copy.change_schema("quotes", lambda schema: schema.update(missingValues=["", "-"]))


# --- constraints ------------------------------------------------------------------------------------------------------


@case("constraint-tightened", "required of addressee_id is stricter: none → true")
def required_from_now_on(copy):
    in_field(copy, "demands", "addressee_id", lambda found: found.update(constraints={"required": True}))


@case("constraint-loosened", "required of demander_id is less strict: true → none")
def no_longer_required(copy):
    in_field(copy, "demands", "demander_id", lambda found: found.pop("constraints"))


@case("constraint-tightened", "maxLength of summary is stricter: 300 → 200")
def shorter_at_most(copy):
    in_field(copy, "demands", "summary", lambda found: found["constraints"].update(maxLength=200))


@case("constraint-loosened", "maxLength of summary is less strict: 300 → 400")
def longer_at_most(copy):
    in_field(copy, "demands", "summary", lambda found: found["constraints"].update(maxLength=400))


@case("constraint-tightened", "minimum of start is stricter: 0 → 1")
def more_at_least(copy):
    in_field(copy, "claims", "start", lambda found: found["constraints"].update(minimum=1))


@case("constraint-loosened", "minLength of title is less strict: 1 → none")
def no_least_length(copy):
    in_field(copy, "articles", "title", lambda found: found["constraints"].pop("minLength"))


@case("pattern-changed", "pattern of country: [A-Z]{3} → [A-Z]{2,3}")
def another_pattern(copy):
    in_field(copy, "actors", "country", lambda found: found["constraints"].update(pattern="[A-Z]{2,3}"))


@case("constraint-tightened", 'enum of country is stricter: none → ["RUS"]')
def an_enumeration_from_now_on(copy):
    in_field(copy, "actors", "country", lambda found: found["constraints"].update(enum=["RUS"]))


@case("constraint-tightened", "uniqueKeys of claim_id, start is stricter: none → true")
def unique_together(copy):
    copy.change_schema("quotes", lambda schema: schema.update(uniqueKeys=[["claim_id", "start"]]))


# --- categories -------------------------------------------------------------------------------------------------------


def with_categories(copy, name, change):
    def changed(found):
        change(found["categories"])
        found["constraints"]["enum"] = [category["value"] for category in found["categories"]]

    in_field(copy, "demands", name, changed)


@case("category-added", "category prisoners of issue added")
def a_category_more(copy):
    more = {"value": "prisoners", "label": "Prisoners", "description": "Setting them free."}
    with_categories(copy, "issue", lambda found: found.insert(3, more))


@case("category-removed", "category offer of stance removed")
def a_category_less(copy):
    with_categories(copy, "stance", lambda found: found.remove(next(one for one in found if one["value"] == "offer")))


@case("category-relabelled", "category nato_membership of issue has another label: NATO membership → Nato")
def another_label(copy):
    with_categories(copy, "issue", lambda found: found[0].update(label="Nato"))


@case(
    "category-redefined",
    "category neutrality of issue means something else: Standing outside of all alliances. → Taking no side in a war.",
)
def another_definition(copy):
    with_categories(copy, "issue", lambda found: found[1].update(description="Taking no side in a war."))


@case("metadata-changed", "categories.neutrality.description of issue")
def a_definition_with_another_mark_at_its_end(copy):
    with_categories(copy, "issue", lambda found: found[1].update(description="Standing outside of all  alliances"))


@case("scale-reordered", "the ordered categories of strength are in another order: open_to, accepts")
def another_order_of_a_scale(copy):
    with_categories(copy, "strength", lambda found: found.reverse())


@case("categories-reordered", "the categories of issue are in another order: nato_membership, neutrality")
def another_order_of_categories(copy):
    with_categories(copy, "issue", lambda found: found.reverse())


# --- keys -------------------------------------------------------------------------------------------------------------


@case("key-changed", "primaryKey of the table: claim_id, actor_id, part → claim_id, part, actor_id")
def another_key(copy):
    copy.change_schema("participants", lambda schema: schema["primaryKey"].insert(1, schema["primaryKey"].pop()))


@case("reference-added", "note must now point to actors.actor_id")
def another_foreign_key(copy):
    more = {"fields": ["note"], "reference": {"resource": "actors", "fields": ["actor_id"]}}
    copy.change_schema("quotes", lambda schema: schema["foreignKeys"].append(more))


@case("reference-removed", "quote_id need no longer point to quotes.quote_id")
def a_foreign_key_less(copy):
    copy.change_schema("figures", lambda schema: schema["foreignKeys"].pop())


@case("reference-changed", "speaker_id now points to claims.holder_id, no longer to actors.actor_id")
def a_foreign_key_elsewhere(copy):
    elsewhere = {"resource": "claims", "fields": ["holder_id"]}
    copy.change_schema("quotes", lambda schema: schema["foreignKeys"][1].update(reference=elsewhere))


# --- descriptions -----------------------------------------------------------------------------------------------------


@case("package-renamed", "name of the package: reportedly → reported")
def another_name(copy):
    copy.change_descriptor(lambda package: package.update(name="reported"))


@case("metadata-changed", "keywords of the package: ")
def other_keywords(copy):
    copy.change_descriptor(lambda package: package["keywords"].append("war"))


@case("metadata-changed", "title of issue: Issue → Subject")
def another_title(copy):
    in_field(copy, "demands", "issue", lambda found: found.update(title="Subject"))


@case("metadata-changed", "coding of conditional_on: ")
def another_coding_instruction(copy):
    in_field(copy, "demands", "conditional_on", lambda found: found.update(coding="Always."))


@case("metadata-changed", "description of the table: One row per stretch of words")
def another_description_of_a_table(copy):
    copy.change_schema("quotes", lambda schema: schema.update(description="Words."))
    copy.change_resource("quotes", description="Words.")


@case("licence-changed", "licenses of the package: ")
def another_licence(copy):
    licence = [{"name": "CC0-1.0"}]

    def change(package):
        for holder in (package, *package["resources"]):
            holder["licenses"] = licence

    copy.change_descriptor(change)


@pytest.mark.parametrize(("change", "kind", "told", "besides"), CASES)
def test_a_change_is_told_as_what_it_is_and_as_nothing_else(copy, change, kind, told, besides):
    change(copy)
    found = reportedly.diff(OLD, copy.root)
    assert {one.kind for one in found.changes} == {kind, *besides}
    assert any(str(one).startswith(told) for one in found.changes if one.kind == kind), list(map(str, found.changes))
    assert found.bump.level == max(KINDS[name].level for name in (kind, *besides))
    assert told.split(" ")[0] in found.to_text()
    assert kind in {one["kind"] for one in json.loads(found.to_json())["changes"]}


def test_every_kind_of_change_is_made_once():
    # Rules are kept with releases; test_versions changes them.
    assert {made.values[1] for made in CASES} == {kind for kind in KINDS if not kind.startswith("rule-")}


LEVELS = {
    "major": "package-renamed table-removed table-renamed field-removed field-renamed field-added fields-reordered type-changed format-changed "
    "constraint-tightened pattern-changed category-removed category-redefined scale-reordered key-changed reference-added row-withdrawn meaning-changed "
    "rule-added rule-changed",
    "minor": "table-added row-added constraint-loosened category-added reference-changed reference-removed rule-removed",
    "patch": "row-changed erratum-added category-relabelled categories-reordered tables-reordered licence-changed metadata-changed",
    "none": "path-changed",
}


def test_what_each_kind_moves_is_what_the_recipe_says():
    assert {str(level): {name for name, kind in KINDS.items() if kind.level is level} for level in Level} == {
        level: set(names.split()) for level, names in LEVELS.items()
    }


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "level", "after"),
    [
        ("1.2.3", Level.MAJOR, "2.0.0"),
        ("1.2.3", Level.MINOR, "1.3.0"),
        ("1.2.3", Level.PATCH, "1.2.4"),
        ("1.2.3", Level.NONE, "1.2.3"),
        ("0.2.3", Level.MAJOR, "0.3.0"),
        ("0.2.3", Level.MINOR, "0.2.4"),
        ("0.2.3", Level.PATCH, "0.2.4"),
        ("0.0.9", Level.MAJOR, "0.1.0"),
        ("0.9.9", Level.PATCH, "0.9.10"),
        ("0.2.0-dev.0", Level.MAJOR, "0.2.0"),
        ("0.2.0-dev.0", Level.NONE, "0.2.0-dev.0"),
    ],
)
def test_the_version_that_a_change_asks_for(before, level, after):
    assert str(Version.read(before).after(level)) == after


def test_a_development_version_comes_before_what_it_becomes():
    names = ["0.1.0", "0.2.0-dev.0", "0.2.0-dev.1", "0.2.0-dev.10", "0.2.0", "0.10.0-dev.0", "1.0.0"]
    assert [str(version) for version in sorted(map(Version.read, reversed(names)))] == names
    assert [Version.read(name).pep440 for name in names[:3]] == ["0.1.0", "0.2.0.dev0", "0.2.0.dev1"]
    wrong = ("0.2.0-dev", "0.2.0-dev.01", "0.2.0.dev0", "0.2.0-rc.1", "v0.2.0", "0.2", "0.2.0-dev.0 ")
    assert [name for name in wrong if Version.read(name)] == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("0.1.0", "0.2.0", "0.2.0 is enough."),
        ("0.1.0", "0.1.9", "what follows 0.1.0 is 0.2.0 or later (below 1.0.0 a major change moves the minor number"),
        ("0.1.0", "0.1.9", "0.1.9 is too little."),
        ("0.9.0", "0.10.0", "0.10.0 is enough."),
        ("0.1.0", "0.2.0-dev.0", "0.2.0-dev.0 is enough."),
        ("0.1.0", "0.1.1-dev.0", "0.1.1-dev.0 is too little."),
        ("0.2.0-dev.0", "0.2.0", "what follows 0.2.0-dev.0 is 0.2.0 or later. 0.2.0 is enough."),
        ("0.1.0", "1.0.0", "1.0.0 is enough."),
        ("1.4.2", "1.9.0", "what follows 1.4.2 is 2.0.0 or later. 1.9.0 is too little."),
        ("2024-05", "2.0.0", "What follows 2024-05 cannot be told: it is no version of three numbers."),
    ],
)
def test_a_withdrawn_row_asks_for_a_major_version(copy, tmp_path, before, after, told):
    shutil.copytree(copy.root, tmp_path / "old")
    old = tmp_path / "old" / "datapackage.json"
    old.write_text(json.dumps({**copy.descriptor(), "version": before}), encoding="utf-8")
    copy.drop("participants", 5)
    copy.change_descriptor(lambda package: package.update(version=after))
    assert told in reportedly.diff(old, copy.root).to_text()


def test_going_back_is_neither_enough_nor_too_little(copy):
    copy.set("quotes", 2, note="")
    copy.change_descriptor(lambda package: package.update(version="0.0.1"))
    assert reportedly.diff(OLD, copy.root).bump.enough is None


# --- what is compared -------------------------------------------------------------------------------------------------


def test_the_same_twice_is_no_difference():
    found = reportedly.diff(OLD, str(OLD))
    assert not found
    assert found.changes == ()
    rows = sum(len(reportedly.load(table)) for table in reportedly.tables())
    assert found.to_text().endswith(f": the same, {len(reportedly.tables())} tables and {rows} rows")


def test_a_release_of_the_same_data_under_another_version_and_date_is_the_same(copy):
    copy.change_descriptor(lambda package: package.update(version="0.1.1", created="2030-01-01T00:00:00Z"))
    assert not reportedly.diff(OLD, copy.root)


def test_the_order_of_rows_and_the_quoting_of_cells_are_no_content(copy):
    with copy.file("claims").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, copy.columns("claims"), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        with (OLD / "data" / "claims.csv").open(encoding="utf-8", newline="") as source:
            writer.writerows(reversed(list(csv.DictReader(source))))
    assert not reportedly.diff(OLD, copy.root)


@pytest.mark.parametrize("seed", range(12))
def test_the_difference_applied_to_the_old_rows_gives_the_new_rows(copy, seed):
    chance = random.Random(seed)
    table = chance.choice(["demands", "claims", "attributions", "participants", "figures"])
    key = copy.schema(table)["primaryKey"]
    columns = [name for name in copy.columns(table) if name not in key]
    old = copy.rows(table)
    rows = [dict(row) for row in old if chance.random() < 0.9]
    for row in chance.sample(rows, len(rows) // 3):
        row[chance.choice(columns)] = chance.choice(["", "new, and “quoted”", "a|b"])
    rows += [{**row, key[0]: f"new-{n}"} for n, row in enumerate(chance.sample(rows, 3))]
    copy.write(table, rows)
    given = {"/".join(row[name] for name in key): dict(row) for row in old}
    for change in reportedly.diff(OLD, copy.root).changes:
        assert change.table == table
        if change.kind == "row-withdrawn":
            del given[change.key]
        elif change.kind == "row-added":
            given[change.key] = {cell.field: cell.new for cell in change.cells}
        else:
            assert all(given[change.key][cell.field] == cell.old for cell in change.cells)
            given[change.key] |= {cell.field: cell.new for cell in change.cells}
    wanted = {"/".join(row[name] for name in key): row for row in rows}
    assert given.keys() == wanted.keys()
    for found, row in ((given[name], wanted[name]) for name in wanted):
        assert {name: found.get(name, "") for name in columns} == {name: row[name] for name in columns}


def test_cells_are_compared_under_a_fields_new_name(copy):
    rewrite(
        copy,
        "demands",
        lambda schema: renaming(schema, "demand_id", "id"),
        lambda row: {"id" if name == "demand_id" else name: cell for name, cell in row.items()},
    )
    copy.set("demands", "tasr-0001.d02", stance="red_line")
    found = [change for change in reportedly.diff(OLD, copy.root).changes if change.table == "demands"]
    assert [str(change) for change in found] == ["field demand_id is now called id", "tasr-0001.d02 changed"]
    assert [(cell.field, cell.old, cell.new) for cell in found[1].cells] == [("stance", "demand", "red_line")]


def test_a_field_that_was_renamed_and_rewritten_is_another_field(copy):
    def change(row):
        return {
            "force" if name == "strength" else name: "wants" if name == "strength" else cell
            for name, cell in row.items()
        }

    rewrite(copy, "demands", lambda schema: renaming(schema, "strength", "force"), change)
    assert {change.kind for change in reportedly.diff(OLD, copy.root).changes} == {"field-removed", "field-added"}


def test_a_renamed_table_is_compared_row_by_row(copy):
    copy.drop("quotes", 2)
    copy.change_resource("quotes", name="quotations")
    kinds = [(change.kind, change.table) for change in reportedly.diff(OLD, copy.root).changes]
    # What pointed to the table points to it still.
    assert kinds == [("table-renamed", "quotations"), ("row-withdrawn", "quotations"), ("reference-changed", "figures")]


# --- how it is reported ---------------------------------------------------------------------------------------------------


@pytest.fixture
def changed(copy):
    copy.set("demands", "tasr-0001.d02", stance="red_line", note="<b>bold</b> | `code` *star*")
    copy.drop("demands", "tasr-0001.d05")
    copy.insert("demands", **{**copy.rows("demands")[0], "demand_id": "tasr-0001.d99"})
    in_field(copy, "demands", "summary", lambda found: found["constraints"].update(maxLength=200))
    copy.change_descriptor(lambda package: package.update(version=NEXT))
    return copy


def test_the_command_tells_each_change_once_with_status_1(changed):
    done = run("diff", NOW, changed.root.name, cwd=changed.root.parent)
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0] == f"{NOW} → package ({NEXT}): 1 constraint tightened, 1 row withdrawn, 1 row added, 1 row changed"
    assert lines[2:4] == ["demands: 20 rows", "  ~ maxLength of summary is stricter: 300 → 200"]
    assert lines[4].startswith("  - tasr-0001.d05  claim_id: tasr-0001.")
    assert lines[5] == "  ~ tasr-0001.d02  stance  demand → red_line"
    assert lines[6] == "                   note    (blank) → <b>bold</b> | `code` *star*"
    assert lines[7].startswith("  + tasr-0001.d99  claim_id: tasr-0001.c02 · demander_id: putin")
    assert "or later" in lines[9]
    assert lines[10].split("  ")[1:3] == [
        "major",
        "1 constraint tightened (demands). Values that were valid no longer are.",
    ]


def test_the_command_has_status_0_where_nothing_differs():
    done = run("diff", OLD, OLD)
    assert (done.returncode, done.stderr) == (0, "")
    assert "the same" in done.stdout


def test_a_terminal_gets_colours_and_lines_that_fit(changed):
    pty = pytest.importorskip("pty")
    changed.set(
        "demands", "tasr-0001.d03", summary=changed.rows("demands")[2]["summary"][:-1] + " and more, at length." * 4
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-m", "reportedly", "diff", OLD, changed.root], stdout=theirs, env=environment, check=False
    )
    os.close(theirs)
    text = os.read(ours, 100_000).decode()
    assert done.returncode == 1
    assert "\x1b[31m  - tasr-0001.d05" in text
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    # A path has no place to break.
    assert max(len(line) for line in lines if str(changed.root) not in line and str(OLD) not in line) <= 80
    # What both have in front is left out, so that the difference is seen.
    (line,) = [line for line in lines if "tasr-0001.d03" in line]
    assert "and more" in line


def test_json_gives_programs_the_same(changed):
    done = run("diff", OLD, changed.root, "--format", "json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["bump"] | {"reasons": []} == {
        "level": "major",
        "least": str(Version.read(NOW).after(Level.MAJOR)),
        # Whatever changes before a release may be part of it.
        "enough": not Version.read(NOW).is_final,
        "reasons": [],
    }
    assert found["rows"]["demands"] == {"old": 20, "new": 20}
    (row,) = [change for change in found["changes"] if change["kind"] == "row-changed"]
    assert (row["table"], row["key"], row["level"]) == ("demands", "tasr-0001.d02", "patch")
    assert row["cells"][0] == {"field": "stance", "old": "demand", "new": "red_line"}
    (limit,) = [change for change in found["changes"] if change["kind"] == "constraint-tightened"]
    assert (limit["field"], limit["property"], limit["old"], limit["new"]) == ("summary", "maxLength", 300, 200)


def test_markdown_shows_cells_as_they_are(changed):
    from html.parser import HTMLParser

    markdown = pytest.importorskip("markdown")
    done = run("diff", OLD, changed.root, "--format", "markdown")
    page = markdown.markdown(done.stdout, extensions=["tables"])
    cells: list[str] = []

    class Cells(HTMLParser):
        def handle_starttag(self, tag, _):
            if tag in {"td", "th"}:
                cells.append("")

        def handle_data(self, data):
            if cells:
                cells[-1] += data

    Cells().feed(page)
    found = {cell.strip() for cell in cells}
    assert "<b>bold</b> | `code` *star*" in found
    assert {"changed", "tasr-0001.d02", "stance", "demand", "red_line", "withdrawn", "added"} <= found


def test_what_would_steer_a_terminal_is_told_and_not_done(copy):
    copy.set("quotes", 2, note="\x1b[2Jgone")
    text = reportedly.diff(OLD, copy.root).to_text()
    assert "\x1b" not in text
    assert "\\x1b[2Jgone" in text


def test_names_and_versions_that_would_steer_a_terminal_are_told_and_not_done(copy):
    name = "note\x1b[2J"
    copy.change_schema("quotes", lambda schema: schema["fields"][-1].update(name=name))
    copy.replace("quotes", b",note\n", f",{name}\n".encode())
    copy.change_descriptor(lambda descriptor: descriptor.update(version="1\x1b[2J"))
    copy.change_resource("quotes", name="quotes\x1b[2J")
    other = type(copy)(copy.root.parent / "other")
    for difference in (reportedly.diff(other.root, copy.root), reportedly.diff(copy.root, other.root)):
        for text in (difference.to_text(), difference.to_text(80), difference.to_markdown()):
            assert "\x1b" not in text
            assert "\\x1b[2J" in text
    copy.change_resource("quotes\x1b[2J", name="quotes")
    last = type(copy)(copy.root.parent / "last")
    shutil.copytree(copy.root, last.root, dirs_exist_ok=True)
    last.set("quotes", 2, **{name: "changed"})
    text = reportedly.diff(copy.root, last.root).to_text()
    assert "\x1b" not in text
    assert "note\\x1b[2J  " in text
    assert " → changed" in text


# --- what can be compared ---------------------------------------------------------------------------------------------


def zipped(copy, name="package.zip"):
    path = copy.root.parent / name
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(copy.root.rglob("*")):
            archive.write(file, Path("inside", file.relative_to(copy.root)))
    return path


def test_a_zip_a_folder_and_a_descriptor_are_the_same_package(copy):
    copy.drop("quotes", 2)
    sources = [copy.root, copy.root / "datapackage.json", zipped(copy)]
    assert len({reportedly.diff(OLD, source).changes for source in map(str, sources)}) == 1
    assert not reportedly.diff(sources[0], sources[2])


def test_a_zip_that_cannot_be_read_is_told_by_its_own_name(copy):
    copy.file("quotes").unlink()
    archive = zipped(copy)
    for sides in ((OLD, archive), (archive, OLD)):
        with pytest.raises(PackageError) as raised:
            reportedly.diff(*sides)
        assert str(raised.value).startswith(f"{archive}/data/quotes.csv: no such file or directory")
        assert "/reportedly-" not in str(raised.value)


def test_a_text_that_is_a_version_is_the_version_and_a_path_is_a_path(copy, tmp_path, monkeypatch):
    copy.drop("quotes", 2)
    version = reportedly.__version__
    copy.root.rename(tmp_path / version)
    monkeypatch.chdir(tmp_path)
    assert not reportedly.diff(version, version)
    assert reportedly.diff(version, f"./{version}")
    assert reportedly.diff(version, Path(version))


def test_a_version_that_is_not_there_is_told(copy):
    with pytest.raises(UnknownNameError, match=r"There is no version '7\.0\.0'.* There are: 0\.1\.0"):
        reportedly.diff("7.0.0", copy.root)


def changed_descriptor(change):
    return lambda copy: copy.change_descriptor(change)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda copy: shutil.rmtree(copy.root), "there is no such file or folder"),
        (lambda copy: copy.file("quotes").unlink(), "quotes.csv: no such file or directory"),
        (lambda copy: copy.file("quotes").write_bytes(b"\xff\xfe"), "not UTF-8"),
        (lambda copy: copy.file("quotes").write_bytes(b"quote_id,text\nq,t\n"), "the header lacks 'claim_id'"),
        (changed_descriptor(lambda package: package.pop("version")), "cannot be read as a package"),
        (changed_descriptor(lambda package: package.update(resources=7)), "a resource without a name"),
        (
            changed_descriptor(lambda package: package["resources"][0].update(path="../secret.csv")),
            "leads out of the package",
        ),
        (
            changed_descriptor(lambda package: package["resources"][0].update(schema="../secret.json")),
            "leads out of the package",
        ),
        (
            lambda copy: copy.change_schema("quotes", lambda schema: schema.update(fields="x")),
            "cannot be read as a package",
        ),
        (lambda copy: in_field(copy, "quotes", "text", lambda found: found.update(constraints=3)), "cannot be read"),
        (lambda copy: in_field(copy, "quotes", "text", lambda found: found.update(categories=[[]])), "cannot be read"),
    ],
    ids=[
        *("nothing", "missing-file", "not-utf-8", "other-columns", "no-version", "no-resources", "path-outside"),
        *("schema-outside", "fields-no-list", "constraints-no-object", "category-no-value"),
    ],
)
@pytest.mark.parametrize("side", ["old", "new"])
def test_a_package_that_cannot_be_read_is_told_in_one_line(copy, spoil, told, side):
    (copy.root.parent / "secret.csv").write_text("password\n1234\n", encoding="utf-8")
    spoil(copy)
    with pytest.raises(PackageError) as raised:
        reportedly.diff(*((copy.root, OLD) if side == "old" else (OLD, copy.root)))
    assert told in str(raised.value)
    assert str(copy.root) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["diff", "0.1.0"], "Missing argument 'NEW'"),
        (["diff", "0.1.0", "9.9.9"], "There is no version '9.9.9'"),
        (["diff", "0.1.0", "nowhere"], "nowhere: there is no such file or folder"),
        (["diff", "0.1.0", __file__], "no data package; give a folder, a datapackage.json, a zip file or a version"),
    ],
)
def test_wrong_use_is_told_with_status_2(arguments, told):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_a_diff_needs_no_pandas(copy):
    code = (
        "import reportedly, sys\n"
        f"reportedly.diff({str(OLD)!r}, {str(copy.root)!r}).to_markdown()\n"
        "print([m for m in ('pandas', 'numpy', 'frictionless', 'pandera', 'narwhals', 'polars', 'click', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_text_is_the_same_on_every_run(changed):
    first, second = (run("diff", OLD, changed.root, "--format", "json").stdout for _ in range(2))
    assert first == second
    assert list(csv.reader(io.StringIO(first)))
