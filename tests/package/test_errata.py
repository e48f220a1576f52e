from __future__ import annotations

import json

import pytest

import reportedly
from reportedly.errors import PackageError, WithdrawnError


def test_a_withdrawn_row_is_left_out_unless_asked_for(copy):
    copy.errata()
    assert "tasr-0001.d21" not in list(reportedly.load("demands", package=copy.root)["demand_id"])
    with_it = reportedly.load("demands", package=copy.root, withdrawn=True)
    assert with_it["withdrawn_since"].isna().sum() == len(with_it) - 1
    gone = with_it.iloc[-1]
    assert (gone["demand_id"], gone["withdrawn_since"], gone["stance"]) == ("tasr-0001.d21", "0.2.0", "red_line")


@pytest.mark.parametrize("table", reportedly.tables())
def test_without_withdrawn_rows_the_table_is_as_it_is_but_for_the_column(table):
    asked = reportedly.load(table, withdrawn=True)
    assert asked["withdrawn_since"].isna().all()
    assert asked.drop(columns="withdrawn_since").equals(reportedly.load(table))


def test_rows_with_a_number_in_their_key_keep_their_order(copy):
    copy.errata()
    said = '{"claim_id": "tasr-0001.c02", "hop": "5", "actor_id": "tasr"}'
    copy.set("errata", 2, table="attributions", key="tasr-0001.c02/5", said=said, replaced_by="")
    hops = reportedly.load("attributions", package=copy.root, withdrawn=True)
    mine = hops[hops["claim_id"] == "tasr-0001.c02"]
    assert list(mine["hop"]) == [1, 2, 3, 4, 5]
    assert list(hops["claim_id"]) == sorted(hops["claim_id"])


@pytest.mark.parametrize("ask", [reportedly.chain, reportedly.cite])
def test_a_withdrawn_row_that_is_asked_for_tells_what_became_of_it(copy, ask):
    copy.errata()
    with pytest.raises(WithdrawnError) as caught:
        ask("tasr-0001.d21", package=copy.root)
    assert (
        str(caught.value)
        == "tasr-0001.d21 was withdrawn in 0.2.0: The same demand as d01, told twice. tasr-0001.d01 replaces it."
    )


@pytest.mark.parametrize("field", ["issue", "strength"])
def test_a_withdrawn_row_keeps_a_category_that_is_no_more(copy, field):
    copy.errata()
    said = json.loads(copy.rows("errata")[0]["said"])
    copy.set("errata", 2, said=json.dumps({**said, field: "once_known"}))
    with_it = reportedly.load("demands", package=copy.root, withdrawn=True)
    assert with_it[field].iloc[-1] == "once_known"
    assert "once_known" not in reportedly.load("demands", package=copy.root)[field].cat.categories


@pytest.mark.parametrize(
    ("table", "key", "said"),
    [
        ("demands", "tasr-0001.d21", '{"note": 1}'),
        ("demands", "tasr-0001.d21", '{"stance": ["x"]}'),
        ("demands", "tasr-0001.d21", "null"),
        ("attributions", "tasr-0001.c02/5", "x"),
        ("attributions", "tasr-0001.c02/5", "[" * 9999),
        ("attributions", "tasr-0001.c02/5", '{"claim_id": "tasr-0001.c02"}'),
        ("attributions", "tasr-0001.c02/5", '{"claim_id": "tasr-0001.c02", "hop": "x"}'),
    ],
)
def test_what_is_kept_and_is_no_row_is_told_with_the_erratum(copy, table, key, said):
    copy.errata()
    copy.set("errata", 2, table=table, key=key, said=said, replaced_by="")
    with pytest.raises(PackageError) as caught:
        reportedly.load(table, package=copy.root, withdrawn=True)
    told = f"what is kept of {table} {key} is no row of it; see `reportedly validate`"
    assert str(caught.value) == f"{copy.file('errata')}: {told}"


def test_what_is_kept_and_does_not_read_as_its_type_is_told_with_the_erratum(copy):
    copy.errata()
    said = {**copy.rows("figures")[7], "figure_id": "tasr-0001.f99", "start": "abc"}
    copy.set("errata", 3, key="tasr-0001.f99", kind="withdrawn", said=json.dumps(said))
    told = r"errata\.csv: what is kept of figures tasr-0001\.f99: .*abc.*; see `reportedly validate`$"
    with pytest.raises(PackageError, match=told):
        reportedly.load("figures", package=copy.root, withdrawn=True)


def test_a_cell_of_the_table_itself_is_told_with_its_own_file(copy):
    copy.errata()
    copy.set("figures", "f08", start="abc")
    with pytest.raises(PackageError, match=r"data.figures\.csv: "):
        reportedly.load("figures", package=copy.root, withdrawn=True)


def test_a_valid_package_with_errata_loads_with_what_was_withdrawn(copy):
    copy.errata()
    said = {**copy.rows("figures")[7], "figure_id": "tasr-0001.f99", "value": "", "earliest": "2022-02-30"}
    copy.set("errata", 3, key="tasr-0001.f99", kind="withdrawn", said=json.dumps(said, ensure_ascii=False))
    assert [issue.rule for issue in copy.issues()] == ["erratum-said"]
    said["earliest"] = "2022-02-28"
    copy.set("errata", 3, said=json.dumps(said, ensure_ascii=False))
    assert copy.validate().ok
    assert len(reportedly.load("figures", package=copy.root, withdrawn=True)) == len(copy.rows("figures")) + 1
