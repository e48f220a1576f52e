"""`reportedly.schema`: frames of CSV files, however pandas has read them, and what is wrong with a frame in words."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import reportedly
from reportedly.errors import FrameError

pytestmark = pytest.mark.fast_one_in(5)

errors = pytest.importorskip("pandera.errors")

BLANKS = {"keep_default_na": False, "na_values": [""]}
READ = {
    "plain": {},
    "blanks": BLANKS,
    "text": {"dtype": str, **BLANKS},
    "empty text": {"dtype": str, "keep_default_na": False},
    "nullable": {"dtype_backend": "numpy_nullable", **BLANKS},
}


@pytest.mark.fast_one_in(5)
@pytest.mark.parametrize("how", READ)
@pytest.mark.parametrize("table", reportedly.tables())
def test_a_csv_file_that_pandas_has_read_is_accepted_and_gets_the_dtypes_of_load(table, how):
    frame = pd.read_csv(reportedly.path(table), **READ[how])
    pd.testing.assert_frame_equal(reportedly.schema(table).validate(frame), reportedly.load(table))


def test_lists_as_pandas_writes_them_are_read_as_lists():
    text = reportedly.load("actors").to_csv(index=False)
    frame = reportedly.schema("actors").validate(pd.read_csv(io.StringIO(text)))
    pd.testing.assert_frame_equal(frame, reportedly.load("actors"))


def wrong(table, **cells):
    frame = pd.read_csv(reportedly.path(table), dtype=str)
    for name, value in cells.items():
        frame[name] = frame[name].astype(object)
        frame.at[1, name] = value
    return frame


def doubled(table):
    frame = pd.read_csv(reportedly.path(table), dtype=str, **BLANKS)
    return pd.concat([frame, frame.head(1)], ignore_index=True)


FIGURE = "figures, iloc[1] (tasr-0001.f02), "
DEMAND = "demands, iloc[1] (tasr-0001.d02), "
TYPE = "this does not read as the column's type [type]. Expected: "


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (wrong("figures", start="two"), f"{FIGURE}start = 'two': {TYPE}a whole number"),
        (wrong("figures", start=2.5), f"{FIGURE}start = '2.5': {TYPE}a whole number of 18 digits at most"),
        (wrong("figures", value="1,000"), f"{FIGURE}value = '1,000': {TYPE}a number, with a full stop before decimals"),
        (wrong("figures", earliest="2025-02-30"), f"{FIGURE}earliest = '2025-02-30': {TYPE}a day of the calendar as YYYY-MM-DD"),
        (wrong("claims", heading="yes"), f"claims, iloc[1] (tasr-0001.c02), heading = 'yes': {TYPE}true or false"),
        (wrong("actors", aliases="a||b"), f"actors, iloc[1] (captured-soldiers), aliases = 'a||b': {TYPE}items separated by |, none empty"),
        *((wrong("actors", aliases=cell), f"""actors, iloc[1] (captured-soldiers), aliases = {cell!r}: {TYPE}items separated by |, or a list as""") for cell in ("['a' 'b']", '["a", "b"]', "[1]", "['a', ]")),
        (wrong("demands", note=["a"]), f"""{DEMAND}note = "['a']": {TYPE}a text"""),
        (wrong("demands", stance="wish"), f"{DEMAND}stance = 'wish': not one of the allowed values [enum]. Expected: one of: demand, red_line"),
        (wrong("demands", summary=None), f"{DEMAND}summary: this is blank [required]. Expected: a value"),
        (wrong("quotes", end="5"), "quotes, iloc[1] (tasr-0001.q02), end = '5': the span 1130–5 is empty or runs backwards [span-order]. Expected: an end greater than 1130"),
        (doubled("demands"), "demands, iloc[0] (tasr-0001.d01), demand_id = 'tasr-0001.d01': this value is in more than one row [unique]"),
        (doubled("attributions"), "attributions, iloc[0] (tasr-0001.c01/1), hop = '1': another row has the same key [primaryKey]"),
        (wrong("demands").drop(columns="note"), "demands: columns missing: note. Expected: demand_id, claim_id"),
        (wrong("demands").assign(more=1), "demands: columns not in the table: more. Expected: demand_id, claim_id"),
        (wrong("demands").iloc[:, ::-1], "demands: columns in another order. Expected: demand_id, claim_id"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(frame, told):
    schema = reportedly.schema(told[: told.index(",") if "iloc" in told else told.index(":")])
    with pytest.raises(errors.SchemaError) as first:
        schema.validate(frame)
    with pytest.raises(errors.SchemaErrors) as every:
        schema.validate(frame, lazy=True)
    assert str(first.value).startswith(told)
    assert str(every.value).startswith(told)
    assert len(every.value.failure_cases)


def test_all_that_is_wrong_is_listed_a_line_each_and_counted_where_only_the_first_is_told():
    frame = wrong("demands", stance="wish", strength="very", summary=" x")
    with pytest.raises(errors.SchemaErrors) as every:
        reportedly.schema("demands").validate(frame, lazy=True)
    lines = str(every.value).splitlines()
    assert [line.split(" = ")[0] for line in lines] == [f"{DEMAND}{name}" for name in ("stance", "strength", "summary")]
    with pytest.raises(errors.SchemaError, match=r"\(2 more; lazy=True lists them\)$"):
        reportedly.schema("demands").validate(frame)


def test_a_frame_may_have_another_index():
    frame = reportedly.load("quotes").set_index(pd.Index(list("vwxyz")))
    pd.testing.assert_frame_equal(reportedly.schema("quotes").validate(frame), frame)


def test_what_is_no_frame_is_told():
    with pytest.raises(FrameError, match="demands: this is no pandas DataFrame but list"):
        reportedly.schema("demands").validate([])
