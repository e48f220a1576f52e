"""Versions: three numbers, and ``-dev.0`` behind them before their release."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple

_NUMBER = "(0|[1-9][0-9]{0,8})"
PATTERN = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-dev\.{_NUMBER})?")


class Level(IntEnum):
    """The part of a version that a change moves, the weightier the greater."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Version(NamedTuple):
    """A version as Semantic Versioning has it (https://semver.org/spec/v2.0.0.html), sorted as it says.

    Of its pre-releases there is one: ``0.2.0-dev.0`` is what becomes 0.2.0, and comes before it.

    Attributes
    ----------
    major, minor, patch
        The three numbers.
    is_final
        Whether it can be released; a development version cannot.
    dev
        The number of the development version.
    """

    major: int
    minor: int
    patch: int
    is_final: bool = True
    dev: int = 0

    @classmethod
    def read(cls, text: str) -> Version | None:
        """Return the version that a text is, or None where it is none."""
        found = PATTERN.fullmatch(text)
        if not found:
            return None
        major, minor, patch, dev = found.groups()
        return cls(int(major), int(minor), int(patch), is_final=dev is None, dev=int(dev or 0))

    @property
    def final(self) -> Version:
        """The version that it is, or becomes, when it is released."""
        return Version(self.major, self.minor, self.patch)

    @property
    def pep440(self) -> str:
        """The same for Python's packaging tools (https://peps.python.org/pep-0440/)."""
        return str(self.final) if self.is_final else f"{self.final}.dev{self.dev}"

    def after(self, level: Level) -> Version:
        """Return the lowest version that a change of a level may have.

        Below 1.0.0 anything may change (Semantic Versioning, item 4), but here not unnoticed: what would be major moves the minor number, all
        else the patch number. What is not released yet promises nothing, so any change may become part of it.
        """
        if not self.is_final:
            return self.final if level else self
        if self.major == 0 and level is Level.MAJOR:
            return Version(0, self.minor + 1, 0)
        if level is Level.MAJOR:
            return Version(self.major + 1, 0, 0)
        if level is Level.MINOR and self.major > 0:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1) if level else self

    def __str__(self) -> str:
        numbers = f"{self.major}.{self.minor}.{self.patch}"
        return numbers if self.is_final else f"{numbers}-dev.{self.dev}"
