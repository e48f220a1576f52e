"""Mutation testing of the code: change one thing at a time in a module, and see whether its tests notice.

The changes are those of mutmut (https://mutmut.readthedocs.io), all of its operators. Its runner is not used: it leaves out what is decorated, which
every rule is, and what stands outside of functions, where the tables of messages are; and it forks after the package was imported, when what the
package remembers hides a change. Here each mutant is a module written in full, imported by a process that knows pandas, pandera and frictionless,
but nothing of this package yet.

A mutant is killed where a test fails; it timed out where a test went on computing half a minute longer than all of them may. Every other one survived,
also where the time for it was over before all tests had run. Survivors are judged one by one in `docs/evidence/survivors.toml`: equivalent, since no
test could notice them, or tolerated, which counts them as survivors all the same.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation.file_mutation import NEVER_MUTATE_FUNCTION_CALLS
from mutmut.mutation.mutators import mutation_operators
from recording import FOLDER, Figures, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from libcst.metadata import CodeRange

Change = tuple[str, str, str, str]

ROOT = Path(__file__).parent.parent
JUDGED = FOLDER / "survivors.toml"
NAME = "code_mutation"
# What a mutant needs around it.
COPIED = (
    "src",
    "tests",
    "data",
    "schemas",
    "releases",
    "docs",
    "datapackage.json",
    "pyproject.toml",
    "CITATION.cff",
    "CHANGELOG.md",
)
# What costs seconds to import and does not know this package.
WARM = ("pandas", "pandera.pandas", "frictionless", "narwhals", "edtf", "rapidfuzz.fuzz", "rich", "click")
# Tests of rules that read no file: a whole validation takes ten times as long, and shows no more of a rule.
_ON_FRAMES = (
    "a_broken_rule_is_told_in_these_words",
    "the_rules_are_silent_on_the_shipped_tables",
    "the_rules_are_silent_on_what_they_allow",
    "every_table_and_field_that_a_row_rule_checks_has_a_case",
    "every_rule_has_a_name_and_a_sentence",
    "a_rule_checks_the_tables_that_it_is_for_and_no_other",
    "what_other_rules_find_is_not_found_by_the_innermost_claim_and_stance_rules_too",
    "each_article_has_innermost_claims_of_its_own",
    "an_unnamed_actor_belongs_to_the_longest_article_that_its_identifier_begins_with",
    "spans_that_cannot_be_read_are_not_the_same",
    "a_key_of_another_table_closes_no_circle_of_errata",
    "what_another_table_withdrew_under_the_same_key_was_not_withdrawn_here",
)
# The tests of each module, as many as run in so many seconds, the likely killers first.
TESTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "rules": (
        20,
        (
            *(f"test_validation_rules.py::test_{name}" for name in _ON_FRAMES),
            "test_hostile_rules.py::test_the_innermost_span_is_the_shortest_that_holds_the_words",
        ),
    ),
    "constraints": (20, ("test_constraints_words.py",)),
    "pandera_schemas": (20, ("test_constraints_words.py",)),
    "edtf_bounds": (20, ("test_edtf_bounds.py",)),
    "verification/verify": (20, ("test_verify_words.py",)),
    "verification/anchoring": (20, ("test_verify_words.py",)),
    "verification/alignment": (20, ("test_verify_words.py",)),
    "verification/copy": (20, ("test_verify_words.py",)),
    "verification/quotations": (20, ("test_verify_words.py",)),
    "verification/budget": (20, ("test_verify_words.py",)),
    "verification/report": (20, ("test_verify_words.py",)),
    "verification/evidence": (20, ("test_verify_words.py", "test_wording.py")),
    "text/boundaries": (20, ("text/test_boundaries.py", "test_verify_words.py")),
    "text/normalize": (20, ("text/test_normalize.py", "test_verify_words.py")),
    "report": (20, ("test_report.py",)),
    "chains": (20, ("test_chains.py",)),
    "validation": (120, ("test_reports.py",)),
    "conformance": (120, ("test_reports.py",)),
    "files": (
        20,
        (
            "test_files_words.py",
            "test_hostile.py::test_a_hostile_archive_is_refused_in_one_line",
            "test_hostile.py::test_what_is_too_large_is_told_and_not_loaded",
        ),
    ),
}
LEAST = 0.9
# No test computes for so many seconds: what does, hangs. What waits is given ten times as long by the clock.
HANGS = 30
MEMORY = 8 * 1024**3


@dataclass(frozen=True)
class Mutant:
    """One change of a module, with the lines that it takes away and those that it puts in their place."""

    module: str
    function: str
    line: int
    old: str
    new: str
    source: str = field(repr=False)

    @property
    def change(self) -> Change:
        """What it is known by in the list of judged ones."""
        return self.module, self.function, self.old, self.new

    def __str__(self) -> str:
        lines = [f"src/reportedly/{self.module}.py:{self.line} {self.function}"]
        lines += [f"  - {text}" for text in self.old.split("\n")]
        lines += [f"  + {text}" for text in self.new.split("\n")]
        return "\n".join(lines)


# --- mutants ----------------------------------------------------------------------------------------------------------------------


class _Changes(cst.CSTVisitor):
    """Collects what mutmut's operators make of each node that runs: of no annotation, and of nothing that only type checkers read."""

    METADATA_DEPENDENCIES = (WhitespaceInclusivePositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, CodeRange, cst.CSTNode]] = []
        self._names: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Change a node in each way."""
        if isinstance(node, cst.Annotation) or _harmless(node):
            return False
        if isinstance(node, cst.If) and isinstance(node.test, cst.Name) and node.test.value == "TYPE_CHECKING":
            if node.orelse:
                node.orelse.visit(self)
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                place = self.get_metadata(WhitespaceInclusivePositionProvider, node)
                self.found += [(".".join(self._names), place, changed) for changed in operator(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Leave a function or class."""
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()


