"""Corruptions of single cells that follow from the fields of the schemas: their types, constraints, categories and keys."""

from __future__ import annotations

import datetime as dt
import random
import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from mutation.mutant import Cell, Mutant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mutation.mutant import Row
    from mutation.source import Source

Field = dict[str, Any]

_WRONG_TYPE = {
    "integer": ("seven", "1.5", "07", "+7", "1e3", "1 000", "-0"),
    "number": ("seven", "1,5", "1e3", "NaN", "inf", "1.", "-0.0", "0x1F"),
    "boolean": ("True", "1", "yes", "TRUE"),
    "date": ("2025-02-30", "2023-02-29", "20250120", "20.01.2025", "2025-1-5", "2025-01"),
    "list": ("one||two", "|one", "one|"),
}
# Letters of other scripts that look the same. Source: Unicode's confusables, https://www.unicode.org/Public/security/latest/confusables.txt
_ALIKE = dict(zip("aceiopsxyABCEHIKMOPTX", "асеіорѕхуАВСЕНІКМОРТХ", strict=True))
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\u2066\u180e\ufe0f\u3164\U000e0041"


class Column(NamedTuple):
    """A field of a table of the package."""

    source: Source
    table: str
    field: Field

    @property
    def name(self) -> str:
        """The field's name."""
        return str(self.field["name"])

    @property
    def rows(self) -> list[Row]:
        """The rows of its table."""
        return self.source.tables[self.table]

    def mutant(self, operator: str, at: int, changed: str) -> Mutant:
        """Return the mutant that has another value in one row."""
        row = self.rows[at]
        shown = f"{self.source.key(self.table, row)} {row[self.name]!r} → {changed[:60]!r}"
        return Mutant(operator, self.table, self.name, shown, (Cell(self.table, at, self.name, changed),))


class Place(NamedTuple):
    """A cell to corrupt, with what an operator may need to know."""

    column: Column
    row: int
    value: str
    choose: random.Random

    @property
    def field(self) -> Field:
        """Its field."""
        return self.column.field

    @property
    def rows(self) -> list[Row]:
        """The rows of its table."""
        return self.column.rows

    @property
    def constraints(self) -> dict[str, Any]:
        """The constraints of its field."""
        return self.field.get("constraints", {})

    @property
    def target(self) -> tuple[str, str] | None:
        """The table and field that its key points into."""
        for key in self.column.source.schemas[self.column.table].get("foreignKeys", ()):
            if key["fields"] == [self.field["name"]]:
                return key["reference"]["resource"] or self.column.table, key["reference"]["fields"][0]
        return None


def _blank(place: Place) -> str | None:
    return "" if place.value else None


def _filled(place: Place) -> str | None:
    """Return a value of another row, or a category, where there is none."""
    if place.value:
        return None
    values = sorted({row[place.field["name"]] for row in place.rows} - {""})
    values += [category["value"] for category in place.field.get("categories", ())]
    return (
        place.choose.choice(values)
        if values
        else {"date": "2024-11-05", "number": "3", "integer": "3"}.get(place.field["type"], "x")
    )


def _wrong_type(place: Place) -> str | None:
    return place.choose.choice(_WRONG_TYPE[place.field["type"]]) if place.field["type"] in _WRONG_TYPE else None


def _too_small(place: Place) -> str | None:
    return str(place.constraints["minimum"] - 1) if "minimum" in place.constraints else None


def _too_large(place: Place) -> str | None:
    return str(place.constraints["maximum"] + 1) if "maximum" in place.constraints else None


def _too_long(place: Place) -> str | None:
    return "é" * (place.constraints["maxLength"] + 1) if "maxLength" in place.constraints else None


def _no_category(place: Place) -> str | None:
    return f"{place.value}x" if "enum" in place.constraints and place.value else None


def _other_case(place: Place) -> str | None:
    return place.value.upper() if "enum" in place.constraints else None


def _breaking(place: Place, *texts: str) -> str | None:
    pattern = place.constraints.get("pattern")
    if not pattern or not place.value:
        return None
    return next((text for text in texts if not re.fullmatch(pattern, text)), None)


def _pattern_front(place: Place) -> str | None:
    return _breaking(place, *(more + place.value for more in "xX!"))


def _pattern_back(place: Place) -> str | None:
    return _breaking(place, *(place.value + more for more in "xX!"))


def _pattern_line(place: Place) -> str | None:
    return _breaking(place, place.value + "\n")


