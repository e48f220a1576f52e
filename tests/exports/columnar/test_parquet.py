"""Parquet, read back by pyarrow, pandas, polars and DuckDB."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import reportedly
from reportedly.errors import PackageError
from reportedly.package.shipped import shipped

duckdb = pytest.importorskip("duckdb")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

TABLES = reportedly.tables()
FORMS = pytest.mark.parametrize("flat", [False, True], ids=["as it is", "flat"])


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parquet")
    for flat in (False, True):
        reportedly.export("parquet", folder / str(flat), flat=flat)
    return lambda table, *, flat=False: folder / str(flat) / f"{table}.parquet"


def fields(table):
    return shipped().schema(table)["fields"]


def by_duckdb(path):
    with duckdb.connect() as connection:
        result = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        return [dict(zip([one[0] for one in result.description], row, strict=True)) for row in result.fetchall()]


READERS = {
    "pyarrow": lambda path: pq.read_table(path).to_pylist(),
    "polars": lambda path: pl.read_parquet(path).to_dicts(),
    "duckdb": by_duckdb,
}


@pytest.mark.parametrize("reader", READERS)
@FORMS
@pytest.mark.parametrize("table", TABLES)
def test_a_reader_reads_every_cell(file, loaded, table, flat, reader):
    read, wanted = READERS[reader](file(table, flat=flat)), loaded(table, flat=flat)
    assert [list(row.items()) for row in read] == [list(row.items()) for row in wanted]


@FORMS
@pytest.mark.parametrize("table", TABLES)
def test_pandas_reads_the_frame_that_load_gives(file, loaded, table, flat):
    read, wanted = pd.read_parquet(file(table, flat=flat)), reportedly.flat(table) if flat else reportedly.load(table)
    rows = loaded(table, flat=flat)
    assert list(read.columns) == list(wanted.columns)
    pd.testing.assert_index_equal(read.index, wanted.index)
    for name, dtype in wanted.dtypes.items():
        if dtype == "category":
            assert read[name].cat.ordered == dtype.ordered
            # Without rows nothing but the metadata says the categories.
            assert list(read[name].cat.categories) == (list(dtype.categories) if len(read) else [])
        elif str(dtype) in {"datetime64[s]", "object"}:
            # Parquet's days come as `datetime.date`, its lists as arrays.
            assert read[name].dtype == object
        else:
            assert str(read[name].dtype) == str(dtype)
        cells = [list(cell) if str(dtype) == "object" else None if pd.isna(cell) else cell for cell in read[name]]
        assert cells == [row[name] for row in rows]


def kind(field):
    if "categories" in field:
        return pa.dictionary(pa.int32(), pa.string(), ordered=field["categoriesOrdered"])
    kinds = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}
    return kinds.get(field["type"], pa.string())


@pytest.mark.parametrize("table", TABLES)
def test_columns_have_types_and_say_whether_they_may_be_blank(file, table):
    schema = pq.read_schema(file(table))
    for field in fields(table):
        column = schema.field(field["name"])
        if field["type"] == "list":
            assert pa.types.is_list(column.type)
            assert column.type.value_type == pa.string()
            assert not column.nullable
        else:
            assert column.type == kind(field)
            assert column.nullable is not field.get("constraints", {}).get("required", False)


@pytest.mark.parametrize("table", TABLES)
def test_columns_carry_their_descriptions(file, table):
    schema = pq.read_schema(file(table))
    for field in fields(table):
        told = {name.decode(): text.decode() for name, text in schema.field(field["name"]).metadata.items()}
        assert told["title"] == field["title"]
        assert told["description"] == field["description"]
        assert told.get("coding") == field.get("coding")
        assert json.loads(told.get("categories", "null")) == field.get("categories")


def test_the_file_tells_what_it_is_to_readers_that_know_no_arrow(file):
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [str(file("attributions"))]
        ).fetchall()
    told = dict(rows)
    assert told["title"] == "Attributions"
    assert told["description"] == shipped().schema("attributions")["description"]
    assert json.loads(told["primary_key"]) == ["claim_id", "hop"]
    assert told["dataset_name"] == "reportedly"
    assert told["dataset_version"] == reportedly.__version__
    assert "https://creativecommons.org/licenses/by/4.0/" in told["dataset_licence"]
    schema = json.loads(told["tableschema"])
    assert {name: shipped().schema("attributions")[name] for name in schema} == schema


def test_an_ordered_category_can_be_compared(file):
    demands = pd.read_parquet(file("demands"))
    strong = demands[demands["strength"] > "requires"]
    assert set(strong["strength"]) == {"insists", "rejects"}


def test_what_is_lost_is_told(tmp_path):
    assert reportedly.export("parquet", tmp_path / "demands.parquet", tables=["demands"]).losses == (
        "Parquet has no keys and no checks but types and blanks: all else is in the file's metadata, and nothing enforces it.",
    )


def test_a_table_without_rows_keeps_its_columns(copy, tmp_path):
    copy.write("figures", [])
    made = reportedly.export("parquet", tmp_path / "figures.parquet", tables=["figures"], package=copy.root)
    assert made.losses[1:] == (
        "A column without rows has no dictionary: the categories of figures are in the metadata alone.",
    )
    read = pq.read_table(made.path)
    assert (read.num_rows, read.column_names) == (0, copy.columns("figures"))


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("stance", "wish", "demands: stance holds 'wish', which is none of demand, red_line, "),
        (
            "summary",
            "",
            "demands: summary is blank, which it may not be; see `reportedly validate`",
        ),
    ],
)
def test_a_cell_that_does_not_fit_is_told(copy, tmp_path, column, cell, told):
    copy.set("demands", 2, **{column: cell})
    with pytest.raises(PackageError) as error:
        reportedly.export("parquet", tmp_path / "demands.parquet", tables=["demands"], package=copy.root)
    assert str(error.value).startswith(told)
    assert list(tmp_path.glob("*.parquet")) == []
