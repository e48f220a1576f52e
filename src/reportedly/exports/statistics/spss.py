"""SPSS system files (https://www.gnu.org/software/pspp/pspp-dev/html_node/System-File-Format.html), written by pyreadstat.

Enumerations are numbers with value labels and a measurement level. The file's documents (``DISPLAY DOCUMENTS`` in SPSS) hold title, licence
and how to cite it, and for each variable the description, the coding rule and what each number stands for.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyreadstat

from reportedly.errors import TargetError
from reportedly.exports.statistics import variables as prepared
from reportedly.exports.statistics.variables import Limits, Variable, octets, variables
from reportedly.package.package import package_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reportedly.package.contents import Contents, TableContents

# Names that SPSS reserves, in any case: https://www.gnu.org/software/pspp/manual/html_node/Tokens.html.
_RESERVED = "all|and|by|eq|ge|gt|le|lt|ne|not|or|to|with"
# SPSS counts seconds from the day before the Gregorian calendar's first.
_DAY_ZERO = dt.date(1582, 10, 14)
_SECONDS = 24 * 60 * 60
LIMITS = Limits(
    "SPSS",
    re.compile(_RESERVED, re.IGNORECASE),
    octets,
    name=64,
    label=255,
    value_label=120,
    first_day="1582-10-15",
)
# The most bytes of the file's label, of a line of its documents, and of a text.
_FILE_LABEL, _LINE, _TEXT = 64, 80, 32_767
# How wide SPSS shows a number of few digits, and the widest that a column is shown.
_WIDTH, _WIDEST = 8, 40
# Where the header's record holds when the file was made, as 01 Jan 70 and 00:00:00.
_CREATED = slice(92, 109)
# Not from the calendar, which speaks the user's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    padded = [
        f"{table.name}.{field.name} holds texts that end in spaces, which SPSS drops."
        for table in contents.tables
        for field in table.fields
        if any(row[field.name].endswith(" ") for row in table.rows)
    ]
    return prepared.losses(contents, LIMITS) + padded


def write(contents: Contents, target: Path) -> None:
    """Write one table into a file.

    Raises
    ------
    TargetError
        If the table holds what an SPSS file cannot.
    """
    (table,) = contents.tables
    found = variables(table, LIMITS)
    for variable in found:
        if variable.kind == "string" and any(octets(cell) > _TEXT for cell in variable.cells):
            raise TargetError(
                f"{target.name}: {variable.name} holds a text of more than {_TEXT} bytes; SPSS allows none"
            )
    with package_errors(contents.package):
        frame = pd.DataFrame({variable.name: _series(variable) for variable in found}, index=range(len(table.rows)))
    try:
        pyreadstat.write_sav(
            frame,
            str(target),
            file_label=_label(contents, table),
            note=[line for text in _documents(contents, table, found) for line in _lines(text)],
            column_labels={variable.name: variable.label for variable in found},
            variable_value_labels={variable.name: variable.labels for variable in found if variable.labels},
            variable_measure={variable.name: _measure(variable) for variable in found},
            variable_display_width={variable.name: _width(variable) for variable in found},
            variable_format={variable.name: _format(variable) for variable in found if variable.kind != "string"},
        )
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError) as error:
        raise TargetError(f"{target.name}: {error}") from error
    _date(target, contents.created)


def _series(variable: Variable) -> pd.Series[Any]:
    values = variable.values()
    if variable.kind == "string":
        return pd.Series([value or "" for value in values], dtype="string")
    if variable.kind == "date":
        values = [None if day is None else (day - _DAY_ZERO).days * _SECONDS for day in values]
    return pd.Series(values, dtype="float64")


def _label(contents: Contents, table: TableContents) -> str:
    label = f"{contents.dataset.name} {contents.package.version}: {table.title}"
    return LIMITS.cut(label, _FILE_LABEL)


def _documents(contents: Contents, table: TableContents, found: list[Variable]) -> Iterator[str]:
    for heading, text in contents.about.items():
        yield f"{heading}: {text}"
    yield f"{table.title}: {table.description}"
    for variable in found:
        field = variable.field
        yield " ".join(filter(None, (f"{variable.name}: {field.description}", field.coding)))
        for meaning in variable.legend:
            yield f"{variable.name}, value {meaning}"


def _lines(text: str) -> list[str]:
    """Return a text in lines of as many bytes as a line of a document may have."""
    # Letters beyond ASCII take more bytes than they fill of a line.
    wrapped = (textwrap.wrap(text, width, subsequent_indent="  ") for width in range(_LINE, 0, -1))
    return next(lines for lines in wrapped if all(octets(line) <= _LINE for line in lines))


def _measure(variable: Variable) -> str:
    if variable.kind in {"code", "string"}:
        return "ordinal" if variable.field.is_ordered else "nominal"
    return "scale"


def _width(variable: Variable) -> int:
    """Return how wide SPSS shows a column: what is longer than a few words is cut on the screen, not in the file."""
    longest = max((len(cell) for cell in variable.cells), default=0) if variable.kind != "code" else 0
    return min(max(longest, _WIDTH), _WIDEST)


def _format(variable: Variable) -> str:
    """Return how SPSS shows a number: a day as 2000/12/31, others with as many decimals as the longest has."""
    if variable.kind == "date":
        return "SDATE10"
    if variable.kind == "code":
        return f"F{_WIDTH}.0"
    shown = [format(Decimal(cell), "f") for cell in variable.cells if cell]
    decimals = min(max((len(text.partition(".")[2]) for text in shown), default=0), 16)
    width = max((len(text) for text in shown), default=0) + decimals + bool(decimals)
    return f"F{min(max(width, _WIDTH), 40)}.{decimals}"


def _date(target: Path, created: dt.datetime) -> None:
    """Put the day of the release where pyreadstat says when it wrote the file."""
    stamp = f"{created.day:02} {_MONTHS[created.month - 1]} {created.year % 100:02}{created:%H:%M:%S}"
    data = bytearray(target.read_bytes())
    data[_CREATED] = stamp.encode()
    target.write_bytes(data)
