"""What was judged before and found without fault, so that validating again after a change costs only what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Sound:
    """Judgements without a finding, each with the digests of all tables that it looked at."""

    def __init__(self) -> None:
        # Which tables a judgement looks at may depend on what is in them, so one may be known for several sets of tables.
        self._known: dict[str, dict[tuple[str, ...], set[tuple[str, ...]]]] = {}

    def knows(self, judgement: str, digests: Mapping[str, str]) -> bool:
        """Return whether a judgement found nothing before, where all that it looked at was as it is now."""
        known = self._known.get(judgement, {})
        return any(tuple(digests.get(table, "") for table in tables) in found for tables, found in known.items())

    def remember(self, judgement: str, tables: Iterable[str], digests: Mapping[str, str]) -> None:
        """Remember that a judgement that looked at these tables found nothing."""
        seen = tuple(sorted(tables))
        # A file that cannot be read has no digest, and nothing that rests on it is remembered.
        if all(table in digests for table in seen):
            found = self._known.setdefault(judgement, {}).setdefault(seen, set())
            found.add(tuple(digests[table] for table in seen))
