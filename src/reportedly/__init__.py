"""Reportedly: attributed facts from news reporting about peace negotiations.

Every name here is imported on first use, so that ``import reportedly`` costs next to nothing.
"""

from __future__ import annotations

# As type checkers know it, without typing, which takes longer to import than all else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from reportedly.citations.cite import cite
    from reportedly.errors import (
        FilterError,
        FrameError,
        MissingExtraError,
        PackageError,
        ReportedlyError,
        TargetError,
        UnknownNameError,
        VersionError,
        WithdrawnError,
    )
    from reportedly.exports.export import Export, export
    from reportedly.frames.chains import Chain, Hop, chain
    from reportedly.frames.describe import describe
    from reportedly.frames.flat import flat
    from reportedly.frames.load import load
    from reportedly.frames.save import save
    from reportedly.package.releases import versions
    from reportedly.package.resolve import path, tables
    from reportedly.validation.pandera import schema
    from reportedly.validation.report import Issue, Omitted, Report
    from reportedly.validation.validate import validate
    from reportedly.verification.evidence import Unproven
    from reportedly.verification.report import Verdict, Verification
    from reportedly.verification.verify import verify
    from reportedly.versioning.bump import Bump, Reason
    from reportedly.versioning.changes import Cell, Change, Count, Side
    from reportedly.versioning.diff import diff
    from reportedly.versioning.difference import Difference

    __version__: str

_NAMES = {
    "citations.cite": ("cite",),
    "errors": (
        "FilterError",
        "FrameError",
        "MissingExtraError",
        "PackageError",
        "ReportedlyError",
        "TargetError",
        "UnknownNameError",
        "VersionError",
        "WithdrawnError",
    ),
    "exports.export": ("Export", "export"),
    "frames.chains": ("Chain", "Hop", "chain"),
    "frames.describe": ("describe",),
    "frames.flat": ("flat",),
    "frames.load": ("load",),
    "frames.save": ("save",),
    "package.releases": ("versions",),
    "package.resolve": ("path", "tables"),
    "validation.pandera": ("schema",),
    "validation.report": ("Issue", "Omitted", "Report"),
    "validation.validate": ("validate",),
    "verification.evidence": ("Unproven",),
    "verification.report": ("Verdict", "Verification"),
    "verification.verify": ("verify",),
    "versioning.bump": ("Bump", "Reason"),
    "versioning.changes": ("Cell", "Change", "Count", "Side"),
    "versioning.diff": ("diff",),
    "versioning.difference": ("Difference",),
}
_HOME = {name: f"reportedly.{module}" for module, names in _NAMES.items() for name in names}

__all__ = [
    "Bump",
    "Cell",
    "Chain",
    "Change",
    "Count",
    "Difference",
    "Export",
    "FilterError",
    "FrameError",
    "Hop",
    "Issue",
    "MissingExtraError",
    "Omitted",
    "PackageError",
    "Reason",
    "Report",
    "ReportedlyError",
    "Side",
    "TargetError",
    "UnknownNameError",
    "Unproven",
    "Verdict",
    "Verification",
    "VersionError",
    "WithdrawnError",
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
