"""A data package on disk: its descriptor, its tables and where they are.

The format is Data Package v2 (https://datapackage.org/standard/data-package/). Everything here reads with the standard
library alone, so that commands that only list or show answer at once.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from contextlib import contextmanager
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from reportedly import limits
from reportedly.errors import TOO_DEEP, PackageError, ReportedlyError, UnknownNameError, VersionError, reason
from reportedly.model.schema import Format, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO

    from reportedly.validation.report import Issue

DESCRIPTOR = "datapackage.json"
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib costs 10 ms at start-up


# A rule that is broken, what is wrong, and what would be right.
Fault = tuple[str, str, str]
_REGULAR = "a regular file inside of the package"


class Package:
    """A data package in a folder.

    Parameters
    ----------
    root
        The folder that holds ``datapackage.json``.
    trusted
        Whether the package is this installation's own. Installers may make each of its files a link; somebody else's link may lead anywhere.

    Raises
    ------
    PackageError
        If no folder can have such a path; when a file of the package is first read and cannot be, or must not be.
    """

    def __init__(self, root: str | os.PathLike[str], *, trusted: bool = False) -> None:
        self.root = os.fsdecode(root)
        if found := unfit_path(self.root):
            raise PackageError(f"{self.root}: {found}")
        self._trusted = trusted

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
        return os.path.join(self.root, *parts)  # noqa: PTH118 - as above

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
            If what the descriptor names is no regular file inside of the package, or a file that is too large. It may be missing.
        """
        return self._own(str(self.resource(table)["path"]))

    def readable(self, table: str) -> str:
        """Return the absolute path of a table's CSV file, once its lines are known to be within the limits.

        Raises
        ------
        PackageError
            As `path`, or if the file is missing, its lines are too long or too many, or its first row has more cells than the header.
        """
        path = self.path(table)
        try:
            found = "" if self._trusted else limits.unfit_table(path) or _too_wide(path)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise PackageError(f"{path}: {reason(error)}; see `reportedly validate`") from error
        if found:
            raise PackageError(f"{path}: {found}; see `reportedly validate`")
        # A relative one could look like an address, or like a folder of the user's, to what opens it.
        return os.path.abspath(path)  # noqa: PTH100 - as above

    def schema(self, table: str) -> dict[str, Any]:
        """Return a table's Table Schema descriptor."""
        schema = self.resource(table)["schema"]
        return schema if isinstance(schema, dict) else read_json(self._own(str(schema), (".json",)))

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {}

    def table(self, name: str) -> Table:
        """Return a table as its schema describes it, with the roles of the installed format where an older schema has none.

        Raises
        ------
        UnknownNameError
            If there is no such table.
        """
        if name not in self._tables:
            table = Table.from_descriptor(self.schema(name), name)
            if self is not shipped() and name in shipped().tables:
                table = table.with_roles_of(shipped().table(name))
            self._tables[name] = table
        return self._tables[name]

    @cached_property
    def format(self) -> Format:
        """The package's tables, as their schemas describe them."""
        return Format(tuple(map(self.table, self.tables)))

    def problem(self, path: str, table: str = "", endings: tuple[str, ...] = (".csv", ".json")) -> Issue | None:
        """Return why a file that the descriptor names must not or cannot be read, if so.

        Parameters
        ----------
        path
            Its path as the descriptor gives it.
        table
            The table that it belongs to, for the finding.
        endings
            How its name may end.

        Returns
        -------
        Issue, or None
            A finding of the rule ``safe-path``, ``missing-file`` or ``size``.
        """
        found = _odd(path) or self._unfit(path)
        if found is None and path.endswith(endings):
            return None
        # Other software, pandas among it, unpacks a file for its name: .gz, .zip, .xz.
        found = found or ("safe-path", "the path {} has another ending", " or ".join(endings))
        # Whoever reads a good package need not wait for the words about bad ones.
        from reportedly.text.display import clip
        from reportedly.validation.report import Issue

        rule, message, expected = found
        if message.startswith("the path"):
            return Issue(DESCRIPTOR, rule, message.format(clip(path)), expected, table=table)
        return Issue(path, rule, message, expected, table=table)

    def _unfit(self, path: str) -> Fault | None:
        """Return why the file at a path that is not odd must not or cannot be read, if so."""
        full = self.file(*path.split("/"))
        most = limits.JSON_BYTES if path.endswith(".json") else limits.TABLE_BYTES
        try:
            if not self._trusted and self._leads_out(full):
                return "safe-path", "a link leads out of the package", _REGULAR
            size = limits.regular_size(full)
        except OSError as error:
            why = "there is no such file" if isinstance(error, FileNotFoundError) else reason(error)
            return "missing-file", why, "the file, or no mention of it"
        if size is None:
            return "safe-path", "this is no regular file", _REGULAR
        return ("size", f"the file has {size:,} bytes", f"{most:,} bytes at most") if size > most else None

    def _leads_out(self, path: str) -> bool:
        home = os.path.realpath(self.root)
        return os.path.commonpath([home, os.path.realpath(path)]) != home

    def _own(self, path: str, endings: tuple[str, ...] = (".csv", ".json")) -> str:
        """Return the full path of a file that the descriptor names, if it may be read; whoever opens it tells if it is missing."""
        problem = self.problem(path, endings=endings)
        if problem and problem.rule != "missing-file":
            raise PackageError(f"{self.root}: {problem}")
        return self.file(*path.split("/"))

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        """Yield a table's rows as they stand in the file, every cell as text."""
        path = self.readable(table)
        try:
            with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - as above
                reader = csv.DictReader(file, strict=True)
                if reader.fieldnames is None:
                    raise PackageError(f"{path}: the file is empty; see `reportedly validate`")
                if not self._trusted and (told := _other_columns(reader.fieldnames, self.schema(table)["fields"])):
                    raise PackageError(f"{path}: {told}; see `reportedly validate`")
                for row in reader:
                    if not self._trusted:
                        _check_cells(row)
                    yield row
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise PackageError(f"{path}: {reason(error)}; see `reportedly validate`") from error


