"""Pandera schemas for pandas users, built from the Table Schemas and from the same expressions that `validate` evaluates."""

from __future__ import annotations

import ast
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
from pandas.api.types import is_bool, is_list_like, is_number

from reportedly.errors import FrameError, MissingExtraError
from reportedly.frames.load import TEXT, dtype, typed
from reportedly.frames.save import cell_of
from reportedly.model.schema import Field as ModelField
from reportedly.package.shipped import shipped
from reportedly.rules.constraints import constraints, lexical, primary_key
from reportedly.rules.every import ROW, Check, row_rules
from reportedly.validation.report import Issue

try:
    import narwhals as nw
    import pandera.pandas as pa
except ImportError as error:
    raise MissingExtraError(error.name) from error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.rules.constraints import Constraint

# How many findings a text lists; `failure_cases` has all.
_MOST = 50

__all__ = ["build", "schema"]


def plain(frame: pd.DataFrame, fields: list[dict[str, Any]]) -> pd.DataFrame:
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
    changed = {field["name"]: _plain(frame[field["name"]], field) for field in fields if field["name"] in frame}
    return frame.assign(**changed)


def _plain(values: pd.Series[Any], field: dict[str, Any]) -> pd.Series[Any]:
    if field["type"] == "list" and values.dtype == object:
        joined = [field["delimiter"].join(items) if isinstance(items, list) and items else pd.NA for items in values]
        return pd.Series(joined, index=values.index, dtype=TEXT)
    return values.astype(object).astype(TEXT) if isinstance(values.dtype, pd.CategoricalDtype) else values


def _holds(rule: Constraint | Check, frame: pd.DataFrame) -> pd.Series[Any]:
    """Return for each row whether it is not among those that break a rule."""
    broken = rule.mask(nw.from_native(frame, eager_only=True)).to_numpy()
    return pd.Series(~broken.astype(bool), index=frame.index)


def _column_check(constraint: Constraint, field: dict[str, Any]) -> Any:
    return pa.Check(
        lambda values: _holds(constraint, _plain(values, field).to_frame(field["name"])),
        name=constraint.name,
        error=f"{constraint.name}: expected {constraint.expected}",
        ignore_na=False,
    )


def _frame_check(name: str, rule: Constraint | Check, fields: list[dict[str, Any]]) -> Any:
    return pa.Check(
        lambda frame: _holds(rule, plain(frame, fields)),
        name=name,
        error=f"{name}: {rule.field}, expected {rule.expected}",
        ignore_na=False,
    )


def build(descriptor: dict[str, Any], kind: Any = pa.DataFrameSchema) -> Any:
    """Return the pandera schema of a Table Schema.

    Parameters
    ----------
    descriptor
        The Table Schema, with the table's name.
    kind
        The class of the schema.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        Columns in order with the dtypes of `reportedly.load`; a check for each constraint, named like it, and one for each rule on
        single rows. Keys into other tables are beyond one frame: `reportedly.validate` checks them.
    """
    fields = descriptor["fields"]
    columns = {
        field["name"]: pa.Column(
            dtype(field),
            checks=[_column_check(constraint, field) for constraint in constraints(field)],
            nullable=True,
            title=field["title"],
            description=field["description"],
        )
        for field in fields
    }
    key = primary_key(descriptor["primaryKey"])
    checks = [_frame_check(key.name, key, fields)]
    checks += [_frame_check(rule.name, check, fields) for rule, check in row_rules(descriptor["name"])]
    return kind(
        columns,
        checks=checks,
        strict=True,
        ordered=True,
        name=descriptor["name"],
        title=descriptor["title"],
        description=descriptor["description"],
    )


class SchemaErrors(pa.errors.SchemaErrors):  # type: ignore[misc]  # pandera has no types here
    """Errors whose text is in words."""

    words = ""

    def __str__(self) -> str:
        return self.words


class DataFrameSchema(pa.DataFrameSchema):  # type: ignore[misc]  # pandera has no types here
    """A schema that first gives a frame the dtypes of its fields, and says in words what is wrong."""

    fields: list[dict[str, Any]]
    key: list[str]

    @classmethod
    def get_backend(cls, *arguments: Any, **options: Any) -> Any:
        """Return what checks frames: pandera keeps it by the class."""
        return pa.DataFrameSchema.get_backend(*arguments, **options)

    def validate(self, check_obj: pd.DataFrame, *arguments: Any, lazy: bool = False, **options: Any) -> pd.DataFrame:
        """Return the frame with the dtypes of its fields, or raise pandera's errors with a text in words."""
        if not isinstance(check_obj, pd.DataFrame):
            raise FrameError(f"{self.name}: this is no pandas DataFrame but {type(check_obj).__name__}")
        frame, misfits = _coerced(check_obj, self.fields)
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


