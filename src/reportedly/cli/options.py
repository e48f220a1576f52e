"""The options and arguments that commands share, and what completes them in a shell."""

from __future__ import annotations

import functools
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from reportedly.cli.exit import WRONG_USE
from reportedly.cli.usage import Choice
from reportedly.errors import ReportedlyError
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from click.shell_completion import CompletionItem

    from reportedly.package.package import Package


def examples(*lines: str) -> str:
    """Return examples as the end of a command's help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def handle_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """Report a user's mistake in one line on standard error, with the exit status of wrong use."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ReportedlyError as error:
            click.echo(f"reportedly: {error}", err=True)
            sys.exit(WRONG_USE)

    return wrapper


def _complete(
    names: Callable[[Package], Iterable[tuple[str, str | None]]], ctx: click.Context, start: str
) -> list[CompletionItem]:
    """Return those of the names in the package that is asked about which begin as what is typed, with what they name."""
    from click.shell_completion import CompletionItem

    with suppress(ReportedlyError):
        home = open_package(ctx.params.get("package"), ctx.params.get("version"))
        with package_errors(home):
            named = names(home)
            return [
                CompletionItem(name, help=words)
                for name, words in named
                if name.casefold().startswith(start.casefold())
            ]
    return []


class TableName(click.ParamType):  # type: ignore[type-arg]  # click 8.1 knows no argument
    """A table's name, completed without reading any table. Whether there is one of that name, its version or package says."""

    name = "table"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the tables that begin as what is typed."""
        del param
        return _complete(lambda home: ((table, None) for table in home.tables), ctx, incomplete)


class ClaimId(click.ParamType):  # type: ignore[type-arg]  # as above
    """A claim's identifier, or that of a demand, quotation or figure."""

    name = "claim"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the claims, demands, quotations and figures that begin as what is typed."""
        del param

        def rows(home: Package) -> Iterator[tuple[str, str]]:
            for table in sorted(home.format, key=lambda table: table.name != "claims"):
                if "claims" in {table.name, table.roles.facet_of}:
                    words = (table.roles.span and table.roles.span.words) or table.roles.caption
                    yield from ((table.key_text(row), row[words]) for row in home.rows(table.name))

        return _complete(rows, ctx, incomplete)


class RowKey(click.ParamType):  # type: ignore[type-arg]  # as above
    """The primary key of a row that can be cited."""

    name = "row"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the keys of rows that begin as what is typed."""
        from reportedly.citations.cited_rows import keys

        del param
        return _complete(lambda home: ((key, None) for key in keys(home)), ctx, incomplete)


class VersionName(click.ParamType):  # type: ignore[type-arg]  # as above
    """A version of the dataset."""

    name = "version"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the versions that begin as what is typed."""
        from click.shell_completion import CompletionItem

        from reportedly.package.releases import versions

        del ctx, param
        return [CompletionItem(version) for version in versions() if version.startswith(incomplete)]


class Side(VersionName):
    """What `diff` compares: a version, or the path of a package."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the versions, or files where there is no such version that begin as what is typed."""
        from click.shell_completion import CompletionItem

        return super().shell_complete(ctx, param, incomplete) or [CompletionItem(incomplete, type="file")]


def format_option(default: str, *names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option that says how to print."""
    return click.option("--format", "form", type=Choice(names), help=f"How to print. Default: {default}.")


package_option = click.option(
    "--package",
    type=click.Path(),
    metavar="FOLDER",
    help="Another data package of this format: its folder, or the datapackage.json in it.",
)
version_option = click.option(
    "--version", type=VersionName(), metavar="VERSION", help="The dataset as it was in a version; versions lists them."
)
row_format = format_option("table in a terminal, csv in a pipe", "table", "csv", "json", "markdown")
