"""The data dictionary: what each column holds, as the schemas say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    import os

    import pandas as pd

    from reportedly.package.package import Package


def dictionary(package: Package, table: str) -> list[dict[str, str]]:
    """Return one entry for each column of a table.

    Parameters
    ----------
    package
        The data package.
    table
        The table.

    Returns
    -------
    list of dict
        With ``field``, ``title``, ``type``, ``required``, ``values``, ``points_to``, ``description`` and ``coding``, all text.
    """
    described = package.table(table)
    targets = {
        name: f"{key.table}.{other}"
        for key in described.foreign_keys
        for name, other in zip(key.fields, key.targets, strict=True)
    }
    return [
        {
            "field": field.name,
            "title": field.title,
            "type": field.type,
            "required": "yes" if field.is_required else "no",
            "values": ", ".join(field.values),
            "points_to": targets.get(field.name, ""),
            "description": field.description,
            "coding": field.coding,
        }
        for field in described.fields
    ]


def describe(table: str, *, package: str | os.PathLike[str] | None = None, version: str | None = None) -> pd.DataFrame:
    """Return a table's data dictionary.

    Parameters
    ----------
    table
        A name that `reportedly.tables` lists.
    package
        A folder that holds another data package of this format; the shipped one by default.
    version
        A version of the shipped dataset that `reportedly.versions` lists; the installed one by default. Not together with ``package``.

    Returns
    -------
    DataFrame
        One row for each column of the table, with ``field``, ``title``, ``type``, ``dtype``, ``required``, ``values``, ``points_to``,
        ``description`` and ``coding``, all text.

    Raises
    ------
    UnknownNameError
        If there is no such table or version.
    VersionError
        If both ``package`` and ``version`` are given.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.describe("quotes").loc[3, "title"]
    'Text'
    """
    import pandas as pd

    from reportedly.engines.pandas import TEXT, dtype

    home = open_package(package, version)
    with package_errors(home):
        entries = [
            {**entry, "dtype": "category" if field.categories else str(dtype(field))}
            for entry, field in zip(dictionary(home, table), home.table(table).fields, strict=True)
        ]
    order = ["field", "title", "type", "dtype", "required", "values", "points_to", "description", "coding"]
    return pd.DataFrame(entries, columns=order).astype(TEXT)
