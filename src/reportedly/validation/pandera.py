"""Pandera schemas for pandas users, built from the Table Schemas and from the same expressions that `validate` evaluates."""

from __future__ import annotations

import ast
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
from pandas.api.types import is_bool, is_list_like, is_number

from reportedly.engines.pandas import TEXT, cell_of, dtype, typed
from reportedly.errors import FrameError, MissingExtraError
from reportedly.model.schema import Field
from reportedly.package.shipped import shipped
from reportedly.rules.base import ROW
from reportedly.rules.catalogue import RULES
from reportedly.rules.constraints import field_checks, key_check, type_checks
from reportedly.validation.report import Issue

try:
    import narwhals as nw
    import pandera.pandas as pa

    from reportedly.engines.pandas import distinct
    from reportedly.validation.evaluate import broken_rows, prepared, row_checks
except ImportError as error:
    raise MissingExtraError(error.name) from error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reportedly.engines.base import Frame
    from reportedly.model.schema import Table
    from reportedly.rules.base import Check

# How many findings a text lists; `failure_cases` has all.
_MOST = 50


def plain(frame: pd.DataFrame, fields: Sequence[Field]) -> pd.DataFrame:
    """Return a loaded frame as the expressions expect it: categories and lists as text.

    Parameters
    ----------
    frame
        A frame with the dtypes of `reportedly.load`, or with text in their place.
    fields
        The fields of its table.

    Returns
    -------
    DataFrame
        A new frame; columns that the table does not know are left as they are.
    """
    changed = {field.name: _plain(frame[field.name], field) for field in fields if field.name in frame}
    return frame.assign(**changed)


def _plain(values: pd.Series[Any], field: Field) -> pd.Series[Any]:
    if field.type == "list" and values.dtype == object:
        joined = [field.delimiter.join(items) if isinstance(items, list) and items else pd.NA for items in values]
        return pd.Series(joined, index=values.index, dtype=TEXT)
    return values.astype(object).astype(TEXT) if isinstance(values.dtype, pd.CategoricalDtype) else values


def _broken(check: Check, frame: pd.DataFrame) -> Frame:
    """Return the rows of a frame that break a check, by their places."""
    numbered = nw.from_native(frame.assign(**{ROW: range(len(frame))}), eager_only=True)
    return broken_rows(prepared(numbered, [check], distinct), check)


def _holds(check: Check, frame: pd.DataFrame) -> pd.Series[Any]:
    """Return for each row whether it is not among those that break a check."""
    holds = pd.Series(data=True, index=frame.index)
    holds.iloc[_broken(check, frame)[ROW].to_list()] = False
    return holds


def _column_check(check: Check, field: Field) -> Any:
    return pa.Check(
        lambda values: _holds(check, _plain(values, field).to_frame(field.name)),
        name=check.rule,
        error=f"{check.rule}: expected {check.expected.format()}",
        ignore_na=False,
    )


def _frame_check(check: Check, fields: Sequence[Field]) -> Any:
    return pa.Check(
        lambda frame: _holds(check, plain(frame, fields)),
        name=check.rule,
        error=f"{check.rule}: {check.field}, expected {check.expected}",
        ignore_na=False,
    )


def _rules(table: str) -> list[Check]:
    """Return the rules on the rows of a table of the format, without its constraints."""
    return [check for check in row_checks(shipped().format)[table] if RULES[check.rule].kind == "row"]


class SchemaErrors(pa.errors.SchemaErrors):  # type: ignore[misc]  # pandera has no types here
    """Errors whose text is in words."""

    words = ""

    def __str__(self) -> str:
        return self.words


