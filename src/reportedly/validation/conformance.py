"""Conformance by frictionless, the reference implementation of the Data Package standard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportedly import limits
from reportedly.package.descriptor import DESCRIPTOR, read_json
from reportedly.validation.report import Issue
from reportedly.validation.sound import Sound

if TYPE_CHECKING:
    from collections.abc import Iterator

# What frictionless also finds, but `files` says with the right value beside it.
_TOLD_ELSEWHERE = {"hash-count", "byte-count", "row-count", "encoding-error"}
# frictionless describes its errors; what would be right, it leaves to the reader.
_RIGHT = {
    "blank-row": "no blank line",
    "extra-cell": "as many cells as the header has fields",
    "type-error": "a value of the field's type and format",
    "missing-cell": "as many cells as the header has fields",
}
_STANDARD = "what the Data Package standard asks for"


_SOUND = Sound()


def conformance(root: str, digests: dict[str, str]) -> tuple[list[Issue], list[str]]:
    """Return what frictionless finds wrong with a package, but for keys that point nowhere.

    For each key into a table frictionless reads that table again, and makes errors of all that is wrong in it: where much is, that takes hours.

    Parameters
    ----------
    root
        The package's folder. Its paths must have been found safe before, its schemas to be the format's.
    digests
        Digests of the files of its tables, as they are now.

    Returns
    -------
    issues : list of Issue
        One for each error, with frictionless's own error type as its rule; of a table the first thousand.
    stopped : list of str
        Which tables have more, in sentences.
    """
    from frictionless import FrictionlessException, system

    try:
        with system.use_context(trusted=False):
            reports = list(_reports(str(Path(root, DESCRIPTOR)), digests))
    except FrictionlessException as failure:
        return [Issue(DESCRIPTOR, error.type, error.message, _STANDARD) for error in failure.to_errors()], []
    except MemoryError:
        raise
    except Exception as failure:  # noqa: BLE001 - on odd descriptors frictionless stumbles in ways that it does not name
        told = f"frictionless cannot read it ({type(failure).__name__})"
        return [Issue(DESCRIPTOR, "descriptor", told, _STANDARD)], []
    # The errors of a single resource are those of its task.
    tasks = [task for report in reports for task in report.tasks]
    issues = [issue for task in tasks for issue in _issues(task)]
    # The one thing that it warns of is that it reached its limit.
    stopped = [
        f"Conformance of {task.name} was checked up to error {limits.FINDINGS:,}, not further."
        for task in tasks
        if task.warnings
    ]
    return issues, stopped


def _issues(task: Any) -> Iterator[Issue]:
    """Yield the errors of one table, but for those that are told elsewhere."""
    blank = {error.row_number for error in task.errors if error.type == "blank-row"}
    for error in task.errors:
        elsewhere = error.type in _TOLD_ELSEWHERE
        # Of a blank line there is no more to tell than that it is blank.
        if not elsewhere and (error.type == "blank-row" or getattr(error, "row_number", 0) not in blank):
            yield _issue(task, error)


def _reports(descriptor: str, digests: dict[str, str]) -> Iterator[Any]:
    """Yield frictionless's report for each resource, but for those that are as they were when it found them clean."""
    from frictionless import Package

    given = {resource["name"]: resource for resource in read_json(descriptor)["resources"]}
    for resource in Package(descriptor).resources:
        judgement = json.dumps(given[resource.name], sort_keys=True)
        if _SOUND.knows(judgement, digests):
            continue
        resource.schema.foreign_keys = []
        report = resource.validate(limit_errors=limits.FINDINGS)
        if report.valid:
            _SOUND.remember(judgement, [resource.name], digests)
        yield report


def _issue(task: Any, error: Any) -> Issue:
    return Issue(
        str(task.place),
        error.type,
        error.note or error.message,
        _RIGHT.get(error.type, error.description),
        table=task.name,
        row=getattr(error, "row_number", 0),
        field=getattr(error, "field_name", "") or "",
        value=str(getattr(error, "cell", "") or ""),
    )
