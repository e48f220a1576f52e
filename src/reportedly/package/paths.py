"""Paths: which can be, which stay inside a package, and why one is refused."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from reportedly import limits
from reportedly.errors import reason
from reportedly.text.display import clip

_REGULAR = "a regular file in the package"


class Refusal(NamedTuple):
    """Why a file that a descriptor names must not or cannot be read.

    Attributes
    ----------
    rule
        The rule that it breaks: ``safe-path``, ``missing-file`` or ``size``.
    message, expected
        What is wrong, and what is expected.
    is_of_path
        Whether the path itself is refused, so that the descriptor is to blame, not the file.
    """

    rule: str
    message: str
    expected: str
    is_of_path: bool = False


def is_inside(path: str) -> bool:
    """Return whether a path can only lead to something inside the folder that it is relative to, on any system."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    return bool(parts) and not path.startswith("/") and ".." not in parts and not set(path) & set("\\:")


def check_path(path: str) -> Refusal | None:
    """Refuse a path that is unprintable, too long or leads out of the package."""
    if not path.isprintable() or len(path) > limits.PATH:
        message = f"the path {clip(path)} is too long or not printable"
        return Refusal("safe-path", message, f"{limits.PATH} letters at most", is_of_path=True)
    if not is_inside(path):
        message = f"the path {clip(path)} leaves the package"
        return Refusal("safe-path", message, "a relative path that never leads out of the package", is_of_path=True)
    return None


def check_file(root: str, path: str, *, trusted: bool) -> Refusal | None:
    """Refuse a file of a package that a link leads out of it for, that is none, is missing or is too large.

    Parameters
    ----------
    root
        The package's folder.
    path
        The path as the descriptor gives it, which `check_path` did not refuse.
    trusted
        Whether the package is this installation's own: installers may make each of its files a link.
    """
    full = os.path.join(root, *path.split("/"))
    most = limits.JSON_BYTES if path.endswith(".json") else limits.TABLE_BYTES
    try:
        if not trusted and _leads_out(root, full):
            return Refusal("safe-path", "a link leads out of the package", _REGULAR)
        size = limits.regular_size(full)
    except OSError as error:
        why = "file missing" if isinstance(error, FileNotFoundError) else reason(error)
        return Refusal("missing-file", why, "add it, or remove it from datapackage.json")
    if size is None:
        return Refusal("safe-path", "not a regular file", _REGULAR)
    return Refusal("size", f"the file has {size:,} bytes", f"{most:,} bytes at most") if size > most else None


def _leads_out(root: str, path: str) -> bool:
    home = os.path.realpath(root)
    return os.path.commonpath([home, os.path.realpath(path)]) != home


def address(path: str) -> str:
    """Return why an address is no path, empty if it is one."""
    # pathlib makes one slash of the two. A disk of Windows has one letter.
    if not re.match("[A-Za-z][A-Za-z0-9+.-]+:/", path) or os.path.exists(path):
        return ""
    return "this is an address, and only files on this computer are read and written; download it and name the file"


def impossible(path: str) -> str:
    """Return why no file on this system can have a path, empty if one can."""
    if why := address(path):
        return why
    if "\0" in path:
        return "no path can hold a NUL character"
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return "no path can hold half a character"
    return ""


def is_utf8(text: str) -> bool:
    """Return whether UTF-8 can hold a text: an argument of other bytes comes with half characters in their place."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
