"""The command `reportedly`: parse, call, print."""

from __future__ import annotations

import functools
import gc
import io
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from reportedly.citations.formats import FORMATS as CITATIONS
from reportedly.cli.main import fail
from reportedly.cli.usage import Choice, Commands
from reportedly.errors import FilterError, PackageError, ReportedlyError, UnknownNameError, reason
from reportedly.exports.formats import FORMATS
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package
from reportedly.package.shipped import archive, shipped
from reportedly.text.display import escape_controls, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Self

    from click.shell_completion import CompletionItem

    from reportedly.package.package import Package
    from reportedly.versioning.changes import Difference

FINDINGS, WRONG_USE = 1, 2
# What a terminal shows of each table unless told otherwise: what tells the rows apart and what people come for.
_SHOWN = {
    "actors": ("actor_id", "name", "actor_type", "identification", "role", "parent_id"),
    "demands": ("demand_id", "demander", "stance", "issue", "summary", "chain"),
    "quotes": ("quote_id", "speaker", "text", "chain"),
    "figures": ("figure_id", "surface", "kind", "value", "unit", "measures", "chain"),
    "articles": ("article_id", "publisher", "language", "coded_by", "text_length", "note"),
    "claims": ("claim_id", "claim_type", "holder", "content", "chain"),
    "attributions": ("claim_id", "hop", "actor_name", "relation", "basis", "cue", "claim"),
    "participants": ("claim_id", "actor_name", "part", "claim"),
    "errata": ("table", "key", "since", "kind", "reason", "replaced_by"),
}


def _examples(*lines: str) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def _told(function: Callable[..., Any]) -> Callable[..., Any]:
    """Tell a user's mistake in one line on standard error, with the exit status of wrong use."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ReportedlyError as error:
            click.echo(f"reportedly: {error}", err=True)
            sys.exit(WRONG_USE)

    return wrapper


def _complete(
    words: Callable[[Package], Iterable[tuple[str, str | None]]], ctx: click.Context, start: str
) -> list[CompletionItem]:
    """Return those of the names in the package that is asked about which begin as what is typed, with what they name."""
    from click.shell_completion import CompletionItem

    with suppress(ReportedlyError):
        home = open_package(ctx.params.get("package"), ctx.params.get("version"))
        with package_errors(home):
            found = words(home)
            return [
                CompletionItem(name, help=told) for name, told in found if name.casefold().startswith(start.casefold())
            ]
    return []


class _Table(click.ParamType):  # type: ignore[type-arg]  # click 8.1 knows no argument
    """A table's name, completed without reading any table. Whether there is one of that name, its version or package says."""

    name = "table"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        del param
        return _complete(lambda home: ((table, None) for table in home.tables), ctx, incomplete)


class _Claim(click.ParamType):  # type: ignore[type-arg]  # as above
    """A claim's identifier, or that of a demand, quotation or figure."""

    name = "claim"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        del param
        words = {"claims": "content", "demands": "summary", "quotes": "text", "figures": "surface"}

        def rows(home: Package) -> Iterator[tuple[str, str]]:
            for table, column in words.items():
                (key,) = home.schema(table)["primaryKey"]
                yield from ((row[key], row[column]) for row in home.rows(table))

        return _complete(rows, ctx, incomplete)


class _Row(click.ParamType):  # type: ignore[type-arg]  # as above
    """The primary key of a row that can be cited."""

    name = "row"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from reportedly.citations.cited_rows import keys

        del param
        return _complete(lambda home: ((key, None) for key in keys(home)), ctx, incomplete)


class _Version(click.ParamType):  # type: ignore[type-arg]  # as above
    """A version of the dataset."""

    name = "version"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from reportedly.package.releases import versions

        del ctx, param
        return [CompletionItem(version) for version in versions() if version.startswith(incomplete)]


