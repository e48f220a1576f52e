"""A data package on disk: its descriptor, its tables and where they are.

The format is Data Package v2 (https://datapackage.org/standard/data-package/). Everything here reads with the standard
library alone, so that commands that only list or show answer at once.
"""

from __future__ import annotations

import csv
import io
import json
import os
from contextlib import contextmanager
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from reportedly.errors import PackageError, ReportedlyError, UnknownNameError, VersionError

if TYPE_CHECKING:
    from collections.abc import Iterator

DESCRIPTOR = "datapackage.json"
_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib costs 10 ms at start-up


class Package:
    """A data package in a folder.

    Parameters
    ----------
    root
        The folder that holds ``datapackage.json``.

    Raises
    ------
    PackageError
        When a file of the package is first read and cannot be.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = os.fspath(root)

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The contents of ``datapackage.json``."""
        return read_json(self.file(DESCRIPTOR))

    @property
    def version(self) -> str:
        """The dataset's version, which is the package's."""
        return str(self.descriptor["version"])

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources by name, in the descriptor's order."""
        try:
            return {resource["name"]: resource for resource in self.descriptor["resources"]}
        except (KeyError, TypeError) as error:
            raise PackageError(
                f"{self.file(DESCRIPTOR)}: a resource without a name; see `reportedly validate`"
            ) from error

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables, in the descriptor's order."""
        return tuple(self.resources)

    def file(self, *parts: str) -> str:
        """Return the path of a file of the package."""
        return os.path.join(self.root, *parts)  # noqa: PTH118 - as above

    def resource(self, table: str) -> dict[str, Any]:
        """Return a table's resource descriptor.

        Raises
        ------
        UnknownNameError
            If there is no such table.
        """
        if table not in self.resources:
            raise UnknownNameError("table", table, self.tables)
        return self.resources[table]

    def path(self, table: str) -> str:
        """Return the path of a table's CSV file."""
        return self.file(*str(self.resource(table)["path"]).split("/"))

    def schema(self, table: str) -> dict[str, Any]:
        """Return a table's Table Schema descriptor."""
        schema = self.resource(table)["schema"]
        return schema if isinstance(schema, dict) else read_json(self.file(*str(schema).split("/")))

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        """Yield a table's rows as they stand in the file, every cell as text."""
        path = self.path(table)
        try:
            with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - as above
                reader = csv.DictReader(file, strict=True)
                if reader.fieldnames is None:
                    raise PackageError(f"{path}: the file is empty; see `reportedly validate`")
                yield from reader
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise PackageError(f"{path}: {reason(error)}; see `reportedly validate`") from error


def reason(error: Exception) -> str:
    """Return why a file could not be read, in a few words and without a path."""
    if isinstance(error, OSError):
        return (error.strerror or "cannot be read").lower()
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: byte 0x{error.object[error.start]:02x} at offset {error.start}"
    return str(error)


def read_json(path: str) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises
    ------
    PackageError
        If the file cannot be read, is not JSON or holds something else.
    """
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as above
            found = json.load(file)
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise PackageError(f"{path}: {reason(error)}", reason(error)) from error
    if not isinstance(found, dict):
        why = f"holds {type(found).__name__}, not a JSON object"
        raise PackageError(f"{path}: {why}", why)
    return found


@cache
def shipped() -> Package:
    """Return the dataset that came with this installation, or that of the checkout it runs from."""
    packed = os.path.join(_HERE, "_package")  # noqa: PTH118 - as above
    checkout = os.path.dirname(os.path.dirname(_HERE))  # noqa: PTH120 - as above
    return Package(packed if os.path.isdir(packed) else checkout)  # noqa: PTH112 - as above


@contextmanager
def reading(package: Package) -> Iterator[None]:
    """Tell of a package that breaks the format in one line, instead of whatever its reader stumbles over.

    Raises
    ------
    PackageError
        Where reading the package fails for what is in it.
    """
    try:
        yield
    except ReportedlyError:
        raise
    except (ArithmeticError, AttributeError, IndexError, LookupError, TypeError, ValueError) as error:
        told = f"{package.root}: cannot be read as a package of this format ({error!r}); see `reportedly validate`"
        raise PackageError(told) from error


def package_of(source: str | os.PathLike[str] | None, version: str | None = None) -> Package:
    """Return the package at a folder, or the shipped one, as it is or as it was in a version.

    Raises
    ------
    VersionError
        If both a folder and a version are given.
    UnknownNameError
        If there is no such version.
    """
    if version is None:
        return shipped() if source is None else Package(source)
    from reportedly.releases import release

    if source is not None:
        raise VersionError(f"Give a package or a version, not both: {os.fspath(source)!r} has one version only.")
    return release(version)


def tables(*, version: str | None = None) -> list[str]:
    """List the tables of the dataset.

    Parameters
    ----------
    version
        A version that `reportedly.versions` lists; the installed one by default.

    Returns
    -------
    list of str
        Their names, the four that users come for first.

    Raises
    ------
    UnknownNameError
        If there is no such version.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.tables()
    ['actors', 'demands', 'quotes', 'figures', 'articles', 'claims', 'attributions', 'participants', 'errata']
    """
    return list(package_of(None, version).tables)


def path(table: str, *, version: str | None = None) -> str:
    """Return the path of a table's CSV file.

    Parameters
    ----------
    table
        A name that `tables` lists.
    version
        A version that `reportedly.versions` lists; the installed one by default.

    Returns
    -------
    str
        An absolute path.

    Raises
    ------
    UnknownNameError
        If there is no such table or version; the message lists those that there are and the nearest match.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.path("quotes").endswith("quotes.csv")
    True
    """
    return package_of(None, version).path(table)


def write_csv(rows: list[dict[str, str]], columns: list[str]) -> str:
    """Return rows as canonical CSV: RFC 4180, LF, quoted only where needed."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
