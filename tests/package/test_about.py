"""What a descriptor may leave out, how a DOI may be spelt, what every export says of the dataset, and that advice on a descriptor can be followed."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from functools import partial
from pathlib import Path

import pytest

import reportedly
from reportedly.citations.formats import FORMATS as STYLES
from reportedly.errors import PackageError
from reportedly.exports.formats import FORMATS
from reportedly.package.about import dataset, doi, doi_address
from reportedly.package.package import Package
from reportedly.package.shipped import shipped

pytestmark = pytest.mark.fast_one_in(8)

FULL = {
    **json.loads((Path(shipped().root) / "datapackage.json").read_text(encoding="utf-8")),
    "homepage": "https://example.org/",
    "image": "picture.png",
    "contributors": [
        {
            "title": "Ann Bee",
            "givenName": "Ann",
            "familyName": "Bee",
            "roles": ["creator"],
            "path": "https://example.org/ann",
            "email": "ann@example.org",
            "organization": "Bees",
        }
    ],
    "sources": [{"title": "A report", "path": "https://example.org/report", "email": "r@example.org", "version": "1"}],
}


def places(found, place=()):
    """Yield where each property is, of the first in each list."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield (*place, name)
            yield from places(value, (*place, name))
    elif isinstance(found, list) and found:
        yield from places(found[0], (*place, 0))


def holder(found, place):
    """Return what holds the property at a place."""
    for step in place[:-1]:
        found = found[step]
    return found


def refused(package, folder, row=None):
    """Return in which formats a package cannot be exported or cited, and why."""
    ways = {form: partial(reportedly.export, form, folder / form, tables=["quotes"]) for form in FORMATS}
    ways |= {form: partial(reportedly.cite, row, format=form) for form in STYLES}
    found = {}
    for form, way in ways.items():
        try:
            way(package=package)
        except PackageError as error:
            found[form] = str(error)
    return found


ADVICE = {
    ("id",): "give it a DOI, or one such as urn:uuid:",
    ("contributors",): "add `contributors` to datapackage.json",
}


@pytest.mark.parametrize("place", list(places(FULL)), ids=lambda place: ".".join(map(str, place)))
def test_what_may_be_left_out_is_missed_by_no_format(copy, tmp_path, place):
    descriptor = deepcopy(FULL)
    del holder(descriptor, place)[place[-1]]
    copy.write_descriptor(descriptor)
    if not copy.issues():
        advice = ADVICE.get(place)
        assert all(advice and advice in told for told in refused(copy.root, tmp_path).values())


def test_a_package_that_says_next_to_nothing_is_exported_and_cited(copy, tmp_path):
    copy.write_descriptor({name: FULL[name] for name in ("name", "version", "created", "id", "resources")})
    assert copy.validate().ok
    assert set(refused(copy.root, tmp_path, "tasr-0001.q03")) == {"chicago", "apsa", "harvard", "ieee"}
    assert reportedly.cite(package=copy.root) == (
        f"reportedly (Version {FULL['version']}) [Data set]. (2026). (No DOI yet; {FULL['id']})"
    )


@pytest.mark.parametrize(
    ("contributor", "name"),
    [
        ({"givenName": "Ann", "familyName": "Bee"}, "Bee, A."),
        ({"organization": "Bees"}, "Bees."),
        ({"path": "https://example.org/ann"}, "https://example.org/ann."),
    ],
)
def test_a_contributor_without_a_title_has_another_name(copy, contributor, name):
    copy.change_descriptor(lambda found: found.update(contributors=[contributor]))
    assert copy.validate().ok
    assert reportedly.cite(package=copy.root).startswith(f"{name} (2026). ")


def test_a_publisher_is_who_is_said_to_be_one(copy):
    copy.change_descriptor(lambda found: found["contributors"].append({"title": "A press", "roles": ["publisher"]}))
    assert json.loads(reportedly.cite(format="datacite", package=copy.root))["publisher"] == {"name": "A press"}
    assert dataset(shipped()).publisher == "Reportedly contributors"


# --- DOIs -------------------------------------------------------------------------------------------------------------------------