def _harmless(node: cst.CSTNode) -> bool:
    """Return whether mutmut leaves a call alone: without its arguments it only fails."""
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in NEVER_MUTATE_FUNCTION_CALLS
    )


def _source(module: str) -> str:
    return (ROOT / "src" / "reportedly" / f"{module}.py").read_text(encoding="utf-8")


def mutants(module: str) -> list[Mutant]:
    """Return the mutants of a module that compile, each once, without those that are the module itself."""
    source = _source(module)
    visitor = _Changes()
    tree = MetadataWrapper(cst.parse_module(source)).visit(visitor)
    starts = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
    # Only the statement that holds a change is read again, not the whole module.
    bounds = sorted({0, len(source), *(starts[_first_line(node) - 1] for node in ast.parse(source).body)})
    seen: set[tuple[int, str]] = set()
    found = []
    for function, place, changed in visitor.found:
        start, end = (starts[at.line - 1] + at.column for at in (place.start, place.end))
        low, high = next(pair for pair in pairwise(bounds) if pair[1] > start)
        come = source[low:start] + tree.code_for_node(changed) + source[end:high]
        try:
            shape = ast.dump(ast.parse(come))
        except SyntaxError:
            continue
        seen.add((low, ast.dump(ast.parse(source[low:high]))))
        if (low, shape) not in seen:
            seen.add((low, shape))
            code = source[:low] + come + source[high:]
            found.append(Mutant(module, function, place.start.line, *_differing(source, code), code))
    return found


def _first_line(node: ast.stmt) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])


