"""requirements.lock: versions alone, of all that is asked for, and what is installed here is installed by it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ASKED = [
    need
    for needs in (
        PROJECT["build-system"]["requires"],
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    )
    for need in needs
    if isinstance(need, str)
]


def test_the_lock_holds_versions_and_no_place():
    for line in LINES:
        assert re.fullmatch(r"# [\w :]+|[a-z0-9-]+==[\w.]+( ; [\w .<>=!'*-]+)?", line), line


@pytest.mark.parametrize("text", ASKED)
def test_what_is_asked_for_is_locked_to_a_version_that_is_allowed(text):
    need = Requirement(text)
    locked = [Requirement(line) for line in LINES if not line.startswith("#")]
    versions = [str(each.specifier)[2:] for each in locked if each.name == canonicalize_name(need.name)]
    assert versions
    assert all(need.specifier.contains(version, prereleases=True) for version in versions)


def test_every_installation_of_the_makefile_takes_the_locked_versions():
    command = ["make", "--dry-run", "--always-make", "demo", "test", "release"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    installs = [line for line in told.splitlines() if "pip install" in line]
    assert len(installs) == 3
    assert all("--constraint requirements.lock" in line.replace("constraints", "constraint") for line in installs)
    # The sdist has the Makefile alone.
    ci = ROOT / ".ci" / "run"
    assert not ci.exists() or "pip install" not in ci.read_text(encoding="utf-8")


def test_every_installation_of_a_session_takes_the_locked_versions():
    text = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    installs = [line.strip() for line in text.splitlines() if "session.install(" in line]
    assert len(installs) >= 8
    # The wheel brings nothing with it, and what it needs is locked or, in one session, the lowest.
    free = [line for line in installs if not re.search(r"\*LOCKED|LOCK\)", line)]
    assert free == [
        'session.install("-r", "pyproject.toml", "--all-extras", *options)',
        'session.install("--no-deps", "--reinstall", str(wheel))',
    ]
