"""Write `src/reportedly/exports/shapes.ttl`, the SHACL shapes of the shipped dataset's graph, from the schemas.

python scripts/build_shapes.py            write
python scripts/build_shapes.py --check    fail if the file is not what it would write
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from reportedly.exports.linked_data.shapes import path, shapes
from reportedly.exports.linked_data.turtle import write_turtle
from reportedly.package.atomic import atomic
from reportedly.package.shipped import shipped


def main() -> int:
    """Write the shapes, or with --check compare."""
    file = Path(path())
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, file.name)
        write_turtle(shapes(shipped()), made)
        text = made.read_text(encoding="utf-8")
    if sys.argv[1:] == ["--check"]:
        if file.is_file() and text == file.read_text(encoding="utf-8"):
            return 0
        print(f"{file.name} is stale: run python scripts/build_shapes.py", file=sys.stderr)
        return 1
    with atomic(file, force=True) as place:
        place.write_text(text, encoding="utf-8", newline="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
