"""The real command answers hostile packages and texts within limits of time and memory, which the system enforces."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest

from reportedly import limits

resource = pytest.importorskip("resource")
pytest.importorskip("frictionless")

pytestmark = [pytest.mark.slow, pytest.mark.linux]
# Seconds of a processor and bytes of addresses, the libraries' code and stacks among them: of a refusal, and of what keeps within the limits.
REFUSAL, ANSWER = (10, 2 * 1024**3), (120, 4 * 1024**3)
WRONG_CELLS = b"a-0001.q%07d,,nobody,x,word,en,unknown,1,x,\n"
WRONG_KEYS = b"a-0001.q%07d,a-0001.c01,nobody,x,word,en,unknown,1,2,\n"


@pytest.fixture
def ask():
    """Return what runs the command with less time and memory than a machine has."""

    def run(*arguments, within):
        seconds, memory = within

        def bound():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

        command = [sys.executable, "-m", "reportedly", *map(str, arguments)]
        # One thread: each has a stack of its own, which counts.
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, preexec_fn=bound, env=environment, timeout=600
        )
        assert done.returncode in {1, 2}, done.stderr[-2_000:]
        assert "Traceback" not in done.stderr
        return done

    return run


def descriptor(*parts):
    return lambda copy: (copy.root / "datapackage.json").write_bytes(b"".join(parts))


def rows(line, number):
    """Return what fills the table of quotations with rows, numbered where the line says so."""

    def fill(copy):
        header = copy.bytes("quotes").partition(b"\n")[0] + b"\n"
        with copy.file("quotes").open("wb") as file:
            file.write(header)
            file.writelines(line % n if b"%" in line else line for n in range(number))

    return fill


def sparse(copy):
    with copy.file("quotes").open("wb") as file:
        file.truncate(10**9)


def endless(copy):
    (copy.root / "datapackage.json").unlink()
    (copy.root / "datapackage.json").symlink_to("/dev/zero")


def pipe(copy):
    copy.file("quotes").unlink()
    os.mkfifo(copy.file("quotes"))


REFUSED = {
    "a descriptor nested 100,000 deep": descriptor(b'{"a":' * 100_000),
    "a descriptor with a number of a million digits": descriptor(b'{"version": ', b"9" * 10**6, b"}"),
    "a descriptor that never ends": endless,
    "a table that never begins": pipe,
    "a cell of a gigabyte": sparse,
    "a million columns": lambda copy: copy.file("quotes").write_bytes(b"," * 10**6 + b"\n"),
    "a row of a million cells": rows(b"," * 10**6 + b"\n", 1),
    "more lines than the limit": rows(b"\n", limits.TABLE_LINES + 1),
}
WRONG = {
    "100,000 rows whose cells are wrong": rows(WRONG_CELLS, 100_000),
    "100,000 rows that point nowhere": rows(WRONG_KEYS, 100_000),
}


@pytest.mark.parametrize("spoil", REFUSED.values(), ids=REFUSED)
def test_a_hostile_package_is_refused_at_once(copy, ask, spoil):
    spoil(copy)
    assert ask("validate", copy.root, within=REFUSAL).stdout


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_many_wrong_rows_are_reported_within_the_limits(copy, ask, spoil):
    spoil(copy)
    assert ask("validate", copy.root, within=ANSWER).stdout


def test_a_zip_file_that_unpacks_to_a_hundred_megabytes_is_refused(tmp_path, ask):
    with zipfile.ZipFile(tmp_path / "package.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", b"{}")
        archive.writestr("data/quotes.csv", bytes(100 * 1024**2))
    assert len(ask("validate", tmp_path / "package.zip", within=REFUSAL).stderr.splitlines()) == 1


@pytest.mark.parametrize("words", ["the talks on peace ", ". "], ids=["words", "full stops"])
def test_a_long_text_is_verified_within_the_limits(copy, ask, words):
    text = copy.root / "article.txt"
    text.write_text(words * (500_000 // len(words)), encoding="utf-8")
    assert ask("verify", text, "--article", "tasr-0001", "--package", copy.root, within=ANSWER).returncode == 1
