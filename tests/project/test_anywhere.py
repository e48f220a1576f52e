"""The same answers wherever it runs: from a zip file, optimised, in any locale, twice at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import reportedly

pytestmark = pytest.mark.slow

HERE = Path(reportedly.__file__).parent
PACKAGE = Path(reportedly.path("actors")).parents[1]
# Each prints what is far from ASCII: arrows, curly quotes, names.
COMMANDS = (
    ("tables",),
    ("show", "demands", "--flat"),
    ("describe", "figures"),
    ("chain", "tasr-0001.d12"),
    ("rules",),
    ("versions",),
    ("cite", "tasr-0001.q03", "--format", "ris"),
    ("export", "jsonl", "--table", "quotes", "-o", "quotes.jsonl", "--force"),
    ("show", "demandz"),
)


def command(*arguments, python=(sys.executable,), **options):
    line = [*map(str, python), "-m", "reportedly", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, check=False, **options)


def answers(folder, commands=COMMANDS, **options):
    """Return what each command says: status, output and complaints as bytes."""
    found = [command(*arguments, cwd=folder, **options) for arguments in commands]
    return [(done.returncode, done.stdout, done.stderr) for done in found]


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """What the commands say where nothing is special."""
    found = answers(tmp_path_factory.mktemp("usual"))
    assert [status for status, _, _ in found] == [0] * (len(COMMANDS) - 1) + [2]
    assert "Kremlin ← the sources".encode() in found[3][1]
    return found


def valid(folder, **options):
    """Return whether the shipped dataset is told to be valid, and nothing else is."""
    ((status, out, err),) = answers(folder, [("validate",)], **options)
    return (status, err) == (0, b"") and out.startswith(f"reportedly {reportedly.__version__}: valid. ".encode())


def copied(folder):
    """Make a folder that Python can import the package from, as an installer lays it out."""
    shutil.copytree(HERE, folder / "reportedly", ignore=shutil.ignore_patterns("__pycache__", "_package"))
    for part in ("data", "schemas", "releases"):
        shutil.copytree(PACKAGE / part, folder / "reportedly" / "_package" / part)
    shutil.copy(PACKAGE / "datapackage.json", folder / "reportedly" / "_package")
    return folder


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The package in a zip file, as its wheel is one."""
    folder = copied(tmp_path_factory.mktemp("zipped"))
    made = tmp_path_factory.mktemp("archive") / "reportedly.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder))
    return made


# --- from a zip file --------------------------------------------------------------------------------------------------


def test_from_a_zip_file_every_command_says_the_same(tmp_path, archive, usual):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    surroundings = {**os.environ, "PYTHONPATH": str(archive), "TMPDIR": str(temporary)}
    assert answers(tmp_path, env=surroundings) == usual
    assert valid(tmp_path, env=surroundings)
    assert list(temporary.iterdir()) == []


def test_from_a_zip_file_tables_load_and_paths_lead_to_a_copy_that_goes_with_the_process(tmp_path, archive):
    code = """if True:
        import os, sys
        sys.path.insert(0, sys.argv[1])
        import reportedly
        assert reportedly.__file__.startswith(sys.argv[1])
        for table in reportedly.tables():
            assert len(reportedly.load(table)) == len(open(reportedly.path(table), encoding="utf-8").read().splitlines()) - 1 or table == "errata"
        assert len(reportedly.flat("demands", version="0.1.0")) == 20
        assert list(reportedly.describe("quotes").columns)
        print(reportedly.chain("tasr-0001.d12"))
        print(reportedly.path("quotes"))
    """
    done = subprocess.run(
        [sys.executable, "-c", code, archive],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    chain, path = done.stdout.splitlines()
    assert chain == "Kremlin ← the sources ← Bloomberg ← TASR"
    assert path.endswith("quotes.csv")
    assert not Path(path).exists()


def test_from_a_zip_file_the_command_prints_no_path_that_is_gone_when_it_ends(tmp_path, archive):
    done = command("path", "quotes", env={**os.environ, "PYTHONPATH": str(archive)}, cwd=tmp_path)
    told = f"reportedly: {archive}: a file in a zip file has no path that lasts; `reportedly export csv` makes one\n"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", told)


# --- optimised --------------------------------------------------------------------------------------------------------


def test_optimised_every_command_says_the_same(tmp_path, usual):
    assert answers(tmp_path, python=(sys.executable, "-O")) == usual


# --- in any locale ----------------------------------------------------------------------------------------------------

LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "latin-1": {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
}


@pytest.mark.parametrize("name", LOCALES)
def test_a_program_or_file_gets_the_same_bytes_in_any_locale(tmp_path, usual, name):
    found = answers(tmp_path, env={**os.environ, **LOCALES[name]})
    assert [(status, out) for status, out, _ in found] == [(status, out) for status, out, _ in usual]
    assert not [err for _, _, err in found if b"Traceback" in err]
    assert (tmp_path / "quotes.jsonl").read_text(encoding="utf-8").count("’") > 1


# ASCII is what a terminal has that nobody set up, so click takes it for UTF-8.
@pytest.mark.parametrize(("name", "arrow"), [("latin-1", "?"), ("C", "←")])
def test_a_terminal_gets_what_it_can_show(name, arrow):
    pty = pytest.importorskip("pty")
    surroundings = {**os.environ, "TERM": "xterm", "COLUMNS": "300", **LOCALES[name]}
    ours, theirs = pty.openpty()
    for arguments, shown in (
        (["chain", "tasr-0001.d12"], f"Kremlin {arrow} the sources"),
        (["show", "quotes"], "? TASR"),
    ):
        line = [sys.executable, "-m", "reportedly", *arguments]
        done = subprocess.run(line, stdout=theirs, stderr=subprocess.PIPE, env=surroundings, check=True)
        assert done.stderr == b""
        assert shown.encode() in os.read(ours, 100_000)
    os.close(theirs)
    os.close(ours)


# --- twice at once ----------------------------------------------------------------------------------------------------


def at_once(*lines, cwd):
    """Run commands at the same time and return what each said."""
    with ThreadPoolExecutor(len(lines)) as pool:
        return list(pool.map(lambda line: command(*line, cwd=cwd), lines))


@pytest.mark.parametrize("name", ["jsonl", "sqlite"])
def test_of_two_exports_to_one_target_one_is_done_and_one_is_told(tmp_path, name):
    target = f"it{'' if FORMATS[name].per_table else FORMATS[name].suffix}"
    line = ("export", name, "-o", target)
    for _ in range(3):
        found = sorted(at_once(line, line, line, cwd=tmp_path), key=lambda done: done.returncode)
        assert [done.returncode for done in found] == [0, 2, 2]
        for done in found[1:]:
            assert done.stderr.decode() == f"reportedly: {target}: is there already; --force replaces it\n"
        assert [path.name for path in tmp_path.iterdir()] == [target]
        made = tmp_path / target
        shutil.rmtree(made) if made.is_dir() else made.unlink()


def test_of_two_exports_that_replace_each_is_done_whole(tmp_path):
    lines = [("export", name, "--table", "quotes", "-o", "it", "--force") for name in ("jsonl", "csv", "parquet")]
    command(*lines[0], cwd=tmp_path)
    for _ in range(3):
        assert [done.returncode for done in at_once(*lines, cwd=tmp_path)] == [0, 0, 0]
        assert [path.name for path in tmp_path.iterdir()] == ["it"]
        assert len(list((tmp_path / "it").iterdir())) == 1
