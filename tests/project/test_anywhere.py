"""The same answers wherever it runs: from a zip file, from a folder that nobody may write to, optimised, in any locale, twice at once."""

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


# --- from a folder that nobody may write to ---------------------------------------------------------------------------


def test_from_a_read_only_folder_without_a_home_every_command_says_the_same(usual):
    program = shutil.which("setpriv")
    if sys.platform != "linux" or os.geteuid() != 0 or not program:
        pytest.skip("only root can become a user who may write nothing, with setpriv")
    # What root's tests write is for root alone, so this user has folders of its own.
    home = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    try:
        home.chmod(0o755)
        folder = copied(home / "installed")
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        work = home / "work"
        work.mkdir()
        work.chmod(0o777)
        python = [program, "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable]
        surroundings = {
            name: value for name, value in os.environ.items() if name not in {"HOME", "PYTHONDONTWRITEBYTECODE"}
        }
        surroundings |= {"PYTHONPATH": str(folder), "TMPDIR": str(work)}
        probe = [*python, "-c", "import reportedly, pandas; print(reportedly.__file__); open(reportedly.__file__, 'a')"]
        told = subprocess.run(probe, env=surroundings, cwd=work, capture_output=True, text=True, check=False)
        if "PermissionError" not in told.stderr:
            pytest.skip("another user may not run this Python, or may write everywhere")
        assert told.stdout.startswith(str(folder))
        assert answers(work, python=python, env=surroundings) == usual
        done = command("export", "csv", "-o", folder / "made", python=python, env=surroundings, cwd=work)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.decode() == f"reportedly: {folder}/made: permission denied\n"
        assert list(folder.rglob("__pycache__")) == []
        made = command("export", "duckdb", "--table", "errata", python=python, env=surroundings, cwd=work)
        assert made.returncode == 0, made.stderr.decode()
    finally:
        shutil.rmtree(home)


# --- optimised --------------------------------------------------------------------------------------------------------


def test_optimised_every_command_says_the_same(tmp_path, usual):
    assert answers(tmp_path, python=(sys.executable, "-O")) == usual


def test_without_docstrings_the_rules_keep_their_sentences():
    with_docstrings, without = (command("rules", python=(sys.executable, *flags)) for flags in ((), ("-OO",)))
    assert (without.returncode, without.stdout) == (0, with_docstrings.stdout)


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
