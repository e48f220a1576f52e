"""The options and arguments that commands share, and what completes them in a shell."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from reportedly.cli.output import usual_form
from reportedly.cli.usage import Choice
from reportedly.errors import ReportedlyError
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from click.shell_completion import CompletionItem

    from reportedly.package.package import Package


def examples(*lines: str) -> str:
    """Return examples as the end of a command's help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


class Name(click.ParamType):  # type: ignore[type-arg]  # click 8.1 knows no argument
    """A name of something in the package that is asked about, completed in a shell. Whether there is such a thing, the command says."""

    def __init__(
        self, name: str, known: Callable[[Package], Mapping[str, str | None]], *, or_file: bool = False
    ) -> None:
        self.name = name
        self._known = known
        self._or_file = or_file

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin as what is typed, with what they name; files where there is none, if a path may stand there."""
        from click.shell_completion import CompletionItem

        del param
        found = []
        with suppress(ReportedlyError):
            home = open_package(ctx.params.get("package"), ctx.params.get("version"))
            with package_errors(home):
                names = self._known(home).items()
            start = incomplete.casefold()
            found = [CompletionItem(name, help=words) for name, words in names if name.casefold().startswith(start)]
        return found or [CompletionItem(incomplete, type="file")] * self._or_file


def _claims(home: Package) -> dict[str, str | None]:
    """Return the claims, and the demands, quotations and figures, with their words."""
    found: dict[str, str | None] = {}
    for table in sorted(home.format, key=lambda table: table.name != "claims"):
        if "claims" in {table.name, table.roles.facet_of}:
            words = (table.roles.span and table.roles.span.words) or table.roles.caption
            found |= {table.key_text(row): row[words] for row in home.rows(table.name)}
    return found


def _rows(home: Package) -> dict[str, str | None]:
    from reportedly.citations.cited_rows import keys

    return dict.fromkeys(keys(home))


def _versions(_: Package) -> dict[str, str | None]:
    from reportedly.package.releases import versions

    return dict.fromkeys(versions())


TABLE = Name("table", lambda home: dict.fromkeys(home.tables))
CLAIM = Name("claim", _claims)
ROW = Name("row", _rows)
VERSION = Name("version", _versions)
SIDE = Name("version", _versions, or_file=True)


def format_option(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option that says how to print, the first of some ways unless told otherwise."""
    return click.option(
        "--format", "form", type=Choice(names), default=names[0], help=f"How to print. Default: {names[0]}."
    )


package_option = click.option(
    "--package",
    type=click.Path(),
    metavar="FOLDER",
    help="Another data package of this format: its folder, or the datapackage.json in it.",
)
version_option = click.option(
    "--version", type=VERSION, metavar="VERSION", help="The dataset as it was in a version; versions lists them."
)
row_format = click.option(
    "--format",
    "form",
    type=Choice(("table", "csv", "json", "markdown")),
    default=usual_form,
    help="How to print. Default: table in a terminal, csv in a pipe.",
)
