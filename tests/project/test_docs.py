"""The documentation says what is so: its code runs and prints what it shows, its generated parts are current, every command and table has its place."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import reportedly
from reportedly import limits

pytestmark = pytest.mark.fast_one_in(3)

ROOT = Path(__file__).parents[2]
PAGES = ("docs/index.md", "docs/quickstart.md", "docs/cite.md")


def blocks(page):
    """Return a page's code blocks in order, those in lists too."""
    found = re.findall(
        r"^( *)```(\w+)\n(.*?)^ *```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return [(kind, re.sub(rf"^{indent}", "", code, flags=re.MULTILINE)) for indent, kind, code in found]


def python_blocks():
    for page in PAGES:
        found = blocks(page)
        for place, (kind, code) in enumerate(found):
            if kind == "python":
                after = found[place + 1] if place + 1 < len(found) else ("", "")
                yield pytest.param(
                    page, place, code, after[1] if after[0] == "text" else "", id=f"{Path(page).stem}-{place}"
                )


def commands():
    for page in PAGES:
        for place, (kind, code) in enumerate(blocks(page)):
            if kind == "console":
                for n, part in enumerate(re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]):
                    command, _, printed = part.replace("\\\n", " ").partition("\n")
                    yield pytest.param(command, printed, id=f"{Path(page).stem}-{place}-{n}")


@pytest.mark.parametrize(("page", "place", "code", "printed"), list(python_blocks()))
def test_python_in_the_docs_prints_what_is_shown(page, place, code, printed):
    names = {}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for before, (kind, earlier) in enumerate(blocks(page)):
            if kind == "python" and before < place:
                exec(earlier, names)  # noqa: S102 - our own page
        out.seek(0)
        out.truncate()
        exec(code, names)  # noqa: S102
    assert out.getvalue() == printed


@pytest.mark.parametrize(("command", "printed"), list(commands()))
def test_commands_in_the_docs_print_what_is_shown(command, printed, copy, tmp_path):
    # The page's own examples: a copy with one value misspelt, and a text.
    copy.write_bytes("demands", copy.bytes("demands").replace(b"red_line", b"redline", 1), refresh=False)
    copy.root.rename(tmp_path / "my-package")
    (tmp_path / "article.txt").write_text("The ministries declined to comment.", encoding="utf-8")
    arguments = shlex.split(command)
    assert arguments.pop(0) == "reportedly"
    if "──" in printed:
        arguments += ["--format", "table"]
    done = subprocess.run(
        [sys.executable, "-m", "reportedly", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.stderr == ""
    assert [line.rstrip() for line in done.stdout.splitlines()] == [line.rstrip() for line in printed.splitlines()]


@pytest.mark.slow
def test_every_generated_file_is_what_is_generated():
    command = [sys.executable, ROOT / "scripts" / "generate.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_command_and_option_is_documented():
    from reportedly.cli.app import main

    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name, command in main.commands.items():
        assert f"reportedly {name}" in page
        for parameter in command.params:
            for option in parameter.opts:
                assert option.startswith("-") is False or option in page, (name, option)


@pytest.mark.parametrize("table", reportedly.tables())
def test_every_table_has_a_page_that_names_every_field_and_value(table):
    page = (ROOT / "docs" / "tables" / f"{table}.md").read_text(encoding="utf-8")
    schema = json.loads((ROOT / "schemas" / f"{table}.json").read_text(encoding="utf-8"))
    for field in schema["fields"]:
        assert f"`{field['name']}`" in page
        for category in field.get("categories", ()):
            assert f"`{category['value']}`" in page


def test_the_codebook_prints_every_rule_and_every_value():
    from reportedly.rules.catalogue import rulebook

    page = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    assert all(rule["rule"] in page and rule["sentence"] in page for rule in rulebook())
    for table in reportedly.tables():
        for field in json.loads((ROOT / "schemas" / f"{table}.json").read_text(encoding="utf-8"))["fields"]:
            for category in field.get("categories", ()):
                assert category["description"] in page, (table, field["name"], category["value"])


def test_every_row_that_the_codebook_points_to_exists():
    page = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    page = page[page.index("## Doubtful spots") : page.index("## What reconciling")]
    keys = {f"tasr-0001.{found}" for found in re.findall(r"\b[cdqf]\d\d\b", page)}
    known = set()
    for table, key in (
        ("claims", "claim_id"),
        ("demands", "demand_id"),
        ("quotes", "quote_id"),
        ("figures", "figure_id"),
    ):
        known |= set(reportedly.load(table)[key])
    assert keys
    assert keys <= known


def test_docstrings_name_the_parameters_that_there_are(caplog):
    griffe = pytest.importorskip(
        "griffe", reason="needs what reads docstrings for the documentation, of the group docs"
    )
    places = [griffe.load("reportedly", search_paths=[ROOT / "src"], docstring_parser="numpy")]
    while places:
        place = places.pop()
        assert place.docstring is None or place.docstring.parsed is not None
        places += [each for each in place.members.values() if not each.is_alias]
    assert caplog.messages == []


def test_every_script_is_in_the_scripts_readme():
    readme = (ROOT / "scripts" / "README.md").read_text(encoding="utf-8")
    for script in (ROOT / "scripts").glob("*.py"):
        assert script.name in readme


def test_the_limits_in_the_security_policy_are_those_of_the_code():
    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    archive = f"{limits.ARCHIVE_FILES:,} files, {limits.ARCHIVE_BYTES // limits.MIB // 1024} GiB unpacked, {limits.ARCHIVE_RATIO} times its own size"
    for words in (
        f"| {limits.TABLE_BYTES // limits.MIB} MiB, {limits.TABLE_LINES - 1:,} rows, {limits.COLUMNS} columns, {limits.LINE_BYTES // limits.MIB} MiB in a line, {limits.CELL:,} characters in a cell |",
        f"| {limits.FLAT_ROW // limits.KIB} KiB a row and {limits.FLAT_BESIDES // limits.MIB} MiB besides,",
        f"| {limits.JSON_BYTES // limits.MIB} MiB, nested {limits.JSON_DEPTH} deep, {limits.RESOURCES} resources |",
        f"| {limits.TEXT_BYTES // limits.MIB} MiB |",
        f"| {archive} unpacked |",
    ):
        assert words in told
