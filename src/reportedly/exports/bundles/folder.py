"""What exports that make a folder of CSV files have in common: the files, with the sizes and digests that their metadata has."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from reportedly.errors import PackageError
from reportedly.package.descriptor import as_json

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.package.contents import Contents


class File(NamedTuple):
    """A file that was written.

    Attributes
    ----------
    path
        Where it is, from the folder on, with slashes.
    size
        Its bytes.
    sha256
        Their SHA-256 digest, in lower-case hexadecimal.
    """

    path: str
    size: int
    sha256: str


def put(folder: Path, path: str, data: bytes) -> File:
    """Write a file of a folder.

    Parameters
    ----------
    folder
        The folder that is exported to.
    path
        Where the file goes, from the folder on, with slashes.
    data
        What it holds.

    Returns
    -------
    File
        What the metadata says about it.

    Raises
    ------
    PackageError
        If the path leads out of the folder.
    """
    parts = path.split("/")
    if not all(parts) or ".." in parts or "\\" in path:
        raise PackageError(f"{path}: leads out of the package; see `reportedly validate`")
    place = folder.joinpath(*parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return File(path, len(data), hashlib.sha256(data).hexdigest())


def put_json(folder: Path, path: str, value: Any) -> File:
    """Write a JSON file of a folder, indented for readers, and return what the metadata says about it."""
    return put(folder, path, as_json(value).encode())


def put_tables(contents: Contents, folder: Path) -> dict[str, File]:
    """Write each table as a CSV file, and return the files by table."""
    return {table.name: put(folder, f"{table.name}.csv", table.csv().encode()) for table in contents.tables}