class _Side(_Version):
    """What `diff` compares: a version, or the path of a package."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return super().shell_complete(ctx, param, incomplete) or [CompletionItem(incomplete, type="file")]


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        version = shipped().version
        click.echo(f"reportedly {version}{' (not released)' if '-dev.' in version else ''}")
        ctx.exit()


def _format(default: str, *names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option("--format", "form", type=Choice(names), help=f"How to print. Default: {default}.")


_package = click.option(
    "--package",
    type=click.Path(),
    metavar="FOLDER",
    help="Another data package of this format: its folder, or the datapackage.json in it.",
)
_version = click.option(
    "--version", type=_Version(), metavar="VERSION", help="The dataset as it was in a version; versions lists them."
)
_row_format = _format("table in a terminal, csv in a pipe", "table", "csv", "json", "markdown")


def _usual() -> str:
    """Return how to print unless told otherwise: for people on a terminal, for programs in a pipe."""
    # Closed from outside, standard output is None.
    return "table" if sys.stdout and sys.stdout.isatty() else "csv"


def _say(text: str) -> None:
    """Print what may hold cells of a package: to a program as they are, on a terminal without what would control it."""
    if sys.stdout and sys.stdout.isatty():
        text = escape_controls(text)
    # Otherwise click would take out what looks like a colour.
    click.echo(text, color=True)


def _print_rows(rows: Sequence[dict[str, str]], fields: Sequence[dict[str, Any]], form: str) -> None:
    from reportedly.cli import output as listing

    if form != "table":
        _say({"csv": listing.as_csv, "json": listing.as_json, "markdown": listing.as_markdown}[form](rows, fields))
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.print(listing.as_table(rows, fields, console.width))


def _dictionary_fields(names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"name": name, "type": "string"} for name in names]


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_examples(
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


@main.command(epilog=_examples("reportedly tables"))
@_package
@_version
@_row_format
@_told
def tables(package: str | None, version: str | None, form: str | None) -> None:
    """List the tables, with their rows and what a row is."""
    home = open_package(package, version)
    with package_errors(home):
        found = [
            {"table": name, "rows": str(resource.get("rows", "")), "description": resource.get("description", "")}
            for name, resource in home.resources.items()
        ]
        _print_rows(found, _dictionary_fields(["table", "rows", "description"]), form or _usual())


@main.command(
    epilog=_examples(
        "reportedly show demands",
        "reportedly show demands --where \"issue == 'territory'\"",
        "reportedly show quotes --columns speaker,text --format markdown",
        "reportedly show figures --flat --format json | jq '.[].value'",
    )
)
@click.argument("table", type=_Table())
@click.option(
    "--where",
    multiple=True,
    metavar="EXPRESSION",
    help="Keep the rows for which this is true: an SQL expression over the flat table's columns. Repeatable: all are true.",
)
@click.option(
    "--columns",
    multiple=True,
    metavar="NAMES",
    help="Columns to print, separated by commas; those of the flat table too. Repeatable.",
)
@click.option(
    "--flat",
    "is_flat",
    is_flag=True,
    help="Print all columns of the flat table: names, chain, article and evidence joined in.",
)
@_package
@_version
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Print the first N rows at most.")
@_row_format
@_told
def show(
    table: str,
    where: tuple[str, ...],
    columns: tuple[str, ...],
    is_flat: bool,
    package: str | None,
    version: str | None,
    limit: int | None,
    form: str | None,
) -> None:
    """Print a table.

    In a terminal: the columns that matter most; where they do not fit, a card for each row. In a pipe: the table as it is, unless --flat or
    --columns ask for more.
    """
    from reportedly.cli.output import choose
    from reportedly.frames.flat import flat_rows
    from reportedly.frames.query import select

    home = open_package(package, version)
    form = form or _usual()
    with package_errors(home):
        fields, found = flat_rows(home, table)
        rows = list(found)
    if columns:
        names = [name.strip() for name in ",".join(columns).split(",")]
    elif is_flat:
        names = [field["name"] for field in fields]
    elif form == "table":
        # An earlier version may lack a column, or have a table that is gone.
        known = [field["name"] for field in fields]
        names = [name for name in _SHOWN.get(table, known) if name in known]
    else:
        names = [field["name"] for field in home.schema(table)["fields"]]
    chosen = choose(fields, names)
    with package_errors(home):
        try:
            kept = rows
            for one in where:
                found_by = set(map(id, select(rows, fields, one)))
                kept = [row for row in kept if id(row) in found_by]
            _print_rows(kept[:limit], chosen, form)
        except FilterError:
            raise
        except ValueError as error:
            raise PackageError(f"{home.path(table)}: {error}; see `reportedly validate`") from error
    if not kept and form != "table":
        # A program reads what it asked for from standard output, a person why there is nothing.
        click.echo("0 rows", err=True)


@main.command(epilog=_examples("reportedly describe demands", "reportedly describe figures --format markdown"))
@click.argument("table", type=_Table())
@_version
@_row_format
@_told
def describe(table: str, version: str | None, form: str | None) -> None:
    """Print a table's data dictionary: its columns, their types, values and meaning."""
    from reportedly.frames.describe import dictionary

    form = form or _usual()
    entries = dictionary(open_package(None, version), table)
    names = ["field", "type", "required", "description", "values"] if form == "table" else list(entries[0])
    _print_rows(entries, _dictionary_fields(names), form)


@main.command(epilog=_examples("reportedly chain tasr-0001.c02", "reportedly chain tasr-0001.d12"))
@click.argument("claim", type=_Claim())
@_package
@_version
@_told
def chain(claim: str, package: str | None, version: str | None) -> None:
    """Print the chain of voices behind a claim, demand, quotation or figure, hop by hop."""
    from reportedly.frames.chains import chain as chain_of

    found = chain_of(claim, package=package, version=version)
    _say(f"{found}\n{found.claim_id}: {found.content}")
    for hop in found.hops:
        cue = f" (“{hop.cue}”)" if hop.cue else ""
        _say(f"  {hop.hop}. {hop.name}: {hop.relation}{cue}, {hop.basis}")


