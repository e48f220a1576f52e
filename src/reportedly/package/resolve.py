"""One door: whatever names a data package, this opens it."""

from __future__ import annotations

import os
import re

from reportedly.errors import PackageError, VersionError, reason
from reportedly.package.descriptor import DESCRIPTOR
from reportedly.package.package import Package
from reportedly.package.paths import impossible
from reportedly.package.shipped import shipped


def open_package(source: str | os.PathLike[str] | None = None, version: str | None = None) -> Package:
    """Open a data package.

    Parameters
    ----------
    source
        A folder, a ``datapackage.json``, a zip file, or a version that `reportedly.versions` lists; the shipped dataset by default. A text that is a
        version means the version; ``"./0.1.0"`` means a folder of that name.
    version
        A version of the shipped dataset. Not together with ``source``.

    Returns
    -------
    Package
        What a zip file holds is unpacked to where temporary files go, and removed with the package.

    Raises
    ------
    PackageError
        If there is nothing by that name, or it is no data package.
    VersionError
        If both a source and a version are given.
    UnknownNameError
        If there is no such version.
    """
    if version is not None:
        if source is not None:
            raise VersionError(f"Give a package or a version, not both: {os.fspath(source)!r} has one version only.")
        return _release(version)
    if source is None:
        return shipped()
    path = os.fsdecode(source)
    if isinstance(source, str) and _is_version(source):
        return _release(source)
    try:
        return _at(path)
    except (OSError, ValueError) as error:
        # A name that is too long, or a folder that the user may not look into.
        raise PackageError(f"{path}: {reason(error)}") from error


def _at(path: str) -> Package:
    if why := impossible(path):
        raise PackageError(f"{path}: {why}")
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        if re.fullmatch(r"[0-9.]*[0-9][0-9.]*(?:-dev\.[0-9]+)?", path):
            return _release(path)
        raise PackageError(f"{path}: there is no such file or folder") from None
    if os.path.isdir(path):
        return Package(path, like=shipped())
    if os.path.basename(path) == DESCRIPTOR:
        return Package(os.path.dirname(path) or os.curdir, like=shipped())
    if path.lower().endswith(".zip"):
        from reportedly.package.archive import open_zip

        return open_zip(path, like=shipped())
    raise PackageError(f"{path}: no data package; give a folder, a {DESCRIPTOR}, a zip file or a version")


def _is_version(text: str) -> bool:
    # Late: whoever opens the shipped dataset need not look for others.
    from reportedly.package.releases import versions

    return text in versions()


def _release(version: str) -> Package:
    from reportedly.package.releases import release

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
    return list(open_package(None, version).tables)


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
    return open_package(None, version).path(table)
