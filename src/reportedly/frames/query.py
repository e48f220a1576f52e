"""Rows for which an SQL expression is true.

SQLite evaluates the expression. What it would answer wrongly without an error (an unknown name in double quotes is a text to it, a text is greater
than every number, categories are ordered by their letters) is refused or put right before.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from reportedly.errors import FilterError, UnknownNameError, did_you_mean
from reportedly.model.fieldtypes import TYPES
from reportedly.package.paths import is_utf8

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
# What other languages write, and SQLite reads as arithmetic or not at all.
_WORDS = {"&": "and", "&&": "and", "|": "or", "~": "not", "!": "not"}
_CURLY = frozenset("“”„‟‘’‚‛«»‹›´")
_STRAIGHT = "A text is in straight single quotation marks"
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


class _Token:
    """A token of an expression; its text is what SQLite gets to read."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind, self.text = kind, text

    @property
    def word(self) -> str:
        return self.text.lower()

    @property
    def content(self) -> str:
        """What is between quotation marks."""
        return self.text[1:-1].replace(self.text[-1] * 2, self.text[-1])


class _Comparison(NamedTuple):
    """A column that is compared with something that is in the expression."""

    field: Field
    operator: str
    others: list[_Token]


def select(rows: Sequence[Row], fields: Sequence[Field], where: str | None) -> list[Row]:
    """Return the rows for which an SQL expression is true.

    Parameters
    ----------
    rows
        The rows, every cell as text.
    fields
        The fields of their columns.
    where
        An expression as SQLite reads it, such as ``issue == 'territory' and claim_start > 900``. Blanks are NULL, booleans true or false, and ordered
        categories compare by their order. None keeps every row.

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
    if where is None:
        return list(rows)
    try:
        return [rows[at] for at in _places(rows, fields, where)]
    except (FilterError, UnknownNameError) as error:
        raise FilterError(f"--where {where!r}: {error}") from error


def _places(rows: Sequence[Row], fields: Sequence[Field], where: str) -> list[int]:
    if "\0" in where or not is_utf8(where):
        raise FilterError(f"this is no text in UTF-8 without NUL. {_EXPRESSION}")
    tokens = list(_tokens(where))
    connection = sqlite3.connect(":memory:")
    misfits: list[str] = []
    columns: dict[str, Field] = {}
    try:
        _fill(connection, rows, fields, misfits)
        columns = _columns(connection, fields)
        _adapt(tokens, columns, fields)
        sql = "".join(token.text for token in tokens)
        connection.set_authorizer(_only_reading)
        connection.set_progress_handler(lambda: 1, _STEPS)
        # The table is in memory and may only be read, so that an expression can do no more than choose rows.
        found = connection.execute(f"SELECT {_PLACE} FROM t WHERE (\n{sql}\n) ORDER BY {_PLACE}").fetchall()  # noqa: S608
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise FilterError(_explained(str(error), tokens, fields, columns)) from error
    finally:
        connection.close()
    if misfits:
        raise FilterError(misfits[0])
    return [at for (at,) in found]


def _tokens(where: str) -> Iterator[_Token]:
    """Yield an expression's tokens.

    Raises
    ------
    FilterError
        If a quotation mark, bracket or comment is not closed, or there is more than one expression.
    """
    depth = 0
    for match in _TOKEN.finditer(where):
        token = _Token(str(match.lastgroup), match[0])
        if token.kind == "operator":
            if token.text in _OPENING:
                raise FilterError(f"{_OPENING[token.text]} is not closed: {where[match.start() :]}")
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text == ";" or depth < 0:
                raise FilterError(f"this is more than one expression, or has a ) without its (. {_EXPRESSION}")
            if token.text in _WORDS:
                raise FilterError(f"write {_WORDS[token.text]}, not {token.text}")
            if token.text in _CURLY:
                raise FilterError(f"{_STRAIGHT}, not {token.text}: 'red_line'")
        if token.kind == "name" and token.text[0] == "[" and set(token.text) & set("',\""):
            raise FilterError("write no [ ]: a list is in ( ), as in ('a', 'b'), and a column's name alone")
        # SQLite takes an unknown name in double quotes for a text, but not one in backticks.
        if token.kind == "name" and token.text[0] == '"':
            token.text = f"`{token.content.replace('`', '``')}`"
        yield token
    if depth:
        raise FilterError("a ( is not closed")


def _fill(connection: sqlite3.Connection, rows: Sequence[Row], fields: Sequence[Field], misfits: list[str]) -> None:
    """Make the table `t`, whose key is the row's place, and the orders that its columns compare by. Without a rowid, that is no column either."""
    for place, field in enumerate(fields):
        connection.create_collation(f"order{place}", _order(field, misfits))
    columns = (
        f"{_quoted(field.name)} {_AFFINITY.get(field.type, 'TEXT')}"
        + (f" COLLATE order{place}" if field.type == "date" or field.is_ordered else "")
        for place, field in enumerate(fields)
    )
    connection.execute(f"CREATE TABLE t ({_PLACE} INTEGER PRIMARY KEY, {', '.join(columns)}) WITHOUT ROWID")
    typed = [(field.name, field if field.type in _AFFINITY else None) for field in fields]
    cells = (
        [at, *(field.parse(row[name]) if field else row[name] or None for name, field in typed)]
        for at, row in enumerate(rows)
    )
    names = ", ".join([_PLACE, *(_quoted(name) for name, _ in typed)])
    connection.executemany(f"INSERT INTO t ({names}) VALUES (?{', ?' * len(typed)})", cells)  # noqa: S608 - names in quotation marks


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _order(field: Field, misfits: list[str]) -> Callable[[str, str], int]:
    """Return how a column's texts compare; a text that has no place in their order is noted as a misfit."""
    name = field.name
    ranks = {value: rank for rank, value in enumerate(field.values)}

    def day(text: str) -> str:
        if told := _no_day(name, text):
            misfits.append(told)
        return text

    def rank(text: str) -> int:
        if text not in ranks:
            misfits.append(str(UnknownNameError(f"value of {name}", text, ranks)))
        return ranks.get(text, -1)

    place: Callable[[str], Any] = rank if ranks else day

    def compare(one: str, other: str) -> int:
        a, b = place(one), place(other)
        return int(a > b) - int(a < b)

    return compare


