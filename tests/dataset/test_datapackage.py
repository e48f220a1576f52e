from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import reportedly

ROOT = Path(__file__).parents[2]
DESCRIPTOR = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
FIELDS = [
    pytest.param(field, id=f"{table}-{field['name']}")
    for table in reportedly.tables()
    for field in json.loads((ROOT / "schemas" / f"{table}.json").read_text(encoding="utf-8"))["fields"]
]


def test_frictionless_alone_finds_it_valid():
    pytest.importorskip("frictionless")
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert report["valid"], report
    assert report["stats"]["tasks"] == len(reportedly.tables())


def test_the_package_has_what_data_package_v2_asks_for():
    wanted = "$schema id name title description version created licenses contributors sources keywords resources"
    assert set(wanted.split()) <= DESCRIPTOR.keys()
    assert DESCRIPTOR["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"


@pytest.mark.parametrize("resource", DESCRIPTOR["resources"], ids=lambda resource: resource["name"])
def test_a_resource_tells_all_of_its_file(resource):
    wanted = {"path", "title", "description", "schema", "mediatype", "encoding", "bytes", "hash", "licenses", "sources"}
    assert wanted <= resource.keys()
    assert resource["licenses"][0]["name"] == "CC-BY-4.0"


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_described_and_its_categories_are_enforced(field):
    assert field["title"]
    assert field["description"].endswith(".")
    if "categories" in field:
        # frictionless takes categories without enforcing them, so the enumeration stands beside them.
        assert field["constraints"]["enum"] == [category["value"] for category in field["categories"]]
        assert all(category["label"] and category["description"].endswith(".") for category in field["categories"])
    pattern = field.get("constraints", {}).get("pattern", "")
    # A bare alternation would be anchored at one end only.
    assert "|" not in pattern or pattern.count("(?:") > 0


def test_the_articles_digest_and_length_are_the_texts(article):
    row = reportedly.load("articles").iloc[0]
    assert row["text_sha256"] == hashlib.sha256(article.encode()).hexdigest()
    assert row["text_length"] == len(article)
