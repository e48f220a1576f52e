"""A stranger's cells cannot control the terminal that they are printed on."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress

import pytest

CLEAR = "\x1b[2J\x1b]0;owned\x07"


def on_a_terminal(*arguments, cwd=None, stream="stdout"):
    """Return what a command prints on a terminal, as its output or as its errors."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "reportedly", *arguments]
    wide = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: theirs}
    with subprocess.Popen(command, env=wide, cwd=cwd, **streams):
        os.close(theirs)
        printed = b""
        # Linux knows no end of a terminal: reading fails once nobody writes to it.
        with suppress(OSError):
            while more := os.read(ours, 65536):
                printed += more
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


def test_the_name_that_a_package_gives_its_export_is_shown_and_not_sent(copy, tmp_path):
    copy.change_descriptor(lambda descriptor: descriptor.update(name=f"x{CLEAR}"))
    printed = on_a_terminal("export", "jsonl", "--package", str(copy.root), cwd=tmp_path)
    assert "x1b[2J" in printed
    assert not {"\x1b", "\x07"} & set(printed)


def test_names_of_tables_are_shown_and_not_sent_as_errors_progress_and_losses(copy, tmp_path):
    name = f"[/x]{CLEAR}quotes"
    copy.change_resource("quotes", name=name)
    printed = on_a_terminal(
        "export", "sqlite", "--table", name, "--package", str(copy.root), cwd=tmp_path, stream="stderr"
    )
    assert "_flat is left out" in printed
    printed += on_a_terminal("export", "jsonl", "--package", str(copy.root), cwd=tmp_path, stream="stderr")
    assert "x1b[2J" in printed
    assert not {"\x1b[2J", "\x1b]", "\x07"} & set(re.findall(r"\x1b..J?|\x07", printed))


def test_names_of_columns_are_shown_as_they_are_and_not_as_markup(copy):
    rename = f"[/x]{CLEAR}"
    copy.change_schema("quotes", lambda schema: schema["fields"][-1].update(name=rename))
    copy.replace("quotes", b",note\n", f",{rename}\n".encode())
    printed = on_a_terminal("show", "quotes", "--columns", f"quote_id,{rename}", "--package", str(copy.root))
    assert "[/x]" in printed
    assert not {"\x1b", "\x07"} & set(printed)
