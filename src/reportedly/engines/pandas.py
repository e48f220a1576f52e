"""Tables as pandas frames: with the dtypes that the schemas promise, the same on pandas 2.2 and on pandas 3; and as the rules judge them."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from reportedly import limits
from reportedly.errors import PackageError
from reportedly.rules.base import ROW, nw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reportedly.engines.base import Frame
    from reportedly.model.schema import Field, Table
    from reportedly.package.csvfile import Text
    from reportedly.rules.base import Distinct

DAY = "datetime64[s]"
# Named in full, since pandas 3 reads "string" and plain text as another dtype than pandas 2 does.
TEXT = pd.StringDtype("python", na_value=pd.NA) if pd.__version__ >= "2.3" else pd.StringDtype("python")
_DTYPES: dict[str, Any] = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}


class Items(list[str]):
    """The items of a cell that holds several: a list that has a hash, which pandas needs to drop duplicates, to group and to merge.

    Its hash is that of its items, so it is not to be changed in place; `list(items)` gives a list that may be.
    """

    def __hash__(self) -> int:  # type: ignore[override]  # a list has none
        return hash(tuple(self))


def dtype(field: Field) -> Any:
    """Return the pandas dtype of a field.

    Parameters
    ----------
    field
        The field.

    Returns
    -------
    dtype
        ``Int64``, ``Float64``, ``boolean``, ``datetime64[s]``, a categorical in the codebook's order, ``object`` for lists
        of strings, else nullable strings.
    """
    if field.categories:
        # An index of objects: left to itself, pandas 3 would make it another dtype than pandas 2 does.
        return pd.CategoricalDtype(pd.Index(field.values, dtype=object), ordered=field.is_ordered)
    return {"date": DAY, "list": object}.get(field.type) or _DTYPES.get(field.type, TEXT)


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
    plain = {field.name: TEXT if field.type == "number" else _DTYPES.get(field.type, TEXT) for field in fields}
    try:
        frame = pd.read_csv(source, dtype=plain, keep_default_na=False, na_values=[""], encoding="utf-8")
        _same_columns(frame, list(plain))
        for field in fields:
            if field.type == "integer":
                _whole(frame, field.name, source)
            frame[field.name] = typed(frame[field.name], field)
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
    if field.categories:
        kind = dtype(field)
        foreign = texts[texts.notna() & ~texts.isin(kind.categories)]
        # A categorical would turn what it does not know into a blank without a word.
        if len(foreign):
            raise ValueError(f"{texts.name} holds {foreign.iloc[0]!r}, which is none of {', '.join(kind.categories)}")
        return texts.astype(object).astype(kind)
    if field.type == "date":
        return days(texts)
    if field.type == "number":
        # Each the nearest to its digits: pandas 2 may read the one beside it.
        found = [field.parse(text) if isinstance(text, str) else None for text in texts]
        return pd.Series(found, index=texts.index, name=texts.name, dtype="Float64")
    if field.type == "list":
        split = [Items(text.split(field.delimiter) if isinstance(text, str) else ()) for text in texts]
        return pd.Series(split, index=texts.index, name=texts.name, dtype=object)
    if field.type == "boolean" and texts.dtype == TEXT:
        return texts.map({"true": True, "false": False}).astype("boolean")
    return texts.astype(dtype(field))


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


class PandasEngine:
    """Tables in memory, as pandas frames.

    Parameters
    ----------
    tables
        The tables of the format with the text of their files, by name.
    """

    def __init__(self, tables: Mapping[str, tuple[Table, Text]]) -> None:
        self._tables = tables
        self._texts: dict[str, pd.DataFrame] = {}

    def text(self, table: str) -> Frame:
        """Return a table with every cell as text, a blank as null."""
        return nw.from_native(self._text(table), eager_only=True)

    def _text(self, table: str) -> pd.DataFrame:
        if table not in self._texts:
            described, text = self._tables[table]
            # A row of another width has its own finding; here it is cut or filled, so that its other cells are still checked.
            width = len(text.header)
            rows = [row if len(row) == width else (row + [""] * width)[:width] for row in text.rows.values()]
            cells = dict(zip(text.header, zip(*rows, strict=True), strict=True)) if rows else {}
            columns: dict[str, Any] = {
                name: pd.array([cell or pd.NA for cell in cells.get(name, ())], TEXT) for name in described.names
            }
            self._texts[table] = pd.DataFrame({**columns, ROW: pd.array([*text.rows], "int64")})
        return self._texts[table]

    def typed(self, table: str, unread: Mapping[str, Sequence[int]]) -> Frame:
        """Return a table with numbers, Booleans and dates in place of their texts."""
        frame = self._text(table).copy(deep=bool(unread))
        for name, rows in unread.items():
            frame.loc[frame[ROW].isin(rows), name] = pd.NA
        changed = {
            field.name: _judged(frame[field.name], field.type)
            for field in self._tables[table][0].fields
            if field.type in _JUDGED
        }
        return nw.from_native(frame.assign(**changed), eager_only=True)

    @staticmethod
    def distinct(frame: Frame, steps: Iterable[Distinct]) -> Frame:
        """Return a frame with the columns that functions of distinct values add."""
        native = nw.to_native(frame)
        texts: dict[str, list[str]] = {}
        added: dict[str, Any] = {}
        for step in steps:
            for name in step.columns:
                if name not in texts:
                    texts[name] = [value if isinstance(value, str) else "" for value in native[name].array]
            keys = [*zip(*(texts[name] for name in step.columns), strict=True)]
            known = {key: step.function(*key) for key in set(keys)}
            for place, name in enumerate(step.names):
                values = [known[key][place] for key in keys]
                is_text = bool(values) and isinstance(values[0], str)
                added[name] = pd.array(values, TEXT) if is_text else pd.array(values, "boolean")
        made = pd.concat([native, pd.DataFrame(added, index=native.index)], axis=1)
        return cast("Frame", nw.from_native(made, eager_only=True))

    def cells(self, table: str, row: int) -> dict[str, str]:
        """Return the cells of a row as they are in the file."""
        described, text = self._tables[table]
        cells = dict(zip(text.header, text.rows[row], strict=False))
        return {name: cells.get(name, "") for name in described.names}


_JUDGED = {"integer", "number", "boolean", "date"}


def _judged(texts: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind == "date":
        return days(texts)
    return (
        texts.map({"true": True, "false": False}).astype("boolean")
        if kind == "boolean"
        else texts.astype(_DTYPES[kind])
    )


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
    value = _plain(value)
    if field.categories and value not in field.values:
        raise ValueError(f"one of: {', '.join(field.values)}")
    cell = field.kind.format(value)
    if len(cell) > limits.CELL:
        raise ValueError(f"{limits.CELL:,} characters at most")
    return cell


def _plain(value: Any) -> Any:
    """Return a value of numpy or pandas as Python has it; a moment at midnight without a zone is a day."""
    if isinstance(value, np.ndarray):
        return list(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dt.datetime) and dt.MINYEAR <= value.year <= dt.MAXYEAR:
        moment = pd.Timestamp(value)
        if moment.tz is None and moment == moment.normalize():
            return dt.date(value.year, value.month, value.day)
    return value
