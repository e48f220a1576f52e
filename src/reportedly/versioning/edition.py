"""A package read to the end, to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from reportedly.package.contents import TableContents
    from reportedly.package.package import Package


class Edition(NamedTuple):
    """A package read to the end.

    Attributes
    ----------
    name
        What it is called by: a version or a path.
    version
        The version that its descriptor gives.
    package
        The package.
    tables
        Its tables.
    rules
        The sentences of its rules by their names, where they are known.
    """

    name: str
    version: str
    package: Package
    tables: dict[str, TableContents]
    rules: dict[str, str] | None = None
