"""Extras: modules of `validate`, imported when first used, so that listing the rules needs none of them, and how to install what is missing."""

from __future__ import annotations

import os
import shlex
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from reportedly.errors import MissingExtraError


class Lazy:
    """A module that is imported when one of its names is first asked for.

    Parameters
    ----------
    name
        The module's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(import_module(self._name), name)
        except ImportError as error:
            raise MissingExtraError(error.name) from error


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
        return shlex.quote(word)
    return f'"{word}"' if set(word) & set(" <>&|[]") else word
