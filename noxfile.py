"""What is checked in environments of its own: `nox --list` names the sessions, `nox -s NAME` runs one.

Every session takes the versions of requirements.lock; `lowest` takes the lowest that pyproject.toml allows.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tarfile
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv"
nox.options.sessions = ["lint", "tests", "lowest", "docs", "dist"]
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
LOCK = str(ROOT / "requirements.lock")
LOCKED = ("--constraints", LOCK, "--build-constraints", LOCK)
EXTRAS = ".[validate,export,cite]"
# What may go another way with another Python or other libraries: reading, dtypes, rules and each writer.
ELSEWHERE = ("text", "model", "package", "frames", "rules", "verification", "exports/test_export.py")


def build(session: nox.Session, target: Path) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from it, as of the day of the release; return both, the wheel first."""
    created = json.loads(Path("datapackage.json").read_text(encoding="utf-8"))["created"]
    epoch = str(int(dt.datetime.fromisoformat(created).timestamp()))
    shutil.rmtree(target, ignore_errors=True)
    command = ("uv", "build", "--quiet", "--build-constraints", LOCK, "--out-dir", str(target))
    session.run(*command, env={"SOURCE_DATE_EPOCH": epoch}, external=True)
    # The build backend leaves this for its own folder.
    (target / ".gitignore").unlink(missing_ok=True)
    return next(target.glob("*.whl")), next(target.glob("*.tar.gz"))


def test_wheel(session: nox.Session, *options: str) -> None:
    """Test the wheel in a folder that has the tests and no code, as somebody does who installed it."""
    work = Path(session.create_tmp())
    wheel, sdist = build(session, work / "dist")
    # Each requirement is named: of a wheel's own, the lowest are not looked for.
    session.install("-r", "pyproject.toml", "--all-extras", *options)
    session.install("--no-deps", "--reinstall", str(wheel))
    session.install("--group", "runner", "--constraints", LOCK)
    shutil.rmtree(work / "sdist", ignore_errors=True)
    with tarfile.open(sdist) as archive:
        archive.extractall(work / "sdist", filter="data")
    (checkout,) = (work / "sdist").iterdir()
    shutil.rmtree(checkout / "src")
    session.chdir(checkout)
    tests = session.posargs or [f"tests/{each}" for each in ELSEWHERE]
    session.run("python", "-m", "pytest", "-q", "-n", "2", "-m", "not slow", "-p", "no:cacheprovider", *tests)
    session.run("python", "-O", "-m", "reportedly", "validate")


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """Test the wheel with the locked versions on each Python that is at hand."""
    test_wheel(session, "--constraints", LOCK)


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """Test the wheel with the lowest versions that it allows."""
    test_wheel(session, "--resolution", "lowest-direct")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types, imports and spelling."""
    session.install("--editable", EXTRAS, "--group", "lint", *LOCKED)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")
    session.run("typos")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation and look at it in Chromium."""
    session.install("--editable", EXTRAS, "--group", "docs", "--group", "test", *LOCKED)
    session.run("mkdocs", "build", "--strict", env={"NO_MKDOCS_2_WARNING": "1"})
    session.run("pytest", "-q", "tests/site/test_site.py", env={"REPORTEDLY_SITE_DIR": "site"})


@nox.session
def dist(session: nox.Session) -> None:
    """Build into dist/ what is published, twice, and check it with tools that are not ours."""
    session.install("--editable", EXTRAS, "--group", "supply", *LOCKED)
    folders = Path(session.create_tmp(), "again"), Path("dist")
    for folder in folders:
        wheel, sdist = build(session, folder)
        materials(session, wheel, folder)
        session.run("python", "scripts/publish.py", str(folder))
    again, here = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    if differing := sorted(name for name in {*again, *here} if again.get(name) != here.get(name)):
        session.error(f"not the same bytes twice: {', '.join(differing)}")
    # W002, the same file twice: the newest release holds what the data hold until the data change.
    session.run("check-wheel-contents", "--no-config", "--ignore", "W002", "--toplevel", "reportedly", str(wheel))
    session.run("twine", "check", "--strict", str(wheel), str(sdist))
    session.run("validate-pyproject", "pyproject.toml", env={"VALIDATE_PYPROJECT_NO_NETWORK": "1"})
    session.run("reuse", "lint", "--quiet")
    session.run("frictionless", "validate", str(next(Path("dist").glob("reportedly-*[0-9].zip"))), "--type", "package")
    audit(session)


def materials(session: nox.Session, wheel: Path, target: Path) -> None:
    """Write the bill of materials of a wheel: what installing it with all extras brings, in the locked versions."""
    environment = Path(session.create_tmp(), "environment")
    session.run("uv", "venv", "--quiet", "--clear", str(environment), external=True)
    what = (f"{wheel}[validate,export,cite]", "--constraints", LOCK)
    session.run("uv", "pip", "install", "--quiet", "--python", str(environment), *what, external=True)
    bill = target / f"{'-'.join(wheel.name.split('-')[:2])}.cdx.json"
    options = ("--mc-type", "library", "--sv", "1.6", "--output-reproducible", "--pyproject", "pyproject.toml")
    session.run("cyclonedx-py", "environment", *options, "--output-file", str(bill), str(environment))


def audit(session: nox.Session) -> None:
    """Look the locked versions up for known vulnerabilities; say so where that needs a network that is not there."""
    (report := Path(session.create_tmp(), "audit.json")).unlink(missing_ok=True)
    options = ("--no-deps", "--disable-pip", "--timeout", "5", "--format", "json", "--output", str(report))
    session.run("pip-audit", "--requirement", LOCK, *options, "--progress-spinner", "off", success_codes=[0, 1])
    found = json.loads(report.read_text(encoding="utf-8"))["dependencies"] if report.is_file() else None
    if found is None:
        session.warn("pip-audit could not reach its data: nothing is known of vulnerabilities of the dependencies")
    elif wrong := [each["name"] for each in found if each.get("vulns")]:
        session.error(f"known vulnerabilities: {', '.join(wrong)}")


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the code bit by bit and list the changes that no test notices: a step of making a release, which takes hours."""
    session.install("--editable", EXTRAS, "--group", "test", "--group", "mutation", *LOCKED)
    session.run("mutmut", "run", *session.posargs)


@nox.session(python="3.13")
def fuzz(session: nox.Session) -> None:
    """Make up input for each reader of other people's files, a minute each; `-- 600` takes ten."""
    session.install("--editable", EXTRAS, "--group", "test", "--group", "fuzz", *LOCKED)
    seconds, work = (session.posargs or ["60"])[0], session.create_tmp()
    bounds = (f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096")
    for corpus in sorted(Path("tests/fuzz/corpus").iterdir()):
        (found := Path(work, "found", corpus.name)).mkdir(parents=True, exist_ok=True)
        # What breaks a promise goes into the corpus, so that the tests fail until it is mended.
        places = (f"-artifact_prefix={corpus}/", str(found), str(corpus))
        session.run("python", "tests/fuzz/run.py", corpus.name, *bounds, *places, env={"TMPDIR": os.fspath(work)})


@nox.session
def bench(session: nox.Session) -> None:
    """Time loading, commands and verifying; `-- --beside SRC` times another checkout in turn."""
    session.install("--editable", EXTRAS, "--group", "bench", *LOCKED)
    for name in ("load", "commands") if session.posargs else ("load", "commands", "verify"):
        session.run("python", f"scripts/bench_{name}.py", *session.posargs)
