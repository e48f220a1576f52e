"""Rows for which an SQL expression is true.

SQLite evaluates the expression. What it would answer wrongly without an error (an unknown name in double quotes is a text to it, a text is greater
than every number, categories are ordered by their letters) is refused or put right before.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from reportedly.errors import FilterError, UnknownNameError, did_you_mean
from reportedly.package.paths import is_utf8
from reportedly.sql.statements import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reportedly.model.schema import Field

    Row = dict[str, str]

_AFFINITY = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
# The key of the table that is filtered, by a name that nobody gives a column.
_PLACE = '" place"'
# Steps of SQLite's machine that a filter may take: an expression cannot hang the computer.
_STEPS = 200_000_000
_EXPRESSION = "Give an SQL expression such as \"issue == 'territory'\"."
_SEVERAL = f"this is more than one expression, or has a ) without its (. {_EXPRESSION}"


# SQLite's tokens (https://www.sqlite.org/draft/tokenreq.html), as far as they tell texts, names and operators apart.
_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<number>\.?[0-9](?:[eE][+-]?(?=[0-9])|[\w.])*)
    |(?P<word>\w+)
    |(?P<operator><=|>=|<>|==|!=|/\*|&&|\|\||.)""",
    re.VERBOSE | re.DOTALL,
)
_OPENING = {"'": "a quotation mark '", '"': 'a quotation mark "', "`": "a quotation mark `", "[": "a [", "/*": "a /*"}
_STRAIGHT = "A text is in straight single quotation marks"
# What other languages write, and SQLite reads as arithmetic or not at all.
_OTHERS = {"&": "and", "&&": "and", "|": "or", "~": "not", "!": "not"}
_REFUSED = {
    ";": _SEVERAL,
    **{sign: f"write {word}, not {sign}" for sign, word in _OTHERS.items()},
    **{mark: f"{_STRAIGHT}, not {mark}: 'red_line'" for mark in "“”„‟‘’‚‛«»‹›´"},
}
# A column of such a name is a column in quotation marks alone (https://www.sqlite.org/lang_keywords.html).
_RESERVED = set(
    re.findall(
        r"\w+",
        "add all alter and as between case check collate commit constraint create default delete distinct drop else end escape except exists "
        "foreign from group having in index insert intersect into is isnull join limit not notnull null on or order primary references select "
        "set table then to transaction union unique update using values when where",
    )
)
_ORDERING = {"<", "<=", ">", ">=", "between"}
_EQUAL = {"=", "==", "is"}
_COMPARING = {*_ORDERING, *_EQUAL, "!=", "<>", "in"}
_TESTING = {*_COMPARING, "like", "glob", "isnull", "notnull", "null"}
_BEFORE_BRACKET = {"and", "or", "not", "between"}
_RETURNING = {"coalesce", "ifnull", "nullif"}
# Functions that give a text, which SQLite takes for false where it stands as a condition.
_TEXTUAL = {*_RETURNING, "lower", "upper", "trim", "ltrim", "rtrim", "substr", "substring", "replace"}
_NUMBER = re.compile(r"\s*[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\s*")
_BOOLEAN = {"true", "false"}
_WHAT = {"integer": "a number", "number": "a number", "date": "a day", "list": "a list"}
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}
# What SQLite's errors mean, but for those that need to know the columns.
_MEANING = [
    (r"no such table: (.*)", rf"an expression knows the columns of one table, and no table '\1'. {_EXPRESSION}"),
    (r"interrupted", "this takes too long"),
    (r".*binding.*", f"? : @ and $ stand for nothing here; a text is in single quotation marks. {_EXPRESSION}"),
]


@dataclass
class _Token:
    """A token of an expression; its text is what SQLite gets to read."""

    kind: str
    text: str
    # The column that it names.
    column: Field | None = None
    # What is in the brackets that it opens, or between CASE and END.
    inside: Sequence[_Token] = ()

    @property
    def word(self) -> str:
        return self.text.lower()

    @property
    def content(self) -> str:
        """What is between quotation marks, if there are any."""
        quotation = self.text[-1]
        return self.text[1:-1].replace(quotation * 2, quotation) if self.kind in {"text", "name"} else self.text


