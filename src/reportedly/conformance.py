"""Conformance by frictionless, the reference implementation of the Data Package standard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportedly.package import DESCRIPTOR
from reportedly.report import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

# What frictionless also finds, but `files` says with the right value beside it.
_TOLD_ELSEWHERE = {"hash-count", "byte-count", "encoding-error"}


def conformance(root: str) -> Iterator[Issue]:
    """Yield what frictionless finds wrong with a package.

    Parameters
    ----------
    root
        The package's folder. Its paths must have been found safe before.

    Yields
    ------
    Issue
        One for each error, with frictionless's own error type as its rule.
    """
    from frictionless import FrictionlessException, system, validate

    try:
        with system.use_context(trusted=False):
            report = validate(str(Path(root, DESCRIPTOR)), type="package")
    except FrictionlessException as failure:
        yield Issue(DESCRIPTOR, failure.error.type, failure.error.message, "what the Data Package standard asks for")
        return
    for error in report.errors:
        yield Issue(DESCRIPTOR, error.type, error.message, error.description)
    for task in report.tasks:
        for error in task.errors:
            if error.type not in _TOLD_ELSEWHERE:
                yield _issue(task, error)


def _issue(task: Any, error: Any) -> Issue:
    return Issue(
        str(task.place),
        error.type,
        error.note or error.message,
        error.description,
        table=task.name,
        row=getattr(error, "row_number", 1 if error.type.endswith("label") else 0),
        field=getattr(error, "field_name", "") or "",
        value=str(getattr(error, "cell", "") or ""),
    )