class DataFrameSchema(pa.DataFrameSchema):  # type: ignore[misc]  # pandera has no types here
    """A schema that first gives a frame the dtypes of its fields, and says in words what is wrong."""

    table: Table

    @classmethod
    def get_backend(cls, *arguments: Any, **options: Any) -> Any:
        """Return what checks frames: pandera keeps it by the class."""
        return pa.DataFrameSchema.get_backend(*arguments, **options)

    def validate(self, check_obj: pd.DataFrame, *arguments: Any, lazy: bool = False, **options: Any) -> pd.DataFrame:
        """Return the frame with the dtypes of its fields, or raise pandera's errors with a text in words."""
        if not isinstance(check_obj, pd.DataFrame):
            raise FrameError(f"{self.name}: this is no pandas DataFrame but {type(check_obj).__name__}")
        frame, misfits = _coerced(check_obj, self.table.fields)
        try:
            return cast("pd.DataFrame", super().validate(frame, *arguments, lazy=True, **options))
        except pa.errors.SchemaErrors as errors:
            found = errors
        first = found.schema_errors[0]
        words = list(_words(self, frame, misfits, found.schema_errors)) or [str(first)]
        if not lazy:
            more = f" ({len(words) - 1} more; lazy=True lists them)" if len(words) > 1 else ""
            raise pa.errors.SchemaError(
                first.schema, frame, words[0] + more, first.failure_cases, first.check, reason_code=first.reason_code
            )
        raised = SchemaErrors(self, found.schema_errors, frame)
        raised.words = "\n".join([*words[:_MOST], *([f"{len(words) - _MOST} more"] if len(words) > _MOST else [])])
        raise raised


def _coerced(frame: pd.DataFrame, fields: Sequence[Field]) -> tuple[pd.DataFrame, dict[str, dict[int, str]]]:
    """Return a frame with the dtypes of its fields, and by column and place what is expected of values that do not read as them.

    A column with such a value is left as it is.
    """
    changed: dict[str, Any] = {}
    misfits: dict[str, dict[int, str]] = {}
    for field in fields:
        name = field.name
        if list(frame.columns).count(name) != 1 or (frame[name].dtype == dtype(field) and field.type != "list"):
            continue
        cells, wrong = _cells(frame[name], field)
        if wrong:
            misfits[name] = wrong
        elif field.categories and not cells.dropna().isin(dtype(field).categories).all():
            changed[name] = cells
        else:
            changed[name] = typed(cells, field)
    return frame.assign(**changed), misfits


def _cells(values: pd.Series[Any], field: Field) -> tuple[pd.Series[Any], dict[int, str]]:
    """Return values as the cells of a CSV file, and by place what is expected of those that do not read as their field's type."""
    cells: list[Any] = []
    wrong: dict[int, str] = {}
    for place, value in enumerate(values):
        try:
            cells.append(_cell(value, field))
        except ValueError as error:
            cells.append(pd.NA)
            wrong[place] = str(error)
    found = pd.Series(cells, index=values.index, name=values.name, dtype=TEXT)
    for check in type_checks(field):
        places = _broken(check, found.to_frame(field.name))[ROW].to_list()
        wrong |= dict.fromkeys(places, check.expected)
    return found, wrong


def _cell(value: Any, field: Field) -> Any:
    """Return a value as its cell, a blank as NA.

    Raises
    ------
    ValueError
        If it is no value of the field; the message is what is expected.
    """
    if isinstance(value, str):
        return (_written_list(value, field) if field.type == "list" else value) or pd.NA
    if is_list_like(value):
        return (
            (cell_of(value, field) or pd.NA) if field.type == "list" else cell_of(value, field._replace(type="string"))
        )
    if pd.isna(value):
        return pd.NA
    # Where all cells of a column look like numbers or booleans, pandas reads them so.
    kind = "boolean" if is_bool(value) else "number" if is_number(value) else field.type
    return cell_of(value, Field("", field.type if field.type in {"integer", "boolean", "date"} else kind))


