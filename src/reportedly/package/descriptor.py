"""JSON files that hold an object: descriptors and schemas, read strictly."""

from __future__ import annotations

import json
from typing import Any

from reportedly import limits
from reportedly.errors import TOO_DEEP, PackageError, reason

DESCRIPTOR = "datapackage.json"


def read_json(path: str) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises
    ------
    PackageError
        If the file cannot be read, is not JSON or holds something else.
    """
    try:
        with open(path, encoding="utf-8") as file:
            found: dict[str, Any] = json.load(file, object_pairs_hook=_once, parse_constant=_no_number)
        _check(found)
    except (OSError, TypeError, ValueError, RecursionError) as error:
        raise PackageError(f"{path}: {reason(error)}", reason(error)) from error
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; where a name appears twice, other software may take the other value."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:60]!r} is twice in an object")
        found[name] = value
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _check(found: Any) -> None:
    if not isinstance(found, dict):
        raise TypeError(f"holds {type(found).__name__}, not a JSON object")
    level: list[Any] = [found]
    for _ in range(limits.JSON_DEPTH):
        inner = (one.values() if isinstance(one, dict) else one for one in level)
        level = [child for children in inner for child in children if isinstance(child, (dict, list))]
        if not level:
            return
    raise ValueError(TOO_DEEP)


def as_json(value: Any) -> str:
    """Return a value as JSON for readers: indented, in its own order, words as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