def _no_day(name: str, text: str) -> str:
    """Return that a column of days is compared with what is none, empty if it is one."""
    with suppress(ValueError):
        if TYPES["date"].parse(text):
            return ""
    return f"{name} is compared with {text!r}, which is no day; write a day as '2025-01-31'"


def _columns(connection: sqlite3.Connection, fields: Sequence[Field]) -> dict[str, Field]:
    """Return the fields by what names them in an expression; words of SQL name a column in quotation marks alone."""
    found = {}
    for field in fields:
        name = field.name.lower()
        found[_quoted(name)] = field
        with suppress(sqlite3.Error):
            if re.fullmatch(r"\w+", name):
                connection.execute(f"EXPLAIN SELECT {name} FROM t")  # noqa: S608 - one word
                found[name] = field
    return found


def _adapt(tokens: list[_Token], columns: Mapping[str, Field], fields: Sequence[Field]) -> None:
    """Let SQLite compare booleans with their words and ordered categories by their order.

    Raises
    ------
    FilterError
        If a column is compared with what it cannot be compared with.
    """
    words = _bare([token for token in tokens if token.kind != "space"], columns)
    named = [_named(words, at, columns) for at in range(len(words))]
    for start, stop in _conditions(words, 0, len(words)):
        _check_condition(words[start:stop], named[start:stop])
    # What is joined to a text is not yet the value.
    if not any(token.text == "||" for token in words):
        for comparison in _comparisons(words, named):
            _check(*comparison, fields)
    nearest = next(filter(None, named), None)
    for at, (token, field) in enumerate(zip(words, named, strict=True)):
        nearest = field or nearest
        # What a function returns has no order of its own, but where it returns one of its arguments.
        if field and field.is_ordered and at > 1 and words[at - 2].word in _RETURNING:
            token.text += f" COLLATE order{fields.index(field)}"
        if token.kind == "text" and nearest and nearest.type == "boolean" and token.content.lower() in _BOOLEAN:
            token.text = f" {token.content} "


def _bare(words: list[_Token], columns: Mapping[str, Field]) -> list[_Token]:
    """Return words without brackets around a column alone: it compares as it does without them."""
    for at in range(len(words) - 2):
        first, last = words[at].text, words[at + 2].text
        called = at and words[at - 1].kind in {"word", "name"} and words[at - 1].word not in _BEFORE_BRACKET
        if (first, last) == ("(", ")") and not called and _named(words, at + 1, columns):
            return _bare([*words[:at], words[at + 1], *words[at + 3 :]], columns)
    return words