def _differing(before: str, after: str) -> tuple[str, str]:
    """Return the lines of each text that are not the same in both, but for their indentation."""
    old, new = ([line.strip() for line in text.split("\n")] for text in (before, after))
    first = next(at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    last = next(at for at, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b)
    last = min(last, len(old) - first - 1, len(new) - first - 1)
    return "\n".join(old[first : len(old) - last]), "\n".join(new[first : len(new) - last])


# --- runs -------------------------------------------------------------------------------------------------------------------------


class _Plugin:
    """Runs the likely killers first, stops when time is over, and keeps what was seen."""

    def __init__(self, order: dict[str, float], seconds: float) -> None:
        self.order, self.seconds = order, seconds
        # What the processor did: on a busy machine the clock runs on while a test waits.
        self.begun = time.process_time()
        self.killer, self.over, self.durations = "", False, {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items.sort(key=lambda item: self.order.get(item.nodeid, 1e9))

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.durations[report.nodeid] = self.durations.get(report.nodeid, 0.0) + report.duration
        if report.failed and not self.killer:
            self.killer = report.nodeid

    def pytest_runtest_logfinish(self) -> None:
        self.over = time.process_time() - self.begun > self.seconds

    def pytest_runtest_protocol(self, item: Any) -> None:
        if self.over:
            item.session.shouldstop = "time is over"


def _run(home: Path, files: tuple[str, ...], order: dict[str, float], seconds: float) -> None:
    """Run tests in a copy of the project, in this process, which ends here."""
    os.setpgrp()
    quiet = os.open(home / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    most = int(seconds) + HANGS
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
    # What a mutant writes into the current folder must not take the place of what the next one needs.
    elsewhere = home / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    os.chdir(elsewhere)
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTHONPATH=str(home / "src"))
    sys.path.insert(0, str(home / "src"))
    plugin = _Plugin(order, seconds)
    options = ["-x", "-q", "-p", "no:cacheprovider", "--tb=short", f"--rootdir={home}", f"-c{home / 'pyproject.toml'}"]
    paths = [str(home / "tests" / file) for file in files]
    code = pytest.main([*options, f"--basetemp={home / 'tmp'}", *paths], plugins=[plugin])
    told = {"code": int(code), "killer": plugin.killer, "over": plugin.over, "durations": plugin.durations}
    (home / "told.json").write_text(json.dumps(told), encoding="utf-8")
    os._exit(0)


@dataclass
class _Slot:
    """A copy of the project, and the mutant that runs in it."""

    home: Path
    mutant: Mutant | None = None
    process: int = 0
    deadline: float = 0.0

    def start(self, module: str, order: dict[str, float], mutant: Mutant | None, seconds: float) -> None:
        (self.home / "told.json").unlink(missing_ok=True)
        if mutant:
            self.write(module, mutant.source)
        self.mutant, self.deadline = mutant, time.monotonic() + 10 * (seconds + HANGS)
        self.process = os.fork()
        if not self.process:
            try:
                # A compiled file is told from a changed one by the second; what changes must not be kept.
                sys.dont_write_bytecode = mutant is not None
                _run(self.home, TESTS[module][1], order, seconds)
            finally:
                os._exit(1)

    def write(self, module: str, source: str) -> None:
        (self.home / "src" / "reportedly" / f"{module}.py").write_text(source, encoding="utf-8")

    def ended(self) -> dict[str, Any] | None:
        """Return what was seen where the run is over, else None."""
        process, status = os.waitpid(self.process, os.WNOHANG)
        if not process and time.monotonic() < self.deadline:
            return None
        if not process:
            self.stop()
        if not process or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
            return {"timeout": True}
        told = self.home / "told.json"
        # A process that ended without a word was ended by what the mutant did.
        return json.loads(told.read_text(encoding="utf-8")) if told.exists() else {"code": 1, "killer": "(the process)"}

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)


class Runner:
    """Runs the mutants of one module, some at a time."""

    def __init__(self, module: str, homes: list[Path]) -> None:
        self.module, self.slots = module, [_Slot(home) for home in homes]
        self.seconds = TESTS[module][0]
        self.source = _source(module)
        self.killers: dict[str, Counter[str]] = defaultdict(Counter)
        self.durations = self._sound()
        for home in homes:
            for compiled in (home / "src" / "reportedly" / "__pycache__").glob(f"{module}.*"):
                compiled.unlink()

    def _sound(self) -> dict[str, float]:
        """Run the tests on the unchanged module, before any mutant and behind the last: they must pass, or what was killed tells nothing."""
        for slot in self.slots:
            slot.start(self.module, {}, None, 3600)
            while (told := slot.ended()) is None:
                time.sleep(0.01)
            if told.get("code") != 0:
                output = (slot.home / "output.txt").read_text(encoding="utf-8", errors="replace")
                raise SystemExit(f"{self.module}: its tests fail without any change\n{output[-3000:]}")
        return told["durations"]

    def _order(self, mutant: Mutant) -> dict[str, float]:
        """Return when each test runs: what killed others in this function, what has its name, what is quick."""
        mine = self.killers[mutant.function]
        name = mutant.function.split(".")[-1].strip("_").replace("_", "-")

        def rank(test: str) -> tuple[int, bool, float]:
            return -mine[test], not (name and name in test), self.durations[test]

        return {test: place for place, test in enumerate(sorted(self.durations, key=rank))}

    def run(self, found: list[Mutant]) -> Iterator[tuple[Mutant, str]]:
        """Yield what became of each mutant: killed, timeout, survived, or survived of those whose time was over."""
        waiting = list(reversed(found))
        try:
            while waiting or any(slot.mutant for slot in self.slots):
                for slot in self.slots:
                    if slot.mutant:
                        told = slot.ended()
                        if told is not None:
                            mutant, slot.mutant = slot.mutant, None
                            yield mutant, self._outcome(mutant, told)
                    if not slot.mutant and waiting:
                        mutant = waiting.pop()
                        slot.start(self.module, self._order(mutant), mutant, self.seconds)
                time.sleep(0.005)
        finally:
            for slot in self.slots:
                if slot.mutant:
                    slot.stop()
                # The next module is tested among unchanged ones.
                slot.write(self.module, self.source)
        self._sound()

    def _outcome(self, mutant: Mutant, told: dict[str, Any]) -> str:
        if told.get("timeout"):
            return "timeout"
        if told["code"] == 0 or (told["over"] and not told["killer"]):
            return "survived"
        if told["killer"]:
            self.killers[mutant.function][told["killer"]] += 1
        return "killed"


def _warm() -> None:
    """Import what is slow, and let it be used once, since much of it is only made then; then forget this package."""
    for name in WARM:
        import_module(name)
    sys.path.insert(0, str(ROOT / "src"))
    import reportedly

    reportedly.validate()
    sys.path.pop(0)
    for name in [name for name in sys.modules if name.split(".")[0] == "reportedly"]:
        del sys.modules[name]
    gc.collect()
    gc.freeze()


def _copies(folder: str, number: int) -> list[Path]:
    homes = [Path(folder, str(place)) for place in range(number)]
    for home in homes:
        home.mkdir()
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, home / name)
    return homes


