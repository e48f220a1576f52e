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

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills, mounts and refuses as Linux does")
PARTS = ".reportedly-*.part"


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

# Forks itself, and lets each fork export until its next step: a line of `writing`, or anything that opens, makes, moves or removes a file. There it
# kills itself. A fork that gets to the end ends it all. Prints what each left.
KILLED = r"""
import ctypes, json, os, pathlib, shutil, signal, struct, sys
import reportedly
from reportedly.exports import csv, jsonl

form, before, target, refuse = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4] == "refuse"
tables = ["quotes"] if target.suffix else ["quotes", "errata"]
reportedly.export(form, target.with_name("first" + target.suffix), tables=tables)

def refuse_renameat2():
    # A filter that lets the kernel answer EINVAL, as file systems do that cannot exchange: https://man7.org/linux/man-pages/man2/seccomp.2.html
    number = {"x86_64": 316, "aarch64": 276}[os.uname().machine]
    code = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | 22), (0x06, 0, 0, 0x7FFF0000)]
    code = b"".join(struct.pack("HBBI", *line) for line in code)
    held = ctypes.create_string_buffer(code)
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 4, ctypes.addressof(held)))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0, os.strerror(ctypes.get_errno())

def die_at(step):
    left = step
    def count():
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def seen(event, _):
        if event == "open" or event.startswith(("os.", "shutil.", "tempfile.", "fcntl.")):
            count()
    def traced(frame, event, _):
        if frame.f_code.co_filename.endswith(os.sep + "writing.py"):
            if event == "line":
                count()
            return traced
    sys.addaudithook(seen)
    sys.settrace(traced)

def put_back():
    for path in target.parent.glob(target.name + "*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if before.is_dir():
        shutil.copytree(before, target)
    elif before.exists():
        shutil.copy(before, target)

def contents(path):
    if path.is_dir():
        return {each.name: each.read_text(encoding="utf-8") for each in path.iterdir()}
    return path.read_text(encoding="utf-8") if path.exists() else None

if refuse:
    refuse_renameat2()
for step in range(1, 300):
    put_back()
    child = os.fork()
    if child == 0:
        die_at(step)
        reportedly.export(form, target, tables=tables, force=True)
        os._exit(0)
    done = os.waitpid(child, 0)[1] == 0
    found = contents(target)
    # A minute later, the next to write beside it.
    for part in target.parent.glob(".reportedly-*"):
        os.utime(part, (0, 0))
    reportedly.export("jsonl", target.with_name("next.jsonl"), tables=["errata"], force=True)
    healed = contents(target)
    print(json.dumps([found, healed, sorted(path.name for path in target.parent.iterdir() if path.name != target.name)]))
    if done:
        sys.exit()
sys.exit("no fork came to the end")
"""


def killed_everywhere(form, target, before=None, *, refuse=False):
    """Yield what each kill left at a target, what the next writer left there, and what else lies beside it."""
    arguments = [form, before or target.with_name("nothing"), target, "refuse" if refuse else ""]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) > 30, "killed at each of many steps"
    return lines


def file_before(folder):
    file = folder / "before.txt"
    file.write_text("old", encoding="utf-8")
    return file, "old"


def folder_before(folder):
    made = folder / "before"
    made.mkdir()
    (made / "mine.txt").write_text("old", encoding="utf-8")
    return made, {"mine.txt": "old"}


@pytest.mark.parametrize(
    ("form", "target", "make"),
    [
        ("jsonl", "it.jsonl", file_before),
        ("csv", "it", None),
        ("csv", "it", folder_before),
    ],
    ids=["a file for a file", "a folder for nothing", "a folder for a folder"],
)
def test_killed_at_any_step_an_export_leaves_the_old_or_the_new_and_the_next_one_clears_up(
    tmp_path, form, target, make
):
    home = tmp_path / "home"
    home.mkdir()
    before, old = make(tmp_path) if make else (None, None)
    lines = killed_everywhere(form, home / target, before)
    new = lines[-1][0]
    assert new not in (old, None)
    assert [found for found, _, _ in lines if found not in (old, new)] == []
    assert {json.dumps(found) for found, _, _ in lines} == {json.dumps(old), json.dumps(new)}
    for found, healed, beside in lines:
        assert healed == found
        assert beside == sorted(["next.jsonl", f"first{Path(target).suffix}"])


def test_where_a_file_system_cannot_exchange_folders_the_next_writer_puts_the_old_one_back(tmp_path):
    if os.uname().machine not in {"x86_64", "aarch64"}:
        pytest.skip("the number of renameat2 is not known for this machine")
    home = tmp_path / "home"
    home.mkdir()
    before, old = folder_before(tmp_path)
    lines = killed_everywhere("csv", home / "it", before, refuse=True)
    new = lines[-1][0]
    assert None in [found for found, _, _ in lines], "between the two renames there is neither"
    for found, healed, beside in lines:
        assert found in (old, new, None)
        assert healed == (old if found is None else found)
        assert beside == ["first", "next.jsonl"]


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
    while not list(cwd.glob(f"{PARTS}/new")):
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < until
        time.sleep(0.001)
    return running


