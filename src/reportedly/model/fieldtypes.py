"""The types of fields: how a cell of each is written, read and ordered. Nothing else says what the text of a cell means.

Source of the types: https://datapackage.org/standard/table-schema/#field-types, each in the one lexical form that this format allows.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# A number has 18 digits at most before its decimals: Int64 holds them all.
MOST = 10**18
_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
_DATE = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP})"
)


class FieldType(NamedTuple):
    """A type of fields.

    Attributes
    ----------
    name
        Its name in Table Schema.
    pattern
        What the text of a cell looks like from end to end, as a regular expression; empty where any text will do.
    expected
        The same in words.
    read
        Returns the value of a cell that matches the pattern.
    write
        Returns the cell of a value, or raises ValueError with what is expected.
    """

    name: str
    pattern: str
    expected: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]

    def parse(self, cell: str) -> Any:
        """Return a cell as a value: str, int, float, bool or date; None for a blank.

        Raises
        ------
        ValueError
            If the cell does not read as this type.
        """
        if not cell:
            return None
        if self.pattern and not re.fullmatch(self.pattern, cell):
            raise ValueError(self.expected)
        return self.read(cell)

    def format(self, value: Any) -> str:
        """Return a value as the cell that `parse` reads it from; None is a blank.

        Raises
        ------
        ValueError
            If no cell of this type can hold the value; the message is what is expected.
        """
        return "" if value is None else self.write(value)


def write_text(value: Any) -> str:
    """Return a text as a cell.

    Raises
    ------
    ValueError
        If it is no text, or no file of this format can hold it; the message is what is expected.
    """
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004 - reported as every other value that cannot be written
    if not value:
        raise ValueError("a text that is not empty; pd.NA for a blank")
    if "\r" in value:
        raise ValueError("a text without carriage returns, which no line of the file may hold")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text that UTF-8 can hold, without half a character") from error
    return value


def _write_integer(value: Any) -> str:
    # Beyond 2⁵³ a float does not tell one whole number from the next.
    most = 2**53 if isinstance(value, float) else MOST - 1
    if not _is_number(value) or int(value) != value or abs(value) > most:
        raise ValueError("a whole number of 18 digits at most")
    return str(int(value))


def _write_number(value: Any) -> str:
    if not _is_number(value) or abs(value) >= MOST:
        raise ValueError("a finite number of 18 digits at most before the decimals")
    found = float(value)
    if found != value:
        raise ValueError("a number that a Float64 holds as it is")
    from decimal import Decimal

    # The shortest digits that read back the same, without the exponent that Python would give them.
    return str(int(found)) if found.is_integer() else format(Decimal(repr(found)), "f")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _write_boolean(value: Any) -> str:
    if not isinstance(value, bool):
        raise ValueError("True or False")  # noqa: TRY004 - as above
    return "true" if value else "false"


def _write_date(value: Any) -> str:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ValueError("a day from 0001-01-01 to 9999-12-31, without time and zone")  # noqa: TRY004 - as above
    return f"{value.year:04}-{value.month:02}-{value.day:02}"


TYPES = {
    kind.name: kind
    for kind in (
        FieldType("string", "", "a text", str, write_text),
        FieldType("integer", r"0|-?[1-9][0-9]{0,17}", "a whole number", int, _write_integer),
        FieldType(
            "number",
            r"(?:0|-?[1-9][0-9]{0,17})(?:\.[0-9]+)?|-0\.[0-9]*[1-9][0-9]*",
            "a number, with a full stop before decimals",
            float,
            _write_number,
        ),
        FieldType("boolean", "(?:true|false)", "true or false", lambda cell: cell == "true", _write_boolean),
        FieldType("date", _DATE, "a day of the calendar as YYYY-MM-DD", dt.date.fromisoformat, _write_date),
    )
}

# The format `uri` of strings: a scheme, and the characters of https://www.rfc-editor.org/rfc/rfc3986 alone. Readers take any text for one.
URI = r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+"


@cache
def list_type(delimiter: str) -> FieldType:
    """Return the type of lists of texts whose items are separated by a delimiter."""
    mark = re.escape(delimiter)
    item = f"(?:(?!{mark})[\\s\\S])+"

    def write(value: Any) -> str:
        if not isinstance(value, (list, tuple)):
            raise ValueError("a list of texts")  # noqa: TRY004 - as above
        items = [write_text(item) for item in value]
        if any(delimiter in item for item in items):
            raise ValueError(f"items without {delimiter}, which is between them")
        return delimiter.join(items)

    expected = f"items separated by {delimiter}, none empty"
    return FieldType("list", f"{item}(?:{mark}{item})*", expected, lambda cell: cell.split(delimiter), write)
