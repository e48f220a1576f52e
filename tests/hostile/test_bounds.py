"""The real command refuses what would take all memory or never end, in few seconds and little memory, which the system enforces."""

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
ROW = b"a-0001.q%07d,a-0001.c01,nobody,x,word,en,unknown,1,2,\n"


@pytest.fixture
def ask(copy):
    """Return what runs the command beside a package to break, with less time and memory than a machine has."""

    def run(*arguments, within=REFUSAL):
        def bound():
            resource.setrlimit(resource.RLIMIT_CPU, (within[0], within[0]))
            resource.setrlimit(resource.RLIMIT_AS, (within[1], within[1]))

        command = [sys.executable, "-m", "reportedly", *map(str, arguments)]
        # One thread: each has a stack of its own, which counts.
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        options = {"cwd": copy.root.parent, "env": environment, "preexec_fn": bound, "timeout": 600}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        assert done.returncode in {1, 2}, done.stderr[-2_000:]
        assert "Traceback" not in done.stderr
        return done

    return run


def sparse(file):
    """Make a file of a gigabyte of NUL bytes that takes no room."""
    with file.open("wb") as opened:
        opened.truncate(10**9)


def instead(name, make):
    """Return what puts something else in the place of a package's file."""

    def replace(copy):
        file = copy.root / name
        file.unlink()
        make(file)

    return replace


def quotes(*lines):
    """Return what writes lines below the header of the table of quotations."""
    return lambda copy: copy.file("quotes").write_bytes(
        ",".join(copy.columns("quotes")).encode() + b"\n" + b"".join(lines)
    )


DESCRIPTOR, TABLE = "datapackage.json", "data/quotes.csv"
REFUSED = {
    "a descriptor nested 100,000 deep": (instead(DESCRIPTOR, lambda file: file.write_bytes(b'{"a":' * 100_000)), "nested more than 32 deep"),
    "a descriptor that never ends": (instead(DESCRIPTOR, lambda file: file.symlink_to("/dev/zero")), "a link leads out of the package"),
    "a table that never begins": (instead(TABLE, os.mkfifo), "not a regular file"),
    "a cell of a gigabyte": (instead(TABLE, sparse), "the file has 1,000,000,000 bytes [size]"),
    "a row of a million cells": (quotes(b"," * 10**6 + b"\n"), "1,000,001 cells, "),
    "more lines than the limit": (quotes(b"\n" * (limits.TABLE_LINES + 1)), "2,000,003 lines, more than 2,000,001"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "told"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_package_is_refused_at_once(copy, ask, spoil, told):
    spoil(copy)
    assert told in ask("validate", copy.root).stdout
    shown = ask("show", "quotes", "--package", copy.root)
    assert (shown.returncode, shown.stdout, shown.stderr.count("\n")) == (2, "", 1)


def test_many_wrong_rows_are_counted_within_the_limits(copy, ask):
    quotes(*(ROW % number for number in range(100_000)))(copy)
    told = ask("validate", copy.root, within=ANSWER).stdout
    assert "data/quotes.csv, speaker_id: 99,000 more like those above, which are only counted [foreignKey]" in told
    # Some nine checks of cells, each told a thousand times at most.
    assert told.count("\n") < 10 * limits.FINDINGS


def test_a_package_too_large_for_the_memory_is_told_in_one_line(copy, ask):
    quotes(*(ROW % number for number in range(1_000_000)))(copy)
    done = ask("validate", copy.root, within=(60, 1024**3))
    assert done.stderr == "reportedly: there is not enough memory for files of this size\n"


def test_a_zip_file_that_unpacks_to_a_hundred_megabytes_is_refused(tmp_path, ask):
    with zipfile.ZipFile(tmp_path / "package.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", b"{}")
        archive.writestr("data/quotes.csv", bytes(100 * 1024**2))
    for command in (["validate"], ["diff", "0.1.0"]):
        told = ask(*command, "package.zip").stderr
        assert told == "reportedly: package.zip: 104,857,602 bytes when unpacked, more than 200 times its size\n"


@pytest.mark.parametrize("make", [sparse, os.mkfifo], ids=["a gigabyte", "a pipe"])
@pytest.mark.parametrize("command", [["verify", "article.txt"], ["locate", "article.txt", "x"]], ids=" ".join)
def test_a_text_that_never_ends_or_begins_is_refused(tmp_path, ask, make, command):
    make(tmp_path / "article.txt")
    assert ask(*command).stderr.count("\n") == 1


@pytest.mark.parametrize("words", ["the talks on peace ", ". "], ids=["words", "full stops"])
def test_a_long_text_is_verified_within_the_limits(copy, ask, words):
    text = copy.root / "article.txt"
    text.write_text(words * (500_000 // len(words)), encoding="utf-8")
    assert ask("verify", text, "--article", "tasr-0001", "--package", copy.root, within=ANSWER).returncode == 1
