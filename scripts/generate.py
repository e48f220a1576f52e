"""Write every generated file: the descriptor, the SHACL shapes, pages of the documentation, and what the examples in them print.

    python scripts/generate.py            write
    python scripts/generate.py --check    write nothing, name what differs and fail

Examples are run as they are on the page: Python and the command here, R and SQL where their programs are installed.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
# The code of this checkout makes its files, wherever else the package is installed.
sys.path.insert(0, str(ROOT / "src"))

from click.testing import CliRunner  # noqa: E402

from reportedly.cli.app import main as command  # noqa: E402
from reportedly.errors import ReportedlyError  # noqa: E402
from reportedly.exports.linked_data.shapes import path as shapes_path  # noqa: E402
from reportedly.exports.linked_data.shapes import shapes  # noqa: E402
from reportedly.exports.linked_data.turtle import write_turtle  # noqa: E402
from reportedly.package.package import Package  # noqa: E402
from reportedly.site.pages import Pages  # noqa: E402
from reportedly.versioning.release import described  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = ("README.md", "docs/index.md", "docs/quickstart.md", "docs/cite.md", "docs/download.md")
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
# A file that an example exports has the version in its name.
_EXPORTED = re.compile(r"\breportedly-[0-9]+\.[0-9]+\.[0-9]+(?:-dev\.[0-9]+)?(?=[-.][a-z])")


def descriptor() -> Iterator[tuple[Path, str]]:
    """Yield the descriptor with the titles, sizes, digests and row counts that the tables have."""
    path = ROOT / "datapackage.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    for resource in found["resources"]:
        schema = json.loads((ROOT / resource["schema"]).read_text(encoding="utf-8"))
        resource["title"], resource["description"] = schema["title"], schema["description"]
    yield path, described(ROOT, found)


def turtle() -> Iterator[tuple[Path, str]]:
    """Yield the shapes of the dataset's graph, which the RDF exports are checked with."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "shapes.ttl")
        write_turtle(shapes(Package(ROOT)), made)
        yield Path(shapes_path()), made.read_text(encoding="utf-8")


def pages() -> Iterator[tuple[Path, str]]:
    """Yield the pages that follow from schemas, data, rules and the command line."""
    yield from Pages(ROOT, command)


def examples() -> Iterator[tuple[Path, str]]:
    """Yield the pages with examples and what those print."""
    for name in EXAMPLES:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            # What the examples are about: a package with one value misspelt, and a text.
            for part in ("data", "schemas"):
                shutil.copytree(ROOT / part, Path("my-package", part))
            shutil.copy(ROOT / "datapackage.json", "my-package")
            demands = Path("my-package", "data", "demands.csv")
            demands.write_bytes(demands.read_bytes().replace(b"red_line", b"redline", 1))
            Path("article.txt").write_text("The ministries declined to comment.", encoding="utf-8")
            yield ROOT / name, Examples(Package(ROOT).version).run((ROOT / name).read_text(encoding="utf-8"))


class Examples:
    """The examples of a page, which are run one after the other.

    Parameters
    ----------
    version
        The version that exported files are named after.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        self.names: dict[str, Any] = {"__name__": "__main__"}
        # What the last block printed, for the block of text that follows it.
        self.printed: str | None = None

    def run(self, page: str) -> str:
        """Return a page with what its examples print."""
        return _BLOCK.sub(self._block, _EXPORTED.sub(f"reportedly-{self.version}", page))

    def _block(self, found: re.Match[str]) -> str:
        indent, kind, code = found[1], found[2], re.sub(rf"^{found[1]}", "", found[3], flags=re.MULTILINE)
        printed, self.printed = self.printed, None
        if kind == "console":
            code = "".join(map(self._console, re.split(r"^(?=\$ )", code, flags=re.MULTILINE)))
        elif kind == "sh":
            for line in (line for line in code.splitlines() if line.startswith("reportedly ")):
                self._reportedly(line)
        elif kind == "python" and code.startswith(">>> "):
            code = self._doctest(code)
        elif kind == "python":
            self.printed = self._python(code, "exec")
        elif kind in {"r", "sql"}:
            self.printed = self._foreign(kind, code)
        elif kind == "text" and printed is not None:
            code = _trimmed(printed)
        return f"{indent}```{kind}\n{re.sub('^(?=.)', indent, code, flags=re.MULTILINE)}{indent}```"

    def _console(self, part: str) -> str:
        if not part.startswith("$ reportedly "):
            return part
        line, _, shown = re.sub(r"\\\n", "\\\0", part).partition("\n")
        table = ["--format", "table"] if "──" in shown else []
        printed = self._reportedly(line.replace("\\\0", " ")[2:], *table)
        return line.replace("\\\0", "\\\n") + "\n" + _trimmed(printed)

    def _python(self, code: str, mode: str) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(code, "example", mode), self.names)  # noqa: S102 - our own page
        return out.getvalue()

    def _doctest(self, code: str) -> str:
        parts = []
        for part in doctest.DocTestParser().parse(code):
            if isinstance(part, str):
                parts.append(part)
            else:
                first, *more = part.source.splitlines()
                parts += [f">>> {first}\n", *(f"... {line}\n" for line in more), self._python(part.source, "single")]
        return "".join(parts)

    def _reportedly(self, line: str, *more: str) -> str:
        done = CliRunner(env={"COLUMNS": "80"}).invoke(command, [*shlex.split(line)[1:], *more])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.stdout

    def _foreign(self, kind: str, code: str) -> str | None:
        program = ["Rscript", "-e"] if kind == "r" else ["sqlite3", "-box", f"reportedly-{self.version}.sqlite"]
        if shutil.which(program[0]) is None:
            print(f"{program[0]} is not installed: what it prints is left as it was", file=sys.stderr)
            return None
        return subprocess.run([*program, code], capture_output=True, encoding="utf-8", check=True).stdout


def _trimmed(printed: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def main() -> int:
    """Write what is generated, or with --check compare."""
    checking = sys.argv[1:] == ["--check"]
    differing = []
    try:
        # In this order: each reads what the ones before it wrote.
        for step in (descriptor, turtle, pages, examples):
            for path, text in step():
                if path.is_file() and path.read_text(encoding="utf-8") == text:
                    continue
                differing.append(path.relative_to(ROOT).as_posix())
                if not checking:
                    path.write_text(text, encoding="utf-8", newline="\n")
    except ReportedlyError as error:
        sys.exit(str(error))
    for name in differing:
        print(f"{name}: not what is generated. Run python scripts/generate.py" if checking else f"wrote {name}")
    return 1 if checking and differing else 0


if __name__ == "__main__":
    sys.exit(main())
