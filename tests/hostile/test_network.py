"""Nothing is ever fetched: every command, on the shipped dataset and on packages that name what is elsewhere, without one try at the network.

The witness is an audit hook, which Python itself calls before it opens a connection or looks a name up, and which forbids both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from reportedly.citations.formats import FORMATS as CITATIONS
from reportedly.exports.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

pytest.importorskip("frictionless")
pytestmark = pytest.mark.slow
# Nothing listens there, and the hook refuses before anybody could.
ELSEWHERE = "http://127.0.0.1:9/elsewhere"

# Runs commands one after the other in one process; prints each with its exit status, and what the hook saw.
_RUNNER = textwrap.dedent(
    """
    import io, json, sys
    from contextlib import redirect_stderr, redirect_stdout

    seen = []

    def forbid(event, args):
        if event.startswith(("socket.connect", "socket.bind", "socket.send", "socket.getaddrinfo", "socket.gethostby", "urllib.", "http.", "ftplib.")):
            seen.append([event, str(args[1:] if event.startswith("socket.c") else args)[:200]])
            raise PermissionError(f"no network: {event}")

    sys.addaudithook(forbid)
    from reportedly.cli.app import main

    statuses = []
    for command in json.load(sys.stdin):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main(command, standalone_mode=False)
                status = 0
            except SystemExit as stopped:
                status = stopped.code or 0
        statuses.append([command, status, out.getvalue()[-2000:] + err.getvalue()[-2000:]])
    tried = list(seen)
    # The hook is alive.
    import socket, urllib.request
    for call in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: urllib.request.urlopen("http://127.0.0.1:9/")):
        try:
            call()
        except OSError:
            pass
    json.dump({"statuses": statuses, "tried": tried, "alive": len(seen) - len(tried)}, sys.stdout)
    """
)


def run(commands: list[list[str]], folder: Path) -> list[tuple[list[str], int, str]]:
    """Run commands beside a text, and assert that none of them tried to reach anything."""
    (folder / "article.txt").write_text("Nothing of it.\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _RUNNER],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["tried"] == []
    assert found["alive"] >= 2
    return [(command, status or 0, text) for command, status, text in found["statuses"]]


def commands(*source: str, exports: Iterable[str] = FORMATS, citations: Iterable[str] = CITATIONS) -> list[list[str]]:
    """Return all commands that read a package."""
    return [
        ["tables", *source],
        ["show", "demands", *source],
        ["show", "quotes", "--flat", "--format", "json", *source],
        ["chain", "tasr-0001.d12", *source],
        ["verify", "article.txt", "--article", "tasr-0001", *source],
        *(["cite", "tasr-0001.q03", "--format", form, *source] for form in citations),
        ["cite", *source],
        *(["export", form, "-o", f"made-{form}", "--force", *source] for form in exports),
    ]


def test_no_command_reaches_for_the_network(copy, tmp_path):
    copy.change_descriptor(lambda found: found.update(homepage=ELSEWHERE, image=ELSEWHERE))
    copy.change_resource("quotes", licenses=[{"name": "CC-BY-4.0", "path": ELSEWHERE}], homepage=ELSEWHERE)
    package = str(copy.root)
    addresses = commands(
        "--package", package, exports=("csvw", "croissant", "rocrate", "turtle"), citations=["datacite"]
    )
    others = [
        ["describe", "demands"],
        ["path", "demands"],
        ["rules"],
        ["versions"],
        ["locate", "article.txt", "Nothing"],
        ["validate"],
        ["diff", "0.1.0", package],
        ["validate", package],
    ]
    failed = {command[0] for command, status, _ in run([*commands(), *addresses, *others], tmp_path) if status}
    # The copy of the text is another, and the package is.
    assert failed == {"verify", "diff"}


REMOTE: dict[str, Callable[[Any], object]] = {
    "path": lambda copy: copy.change_resource("quotes", path=f"{ELSEWHERE}/quotes.csv"),
    "schema": lambda copy: copy.change_resource("quotes", schema=f"{ELSEWHERE}/quotes.json"),
    "dialect": lambda copy: copy.change_resource("quotes", dialect=f"{ELSEWHERE}/dialect.json"),
    "scheme": lambda copy: copy.change_resource("quotes", scheme="http", path="127.0.0.1/quotes.csv"),
    "compression": lambda copy: copy.change_resource("quotes", compression="zip", innerpath=f"{ELSEWHERE}/x"),
    "profile": lambda copy: copy.change_resource("quotes", profile=f"{ELSEWHERE}/profile.json"),
    "package-profile": lambda copy: copy.change_descriptor(lambda found: found.update({"$schema": ELSEWHERE})),
    "newer-profile": lambda copy: copy.change_descriptor(
        lambda found: found.update({"$schema": "https://datapackage.org/profiles/2.9/datapackage.json"})
    ),
    "schema-profile": lambda copy: copy.change_schema("quotes", lambda found: found.update({"$schema": ELSEWHERE})),
    "foreign-key": lambda copy: copy.change_schema(
        "quotes", lambda found: found["foreignKeys"][0]["reference"].update(resource=f"{ELSEWHERE}/claims")
    ),
}


def test_no_package_makes_a_command_reach_for_the_network(copy, tmp_path):
    everything = []
    for name, spoil in REMOTE.items():
        another = type(copy)(tmp_path / name)
        spoil(another)
        package = str(another.root)
        everything += [["validate", package], ["diff", "0.1.0", package], ["show", "quotes", "--package", package]]
        everything += [["export", "csv", "-o", f"made-{name}", "--table", "quotes", "--flat", "--package", package]]
    for command, status, text in run(everything, tmp_path):
        if command[0] == "validate":
            # A later profile of the standard is named, and nothing else.
            assert status == (0 if command[1].endswith("newer-profile") else 1), (command, text)
        assert status < 2 or (text.startswith("reportedly: ") and text.count("\n") == 1), text
