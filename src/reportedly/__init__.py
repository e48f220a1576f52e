"""Reportedly: attributed facts from news reporting about peace negotiations.

Every name here is imported on first use, so that ``import reportedly`` costs next to nothing.
"""

from __future__ import annotations

# As type checkers know it, without typing, which takes longer to import than all else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from reportedly.citations.cite import cite as cite
    from reportedly.exports.export import export as export
    from reportedly.frames.chains import chain as chain
    from reportedly.frames.describe import describe as describe
    from reportedly.frames.flat import flat as flat
    from reportedly.frames.load import load as load
    from reportedly.frames.save import save as save
    from reportedly.package.releases import versions as versions
    from reportedly.package.resolve import path as path
    from reportedly.package.resolve import tables as tables
    from reportedly.validation.pandera import schema as schema
    from reportedly.validation.validate import validate as validate
    from reportedly.verification.verify import verify as verify
    from reportedly.versioning.diff import diff as diff

    __version__: str

_HOME = {
    "chain": "reportedly.frames.chains",
    "cite": "reportedly.citations.cite",
    "describe": "reportedly.frames.describe",
    "diff": "reportedly.versioning.diff",
    "export": "reportedly.exports.export",
    "flat": "reportedly.frames.flat",
    "load": "reportedly.frames.load",
    "path": "reportedly.package.resolve",
    "save": "reportedly.frames.save",
    "schema": "reportedly.validation.pandera",
    "tables": "reportedly.package.resolve",
    "validate": "reportedly.validation.validate",
    "verify": "reportedly.verification",
    "versions": "reportedly.package.releases",
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
        from reportedly.package.shipped import shipped

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
