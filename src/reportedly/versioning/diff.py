"""Compare two data packages of this format: versions, folders or zip files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reportedly.package.package import package_errors
from reportedly.package.releases import rules_of, versions
from reportedly.package.resolve import open_package
from reportedly.package.shipped import shipped
from reportedly.versioning.comparison import compare, contents, make_sense

if TYPE_CHECKING:
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
    ours, theirs = _contents(old), _contents(new)
    with package_errors(theirs.package):
        return compare(ours, theirs)


def _contents(source: Source) -> Contents:
    package = open_package(source)
    with package_errors(package):
        # The rules of other packages are not known: theirs is whatever they were last validated with.
        rules = rules_of(shipped().root, os.fspath(source)) if source in versions() else None
        found = contents(package, os.fspath(source), rules)
        make_sense(found)
        return found
