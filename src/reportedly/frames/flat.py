"""One tidy table out of many: names, chain, article and evidence joined in.

Written once for `flat()`, for `reportedly show` and for the exports, so that they cannot disagree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from functools import cached_property, partial
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from reportedly import limits
from reportedly.errors import PackageError
from reportedly.frames.chains import ARROW
from reportedly.model.schema import Field
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd

    from reportedly.package.package import Package

Row = dict[str, str]

# What a claim and an article lend to every row that rests on them: column of the flat table → column of the source.
FROM_CLAIM = {
    "claim_type": "claim_type",
    "claim": "content",
    "polarity": "polarity",
    "modality": "modality",
    "claim_when": "when",
    "claim_earliest": "earliest",
    "claim_latest": "latest",
    "claim_start": "start",
    "claim_end": "end",
    "claim_sha256": "span_sha256",
}
FROM_ARTICLE = {
    "article_published": "published",
    "article_earliest": "published_earliest",
    "article_latest": "published_latest",
    "article_sha256": "text_sha256",
}
# What a key into these tables shows of the row that it points to.
WORDS = {"demands": "summary", "quotes": "text"}
# What may be between the items of a list: of these the first that no item holds, or whoever splits the list would get other words.
MARKS = ("|", "¦", "‖", *map(chr, range(0xE000, 0xF900)))


class Column(NamedTuple):
    """A column of a flat table: its field, and how a row gets its cell."""

    field: Field
    cell: Callable[[Row], str]


class Joins:
    """The look-ups that flat rows need, each made once and only if asked for."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._rows: dict[str, dict[str, Row]] = {}
        self._places: dict[str, dict[str, list[tuple[int, int, int, str]]]] = {}
        self._looks = 0

    def row(self, table: str, key: str) -> Row:
        """Return the row with a key, or an empty one."""
        if table not in self._rows:
            name = self.package.table(table).key[0]
            self._rows[table] = {row[name]: row for row in self.package.rows(table)}
        return self._rows[table].get(key, {})

    def target(self, table: str, key: str, row: Row) -> Row:
        """Return the row of a table that a key of a row points to, or an empty one."""
        return self.row(table, row.get(key, ""))

    def claim(self, row: Row) -> Row:
        """Return the claim that a row rests on, or an empty row."""
        return self.target("claims", "claim_id", row)

    def article(self, row: Row) -> Row:
        """Return the article of the claim that a row rests on, or an empty row."""
        return self.target("articles", "article_id", self.claim(row))

    def publisher(self, row: Row) -> Row:
        """Return the publisher of a row's article, or an empty row."""
        return self.target("actors", "publisher_id", self.article(row))

    @cached_property
    def _hops(self) -> dict[str, list[tuple[int, str]]]:
        hops: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in self.package.rows("attributions"):
            hops[row["claim_id"]].append((int(row["hop"]), row["actor_id"]))
        return hops

    @cached_property
    def _short_names(self) -> dict[str, str]:
        return {row["actor_id"]: row["short_name"] for row in self.package.rows("actors")}

    def chain(self, row: Row) -> str:
        """Return the readable chain of the claim that a row rests on; a voice that no actor names is shown by its identifier."""
        claim = row["claim_id"]
        names = [self._short_names.get(voice, voice) for _, voice in sorted(self._hops.get(claim, ()))]
        self._check(claim, "chain", (len(name) + len(ARROW) for name in names))
        return ARROW.join(names)

    def _check(self, claim: str, what: str, lengths: Iterable[int]) -> None:
        """Refuse a text that alone is longer than all of a table's may be, before it is joined."""
        if (length := sum(lengths)) > limits.FLAT_BESIDES:
            raise PackageError(
                f"{self.package.root}: the {what} of {claim} would have {length:,} characters, more than {limits.FLAT_BESIDES:,}"
            )

    def mark(self, table: str, column: str) -> str:
        """Return what is between words of a table: never what is in them."""
        texts = [row[column] for row in self.package.rows(table)] if table in self.package.tables else []
        taken = set().union(*texts)
        for mark in MARKS:
            if mark not in taken:
                return mark
        raise PackageError(
            f"{self.package.path(table)}: {column} holds every mark that could part its words in a flat table"
        )

    def words(self, table: str, column: str, mark: str, row: Row) -> str:
        """Return the exact words that a table holds inside the span of the claim that a row rests on, separated by a mark."""
        home = self.claim(row)
        if not home:
            return ""
        if table not in self._places:
            self._places[table] = defaultdict(list)
            for order, found in enumerate(self.package.rows(table)):
                place = (int(found["start"]), int(found["end"]), order, found[column])
                self._places[table][self.claim(found).get("article_id", "")].append(place)
            for places in self._places[table].values():
                places.sort()
        start, end = int(home["start"]), int(home["end"])
        places = self._places[table].get(home["article_id"], [])
        # Only what begins inside the claim: a table may hold thousands of words, and each claim asks.
        near = places[bisect_left(places, (start,)) : bisect_left(places, (end + 1,))]
        self._looks += len(near)
        if self._looks > limits.FLAT_LOOKS:
            raise PackageError(
                f"{self.package.path(table)}: too many of its words begin inside too many claims to be joined to each; see `reportedly validate`"
            )
        inside = [words for _, words in sorted((order, words) for _, b, order, words in near if b <= end)]
        self._check(home["claim_id"], table, (len(words) + 1 for words in inside))
        return mark.join(inside)


