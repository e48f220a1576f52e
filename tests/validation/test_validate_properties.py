"""Whatever bytes a table, a descriptor or a schema holds, there are findings in one line each and never a traceback; and what is found does not hang
on the order of rows and columns."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import reportedly
from reportedly.cli.app import main
from reportedly.errors import ReportedlyError
from reportedly.package.csvfile import write_csv
from reportedly.package.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reportedly.validation.report import Report

TABLES = reportedly.tables()
DESCRIPTOR = "datapackage.json"
COLUMNS = {table: [field["name"] for field in shipped().schema(table)["fields"]] for table in TABLES}
# A validation costs some tenths of a second, less where the descriptor or a schema leaves little to look at.
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
few = settings(max_examples=max(1, settings.default.max_examples // 6), suppress_health_check=SLOW)
more = settings(max_examples=settings.default.max_examples // 2, suppress_health_check=SLOW)
# Claims with demands, one of which limits another, with quotations and figures, one of which is inside of another.
CLAIMS = [f"tasr-0001.c{number}" for number in ("02", "10", "15", "24", "25", "28")]


class Small:
    """A valid package of a few of the shipped rows, so that an example is fast."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(shipped().file("schemas"), root / "schemas")
        shutil.copy(shipped().file(DESCRIPTOR), root)
        (root / "data").mkdir()
        self.rows = {table: list(shipped().rows(table)) for table in TABLES}
        for table, rows in self.rows.items():
            self.rows[table] = [row for row in rows if row.get("claim_id", CLAIMS[0]) in CLAIMS]
        used = {
            row[name]
            for table, rows in self.rows.items()
            for name in COLUMNS[table]
            if name.removesuffix("_id")
            in {"publisher", "holder", "actor", "demander", "addressee", "obligated", "speaker"}
            for row in rows
            if table != "actors"
        }
        for _ in range(3):
            used |= {row["parent_id"] for row in self.rows["actors"] if row["actor_id"] in used}
        self.rows["actors"] = [row for row in self.rows["actors"] if row["actor_id"] in used]
        self.write(self.rows)
        self.bytes = {
            str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
        }

    def restore(self) -> None:
        for path, data in self.bytes.items():
            (self.root / path).write_bytes(data)

    def write(self, tables: dict[str, list[dict[str, str]]], names: dict[str, list[str]] | None = None) -> None:
        """Write tables, their columns in another order if told, and what the descriptor says of them."""
        for table, rows in tables.items():
            text = write_csv(rows, (names or COLUMNS)[table])
            (self.root / "data" / f"{table}.csv").write_bytes(text.encode())
        self.refresh()

    def refresh(self) -> None:
        """Let the descriptor say what is so of the tables' files."""
        descriptor = json.loads((self.root / DESCRIPTOR).read_bytes())
        for resource in descriptor["resources"]:
            data = (self.root / resource["path"]).read_bytes()
            rows = list(csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline="")))
            resource |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
            resource["rows"] = max(0, sum(map(bool, rows)) - 1)
        (self.root / DESCRIPTOR).write_text(
            json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )

    def validate(self) -> Report:
        return reportedly.validate(self.root)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Small:
    package = Small(tmp_path_factory.mktemp("small") / "package")
    report = package.validate()
    assert report.ok, report.to_text()
    return package


# --- any bytes ----------------------------------------------------------------------------------------------------------------


def is_line(text: str) -> bool:
    """Return whether a text is one line that shows what is in it: nothing that breaks it, moves the cursor or turns the text around."""
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)


def check(small: Small, report: Report) -> None:
    """Check that each finding is one line, in a place that is there."""
    assert report.ok == (not report.issues)
    for issue in report.issues:
        assert is_line(str(issue)), repr(str(issue))
        assert issue.rule
        assert issue.message
        assert issue.expected
        assert not issue.table or issue.table in TABLES, issue
        if issue.table:
            assert not issue.field or issue.field in COLUMNS[issue.table], issue
            file = small.root / "data" / f"{issue.table}.csv"
            lines = 1 + file.read_bytes().count(b"\n") + file.read_bytes().count(b"\r") if file.is_file() else 0
            assert 0 <= issue.row <= lines, issue
        else:
            assert not issue.row, issue
            assert not issue.field, issue
    assert all(is_line(line) for line in report.to_text().splitlines())
    assert len(report.to_text().splitlines()) == len(report.issues) + len(report.skipped) + 1
    assert len(report.to_github().splitlines()) == len(report.issues)
    report.to_text().encode()
    assert json.loads(report.to_json())["valid"] == report.ok