def _named(words: list[_Token], at: int, columns: Mapping[str, Field]) -> Field | None:
    """Return the column that a token names, if it is the name of one and not of a function or an alias."""
    token = words[at]
    if (at + 1 < len(words) and words[at + 1].text == "(") or (at and words[at - 1].word == "as"):
        return None
    if token.word == "end" and any(word.word == "case" for word in words[:at]):
        return None
    if token.kind == "name":
        return columns.get(_quoted(token.content).lower())
    return columns.get(token.word) if token.kind == "word" else None


def _comparisons(words: list[_Token], named: list[Field | None]) -> Iterator[_Comparison]:
    """Yield the columns that are directly beside an operator, with the texts and numbers on its other side."""
    end = _Token("end", "")
    for at, field in enumerate(named):
        if field is None:
            continue
        after = [token for token in words[at + 1 : at + 3] if token.word != "not"] + [end]
        operator = after[0].word
        if operator in _COMPARING:
            place = words.index(after[0])
            rest = [token for token in words[place + 1 :] if token.word != "not"] + [end] * 3
            if operator == "between":
                others = [rest[0], rest[2]]
            elif operator == "in":
                others = _listed(rest)
            else:
                others = [rest[0]]
            yield _Comparison(field, operator, others)
        first = at - 2 if at > 1 and words[at - 1].text == "." else at
        if first > 1 and words[first - 1].word in _COMPARING - {"in"}:
            yield _Comparison(field, words[first - 1].word, [words[first - 2]])


def _listed(words: list[_Token]) -> list[_Token]:
    """Return what is in a list in brackets, but for what functions in it are given."""
    found, depth = [], 0
    for token in words:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 1 or token.word == "select":
            break
        if depth == 1:
            found.append(token)
    return found[1:]


