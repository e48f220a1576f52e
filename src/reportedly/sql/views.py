"""The flat form of the tables as views, so that a database shows names, chains and evidence beside its keys without holding them twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reportedly.exports.prepare import Sheet
from reportedly.frames.chains import ARROW
from reportedly.frames.flat import FROM_ARTICLE, FROM_CLAIM, WORDS, Joins, columns
from reportedly.sql.statements import literal, quoted, remark

if TYPE_CHECKING:
    from reportedly.exports.prepare import Build
    from reportedly.package.package import Package
    from reportedly.sql.statements import Dialect

_BEHIND_CLAIMS = ("claims", "articles", "actors", "attributions", "quotes", "figures")


class View(NamedTuple):
    """A view.

    Attributes
    ----------
    sheet
        Its name, descriptions and columns, without rows.
    sql
        The statement that makes it.
    """

    sheet: Sheet
    sql: str


def flat_views(build: Build, dialect: Dialect) -> list[View]:
    """Return a view for each table whose flat form the exported tables can give.

    Parameters
    ----------
    build
        What is exported.
    dialect
        The database's.

    Returns
    -------
    list of View
        None for a build that is flat itself.
    """
    if build.is_flat:
        return []
    joins = Joins(build.package)
    return [_view(build.package, sheet, dialect, joins) for sheet in build.sheets if not _missing(build, sheet)]


def absent_views(build: Build) -> list[str]:
    """Return which views are left out since tables that they need are not exported, one sentence each."""
    if build.is_flat:
        return []
    return [
        f"{_name(sheet)} is left out: it needs {', '.join(missing)}."
        for sheet in build.sheets
        if (missing := _missing(build, sheet))
    ]


def _name(sheet: Sheet) -> str:
    return f"{sheet.name}_flat"


def _missing(build: Build, sheet: Sheet) -> list[str]:
    targets = _targets(build.package, sheet.name)
    needed = [table for table in targets.values() if table == "actors" or table in WORDS]
    if "claim_id" in targets or sheet.name == "claims":
        needed += _BEHIND_CLAIMS
    exported = {other.name for other in build.sheets}
    return [table for table in build.package.tables if table in needed and table not in exported]


def _targets(package: Package, table: str) -> dict[str, str]:
    """Return the tables that a table's keys point to."""
    return {
        key["fields"][0]: key["reference"]["resource"] or table
        for key in package.schema(table).get("foreignKeys", ())
        if len(key["fields"]) == 1
    }


def _view(package: Package, sheet: Sheet, dialect: Dialect, joins: Joins) -> View:
    fields = [column.field for column in columns(package, sheet.name, joins)]
    description = f"{sheet.description} What its keys point to is joined in."
    shown = Sheet(_name(sheet), f"{sheet.title}, flat", description, tuple(fields), (), sheet.key, sheet.references)
    query = _Query(package, sheet, dialect)
    selected = ",\n".join(f"  {query.columns[name]} AS {quoted(name)}" for name in shown.names)
    order = ", ".join(query.order)
    sql = (
        f"CREATE VIEW {quoted(shown.name)} AS\n-- {remark(shown)}\nSELECT\n{selected}\n"
        f"FROM {quoted(sheet.name)}\n{''.join(query.joins)}ORDER BY {order}"
    )
    return View(shown, sql)


class _Query:
    """Where each column of a flat table comes from, as `reportedly.frames.flat` joins it."""

    def __init__(self, package: Package, sheet: Sheet, dialect: Dialect) -> None:
        self._package = package
        self._dialect = dialect
        self.joins: list[str] = []
        own = quoted(sheet.name)
        self.columns = {field["name"]: f"{own}.{quoted(field['name'])}" for field in sheet.fields}
        self.order = [
            dialect.in_order(field, self.columns[name])
            for name in sheet.key
            for field in sheet.fields
            if field["name"] == name
        ]
        targets = _targets(package, sheet.name)
        for key, table in targets.items():
            if table == "actors":
                label = "actor_name" if key == "actor_id" else key.removesuffix("_id")
                self.columns[label] = f'{self._join(own, key, table)}."name"'
            elif table in WORDS:
                words = WORDS[table]
                self.columns[f"{key.removesuffix('_id')}_{words}"] = f"{self._join(own, key, table)}.{quoted(words)}"
        if "claim_id" in targets:
            self._evidence(self._join(own, "claim_id", "claims"))
        elif sheet.name == "claims":
            self._evidence(own)

    def _join(self, owner: str, key: str, table: str) -> str:
        """Join the row that a key points to, and return what it is called."""
        called = quoted(f"of_{key}")
        target = quoted(self._package.schema(table)["primaryKey"][0])
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
        # A table's own columns stand before what it is lent, as `claims` has most of it.
        self.columns = {**lent, **self.columns}

    def _chain(self, claim: str) -> str:
        source = (
            'FROM "attributions" AS "hops" JOIN "actors" AS "voices" ON "voices"."actor_id" = "hops"."actor_id" '
            f'WHERE "hops"."claim_id" = {claim}."claim_id"'
        )
        return self._dialect.joined('"voices"."short_name"', '"hops"."hop"', source, literal(ARROW))

    def _words(self, claim: str, table: str, column: str) -> str:
        """Return the exact words that a table holds inside of a claim's span."""
        key = quoted(self._package.schema(table)["primaryKey"][0])
        source = (
            f'FROM {quoted(table)} AS "found" JOIN "claims" AS "around" ON "around"."claim_id" = "found"."claim_id" '
            f'WHERE "around"."article_id" = {claim}."article_id" '
            f'AND "found"."start" >= {claim}."start" AND "found"."end" <= {claim}."end"'
        )
        return self._dialect.gathered(f'"found".{quoted(column)}', f'"found".{key}', source)