def columns(package: Package, table: str, joins: Joins | None = None) -> list[Column]:
    """Return the columns of a table's flat form: its own, then what each key points to.

    Parameters
    ----------
    package
        The data package.
    table
        The table.
    joins
        What other tables of the package were made flat with, so that nothing is read twice.

    Returns
    -------
    list of Column
        In the order in which the flat table shows them.
    """
    joins = joins or Joins(package)
    targets = {name: key.table for name, key in package.table(table).points_to.items()}
    found: list[Column] = []
    for field in package.table(table).fields:
        name, title, target = field.name, field.title, targets.get(field.name, "")
        found.append(Column(field, itemgetter(name)))
        if target == "actors":
            # The table of actors has a column `name` of its own.
            label = "actor_name" if name == "actor_id" else name.removesuffix("_id")
            cell = _lent(partial(joins.target, target, name), "name")
            found.append(_column(label, f"{title}, name", f"Name of `{name}`.", cell))
        elif target in WORDS:
            words = WORDS[target]
            label, description = f"{name.removesuffix('_id')}_{words}", f"`{words}` of the row that `{name}` points to."
            cell = _lent(partial(joins.target, target, name), words)
            found.append(_column(label, f"{title}, in words", description, cell))
    if "claim_id" in targets or table == "claims":
        found += _evidence(package, joins, own=table == "claims")
    return found


def _evidence(package: Package, joins: Joins, *, own: bool) -> Iterator[Column]:
    """Yield what is behind a claim: the claim itself, its chain, its exact words and its article."""
    yield _column("chain", "Chain", "The voices from the origin out to the publisher.", joins.chain)
    claims, articles = package.table("claims"), package.table("articles")
    if not own:
        for name, source in FROM_CLAIM.items():
            yield Column(claims.field(source).renamed(name), _lent(joins.claim, source))
    for name, table, source in (("quoted", "quotes", "text"), ("figures", "figures", "surface")):
        mark = joins.mark(table, source)
        words = {
            "name": name,
            "title": name.capitalize(),
            "description": f"`{source}` of the rows of `{table}` inside the claim's words.",
            "type": "list",
            "delimiter": mark,
            "itemType": "string",
        }
        yield Column(Field.from_descriptor(words), partial(joins.words, table, source, mark))
    if not own:
        yield Column(claims.field("article_id"), _lent(joins.claim, "article_id"))
    yield _column("publisher", "Publisher", "Name of the article's publisher.", _lent(joins.publisher, "name"))
    for name, source in FROM_ARTICLE.items():
        yield Column(articles.field(source).renamed(name), _lent(joins.article, source))


def _lent(lender: Callable[[Row], Row], source: str) -> Callable[[Row], str]:
    """Return how a row gets a cell of another row, empty where there is none."""
    return lambda row: lender(row).get(source, "")


def _column(name: str, title: str, description: str, cell: Callable[[Row], str]) -> Column:
    given = {"name": name, "title": title, "description": description, "type": "string"}
    return Column(Field.from_descriptor(given), cell)


def flat_rows(package: Package, table: str) -> tuple[list[Field], Iterator[Row]]:
    """Return a table's flat form, every cell as text.

    Parameters
    ----------
    package
        The data package.
    table
        The table.

    Returns
    -------
    fields : list of Field
        The flat columns.
    rows : iterator of dict
        The rows, in the table's order.

    Raises
    ------
    PackageError
        Once the rows would be joined with more text than `limits` allows.
    """
    found = columns(package, table)
    return [column.field for column in found], _rows(package, table, found)


def _rows(package: Package, table: str, found: list[Column]) -> Iterator[Row]:
    """Yield a table's flat rows, as long as what is joined into them keeps within bounds."""
    joined = 0
    for number, row in enumerate(package.rows(table), 1):
        flat = {column.field.name: column.cell(row) for column in found}
        # A cell that a row lacks is None.
        joined += sum(len(cell or "") for name, cell in flat.items() if name not in row)
        most = limits.FLAT_BESIDES + number * limits.FLAT_ROW
        if joined > most:
            raise PackageError(
                f"{package.path(table)}: made flat, its first {number:,} rows would be joined with {joined:,} characters of names, chains, claims "
                f"and quoted words, more than {most:,}; read the tables as they are"
            )
        yield flat


def flat(table: str, *, package: str | os.PathLike[str] | None = None, version: str | None = None) -> pd.DataFrame:
    """Load a table as one tidy frame: names, readable chain, article and evidence joined in.

    Parameters
    ----------
    table
        A name that `reportedly.tables` lists.
    package
        A folder that holds another data package of this format; the shipped one by default.
    version
        A version of the shipped dataset that `reportedly.versions` lists; the installed one by default. Not together with ``package``.

    Returns
    -------
    DataFrame
        The rows and columns of `load`, and beside each key what it points to; for tables that rest on claims also the chain,
        the claim, the exact words inside it (``quoted``, ``figures``: lists of ``str``) and the article.

    Raises
    ------
    UnknownNameError
        If there is no such table or version.
    VersionError
        If both ``package`` and ``version`` are given.
    PackageError
        If a table cannot be read.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.flat("demands")["chain"][0]
    'Putin ← unnamed sources ← Bloomberg ← TASR'
    """
    from reportedly.frames.load import typed_rows

    home = open_package(package, version)
    with package_errors(home):
        fields, rows = flat_rows(home, table)
        return typed_rows(fields, rows, f"{home.path(table)} made flat")
