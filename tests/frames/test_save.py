"""Saving a frame: the way back from `load`, and what is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import reportedly
from reportedly.errors import FrameError, PackageError, TargetError, UnknownNameError

TABLES = reportedly.tables()


def refused(frame, table, target):
    """Return what a user reads, having seen that it is one line and that nothing was written."""
    with pytest.raises(FrameError) as told:
        reportedly.save(frame, table, target)
    assert list(target.parent.iterdir()) == []
    assert str(told.value).isprintable()
    return str(told.value)


def with_cell(table, field, value, place=0):
    """Return a table with a value in it, whatever its type."""
    frame = reportedly.load(table)
    cells = list(frame[field])
    cells[place] = value
    return frame.assign(**{field: pd.Series(cells, dtype=object)})


@pytest.mark.parametrize("table", TABLES)
def test_order_of_rows_and_columns_and_the_index_do_not_matter(table, tmp_path):
    frame = reportedly.load(table).sample(frac=1, random_state=7)
    path = reportedly.save(frame[frame.columns[::-1]], table, tmp_path / "table.csv")
    with open(path, "rb") as saved, open(reportedly.path(table), "rb") as shipped:
        assert saved.read() == shipped.read()


def test_hops_are_sorted_by_size(tmp_path):
    frame = reportedly.load("attributions").head(1)
    frame = pd.concat([frame.assign(hop=hop) for hop in (10, 9, 2)])
    path = reportedly.save(frame, "attributions", tmp_path / "attributions.csv")
    assert list(pd.read_csv(path)["hop"]) == [2, 9, 10]


def test_what_is_edited_in_pandas_is_saved_into_its_package_and_valid(copy):
    before = sorted(path.relative_to(copy.root) for path in copy.root.rglob("*"))
    demands = reportedly.load("demands", package=copy.root)
    demands.loc[demands["demand_id"] == "tasr-0001.d04", "note"] = "Read “again”, with care."
    path = reportedly.save(demands, "demands", package=copy.root)
    assert path == str(copy.file("demands"))
    assert copy.rows("demands")[3]["note"] == "Read “again”, with care."
    report = copy.validate()
    assert report.ok, report.to_text()
    assert sorted(path.relative_to(copy.root) for path in copy.root.rglob("*")) == before


def test_rows_that_are_added_and_dropped_are_counted_in_the_descriptor(copy):
    participants = reportedly.load("participants", package=copy.root)
    reportedly.save(participants.iloc[:-1], "participants", package=copy.root)
    resource = next(found for found in copy.descriptor()["resources"] if found["name"] == "participants")
    assert resource["rows"] == len(participants) - 1
    assert resource["bytes"] == len(copy.bytes("participants"))
    assert copy.validate().ok


def test_saving_what_was_loaded_changes_no_byte_of_the_descriptor(copy):
    before = (copy.root / "datapackage.json").read_bytes()
    reportedly.save(reportedly.load("quotes", package=copy.root), "quotes", package=copy.root)
    assert (copy.root / "datapackage.json").read_bytes() == before


def test_dtypes_of_plain_pandas_are_taken_where_they_hold_the_same(tmp_path):
    frame = reportedly.load("claims")
    plain = frame.assign(
        claim_id=frame["claim_id"].astype(object),
        claim_type=frame["claim_type"].astype(object),
        when=frame["when"].astype(object).where(frame["when"].notna(), None),
        start=frame["start"].astype("int64"),
        end=frame["end"].astype("float64"),
        heading=frame["heading"].astype("bool"),
        earliest=[None if pd.isna(day) else day.date() for day in frame["earliest"]],
        note=frame["note"].astype(object).where(frame["note"].notna(), np.nan),
    )
    path = reportedly.save(plain, "claims", tmp_path / "claims.csv")
    with open(path, "rb") as saved, open(reportedly.path("claims"), "rb") as shipped:
        assert saved.read() == shipped.read()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0.1, "0.1"),
        (-0.0, "0"),
        (1e17, "100000000000000000"),
        (1e-7, "0.0000001"),
        (63500000000.0, "63500000000"),
        (-2.5, "-2.5"),
        (np.float32(0.5), "0.5"),
        (7, "7"),
        (np.int8(7), "7"),
    ],
)
def test_a_number_is_written_in_its_shortest_digits(tmp_path, value, cell):
    path = reportedly.save(with_cell("figures", "value", value), "figures", tmp_path / "figures.csv")
    assert pd.read_csv(path, dtype=str)["value"][0] == cell


@pytest.mark.parametrize("items", [["a", "b c"], ("a", "b c"), np.array(["a", "b c"], dtype=object)])
def test_a_list_is_joined(tmp_path, items):
    path = reportedly.save(with_cell("actors", "aliases", items), "actors", tmp_path / "actors.csv")
    assert pd.read_csv(path)["aliases"][0] == "a|b c"


@pytest.mark.parametrize("blank", [None, float("nan"), pd.NA, pd.NaT])
@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("demands", "note"),
        ("figures", "value"),
        ("figures", "start"),
        ("figures", "earliest"),
        ("figures", "comparator"),
        ("claims", "heading"),
        ("actors", "aliases"),
    ],
)
def test_what_pandas_takes_for_missing_is_a_blank(tmp_path, table, field, blank):
    path = reportedly.save(with_cell(table, field, blank), table, tmp_path / "table.csv")
    assert pd.read_csv(path, dtype=str, keep_default_na=False)[field][0] == ""


@pytest.mark.parametrize(
    ("table", "field", "value", "right"),
    [
        (
            "demands",
            "stance",
            "wish",
            "one of: demand, red_line, precondition, limit, concession, offer, pledge, refusal",
        ),
        ("demands", "stance", 1, "one of: demand, red_line, precondition, limit, concession, offer, pledge, refusal"),
        ("demands", "note", "", "a text that is not empty; pd.NA for a blank"),
        ("demands", "note", 5, "a text"),
        ("demands", "note", "a\rb", "a text without carriage returns, which no line of the file may hold"),
        ("demands", "note", "half \ud83d of one", "a text that UTF-8 can hold, without half a character"),
        ("demands", "note", "x" * 131_073, "131,072 characters at most"),
        ("actors", "aliases", "agency", "a list of texts"),
        ("actors", "aliases", ["a", ""], "a text that is not empty; pd.NA for a blank"),
        ("actors", "aliases", ["a", None], "a text"),
        ("actors", "aliases", ["a|b"], "items without |, which is between them"),
        ("figures", "start", 1.5, "a whole number of 18 digits at most"),
        ("figures", "start", "12", "a whole number of 18 digits at most"),
        ("figures", "start", True, "a whole number of 18 digits at most"),
        ("figures", "start", 10**18, "a whole number of 18 digits at most"),
        ("figures", "start", 2.0**53 + 2, "a whole number of 18 digits at most"),
        ("figures", "value", float("inf"), "a finite number of 18 digits at most before the decimals"),
        ("figures", "value", -1e18, "a finite number of 18 digits at most before the decimals"),
        ("figures", "value", True, "a finite number of 18 digits at most before the decimals"),
        ("figures", "value", 2**53 + 1, "a number that a Float64 holds as it is"),
        ("claims", "heading", "true", "True or False"),
        ("claims", "heading", 1, "True or False"),
        ("claims", "earliest", "2024-11-05", "a day from 0001-01-01 to 9999-12-31, without time and zone"),
        (
            "claims",
            "earliest",
            dt.datetime(2024, 11, 5, 12, tzinfo=None),
            "a day from 0001-01-01 to 9999-12-31, without time and zone",
        ),
        (
            "claims",
            "earliest",
            pd.Timestamp("2024-11-05", tz="UTC"),
            "a day from 0001-01-01 to 9999-12-31, without time and zone",
        ),
        (
            "claims",
            "earliest",
            pd.Timestamp("2024-11-05") + pd.Timedelta(1),
            "a day from 0001-01-01 to 9999-12-31, without time and zone",
        ),
    ],
)
def test_what_would_not_be_loaded_as_it_is_is_refused(tmp_path, table, field, value, right):
    told = refused(with_cell(table, field, value, place=2), table, tmp_path / "table.csv")
    frame = reportedly.load(table)
    key = frame.iloc[2, 0]
    rule = "enum" if isinstance(frame[field].dtype, pd.CategoricalDtype) else "type"
    assert told.startswith(f"{table}, iloc[2] ({key}), {field}")
    assert told.endswith(f": this cannot be saved [{rule}]. Expected: {right}")


@pytest.mark.parametrize("year", ["0000", "10000"])
def test_a_day_outside_of_the_calendar_is_refused(tmp_path, year):
    frame = reportedly.load("claims")
    days = frame["earliest"].to_numpy().copy()
    days[0] = np.datetime64(f"{year}-01-01", "s")
    told = refused(frame.assign(earliest=days), "claims", tmp_path / "claims.csv")
    assert told.endswith("Expected: a day from 0001-01-01 to 9999-12-31, without time and zone")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda frame: frame.drop(columns=["issue", "note"]), "demands: columns missing: 'issue', 'note'. Expected"),
        (lambda frame: frame.assign(**{"my\nnote": 1}), r"demands: columns not in the schema: 'my\nnote'. Expected"),
        (lambda frame: frame.rename(columns={"note": 3}), "columns missing: 'note'; not in the schema: '3'. Expected"),
        (lambda frame: pd.concat([frame, frame[["note"]]], axis=1), "demands: columns twice: 'note'. Expected"),
        (lambda frame: frame.set_index("demand_id"), "demands: columns missing: 'demand_id'. Expected"),
        (lambda frame: frame.to_dict("list"), "demands: this is no pandas DataFrame but dict"),
        (lambda _: reportedly.load("demands", withdrawn=True), "not in the schema: 'withdrawn_since'"),
    ],
)
def test_other_columns_are_refused(tmp_path, change, told):
    assert told in refused(change(reportedly.load("demands")), "demands", tmp_path / "demands.csv")


def test_an_unknown_table_is_told_with_the_nearest_name(tmp_path):
    with pytest.raises(UnknownNameError, match=r"There is no table 'demand'\. Did you mean 'demands'\?"):
        reportedly.save(reportedly.load("demands"), "demand", tmp_path / "demands.csv")


@pytest.mark.parametrize("both", [True, False])
def test_either_a_file_or_a_package_is_named(copy, both):
    places = {"target": copy.root / "x.csv", "package": copy.root} if both else {}
    with pytest.raises(
        TargetError, match="Name the file to make or the package whose table is replaced, one of the two"
    ):
        reportedly.save(reportedly.load("demands"), "demands", **places)


def test_a_file_that_is_there_is_replaced_only_when_told(tmp_path):
    target = tmp_path / "demands.csv"
    target.write_text("mine", encoding="utf-8")
    demands = reportedly.load("demands")
    with pytest.raises(TargetError, match="is there already"):
        reportedly.save(demands, "demands", target)
    assert target.read_text(encoding="utf-8") == "mine"
    reportedly.save(demands, "demands", target, force=True)
    assert target.read_text(encoding="utf-8").startswith("demand_id,")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("../quotes.csv", "leaves the package"),
        ("data/../../quotes.csv", "leaves the package"),
        ("/quotes.csv", "leaves the package"),
        ("", "leaves the package"),
        (".", r"leaves the package|no regular file"),
        ("data", "not a regular file"),
        ("datapackage.json", "has another ending"),
        ("schemas/quotes.json", "has another ending"),
        (5, "has no path that is a text"),
    ],
)
def test_a_descriptor_cannot_make_it_write_elsewhere(copy, path, told):
    copy.change_resource("quotes", path=path)
    before = {path: path.read_bytes() for path in copy.root.parent.rglob("*") if path.is_file()}
    with pytest.raises(PackageError, match=told) as error:
        reportedly.save(reportedly.load("quotes"), "quotes", package=copy.root)
    assert str(error.value).isprintable()
    assert {path: path.read_bytes() for path in copy.root.parent.rglob("*") if path.is_file()} == before


def test_a_link_out_of_the_package_is_refused(copy):
    outside = copy.root.parent / "outside.csv"
    outside.write_text("mine", encoding="utf-8")
    copy.file("quotes").unlink()
    copy.file("quotes").symlink_to(outside)
    with pytest.raises(PackageError, match="a link leads out of the package"):
        reportedly.save(reportedly.load("quotes"), "quotes", package=copy.root)
    assert outside.read_text(encoding="utf-8") == "mine"


def test_a_table_that_is_not_there_yet_is_made(copy):
    quotes = reportedly.load("quotes")
    copy.file("quotes").unlink()
    reportedly.save(quotes, "quotes", package=copy.root)
    assert copy.validate().ok


def test_a_descriptor_that_utf8_cannot_hold_is_told_in_one_line(copy):
    copy.write_descriptor({**copy.descriptor(), "title": "half \ud83d of one"})
    before = copy.bytes("quotes")
    with pytest.raises(PackageError, match=r"see `reportedly validate`$"):
        reportedly.save(reportedly.load("quotes").head(1), "quotes", package=copy.root)
    assert copy.bytes("quotes") == before


def test_a_folder_that_is_missing_is_told_and_not_made(tmp_path):
    with pytest.raises(TargetError, match=r"no such file or directory; make the folder first$"):
        reportedly.save(reportedly.load("quotes"), "quotes", tmp_path / "no" / "quotes.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", ["0.1.0", reportedly.__version__])
def test_a_table_of_a_version_is_never_replaced(package):
    demands = reportedly.load("demands", package=package)
    with pytest.raises(PackageError, match=r"a table can be replaced in a folder of your own only"):
        reportedly.save(demands, "demands", package=package)
