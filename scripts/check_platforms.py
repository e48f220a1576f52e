"""Test what users install wherever it claims to run: the wheel built from the sdist, in new environments outside of the checkout.

    python scripts/check_platforms.py             the oldest Python with the lowest dependencies, the newest with the locked
    python scripts/check_platforms.py --all       every Python, each with the lowest dependencies, with pandas 2 and with the locked
    python scripts/check_platforms.py --record    keep the table for the documentation too

Pythons are those on the PATH, those of pyenv and those named by --python. The lowest dependencies are those of pyproject.toml on the oldest Python; a newer
one takes the lowest that there are wheels for. With --all it is a finding too where a Python that pyproject.toml claims is not at hand.

1. The wheel alone: loading, listing and showing work, from the wheel as a zip file too; what needs an extra says so in one line.
2. With its extras: tests of the checkout pass against it, and `python -O` finds the shipped dataset valid.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

from build_dist import LOCK, ROOT, distributions
from recording import Rows, record

OLDEST = (3, 11)
# What may go another way with another Python or other libraries: reading, the dtypes, expressions, and each writer.
TESTS = (
    "test_load.py",
    "test_flat.py",
    "test_edtf_bounds.py",
    "text/test_normalize.py",
    "text/test_boundaries.py",
    "test_chains.py",
    "test_export.py",
)
# What takes longer, with --all: another way to be imported or to print, where it may depend on the Python alone …
ANYWHERE = ("test_anywhere.py",)
# … and what the lowest dependencies write, read by software that is not ours.
WRITTEN = (
    "test_export_parquet.py",
    "test_export_sqlite.py",
    "test_export_duckdb.py",
    "test_export_excel.py",
    "test_export_stata.py",
    "test_export_spss.py",
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# What all tests need. Those that read with other software take the groups that this group includes too.
TOOLS = [need for need in PROJECT["dependency-groups"]["test"] if isinstance(need, str)]
SHOWN = ("pandas", "numpy", "narwhals", "pandera", "pyarrow", "duckdb")
ASK = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {SHOWN}}}))"


class Kind(NamedTuple):
    """A set of dependencies."""

    name: str
    arguments: tuple[str, ...] = ()


LOWEST = Kind("lowest", ("--resolution", "lowest-direct"))
PANDAS_2 = Kind("newest with pandas 2", ("pandas<3",))
LOCKED = Kind("locked", ("--constraints", str(LOCK)))


def run(*command: str | Path, cwd: Path, expect: int = 0, **surroundings: str) -> str:
    """Run a command and return what it printed; stop where its exit status is another than expected."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=clean | surroundings, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode != expect:
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def pythons(further: list[Path]) -> dict[tuple[int, int], Path]:
    """Return the interpreters at hand that are new enough, one of each minor version, the oldest first."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    on_path = filter(None, (shutil.which(f"python3.{minor}") for minor in range(OLDEST[1], 30)))
    places = [*further, Path(sys.executable), *sorted(pyenv.glob("*/bin/python")), *map(Path, on_path)]
    found: dict[tuple[int, int], Path] = {}
    for place in places:
        asked: list[str | Path] = [place, "-c", "import sys; print(*sys.version_info[:2])"]
        done = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False)
        # What pyenv puts on the PATH fails where it is told of no version.
        if done.returncode == 0:
            major, minor = map(int, done.stdout.split())
            found.setdefault((major, minor), place)
    return {version: found[version] for version in sorted(found) if version >= OLDEST}


def claimed() -> list[tuple[int, int]]:
    """Return the Pythons that pyproject.toml claims."""
    lines = "\n".join(PROJECT["project"]["classifiers"])
    return [(3, int(minor)) for minor in re.findall(r"Programming Language :: Python :: 3\.([0-9]+)", lines)]


def environment(folder: Path, python: Path) -> Path:
    """Make a virtual environment and return its folder of executables."""
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", python, folder, cwd=folder.parent)
    return folder / ("Scripts" if os.name == "nt" else "bin")


def install(scripts: Path, *what: str | Path, cwd: Path) -> None:
    """Install packages into an environment."""
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", scripts / "python", *what, cwd=cwd)


def alone(work: Path, wheel: Path, python: Path) -> None:
    """Check the wheel without its extras."""
    scripts = environment(work / "alone", python)
    install(scripts, wheel, *LOCKED.arguments, cwd=work)
    code = "import reportedly; print(len(reportedly.load('demands')), len(reportedly.flat('quotes'))); print(reportedly.__file__)"
    printed = run(scripts / "python", "-c", code, cwd=work)
    if str(ROOT / "src") in printed:
        sys.exit("the checkout was imported, not the wheel")
    zipped = run(scripts / "python", "-c", code, cwd=work, PYTHONPATH=str(wheel))
    if zipped.splitlines()[0] != printed.splitlines()[0] or str(wheel) not in zipped:
        sys.exit(f"from the wheel as a zip file it is another dataset: {zipped}")
    for command in (
        ["tables"],
        ["show", "demands"],
        ["chain", "tasr-0001.c02"],
        ["rules"],
        ["describe", "figures"],
        ["versions"],
        ["cite"],
        ["cite", "--format", "ris"],
        ["export", "csv"],
    ):
        run(scripts / "reportedly", *command, cwd=work)
    for command, extra in (
        (["validate"], "validate"),
        (["export", "parquet"], "export"),
        (["cite", "--format", "chicago"], "cite"),
    ):
        told = run(scripts / "reportedly", *command, cwd=work, expect=2)
        if told.count("\n") != 1 or not re.search(rf"extra {extra}: .* pip install .+", told):
            sys.exit(f"a missing extra is told so: {told}")


def with_tests(
    work: Path, wheel: Path, python: Path, kind: Kind, tests: tuple[str, ...]
) -> dict[str, int | float | str]:
    """Run tests against the installed wheel, and return what they ran with and how many passed."""
    name = f"{python.parent.parent.name}-{kind.name}".replace(" ", "-")
    scripts = environment(work / name, python)
    project = ROOT / "pyproject.toml"
    # Named one by one: the lowest of a wheel's own dependencies are not looked for.
    needed = ["-r", str(project), "--all-extras"]
    # Nothing is built: a library that has no wheel for a Python does not claim it. Some that only read have none for any.
    needed += ["--group", f"{project}:test"] if set(WRITTEN) <= set(tests) else ["--no-build", *TOOLS]
    install(scripts, *needed, *kind.arguments, cwd=work)
    install(scripts, "--no-deps", wheel, cwd=work)
    options = ["-q", "-n", "2", "-p", "no:cacheprovider", *(f"tests/{test}" for test in tests)]
    printed = run(scripts / "python", "-m", "pytest", *options, cwd=work / "checkout").strip().splitlines()[-1]
    run(scripts / "python", "-O", "-m", "reportedly", "validate", cwd=work)
    passed = re.search(r"([0-9]+) passed", printed)
    version = run(scripts / "python", "-c", "import platform; print(platform.python_version())", cwd=work).strip()
    versions = json.loads(run(scripts / "python", "-c", ASK, cwd=work))
    shutil.rmtree(work / name)
    return {"Python": version, "dependencies": kind.name, **versions, "tests passed": int(passed[1]) if passed else 0}


def checkout(folder: Path) -> None:
    """Copy what tests need besides the installed package, without the package."""
    folder.mkdir()
    for kept in ("tests", "data", "schemas", "releases", "docs", "scripts"):
        shutil.copytree(ROOT / kept, folder / kept)
    for kept in ("datapackage.json", "pyproject.toml", "README.md", "CITATION.cff", "CHANGELOG.md", "Makefile"):
        shutil.copy(ROOT / kept, folder)


def main() -> int:
    """Build, then check each environment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all", action="store_true", help="every Python with every set of dependencies")
    parser.add_argument("--record", action="store_true", help="keep the table for the documentation")
    parser.add_argument("--python", type=Path, action="append", default=[], help="a further interpreter, repeatable")
    options = parser.parse_args()
    at_hand = pythons(options.python)
    oldest, newest = min(at_hand), max(at_hand)
    chosen: dict[tuple[tuple[int, int], Kind], tuple[str, ...]] = {(oldest, LOWEST): TESTS, (newest, LOCKED): TESTS}
    if options.all:
        for version in at_hand:
            chosen |= {(version, LOWEST): TESTS, (version, PANDAS_2): TESTS, (version, LOCKED): TESTS + ANYWHERE}
        chosen[oldest, LOWEST] = TESTS + ANYWHERE + WRITTEN
    rows: Rows = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder).resolve()
        (work / "dist").mkdir()
        wheel, _ = distributions(work / "dist")
        checkout(work / "checkout")
        alone(work, wheel, at_hand[newest])
        print(f"{wheel.name} alone: loads, lists and shows, from a zip file too; says what the extras are for")
        for (version, kind), tests in sorted(chosen.items()):
            row = with_tests(work, wheel, at_hand[version], kind, tests)
            rows.append(row)
            print("; ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    missing = [f"{major}.{minor}" for major, minor in claimed() if (major, minor) not in at_hand]
    if options.all and missing:
        print(f"claimed and not at hand: {', '.join(missing)}", file=sys.stderr)
    if options.record:
        ran = sorted({str(row["Python"]) for row in rows}, key=lambda text: [int(part) for part in text.split(".")])
        record(
            "platforms",
            "Where it runs",
            {"Pythons": ", ".join(ran), "Environments": len(rows), "Claimed and not run": ", ".join(missing) or "none"},
            rows,
            note="Each line is a new environment with the wheel, in which all of these tests passed. All ran on Linux; Windows and macOS were not at hand.",
        )
    return 1 if options.all and missing else 0


if __name__ == "__main__":
    sys.exit(main())
