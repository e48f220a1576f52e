"""What columns are for: which hold a span, a date, the words that say what a row is. The schemas say so, under names of this format's own.

Here and in the rest of the model, small values are named tuples: every command imports them, and a dataclass takes eight times as long to be made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection


class SpanRole(NamedTuple):
    """Where a row's words are in its article.

    Attributes
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


class DateRole(NamedTuple):
    """When something was, as the article says it.

    Attributes
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


class Roles(NamedTuple):
    """The roles of a table's columns.

    Attributes
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

    def among(self, columns: Collection[str]) -> Roles:
        """Return the roles that some columns can play: none of a span or a date where one of its columns is not among them."""

        def known(role: SpanRole | DateRole | None) -> bool:
            named = [[value] if isinstance(value, str) else value for value in role or ()]
            return {name for names in named for name in names} <= {"", *columns}

        return self._replace(
            caption=self.caption if self.caption in columns else "",
            span=self.span if known(self.span) else None,
            date=self.date if known(self.date) else None,
        )
