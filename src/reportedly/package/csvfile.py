"""The CSV file of a table: its cells as text, by the row that a spreadsheet shows."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from reportedly import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO


class Text(NamedTuple):
    """A table's file as text: its header, its rows by the number that a spreadsheet shows, blank lines left out, and how many lines it counts."""

    header: list[str]
    rows: dict[int, list[str]]
    records: int


class Reader:
    """Reads the cells of a table's file, line by line, and keeps in mind what is quoted in another way than it must be.

    Parameters
    ----------
    data
        The bytes of the file.
    """

    def __init__(self, data: bytes) -> None:
        self.records = 0
        self.odd: tuple[int, str] | None = None
        # Decoded as it is read: as a whole the text might take four times the bytes.
        self._lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
        self._line = 0
        # The lines of the record that is being read, from its first quotation mark on.
        self._quoted: list[str] = []

    def read(self) -> tuple[list[str], dict[int, list[str]]]:
        """Return the header, and the rows by the number that a spreadsheet shows, blank lines left out.

        Raises
        ------
        UnicodeDecodeError
            If it is not UTF-8.
        csv.Error
            If it is no CSV, a cell is too long or a row has too many of them.
        """
        before = csv.field_size_limit(limits.CELL)
        header: list[str] = []
        rows: dict[int, list[str]] = {}
        try:
            for row in csv.reader(self._counted(), strict=True):
                if len(row) > limits.COLUMNS:
                    raise csv.Error(f"{len(row):,} cells, more than the limit of {limits.COLUMNS}")
                self.records += 1
                if self._quoted:
                    self._compare(row)
                    self._quoted.clear()
                if self.records == 1:
                    header = row
                elif row:
                    rows[self.records] = row
        finally:
            csv.field_size_limit(before)
        return header, rows

    def _counted(self) -> Iterator[str]:
        for line in self._lines:
            self._line += 1
            if self._quoted or '"' in line:
                self._quoted.append(line)
            yield line

    def _compare(self, row: list[str]) -> None:
        if self.odd or any("\r" in cell for cell in row):
            return
        right = io.StringIO(newline="")
        # A writer with another line end than \n does not quote a cell for holding that, before Python 3.13.
        csv.writer(right, lineterminator="\n").writerow(row)
        ours = right.getvalue().removesuffix("\n").split("\n")
        theirs = [line.rstrip("\r\n") for line in self._quoted]
        first = self._line - len(theirs) + 1
        self.odd = next(
            ((number, a) for number, (a, b) in enumerate(zip(ours, theirs, strict=False), first) if a != b), None
        )


def write_csv(rows: list[dict[str, str]], columns: list[str]) -> str:
    """Return rows as canonical CSV: RFC 4180, LF, quoted only where needed."""
    out = io.StringIO(newline="")
    write_rows(out, rows, columns)
    return out.getvalue()


def write_rows(file: TextIO, rows: Iterable[dict[str, str]], columns: list[str]) -> None:
    """Write rows to an open file as `write_csv` returns them, one at a time."""
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
