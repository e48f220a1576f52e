"""Files and folders that are either written whole or not at all.

What is written stands in a new folder beside the target until all of it is there; one rename then puts it in the target's place. A command that is
killed, at whatever moment, leaves the old or the new, never half of either. The folder that it leaves behind is taken away by the next that writes beside it.

Nothing is forced to the disk: what is left after a power cut is the file system's matter, since all that is written here can be made again.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly.errors import TargetError, reason
from reportedly.package.package import unfit_path

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX, _SUFFIX = ".reportedly-", ".part"
# In the folder that is written in: what is made, what steps aside for it where the two cannot change places, and what tries whether the disk is full.
_NEW, _OLD, _PROBE = "new", "old", "probe"
# Seconds that nobody takes from making a folder to holding it.
_MOMENT = 60
# More than a library asks a disk for at once.
_MUCH = 1 << 20
# What renameat2 does (https://man7.org/linux/man-pages/man2/rename.2.html), and how it says that a kernel or file system cannot do it.
_NO_REPLACE, _EXCHANGE = 1, 2
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}


def refuse_missing_folder(target: Path) -> None:
    """Refuse a target of a user's in a folder that is missing: it is a slip of the pen more often than a wish.

    Raises
    ------
    TargetError
        If there is no such folder.
    """
    if unfit := unfit_path(str(target)):
        raise TargetError(f"{target}: {unfit}")
    folder = target.parent
    # Of a folder under a file, and of one that may not be looked into, `whole` tells more.
    if not os.path.lexists(folder) and not any(parent.is_file() for parent in folder.parents):
        raise TargetError(f"{target}: {folder}: no such file or directory; make the folder first")


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
        with _parents(target), _workshop(target.parent) as folder:
            place = folder / _NEW / target.name
            try:
                yield place
            except (OSError, TargetError):
                _probe(folder)
                raise
            _readable(place)
            _publish(place, target, force=force)
    except OSError as error:
        raise TargetError(f"{target}: {reason(error)}") from error


def _check(target: Path, *, force: bool) -> None:
    """Refuse a target that is there already, or must never be replaced."""
    if found := unfit_path(str(target)):
        raise TargetError(f"{target}: {found}")
    # The place of such a target would be another than in the new folder.
    if target.name in {"", ".."}:
        raise TargetError(f"{target}: has no name of its own; name the file or folder to make")
    if not _is_there(target):
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


def _is_there(path: Path) -> bool:
    """Return whether anything has a path, a link that leads nowhere included."""
    return path.is_symlink() or path.exists()


@contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Make the folders that a target lies in, and take them away again where nothing comes of it."""
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


# --- the folder that is written in ------------------------------------------------------------------------------------


@contextmanager
def _workshop(parent: Path) -> Iterator[Path]:
    """Make a folder to write in, held until it is taken away again, and take away what others that were killed left behind."""
    _clear(parent)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, suffix=_SUFFIX, dir=parent, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with _held(folder):
            (folder / _NEW).mkdir()
            yield folder


def _clear(parent: Path) -> None:
    """Take away the folders that nobody holds, and put back what had stepped aside when its writer was killed."""
    for folder in parent.glob(f"{_PREFIX}*{_SUFFIX}"):
        # One that another process holds, or that is another user's, stays.
        with suppress(OSError), _held(folder, wait=False):
            if not _is_left(folder):
                continue
            for old in (folder / _OLD).glob("*"):
                if not _is_there(parent / old.name):
                    old.rename(parent / old.name)
            shutil.rmtree(folder)


def _is_left(folder: Path) -> bool:
    """Return whether a folder that nobody holds was made here and is of no more use."""
    found = {path.name for path in folder.iterdir()}
    # An empty one may have been made just now, by a process that is about to hold it.
    return found <= {_NEW, _OLD, _PROBE} and (bool(found) or time.time() - folder.stat().st_mtime > _MOMENT)


if sys.platform == "win32":

    @contextmanager
    def _held(folder: Path, *, wait: bool = True) -> Iterator[None]:
        """Hold nothing: a folder cannot be held on Windows, so what was left behind stays."""
        if not wait:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        yield

else:
    import fcntl

    @contextmanager
    def _held(folder: Path, *, wait: bool = True) -> Iterator[None]:
        """Hold a folder until the block or the process ends, or raise an OSError where another process holds it and there is no waiting."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if wait:
                # A file system that knows no locks lets nobody else have one either.
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(descriptor)


def _probe(folder: Path) -> None:
    """Fail for the reason that the disk gives, where it takes no more: what a library says of it is anything from a riddle to a page."""
    (folder / _PROBE).write_bytes(bytes(_MUCH))


def _readable(place: Path) -> None:
    """Give what was written the permissions that a new file or folder of the user's gets."""
    mask = os.umask(0)
    os.umask(mask)
    for path in (place, *place.rglob("*")):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~mask)


# --- the last step ----------------------------------------------------------------------------------------------------


def _publish(place: Path, target: Path, *, force: bool) -> None:
    """Put what was written in the target's place."""
    if force and not place.is_dir() and (target.is_symlink() or not target.is_dir()):
        place.replace(target)
        return
    try:
        _rename(place, target, _NO_REPLACE)
    except FileExistsError:
        if not force:
            raise _taken(target) from None
        _exchange(place, target)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        # In the moment before the rename another may have put something there: only an empty folder or a file would be lost.
        if not _is_there(target):
            place.rename(target)
        elif force:
            _step_aside(place, target)
        else:
            raise _taken(target) from None


def _exchange(place: Path, target: Path) -> None:
    """Let what was written and what is there change places in one step, as a folder can be replaced in no other way."""
    try:
        _rename(place, target, _EXCHANGE)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        _step_aside(place, target)


def _step_aside(place: Path, target: Path) -> None:
    """Let what is there step aside for what was written: in two steps, between which only the next writer puts it back if this one is killed."""
    aside = place.parent.with_name(_OLD) / target.name
    aside.parent.mkdir()
    try:
        target.rename(aside)
        place.rename(target)
    except BaseException:
        if _is_there(aside) and not _is_there(target):
            aside.rename(target)
        raise


def _rename(place: Path, target: Path, flag: int) -> None:
    """Rename as renameat2 does, which Python has no function for."""
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    # Both paths are absolute, or taken from the working folder.
    at = -100
    if rename(at, os.fsencode(place), at, os.fsencode(target), flag):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(place), None, str(target))
