from __future__ import annotations

import json

import pytest

from reportedly.validation.report import Issue, Omitted, Report

PLAIN = Issue(
    "data/quotes.csv",
    "enum",
    "not one of the allowed values",
    "one of: a, b",
    "quotes",
    3,
    "q02",
    "extent",
    "none",
)
BARE = Issue("datapackage.json", "descriptor", "there is no version", "a version")


def report(*issues: Issue, skipped: tuple[str, ...] = ()) -> Report:
    return Report("folder", "1.2.3", {"quotes": 5, "actors": 2}, issues, skipped)


def test_an_issue_says_file_row_key_field_value_message_rule_and_expected():
    assert str(PLAIN) == (
        "data/quotes.csv row 3 (q02), extent = 'none': not one of the allowed values [enum]. Expected: one of: a, b"
    )


def test_an_issue_leaves_out_what_does_not_apply():
    assert str(BARE) == "datapackage.json: there is no version [descriptor]. Expected: a version"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("k" * 60, "k" * 60),
        ("k" * 61, "'" + "k" * 58 + "…"),
        ("two\nlines", r"'two\nlines'"),
        ("\u200b" + "k" * 60, r"'\u200b" + "k" * 52 + "…"),
    ],
    ids=["short", "long", "with-a-line-break", "long-with-what-nobody-sees"],
)
def test_an_issue_quotes_and_cuts_a_key_that_would_not_read_well(key, shown):
    assert str(Issue("f", "rule", "message", "expected", "t", 2, key)).startswith(f"f row 2 ({shown}): message")


@pytest.mark.parametrize("value", ["two\nlines", "bell\x07", "escape\x1b[31m", "x" * 10_000, "nul\x00"])
def test_an_issue_stays_on_one_short_line_whatever_the_value(value):
    line = str(Issue("f", "rule", "message", "expected", "t", 2, "k", "field", value))
    assert line.isprintable()
    assert len(line) < 200


def test_a_report_without_findings_is_ok_and_says_what_it_counted():
    assert report().ok
    assert report().to_text() == "folder: valid. 2 tables, 7 rows."
    assert report().to_github() == ""


def test_a_report_with_findings_lists_them_and_counts_the_rules():
    assert not report(PLAIN).ok
    assert report(PLAIN).to_text().splitlines() == [str(PLAIN), "folder: 1 finding (enum 1). 2 tables, 7 rows."]
    last = report(PLAIN, BARE, PLAIN).to_text().splitlines()[-1]
    assert last == "folder: 3 findings (enum 2, descriptor 1). 2 tables, 7 rows."


def test_json_holds_every_field_of_every_finding():
    found = json.loads(report(PLAIN, BARE, skipped=("Why.",)).to_json())
    assert list(found) == ["package", "version", "valid", "rows", "issues", "more", "skipped"]
    assert (found["package"], found["version"], found["valid"]) == ("folder", "1.2.3", False)
    assert found["rows"] == {"quotes": 5, "actors": 2}
    assert found["skipped"] == ["Why."]
    assert found["issues"][0] == {
        "file": "data/quotes.csv",
        "rule": "enum",
        "message": "not one of the allowed values",
        "expected": "one of: a, b",
        "table": "quotes",
        "row": 3,
        "key": "q02",
        "field": "extent",
        "value": "none",
    }
    assert found["issues"][1] == {
        "file": "datapackage.json",
        "rule": "descriptor",
        "message": "there is no version",
        "expected": "a version",
        "table": "",
        "row": 0,
        "key": "",
        "field": "",
        "value": "",
    }


MORE = Omitted("data/quotes.csv", "enum", "quotes", "extent", 1_234)


def test_findings_that_are_only_counted_are_told_and_added_up():
    found = Report(
        "folder", "1.2.3", {"quotes": 5}, (PLAIN, BARE), ("Why.",), (MORE, Omitted("f.csv", "sorted", "f", "", 2))
    )
    assert not found.ok
    assert found.to_text().splitlines()[2:] == [
        "data/quotes.csv, extent: 1,234 more like those above, which are only counted [enum]",
        "f.csv: 2 more like those above, which are only counted [sorted]",
        "Why.",
        "folder: 1238 findings (enum 1235, sorted 2, descriptor 1). 1 tables, 5 rows.",
    ]
    told = {"file": "data/quotes.csv", "rule": "enum", "table": "quotes", "field": "extent", "count": 1234}
    assert json.loads(found.to_json())["more"][0] == told
    assert found.to_github().splitlines()[2] == f"::error file=data/quotes.csv,line=1,title=enum::{MORE}"


def test_github_gets_one_annotation_a_finding():
    lines = report(PLAIN, BARE).to_github().splitlines()
    assert lines[0] == f"::error file=data/quotes.csv,line=3,title=enum::{PLAIN!s}"
    assert lines[1].startswith(
        "::error file=datapackage.json,line=1,title=descriptor::datapackage.json: there is no version"
    )


def test_github_properties_escape_what_would_end_them():
    line = report(Issue("da:ta,1%\r\n.csv", "ru:le,%", "m", "e")).to_github()
    assert line.startswith("::error file=da%3Ata%2C1%25%0D%0A.csv,line=1,title=ru%3Ale%2C%25::")


def test_github_messages_escape_percent_and_line_breaks_and_keep_colons_and_commas():
    line = report(Issue("f", "r", "one: 100%, two\r\nthree", "::error::four")).to_github()
    assert len(line.splitlines()) == 1
    assert line.endswith("::f: one: 100%25, two%0D%0Athree [r]. Expected: ::error::four")
