"""Tell of a package whose cells a format refuses, in one line instead of a library's own error."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from reportedly.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.exports.prepare import Sheet


@contextmanager
def told(sheet: Sheet, *refusals: type[Exception]) -> Iterator[None]:
    """Turn the refusal of a sheet's cells into a package's error.

    Parameters
    ----------
    sheet
        The sheet that is being written.
    refusals
        What the format's library raises for a cell that its column does not allow.

    Raises
    ------
    PackageError
        Where a cell is refused, or does not read as its field's type.
    """
    known: tuple[type[Exception], ...] = (ValueError, OverflowError, *refusals)
    try:
        yield
    except known as error:
        first = str(error).strip().splitlines()[0]
        raise PackageError(f"{sheet.name}: {first}; see `reportedly validate`") from error
