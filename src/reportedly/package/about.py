"""What a package is: title, licence, publisher, identifiers, and the one line to cite it by.

Data Package v2 leaves most properties of a descriptor optional. What takes the place of one that is missing is decided here, for citations and exports alike.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportedly.package.package import Package

# A DOI as an address, after `doi:` or bare (https://www.doi.org/doi-handbook/HTML/). People also write more than one of these, as in doi:https://doi.org/10.…
_DOI = re.compile(
    r"(?P<before>(?:(?:https?://)?(?:www\.|dx\.)?doi\.org/|info:doi/|urn:doi:|doi\s*:?)\s*)*"
    r"(?P<doi>10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+)",
    re.IGNORECASE,
)
# An address that any program can follow: RFC 3986 has no other characters.
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
# APA 7th edition, 9.8: of more authors than this, the first nineteen and the last.
_MOST_AUTHORS = 20


class Creator(NamedTuple):
    """Who made a dataset: a person, whose name has parts, or a group, whose name has none."""

    name: str
    family: str = ""
    given: str = ""

    @property
    def kind(self) -> str:
        """What schema.org calls it."""
        return "Person" if self.family else "Organization"


class Licence(NamedTuple):
    """A licence: its SPDX identifier, its title and where its text is, an address or a path."""

    name: str
    title: str
    url: str

    @property
    def words(self) -> str:
        """What it is called."""
        return self.title or self.name or self.url

    @property
    def address(self) -> str:
        """Its address on the web, blank where it has none."""
        return self.url if _ADDRESS.fullmatch(self.url) else ""


class Dataset(NamedTuple):
    """A dataset at one version, as its descriptor gives it; blank is what the descriptor does not say.

    Attributes
    ----------
    name
        The package's name, a slug.
    title
        Its title, or its name where it has none.
    description, version, keywords
        As the descriptor has them.
    created
        The time of the version.
    creators
        Who made it.
    publisher
        Who publishes it: the creators, where nobody else is named.
    licences
        Under which terms.
    sources
        What it was made from.
    doi
        Its DOI, in small letters and without the address before it.
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
    created: dt.datetime | None
    creators: tuple[Creator, ...]
    publisher: str
    licences: tuple[Licence, ...]
    sources: tuple[str, ...]
    doi: str
    identifier: str
    url: str

    @property
    def date(self) -> dt.date | None:
        """The day of the version."""
        return self.created.date() if self.created else None

    @property
    def iri(self) -> str:
        """What identifies the dataset on the web: the address of its DOI, or its other identifier."""
        return doi_address(self.doi) or self.identifier

    @property
    def link(self) -> str:
        """Where to find it: the address of its DOI, or its home page."""
        return doi_address(self.doi) or self.url

    @property
    def key(self) -> str:
        """A key for bibliographies."""
        return key(self.name, self.version)

    @property
    def remark(self) -> str:
        """What a reader also needs to know: that there is no DOI, and what identifies the dataset instead."""
        return "" if self.doi else joined("no DOI yet", self.identifier)

    @property
    def authors(self) -> str:
        """The names of those who made it."""
        return ", ".join(one.name for one in self.creators)

    @property
    def terms(self) -> str:
        """Its licences, each with where its text is."""
        return "; ".join(", ".join(dict.fromkeys(filter(None, (one.words, one.url)))) for one in self.licences)

    @property
    def citation(self) -> str:
        """The line to cite it by."""
        return apa(self, f"{self.title} (Version {self.version}) [Data set]", self.remark)


