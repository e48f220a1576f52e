"""Fuzz one reader with atheris: python tests/fuzz/run.py TARGET [OPTION OF LIBFUZZER …] [CORPUS …]."""

import sys

import atheris

# Without the readers' own bytecode instrumented, nothing would tell one input from another.
with atheris.instrument_imports(include=["reportedly", "json", "csv", "zipfile"]):
    from targets import TARGETS

atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
atheris.Fuzz()
