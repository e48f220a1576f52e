"""What rules are made of: checks, and the steps that bring a check its columns. All of it is data; an engine plans and runs it.

A predicate is a function that is given `column` and returns a narwhals expression, true where a row breaks the rule. It is called when an engine
wants the expression, so rules can be listed without a library of frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from reportedly.errors import MissingExtraError

if TYPE_CHECKING:
    import narwhals as nw

    from reportedly.model.schema import Format
else:

    class _Lazy:
        """narwhals, imported when one of its names is first asked for."""

        def __getattr__(self, name: str) -> Any:
            try:
                return getattr(import_module("narwhals"), name)
            except ImportError as error:
                raise MissingExtraError(error.name) from error

    nw = _Lazy()

__all__ = [
    "ROW",
    "Add",
    "Cell",
    "Check",
    "Column",
    "Distinct",
    "Endless",
    "Innermost",
    "Join",
    "Predicate",
    "Rule",
    "Step",
    "Where",
    "article_of",
    "blank",
    "column",
    "columns_read",
    "given",
    "nw",
    "of_size",
    "other_than",
    "same",
    "unlike",
]

# The column that numbers the rows of a table.
ROW = "_row"

Column = Callable[[str], "nw.Expr"]
Predicate = Callable[[Column], "nw.Expr"]


def column(name: str) -> nw.Expr:
    """Return the expression of a column."""
    return nw.col(name)


@dataclass(frozen=True)
class Cell:
    """A predicate on one column, so that an engine can ask it of the column alone.

    Parameters
    ----------
    name
        The column.
    broken
        The expression of any column, which combines it with no other. Of a blank, only `blank` may be true.
    """

    name: str
    broken: Callable[[nw.Expr], nw.Expr]

    def __call__(self, col: Column) -> nw.Expr:
        """Return the expression of the column."""
        return self.broken(col(self.name))


@dataclass(frozen=True)
class Distinct:
    """Add what a function says of each distinct value of columns.

    Parameters
    ----------
    columns
        The columns; the function gets their texts, a blank as an empty one.
    names
        The columns to add, with a text or a Boolean in each.
    function
        Returns a value for each name; an empty text becomes a blank.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    function: Callable[..., tuple[Any, ...]]


@dataclass(frozen=True)
class Add:
    """Add a column.

    Parameters
    ----------
    name
        Its name.
    value
        Its expression.
    """

    name: str
    value: Predicate

    @property
    def names(self) -> tuple[str, ...]:
        """The columns to add."""
        return (self.name,)


@dataclass(frozen=True)
class Where:
    """Keep only the rows that an expression is true for.

    Parameters
    ----------
    condition
        The expression.
    """

    condition: Predicate


