"""The dataset as a graph (https://www.w3.org/TR/rdf11-concepts/), built once for JSON-LD and for Turtle.

Every thing has an IRI, so that the files have the same bytes on every run and can be compared line by line.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rdflib import DCAT, OWL, PROV, RDF, RDFS, SDO, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from reportedly.errors import PackageError
from reportedly.exports.linked_data.iris import WIKIDATA, Iris
from reportedly.exports.linked_data.terms import BETWEEN, CLASSES, CLASSES_BY_VALUE, OA, Terms
from reportedly.exports.prepare import prepare

if TYPE_CHECKING:
    from reportedly.model.schema import Field
    from reportedly.package.contents import Contents, Row, TableContents
    from reportedly.package.package import Package

_SPACES = {
    "dcat": str(DCAT),
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "oa": str(OA),
    "owl": str(OWL),
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": str(SDO),
    "skos": str(SKOS),
    "wikidata": WIKIDATA,
    "xsd": str(XSD),
}
_OWN_SPACES = (
    "column",
    "contributor",
    "distribution",
    "order",
    "table",
    "value",
    "words",
    *(name for name, _ in BETWEEN.values()),
)


def losses(contents: Contents) -> list[str]:
    """Return what a graph cannot hold."""
    conditional = {
        "A graph needs no flattening: it is the same as without.": contents.is_flat,
        "Of rows of other tables that are referred to, the graph has the identifier alone; the shapes ask for the rows.": len(
            contents.tables
        )
        < len(contents.package.tables),
    }
    return [
        "A graph has no order of rows and columns; a blank cell is not stated.",
        "Required columns, ranges, patterns and lengths are not in the graph: shapes.ttl in reportedly/exports states them in SHACL.",
        "Rules across columns and tables stay in the codebook, but for the order of spans and the hops of chains, which are shapes too.",
        *(sentence for sentence, holds in conditional.items() if holds),
    ]


def graph(contents: Contents) -> Graph:
    """Return tables as a graph.

    Parameters
    ----------
    contents
        The tables; their flat form gives the same graph.

    Returns
    -------
    Graph
        The dataset, its vocabulary and its rows.

    Raises
    ------
    PackageError
        If the package's ``id`` is no IRI.
    """
    names = tuple(table.name for table in contents.tables)
    plain = prepare(contents.package, names) if contents.is_flat else contents
    return _Dataset(plain).graph


def prefixes(package: Package) -> dict[str, str]:
    """Return the prefixes of a package's graph: those of others, our own, and one for the rows of each table."""
    iris = Iris(package)
    for name in package.tables:
        # rdflib would tell of it in its log, or with an error of no kind.
        if not re.fullmatch(r"[^\0-\x20<>\"{}|\\^`\x7f\s]+", name):
            raise PackageError(
                f"{package.root}: {name!r} is a table's name that no IRI can hold; see `reportedly validate`"
            )
    own = {name: iris.space(name) for name in (*_OWN_SPACES, *package.tables)}
    return dict(sorted((_SPACES | own).items()))


