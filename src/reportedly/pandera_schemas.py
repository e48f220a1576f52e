"""Pandera schemas for pandas users, built from the Table Schemas and from the same expressions that `validate` evaluates."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from reportedly.constraints import constraints, primary_key
from reportedly.errors import MissingExtraError
from reportedly.frames import TEXT, dtype
from reportedly.package import shipped
from reportedly.rules import row_rules

try:
    import narwhals as nw
    import pandera.pandas as pa
except ImportError as error:
    raise MissingExtraError(error.name) from error

if TYPE_CHECKING:
    from reportedly.constraints import Constraint
    from reportedly.rules import Check

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


def build(descriptor: dict[str, Any]) -> Any:
    """Return the pandera schema of a Table Schema.

    Parameters
    ----------
    descriptor
        The Table Schema, with the table's name.

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
    return pa.DataFrameSchema(
        columns,
        checks=checks,
        strict=True,
        ordered=True,
        name=descriptor["name"],
        title=descriptor["title"],
        description=descriptor["description"],
    )


def schema(table: str) -> Any:
    """Return the pandera schema of a table.

    Parameters
    ----------
    table
        A name that `reportedly.tables` lists.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        For frames with the dtypes of `reportedly.load`: types, every constraint of the Table Schema by its name, and the rules on
        single rows.

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
    return build(shipped().schema(table))
