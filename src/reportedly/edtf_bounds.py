"""Bounds of EDTF dates (ISO 8601-2, https://www.loc.gov/standards/datetime/), by the library `edtf`, held to the calendar.

The library lets 29 February pass in any year, gives an interval without an end ten more years, and stumbles over a half-given month; each is
no date that this format allows, so they are refused here.
"""

from __future__ import annotations

import math
import re
from datetime import date
from functools import cache
from typing import Any

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

# The part of the standard that the schemas' pattern allows.
_DATE = re.compile(r"[0-9]{2}(?:[0-9]{2}|[0-9]X|XX)(?:-(?:0[1-9]|1[0-2]|XX)(?:-(?:[0-3][0-9]|XX))?)?[?~%]?")


@cache
def bounds(text: str) -> tuple[str, str] | None:
    """Return the first and the last day that an EDTF text can mean.

    Parameters
    ----------
    text
        An EDTF date or interval.

    Returns
    -------
    tuple of str, or None
        Both as YYYY-MM-DD, empty at an open end; None where the text is no date of the calendar.
    """
    parts = text.split("/")
    if len(parts) > 2 or "" in parts or parts == ["..", ".."]:
        return None
    found = [("", "") if part == ".." else _days(part) for part in parts]
    if any(pair is None for pair in found):
        return None
    earliest, latest = found[0][0], found[-1][1]  # type: ignore[index]
    if earliest and latest and earliest > latest:
        return None
    return earliest, latest


def _days(text: str) -> tuple[str, str] | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        parsed: Any = parse_edtf(text)
        lower, upper = parsed.lower_strict(), parsed.upper_strict()
        if math.inf in (lower, upper):
            return None
        return date(*lower[:3]).isoformat(), date(*upper[:3]).isoformat()
    except (EDTFParseException, AttributeError, ValueError, TypeError):
        return None
