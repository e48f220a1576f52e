"""All rules in one list: what files must be, what Table Schema says, and what it cannot say."""

from __future__ import annotations

import sys

from reportedly.errors import ReportedlyError
from reportedly.rules import constraints
from reportedly.rules import every as rules
from reportedly.validation import files


def rulebook() -> list[dict[str, str]]:
    """Return every rule and constraint that `validate` checks.

    Returns
    -------
    list of dict
        With ``rule``, ``kind`` (file, constraint, row or package) and ``sentence``, in the order in which they are checked. What
        frictionless finds besides goes by its own error types.

    Raises
    ------
    ReportedlyError
        If Python was told to drop the sentences, which are docstrings.
    """
    if sys.flags.optimize > 1:
        raise ReportedlyError("python -OO drops the sentences of the rules; python -O keeps them")
    found = [(name, "file", sentence) for name, sentence in files.SENTENCES.items()]
    found += [(name, "constraint", sentence) for name, sentence in constraints.SENTENCES.items()]
    found += [(rule.name, "row" if rule.tables else "package", rule.sentence) for rule in rules.RULES.values()]
    return [{"rule": name, "kind": kind, "sentence": sentence} for name, kind, sentence in found]