@dataclass(frozen=True)
class Join:
    """Join the rows of a table: each row meets one of them at most.

    Parameters
    ----------
    how
        ``inner`` keeps the rows that meet one and ``left`` all, both with the columns taken over; ``semi`` keeps the rows that meet one, ``anti`` those
        that meet none.
    table
        The other table.
    on
        Pairs of a column here and a column there.
    take
        Pairs of a new name and a column there.
    steps
        What happens to the other table before.
    """

    how: str
    table: str
    on: tuple[tuple[str, str], ...]
    take: tuple[tuple[str, str], ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Innermost:
    """Keep the rows whose span lies within spans of a table in the same group, with the shortest of those as `_holder` and its length as `_length`.

    Parameters
    ----------
    table
        The other table.
    on
        The column of the group here and there.
    span
        The columns of start and end, here and there.
    key
        The column there that names the span.
    steps
        What happens to the other table before.
    """

    table: str
    on: tuple[str, str]
    span: tuple[str, str]
    key: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Endless:
    """Keep the rows from which following a column from row to row never ends.

    Parameters
    ----------
    key
        The column that names a row.
    parent
        The column that names the next row.
    """

    key: str
    parent: str


Step = Distinct | Add | Where | Join | Innermost | Endless


@dataclass(frozen=True)
class Check:
    """How rows of a table break a rule.

    Parameters
    ----------
    table
        The table.
    field
        The column to blame.
    broken
        True where the rule is broken; None where every row that the steps leave breaks it.
    message, expected
        What is wrong and what would be right; ``{name}`` is the row's cell of that name.
    steps
        What brings the columns that the expression needs, in order.
    rule
        The name of the rule.
    """

    table: str
    field: str
    broken: Predicate | None
    message: str
    expected: str
    steps: tuple[Step, ...] = ()
    rule: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the steps and the expression read, those that the steps add among them."""
        return columns_read(self.steps, self.broken)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it reads, its own first."""
        return tuple(dict.fromkeys((self.table, *_tables(self.steps))))


def columns_read(steps: Iterable[Step], broken: Predicate | None = None) -> tuple[str, ...]:
    """Return the columns that steps and an expression read."""
    found: dict[str, None] = {}

    def noted(name: str) -> nw.Expr:
        found[name] = None
        return nw.col(name)

    for step in steps:
        match step:
            case Distinct():
                found.update(dict.fromkeys(step.columns))
            case Add():
                step.value(noted)
            case Where():
                step.condition(noted)
            case Join():
                found.update((mine, None) for mine, _ in step.on)
            case Innermost():
                found.update(dict.fromkeys((step.on[0], *step.span)))
            case Endless():
                found.update(dict.fromkeys((step.key, step.parent)))
    if broken:
        broken(noted)
    return tuple(found)


def _tables(steps: Iterable[Step]) -> Iterable[str]:
    for step in steps:
        if isinstance(step, Join | Innermost):
            yield step.table
            yield from _tables(step.steps)


@dataclass(frozen=True)
class Rule:
    """A named rule.

    Parameters
    ----------
    name
        Its name in reports.
    kind
        What it is about: ``file``, ``constraint``, ``row`` or ``package``.
    sentence
        What it asks for.
    build
        Returns its checks for a format; none for a rule about files.
    """

    name: str
    kind: str
    sentence: str
    build: Callable[[Format], Iterable[Check]] = lambda _: ()

    def checks(self, form: Format) -> list[Check]:
        """Return the rule's checks for a format."""
        return [replace(check, rule=self.name) for check in self.build(form)]

    def tables(self, form: Format) -> list[str]:
        """Return the tables whose rows it checks."""
        return list(dict.fromkeys(check.table for check in self.checks(form)))


def given(cell: nw.Expr) -> nw.Expr:
    """Return whether a cell is not blank."""
    return ~cell.is_null()


def blank(cell: nw.Expr) -> nw.Expr:
    """Return whether a cell is blank."""
    return cell.is_null()


def same(col: Column, *names: str) -> tuple[str, ...]:
    """Return the names of columns for `over`, which takes no expressions."""
    for name in names:
        col(name)
    return names


def of_size(col: Column, *names: str) -> nw.Expr:
    """Return how many rows have the same cells in these columns."""
    return nw.len().over(*same(col, *names))


def unlike(cell: nw.Expr, pattern: str) -> nw.Expr:
    """Return whether a text does not match a pattern from end to end; a blank is no such text."""
    # `$` also matches before a final line break; and some releases find nothing in a blank, others find a blank.
    fits = cell.str.contains(f"^(?:{pattern})$") & ~cell.str.contains("\n", literal=True)
    return ~(fits | cell.is_null())


def other_than(form: Format, table: str, field: str, *names: str) -> list[str]:
    """Return the other categories of a field: what is no category at all is the business of `enum`."""
    return [value for value in form.table(table).field(field).values if value not in names]


def article_of(name: str) -> Distinct:
    """Return the step that adds the article's part of an identifier, as `_article_of_` and the column's name."""
    return Distinct((name,), (f"_article_of_{name}",), _article)


def _article(identifier: str) -> tuple[str]:
    article, dot, rest = identifier.rpartition(".")
    row = dot and "a" <= rest[:1] <= "z" and rest[1:].isascii() and rest[1:].isdigit()
    return (article if row else identifier,)
