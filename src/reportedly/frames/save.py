"""Frames written back as the CSV files that they were loaded from, byte for byte."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from pandas.api.types import is_bool, is_float, is_integer

from reportedly import limits
from reportedly.errors import FrameError, PackageError, TargetError
from reportedly.exports.bundles.folder import as_json
from reportedly.package.atomic import atomic, refuse_missing_folder
from reportedly.package.csvfile import write_csv
from reportedly.package.descriptor import DESCRIPTOR
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package
from reportedly.package.shipped import shipped
from reportedly.text.display import clip
from reportedly.validation.files import Files
from reportedly.validation.report import Issue

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from reportedly.package.package import Package

Field = dict[str, Any]
Row = dict[str, str]

# Numbers have 18 digits at most before the decimals.
_MOST = 10**18


def save(
    frame: pd.DataFrame,
    table: str,
    target: str | os.PathLike[str] | None = None,
    *,
    package: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> str:
    """Save a frame as a table's CSV file: the way back from `load`.

    Columns may stand in any order, rows too: the file has those of the schema, sorted by primary key. The index is ignored. A blank is whatever
    pandas takes for missing, in a list field also the empty list. What `load` could not give back as it is, is refused; whether the rows are right,
    `validate` tells.

    Parameters
    ----------
    frame
        Columns as `load` gives them, or of dtypes that hold the same: text as ``object``, numbers as ``int64`` or ``float64``, days as
        ``datetime.date``.
    table
        A name that `reportedly.tables` lists.
    target
        The CSV file to make.
    package
        A folder with a data package of this format: its table is replaced, and what ``datapackage.json`` says of the file's size, digest and
        rows brought up to date. Not together with ``target``.
    force
        Replace what is at the target.

    Returns
    -------
    str
        The path of the file.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    FrameError
        If the frame has other columns than the table, or a value that cannot be written: which, where, and what would be right.
    TargetError
        If neither ``target`` nor ``package`` is given, or both, or the target is there already, or cannot be written. Nothing is half-written.
    PackageError
        If the package cannot be read.

    Examples
    --------
    >>> import reportedly
    >>> demands = reportedly.load("demands", package="my-package")  # doctest: +SKIP
    >>> demands.loc[0, "strength"] = "wants"  # doctest: +SKIP
    >>> reportedly.save(demands, "demands", package="my-package")  # doctest: +SKIP
    'my-package/data/demands.csv'
    """
    if (target is None) == (package is None):
        raise TargetError("Name the file to make or the package whose table is replaced, one of the two.")
    data = _csv(frame, table, shipped().schema(table))
    if package is not None:
        return _replace(open_package(package), table, data, len(frame))
    path = Path(cast("str", target))
    refuse_missing_folder(path)
    with atomic(path, force=force) as place:
        place.write_bytes(data)
    return str(path)


def _replace(home: Package, table: str, data: bytes, rows: int) -> str:
    """Replace the file of a package's table, and what its descriptor says of the file."""
    if home.name != home.root or home is shipped():
        raise PackageError(
            f"{home.name}: a table can be replaced in a folder of your own only; unpack a zip file first"
        )
    path = _file(home, table)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    with package_errors(home):
        home.resource(table).update(bytes=len(data), hash=digest, rows=rows)
        descriptor = as_json(home.descriptor).encode()
    # Both are written before either is put in place.
    with atomic(Path(home.file(DESCRIPTOR)), force=True) as described, atomic(path, force=True) as place:
        described.write_bytes(descriptor)
        place.write_bytes(data)
    return str(path)


def _file(home: Package, table: str) -> Path:
    """Return where a package's table is, if that is a place to write to."""
    files = Files(home.root, {name: shipped().schema(name) for name in shipped().tables})
    # While a package is being made, tables may be lacking, this one's file among them.
    problem = next((issue for issue in files.descriptor() if issue.rule != "table-set"), None)
    problem = problem or home.problem(str(home.resource(table)["path"]), table, (".csv",))
    if problem and problem.rule != "missing-file":
        raise PackageError(f"{home.root}: {problem}")
    return Path(home.path(table))