def dataset(home: Package) -> Dataset:
    """Return a package's dataset.

    Parameters
    ----------
    home
        The package.

    Returns
    -------
    Dataset
        With a DOI only if the descriptor's ``id``, or else its ``homepage``, is one.
    """
    about = home.descriptor
    identifier, homepage, created = (str(about.get(name) or "").strip() for name in ("id", "homepage", "created"))
    contributors = about.get("contributors") or ()
    creators = tuple(_named(contributors, {"creator", "author"}) or _named(contributors))
    publishers = _named(contributors, {"publisher"}) or creators
    return Dataset(
        name=str(about["name"]),
        title=str(about.get("title") or "").strip() or str(about["name"]),
        description=str(about.get("description") or ""),
        version=home.version,
        keywords=tuple(about.get("keywords") or ()),
        created=dt.datetime.fromisoformat(created) if created else None,
        creators=creators,
        publisher="; ".join(one.name for one in publishers),
        licences=tuple(
            Licence(*(str(one.get(name) or "") for name in ("name", "title", "path")))
            for one in about.get("licenses") or ()
        ),
        sources=tuple(
            filter(None, (_called(source, "title", "path", "email") for source in about.get("sources") or ()))
        ),
        doi=doi(identifier) or doi(homepage),
        identifier="" if doi(identifier) else identifier,
        url="" if doi(homepage) else homepage,
    )


def doi(text: str) -> str:
    """Return the DOI that a text is, however it is spelt; blank if it is none.

    DOIs are the same whatever the case of their letters, so that small ones stand for all: https://www.doi.org/the-identifier/resources/handbook/.
    """
    found = _DOI.fullmatch(unquote(text.strip()) if "doi.org/" in text.lower() else text.strip())
    return re.sub("[A-Z]+", lambda letters: letters[0].lower(), found["doi"]) if found else ""


def doi_address(found: str) -> str:
    """Return the address of a DOI; blank if there is none."""
    return "https://doi.org/" + quote(found, safe="/:;()!*',=$&@~") if found else ""


def _called(one: dict[str, Any], *names: str) -> str:
    """Return the first property of those named that says something."""
    return next((str(one[name]) for name in names if one.get(name)), "")


def _named(contributors: Iterable[dict[str, Any]], roles: set[str] | None = None) -> list[Creator]:
    """Return contributors who have one of some roles, or all of them, if they have a name of any kind."""
    found = []
    for one in contributors:
        family, given = str(one.get("familyName") or ""), str(one.get("givenName") or "")
        name = _called(one, "title") or f"{given} {family}".strip() or _called(one, "organization", "email", "path")
        # Data Package v1 had one role.
        if name and (roles is None or roles & {*(one.get("roles") or ()), one.get("role")}):
            found.append(Creator(name, family, given))
    return found


def key(*parts: str) -> str:
    """Return a key of characters that every bibliography allows."""
    return re.sub("[^A-Za-z0-9._-]+", "-", "-".join(parts))


def joined(*parts: str) -> str:
    """Return the parts that say something, with semicolons between them."""
    return "; ".join(part for part in parts if part)


def sentence(text: str) -> str:
    """Return a text with a capital as its first letter."""
    return text[:1].upper() + text[1:]


def apa(about: Dataset, work: str, remark: str) -> str:
    """Return a reference in the style of APA, 7th edition, as one line of plain text.

    It is written here, since the line to cite a dataset by must not need a library; a test holds it against the style's own file.

    Parameters
    ----------
    about
        The dataset that is cited, or that what is cited is a part of.
    work
        What is cited: its title and what follows on it.
    remark
        What a reader also needs to know; blank where there is nothing.
    """
    day = f"({about.date.year if about.date else 'n.d.'})"
    authors = _apa_names(about.creators)
    # Without an author the title comes first.
    parts = [authors, day, work] if authors else [work, day]
    line = [part if part.endswith((".", "?", "!")) else f"{part}." for part in parts]
    line += [about.link, f"({sentence(remark)})" if remark else ""]
    # A line break in quoted words would be one in the reference.
    return " ".join(" ".join(line).split())


def _apa_names(creators: tuple[Creator, ...]) -> str:
    names = [", ".join(filter(None, (one.family, initials(one.given)))) if one.family else one.name for one in creators]
    if len(names) > _MOST_AUTHORS:
        return f"{', '.join(names[: _MOST_AUTHORS - 1])}, … {names[-1]}"
    return ", & ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def initials(given: str) -> str:
    """Return given names as initials; a particle, or a name in a script without capitals, has no capital to be shortened to."""
    return " ".join("-".join(map(_initial, part.split("-"))) for part in given.split())


def _initial(part: str) -> str:
    return f"{part[0]}." if part[:1].isupper() else part
