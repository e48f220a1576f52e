"""What may be printed on a terminal: cells and names of a stranger's package may hold characters that control it."""

from __future__ import annotations

import json
from typing import Any

_CUT = "…"
# What is kept in front of the first letter that differs, so that a reader sees where in the cell it is.
_BEFORE = 12


def escape_controls(text: str) -> str:
    r"""Return a text with every character that a terminal does not print as an escape such as ``\x1b``; line feeds and tabs stay.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text itself where there is nothing to escape.
    """
    return "".join(
        character if character.isprintable() or character in "\n\t" else ascii(character)[1:-1] for character in text
    )


def one_line(text: str) -> str:
    r"""Return a text as `escape_controls` does, in one line: line feeds and tabs are escaped too.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text itself where there is nothing to escape.
    """
    return escape_controls(text).replace("\n", "\\n").replace("\t", "\\t")


def clip(text: str, most: int = 60) -> str:
    """Return a value fit for one line of a message."""
    line = repr(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def shown(value: Any) -> str:
    """Return a value as it is reported: texts in one line and as they are, all else as JSON."""
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return one_line(text) or "(blank)"


def cut(text: str, width: int | None) -> str:
    """Return a text that is no longer than a width."""
    return text if width is None or len(text) <= width else text[: max(width - 1, 0)] + _CUT


def cut_pair(old: str, new: str, width: int | None) -> tuple[str, str]:
    """Return two texts, each no longer than a width; what they share in front goes first, so that the difference stays in sight."""
    if width is None or max(len(old), len(new)) <= width:
        return old, new
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    skipped = max(same - _BEFORE, 0)
    if skipped:
        old, new = _CUT + old[skipped:], _CUT + new[skipped:]
    return cut(old, width), cut(new, width)
