"""What the code itself shows: only the model and the package read the structure of a schema."""

from __future__ import annotations

import re
from pathlib import Path

import reportedly

ROOT = Path(reportedly.__file__).parent
# By a subscript or `get`; who sets one writes a schema.
READING = re.compile(r"""(\[|\.get\()["'](fields|constraints|foreignKeys)["'](?!\] = )""")


def test_only_the_model_and_the_package_read_the_structure_of_a_schema():
    reading = [path for path in ROOT.rglob("*.py") if READING.search(path.read_text(encoding="utf-8"))]
    assert {path.relative_to(ROOT).parts[0] for path in reading} == {"model", "package"}
