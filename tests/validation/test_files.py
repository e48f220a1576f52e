"""What is said of a package's files before anybody reads their cells, word for word, and of archives that are not unpacked."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("frictionless")
from reportedly import limits
from reportedly.errors import PackageError
from reportedly.package.archive import unpack
from reportedly.package.shipped import shipped
from reportedly.validation.descriptor import check_descriptor
from reportedly.validation.files import Files
from reportedly.validation.report import Omitted

EXPECTED = shipped().format
V1 = "https://specs.frictionlessdata.io/schemas/data-package.json"


def told(root):
    """Return what is found in the files alone, in the order in which it is looked for."""
    files = Files(str(root), EXPECTED)
    found = list(check_descriptor(files.package, EXPECTED.names))
    if not found or {issue.rule for issue in found} == {"table-set"}:
        for table in [table for table in EXPECTED.names if table in files.package.resources]:
            of_table = [*files.schema(table), *files.table(table)[0]]
            assert {issue.table for issue in of_table} <= {table}
            found += of_table
    return [str(issue) for issue in found]


def resource(table="quotes", **properties):
    return lambda copy: copy.change_resource(table, **properties)


def without(table, name):
    return lambda copy: copy.change_descriptor(
        lambda found: next(one for one in found["resources"] if one["name"] == table).pop(name)
    )


def package(**properties):
    return lambda copy: copy.change_descriptor(lambda found: found.update(properties))


def raw(name, data):
    return lambda copy: (copy.root / name).write_bytes(data)


def swap(old, new, table="quotes"):
    return lambda copy: copy.replace(table, old, new)


def whole(change, table="quotes"):
    return lambda copy: copy.write_bytes(table, change(copy.bytes(table)))


def rows(change, table="quotes"):
    return lambda copy: copy.write(table, change(copy.rows(table)))


def listed(change):
    return lambda copy: copy.change_descriptor(lambda found: change(found["resources"]))


def schema(change, table="quotes"):
    return lambda copy: copy.change_schema(table, change)


def gone(*parts):
    return lambda copy: copy.root.joinpath(*parts).unlink()


def folder(copy):
    copy.file("quotes").unlink()
    copy.file("quotes").mkdir()


def link_out(copy):
    outside = copy.root.parent / "outside.csv"
    outside.write_bytes(copy.bytes("quotes"))
    copy.file("quotes").unlink()
    copy.file("quotes").symlink_to(outside)


def hops(*numbers):
    def change(found):
        return [*({**found[0], "hop": number} for number in numbers), *found[1:]]

    return rows(change, "attributions")


def many_columns(number):
    return whole(lambda data: data.replace(b"note\n", b"note" + b",more" * number + b"\n", 1))


BROKEN = {
    "nothing": lambda _: None,
    "descriptor-no-json": raw("datapackage.json", b"{"),
    "descriptor-no-object": raw("datapackage.json", b"[]"),
    "descriptor-gone": gone("datapackage.json"),
    "descriptor-large": raw("datapackage.json", b" " * (limits.JSON_BYTES + 1)),
    "no-version": package(version=None),
    "version-a-number": package(version=1),
    **{
        f"version-{place}": package(version=version)
        for place, version in enumerate(
            ("banana", "1.0", "1.0.0.0", "1.0.0-rc1", "01.0.0", "1.00.0", "1.0.1000000000", "1.0.0\n", "")
        )
    },
    **{f"version-right-{place}": package(version=version) for place, version in enumerate(("0.0.0", "10.999999999.2"))},
    "no-package-name": package(name=None),
    "package-name-a-number": package(name=1),
    **{f"package-name-{place}": package(name=name) for place, name in enumerate(("x y/../z", "Name", "é", "", "x" * 101))},
    **{f"package-name-right-{place}": package(name=name) for place, name in enumerate(("a.b_c-0", "x" * 100))},
    "no-created": package(created=None),
    "created-a-number": package(created=2026),
    **{
        f"created-{place}": package(created=created)
        for place, created in enumerate(
            (
                *("lately", "2026-02-30", "2026-11", "20261122", "2026-11-22 10:00:00Z", "2026-11-22T10:00:00"),
                *("2026-11-22T25:00:00Z", "2026-11-22T10:00:00.1234567890Z", "", "2026-11-22"),
            )
        )
    },
    **{
        f"created-right-{place}": package(created=created)
        for place, created in enumerate(
            ("2024-02-29T10:00:00Z", "2026-11-22T10:00:00.5+01:00", "2026-11-22T10:00:00.123456789-09:30")
        )
    },
    "identifier-a-number": package(id=5),
    "resources-no-list": package(resources={}),
    "resources-no-objects": package(resources=[1]),
    "resources-many": listed(lambda found: found.extend({} for _ in range(limits.RESOURCES - 8))),
    "resources-some": listed(lambda found: found.extend(dict(found[0]) for _ in range(limits.RESOURCES - 9))),
    "no-name": resource(name=3),
    "no-path": resource(path=None),
    "no-schema": resource(schema={}),
    "property-of-the-package": package(dialect={}, profile="x"),
    "property-of-a-resource": resource(dialect={}, profile="x"),
    "every-property": package(
        **dict.fromkeys(("id", "name", "title", "description", "homepage", "keywords", "image"), "x"),
        created="2026-11-22T10:00:00Z",
        **{name: [] for name in ("licenses", "contributors", "sources")},
    ),
    "every-property-of-a-resource": resource(
        **dict.fromkeys(("title", "description", "homepage", "licenses", "sources"), "x")
    ),
    "fixed": resource(type="other", format="tsv", mediatype="text/tsv", encoding="latin-1"),
    "fixed-none": resource(type=None),
    "digest-no-text": resource(hash=1, bytes="1", rows="1"),
    "digest-left-out": lambda copy: [without("quotes", name)(copy) for name in ("hash", "bytes", "rows")],
    "profile": package(**{"$schema": V1}),
    "profile-no-text": resource(**{"$schema": 3}),
    "profile-of-the-standard": package(**{"$schema": "https://datapackage.org/profiles/2.0/datapackage.json"}),
    "profile-left-out": lambda copy: copy.change_descriptor(lambda found: found.pop("$schema", None)),
    "table-lacking": listed(lambda found: found.pop()),
    "table-twice": listed(lambda found: found.append(found[0])),
    "table-unknown": listed(lambda found: found.append({**found[0], "name": "extra"})),
    "path-leaves": resource(path="../quotes.csv"),
    "path-of-another-ending": lambda copy: [
        copy.file("quotes").rename(copy.root / "data" / "quotes.tsv"),
        copy.change_resource("quotes", path="data/quotes.tsv"),
    ],
    "schema-leaves": resource(schema="/quotes.json"),
    "schema-of-another-ending": resource(schema="data/quotes.csv"),
    "schema-gone": gone("schemas", "quotes.json"),
    "schema-no-json": raw("schemas/quotes.json", b"{"),
    "schema-another-title": schema(lambda found: found.update(title="Other")),
    "schema-more": schema(lambda found: found.update({f"p{number:02}": 1 for number in range(10)})),
    "schema-many-more": schema(lambda found: found.update({f"p{number:02}": 1 for number in range(12)})),
    "schema-odd-names": schema(lambda found: found.update({"x" * 60: 1, "y" * 61: 1, "no identifier": 1, "\u2028": 1})),
    "schema-less": schema(lambda found: [found.pop("title"), found.pop("fields")]),
    "table-gone": gone("data", "quotes.csv"),
    "table-a-folder": folder,
    "table-a-link": link_out,
    "wide": many_columns(limits.COLUMNS - 9),
    "as-wide-as-may-be": many_columns(limits.COLUMNS - 10),
    "long-line": whole(lambda data: data + b"x" * 3 * limits.LINE_BYTES),
    "long-cell": whole(lambda data: data.replace(b"resolve,word", b"x" * (limits.CELL + 1) + b",word")),
    "hash-stale": resource(hash=f"sha256:{'0' * 64}"),
    "bytes-stale": resource(bytes=1),
    "rows-stale": resource(rows=4),
    "mark": whole(lambda data: b"\xef\xbb\xbf" + data),
    "latin-1": swap(b"very quickly.", b"v\xe9ry quickly."),
    "carriage-return": swap(b"2068,2081,\n", b"2068,2081,\r\n"),
    "carriage-return-first": whole(lambda data: b"\r" + data),
    "windows": whole(lambda data: data.replace(b"\n", b"\r\n")),
    "last-line": whole(lambda data: data[:-1]),
    "no-byte": whole(lambda _: b""),
    "blank-line-first": whole(lambda data: b"\n" + data),
    "blank-line": swap(b"\ntasr-0001.q05", b"\n\ntasr-0001.q05"),
    "unclosed": swap(b"resolve,word", b'"resolve,word'),
    "behind-quotation-mark": swap(b"resolve,word", b'"resolve"x,word'),
    "quoted-for-nothing": swap(b"resolve,word", b'"resolve",word'),
    "quoted-in-two-rows": whole(
        lambda data: data.replace(b"resolve,word", b'"resolve",word').replace(b"very quickly.", b'"very quickly."')
    ),
    "quotation-mark-within": swap(b"resolve,word", b're"olve,word'),
    "row-too-long": swap(b"2156,2163,\n", b"2156,2163,,more,and,more\n"),
    "row-too-short": swap(b"2156,2163,\n", b"2156\n"),
    "header-twice": swap(b"start,end,note\n", b"start,start,note\n"),
    "header-missing": swap(b"start,end,note\n", b"start,end\n"),
    "header-more": swap(b"start,end,note\n", b"start,end,note,more\n"),
    "header-all-wrong": whole(lambda data: data.replace(b",", b";")),
    "header-order": swap(b"start,end,note\n", b"end,start,note\n"),
    "header-order-and-quoted": whole(
        lambda data: data.replace(b"start,end,note\n", b"end,start,note\n").replace(b"resolve,word", b'"resolve",word')
    ),
    "rows-swapped": rows(lambda found: [found[1], found[0], *found[2:]]),
    "rows-twice": rows(lambda found: [found[0], *found]),
    "numbers-in-order": hops("2", "9", "10"),
    "numbers-in-another-order": hops("10", "9"),
    "numbers-and-words": hops("9", "x", "1"),
    "sorted-short-rows": swap(b"\ntasr-0001.q02,", b"\nzz\ntasr-0001.q02,"),
    "sorted-without-a-part-of-the-key": swap(b"\ntasr-0001.c02,2,", b"\ntasr-0001.c02\ntasr-0001.c02,2,", "attributions"),
}  # fmt: skip


@pytest.mark.fast_one_in(6)
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_said_of_files(copy, name, snapshot):
    BROKEN[name](copy)
    assert told(copy.root) == snapshot


@pytest.mark.parametrize(("where", "change"), [("the package", package), ("resource 2", resource)])
def test_of_many_properties_that_are_wrong_a_hundred_are_told(copy, where, change):
    change(**{f"p{number:03}": 1 for number in range(101)})(copy)
    found = [line.partition(" [")[0] for line in told(copy.root)]
    assert found == [f"datapackage.json: {where} has a property 'p{number:03}'" for number in range(100)]


def test_cells_are_read_as_they_stand(copy):
    copy.write_bytes("quotes", b"\xef\xbb\xbf" + copy.bytes("quotes").replace(b"\ntasr-0001.q05", b"\n\ntasr-0001.q05"))
    _, text = Files(str(copy.root), EXPECTED).table("quotes")
    assert text.header == copy.columns("quotes")
    assert list(text.rows) == [2, 3, 4, 5, 7]
    assert text.rows[7][0] == "tasr-0001.q05"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_line_end_within_a_cell_is_read_as_it_stands(copy, end):
    copy.replace("quotes", b"resolve,word", b'"re' + end + b'solve",word')
    _, text = Files(str(copy.root), EXPECTED).table("quotes")
    assert text.rows[6][3].encode() == b"re" + end + b"solve"


@pytest.mark.parametrize(("most", "further"), [(2, 2), (3, 1), (4, 0)])
def test_of_many_rows_in_another_order_the_first_are_told(copy, monkeypatch, most, further):
    copy.write("quotes", copy.rows("quotes")[::-1])
    monkeypatch.setattr(limits, "FINDINGS", most)
    found = [one for one in Files(str(copy.root), EXPECTED).table("quotes")[0] if one.rule == "sorted"]
    more = [Omitted("data/quotes.csv", "sorted", "quotes", "quote_id", further)] if further else []
    assert [issue.row for issue in found[:most]] == [3, 4, 5, 6][:most]
    assert found[most:] == more


# --- archives ---------------------------------------------------------------------------------------------------------------------


def pack(file, *members, compression=zipfile.ZIP_DEFLATED, **more):
    """Write a zip file of names and bytes, or of entries made before."""
    with zipfile.ZipFile(file, "w", compression) as packed:
        for name, data in members:
            packed.writestr(name, data, **more)
    return str(file)


def entry(name, *, mode=0, flags=0):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.flag_bits = flags
    return made


def refused(tmp_path, file):
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(PackageError) as caught:
        unpack(file, str(target))
    assert list(target.iterdir()) == []
    return str(caught.value).removeprefix(f"{file}: ")


HOME = ("datapackage.json", b"{}")
ARCHIVES = {
    "no-descriptor": ([("data.csv", b"x")], "holds no datapackage.json"),
    "descriptor-a-folder": ([("datapackage.json/x", b"x")], "holds no datapackage.json"),
    "two-descriptors": (
        [("a/datapackage.json", b"{}"), ("b/datapackage.json", b"{}")],
        "holds two datapackage.json side by side, in 'a' and 'b'",
    ),
    "up": ([HOME, ("../out.csv", b"x")], "holds '../out.csv', which would leave the package"),
    "absolute": ([HOME, ("/out.csv", b"x")], "holds '/out.csv', which would leave the package"),
    "link": ([HOME, (entry("link", mode=0o120777), b"/etc")], "holds 'link', which would leave the package"),
    "same-name": ([HOME, ("é.csv", b"x"), ("E\u0301.csv", b"x")], "holds 'E\u0301.csv' more than once"),
    "too-well-packed": (
        [HOME, ("zeros", bytes(1024**2))],
        "1,048,578 bytes when unpacked, more than 200 times its size",
    ),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_could_do_harm_is_not_unpacked(tmp_path, name):
    members, words = ARCHIVES[name]
    assert refused(tmp_path, pack(tmp_path / "a.zip", *members)) == words


def test_what_is_no_archive_is_told(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no zip")
    assert refused(tmp_path, str(tmp_path / "a.zip")) == "File is not a zip file"


def test_a_folder_is_no_archive(tmp_path):
    (tmp_path / "a.zip").mkdir()
    assert refused(tmp_path, str(tmp_path / "a.zip")) == "not a regular file"


def test_another_compression_is_told(tmp_path):
    file = pack(tmp_path / "a.zip", HOME, ("x", b"x" * 99), compression=zipfile.ZIP_BZIP2)
    assert refused(tmp_path, file) == "holds 'datapackage.json', which is neither stored nor deflated"


def test_an_encrypted_entry_is_told(tmp_path):
    file = Path(pack(tmp_path / "a.zip", HOME))
    data = bytearray(file.read_bytes())
    # The flags of the entry in the list at the end of the archive: APPNOTE 4.3.12.
    data[data.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(data)
    assert refused(tmp_path, str(file)) == "holds 'datapackage.json', which is encrypted"


def test_too_many_files_are_told(tmp_path):
    file = pack(tmp_path / "a.zip", HOME, *((f"{number}", b"") for number in range(limits.ARCHIVE_FILES)))
    assert refused(tmp_path, file) == "more than 10000 files: 10001"


@pytest.mark.slow
def test_as_many_files_as_may_be_are_unpacked(tmp_path):
    file = pack(tmp_path / "a.zip", HOME, *((f"{number}", b"") for number in range(limits.ARCHIVE_FILES - 1)))
    target = tmp_path / "target"
    target.mkdir()
    assert unpack(file, str(target)) == str(target)


@pytest.mark.parametrize(("inside", "home"), [("", ""), ("package/", "package"), ("a/b/", "a/b")])
def test_the_folder_of_the_uppermost_descriptor_is_told(tmp_path, inside, home):
    members = [
        (f"{inside}deep/er/datapackage.json", b"[]"),
        (f"{inside}datapackage.json", b"{}"),
        (entry("no/", mode=0), b""),
    ]
    file = pack(tmp_path / "a.zip", *members, compression=zipfile.ZIP_STORED)
    target = tmp_path / "target"
    target.mkdir()
    found = unpack(file, str(target))
    assert found == str(target / home)
    assert json.loads((Path(found) / "datapackage.json").read_text(encoding="utf-8")) == {}
