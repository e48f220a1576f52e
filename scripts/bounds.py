"""Give the real command files that are made to break it, and measure the time and memory that its answers take.

    python scripts/bounds.py             print the figures; some minutes, since the largest packages within the limits are tried too
    python scripts/bounds.py --record    keep them for the documentation too

Time is told as a multiple of what `reportedly validate` takes for the shipped dataset in the same run, memory as the most that the process held at once.
Peaks come from wait4(2), so that this runs where that is: Linux and macOS.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recording import Rows, record

from reportedly import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).parent.parent
NAME = "bounds"
# What is refused may take no more than these: seconds, bytes.
SECONDS, MEMORY = 10, 1024**3
MIB = 1024**2
QUOTES = Path("data", "quotes.csv")
WRONG_CELLS = b"a-0001.q%07d,,nobody,x,word,en,unknown,1,x,\n"
WRONG_LINKS = b"a-0001.q%07d,a-0001.c01,nobody,x,word,en,unknown,1,2,\n"


@dataclass(frozen=True)
class Answer:
    """What a command answered, and what that took."""

    status: int
    told: list[bytes]
    seconds: float
    memory: int


@dataclass(frozen=True)
class Case:
    """A package to spoil, or a text to make, and the command to give it to."""

    what: str
    spoil: Callable[[Path], object]
    command: tuple[str, ...] = ("validate", "{}")
    refused: bool = True


def ask(arguments: Iterable[str]) -> Answer:
    """Run the command as a process of its own and measure it."""
    with tempfile.TemporaryFile() as told:
        began = time.monotonic()
        streams = [(os.POSIX_SPAWN_DUP2, told.fileno(), descriptor) for descriptor in (1, 2)]
        command = [sys.executable, "-m", "reportedly", *arguments]
        # The usage of a process is only told by waiting for it by its number.
        _, status, usage = os.wait4(os.posix_spawn(sys.executable, command, os.environ, file_actions=streams), 0)
        took = time.monotonic() - began
        told.seek(0)
        lines = told.read().splitlines()
    # Bytes on macOS, kibibytes elsewhere: getrusage(2).
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Answer(os.waitstatus_to_exitcode(status), lines, took, memory)


def write(file: Path, *parts: bytes) -> None:
    """Write parts to a file, one after the other."""
    with file.open("wb") as opened:
        opened.writelines(parts)


def rows(line: bytes, number: int) -> Callable[[Path], None]:
    """Return what fills the table of quotations with rows that are numbered where the line says so."""

    def fill(root: Path) -> None:
        header = (root / QUOTES).read_bytes().partition(b"\n")[0] + b"\n"
        with (root / QUOTES).open("wb") as file:
            file.write(header)
            file.writelines(line % n if b"%" in line else line for n in range(number))

    return fill


def sparse(root: Path) -> None:
    """Make the table a gigabyte of nothing, in one cell."""
    with (root / QUOTES).open("wb") as file:
        file.truncate(10**9)


def replaced(root: Path, path: str, by: Callable[[Path], object]) -> None:
    """Put something else in the place of a file."""
    (root / path).unlink()
    by(root / path)


def pointed(root: Path, old: str, new: str) -> None:
    """Change what the descriptor says."""
    file = root / "datapackage.json"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def bomb(root: Path) -> None:
    """Pack a hundred megabytes of nothing."""
    with zipfile.ZipFile(root / "package.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", b"{}")
        archive.writestr(QUOTES.as_posix(), bytes(100 * MIB))


def text(words: str) -> Callable[[Path], object]:
    """Return what writes the longest text that verify takes."""

    def fill(root: Path) -> None:
        write(root / "article.txt", (words * (limits.TEXT_BYTES // len(words.encode()))).encode())

    return fill


def instead(table: str, number: int, copy: str, **cells: Callable[[int], object]) -> Callable[[Path], object]:
    """Return what writes a text to verify, and a table of so many rows in the place of the shipped one."""

    def fill(root: Path) -> None:
        write(root / "article.txt", copy.encode())
        file = root / "data" / f"{table}.csv"
        fields = file.read_text(encoding="utf-8").partition("\n")[0].split(",")
        lines = (",".join(str(cells[field](n)) if field in cells else "" for field in fields) for n in range(number))
        file.write_text("\n".join([",".join(fields), *lines, ""]), encoding="utf-8")

    return fill


def claims(number: int, length: int) -> Callable[[Path], object]:
    """Return what writes claims of some length and more, all of digests that no words have."""
    return instead(
        "claims",
        number,
        ". " * (limits.TEXT_BYTES // 2),
        claim_id=lambda n: f"tasr-0001.c{n:04}",
        article_id=lambda _: "tasr-0001",
        start=lambda _: 0,
        end=lambda n: length + n,
        span_sha256=lambda _: "0" * 64,
        folded_sha256=lambda _: "0" * 64,
    )


LONG = "a b " * (limits.CELL // 4)
altered = instead(
    "quotes",
    1,
    LONG.replace("b", "c"),
    quote_id=lambda _: "tasr-0001.q01",
    claim_id=lambda _: "tasr-0001.c01",
    text=lambda _: LONG.strip(),
    start=lambda _: 0,
    end=lambda _: len(LONG.strip()),
)
forms = instead(
    "actors",
    1,
    "a " * (limits.TEXT_BYTES // 2),
    actor_id=lambda _: "putin",
    aliases=lambda _: "|".join(f"a{n}" for n in range(19_000)),
)
VERIFY = ("verify", "{}/article.txt", "--article", "tasr-0001", "--package", "{}")
CASES = (
    Case("a descriptor nested 100,000 deep", lambda root: write(root / "datapackage.json", b'{"a":' * 100_000, b"\n")),
    Case(
        "a descriptor with a number of a million digits",
        lambda root: write(root / "datapackage.json", b'{"version": ', b"9" * 10**6, b"}"),
    ),
    Case(
        "a descriptor that never ends: a link to /dev/zero",
        lambda root: replaced(root, "datapackage.json", lambda file: file.symlink_to("/dev/zero")),
    ),
    Case("a table that never begins: a pipe", lambda root: replaced(root, str(QUOTES), os.mkfifo)),
    Case(
        "a table that leaves the package: a link",
        lambda root: replaced(root, str(QUOTES), lambda file: file.symlink_to("/etc/passwd")),
    ),
    Case("a table at an absolute path", lambda root: pointed(root, "data/quotes.csv", "/etc/passwd")),
    Case("a table at a path with ..", lambda root: pointed(root, "data/quotes.csv", "../quotes.csv")),
    Case("a table at an address", lambda root: pointed(root, "data/quotes.csv", "https://x/quotes.csv")),
    Case("a schema at an address", lambda root: pointed(root, "schemas/quotes.json", "https://x/quotes.json")),
    Case("a cell of a gigabyte", sparse),
    Case("a million columns", lambda root: write(root / QUOTES, b"," * 10**6, b"\n")),
    Case("a row with a million cells", rows(b"," * 10**6 + b"\n", 1)),
    Case("more lines than the limit", rows(b"\n", limits.TABLE_LINES + 1)),
    Case("a zip file that unpacks to a hundred megabytes of nothing", bomb, ("validate", "{}/package.zip")),
    Case("100,000 rows whose cells are wrong", rows(WRONG_CELLS, 100_000), refused=False),
    Case("100,000 rows that point nowhere", rows(WRONG_LINKS, 100_000), refused=False),
    Case("as many wrong rows as the limit allows", rows(WRONG_CELLS, limits.TABLE_LINES - 1), refused=False),
    Case("half a megabyte of words to verify", text("the talks on peace "), VERIFY, refused=False),
    Case("half a megabyte of full stops to verify", text(". "), VERIFY, refused=False),
    Case("a quotation as long as a cell may be, altered", altered, VERIFY, refused=False),
    Case("a claim of 250,000 characters that stand nowhere", claims(1, 250_000), VERIFY, refused=False),
    Case("a thousand claims, each of another length, that stand nowhere", claims(1_000, 20), VERIFY, refused=False),
    Case("as many surface forms as a cell has room for", forms, VERIFY, refused=False),
)


def package(root: Path) -> None:
    """Copy the shipped dataset."""
    for folder in ("data", "schemas"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "datapackage.json", root)


def main() -> int:
    """Try every case, print and keep the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--record", action="store_true", help=f"write the figures to docs/evidence/{NAME}.json")
    options = parser.parse_args()
    usual = min((ask(("validate", str(ROOT))) for _ in range(3)), key=lambda answer: answer.seconds)
    table: Rows = []
    beyond, slowest, largest = [], 0.0, 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder, "package")
            root.mkdir()
            package(root)
            case.spoil(root)
            answer = ask(argument.format(root) for argument in case.command)
        # 1 is a finding, 2 a refusal; anything else is a crash, or a wrong package that was taken for a right one.
        if answer.status not in {1, 2} or any(line.startswith(b"Traceback") for line in answer.told):
            beyond.append(f"{case.what}: exit status {answer.status}, {b' '.join(answer.told[-1:]).decode()}")
        if case.refused:
            slowest, largest = max(slowest, answer.seconds), max(largest, answer.memory)
            if answer.seconds > SECONDS or answer.memory > MEMORY:
                beyond.append(f"{case.what}: {answer.seconds:.1f} s, {answer.memory / MIB:.0f} MiB")
        row = {
            "what": case.what,
            "exit status": answer.status,
            "lines told": len(answer.told),
            "time, of a validation": round(answer.seconds / usual.seconds, 1),
            "memory (MiB)": round(answer.memory / MIB),
        }
        table.append(dict(row))
        print(", ".join(f"{name}: {value}" for name, value in row.items()), flush=True)
    figures: dict[str, int | float | str] = {
        "what was tried": len(CASES),
        "of these beyond the limits of the format": sum(case.refused for case in CASES),
        "the longest refusal, of a validation of the dataset": round(slowest / usual.seconds, 1),
        "the most memory that a refusal took (MiB)": round(largest / MIB),
        "memory of a validation of the dataset (MiB)": round(usual.memory / MIB),
        "beyond bounds": len(beyond),
    }
    for name, figure in figures.items():
        print(f"{figure:8} {name}")
    for told in beyond:
        print(f"beyond bounds: {told}", file=sys.stderr)
    if options.record:
        note = (
            f"What is refused may take {SECONDS} seconds and {MEMORY // MIB:,} MiB. What keeps within the limits of the format is judged row by row, however long that takes; "
            "of each check the first thousand findings are told, the others counted. Time is given as a multiple of what `reportedly validate` took for the shipped dataset in the same run."
        )
        record(NAME, "Time and memory for hostile input", figures, table, note=note)
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
