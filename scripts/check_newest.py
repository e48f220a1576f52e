"""Run tests, linters and the documentation with the newest versions of all libraries, and say in one line what breaks there.

    python scripts/check_newest.py

Everything else runs with the versions of requirements.lock. A release of somebody else's library is news, and no fault of a change here: whatever breaks,
the exit status is 0. `make lock` takes the newest versions, and then it must be mended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from build_dist import LOCK, ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Where libraries are read with, written with, or printed with. The other tests are of what is done between.
TESTS = ("load", "flat", "save", "edtf_bounds", "report", "cite", "verify", "validation_rules", "export*")


def locked() -> dict[str, str]:
    """Return the versions that requirements.lock has for this Python and system, by name."""
    lines = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    here = [need for need in map(Requirement, lines) if need.marker is None or need.marker.evaluate()]
    return {canonicalize_name(need.name): str(need.specifier).removeprefix("==") for need in here}


def run(*command: str | Path) -> tuple[int, list[str]]:
    """Run a command in the checkout, and return its exit status and the lines that it printed."""
    plain = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | {"NO_COLOR": "1"}
    done = subprocess.run([*map(str, command)], cwd=ROOT, env=plain, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]


def broken(name: str, status: int, lines: list[str]) -> list[str]:
    """Return the names of what broke in a step: its tests where it tells them, else the step and the last that it said."""
    if status == 0:
        return []
    failed = [line.split(" ")[1].partition("[")[0] for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return list(dict.fromkeys(failed)) or [f"{name} ({lines[-1].strip() if lines else f'exit status {status}'})"]


def sentence(found: list[str], newer: list[str]) -> str:
    """Return the line that tells what breaks with which newer versions."""
    if not newer:
        return "newest versions: those of requirements.lock"
    what = f"BREAK {', '.join(found)}" if found else "break nothing"
    return f"newest versions {what}; newer than requirements.lock: {', '.join(newer)}"


def check(folder: Path) -> str:
    """Install the newest versions into a folder, and return what breaks with them."""
    uv = (sys.executable, "-m", "uv")
    python = folder / "bin" / "python"
    # The last, for what it holds back is held back in the lock.
    groups = [f"--group={group}" for group in ("test", "lint", "docs", "bench")]
    run(*uv, "venv", "--quiet", "--python", sys.executable, folder)
    install = (*uv, "pip", "install", "--compile-bytecode", "--python", python)
    status, said = run(*install, "--editable", ".[validate,export,cite]", *groups)
    if status:
        return f"newest versions cannot be installed: {' '.join(said)}"
    _, listed = run(*uv, "pip", "list", "--quiet", "--format", "json", "--python", python)
    lock = locked()
    there = {canonicalize_name(each["name"]): each["version"] for each in json.loads(listed[0])}
    newer = [f"{name} {version}" for name, version in there.items() if lock.get(name, version) != version]
    if not newer:
        return sentence([], [])
    tests = sorted(str(path) for each in TESTS for path in ROOT.glob(f"tests/test_{each}.py"))
    steps = {
        "pytest": ("pytest", "-q", "--tb=no", "-n", "2", "-p", "no:cacheprovider", *tests),
        "ruff check": ("ruff", "check", "--no-cache", "."),
        "ruff format": ("ruff", "format", "--no-cache", "--check", "."),
        "mypy": ("mypy", "--cache-dir", str(folder / "mypy")),
        "mkdocs build": ("mkdocs", "build", "--strict", "--site-dir", str(folder / "site")),
    }
    found = [each for name, step in steps.items() for each in broken(name, *run(python, "-m", *step))]
    return sentence(found, newer)


def main() -> int:
    """Print what breaks."""
    with tempfile.TemporaryDirectory() as folder:
        print(check(Path(folder, "newest")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
