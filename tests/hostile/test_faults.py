"""What is left when a command is killed, stopped, out of disk or without a reader: the old or the new, and one clear line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import reportedly
from reportedly.exports.formats import FORMATS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kills, mounts and refuses as Linux does"),
]


def python(*arguments, **options):
    """Run Python, and return what it said."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run([sys.executable, *map(str, arguments)], text=True, encoding="utf-8", check=False, **streams)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- killed and stopped -----------------------------------------------------------------------------------------------

# Kills itself between the two renames that put a folder in another one's place.
KILLED = """
import os, signal, sys
import reportedly
renames = []
def seen(event, arguments):
    if event == "os.rename":
        renames.append(arguments)
        if len(renames) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(seen)
reportedly.export("csv", sys.argv[1], tables=["quotes"], force=True)
"""


def test_a_folder_that_was_replaced_when_the_command_was_killed_is_beside_its_place(tmp_path):
    target = tmp_path / "it"
    target.mkdir()
    (target / "mine.txt").write_text("old", encoding="utf-8")
    assert python("-c", KILLED, target).returncode == -signal.SIGKILL
    again = ["-m", "reportedly", "export", "csv", "-o", target, "--force"]
    assert python(*again).returncode == 0
    told = f"reportedly: {target}.old: is in the way of replacing it; move or remove it first\n"
    assert python(*again).stderr == told
    assert (tmp_path / "it.old" / "mine.txt").read_text(encoding="utf-8") == "old"


@pytest.fixture
def begun(tmp_path):
    """Return what starts an export with a signal at its default or ignored, and returns it once it writes."""

    def begin(number, handler):
        running = subprocess.Popen(
            [sys.executable, "-m", "reportedly", "export", "excel", "-o", "it.xlsx"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(number, handler),  # noqa: PLW1509 - there is no other thread
        )
        while not list(tmp_path.glob(".reportedly-*")):
            assert running.poll() is None, running.communicate()
            time.sleep(0.001)
        # The folder exists before the command notes that it is to be removed.
        time.sleep(0.05)
        return running

    return begin


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_told_to_stop_says_so_and_leaves_nothing(tmp_path, begun, number):
    running = begun(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (128 + number, "", f"reportedly: stopped by {number.name}\n")
    assert names(tmp_path) == []


def test_what_was_told_to_ignore_a_hangup_still_does(tmp_path, begun):
    running = begun(signal.SIGHUP, signal.SIG_IGN)
    running.send_signal(signal.SIGHUP)
    running.communicate(timeout=60)
    assert (running.returncode, names(tmp_path)) == (0, ["it.xlsx"])


@pytest.mark.parametrize("module", ["reportedly.cli.app", "click"])
def test_an_interrupt_while_the_command_is_imported_brings_no_traceback(module):
    code = (
        "import os, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == sys.argv[1]:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from reportedly.cli.main import run\n"
        "run()\n"
    )
    done = python("-c", code, module)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "reportedly: stopped by SIGINT\n")


# --- a full disk ------------------------------------------------------------------------------------------------------

# Fills a disk until so many blocks are free, exports, and prints what was told and what is left. Blocks that an export takes are counted first.
FULL = r"""
import json, os, pathlib, shutil, sys, warnings
import reportedly
from reportedly.errors import TargetError
from reportedly.exports.formats import FORMATS

warnings.simplefilter("error")
disk = pathlib.Path(sys.argv[1])

def fill(free):
    with (disk / "filler").open("wb", buffering=0) as file:
        while (left := os.statvfs(disk).f_bfree - free) > 0:
            file.write(bytes(left * 4096))

def empty(target):
    (disk / "filler").unlink(missing_ok=True)
    shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)

for name, form in FORMATS.items():
    # A graph takes its time and is a file like another.
    tables = ["participants", "quotes"] if name in {"jsonld", "turtle", "duckdb"} else []
    target = disk / f"it{'' if form.per_table else form.suffix}"
    free = os.statvfs(disk).f_bfree
    reportedly.export(name, target, tables=tables)
    taken = free - os.statvfs(disk).f_bfree
    empty(target)
    for left in (0, taken - 1):
        fill(left)
        try:
            reportedly.export(name, target, tables=tables)
            told = "worked"
        except TargetError as error:
            told = str(error)
        print(json.dumps([name, left, told, str(target), [path.name for path in disk.iterdir()]]))
        empty(target)
"""
MOUNTED = 'mount -t tmpfs -o size=8m none "$1" && shift && exec "$@"'


def test_a_full_disk_is_told_in_one_line_by_every_format_and_leaves_nothing(tmp_path):
    apart = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a disk can be mounted neither as root nor in a name space of one's own")
    command = [*apart, "sh", "-c", MOUNTED, "sh", tmp_path, sys.executable, "-c", FULL, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {name for name, *_ in lines} == set(FORMATS)
    for name, left, told, target, there in lines:
        assert told == f"{target}: no space left on device", f"{name} with {left} blocks left"
        assert there == ["filler"], f"{name} with {left} blocks left"


# --- the output -------------------------------------------------------------------------------------------------------

PRINTING = pytest.mark.parametrize("arguments", ["tables", "show claims --flat", "--help", "diff 0.1.0 0.1.0"])


@PRINTING
def test_a_full_disk_behind_the_output_is_told_in_one_line(arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = python("-m", "reportedly", *arguments.split(), stdout=full)
    assert (done.returncode, done.stderr) == (2, "reportedly: the output: no space left on device\n")


@PRINTING
def test_a_reader_that_is_gone_ends_the_command_without_a_word(arguments):
    ours, theirs = os.pipe()
    os.close(ours)
    done = python("-m", "reportedly", *arguments.split(), stdout=theirs)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")


@pytest.mark.parametrize(("closed", "status"), [(">&-", 0), ("2>&-", 0), ("2>/dev/full", 2), ("| true", 0)])
def test_an_export_whose_output_is_closed_or_full_is_whole(tmp_path, closed, status):
    shell = f"{sys.executable} -m reportedly export csv --table quotes -o quotes.csv {closed}"
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert (tmp_path / "quotes.csv").read_bytes() == Path(reportedly.path("quotes")).read_bytes()
