"""What is left when a command is killed, stopped, out of disk or without a reader: the old or the new, and one clear line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from reportedly.exports.formats import FORMATS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kills, mounts and refuses as Linux does"),
]
PARTS = ".reportedly-*"


def contents(target):
    """Return what is at a target: the bytes of a file, those of each file of a folder, or nothing."""
    if target.is_dir():
        return {path.name: path.read_bytes() for path in target.iterdir()}
    return target.read_bytes() if target.exists() else None


def command(*arguments, **options):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    line = [sys.executable, "-m", "reportedly", *map(str, arguments)]
    return subprocess.run(line, text=True, encoding="utf-8", check=False, **streams)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- killed -----------------------------------------------------------------------------------------------------------

# Kills itself between the two renames that put a folder in another one's place.
KILLED = """
import os, pathlib, signal, sys
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
    done = subprocess.run([sys.executable, "-c", KILLED, target], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert contents(tmp_path / "it.old") == {"mine.txt": b"old"}
    said = (
        command("export", "csv", "-o", target, "--force").returncode,
        command("export", "csv", "-o", target, "--force"),
    )
    assert said[0] == 0
    assert said[1].returncode == 2
    assert said[1].stderr == f"reportedly: {target}.old: is in the way of replacing it; move or remove it first\n"
    assert contents(tmp_path / "it.old") == {"mine.txt": b"old"}


def begun(*arguments, cwd):
    """Start the command and return it once it writes."""
    running = subprocess.Popen(
        [sys.executable, "-m", "reportedly", *map(str, arguments)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not list(cwd.glob(PARTS)):
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < until
        time.sleep(0.001)
    return running


@pytest.mark.parametrize("name", ["excel", "duckdb", "jsonld"])
def test_a_command_killed_while_it_writes_leaves_the_old(tmp_path, name):
    target = tmp_path / f"it{FORMATS[name].suffix}"
    target.write_text("old", encoding="utf-8")
    running = begun("export", name, "-o", target, "--force", cwd=tmp_path)
    time.sleep(0.05)
    running.kill()
    running.communicate()
    assert target.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_told_to_stop_says_so_and_leaves_nothing(tmp_path, number):
    target = tmp_path / "made" / "it.xlsx"
    running = begun_in_new_folder(target, tmp_path)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (128 + number, "", f"reportedly: stopped by {number.name}\n")
    assert names(tmp_path) == ["made"]
    assert names(target.parent) == []


def begun_in_new_folder(target, cwd):
    target.parent.mkdir()
    running = subprocess.Popen(
        [sys.executable, "-m", "reportedly", "export", "excel", "-o", target],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Begun under nohup, the tests would hand on that SIGHUP is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509 - there is no other thread
    )
    while not (target.parent.exists() and list(target.parent.glob(PARTS))):
        assert running.poll() is None, running.communicate()
        time.sleep(0.001)
    # The folder exists before the command notes that it is to be removed.
    time.sleep(0.05)
    return running


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
MOUNTED = 'mount -t tmpfs -o "size=$2" none "$1" && shift 2 && exec "$@"'


def on_a_disk_of_its_own(folder, size, *arguments):
    """Run something with a small disk mounted at a folder, which only it sees."""
    folder.mkdir()
    apart = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a disk can be mounted neither as root nor in a name space of one's own")
    return subprocess.run(
        [*apart, "sh", "-c", MOUNTED, "sh", folder, size, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
def test_a_full_disk_is_told_in_one_line_by_every_format_and_leaves_nothing(tmp_path):
    done = on_a_disk_of_its_own(tmp_path / "disk", "8m", sys.executable, "-c", FULL, tmp_path / "disk")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {name for name, *_ in lines} == set(FORMATS)
    for name, left, told, target, there in lines:
        assert told == f"{target}: no space left on device", f"{name} with {left} blocks left"
        assert there == ["filler"], f"{name} with {left} blocks left"


def test_a_full_disk_leaves_what_was_to_be_replaced(tmp_path):
    disk = tmp_path / "disk"
    script = f"""
        printf old > {disk}/quotes.csv
        head -c 1m /dev/zero > {disk}/filler 2> {tmp_path}/filled
        {sys.executable} -m reportedly export csv --table quotes -o {disk}/quotes.csv --force
        echo $?; cat {disk}/quotes.csv; ls -A {disk}
    """
    done = on_a_disk_of_its_own(disk, "64k", "sh", "-c", script)
    assert done.stderr == f"reportedly: {disk}/quotes.csv: no space left on device\n"
    assert done.stdout == "2\noldfiller\nquotes.csv\n"


# --- the output -------------------------------------------------------------------------------------------------------

PRINTING = ["tables", "show claims --flat", "--help", "--version", "rules", "diff 0.1.0 0.1.0 --format json"]


@pytest.mark.parametrize("arguments", PRINTING)
def test_a_full_disk_behind_the_output_is_told_in_one_line(arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = command(*arguments.split(), stdout=full)
    assert (done.returncode, done.stderr) == (2, "reportedly: the output: no space left on device\n")


@pytest.mark.parametrize("arguments", PRINTING)
def test_a_reader_that_is_gone_ends_the_command_without_a_word(arguments):
    ours, theirs = os.pipe()
    os.close(ours)
    done = command(*arguments.split(), stdout=theirs)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")


def test_a_file_where_a_folder_has_to_be_is_named(tmp_path):
    (tmp_path / "file").touch()
    done = command("export", "csv", "-o", tmp_path / "file" / "made")
    assert (done.returncode, done.stderr) == (2, f"reportedly: {tmp_path}/file/made: {tmp_path}/file is no folder\n")
