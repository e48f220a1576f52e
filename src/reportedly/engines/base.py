"""What runs the rules: an engine gives the tables of a package as narwhals frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import narwhals as nw

    from reportedly.rules.base import Distinct

    Frame = nw.DataFrame[Any]


class Engine(Protocol):
    """Gives the tables of a package; a row has its number in the column `_row`, as a spreadsheet shows it."""

    def text(self, table: str) -> Frame:
        """Return a table with every cell as text, a blank as null."""
        ...

    def typed(self, table: str, unread: Mapping[str, Sequence[int]]) -> Frame:
        """Return a table with numbers, Booleans and dates in place of their texts; lists and enumerations stay text, so that what is wrong in them is kept.

        Parameters
        ----------
        table
            The table.
        unread
            By column the rows whose cell does not read as its type: they get a null.
        """
        ...

    def distinct(self, frame: Frame, steps: Iterable[Distinct]) -> Frame:
        """Return a frame with the columns that functions of distinct values add."""
        ...

    def cells(self, table: str, row: int) -> dict[str, str]:
        """Return the cells of a row as they are in the file."""
        ...


def columns_added(
    cells: Callable[[str], Sequence[Any]], steps: Iterable[Distinct]
) -> Iterator[tuple[str, list[Any], bool]]:
    """Yield the columns that functions of distinct values add, each function called once for each value.

    Parameters
    ----------
    cells
        Returns the cells of a column.
    steps
        What to add.

    Yields
    ------
    tuple of str, list, bool
        The name of the column, its cells with None for a blank, and whether they are text and not Booleans.
    """
    texts: dict[str, list[str]] = {}
    for step in steps:
        for name in step.columns:
            if name not in texts:
                texts[name] = [value if isinstance(value, str) else "" for value in cells(name)]
        keys = [*zip(*(texts[name] for name in step.columns), strict=True)]
        known = {key: step.function(*key) for key in set(keys)}
        for place, name in enumerate(step.names):
            values = [known[key][place] for key in keys]
            is_text = bool(values) and isinstance(values[0], str)
            yield name, [value or None for value in values] if is_text else values, is_text