DOI = "10.5281/zenodo.1234567"
SPELT = [
    *(DOI, f" {DOI} ", f"doi:{DOI}", f"DOI: {DOI}", f"DOI {DOI}", f"info:doi/{DOI}", DOI.upper()),
    *(f"https://doi.org/{DOI}", f"http://dx.doi.org/{DOI}", f"https://www.doi.org/{DOI}", f"doi.org/{DOI}"),
    *(f"HTTPS://DOI.ORG/{DOI.upper()}", f"doi:https://doi.org/{DOI}", "https://doi.org/10.5281%2Fzenodo.1234567"),
]


@pytest.mark.parametrize("spelt", SPELT)
def test_a_doi_is_one_however_it_is_spelt(copy, tmp_path, spelt):
    copy.change_descriptor(lambda found: found.update(id=spelt))
    assert copy.validate().ok
    assert reportedly.cite(package=copy.root).endswith(f" [Data set]. https://doi.org/{DOI}")
    for form, file in {"turtle": "", "jsonld": "", "csvw": "csv-metadata.json", "croissant": "croissant.json"}.items():
        made = Path(reportedly.export(form, tmp_path / form, tables=["quotes"], package=copy.root).path)
        text = (made / file if file else made).read_text(encoding="utf-8")
        assert f"https://doi.org/{DOI}" in text
        assert not re.search("no doi", text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("spelt", "right", "address"),
    [
        ("10.1002/(SICI)1097:12<1020::AID>3.0.CO;2-9", "10.1002/(sici)1097:12<1020::aid>3.0.co;2-9", "https://doi.org/10.1002/(sici)1097:12%3C1020::aid%3E3.0.co;2-9"),
        ("https://doi.org/10.1002/a%3Cb%3E", "10.1002/a<b>", "https://doi.org/10.1002/a%3Cb%3E"),
        ("10.1002/a#b?c%", "10.1002/a#b?c%", "https://doi.org/10.1002/a%23b%3Fc%25"),
        *((text, "", "") for text in ("", "urn:uuid:6e2398d4", "https://example.org/10.5281/zenodo.1", "10.5281", "10.5281/a b")),
    ],
)  # fmt: skip
def test_the_address_of_a_doi_leads_to_it_whatever_its_characters(spelt, right, address):
    assert (doi(spelt), doi_address(right)) == (right, address)


def test_a_doi_that_is_the_home_page_is_cited(copy):
    copy.change_descriptor(lambda found: found.update(homepage=f"https://doi.org/{DOI}"))
    assert reportedly.cite(package=copy.root).endswith(f" [Data set]. https://doi.org/{DOI}")


# --- exports ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["parquet", "sqlite", "duckdb", "csvw", "croissant", "rocrate", "jsonld", "turtle", "stata"]
)
def test_every_export_with_metadata_names_publisher_identifier_and_citation(tmp_path, form):
    made = Path(reportedly.export(form, tmp_path / "made").path)
    data = b"".join(
        file.read_bytes() for file in ([made] if made.is_file() else sorted(made.rglob("*"))) if file.is_file()
    )
    assert all(text.encode() in data for text in (reportedly.cite(), FULL["id"], "Reportedly contributors"))


def test_metadata_say_where_the_files_are_from_the_folder_on(tmp_path):
    names = {"csvw": "csv-metadata.json", "croissant": "croissant.json", "rocrate": "ro-crate-metadata.json"}
    found = {}
    for form, name in names.items():
        reportedly.export(form, tmp_path / form)
        found[form] = json.loads((tmp_path / form / name).read_text(encoding="utf-8"))
    (crate,) = (one for one in found["rocrate"]["@graph"] if one["@id"] == "./")
    for form, paths in {
        "csvw": [one["@id"] for one in found["csvw"]["dcat:distribution"]],
        "croissant": [one["contentUrl"] for one in found["croissant"]["distribution"]],
        "rocrate": [one["@id"] for one in crate["distribution"]],
    }.items():
        assert len(paths) == len(reportedly.tables())
        assert all((tmp_path / form / path).is_file() for path in paths)


