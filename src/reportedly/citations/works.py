"""What is cited: a dataset at its version, or one row of it, before any format."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reportedly.package import Package

# A DOI as an address, after `doi:` or bare (https://www.doi.org/doi-handbook/HTML/).
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
# What a person's reference shows of a digest: 64 of its 256 bits, which no other words share by chance.
_SHOWN_DIGITS = 16


class Creator(NamedTuple):
    """Who made a dataset: a person, whose name has parts, or a group, whose name has none."""

    name: str
    family: str = ""
    given: str = ""


class Licence(NamedTuple):
    """A licence: its SPDX identifier, its title and its address."""

    name: str
    title: str
    url: str


class Dataset(NamedTuple):
    """A dataset at one version, as its descriptor gives it; blank is what the descriptor does not say.

    Attributes
    ----------
    name
        The package's name, a slug.
    title, description, version, keywords
        As the descriptor has them.
    date
        The day of the version.
    creators
        Who made it.
    licences
        Under which terms.
    doi
        Its DOI, without the address before it.
    identifier
        The package's identifier where that is no DOI, such as a URN.
    url
        Its home page.
    """

    name: str
    title: str
    description: str
    version: str
    keywords: tuple[str, ...]
    date: dt.date | None
    creators: tuple[Creator, ...]
    licences: tuple[Licence, ...]
    doi: str
    identifier: str
    url: str

    @property
    def key(self) -> str:
        """A key for bibliographies."""
        return _key(self.name, self.version)

    @property
    def remark(self) -> str:
        """What a reader is told besides: that there is no DOI, and what identifies the dataset instead."""
        return "" if self.doi else joined("no DOI yet", self.identifier)


class CitedRow(NamedTuple):
    """One row of a dataset.

    Attributes
    ----------
    dataset
        The dataset that it is a row of.
    id
        The row's primary key.
    title
        Whose words or will it is, the words or a summary, and the chain of voices.
    source
        The article that it was coded from; blank where it rests on none.
    sha256
        The digest of the words that it rests on; blank where there are none.
    """

    dataset: Dataset
    id: str
    title: str
    source: str
    sha256: str

    @property
    def key(self) -> str:
        """A key for bibliographies."""
        return _key(self.dataset.key, self.id)

    @property
    def remark(self) -> str:
        """What a reader is told besides: the article, the digest in short, and whether there is no DOI."""
        coded = f"coded from {self.source}" if self.source else ""
        digest = f"SHA-256 {self.sha256[:_SHOWN_DIGITS]}…" if self.sha256 else ""
        return joined(coded, digest, "" if self.dataset.doi else "no DOI yet")

    @property
    def proof(self) -> str:
        """The whole digest, for a field that nobody prints."""
        return f"SHA-256 of the words: {self.sha256}" if self.sha256 else ""


Work = Dataset | CitedRow


def dataset_of(work: Work) -> Dataset:
    """Return the dataset that is cited, or that a cited row is of."""
    return work if isinstance(work, Dataset) else work.dataset


def _key(*parts: str) -> str:
    """Return a key of characters that every bibliography allows."""
    return re.sub("[^A-Za-z0-9._-]+", "-", "-".join(parts))


def joined(*parts: str) -> str:
    """Return the parts that say something, with semicolons between them."""
    return "; ".join(part for part in parts if part)


def sentence(text: str) -> str:
    """Return a text with a capital as its first letter."""
    return text[:1].upper() + text[1:]


def dataset(home: Package) -> Dataset:
    """Return a package's dataset.

    Parameters
    ----------
    home
        The package.

    Returns
    -------
    Dataset
        With a DOI only if the descriptor's ``id`` is one.
    """
    about = home.descriptor
    identifier, created = str(about.get("id", "")), str(about.get("created", ""))
    doi = _DOI.fullmatch(identifier)
    return Dataset(
        name=str(about["name"]),
        title=str(about.get("title") or about["name"]),
        description=str(about.get("description", "")),
        version=home.version,
        keywords=tuple(about.get("keywords", ())),
        date=dt.date.fromisoformat(created[:10]) if created else None,
        creators=tuple(_creators(about.get("contributors", ()))),
        licences=tuple(_licences(about.get("licenses", ()))),
        doi=doi[1] if doi else "",
        identifier="" if doi else identifier,
        url=str(about.get("homepage", "")),
    )


def _creators(contributors: list[dict[str, Any]]) -> Iterator[Creator]:
    """Yield those who created, or everybody where nobody is said to have."""
    created = [one for one in contributors if {"creator", "author"} & set(one.get("roles", ()))]
    for one in created or contributors:
        family, given = one.get("familyName", ""), one.get("givenName", "")
        yield Creator(one.get("title") or f"{given} {family}".strip(), family, given)


def _licences(licences: Iterable[dict[str, str]]) -> Iterator[Licence]:
    for one in licences:
        yield Licence(one.get("name", ""), one.get("title", ""), one.get("path", ""))
