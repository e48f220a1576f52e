"""Each type of fields reads what it writes, and writes canonical cells as they are."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.model.fieldtypes import MOST, TYPES, list_type
from reportedly.model.schema import Field

KINDS = {**TYPES, "list": list_type("|")}
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1)
VALUES = {
    "string": _TEXTS,
    "integer": st.integers(1 - MOST, MOST - 1),
    "number": st.floats(-1e17, 1e17, allow_nan=False, allow_subnormal=False).map(lambda number: number + 0.0),
    "boolean": st.booleans(),
    "date": st.dates(),
    "list": st.lists(_TEXTS.map(lambda text: text.replace("|", "!")), min_size=1),
}


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_what_is_written_reads_back_as_it_was(name, data):
    value = data.draw(VALUES[name])
    kind = KINDS[name]
    cell = kind.format(value)
    assert kind.parse(cell) == value
    assert kind.format(kind.parse(cell)) == cell


@pytest.mark.parametrize("name", KINDS)
def test_a_blank_is_none(name):
    assert KINDS[name].parse("") is None
    assert KINDS[name].format(None) == ""


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        *(("integer", cell) for cell in ("007", "+1", "1.0", "1_000", "٣", "-0", "1e3", "1" * 19)),
        *(("number", cell) for cell in ("1,5", ".5", "5.", "1e400", "NaN", "Infinity", "-0", "true")),
        *(("boolean", cell) for cell in ("True", "1", "yes")),
        *(("date", cell) for cell in ("2025-02-29", "2025-1-1", "20250101", "2025-W01-1", "2025", "0000-01-01")),
        *(("list", cell) for cell in ("|", "a|", "|a", "a||b")),
    ],
)
def test_a_cell_in_another_form_is_refused(name, cell):
    with pytest.raises(ValueError, match=r"."):
        KINDS[name].parse(cell)


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (Field("n", "number"), "5", 5),
        (Field("n", "number"), "5.0", 5.0),
        (Field("n", "number"), "-0.25", -0.25),
        (Field("n", "integer"), "5", 5),
        (Field("n", "boolean"), "true", True),
        (Field("n", "date"), "2025-01-31", "2025-01-31"),
        (Field("n", "list", delimiter="|"), "a|b", ["a", "b"]),
        (Field("n", "list", delimiter="|"), "", []),
        (Field("n"), "", None),
    ],
)
def test_json_has_whole_numbers_without_decimals_and_dates_as_texts(field, cell, value):
    found = field.to_json(cell)
    assert (type(found), found) == (type(value), value)


def test_a_day_is_a_date():
    assert Field("n", "date").parse("2025-01-31") == dt.date(2025, 1, 31)


def test_a_cell_that_does_not_fit_is_reported_with_its_column():
    with pytest.raises(ValueError, match=r"^n holds '1,5', which is no number$"):
        Field("n", "number").parse("1,5")
