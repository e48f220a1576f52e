"""How the command reports wrong use: in the words of click, with what to do about it, and with the prefix of all its errors."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from reportedly.cli.exit import WRONG_USE
from reportedly.errors import ReportedlyError, did_you_mean
from reportedly.package.shipped import shipped
from reportedly.text.display import escape_controls

# The commands of each module, which is imported when one of them is asked for.
COMMANDS = {
    command: f"reportedly.cli.{module}"
    for module, commands in {
        "read": ("tables", "show", "describe", "chain", "path", "versions"),
        "check": ("validate", "verify", "rules", "locate"),
        "compare": ("diff",),
        "publish": ("export", "cite"),
    }.items()
    for command in commands
}


class Commands(click.Group):
    """The command with its subcommands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand."""
        del ctx
        module = COMMANDS.get(cmd_name)
        command: click.Command | None = getattr(import_module(module), cmd_name) if module else None
        return command

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run it, and end the program unless told otherwise."""
        extra = {"prog_name": "reportedly", **extra, "standalone_mode": False}
        if not standalone_mode:
            return super().main(*args, **extra)
        try:
            sys.exit(super().main(*args, **extra))
        except click.ClickException as error:
            _report(error)
            sys.exit(error.exit_code)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand, and report a user's mistake in one line on standard error, with the exit status of wrong use."""
        try:
            return super().invoke(ctx)
        except ReportedlyError as error:
            click.echo(f"reportedly: {error}", err=True)
            sys.exit(WRONG_USE)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return a subcommand; the name of a table is no such, but what to do is plain."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchOption:
            raise
        except click.UsageError as error:
            shows = {table: f"{ctx.command_path} show {table}" for table in shipped().tables}
            hint = did_you_mean(args[0], [*self.list_commands(ctx), *shows, "--help"])
            for table, command in shows.items():
                hint = hint.replace(f"{table!r}", f"{command!r}")
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx) from error


class Choice(click.Choice):  # type: ignore[type-arg]  # click 8.1 knows no argument
    """One of some names, where a wrong one is answered with the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(f"{error.message}{did_you_mean(str(value), self.choices)}", param, ctx)


def _report(error: click.ClickException) -> None:
    # Without any argument the command prints its help, for which newer releases of click have an error.
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        error.show()
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.NoSuchOption):
        # click takes --version for like --json.
        near = get_close_matches(error.option_name, error.possibilities or (), n=1, cutoff=0.7)
        error = click.NoSuchOption(error.option_name, possibilities=near, ctx=error.ctx)
    message = error.format_message()
    if context:
        click.echo(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n", err=True)
        if isinstance(error, click.NoSuchOption) and not error.possibilities and _may_be_words(error, context.command):
            arguments = context.command.collect_usage_pieces(context)[1:]
            form = f"{context.command_path} -- {' '.join(arguments)}"
            message += f" What begins with a hyphen and is no option comes after --: {form}"
    click.echo(escape_controls(f"reportedly: {message}"), err=True)


def _may_be_words(error: click.NoSuchOption, command: click.Command) -> bool:
    """Return whether what looks like an option may be meant for an argument: a number, several words, or where any words may stand."""
    given, arguments = error.option_name, [one for one in command.params if isinstance(one, click.Argument)]
    free = any(one.type is click.STRING for one in arguments)
    return bool(arguments) and (free or given.lstrip("-")[:1].isdigit() or " " in given)
