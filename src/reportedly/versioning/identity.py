"""When an identifier stands for something else than before, and not merely says it more rightly.

An identifier means what its row rests on. That can be read from the row: the text of an article, the article of a claim, the claim of a
demand, quotation or figure, the words of a span, the names of an actor. While that stays, any other cell is what the row says about it, and
a change of it is a correction.

Only a row with an identifier of its own can change its meaning. A hop or a part of a claim is named by other tables' keys and means what
those mean; nothing points to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Row = Mapping[str, str]


class Anchor(NamedTuple):
    """What an identifier rests on.

    Attributes
    ----------
    fields
        The fields that a table must have for it.
    is_lost
        Whether a row no longer rests on what it did.
    told
        What then is told.
    """

    fields: tuple[str, ...]
    is_lost: Callable[[Row, Row], bool]
    told: str


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


ANCHORS = (
    Anchor(("text_sha256",), _another("text_sha256"), "the article's text is another"),
    Anchor(("article_id",), _another("article_id"), "it belongs to another article"),
    Anchor(("claim_id",), _another("claim_id"), "it belongs to another claim"),
    Anchor(("start", "end"), _elsewhere, "its words stand elsewhere and share nothing with the old ones"),
    Anchor(("name", "aliases"), _nameless, "it goes by none of the names that it had"),
)


def another_meaning(schema: Mapping[str, Any], key: tuple[str, ...], old: Row, new: Row) -> str:
    """Return how a row's identifier has come to stand for something else.

    Parameters
    ----------
    schema
        The table's schema.
    key
        The fields of its primary key.
    old, new
        The row on both sides, under the same field names.

    Returns
    -------
    str
        In words; empty where it stands for the same, or where the table has no identifiers of its own.
    """
    borrowed = [other["fields"] for other in schema.get("foreignKeys", ())]
    if len(key) != 1 or list(key) in borrowed:
        return ""
    lost = (
        anchor.told
        for anchor in ANCHORS
        if key[0] not in anchor.fields
        and all(field in old and field in new for field in anchor.fields)
        and anchor.is_lost(old, new)
    )
    return "; ".join(lost)
