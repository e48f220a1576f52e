"""Export the dataset: its tables prepared once, one writer a format, and nothing half-written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reportedly.errors import PackageError, TargetError
from reportedly.exports.formats import format_named, writer
from reportedly.exports.prepare import prepare
from reportedly.package.atomic import atomic, refuse_missing_folder
from reportedly.package.package import package_errors
from reportedly.package.paths import is_utf8
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from reportedly.exports.formats import Format
    from reportedly.package.contents import Contents


# What is a name of a file of its own on every system, and leads to no other folder.
_NAME = re.compile(r"(?!\.)[^/\\:\0]+")


class Export(NamedTuple):
    """What was written.

    Attributes
    ----------
    path
        The file or folder.
    losses
        What the format cannot hold of the dataset, one sentence each.
    """

    path: str
    losses: tuple[str, ...]


def export(  # noqa: PLR0913 - each is an option of the command too
    format: str,  # noqa: A002 - the word that users of pandas know
    target: str | os.PathLike[str] | None = None,
    *,
    tables: Iterable[str] = (),
    flat: bool = False,
    package: str | os.PathLike[str] | None = None,
    version: str | None = None,
    force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Export:
    """Export tables to another format.

    The same dataset gives the same bytes on every run, with the same versions of the libraries that write the format.

    Parameters
    ----------
    format
        Such as ``"parquet"``; `reportedly export --help` lists them.
    target
        The file or folder to make. By default ``reportedly-VERSION`` in the working folder, with the format's ending.
        Formats with a file for each table make a folder, or, where the target has the format's ending, one file of one table.
    tables
        Names that `reportedly.tables` lists; all by default.
    flat
        Export the flat form: names, chains, articles and evidence joined in.
    package
        A folder that holds another data package of this format; the shipped one by default.
    version
        A version of the shipped dataset that `reportedly.versions` lists; the installed one by default. Not together with ``package``.
    force
        Replace what is at the target.
    progress
        Called with the name of each table as its file begins.

    Returns
    -------
    Export
        The path of what was written, and what the format cannot hold.

    Raises
    ------
    UnknownNameError
        If there is no such format, table or version.
    VersionError
        If both ``package`` and ``version`` are given.
    TargetError
        If the target is there already, or cannot be written.
    MissingExtraError
        If the extra ``export`` is not installed.

    Examples
    --------
    >>> import reportedly
    >>> made = reportedly.export("jsonl", "demands.jsonl", tables=["demands"])  # doctest: +SKIP
    """
    form = format_named(format)
    home = open_package(package, version)
    module = writer(form)
    with package_errors(home):
        contents = prepare(home, tuple(tables), flat=flat)
        path = Path(target) if target is not None else Path(_usual(form, contents))
        refuse_missing_folder(path)
        with atomic(path, force=force) as place:
            if form.utf8_path and not is_utf8(str(path)):
                raise TargetError(f"{path}: {form.name} needs a path in UTF-8")
            _write(form, module, contents, place, progress or (lambda _: None))
        return Export(str(path), tuple(module.losses(contents)))


def _usual(form: Format, contents: Contents) -> str:
    form_of = "-flat" if contents.is_flat else ""
    # The package's own words must not lead to another folder.
    name = re.sub(r"[/\\\0]", "_", f"{contents.descriptor['name']}-{contents.package.version}{form_of}")
    return f"{name}-{form.name}" if form.is_folder else f"{name}{form.suffix}"


def _write(form: Format, module: ModuleType, contents: Contents, place: Path, progress: Callable[[str], None]) -> None:
    if not form.per_table:
        progress(form.title)
        module.write(contents, place)
        return
    if place.suffix == form.suffix:
        if len(contents.tables) != 1:
            raise TargetError(f"{place.name}: a file holds one table in this format; name one table, or a folder")
        module.write(contents, place)
        return
    for table in contents.tables:
        if not _NAME.fullmatch(table.name):
            raise PackageError(f"{table.name}: is no name of a table that can be a file's; see `reportedly validate`")
    place.mkdir()
    for table in contents.tables:
        if table.rows or not form.needs_rows:
            progress(table.name)
            module.write(contents.only(table), place / f"{table.name}{form.suffix}")
