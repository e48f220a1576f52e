"""Zip files unpacked to where temporary files go: packages, and the dataset of an installation that is imported from one, such as the wheel."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import zipfile
from typing import TYPE_CHECKING

from reportedly.errors import PackageError
from reportedly.package.package import reason

if TYPE_CHECKING:
    from contextlib import ExitStack


def unpacked(archive: str, folder: str) -> str:
    """Unpack a folder of a zip file to where temporary files go, and take it away again when Python ends.

    Parameters
    ----------
    archive
        The zip file.
    folder
        The folder's path in it, with slashes.

    Returns
    -------
    str
        Where the folder's contents are.

    Raises
    ------
    PackageError
        If there is no place for temporary files, or the zip file cannot be read.
    """
    try:
        place = tempfile.mkdtemp(prefix="reportedly-")
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(place, [name for name in packed.namelist() if name.startswith(f"{folder}/")])
    except (OSError, zipfile.BadZipFile) as error:
        raise PackageError(f"{archive}: cannot be unpacked: {reason(error)}") from error
    return os.path.join(place, *folder.split("/"))  # noqa: PTH118 - a text, as all paths of packages are


def unpacked_until(stack: ExitStack, archive: str) -> str:
    """Unpack a zipped data package to where temporary files go, and take it away again when a stack of contexts ends.

    Parameters
    ----------
    stack
        What ends with the use of the package.
    archive
        The zip file.

    Returns
    -------
    str
        The folder that holds the descriptor.

    Raises
    ------
    PackageError
        If there is no place for temporary files, or the zip file holds no package or anything that must not be unpacked.
    """
    from reportedly.validation.files import unpack

    try:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reportedly-"))
    except OSError as error:
        raise PackageError(f"{archive}: cannot be unpacked: {reason(error)}") from error
    return unpack(archive, folder)
