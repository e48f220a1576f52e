"""What may be printed on a terminal: cells and names of a stranger's package may hold characters that control it."""

from __future__ import annotations


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
