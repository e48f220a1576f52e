"""What columns are for: which hold a span, a date, the words that say what a row is. The schemas say so, under names of this format's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SpanRole:
    """Where a row's words are in its article.

    Parameters
    ----------
    start, end
        The columns of the offsets.
    words
        The column that carries the exact words, empty where the dataset does not carry them.
    digests
        The columns of the digests of the words and of the normalised words, where it does not.
    """

    start: str
    end: str
    words: str = ""
    digests: tuple[str, ...] = ()


@dataclass(frozen=True)
class DateRole:
    """When something was, as the article says it.

    Parameters
    ----------
    edtf
        The column of the date, in the Extended Date/Time Format.
    basis
        The column that says where the date comes from.
    earliest, latest
        The columns of the first and the last day that it can mean, empty where there are none.
    """

    edtf: str
    basis: str
    earliest: str = ""
    latest: str = ""


@dataclass(frozen=True)
class Roles:
    """The roles of a table's columns.

    Parameters
    ----------
    featured
        The columns that a reader wants first, those of the flat form among them.
    caption
        The column that says in words what a row is, empty where there is none.
    facet_of
        The table that its rows say more about, one row of it each, empty where there is none.
    span, date
        The columns of a span and of a date, None where there are none.
    """

    featured: tuple[str, ...] = ()
    caption: str = ""
    facet_of: str = ""
    span: SpanRole | None = None
    date: DateRole | None = None

    @classmethod
    def from_descriptor(cls, descriptor: dict[str, Any]) -> Roles:
        """Return the roles that a Table Schema gives, none where it gives none."""
        span, date = descriptor.get("span"), descriptor.get("date")
        return cls(
            tuple(descriptor.get("featured", ())),
            descriptor.get("caption", ""),
            descriptor.get("facetOf", ""),
            SpanRole(**{**span, "digests": tuple(span.get("digests", ()))}) if span else None,
            DateRole(**date) if date else None,
        )


_NAMES = ("featured", "caption", "facetOf", "span", "date")


def with_roles(schema: dict[str, Any], newer: dict[str, Any]) -> dict[str, Any]:
    """Return a Table Schema with the roles of a newer one where it has none of its own: 0.1.0 was released before schemas had any.

    Parameters
    ----------
    schema
        The schema.
    newer
        The schema of the same table that has roles.

    Returns
    -------
    dict
        The schema, or a copy with roles. A column that only the newer one has plays none.
    """
    if any(name in schema for name in _NAMES):
        return schema
    names = {field["name"] for field in schema["fields"]}
    roles = {name: newer[name] for name in _NAMES if name in newer}
    for name in ("span", "date"):
        columns = [
            text for value in roles.get(name, {}).values() for text in ([value] if isinstance(value, str) else value)
        ]
        if not names.issuperset(columns):
            del roles[name]
    if roles.get("caption", "") not in names:
        roles.pop("caption", None)
    types = {field["name"]: field["rdfType"] for field in newer["fields"] if "rdfType" in field}
    fields = [
        {**field, "rdfType": types[field["name"]]} if field["name"] in types else field for field in schema["fields"]
    ]
    return {**schema, **roles, "fields": fields}