def use(root: Path) -> None:
    """Use a package in every other way: what cannot be read is told, in one line, and nothing else is raised."""
    calls: list[Callable[[], object]] = [
        *(lambda table=table: reportedly.load(table, package=root) for table in TABLES),
        *(lambda table=table: reportedly.flat(table, package=root) for table in ("demands", "quotes", "errata")),
        lambda: reportedly.describe("claims", package=root),
        lambda: reportedly.chain(CLAIMS[0], package=root),
        lambda: reportedly.cite(CLAIMS[0], package=root),
        lambda: reportedly.verify(text="no such words", package=root),
    ]
    for call in calls:
        try:
            call()
        except ReportedlyError as error:
            told = str(error)
            assert is_line(told), repr(told)
    for arguments in (["tables"], ["show", "claims", "--flat"], ["chain", CLAIMS[0]]):
        done = CliRunner().invoke(main, [*arguments, "--package", str(root)])
        assert done.exit_code in {0, 1, 2}, (arguments, done.exception)
        assert done.exit_code != 2 or (done.stderr.startswith("reportedly: ") and done.stderr.count("\n") == 1)


@st.composite
def damaged(draw, data: bytes) -> bytes:
    """Make bytes that were cut, doubled, or had others put between."""
    for _ in range(draw(st.integers(1, 4))):
        low, high = sorted([draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))])
        high = draw(st.sampled_from([low, high, min(len(data), low + 1), len(data)]))
        odd = [
            b"",
            b'"',
            b",",
            b"\n",
            b"\r",
            b"\0",
            b"\xff",
            b"\xef\xbb\xbf",
            b"\xed\xa0\x80",
            b"{",
            b"]",
            data[low:high] * 2,
        ]
        data = data[:low] + draw(st.sampled_from(odd) | st.binary(max_size=8)) + data[high:]
    return data


ODD_CELLS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.sampled_from(
        [
            "",
            " ",
            "-1",
            "0",
            "1e9",
            "-0",
            "9" * 18,
            "9" * 19,
            "9" * 400,
            "1.",
            "0." + "1" * 400,
            "2024-02-30",
            "0000-01-01",
        ]
    ),
    st.sampled_from(
        [
            "putin",
            "tasr-0001",
            "tasr-0001.c02",
            "tasr-0001.d04",
            "vague",
            "2024/..",
            "../..",
            "2024-13",
            "2024-02-31",
            "XXXX",
        ]
    ),
    st.sampled_from(
        [
            "{",
            '{"a": 1}',
            '{"actor_id": "putin"}',
            "{table}",
            "{0}",
            "a|b",
            "|",
            "true",
            "\u202e",
            "e\u0301",
            "=1",
            "\r",
            "\n",
        ]
    ),
)


@st.composite
def changed(
    draw, rows: dict[str, list[dict[str, str]]], cells: st.SearchStrategy[str]
) -> dict[str, list[dict[str, str]]]:
    """Make tables with cells changed, and rows dropped and doubled."""
    made = {table: [dict(row) for row in found] for table, found in rows.items()}
    errata = [{"table": "claims", "key": "tasr-0001.c02", "since": "0.2.0", "date": "2026-01-01", "kind": "corrected"}]
    made["errata"] = draw(
        st.sampled_from([[], [{**errata[0], "said": '{"claim_id": "tasr-0001.c02"}', "reason": "x"}]])
    )
    for _ in range(draw(st.integers(1, 5))):
        table = draw(st.sampled_from([name for name in TABLES if made[name]]))
        row = draw(st.sampled_from(made[table]))
        name = draw(st.sampled_from(COLUMNS[table]))
        others = st.sampled_from([other.get(name, "") for other in made[table]])
        what = draw(st.integers(0, 9))
        if what == 0 and len(made[table]) > 1:
            made[table].remove(row)
        elif what == 1:
            made[table].append(dict(row))
        else:
            row[name] = draw(cells | others | others)
    return made


@few
@given(data=st.data())
@pytest.mark.slow
def test_whatever_bytes_a_table_holds_there_are_findings(small, data):
    small.restore()
    table = data.draw(st.sampled_from(TABLES))
    path = f"data/{table}.csv"
    whole = small.bytes[path]
    found = data.draw(damaged(whole) | st.binary(max_size=99))
    (small.root / path).write_bytes(found)
    fits = data.draw(st.booleans())
    if fits:
        small.refresh()
    report = small.validate()
    check(small, report)
    if report.ok and found != whole:
        # Where the descriptor fits, other bytes may be another dataset that keeps every rule: one with a row less, or a comma more in somebody's own words.
        assert fits
        rows = list(csv.DictReader(io.StringIO(found.decode(), newline="")))
        assert write_csv(rows, COLUMNS[table]).encode() == found
    use(small.root)


