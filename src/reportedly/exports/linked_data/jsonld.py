"""JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/): the dataset's graph, compacted by a context that the file itself holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rdflib import RDF, XSD, BNode, Literal, URIRef
from rdflib.plugins.shared.jsonld.context import Context

from reportedly.exports.linked_data.graph import graph, losses, prefixes
from reportedly.package.descriptor import as_json

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib import Graph
    from rdflib.term import Node

    from reportedly.package.contents import Contents

__all__ = ["losses", "write"]

# What JSON has values for, and needs no word on.
_NATIVE = {None, XSD.string, XSD.integer, XSD.boolean}


class _Short(Context):
    """Shortens IRIs by any prefix; rdflib's own context knows none that goes on behind the # of another."""

    def __init__(self, spaces: dict[str, str], terms: dict[str, Any]) -> None:
        super().__init__(spaces | terms)
        self._spaces = spaces

    def shrink_iri(self, iri: str) -> str:
        return _short(iri, self._spaces)

    def to_symbol(self, iri: str) -> str:
        term = self.find_term(str(iri))
        return str(term.name) if term else self.shrink_iri(iri)


def write(contents: Contents, target: Path) -> None:
    """Write the tables' graph into a file."""
    found, spaces = graph(contents), prefixes(contents.package)
    terms = _coercions(found, spaces)
    document = json.loads(found.serialize(format="json-ld", context=_Short(spaces, terms)))
    # The serializer takes things from a set, in another order on every run.
    things = sorted(document["@graph"], key=lambda thing: str(thing["@id"]))
    target.write_text(as_json({"@context": spaces | terms, "@graph": things}), encoding="utf-8", newline="")


def _short(iri: str, spaces: dict[str, str]) -> str:
    return next(
        (f"{name}:{iri.removeprefix(space)}" for name, space in spaces.items() if iri.startswith(space)), str(iri)
    )


def _coercions(found: Graph, spaces: dict[str, str]) -> dict[str, Any]:
    """Return what the values of each property are, where it is the same for all of them."""
    kinds: dict[Node, set[tuple[str, str]]] = {}
    for _, predicate, value in found:
        kinds.setdefault(predicate, set()).add(_kind(value))
    return {
        _short(str(predicate), spaces): {"@id": str(predicate), **dict(same)}
        for predicate, same in sorted(kinds.items())
        if len(same) == 1 and same != {("", "")} and predicate not in {RDF.type, RDF.first, RDF.rest}
    }


def _kind(value: Node) -> tuple[str, str]:
    if isinstance(value, BNode):
        return "@container", "@list"
    if isinstance(value, URIRef):
        return "@type", "@id"
    if isinstance(value, Literal) and value.language:
        return "@language", value.language
    if isinstance(value, Literal) and value.datatype not in _NATIVE:
        return "@type", str(value.datatype)
    return "", ""
