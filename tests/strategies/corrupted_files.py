"""Ways to corrupt the files of the dataset: tables as bytes, the descriptor and the schemas."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from strategies.corruptions import ERRATA, SCHEMAS, SEED, Corruption

import reportedly

Bytes = Callable[[bytes], bytes]
Change = Callable[[dict[str, Any]], object]
DESCRIPTOR = "datapackage.json"
OF_A_LINE: dict[str, Bytes] = {
    "carriage return behind a line": lambda line: line + b"\r",
    "one cell too many": lambda line: line + b",x",
    "quotation marks where none belong": lambda line: b'"' + line.replace(b",", b'",', 1),
    "quotation mark without an end": lambda line: b'"' + line,
    "byte that is no UTF-8": lambda line: line + b"\xe9",
    "NUL byte": lambda line: line + b"\x00",
    "blank line": lambda line: b"\n" + line,
}
OF_THE_HEADER: dict[str, Bytes] = {
    "column renamed": lambda line: line.replace(b",", b"x,", 1),
    "column missing": lambda line: line.rpartition(b",")[0],
    "column twice": lambda line: line.rpartition(b",")[0] + b"," + line.partition(b",")[0],
    "column in capitals": lambda line: line.partition(b",")[0].upper() + b"," + line.partition(b",")[2],
}
OF_A_FILE: dict[str, Bytes] = {
    "carriage returns behind all lines": lambda data: data.replace(b"\n", b"\r\n"),
    "byte-order mark": lambda data: b"\xef\xbb\xbf" + data,
    "last line without an end": lambda data: data[:-1],
    "semicolons between cells": lambda data: data.replace(b",", b";"),
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "empty file": lambda _: b"",
    "columns in another order": lambda data: b"\n".join(
        b",".join(reversed(line.split(b","))) if b'"' not in line else line for line in data.split(b"\n")
    ),
}


def corruptions() -> Iterator[Corruption]:
    """Yield every corruption of a file."""
    for table in SCHEMAS:
        yield from _of_a_table(table, random.Random(f"{SEED}/{table}"))
        yield from _of_a_resource(table)
        yield from _of_a_schema(table)
    yield from _of_the_package()


def _of_a_table(table: str, choose: random.Random) -> Iterator[Corruption]:
    def corrupt(kind: str, change: Bytes, line: int = 0, *, refresh: bool = True) -> Corruption:
        def changed(data: bytes) -> bytes:
            lines = data.split(b"\n")
            return b"\n".join([*lines[: line - 1], change(lines[line - 1]), *lines[line:]]) if line else change(data)

        def put(copy: Any) -> None:
            copy.write_bytes(table, changed(copy.bytes(table)), refresh=refresh)

        return Corruption(kind, table, "", f"line {line}" if line else "the file", put, f"data/{table}.csv", line)

    yield from (corrupt(kind, change) for kind, change in OF_A_FILE.items())
    yield from (corrupt(kind, change, 1) for kind, change in OF_THE_HEADER.items())
    lines = Path(ERRATA if table == "errata" else reportedly.path(table)).read_bytes().split(b"\n")
    # A line that has quotation marks already would be spoiled in another way.
    plain = [number for number, line in enumerate(lines, 1) if number > 1 and line and b'"' not in line]
    if plain:
        yield from (corrupt(kind, change, choose.choice(plain)) for kind, change in OF_A_LINE.items())
    yield corrupt(
        "stale digest, size and number of rows", lambda data: data[: data[:-1].rindex(b"\n") + 1], refresh=False
    )


def _of_the_descriptor(kind: str, table: str, shown: str, change: Change) -> Corruption:
    return Corruption(kind, table, "", shown, lambda copy: copy.change_descriptor(change), DESCRIPTOR)


def _of_a_resource(table: str) -> Iterator[Corruption]:
    def mine(descriptor: dict[str, Any]) -> dict[str, Any]:
        return next(each for each in descriptor["resources"] if each["name"] == table)

    def corrupt(kind: str, shown: str, change: Change) -> Corruption:
        return _of_the_descriptor(kind, table, shown, lambda descriptor: change(mine(descriptor)))

    def put(kind: str, name: str, value: object) -> Corruption:
        return corrupt(kind, f"{name} = {value}", lambda resource: resource.update({name: value}))

    yield put("stale digest", "hash", f"sha256:{'0' * 64}")
    yield put("stale size", "bytes", 7)
    yield put("stale number of rows", "rows", 777)
    yield put("resource renamed", "name", f"{table}x")
    for path in ("../data/actors.csv", "/etc/passwd", "http://example.org/actors.csv", "data/none.csv", "data"):
        yield put("path out of the package", "path", path)
        yield put("schema out of the package", "schema", path)
    others = {"dialect": {"delimiter": ";"}, "encoding": "latin-1", "format": "xlsx", "type": "json", "innerpath": "x"}
    yield from (put("property that would have others read other cells", *each) for each in others.items())
    for name in ("name", "path", "schema", "hash", "bytes"):
        yield corrupt("property of a resource missing", name, partial(_without, name))
    yield _of_the_descriptor("resource missing", table, table, lambda all_: all_["resources"].remove(mine(all_)))
    yield _of_the_descriptor("resource twice", table, table, lambda all_: all_["resources"].append(mine(all_)))


def _without(name: str, holder: dict[str, Any]) -> None:
    del holder[name]


def _of_the_package() -> Iterator[Corruption]:
    def put(kind: str, name: str, value: object) -> Corruption:
        return _of_the_descriptor(kind, "", f"{name} = {value}", lambda descriptor: descriptor.update({name: value}))

    for name in ("resources", "name", "version", "created"):
        yield _of_the_descriptor("property of the package missing", "", name, partial(_without, name))
    for name, text in {"name": "x y/../z", "version": "banana", "created": "lately"}.items():
        yield put("property of the package in another form", name, text)
    for name in json.loads((Path(reportedly.path("actors")).parents[1] / DESCRIPTOR).read_text(encoding="utf-8")):
        yield from (put("property of the package of another type", name, value) for value in (7, [7], {"x": 7}, None))
    yield put("property that the format does not know", "profile", "tabular-data-package")


def _of_a_schema(table: str) -> Iterator[Corruption]:
    def corrupt(kind: str, shown: str, change: Change) -> Corruption:
        return Corruption(
            kind, table, "", shown, lambda copy: copy.change_schema(table, change), f"schemas/{table}.json"
        )

    for place, each in enumerate(SCHEMAS[table]["fields"]):
        for limit in each.get("constraints", {}):
            yield corrupt(
                "constraint removed from the schema",
                f"{each['name']} {limit}",
                lambda schema, place=place, limit=limit: schema["fields"][place]["constraints"].pop(limit),
            )
        if "categories" in each:
            yield corrupt(
                "category added to the schema",
                each["name"],
                lambda schema, place=place: schema["fields"][place]["constraints"]["enum"].append("other"),
            )
    yield corrupt("field removed from the schema", "the last", lambda schema: schema["fields"].pop())
    yield corrupt("type changed in the schema", "the first", lambda schema: schema["fields"][0].update(type="any"))
    yield corrupt("primary key changed in the schema", "", lambda schema: schema.update(primaryKey=[]))
    yield corrupt("blanks named in the schema", "", lambda schema: schema.update(missingValues=["", "NA"]))
    if "foreignKeys" in SCHEMAS[table]:
        yield corrupt("foreign key removed from the schema", "the first", lambda schema: schema["foreignKeys"].pop(0))
