"""What a maintainer sees: freezing a version, and being told where a release was touched or a version moved too little.

Each test works on a checkout of its own, with a real git history.
"""

from __future__ import annotations

import csv
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

ROOT = Path(__file__).parent.parent
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
LOG = """# Changelog

What changed.

## 0.1.0 (2026-11-22)

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


def set_version(copy, version, date=None):
    """Move a checkout to another version."""
    (copy.root / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n', encoding="utf-8")

    def change(package):
        package["version"] = version
        if date:
            package["created"] = f"{date}T00:00:00Z"

    copy.change_descriptor(change)


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
    """Checkouts that were made once; freezing validates, which takes its time."""
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
    """Make a copy of the package a checkout in which nothing was released yet."""
    set_version(copy, "0.1.0", "2026-11-22")
    copy.write("errata", [])
    (copy.root / "data" / "README.md").write_text("No part of the package.\n", encoding="utf-8")
    (copy.root / "releases").mkdir()
    (copy.root / "releases" / "README.md").write_text("No release.\n", encoding="utf-8")
    (copy.root / "CHANGELOG.md").write_text(LOG, encoding="utf-8")
    git(copy.root, "init", "--quiet", "--initial-branch", "main")
    commit(copy.root)


def released(copy):
    done = release(copy.root)
    assert (done.returncode, done.stderr) == (0, "")
    commit(copy.root, "Release")


def released_once(copy):
    started(copy)
    released(copy)


def released_twice(copy):
    released_once(copy)
    withdraw_and_correct(copy)
    errata(copy, *due(check(copy.root)))
    released(copy)


@pytest.fixture
def unreleased(copy):
    """A checkout in which nothing was released yet."""
    started(copy)
    return copy


@pytest.fixture
def first(copy, kept, tmp_path_factory):
    """A checkout that released 0.1.0."""
    return state("first", copy, kept, tmp_path_factory, released_once)


@pytest.fixture
def second(copy, kept, tmp_path_factory):
    """A checkout that released 0.1.0, and 0.2.0 with a part of a claim withdrawn and another added, and a demand corrected."""
    return state("second", copy, kept, tmp_path_factory, released_twice)


def frozen_rows(copy, table):
    with (copy.root / "releases" / "0.1.0" / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def withdraw_and_correct(copy):
    part = copy.rows("participants")[-1]
    copy.drop("participants", len(copy.rows("participants")) + 1)
    copy.insert("participants", **{**part, "part": "target" if part["part"] != "target" else "subject"})
    copy.set("demands", "tasr-0001.d02", note="A second look.")
    set_version(copy, "0.2.0", "2026-12-01")


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


def test_freezing_writes_the_package_its_digests_and_the_changelog(unreleased):
    before = contents(unreleased.root)
    done = release(unreleased.root)
    assert done.stdout.splitlines() == [
        "wrote CHANGELOG.md",
        "wrote releases/SHA256SUMS",
        "wrote releases/0.1.0",
        f"0.1.0 is released, and nothing changed since. {size(unreleased)}.",
    ]
    after = contents(unreleased.root)
    package = {
        name for name in before if re.match(r"datapackage\.json|data/.*\.csv|data/LICENSE|schemas/.*\.json", name)
    }
    assert after.keys() - before.keys() == {"releases/SHA256SUMS", *(f"releases/0.1.0/{name}" for name in package)}
    assert all(after[f"releases/0.1.0/{name}"] == before[name] for name in package)
    assert {name for name in before if before[name] != after[name]} == {"CHANGELOG.md"}


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
    assert sorted(names) == sorted(
        name.removeprefix("releases/") for name in contents(first.root) if name.startswith("releases/0.1.0/")
    )


def test_the_changelog_tells_the_tables_of_the_first_release_after_what_people_wrote(first):
    text = (first.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith(f"{LOG.rstrip()}\n\n### Data\n\n<!-- begin generated: data of 0.1.0 -->\n")
    for table in reportedly.tables():
        assert f"\n| {table} | {len(first.rows(table))} |\n" in text


def test_what_was_released_is_a_valid_package_that_loads(first):
    folder = first.root / "releases" / "0.1.0"
    assert reportedly.validate(folder).ok
    assert reportedly.load("quotes", package=folder).equals(reportedly.load("quotes", package=first.root))


def test_freezing_again_does_nothing(first):
    before = contents(first.root)
    done = release(first.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"0.1.0 is released, and nothing changed since. {size(first)}.\n"
    assert contents(first.root) == before
    assert check(first.root) == ""


def test_a_package_that_is_not_valid_is_not_released(unreleased):
    unreleased.set("demands", 3, stance="wish")
    before = contents(unreleased.root)
    done = release(unreleased.root)
    assert done.returncode == 1
    assert "data/demands.csv row 3 (tasr-0001.d02), stance = 'wish'" in done.stderr
    assert contents(unreleased.root) == before


def test_a_release_is_written_whole_or_not_at_all(unreleased):
    # Where the release has to go, there is something else.
    (unreleased.root / "releases" / "0.1.0").write_text("In the way.", encoding="utf-8")
    before = contents(unreleased.root)
    done = release(unreleased.root)
    assert done.returncode == 2
    assert "0.1.0: is there already" in done.stderr
    assert contents(unreleased.root) == before


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
    (first.root / "releases" / "SHA256SUMS").unlink()
    commit(first.root)
    told = check(first.root)
    assert told.count("lacks a line that was committed") == len(first.descriptor()["resources"]) * 2 + 2


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
    assert (
        "0.1.0 is released, but data/demands.csv, datapackage.json changed since: the version must move to 0.1.1 or later."
        in told
    )
    assert "  patch: 1 row changed (demands)." in told


def test_files_that_say_the_same_in_other_bytes_move_the_version_too(first):
    path = first.root / "schemas" / "quotes.json"
    path.write_text(json.dumps(first.schema("quotes")), encoding="utf-8")
    assert "schemas/quotes.json changed since: the version must move to 0.1.1 or later." in check(first.root)


def test_freezing_refuses_to_change_what_is_released(first):
    first.set("demands", "tasr-0001.d02", note="A second look.")
    before = contents(first.root)
    done = release(first.root)
    assert done.returncode == 1
    assert "the version must move to 0.1.1 or later" in done.stderr
    assert contents(first.root) == before


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("0.1.1", "what follows 0.1.0 is 0.2.0 or later (below 1.0.0 a major change moves the minor number, any other"),
        ("0.2.0", ""),
        ("0.10.0", ""),
        ("0.0.9", "0.0.9 is older than 0.1.0, which is released"),
        ("0.2.0-rc.1", "0.2.0-rc.1 is no version of three numbers"),
    ],
)
def test_a_schema_that_asks_for_more_moves_the_minor_number(first, version, told):
    first.change_schema("demands", lambda schema: schema["fields"][8]["constraints"].update(maxLength=280))
    set_version(first, version, "2026-12-01")
    found = check(first.root)
    assert told in found
    assert bool(found) == bool(told)
    if version == "0.1.1":
        assert "  major: 1 constraint tightened (demands). Values that were valid no longer are." in found


def test_a_version_may_move_without_a_change_of_data(first):
    set_version(first, "0.1.1", "2026-12-01")
    done = release(first.root, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("0.1.1 would be released: since 0.1.0 no change.\n")


def test_the_two_versions_must_agree(first):
    (first.root / "pyproject.toml").write_text('[project]\nversion = "0.3.0"\n', encoding="utf-8")
    assert "pyproject.toml has version 0.3.0, datapackage.json 0.1.0" in check(first.root)


def test_a_version_is_not_older_than_the_one_before(first):
    set_version(first, "0.1.1", "2026-11-01")
    assert "created on 2026-11-01, before the last release" in check(first.root)


def test_1_0_0_waits_for_people(first):
    set_version(first, "1.0.0", "2027-01-01")
    assert "1.0.0 waits for people who check the coding: no person has coded tasr-0001 yet (coded_by)" in check(
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
    assert (
        f"participants {key} was withdrawn without an erratum. Right would be, with the reason: participants,{key},0.2.0,2026-12-01,withdrawn,"
        in told
    )
    assert "demands tasr-0001.d02 was corrected without an erratum." in told
    assert len(due(told)) == told.count("\n") == 2
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
            "but its erratum says that it said something else. Right would be: {",
        ),
        ({"said": "nothing"}, "but its erratum says that it said something else. Right would be: {"),
        ({"kind": "withdrawn"}, "but kind of its erratum is 'withdrawn'. Right would be: corrected"),
        ({"date": "2026-12-02"}, "but date of its erratum is '2026-12-02'. Right would be: 2026-12-01"),
        ({"since": "0.1.5"}, "was corrected without an erratum"),
        (
            {"key": "tasr-0001.d03"},
            "errata demands/tasr-0001.d03/0.2.0: that row was neither withdrawn nor corrected since 0.1.0",
        ),
    ],
    ids=["said-less", "said-nothing", "kind", "date", "since", "key"],
)
def test_an_erratum_that_says_something_else_is_told(first, cells, told):
    withdraw_and_correct(first)
    errata(first, *due(check(first.root)))
    rows = first.rows("errata")
    rows[0].update(cells)
    first.write("errata", rows)
    assert told in check(first.root)


def test_an_erratum_stays_for_good(second):
    second.drop("errata", 2)
    set_version(second, "0.3.0", "2027-01-01")
    assert "errata demands/tasr-0001.d02/0.2.0: an erratum stays for good" in check(second.root)


@pytest.mark.parametrize("cells", [{"kind": "withdrawn"}, {"date": "2026-12-02"}, {"said": "{}"}])
def test_what_an_erratum_records_stays_for_good(second, cells):
    (name,) = cells
    second.set("errata", 2, **cells)
    set_version(second, "0.3.0", "2027-01-01")
    assert f"errata demands/tasr-0001.d02/0.2.0: {name} stays for good. Right would be: " in check(second.root)


def test_why_a_row_was_wrong_may_be_told_better(second):
    second.set("errata", 2, reason="It was wrong from the start.")
    set_version(second, "0.3.0", "2027-01-01")
    assert "stays for good" not in check(second.root)


def test_a_checkout_without_a_changelog_is_told(first):
    (first.root / "CHANGELOG.md").unlink()
    done = release(first.root, "--check")
    assert done.returncode == 2
    assert done.stderr.endswith("CHANGELOG.md: no such file or directory\n")


def test_a_withdrawn_key_is_never_used_again(second):
    gone = frozen_rows(second, "participants")[-1]
    second.insert("participants", **gone)
    set_version(second, "0.2.1", "2027-01-01")
    key = f"{gone['claim_id']}/{gone['actor_id']}/{gone['part']}"
    assert f"participants {key}: was withdrawn after 0.1.0; a key is never used again" in check(second.root)


# --- the second release -----------------------------------------------------------------------------------------------


def test_the_changelog_tells_what_changed_and_why(second):
    text = (second.root / "CHANGELOG.md").read_text(encoding="utf-8")
    head, _, rest = text.partition("## 0.2.0 (2026-12-01)\n\n### Data\n")
    assert head.endswith("What changed.\n\n")
    section = rest.partition("## 0.1.0 (2026-11-22)")[0]
    assert "Since 0.1.0: 1 row withdrawn, 1 row added, 1 row changed, 2 errata added. Major." in section
    assert (
        "- demands, 20 rows\n    - `tasr-0001.d02` changed: `note` (blank) → A second look. (It was wrong)\n" in section
    )
    assert re.search(r"    - `tasr-0001\.c\d+/\S+` withdrawn \(It was wrong\)\n", section)
    assert re.search(r"    - added: `tasr-0001\.c\d+/\S+`\n", section)
    assert check(second.root) == ""


def test_the_digests_of_earlier_releases_stay_as_they_are(second):
    log = git(second.root, "log", "--format=", "--numstat", "--", "releases/SHA256SUMS").split()
    lines = len(second.descriptor()["resources"]) * 2 + 2
    assert log == [str(lines), "0", "releases/SHA256SUMS"] * 2


def test_a_changelog_that_says_something_else_is_told_and_mended(second):
    log = second.root / "CHANGELOG.md"
    right = log.read_text(encoding="utf-8")
    log.write_text(right.replace("1 row withdrawn", "no row withdrawn"), encoding="utf-8")
    assert "CHANGELOG.md: the data of 0.2.0 are not what was written of them: run python scripts/release.py" in check(
        second.root
    )
    assert release(second.root).stdout.startswith("wrote CHANGELOG.md\n0.2.0 is released")
    assert log.read_text(encoding="utf-8") == right


def test_a_changelog_with_another_date_is_told(second):
    log = second.root / "CHANGELOG.md"
    log.write_text(log.read_text(encoding="utf-8").replace("(2026-12-01)", "(unreleased)"), encoding="utf-8")
    assert "CHANGELOG.md: has ## 0.2.0 (unreleased). Right would be: ## 0.2.0 (2026-12-01)" in check(second.root)


# --- this checkout ----------------------------------------------------------------------------------------------------


def run(*arguments):
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_releases_of_this_checkout_are_what_they_were():
    done = run("--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert reportedly.__version__ in done.stdout


def test_wrong_use_is_told(tmp_path):
    done = run("--check", "--root", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("datapackage.json: no such file or directory\n")
    assert done.stderr.count("\n") == 1
    assert run("--dry").returncode == 2
