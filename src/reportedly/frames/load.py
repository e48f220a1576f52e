"""Tables as pandas frames with the dtypes that the schemas promise, the same on pandas 2.2 and on pandas 3."""

from __future__ import annotations

import io
import math
import re
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from reportedly.errors import PackageError
from reportedly.package.csvfile import write_rows
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from reportedly.package.package import Package

    Source = str | os.PathLike[str]

Field = dict[str, Any]

DAY = "datetime64[s]"
# Named in full, since pandas 3 reads "string" and plain text as another dtype than pandas 2 does.
TEXT = pd.StringDtype("python", na_value=pd.NA) if pd.__version__ >= "2.3" else pd.StringDtype("python")
_DTYPES: dict[str, Any] = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}
# Python would also take 1_000 and digits of other scripts for numbers.
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Items(list[str]):
    """The items of a cell that holds several: a list that has a hash, which pandas needs to drop duplicates, to group and to merge.

    Its hash is that of its items, so it is not to be changed in place; `list(items)` gives a list that may be.
    """

    def __hash__(self) -> int:  # type: ignore[override]  # a list has none
        return hash(tuple(self))


def dtype(field: Field) -> Any:
    """Return the pandas dtype of a Table Schema field.

    Parameters
    ----------
    field
        A field descriptor.

    Returns
    -------
    dtype
        ``Int64``, ``Float64``, ``boolean``, ``datetime64[s]``, a categorical in the codebook's order, ``object`` for lists
        of strings, else nullable strings.
    """
    if "categories" in field:
        values = [category["value"] for category in field["categories"]]
        # An index of objects: left to itself, pandas 3 would make it another dtype than pandas 2 does.
        return pd.CategoricalDtype(pd.Index(values, dtype=object), ordered=field.get("categoriesOrdered", False))
    return {"date": DAY, "list": object}.get(field["type"]) or _DTYPES.get(field["type"], TEXT)


def read(source: Any, fields: Sequence[Field], name: str = "") -> pd.DataFrame:
    """Read CSV into a frame with the dtypes of its fields.

    Parameters
    ----------
    source
        A path or an open text file.
    fields
        The fields, in the order of the columns.
    name
        What to call the source where it cannot be read; by default what it is.

    Returns
    -------
    DataFrame
        One column for each field, the default index.

    Raises
    ------
    PackageError
        If the file cannot be read or holds a value that its field does not allow.
    """
    plain = {field["name"]: TEXT if field["type"] == "number" else _DTYPES.get(field["type"], TEXT) for field in fields}
    try:
        frame = pd.read_csv(source, dtype=plain, keep_default_na=False, na_values=[""], encoding="utf-8")
        _same_columns(frame, list(plain))
        for field in fields:
            if field["type"] == "integer":
                _whole(frame, field["name"], source)
            frame[field["name"]] = typed(cast("pd.Series[Any]", frame[field["name"]]), field)
    except (OSError, OverflowError, ValueError) as error:
        told = " ".join(str(error).split())
        raise PackageError(f"{name or source}: {told}; see `reportedly validate`") from error
    return frame


def _same_columns(frame: pd.DataFrame, names: list[str]) -> None:
    if list(frame.columns) != names:
        raise ValueError(f"columns are {', '.join(map(str, frame.columns))}; the schema has {', '.join(names)}")


def _whole(frame: pd.DataFrame, name: str, source: Any) -> None:
    """Refuse numbers of 64 bits, which pandas before 3.1 lets run over into the negative without a word."""
    below = frame[name].lt(0).fillna(value=False)
    if not below.any():
        return
    if isinstance(source, io.IOBase):
        source.seek(0)
    texts = pd.read_csv(source, usecols=[name], dtype=str, keep_default_na=False, encoding="utf-8")[name]
    for text in texts[below.to_numpy(dtype=bool)]:
        if not text.startswith("-"):
            raise ValueError(f"{name} holds {text}, which is too large")


def typed(texts: pd.Series[Any], field: Field) -> pd.Series[Any]:
    """Return cells with the dtype of their field.

    Parameters
    ----------
    texts
        The cells as text; numbers and booleans may have their dtype already.
    field
        The field.

    Raises
    ------
    ValueError
        If a cell does not read as the field's type, or is none of its categories.
    """
    if "categories" in field:
        kind = dtype(field)
        foreign = texts[texts.notna() & ~texts.isin(kind.categories)]
        # A categorical would turn what it does not know into a blank without a word.
        if len(foreign):
            raise ValueError(f"{texts.name} holds {foreign.iloc[0]!r}, which is none of {', '.join(kind.categories)}")
        return texts.astype(object).astype(kind)
    if field["type"] == "date":
        return days(texts)
    if field["type"] == "number":
        return _numbers(texts)
    if field["type"] == "list":
        split = [Items(text.split(field["delimiter"]) if isinstance(text, str) else ()) for text in texts]
        return pd.Series(split, index=texts.index, name=texts.name, dtype=object)
    if field["type"] == "boolean" and texts.dtype == TEXT:
        return texts.map({"true": True, "false": False}).astype("boolean")
    return texts.astype(dtype(field))


def _numbers(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return numbers as ``Float64``, each the nearest to its digits: pandas 2 may read the one beside it."""
    found = [_number(text, texts.name) if isinstance(text, str) else None for text in texts]
    return pd.Series(found, index=texts.index, name=texts.name, dtype="Float64")


def _number(text: str, name: object) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
        raise ValueError(f"{name} holds {text!r}, which is no finite number")
    return number


def days(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return dates written as YYYY-MM-DD as ``datetime64[s]``, blanks as ``NaT``.

    Raises
    ------
    ValueError
        If a text is no such date.
    """
    odd = texts[texts.notna() & (texts.str.len() != 10)]
    if len(odd):
        raise ValueError(f"{texts.name} holds {odd.iloc[0]!r}, which is no date YYYY-MM-DD")
    # numpy knows the whole calendar; pandas 2 would stop at the nanoseconds' end in 2262.
    return pd.Series(texts.fillna("NaT").to_numpy(dtype=object).astype(DAY), index=texts.index, name=texts.name)


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
        that first lacks the row, blank for those that stand. `load("errata")` tells why, and what replaces them.
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
        fields = [field.descriptor for field in home.table(table).fields]
        return read(home.readable(table), fields)


def _with_withdrawn(home: Package, table: str) -> pd.DataFrame:
    """Return a table with the rows that were withdrawn."""
    from reportedly.package.errata import ERRATA, SINCE, with_withdrawn

    fields, rows = with_withdrawn(home, table)
    try:
        return typed_rows(fields, rows)
    except PackageError:
        # Which row it is, only each by itself can tell.
        for row in rows:
            if row[SINCE["name"]]:
                key = home.table(table).key_text(row)
                typed_rows(fields, [row], f"{home.path(ERRATA)}: what is kept of {table} {key}")
        read(home.readable(table), [field.descriptor for field in home.table(table).fields])
        raise


def typed_rows(fields: Sequence[Field], rows: Iterable[dict[str, str]], name: str = "") -> pd.DataFrame:
    """Return rows of text as a frame."""
    # Bytes, a row at a time: as texts the same would stand in memory thrice, with four bytes a character.
    with io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogatepass", newline="") as file:
        write_rows(file, rows, [field["name"] for field in fields])
        file.seek(0)
        return read(file.buffer, fields, name)
