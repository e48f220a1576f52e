"""How large somebody else's files may be.

What is larger is refused before it is read, so that no file can fill a computer's memory or keep it busy for hours. Each limit is far above what
the format needs, and is here alone.
"""

from __future__ import annotations

import os
import stat

KIB, MIB = 1024, 1024**2

# A million claims take about 320 MB.
TABLE_BYTES = 512 * MIB
# Twice a million rows and their header. Many short rows take far more memory than their bytes.
TABLE_LINES = 2_000_001
# The widest table has 20 columns.
COLUMNS = 64
# What Python's csv module reads unless it is set otherwise (https://docs.python.org/3/library/csv.html#csv.field_size_limit).
CELL = 131_072
# A whole row fits many times over; what has no line feed for so long is no table.
LINE_BYTES = MIB

# What is joined into a flat table: of the shipped tables some 300 characters a row. One claim's words or one long chain may be in every row,
# so that a small package would ask for a length that grows with the square of its own.
FLAT_ROW = KIB
FLAT_BESIDES = 64 * MIB
# How often words that begin inside a claim are looked at for it; a hundred for each claim of a hundred thousand. Most end inside it too.
FLAT_LOOKS = 10_000_000

# The shipped descriptor and the longest schema have less than 30 kB.
JSON_BYTES = 8 * MIB
# The shipped schemas are nested 7 deep; Python stumbles over what is nested a thousand deep.
JSON_DEPTH = 32
# What most systems take for the name of a file.
PATH = 255
# The format has nine.
RESOURCES = 64

# How many findings of one check are reported: nobody reads more before mending what causes them, and each takes half a kilobyte. The others are counted.
FINDINGS = 1_000

# How many pairs of spans in articles are compared to find the innermost: ten thousand claims with ten thousand figures, half a minute.
PAIRS = 100_000_000

# An article has some thousand characters, the longest reports and hearings some million.
TEXT_BYTES = 64 * MIB
# How many characters verifying passes over: a hundred rows that are gone from a text of ten million characters need a tenth of it, and some two minutes.
EFFORT = 200_000_000_000

# Three tables of the greatest size, and what else people put into an archive.
ARCHIVE_BYTES = 2 * 1024 * MIB
ARCHIVE_FILES = 10_000
# What an archive of so many files needs to list them, with names of some 100 characters.
ARCHIVE_LIST_BYTES = 2 * MIB
# Tables shrink to a fifth, the most repetitive ones to a fiftieth; what shrinks to a thousandth is empty of content and meant to fill a disk.
ARCHIVE_RATIO = 200


def regular_size(path: str | os.PathLike[str]) -> int | None:
    """Return the bytes of a regular file, None for anything else: a pipe or a device may never end.

    Parameters
    ----------
    path
        The file. Links are followed.

    Raises
    ------
    OSError
        If there is no such file.
    ValueError
        If no file can have such a name: one with a NUL byte.
    """
    found = os.stat(path)  # noqa: PTH116 - pathlib costs 10 ms at start-up
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def unfit_table(path: str) -> str:
    """Return which limit the lines of a table's file exceed, empty if none.

    Parameters
    ----------
    path
        A regular file.

    Returns
    -------
    str
        What is too much, and how much is not.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    lines, first = 0, True
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        while chunk := file.read(LINE_BYTES):
            if first and (found := chunk.partition(b"\n")[0].count(b",") + 1) > COLUMNS:
                return f"a header of {found:,} columns or more, more than {COLUMNS}"
            if len(chunk) == LINE_BYTES and b"\n" not in chunk:
                return f"a line of {LINE_BYTES:,} bytes or more"
            lines += chunk.count(b"\n")
            first = False
    return f"{lines:,} lines, more than {TABLE_LINES:,}" if lines > TABLE_LINES else ""
