"""Commands that print what is in the dataset."""

from __future__ import annotations

import click

from reportedly.cli.options import (
    CLAIM,
    TABLE,
    examples,
    package_option,
    row_format,
    version_option,
)
from reportedly.cli.output import choose, print_rows, say, text_fields
from reportedly.errors import FilterError, PackageError
from reportedly.model.schema import Field
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package
from reportedly.package.shipped import archive


@click.command(epilog=examples("reportedly tables"))
@package_option
@version_option
@row_format
def tables(package: str | None, version: str | None, form: str) -> None:
    """List the tables, with their rows and what a row is."""
    home = open_package(package, version)
    with package_errors(home):
        found = [
            {"table": name, "rows": str(resource.get("rows", "")), "description": resource.get("description", "")}
            for name, resource in home.resources.items()
        ]
        print_rows(found, text_fields(["table", "rows", "description"]), form)


@click.command(
    epilog=examples(
        "reportedly show demands",
        "reportedly show demands --where \"issue == 'territory'\"",
        "reportedly show quotes --columns speaker,text --format markdown",
        "reportedly show figures --flat --format json | jq '.[].value'",
    )
)
@click.argument("table", type=TABLE)
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
@package_option
@version_option
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Print the first N rows at most.")
@row_format
def show(
    table: str,
    where: tuple[str, ...],
    columns: tuple[str, ...],
    is_flat: bool,
    package: str | None,
    version: str | None,
    limit: int | None,
    form: str,
) -> None:
    """Print a table.

    In a terminal: the columns that matter most; where they do not fit, a card for each row. In a pipe: the table as it is, unless --flat or
    --columns ask for more.
    """
    from reportedly.frames.flat import flat_rows
    from reportedly.frames.query import select

    home = open_package(package, version)
    with package_errors(home):
        fields, found = flat_rows(home, table)
        rows = list(found)
    if columns:
        names = [name.strip() for name in ",".join(columns).split(",")]
    elif is_flat:
        names = [field.name for field in fields]
    elif form == "table":
        # An earlier version may lack a column, or have a table that is gone.
        known = [field.name for field in fields]
        names = [name for name in home.table(table).roles.featured if name in known] or known
    else:
        names = home.table(table).names
    chosen = choose(fields, names)
    with package_errors(home):
        try:
            kept = rows
            for one in where:
                found_by = set(map(id, select(rows, fields, one)))
                kept = [row for row in kept if id(row) in found_by]
            print_rows(kept[:limit], chosen, form)
        except FilterError:
            raise
        except ValueError as error:
            raise PackageError(f"{home.path(table)}: {error}; see `reportedly validate`") from error
    if not kept and form != "table":
        # A program reads what it asked for from standard output, a person why there is nothing.
        click.echo("0 rows", err=True)


@click.command(epilog=examples("reportedly describe demands", "reportedly describe figures --format markdown"))
@click.argument("table", type=TABLE)
@version_option
@row_format
def describe(table: str, version: str | None, form: str) -> None:
    """Print a table's data dictionary: its columns, their types, values and meaning."""
    from reportedly.frames.describe import dictionary

    entries = dictionary(open_package(None, version), table)
    names = ["field", "type", "required", "description", "values"] if form == "table" else list(entries[0])
    print_rows(entries, text_fields(names), form)


@click.command(epilog=examples("reportedly chain tasr-0001.c02", "reportedly chain tasr-0001.d12"))
@click.argument("claim", type=CLAIM)
@package_option
@version_option
def chain(claim: str, package: str | None, version: str | None) -> None:
    """Print the chain of voices behind a claim, demand, quotation or figure, hop by hop."""
    from reportedly.frames.chains import chain as chain_of

    found = chain_of(claim, package=package, version=version)
    say(f"{found}\n{found.claim_id}: {found.content}")
    for hop in found.hops:
        cue = f" (“{hop.cue}”)" if hop.cue else ""
        say(f"  {hop.hop}. {hop.name}: {hop.relation}{cue}, {hop.basis}")


@click.command(epilog=examples("reportedly path demands", 'cp "$(reportedly path demands)" .'))
@click.argument("table", type=TABLE)
@click.option("--schema", "is_schema", is_flag=True, help="The path of the table's Table Schema instead.")
@version_option
def path(table: str, is_schema: bool, version: str | None) -> None:
    """Print the path of a table's CSV file."""
    zipped = archive()
    if zipped:
        raise PackageError(f"{zipped}: a file in a zip file has no path that lasts; `reportedly export csv` makes one")
    package = open_package(None, version)
    say(package.file(*package.resource(table)["schema"].split("/")) if is_schema else package.path(table))


@click.command(epilog=examples("reportedly versions", "reportedly show demands --version 0.1.0"))
@row_format
def versions(form: str) -> None:
    """List the versions of the dataset, when each was released and what changed in it."""
    from reportedly.versioning.history import COLUMNS, history

    fields = [Field(name, kind) for name, kind in COLUMNS.items()]
    print_rows(history(), fields, form)