def select(rows: Sequence[Row], fields: Sequence[Field], where: str) -> list[Row]:
    """Return the rows for which an SQL expression is true.

    Parameters
    ----------
    rows
        The rows, every cell as text.
    fields
        The fields of their columns.
    where
        An expression as SQLite reads it, such as ``issue == 'territory' and claim_start > 900``. Blanks are NULL, booleans true or false, and ordered
        categories compare by their order.

    Returns
    -------
    list of dict
        The rows, in their order.

    Raises
    ------
    FilterError
        If it is not one expression, names a column that does not exist, or compares what cannot be compared.
    ValueError
        If a cell does not read as its field's type.
    """
    try:
        return [rows[at] for at in _places(rows, fields, where)]
    except FilterError as error:
        raise FilterError(f"--where {where!r}: {error}") from error


def _places(rows: Sequence[Row], fields: Sequence[Field], where: str) -> list[int]:
    if "\0" in where or not is_utf8(where):
        raise FilterError(f"this is no text in UTF-8 without NUL. {_EXPRESSION}")
    tokens = list(_tokens(where))
    connection = sqlite3.connect(":memory:")
    misfits: list[str] = []
    try:
        _fill(connection, rows, fields, misfits)
        _adapt(tokens, fields)
        sql = "".join(token.text for token in tokens)
        connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY)
        connection.set_progress_handler(lambda: 1, _STEPS)
        # The table is in memory and may only be read, so that an expression can do no more than choose rows.
        found = connection.execute(f"SELECT {_PLACE} FROM t WHERE (\n{sql}\n) ORDER BY {_PLACE}").fetchall()  # noqa: S608
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise FilterError(_explained(str(error), tokens, fields)) from error
    finally:
        connection.close()
    if misfits:
        raise FilterError(misfits[0])
    return [at for (at,) in found]


def _tokens(where: str) -> Iterator[_Token]:
    """Yield an expression's tokens; refuse those that SQL has not, or that end it before its end."""
    for match in _TOKEN.finditer(where):
        kind, text = str(match.lastgroup), match[0]
        if kind == "operator":
            if text in _OPENING:
                raise FilterError(f"{_OPENING[text]} is not closed: {where[match.start() :]}")
            if text in _REFUSED:
                raise FilterError(_REFUSED[text])
        if kind == "name" and text[0] == "[" and set(text) & set("',\""):
            raise FilterError("write no [ ]: a list is in ( ), as in ('a', 'b'), and a column's name alone")
        token = _Token(kind, text)
        # SQLite takes an unknown name in double quotes for a text, but not one in backticks.
        if kind == "name" and text[0] == '"':
            token.text = f"`{token.content.replace('`', '``')}`"
        yield token


def _fill(connection: sqlite3.Connection, rows: Sequence[Row], fields: Sequence[Field], misfits: list[str]) -> None:
    """Make the table `t`, whose key is the row's place, and the orders that its columns compare by. Without a rowid, that is no column either."""
    columns = [f"{_PLACE} INTEGER PRIMARY KEY"]
    for field in fields:
        column = f"{quoted(field.name)} {_AFFINITY.get(field.type, 'TEXT')}"
        if field.type == "date" or field.is_ordered:
            connection.create_collation(field.name, _order(field, misfits))
            column += f" COLLATE {quoted(field.name)}"
        columns.append(column)
    connection.execute(f"CREATE TABLE t ({', '.join(columns)}) WITHOUT ROWID")
    typed = [(field.name, field if field.type in _AFFINITY else None) for field in fields]
    cells = (
        [at, *(field.parse(row[name]) if field else row[name] or None for name, field in typed)]
        for at, row in enumerate(rows)
    )
    connection.executemany(f"INSERT INTO t VALUES (?{', ?' * len(fields)})", cells)  # noqa: S608 - question marks


def _order(field: Field, misfits: list[str]) -> Callable[[str, str], int]:
    """Return how a column's texts compare; a text that has no place in their order is noted as a misfit."""
    ranks = {value: rank for rank, value in enumerate(field.values)}

    def place(text: str) -> tuple[int, str]:
        if misfit := _misfit(field, text, repr(text)):
            misfits.append(misfit)
        return ranks.get(text, -1), text

    def compare(one: str, other: str) -> int:
        a, b = place(one), place(other)
        return int(a > b) - int(a < b)

    return compare


