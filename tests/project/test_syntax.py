"""What the code itself shows: only the model and the package read the structure of a schema."""

from __future__ import annotations

import ast
from pathlib import Path

import reportedly

ROOT = Path(reportedly.__file__).parent
STRUCTURE = {"fields", "constraints", "foreignKeys"}
ROOMS = {"model", "package"}


def readings(tree: ast.AST) -> set[str]:
    """Return which parts of a schema's structure a module reads, by a subscript or `get`."""
    keys = [
        node.slice if isinstance(node, ast.Subscript) else node.args[0]
        for node in ast.walk(tree)
        if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load))
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
            and node.args
        )
    ]
    return {key.value for key in keys if isinstance(key, ast.Constant) and key.value in STRUCTURE}


def test_only_the_model_and_the_package_read_the_structure_of_a_schema():
    found = {
        path.relative_to(ROOT): readings(ast.parse(path.read_text(encoding="utf-8"))) for path in ROOT.rglob("*.py")
    }
    reading = {path for path, parts in found.items() if parts}
    assert {path.parts[0] for path in reading} & ROOMS
    assert [path.as_posix() for path in reading if path.parts[0] not in ROOMS] == []
