"""Compare two data packages of this format: versions, folders or zip files."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from reportedly.errors import PackageError
from reportedly.package.package import DESCRIPTOR, Package, address, reading, shipped
from reportedly.package.releases import release, rules_of, versions
from reportedly.versioning.comparison import compare, contents, make_sense

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.versioning.changes import Difference
    from reportedly.versioning.comparison import Contents

    Source = str | os.PathLike[str]


def diff(old: Source, new: Source) -> Difference:
    """Tell what changed between two versions or packages, row by row and cell by cell, and what version that asks for.

    Rows are matched by their primary key, each side is read with its own schemas.

    Parameters
    ----------
    old
        A version that `reportedly.versions` lists, or a folder, a ``datapackage.json`` or a zip file. A text that is a version means the version;
        ``"./0.1.0"`` means a folder of that name.
    new
        The same for what it is compared with.

    Returns
    -------
    Difference
        Its ``changes``, its ``bump`` and three ways to print it; false where the two say the same.

    Raises
    ------
    UnknownNameError
        If there is no such version.
    PackageError
        If a package cannot be read.

    Examples
    --------
    >>> import reportedly
    >>> bool(reportedly.diff("0.1.0", "0.1.0"))
    False
    """
    with ExitStack() as stack:
        ours, theirs = _contents(old, stack), _contents(new, stack)
        with _called(theirs.package, os.fspath(new)), reading(theirs.package):
            return compare(ours, theirs)


def _contents(source: Source, stack: ExitStack) -> Contents:
    package = _package(source, stack)
    with _called(package, os.fspath(source)), reading(package):
        # The rules of other packages are not known: theirs is whatever they were last validated with.
        rules = rules_of(shipped().root, os.fspath(source)) if source in versions() else None
        found = contents(package, os.fspath(source), rules)
        make_sense(found)
        return found


@contextmanager
def _called(package: Package, name: str) -> Iterator[None]:
    """Tell of an unpacked package by the name of its zip file: the folder that it was unpacked to is gone when that is read."""
    try:
        yield
    except PackageError as error:
        if not name.lower().endswith(".zip"):
            raise
        raise PackageError(str(error).replace(package.root, name)) from error


def _package(source: Source, stack: ExitStack) -> Package:
    """Return the package that a version or a path stands for."""
    path = os.fspath(source)
    if source in versions():
        return release(path)
    if os.path.isdir(path):  # noqa: PTH112 - pathlib costs 10 ms at start-up
        return Package(path)
    if not os.path.exists(path):  # noqa: PTH110 - as above
        if re.fullmatch(r"[0-9.]*[0-9][0-9.]*(?:-dev\.[0-9]+)?", path):
            return release(path)
        raise PackageError(f"{path}: {address(path) or 'there is no such version, file or folder'}")
    if os.path.basename(path) == DESCRIPTOR:  # noqa: PTH119 - as above
        return Package(os.path.dirname(path) or os.curdir)  # noqa: PTH120 - as above
    if path.lower().endswith(".zip"):
        from reportedly.package.archive import unpacked_until

        return Package(unpacked_until(stack, path))
    raise PackageError(f"{path}: no data package; give a version, a folder, a {DESCRIPTOR} or a zip file")
