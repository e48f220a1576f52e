"""The command `reportedly` with its subcommands."""

from __future__ import annotations

import io
import sys

import click

from reportedly.cli.exit import WRONG_USE, fail
from reportedly.cli.options import examples
from reportedly.cli.usage import Commands
from reportedly.errors import reason
from reportedly.package.shipped import shipped


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        version = shipped().version
        click.echo(f"reportedly {version}{' (not released)' if '-dev.' in version else ''}")
        ctx.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "reportedly show demands", "reportedly chain tasr-0001.c02", "reportedly validate", "reportedly COMMAND --help"
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def main() -> None:
    """Who demands what, who said it, and who says so.

    Attributed facts from news reporting about peace negotiations, as tables. Exit status: 0 clean, 1 findings, 2 wrong use. --version before a
    command prints the installed version, after a command it names the one to read.

    Shell completion for bash: eval "$(_REPORTEDLY_COMPLETE=bash_source reportedly)"; zsh_source and fish_source for the others.
    """


def _print_as_others_do() -> None:
    """Print as other programs do, which Python does not by itself."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    # A program gets the same bytes whatever the locale; a terminal gets what it can show.
    if sys.stdout.isatty():
        sys.stdout.reconfigure(errors="replace")
    else:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def run() -> None:
    """Run the command, and end it in one line whatever happens to it; what a signal does, `reportedly.cli.main` says."""
    _print_as_others_do()
    try:
        main()
    except MemoryError:
        fail("there is not enough memory for files of this size", WRONG_USE)
    except OSError as error:
        # Other files are checked where they are read or written.
        fail(f"{error.filename or 'the output'}: {reason(error)}", WRONG_USE)
