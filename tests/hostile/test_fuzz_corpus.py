"""Every input that fuzzing kept, hostile ones and those that once broke a promise, is read again. No fuzzer is needed for that."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("frictionless")
from fuzz import targets

CORPUS = Path(__file__).parents[1] / "fuzz" / "corpus"


@pytest.mark.parametrize("name", targets.TARGETS)
def test_readers_keep_their_promises(name):
    for file in sorted((CORPUS / name).iterdir()):
        try:
            targets.TARGETS[name](file.read_bytes())
        except Exception as error:
            raise AssertionError(f"{name}/{file.name}") from error


def test_a_broken_promise_would_be_noticed():
    targets._folder()
    with pytest.raises(targets.BrokenPromiseError, match="/etc/hostname"), open("/etc/hostname", "rb"):
        targets._nothing_forbidden()
