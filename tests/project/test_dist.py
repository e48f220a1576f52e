"""What is published: exactly what it should hold, and the same bytes whoever builds it and where."""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from reportedly.model.version import Version

ROOT = Path(__file__).parents[2]
# Of what is in git, all but what only a checkout needs is in the sdist.
ONLY_IN_GIT = {".ci/run", ".gitattributes"}
RELEASED = 1_795_305_600  # 2026-11-22
# What lies about in a checkout that somebody works in.
LITTER = (
    ".venv/bin/python",
    ".hypothesis/examples/one",
    ".mypy_cache/one.json",
    "build/lib/reportedly/cli.py",
    "dist/reportedly-0.0.1.tar.gz",
    "site/index.html",
    "src/reportedly.egg-info/PKG-INFO",
    "src/reportedly/__pycache__/cli.cpython-311.pyc",
    "tests/__pycache__/conftest.cpython-311.pyc",
    "data/__pycache__/one.pyc",
    "releases/.cache/one",
)

pytest.importorskip("hatchling", reason="needs the build backend, of the group test")
if not (ROOT / ".git").exists():
    pytest.skip("what is published is compared with what is in git", allow_module_level=True)


def committed() -> set[str]:
    """Return what git would commit: what is tracked, and what is new and not ignored."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return {name for name in names if (ROOT / name).is_file()}


def checkout(place: Path) -> Path:
    for name in {*committed(), *LITTER}:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / ("LICENSE" if name in LITTER else name), place / name)
    return place


def hatch(place: Path, kind: str, out: Path, umask: int = 0o022, **surroundings: str) -> Path:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "TZ", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", out],
        cwd=place,
        env={**clean, "SOURCE_DATE_EPOCH": str(RELEASED), **surroundings},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (made,) = out.glob({"sdist": "*.tar.gz", "wheel": "*.whl"}[kind])
    return made


def built(place: Path, out: Path, umask: int = 0o022, **surroundings: str) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from it, as is done for a release."""
    sdist = hatch(checkout(place), "sdist", out, umask, **surroundings)
    with tarfile.open(sdist) as opened:
        opened.extractall(out, filter="data")
    return sdist, hatch(out / sdist.name.removesuffix(".tar.gz"), "wheel", out, umask, **surroundings)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("published")
    return built(folder / "checkout", folder / "dist")


@pytest.fixture(scope="module")
def sdist(published: tuple[Path, Path]) -> dict[str, bytes]:
    with tarfile.open(published[0]) as opened:
        return {
            member.name.partition("/")[2]: opened.extractfile(member).read()  # type: ignore[union-attr]
            for member in opened
            if member.isfile()
        }


@pytest.fixture(scope="module")
def wheel(published: tuple[Path, Path]) -> dict[str, bytes]:
    with zipfile.ZipFile(published[1]) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_sdist_holds_what_is_in_git_as_it_is_and_nothing_else(sdist):
    assert set(sdist) == (committed() - ONLY_IN_GIT) | {"PKG-INFO"}
    assert [name for name in set(sdist) - {"PKG-INFO"} if sdist[name] != (ROOT / name).read_bytes()] == []


def test_the_wheel_holds_the_code_and_the_package_and_nothing_else(wheel):
    code = {name.removeprefix("src/"): name for name in committed() if name.startswith("src/reportedly/")}
    package = {
        f"reportedly/_package/{name}": name
        for name in committed()
        if name.startswith(("data/", "schemas/", "releases/")) or name == "datapackage.json"
    }
    assert "reportedly/py.typed" in code
    assert {name for name in wheel if ".dist-info/" not in name} == {*code, *package}
    assert [name for name, source in {**code, **package}.items() if wheel[name] != (ROOT / source).read_bytes()] == []


def test_the_metadata_names_version_and_licences_and_invents_nothing(sdist):
    told = email.message_from_bytes(sdist["PKG-INFO"])
    version = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))["version"]
    assert (told["Name"], told["Version"]) == ("reportedly", Version.read(version).pep440)
    assert told["License-Expression"] == "MIT AND CC-BY-4.0"
    assert {"LICENSE", "data/LICENSE"} <= set(told.get_all("License-File"))
    # There is no public repository yet, and nobody's address.
    assert told["Author"] == "Reportedly contributors"
    assert not {"Author-email", "Maintainer-email", "Home-page", "Project-URL"} & set(told)


def test_nothing_that_is_published_is_a_sentence_of_the_article(sdist, article):
    def words(text: str) -> list[str]:
        return re.findall(r"[\w$.%-]+", text.lower())

    unquoted = re.sub("“[^”]*”", "\u2029", article)
    runs = {tuple(part[at : at + 8]) for part in map(words, unquoted.split("\u2029")) for at in range(len(part) - 7)}
    # The wheel holds no other file than these.
    for name, data in sdist.items():
        found = words(data.decode("utf-8", "replace"))
        assert [found[at : at + 8] for at in range(len(found) - 7) if tuple(found[at : at + 8]) in runs] == [], name


def test_the_bytes_are_the_same_wherever_and_however_it_is_built(published, tmp_path):
    place = tmp_path / "ein anderer Ort – čo iné"
    checkout(place)
    for number, path in enumerate(sorted(place.rglob("*"))):
        os.utime(path, (number, 4_000_000_000 - number))
        path.chmod(0o700 if path.is_dir() else 0o666)
    surroundings = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    # Without these, Python would take UTF-8 for a locale that has none.
    surroundings |= {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    again = built(place, tmp_path / "dist", 0o077, **surroundings)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in published]
