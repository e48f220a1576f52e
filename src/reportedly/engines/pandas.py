"""Tables as pandas frames with the dtypes that the schemas promise, the same on pandas 2.2 and on pandas 3."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from reportedly import limits
from reportedly.engines.base import columns_added
from reportedly.errors import PackageError
from reportedly.rules.base import nw

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reportedly.engines.base import Frame
    from reportedly.model.schema import Field
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
        why = " ".join(str(error).split())
        raise PackageError(f"{name or source}: {why}; see `reportedly validate`") from error
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


def distinct(frame: Frame, steps: Iterable[Distinct]) -> Frame:
    """Return a frame with the columns that functions of distinct values add.

    Parameters
    ----------
    frame
        A narwhals frame over a pandas one.
    steps
        What to add.
    """
    native = nw.to_native(frame)
    added = {
        name: pd.array([pd.NA if value is None else value for value in values], TEXT if is_text else "boolean")
        for name, values, is_text in columns_added(lambda column: list(native[column].array), steps)
    }
    made = pd.concat([native, pd.DataFrame(added, index=native.index)], axis=1)
    return cast("Frame", nw.from_native(made, eager_only=True))


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