def _moved(step: int) -> Any:
    def change(place: Place) -> str | None:
        if not place.value:
            return None
        if place.field["type"] == "integer":
            return str(int(place.value) + step)
        if place.field["type"] == "number":
            return f"{float(place.value) + step:.0f}"
        if place.field["type"] == "date":
            return (dt.date.fromisoformat(place.value) + dt.timedelta(days=step)).isoformat()
        return None

    return change


def _dangling(place: Place) -> str | None:
    if not place.target or not place.value:
        return None
    table, field = place.target
    known = {row[field] for row in place.column.source.tables[table]}
    return next(text for text in (place.value[:-1] + last for last in "79xq") if text not in known)


def _crossed(place: Place) -> str | None:
    if not place.target or not place.value:
        return None
    table, field = place.target
    others = [row[field] for row in place.column.source.tables[table] if row[field] != place.value]
    return place.choose.choice(others) if others else None


def _itself(place: Place) -> str | None:
    target = place.target
    return place.rows[place.row][target[1]] if target and target[0] == place.column.table else None


def _of_another(place: Place) -> str | None:
    """Return the value of another row, where no two may share it."""
    if not place.constraints.get("unique") or not place.value:
        return None
    others = [row[place.field["name"]] for row in place.rows if row[place.field["name"]] not in {"", place.value}]
    return place.choose.choice(others) if others else None


def _replaced(place: Place, wanted: Callable[[str], bool], other: Callable[[str], str]) -> str | None:
    """Return the value with one character that is wanted replaced."""
    places = [at for at, character in enumerate(place.value) if wanted(character)]
    if not places:
        return None
    at = place.choose.choice(places)
    return place.value[:at] + other(place.value[at]) + place.value[at + 1 :]


def _alike(place: Place) -> str | None:
    return _replaced(place, lambda character: character in _ALIKE, lambda character: _ALIKE[character])


def _decomposed(place: Place) -> str | None:
    if place.field["type"] not in {"string", "list"}:
        return None
    apart = unicodedata.normalize("NFD", place.value)
    if apart != place.value:
        return apart
    return _replaced(place, lambda character: character in "aeiounc", lambda character: f"{character}\u0301")


def _invisible(place: Place) -> str | None:
    if not place.value:
        return None
    at = place.choose.randrange(len(place.value) + 1)
    return place.value[:at] + place.choose.choice(_INVISIBLE) + place.value[at:]


def _formula(place: Place) -> str | None:
    return (
        place.choose.choice("=+-@") + place.value if place.field["type"] in {"string", "list"} and place.value else None
    )


def _other_character(place: Place) -> str | None:
    def other(character: str) -> str:
        if character.isdigit():
            return str((int(character) + 1) % 10)
        return {"z": "a", "Z": "A"}.get(character, chr(ord(character) + 1))

    if place.field["type"] not in {"string", "list"} or "enum" in place.constraints:
        return None
    return _replaced(place, lambda character: character.isascii() and character.isalnum(), other)


def _dropped(place: Place) -> str | None:
    if place.field["type"] not in {"string", "list"} or "enum" in place.constraints or len(place.value) < 2:
        return None
    return _replaced(place, str.isalnum, lambda _: "")


def _doubled(place: Place) -> str | None:
    if place.field["type"] not in {"string", "list"} or "enum" in place.constraints:
        return None
    return _replaced(place, str.isalnum, lambda character: character * 2)


def _dated(change: Callable[[str], str | None]) -> Any:
    def operator(place: Place) -> str | None:
        dated = "X" in place.constraints.get("pattern", "") and re.match("[0-9]{4}", place.value)
        return change(place.value) if dated else None

    return operator


def _later_year(text: str) -> str:
    return f"{int(text[:4]) + 1:04}{text[4:]}"


def _open_end(text: str) -> str | None:
    return None if "/" in text else f"{text}/.."


def _backwards(text: str) -> str | None:
    return None if "/" in text else f"{text}/{int(text[:4]) - 1:04}"


