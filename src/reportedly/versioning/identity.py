"""When an identifier stands for something else than before, and not merely says it more rightly.

An identifier means what its row rests on. That can be read from the row: the text of an article, the article of a claim, the claim of a
demand, quotation or figure, the words of a span, the names of an actor. While that stays, any other cell is what the row says about it, and
a change of it is a correction.

Only a row with an identifier of its own can change its meaning. A hop or a part of a claim is named by other tables' keys and means what
those mean; nothing points to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reportedly.model.schema import Table

    Row = Mapping[str, str]


class Identity(NamedTuple):
    """What an identifier rests on.

    Attributes
    ----------
    fields
        The fields that a table must have for it.
    is_lost
        Whether a row no longer rests on what it did.
    message
        What is then reported.
    """

    fields: tuple[str, ...]
    is_lost: Callable[[Row, Row], bool]
    message: str


def _another(field: str) -> Callable[[Row, Row], bool]:
    return lambda old, new: old[field] != new[field]


def _elsewhere(old: Row, new: Row) -> bool:
    """Whether two spans share no character; a span that is not given says nothing."""
    ends = [row[name] for row in (old, new) for name in ("start", "end")]
    if not all(end.isdecimal() for end in ends):
        return False
    a, b, c, d = map(int, ends)
    return b <= c or d <= a


def _nameless(old: Row, new: Row) -> bool:
    """Whether an actor goes by none of the names that it had."""

    def names(row: Row) -> set[str]:
        return {row["name"], *row["aliases"].split("|")} - {""}

    return not names(old) & names(new)


IDENTITIES = (
    Identity(("text_sha256",), _another("text_sha256"), "the article's text is another"),
    Identity(("article_id",), _another("article_id"), "it belongs to another article"),
    Identity(("claim_id",), _another("claim_id"), "it belongs to another claim"),
    Identity(("start", "end"), _elsewhere, "its words stand elsewhere and share nothing with the old ones"),
    Identity(("name", "aliases"), _nameless, "it goes by none of the names that it had"),
)


def identity_lost(table: Table, old: Row, new: Row) -> str:
    """Return how a row's identifier has come to stand for something else.

    Parameters
    ----------
    table
        The table.
    old, new
        The row on both sides, under the same field names.

    Returns
    -------
    str
        In words; empty where it stands for the same, or where the table has no identifiers of its own.
    """
    if len(table.key) != 1 or table.key in {key.fields for key in table.foreign_keys}:
        return ""
    lost = (
        identity.message
        for identity in IDENTITIES
        if table.key[0] not in identity.fields
        and all(field in old and field in new for field in identity.fields)
        and identity.is_lost(old, new)
    )
    return "; ".join(lost)
