"""Test what users install: the wheel built from the sdist, in new environments outside of the checkout.

    python scripts/check_wheel.py

1. The wheel alone: loading, listing and showing work; what needs an extra says so in one line.
2. The wheel with its extras, newest dependencies: the tests of the checkout pass against it.
3. The same with the lowest dependencies that pyproject.toml allows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
# What takes long is tested in the checkout, with the newest dependencies; here it is the installation that is on trial …
TESTS = (
    "test_load.py",
    "test_flat.py",
    "test_chains.py",
    "test_cli.py",
    "test_verify.py",
    "test_api.py",
    "test_readme.py",
    "test_versions.py",
    "test_export.py",
)
# … and the lowest dependencies, with all that they write.
WRITTEN = (
    "test_cite.py",
    "test_diff.py",
    "test_export_parquet.py",
    "test_export_sqlite.py",
    "test_export_duckdb.py",
    "test_export_excel.py",
    "test_export_stata.py",
    "test_export_spss.py",
    "test_export_rdf.py",
    "test_export_csvw.py",
)


def run(*command: str | Path, cwd: Path, expect: int = 0) -> str:
    """Run a command and return what it printed; stop where its exit status is another than expected."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    if done.returncode != expect:
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def environment(folder: Path) -> Path:
    """Make a virtual environment and return its folder of executables."""
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, folder, cwd=folder.parent)
    return folder / ("Scripts" if os.name == "nt" else "bin")


def install(scripts: Path, *what: str, cwd: Path) -> None:
    """Install packages into an environment."""
    run(
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--compile-bytecode",
        "--python",
        scripts / "python",
        *what,
        cwd=cwd,
    )


def build(work: Path) -> Path:
    """Build the sdist, and the wheel from it."""
    run(sys.executable, "-m", "build", "--installer", "uv", "--outdir", work / "dist", ROOT, cwd=work)
    (wheel,) = (work / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    packed = [name for name in names if name.startswith("reportedly/_package/")]
    if not any(name.endswith("data/demands.csv") for name in packed):
        sys.exit(f"{wheel.name} lacks the data")
    return wheel


def alone(work: Path, wheel: Path) -> None:
    """Check the wheel without its extras."""
    scripts = environment(work / "alone")
    install(scripts, str(wheel), cwd=work)
    code = "import sys, reportedly; print(len(reportedly.load('demands')), len(reportedly.flat('quotes'))); print(reportedly.__file__)"
    printed = run(scripts / "python", "-c", code, cwd=work)
    if str(ROOT / "src") in printed:
        sys.exit("the checkout was imported, not the wheel")
    for command in (
        ["tables"],
        ["show", "demands"],
        ["chain", "tasr-0001.c02"],
        ["rules"],
        ["describe", "figures"],
        ["versions"],
        ["cite", "--format", "ris"],
        ["export", "csv"],
    ):
        run(scripts / "reportedly", *command, cwd=work)
    for command, extra in ((["validate"], "validate"), (["export", "parquet"], "export"), (["cite"], "cite")):
        told = run(scripts / "reportedly", *command, cwd=work, expect=2)
        if told.count("\n") != 1 or f"pip install 'reportedly[{extra}]'" not in told:
            sys.exit(f"a missing extra is told so: {told}")


def with_tests(work: Path, wheel: Path, name: str, tests: tuple[str, ...], *resolution: str) -> None:
    """Run tests against the installed wheel."""
    scripts = environment(work / name)
    install(
        scripts,
        *resolution,
        f"reportedly[validate,export,cite] @ {wheel.as_uri()}",
        "--group",
        f"{ROOT / 'pyproject.toml'}:test",
        cwd=work,
    )
    copy = work / f"{name}-checkout"
    copy.mkdir()
    for kept in ("tests", "data", "schemas", "releases", "docs", "scripts"):
        shutil.copytree(ROOT / kept, copy / kept)
    for kept in ("datapackage.json", "pyproject.toml", "README.md", "CITATION.cff", "CHANGELOG.md", "Makefile"):
        shutil.copy(ROOT / kept, copy / kept)
    chosen = [f"tests/{test}" for test in tests]
    printed = run(scripts / "python", "-m", "pytest", "-q", "-n", "2", *chosen, cwd=copy)
    run(scripts / "reportedly", "validate", cwd=work)
    print(f"{name}: {printed.strip().splitlines()[-1]}")


def main() -> None:
    """Build, then check each environment."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder).resolve()
        wheel = build(work)
        print(f"built {wheel.name} from its sdist")
        alone(work, wheel)
        print("alone: loads, lists and shows; says what the extra is for")
        with_tests(work, wheel, "newest", TESTS)
        with_tests(work, wheel, "lowest", TESTS + WRITTEN, "--resolution", "lowest-direct")


if __name__ == "__main__":
    main()