def is_inside(path: str) -> bool:
    """Return whether a path can only lead to something inside of the folder that it is relative to, on any system."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    return bool(parts) and not path.startswith("/") and ".." not in parts and not set(path) & set("\\:")


def address(path: str) -> str:
    """Return why an address is no path, empty if it is one."""
    # pathlib makes one slash of the two. A disk of Windows has one letter.
    if not re.match("[A-Za-z][A-Za-z0-9+.-]+:/", path) or os.path.exists(path):  # noqa: PTH110 - as above
        return ""
    return "this is an address, and only files on this computer are read and written; download it and name the file"


def unfit_path(path: str) -> str:
    """Return why no file on this system can have a path, empty if one can."""
    if found := address(path):
        return found
    if "\0" in path:
        return "no path can hold a NUL character"
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return "no path can hold half a character"
    return ""


def is_utf8(text: str) -> bool:
    """Return whether UTF-8 can hold a text: an argument of other bytes comes with half characters in their place."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _odd(path: str) -> Fault | None:
    """Return why a path must not even be looked at, if so."""
    if not path.isprintable() or len(path) > limits.PATH:
        return "safe-path", "the path {} is too long, or holds what nobody can read", f"{limits.PATH} letters at most"
    if not is_inside(path):
        return "safe-path", "the path {} leaves the package", "a relative path that never leads out of the package"
    return None


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
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - as above
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        # Blank lines are none to pandas.
        row = next((row for row in reader if "".join(row).strip() or len(row) > 1), [])
    return f"the first row has {len(row):,} cells, the header {len(header)}" if len(row) > len(header) > 0 else ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; where a name stands twice, other software may take the other value."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:60]!r} stands twice in an object")
        found[name] = value
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _check(found: Any) -> None:
    if not isinstance(found, dict):
        raise TypeError(f"holds {type(found).__name__}, not a JSON object")
    level: list[Any] = [found]
    for _ in range(limits.JSON_DEPTH):
        inner = (one.values() if isinstance(one, dict) else one for one in level)
        level = [child for children in inner for child in children if isinstance(child, (dict, list))]
        if not level:
            return
    raise ValueError(TOO_DEEP)