@few
@given(data=st.data())
def test_whatever_a_cell_holds_there_are_findings(small, data):
    small.restore()
    small.write(data.draw(changed(small.rows, ODD_CELLS)))
    check(small, small.validate())
    use(small.root)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=9)
    | st.sampled_from(
        ["", ".", "..", "/etc/passwd", "data", "data/quotes.csv", "datapackage.json", "quotes", "\0", "a\nb", "\ud800"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def mangled(draw, value: Any) -> Any:
    """Make a JSON value with something else at one place of it, at whatever depth."""
    places = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    if not places or not draw(st.integers(0, 5)):
        return draw(JSON)
    place = draw(st.sampled_from(list(places)))
    what = draw(st.sampled_from(["inside", "inside", "inside", "gone", "twice"]))
    made = value.copy()
    if what == "inside":
        made[place] = draw(mangled(value[place]))
    elif what == "gone":
        del made[place]
    elif isinstance(made, list):
        made.insert(0, value[place])
    else:
        made[draw(st.sampled_from([*places, "profile", "dialect", "missingValues"]))] = value[place]
    return made


@pytest.mark.parametrize("path", [DESCRIPTOR, "schemas"])
@more
@given(data=st.data())
@pytest.mark.slow
def test_whatever_a_descriptor_or_schema_holds_there_are_findings(small, path, data):
    small.restore()
    if path == "schemas":
        path = f"schemas/{data.draw(st.sampled_from(TABLES))}.json"
    whole = small.bytes[path]
    value = json.loads(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        value = data.draw(mangled(value))
    texts = st.just(json.dumps(value).encode())
    (small.root / path).write_bytes(data.draw(st.one_of(texts, texts, damaged(whole), st.binary(max_size=99))))
    check(small, small.validate())
    use(small.root)


# What was found once, so that it is looked at on every run.
FOUND = {
    "a schema's property with a control character in its name": ("schemas/actors.json", b'{"\\u001f": false}'),
}


@pytest.mark.parametrize("found", FOUND)
def test_what_was_found_once_is_one_line_now(small, found):
    small.restore()
    path, data = FOUND[found]
    (small.root / path).write_bytes(data)
    check(small, small.validate())
    use(small.root)


# --- order --------------------------------------------------------------------------------------------------------------------------


def findings(report: Report) -> Counter:
    """Return what is found, by key instead of place, but for what order itself breaks."""
    return Counter(
        (issue.rule, issue.table, issue.key, issue.field, issue.value)
        for issue in report.issues
        if issue.rule not in {"sorted", "header"}
    )


CELLS = st.sampled_from(
    [
        "",
        "x",
        "putin",
        "tasr-0001.c02",
        "tasr-0001.c99",
        "-1",
        "1",
        "2000",
        "2024",
        "2024-11-05",
        "vague",
        "e\u0301",
        " ",
    ]
)

SOME = st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True)


@few
@given(data=st.data())
@pytest.mark.slow
def test_the_order_of_rows_changes_no_finding_but_that_they_are_not_sorted(small, data):
    small.restore()
    tables = data.draw(changed(small.rows, CELLS))
    small.write(tables)
    before = small.validate()
    small.write({table: data.draw(st.permutations(tables[table])) for table in data.draw(SOME)})
    after = small.validate()
    event(f"{min(len(before.issues), 10)} findings")
    assert findings(after) == findings(before), (before.to_text(), after.to_text())


@few
@given(data=st.data())
@pytest.mark.slow
def test_the_order_of_columns_changes_no_finding_but_the_headers(small, data):
    small.restore()
    tables = data.draw(changed(small.rows, CELLS) | st.just(small.rows))
    small.write(tables)
    before = small.validate()
    names = {table: data.draw(st.permutations(COLUMNS[table])) for table in data.draw(SOME)}
    small.write({table: tables[table] for table in names}, names)
    after = small.validate()
    assert findings(after) == findings(before), (before.to_text(), after.to_text())
    headers = {issue.table for issue in after.issues if issue.rule == "header"}
    assert headers == {table for table, found in names.items() if found != COLUMNS[table]}
