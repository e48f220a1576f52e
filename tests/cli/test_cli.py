from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

import reportedly
from reportedly.cli.app import main

pytestmark = pytest.mark.fast_one_in(4)

COMMANDS = (
    *("chain", "cite", "describe", "diff", "export", "locate", "path", "rules", "show", "tables", "validate", "verify"),
    "versions",
)


def run(*arguments, **options):
    done = subprocess.run(
        [sys.executable, "-m", "reportedly", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"},
        check=False,
        **options,
    )
    assert "Traceback" not in done.stderr
    return done


def ok(*arguments):
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_help_lists_every_command_with_examples():
    text = ok("--help")
    assert all(f"\n  {command} " in text for command in COMMANDS)
    assert "Examples:" in text
    assert "_REPORTEDLY_COMPLETE=bash_source" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_has_an_example(command):
    text = ok(command, "--help")
    assert "Examples:" in text
    assert f"reportedly {command}" in text


def test_version():
    told = " (not released)" if "dev" in reportedly.__version__ else ""
    assert ok("--version") == f"reportedly {reportedly.__version__}{told}\n"


def test_tables_lists_the_tables_in_order():
    rows = list(csv.DictReader(io.StringIO(ok("tables"))))
    assert [row["table"] for row in rows] == reportedly.tables()
    assert {row["table"]: int(row["rows"]) for row in rows} == {
        table: len(reportedly.load(table)) for table in reportedly.tables()
    }


@pytest.mark.parametrize("table", reportedly.tables())
def test_show_in_a_pipe_is_the_file_itself(table):
    with open(reportedly.path(table), encoding="utf-8", newline="") as file:
        assert run("show", table).stdout == file.read()


def test_show_in_a_terminals_format_is_readable_and_keeps_to_the_width():
    lines = ok("show", "demands", "--format", "table").splitlines()
    assert lines[0].split() == ["demand_id", "demander", "stance", "issue", "summary", "chain"]
    assert max(map(len, lines)) <= 120
    assert "tasr-0001.d20" in lines[-1] + lines[-2]


def test_show_filters_by_an_expression():
    rows = json.loads(ok("show", "demands", "--where", "issue == 'territory'", "--format", "json"))
    assert [row["demand_id"] for row in rows] == ["tasr-0001.d10", "tasr-0001.d11", "tasr-0001.d12"]


@pytest.mark.parametrize(
    ("table", "where", "expected"),
    [
        ("figures", "value > 10 and unit = 'percent'", ["tasr-0001.f08"]),
        ("demands", "conditional_on is not null and stance = 'precondition'", ["tasr-0001.d05", "tasr-0001.d16"]),
        ("quotes", "chain like '%Bloomberg%'", ["tasr-0001.q01", "tasr-0001.q02"]),
        ("quotes", '"end" < 1100', ["tasr-0001.q01"]),
    ],
)
def test_filters_see_numbers_blanks_and_joined_columns(table, where, expected):
    rows = list(csv.reader(io.StringIO(ok("show", table, "--where", where))))
    assert [row[0] for row in rows[1:]] == expected


def test_show_prints_typed_json():
    (row,) = json.loads(ok("show", "figures", "--flat", "--where", "figure_id = 'tasr-0001.f08'", "--format", "json"))
    assert (row["value"], row["lower"], row["start"], row.get("heading", None)) == (20, None, 990, None)
    assert row["quoted"] == []
    assert row["chain"] == "unnamed officials ← Bloomberg ← TASR"


@pytest.mark.parametrize(
    ("table", "field", "cell", "kind"),
    [
        ("claims", "heading", "TRUE", "boolean"),
        ("figures", "value", "NaN", "number"),
        ("figures", "value", "1e999", "number"),
        ("articles", "text_length", "1.5", "integer"),
        ("articles", "text_length", "true", "integer"),
        ("claims", "earliest", "2026-02-30", "date"),
        ("claims", "earliest", "2026-W01-1", "date"),
    ],
)
def test_show_prints_no_json_of_a_cell_that_is_not_of_its_type(copy, table, field, cell, kind):
    copy.set(table, 2, **{field: cell})
    done = run("show", table, "--format", "json", "--package", copy.root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(
        f"/{table}.csv: {field} holds '{cell}', which is no {kind}; see `reportedly validate`\n"
    )


def test_show_prints_markdown():
    lines = ok("show", "quotes", "--columns", "speaker, text", "--limit", "1", "--format", "markdown").splitlines()
    assert lines[:2] == ["| speaker | text |", "| --- | --- |"]
    assert len(lines) == 3


def test_flat_prints_the_columns_of_flat():
    header = ok("show", "demands", "--flat", "--limit", "0").strip().split(",")
    assert header == list(reportedly.flat("demands").columns)


def test_describe_prints_the_dictionary():
    rows = list(csv.DictReader(io.StringIO(ok("describe", "quotes"))))
    assert [row["field"] for row in rows] == list(reportedly.load("quotes").columns)
    assert "exact to the character" in rows[3]["description"]


def test_chain_prints_the_chain_and_its_hops():
    lines = ok("chain", "tasr-0001.d01").splitlines()
    assert lines[0] == "Putin ← unnamed sources ← Bloomberg ← TASR"
    assert lines[2] == "  1. Putin: holds (“insist”), explicit"


def test_path_prints_paths():
    assert ok("path", "quotes").strip() == reportedly.path("quotes")
    assert ok("path", "quotes", "--schema").strip().endswith("quotes.json")


def test_rules_lists_every_rule_with_its_sentence():
    rows = list(csv.DictReader(io.StringIO(ok("rules"))))
    assert {"holder-first", "span-length", "enum", "hash"} <= {row["rule"] for row in rows}
    assert all(row["sentence"].endswith(".") for row in rows)
    assert len({row["rule"] for row in rows}) == len(rows)


def test_package_takes_a_folder_its_descriptor_or_a_zip_file(copy, tmp_path):
    copy.set("demands", 2, note="mine")
    packed = shutil.make_archive(str(tmp_path / "package"), "zip", copy.root)
    for package in (copy.root, copy.root / "datapackage.json", packed):
        assert "mine" in ok("show", "demands", "--package", package)
    text = tmp_path / "package.txt"
    text.write_bytes(b"PK")
    for command in (["show", "demands"], ["tables"], ["cite"], ["export", "csv"], ["chain", "tasr-0001.c01"]):
        done = run(*command, "--package", text)
        assert (done.returncode, done.stdout) == (2, "")
        told = "no data package; give a folder, a datapackage.json, a zip file or a version"
        assert done.stderr == f"reportedly: {text}: {told}\n"


def test_validate_is_clean_with_status_0():
    rows = [len(reportedly.load(table)) for table in reportedly.tables()]
    assert ok("validate") == f"reportedly {reportedly.__version__}: valid. {len(rows)} tables, {sum(rows)} rows.\n"


def test_validate_tells_findings_with_status_1(copy):
    copy.set("demands", 3, stance="wish")
    done = run("validate", copy.root)
    assert done.returncode == 1
    assert done.stderr == ""
    assert (
        "data/demands.csv row 3 (tasr-0001.d02), stance = 'wish': not one of the allowed values [enum]. Expected: one of: demand, red_line"
        in done.stdout
    )


def test_validate_prints_json_and_annotations(copy):
    copy.set("quotes", 2, end="1052")
    report = json.loads(run("validate", copy.root, "--format", "json").stdout)
    assert report["valid"] is False
    assert {"table": "quotes", "row": 2, "rule": "span-length", "field": "end"}.items() <= report["issues"][0].items()
    assert run("validate", copy.root, "--format", "github").stdout.startswith(
        "::error file=data/quotes.csv,line=2,title="
    )


def test_verify_has_status_0_only_for_what_is_accepted(tmp_path, article):
    same, moved = tmp_path / "same.txt", tmp_path / "moved.txt"
    same.write_text(article, encoding="utf-8", newline="")
    moved.write_text(f"x\n{article}", encoding="utf-8", newline="")
    assert "225 exact, 0 moved" in ok("verify", same)
    assert run("verify", moved).returncode == 1
    assert run("verify", moved, "--accept", "moved,normalised").returncode == 0
    assert json.loads(run("verify", moved, "--format", "json").stdout)["totals"]["moved"] == 225
    refused = run("verify", same, "--accept", "mooved")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Did you mean 'moved'?" in refused.stderr


def test_locate_prints_what_a_coder_writes(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("He said “no” and no again.", encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(ok("locate", file, "no"))))
    assert [(row["start"], row["end"]) for row in rows] == [("9", "11"), ("17", "19")]
    assert rows[0]["span_sha256"] == rows[0]["folded_sha256"]
    assert "The text does not contain exactly 'yes'." in run("locate", file, "yes").stderr


def test_completion_knows_tables_and_claims():
    environment = {**os.environ, "_REPORTEDLY_COMPLETE": "bash_complete", "COMP_CWORD": "2"}
    words = {
        "show d": "demands",
        "cite tasr-0001.q": "tasr-0001.q03",
        **{f"chain TASR-0001.{kind}0": f"tasr-0001.{kind}03" for kind in "cdqf"},
    }
    for line, expected in words.items():
        environment["COMP_WORDS"] = f"reportedly {line}"
        code = "from reportedly.cli.app import main; main(prog_name='reportedly')"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
        )
        assert f"plain,{expected}" in done.stdout


def test_progress_shows_on_a_terminal_and_not_in_a_pipe():
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "reportedly", "validate"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
        check=True,
    )
    os.close(theirs)
    assert b"valid" in done.stdout
    assert b"Checking" in os.read(ours, 100_000)
    assert run("validate").stderr == ""


