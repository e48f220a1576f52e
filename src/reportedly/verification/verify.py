"""Prove a dataset's spans against a reader's own copy of an article.

A span whose words the dataset carries (quotations, surfaces) is looked for by them, any other by its digest.
"""

from __future__ import annotations

import os
from itertools import filterfalse
from typing import TYPE_CHECKING

from reportedly import limits
from reportedly.errors import PackageError, ReportedlyError, UnknownNameError, reason
from reportedly.package.package import package_errors
from reportedly.package.paths import address
from reportedly.package.resolve import open_package
from reportedly.text.boundaries import is_boundary
from reportedly.text.digest import sha256_text
from reportedly.text.display import cut
from reportedly.verification.alignment import in_place, most_alike
from reportedly.verification.anchoring import anchor, settle
from reportedly.verification.budget import Budget
from reportedly.verification.copy import Copy
from reportedly.verification.evidence import actors_of, against_the_codebook, another_digest, unproven
from reportedly.verification.report import Verdict, Verification
from reportedly.verification.spans import Span, spans_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reportedly.package.package import Package
    from reportedly.verification.alignment import Alteration
    from reportedly.verification.anchoring import Anchors

    Progress = Callable[[int, int], None]
    Rows = dict[str, list[dict[str, str]]]

# The byte-order mark: https://www.unicode.org/faq/utf_bom.html
_SIGNATURE = "\ufeff"


def read_text(path: str | os.PathLike[str]) -> str:
    """Return a text file's characters as they are, its line ends included; a byte-order mark is a signature of the file, no character of it.

    Raises
    ------
    PackageError
        If it cannot be read, is no regular file, is too large to be an article, or is not UTF-8.
    """
    return _characters(path).removeprefix(_SIGNATURE)


def _characters(path: str | os.PathLike[str]) -> str:
    if why := address(os.fsdecode(path)):
        raise PackageError(f"{path}: {why}")
    try:
        size = limits.regular_size(path)
        if size is None:
            raise PackageError(f"{path}: not a regular file; save the text to one")
        if size > limits.TEXT_BYTES:
            raise PackageError(f"{path}: {size:,} bytes, more than the {limits.TEXT_BYTES:,} of an article")
        with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - pathlib has no newline argument in Python 3.11
            return file.read()
    except (OSError, ValueError) as error:
        raise PackageError(f"{path}: {reason(error)}") from error


