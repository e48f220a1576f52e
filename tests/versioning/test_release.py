"""What a maintainer sees: making a release, and being told where one was touched, a version does not fit, or something is missing.

Most tests work on a package that is somebody else's, with a real git history of its own; the last ones on a copy of this checkout.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

import reportedly
from reportedly.model.version import Version
from reportedly.versioning.kinds import Level
from reportedly.versioning.release import unreleased as publishable
from reportedly.versioning.rule_sentences import current_rules

pytestmark = pytest.mark.fast_one_in(3)

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "release.py"
OURS = {
    # Inside of a hook, git's environment names the repository that is tested.
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}
FIRST, SECOND = "2025-01-01", "2025-02-01"
LOG = """# Changelog

What changed.

## Unreleased

The first release.

- Package: load.
"""


def script():
    spec = importlib.util.spec_from_file_location("release_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MAIN = script().main


def release(root, *arguments):
    """Run the script inside of this process, which has imported already what validating needs."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["release.py", "--root", str(root), *arguments])
        code = MAIN()
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def refused(root, *arguments):
    """Return why a release is refused, of which nothing is written."""
    before = contents(root)
    done = release(root, *arguments)
    assert done.returncode == 1
    assert contents(root) == before
    return done.stderr


def check(root):
    """Return what --check complains of."""
    done = release(root, "--check")
    assert done.returncode == (1 if done.stderr else 0)
    return done.stderr


def git(root, *arguments):
    return subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, env=OURS, check=True).stdout


