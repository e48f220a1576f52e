"""Every input that fuzzing kept, hostile ones and those that once broke a promise, is read again. No fuzzer is needed for that."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

pytest.importorskip("frictionless")
FOLDER = Path(__file__).parents[1] / "fuzz"
INPUTS = sorted(file for folder in (FOLDER / "corpus").iterdir() for file in folder.iterdir())


@pytest.fixture(scope="module")
def targets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_targets", FOLDER / "targets.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(folder.name for folder in (FOLDER / "corpus").iterdir()))
def test_readers_keep_their_promises(targets, name):
    for file in INPUTS:
        if file.parent.name == name:
            try:
                targets.TARGETS[name](file.read_bytes())
            except Exception as error:
                raise AssertionError(os.path.relpath(file, FOLDER)) from error


def test_every_target_has_a_corpus_of_few_small_files(targets):
    counts = {name: sum(file.parent.name == name for file in INPUTS) for name in targets.TARGETS}
    assert set(counts) == {file.parent.name for file in INPUTS}
    assert all(1 <= count <= 40 for count in counts.values()), counts
    assert max(file.stat().st_size for file in INPUTS) <= 4_096


def test_a_broken_promise_would_be_noticed(targets):
    with pytest.raises(targets.BrokenPromiseError):
        targets.promised(kept=False, otherwise="x")
    for path in ("/etc/hostname", "/dev/full"):
        targets.edtf(b"2022")
        targets._home()
        with open(path, "wb" if "full" in path else "rb"), pytest.raises(targets.BrokenPromiseError, match=path):
            targets._nothing_forbidden()