def _coerced(frame: pd.DataFrame, fields: list[dict[str, Any]]) -> tuple[pd.DataFrame, dict[str, dict[int, str]]]:
    """Return a frame with the dtypes of its fields, and by column and place what is expected of values that do not read as them.

    A column with such a value is left as it is.
    """
    changed: dict[str, Any] = {}
    misfits: dict[str, dict[int, str]] = {}
    for field in fields:
        name = field["name"]
        if list(frame.columns).count(name) != 1 or (frame[name].dtype == dtype(field) and field["type"] != "list"):
            continue
        cells, wrong = _cells(frame[name], field)
        if wrong:
            misfits[name] = wrong
        elif "categories" in field and not cells.dropna().isin(dtype(field).categories).all():
            changed[name] = cells
        else:
            changed[name] = typed(cells, field)
    return frame.assign(**changed), misfits


def _cells(values: pd.Series[Any], field: dict[str, Any]) -> tuple[pd.Series[Any], dict[int, str]]:
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
    if rule := lexical(field):
        broken = ~_holds(rule, found.to_frame(field["name"]))
        wrong |= dict.fromkeys(map(int, broken.to_numpy().nonzero()[0]), rule.expected)
    return found, wrong


def _cell(value: Any, field: dict[str, Any]) -> Any:
    """Return a value as its cell, a blank as NA.

    Raises
    ------
    ValueError
        If it is no value of the field; the message is what is expected.
    """
    if isinstance(value, str):
        return (_written_list(value, field) if field["type"] == "list" else value) or pd.NA
    if is_list_like(value):
        return (
            (cell_of(value, ModelField.from_descriptor(field)) or pd.NA)
            if field["type"] == "list"
            else cell_of(value, ModelField.from_descriptor({**field, "type": "string"}))
        )
    if pd.isna(value):
        return pd.NA
    # Where all cells of a column look like numbers or booleans, pandas reads them so.
    kind = "boolean" if is_bool(value) else "number" if is_number(value) else field["type"]
    return cell_of(value, ModelField("", field["type"] if field["type"] in {"integer", "boolean", "date"} else kind))


def _written_list(cell: str, field: dict[str, Any]) -> str:
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
            return cell_of(found, ModelField.from_descriptor(field))
    raise ValueError(f"items separated by {field['delimiter']}, or a list as Python writes it: ['a', 'b']")


def _words(
    made: DataFrameSchema, frame: pd.DataFrame, misfits: dict[str, dict[int, str]], errors: list[Any]
) -> Iterator[str]:
    """Yield what is wrong with a frame: its columns, else values that do not read as their type, else what breaks a constraint or rule."""
    names = [field["name"] for field in made.fields]
    if list(frame.columns) != names:
        odd = {
            "missing": [name for name in names if name not in frame.columns],
            "not in the table": [name for name in frame.columns if name not in names],
            "there twice": [name for name in names if list(frame.columns).count(name) > 1],
        }
        told = "; ".join(f"{what}: {', '.join(map(str, of))}" for what, of in odd.items() if of)
        yield f"{made.name}: columns {told or 'in another order'}. Expected: {', '.join(names)}"
        return

    def issue(place: int, rule: str, message: str, expected: str, field: str) -> str:
        row = frame.iloc[place]
        key = "/".join(str(row[name]) for name in made.key)
        value = row[field]
        shown = "" if not is_list_like(value) and pd.isna(value) else str(value)
        return str(Issue(f"{made.name}, iloc[{place}]", rule, message, expected, key=key, field=field, value=shown))

    for name, places in misfits.items():
        for place, expected in places.items():
            yield issue(place, "type", "this does not read as the column's type", expected, name)
    broken = {getattr(error.check, "name", None) for error in errors}
    readable = plain(frame, made.fields).drop(columns=list(misfits)).assign(**{ROW: range(len(frame))})
    numbered = nw.from_native(readable, eager_only=True)
    rules: list[tuple[str, Any]] = [(rule.name, rule) for field in made.fields for rule in constraints(field)]
    rules = [(name, rule) for name, rule in rules if rule.field not in misfits]
    if not misfits:
        rules += [("primaryKey", primary_key(made.key)), *((rule.name, check) for rule, check in row_rules(made.name))]
    for name, rule in rules:
        if name in broken:
            for cells in rule.rows(numbered).iter_rows(named=True):
                message, expected = (
                    (text.format_map(cells) for text in (rule.message, rule.expected))
                    if isinstance(rule, Check)
                    else (rule.message, rule.expected)
                )
                yield issue(cells[ROW], name, message, expected, rule.field)


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
def _schema(table: str) -> Any:
    made = build(shipped().schema(table), DataFrameSchema)
    made.fields = shipped().schema(table)["fields"]
    made.key = shipped().schema(table)["primaryKey"]
    return made