def _adapt(tokens: list[_Token], fields: Sequence[Field]) -> None:
    """Let SQLite compare booleans with their words and ordered categories by their order; refuse comparisons that could only be wrong."""
    columns = {field.name.lower(): field for field in fields}
    groups = list(_groups(_nested(iter(tokens), columns)))
    for condition in _conditions(groups[0]):
        _check_condition(condition)
    # What is joined to a text is not yet the value.
    if not any(token.text == "||" for token in tokens):
        for group in groups:
            _check_comparisons(group, fields)
    # What a function returns has no order of its own, but where it returns one of its arguments.
    for group in groups:
        for function, arguments in pairwise(group):
            column = arguments.inside[0].column if arguments.inside else None
            if function.word in _RETURNING and column and column.is_ordered:
                arguments.inside[0].text += f" COLLATE {quoted(column.name)}"
    nearest = next((token for token in tokens if token.column), _Token("", ""))
    for token in tokens:
        nearest = token if token.column else nearest
        if token.kind == "text" and _is_boolean(nearest) and token.content.lower() in _BOOLEAN:
            token.text = f" {token.content} "


def _nested(tokens: Iterator[_Token], columns: Mapping[str, Field], opening: str = "") -> list[_Token]:
    """Return the tokens up to the end of a bracket or CASE, with what further brackets hold inside of one token.

    Spaces, NOT, brackets around a column alone, and a table before its column change nothing in what is compared with what, and are left out.
    """
    found: list[_Token] = []
    for token in tokens:
        before = found[-1] if found else _Token("", "")
        if token.text == ")" and opening != "(":
            raise FilterError(_SEVERAL)
        if token.word in {")", "end"}:
            return found
        if token.word in {"(", "case"}:
            token.inside = _nested(tokens, columns, token.word)
            before.column = None
            is_called = before.kind in {"word", "name"} and before.word not in _BEFORE_BRACKET
            is_column = [bool(one.column) for one in token.inside] == [True]
            found += token.inside if is_column and not is_called else [token]
        elif token.text == ".":
            del found[-1:]
        elif token.kind != "space" and token.word != "not":
            if before.word != "as" and token.word not in _RESERVED:
                token.column = columns.get(token.content.lower()) if token.kind in {"word", "name"} else None
            found.append(token)
    if opening == "(":
        raise FilterError("a ( is not closed")
    return found


def _groups(tokens: Sequence[_Token]) -> Iterator[Sequence[_Token]]:
    """Yield tokens, and then what their brackets hold."""
    yield tokens
    for token in tokens:
        if token.inside:
            yield from _groups(token.inside)


def _conditions(tokens: Sequence[_Token]) -> Iterator[Sequence[_Token]]:
    """Yield the conditions that AND and OR join, within brackets too."""
    joins = [(at, token.word) for at, token in enumerate(tokens) if token.word in {"and", "or", "between"}]
    # The AND of a BETWEEN joins no conditions.
    ends = [
        at
        for (_, before), (at, word) in pairwise([(-1, ""), *joins, (len(tokens), "")])
        if word != "between" and (before, word) != ("between", "and")
    ]
    for start, stop in pairwise([-1, *ends]):
        condition = tokens[start + 1 : stop]
        if [token.text for token in condition] != ["("]:
            yield condition
        elif not _is_select(condition[0].inside):
            yield from _conditions(condition[0].inside)


def _is_select(tokens: Sequence[_Token]) -> bool:
    return [token.word for token in tokens[:1]] == ["select"]


def _is_boolean(token: _Token) -> bool:
    return token.column is not None and token.column.type == "boolean"


def _check_condition(condition: Sequence[_Token]) -> None:
    """Refuse what is no condition: SQLite takes a text for false, and the answer of a first comparison for a number in a second."""
    tests = [token.text for token in condition if token.word in _TESTING]
    if sum(test.lower() in _COMPARING for test in tests) > 1:
        raise FilterError(f"two comparisons ({' and '.join(tests)}) are side by side: write and, or or, between them")
    if tests or not condition:
        return
    first = condition[0]
    if any(token.text == "||" for token in condition):
        raise FilterError("|| joins texts, and a text is no condition: write or, not ||")
    if len(condition) == 1:
        if first.column and first.column.type != "boolean":
            name, what = first.column.name, _WHAT.get(first.column.type, "a text")
            raise FilterError(f"{name} is {what}, no condition: write {name} is not null, or compare it")
        if first.kind == "text" or (first.kind == "number" and first.text not in {"0", "1"}):
            raise FilterError(f"{first.text} is no condition: compare a column with it, or write in ('a', 'b')")
    elif len(condition) == 2 and first.word in _TEXTUAL and not any(map(_is_boolean, condition[1].inside)):
        raise FilterError(f"{first.text}(…) is a text, no condition: compare it")


