"""Whatever a table holds, saving and loading gives it back: rows made up by Hypothesis from the schemas.

HYPOTHESIS_PROFILE=thorough runs many more examples than CI does.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import reportedly
from reportedly.engines.pandas import DAY, dtype
from reportedly.errors import FrameError
from reportedly.model.schema import Field
from reportedly.package.shipped import shipped

TABLES = reportedly.tables()
FIELDS = {table: shipped().schema(table)["fields"] for table in TABLES}
# What another program, or pandas with other settings, would read as something else.
LOOKALIKES = [
    *("NA", "N/A", "null", "nan", "NaN", "None", "<NA>", "NaT", "inf", "1e5", "007", "0x1F", "1_000", "TRUE", "true"),
    *("2024-11-05", "12:30", "5%", '"', '""', "'", "a,b", "a;b", "a|b", "\\", "\\N", "#x", "“so”", "…", "0", "–1"),
    *("🕊", "한국어", "שלום", "مرحبا", "é", "ǅ", "ﬁ", "\u0378"),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """Return a package to save into, over and over."""
    source = Path(reportedly.path("actors")).parents[1]
    place = tmp_path_factory.mktemp("saved") / "package"
    place.mkdir()
    shutil.copy(source / "datapackage.json", place)
    for folder in ("data", "schemas"):
        shutil.copytree(source / folder, place / folder)
    return place


# A text that is saved has no carriage return.
TEXTS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])


def texts(least: int, most: int, without: str = "") -> st.SearchStrategy[str]:
    made = st.one_of(st.sampled_from(LOOKALIKES), st.text(TEXTS, min_size=least, max_size=min(most, 40)))
    return made.filter(lambda text: least <= len(text) <= most and not set(without) & set(text))


def values(field) -> st.SearchStrategy:
    """Return what a field may hold, None for a blank."""
    limits = field.get("constraints", {})
    kind = field["type"]
    if "enum" in limits:
        made = st.sampled_from(limits["enum"])
    elif "pattern" in limits:
        made = st.from_regex(limits["pattern"], fullmatch=True, alphabet=TEXTS)
    elif field.get("format") == "uri":
        made = st.from_regex(r"https://[a-z]{1,9}\.example(/[A-Za-z0-9._~%-]{0,9}){0,3}", fullmatch=True)
    elif kind == "integer":
        made = st.integers(limits.get("minimum", 1 - 10**18), 10**18 - 1)
    elif kind == "number":
        numbers = st.floats(-1e18, 1e18, exclude_min=True, exclude_max=True)
        made = numbers | st.integers(-(10**6), 10**6).map(float) | st.decimals(-999, 999, places=2).map(float)
    elif kind == "boolean":
        made = st.booleans()
    elif kind == "date":
        made = st.dates()
    elif kind == "list":
        made = st.lists(texts(1, 40, field["delimiter"]), min_size=1, max_size=4)
    else:
        made = texts(max(1, limits.get("minLength", 1)), limits.get("maxLength", 600))
    return made if limits.get("required") else st.none() | made


def frame_of(table: str, rows: list[dict]) -> pd.DataFrame:
    """Return rows as a frame with the dtypes of `load`."""
    columns = {}
    for field in FIELDS[table]:
        cells = [row[field["name"]] for row in rows]
        if field["type"] == "date":
            columns[field["name"]] = np.array([str(day) if day else "NaT" for day in cells], dtype=DAY)
        elif field["type"] == "list":
            columns[field["name"]] = pd.Series([cell or [] for cell in cells], dtype=object)
        else:
            columns[field["name"]] = pd.Series(cells, dtype=dtype(Field.from_descriptor(field)))
    return pd.DataFrame(columns)


def key_of(table: str, row: dict) -> tuple:
    return tuple(row[name] for name in shipped().schema(table)["primaryKey"])


@cache
def rows_of(table: str) -> st.SearchStrategy[list[dict]]:
    """Make rows of a table, of different keys and sorted by them."""
    rows = st.lists(
        st.fixed_dictionaries({field["name"]: values(field) for field in FIELDS[table]}),
        max_size=4,
        unique_by=lambda row: key_of(table, row),
    )
    return rows.map(lambda found: sorted(found, key=lambda row: key_of(table, row)))


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=settings.default.max_examples // 2)
@given(data=st.data())
def test_a_table_is_loaded_as_it_was_saved(root, table, data):
    frame = frame_of(table, data.draw(rows_of(table)))
    shuffled = frame.sample(frac=1, random_state=data.draw(st.integers(0, 99)))
    path = Path(reportedly.save(shuffled[data.draw(st.permutations(list(frame.columns)))], table, package=root))
    once = path.read_bytes()
    loaded = reportedly.load(table, package=root)
    assert_frame_equal(loaded, frame, check_exact=True)
    reportedly.save(loaded, table, package=root)
    assert path.read_bytes() == once


ANYTHING = st.one_of(
    st.sampled_from([None, pd.NA, pd.NaT, "\U0010ffff", *LOOKALIKES]),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters()),
    st.dates(),
    st.datetimes(),
    st.lists(st.text(min_size=1), max_size=3),
    st.lists(st.integers(), max_size=1).map(tuple),
    st.binary(max_size=3),
)
# Any column that is no key, so that the rows stay where they are; the errata have no rows to change.
COLUMNS = {
    (table, field["name"]): field
    for table in TABLES
    for field in FIELDS[table]
    if field["name"] not in shipped().schema(table)["primaryKey"] and table != "errata"
}


@cache
def cells_of(column: tuple[str, str]) -> st.SearchStrategy[list]:
    """Make cells for the first rows of a column, whatever it may hold."""
    return st.lists(st.one_of(values(COLUMNS[column]), ANYTHING), min_size=3, max_size=3)


def plain(cell: object, field: dict) -> object:
    """Return a cell as Python's own value, None for a blank."""
    if isinstance(cell, list | tuple):
        return list(cell) or None
    if cell is None or pd.isna(cell):
        return None
    return pd.Timestamp(cell).date() if field["type"] == "date" else cell


@given(column=st.sampled_from(list(COLUMNS)), data=st.data())
def test_whatever_a_column_holds_it_is_loaded_as_it_was_saved_or_refused(root, column, data):
    table, name = column
    frame = reportedly.load(table)
    path = Path(reportedly.save(frame, table, package=root))
    before = path.read_bytes()
    cells = data.draw(cells_of(column))[: len(frame)]
    changed = frame.head(len(cells)).assign(**{name: pd.Series(cells, dtype=object)})
    try:
        reportedly.save(changed, table, package=root)
    except FrameError as error:
        event("refused")
        told = str(error)
    else:
        event("saved")
        loaded = reportedly.load(table, package=root)[name]
        assert [plain(cell, COLUMNS[column]) for cell in loaded] == [plain(cell, COLUMNS[column]) for cell in cells]
        return
    assert told.isprintable()
    assert path.read_bytes() == before