def test_export_prints_the_path_and_tells_what_is_lost_apart(tmp_path):
    done = run("export", "csv", "--table", "quotes", "-o", tmp_path / "quotes.csv")
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "quotes.csv"))
    assert done.stderr == "csv: Types, keys and descriptions stay in the schemas: a CSV cell is a text.\n"
    assert (tmp_path / "quotes.csv").read_text(encoding="utf-8") == ok("show", "quotes")


def test_export_takes_its_name_from_dataset_version_and_format(tmp_path):
    done = run("export", "jsonl", "--flat", cwd=tmp_path)
    folder = tmp_path / f"reportedly-{reportedly.__version__}-flat-jsonl"
    assert done.stdout.strip() == folder.name
    assert sorted(path.stem for path in folder.iterdir()) == sorted(set(reportedly.tables()) - {"errata"})


def test_export_refuses_to_replace_and_names_what_is_unknown(tmp_path):
    target = tmp_path / "quotes.csv"
    target.write_text("mine", encoding="utf-8")
    done = run("export", "csv", "--table", "quotes", "-o", target)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"reportedly: {target}: is there already; --force replaces it\n"
    assert target.read_text(encoding="utf-8") == "mine"
    assert run("export", "csv", "--table", "quotes", "-o", target, "--force").returncode == 0
    assert target.read_text(encoding="utf-8") == ok("show", "quotes")
    assert "'cvs' is not one of 'csv'" in run("export", "cvs").stderr
    assert "Did you mean 'quotes'?" in run("export", "csv", "--table", "quote").stderr


