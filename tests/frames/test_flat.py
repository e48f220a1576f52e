from __future__ import annotations

import json

import pandas as pd
import pytest

import reportedly
from reportedly import limits
from reportedly.errors import PackageError

TABLES = reportedly.tables()


@pytest.mark.parametrize("table", TABLES)
def test_the_flat_table_holds_the_table_itself(table):
    plain, flat = reportedly.load(table), reportedly.flat(table)
    pd.testing.assert_frame_equal(flat[list(plain.columns)], plain)
    assert flat.columns.is_unique


@pytest.mark.parametrize("table", [table for table in TABLES if table not in {"actors", "articles", "errata"}])
def test_every_row_has_its_chain_and_its_article(table):
    flat = reportedly.flat(table)
    assert flat["chain"].str.endswith("TASR").all()
    assert (flat["publisher"] == "TASR").all()
    assert (flat["article_sha256"].str.len() == 64).all()


def test_names_stand_beside_keys():
    row = reportedly.flat("demands").set_index("demand_id").loc["tasr-0001.d05"]
    assert (row["demander_id"], row["demander"]) == ("kremlin", "the Kremlin")
    assert (row["addressee_id"], row["addressee"]) == ("trump", "Donald Trump")
    assert row["conditional_on"] == "tasr-0001.d04"
    assert row["conditional_on_summary"].startswith("Trump: a meeting with Putin")
    assert row["claim"].startswith("Planning in detail")
    assert (row["claim_start"], row["claim_end"]) == (518, 578)


def test_the_evidence_is_the_exact_words_inside_of_the_claim():
    flat = reportedly.flat("demands").set_index("demand_id")
    assert flat.loc["tasr-0001.d12", "quoted"] == ["open to the exchange of some territories,"]
    assert flat.loc["tasr-0001.d10", "figures"] == ["almost 20 percent"]
    assert flat.loc["tasr-0001.d02", "quoted"] == []


def test_a_figure_in_a_quotation_shows_the_quotation():
    flat = reportedly.flat("figures").set_index("surface")
    assert flat.loc["almost 20 percent", "quote_text"].startswith("at least de facto control")


def test_words_that_hold_a_bar_stay_one_item_in_every_form(copy, tmp_path):
    quotes = copy.rows("quotes")
    copy.set("quotes", 2, text="yes|no ¦ maybe")
    flat = reportedly.flat("quotes", package=copy.root)
    wanted = [
        ["yes|no ¦ maybe"] if words == [quotes[0]["text"]] else words for words in reportedly.flat("quotes")["quoted"]
    ]
    assert ["yes|no ¦ maybe"] in wanted
    assert list(flat["quoted"]) == wanted
    reportedly.export("jsonl", tmp_path / "quotes.jsonl", tables=["quotes"], flat=True, package=copy.root)
    lines = (tmp_path / "quotes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["quoted"] for line in lines] == wanted
    made = reportedly.export("csv", tmp_path / "quotes.csv", tables=["quotes"], flat=True, package=copy.root)
    assert made.losses[1:] == ("quotes.quoted is joined by ‖, since | is in its words.",)


def test_dtypes_are_those_of_the_sources():
    flat, claims = reportedly.flat("quotes"), reportedly.load("claims")
    assert flat["modality"].dtype == claims["modality"].dtype
    assert str(flat["claim_earliest"].dtype) == "datetime64[s]"
    assert str(flat["claim_start"].dtype) == "Int64"


def test_chains_agree_with_attributions():
    hops = reportedly.flat("attributions").sort_values(["claim_id", "hop"])
    short = reportedly.load("actors").set_index("actor_id")["short_name"]
    rebuilt = hops.assign(short=hops["actor_id"].map(short)).groupby("claim_id")["short"].agg(" ← ".join)
    claims = reportedly.flat("claims").set_index("claim_id")
    assert claims["chain"].to_dict() == rebuilt.to_dict()


def test_a_cell_that_does_not_read_is_told_with_its_file_and_column(copy):
    copy.set("claims", 2, heading="perhaps")
    with pytest.raises(PackageError) as caught:
        reportedly.flat("claims", package=copy.root)
    assert str(caught.value).startswith(f"{copy.file('claims')} made flat: ")
    assert "perhaps" in str(caught.value)
    copy.set("claims", 2, heading="true", modality="perhaps")
    with pytest.raises(PackageError, match=r"claims\.csv made flat: modality holds 'perhaps'"):
        reportedly.flat("claims", package=copy.root)


def test_words_in_too_many_claims_are_told_in_one_line(copy, monkeypatch):
    monkeypatch.setattr(limits, "FLAT_LOOKS", 20)
    with pytest.raises(PackageError) as caught:
        reportedly.flat("claims", package=copy.root)
    assert str(caught.value) == (
        f"{copy.file('figures')}: too many of its words begin inside too many claims to be joined to each; see `reportedly validate`"
    )
    monkeypatch.setattr(limits, "FLAT_LOOKS", 200)
    assert len(reportedly.flat("claims", package=copy.root)) == 65
