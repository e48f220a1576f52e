"""Commands that check: a package against the rules, spans against a text."""

from __future__ import annotations

import sys

import click

from reportedly.cli.exit import FINDINGS
from reportedly.cli.options import (
    examples,
    format_option,
    package_option,
    row_format,
    version_option,
)
from reportedly.cli.output import print_rows, progress, say, text_fields
from reportedly.errors import UnknownNameError


@click.command(
    epilog=examples(
        "reportedly validate", "reportedly validate my-package/", "reportedly validate my-package.zip --format json"
    )
)
@click.argument("package", required=False, type=click.Path(), metavar="[PATH]")
@format_option("text", "json", "github")
def validate(package: str | None, form: str) -> None:
    """Validate a data package of this format: a folder, a datapackage.json or a zip file.

    The shipped dataset by default. Prints every finding, with what would be right. Exit status 1 where there is one.
    """
    with progress("Importing") as show:
        from reportedly.validation.validate import validate as validate_package

        report = validate_package(package, progress=lambda step: show(f"Checking: {step}"))
    text = {"text": report.to_text, "json": report.to_json, "github": report.to_github}[form]()
    if text:
        say(text)
    sys.exit(0 if report.ok else FINDINGS)


@click.command(
    epilog=examples(
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
@package_option
@version_option
@format_option("text", "json")
def verify(text: str, article: str | None, accept: str, package: str | None, version: str | None, form: str) -> None:
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
    with progress("Verifying") as show:
        outcome = verify_text(
            Path(text),
            article=article,
            package=package,
            version=version,
            progress=lambda done, total: show(f"Verifying: {100 * done // max(total, 1)} %"),
        )
    say(outcome.to_json() if form == "json" else outcome.to_text())
    sys.exit(0 if outcome.ok(accepted) else FINDINGS)


@click.command(epilog=examples("reportedly rules", "reportedly rules --format markdown"))
@row_format
def rules(form: str) -> None:
    """List the rules that validate checks, each with its sentence."""
    from reportedly.rules.catalogue import rulebook

    print_rows(rulebook(), text_fields(["rule", "kind", "sentence"]), form)


@click.command(epilog=examples('reportedly locate article.txt "declined to comment"'))
@click.argument("text", type=click.Path())
@click.argument("words")
@row_format
def locate(text: str, words: str, form: str) -> None:
    """Print where words are in a text, with their digests: what a coder writes into a row.

    Words that begin with a hyphen come after --, as in: reportedly locate -- article.txt "-20 degrees"
    """
    from reportedly.verification import read_text
    from reportedly.verification.locate import locate as locate_words

    found = locate_words(read_text(text), words)
    print_rows(found, text_fields(list(found[0])), form)