# --- report -----------------------------------------------------------------------------------------------------------------------


def judged() -> dict[str, dict[Change, str]]:
    """Return why survivors are equivalent, or tolerated, by what they change."""
    groups = tomllib.loads(JUDGED.read_text(encoding="utf-8")) if JUDGED.exists() else {}
    return {
        verdict: {
            (group["module"], *change): group["why"] for group in groups.get(verdict, ()) for change in group["changes"]
        }
        for verdict in ("equivalent", "tolerated")
    }


def _test(module: str, homes: list[Path], only: str, sample: int) -> tuple[Figures, bool]:
    """Run the mutants of a module, print what became of them, and return its figures and whether all is well."""
    found = every = [mutant for mutant in mutants(module) if only in mutant.function]
    if sample and sample < len(found):
        # A fixed seed: the same sample each time, and no matter of safety.
        found = random.Random(module).sample(found, sample)  # noqa: S311
    began, counts, known = time.monotonic(), Counter[str](), judged()
    left, needed = [], set()
    for done, (mutant, outcome) in enumerate(Runner(module, homes).run(found), 1):
        counts[outcome] += 1
        if outcome == "survived":
            verdict = next((name for name, changes in known.items() if mutant.change in changes), "unjudged")
            counts[verdict] += 1
            needed.add(mutant.change)
            if verdict == "unjudged":
                left.append(mutant)
                print(f"survived: {mutant}", flush=True)
        if sys.stderr.isatty():
            print(f"{module}: {done} of {len(found)}", end="\r", file=sys.stderr)
    stale = {change for changes in known.values() for change in changes if change[0] == module} - needed
    if only or sample:
        stale.clear()
    for _, function, old, new in sorted(stale):
        print(f"judged, but no survivor any more: {module} {function}\n  - {old}\n  + {new}")
    dead = counts["killed"] + counts["timeout"]
    score = dead / ((len(found) - counts["equivalent"]) or 1)
    figures: Figures = {
        "Module": module,
        "Mutants": len(every),
        "Tried": len(found),
        "Killed": counts["killed"],
        "Timed out": counts["timeout"],
        "Survived": counts["survived"],
        "of these equivalent": counts["equivalent"],
        "Killed of all (%)": round(100 * dead / (len(found) or 1), 1),
        "Killed of those that differ (%)": round(100 * score, 1),
    }
    told = ", ".join(f"{name} {value}" for name, value in figures.items())
    print(f"{told}, not judged {len(left)}; {time.monotonic() - began:.0f} s", flush=True)
    return figures, not left and not stale and score > LEAST


