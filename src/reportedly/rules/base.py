"""What rules are made of."""

from __future__ import annotations

from importlib import import_module
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