def _check_comparisons(tokens: Sequence[_Token], fields: Sequence[Field]) -> None:
    """Check what is directly beside an operator that has a column on its other side."""
    nothing = _Token("", "")
    padded = [nothing, nothing, *tokens, nothing, nothing, nothing, nothing]
    for at, token in enumerate(padded):
        if token.column:
            operator, first, _, last = padded[at + 1 : at + 5]
            listed = {"between": [first, last], "in": [] if _is_select(first.inside) else first.inside}
            _check(token.column, operator.word, listed.get(operator.word, [first]), fields)
            if padded[at - 1].word != "in":
                _check(token.column, padded[at - 1].word, [padded[at - 2]], fields)


def _check(field: Field, operator: str, others: Sequence[_Token], fields: Sequence[Field]) -> None:
    """Refuse a comparison that SQLite would answer with all rows or none, or by letters where letters have no order."""
    name = field.name
    if operator in _ORDERING and field.values and not field.is_ordered:
        raise FilterError(f"{name} has categories without an order: compare with = or IN")
    if operator in _ORDERING and field.is_edtf:
        days = ", ".join(other.name for other in fields if other.type == "date")
        raise FilterError(f"{name} holds dates as EDTF, whose letters have no order: compare a day ({days})")
    for other in others if operator in _COMPARING else ():
        if (other.word == "null" and operator not in {"is", "in"}) or (other.text == "''" and operator in _EQUAL):
            raise FilterError(f"nothing equals a blank; write {name} IS NULL or {name} IS NOT NULL")
        is_value = other.kind in {"text", "number"} or other.word in _BOOLEAN
        # A blank differs from every text. SQLite knows a number, and a day without quotation marks is a difference.
        is_right = (other.text == "''" and field.type == "string") or (
            other.kind == "number" and field.type in {"integer", "number", "date"}
        )
        if is_value and not is_right and (misfit := _misfit(field, other.content, other.text)):
            raise FilterError(misfit)


def _misfit(field: Field, text: str, shown: str) -> str:
    """Return why a text is no value of a column, empty if it may be one."""
    name, kind = field.name, field.type
    if field.values:
        return "" if text in field.values else str(UnknownNameError(f"value of {name}", text, field.values))
    if kind == "boolean":
        return "" if text.lower() in {*_BOOLEAN, "0", "1"} else f"{name} is true or false, never {shown}"
    if kind in {"integer", "number"}:
        return "" if _NUMBER.fullmatch(text) else f"{name} holds numbers, and {shown} is none"
    if shown.lower() in _BOOLEAN:
        return f"{name} is {_WHAT.get(kind, 'a text')}, never true or false"
    with suppress(ValueError):
        if kind != "date" or field.parse(text):
            return ""
    return f"{name} is compared with {text!r}, which is no day; write a day as '2025-01-31'"


def _explained(reason: str, tokens: list[_Token], fields: Sequence[Field]) -> str:
    """Return what an error of SQLite's means for the expression."""
    names = [field.name for field in fields]
    for pattern, meaning in _MEANING:
        if match := re.fullmatch(pattern, reason, re.DOTALL):
            return match.expand(meaning)
    kind, _, name = reason.partition(": ")
    if kind == "no such column":
        name = name.split(" - ")[0]
        is_value = any(name in field.values for field in fields)
        note = f"{'' if is_value else did_you_mean(name, names)} {_STRAIGHT}: '{name}'.".strip()
        return str(UnknownNameError("column", name, names, note))
    if kind == "no such function":
        days = [field.name for field in fields if field.type == "date" and name.lower() in {"year", "month", "day"}]
        years = f" The year of a day is substr({days[0]}, 1, 4)." if days else ""
        return f"there is no function {name!r}.{years} {_EXPRESSION}"
    # The bracket may be the one around the whole expression.
    reason = reason.replace('near ")": syntax error', "something is missing at the end or before a )")
    reason = re.sub('near "(.*)": syntax error', r"this cannot be read from '\1' on", reason, flags=re.DOTALL)
    used = _RESERVED & {token.word for token in tokens}
    name = next((name for name in names if name.lower() in used), "")
    hint = f'; a column that is a word of SQL is in double quotes: "{name}"' if name else ""
    return f"{reason}{hint}. {_EXPRESSION}"