def _record(row: Figures) -> None:
    """Keep the figures of a module that was run; those of the others stay as they are."""
    file = FOLDER / f"{NAME}.json"
    before = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.exists() else []
    kept = {row["Module"]: row for row in [*before, row]}
    table = [kept[module] for module in TESTS if module in kept]

    def total(name: str) -> int:
        return sum(int(row[name]) for row in table)

    dead = total("Killed") + total("Timed out")
    figures: Figures = {
        "Mutants": total("Mutants"),
        "Tried, a fixed sample where a module has more": total("Tried"),
        "Killed by a test": total("Killed"),
        "Killed by the clock": total("Timed out"),
        "Survived": total("Survived"),
        "of these judged equivalent, one by one": total("of these equivalent"),
        "Killed of all (%)": round(100 * dead / total("Tried"), 1),
        "Killed of those that differ (%)": round(100 * dead / (total("Tried") - total("of these equivalent")), 1),
    }
    note = (
        "Each mutant is one change that mutmut makes to a module; its tests should notice. Modules may be run one by one, whole or a sample: how many were tried "
        "stands in the table. Why those that survived are equivalent stands in `docs/evidence/survivors.toml`."
    )
    record(
        NAME,
        "Mutation testing of the code",
        figures,
        table,
        note=note,
        command="python scripts/mutate_code.py [MODULE …] --record",
    )


def main() -> None:
    """Test the tests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"some of {', '.join(TESTS)}; all by default")
    parser.add_argument("--only", default="", metavar="FUNCTION", help="only functions with this in their name")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only so many mutants of each module")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="how many to run at a time")
    parser.add_argument("--record", action="store_true", help=f"write the figures to docs/evidence/{NAME}.json")
    options = parser.parse_args()
    unknown = sorted(set(options.modules) - set(TESTS))
    if unknown:
        parser.error(f"no such module: {', '.join(unknown)}; there are {', '.join(TESTS)}")
    if options.record and options.only:
        parser.error("--record wants whole modules, or a sample of each, without --only")
    # So that a run that is ended leaves no copies behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    _warm()
    with tempfile.TemporaryDirectory() as folder:
        homes = _copies(folder, options.workers)
        well = True
        for module in [module for module in TESTS if module in (options.modules or TESTS)]:
            figures, fine = _test(module, homes, options.only, options.sample)
            well &= fine
            if options.record:
                _record(figures)
    sys.exit(not well)


if __name__ == "__main__":
    main()
