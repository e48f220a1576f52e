"""Turtle and JSON-LD, read back with rdflib alone: the shapes say where each cell of each table is, and pyshacl holds the graph against them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyshacl
import pytest
from rdflib import PROV, RDF, RDFS, SDO, SH, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.paths import SequencePath

import reportedly
from reportedly.exports.linked_data.shapes import path as shapes_path
from reportedly.exports.linked_data.shapes import shapes
from reportedly.exports.linked_data.turtle import write_turtle
from reportedly.package.shipped import shipped

pytestmark = [
    # rdflib's own parser of JSON-LD makes a class that rdflib has deprecated.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    # rdflib before 7.6 calls pyparsing by its old names.
    pytest.mark.filterwarnings("ignore:'[A-Za-z]+' (argument is )?deprecated:DeprecationWarning"),
]

DATASET = "urn:uuid:6e2398d4-5537-4857-a3a4-5118c724e559"
OA = Namespace("http://www.w3.org/ns/oa#")
CSVW = Namespace("http://www.w3.org/ns/csvw#")
CLAIMS, TELLING = Namespace(f"{DATASET}#claims/"), Namespace(f"{DATASET}#telling/")
ATTRIBUTIONS = Namespace(f"{DATASET}#attributions/")
COLUMN, TABLE, VALUE = (Namespace(f"{DATASET}#{name}/") for name in ("column", "table", "value"))
FILES = {"turtle": "made.ttl", "jsonld": "made.jsonld"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rdf")
    return {name: Path(reportedly.export(name, folder / file).path) for name, file in FILES.items()}


@pytest.fixture(scope="module")
def graphs(made):
    return {name: Graph().parse(path) for name, path in made.items()}


@pytest.fixture(scope="module")
def graph(graphs):
    return graphs["turtle"]


@pytest.fixture(scope="module")
def shape_graph():
    return Graph().parse(shapes_path())


def steps(shape_graph, node):
    """Return a path of SHACL as rdflib follows it."""
    if not isinstance(node, BNode):
        return node
    backwards = shape_graph.value(node, SH.inversePath)
    if backwards:
        return ~backwards
    repeated = shape_graph.value(node, SH.zeroOrMorePath)
    if repeated:
        return repeated * "*"
    return SequencePath(*(steps(shape_graph, step) for step in Collection(shape_graph, node)))


def columns(shape_graph, table):
    """Return where a table's cells are, as the shapes say it: the columns' names, and their paths."""
    shape = shape_graph.value(None, SH.targetClass, TABLE[table])
    found = [node for node in shape_graph.objects(shape, SH.property) if (node, CSVW.name, None) in shape_graph]
    found.sort(key=lambda node: shape_graph.value(node, SH.order).toPython())
    return {
        str(shape_graph.value(node, CSVW.name)): steps(shape_graph, shape_graph.value(node, SH.path)) for node in found
    }


def plain(graph, node):
    """Return a cell: the value of a literal, the notation of a concept, the identifier of a row, the name of an item of Wikidata."""
    if isinstance(node, Literal):
        # rdflib leaves what it has no type for, dates of EDTF and addresses, as it is.
        value = node.toPython()
        return str(value) if isinstance(value, Literal) else value
    named = graph.value(node, SKOS.notation) or graph.value(node, SDO.identifier)
    return str(named) if named else node.removeprefix("http://www.wikidata.org/entity/")


def rows(graph, shape_graph, schema):
    table, fields = schema["name"], {field["name"]: field for field in schema["fields"]}
    for node in graph.subjects(RDF.type, TABLE[table]):
        row = {}
        for name, way in columns(shape_graph, table).items():
            cells = [plain(graph, cell) for cell in graph.objects(node, way)]
            assert len(cells) <= 1 or fields[name]["type"] == "list"
            row[name] = cells if fields[name]["type"] == "list" else next(iter(cells), None)
        yield row


def keyed(rows, schema):
    """Return rows as lists of cells with their names, in the order of their keys."""
    return [list(row.items()) for row in sorted(rows, key=lambda row: [row[name] for name in schema["primaryKey"]])]


@pytest.mark.fast_one_in(3)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("table", reportedly.tables())
def test_each_cell_is_what_load_gives(graphs, shape_graph, loaded, name, table):
    schema = shipped().schema(table)
    read = rows(graphs[name], shape_graph, schema)
    assert keyed(read, schema) == keyed(loaded(table), schema)


def test_both_formats_hold_the_same_graph(graphs):
    assert isomorphic(graphs["turtle"], graphs["jsonld"])


def test_json_ld_is_short_and_needs_no_other_file(made):
    document = json.loads(made["jsonld"].read_text(encoding="utf-8"))
    assert all(isinstance(term, str | dict) for term in document["@context"].values())
    things = {thing["@id"]: thing for thing in document["@graph"]}
    assert things["quotes:tasr-0001.q05"]["schema:text"] == "resolve"
    assert things["demands:tasr-0001.d01"]["column:demands.stance"] == "value:demands.stance.red_line"
    assert not any(name.startswith(("urn:", "_:")) for name in things if name != DATASET)


@pytest.mark.parametrize("name", FILES)
def test_the_flat_form_is_the_same_graph(tmp_path, made, name):
    flat = reportedly.export(name, tmp_path / FILES[name], flat=True)
    assert Path(flat.path).read_bytes() == made[name].read_bytes()
    assert "A graph needs no flattening: it is the same as without." in flat.losses


@pytest.mark.fast_one_in(4)
@pytest.mark.parametrize("table", reportedly.tables())
def test_a_table_alone_keeps_its_cells(tmp_path, shape_graph, loaded, table):
    made = reportedly.export("turtle", tmp_path / "made.ttl", tables=[table])
    schema = shipped().schema(table)
    assert keyed(rows(Graph().parse(made.path), shape_graph, schema), schema) == keyed(loaded(table), schema)


@pytest.mark.parametrize("name", FILES)
def test_cells_that_are_blank_in_the_shipped_dataset_are_kept_too(copy, tmp_path, shape_graph, name):
    stated = {
        "title": "A “title” \\ of two\nlines",
        "url": "https://example.org/a?b=c",
        "published": "2024-11~/2024-12",
    }
    dated = {"published_earliest": "2024-11-01", "published_latest": "2024-12-31", "published_basis": "stated"}
    copy.set("articles", 2, **stated, **dated)
    erratum = {
        "table": "attributions",
        "key": "tasr-0001.c99/2",
        "since": "0.2.0",
        "date": "2026-12-01",
        "kind": "withdrawn",
        "said": '{"claim_id":"tasr-0001.c99"}',
        "reason": "It was none.",
    }
    copy.write("errata", [erratum])
    graph = Graph().parse(reportedly.export(name, tmp_path / FILES[name], package=copy.root).path)
    for table in ("articles", "errata"):
        (read,) = rows(graph, shape_graph, shipped().schema(table))
        (wanted,) = copy.rows(table)
        assert {name: "" if cell is None else str(cell) for name, cell in read.items()} == wanted


@pytest.mark.slow
def test_the_bytes_do_not_hang_on_the_order_of_sets(tmp_path, made):
    code = "import reportedly, sys; [reportedly.export(name, f'{sys.argv[1]}/{name}') for name in ('turtle', 'jsonld')]"
    order = {"PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, env=os.environ | order)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == made[name].read_bytes()


# --- what the graph says in the words of others -----------------------------------------------------------------------------------


def test_a_chain_can_be_followed_from_voice_to_voice(graph):
    query = """
        SELECT ?name ?hop WHERE {
            ?telling prov:specializationOf ?claim ; prov:qualifiedAttribution ?attribution .
            ?last prov:specializationOf ?claim ; prov:wasDerivedFrom* ?telling .
            FILTER NOT EXISTS { ?further prov:wasDerivedFrom ?last }
            ?attribution prov:agent/column:actors.short_name ?name ; column:attributions.hop ?hop .
        } ORDER BY ?hop"""
    found = graph.query(query, initBindings={"claim": CLAIMS["tasr-0001.c02"]})
    assert [str(name) for name, _ in found] == str(reportedly.chain("tasr-0001.c02")).split(" ← ")


def test_a_quotation_points_to_the_words_in_the_article(graph, loaded):
    query = """
        SELECT ?text ?start ?end ?speaker WHERE {
            ?quote a schema:Quotation ; schema:spokenByCharacter ?actor .
            ?actor schema:name ?speaker .
            ?annotation oa:hasBody ?quote ; oa:hasTarget ?target .
            ?target oa:hasSource ?article ; oa:hasSelector ?place ; oa:hasSelector ?words .
            ?article schema:identifier "tasr-0001" .
            ?place oa:start ?start ; oa:end ?end .
            ?words oa:exact ?text .
        }"""
    names = {row["actor_id"]: row["name"] for row in loaded("actors")}
    assert {tuple(cell.toPython() for cell in row) for row in graph.query(query)} == {
        (row["text"], row["start"], row["end"], names[row["speaker_id"]]) for row in loaded("quotes")
    }


def test_whoever_has_the_article_can_prove_every_annotation(graph, article):
    targets = list(graph.subjects(RDF.type, OA.SpecificResource))
    assert len(targets) > 200
    # No word around a span is told.
    assert {OA.prefix, OA.suffix}.isdisjoint(graph.predicates())
    for target in targets:
        places = {node: graph.value(node, RDF.type) for node in graph.objects(target, OA.hasSelector)}
        (place,) = (node for node, kind in places.items() if kind == OA.TextPositionSelector)
        words = article[graph.value(place, OA["start"]).toPython() : graph.value(place, OA["end"]).toPython()]
        for exact in graph.objects(target, OA.hasSelector / OA.exact):
            assert str(exact) == words
        for table in ("claims", "attributions"):
            for digest in graph.objects(target, COLUMN[f"{table}.span_sha256"]):
                assert str(digest) == sha256(words.encode()).hexdigest()


def test_agents_have_the_classes_that_fit(graph):
    actors = Namespace(f"{DATASET}#actors/")
    assert set(graph.objects(actors.putin, RDF.type)) == {TABLE.actors, PROV.Agent, PROV.Person, SDO.Person}
    assert set(graph.objects(actors["russian-forces"], RDF.type)) == {TABLE.actors, PROV.Agent}
    assert graph.value(actors.putin, SDO.sameAs) == URIRef("http://www.wikidata.org/entity/Q7747")
    assert {str(name) for name in graph.objects(actors.ukraine, SDO.alternateName)} >= {"Kiev", "Kyiv"}


def test_every_term_of_our_own_is_explained(graph):
    own = {node for _, node, _ in graph if node.startswith(COLUMN)}
    own |= {node for node in graph.objects(None, RDF.type) if node.startswith(DATASET)}
    assert own
    for node in own:
        assert graph.value(node, RDFS.label)
        assert graph.value(node, RDFS.comment)
    concepts = {node for node in graph.objects() if isinstance(node, URIRef) and node.startswith(VALUE)}
    for node in concepts:
        assert graph.value(node, SKOS.prefLabel)
        assert graph.value(node, SKOS.definition)


def test_ranked_values_keep_their_order(graph):
    order = URIRef(f"{DATASET}#order/demands.strength")
    members = [str(graph.value(node, SKOS.notation)) for node in Collection(graph, graph.value(order, SKOS.memberList))]
    assert members == ["open_to", "accepts", "wants", "promises", "requires", "insists", "rejects"]
    assert "ranked" in str(graph.value(order, SKOS.prefLabel))


def test_only_lists_have_no_names(graph):
    nameless = {node for node in graph.all_nodes() if isinstance(node, BNode)}
    assert nameless
    assert all((node, RDF.first, None) in graph for node in nameless)


# --- shapes -----------------------------------------------------------------------------------------------------------------------


def test_the_shapes_are_made_from_the_schemas(tmp_path):
    write_turtle(shapes(shipped()), tmp_path / "shapes.ttl")
    assert Path(shapes_path()).read_bytes() == (tmp_path / "shapes.ttl").read_bytes(), "run python scripts/generate.py"


@pytest.mark.slow
def test_the_dataset_conforms_to_the_shapes(graphs, shape_graph):
    conforms, _, told = pyshacl.validate(graphs["jsonld"], shacl_graph=shape_graph)
    assert conforms, told


@pytest.mark.slow
def test_what_is_broken_is_told(graph, shape_graph):
    """All at once, since a run takes its time: each broken thing is told, and nothing else is."""
    broken = Graph() + graph
    demand, figure = URIRef(f"{DATASET}#demands/tasr-0001.d01"), URIRef(f"{DATASET}#figures/tasr-0001.f08")
    for gone in (
        # A hop in the middle of a chain is gone.
        (ATTRIBUTIONS["tasr-0001.c02.2"], None, None),
        (TELLING["attributions.tasr-0001.c02.2"], None, None),
        # A claim has no chain left, although it is told that there are voices.
        (TELLING["attributions.tasr-0001.c01.1"], None, None),
        # A required cell is blank.
        (figure, COLUMN["figures.measures"], None),
    ):
        broken.remove(gone)
    for changed in (
        # A span runs backwards.
        (
            URIRef(f"{DATASET}#position/quotes.tasr-0001.q05"),
            OA["start"],
            Literal(2163, datatype=XSD.nonNegativeInteger),
        ),
        # A value is none of the codebook's, a reference leads nowhere, a pattern is not kept, a type is another.
        (demand, COLUMN["demands.stance"], VALUE["demands.stance.wish"]),
        (demand, COLUMN["demands.demander_id"], URIRef(f"{DATASET}#actors/nobody")),
        (figure, SDO.unitText, Literal("per cent")),
        (figure, SDO.value, Literal("twenty")),
    ):
        broken.set(changed)
    # A cell has two values.
    broken.add((figure, COLUMN["figures.surface"], Literal("almost 20 per cent")))
    _, report, told = pyshacl.validate(broken, shacl_graph=shape_graph)
    found = {
        (
            str(report.value(result, SH.focusNode)).removeprefix(f"{DATASET}#"),
            report.value(result, SH.sourceConstraintComponent),
        )
        for result in report.objects(None, SH.result)
    }
    assert found == {
        ("attributions/tasr-0001.c01.1", SH.MinCountConstraintComponent),
        ("attributions/tasr-0001.c02.3", SH.SPARQLConstraintComponent),
        ("claims/tasr-0001.c01", SH.MinCountConstraintComponent),
        ("position/quotes.tasr-0001.q05", SH.LessThanConstraintComponent),
        ("demands/tasr-0001.d01", SH.InConstraintComponent),
        ("demands/tasr-0001.d01", SH.ClassConstraintComponent),
        ("figures/tasr-0001.f08", SH.MinCountConstraintComponent),
        ("figures/tasr-0001.f08", SH.PatternConstraintComponent),
        ("figures/tasr-0001.f08", SH.DatatypeConstraintComponent),
        ("figures/tasr-0001.f08", SH.MaxCountConstraintComponent),
    }
    assert "The hops of a chain are numbered 1, 2, 3" in told
    assert "A span ends after its start." in told


def test_a_package_without_an_iri_of_its_own_is_told(copy, tmp_path):
    copy.change_descriptor(lambda descriptor: descriptor.update(id="reportedly"))
    with pytest.raises(reportedly.errors.PackageError, match="names nothing on the web"):
        reportedly.export("turtle", tmp_path / "made.ttl", package=copy.root)