@main.command(epilog=_examples("reportedly path demands", 'cp "$(reportedly path demands)" .'))
@click.argument("table", type=_Table())
@click.option("--schema", "is_schema", is_flag=True, help="The path of the table's Table Schema instead.")
@_version
@_told
def path(table: str, is_schema: bool, version: str | None) -> None:
    """Print the path of a table's CSV file."""
    zipped = archive()
    if zipped:
        raise PackageError(f"{zipped}: a file in a zip file has no path that lasts; `reportedly export csv` makes one")
    package = open_package(None, version)
    _say(package.file(*package.resource(table)["schema"].split("/")) if is_schema else package.path(table))


@main.command(epilog=_examples("reportedly rules", "reportedly rules --format markdown"))
@_row_format
@_told
def rules(form: str | None) -> None:
    """List the rules that validate checks, each with its sentence."""
    from reportedly.rules.catalogue import rulebook

    _print_rows(rulebook(), _dictionary_fields(["rule", "kind", "sentence"]), form or _usual())


@main.command(
    epilog=_examples(
        "reportedly validate", "reportedly validate my-package/", "reportedly validate my-package.zip --format json"
    )
)
@click.argument("package", required=False, type=click.Path(), metavar="[PATH]")
@_format("text", "text", "json", "github")
@_told
def validate(package: str | None, form: str | None) -> None:
    """Validate a data package of this format: a folder, a datapackage.json or a zip file.

    The shipped dataset by default. Prints every finding, with what would be right. Exit status 1 where there is one.
    """
    with _Progress("Importing") as progress:
        from reportedly.validation.validate import validate as validate_package

        report = validate_package(package, progress=progress.step)
    text = {"text": report.to_text, "json": report.to_json, "github": report.to_github}[form or "text"]()
    if text:
        _say(text)
    sys.exit(0 if report.ok else FINDINGS)


@main.command(
    epilog=_examples(
        "reportedly verify article.txt",
        "reportedly verify article.txt --accept moved,normalised",
        "reportedly verify article.txt --format json",
    )
)
@click.argument("text", type=click.Path())
@click.option("--article", metavar="ID", help="The article; not needed where the text or the dataset leaves no doubt.")
@click.option(
    "--accept",
    metavar="VERDICTS",
    default="",
    help="Verdicts besides exact that count as clean, separated by commas: moved, normalised, altered, absent, unproven.",
)
@_package
@_version
@_format("text", "text", "json")
@_told
def verify(
    text: str, article: str | None, accept: str, package: str | None, version: str | None, form: str | None
) -> None:
    """Prove every span against your own copy of an article, a text file in UTF-8.

    Prints the totals first. Then what the text does not support (unproven), the rows whose words are not exactly at their place (absent, altered,
    normalised, moved; many of one kind as one line) and the stretches that no row covers. Exit status 1 unless all rows are exact or accepted and nothing is
    unproven.
    """
    from pathlib import Path

    from reportedly.verification import ACCEPTABLE
    from reportedly.verification import verify as verify_text

    accepted = [name.strip() for name in accept.split(",") if name.strip()]
    for name in accepted:
        if name not in ACCEPTABLE:
            raise UnknownNameError("verdict", name, ACCEPTABLE)
    with _Progress("Verifying") as progress:
        outcome = verify_text(Path(text), article=article, package=package, version=version, progress=progress.count)
    _say(outcome.to_json() if form == "json" else outcome.to_text())
    sys.exit(0 if outcome.ok(accepted) else FINDINGS)


@main.command(epilog=_examples('reportedly locate article.txt "declined to comment"'))
@click.argument("text", type=click.Path())
@click.argument("words")
@_row_format
@_told
def locate(text: str, words: str, form: str | None) -> None:
    """Print where words stand in a text, with their digests: what a coder writes into a row.

    Words that begin with a hyphen come after --, as in: reportedly locate -- article.txt "-20 degrees"
    """
    from reportedly.verification import read_text
    from reportedly.verification.locate import locate as locate_words

    found = locate_words(read_text(text), words)
    _print_rows(found, _dictionary_fields(list(found[0])), form or _usual())


