"""Frames written back as the CSV files that they were loaded from, byte for byte."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pandas as pd

from reportedly.engines.pandas import cell_of
from reportedly.errors import FrameError, PackageError, TargetError
from reportedly.package.atomic import atomic, refuse_missing_folder
from reportedly.package.csvfile import write_csv
from reportedly.package.descriptor import DESCRIPTOR, as_json
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package
from reportedly.package.shipped import shipped
from reportedly.text.display import clip

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from reportedly.model.schema import Field, Table
    from reportedly.package.package import Package


def save(
    frame: pd.DataFrame,
    table: str,
    target: str | os.PathLike[str] | None = None,
    *,
    package: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> str:
    """Save a frame as a table's CSV file: the way back from `load`.

    Columns may be in any order, rows too: the file has those of the schema, sorted by primary key. The index is ignored. A blank is whatever
    pandas takes for missing, in a list field also the empty list. What `load` could not give back as it is, is refused; whether the rows are right,
    `validate` says.

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
    data = _csv(frame, shipped().table(table))
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
    path = home.resource(table).get("path")
    if not isinstance(path, str):
        raise PackageError(f"{home.file(DESCRIPTOR)}: {table} has no path that is a text; see `reportedly validate`")
    refused = home.refusal(path, (".csv",))
    # While a package is being made, the file may be lacking.
    if refused and refused.rule != "missing-file":
        raise PackageError(f"{home.root}: {refused.message} [{refused.rule}]; expected: {refused.expected}")
    return Path(home.path(table))


def _csv(frame: pd.DataFrame, table: Table) -> bytes:
    """Return a frame as a table's canonical CSV."""
    _check_columns(frame, table.name, table.names)
    columns = [_column(frame, table, field) for field in table.fields]
    rows = [dict(zip(table.names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return write_csv(sorted(rows, key=table.order), table.names).encode()


def _check_columns(frame: pd.DataFrame, table: str, names: list[str]) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise FrameError(f"{table}: this is no pandas DataFrame but {type(frame).__name__}")
    found = list(frame.columns)
    odd = {
        "missing": [name for name in names if name not in found],
        "not in the schema": [name for name in found if name not in names],
        "twice": [name for name in names if found.count(name) > 1],
    }
    faults = "; ".join(f"{what}: {', '.join(clip(str(name)) for name in of)}" for what, of in odd.items() if of)
    if faults:
        raise FrameError(f"{table}: columns {faults}. Expected: {', '.join(names)}")


def _column(frame: pd.DataFrame, table: Table, field: Field) -> Iterator[str]:
    """Yield a column's cells as text."""
    values = frame[field.name]
    for place, (value, blank) in enumerate(zip(values, values.isna(), strict=True)):
        try:
            yield "" if blank else cell_of(value, field)
        except ValueError as error:
            rule = "enum" if field.categories else "type"
            key = "/".join(str(frame[name].iloc[place]) for name in table.key)
            key = key if len(key) <= 60 and key.isprintable() else clip(key)
            where = f"{table.name}, iloc[{place}] ({key}), {field.name} = {clip(str(value))}"
            raise FrameError(f"{where}: this cannot be saved [{rule}]. Expected: {error}") from error