def commit(root, message="A change"):
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def contents(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def set_version(copy, version, date=SECOND):
    """Move a package to another version."""
    copy.change_descriptor(lambda package: package.update(version=version, created=f"{date}T00:00:00Z"))


def errata(copy, *lines):
    """Add lines to the errata, as the script prints them."""
    header = ",".join(copy.columns("errata"))
    rows = [*copy.rows("errata"), *csv.DictReader(io.StringIO("\n".join([header, *lines])))]
    rows.sort(key=lambda row: (row["table"], row["key"], row["since"]))
    copy.write("errata", rows)


def due(told, reason="It was wrong."):
    """Return the errata that a complaint asks for, each with a reason."""
    return [line.replace(",WHY,", f",{reason},") for line in re.findall(r"with the reason: (.*)", told)]


@pytest.fixture(scope="module")
def kept():
    """Packages that were made once; a release is validated, which takes its time."""
    return {}


def state(name, copy, kept, tmp_path_factory, make):
    """Bring a copy of the package into a state, made once and kept."""
    if name not in kept:
        make(copy)
        kept[name] = tmp_path_factory.mktemp(name) / "checkout"
        shutil.copytree(copy.root, kept[name])
    shutil.rmtree(copy.root)
    shutil.copytree(kept[name], copy.root)
    return copy


def started(copy):
    """Make the package somebody else's, in which nothing was released yet."""
    copy.change_descriptor(lambda package: package.update(name="hearings", id="https://example.org/hearings"))
    set_version(copy, "0.1.0-dev.0", FIRST)
    copy.write("errata", [])
    (copy.root / "data" / "README.md").write_text("No part of the package.\n", encoding="utf-8")
    (copy.root / "CHANGELOG.md").write_text(LOG, encoding="utf-8")
    git(copy.root, "init", "--quiet", "--initial-branch", "main")
    commit(copy.root)


def released(copy, version, date):
    done = release(copy.root, version, "--date", date)
    assert (done.returncode, done.stderr) == (0, "")
    commit(copy.root, "Release")


def released_once(copy):
    started(copy)
    released(copy, "0.1.0", FIRST)


def released_twice(copy):
    released_once(copy)
    withdraw_and_correct(copy)
    errata(copy, *due(check(copy.root)))
    released(copy, "0.2.0", SECOND)


@pytest.fixture
def unreleased(copy):
    """A package of which nothing was released yet."""
    started(copy)
    return copy


@pytest.fixture
def first(copy, kept, tmp_path_factory):
    """A package that released 0.1.0."""
    return state("first", copy, kept, tmp_path_factory, released_once)


@pytest.fixture
def second(copy, kept, tmp_path_factory):
    """A package that released 0.1.0, and 0.2.0 with a part of a claim withdrawn and another added, and a demand corrected."""
    return state("second", copy, kept, tmp_path_factory, released_twice)


def frozen_rows(copy, table):
    with (copy.root / "releases" / "0.1.0" / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def withdraw_and_correct(copy):
    part = copy.rows("participants")[-1]
    copy.drop("participants", len(copy.rows("participants")) + 1)
    copy.insert("participants", **{**part, "part": "target" if part["part"] != "target" else "subject"})
    correct(copy)


def correct(copy, version="0.2.0-dev.0"):
    copy.set("demands", "tasr-0001.d02", note="A second look.")
    set_version(copy, version)


def log_of(copy, text):
    """Write another changelog over the section of 0.1.0."""
    path = copy.root / "CHANGELOG.md"
    path.write_text(path.read_text(encoding="utf-8").replace("## 0.1.0", f"{text}## 0.1.0", 1), encoding="utf-8")


# --- the first release ------------------------------------------------------------------------------------------------


def size(copy):
    tables = [resource["name"] for resource in copy.descriptor()["resources"]]
    return f"{len(tables)} tables, {sum(len(copy.rows(table)) for table in tables)} rows"


def test_before_the_first_release_check_passes_and_says_what_would_be_released(unreleased):
    before = contents(unreleased.root)
    done = release(unreleased.root, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Nothing is released yet. 0.1.0 would be the first release: {size(unreleased)}.\n"
    assert contents(unreleased.root) == before


def test_a_release_is_the_package_its_rules_their_digests_and_the_changelog(unreleased):
    before = contents(unreleased.root)
    done = release(unreleased.root, "0.1.0", "--date", SECOND)
    *wrote, told = done.stdout.splitlines()
    assert wrote[-3:] == ["wrote CHANGELOG.md", "wrote datapackage.json", "wrote releases/SHA256SUMS"]
    assert told == f"0.1.0 is released, and nothing changed since. {size(unreleased)}."
    after = contents(unreleased.root)
    package = {
        name for name in before if re.match(r"datapackage\.json|data/.*\.csv|data/LICENSE|schemas/.*\.json", name)
    }
    made = {"releases/SHA256SUMS", "releases/rules/0.1.0.json", *(f"releases/0.1.0/{name}" for name in package)}
    assert after.keys() - before.keys() == made
    assert all(after[f"releases/0.1.0/{name}"] == after[name] for name in package)
    assert {name for name in before if before[name] != after[name]} == {"CHANGELOG.md", "datapackage.json"}
    assert unreleased.descriptor()["version"] == "0.1.0"
    assert unreleased.descriptor()["created"] == f"{SECOND}T00:00:00Z"
    rules = json.loads(after["releases/rules/0.1.0.json"])
    assert {name: rule["sentence"] for name, rule in rules.items()} == current_rules()


def test_a_tool_that_is_not_ours_proves_the_digests(first):
    tool = shutil.which("sha256sum") or pytest.skip("sha256sum is not installed")
    done = subprocess.run(
        [tool, "--check", "--strict", "SHA256SUMS"],
        cwd=first.root / "releases",
        capture_output=True,
        text=True,
        check=True,
    )
    names = [line.removesuffix(": OK") for line in done.stdout.splitlines()]
    wanted = {name.removeprefix("releases/") for name in contents(first.root) if name.startswith("releases/")}
    assert set(names) == wanted - {"SHA256SUMS"}


def test_the_changelog_has_the_tables_of_the_first_release_after_what_people_wrote(first):
    text = (first.root / "CHANGELOG.md").read_text(encoding="utf-8")
    wrote = LOG.rstrip().replace("Unreleased", f"0.1.0 ({FIRST})")
    assert text.startswith(f"{wrote}\n\n### Data\n\n<!-- begin generated: data of 0.1.0 -->\n")
    for table in reportedly.tables():
        assert f"\n| {table} | {len(first.rows(table))} |\n" in text


def test_what_was_released_is_a_valid_package_that_loads(first):
    folder = first.root / "releases" / "0.1.0"
    assert reportedly.validate(folder).ok
    assert reportedly.load("quotes", package=folder).equals(reportedly.load("quotes", package=first.root))


def test_a_release_is_made_once(first):
    assert "0.1.0 is released already, and a release is never edited" in refused(first.root, "0.1.0")
    assert check(first.root) == ""


def test_a_package_that_is_not_valid_is_not_released(unreleased):
    unreleased.set("demands", 3, stance="wish")
    told = refused(unreleased.root, "0.1.0", "--date", FIRST)
    assert "data/demands.csv row 3 (tasr-0001.d02), stance = 'wish'" in told


def test_a_release_is_written_whole_or_not_at_all(unreleased):
    # Where the release has to go, there is something else.
    (unreleased.root / "releases").mkdir()
    (unreleased.root / "releases" / "0.1.0").write_text("In the way.", encoding="utf-8")
    assert "releases/0.1.0: a file is where the release goes" in refused(unreleased.root, "0.1.0", "--date", FIRST)


def test_a_release_killed_between_its_files_is_told_and_made_again(unreleased):
    before = contents(unreleased.root)
    wrote = re.findall("^wrote (.*)", release(unreleased.root, "0.1.0", "--date", FIRST).stdout, re.MULTILINE)
    after = contents(unreleased.root)
    for written in (wrote[:1], wrote[:-2], wrote[:-1]):
        for name in wrote:
            (unreleased.root / name).unlink()
        for name, data in {**before, **{name: after[name] for name in written}}.items():
            (unreleased.root / name).write_bytes(data)
        assert "SHA256SUMS does not list it" in check(unreleased.root)
        done = release(unreleased.root, "0.1.0", "--date", FIRST)
        assert (done.returncode, done.stderr) == (0, "")
        assert contents(unreleased.root) == after
        assert check(unreleased.root) == ""


# --- releases that were touched ---------------------------------------------------------------------------------------

QUOTES = "releases/0.1.0/data/quotes.csv"


def edit(root, name=QUOTES):
    path = root / name
    path.write_bytes(path.read_bytes().replace(b"resolve", b"dissolve"))
    return path


def sums_again(root):
    """Write the digests of all releases anew, as somebody would who hides an edit."""
    folder = root / "releases"
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != folder)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def test_an_edited_file_is_told(first):
    edit(first.root)
    told = check(first.root)
    assert f"{QUOTES}: is not what was released; its SHA-256 must be " in told


def test_a_deleted_file_is_told(first):
    (first.root / QUOTES).unlink()
    assert f"{QUOTES}: is gone; a release is never edited" in check(first.root)


def test_an_added_file_is_told(first):
    (first.root / "releases" / "0.1.0" / "more.txt").write_text("More.", encoding="utf-8")
    assert "releases/0.1.0/more.txt: SHA256SUMS does not list it" in check(first.root)


def test_a_line_that_is_no_digest_is_told(first):
    sums = first.root / "releases" / "SHA256SUMS"
    sums.write_text(sums.read_text(encoding="utf-8") + "0.1.0 is fine\n", encoding="utf-8")
    number = len(sums.read_text(encoding="utf-8").splitlines())
    assert f"releases/SHA256SUMS line {number}: no digest and path" in check(first.root)


@pytest.mark.parametrize("committed", [False, True], ids=["uncommitted", "committed"])
def test_an_edit_whose_digest_was_edited_too_is_told_by_the_history(first, committed):
    edit(first.root)
    sums_again(first.root)
    if committed:
        commit(first.root)
    told = check(first.root)
    assert re.search(r"SHA256SUMS: lacks a line that was committed: [0-9a-f]{64}  0\.1\.0/data/quotes\.csv\n", told)
    assert re.search(rf"{QUOTES}: is not what commit [0-9a-f]{{12}} released\n", told)
    # Nothing but the history can tell.
    shutil.rmtree(first.root / ".git")
    assert "commit" not in check(first.root)


def test_a_release_that_was_deleted_with_its_digests_is_told(first):
    shutil.rmtree(first.root / "releases" / "0.1.0")
    shutil.rmtree(first.root / "releases" / "rules")
    (first.root / "releases" / "SHA256SUMS").unlink()
    commit(first.root)
    told = check(first.root)
    assert told.count("lacks a line that was committed") == len(first.descriptor()["resources"]) * 2 + 3


def test_an_edit_that_came_with_a_merge_is_told(first):
    git(first.root, "checkout", "--quiet", "-b", "side")
    (first.root / "note.txt").write_text("Work.", encoding="utf-8")
    commit(first.root)
    git(first.root, "checkout", "--quiet", "main")
    (first.root / "other.txt").write_text("Other work.", encoding="utf-8")
    commit(first.root)
    git(first.root, "merge", "--quiet", "--no-ff", "--no-commit", "side")
    edit(first.root)
    sums_again(first.root)
    commit(first.root, "Merge")
    told = check(first.root)
    assert "lacks a line that was committed" in told
    assert f"{QUOTES}: is not what commit" in told


def test_users_settings_of_git_do_not_hide_an_edit(first):
    (first.root / ".gitattributes").write_text("releases/** -diff\n", encoding="utf-8")
    git(first.root, "config", "color.ui", "always")
    git(first.root, "config", "diff.noprefix", "true")
    edit(first.root)
    sums_again(first.root)
    commit(first.root)
    assert "lacks a line that was committed" in check(first.root)


def test_without_a_history_digests_alone_are_compared_and_that_is_told(first):
    shutil.rmtree(first.root / ".git")
    done = release(first.root, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "No git history at hand: releases are compared with their digests only." in done.stdout


def test_a_history_that_is_cut_short_is_told(first, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{first.root}", "shallow")
    done = release(tmp_path / "shallow", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The git history is cut short" in done.stdout


def test_a_history_that_cannot_be_read_proves_nothing(first):
    (first.root / ".git" / "HEAD").write_text("nonsense", encoding="utf-8")
    assert "the git history cannot be read: " in check(first.root)


# --- a version that moves ---------------------------------------------------------------------------------------------


def test_data_that_changed_under_a_released_version_are_told_with_the_version_to_move_to(first):
    first.set("demands", "tasr-0001.d02", note="A second look.")
    told = check(first.root)
    changed = "0.1.0 is released, but data/demands.csv, datapackage.json changed since"
    assert f"{changed}: the version must move to 0.1.1-dev.0 or later." in told
    assert "  patch: 1 row changed (demands)." in told


def test_files_that_say_the_same_in_other_bytes_move_the_version_too(first):
    path = first.root / "schemas" / "quotes.json"
    path.write_text(json.dumps(first.schema("quotes")), encoding="utf-8")
    assert "schemas/quotes.json changed since: the version must move to 0.1.1-dev.0 or later." in check(first.root)


def kept_rules(first, change):
    """Change the rules that were kept with 0.1.0, as if those of today were others."""
    path = first.root / "releases" / "rules" / "0.1.0.json"
    rules = json.loads(path.read_text(encoding="utf-8"))
    change(rules)
    path.write_text(json.dumps(rules), encoding="utf-8")
    sums_again(first.root)
    shutil.rmtree(first.root / ".git")


@pytest.mark.parametrize(
    ("change", "told", "least"),
    [
        (lambda rules: rules.pop("sorted"), "major: 1 rule added. What was valid may no longer be.", "0.2.0"),
        (lambda rules: rules["sorted"].update(sentence="Rows are sorted."), "major: 1 rule changed.", "0.2.0"),
        (
            lambda rules: rules.update(old={"sentence": "Old."}),
            "minor: 1 rule removed. Everything that was valid",
            "0.1.1",
        ),
    ],
    ids=["added", "changed", "removed"],
)
def test_another_rule_moves_the_version_as_another_constraint_does(first, change, told, least):
    kept_rules(first, change)
    found = check(first.root)
    assert f"0.1.0 is released, but the rules changed since: the version must move to {least}-dev.0 or later." in found
    assert told in found
    set_version(first, "0.1.1-dev.0")
    assert (told in check(first.root)) == (least == "0.2.0")
    set_version(first, f"{least}-dev.0")
    assert check(first.root) == ""


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("0.1.1", "what follows 0.1.0 is 0.2.0 or later (below 1.0.0 a major change moves the minor number, any other"),
        ("0.1.1-dev.0", "what follows 0.1.0 is 0.2.0 or later"),
        ("0.2.0-dev.0", ""),
        ("0.10.0", ""),
        ("0.0.9", "0.0.9 is older than 0.1.0, which is released"),
        ("0.1.0-dev.0", "0.1.0-dev.0 comes before 0.1.0, which is released"),
        ("0.2.0-rc.1", "0.2.0-rc.1 is no version of three numbers"),
        ("0.2.0-dev", "0.2.0-dev is no version of three numbers"),
    ],
)
def test_a_schema_that_asks_for_more_moves_the_minor_number(first, version, told):
    first.change_schema("demands", lambda schema: schema["fields"][8]["constraints"].update(maxLength=280))
    set_version(first, version)
    found = check(first.root)
    assert told in found
    assert bool(found) == bool(told)
    if version == "0.1.1":
        assert "  major: 1 constraint tightened (demands). Values that were valid no longer are." in found


def test_a_version_may_move_without_a_change_of_data_where_the_changelog_says_why(first):
    for text in ("", "## Unreleased\n\n"):
        log_of(first, text)
        told = refused(first.root, "0.1.1", "--date", SECOND)
        assert "data, schemas and rules are those of 0.1.0. Write under '## Unreleased' what else changed" in told
    log_of(first, "It starts faster.\n\n")
    released(first, "0.1.1", SECOND)
    text = (first.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## 0.1.1 ({SECOND})\n\nIt starts faster.\n\n### Data\n\n" in text
    assert "The same data and schemas as in 0.1.0." in text
    assert check(first.root) == ""


def test_after_a_release_the_next_version_begins(first):
    before = contents(first.root)
    done = release(first.root, "0.2.0-dev.0", "--date", SECOND)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "wrote datapackage.json\n0.2.0-dev.0 is not released: since 0.1.0 no change.\n"
    assert {name for name, data in contents(first.root).items() if before.get(name) != data} == {"datapackage.json"}
    assert check(first.root) == ""
    assert first.validate().ok


def test_a_development_version_is_never_among_the_releases(first):
    folder = first.root / "releases"
    shutil.copytree(folder / "0.1.0", folder / "0.2.0-dev.0")
    text = (folder / "0.2.0-dev.0" / "datapackage.json").read_text(encoding="utf-8")
    (folder / "0.2.0-dev.0" / "datapackage.json").write_text(text.replace('"0.1.0"', '"0.2.0-dev.0"'), encoding="utf-8")
    sums_again(first.root)
    assert "releases/0.2.0-dev.0: is no version of three numbers, and nothing else is released" in check(first.root)


@pytest.mark.parametrize(
    ("date", "told"),
    [
        (str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)), ", in the future. Expected: "),
        ("2024-12-31", "created on 2024-12-31, before the last release"),
    ],
)
def test_a_release_is_neither_of_a_day_to_come_nor_older_than_the_one_before(first, date, told):
    correct(first)
    errata(first, *due(check(first.root)))
    assert told in refused(first.root, "0.2.0", "--date", date)
    set_version(first, "0.2.0-dev.0", date)
    assert told in check(first.root)


def test_1_0_0_waits_for_people(first):
    set_version(first, "1.0.0-dev.0")
    assert "1.0.0-dev.0 waits for people who check the coding: no person has coded tasr-0001 yet (coded_by)" in check(
        first.root
    )
    first.set("articles", "tasr-0001", coded_by="automated_and_human")
    errata(first, *due(check(first.root)))
    assert check(first.root) == ""


# --- errata -----------------------------------------------------------------------------------------------------------


def test_each_row_withdrawn_or_corrected_needs_an_erratum_and_is_told_which(first):
    withdraw_and_correct(first)
    told = check(first.root)
    gone = frozen_rows(first, "participants")[-1]
    key = f"{gone['claim_id']}/{gone['actor_id']}/{gone['part']}"
    day = dt.datetime.now(dt.UTC).date()
    missing = f"participants {key} was withdrawn without an erratum. Expected, with the reason: "
    assert f"{missing}participants,{key},0.2.0,{day},withdrawn," in told
    assert "demands tasr-0001.d02 was corrected without an erratum." in told
    assert len(due(told)) == told.count("\n") == 2
    assert refused(first.root, "0.2.0", "--date", SECOND) == told
    errata(first, *due(told))
    assert check(first.root) == ""
    assert first.validate().ok
    (said,) = [json.loads(row["said"]) for row in first.rows("errata") if row["table"] == "demands"]
    assert said == next(row for row in frozen_rows(first, "demands") if row["demand_id"] == "tasr-0001.d02")


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            {"said": '{"demand_id": "tasr-0001.d02"}'},
            "but its erratum says that it said something else. Expected: {",
        ),
        ({"said": "nothing"}, "but its erratum says that it said something else. Expected: {"),
        ({"kind": "withdrawn"}, "but kind of its erratum is 'withdrawn'. Expected: corrected"),
        ({"since": "0.1.0"}, "was corrected without an erratum"),
        ({"reason": "WHY"}, "but its erratum does not say why. Write the reason in place of 'WHY'"),
        ({"reason": " why. "}, "but its erratum does not say why."),
        ({"reason": ""}, "but its erratum does not say why."),
        (
            {"key": "tasr-0001.d03"},
            "errata demands/tasr-0001.d03/0.2.0: that row was neither withdrawn nor corrected since 0.1.0",
        ),
    ],
    ids=["said-less", "said-nothing", "kind", "since", "placeholder", "almost-the-placeholder", "no-reason", "key"],
)
def test_an_erratum_that_says_something_else_is_told(first, cells, told):
    withdraw_and_correct(first)
    errata(first, *due(check(first.root)))
    rows = first.rows("errata")
    rows[0].update(cells)
    first.write("errata", rows)
    assert told in check(first.root)
    assert told in refused(first.root, "0.2.0", "--date", SECOND)


