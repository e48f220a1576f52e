"""The dataset that came with this installation."""

from __future__ import annotations

import os
from functools import cache

from reportedly.package.package import Package

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def archive() -> str | None:
    """Return the zip file that this package is imported from, if it is one."""
    return getattr(__spec__ and __spec__.loader, "archive", None)


@cache
def shipped() -> Package:
    """Return the dataset that came with this installation, or that of the checkout it runs from."""
    packed = os.path.join(_HERE, "_package")
    zipped = archive()
    if zipped:
        from reportedly.package.archive import unpack_own

        packed = unpack_own(zipped, os.path.relpath(packed, zipped).replace(os.sep, "/"))
    checkout = os.path.dirname(os.path.dirname(_HERE))
    return Package(packed if os.path.isdir(packed) else checkout, trusted=True)
