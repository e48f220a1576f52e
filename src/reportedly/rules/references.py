"""Rules about keys: what they point to is there, and what is there is pointed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.rules.base import Check, Join, Rule, Where, given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportedly.model.schema import Format


def _exists(form: Format) -> Iterator[Check]:
    for table in form:
        for key in table.foreign_keys:
            yield Check(
                table.name,
                key.field,
                None,
                f"no row of {key.table} has this {key.target}",
                f"the {key.target} of a row of {key.table}",
                (
                    Where(lambda col, key=key: given(col(key.field))),  # type: ignore[misc]
                    Join("anti", key.table, tuple(zip(key.fields, key.targets, strict=True))),
                ),
            )


def _used(form: Format) -> Iterator[Check]:
    yield Check(
        "actors",
        "actor_id",
        None,
        "{actor_id} is not used by any row",
        "a row that uses it, or remove the actor",
        tuple(
            Join("anti", table, (("actor_id", name),))
            for table, names in form.keys_into("actors").items()
            for name in names
        ),
    )


FOREIGN_KEY = Rule("foreignKey", "constraint", "A foreign key points to a row that exists.", _exists)
ACTOR_USED = Rule(
    "actor-used",
    "package",
    "Every actor is used: it publishes, holds, speaks, takes part, demands, is addressed, or has another actor as a part.",
    _used,
)