def verify(  # noqa: PLR0913 - each is an option that users name
    source: str | os.PathLike[str] | None = None,
    *,
    text: str | None = None,
    article: str | None = None,
    package: str | os.PathLike[str] | None = None,
    version: str | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Prove every span of an article against a reader's copy of its text.

    Parameters
    ----------
    source
        The path of a text file in UTF-8.
    text
        The text itself, instead of a file.
    article
        The article's identifier; not needed where the dataset has one article, or where the text has an article's digest.
    package
        A folder with another data package of this format; the shipped one by default.
    version
        A version of the shipped dataset that `reportedly.versions` lists; the installed one by default. Not together with ``package``.
    progress
        Called with the number of steps done and their total.

    Returns
    -------
    Verification
        A verdict for each row of claims, attributions, quotes and figures that has a span: exact, moved, normalised, altered or absent; and the cells
        other than spans that the text does not support.

    Raises
    ------
    PackageError
        If the file cannot be read.
    UnknownNameError
        If there is no such article or version.
    VersionError
        If both ``package`` and ``version`` are given.
    ReportedlyError
        If neither a file nor a text is given, or both; if the text fits several articles; or if so many rows are not where they should be that looking
        for them would take too long.
    MissingExtraError
        If words were altered and the extra ``validate`` is not installed.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.verify(text="Another text.").totals["exact"]
    0
    """
    if text is None:
        text = _read(source)
    elif source is not None:
        raise ReportedlyError("Give verify a file or text=…, not both.")
    home = open_package(package, version)
    with package_errors(home):
        text, rows, others = _coded(home, text, article)
        spans = list(spans_of(home.format, rows))
        row = rows["articles"][0]
        length, same = int(row["text_length"]), row["text_sha256"] == sha256_text(text)
    copy = Copy(text, Budget(row["article_id"], len(text)))
    verdicts, found = _judged(copy, spans, length, progress or (lambda *_: None), same=same)
    with package_errors(home):
        cells = [*unproven(rows, others, copy, found)]
        if same:
            cells += against_the_codebook(text, ((row.table, row.key, row.start, row.end) for row in verdicts))
        elif verdicts and all(verdict.verdict == "exact" for verdict in verdicts):
            cells += another_digest(rows, text)
    return Verification(row["article_id"], same, tuple(verdicts), tuple(_uncovered(text, verdicts)), tuple(cells))


def _read(source: str | os.PathLike[str] | None) -> str:
    if source is None:
        raise ReportedlyError("Give verify the path of a text file, or the text itself as text=….")
    # pathlib refuses what no path can be.
    if isinstance(source, str) and not os.path.exists(source) and not address(source):  # noqa: PTH110 - as above
        raise PackageError(f"{cut(source, 60)!r}: there is no such file. Pass a text itself as text=….")
    return _characters(source)


def _coded(home: Package, text: str, article: str | None) -> tuple[str, Rows, set[str]]:
    """Return a text without its signature, the rows of the article that it is, with all actors, and which actors other articles name.

    Each table is read once. A text that was coded with its signature keeps it.
    """
    tables = {table: list(home.rows(table)) for table in home.tables}
    articles = {row["article_id"]: row for row in tables["articles"]}
    if not articles:
        raise PackageError(f"{home.root}: the package has no article")
    coded = {row["text_sha256"] for row in articles.values()}
    text = text if sha256_text(text) in coded else text.removeprefix(_SIGNATURE)
    digest = sha256_text(text)
    same = [name for name, row in articles.items() if row["text_sha256"] == digest]
    name = article if article is not None else next(iter(same or articles), None)
    if name not in articles:
        raise UnknownNameError("article", name, articles)
    if article is None and not same and len(articles) > 1:
        listed = ", ".join(articles)
        raise ReportedlyError(f"The text matches no article exactly. Say which one it should be: {listed}.")
    claims = {row["claim_id"]: row["article_id"] for row in tables["claims"]}

    def is_here(row: dict[str, str]) -> bool:
        return name == (row["article_id"] if "article_id" in row else claims.get(row.get("claim_id", ""), name))

    here = {table: list(filter(is_here, rows)) for table, rows in tables.items()}
    elsewhere = {table: list(filterfalse(is_here, rows)) for table, rows in tables.items()}
    return text, here, actors_of(elsewhere)


def _judged(
    copy: Copy, spans: list[tuple[str, str, Span]], length: int, progress: Progress, *, same: bool
) -> tuple[list[Verdict], dict[tuple[str, str], tuple[int, int]]]:
    """Return a verdict for each row, and where in the normalised copy the words of those are that are there, in any spelling."""
    # Of rows that rest on the same words, one may carry them.
    each = list(dict.fromkeys(sorted((span for _, _, span in spans), key=lambda span: not span.words)))
    anchors = anchor(copy, each, length, progress)
    changed: dict[Span, Alteration] = {}
    # Single words may be anywhere by chance, so they come when it is known where the longer spans are that hold them.
    long = [span for span in each if anchors.size_of(span) > 1]
    for spans_of_a_size in (long, each):
        settle(anchors, [span for span in spans_of_a_size if span not in changed])
        _alter(anchors, spans_of_a_size, changed)
    verdicts, found = [], {}
    for table, key, span in spans:
        if same and sha256_text(copy.raw[span.start : span.end]) == span.digest:
            place = span.start, span.end
            found[table, key] = copy.place(span.start), copy.place(span.end)
            whole = is_boundary(copy.raw, span.start) and is_boundary(copy.raw, span.end)
            kind, why = ("exact", "") if whole else ("altered", "these words begin or end inside a word or a number")
            verdict = Verdict(table, key, kind, *place, *place, why)
        elif span in anchors.found:
            first, last = anchors.found[span]
            start, end = copy.start(first), copy.end(last)
            kind = "normalised" if not copy.exact(span, first, last) else "exact" if start == span.start else "moved"
            verdict = Verdict(table, key, kind, span.start, span.end, start, end)
            found[table, key] = first, last
        elif span in changed:
            change = changed[span]
            place = copy.start(change.start), copy.end(change.end)
            verdict = Verdict(table, key, "altered", span.start, span.end, *place, change.difference)
        else:
            verdict = Verdict(table, key, "absent", span.start, span.end)
        verdicts.append(verdict)
    return verdicts, found


def _alter(anchors: Anchors, spans: Iterable[Span], changed: dict[Span, Alteration]) -> None:
    """Find the altered words of spans that were not found, the most alike first, then those that are known by their digest alone."""
    lost = [span for span in spans if span not in anchors.found and span not in changed]
    found = [(change, span) for span in lost if span.words and (change := most_alike(anchors, span))]
    for change, span in sorted(found, key=lambda one: (-one[0].likeness, one[0].distance)):
        # What another span has taken since is not free.
        again = change if anchors.is_free(span, change.start, change.end) else most_alike(anchors, span)
        if again:
            anchors.take(span, again.start, again.end)
            changed[span] = again
    gone = [span for span in lost if span.words and span not in changed]
    for span in sorted((span for span in lost if not span.words), key=lambda span: -span.length):
        place = in_place(anchors, span, gone)
        if place:
            anchors.take(span, place.start, place.end, guessed=True)
            changed[span] = place


def _uncovered(text: str, verdicts: list[Verdict]) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches between the rows' words that hold a letter or digit."""
    at = 0
    for start, end in [
        *sorted((row.found_start, row.found_end) for row in verdicts if row.found_start >= 0),
        (len(text), len(text)),
    ]:
        stretch = text[at:start]
        if any(character.isalnum() for character in stretch):
            left = len(stretch) - len(stretch.lstrip())
            yield at + left, at + len(stretch.rstrip()), stretch.strip()
        at = max(at, end)