OPERATORS: dict[str, Any] = {
    "blank": _blank,
    "filled": _filled,
    "wrong type": _wrong_type,
    "below the minimum": _too_small,
    "above the maximum": _too_large,
    "too long": _too_long,
    "no category": _no_category,
    "category in another case": _other_case,
    "pattern broken in front": _pattern_front,
    "pattern broken at the end": _pattern_back,
    "line feed behind a pattern": _pattern_line,
    "one more": _moved(1),
    "one less": _moved(-1),
    "key that points nowhere": _dangling,
    "key that points elsewhere": _crossed,
    "key that points to itself": _itself,
    "value of another row where it must be unique": _of_another,
    "character that looks alike": _alike,
    "decomposed character": _decomposed,
    "invisible character": _invisible,
    "space in front": lambda place: f" {place.value}" if place.value else None,
    "space behind": lambda place: f"{place.value} " if place.value else None,
    "formula": _formula,
    "character changed": _other_character,
    "character dropped": _dropped,
    "character doubled": _doubled,
    "EDTF a year later": _dated(_later_year),
    "EDTF with an open end": _dated(_open_end),
    "EDTF backwards": _dated(_backwards),
    "EDTF on no day": _dated(lambda text: f"{text[:4]}-02-30"),
    "EDTF in no month": _dated(lambda text: f"{text[:4]}-13"),
    "EDTF less precise": _dated(lambda text: text[:4] if len(text) > 4 else None),
}


def mutants(source: Source, *, seed: int, most: int) -> Iterator[Mutant]:
    """Yield the corruptions of cells.

    Parameters
    ----------
    source
        The package.
    seed
        Chooses rows and values.
    most
        How many rows each operator is tried on in each field.
    """
    for table, schema in source.schemas.items():
        for field in schema["fields"]:
            column = Column(source, table, field)
            for name, operator in OPERATORS.items():
                yield from islice(_tried(column, name, operator, f"{seed}/{name}/{table}/{column.name}"), most)
            yield from _categories(column, f"{seed}/category/{table}/{column.name}")
            yield from _swapped(column, most)
    yield from _circles(source)


def _tried(column: Column, name: str, operator: Any, seed: str) -> Iterator[Mutant]:
    """Yield what an operator makes of each row that it can change, the rows in a mixed order."""
    choose = random.Random(seed)  # noqa: S311 - a seed makes cases, not secrets
    for at in choose.sample(range(len(column.rows)), len(column.rows)):
        value = column.rows[at][column.name]
        changed = operator(Place(column, at, value, choose))
        if changed is not None and changed != value:
            yield column.mutant(name, at, changed)


def _categories(column: Column, seed: str) -> Iterator[Mutant]:
    """Yield each category once in a row that has another."""
    choose = random.Random(seed)  # noqa: S311 - a seed makes cases, not secrets
    for category in column.field.get("categories", ()):
        rows = [at for at, row in enumerate(column.rows) if row[column.name] not in {"", category["value"]}]
        if rows:
            yield column.mutant("another category", choose.choice(rows), category["value"])


def _swapped(column: Column, most: int) -> Iterator[Mutant]:
    """Yield cells changed with the row below, and with the next field of the same type."""
    rows, name, table, key = column.rows, column.name, column.table, column.source.key
    pairs = [at for at in range(len(rows) - 1) if rows[at][name] != rows[at + 1][name]]
    for at in _spread(pairs, most):
        one, other = rows[at], rows[at + 1]
        shown = f"{key(table, one)} {one[name]!r} ↔ {key(table, other)} {other[name]!r}"
        cells = (Cell(table, at, name, other[name]), Cell(table, at + 1, name, one[name]))
        yield Mutant("cells of two rows swapped", table, name, shown, cells)
    fields = column.source.schemas[table]["fields"]
    following = [other for other in fields[fields.index(column.field) + 1 :] if other["type"] == column.field["type"]]
    for beside in (other["name"] for other in following[:1]):
        for at in _spread([at for at, row in enumerate(rows) if row[name] != row[beside]], most):
            row = rows[at]
            shown = f"{key(table, row)} {name} {row[name]!r} ↔ {beside} {row[beside]!r}"
            cells = (Cell(table, at, name, row[beside]), Cell(table, at, beside, row[name]))
            yield Mutant("cells of two fields swapped", table, name, shown, cells)


def _spread(places: list[int], most: int) -> list[int]:
    """Return some places from all over."""
    return places[:: max(1, len(places) // most)][:most]


def _circles(source: Source) -> Iterator[Mutant]:
    """Yield for each key into its own table a row that points back to one that points to it."""
    for table, schema in source.schemas.items():
        fields = {field["name"]: field for field in schema["fields"]}
        keys = [key for key in schema.get("foreignKeys", ()) if not key["reference"]["resource"]]
        for name, other in ((key["fields"][0], key["reference"]["fields"][0]) for key in keys):
            column = Column(source, table, fields[name])
            places = {row[other]: at for at, row in enumerate(column.rows)}
            for row in column.rows:
                if row[name]:
                    yield column.mutant("keys in a circle", places[row[name]], row[other])