def test_a_release_gives_its_errata_its_number_and_its_day(first):
    correct(first)
    errata(first, *due(check(first.root)))
    first.set("errata", 2, since="0.1.1", date="2024-01-01")
    released(first, "0.2.0", SECOND)
    assert [(row["since"], row["date"]) for row in first.rows("errata")] == [("0.2.0", SECOND)]


def test_an_erratum_stays_for_good(second):
    second.drop("errata", 2)
    set_version(second, "0.3.0-dev.0")
    assert "errata demands/tasr-0001.d02/0.2.0: an erratum stays for good" in check(second.root)


@pytest.mark.parametrize("cells", [{"kind": "withdrawn"}, {"date": "2024-12-02"}, {"said": "{}"}])
def test_what_an_erratum_records_stays_for_good(second, cells):
    (name,) = cells
    second.set("errata", 2, **cells)
    set_version(second, "0.3.0-dev.0")
    assert f"errata demands/tasr-0001.d02/0.2.0: {name} stays for good. Expected: " in check(second.root)


def test_why_a_row_was_wrong_may_be_told_better(second):
    second.set("errata", 2, reason="It was wrong from the start.")
    set_version(second, "0.3.0-dev.0")
    assert check(second.root) == ""


def test_a_checkout_without_a_changelog_is_told(first):
    (first.root / "CHANGELOG.md").unlink()
    done = release(first.root, "--check")
    assert done.returncode == 2
    assert done.stderr.endswith("CHANGELOG.md: no such file or directory\n")


