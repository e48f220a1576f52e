"""Files and folders that are either written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
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
        Replace what is there.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    TargetError
        If the target is there already and is not to be replaced, or cannot be written.
    """
    if target.exists() and not force:
        raise TargetError(f"{target}: is there already; --force replaces it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".reportedly-", dir=target.parent) as folder:
            place = Path(folder, target.name)
            yield place
            _publish(place, target, Path(folder, "replaced"))
    except OSError as error:
        raise TargetError(f"{target}: {reason(error)}") from error


def _publish(place: Path, target: Path, aside: Path) -> None:
    """Rename what was written to the target; a folder cannot replace another in one step, so the old one steps aside."""
    _readable(place)
    if target.is_dir() and not target.is_symlink():
        target.replace(aside)
        place.replace(target)
        shutil.rmtree(aside)
    else:
        place.replace(target)


def _readable(place: Path) -> None:
    """Give what was written the permissions that a new file or folder of the user's gets."""
    mask = os.umask(0)
    os.umask(mask)
    for path in (place, *place.rglob("*")):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~mask)
