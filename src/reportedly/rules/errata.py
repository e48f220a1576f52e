"""Rules about errata: what was said of a row before it was corrected or withdrawn."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from reportedly.rules.base import Add, Check, Distinct, Endless, Join, Rule, Where, blank, given, nw, same, unlike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reportedly.model.schema import Format, Table
    from reportedly.rules.base import Predicate, Step

# What no cell of a package's file can hold, and no reader of it takes: control characters and halves of characters.
_NO_CELL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# What a key's cells look like, where neither their field nor the one that it points to has a pattern: hops count from 1.
_KEY_CELLS = {"integer": "[1-9][0-9]{0,17}", "string": "[^/]+"}


@cache
def _fields_ever(table: str) -> frozenset[tuple[str, ...]]:
    """Return the fields of a table's rows, now and in each release: a schema may change, and what was said before does not."""
    from reportedly.package.releases import frozen, release
    from reportedly.package.shipped import shipped

    packages = [shipped(), *(release(version) for version in frozen(shipped().root))]
    return frozenset(tuple(package.table(table).names) for package in packages if table in package.tables)


def _row_of(table: str, said: str) -> dict[str, str]:
    """Return the row that an erratum keeps, empty where it is none."""
    try:
        # So an object is a tuple, an array still a list, and a name that is twice is seen.
        cells = json.loads(said, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(cells, tuple) or tuple(name for name, _ in cells) not in _fields_ever(table):
        return {}
    fine = all(isinstance(text, str) and not _NO_CELL.search(text) for _, text in cells)
    return dict(cells) if fine else {}


def _kept(form: Format) -> Callable[[str, str], tuple[str, str, str, str]]:
    """Return a function that reads what an erratum keeps: its key, empty where it is no row; and of its first cell that does not read as its type the field, the text and the type."""

    def kept(table: str, said: str) -> tuple[str, str, str, str]:
        row = _row_of(table, said)
        if not row or table not in form:
            return "", "", "", ""
        odd = ("", "", "")
        for field in form.table(table).fields:
            text = row.get(field.name, "")
            try:
                field.kind.parse(text)
            except ValueError:
                odd = field.name, text, field.type
                break
        return form.table(table).key_text(row), *odd

    return kept


def _key_pattern(form: Format, table: Table) -> str:
    """Return what the keys of a table look like in an erratum."""
    cells = []
    for name in table.key:
        key = table.points_to.get(name)
        field = form.table(key.table).field(key.target) if key else table.field(name)
        cells.append(field.constraints.get("pattern") or _KEY_CELLS[field.type])
    return "/".join(f"(?:{cell})" for cell in cells)


def _key(form: Format) -> Iterator[Check]:
    for category in form.table("errata").field("table").categories:
        pattern = _key_pattern(form, form.table(category.value))
        # The example is a key in backticks and a few words.
        example = category.example.split("`")[1]
        yield Check(
            "errata",
            "key",
            lambda col, table=category.value, pattern=pattern: (  # type: ignore[misc]
                (col("table").cast(nw.String) == table) & unlike(col("key"), pattern)
            ),
            "{key} cannot be the key of a row of {table}",
            f"a key such as {example}",
        )


def _said(form: Format) -> Iterator[Check]:
    steps = (Distinct(("table", "said"), ("_kept", "_field", "_text", "_type"), _kept(form)),)
    yield Check(
        "errata",
        "said",
        lambda col: blank(col("_kept")),
        "what is kept is not a row of {table}",
        "a JSON object with a text for each of the table's fields, in their order, and no other",
        steps,
    )
    yield Check(
        "errata",
        "said",
        lambda col: col("_kept") != col("key"),
        "the kept row is {_kept} of {table}, not {key}",
        "the cells of {key}",
        steps,
    )
    yield Check(
        "errata",
        "said",
        lambda col: given(col("_field")),
        "the kept row of {key} has the {_field} {_text}",
        "a text that reads as {_type}",
        steps,
    )


def _replaces(_form: Format) -> Iterator[Check]:
    yield Check(
        "errata",
        "replaced_by",
        lambda col: given(col("replaced_by")) & ((col("kind") == "corrected") | (col("replaced_by") == col("key"))),
        "the {kind} row {key} is replaced by {replaced_by}",
        "blank, or for a withdrawn row the key of another",
    )


def _of_kind(kind: str) -> Predicate:
    return lambda col: col("kind") == kind


def _in_table(how: str, table: Table, name: str) -> tuple[Step, ...]:
    """Return the steps from errata of a table to those whose column names, or names no, row of it."""

    def key(col: Any) -> nw.Expr:
        return nw.concat_str(*(col(part).cast(nw.String) for part in table.key), separator="/")

    return (
        Where(lambda col: col("table").cast(nw.String) == table.name),
        Join(how, table.name, ((name, "_key"),), steps=(Add("_key", key),)),
    )


_SAME_ROW = (("table", "table"), ("key", "key"))
_WITHDRAWN = Where(_of_kind("withdrawn"))


def _version_order(version: str) -> tuple[str]:
    """Return a text that sorts as versions do: each number behind how many digits it has."""
    return ("".join(f"{len(number):06}{number}" for number in re.findall("[0-9]+", version)),)


_ORDER = Distinct(("since",), ("_order",), _version_order)


def _row(form: Format) -> Iterator[Check]:
    for table in form:
        yield Check(
            "errata",
            "key",
            None,
            "{key} is withdrawn, but still a row of {table}",
            "no such row, or corrected",
            (_WITHDRAWN, *_in_table("semi", table, "key")),
        )
        yield Check(
            "errata",
            "key",
            None,
            "{key} is corrected, but is not a row of {table}",
            "a row with this key, or another erratum that says since when it is withdrawn",
            (
                Where(_of_kind("corrected")),
                *_in_table("anti", table, "key"),
                Join("anti", "errata", _SAME_ROW, steps=(_WITHDRAWN,)),
            ),
        )
    first = (
        _WITHDRAWN,
        _ORDER,
        Where(lambda col: col("_order") == col("_order").min().over(*same(col, "table", "key"))),
    )
    yield Check(
        "errata",
        "since",
        lambda col: col("_order") > col("_first"),
        "{key} is {kind} in {since}, but was withdrawn in {_gone} before",
        "a version before {_gone}, or no such erratum",
        (_ORDER, Join("inner", "errata", _SAME_ROW, (("_gone", "since"), ("_first", "_order")), first)),
    )


def _successor(form: Format) -> Iterator[Check]:
    for table in form:
        yield Check(
            "errata",
            "replaced_by",
            None,
            "{replaced_by} is not a row of {table}",
            "the key of a row of {table}, or blank",
            (
                Where(lambda col: given(col("replaced_by"))),
                *_in_table("anti", table, "replaced_by"),
                Join("anti", "errata", (("table", "table"), ("replaced_by", "key"))),
            ),
        )


def _circle(_form: Format) -> Iterator[Check]:
    def end(name: str) -> Add:
        # A key alone may be in two tables.
        return Add(f"_{name}", lambda col: nw.concat_str(col("table").cast(nw.String), col(name), separator="/"))

    yield Check(
        "errata",
        "replaced_by",
        None,
        "following replaced_by from {key} never ends",
        "the key of a row that does not lead back, or blank",
        (
            Where(lambda col: col("replaced_by") != col("key")),
            end("key"),
            end("replaced_by"),
            Endless("_key", "_replaced_by"),
        ),
    )


ERRATUM_KEY = Rule(
    "erratum-key",
    "row",
    "The key of an erratum has the form of the keys of its table; the parts of a longer key are joined by a slash.",
    _key,
)
ERRATUM_SAID = Rule(
    "erratum-said",
    "row",
    "An erratum keeps the row as a JSON object with a text for each field that the table has or had in a release, in their order. Each text is of its field's type, and the row has the erratum's key.",
    _said,
)
ERRATUM_REPLACES = Rule(
    "erratum-replaces",
    "row",
    "Only a withdrawn row is replaced by another row; a corrected row replaces itself.",
    _replaces,
)
ERRATUM_ROW = Rule(
    "erratum-row",
    "package",
    "A withdrawn row never comes back, and no later erratum is about it. A corrected row exists, unless it was withdrawn later.",
    _row,
)
ERRATUM_SUCCESSOR = Rule(
    "erratum-successor",
    "package",
    "A withdrawn row is replaced by a row of its table, or by a former row that has an erratum itself.",
    _successor,
)
ERRATUM_CIRCLE = Rule(
    "erratum-circle", "package", "No withdrawn row is replaced by itself, directly or through others.", _circle
)