def _written_list(cell: str, field: Field) -> str:
    """Return the cell of a list; `to_csv` and `to_excel` write one of a loaded frame as Python does.

    Raises
    ------
    ValueError
        If it looks like a list of Python or JSON, but would not be read whole.
    """
    if not (cell.startswith("[") and cell.endswith("]")):
        return cell
    with suppress(MemoryError, RecursionError, SyntaxError, ValueError):
        found = ast.literal_eval(cell)
        # Two texts side by side, as numpy writes its arrays, would be read as one.
        if repr(found) == cell and all(isinstance(item, str) for item in found):
            return cell_of(found, field)
    raise ValueError(f"items separated by {field.delimiter}, or a list as Python writes it: ['a', 'b']")


def _words(
    made: DataFrameSchema, frame: pd.DataFrame, misfits: dict[str, dict[int, str]], errors: list[Any]
) -> Iterator[str]:
    """Yield what is wrong with a frame: its columns, else values that do not read as their type, else what breaks a constraint or rule."""
    names = made.table.names
    if list(frame.columns) != names:
        odd = {
            "missing": [name for name in names if name not in frame.columns],
            "not in the table": [name for name in frame.columns if name not in names],
            "there twice": [name for name in names if list(frame.columns).count(name) > 1],
        }
        wrong = "; ".join(f"{what}: {', '.join(map(str, of))}" for what, of in odd.items() if of)
        yield f"{made.name}: columns {wrong or 'in another order'}. Expected: {', '.join(names)}"
        return

    def issue(place: int, rule: str, message: str, expected: str, field: str) -> str:
        row = frame.iloc[place]
        key = "/".join(str(row[name]) for name in made.table.key)
        value = row[field]
        shown = "" if not is_list_like(value) and pd.isna(value) else str(value)
        return str(Issue(f"{made.name}, iloc[{place}]", rule, message, expected, key=key, field=field, value=shown))

    for name, places in misfits.items():
        for place, expected in places.items():
            yield issue(place, "type", "this does not read as the column's type", expected, name)
    broken = {getattr(error.check, "name", None) for error in errors}
    readable = plain(frame, made.table.fields).drop(columns=list(misfits))
    checks = [check for field in made.table.fields for check in field_checks(field) if check.field not in misfits]
    if not misfits:
        checks += [key_check(made.table), *_rules(made.table.name)]
    for check in checks:
        if check.rule in broken:
            for cells in _broken(check, readable).iter_rows(named=True):
                message, expected = (text.format_map(cells) for text in (check.message, check.expected))
                yield issue(cells[ROW], check.rule, message, expected, check.field)


def schema(table: str) -> Any:
    """Return the pandera schema of a table.

    Parameters
    ----------
    table
        A name that `reportedly.tables` lists.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        For frames of `reportedly.load` and for those that `pandas.read_csv` makes of the table's file, in whatever way it reads blanks and types.
        Its ``validate`` gives the columns the dtypes of `reportedly.load` and checks the columns, every constraint of the Table Schema by its name and
        the rules on single rows. What is wrong raises pandera's ``SchemaError``, or with ``lazy=True`` ``SchemaErrors``, whose texts name each
        row, column and value and what is expected.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    MissingExtraError
        If the extra ``validate`` is not installed.

    Examples
    --------
    >>> import reportedly
    >>> len(reportedly.schema("quotes").validate(reportedly.load("quotes")))
    5
    """
    shipped().resource(table)
    return _schema(table)


@cache
def _schema(name: str) -> Any:
    table = shipped().format.table(name)
    columns = {
        field.name: pa.Column(
            dtype(field),
            checks=[_column_check(check, field) for check in field_checks(field)],
            nullable=True,
            title=field.title,
            description=field.description,
        )
        for field in table.fields
    }
    made = DataFrameSchema(
        columns,
        checks=[_frame_check(check, table.fields) for check in (key_check(table), *_rules(table.name))],
        strict=True,
        ordered=True,
        name=table.name,
        title=table.title,
        description=table.description,
    )
    made.table = table
    return made
