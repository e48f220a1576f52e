"""Rules about actors: who they are, and where the unnamed ones belong."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from reportedly.rules.base import Add, Check, Distinct, Endless, Join, Rule, Where, article_of, blank, given, nw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.model.schema import Format
    from reportedly.rules.base import Step

# An article's identifier and more, as unnamed actors have it.
_SCOPED = r"^[a-z0-9-]+-[0-9]{4}-[a-z0-9]"
# Where an article's identifier may end in an actor's. A year looks like the end of one too.
_END = re.compile("(?<=[a-z0-9])-[0-9]{4}(?=-)")
# How many such ends are looked at, each with a column of its own.
_ENDS = 4


def _media(_form: Format) -> Iterator[Check]:
    yield Check(
        "actors",
        "country",
        lambda col: (col("actor_type") == "medium") & given(col("country")),
        "{actor_id} is a medium, but has the country {country}",
        "a blank",
    )


def _scoped(_form: Format) -> Iterator[Check]:
    yield Check(
        "actors",
        "actor_id",
        lambda col: (col("identification") == "unnamed") & ~col("actor_id").str.contains(_SCOPED),
        "{actor_id} is unnamed, but its identifier has no article",
        "an identifier such as tasr-0001-{actor_id}",
    )
    yield Check(
        "actors",
        "wikidata_id",
        lambda col: (col("identification") == "unnamed") & given(col("wikidata_id")),
        "{actor_id} is unnamed, but has the item {wikidata_id}",
        "a blank",
    )


def _circle(_form: Format) -> Iterator[Check]:
    yield Check(
        "actors",
        "parent_id",
        None,
        "following parent_id from {actor_id} never ends",
        "a parent that does not lead back",
        (Endless("actor_id", "parent_id"),),
    )


def _starts(actor: str) -> tuple[str, ...]:
    """Return the first parts of an identifier that may be an article's, the longest last; empty where there are fewer."""
    found = [actor[: end.end()] for end in islice(_END.finditer(actor), _ENDS)]
    return (*found, *[""] * (_ENDS - len(found)))


# The unnamed actors, with the article that the identifier of each begins with as `_home`: of several the longest.
_MAYBE = tuple(f"_start_{number}" for number in range(_ENDS))
_IS = tuple(f"_is_{number}" for number in range(_ENDS))
_HOMES: tuple[Step, ...] = (
    Where(
        lambda col: (col("identification") == "unnamed") & col("actor_id").str.contains(_SCOPED).fill_null(value=False)
    ),
    Distinct(("actor_id",), _MAYBE, _starts),
    *(
        Join("left", "articles", ((maybe, "article_id"),), ((is_one, "article_id"),))
        for maybe, is_one in zip(_MAYBE, _IS, strict=True)
    ),
    Add("_home", lambda col: nw.coalesce(*(col(name) for name in reversed(_IS)))),
)
_AT_HOME: tuple[Step, ...] = (*_HOMES, Where(lambda col: given(col("_home"))))


def _in_article(form: Format) -> Iterator[Check]:
    yield Check(
        "actors",
        "actor_id",
        lambda col: blank(col("_home")),
        "{actor_id} is unnamed, but begins with no article of the package",
        "an identifier that begins with the article_id of a row of articles",
        _HOMES,
    )
    home = (("_home", "_home"),)
    for table, names in form.keys_into("actors").items():
        for name in names:
            steps: tuple[Step, ...] = (Join("inner", "actors", ((name, "actor_id"),), home, _AT_HOME),)
            if table == "actors":
                # What is named belongs to no article.
                own: tuple[Step, ...] = (
                    Join("inner", "actors", (("actor_id", "actor_id"),), (("_article", "_home"),), _AT_HOME),
                )
            else:
                scope = "article_id" if "article_id" in form.table(table) else "claim_id"
                own = (
                    article_of(scope),
                    Add("_article", lambda col, scope=scope: col(f"_article_of_{scope}")),  # type: ignore[misc]
                )
            yield Check(
                table,
                name,
                lambda col: col("_article") != col("_home"),
                f"{{{name}}} is an unnamed actor of {{_home}}",
                "a named actor, or an unnamed one of {_article}",
                (*steps, *own),
            )


MEDIA_WITHOUT_COUNTRY = Rule(
    "media-without-country", "row", "A medium does not act for a country, so it has none.", _media
)
UNNAMED_SCOPED = Rule(
    "unnamed-scoped",
    "row",
    "The identifier of an unnamed actor begins with that of its article, since the same words may mean other people elsewhere. It has no Wikidata item.",
    _scoped,
)
PARENT_CIRCLE = Rule("parent-circle", "package", "No actor is part of itself, directly or through others.", _circle)
UNNAMED_IN_ARTICLE = Rule(
    "unnamed-in-article",
    "package",
    "The identifier of an unnamed actor begins with an article that exists. Only rows of that article, and its unnamed actors, use the actor.",
    _in_article,
)
