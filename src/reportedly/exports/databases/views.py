"""The flat form of the tables as views, so that a database shows names, chains and evidence beside its keys without holding them twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reportedly.frames.chains import ARROW
from reportedly.frames.flat import FROM_ARTICLE, FROM_CLAIM, WORDS, Joins, columns
from reportedly.sql.statements import literal, quoted, remark

if TYPE_CHECKING:
    from reportedly.package.contents import Contents, TableContents
    from reportedly.package.package import Package
    from reportedly.sql.statements import Dialect

_BEHIND_CLAIMS = ("claims", "articles", "actors", "attributions", "quotes", "figures")


class View(NamedTuple):
    """A view.

    Attributes
    ----------
    table
        Its name, descriptions and columns, without rows.
    sql
        The statement that makes it.
    """

    table: TableContents
    sql: str


def flat_views(contents: Contents, dialect: Dialect) -> list[View]:
    """Return a view for each table whose flat form the exported tables can give.

    Parameters
    ----------
    contents
        What is exported.
    dialect
        The database's.

    Returns
    -------
    list of View
        None for tables that are flat themselves.
    """
    if contents.is_flat:
        return []
    joins = Joins(contents.package)
    return [
        _view(contents.package, table, dialect, joins) for table in contents.tables if not _missing(contents, table)
    ]


def absent_views(contents: Contents) -> list[str]:
    """Return which views are left out since tables that they need are not exported, one sentence each."""
    if contents.is_flat:
        return []
    return [
        f"{_name(table)} is left out: it needs {', '.join(missing)}."
        for table in contents.tables
        if (missing := _missing(contents, table))
    ]


def _name(table: TableContents) -> str:
    return f"{table.name}_flat"


def _missing(contents: Contents, table: TableContents) -> list[str]:
    targets = contents.package.table(table.name).points_to
    needed = [key.table for key in targets.values() if key.table == "actors" or key.table in WORDS]
    if "claim_id" in targets or table.name == "claims":
        needed += _BEHIND_CLAIMS
    exported = {other.name for other in contents.tables}
    return [name for name in contents.package.tables if name in needed and name not in exported]


def _view(package: Package, table: TableContents, dialect: Dialect, joins: Joins) -> View:
    fields = [column.field for column in columns(package, table.name, joins)]
    description = f"{table.description} What its keys point to is joined in."
    shown = replace(
        table,
        name=_name(table),
        title=f"{table.title}, flat",
        description=description,
        fields=tuple(fields),
        rows=(),
    )
    query = _Query(package, table, dialect)
    selected = ",\n".join(f"  {query.columns[name]} AS {quoted(name)}" for name in shown.names)
    order = ", ".join(query.order)
    sql = (
        f"CREATE VIEW {quoted(shown.name)} AS\n-- {remark(shown)}\nSELECT\n{selected}\n"
        f"FROM {quoted(table.name)}\n{''.join(query.joins)}ORDER BY {order}"
    )
    return View(shown, sql)


class _Query:
    """Where each column of a flat table comes from, as `reportedly.frames.flat` joins it."""

    def __init__(self, package: Package, table: TableContents, dialect: Dialect) -> None:
        self._package = package
        self._dialect = dialect
        self.joins: list[str] = []
        own = quoted(table.name)
        self.columns = {field.name: f"{own}.{quoted(field.name)}" for field in table.fields}
        self.order = [
            dialect.in_order(field, self.columns[name])
            for name in table.key
            for field in table.fields
            if field.name == name
        ]
        targets = package.table(table.name).points_to
        for name, key in targets.items():
            if key.table == "actors":
                label = "actor_name" if name == "actor_id" else name.removesuffix("_id")
                self.columns[label] = f'{self._join(own, name, key.table)}."name"'
            elif key.table in WORDS:
                words = WORDS[key.table]
                joined = self._join(own, name, key.table)
                self.columns[f"{name.removesuffix('_id')}_{words}"] = f"{joined}.{quoted(words)}"
        if "claim_id" in targets:
            self._evidence(self._join(own, "claim_id", "claims"))
        elif table.name == "claims":
            self._evidence(own)

    def _join(self, owner: str, key: str, table: str) -> str:
        """Join the row that a key points to, and return what it is called."""
        called = quoted(f"of_{key}")
        target = quoted(self._package.table(table).key[0])
        self.joins.append(f"LEFT JOIN {quoted(table)} AS {called} ON {called}.{target} = {owner}.{quoted(key)}\n")
        return called

    def _evidence(self, claim: str) -> None:
        article = self._join(claim, "article_id", "articles")
        publisher = self._join(article, "publisher_id", "actors")
        lent = {name: f"{claim}.{quoted(source)}" for name, source in FROM_CLAIM.items()}
        lent |= {name: f"{article}.{quoted(source)}" for name, source in FROM_ARTICLE.items()}
        lent |= {
            "chain": self._chain(claim),
            "quoted": self._words(claim, "quotes", "text"),
            "figures": self._words(claim, "figures", "surface"),
            "article_id": f'{claim}."article_id"',
            "publisher": f'{publisher}."name"',
        }
        # A table's own columns come before the others, as `claims` has most of it.
        self.columns = {**lent, **self.columns}

    def _chain(self, claim: str) -> str:
        source = (
            'FROM "attributions" AS "hops" JOIN "actors" AS "voices" ON "voices"."actor_id" = "hops"."actor_id" '
            f'WHERE "hops"."claim_id" = {claim}."claim_id"'
        )
        return self._dialect.joined.format(
            text='"voices"."short_name"', order='"hops"."hop"', source=source, separator=literal(ARROW)
        )

    def _words(self, claim: str, table: str, column: str) -> str:
        """Return the exact words that a table holds inside a claim's span."""
        key = quoted(self._package.table(table).key[0])
        source = (
            f'FROM {quoted(table)} AS "found" JOIN "claims" AS "around" ON "around"."claim_id" = "found"."claim_id" '
            f'WHERE "around"."article_id" = {claim}."article_id" '
            f'AND "found"."start" >= {claim}."start" AND "found"."end" <= {claim}."end"'
        )
        return self._dialect.gathered.format(text=f'"found".{quoted(column)}', order=f'"found".{key}', source=source)