def _conditions(words: list[_Token], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield where the conditions begin and end that AND, OR and NOT join, within brackets too."""
    depth, between, begin = 0, False, start
    for at in range(start, stop + 1):
        word = words[at].word if at < stop else "or"
        depth += (word in {"(", "case"}) - (word in {")", "end"})
        if at < stop and (depth or word not in {"and", "or"}):
            between = between or (word == "between" and not depth)
        elif word == "and" and between:
            between = False
        else:
            while begin < at and words[begin].word == "not":
                begin += 1
            if begin < at and words[begin].text == "(" and _closing(words, begin) == at - 1:
                if words[begin + 1].word != "select":
                    yield from _conditions(words, begin + 1, at - 1)
            elif begin < at:
                yield begin, at
            begin = at + 1


def _closing(words: list[_Token], opening: int) -> int:
    """Return where the bracket is closed that opens at a place."""
    depth = 0
    for at in range(opening, len(words)):
        depth += {"(": 1, ")": -1}.get(words[at].text, 0)
        if not depth:
            return at
    return len(words)


def _check_condition(words: list[_Token], named: list[Field | None]) -> None:
    """Refuse what is no condition: SQLite takes a text for false, and the answer of a first comparison for a number in a second."""
    depth, tests = 0, []
    for token in words:
        depth += (token.word in {"(", "case"}) - (token.word in {")", "end"})
        tests += [token.text] if token.word in _TESTING and not depth else []
    if sum(test.lower() in _COMPARING for test in tests) > 1:
        raise FilterError(f"two comparisons ({' and '.join(tests)}) are side by side: write and, or or, between them")
    if tests:
        return
    last, field = words[-1], named[-1]
    if any(token.text == "||" for token in words):
        raise FilterError("|| joins texts, and a text is no condition: write or, not ||")
    if len(words) == 1 or (len(words) == 3 and words[1].text == "."):
        if field and field.type != "boolean":
            name = field.name
            raise FilterError(f"{name} is {_what(field)}, no condition: write {name} is not null, or compare it")
        if last.kind == "text" or (last.kind == "number" and last.text not in {"0", "1"}):
            raise FilterError(f"{last.text} is no condition: compare a column with it, or write in ('a', 'b')")
    textual = words[0].word in _TEXTUAL and _closing(words, 1) == len(words) - 1
    if textual and not any(one and one.type == "boolean" for one in named):
        raise FilterError(f"{words[0].text}(…) is a text, no condition: compare it")


def _what(field: Field) -> str:
    kinds = {"integer": "a number", "number": "a number", "date": "a day", "list": "a list"}
    return kinds.get(field.type, "a text")


def _check(field: Field, operator: str, others: list[_Token], fields: Sequence[Field]) -> None:
    """Refuse a comparison that SQLite would answer with all rows or none, or by letters where letters have no order."""
    name, kind = field.name, field.type
    if operator in _ORDERING and (why := _unordered(field, fields)):
        raise FilterError(f"{name} {why}")
    categories = field.values
    for other in others:
        if (other.word == "null" and operator not in {"is", "in"}) or (other.text == "''" and operator in _EQUAL):
            raise FilterError(f"nothing equals a blank; write {name} IS NULL or {name} IS NOT NULL")
        if not (other.kind in {"text", "number"} or other.word in _BOOLEAN):
            continue
        if other.text == "''" and kind == "string":
            continue
        told = other.content if other.kind == "text" else other.text
        if categories and told not in categories:
            raise UnknownNameError(f"value of {name}", told, categories)
        if kind == "boolean" and told.lower() not in {*_BOOLEAN, "0", "1"}:
            raise FilterError(f"{name} is true or false, never {other.text}")
        if kind in {"integer", "number"} and other.kind != "number" and not _NUMBER.fullmatch(told):
            raise FilterError(f"{name} holds numbers, and {other.text} is none")
        if kind == "date" and other.kind == "text" and (told := _no_day(name, told)):
            raise FilterError(told)
        if other.word in _BOOLEAN and kind != "boolean":
            raise FilterError(f"{name} is {_what(field)}, never true or false")


def _unordered(field: Field, fields: Sequence[Field]) -> str:
    """Return why a column's values have no order, empty if they have one."""
    if field.categories and not field.is_ordered:
        return "has categories without an order: compare with = or IN"
    if field.is_edtf:
        days = ", ".join(other.name for other in fields if other.type == "date")
        return f"holds dates as EDTF, whose letters have no order: compare a day ({days})"
    return ""


def _explained(reason: str, tokens: list[_Token], fields: Sequence[Field], columns: Mapping[str, Field]) -> str:
    """Return what an error of SQLite's means for the expression."""
    names = [field.name for field in fields]
    if reason.startswith("no such column: "):
        name = reason.removeprefix("no such column: ").split(" - ")[0]
        is_value = any(name in field.values for field in fields)
        note = f"{'' if is_value else did_you_mean(name, names)} {_STRAIGHT}: '{name}'.".strip()
        return str(UnknownNameError("column", name, names, note))
    if reason.startswith("no such table: "):
        return f"an expression knows the columns of one table, and no table {reason.split(': ')[1]!r}. {_EXPRESSION}"
    if reason.startswith("no such function: "):
        name = reason.split(": ")[1]
        day = next((field.name for field in fields if field.type == "date"), "")
        years = (
            f" The year of a day is substr({day}, 1, 4)." if day and name.lower() in {"year", "month", "day"} else ""
        )
        return f"there is no function {name!r}.{years} {_EXPRESSION}"
    if reason == "interrupted":
        return "this takes too long"
    if "binding" in reason:
        return f"? : @ and $ stand for nothing here; a text is in single quotation marks. {_EXPRESSION}"
    # The bracket may be the one around the whole expression.
    reason = reason.replace('near ")": syntax error', "something is missing at the end or before a )")
    reason = re.sub('near "(.*)": syntax error', r"this cannot be read from '\1' on", reason, flags=re.DOTALL)
    used = {token.word for token in tokens if token.kind == "word"}
    reserved = next((name for name in names if name.lower() in used - columns.keys() | used & {"end"}), "")
    hint = f'; a column that is a word of SQL is in double quotes: "{reserved}"' if reserved else ""
    return f"{reason}{hint}. {_EXPRESSION}"


def _only_reading(action: int, first: str | None, second: str | None, *_: object) -> int:
    reading = action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ} or (
        action == sqlite3.SQLITE_FUNCTION and second != "load_extension"
    )
    del first
    return sqlite3.SQLITE_OK if reading else sqlite3.SQLITE_DENY
