"""How far two codings agree: how their rows are paired, and what is counted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reportedly.authoring.agreement import greedy, kappa, overlap, report

ROOT = Path(__file__).parents[2]
CODINGS = ROOT / "docs" / "coding"


def run(*arguments):
    command = [sys.executable, "-m", "reportedly.authoring.agreement", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_codebook_prints_the_agreement_of_the_raw_codings():
    done = run(CODINGS / "first", CODINGS / "second")
    page = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    assert done.stdout.count("\n") > 10
    assert done.stdout in page


def test_a_coding_agrees_with_itself():
    tables = report(CODINGS / "first", CODINGS / "first")
    assert "| demands | 20 | 20 | 20 | 100 % |  | 100 % | 20 of 20 |" in tables
    assert {line.split(" | ")[-1] for line in tables.split("\n\n")[1].splitlines()[2:]} <= {"1.00 |", " |"}


def test_identifiers_may_be_named_otherwise_by_the_other_coder(tmp_path):
    second = shutil.copytree(CODINGS / "first", tmp_path / "second")
    for path in second.glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("tasr-0001.c", "tasr-0001.x"), encoding="utf-8")
    assert report(CODINGS / "first", second) == report(CODINGS / "first", CODINGS / "first")


def span(start, end, article="a"):
    return {"article_id": article, "start": str(start), "end": str(end)}


@pytest.mark.parametrize(
    ("other", "expected"), [(span(0, 10), 1.0), (span(5, 10), 0.5), (span(6, 10), 0.0), (span(0, 10, "b"), 0.0)]
)
def test_spans_are_paired_by_intersection_over_union_of_half_or_more(other, expected):
    assert overlap(span(0, 10), other) == expected


def test_the_best_match_is_paired_first_and_no_row_twice():
    first, second = [span(0, 10), span(0, 8)], [span(0, 8), span(0, 7)]
    assert greedy(first, second, overlap) == [(first[0], second[1]), (first[1], second[0])]


def test_kappa_is_cohens_and_blank_where_it_is_undefined():
    assert kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]) == pytest.approx(0.5)
    assert kappa([]) is None
    assert kappa([("a", "a")]) is None


def test_other_arguments_are_refused_with_the_usage():
    done = run(CODINGS / "first")
    assert done.returncode == 1
    assert done.stderr == "usage: python -m reportedly.authoring.agreement FIRST SECOND\n"
