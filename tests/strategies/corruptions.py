"""Ways to corrupt cells, rows and chains of the dataset that follow from its schemas; `corrupted_files` has those of files.

`corruptions` yields the same ones on every run. Two errata of the tests are part of what is corrupted, so that no table is empty.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import reportedly
from reportedly.package.shipped import shipped

Row = dict[str, str]
SEED = 20241105
ERRATA = Path(__file__).parents[1] / "data" / "errata.csv"
SCHEMAS = {table: shipped().schema(table) for table in reportedly.tables()}
ROWS: dict[str, list[Row]] = {}
for _table in SCHEMAS:
    with open(ERRATA if _table == "errata" else reportedly.path(_table), encoding="utf-8", newline="") as _file:
        ROWS[_table] = list(csv.DictReader(_file))


@dataclass(frozen=True)
class Corruption:
    """One corruption, what it changes, and how to do it to a `Copy` of the package.

    Parameters
    ----------
    kind
        The kind of corruption.
    table, field
        What is corrupted. The field is empty for a row or a file, the table too for the package.
    shown
        What is changed, for people.
    change
        Corrupts a copy of the package.
    file, line
        The file that is corrupted, where it is a file and not its cells, and the line, where it is one line.
    cells
        The table and field of each changed cell.
    keys
        The table and key of each changed row, before and after, and of the rows that a dropped row pointed to.
    values
        The changed values, before and after.
    tables
        All rows of each changed table, as they are afterwards.
    """

    kind: str
    table: str
    field: str
    shown: str
    change: Callable[[Any], object]
    file: str = ""
    line: int = 0
    cells: set[tuple[str, str]] = field(default_factory=set)
    keys: set[tuple[str, str]] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}, {'.'.join(filter(None, (self.table, self.field))) or 'package'}: {self.shown}"


def corruptions() -> Iterator[Corruption]:
    """Yield every corruption."""
    for table, schema in SCHEMAS.items():
        for place in range(len(schema["fields"])):
            yield from _of_a_field(table, place)
        yield from _of_rows(table, random.Random(f"{SEED}/{table}"))
    yield from _of_chains(random.Random(SEED))
    yield from _of_meaning(random.Random(SEED))


def key(table: str, row: Row) -> str:
    return "/".join(row[name] for name in SCHEMAS[table]["primaryKey"])


def pointers(table: str) -> dict[str, tuple[str, str]]:
    """Return the foreign keys: for each field the table and field that it points into."""
    keys = SCHEMAS[table].get("foreignKeys", ())
    return {
        each["fields"][0]: (each["reference"]["resource"] or table, each["reference"]["fields"][0]) for each in keys
    }


def _write(kind: str, table: str, name: str, shown: str, tables: dict[str, list[Row]], **more: Any) -> Corruption:
    """Return what writes these rows in place of the shipped ones."""

    def change(copy: Any) -> None:
        for each, rows in tables.items():
            copy.write(each, rows)

    return Corruption(kind, table, name, shown, change, tables=tables, **more)


def _sorted(table: str, rows: list[Row]) -> list[Row]:
    numbers = {each["name"] for each in SCHEMAS[table]["fields"] if each["type"] == "integer"}

    def order(row: Row) -> list[tuple[int, str]]:
        names = SCHEMAS[table]["primaryKey"]
        return [(int(row[name]), "") if name in numbers and row[name].isdecimal() else (0, row[name]) for name in names]

    return sorted(rows, key=order)


def _set(
    kind: str, table: str, name: str, shown: str, cells: dict[tuple[str, int], Row], *, drop: int = -1
) -> Corruption:
    """Return what sets cells, given by table and place of the row, and may leave out one row of the table."""
    tables = {each: [*ROWS[each]] for each in {table, *(each for each, _ in cells)}}
    for (each, at), changed in cells.items():
        tables[each][at] = {**tables[each][at], **changed}
    keys = {(each, key(each, rows[each][at])) for each, at in cells for rows in (ROWS, tables)}
    if drop >= 0:
        gone = tables[table].pop(drop)
        keys |= {(table, key(table, gone)), *((to, gone[each]) for each, (to, _) in pointers(table).items())}
    return _write(
        kind, table, name, shown, {each: _sorted(each, rows) for each, rows in tables.items()},
        cells={(each, name) for (each, _), changed in cells.items() for name in changed}, keys=keys,
        values={value for (each, at), new in cells.items() for n in new for value in (new[n], ROWS[each][at][n])} - {""},
    )  # fmt: skip


# --- cells ----------------------------------------------------------------------------------------------------------------------------

WRONG = {
    "integer": ("seven", "1.5", "07", "+7", "1e3", "1 000", "-0"),
    "number": ("seven", "1,5", "1e3", "NaN", "inf", "1.", "-0.0", "0x1F"),
    "boolean": ("True", "1", "yes", "TRUE"),
    "date": ("2025-02-30", "2023-02-29", "20250120", "20.01.2025", "2025-1-5", "2025-01"),
    "list": ("one||two", "|one", "one|"),
}
# Letters of other scripts that look the same: https://www.unicode.org/Public/security/latest/confusables.txt
ALIKE = dict(zip("aceiopsxyABCEHIKMOPTX", "асеіорѕхуАВСЕНІКМОРТХ", strict=True))
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\u2066\u180e\ufe0f\u3164\U000e0041"
Values = Iterator[tuple[str, str]]


def _of_a_field(table: str, place: int) -> Iterator[Corruption]:
    """Yield each kind of corruption of a cell once, in a row that it fits."""
    rows, fields = ROWS[table], SCHEMAS[table]["fields"]
    each, name = fields[place], fields[place]["name"]
    choose = random.Random(f"{SEED}/{table}/{name}")
    done: set[str] = set()
    for at in choose.sample(range(len(rows)), len(rows)):
        value = rows[at][name]
        for values in (_of_constraints, _of_types_and_keys, _of_characters):
            for kind, changed in values(table, each, rows[at], choose):
                if changed != value and kind not in done:
                    done.add(kind)
                    shown = f"{key(table, rows[at])} {value!r} → {changed[:60]!r}"
                    yield _set(kind.partition("=")[0], table, name, shown, {(table, at): {name: changed}})
    like = [other["name"] for other in fields[place + 1 :] if other["type"] == each["type"]][:1]
    for other in like:
        for at in [at for at, row in enumerate(rows) if row[other] != row[name]][:1]:
            shown = f"{key(table, rows[at])} {rows[at][name]!r} ↔ {other} {rows[at][other]!r}"
            cells = {(table, at): {name: rows[at][other], other: rows[at][name]}}
            yield _set("cells of two fields swapped", table, name, shown, cells)
    for at in [at for at, (row, below) in enumerate(pairwise(rows)) if row[name] != below[name]][:1]:
        shown = f"{key(table, rows[at])} {rows[at][name]!r} ↔ {key(table, rows[at + 1])} {rows[at + 1][name]!r}"
        cells = {(table, at): {name: rows[at + 1][name]}, (table, at + 1): {name: rows[at][name]}}
        yield _set("cells of two rows swapped", table, name, shown, cells)


def _of_constraints(table: str, each: dict[str, Any], row: Row, choose: random.Random) -> Values:
    value, limits = row[each["name"]], each.get("constraints", {})
    beyond = {
        "minimum": lambda least: ("below the minimum", str(least - 1)),
        "maximum": lambda most: ("above the maximum", str(most + 1)),
        "maxLength": lambda most: ("too long", "é" * (most + 1)),
        "enum": lambda _: ("category in another case", value.upper()),
    }
    yield from (change(limits[limit]) for limit, change in beyond.items() if limit in limits)
    if value:
        yield "blank", ""
        if "enum" in limits:
            yield "no category", f"{value}x"
            yield from ((f"another category={each['value']}", each["value"]) for each in each.get("categories", ()))
        others = [other[each["name"]] for other in ROWS[table] if other[each["name"]] not in {"", value}]
        if limits.get("unique") and others:
            yield "value of another row where it must be unique", choose.choice(others)
        if "pattern" in limits:
            ways = {"in front": "xX!", "at the end": "xX!", "by a line feed": "\n"}
            for where, more in ways.items():
                texts = (letter + value if where == "in front" else value + letter for letter in more)
                broken = (text for text in texts if not re.fullmatch(limits["pattern"], text))
                yield from ((f"pattern broken {where}", text) for text in broken)
    else:
        known = sorted({other[each["name"]] for other in ROWS[table]} - {""}) + limits.get("enum", [])
        yield (
            "filled",
            choose.choice(known or [{"date": "2024-11-05", "number": "3", "integer": "3"}.get(each["type"], "x")]),
        )


def _of_types_and_keys(table: str, each: dict[str, Any], row: Row, choose: random.Random) -> Values:
    name, value = each["name"], row[each["name"]]
    if each["type"] in WRONG:
        yield "wrong type", choose.choice(WRONG[each["type"]])
    if value and each["type"] in {"integer", "number", "date"}:
        for kind, step in (("one more", 1), ("one less", -1)):
            is_day = each["type"] == "date"
            yield (
                kind,
                str(dt.date.fromisoformat(value) + dt.timedelta(step)) if is_day else f"{float(value) + step:.0f}",
            )
    if name in pointers(table):
        to, target = pointers(table)[name]
        known = [other[target] for other in ROWS[to]]
        if to == table:
            yield "key that points to itself", row[target]
        if value:
            yield "key that points nowhere", next(text for last in "79xq" if (text := value[:-1] + last) not in known)
            yield "key that points elsewhere", choose.choice(known)
    if "X" in each.get("constraints", {}).get("pattern", "") and re.match("[0-9]{4}", value):
        year = int(value[:4])
        yield "EDTF a year later", f"{year + 1:04}{value[4:]}"
        yield "EDTF on no day", f"{year:04}-02-30"
        yield "EDTF in no month", f"{year:04}-13"
        yield "EDTF less precise", value[:4]
        if "/" not in value:
            yield "EDTF with an open end", f"{value}/.."
            yield "EDTF backwards", f"{value}/{year - 1:04}"


def _of_characters(_: str, each: dict[str, Any], row: Row, choose: random.Random) -> Values:
    value, is_text = row[each["name"]], each["type"] in {"string", "list"}

    def put(kind: str, wanted: Callable[[str], object], other: Callable[[str], str]) -> Values:
        """Yield the value with one of the wanted characters replaced."""
        for at in choose.sample(
            found := [at for at, character in enumerate(value) if wanted(character)], min(1, len(found))
        ):
            yield kind, value[:at] + other(value[at]) + value[at + 1 :]

    def following(letter: str) -> str:
        return (
            str((int(letter) + 1) % 10) if letter.isdigit() else {"z": "a", "Z": "A"}.get(letter, chr(ord(letter) + 1))
        )

    if value:
        yield "space in front", f" {value}"
        yield "space behind", f"{value} "
        at = choose.randrange(len(value) + 1)
        yield "invisible character", value[:at] + choose.choice(INVISIBLE) + value[at:]
    yield from put("character that looks alike", ALIKE.get, ALIKE.__getitem__)
    if value and is_text:
        yield "formula", choose.choice("=+-@") + value
        yield from put("decomposed character", "aeiounc".__contains__, "{}\u0301".format)
        yield "decomposed character", unicodedata.normalize("NFD", value)
        if "enum" not in each.get("constraints", {}):
            yield from put("character changed", lambda letter: letter.isascii() and letter.isalnum(), following)
            yield from put("character doubled", str.isalnum, lambda letter: letter * 2)
            if len(value) > 1:
                yield from put("character dropped", str.isalnum, lambda _: "")


# --- rows and chains ------------------------------------------------------------------------------------------------------------------


def _of_rows(table: str, choose: random.Random) -> Iterator[Corruption]:
    rows, names = ROWS[table], SCHEMAS[table]["primaryKey"]
    for at in choose.sample(range(len(rows)), min(3, len(rows))):
        mine = key(table, rows[at])
        yield _set("row dropped", table, "", mine, {}, drop=at)
        yield _added("row repeated", table, rows[at], {})
        if len(names) == 1:
            # As many digits as there were, so that the key keeps its pattern.
            stem = mine.rstrip("0123456789")
            free = (f"{stem}{number:0{max(2, len(mine) - len(stem))}}" for number in range(99, 0, -1))
            other = next(each for each in free if each not in {row[names[0]] for row in rows})
            yield _added("row repeated under another key", table, rows[at], {names[0]: other})
        if at + 1 < len(rows):
            keys = {(table, key(table, row)) for row in rows[at : at + 2]}
            order = [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]]
            yield _write("rows in another order", table, "", f"{mine} behind the next", {table: order}, keys=keys)
    for name, target in ((name, target) for name, (to, target) in pointers(table).items() if to == table):
        places = {row[target]: at for at, row in enumerate(rows)}
        for row in (row for row in rows if row[name]):
            cells = {(table, places[row[name]]): {name: row[target]}}
            yield _set("keys in a circle", table, name, f"{row[name]} ↔ {row[target]}", cells)


def _added(kind: str, table: str, row: Row, cells: Row) -> Corruption:
    more = {**row, **cells}
    keys = {(table, key(table, each)) for each in (row, more)}
    shown = f"{key(table, row)} as {key(table, more)}"
    return _write(kind, table, "", shown, {table: _sorted(table, [*ROWS[table], more])}, keys=keys)


def _of_chains(choose: random.Random) -> Iterator[Corruption]:
    hops, table = ROWS["attributions"], "attributions"
    chains: dict[str, list[int]] = {}
    for at, row in enumerate(hops):
        chains.setdefault(row["claim_id"], []).append(at)
    media = [row["actor_id"] for row in ROWS["actors"] if row["actor_type"] == "medium"]
    for chain in choose.sample([chain for chain in chains.values() if len(chain) > 1], 3):
        claim = hops[chain[0]]["claim_id"]
        for hop, gone in enumerate(chain):
            # The hops behind it move up, so that no number is missing.
            cells = {(table, at): {"hop": str(number)} for number, at in enumerate(chain[hop + 1 :], hop + 1)}
            yield _set("hop removed", table, "", f"{claim}/{hop + 1}", cells, drop=gone)
        for one, other in pairwise(chain):
            shown = f"{claim}/{hops[one]['hop']} ↔ {hops[other]['hop']}"
            for kind, names in (
                ("hops swapped", set(hops[one]) - {"claim_id", "hop"}),
                ("voices of two hops swapped", {"actor_id"}),
            ):
                cells = {
                    (table, at): {name: hops[to][name] for name in names} for at, to in ((one, other), (other, one))
                }
                yield _set(kind, table, "", shown, cells)
        for medium in (medium for medium in media if medium != hops[chain[-1]]["actor_id"]):
            yield _set(
                "chain ends elsewhere", table, "", f"{claim} with {medium}", {(table, chain[-1]): {"actor_id": medium}}
            )


def _of_meaning(choose: random.Random) -> Iterator[Corruption]:
    claims = ROWS["claims"]
    for at in choose.sample(range(len(claims) - 1), 3):
        span = {name: claims[at + 1][name] for name in ("start", "end", "span_sha256", "folded_sha256")}
        yield _set(
            "span of the next claim", "claims", "", claims[at]["claim_id"], {("claims", at): {**span, "note": ""}}
        )
    for actor in (row["actor_id"] for row in ROWS["actors"] if row["identification"] == "unnamed"):
        new = re.sub(r"^[a-z0-9-]+-[0-9]{4}(?=-)", "zzz-9999", actor)
        cells = {
            (table, at): {name: new for name, value in row.items() if value == actor}
            for table, rows in ROWS.items()
            for at, row in enumerate(rows)
            if actor in row.values()
        }
        if new != actor:
            yield _set("unnamed actor given to another article", "actors", "actor_id", f"{actor} as {new}", cells)
    for row in (row for row in ROWS["errata"] if row["kind"] == "withdrawn"):
        later = {"since": "9.9.9", "kind": "corrected", "replaced_by": ""}
        yield _added("corrected after it was withdrawn", "errata", row, later)
