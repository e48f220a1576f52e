"""Reportedly: attributed facts from news reporting about peace negotiations.

Every name here is imported on first use, so that ``import reportedly`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportedly.chains import chain as chain
    from reportedly.load import describe as describe
    from reportedly.load import flat as flat
    from reportedly.load import load as load
    from reportedly.package import path as path
    from reportedly.package import tables as tables
    from reportedly.schema import schema as schema
    from reportedly.validate import validate as validate
    from reportedly.verify import verify as verify

    __version__: str

_HOME = {
    "chain": "reportedly.chains",
    "describe": "reportedly.load",
    "flat": "reportedly.load",
    "load": "reportedly.load",
    "path": "reportedly.package",
    "schema": "reportedly.schema",
    "tables": "reportedly.package",
    "validate": "reportedly.validate",
    "verify": "reportedly.verify",
}

__all__ = ["__version__", "chain", "describe", "flat", "load", "path", "schema", "tables", "validate", "verify"]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from reportedly.package import shipped

        return shipped().version
    if name in _HOME:
        from importlib import import_module

        # The submodules `schema`, `validate` and `verify` bear the names of their functions, and importing one binds it
        # here: binding the function afterwards makes the public name win.
        found = getattr(import_module(_HOME[name]), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
