from __future__ import annotations

import pandas as pd
import pytest

import reportedly
from reportedly.errors import PackageError, UnknownNameError

TABLES = reportedly.tables()
TEXT = "string"
DTYPES = {
    "articles": {
        "text_length": "Int64",
        "published_earliest": "datetime64[s]",
        "published_latest": "datetime64[s]",
        "published_basis": "category",
        "coded_by": "category",
    },
    "errata": {"table": "category", "date": "datetime64[s]", "kind": "category"},
    "actors": {"actor_type": "category", "identification": "category", "aliases": "object"},
    "claims": {
        "claim_type": "category",
        "polarity": "category",
        "modality": "category",
        "earliest": "datetime64[s]",
        "latest": "datetime64[s]",
        "when_basis": "category",
        "heading": "boolean",
        "start": "Int64",
        "end": "Int64",
    },
    "attributions": {"hop": "Int64", "relation": "category", "basis": "category", "start": "Int64", "end": "Int64"},
    "participants": {"part": "category"},
    "demands": {"issue": "category", "stance": "category", "strength": "category"},
    "quotes": {"extent": "category", "translated": "category", "start": "Int64", "end": "Int64"},
    "figures": {
        "kind": "category",
        "value": "Float64",
        "lower": "Float64",
        "upper": "Float64",
        "comparator": "category",
        "precision": "category",
        "earliest": "datetime64[s]",
        "latest": "datetime64[s]",
        "date_basis": "category",
        "start": "Int64",
        "end": "Int64",
    },
}


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_the_promised_dtype(table):
    frame = reportedly.load(table)
    found = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert found == {name: DTYPES[table].get(name, TEXT) for name in frame.columns}


def test_categories_stand_in_the_codebooks_order():
    strength = reportedly.load("demands")["strength"]
    assert strength.cat.ordered
    assert list(strength.cat.categories) == [
        "open_to",
        "accepts",
        "wants",
        "promises",
        "requires",
        "insists",
        "rejects",
    ]
    assert (strength > "requires").sum() == 6
    assert strength.cat.categories.dtype == object


def test_text_has_the_same_dtype_on_every_pandas():
    name = reportedly.load("actors")["name"]
    assert name.dtype == pd.StringDtype("python")
    assert name.dtype.na_value is pd.NA


def test_blanks_are_missing_and_words_that_look_missing_are_not(copy):
    copy.set("actors", "russia", name="NA", role="None")
    actors = reportedly.load("actors", package=copy.root).set_index("actor_id")
    assert list(actors.loc["russia", ["name", "role"]]) == ["NA", "None"]
    assert actors["role"].isna().sum() > 0


def test_an_unknown_table_is_told_with_the_nearest_name():
    with pytest.raises(UnknownNameError) as told:
        reportedly.load("quote")
    assert str(told.value) == (
        "There is no table 'quote'. Did you mean 'quotes'? There are: actors, demands, quotes, figures, articles, claims, attributions, participants, errata."
    )
    assert isinstance(told.value, LookupError)


@pytest.mark.parametrize(
    ("table", "field", "value", "told"),
    [
        ("demands", "stance", "wish", "stance holds 'wish', which is none of demand, red_line"),
        ("figures", "earliest", "2024-02", "earliest holds '2024-02', which is no date YYYY-MM-DD"),
        ("figures", "start", "two", "two"),
        ("figures", "value", "two", "value holds 'two', which is no number"),
        ("figures", "value", "1_000", "value holds '1_000', which is no number"),
        ("figures", "value", "1e999", "value holds '1e999', which is no number"),
    ],
)
def test_a_value_that_a_dtype_would_lose_is_refused(copy, table, field, value, told):
    copy.set(table, 3, **{field: value})
    with pytest.raises(PackageError, match="see `reportedly validate`") as error:
        reportedly.load(table, package=copy.root)
    assert told in str(error.value)


@pytest.mark.parametrize(
    "digits", ["0.1", "0.3706958491146347", "76310137158036990", "0.00000000000000012345678901234567"]
)
def test_a_number_is_the_nearest_to_its_digits_on_every_pandas(copy, digits):
    copy.set("figures", 3, value=digits)
    assert reportedly.load("figures", package=copy.root)["value"][1] == float(digits)


def test_a_file_with_other_columns_is_refused(copy):
    copy.replace("quotes", b"speaker_id", b"speaker")
    with pytest.raises(PackageError, match="columns are quote_id, claim_id, speaker, text"):
        reportedly.load("quotes", package=copy.root)


@pytest.mark.parametrize(
    "read",
    [
        lambda package: reportedly.flat("demands", package=package),
        lambda package: reportedly.cite("tasr-0001.d12", package=package),
        lambda package: reportedly.chain("tasr-0001.d12", package=package),
    ],
    ids=["flat", "cite", "chain"],
)
def test_a_misspelt_header_is_told_with_its_file_and_column(copy, read):
    copy.replace("demands", b"claim_id,", b"claim_idd,")
    with pytest.raises(PackageError, match=r"demands\.csv: the header lacks 'claim_id', and has 'claim_idd'; see"):
        read(copy.root)


def test_dates_reach_beyond_what_nanoseconds_hold(copy):
    copy.set("figures", 4, date="9999", earliest="9999-01-01", latest="9999-12-31")
    assert str(reportedly.load("figures", package=copy.root)["latest"][2]) == "9999-12-31 00:00:00"


def test_describe_is_the_data_dictionary():
    entries = reportedly.describe("demands").set_index("field")
    assert list(entries.index) == list(reportedly.load("demands").columns)
    assert entries.loc["conditional_on", "points_to"] == "demands.demand_id"
    assert entries.loc["strength", "dtype"] == "category"
    assert entries.loc["strength", "values"].startswith("open_to, accepts")
    assert entries.loc["summary", "required"] == "yes"
    assert entries["description"].str.len().min() > 10


@pytest.mark.parametrize("loaded", [reportedly.load, reportedly.flat])
@pytest.mark.parametrize("table", TABLES)
def test_frames_work_with_what_users_of_pandas_do_with_frames(loaded, table, tmp_path):
    frame = loaded(table)
    assert len(pd.concat([frame, frame]).drop_duplicates()) == len(frame)
    assert len(frame.merge(frame)) == len(frame)
    for name in frame.columns:
        groups = frame.groupby(name, observed=True, dropna=False).size()
        assert (groups.sum(), len(groups)) == (len(frame), frame[name].nunique(dropna=False))
    pytest.importorskip("pyarrow")
    frame.to_parquet(tmp_path / "frame.parquet")
    assert list(pd.read_parquet(tmp_path / "frame.parquet").columns) == list(frame.columns)


def test_items_of_a_cell_are_a_list_that_can_be_a_key():
    actors = reportedly.load("actors")
    (aliases,) = actors.loc[actors["actor_id"] == "lavrov", "aliases"]
    assert aliases == ["head of Russian diplomacy", "Sergei Lavrov"]
    assert isinstance(aliases, list)
    assert actors.groupby("aliases").ngroup().nunique() == len(actors)