@pytest.mark.parametrize("width", [120, 80, 60, 40])
@pytest.mark.parametrize(
    "arguments",
    [
        *(("show", table, "--flat", "--limit", "3") for table in reportedly.tables()),
        ("show", "demands"),
        ("show", "claims", "--columns", "content,folded_sha256", "--limit", "5"),
        ("tables",),
        ("describe", "figures"),
        ("rules",),
    ],
    ids=" ".join,
)
def test_no_width_of_a_terminal_drops_a_column_or_splits_a_word_that_fits_its_line(arguments, width):
    def printed(form):
        done = CliRunner().invoke(main, [*arguments, "--format", form], env={"COLUMNS": str(width)})
        assert done.exit_code == 0
        return done.stdout

    shown, rows = printed("table"), json.loads(printed("json"))
    names = [name for name in rows[0] if name in shown] if rows else []
    cells = [row[name] for row in rows for name in names if isinstance(row[name], str)]
    words = {word for word in " ".join([*names, *cells]).split() if len(word) < width - 1}
    assert words <= {part for word in shown.split() for part in (word, word.removesuffix(":"))}
    assert "--flat" not in arguments or len(names) == len(rows[0] if rows else [])
    assert rows or shown == "0 rows\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "demnds"], "Did you mean 'demands'?"),
        (["show", "demands", "--where", "isue = 1"], "There is no column 'isue'. Did you mean 'issue'?"),
        (["show", "demands", "--where", "issue = "], "Give an SQL expression"),
        (["show", "quotes", "--where", "end = ="], 'is in double quotes: "end"'),
        (["show", "demands", "--where", "1) union select issue from t where (1"], "more than one expression"),
        (["show", "demands", "--where", "load_extension('x')"], "--where"),
        (["show", "demands", "--where", "1; drop table t"], "--where"),
        (["show", "demands", "--columns", "demander,sumary"], "Did you mean 'summary'?"),
        (["show", "demands", "--limit", "-1"], "--limit"),
        (["show", "demands", "--format", "xml"], "'xml' is not one of"),
        (["chain", "tasr-0001.c99"], "There is no claim 'tasr-0001.c99'"),
        (["cite", "tasr-0001.q3"], "There is no row 'tasr-0001.q3'. Did you mean 'tasr-0001.q03'?"),
        (["cite", "--format", "bibtec"], "'bibtec' is not one of"),
        (["validate", "nowhere"], "nowhere: there is no such file or folder"),
        (["verify", "nowhere.txt"], "nowhere.txt: no such file or directory"),
        (
            ["show", "demands", "--where", "summary == '\udcff'"],
            "this is no text in UTF-8 without NUL. Give an SQL expression",
        ),
        (["locate", reportedly.path("quotes"), "\udcff"], r"The text does not contain exactly '\udcff'."),
        (["locate", "nowhere.txt", "x"], "nowhere.txt: no such file or directory"),
        (["demands"], "No such command 'demands'. Did you mean 'reportedly show demands'?"),
        (["tabels"], "No such command 'tabels'. Did you mean 'tables'?"),
        (["export", "xlsx"], "Did you mean 'excel'?"),
        (["export", "ttl"], "Did you mean 'turtle'?"),
        (["export", "JSON"], "Did you mean 'jsonl'?"),
        (["show", "quotes", "--format", "md"], "Did you mean 'markdown'?"),
        (["show", "QUOTES"], "There is no table 'QUOTES'. Did you mean 'quotes'?"),
        (["chain", "TASR-0001.D12"], "There is no demand 'TASR-0001.D12'. Did you mean 'tasr-0001.d12'?"),
        (["chain", "tasr-0001.q9"], "There is no quote 'tasr-0001.q9'. Did you mean 'tasr-0001.q0"),
        (["chain", "tasr-0001.f99"], "There is no figure 'tasr-0001.f99'. Did you mean 'tasr-0001.f"),
        (["chain", "tasr-0001.c02/1"], "That is a row of attributions; claims, demands, quotes and figures have chains."),
        (["chain", "TASR-0001"], "That is a row of articles;"),
        (["cite", "TASR-0001.D12"], "There is no row 'TASR-0001.D12'. Did you mean 'tasr-0001.d12'?"),
        (["cite", "tasr-0001.c02/9"], "Did you mean 'tasr-0001.c02/"),
        (["locate", "text.txt", "-20 degrees"], "comes after --: reportedly locate -- TEXT WORDS"),
        (["cite", "-5"], "comes after --: reportedly cite -- [ROW]"),
        (["chain", "tasr-0001.d1"], "There is no demand 'tasr-0001.d1'. Did you mean 'tasr-0001.d01'?"),
        *(
            (["chain", given], f"There is no demand '{given}'. Did you mean 'tasr-0001.d12'?")
            for given in ("tasr-0001-d12", "tasr-0001_d12", "tasr-1.D012", "d12")
        ),
        (["cite", "c2"], "There is no row 'c2'. Did you mean 'tasr-0001.c02'?"),
        (["list"], "No such command 'list'. Did you mean 'tables'?"),
        (["help"], "No such command 'help'. Did you mean '--help'?"),
        (["chain"], "Missing argument 'CLAIM'."),
        (["validate", "https://example.org/a.zip"], "https://example.org/a.zip: this is an address, and only files on"),
        (["diff", "0.1.0", "https://example.org/a.zip"], "https://example.org/a.zip: this is an address"),
        *(
            ([*command, "--package", "https://example.org/a"], "https://example.org/a: this is an address")
            for command in (["show", "quotes"], ["cite"], ["tables"], ["export", "csv"], ["chain", "tasr-0001.c01"])
        ),
        (["export", "csv", "-o", "s3://bucket/x"], "s3:/bucket/x: this is an address"),
        (["export", "csv", "-o", "nowhere/x"], "nowhere/x: nowhere: no such file or directory; make the folder first"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_with_what_to_do_and_one_prefix(arguments, told, tmp_path):
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    message = done.stderr.splitlines()[-1]
    assert message.startswith("reportedly: ")
    assert told in message
    assert "Error:" not in done.stderr
    assert done.stderr.startswith(("reportedly: ", "Usage: "))


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (["show", "demands", "--fromat", "csv"], {"--format"}),
        (["tables", "--json"], set()),
        (["show", "demands", "-x"], set()),
        (["show", "--quiet", "demands"], set()),
    ],
)
def test_an_unknown_option_is_answered_with_what_is_near_alone(arguments, nearest):
    told = run(*arguments).stderr.splitlines()[-1]
    assert {word for word in re.findall(r"--\w+", told) if word not in arguments} == nearest
    assert "hyphen" not in told
