"""Corruptions of files as bytes, of the descriptor and of the schemas."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from mutation.mutant import Mutant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mutation.source import Source


def _line(data: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    lines = data.split(b"\n")
    lines[number - 1] = change(lines[number - 1])
    return b"\n".join(lines)


def _columns(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda line: b",".join(change(line.split(b",")))


_LINES: dict[str, Callable[[bytes], bytes]] = {
    "carriage return behind a line": lambda line: line + b"\r",
    "one cell too many": lambda line: line + b",x",
    "quotation marks where none belong": lambda line: b'"' + line.replace(b",", b'",', 1),
    "quotation mark without an end": lambda line: b'"' + line,
    "byte that is no UTF-8": lambda line: line + b"\xe9",
    "NUL byte": lambda line: line + b"\x00",
    "blank line": lambda line: b"\n" + line,
}
_HEADERS: dict[str, Callable[[bytes], bytes]] = {
    "column renamed": _columns(lambda names: [names[0] + b"x", *names[1:]]),
    "column missing": _columns(lambda names: names[:-1]),
    "column twice": _columns(lambda names: [*names[:-1], names[0]]),
    "column in capitals": _columns(lambda names: [names[0].upper(), *names[1:]]),
}
_FILES: dict[str, Callable[[bytes], bytes]] = {
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


def mutants(source: Source, *, seed: int, most: int) -> Iterator[Mutant]:
    """Yield the corruptions of files; see `cells.mutants` for the parameters."""
    for table, data in source.files.items():
        yield from _of_file(source, table, data, random.Random(f"{seed}/files/{table}"), most)  # noqa: S311 - seeds make cases, not secrets
        yield from _of_resource(table)
        yield from _of_schema(source, table)
    yield from _of_package(source)


def _of_file(source: Source, table: str, data: bytes, choose: random.Random, most: int) -> Iterator[Mutant]:
    for name, change in _FILES.items():
        yield Mutant(name, table, "", "the whole file", bytes_=change)
    for name, change in _HEADERS.items():
        yield Mutant(name, table, "", "line 1", bytes_=lambda data, change=change: _line(data, 1, change), line=1)
    for name, change in _LINES.items():
        for number in choose.sample(range(2, len(source.tables[table]) + 2), min(most, len(source.tables[table]))):
            # A line that has quotation marks already would be spoiled in another way.
            if b'"' not in data.split(b"\n")[number - 1]:
                yield Mutant(
                    name,
                    table,
                    "",
                    f"line {number}",
                    bytes_=lambda data, change=change, number=number: _line(data, number, change),
                    line=number,
                )
    yield Mutant(
        "stale size, digest and number of rows",
        table,
        "",
        "last row gone",
        bytes_=lambda data: data[: data[:-1].rindex(b"\n") + 1],
        refresh=False,
    )


def _resource(table: str, change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda descriptor: change(
        next(resource for resource in descriptor["resources"] if resource["name"] == table)
    )


def _of_resource(table: str) -> Iterator[Mutant]:
    def mutant(name: str, shown: str, change: Callable[[dict[str, Any]], object]) -> Mutant:
        return Mutant(name, table, "", shown, descriptor=_resource(table, change))

    digest = "sha256:" + "0" * 64
    yield mutant("stale digest", "hash", lambda resource: resource.update(hash=digest))
    yield mutant("stale size", "bytes", lambda resource: resource.update(bytes=resource["bytes"] + 1))
    yield mutant("stale number of rows", "rows", lambda resource: resource.update(rows=resource["rows"] + 1))
    for name in ("name", "path", "schema", "hash", "bytes"):
        yield mutant("property of a resource missing", name, lambda resource, name=name: resource.pop(name))
    for path in ("../data/actors.csv", "/etc/passwd", "http://example.org/actors.csv", "data/none.csv", "data"):
        yield mutant("path out of the package", path, lambda resource, path=path: resource.update(path=path))
        yield mutant("schema out of the package", path, lambda resource, path=path: resource.update(schema=path))
    for name, value in (
        ("dialect", {"delimiter": ";"}),
        ("encoding", "latin-1"),
        ("format", "xlsx"),
        ("type", "json"),
        ("innerpath", "x"),
    ):
        yield mutant(
            "property that would have others read other cells",
            name,
            lambda resource, name=name, value=value: resource.update({name: value}),
        )
    yield mutant("resource renamed", f"{table}x", lambda resource: resource.update(name=f"{resource['name']}x"))
    yield Mutant(
        "resource missing",
        table,
        "",
        table,
        descriptor=lambda descriptor: descriptor.update(
            resources=[resource for resource in descriptor["resources"] if resource["name"] != table]
        ),
    )
    yield Mutant(
        "resource twice",
        table,
        "",
        table,
        descriptor=lambda descriptor: descriptor["resources"].append(
            dict(next(resource for resource in descriptor["resources"] if resource["name"] == table))
        ),
    )


def _of_package(source: Source) -> Iterator[Mutant]:
    for name in ("resources", "name", "version", "created"):
        yield Mutant(
            "property of the package missing",
            "",
            "",
            name,
            descriptor=lambda descriptor, name=name: descriptor.pop(name),
        )
    for name, text in (("name", "x y/../z"), ("version", "banana"), ("created", "lately")):
        yield Mutant(
            "property of the package in another form",
            "",
            "",
            f"{name} = {text}",
            descriptor=lambda descriptor, name=name, text=text: descriptor.update({name: text}),
        )
    for name in source.descriptor:
        for value in (7, [7], {"x": 7}, None):
            yield Mutant(
                "property of the package of another type",
                "",
                "",
                f"{name} = {value}",
                descriptor=lambda descriptor, name=name, value=value: descriptor.update({name: value}),
            )
    yield Mutant(
        "property that the format does not know",
        "",
        "",
        "profile",
        descriptor=lambda descriptor: descriptor.update(profile="tabular-data-package"),
    )


def _of_schema(source: Source, table: str) -> Iterator[Mutant]:
    def mutant(name: str, shown: str, change: Callable[[dict[str, Any]], object]) -> Mutant:
        return Mutant(name, table, "", shown, schema=change)

    for place, field in enumerate(source.schemas[table]["fields"]):
        for kind in field.get("constraints", {}):
            yield mutant(
                "constraint removed from the schema",
                f"{field['name']} {kind}",
                lambda schema, place=place, kind=kind: schema["fields"][place]["constraints"].pop(kind),
            )
        if "categories" in field:
            yield mutant(
                "category added to the schema",
                field["name"],
                lambda schema, place=place: schema["fields"][place]["constraints"]["enum"].append("other"),
            )
    yield mutant("field removed from the schema", "the last", lambda schema: schema["fields"].pop())
    yield mutant("type changed in the schema", "the first", lambda schema: schema["fields"][0].update(type="any"))
    yield mutant("primary key changed in the schema", "", lambda schema: schema.update(primaryKey=[]))
    yield mutant("blanks named in the schema", "", lambda schema: schema.update(missingValues=["", "NA"]))
    if source.schemas[table].get("foreignKeys"):
        yield mutant("foreign key removed from the schema", "the first", lambda schema: schema["foreignKeys"].pop(0))
