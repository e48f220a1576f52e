from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def of(kind):
    return [code for name, code in BLOCKS if name == kind]


def test_every_block_is_of_a_kind_that_is_run():
    assert {name for name, _ in BLOCKS} == {"text", "sh", "python", "console"}


@pytest.mark.parametrize("code", of("python"))
def test_python_prints_what_the_readme_says(code):
    test = doctest.DocTestParser().get_doctest(code, {}, "README.md", "README.md", 0)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("code", of("console"))
def test_commands_print_what_the_readme_says(code):
    command, _, expected = code.partition("\n")
    arguments = command.removeprefix("$ reportedly ").split()
    done = subprocess.run(
        [sys.executable, "-m", "reportedly", *arguments], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout == expected


@pytest.mark.parametrize("code", of("sh"))
def test_the_commands_of_the_readme_are_targets_of_the_makefile(code):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in code.splitlines():
        target = line.split("#")[0].removeprefix("make ").strip()
        assert f"\n{target}:" in makefile


def test_links_lead_to_files():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    assert targets
    for target in targets:
        if target not in {"CITATION.cff", "LICENSE"} or (ROOT / "LICENSE").exists():
            assert (ROOT / target).exists(), target
