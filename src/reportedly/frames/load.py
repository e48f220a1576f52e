"""Tables as pandas frames with the dtypes that the schemas promise, the same on pandas 2.2 and on pandas 3."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportedly.engines.pandas import read
from reportedly.errors import PackageError
from reportedly.package.csvfile import write_rows
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from reportedly.model.schema import Field
    from reportedly.package.package import Package

    Source = str | os.PathLike[str]


def load(
    table: str, *, withdrawn: bool = False, package: Source | None = None, version: str | None = None
) -> pd.DataFrame:
    """Load a table.

    Parameters
    ----------
    table
        A name that `reportedly.tables` lists.
    withdrawn
        Give the rows too that were released once and withdrawn since, as they last stood, and a further column ``withdrawn_since``: the version
        that first lacks the row, blank for rows that were not withdrawn. `load("errata")` says why, and what replaces them.
    package
        A folder that holds another data package of this format; the shipped one by default.
    version
        A version of the shipped dataset that `reportedly.versions` lists; the installed one by default. Not together with ``package``.

    Returns
    -------
    DataFrame
        One row for each row of the CSV, in its order, with the default index. Identifiers and words are nullable strings, offsets
        ``Int64``, numbers ``Float64``, yes-or-no fields ``boolean``, enumerations categoricals in the codebook's order,
        bounds of dates ``datetime64[s]``, list fields lists of ``str`` that pandas can hash and that are not to be changed in place.

    Raises
    ------
    UnknownNameError
        If there is no such table or version; the message lists those that there are and the nearest match.
    VersionError
        If both ``package`` and ``version`` are given.
    PackageError
        If the table cannot be read.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.load("quotes")["text"][4]
    'resolve'
    """
    home = open_package(package, version)
    with package_errors(home):
        if withdrawn:
            return _with_withdrawn(home, table)
        return read(home.readable(table), home.table(table).fields)


def _with_withdrawn(home: Package, table: str) -> pd.DataFrame:
    """Return a table with the rows that were withdrawn."""
    from reportedly.package.errata import ERRATA, SINCE, with_withdrawn

    fields, rows = with_withdrawn(home, table)
    try:
        return typed_rows(fields, rows)
    except PackageError:
        # Which row it is, only each by itself can tell.
        for row in rows:
            if row[SINCE.name]:
                key = home.table(table).key_text(row)
                typed_rows(fields, [row], f"{home.path(ERRATA)}: what is kept of {table} {key}")
        read(home.readable(table), home.table(table).fields)
        raise


def typed_rows(fields: Sequence[Field], rows: Iterable[dict[str, str]], name: str = "") -> pd.DataFrame:
    """Return rows of text as a frame."""
    # Bytes, a row at a time: as texts the same would be in memory three times, with four bytes a character.
    with io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogatepass", newline="") as file:
        write_rows(file, rows, [field.name for field in fields])
        file.seek(0)
        return read(file.buffer, fields, name)