@main.command(
    epilog=_examples(
        "reportedly export parquet",
        "reportedly export excel -o reportedly.xlsx",
        "reportedly export stata --table demands --flat -o demands.dta",
    )
    + "\n\n\b\nFormats:\n"
    + "\n".join(f"  {form.name:10} {form.title}" for form in FORMATS.values())
)
@click.argument("form", type=Choice(tuple(FORMATS)), metavar="FORMAT")
@click.option("--table", "tables", type=_Table(), multiple=True, help="A table to export, repeatable. Default: all.")
@click.option(
    "--flat", "is_flat", is_flag=True, help="Export the flat form: names, chain, article and evidence joined in."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    metavar="PATH",
    help="File or folder to make. Default: reportedly-VERSION… here.",
)
@click.option("--force", is_flag=True, help="Replace what is there.")
@_package
@_version
@_told
def export(
    form: str,
    tables: tuple[str, ...],
    is_flat: bool,
    output: str | None,
    force: bool,
    package: str | None,
    version: str | None,
) -> None:
    """Export tables to another format.

    Prints the path of what was made, and on standard error what the format cannot hold. The same dataset gives the same bytes on every run.
    """
    with _Progress("Importing") as progress:
        from reportedly.exports.export import export as export_tables

        made = export_tables(
            form,
            output,
            tables=tables,
            flat=is_flat,
            package=package,
            version=version,
            force=force,
            progress=progress.writing,
        )
    _say(made.path)
    for loss in made.losses:
        # It is for people, wherever it goes, and may name columns of a stranger's package.
        click.echo(one_line(f"{form}: {loss}"), err=True)


@main.command(
    epilog=_examples(
        "reportedly cite",
        "reportedly cite tasr-0001.q03",
        "reportedly cite tasr-0001.q03 --format bibtex >> sources.bib",
    )
    + "\n\n\b\nFormats:\n"
    + "\n".join(f"  {form.name:10} {form.title}" for form in CITATIONS.values())
)
@click.argument("row", type=_Row(), required=False)
@_format("apa", *CITATIONS)
@_package
@_version
@_told
def cite(row: str | None, form: str | None, package: str | None, version: str | None) -> None:
    """Print a citation of the dataset at its version, or of one row by its identifier.

    A row's citation tells whose words or will it is, through whom it came, the article, the dataset's version and the digest that proves the words.
    """
    from reportedly.citations.cite import cite as citation_of

    _say(citation_of(row, format=form or "apa", package=package, version=version))


@main.command(epilog=_examples("reportedly versions", "reportedly show demands --version 0.1.0"))
@_row_format
@_told
def versions(form: str | None) -> None:
    """List the versions of the dataset, when each was released and what changed in it."""
    from reportedly.versioning.history import COLUMNS, history

    fields = [{"name": name, "type": kind} for name, kind in COLUMNS.items()]
    _print_rows(history(), fields, form or _usual())


@main.command(
    epilog=_examples(
        "reportedly diff 0.1.0 my-package/",
        "reportedly diff 0.1.0 my-package.zip --format markdown",
        "reportedly diff 0.1.0 my-package/ --format json | jq .bump",
    )
)
@click.argument("old", type=_Side())
@click.argument("new", type=_Side())
@_format("text", "text", "markdown", "json")
@_told
def diff(old: str, new: str, form: str | None) -> None:
    """Tell what changed from OLD to NEW, row by row and cell by cell, and what version that asks for.

    Each of the two is a version, a folder, a datapackage.json or a zip file. What is a version is taken for one; ./0.1.0 is a folder of that
    name. Exit status 1 where they differ.
    """
    from reportedly.versioning.diff import diff as difference_of

    found = difference_of(old, new)
    if form in {"json", "markdown"}:
        _say(found.to_json() if form == "json" else found.to_markdown())
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


class _Progress:
    """A line on a terminal's standard error that tells what is being done, and nothing in a pipe."""

    def __init__(self, first: str) -> None:
        self._status: Any = None
        self._first = first

    def __enter__(self) -> Self:
        if sys.stderr and sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status(f"{self._first} …")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def step(self, name: str) -> None:
        """Tell which step begins."""
        self._tell(f"Checking: {name} …")

    def writing(self, name: str) -> None:
        """Tell which part is being written."""
        self._tell(f"Writing: {name} …")

    def count(self, done: int, total: int) -> None:
        """Tell how far it has come."""
        self._tell(f"{self._first}: {100 * done // max(total, 1)} % …")

    def _tell(self, text: str) -> None:
        if self._status:
            from rich.text import Text

            # Text, not markup: square brackets in a table's name are the name's own.
            self._status.update(Text(one_line(text)))


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
    # Most commands end before there is any garbage worth looking for, and looking takes a tenth of their time.
    gc.set_threshold(50_000)
    try:
        main()
    except MemoryError:
        fail("there is not enough memory for files of this size", WRONG_USE)
    except OSError as error:
        # All other files are told of where they are read or written.
        fail(f"{error.filename or 'the output'}: {reason(error)}", WRONG_USE)
    finally:
        # Nor is the last look at the end worth its time: what is left goes with the process. DuckDB counts what is left, and complains.
        if "duckdb" not in sys.modules:
            gc.freeze()
