"""Identifiers for the web of data: the package's own ``id`` and a fragment, since the dataset has no address that could be looked up.

RFC 8141, section 2.3.3, gives URNs their fragments. The same IRIs name the same things in the Croissant, CSVW, JSON-LD and Turtle exports.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from reportedly.errors import PackageError
from reportedly.package.about import dataset

if TYPE_CHECKING:
    from reportedly.package.package import Package

EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
WIKIDATA = "http://www.wikidata.org/entity/"


class Iris:
    """The IRIs of a package.

    Parameters
    ----------
    package
        The package.

    Raises
    ------
    PackageError
        If the package's ``id`` is no IRI that fragments can follow.
    """

    def __init__(self, package: Package) -> None:
        self.dataset = dataset(package).iri
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`#]+", self.dataset):
            raise PackageError(
                f"{package.root}: the package's id is {self.dataset!r}, which names nothing on the web; give it a DOI, or one such as urn:uuid:…"
            )

    def space(self, name: str) -> str:
        """Return what the IRIs of one kind of thing begin with: of a table's rows, or of all columns."""
        return f"{self.dataset}#{name}/"

    def named(self, kind: str, *parts: str) -> str:
        """Return the IRI of one thing of a kind.

        A row's kind is its table, and its parts the cells of its key. The other kinds are ``table``, ``column`` (the property that its cells state), ``value``
        (with a table and a column an enumeration, with a value one of its values) and ``order`` (that of an enumeration).
        """
        return self.space(kind) + _fragment(parts)

    def beside(self, kind: str, table: str, *key: str) -> str:
        """Return the IRI of a thing that there is one of beside a row, such as the annotation that ties it to its words."""
        return f"{self.space(kind)}{quote(table)}.{_fragment(key)}"


def _fragment(parts: tuple[str, ...]) -> str:
    """Join parts by full stops; only the first may hold others, so that no two joins are alike."""
    first, *others = (quote(part, safe="") for part in parts)
    return ".".join([first, *(part.replace(".", "%2E") for part in others)])
