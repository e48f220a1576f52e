"""requirements.lock: versions alone, of all that is asked for, and what is installed here is installed by it."""

from __future__ import annotations

import re
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
