"""Text as Markdown that every reader shows as it is: CommonMark, GitHub's tables and Python-Markdown, which builds the documentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

# All readers take a backslash before these. An underscore between two letters is none of emphasis, and most columns' names have one.
_PUNCTUATION = re.compile(r"[\\`*\[\]|]|(?<![^\W_])_|_(?![^\W_])")
# Only some take a backslash before these, or take part of it for an address; an entity is a text to all.
_ENTITIES = re.compile(r"[&<~@]|:(?=//)|(?<=www)\.|(?<=WWW)\.|^\s+|\s+$")
_BREAK = re.compile(r"\r\n?|\n")


def escape(text: str) -> str:
    """Return a text as Markdown that shows it as it is, in a table's cell too.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        One line; line breaks are ``<br>``.
    """
    lines = _BREAK.split(text)
    return "<br>".join(_ENTITIES.sub(_entities, _PUNCTUATION.sub(r"\\\g<0>", line)) for line in lines)


def _entities(found: re.Match[str]) -> str:
    names = {"&": "&amp;", "<": "&lt;"}
    return "".join(names.get(character, f"&#{ord(character)};") for character in found[0])


def code(text: str) -> str:
    """Return a text as code, in a table's cell too.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text in backticks, or, where readers disagree on what those show, as an HTML element.
    """
    if text and not re.search(r"[`|\r\n]|^\s|\s$", text):
        return f"`{text}`"
    return f"<code>{escape(text)}</code>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[str] = ()) -> str:
    """Return a table.

    Parameters
    ----------
    heads
        The columns' heads, as Markdown.
    rows
        The cells of each row, as Markdown; `escape` makes Markdown of a text.
    right
        The heads of the columns whose cells stand to the right, as numbers do.

    Returns
    -------
    str
        Without a line feed at the end.
    """
    rule = ["---:" if head in right else "---" for head in heads]
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, rule, *rows])
