"""The versions of the dataset that this installation holds: every released one, byte for byte as it was, and its own."""

from __future__ import annotations

import os

from reportedly.errors import UnknownNameError
from reportedly.model.version import Version
from reportedly.package.descriptor import DESCRIPTOR
from reportedly.package.package import Package
from reportedly.package.shipped import shipped

FOLDER = "releases"


def order(version: str) -> Version:
    """Return what versions are sorted by: 0.10.0 comes after 0.9.0, and 0.2.0-dev.0 before 0.2.0. What is no version comes first."""
    return Version.read(version) or Version(0, 0, 0, is_final=False)


def frozen(root: str) -> list[str]:
    """Return the versions that are frozen under a package's root, the oldest first."""
    folder = os.path.join(root, FOLDER)
    names = os.listdir(folder) if os.path.isdir(folder) else []
    held = [name for name in names if os.path.isfile(os.path.join(folder, name, DESCRIPTOR))]
    return sorted(held, key=order)


def is_frozen(version: str) -> bool:
    """Return whether a version is released, and so will never change."""
    return version in frozen(shipped().root)


def versions() -> list[str]:
    """List the versions of the dataset that can be loaded.

    Returns
    -------
    list of str
        Every released version and the installed one, the oldest first.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.versions()[0]
    '0.1.0'
    """
    root = shipped().root
    return sorted({*frozen(root), shipped().version}, key=order)


def release(version: str) -> Package:
    """Return the dataset as it was in a version.

    Parameters
    ----------
    version
        A version that `versions` lists.

    Returns
    -------
    Package
        The frozen release; for the installed version before it is released, the dataset as it is.

    Raises
    ------
    UnknownNameError
        If there is no such version; the message lists the versions.
    """
    root = shipped().root
    if version in frozen(root):
        return Package(os.path.join(root, FOLDER, version), trusted=True, like=shipped(), name=version)
    if version == shipped().version:
        return shipped()
    raise UnknownNameError("version", version, versions())
