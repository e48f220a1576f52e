"""A difference for machines, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportedly.versioning.changes import Change
    from reportedly.versioning.comparison import Comparison


def to_json(comparison: Comparison) -> str:
    """Return a difference as JSON.

    Parameters
    ----------
    comparison
        What to print.

    Returns
    -------
    str
        An object with ``old``, ``new``, ``same``, ``bump``, ``rows`` (by table) and ``changes``, each with its ``kind``, ``level`` and ``message``.
    """
    bump = comparison.bump
    found = {
        "old": asdict(comparison.old),
        "new": asdict(comparison.new),
        "same": not comparison,
        "bump": {
            "level": str(bump.level),
            "least": bump.least or None,
            "enough": bump.enough,
            "reasons": [
                {
                    "kind": reason.kind,
                    "level": str(reason.level),
                    "count": reason.count,
                    "tables": reason.tables,
                    "message": str(reason),
                }
                for reason in bump.reasons
            ],
        },
        "rows": {count.table: {"old": count.old, "new": count.new} for count in comparison.rows},
        "changes": [_change(change) for change in comparison.changes],
    }
    return json.dumps(found, indent=2, ensure_ascii=False)


def _change(change: Change) -> dict[str, Any]:
    head = {"kind": change.kind, "level": str(change.level), "message": str(change), "table": change.table or None}
    if change.of_row:
        return {**head, "key": change.key, "cells": [asdict(cell) for cell in change.cells]}
    return {**head, "field": change.field or None, "property": change.what, "old": change.old, "new": change.new}
