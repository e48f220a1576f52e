"""Run the examples of README and documentation, and write down what they print.

    python scripts/build_examples.py

The tests run them too, and fail where a page shows something else. Python and the command are run as they are here; R and SQL where their programs are
installed. Names of exported files get the version that the package has.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from click.testing import CliRunner  # noqa: E402

from reportedly.cli.app import main as command  # noqa: E402
from reportedly.package.atomic import atomic  # noqa: E402
from reportedly.package.shipped import shipped  # noqa: E402

PAGES = ("README.md", "docs/index.md", "docs/quickstart.md", "docs/cite.md", "docs/download.md")
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"\breportedly-[0-9]+\.[0-9]+\.[0-9]+(?:-dev\.[0-9]+)?(?=[-.][a-z])")


class Page:
    """A page whose examples are run one after the other, in a folder with what they speak of: a package with one value misspelt, and a text.

    Parameters
    ----------
    path
        The page.
    """

    def __init__(self, path: Path) -> None:
        self.text = _NAMED.sub(f"reportedly-{shipped().version}", path.read_text(encoding="utf-8"))
        self.names: dict[str, Any] = {"__name__": "__main__"}
        # What the last block printed, for the block of text that follows it.
        self.printed: str | None = None

    def renewed(self) -> str:
        """Return the page with what its examples print."""
        return _BLOCK.sub(self._block, self.text)

    def _block(self, found: re.Match[str]) -> str:
        indent, kind, code = found[1], found[2], re.sub(rf"^{found[1]}", "", found[3], flags=re.MULTILINE)
        printed, self.printed = self.printed, None
        if kind == "console":
            code = "".join(map(self._commands, re.split(r"^(?=\$ )", code, flags=re.MULTILINE)))
        elif kind == "sh":
            for line in (line for line in code.splitlines() if line.startswith("reportedly ")):
                _reportedly(line)
        elif kind == "python" and code.startswith(">>> "):
            code = self._doctest(code)
        elif kind == "python":
            self.printed = self._python(code, "exec")
        elif kind in {"r", "sql"}:
            self.printed = _foreign(kind, code)
        elif kind == "text" and printed is not None:
            code = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
        return f"{indent}```{kind}\n{re.sub('^(?=.)', indent, code, flags=re.MULTILINE)}{indent}```"

    def _commands(self, part: str) -> str:
        if not part.startswith("$ reportedly "):
            return part
        line, _, shown = re.sub(r"\\\n", "\\\0", part).partition("\n")
        table = ["--format", "table"] if "──" in shown else []
        printed = _reportedly(line.replace("\\\0", " ")[2:], *table)
        return line.replace("\\\0", "\\\n") + "\n" + "".join(f"{text.rstrip()}\n" for text in printed.splitlines())

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
                lines = part.source.splitlines()
                parts += [f"{'...' if number else '>>>'} {line}\n" for number, line in enumerate(lines)]
                parts.append(self._python(part.source, "single"))
        return "".join(parts)


def _reportedly(line: str, *more: str) -> str:
    done = CliRunner(env={"COLUMNS": "80"}).invoke(command, [*shlex.split(line)[1:], *more])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


def _foreign(kind: str, code: str) -> str | None:
    asked = {"r": ["Rscript", "-e", code], "sql": ["sqlite3", "-box", f"reportedly-{shipped().version}.sqlite", code]}[
        kind
    ]
    if shutil.which(asked[0]) is None:
        print(f"{asked[0]} is not installed: what it prints is left as it was", file=sys.stderr)
        return None
    return subprocess.run(asked, capture_output=True, encoding="utf-8", check=True).stdout


def prepared(folder: Path) -> None:
    """Put into a folder what the examples speak of."""
    home = folder / "my-package"
    for part in ("data", "schemas"):
        shutil.copytree(ROOT / part, home / part)
    shutil.copy(ROOT / "datapackage.json", home)
    demands = home / "data" / "demands.csv"
    demands.write_bytes(demands.read_bytes().replace(b"red_line", b"redline", 1))
    (folder / "article.txt").write_text("The ministries declined to comment.", encoding="utf-8")


def main() -> None:
    """Write the pages."""
    for page in PAGES:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            prepared(Path(folder))
            text = Page(ROOT / page).renewed()
        if text != (ROOT / page).read_text(encoding="utf-8"):
            with atomic(ROOT / page, force=True) as place:
                place.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {page}")


if __name__ == "__main__":
    main()
