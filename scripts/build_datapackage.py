"""Refresh what can be computed in `datapackage.json`: sizes, digests, row counts and titles.

python scripts/build_datapackage.py            write
python scripts/build_datapackage.py --check    fail if the file is not what it would write
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from reportedly.package.atomic import atomic
from reportedly.versioning.release import described

ROOT = Path(__file__).parent.parent
FILE = ROOT / "datapackage.json"


def refreshed() -> str:
    """Return the descriptor as it should stand."""
    descriptor = json.loads(FILE.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        schema = json.loads((ROOT / resource["schema"]).read_text(encoding="utf-8"))
        resource["title"], resource["description"] = schema["title"], schema["description"]
    return described(ROOT, descriptor)


def main() -> int:
    """Write the descriptor, or with --check compare."""
    text = refreshed()
    if sys.argv[1:] == ["--check"]:
        if text == FILE.read_text(encoding="utf-8"):
            return 0
        print(f"{FILE.name} is stale: run python scripts/build_datapackage.py", file=sys.stderr)
        return 1
    with atomic(FILE, force=True) as place:
        place.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
