"""Release a version of the dataset and the package, or prove that nothing about the releases is wrong.

    python scripts/release.py 0.2.0          make the release: everything that holds the version, releases/0.2.0/, the changelog
    python scripts/release.py 0.3.0-dev.0    go on after it: nothing may change under the number of a release
    python scripts/release.py --check        write nothing; fail if a release was touched, or the version does not fit what changed

Nothing is written unless everything is right: it is all done in a copy first. `--root FOLDER` does the same for another package of the format. Exit
status: 0 done or clean, 1 findings, 2 wrong use. What must hold of releases is in `reportedly.versioning.release`; what this repository has besides is here.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
# The rules that are frozen are those of this checkout, wherever else the package is installed.
sys.path.insert(0, str(ROOT / "src"))

from reportedly.errors import ReportedlyError  # noqa: E402
from reportedly.model.version import Version  # noqa: E402
from reportedly.package.package import reason  # noqa: E402
from reportedly.versioning.release import Checkout, HistoryError, check, git, make, standing, today, unseen  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

CITATION = "CITATION.cff"


def own(root: Path) -> Iterator[str]:
    """Yield what is wrong with the version where only this repository has it: the project's, the citation's, and that of the code."""
    checkout = Checkout(root)
    version = Version.read(checkout.version)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if version and project != version.pep440:
        yield f"pyproject.toml: has version {project}. Expected: {version.pep440}, as datapackage.json says"
    if checkout.last is None:
        return
    # What is cited is a release.
    right = {"version": checkout.last.name, "date-released": str(checkout.last.package.descriptor["created"])[:10]}
    text = (root / CITATION).read_text(encoding="utf-8")
    for name, value in right.items():
        found = re.findall(rf'^{name}: "?(.*?)"?$', text, re.MULTILINE)
        if found != [value]:
            yield f"{CITATION}: {name} is {' and '.join(found) or 'not there'}. Expected: {value}, of the last release"


def findings(root: Path) -> list[str]:
    """Return the findings of a validation."""
    # Late: `--check` does not need it, and it takes longest to import.
    from reportedly.validation.validate import validate

    return [str(issue) for issue in validate(root).issues]


def code_moved(root: Path) -> Iterator[str]:
    """Yield whether the code is another than the one that was released under the number that it has."""
    version = Checkout(root).version
    if not (root / ".git").exists():
        return
    try:
        added = git(root, "log", "--diff-filter=A", "--format=%H", "--", f"releases/{version}/datapackage.json").split()
        if added and git(root, "diff", "--name-only", added[-1], "--", "src"):
            yield f"src is not what was released as {version}: run python scripts/release.py with the next version and -dev.0"
    except HistoryError as error:
        yield f"the git history cannot be read: {error}"


def refresh(stage: Path) -> Iterator[str]:
    """Bring up to date what holds the version in a copy of this checkout, and yield what is wrong with it."""
    checkout = Checkout(stage)
    version = Version.read(checkout.version)
    lines = {"pyproject.toml": {"version = ": f'"{version.pep440 if version else ""}"'}}
    if checkout.version in checkout.frozen:
        lines[CITATION] = {"version: ": checkout.version, "date-released: ": f'"{checkout.date}"'}
    for name, values in lines.items():
        text = (stage / name).read_text(encoding="utf-8")
        for head, value in values.items():
            text = re.sub(rf"^{head}.*$", head + value, text, count=1, flags=re.MULTILINE)
        (stage / name).write_text(text, encoding="utf-8", newline="\n")
    command = [sys.executable, str(stage / "scripts" / "generate.py")]
    paths = {**os.environ, "PYTHONPATH": str(stage / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=paths, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        yield f"generate.py: {done.stderr.strip()}"
    yield from own(stage)


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-11-30") from error


def main() -> int:
    """Make a release, or with --check compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("version", nargs="?", help="the version to release, or the development version to go on with")
    asked.add_argument("--check", action="store_true", help="write nothing, fail where something is wrong")
    parser.add_argument(
        "--date", type=_day, default=today().isoformat(), help="the day of the release (default: today)"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder (default: this checkout)")
    options = parser.parse_args()
    root = options.root.resolve()
    try:
        if told := unseen(root):
            print(told)
        known = list(own(root)) if root == ROOT else []
        if options.check:
            found = known + (list(code_moved(root)) if root == ROOT else []) + check(root)
        else:
            also = {"refresh": refresh} if root == ROOT else {}
            found, written = make(root, options.version, options.date, validate=findings, known=known, **also)
            print("".join(f"wrote {name}\n" for name in written), end="")
        if not found:
            print(standing(root))
    except ReportedlyError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {reason(error)}", file=sys.stderr)
        return 2
    for finding in found:
        print(finding, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
