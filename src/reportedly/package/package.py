"""A data package on disk: its descriptor, its tables and where they are.

The format is Data Package v2 (https://datapackage.org/standard/data-package/). Everything here reads with the standard
library alone, so that commands that only list or show answer at once.
"""

from __future__ import annotations

import csv
import os
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reportedly import limits
from reportedly.errors import PackageError, ReportedlyError, UnknownNameError, reason
from reportedly.package.descriptor import DESCRIPTOR, read_json
from reportedly.package.paths import Refusal, check_file, check_path, impossible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reportedly.model.schema import Format, Table


class Package:
    """A data package in a folder.

    Parameters
    ----------
    root
        The folder that holds ``datapackage.json``.
    trusted
        Whether the package is this installation's own. Installers may make each of its files a link; somebody else's link may lead anywhere.
    like
        The package of this installation, whose schemas say what columns are for where those of an older package do not.
    name
        What the user calls it, where that is not the folder: a zip file, a version.

    Raises
    ------
    PackageError
        If no folder can have such a path; when a file of the package is first read and cannot be, or must not be.
    """

    def __init__(
        self, root: str | os.PathLike[str], *, trusted: bool = False, like: Package | None = None, name: str = ""
    ) -> None:
        self.root = os.fsdecode(root)
        self.name = name or self.root
        if why := impossible(self.root):
            raise PackageError(f"{self.root}: {why}")
        self._trusted, self._like = trusted, like
        self._tables: dict[str, Table] = {}
        self._readable: dict[str, str] = {}

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The contents of ``datapackage.json``."""
        return read_json(self._own(DESCRIPTOR))

    @property
    def version(self) -> str:
        """The dataset's version, which is the package's."""
        return str(self.descriptor["version"])

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources by name, in the descriptor's order."""
        given = self.descriptor.get("resources")
        if isinstance(given, list) and len(given) > limits.RESOURCES:
            raise PackageError(f"{self.file(DESCRIPTOR)}: {len(given):,} resources, more than {limits.RESOURCES}")
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
        return os.path.join(self.root, *parts)

    def resource(self, table: str) -> dict[str, Any]:
        """Return a table's resource descriptor.

        Raises
        ------
        UnknownNameError
            If there is no such table.
        """
        # What is no text may be no key either.
        if not isinstance(table, str) or table not in self.resources:
            raise UnknownNameError("table", table, self.tables)
        return self.resources[table]

    def path(self, table: str) -> str:
        """Return the path of a table's CSV file.

        Raises
        ------
        PackageError
            If what the descriptor names is no regular file inside the package, or a file that is too large. It may be missing.
        """
        return self._own(str(self.resource(table)["path"]))

    def readable(self, table: str) -> str:
        """Return the absolute path of a table's CSV file, once its lines are known to be within the limits.

        Raises
        ------
        PackageError
            As `path`, or if the file is missing, its lines are too long or too many, or its first row has more cells than the header.
        """
        self.resource(table)
        if table not in self._readable:
            path = self.path(table)
            try:
                why = "" if self._trusted else limits.unfit_table(path) or _too_wide(path)
            except (OSError, UnicodeDecodeError, csv.Error) as error:
                raise PackageError(f"{path}: {reason(error)}; see `reportedly validate`") from error
            if why:
                raise PackageError(f"{path}: {why}; see `reportedly validate`")
            # A relative one could look like an address, or like a folder of the user's, to what opens it.
            self._readable[table] = os.path.abspath(path)
        return self._readable[table]

    def schema(self, table: str) -> dict[str, Any]:
        """Return a table's Table Schema descriptor."""
        schema = self.resource(table)["schema"]
        return schema if isinstance(schema, dict) else read_json(self._own(str(schema), (".json",)))

    def table(self, name: str) -> Table:
        """Return a table as its schema describes it, with the roles of the installed format where an older schema has none.

        Raises
        ------
        UnknownNameError
            If there is no such table.
        """
        self.resource(name)
        if name not in self._tables:
            # Late: what only lists tables needs no model of them.
            from reportedly.model.schema import Table

            table = Table.from_descriptor(self.schema(name), name)
            if self._like and name in self._like.tables:
                table = table.with_roles_of(self._like.table(name))
            self._tables[name] = table
        return self._tables[name]

    @cached_property
    def format(self) -> Format:
        """The package's tables, as their schemas describe them."""
        from reportedly.model.schema import Format

        return Format(tuple(map(self.table, self.tables)))

    def refusal(self, path: str, endings: tuple[str, ...] = (".csv", ".json")) -> Refusal | None:
        """Return why a file that the descriptor names must not or cannot be read, if so.

        Parameters
        ----------
        path
            Its path as the descriptor gives it.
        endings
            How its name may end: other software, pandas among it, unpacks a file for its name, such as .gz, .zip and .xz.
        """
        refused = check_path(path) or check_file(self.root, path, trusted=self._trusted)
        if refused is None and not path.endswith(endings):
            return Refusal("safe-path", f"the path {path!r} has another ending", " or ".join(endings), is_of_path=True)
        return refused

    def _own(self, path: str, endings: tuple[str, ...] = (".csv", ".json")) -> str:
        """Return the full path of a file that the descriptor names, if it may be read; opening it reports whether it is missing."""
        refused = self.refusal(path, endings)
        if refused and refused.rule != "missing-file":
            file = DESCRIPTOR if refused.is_of_path else path
            message = f"{file}: {refused.message} [{refused.rule}]. Expected: {refused.expected}"
            raise PackageError(f"{self.root}: {message}")
        return self.file(*path.split("/"))

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        """Yield a table's rows as they are in the file, every cell as text."""
        path = self.readable(table)
        try:
            with open(path, encoding="utf-8", newline="") as file:
                reader = csv.DictReader(file, strict=True)
                if reader.fieldnames is None:
                    raise PackageError(f"{path}: the file is empty; see `reportedly validate`")
                if not self._trusted and (message := _other_columns(reader.fieldnames, self.schema(table)["fields"])):
                    raise PackageError(f"{path}: {message}; see `reportedly validate`")
                for row in reader:
                    if not self._trusted:
                        _check_cells(row)
                    yield row
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise PackageError(f"{path}: {reason(error)}; see `reportedly validate`") from error


