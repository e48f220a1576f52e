"""Every released version stays loadable: in an installation that holds several, as users will have it, and in this one."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import reportedly

ROOT = Path(__file__).parents[2]
CODE = Path(reportedly.__file__).parent
DATA = Path(reportedly.path("actors")).parents[1]
NOW = reportedly.__version__


def edit_json(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def package(root, version, date):
    """Make the shipped package under a version of its own."""
    for part in ("data", "schemas"):
        shutil.copytree(DATA / part, root / part)
    shutil.copy(DATA / "datapackage.json", root)
    edit_json(root / "datapackage.json", lambda found: found.update(version=version, created=f"{date}T00:00:00Z"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An installation that holds 0.2.0, 0.9.0 and 0.10.0 as releases, and 0.11.0, which is not released yet."""
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(CODE, site / "reportedly", ignore=shutil.ignore_patterns("_package", "__pycache__"))
    home = site / "reportedly" / "_package"
    package(home, "0.11.0", "2027-04-01")
    for version, date in (("0.2.0", "2027-01-01"), ("0.9.0", "2027-02-01"), ("0.10.0", "2027-03-01")):
        package(home / "releases" / version, version, date)
    (home / "releases" / "README.md").write_text("No release.\n", encoding="utf-8")
    (home / "releases" / "rules").mkdir()
    for version, rules in (
        ("0.2.0", {"sorted": "By key.", "old": "Old."}),
        ("0.9.0", {"sorted": "By its key.", "new": "New."}),
    ):
        kept = {name: {"kind": "file", "sentence": sentence} for name, sentence in rules.items()}
        (home / "releases" / "rules" / f"{version}.json").write_text(json.dumps(kept), encoding="utf-8")
    oldest = home / "releases" / "0.2.0"
    # A column that had another name, a table that is called something else today, and fewer rows.
    edit_json(oldest / "schemas" / "quotes.json", lambda found: found["fields"][-1].update(name="remark"))
    words = (oldest / "data" / "quotes.csv").read_text(encoding="utf-8")
    (oldest / "data" / "quotes.csv").write_text(words.replace(",note\n", ",remark\n", 1), encoding="utf-8")

    descriptor = (oldest / "datapackage.json").read_text(encoding="utf-8")
    descriptor = descriptor.replace('"name": "participants"', '"name": "parts"')
    (oldest / "datapackage.json").write_text(descriptor, encoding="utf-8")
    figures = home / "data" / "figures.csv"
    lines = figures.read_text(encoding="utf-8").splitlines(keepends=True)
    figures.write_text("".join(lines[:-1]), encoding="utf-8")

    def run(*arguments, **variables):
        environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8", **variables}
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment,
            cwd=site,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done

    return SimpleNamespace(run=run, home=home, command=lambda *arguments: run("-m", "reportedly", *arguments))


def test_versions_are_listed_by_their_numbers(installed):
    rows = list(csv.DictReader(io.StringIO(installed.command("versions").stdout)))
    assert [row["version"] for row in rows] == ["0.2.0", "0.9.0", "0.10.0", "0.11.0"]
    assert [row["released"] for row in rows] == ["2027-01-01", "2027-02-01", "2027-03-01", ""]
    assert rows[0]["changes"] == f"first release: {len(reportedly.tables())} tables"
    assert rows[1]["changes"] == "1 table renamed, 1 field renamed, 1 rule added, 1 rule changed, 1 rule removed"
    assert (rows[2]["bump"], rows[2]["changes"]) == ("none", "no change")
    assert (rows[3]["bump"], rows[3]["changes"]) == ("major", "not released yet; 1 row withdrawn")
    assert int(rows[2]["rows"]) - int(rows[3]["rows"]) == 1


def test_versions_are_printed_like_other_lists(installed):
    assert isinstance(json.loads(installed.command("versions", "--format", "json").stdout)[0]["rows"], int)
    assert installed.command("versions", "--format", "markdown").stdout.startswith("| version | released |")


