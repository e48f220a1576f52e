"""Stata datasets, format 118 (https://www.stata.com/help.cgi?dta), written by pandas.

Enumerations are numbers with value labels. Each variable's notes (``notes VARIABLE`` in Stata) hold the description, the coding rule and what
each number stands for; the dataset's notes hold title, licence and how to cite it.

pandas writes no notes, and renames what is a reserved word in Mata alone, such as ``end``; in 2.2 it then fails for tables with days. So names,
labels, notes and the format of days are put into the file that it wrote: a file of this format is a sequence of sections, and a map of where they
begin.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
import warnings
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from reportedly.errors import TargetError
from reportedly.exports.statistics import variables as prepared
from reportedly.exports.statistics.variables import Limits, Variable, variables
from reportedly.package.package import package_errors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reportedly.package.contents import Contents, TableContents

# Names that Stata reserves: https://www.stata.com/manuals/u11.pdf, 11.3 Naming conventions.
_RESERVED = r"_all|_b|byte|_coef|_cons|double|float|if|in|int|long|_n|_pi|_pred|_rc|_skip|str[0-9]+|strl|using|with"
LIMITS = Limits(
    "Stata",
    re.compile(_RESERVED, re.IGNORECASE),
    len,
    name=32,
    label=80,
    value_label=32_000,
    first_day="0100-01-01",
)
# The largest values that are numbers and not missing values, in Stata's types byte and long.
_BYTE, _LONG = 100, 2_147_483_620
# Stata counts days from this one.
_DAY_ZERO = dt.date(1960, 1, 1)
# The sections of format 118 as its map counts them.
_MAP, _VARNAMES, _FORMATS, _VARIABLE_LABELS, _CHARACTERISTICS = 1, 3, 5, 7, 8
_NAME_BYTES, _FORMAT_BYTES, _LABEL_BYTES = 129, 57, 321


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    return prepared.losses(contents, LIMITS)


def write(contents: Contents, target: Path) -> None:
    """Write one table into a file.

    Raises
    ------
    TargetError
        If the table holds what a Stata dataset cannot.
    """
    (table,) = contents.tables
    found = variables(table, LIMITS)
    with package_errors(contents.package):
        frame = pd.DataFrame({variable.name: _series(variable) for variable in found}, index=range(len(table.rows)))
    try:
        with warnings.catch_warnings():
            # It warns of what it renames, which `_finish` takes back.
            warnings.simplefilter("ignore", pd.errors.InvalidColumnName)
            frame.to_stata(
                target,
                version=118,
                write_index=False,
                byteorder="little",
                time_stamp=contents.created.replace(tzinfo=None),
                data_label=LIMITS.cut(
                    f"{contents.dataset.name} {contents.package.version}: {table.title}", LIMITS.label
                ),
                value_labels={variable.name: variable.labels for variable in found if variable.labels},
            )
    except ValueError as error:
        raise TargetError(f"{target.name}: {error}") from error
    _finish(target, found, _notes(contents, table, found))


def _series(variable: Variable) -> pd.Series[Any]:
    values = variable.values()
    if variable.kind == "string":
        return pd.Series([value or "" for value in values], dtype=object)
    if variable.kind == "date":
        values = [None if day is None else (day - _DAY_ZERO).days for day in values]
    return pd.Series(values, dtype=_number(variable, values))


def _number(variable: Variable, values: list[Any]) -> str:
    """Return the smallest type that holds every number of a variable."""
    if variable.kind == "code" and max(variable.labels) <= _BYTE:
        return "Int8"
    whole = variable.kind != "number" and all(value is None or -_LONG <= value <= _LONG for value in values)
    return "Int32" if whole else "Float64"


def _notes(contents: Contents, table: TableContents, found: list[Variable]) -> dict[str, list[str]]:
    """Return the notes of the dataset, which Stata calls ``_dta``, and of each variable."""
    notes = {"_dta": [*(f"{heading}: {text}" for heading, text in contents.about.items()), table.description]}
    for variable in found:
        field = variable.field
        notes[variable.name] = [
            f"{field.title}: {field.description}",
            *([f"Coding: {field.coding}"] if field.coding else []),
            *(f"Value {meaning}" for meaning in variable.legend),
        ]
    return notes


def _finish(target: Path, found: list[Variable], notes: dict[str, list[str]]) -> None:
    """Put names, labels, notes and the format of days into a file that pandas wrote."""
    data = target.read_bytes()
    starts = struct.unpack_from("<14Q", data, data.index(b"<map>") + len(b"<map>"))
    sections = [data[start:end] for start, end in pairwise([*starts, len(data)])]
    sections[_VARNAMES] = _section("varnames", (_padded(variable.name, _NAME_BYTES) for variable in found))
    formats = sections[_FORMATS].removeprefix(b"<formats>")
    sections[_FORMATS] = _section("formats", (_format(variable, formats, at) for at, variable in enumerate(found)))
    labels = (_padded(variable.label, _LABEL_BYTES) for variable in found)
    sections[_VARIABLE_LABELS] = _section("variable_labels", labels)
    kept = (_characteristic(name, number, note) for name in notes for number, note in _numbered(notes[name]))
    sections[_CHARACTERISTICS] = _section("characteristics", kept)
    starts = tuple(accumulate(map(len, sections[:-1]), initial=0))
    sections[_MAP] = _section("map", [struct.pack("<14Q", *starts)])
    target.write_bytes(b"".join(sections))


def _section(tag: str, parts: Iterable[bytes]) -> bytes:
    return b"<%b>%b</%b>" % (tag.encode(), b"".join(parts), tag.encode())


def _format(variable: Variable, formats: bytes, at: int) -> bytes:
    """Return how Stata shows a variable: days as such, others as pandas has it."""
    if variable.kind == "date":
        return _padded("%td", _FORMAT_BYTES)
    return formats[at * _FORMAT_BYTES : (at + 1) * _FORMAT_BYTES]


def _padded(text: str, size: int) -> bytes:
    return text.encode().ljust(size, b"\0")


def _numbered(notes: list[str]) -> Iterable[tuple[int, str]]:
    """Return notes with their numbers: Stata keeps how many there are as note 0."""
    return enumerate([str(len(notes)), *notes])


def _characteristic(name: str, number: int, text: str) -> bytes:
    content = _padded(name, _NAME_BYTES) + _padded(f"note{number}", _NAME_BYTES) + text.encode() + b"\0"
    return _section("ch", [struct.pack("<I", len(content)), content])
