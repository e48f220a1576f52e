"""Fuzz the readers of somebody else's bytes with atheris, each for a while, with bounds on memory and on the time of one input.

    python scripts/fuzz.py [--seconds N] [--keep] [TARGET …]

Starts from the corpus in `tests/fuzz/corpus`. An input that breaks a promise is put there, so that the tests fail until it is mended; `--keep`
adds what found new paths too, made as small as the same coverage allows.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parent.parent / "tests" / "fuzz"
CORPUS = FOLDER / "corpus"
# Bounds of one run of a reader: megabytes, seconds, bytes of input. A descriptor with its schemas and tables takes a tenth of a second.
MEMORY, TIMEOUT, LONGEST = 1_024, 10, 4_096
# What is kept of a corpus, so that the tests replay it in a moment.
MOST_KEPT, LARGEST_KEPT = 24, 2_048
_LAST = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")


class Outcome(NamedTuple):
    """What became of a target."""

    target: str
    runs: int
    edges: int
    features: int
    corpus: int
    crashes: list[str]


def targets() -> ModuleType:
    """Return the module of the targets, which is no part of any package."""
    spec = importlib.util.spec_from_file_location("fuzz_targets", FOLDER / "targets.py")
    if spec is None or spec.loader is None:
        raise ImportError(FOLDER)
    module = importlib.util.module_from_spec(spec)
    # What the targets annotate is looked up where they are.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def child(target: str, options: list[str]) -> None:
    """Fuzz a target in this process, until its time is up or it breaks a promise."""
    import atheris

    # Without the readers' own bytecode instrumented, nothing would tell one input from another.
    with atheris.instrument_imports(include=["reportedly", "json", "csv", "zipfile"]):
        functions: dict[str, Any] = targets().TARGETS
    atheris.Setup([sys.argv[0], *options], functions[target])
    atheris.Fuzz()


def fuzz(target: str, seconds: int, *, keep: bool) -> Outcome:
    """Fuzz a target in a process of its own."""
    known = CORPUS / target
    known.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{target}-") as place:
        found, crashes = Path(place, "found"), Path(place, "crashes")
        found.mkdir()
        crashes.mkdir()
        bounds = [f"-max_total_time={seconds}", f"-timeout={TIMEOUT}", f"-rss_limit_mb={MEMORY}", f"-max_len={LONGEST}"]
        words = FOLDER / f"{target}.dict"
        options = [*bounds, f"-artifact_prefix={crashes}/", "-print_final_stats=1"]
        options += [f"-dict={words}"] if words.exists() else []
        log = _run(target, [*options, str(found), str(known)], Path(place))
        broken = [_keep(file, known) for file in sorted(crashes.iterdir())]
        if keep and not broken:
            _minimise(target, known, found, Path(place))
        return _outcome(target, log, broken)


def _run(target: str, options: list[str], place: Path) -> str:
    command = [sys.executable, __file__, "--child", target, *options]
    # What the readers write meanwhile goes with the folder.
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "TMPDIR": str(place)}
    )
    if "Done" not in done.stderr and "artifact_prefix" not in done.stderr and "-merge" not in str(options):
        raise SystemExit(
            f"{target}: the fuzzer stopped, exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    if "Traceback" in done.stdout + done.stderr or "ERROR: libFuzzer" in done.stderr:
        print((done.stdout + done.stderr)[-6000:])
    return done.stderr


def _keep(file: Path, folder: Path) -> str:
    data = file.read_bytes()
    name = hashlib.sha256(data).hexdigest()[:16]
    (folder / name).write_bytes(data)
    return f"{folder.name}/{name}"


def _minimise(target: str, known: Path, found: Path, place: Path) -> None:
    """Add to a corpus what covers more than it does, the smallest inputs first."""
    merged = place / "merged"
    merged.mkdir()
    for file in known.iterdir():
        shutil.copy(file, merged)
    _run(target, ["-merge=1", f"-max_len={LARGEST_KEPT}", str(merged), str(found)], place)
    room = MOST_KEPT - sum(1 for _ in known.iterdir())
    have = {file.read_bytes() for file in known.iterdir()}
    new = sorted((file for file in merged.iterdir() if file.read_bytes() not in have), key=lambda f: f.stat().st_size)
    for file in new[: max(room, 0)]:
        _keep(file, known)


def _outcome(target: str, log: str, broken: list[str]) -> Outcome:
    runs = re.search(r"number_of_executed_units: (\d+)", log)
    last = _LAST.findall(log)
    edges, features, corpus = map(int, last[-1]) if last else (0, 0, 0)
    return Outcome(target, int(runs[1]) if runs else 0, edges, features, corpus, broken)


def main() -> None:
    """Fuzz what is asked for, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = sorted(folder.name for folder in CORPUS.iterdir() if folder.is_dir())
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(known)}; all by default")
    parser.add_argument("--seconds", type=int, default=5, help="how long each is fuzzed")
    parser.add_argument("--keep", action="store_true", help="keep what found new paths")
    given = parser.parse_args()
    unknown = set(given.targets) - set(known)
    if unknown:
        parser.error(f"there is no target {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    print("| target | runs | edges | features | corpus | broken promises |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    outcomes = []
    for target in given.targets or known:
        found = fuzz(target, given.seconds, keep=given.keep)
        outcomes.append(found)
        print(f"| {' | '.join(map(str, found[:-1]))} | {len(found.crashes)} |", flush=True)
    crashes = [crash for found in outcomes for crash in found.crashes]
    for crash in crashes:
        print(f"breaks a promise: tests/fuzz/corpus/{crash}")
    sys.exit(bool(crashes))


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(sys.argv[2], sys.argv[3:])
    else:
        main()
