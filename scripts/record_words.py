"""Write into `tests/data` what the tests expect messages to say, as they are now: read the difference before you keep it."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

TESTS = Path(__file__).parent.parent / "tests"


def _module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, TESTS / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"there is no tests/{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _write(name: str, blocks: Iterable[tuple[str, Iterable[str]]]) -> None:
    text = "\n\n".join("\n".join([title, *lines]) for title, lines in blocks)
    file = TESTS / "data" / f"{name}.txt"
    file.write_text(f"{text}\n", encoding="utf-8")
    print(f"{file.relative_to(TESTS.parent)}: {text.count(chr(10)) + 1} lines")


def main() -> None:
    """Write the four files."""
    conftest = _module("conftest")
    rules, files, reports, verified = map(
        _module, ("test_validation_rules", "test_files_words", "test_reports", "test_verify_words")
    )
    with tempfile.TemporaryDirectory() as folder:
        copies = (conftest.Copy(Path(folder, str(place), "package")) for place in range(10_000))

        def broken(change: Any) -> Any:
            copy = next(copies)
            change(copy)
            return copy

        def on_frames(case: Any) -> Any:
            memory = rules.Memory()
            rules.apply(memory, case.edits)
            return memory.told(case.rule)

        _write("told", ((name, on_frames(case)) for name, case in rules.CASES.items()))
        _write("told_of_files", ((name, files.told(broken(change).root)) for name, change in files.BROKEN.items()))
        _write("reports", ((name, [reports.reported(broken(change))]) for name, change in reports.CASES.items()))
        log = verified.package(Path(folder, "log"), ("log-0001", verified.TEXT, verified.SPANS))
        _write("verified", ((name, [verified.said(edit, log)]) for name, edit in verified.EDITS.items()))


if __name__ == "__main__":
    main()