def test_a_version_is_loaded_with_its_own_schemas(installed):
    code = """
import reportedly
print(reportedly.versions())
print(list(reportedly.load("quotes", version="0.2.0").columns)[-1], list(reportedly.load("quotes").columns)[-1])
print(list(reportedly.flat("quotes", version="0.2.0").columns).count("remark"))
print(reportedly.describe("quotes", version="0.2.0")["field"].iloc[-1])
print("parts" in reportedly.tables(version="0.2.0"), "parts" in reportedly.tables())
print(len(reportedly.load("parts", version="0.2.0")) == len(reportedly.load("participants", version="0.9.0")))
print(len(reportedly.load("figures", version="0.9.0")) - len(reportedly.load("figures")))
print(len(reportedly.load("figures", version="0.11.0")) == len(reportedly.load("figures")))
print(reportedly.chain("tasr-0001.c02", version="0.2.0"))
print(reportedly.path("quotes", version="0.2.0").replace("\\\\", "/").split("_package")[1])
"""
    assert installed.run("-c", code).stdout.splitlines() == [
        "['0.2.0', '0.9.0', '0.10.0', '0.11.0']",
        "remark note",
        "1",
        "remark",
        "True False",
        "True",
        "1",
        "True",
        "Putin ← unnamed sources ← Bloomberg ← TASR",
        "/releases/0.2.0/data/quotes.csv",
    ]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("show quotes --limit 0", ",remark\n"),
        ("describe quotes", "remark"),
        ("tables", "parts,"),
        ("path quotes --schema", str(Path("releases", "0.2.0", "schemas", "quotes.json\n"))),
        ("chain tasr-0001.c02", "Putin ← unnamed"),
        ("show parts --format table --limit 1", "claim_id       actor_name      part   claim "),
    ],
)
def test_commands_read_a_version(installed, command, told):
    done = installed.command(*command.split(), "--version", "0.2.0")
    assert told in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_a_table_of_a_version_is_shown_as_it_is(installed):
    file = installed.home / "releases" / "0.2.0" / "data" / "participants.csv"
    assert installed.command("show", "parts", "--version", "0.2.0").stdout == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("new", "lines"),
    [
        ("0.10.0", ["1 table renamed, 1 field renamed", "field remark is now called note", "0.10.0 is enough."]),
        (
            "0.9.0",
            [
                "\n  ~ rule sorted: By key. → By its key.\n",
                "\n  - rule old removed: Old.\n",
                "\n  + rule new added: New.\n",
                "  major  1 rule changed. Its sentence says what it refuses.",
                "  minor  1 rule removed. Everything that was valid still is.",
            ],
        ),
    ],
)
def test_a_diff_takes_versions(installed, new, lines):
    done = installed.command("diff", "0.2.0", new)
    assert done.returncode == 1
    assert all(line in done.stdout for line in lines)
    # The rules of 0.10.0 were not kept.
    assert ("rule" in done.stdout) == (new == "0.9.0")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["show", "quotes", "--version", "0.3.0"],
            "There are: 0.2.0, 0.9.0, 0.10.0, 0.11.0.",
        ),
        (["show", "parts"], "There is no table 'parts'."),
        (["show", "participants", "--version", "0.2.0"], "There is no table 'participants'."),
        (["show", "quotes", "--version", "0.2.0", "--package", "x"], "Give a package or a version, not both"),
        (["show", "quotes", "--version", "../../_package"], "There is no version '../../_package'."),
        (["show", "quotes", "--version"], "Option '--version' requires an argument."),
        (["chain", "tasr-0001.c02", "--version", "README.md"], "There is no version 'README.md'"),
        (["path", "quotes", "--version", ""], "There is no version ''"),
    ],
)
def test_wrong_use_is_told_with_status_2(installed, arguments, told):
    done = installed.command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_the_shell_completes_versions(installed):
    code = "from reportedly.cli.app import main; main(prog_name='reportedly')"
    asked = {"COMP_WORDS": "reportedly show quotes --version 0.", "COMP_CWORD": "4"}
    done = installed.run("-c", code, _REPORTEDLY_COMPLETE="bash_complete", **asked)
    words = [found.removeprefix("plain,") for found in done.stdout.split()]
    assert words == ["0.2.0", "0.9.0", "0.10.0", "0.11.0"]


# --- this installation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", reportedly.versions())
def test_every_table_of_every_version_loads_in_all_its_forms(version):
    for table in reportedly.tables(version=version):
        with open(reportedly.path(table, version=version), encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        frame = reportedly.load(table, version=version)
        assert (list(frame.columns), len(frame)) == (header, len(rows))
        assert len(reportedly.flat(table, version=version)) == len(rows)
        assert list(reportedly.describe(table, version=version)["field"]) == header
    first = reportedly.load("claims", version=version)["claim_id"].iloc[0]
    assert reportedly.chain(first, version=version).claim_id == first


@pytest.mark.parametrize(
    ("name", "what"), [("load", "quotes"), ("flat", "quotes"), ("describe", "quotes"), ("chain", "tasr-0001.c02")]
)
def test_a_package_and_a_version_are_one_too_many(name, what, copy):
    with pytest.raises(ValueError, match="not both"):
        getattr(reportedly, name)(what, package=copy.root, version=NOW)


def test_loading_the_installed_version_looks_for_no_other():
    code = (
        "import os, sys\n"
        "listed = []\n"
        "sys.addaudithook(lambda event, what: listed.append(str(what[0])) if event in {'os.listdir', 'os.scandir'} else None)\n"
        "import reportedly; reportedly.load('quotes'); reportedly.flat('quotes'); reportedly.tables()\n"
        "home = os.path.dirname(os.path.dirname(reportedly.path('quotes')))\n"
        "held = os.path.join(home, 'releases')\n"
        "print([name for name in listed if name.startswith(held)], 'reportedly.package.releases' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False"


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_code_of_the_page_runs(copy, monkeypatch, capsys):
    page = (ROOT / "docs" / "versions.md").read_text(encoding="utf-8")
    copy.set("demands", 2, strength="wants")
    copy.root.rename(copy.root.with_name("my-package"))
    monkeypatch.chdir(copy.root.parent)
    names: dict[str, object] = {}
    for code in re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        exec(code, names)  # noqa: S102 - our own page
    assert "patch row-changed demands tasr-0001.d01\nstrength insists wants\n" in capsys.readouterr().out


def test_the_page_names_every_version():
    page = (ROOT / "docs" / "versions.md").read_text(encoding="utf-8")
    assert all(f"\n| {version} |" in page for version in reportedly.versions())
