"""The command that compares two packages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reportedly.versioning.difference import Difference

from reportedly.cli.exit import FINDINGS
from reportedly.cli.options import SIDE, examples, format_option
from reportedly.cli.output import say


@click.command(
    epilog=examples(
        "reportedly diff 0.1.0 my-package/",
        "reportedly diff 0.1.0 my-package.zip --format markdown",
        "reportedly diff 0.1.0 my-package/ --format json | jq .bump",
    )
)
@click.argument("old", type=SIDE)
@click.argument("new", type=SIDE)
@format_option("text", "markdown", "json")
def diff(old: str, new: str, form: str) -> None:
    """Tell what changed from OLD to NEW, row by row and cell by cell, and what version that asks for.

    Each of the two is a version, a folder, a datapackage.json or a zip file. What is a version is taken for one; ./0.1.0 is a folder of that
    name. Exit status 1 where they differ.
    """
    from reportedly.versioning.diff import diff as difference_of

    found = difference_of(old, new)
    if form in {"json", "markdown"}:
        say(found.to_json() if form == "json" else found.to_markdown())
    else:
        _print_lines(found)
    sys.exit(FINDINGS if found else 0)


def _print_lines(difference: Difference) -> None:
    """Print a difference as text: whole in a pipe, in a terminal cut to its width and with colours."""
    from shutil import get_terminal_size

    from reportedly.versioning.render.text import lines

    colours = {"+": "green", "-": "red", "~": "yellow"}
    width = get_terminal_size().columns if sys.stdout and sys.stdout.isatty() else None
    for line in lines(difference, width):
        click.secho(line.text, fg=colours.get(line.mark), bold=line.mark == "#" or None)