def test_a_graph_says_where_the_files_of_its_package_are(tmp_path):
    made = Path(reportedly.export("jsonld", tmp_path / "made.jsonld").path)
    text = made.read_text(encoding="utf-8")
    assert all(f'"{shipped().resource(table)["path"]}"' in text for table in reportedly.tables())


# --- advice -----------------------------------------------------------------------------------------------------------------------

UUID = "urn:uuid:6e2398d4-5537-4857-a3a4-5118c724e559"
# What is wrong, where, and what the advice holds that is put in its place: an example, or else all of it.
WRONG = {
    "name": (("name",), "A b", lambda _: "a.b_c-1"),
    "version": (("version",), "1", lambda advice: re.search('"(.*?)"', advice)[1]),
    "created": (("created",), "2026-11", lambda advice: advice.rpartition("such as ")[2]),
    "no created": (("created",), None, lambda advice: advice.rpartition("such as ")[2]),
    "id": (("id",), 5, lambda advice: advice.rpartition(" or ")[2].replace("urn:uuid:…", UUID)),
    "roles": (("contributors", 0, "roles"), "creator", lambda advice: json.loads(advice.rpartition("such as ")[2])),
    "family": (("contributors", 0, "familyName"), 5, lambda _: "text"),
    "profile": (
        ("$schema",),
        "http://json-schema.org/draft-07/schema",
        lambda advice: advice.rpartition("such as ")[2],
    ),
    "table's profile": (("resources", 0, "$schema"), "tabular", lambda advice: advice.rpartition("such as ")[2]),
    "type": (("resources", 0, "type"), "file", str),
    "format": (("resources", 0, "format"), "xlsx", str),
    "mediatype": (("resources", 0, "mediatype"), "text/plain", str),
    "encoding": (("resources", 0, "encoding"), "latin-1", str),
    "hash": (("resources", 0, "hash"), "sha256:0", str),
    "bytes": (("resources", 0, "bytes"), 1, int),
    "rows": (("resources", 0, "rows"), 1, int),
}


def put(descriptor, place, value):
    holder(descriptor, place)[place[-1]] = value


@pytest.mark.parametrize(("place", "wrong", "right"), WRONG.values(), ids=WRONG)
def test_what_validate_recommends_it_accepts(copy, place, wrong, right):
    copy.change_descriptor(lambda found: put(found, place, wrong))
    (issue,) = copy.issues()
    copy.change_descriptor(lambda found: put(found, place, right(issue.expected)))
    assert copy.validate().ok, issue.expected


@pytest.mark.parametrize(("kind", "value"), [("hash", 5), ("bytes", "x"), ("rows", "x")])
def test_a_measure_of_another_type_is_explained(copy, kind, value):
    copy.change_resource("quotes", **{kind: value})
    assert re.match("a (text|whole number): .* file", copy.issues()[0].expected)


@pytest.mark.parametrize("place", [(), ("resources", 0)], ids=["the package", "a resource"])
def test_every_property_that_validate_allows_is_accepted(copy, place):
    copy.change_descriptor(lambda found: put(found, (*place, "dialect"), {}))
    (issue,) = copy.issues()
    allowed = issue.expected.removeprefix("only ").split(", ")

    own = {"homepage": "https://example.org/", "image": "a.png"}

    def fill(found):
        filled = holder(found, (*place, "dialect"))
        del filled["dialect"]
        filled |= {name: own.get(name) for name in allowed if name not in filled}

    copy.change_descriptor(fill)
    assert copy.validate().ok


@pytest.mark.parametrize(
    ("created", "right"),
    [
        ("2026-11-22T09:30:00.000Z", True),
        ("2026-11-22T09:30:00.649305+00:00", True),
        ("2026-11-22T09:30:00.123456789-05:30", True),
        ("2026-11-22", False),
        ("2026-11-22T09:30:00", False),
    ],
)
def test_the_time_of_a_version_is_one_of_rfc_3339(copy, created, right):
    copy.change_descriptor(lambda found: found.update(created=created))
    assert copy.validate().ok == right
    if right:
        assert "(2026)" in reportedly.cite(package=Package(copy.root).root)
