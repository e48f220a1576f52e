"""`show --where`: rows chosen by an expression, and expressions that would choose the wrong ones without an error."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys

import pytest

import reportedly

pytestmark = pytest.mark.fast_one_in(4)


def show(table, where):
    done = subprocess.run(
        [sys.executable, "-m", "reportedly", "show", table, "--version", "0.1.0", "--where", where],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    return done.returncode, list(csv.DictReader(io.StringIO(done.stdout))), done.stderr


@pytest.mark.parametrize(
    ("table", "where", "rows"),
    [
        *(("claims", f"heading{yes}", 2) for yes in ("", " == true", " is TRUE", " = 1", "='true'", " in ('true')", " is 'true'")),
        *(("claims", no, 63) for no in ("not heading", "heading == false", "heading is not true", "'false' = heading")),
        ("claims", "coalesce(heading, 'false') = 'true'", 2),
        ("claims", "heading and content = 'true'", 0),
        *(("demands", f"strength {scale}", 10) for scale in (">= 'requires'", "between 'requires' and 'rejects'")),
        ("demands", "'requires' <= strength", 10),
        ("demands", "coalesce(strength, 'open_to') >= 'requires'", 10),
        ("demands", "strength = (select max(strength) from t)", 1),
        ("demands", "case when strength = 'wants' then 'soft' else 'other' end = 'soft'", 1),
        ("demands", "note != ''", 8),
        ("figures", "value > '5'", 3),
        ("figures", "earliest between '2000-01-01' and '2030-01-01'", 12),
        ("figures", "substr(earliest, 1, 4) = '2022'", 2),
        ("figures", "1 = 1 -- all", 29),
        ("quotes", "text = 'it''s'", 0),
        ("demands", "stance in (lower('OFFER'), 'offer') and (note is null or not (note not like '%x%'))", 3),
        ("demands", "stance = 'red' || '_line'", 1),
        ("quotes", "start between 1 and 100000 and instr(text, 'e')", 5),
    ],
)  # fmt: skip
def test_a_filter_keeps_the_rows_for_which_it_is_true(table, where, rows):
    status, found, told = show(table, where)
    assert (status, len(found), told) == (0, rows, "" if rows else "0 rows\n")


def test_ordered_categories_compare_as_pandas_compares_them():
    strength = reportedly.load("demands", version="0.1.0")["strength"]
    for word in strength.cat.categories:
        assert len(show("demands", f"strength > '{word}'")[1]) == (strength > word).sum()


@pytest.mark.parametrize(
    ("table", "where", "told"),
    [
        *(("claims", f"{name} = 1", "There is no column 'nots'. Did you mean 'note'?") for name in ("nots", '"nots"', "`nots`", "[nots]")),
        ("demands", 'issue = "territory"', "A text is in straight single quotation marks: 'territory'. There are: "),
        ("claims", "heading = 'yes'", "heading is true or false, never 'yes'"),
        ("demands", "strength >= 'require'", "There is no value of strength 'require'. Did you mean 'requires'?"),
        ("demands", "issue > 'm'", "issue has categories without an order: compare with = or IN"),
        ("demands", "((issue)) > 'm'", "issue has categories without an order: compare with = or IN"),
        ("demands", "oid = 1", "There is no column 'oid'."),
        ("demands", '"oid" = 1', "There is no column 'oid'."),
        ("demands", "note = ''", "nothing equals a blank; write note IS NULL or note IS NOT NULL"),
        ("demands", "note <> null", "nothing equals a blank; write note IS NULL"),
        ("figures", "value > 'abc'", "value holds numbers, and 'abc' is none"),
        ("figures", "value in (20, 'x')", "value holds numbers, and 'x' is none"),
        ("figures", "earliest < 2025-01-01", "earliest is compared with '2023', which is no day; write a day as '2025-01-31'"),
        ("figures", "date < '2025'", "date holds dates as EDTF, whose letters have no order: compare a day (earliest, latest"),
        ("demands", "issue = 'territory", "a quotation mark ' is not closed: 'territory"),
        ("demands", '"issue = 1', 'a quotation mark " is not closed: "issue = 1'),
        ("demands", "(issue = 'territory'", "a ( is not closed"),
        ("demands", "1 /* x", "a /* is not closed: /* x"),
        ("demands", "issue = ", "something is missing at the end"),
        ("demands", "", "something is missing at the end"),
        ("demands", "issue = ?", "? : @ and $ stand for nothing here"),
        ("demands", "1 order by 1", "this cannot be read from 'order' on"),
        *(("demands", bare, "note is a text, no condition: write note is not null, or compare it") for bare in ("note", "not note", "(note) and 1", "1 or not (not t.note)", "start between 1 and 2 or `note`")),
        ("demands", "issue", "issue is a text, no condition"),
        ("quotes", "not quoted", "quoted is a list, no condition"),
        ("quotes", "start", "start is a number, no condition"),
        ("figures", "not earliest", "earliest is a day, no condition"),
        ("demands", "coalesce(note, 'x')", "coalesce(…) is a text, no condition: compare it"),
        ("demands", "issue = 'territory' or 'talks'", "'talks' is no condition"),
        ("demands", "issue = 'territory' or demander || 'x'", "write or, not ||"),
        ("quotes", "1 < start < 5", "two comparisons (< and <) are side by side"),
        ("demands", "note is true", "note is a text, never true or false"),
        *(("demands", f"stance {other}", "There is no value of stance 'redline'. Did you mean 'red_line'?") for other in ("== 'redline'", "!= 'redline'", "in ('offer', 'redline')", "not in ('redline')", "is 'redline'")),
        ("demands", "'limits' = stance", "There is no value of stance 'limits'. Did you mean 'limit'?"),
        ("claims", "polarity = 'negativ'", "There is no value of polarity 'negativ'. Did you mean 'negative"),
        ("quotes", "translated = true", "There is no value of translated 'true'"),
        ("claims", "heading = 2", "heading is true or false, never 2"),
        *(("figures", f"earliest {day}", "earliest is compared with '2025-02-30', which is no day") for day in ("> '2025-02-30'", "in ('2025-02-30')")),
        ("demands", "stance = 'offer' & 1", "write and, not &"),
        ("demands", "stance = 'offer' | 1", "write or, not |"),
        ("claims", "~heading", "write not, not ~"),
        ("demands", "stance in ['offer', 'red_line']", "write no [ ]: a list is in ( )"),
        ("demands", "stance = ‘offer’", "A text is in straight single quotation marks, not ‘"),
        ("demands", "1 in (select 1 from demand)", "knows the columns of one table, and no table 'demand'"),
        ("figures", "year(earliest) = 2025", "there is no function 'year'. The year of a day is substr(earliest, 1, 4)."),
        ("demands", 'stance = "red_line"', "There is no column 'red_line'. A text is in straight single quotation marks: 'red_line'."),
        ("errata", "table = 'x'", 'is in double quotes: "table"'),
    ],
)  # fmt: skip
def test_a_filter_that_would_be_answered_wrongly_is_refused(table, where, told):
    status, found, error = show(table, where)
    assert (status, found, error.count("\n")) == (2, [], 1)
    assert error.startswith(f"reportedly: --where {where!r}: ")
    assert told in error
    assert "rowid" not in error


def test_conditions_and_columns_given_twice_all_count():
    command = [sys.executable, "-m", "reportedly", "show", "demands", "--version", "0.1.0", "--columns", "demander"]
    command += ["--columns", "stance", "--where", "stance = 'offer'", "--where", "demander = 'Donald Trump'"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr) == ("demander,stance\nDonald Trump,offer\n", "")