def test_a_withdrawn_key_is_never_used_again(second):
    gone = frozen_rows(second, "participants")[-1]
    second.insert("participants", **gone)
    set_version(second, "0.2.1-dev.0")
    key = f"{gone['claim_id']}/{gone['actor_id']}/{gone['part']}"
    assert f"participants {key}: was withdrawn after 0.1.0; a key is never used again" in check(second.root)


# --- the second release -----------------------------------------------------------------------------------------------


def test_the_changelog_tells_what_changed_and_why(second):
    text = (second.root / "CHANGELOG.md").read_text(encoding="utf-8")
    head, _, rest = text.partition(f"## 0.2.0 ({SECOND})\n\n### Data\n")
    assert head.endswith("What changed.\n\n")
    section = rest.partition(f"## 0.1.0 ({FIRST})")[0]
    assert "Since 0.1.0: 1 row withdrawn, 1 row added, 1 row changed, 2 errata added. Major." in section
    assert (
        "- demands, 20 rows\n    - `tasr-0001.d02` changed: `note` (blank) → A second look. (It was wrong)\n" in section
    )
    assert re.search(r"    - `tasr-0001\.c\d+/\S+` withdrawn \(It was wrong\)\n", section)
    assert re.search(r"    - added: `tasr-0001\.c\d+/\S+`\n", section)
    assert check(second.root) == ""