class Statements:
    """A graph in the making, with a package's prefixes, IRIs and terms."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.terms = {table: Terms(package, table) for table in package.tables}
        self.iris = Iris(package)
        self.graph = Graph(bind_namespaces="none")
        for prefix, space in prefixes(package).items():
            self.graph.bind(prefix, space)

    def _say(self, subject: URIRef | BNode, *facts: tuple[URIRef, URIRef | Literal | BNode]) -> None:
        for predicate, thing in facts:
            self.graph.add((subject, predicate, thing))

    def _named(self, kind: str, *parts: str) -> URIRef:
        return URIRef(self.iris.named(kind, *parts))

    def _list(self, items: list[Any]) -> BNode | URIRef:
        """Return a list; its nodes have no IRIs, since both formats write a list as such."""
        if not items:
            return RDF.nil
        head = BNode()
        Collection(self.graph, head, items)
        return head


class _Dataset(Statements):
    """Makes the graph of some tables."""

    def __init__(self, contents: Contents) -> None:
        super().__init__(contents.package)
        self.contents = contents
        self.mentioned: dict[URIRef, str] = {}
        self._dataset()
        for table in contents.tables:
            self._vocabulary(table)
            for row in table.rows:
                self._row(table, row)
        for node, identifier in self.mentioned.items():
            self._say(node, (SDO.identifier, Literal(identifier)))

    # --- the dataset and its vocabulary ---------------------------------------------------------------------------------------------

    def _dataset(self) -> None:
        about = self.contents.dataset
        texts = (
            (SDO.name, about.title),
            (SDO.description, about.description),
            (SDO.version, about.version),
            (SDO.identifier, about.iri),
            (SDO.creditText, about.citation),
            *((SDO.keywords, keyword) for keyword in about.keywords),
        )
        creators = [(self._named("contributor", str(at)), one) for at, one in enumerate(about.creators, start=1)]
        publishers = [(SDO.publisher, node) for node, one in creators if one.name == about.publisher]
        self._say(
            URIRef(self.iris.dataset),
            (RDF.type, SDO.Dataset),
            (RDF.type, PROV.Entity),
            *((name, Literal(text)) for name, text in texts if text),
            (SDO.datePublished, Literal(self.contents.created.date())),
            *((SDO.license, URIRef(one.address) if one.address else Literal(one.words)) for one in about.licences),
            *((SDO.creator, node) for node, _ in creators),
            *publishers,
            *((SDO.distribution, self._distribution(table)) for table in self.contents.tables),
        )
        if about.publisher and not publishers:
            self._say(URIRef(self.iris.dataset), (SDO.publisher, Literal(about.publisher)))
        for node, one in creators:
            self._say(node, (RDF.type, SDO[one.kind]), (SDO.name, Literal(one.name)))

    def _distribution(self, table: TableContents) -> URIRef:
        """State where a table's file is, from the package on: the dataset has no address."""
        file = self._named("distribution", table.name)
        self._say(
            file,
            (RDF.type, SDO.DataDownload),
            (SDO.name, Literal(table.name)),
            (SDO.contentUrl, Literal(self.contents.package.resource(table.name)["path"])),
            (SDO.encodingFormat, Literal("text/csv")),
        )
        return file

    def _vocabulary(self, table: TableContents) -> None:
        self._say(
            self._named("table", table.name),
            (RDF.type, RDFS.Class),
            (RDFS.label, _words(table.title)),
            (RDFS.comment, _words(table.description)),
            (RDFS.isDefinedBy, URIRef(self.iris.dataset)),
        )
        for field in table.fields:
            if self.terms[table.name].is_own(field.name):
                self._property(table, field)
            if field.categories:
                self._enumeration(table, field)

    def _property(self, table: TableContents, field: Field) -> None:
        terms, name = self.terms[table.name], field.name
        node = self._named("column", table.name, name)
        self._say(
            node,
            (RDF.type, RDF.Property),
            (RDFS.label, _words(field.title)),
            (RDFS.comment, _words(field.description)),
            (RDFS.range, self._range(terms, field)),
            (RDFS.isDefinedBy, URIRef(self.iris.dataset)),
        )
        if field.coding:
            self._say(node, (SKOS.scopeNote, _words(field.coding)))
        if len(terms.path(name)) == 1:
            self._say(node, (RDFS.domain, self._named("table", table.name)))
        if field.categories:
            self._say(node, (RDFS.seeAlso, self._named("value", table.name, name)))

    def _range(self, terms: Terms, field: Field) -> URIRef:
        if field.categories:
            return SKOS.Concept
        if field.type == "list":
            return RDF.List
        if field.name in terms.targets:
            return self._named("table", terms.targets[field.name])
        return terms.datatype(field.name)

    def _enumeration(self, table: TableContents, field: Field) -> None:
        scheme = self._named("value", table.name, field.name)
        concepts = [self._named("value", table.name, field.name, category.value) for category in field.categories]
        self._say(
            scheme,
            (RDF.type, SKOS.ConceptScheme),
            (SKOS.prefLabel, _words(field.title)),
            (SKOS.definition, _words(field.description)),
            *((SKOS.hasTopConcept, concept) for concept in concepts),
        )
        # A scheme of SKOS has no order and can be no collection, which can have one; whether it ranks is described in words alone.
        order = "ranked from lowest to highest" if field.is_ordered else "in the codebook's order"
        self._say(
            self._named("order", table.name, field.name),
            (RDF.type, SKOS.OrderedCollection),
            (SKOS.prefLabel, _words(f"{field.title}, {order}")),
            (SKOS.inScheme, scheme),
            (SKOS.memberList, self._list(concepts)),
        )
        for concept, category in zip(concepts, field.categories, strict=True):
            self._say(
                concept,
                (RDF.type, SKOS.Concept),
                (SKOS.prefLabel, _words(category.label)),
                (SKOS.definition, _words(category.description)),
                (SKOS.notation, Literal(category.value)),
                (SKOS.inScheme, scheme),
            )
            if category.example:
                self._say(concept, (SKOS.example, _words(category.example)))

    # --- rows -----------------------------------------------------------------------------------------------------------------------

    def _row(self, table: TableContents, row: Row) -> None:
        terms, key = self.terms[table.name], tuple(row[name] for name in table.key)
        node = self._named(table.name, *key)
        classes = [self._named("table", table.name), *CLASSES.get(table.name, ())]
        for field in table.fields:
            cell = row[field.name]
            if cell:
                classes += CLASSES_BY_VALUE.get(f"{table.name}.{field.name}", {}).get(cell, ())
                self._state(node, table.name, key, field, self._value(terms, field, cell))
        self._say(node, *((RDF.type, kind) for kind in classes))
        self._follow(table.name, key, row, node)
        span = terms.schema.roles.span
        if span and row[span.start]:
            self._locate(table.name, key, row, span.words)

    def _state(self, node: URIRef, table: str, key: tuple[str, ...], field: Field, thing: Any) -> None:
        """State a cell at the end of its path, and what is between."""
        *between, last = self.terms[table].path(field.name)
        here = node
        for step in between:
            name, kind = BETWEEN[step.property]
            there = URIRef(self.iris.beside(name, table, *key))
            self._say(there, (RDF.type, kind))
            self.graph.add((there, step.property, here) if step.backwards else (here, step.property, there))
            here = there
        self._say(here, (last.property, thing))

    def _value(self, terms: Terms, field: Field, cell: str) -> URIRef | Literal | BNode:
        name = field.name
        if field.categories:
            return self._named("value", terms.table, name, cell)
        if name in terms.targets:
            return self._mention(terms.targets[name], cell)
        if terms.is_item(name):
            return URIRef(WIKIDATA + quote(cell))
        if field.type == "list":
            return self._list([Literal(item) for item in field.parse(cell)])
        datatype = terms.datatype(name)
        if datatype == XSD.string:
            return Literal(cell)
        return Literal(_decimal(cell) if datatype == XSD.decimal else cell, datatype=datatype)

    def _mention(self, table: str, cell: str) -> URIRef:
        """Return the IRI of a row that is pointed to; should it not be exported, its identifier is stated all the same."""
        node = self._named(table, cell)
        self.mentioned[node] = cell
        return node

    @cached_property
    def _articles(self) -> dict[str, str]:
        """The article of each claim."""
        return {row["claim_id"]: row["article_id"] for row in self.contents.package.rows("claims")}

    def _locate(self, table: str, key: tuple[str, ...], row: Row, column: str | None) -> None:
        """Say what the annotation of a row is about: which article, and the words themselves where a column holds them."""
        annotation, target, words = (
            URIRef(self.iris.beside(kind, table, *key)) for kind in ("annotation", "target", "words")
        )
        self._say(annotation, (OA.motivatedBy, OA.describing))
        article = row.get("article_id") or self._articles.get(row.get("claim_id", ""))
        if article:
            self._say(target, (OA.hasSource, self._mention("articles", article)))
        if column:
            self._say(target, (OA.hasSelector, words))
            self._say(words, (RDF.type, OA.TextQuoteSelector), (OA.exact, Literal(row[column])))

    def _follow(self, table: str, key: tuple[str, ...], row: Row, node: URIRef) -> None:
        """State what follows from a row in the terms of others."""
        if table == "attributions":
            telling = URIRef(self.iris.beside("telling", table, *key))
            self._say(telling, (PROV.wasAttributedTo, self._mention("actors", row["actor_id"])))
            hop = int(row["hop"])
            if hop > 1:
                before = self.iris.beside("telling", table, row["claim_id"], str(hop - 1))
                self._say(telling, (PROV.wasDerivedFrom, URIRef(before)))
        elif table == "participants":
            self._say(self._mention("claims", row["claim_id"]), (SDO.about, self._mention("actors", row["actor_id"])))
        elif table == "articles":
            self._say(URIRef(self.iris.dataset), (PROV.wasDerivedFrom, node))
        elif table == "actors":
            aliases = self.terms[table].schema.field("aliases").parse(row["aliases"])
            self._say(node, *((SDO.alternateName, Literal(alias)) for alias in aliases))


def _words(text: str) -> Literal:
    """Return words of the codebook, which is in English."""
    return Literal(text, lang="en")


def _decimal(cell: str) -> str:
    """Return a number as Turtle writes it without quotation marks: with a point and without an exponent."""
    found = format(Decimal(cell), "f")
    return found if "." in found else f"{found}.0"
