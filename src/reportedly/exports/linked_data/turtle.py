"""Turtle (https://www.w3.org/TR/turtle/): the dataset's graph, sorted by what is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import BNode
from rdflib.plugins.serializers.turtle import TurtleSerializer

from reportedly.exports.linked_data.graph import graph, losses

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.graph import Graph, _SubjectType

    from reportedly.package.contents import Contents

__all__ = ["losses", "write", "write_turtle"]


class _Sorted(TurtleSerializer):
    """Sorts by IRI: left to itself, rdflib sorts by how often a thing is mentioned, so that one new row would move others."""

    def orderSubjects(self) -> list[_SubjectType]:  # noqa: N802 - rdflib's name
        return sorted(self._subjects, key=lambda node: (isinstance(node, BNode), str(node)))


def write(contents: Contents, target: Path) -> None:
    """Write the tables' graph into a file."""
    write_turtle(graph(contents), target)


def write_turtle(found: Graph, target: Path) -> None:
    """Write a graph into a file."""
    with target.open("wb") as file:
        _Sorted(found).serialize(file, encoding="utf-8")
