"""Columns as statistics packages take them: legal names, labels, and numbers for the codebook's values.

Social scientists expect an enumeration to be numbers with value labels, so a value is its place in the codebook, from 1, and its label the
codebook's label. What the codebook calls it, such as ``red_line``, and what it means are in the legend, which the notes of a file hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from reportedly.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportedly.model.schema import Category, Field
    from reportedly.package.contents import Contents, TableContents


def octets(text: str) -> int:
    """Return how many bytes a text takes in UTF-8."""
    return len(text.encode())


class Limits(NamedTuple):
    """What a statistics package allows.

    Attributes
    ----------
    package
        What it is called.
    reserved
        Matches, whatever the case, names that the package keeps for itself.
    size
        How it measures names and labels.
    name, label, value_label
        The most that a name, a variable's label and a value's label may take.
    first_day
        The first day, YYYY-MM-DD, that it knows as a date.
    """

    package: str
    reserved: re.Pattern[str]
    size: Callable[[str], int]
    name: int
    label: int
    value_label: int
    first_day: str

    def cut(self, text: str, most: int) -> str:
        """Return a text that is not longer than allowed; an ellipsis shows where it was cut."""
        if self.size(text) <= most:
            return text
        while self.size(text) + self.size("…") > most:
            text = text[:-1]
        return text + "…"


@dataclass(frozen=True)
class Variable:
    """A column.

    Parameters
    ----------
    field
        Its Table Schema field.
    name
        Its name in the package.
    label
        Its title, cut where the package demands it.
    kind
        What the package stores: ``code`` (a number with a label), ``integer``, ``number``, ``date`` or ``string``.
    labels
        For enumerations and booleans: the label of each number.
    codes
        For enumerations: the number of each of the codebook's values.
    cells
        The column as text, as `TableContents.rows` holds it.
    """

    field: Field
    name: str
    label: str
    kind: str
    labels: dict[float, str]
    codes: dict[str, int]
    cells: tuple[str, ...]

    @property
    def legend(self) -> list[str]:
        """What each number stands for: the codebook's value, its label and what it means."""
        return [_meaning(code, one) for code, one in enumerate(self.field.categories, 1)]

    def values(self) -> list[Any]:
        """Return the cells as int, float, date or str, and None for a blank.

        Raises
        ------
        PackageError
            If a cell holds a value that is not in the codebook.
        """
        return [self._value(cell) for cell in self.cells]

    def _value(self, cell: str) -> Any:
        if not cell:
            return None
        if self.codes:
            if cell not in self.codes:
                raise PackageError(
                    f"{self.field.name} holds {cell!r}, which is none of {', '.join(self.codes)}; see `reportedly validate`"
                )
            return self.codes[cell]
        if self.kind == "string":
            return cell
        found = self.field.parse(cell)
        return int(found) if self.field.type == "boolean" else found


def _meaning(code: int, category: Category) -> str:
    example = f"Example: {category.example}" if category.example else ""
    meaning = " ".join(filter(None, (category.description, example)))
    named = f"{code} {category.value}, {category.label}"
    return f"{named}: {meaning}" if meaning else named


def variables(table: TableContents, limits: Limits) -> list[Variable]:
    """Return the columns of a table as variables.

    Parameters
    ----------
    table
        The table.
    limits
        What the statistics package allows.

    Returns
    -------
    list of Variable
        In the order of the columns.
    """
    return [
        _variable(table, field, name, limits)
        for field, name in zip(table.fields, _names(table.names, limits), strict=True)
    ]


def _variable(table: TableContents, field: Field, name: str, limits: Limits) -> Variable:
    categories = field.categories
    labels: dict[float, str] = {
        code: limits.cut(category.label, limits.value_label) for code, category in enumerate(categories, 1)
    }
    cells = tuple(row[field.name] for row in table.rows)
    return Variable(
        field,
        name,
        limits.cut(field.title, limits.label),
        _kind(field, cells, limits),
        {0: "no", 1: "yes"} if field.type == "boolean" else labels,
        {category.value: code for code, category in enumerate(categories, 1)},
        cells,
    )


def _kind(field: Field, cells: tuple[str, ...], limits: Limits) -> str:
    if field.categories or field.type == "boolean":
        return "code"
    if field.type == "date":
        return "string" if any(cell < limits.first_day for cell in cells if cell) else "date"
    return field.type if field.type in {"integer", "number"} else "string"


def _names(names: list[str], limits: Limits) -> list[str]:
    """Return legal names: letters, digits and underscores, a letter first, none reserved, no two alike but for their case."""
    found: list[str] = []
    for name in names:
        legal = re.sub(r"\W", "_", name)
        if not legal[:1].isalpha() or limits.reserved.fullmatch(legal):
            legal = f"v_{legal}"
        found.append(_unlike(legal, {other.lower() for other in found}, limits))
    return found


def _unlike(name: str, taken: set[str], limits: Limits) -> str:
    place, ending = 1, ""
    while True:
        stem = name
        while limits.size(stem + ending) > limits.name:
            stem = stem[:-1]
        if (stem + ending).lower() not in taken:
            return stem + ending
        place += 1
        ending = f"_{place}"


def losses(contents: Contents, limits: Limits) -> list[str]:
    """Return what a statistics package cannot hold of a contents, one sentence each.

    Parameters
    ----------
    contents
        What is exported.
    limits
        What the package allows.
    """
    found = [(table.name, variable) for table in contents.tables for variable in variables(table, limits)]
    delimiters = {variable.field.delimiter for _, variable in found if variable.field.type == "list"}
    sentences = {
        "Keys, references between tables and constraints are not kept.": True,
        "Enumerations are numbers from 1 in the codebook's order, with the codebook's labels; its values are in the notes of the file.": any(
            variable.codes for _, variable in found
        ),
        "Yes-or-no columns are 1 and 0, labelled yes and no.": any(
            variable.field.type == "boolean" for _, variable in found
        ),
    }
    return [
        *(sentence for sentence, holds in sentences.items() if holds),
        *(f"Lists are texts, joined by {delimiter}." for delimiter in sorted(delimiters)),
        *(loss for table, variable in found for loss in _losses(f"{table}.{variable.field.name}", variable, limits)),
    ]


def _losses(column: str, variable: Variable, limits: Limits) -> list[str]:
    field, package = variable.field, limits.package
    cut = [one.value for one in field.categories if limits.size(one.label) > limits.value_label]
    sentences = {
        f"{column} is named {variable.name}: {package} does not allow every name.": variable.name != field.name,
        f"The label of {column} is cut, since {package} does not allow one that long.": variable.label != field.title,
        f"Labels of values of {column} are cut, since {package} does not allow any that long: {', '.join(cut)}.": cut,
        f"{column} is text, since {package} knows no dates before {limits.first_day}.": field.type == "date"
        and variable.kind == "string",
        f"{column} holds texts with a NUL, at which {package} ends them.": variable.kind == "string"
        and any("\0" in cell for cell in variable.cells),
        f"{column} holds whole numbers beyond 2**53, of which {package} rounds some.": variable.kind == "integer"
        and any(Decimal(float(cell)) != Decimal(cell) for cell in variable.cells if cell),
    }
    return [sentence for sentence, holds in sentences.items() if holds]