def test_the_digests_of_earlier_releases_stay_as_they_are(second):
    log = git(second.root, "log", "--format=", "--numstat", "--", "releases/SHA256SUMS").split()
    lines = len(second.descriptor()["resources"]) * 2 + 3
    assert log == [str(lines), "0", "releases/SHA256SUMS"] * 2


def test_a_changelog_that_says_something_else_is_told(second):
    log = second.root / "CHANGELOG.md"
    right = log.read_text(encoding="utf-8")
    log.write_text(right.replace("1 row withdrawn", "no row withdrawn"), encoding="utf-8")
    assert "CHANGELOG.md: the data of 0.2.0 are not what was written of them: restore that section" in check(
        second.root
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("## 0.2.0 (unreleased)\n\n- More.\n\n", f"has ## 0.2.0 (unreleased). Expected: ## 0.2.0 ({SECOND})"),
        (f"## Unreleased\n\n- More.\n\n## 0.2.0 ({SECOND})\n\n", "'## Unreleased' is left beside '## 0.2.0 ("),
        (
            f"## 0.2.0 ({SECOND})\n\n- More.\n\n## Unreleased\n\n",
            "'## Unreleased' must be there once, above all versions",
        ),
        ("## [Unreleased]\n\n- More.\n\n## Unreleased\n\n", "'## Unreleased' must be there once, above all versions"),
        (f"## 0.1.5\n\n- More.\n\n## 0.2.0 ({SECOND})\n\n", f"## 0.2.0 ({SECOND}) must come first"),
    ],
    ids=["day", "left-above", "left-below", "twice", "not-first"],
)
def test_a_changelog_that_does_not_fit_the_release_is_told(first, text, told):
    correct(first)
    errata(first, *due(check(first.root)))
    log_of(first, text)
    assert f"CHANGELOG.md: {told}" in refused(first.root, "0.2.0", "--date", SECOND)


