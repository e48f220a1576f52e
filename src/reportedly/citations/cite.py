"""Cite the dataset, or one row of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from reportedly.citations.formats import FORMATS
from reportedly.errors import MissingExtraError, UnknownNameError
from reportedly.package.about import dataset
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    import os

    from reportedly.citations.works import CitedRow
    from reportedly.package.package import Package


def cite(
    row: str | None = None,
    *,
    format: str = "apa",  # noqa: A002 - the word that users of pandas know
    package: str | os.PathLike[str] | None = None,
    version: str | None = None,
) -> str:
    """Return a citation of the dataset at its version, or of one row of it.

    A row's citation says who speaks or wants something, the words or a summary, the chain of voices, the article, the version of the dataset and the digest that
    proves the words. References for people show the first 16 of the 64 digits of the digest, the other formats all of them. Nothing is invented: where there is
    no DOI, every format says so, and what the article does not tell is blank or "n.d.".

    Parameters
    ----------
    row
        The row's primary key, such as ``"tasr-0001.q03"``; the whole dataset by default. The parts of a longer key are joined by slashes, as in
        ``"tasr-0001.c02/1"``.
    format
        ``"apa"``, ``"chicago"``, ``"apsa"``, ``"harvard"`` and ``"ieee"`` for people, ``"bibtex"``, ``"biblatex"``,
        ``"ris"``, ``"csl-json"`` and ``"datacite"`` for programs.
    package
        A folder that holds another data package of this format; the shipped one by default.
    version
        A version of the shipped dataset that `reportedly.versions` lists; the installed one by default. Not together with ``package``.

    Returns
    -------
    str
        Without a line break at its end. References are plain text: italics are left to whoever pastes them.

    Raises
    ------
    UnknownNameError
        If there is no such format or version, or no row with that key; the message names the nearest match.
    WithdrawnError
        If the row was withdrawn; the message says in which version, why, and what replaces it.
    PackageError
        If the descriptor lacks what the format cannot do without; the message says what to add.
    MissingExtraError
        If the extra ``cite`` is not installed, for BibTeX, BibLaTeX and styles other than APA.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.cite("tasr-0001.q03").startswith("Reportedly contributors. (2026). Sergei Lavrov: “for the country")
    True
    """
    if not isinstance(format, str) or format not in FORMATS:
        raise UnknownNameError("format", format, FORMATS)
    home = open_package(package, version)
    try:
        writer = import_module(f"reportedly.citations.{FORMATS[format].module}")
    except ImportError as error:
        raise MissingExtraError(error.name, "cite") from error
    with package_errors(home):
        return str(writer.write(dataset(home) if row is None else _row(home, row), format))


def _row(home: Package, key: str) -> CitedRow:
    # Whoever cites the dataset need not wait for what only rows need.
    from reportedly.citations.cited_rows import cited_row

    return cited_row(home, key)
