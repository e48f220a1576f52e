"""Zip files unpacked to where temporary files go: packages, and the dataset of an installation that is imported from one, such as the wheel."""

from __future__ import annotations

import atexit
import io
import os
import shutil
import stat
import struct
import tempfile
import unicodedata
import weakref
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from reportedly import limits
from reportedly.errors import PackageError, reason
from reportedly.package.descriptor import DESCRIPTOR
from reportedly.package.package import Package
from reportedly.package.paths import is_inside
from reportedly.text.display import clip

# The bit of an entry of a zip file that says so; APPNOTE 4.4.4, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
_ENCRYPTED = 0x1


def unpack_own(archive: str, folder: str) -> str:
    """Unpack a folder of the zip file that this package is imported from, and remove it again when Python ends.

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
    return os.path.join(place, *folder.split("/"))


def open_zip(archive: str, like: Package) -> Package:
    """Open a zipped data package: unpack it to where temporary files go, and remove that with the package or when Python ends.

    Parameters
    ----------
    archive
        The zip file.
    like
        The package of this installation.

    Raises
    ------
    PackageError
        If there is no place for temporary files, or the zip file holds no package or anything that must not be unpacked.
    """
    try:
        folder = tempfile.mkdtemp(prefix="reportedly-")
    except OSError as error:
        raise PackageError(f"{archive}: cannot be unpacked: {reason(error)}") from error
    try:
        package = Package(unpack(archive, folder), like=like, name=archive)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(package, shutil.rmtree, folder, ignore_errors=True)
    return package


def unpack(archive: str, folder: str) -> str:
    """Unpack a zipped data package.

    Parameters
    ----------
    archive
        The zip file.
    folder
        An empty folder to unpack into.

    Returns
    -------
    str
        The folder that holds the descriptor.

    Raises
    ------
    PackageError
        If it is no zip file, holds no descriptor, or holds anything that could leave the folder, take the place of another file or fill the disk.
    """
    try:
        size = limits.regular_size(archive)
        if size is None:
            raise PackageError(f"{archive}: not a regular file")
        with _Archive(archive) as file, zipfile.ZipFile(file) as packed:
            members = packed.infolist()
            found = _too_much(members, size) or next(filter(None, map(_unsafe, members)), "") or _collision(members)
            if found:
                raise PackageError(f"{archive}: {found}")
            home = _home(members)
            packed.extractall(folder)
    except (OSError, EOFError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error) as error:
        raise PackageError(f"{archive}: {reason(error)}") from error
    return str(Path(folder, home))


class _Archive(io.FileIO):
    """A zip file whose list of files stays unread where it is too long: zipfile reads it in one go, before anybody can look at it."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the bytes asked for, unless nothing but a list of too many files can be so long."""
        if size is not None and size > limits.ARCHIVE_LIST_BYTES:
            raise zipfile.BadZipFile(f"more than {limits.ARCHIVE_FILES} files")
        return super().read(size) or b""


def _too_much(members: list[zipfile.ZipInfo], size: int) -> str:
    """Return why an archive is not unpacked at all, if so."""
    unpacked = sum(member.file_size for member in members)
    too_large = f"{unpacked:,} bytes when unpacked, more than"
    reasons = {
        f"more than {limits.ARCHIVE_FILES} files: {len(members)}": len(members) > limits.ARCHIVE_FILES,
        f"{too_large} {limits.ARCHIVE_BYTES:,}": unpacked > limits.ARCHIVE_BYTES,
        f"{too_large} {limits.ARCHIVE_RATIO} times its size": unpacked > limits.ARCHIVE_RATIO * size,
    }
    return next((why for why, holds in reasons.items() if holds), "")


def _unsafe(member: zipfile.ZipInfo) -> str:
    """Return why an entry of an archive is not unpacked, if so. ISO/IEC 21320-1 asks for the same of documents in zip files."""
    name = clip(member.orig_filename)
    # Zip files made on Windows have no mode.
    kind = stat.S_IFMT(member.external_attr >> 16) or stat.S_IFREG
    inside = is_inside(member.filename) and "\0" not in member.orig_filename and kind in {stat.S_IFREG, stat.S_IFDIR}
    reasons = {
        "would leave the package": not inside,
        "is encrypted": member.flag_bits & _ENCRYPTED,
        "is neither stored nor deflated": member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED},
    }
    return next((f"holds {name}, which {why}" for why, holds in reasons.items() if holds), "")


def _collision(members: list[zipfile.ZipInfo]) -> str:
    """Return which entry of an archive would take the place of another one, here or on a system that looks less closely at names."""
    seen: set[str] = set()
    for member in members:
        name = unicodedata.normalize("NFC", member.filename).casefold()
        if name in seen:
            return f"holds {clip(member.filename)} more than once"
        seen.add(name)
    return ""


def _home(members: list[zipfile.ZipInfo]) -> PurePosixPath:
    """Return the folder that holds the descriptor, the uppermost if there are several.

    Raises
    ------
    BadZipFile
        If there is none, or two of them on one level.
    """
    paths = [PurePosixPath(member.filename) for member in members if not member.is_dir()]
    homes = sorted((path.parent for path in paths if path.name == DESCRIPTOR), key=lambda home: len(home.parts))
    if not homes:
        raise zipfile.BadZipFile(f"holds no {DESCRIPTOR}")
    if len(homes) > 1 and len(homes[0].parts) == len(homes[1].parts):
        raise zipfile.BadZipFile(
            f"holds two {DESCRIPTOR} side by side, in {clip(str(homes[0]))} and {clip(str(homes[1]))}"
        )
    return homes[0]