def test_after_a_release_nothing_is_unreleased_under_its_number(first):
    log_of(first, "## Unreleased\n\n- More.\n\n")
    assert "or the version to the next one with -dev.0" in check(first.root)


# --- this checkout ----------------------------------------------------------------------------------------------------


def run(*arguments, root=ROOT):
    command = [sys.executable, root / "scripts" / "release.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=OURS, check=False)


def test_the_releases_of_this_checkout_are_what_they_were():
    done = run("--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert reportedly.__version__ in done.stdout


def test_wrong_use_is_told(tmp_path):
    done = run("--check", "--root", tmp_path)
    assert (done.returncode, done.stdout) == (
        2,
        "No git history at hand: releases are compared with their digests only.\n",
    )
    assert done.stderr.endswith("datapackage.json: no such file or directory\n")
    assert done.stderr.count("\n") == 1
    for wrong in (["--dry"], [], ["0.2.0", "--check"], ["0.2.0", "--date", "tomorrow"]):
        assert run(*wrong).returncode == 2
    assert "'next' is no version of three numbers, such as 1.2.0" in run("next").stderr


@pytest.fixture
def ours(tmp_path):
    """A copy of this checkout, with a history of its own."""
    root = tmp_path / "ours"
    git(ROOT, "clone", "--quiet", "--no-hardlinks", ROOT, root)
    # With what is not committed yet.
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    if git(root, "status", "--porcelain"):
        commit(root)
    return root


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("CITATION.cff", r"^version: .*$", "version: 9.9.9", "CITATION.cff: version is 9.9.9. Expected: "),
        ("CITATION.cff", r"^date-released: .*$", "", "CITATION.cff: date-released is not there. Expected: "),
        ("pyproject.toml", r"^version = .*$", 'version = "9.9.9"', "pyproject.toml: has version 9.9.9. Expected: "),
    ],
)
def test_a_version_that_somebody_typed_is_told(ours, file, old, new, told):
    path = ours / file
    path.write_text(re.sub(old, new, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE), encoding="utf-8")
    for arguments in (["--check"], ["7.0.0"]):
        done = run(*arguments, root=ours)
        assert done.returncode == 1
        assert told in done.stderr
    assert git(ours, "status", "--porcelain").split() == ["M", file]


