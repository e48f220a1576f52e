"""Commands that write the dataset in other forms: exports and citations."""

from __future__ import annotations

import click

from reportedly.citations.formats import FORMATS as CITATIONS
from reportedly.cli.options import (
    ROW,
    TABLE,
    examples,
    format_option,
    package_option,
    version_option,
)
from reportedly.cli.output import progress, say
from reportedly.cli.usage import Choice
from reportedly.exports.formats import FORMATS
from reportedly.text.display import one_line


@click.command(
    epilog=examples(
        "reportedly export parquet",
        "reportedly export excel -o reportedly.xlsx",
        "reportedly export stata --table demands --flat -o demands.dta",
    )
    + "\n\n\b\nFormats:\n"
    + "\n".join(f"  {form.name:10} {form.title}" for form in FORMATS.values())
)
@click.argument("form", type=Choice(tuple(FORMATS)), metavar="FORMAT")
@click.option("--table", "tables", type=TABLE, multiple=True, help="A table to export, repeatable. Default: all.")
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
@package_option
@version_option
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
    with progress("Importing") as show:
        from reportedly.exports.export import export as export_tables

        made = export_tables(
            form,
            output,
            tables=tables,
            flat=is_flat,
            package=package,
            version=version,
            force=force,
            progress=lambda part: show(f"Writing: {part}"),
        )
    say(made.path)
    for loss in made.losses:
        # It is for people, wherever it goes, and may name columns of a stranger's package.
        click.echo(one_line(f"{form}: {loss}"), err=True)


@click.command(
    epilog=examples(
        "reportedly cite",
        "reportedly cite tasr-0001.q03",
        "reportedly cite tasr-0001.q03 --format bibtex >> sources.bib",
    )
    + "\n\n\b\nFormats:\n"
    + "\n".join(f"  {form.name:10} {form.title}" for form in CITATIONS.values())
)
@click.argument("row", type=ROW, required=False)
@format_option(*CITATIONS)
@package_option
@version_option
def cite(row: str | None, form: str, package: str | None, version: str | None) -> None:
    """Print a citation of the dataset at its version, or of one row by its identifier.

    A row's citation says who speaks or wants something, through whom it came, the article, the dataset's version and the digest that proves the words.
    """
    from reportedly.citations.cite import cite as citation_of

    say(citation_of(row, format=form, package=package, version=version))
