"""Bounds of EDTF dates (ISO 8601-2, https://www.loc.gov/standards/datetime/), by the calendar.

Of the standard this format takes years, months and days, the last digits of a year, the month or the day unspecified (X), a qualifier (? ~ %)
behind them, and intervals, open ones too. The library `edtf` reads more of it, but not all of this, and takes a thousand times longer; the tests
hold the two against each other.
"""

from __future__ import annotations

import calendar
import re
from functools import lru_cache
from itertools import product

_DATE = re.compile(
    r"(?P<century>[0-9]{2})(?P<year>[0-9]{2}|[0-9]X|XX)(?:-(?P<month>0[1-9]|1[0-2]|XX)(?:-(?P<day>[0-3][0-9]|XX))?)?[?~%]?"
)


@lru_cache(maxsize=2**16)
def bounds(text: str) -> tuple[str, str] | None:
    """Return the first and the last day that an EDTF text can mean.

    Parameters
    ----------
    text
        An EDTF date or interval.

    Returns
    -------
    tuple of str, or None
        Both as YYYY-MM-DD, empty at an open end; None where the text is not a valid date.
    """
    parts = text.split("/", 2)
    if len(parts) > 2 or set(parts) == {".."}:
        return None
    found = [("", "") if part == ".." else _days(part) for part in parts]
    if any(pair is None for pair in found):
        return None
    earliest, latest = found[0][0], found[-1][1]  # type: ignore[index]
    if earliest and latest and earliest > latest:
        return None
    return earliest, latest


def _days(text: str) -> tuple[str, str] | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    century, year, month, day = found.group("century", "year", "month", "day")
    first, last = (int(century + year.replace("X", digit)) for digit in "09")
    # The dates of Python and pandas begin with the year 1.
    if not first:
        return None
    months = range(1, 13) if month in {None, "XX"} else range(int(month), int(month) + 1)
    years = range(first, last + 1)
    given = 0 if day in {None, "XX"} else int(day)
    if day == "00":
        return None
    # An unspecified year can be one that has the day: 202X-02-29 is in 2020, 2024 or 2028.
    earliest = (f"{y:04}-{m:02}-{given or 1:02}" for y, m in product(years, months) if given <= _length(y, m))
    latest = (
        f"{y:04}-{m:02}-{given or _length(y, m):02}"
        for y, m in product(reversed(years), reversed(months))
        if given <= _length(y, m)
    )
    begin = next(earliest, None)
    return (begin, next(latest)) if begin else None


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