def correct_ours(root):
    """Correct a cell that the documentation shows."""
    path = root / "data" / "demands.csv"
    text = path.read_text(encoding="utf-8")
    old = next(csv.DictReader(io.StringIO(text)))
    new = "wants" if old["strength"] == "insists" else "insists"
    path.write_text(text.replace(f",{old['strength']},", f",{new},", 1), encoding="utf-8")
    made = [sys.executable, root / "scripts" / "generate.py"]
    subprocess.run(made, check=True, env={**OURS, "PYTHONPATH": str(root / "src")})


@pytest.mark.slow
def test_two_releases_in_a_row_leave_a_checkout_whose_tests_pass(ours):
    def step(*arguments, code=0):
        done = run(*arguments, root=ours)
        assert done.returncode == code, done.stdout + done.stderr
        if not code and "--check" not in arguments:
            commit(ours, " ".join(map(str, arguments)))
        return done.stderr

    now = Version.read(reportedly.__version__)
    one = now.final if not now.is_final else now.after(Level.MAJOR)
    two = one.after(Level.PATCH)
    log = ours / "CHANGELOG.md"
    if now.is_final:
        log.write_text(
            log.read_text(encoding="utf-8").replace("## ", "## Unreleased\n\n- More.\n\n## ", 1), encoding="utf-8"
        )
    step(str(one))
    step("--check")

    correct_ours(ours)
    assert f"{one} is released, but data/demands.csv, datapackage.json changed since" in step("--check", code=1)
    step(f"{two}-dev.0")
    told = step("--check", code=1)
    (line,) = due(told, "The article says so.")
    with (ours / "data" / "errata.csv").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    dist = [sys.executable, ours / "scripts" / "publish.py", "--released"]
    done = subprocess.run(
        dist, capture_output=True, text=True, env={**OURS, "PYTHONPATH": str(ours / "src")}, check=False
    )
    assert (done.returncode, done.stderr) == (
        1,
        f"{two}-dev.0 is not released: release {two} first; see Releasing in CONTRIBUTING.md\n",
    )
    step(str(two))
    step("--check")

    assert f"## {two} (" in log.read_text(encoding="utf-8")
    assert f"version: {two}\n" in (ours / "CITATION.cff").read_text(encoding="utf-8")
    # Those that hold what is shown against the data, or speak of the version. The programs of the page on downloads each release has just run.
    tests = ["tests/project/test_docs.py", "tests/dataset/test_datapackage.py", "tests/package/test_releases.py"]
    tests += ["tests/package/test_errata.py", "tests/project/test_api.py::test_there_is_one_version"]
    surroundings = {**OURS, "PYTHONPATH": str(ours / "src")}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ours, capture_output=True, text=True, env=surroundings, check=False)
    assert done.returncode == 0, done.stdout[-5000:]


def test_what_is_published_is_what_was_released(first):
    assert publishable(first.root) == ""
    first.set("demands", "tasr-0001.d02", note="A second look.")
    assert publishable(first.root).startswith(
        "data/demands.csv, datapackage.json changed since 0.1.0 was released: publish"
    )
    set_version(first, "0.1.1")
    assert publishable(first.root) == "0.1.1 is not released: release 0.1.1 first"


def test_a_package_without_a_changelog_is_not_released(unreleased):
    (unreleased.root / "CHANGELOG.md").unlink()
    done = release(unreleased.root, "0.1.0", "--date", FIRST)
    assert done.returncode == 1
    assert "CHANGELOG.md: missing. Add it, with what changed under '## Unreleased'." in done.stdout + done.stderr


def test_a_day_that_is_none_is_told():
    asked = [sys.executable, ROOT / "scripts" / "release.py", "0.1.0", "--date", "2026-13-01"]
    done = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "'2026-13-01' is not a day such as 2026-11-30" in done.stderr
