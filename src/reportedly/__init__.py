"""Reportedly: attributed facts from news reporting about peace negotiations.

Every name here is imported on first use, so that ``import reportedly`` costs next to nothing.
"""

from __future__ import annotations

# As type checkers know it, without typing, which takes longer to import than all else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from reportedly.chains import chain as chain
    from reportedly.citing import cite as cite
    from reportedly.comparing import diff as diff
    from reportedly.exporting import export as export
    from reportedly.frames import describe as describe
    from reportedly.frames import flat as flat
    from reportedly.frames import load as load
    from reportedly.package import path as path
    from reportedly.package import tables as tables
    from reportedly.pandera_schemas import schema as schema
    from reportedly.releases import versions as versions
    from reportedly.saving import save as save
    from reportedly.validation import validate as validate
    from reportedly.verification.verify import verify as verify

    __version__: str

_HOME = {
    "chain": "reportedly.chains",
    "cite": "reportedly.citing",
    "describe": "reportedly.frames",
    "diff": "reportedly.comparing",
    "export": "reportedly.exporting",
    "flat": "reportedly.frames",
    "load": "reportedly.frames",
    "path": "reportedly.package",
    "save": "reportedly.saving",
    "schema": "reportedly.pandera_schemas",
    "tables": "reportedly.package",
    "validate": "reportedly.validation",
    "verify": "reportedly.verification",
    "versions": "reportedly.releases",
}

__all__ = [
    "__version__",
    "chain",
    "cite",
    "describe",
    "diff",
    "export",
    "flat",
    "load",
    "path",
    "save",
    "schema",
    "tables",
    "validate",
    "verify",
    "versions",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from reportedly.package import shipped

        return shipped().version
    if name in _HOME:
        from importlib import import_module

        def late(*arguments: object, **options: object) -> object:
            return getattr(import_module(_HOME[name]), name)(*arguments, **options)

        try:
            found = getattr(import_module(_HOME[name]), name)
        except ImportError as error:
            # Who only names it, as help() and import * do, needs no extra; the call says which one is missing.
            late.__name__, late.__doc__ = name, str(error)
            return late
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
