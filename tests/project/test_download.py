"""The page "Download and open": each of its blocks runs as it stands, in the language that it is in, on files that its commands made."""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import reportedly
from reportedly.exports.formats import FORMATS

pytestmark = pytest.mark.fast_one_in(6)

PAGE = (Path(__file__).parents[2] / "docs" / "download.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
RUNNERS = {
    "python": [sys.executable, "-c"],
    "r": ["Rscript", "-e"],
    "sql": ["sqlite3", "-box", f"reportedly-{reportedly.__version__}.sqlite"],
    "spss": ["pspp", "-O", "format=txt"],
}
# These take a program from a file, the others as an argument.
FROM_FILE = {"spss"}


LINES = [shlex.split(line) for kind, code in BLOCKS if kind == "sh" for line in code.splitlines()]
COMMANDS = [line for line in LINES if line[:1] == ["reportedly"]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with what the page's commands make."""
    place = tmp_path_factory.mktemp("download")
    for command in COMMANDS:
        subprocess.run([sys.executable, "-m", *command], cwd=place, check=True, capture_output=True)
    return place


CASES = [
    pytest.param(kind, code, printed if printing == "text" else None, id=f"{kind}-{place}")
    for place, ((kind, code), (printing, printed)) in enumerate(itertools.pairwise([*BLOCKS, ("", "")]))
    if kind in RUNNERS
]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "code", "printed"), CASES)
def test_a_block_prints_what_is_shown(folder, kind, code, printed):
    program = RUNNERS[kind][0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    (folder / "block").write_text(code, encoding="utf-8")
    command = [*RUNNERS[kind], "block" if kind in FROM_FILE else code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    if printed is not None:
        assert [line.rstrip() for line in done.stdout.splitlines()] == [line.rstrip() for line in printed.splitlines()]


def test_every_format_has_its_place_on_the_page():
    assert {command[2] for command in COMMANDS if command[1] == "export"} == set(FORMATS)
