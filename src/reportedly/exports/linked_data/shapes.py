"""What a graph of the dataset has to be, in SHACL (https://www.w3.org/TR/shacl/), made from the schemas and the paths of `terms`.

The shapes document the graph too: a shape for each table, and in it one for each column, with the path that leads from a row to its cell. They ask for a
whole dataset, since a reference has to lead to a row. That a column has no value twice is not asked for: the key is, for it is the row's IRI.
``shapes.ttl``, beside this module, holds those of the shipped dataset; ``scripts/generate.py`` writes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdflib import OWL, PROV, RDF, RDFS, SH, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from reportedly.exports.linked_data.graph import prefixes
from reportedly.exports.linked_data.iris import WIKIDATA, Iris
from reportedly.exports.linked_data.terms import OA, Step, Terms
from reportedly.package.about import dataset
from reportedly.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reportedly.model.schema import Field
    from reportedly.package.package import Package

CSVW = Namespace("http://www.w3.org/ns/csvw#")
_LIMITS = {
    "minimum": SH.minInclusive,
    "maximum": SH.maxInclusive,
    "minLength": SH.minLength,
    "maxLength": SH.maxLength,
}
_NO_HOP_BEFORE = """SELECT $this WHERE {{
    $this <{hop}> ?hop .
    FILTER (?hop > 1)
    FILTER NOT EXISTS {{
        $this ^<{attribution}>/<{derived}>/<{attribution}>/<{hop}> ?before .
        FILTER (?before = ?hop - 1)
    }}
}}"""


def path() -> str:
    """Return the path of the shapes of the shipped dataset, to be given to a SHACL processor."""
    return str(Path(__file__).with_name("shapes.ttl"))


def shapes(package: Package) -> Graph:
    """Return the shapes of a package's graph.

    Parameters
    ----------
    package
        The package.

    Returns
    -------
    Graph
        A shapes graph.

    Raises
    ------
    PackageError
        If the package's ``id`` is no IRI.
    """
    return _Shapes(package).graph


class _Shapes:
    """Makes the shapes of a package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.terms = {table: Terms(package, table) for table in package.tables}
        self.iris = Iris(package)
        self.graph = Graph(bind_namespaces="none")
        for prefix, space in prefixes(package).items():
            self.graph.bind(prefix, space)
        self.graph.bind("csvw", CSVW)
        self.graph.bind("sh", SH)
        self.graph.bind("shape", self.iris.space("shape"))
        about = URIRef(f"{self.iris.dataset}#shapes")
        self._say(about, RDF.type, OWL.Ontology)
        self._say(about, RDFS.label, Literal(f"Shapes of {dataset(package).title}"))
        for table in package.tables:
            self._table(table)
        self._spans()
        if "attributions" in package.tables:
            self._chains()

    def _say(self, subject: URIRef | BNode, predicate: URIRef, thing: URIRef | Literal | BNode) -> None:
        self.graph.add((subject, predicate, thing))

    def _shape(self, name: str) -> URIRef:
        return URIRef(f"{self.iris.space('shape')}{name}")

    def _list(self, items: list[Any]) -> BNode:
        head = BNode()
        Collection(self.graph, head, items)
        return head

    def _table(self, table: str) -> None:
        described, shape = self.package.table(table), self._shape(table)
        self._say(shape, RDF.type, SH.NodeShape)
        self._say(shape, RDFS.label, Literal(described.title))
        self._say(shape, RDFS.comment, Literal(described.description))
        self._say(shape, SH.targetClass, URIRef(self.iris.table(table)))
        for order, field in enumerate(described.fields, start=1):
            column = self._column(self.terms[table], field)
            self._say(shape, SH.property, column)
            self._say(column, SH.order, Literal(order))

    def _column(self, terms: Terms, field: Field) -> URIRef:
        name, limits = field.name, field.constraints
        shape = self._shape(f"{terms.table}.{name}")
        self._say(shape, RDF.type, SH.PropertyShape)
        self._say(shape, CSVW.name, Literal(name))
        self._say(shape, SH.name, Literal(field.title))
        self._say(shape, SH.description, Literal(field.description))
        self._say(shape, SH.path, self._path(terms.path(name), is_list=field.type == "list"))
        if field.is_required:
            self._say(shape, SH.minCount, Literal(1))
        if field.type != "list":
            self._say(shape, SH.maxCount, Literal(1))
        if field.categories:
            values = [URIRef(self.iris.value(terms.table, name, category.value)) for category in field.categories]
            self._say(shape, SH["in"], self._list(values))
        elif name in terms.targets:
            self._say(shape, SH.nodeKind, SH.IRI)
            self._say(shape, SH["class"], URIRef(self.iris.table(terms.targets[name])))
        else:
            self._literal(shape, terms, name, limits)
        return shape

    def _literal(self, shape: URIRef, terms: Terms, name: str, limits: Mapping[str, Any]) -> None:
        is_item = terms.is_item(name)
        if is_item:
            self._say(shape, SH.nodeKind, SH.IRI)
        else:
            self._say(shape, SH.datatype, terms.datatype(name))
        if "pattern" in limits:
            before = re.escape(WIKIDATA) if is_item else ""
            self._say(shape, SH.pattern, Literal(f"^{before}(?:{limits['pattern']})$"))
        for limit, constraint in _LIMITS.items():
            if limit in limits:
                self._say(shape, constraint, Literal(limits[limit]))

    def _path(self, steps: tuple[Step, ...], *, is_list: bool = False) -> URIRef | BNode:
        found = [self._backwards(step.property) if step.backwards else step.property for step in steps]
        if is_list:
            rest = BNode()
            self._say(rest, SH.zeroOrMorePath, RDF.rest)
            found += [rest, RDF.first]
        return found[0] if len(found) == 1 else self._list(found)

    def _backwards(self, step: URIRef) -> BNode:
        node = BNode()
        self._say(node, SH.inversePath, step)
        return node

    # --- rules ----------------------------------------------------------------------------------------------------------------------

    def _spans(self) -> None:
        shape, ordered = self._shape("position"), self._shape("span-order")
        self._say(shape, RDF.type, SH.NodeShape)
        self._say(shape, SH.targetClass, OA.TextPositionSelector)
        self._say(shape, SH.property, ordered)
        self._say(ordered, RDF.type, SH.PropertyShape)
        self._say(ordered, SH.path, OA["start"])
        self._say(ordered, SH.lessThan, OA["end"])
        self._say(ordered, SH.message, Literal(RULES["span-order"].sentence))

    def _chains(self) -> None:
        chained = self._shape("chain-exists")
        self._say(self._shape("claims"), SH.property, chained)
        self._say(chained, RDF.type, SH.PropertyShape)
        self._say(chained, SH.path, self._path((Step(PROV.specializationOf, backwards=True),)))
        self._say(chained, SH.minCount, Literal(1))
        self._say(chained, SH.message, Literal(RULES["chain-exists"].sentence))
        hops = self._shape("chain-hops")
        query = _NO_HOP_BEFORE.format(
            hop=self.iris.column("attributions", "hop"),
            attribution=PROV.qualifiedAttribution,
            derived=PROV.wasDerivedFrom,
        )
        self._say(self._shape("attributions"), SH.sparql, hops)
        self._say(hops, RDF.type, SH.SPARQLConstraint)
        self._say(hops, SH.select, Literal(query))
        self._say(hops, SH.message, Literal(RULES["chain-hops"].sentence))
