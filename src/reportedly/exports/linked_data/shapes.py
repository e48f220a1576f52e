"""What a graph of the dataset has to be, in SHACL (https://www.w3.org/TR/shacl/), made from the schemas and the paths of `terms`.

The shapes document the graph too: a shape for each table, and in it one for each column, with the path that leads from a row to its cell. They ask for a
whole dataset, since a reference has to lead to a row. That a column has no value twice is not asked for: the key is, for it is the row's IRI.
``shapes.ttl``, beside this module, holds those of the shipped dataset; ``scripts/generate.py`` writes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdflib import OWL, PROV, RDF, RDFS, SH, BNode, Literal, Namespace, URIRef

from reportedly.exports.linked_data.graph import Statements
from reportedly.exports.linked_data.iris import WIKIDATA
from reportedly.exports.linked_data.terms import OA, Step
from reportedly.package.about import dataset
from reportedly.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph

    from reportedly.exports.linked_data.terms import Terms
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


class _Shapes(Statements):
    """Makes the shapes of a package."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        for prefix, space in {"csvw": str(CSVW), "sh": str(SH), "shape": self.iris.space("shape")}.items():
            self.graph.bind(prefix, space)
        self._say(
            URIRef(f"{self.iris.dataset}#shapes"),
            (RDF.type, OWL.Ontology),
            (RDFS.label, Literal(f"Shapes of {dataset(package).title}")),
        )
        for table in package.tables:
            self._table(table)
        self._spans()
        if "attributions" in package.tables:
            self._chains()

    def _shape(self, name: str) -> URIRef:
        return URIRef(f"{self.iris.space('shape')}{name}")

    def _table(self, table: str) -> None:
        described = self.package.table(table)
        columns = [self._column(self.terms[table], field) for field in described.fields]
        self._say(
            self._shape(table),
            (RDF.type, SH.NodeShape),
            (RDFS.label, Literal(described.title)),
            (RDFS.comment, Literal(described.description)),
            (SH.targetClass, URIRef(self.iris.named("table", table))),
            *((SH.property, column) for column in columns),
        )
        for order, column in enumerate(columns, start=1):
            self._say(column, (SH.order, Literal(order)))

    def _column(self, terms: Terms, field: Field) -> URIRef:
        name = field.name
        shape = self._shape(f"{terms.table}.{name}")
        self._say(
            shape,
            (RDF.type, SH.PropertyShape),
            (CSVW.name, Literal(name)),
            (SH.name, Literal(field.title)),
            (SH.description, Literal(field.description)),
            (SH.path, self._path(terms.path(name), is_list=field.type == "list")),
        )
        if field.is_required:
            self._say(shape, (SH.minCount, Literal(1)))
        if field.type != "list":
            self._say(shape, (SH.maxCount, Literal(1)))
        if field.categories:
            values = [URIRef(self.iris.named("value", terms.table, name, one.value)) for one in field.categories]
            self._say(shape, (SH["in"], self._list(values)))
        elif name in terms.targets:
            target = URIRef(self.iris.named("table", terms.targets[name]))
            self._say(shape, (SH.nodeKind, SH.IRI), (SH["class"], target))
        else:
            self._literal(shape, terms, name, field.constraints)
        return shape

    def _literal(self, shape: URIRef, terms: Terms, name: str, limits: Mapping[str, Any]) -> None:
        is_item = terms.is_item(name)
        self._say(shape, (SH.nodeKind, SH.IRI) if is_item else (SH.datatype, terms.datatype(name)))
        if "pattern" in limits:
            before = re.escape(WIKIDATA) if is_item else ""
            self._say(shape, (SH.pattern, Literal(f"^{before}(?:{limits['pattern']})$")))
        bounds = {constraint: limits[limit] for limit, constraint in _LIMITS.items() if limit in limits}
        self._say(shape, *((constraint, Literal(bound)) for constraint, bound in bounds.items()))

    def _path(self, steps: tuple[Step, ...], *, is_list: bool = False) -> URIRef | BNode:
        found = [self._turned(SH.inversePath, step.property) if step.backwards else step.property for step in steps]
        if is_list:
            found += [self._turned(SH.zeroOrMorePath, RDF.rest), RDF.first]
        return found[0] if len(found) == 1 else self._list(found)

    def _turned(self, way: URIRef, step: URIRef) -> BNode:
        """Return a step of a path that is followed in another way than once and forwards."""
        node = BNode()
        self._say(node, (way, step))
        return node

    # --- rules ----------------------------------------------------------------------------------------------------------------------

    def _spans(self) -> None:
        ordered = self._shape("span-order")
        self._say(
            self._shape("position"),
            (RDF.type, SH.NodeShape),
            (SH.targetClass, OA.TextPositionSelector),
            (SH.property, ordered),
        )
        self._say(
            ordered,
            (RDF.type, SH.PropertyShape),
            (SH.path, OA["start"]),
            (SH.lessThan, OA["end"]),
            (SH.message, Literal(RULES["span-order"].sentence)),
        )

    def _chains(self) -> None:
        chained, hops = self._shape("chain-exists"), self._shape("chain-hops")
        self._say(self._shape("claims"), (SH.property, chained))
        self._say(
            chained,
            (RDF.type, SH.PropertyShape),
            (SH.path, self._turned(SH.inversePath, PROV.specializationOf)),
            (SH.minCount, Literal(1)),
            (SH.message, Literal(RULES["chain-exists"].sentence)),
        )
        query = _NO_HOP_BEFORE.format(
            hop=self.iris.named("column", "attributions", "hop"),
            attribution=PROV.qualifiedAttribution,
            derived=PROV.wasDerivedFrom,
        )
        self._say(self._shape("attributions"), (SH.sparql, hops))
        self._say(
            hops,
            (RDF.type, SH.SPARQLConstraint),
            (SH.select, Literal(query)),
            (SH.message, Literal(RULES["chain-hops"].sentence)),
        )
