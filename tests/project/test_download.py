"""The page "Download and open": each of its blocks runs as it stands, in the language that it is in, on files that its commands made."""

from __future__ import annotations

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
# What cannot be had here; the files are read back by other software in tests of their own.
FOREIGN = {"stata"}
RUNNERS = {
    "python": [sys.executable, "-c"],
    "r": ["Rscript", "-e"],
    "sql": ["sqlite3", "-box", f"reportedly-{reportedly.__version__}.sqlite"],
    "spss": ["pspp", "-O", "format=txt"],
}
# These take a program from a file, the others as an argument.
FROM_FILE = {"spss"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with what the page's export commands make."""
    place = tmp_path_factory.mktemp("download")
    for line in (line for kind, code in BLOCKS if kind == "sh" for line in code.splitlines()):
        if line.startswith("reportedly "):
            command = [sys.executable, "-m", *shlex.split(line)]
            subprocess.run(command, cwd=place, check=True, capture_output=True, text=True)
    return place


def cases():
    for place, (kind, code) in enumerate(BLOCKS):
        if kind in RUNNERS:
            following = BLOCKS[place + 1] if place + 1 < len(BLOCKS) else ("", "")
            yield pytest.param(kind, code, following[1] if following[0] == "text" else None, id=f"{kind}-{place}")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "code", "printed"), list(cases()))
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
    exported = {
        shlex.split(line)[2]
        for kind, code in BLOCKS
        if kind == "sh"
        for line in code.splitlines()
        if line.startswith("reportedly export ")
    }
    assert exported == set(FORMATS)


def test_every_block_is_run_or_known_to_be_foreign():
    assert {kind for kind, _ in BLOCKS} <= {*RUNNERS, *FOREIGN, "sh", "text"}
