"""Which way imports run, and that no module takes the place of a public function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_imports_run_one_way(tmp_path):
    pytest.importorskip("importlinter", reason="needs import-linter, of the group test")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, ROOT / "pyproject.toml", "--cache-dir", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_no_module_takes_the_place_of_a_public_function():
    code = """
import importlib, pkgutil, reportedly
for module in pkgutil.walk_packages(reportedly.__path__, "reportedly."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print([name for name in reportedly.__all__ if name != "__version__" and not callable(getattr(reportedly, name))])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == "[]\n"
