from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from reportedly.rules import base

MODULES = sorted(Path(base.__file__).parent.glob("*.py"))
# What takes rows out of a frame, so that no other engine could run the rule.
LEAVES = {"to_list", "new_series", "iter_rows", "rows", "to_native", "from_native", "to_pandas", "to_numpy"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_rule_takes_rows_out_of_a_frame(module):
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert LEAVES.isdisjoint(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert not {str(name).split(".")[0] for name in imported} & {"pandas", "polars", "duckdb", "pyarrow", "pyspark"}


def test_rules_are_listed_without_a_library_of_frames():
    code = (
        "import sys; from reportedly.rules.catalogue import ALL; from reportedly.package.shipped import shipped;"
        "assert all(rule.checks(shipped().format) for rule in ALL if rule.kind != 'file');"
        "assert not {'narwhals', 'pandas', 'polars'} & set(sys.modules)"
    )
    # Sentences are data, which -OO keeps.
    subprocess.run([sys.executable, "-OO", "-c", code], check=True)


def test_frictionless_finds_nothing_in_the_shipped_descriptor():
    frictionless = pytest.importorskip("frictionless")
    from reportedly.package.shipped import shipped

    assert list(frictionless.Package.metadata_validate(shipped().descriptor)) == []
