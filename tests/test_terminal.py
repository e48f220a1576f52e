"""A stranger's cells cannot control the terminal that they are printed on."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

CLEAR = "\x1b[2J\x1b]0;owned\x07"


def on_a_terminal(*arguments):
    """Return what a command prints on a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "reportedly", *arguments]
    wide = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=wide) as running:
        os.close(theirs)
        printed = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:
                break
            if not more:
                break
            printed += more
        running.wait()
    os.close(ours)
    return printed.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "actors", "--columns", "short_name"],
        ["show", "actors", "--columns", "short_name", "--format", "csv"],
        ["show", "actors", "--columns", "short_name", "--format", "json"],
        ["chain", "tasr-0001.c01"],
        ["validate"],
    ],
    ids=["table", "csv", "json", "chain", "validate"],
)
def test_escape_sequences_in_cells_are_shown_and_not_sent(copy, arguments):
    copy.set("actors", "tasr", short_name=f"TASR{CLEAR}")
    last = [str(copy.root)] if arguments == ["validate"] else ["--package", str(copy.root)]
    printed = on_a_terminal(*arguments, *last)
    assert "TASR" in printed
    assert "x1b[2J" in printed or "u001b[2J" in printed
    assert not {"\x1b", "\x07"} & set(printed)


def test_a_program_gets_cells_as_they_are(copy):
    copy.set("actors", "tasr", short_name=f"TASR{CLEAR}")
    command = [sys.executable, "-m", "reportedly", "show", "actors", "--package", str(copy.root), "--format", "csv"]
    assert CLEAR in subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
