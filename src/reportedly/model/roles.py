"""What columns are for: which hold a span, a date, the words that say what a row is. The schemas say so, under names of this format's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection


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

    def among(self, columns: Collection[str]) -> Roles:
        """Return the roles that some columns can play: none of a span or a date where one of its columns is not among them."""

        def known(role: SpanRole | DateRole | None) -> bool:
            values = vars(role).values() if role else ()
            return {name for value in values for name in ([value] if isinstance(value, str) else value)} <= {
                "",
                *columns,
            }

        return replace(
            self,
            caption=self.caption if self.caption in columns else "",
            span=self.span if known(self.span) else None,
            date=self.date if known(self.date) else None,
        )