def _check_cells(row: dict[str, str]) -> None:
    """Refuse a cell that is too long: csv's own limit is the whole process's, and other libraries raise it."""
    if any(isinstance(cell, str) and len(cell) > limits.CELL for cell in row.values()):
        raise csv.Error(f"field larger than field limit ({limits.CELL})")


def _other_columns(header: Sequence[str], fields: Sequence[dict[str, Any]]) -> str:
    """Return which columns of the schema a header lacks and what it has besides, empty if it lacks none."""
    names = [field["name"] for field in fields]
    lacking = ", ".join(repr(name) for name in names if name not in header)
    besides = ", ".join(repr(name) for name in header if name not in names)
    return (f"the header lacks {lacking}" + (f", and has {besides}" if besides else "")) if lacking else ""


def _too_wide(path: str) -> str:
    """Return that the first row has more cells than the header, if so: pandas would take the first ones for names of the rows."""
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        # Blank lines are none to pandas.
        row = next((row for row in reader if "".join(row).strip() or len(row) > 1), [])
    return f"the first row has {len(row):,} cells, the header {len(header)}" if len(row) > len(header) > 0 else ""


@contextmanager
def package_errors(package: Package) -> Iterator[None]:
    """Report a package that breaks the format in one line, instead of whatever its reader stumbles over.

    Raises
    ------
    PackageError
        Where reading the package fails for what is in it.
    """
    try:
        yield
    except PackageError as error:
        # The folder that a zip file was unpacked to is gone when the message is read.
        if package.name != package.root and package.root in str(error):
            raise PackageError(str(error).replace(package.root, package.name), error.why) from error
        raise
    except ReportedlyError:
        raise
    except MemoryError as error:
        raise PackageError(f"{package.root}: takes more memory than there is") from error
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        message = (
            f"{package.root}: cannot be read as a package of this format ({error!r:.300}); see `reportedly validate`"
        )
        raise PackageError(message) from error
