"""Files and folders that are either written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly.errors import TargetError
from reportedly.package import reason

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def whole(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a place to write to, and put what was written there in the target's place once all of it is there.

    The place has the target's name, in a new folder beside the target, so that writers may look at the name and the last step is a rename within
    one file system. A writer makes a file or a folder of it.

    Parameters
    ----------
    target
        The file or folder to make. Its folder is made where it is missing.
    force
        Replace what is there; of a link, the link itself.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    TargetError
        If the target is there already and is not to be replaced, or cannot be written.
    """
    try:
        _check(target, force=force)
        with (
            _parents(target),
            tempfile.TemporaryDirectory(prefix=".reportedly-", dir=target.parent) as folder,
        ):
            place = Path(folder, target.name)
            yield place
            _publish(place, target)
    except OSError as error:
        raise TargetError(f"{target}: {reason(error)}") from error


def _check(target: Path, *, force: bool) -> None:
    """Refuse a target that is there already, or must never be replaced."""
    # The place of such a target would be another than in the new folder.
    if target.name in {"", ".."}:
        raise TargetError(f"{target}: has no name of its own; name the file or folder to make")
    if not _is_there(target):
        return
    if not force:
        raise TargetError(f"{target}: is there already; --force replaces it")
    here = Path.cwd().resolve()
    if not target.is_symlink() and target.resolve() in {here, *here.parents}:
        raise TargetError(f"{target}: holds the working folder, which is never replaced")
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise TargetError(f"{target}: is neither a file nor a folder, and is never replaced")


def _is_there(path: Path) -> bool:
    """Return whether anything has a path, a link that leads nowhere included."""
    return path.is_symlink() or path.exists()


@contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Make the folders that a target lies in, and take them away again where nothing comes of it."""
    missing = [folder for folder in target.parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in missing:
            # Somebody else may have put something there meanwhile.
            with suppress(OSError):
                folder.rmdir()
        raise


def _publish(place: Path, target: Path) -> None:
    """Rename what was written to the target."""
    _readable(place)
    if not _is_there(target) or not (place.is_dir() or target.is_dir()):
        place.replace(target)
        return
    # A folder replaces nothing in one step, nor is it replaced: what is there steps aside, and is removed with the place's folder.
    aside = Path(tempfile.mkdtemp(dir=place.parent), target.name)
    try:
        target.replace(aside)
        place.replace(target)
    except BaseException:
        if _is_there(aside):
            aside.replace(target)
        raise


def _readable(place: Path) -> None:
    """Give what was written the permissions that a new file or folder of the user's gets."""
    mask = os.umask(0)
    os.umask(mask)
    for path in (place, *place.rglob("*")):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~mask)
