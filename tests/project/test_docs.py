"""The documentation says what is so: its code runs and prints what it shows, its generated parts are current, every command has its place."""

from __future__ import annotations

import contextlib
import doctest
import io
import itertools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import reportedly
from reportedly import limits

pytestmark = pytest.mark.fast_one_in(3)

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/index.md", "docs/quickstart.md", "docs/cite.md")


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page):
    """Return a page's code blocks in order, those in lists too, each with its kind."""
    found = re.findall(r"^( *)```(\w+)\n(.*?)^ *```", read(page), re.DOTALL | re.MULTILINE)
    return [(kind, re.sub(rf"^{indent}", "", code, flags=re.MULTILINE)) for indent, kind, code in found]


def commands():
    for page in PAGES:
        for kind, code in blocks(page):
            for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:] if kind == "console" else ():
                command, _, printed = part.replace("\\\n", " ").partition("\n")
                yield pytest.param(command, printed, id=f"{Path(page).stem}: {command}")


@pytest.mark.parametrize("page", PAGES[1:])
def test_python_in_the_docs_prints_what_is_shown(page):
    names = {}
    found = [*blocks(page), ("", "")]
    for (kind, code), (kind_after, after) in itertools.pairwise(found):
        if kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(code, names)  # noqa: S102 - our own page
            assert out.getvalue() == (after if kind_after == "text" else ""), code


def test_python_prints_what_the_readme_says():
    for kind, code in blocks("README.md"):
        if kind == "python":
            test = doctest.DocTestParser().get_doctest(code, {}, "README.md", "README.md", 0)
            result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
            assert result.attempted
            assert not result.failed


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


def test_links_in_the_readme_lead_to_files():
    targets = re.findall(r"\]\(([^)#]+)\)", read("README.md"))
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.slow
def test_every_generated_file_is_what_is_generated():
    command = [sys.executable, ROOT / "scripts" / "generate.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_command_and_option_is_documented():
    from reportedly.cli.app import main

    page = read("docs/cli.md")
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
        assert [words for words in (f"reportedly {name}", *options) if words not in page] == []


def test_every_row_that_the_codebook_points_to_exists():
    page = read("docs/codebook.md")
    page = page[page.index("## Doubtful spots") : page.index("## What reconciling")]
    keys = {f"tasr-0001.{found}" for found in re.findall(r"\b[cdqf]\d\d\b", page)}
    known = (set(reportedly.load(table)[f"{table[:-1]}_id"]) for table in ("claims", "demands", "quotes", "figures"))
    assert keys
    assert keys <= set().union(*known)


def test_the_limits_in_the_security_policy_are_those_of_the_code():
    told = read("SECURITY.md")
    archive = f"{limits.ARCHIVE_FILES:,} files, {limits.ARCHIVE_BYTES // limits.MIB // 1024} GiB unpacked, {limits.ARCHIVE_RATIO} times its own size"
    for words in (
        f"| {limits.TABLE_BYTES // limits.MIB} MiB, {limits.TABLE_LINES - 1:,} rows, {limits.COLUMNS} columns, {limits.LINE_BYTES // limits.MIB} MiB in a line, {limits.CELL:,} characters in a cell |",
        f"| {limits.FLAT_ROW // limits.KIB} KiB a row and {limits.FLAT_BESIDES // limits.MIB} MiB besides,",
        f"| {limits.JSON_BYTES // limits.MIB} MiB, nested {limits.JSON_DEPTH} deep, {limits.RESOURCES} resources |",
        f"| {limits.TEXT_BYTES // limits.MIB} MiB |",
        f"| {archive} unpacked |",
    ):
        assert words in told
