"""What goes wrong for a reason that a user can mend: one clear message each."""

from __future__ import annotations

import os
import re
import sys
from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING

from reportedly import limits
from reportedly.text.display import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a message holds of what was read; nobody reads a longer line.
_LONGEST = 2_000


class ReportedlyError(Exception):
    """Base of every error that this package raises for wrong input or use. Its text is one line, whatever was read."""

    def __str__(self) -> str:
        # Names and cells of somebody else's package are reported as they are, but no terminal obeys them.
        return one_line(cut(super().__str__(), _LONGEST))


class PackageError(ReportedlyError):
    """A data package, or a file of it, cannot be read at all.

    Parameters
    ----------
    message
        What is reported: the path and why.
    why
        Why alone, for a report that names the file itself.
    """

    def __init__(self, message: str, why: str = "") -> None:
        super().__init__(message)
        self.why = why or message


class UnknownNameError(ReportedlyError, LookupError):
    """A table, column, claim or actor that does not exist was asked for.

    Parameters
    ----------
    kind
        What was looked for, such as ``"table"``.
    name
        The name that was not found.
    known
        The names that exist.
    note
        What the name is instead, as a sentence; by default the nearest of the names is suggested.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str], note: str = "") -> None:
        names = list(known)
        hint = f" {note}" if note else did_you_mean(str(name), names)
        listed = ", ".join(names) if len(names) <= 40 else f"{', '.join(names[:5])} … {names[-1]}"
        super().__init__(f"There is no {kind} {str(name)!r}.{hint} There are: {listed or 'none'}.")


# What formats are called elsewhere, mostly the endings of their files, and commands.
_OTHER_NAMES = {
    **dict.fromkeys(("xlsx", "xls"), "excel"),
    **dict.fromkeys(("json", "ndjson"), "jsonl"),
    **dict.fromkeys(("ttl", "rdf"), "turtle"),
    **dict.fromkeys(("sqlite3", "db"), "sqlite"),
    **dict.fromkeys(("arrow", "feather"), "parquet"),
    "bib": "bibtex",
    "dta": "stata",
    "help": "--help",
    "json-ld": "jsonld",
    **dict.fromkeys(("list", "ls"), "tables"),
    "md": "markdown",
    "ro-crate": "rocrate",
    "sav": "spss",
    "tsv": "csv",
}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence that suggests a name, with a space before it; empty where none is near.

    Parameters
    ----------
    name
        The name that was not found.
    known
        The names that exist. Only such are suggested, and of identifiers only such as have the form of the one that was asked for.
    """
    names = {one.casefold(): one for one in known}
    asked = name.casefold()
    found = asked if asked in names else _OTHER_NAMES.get(asked)
    if found not in names:
        # The same numbers and letters, however they are parted and padded, or the end of them alone: "d12" is short for "tasr-0001.d12".
        parts = _parts(asked)
        same = (one for one in names if any(part.isdigit() for part in parts) and _parts(one)[-len(parts) :] == parts)
        found = min(same, key=len, default=None)
    if found not in names:
        forms: dict[str, list[str]] = {}
        for one in names:
            forms.setdefault(_form(one), []).append(one)
        near = get_close_matches(_form(asked), forms, n=1, cutoff=0.5)
        found = next(iter(get_close_matches(asked, forms[near[0]], n=1, cutoff=0.5)), None) if near else None
    return f" Did you mean {names[found]!r}?" if found else ""


def _parts(name: str) -> list[str]:
    """Return the numbers, without the zeros before them, and the words of a name."""
    return [part.lstrip("0") or "0" for part in re.findall(r"[0-9]+|[^\W\d_]+", name)]


def _form(name: str) -> str:
    """Return a name without its numbers, so that a demand's identifier is like that of every other demand and unlike a claim's."""
    return re.sub("[0-9]+", "0", name)


class WithdrawnError(ReportedlyError, LookupError):
    """A row was asked for that was released once and withdrawn since."""


class VersionError(ReportedlyError, ValueError):
    """A version is asked for in a way that cannot be answered."""


class TargetError(ReportedlyError):
    """A file or folder cannot be written."""


class FrameError(ReportedlyError, ValueError):
    """A frame cannot be saved as a table."""


class FilterError(ReportedlyError, ValueError):
    """A filter expression cannot be evaluated."""


class MissingExtraError(ReportedlyError, ImportError):
    """A function needs a package that comes with an extra.

    Parameters
    ----------
    module
        The module that could not be imported.
    extra
        The extra that brings it.
    """

    def __init__(self, module: str | None, extra: str = "validate") -> None:
        super().__init__(f"This needs {module}, which comes with the extra {extra}: {install(extra)}", name=module)


TOO_DEEP = f"nested more than {limits.JSON_DEPTH} deep"


def reason(error: Exception) -> str:
    """Return why a file could not be read, in a few words and without a path."""
    if isinstance(error, OSError):
        return (error.strerror or "cannot be read").lower()
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: byte 0x{error.object[error.start]:02x} at offset {error.start}"
    if isinstance(error, RecursionError):
        return TOO_DEEP
    return str(error)


def install(extra: str) -> str:
    """Return the command that installs what an extra brings into the environment that is running.

    It names the distributions, which any index has, and the environment, which need not be the one that the shell's `pip` belongs to.
    """
    pip = [sys.executable, "-m", "pip", "install"]
    command = pip if find_spec("pip") else ["uv", "pip", "install", "--python", sys.executable]
    return " ".join(map(_quoted, [*command, *_requirements(extra)]))


def _requirements(extra: str) -> list[str]:
    from importlib.metadata import PackageNotFoundError, requires

    try:
        declared = requires("reportedly") or []
    except PackageNotFoundError:
        # Run from a checkout that is not installed.
        here = os.path.abspath(__file__)  # noqa: PTH100 - pathlib costs 10 ms at start-up
        return [f"{os.path.dirname(os.path.dirname(os.path.dirname(here)))}[{extra}]"]  # noqa: PTH120 - as above
    found = (line.partition(";") for line in declared)
    return [
        needed.strip()
        for needed, _, marker in found
        if f"extra=='{extra}'" in marker.replace('"', "'").replace(" ", "")
    ]


def _quoted(word: str) -> str:
    """Return a word as the system's shell reads it: Windows knows no single quotation marks."""
    if os.name == "posix":
        import shlex

        return shlex.quote(word)
    return f'"{word}"' if set(word) & set(" <>&|[]") else word
