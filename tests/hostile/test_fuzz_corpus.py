"""Every input that fuzzing kept, hostile ones and those that once broke a promise, is read again. No fuzzer is needed for that."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

pytest.importorskip("frictionless")
FOLDER = Path(__file__).parents[1] / "fuzz"
CORPUS = {folder.name: sorted(folder.iterdir()) for folder in sorted((FOLDER / "corpus").iterdir())}


@pytest.fixture(scope="module")
def targets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_targets", FOLDER / "targets.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", CORPUS)
def test_readers_keep_their_promises(targets, name):
    for file in CORPUS[name]:
        try:
            targets.TARGETS[name](file.read_bytes())
        except Exception as error:
            raise AssertionError(file.relative_to(FOLDER)) from error


def test_every_target_has_a_corpus(targets):
    assert set(targets.TARGETS) == set(CORPUS)
