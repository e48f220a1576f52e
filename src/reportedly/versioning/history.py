"""All versions in a row, each with what changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.package.package import package_errors
from reportedly.package.releases import is_frozen, release, versions
from reportedly.package.shipped import shipped
from reportedly.versioning.diff import compare, read_edition
from reportedly.versioning.render.summary import summary
from reportedly.versioning.rule_sentences import rules_of

if TYPE_CHECKING:
    from reportedly.versioning.edition import Edition

COLUMNS = {"version": "string", "released": "date", "rows": "integer", "bump": "string", "changes": "string"}


def history() -> list[dict[str, str]]:
    """Return the versions, the oldest first.

    Returns
    -------
    list of dict
        With ``version``, ``released`` (blank before it is), ``rows``, ``bump`` (what it is measured by the one before) and ``changes``, all text.
    """
    found = []
    before: Edition | None = None
    for version in versions():
        package = release(version)
        with package_errors(package):
            after = read_edition(package, version, rules_of(shipped().root, version))
            difference = compare(before, after) if before else None
            said = (
                summary(difference.changes) if difference is not None else f"first release: {len(after.tables)} tables"
            )
            done = is_frozen(version)
            found.append(
                {
                    "version": version,
                    "released": str(package.descriptor["created"])[:10] if done else "",
                    "rows": str(sum(len(table.rows) for table in after.tables.values())),
                    "bump": str(difference.bump.level) if difference is not None else "",
                    "changes": said if done else f"not released yet; {said}",
                }
            )
        before = after
    return found
