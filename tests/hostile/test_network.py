"""Nothing is ever fetched: every command, on the shipped dataset and on packages that name what is elsewhere, without one try at the network.

Two witnesses: an audit hook, which Python itself calls before it opens a connection or looks a name up, and which forbids both; and, where it is
installed, strace, which sees what libraries in other languages do too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from reportedly.citations.formats import FORMATS as CITATIONS
from reportedly.exports.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytest.importorskip("frictionless")
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
    """Run commands, and assert that none of them tried to reach anything."""
    log = folder / "strace.log"
    strace = shutil.which("strace")
    before = (
        [strace, "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]
        if strace
        else []
    )
    done = subprocess.run(
        [*before, sys.executable, "-W", "ignore", "-c", _RUNNER],
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
    if strace:
        calls = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if "AF_INET" in line]
        assert calls == []
    return [(command, status, text) for command, status, text in found["statuses"]]


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


def remote(copy: Any, name: str) -> None:
    """Name something elsewhere wherever the format allows an address."""

    def change(found: dict[str, Any]) -> None:
        address = f"{ELSEWHERE}/{name}"
        found.update(homepage=address, image=address, licenses=[{"name": "CC-BY-4.0", "path": address}])
        found["sources"] = [{"title": "x", "path": address}]
        for resource in found["resources"]:
            resource.update(homepage=address, licenses=found["licenses"], sources=found["sources"])

    copy.change_descriptor(change)


@pytest.mark.slow
def test_no_command_reaches_for_the_network(copy, tmp_path):
    (tmp_path / "article.txt").write_text("Nothing of it.\n", encoding="utf-8")
    remote(copy, "allowed")
    package = str(copy.root)
    done = run(
        [
            *commands(),
            ["describe", "demands"],
            ["path", "demands"],
            ["rules"],
            ["versions"],
            ["locate", "article.txt", "Nothing"],
            ["validate"],
            ["diff", "0.1.0", package],
            ["validate", package],
            # What these write, they write of addresses too.
            *commands(
                "--package", package, exports=("csvw", "croissant", "rocrate", "turtle"), citations=("datacite",)
            ),
        ],
        tmp_path,
    )
    told = {" ".join(command): status for command, status, _ in done if status not in {0, None}}
    # The copy of the text is another, and the package is.
    assert {command.split()[0] for command in told} <= {"verify", "diff", "validate"}, told
    assert told["diff 0.1.0 " + package] == 1
