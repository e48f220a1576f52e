"""What tables and columns are in the words of others: schema.org, PROV-O, Web Annotation and DCAT. What none of them has a word for is our own.

Each column has one place in the graph: a path of properties that leads from a row to its cell. `reportedly.exports.linked_data.graph` states the cells there,
and `reportedly.exports.linked_data.shapes` says so in SHACL (https://www.w3.org/TR/shacl/#property-paths), so that the two cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from rdflib import DCAT, PROV, SDO, SKOS, XSD, Namespace, URIRef

from reportedly.exports.linked_data.iris import EDTF, Iris

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reportedly.model.schema import Table
    from reportedly.package.package import Package

OA = Namespace("http://www.w3.org/ns/oa#")


class Step(NamedTuple):
    """A step of a path: a property, to be followed from its subject to its object, or backwards."""

    property: URIRef
    backwards: bool = False


# The classes of a table's rows, beside the table's own.
CLASSES: Mapping[str, tuple[URIRef, ...]] = {
    "articles": (SDO.NewsArticle, PROV.Entity),
    "actors": (PROV.Agent,),
    "claims": (SDO.Claim, PROV.Entity),
    "attributions": (PROV.Attribution,),
    "quotes": (SDO.Quotation,),
}
# Further classes by the value of a column, where what the codebook says of the value fits the class; a group is no body.
CLASSES_BY_VALUE: Mapping[str, Mapping[str, tuple[URIRef, ...]]] = {
    "actors.actor_type": {
        "person": (PROV.Person, SDO.Person),
        "state": (PROV.Organization, SDO.Country),
        "organization": (PROV.Organization, SDO.Organization),
        "office": (PROV.Organization, SDO.GovernmentOrganization),
        "medium": (PROV.Organization, SDO.NewsMediaOrganization),
    },
    "figures.kind": dict.fromkeys(
        ("share", "money", "count", "quantity", "duration", "frequency"), (SDO.QuantitativeValue,)
    ),
}
_PROPERTIES: Mapping[str, URIRef] = {
    "articles.publisher_id": SDO.publisher,
    "articles.title": SDO.headline,
    "articles.url": SDO.url,
    "articles.language": SDO.inLanguage,
    "articles.published": SDO.datePublished,
    "actors.name": SDO.name,
    "actors.wikidata_id": SDO.sameAs,
    "claims.article_id": SDO.appearance,
    "claims.holder_id": PROV.wasAttributedTo,
    "claims.content": SDO.text,
    "claims.when": SDO.temporalCoverage,
    "attributions.actor_id": PROV.agent,
    # PROV-O keeps its own hadRole for activities.
    "attributions.relation": DCAT.hadRole,
    "demands.summary": SDO.description,
    "quotes.speaker_id": SDO.spokenByCharacter,
    "quotes.text": SDO.text,
    "quotes.language": SDO.inLanguage,
    "figures.value": SDO.value,
    "figures.lower": SDO.minValue,
    "figures.upper": SDO.maxValue,
    "figures.unit": SDO.unitText,
}
_TO_TELLING = Step(PROV.qualifiedAttribution, backwards=True)
_TO_TARGET = (Step(OA.hasBody, backwards=True), Step(OA.hasTarget))
# A telling is what a claim becomes with a voice. It is attributed to the voice, and derived from the telling before.
_PATHS: Mapping[str, tuple[Step, ...]] = {"attributions.claim_id": (_TO_TELLING, Step(PROV.specializationOf))}
# What is between a row and a cell, by the step that leads there: what its IRIs begin with, and its class.
BETWEEN: Mapping[URIRef, tuple[str, URIRef]] = {
    PROV.qualifiedAttribution: ("telling", PROV.Entity),
    OA.hasBody: ("annotation", OA.Annotation),
    OA.hasTarget: ("target", OA.SpecificResource),
    OA.hasSelector: ("position", OA.TextPositionSelector),
}
_DATATYPES: Mapping[str, URIRef] = {
    "integer": XSD.integer,
    "number": XSD.decimal,
    "boolean": XSD.boolean,
    "date": XSD.date,
}


@dataclass(frozen=True)
class Terms:
    """The terms of a table.

    Parameters
    ----------
    package
        The package.
    table
        The table.
    """

    package: Package
    table: str

    @cached_property
    def iris(self) -> Iris:
        """The package's IRIs."""
        return Iris(self.package)

    @cached_property
    def schema(self) -> Table:
        """The table as its schema describes it."""
        return self.package.table(self.table)

    @cached_property
    def targets(self) -> dict[str, str]:
        """The tables that columns refer to, by the columns' names."""
        keys = self.schema.points_to.items()
        return {name: key.table for name, key in keys if len(self.package.table(key.table).key) == 1}

    @cached_property
    def _offsets(self) -> dict[str, URIRef]:
        """What states where a row's words begin and end, by the column that holds it."""
        span = self.schema.roles.span
        return {span.start: OA.start, span.end: OA.end} if span else {}

    def path(self, column: str) -> tuple[Step, ...]:
        """Return the way from a row to a cell of a column; one step for most of them."""
        place = f"{self.table}.{column}"
        own = URIRef(self.iris.named("column", self.table, column))
        if self.schema.key == (column,):
            return (Step(SDO.identifier),)
        if column in self._offsets:
            return (*_TO_TARGET, Step(OA.hasSelector), Step(self._offsets[column]))
        if self.schema.roles.span and column in self.schema.roles.span.digests:
            return (*_TO_TARGET, Step(own))
        if column == "note":
            return (Step(SKOS.editorialNote),)
        return _PATHS.get(place) or (Step(_PROPERTIES.get(place, own)),)

    def is_own(self, column: str) -> bool:
        """Return whether it is a property of our own that states a column."""
        return self.path(column)[-1].property == URIRef(self.iris.named("column", self.table, column))

    def is_item(self, column: str) -> bool:
        """Return whether a column names items of Wikidata, which have IRIs."""
        return (self.table, column) == ("actors", "wikidata_id")

    def datatype(self, column: str) -> URIRef:
        """Return the datatype of a column's cells, or of their items."""
        field = self.schema.field(column)
        if column in self._offsets:
            return XSD.nonNegativeInteger
        if field.is_edtf:
            return URIRef(EDTF)
        return XSD.anyURI if field.format == "uri" else _DATATYPES.get(field.type, XSD.string)
