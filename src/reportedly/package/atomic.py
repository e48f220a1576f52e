"""Files and folders that are written whole or not at all.

What is written is made in a new folder beside the target; `os.replace` then puts it in the target's place. A folder that is replaced steps aside
first: a kill between those two renames leaves the old one beside the target under its name and `.old`.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reportedly.errors import TargetError, reason
from reportedly.package.paths import impossible

if TYPE_CHECKING:
    from collections.abc import Iterator

# More than a library asks a disk for at once.
_MUCH = 1 << 20


def refuse_missing_folder(target: Path) -> None:
    """Refuse a target in a folder that does not exist: that is a typing error more often than a wish.

    Raises
    ------
    TargetError
        If there is no such folder.
    """
    if why := impossible(str(target)):
        raise TargetError(f"{target}: {why}")
    folder = target.parent
    # `atomic` says more of a folder under a file, and of one that may not be looked into.
    if not os.path.lexists(folder) and not any(parent.is_file() for parent in folder.parents):
        raise TargetError(f"{target}: {folder}: no such file or directory; make the folder first")


@contextmanager
def atomic(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a place to write to, and put what was written there in the target's place once all of it is there.

    Parameters
    ----------
    target
        The file or folder to make. Its folder is made where it is missing.
    force
        Replace what is there; of a link, the link itself.

    Yields
    ------
    Path
        Where to write a file or a folder. It has the target's name, in a new folder beside it.

    Raises
    ------
    TargetError
        If the target exists already and is not to be replaced, or cannot be written.
    """
    try:
        _check(target, force=force)
        with (
            _parents(target),
            TemporaryDirectory(prefix=".reportedly-", dir=target.parent, ignore_cleanup_errors=True) as made,
        ):
            place = Path(made, target.name)
            try:
                yield place
            except (OSError, TargetError):
                # What libraries say of a full disk is anything from a riddle to a page; this fails with the disk's own reason.
                Path(made, f"{target.name}.probe").write_bytes(bytes(_MUCH))
                raise
            _readable(place)
            _publish(place, target, force=force)
    except OSError as error:
        raise TargetError(f"{target}: {reason(error)}") from error


def _check(target: Path, *, force: bool) -> None:
    """Refuse a target that exists already, or must never be replaced."""
    if why := impossible(str(target)):
        raise TargetError(f"{target}: {why}")
    if target.name in {"", ".."}:
        raise TargetError(f"{target}: has no name of its own; name the file or folder to make")
    if not os.path.lexists(target):
        return
    if not force:
        raise _taken(target)
    here = Path.cwd().resolve()
    if not target.is_symlink() and target.resolve() in {here, *here.parents}:
        raise TargetError(f"{target}: holds the working folder, which is never replaced")
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise TargetError(f"{target}: is neither a file nor a folder, and is never replaced")


def _taken(target: Path) -> TargetError:
    return TargetError(f"{target}: is there already; --force replaces it")


@contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Make the folders that a target is in, and remove them again where nothing comes of it."""
    missing = [folder for folder in target.parents if not folder.exists()]
    nearest = target.parents[len(missing)]
    if not nearest.is_dir():
        raise TargetError(f"{target}: {nearest} is no folder")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in missing:
            # Somebody else may have put something there meanwhile.
            with suppress(OSError):
                folder.rmdir()
        raise


def _readable(place: Path) -> None:
    """Give what was written the permissions of a new file or folder of the user's."""
    mask = os.umask(0)
    os.umask(mask)
    for path in (place, *place.rglob("*")):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~mask)


def _publish(place: Path, target: Path, *, force: bool) -> None:
    """Put what was written in the target's place."""
    if not force and os.path.lexists(target):
        raise _taken(target)
    if not (target.is_dir() and not target.is_symlink()) and not (place.is_dir() and os.path.lexists(target)):
        place.replace(target)
        return
    aside = target.with_name(f"{target.name}.old")
    if os.path.lexists(aside):
        raise TargetError(f"{aside}: is in the way of replacing {target.name}; move or remove it first")
    target.rename(aside)
    try:
        place.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside)
    else:
        aside.unlink()
