"""Validate a data package of this format: files, descriptor, tables, and the rules across them."""

from __future__ import annotations

import os
from collections import Counter
from importlib.util import find_spec
from typing import TYPE_CHECKING

from reportedly.errors import MissingExtraError
from reportedly.package.resolve import open_package
from reportedly.package.shipped import shipped
from reportedly.validation.descriptor import check_descriptor, check_standard
from reportedly.validation.files import Files
from reportedly.validation.report import Issue, Omitted, Report

try:
    from reportedly.engines.polars import PolarsEngine
    from reportedly.validation.evaluate import Evaluation
except ImportError as error:
    raise MissingExtraError(error.name) from error
# Asked for here, so that a missing extra is said before any work is done. Most packages need no look of it, and its import takes long.
if find_spec("frictionless") is None:
    raise MissingExtraError("frictionless")

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportedly.model.schema import Format, Table
    from reportedly.package.csvfile import Text

    Progress = Callable[[str], None]
    Found = Issue | Omitted

# With these findings a package is another than the one that is meant, or leads out of its folder.
_UNFIT = {"descriptor", "table-set", "safe-path", "missing-file", "size", "format-schema"}


def validate(path: str | os.PathLike[str] | None = None, *, progress: Progress | None = None) -> Report:
    """Validate a data package of this format.

    Files and descriptor first, then the rows of each table, the descriptor by the standard, keys and rules across tables. Whatever a
    package says of its own schemas, its tables are held to the format's. Of one check's findings in a field the first thousand are reported.

    Parameters
    ----------
    path
        A folder, a ``datapackage.json`` or a zip file; the shipped dataset by default.
    progress
        Called with the name of each step as it begins.

    Returns
    -------
    Report
        The findings. It never raises for what is inside the package.

    Raises
    ------
    PackageError
        If there is nothing at the path, or it is no data package at all.
    MissingExtraError
        If the extra ``validate`` is not installed.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.validate().ok
    True
    """
    step = progress or (lambda _: None)
    package = open_package(path)
    shown = f"reportedly {package.version}" if path is None else os.fspath(path)
    files = Files(package.root, shipped().format)
    step("descriptor")
    issues = list(check_descriptor(files.package, files.form.names))
    if any(issue.rule != "table-set" for issue in issues):
        return Report(shown, "", {}, tuple(issues), ("Nothing else was checked: the descriptor cannot be used.",))
    return _tables(shown, files, issues, step)


def _tables(shown: str, files: Files, descriptor: list[Issue], step: Progress) -> Report:
    package, form = files.package, files.form
    found: list[Found] = [*descriptor]
    texts: dict[str, tuple[Table, Text]] = {}
    for name in (table for table in form.names if table in package.resources):
        step(f"file of {name}")
        found += files.schema(name)
        of_file, text = files.table(name)
        found += of_file
        if text is not None:
            texts[name] = form.table(name), text
    skipped = []
    if any(issue.rule in _UNFIT for issue in found):
        skipped.append("Conformance was not checked: the descriptor, a schema or a file cannot be used as it is.")
    else:
        step("conformance")
        found += check_standard(package.descriptor)
    rules = Evaluation(PolarsEngine(texts), form, {name: str(package.resource(name)["path"]) for name in texts})
    for name in texts:
        step(f"rows of {name}")
        found += rules.rows(name)
    if len(texts) == len(form.names):
        step("rules across tables")
        found += rules.across()
    else:
        lacking = ", ".join(table for table in form.names if table not in texts)
        skipped.append(f"Keys and rules across tables were not checked: {lacking} cannot be read as a table.")
    counts = {name: len(text.rows) for name, (_, text) in texts.items()}
    issues = _ordered(form, [one for one in found if isinstance(one, Issue)])
    more = _added([one for one in found if isinstance(one, Omitted)])
    return Report(shown, package.version, counts, issues, tuple(skipped), more)


def _added(found: list[Omitted]) -> tuple[Omitted, ...]:
    """Return what is only counted, what several checks of a rule counted in a field added up."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for more in found:
        counts[more.file, more.rule, more.table, more.field] += more.count
    return tuple(Omitted(*place, count) for place, count in counts.items())


def _ordered(form: Format, issues: list[Issue]) -> tuple[Issue, ...]:
    """Return findings by table, row and column, of several of one rule in one place the first."""
    places = {table: place for place, table in enumerate(form.names)}
    columns = {(table.name, name): n for table in form for n, name in enumerate(table.names)}
    once = {(issue.file, issue.table, issue.row, issue.field, issue.rule): issue for issue in reversed(issues)}

    def order(issue: Issue) -> tuple[int, int, int, str]:
        return places.get(issue.table, -1), issue.row, columns.get((issue.table, issue.field), -1), issue.rule

    return tuple(sorted(once.values(), key=order))