def _csv(frame: pd.DataFrame, table: str, schema: dict[str, Any]) -> bytes:
    """Return a frame as a table's canonical CSV."""
    fields, key = schema["fields"], schema["primaryKey"]
    names = [field["name"] for field in fields]
    _check_columns(frame, table, names)
    columns = [_column(frame, table, field, key) for field in fields]
    rows = [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    by_size = {field["name"] for field in fields if field["type"] == "integer"}

    def place(row: Row) -> list[tuple[int, str]]:
        return [(int(row[name] or 0), "") if name in by_size else (0, row[name]) for name in key]

    return write_csv(sorted(rows, key=place), names).encode()


def _check_columns(frame: pd.DataFrame, table: str, names: list[str]) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise FrameError(f"{table}: this is no pandas DataFrame but {type(frame).__name__}")
    found = list(frame.columns)
    odd = {
        "missing": [name for name in names if name not in found],
        "not in the schema": [name for name in found if name not in names],
        "twice": [name for name in names if found.count(name) > 1],
    }
    told = "; ".join(f"{what}: {', '.join(clip(str(name)) for name in of)}" for what, of in odd.items() if of)
    if told:
        raise FrameError(f"{table}: columns {told}. Right would be: {', '.join(names)}")


def _column(frame: pd.DataFrame, table: str, field: Field, key: list[str]) -> Iterator[str]:
    """Yield a column's cells as text."""
    values = frame[field["name"]]
    for place, (value, blank) in enumerate(zip(values, values.isna(), strict=True)):
        try:
            yield "" if blank else cell_of(value, field)
        except ValueError as error:
            rule = "enum" if "categories" in field else "type"
            told = Issue(
                f"{table}, iloc[{place}]",
                rule,
                "this cannot be saved",
                str(error),
                key="/".join(str(frame[name].iloc[place]) for name in key),
                field=field["name"],
                value=str(value),
            )
            raise FrameError(str(told)) from error


def cell_of(value: Any, field: Field) -> str:
    """Return a value that is no blank as its cell.

    Parameters
    ----------
    value
        A value of a frame.
    field
        The field of its column.

    Returns
    -------
    str
        The cell as the CSV file has it.

    Raises
    ------
    ValueError
        If it cannot be written; the message is what would be right.
    """
    if "categories" in field:
        return _category(value, [category["value"] for category in field["categories"]])
    kind = field["type"]
    cell = _list(value, field["delimiter"]) if kind == "list" else _WRITERS.get(kind, _text)(value)
    if len(cell) > limits.CELL:
        raise ValueError(f"{limits.CELL:,} characters at most")
    return cell


def _category(value: Any, categories: list[str]) -> str:
    if not isinstance(value, str) or value not in categories:
        raise ValueError(f"one of: {', '.join(categories)}")
    return value


def _list(value: Any, mark: str) -> str:
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise ValueError("a list of texts")  # noqa: TRY004 - told as every other value that cannot be written
    items = [_text(item) for item in value]
    if any(mark in item for item in items):
        raise ValueError(f"items without {mark}, which stands between them")
    return mark.join(items)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004 - as above
    if not value:
        raise ValueError("a text that is not empty; pd.NA for a blank")
    if "\r" in value:
        raise ValueError("a text without carriage returns, which no line of the file may hold")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text that UTF-8 can hold, without half a character") from error
    return value


def _integer(value: Any) -> str:
    # Beyond 2⁵³ a float does not tell one whole number from the next.
    most = 2**53 if is_float(value) else _MOST
    if not _is_number(value) or int(value) != value or abs(value) > most:
        raise ValueError("a whole number of 18 digits at most")
    return str(int(value))


def _number(value: Any) -> str:
    if not _is_number(value):
        raise ValueError("a finite number of 18 digits at most before the decimals")
    found = float(value)
    if found != value:
        raise ValueError("a number that a Float64 holds as it is")
    # The shortest digits that read back the same, without the exponent that Python would give them.
    return str(int(found)) if found.is_integer() else format(Decimal(repr(found)), "f")


def _is_number(value: Any) -> bool:
    """Return whether a value is a finite number of no more digits than the format allows."""
    return bool(is_integer(value) or is_float(value)) and -_MOST < value < _MOST


def _boolean(value: Any) -> str:
    if not is_bool(value):
        raise ValueError("True or False")
    return "true" if value else "false"


def _day(value: Any) -> str:
    right = "a day from 0001-01-01 to 9999-12-31, without time and zone"
    if not isinstance(value, dt.date) or not dt.MINYEAR <= value.year <= dt.MAXYEAR:
        raise ValueError(right)
    if isinstance(value, dt.datetime):
        moment = pd.Timestamp(value)
        if moment.tz is not None or moment != moment.normalize():
            raise ValueError(right)
    return f"{value.year:04}-{value.month:02}-{value.day:02}"


_WRITERS = {"integer": _integer, "number": _number, "boolean": _boolean, "date": _day}