def read_json(path: str) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises
    ------
    PackageError
        If the file cannot be read, is not JSON or holds something else.
    """
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as above
            found: dict[str, Any] = json.load(file, object_pairs_hook=_once, parse_constant=_no_number)
        _check(found)
    except (OSError, TypeError, ValueError, RecursionError) as error:
        raise PackageError(f"{path}: {reason(error)}", reason(error)) from error
    return found


def as_json(value: Any) -> str:
    """Return a value as JSON for readers: indented, in its own order, words as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def archive() -> str | None:
    """Return the zip file that this package is imported from, if it is one."""
    return getattr(__spec__ and __spec__.loader, "archive", None)


@cache
def shipped() -> Package:
    """Return the dataset that came with this installation, or that of the checkout it runs from."""
    packed = os.path.join(_HERE, "_package")  # noqa: PTH118 - as above
    zipped = archive()
    if zipped:
        from reportedly.package.archive import unpacked

        packed = unpacked(zipped, os.path.relpath(packed, zipped).replace(os.sep, "/"))
    checkout = os.path.dirname(os.path.dirname(_HERE))  # noqa: PTH120 - as above
    return Package(packed if os.path.isdir(packed) else checkout, trusted=True)  # noqa: PTH112 - as above


@cache
def keys_into(target: str) -> dict[str, tuple[str, ...]]:
    """Return the fields that are keys into a table of the format, by the tables that have such."""
    found = {
        table: tuple(
            key["fields"][0]
            for key in shipped().schema(table).get("foreignKeys", ())
            # Blank is the table itself: https://datapackage.org/standard/table-schema/#foreignKeys
            if (key["reference"]["resource"] or table) == target
        )
        for table in shipped().tables
    }
    return {table: names for table, names in found.items() if names}


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
    except MemoryError as error:
        raise PackageError(f"{package.root}: takes more memory than there is") from error
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        told = f"{package.root}: cannot be read as a package of this format ({error!r:.300}); see `reportedly validate`"
        raise PackageError(told) from error


def package_of(source: str | os.PathLike[str] | None, version: str | None = None) -> Package:
    """Return the package at a folder, or the shipped one, as it is or as it was in a version.

    Raises
    ------
    PackageError
        If what is named is a file, but for a descriptor: only `validate` and `diff` unpack.
    VersionError
        If both a folder and a version are given.
    UnknownNameError
        If there is no such version.
    """
    if version is None:
        return shipped() if source is None else _at(os.fsdecode(source))
    from reportedly.package.releases import release

    if source is not None:
        raise VersionError(f"Give a package or a version, not both: {os.fspath(source)!r} has one version only.")
    return release(version)


def _at(path: str) -> Package:
    if not os.path.isfile(path):  # noqa: PTH113 - as above
        return Package(path)
    folder, name = os.path.split(path)
    if name == DESCRIPTOR:
        return Package(folder or os.curdir)
    raise PackageError(
        f"{path}: this is no folder; name the one that holds {DESCRIPTOR}, of a zip file once it is unpacked"
    )


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
        An absolute path; where this package is imported from a zip file, that of a copy that is gone when Python ends.

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
    write_rows(out, rows, columns)
    return out.getvalue()


def write_rows(file: TextIO, rows: Iterable[dict[str, str]], columns: list[str]) -> None:
    """Write rows to an open file as `write_csv` returns them, one at a time."""
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