@pytest.mark.parametrize("name", ["excel", "duckdb", "jsonld"])
def test_a_command_killed_while_it_writes_leaves_the_old_and_the_next_one_clears_up(tmp_path, name):
    target = tmp_path / f"it{FORMATS[name].suffix}"
    target.write_text("old", encoding="utf-8")
    running = begun("export", name, "-o", target, "--force", cwd=tmp_path)
    time.sleep(0.05)
    running.kill()
    running.communicate()
    assert target.read_text(encoding="utf-8") == "old"
    assert len(names(tmp_path)) == 2
    assert command("export", "csv", "--table", "quotes", "-o", tmp_path / "quotes.csv").returncode == 0
    assert names(tmp_path) == sorted([target.name, "quotes.csv"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_told_to_stop_says_so_and_leaves_nothing(tmp_path, number):
    target = tmp_path / "made" / "it.xlsx"
    running = begun_in_new_folder(target, tmp_path)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (128 + number, "", f"reportedly: stopped by {number.name}\n")
    assert names(tmp_path) == ["made"]
    assert names(target.parent) == []


def test_an_interrupt_while_the_command_is_imported_brings_no_traceback():
    # Whatever is imported after the signals are taken may be interrupted: here each module in its turn.
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
    for module in ("reportedly.cli.app", "click", "reportedly.package.package"):
        done = subprocess.run([sys.executable, "-c", code, module], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (130, "", "reportedly: stopped by SIGINT\n")


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
    while not (target.parent.exists() and list(target.parent.glob(f"{PARTS}/new"))):
        assert running.poll() is None, running.communicate()
        time.sleep(0.001)
    return running


def test_what_was_told_to_ignore_an_interrupt_still_does(tmp_path):
    code = "import os, signal; signal.signal(signal.SIGINT, signal.SIG_IGN); os.execvp({0!r}, [{0!r}, '-m', 'reportedly', 'export', 'excel', '-o', 'it.xlsx'])"
    running = subprocess.Popen(
        [sys.executable, "-c", code.format(sys.executable)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not list(tmp_path.glob(f"{PARTS}/new")):
        assert running.poll() is None
        time.sleep(0.001)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 0
    assert names(tmp_path) == ["it.xlsx"]


def test_what_another_process_writes_or_a_user_made_is_never_cleared_away(tmp_path):
    mine = tmp_path / ".reportedly-notes.part"
    (mine / "kept").mkdir(parents=True)
    running = begun("export", "excel", "-o", "it.xlsx", cwd=tmp_path)
    running.send_signal(signal.SIGSTOP)
    try:
        assert command("export", "csv", "--table", "quotes", "-o", tmp_path / "quotes.csv").returncode == 0
    finally:
        running.send_signal(signal.SIGCONT)
    running.communicate(timeout=60)
    assert running.returncode == 0
    assert names(tmp_path) == [mine.name, "it.xlsx", "quotes.csv"]
    assert names(mine) == ["kept"]


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


@pytest.mark.parametrize("form", ["excel", "spss", "sqlite"])
def test_a_limit_on_the_size_of_files_is_told_as_a_full_disk_is(tmp_path, form):
    shell = f"ulimit -f 1; exec {sys.executable} -m reportedly export {form} -o it{FORMATS[form].suffix}"
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"reportedly: it{FORMATS[form].suffix}: file too large\n"
    assert names(tmp_path) == []


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


def test_a_reader_that_is_gone_does_not_undo_an_export(tmp_path):
    shell = f"{sys.executable} -m reportedly export csv --table quotes -o quotes.csv | true"
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert (tmp_path / "quotes.csv").read_bytes() == Path(reportedly.path("quotes")).read_bytes()


@pytest.mark.parametrize(("closed", "status"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0), ("2>/dev/full", 2)])
def test_an_export_whose_output_is_closed_or_full_is_whole(tmp_path, closed, status):
    shell = f"{sys.executable} -m reportedly export csv --table quotes -o quotes.csv {closed}"
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert (tmp_path / "quotes.csv").read_bytes() == Path(reportedly.path("quotes")).read_bytes()


def test_a_file_where_a_folder_has_to_be_is_named(tmp_path):
    (tmp_path / "file").touch()
    done = command("export", "csv", "-o", tmp_path / "file" / "made")
    assert (done.returncode, done.stderr) == (2, f"reportedly: {tmp_path}/file/made: {tmp_path}/file is no folder\n")
