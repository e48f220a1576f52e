"""RO-Crate 1.2 (https://w3id.org/ro/crate/1.2): the data package as a research object, each file with what it is and what it conforms to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportedly.exports.bundles.folder import put, put_json
from reportedly.package.descriptor import DESCRIPTOR, as_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportedly.exports.bundles.folder import File
    from reportedly.package.contents import Contents, TableContents

METADATA = "ro-crate-metadata.json"
LICENCE = "data/LICENSE"
Entity = dict[str, Any]


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    lost = ["RO-Crate describes files, not columns or rows: those stay in the Data Package inside it."]
    if not _is_whole(contents):
        lost.append(
            "The Data Package inside it names the exported tables alone; it has no id, since it is not the whole dataset."
        )
    return lost


def write(contents: Contents, target: Path) -> None:
    """Write the data package, or what is exported of it, and its metadata into a folder."""
    data = {table.name: _put_table(contents, table, target) for table in contents.tables}
    text = _licence_text(contents, target)
    parts = [
        *(entity for table in contents.tables for entity in _table(contents, table, data[table.name], target)),
        _descriptor(contents, data, target),
        *text,
    ]
    people, licences, sources = _people(contents), _licences(contents, text), _sources(contents)
    identifiers, publisher = _identifiers(contents), _publisher(contents, people)
    codings = _codings(contents, people, sources, [part for part in parts if part["encodingFormat"] == "text/csv"])
    profiles = {entity["@id"]: entity for part in parts for entity in _profile(part)}
    root = _root(contents) | {
        "license": _links(licences),
        "creator": _links(people),
        "publisher": _links(publisher),
        "identifier": _links(identifiers),
        "isBasedOn": _links(sources),
        "mentions": _links(found for found in codings if found["@type"] == "CreateAction"),
        "hasPart": _links(parts),
        "distribution": _links(part for part in parts if "DataDownload" in part["@type"]),
    }
    about_itself = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
    }
    graph = [
        about_itself,
        root,
        *parts,
        *identifiers,
        *people,
        *(one for one in publisher if one not in people),
        *licences,
        *sources,
        *codings,
        *profiles.values(),
    ]
    entities = [{name: value for name, value in entity.items() if value != []} for entity in graph]
    put_json(target, METADATA, {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": entities})


def _is_whole(contents: Contents) -> bool:
    return not contents.is_flat and len(contents.tables) == len(contents.package.tables)


def _links(entities: Iterable[Entity]) -> Any:
    """Return references to entities; the specification wants one alone without a list."""
    links = [{"@id": entity["@id"]} for entity in entities]
    return links[0] if len(links) == 1 else links


def _root(contents: Contents) -> Entity:
    dataset = contents.dataset
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": dataset.title,
        "description": dataset.description or dataset.title,
        "version": dataset.version,
        "datePublished": contents.created.date().isoformat(),
        "keywords": list(dataset.keywords),
        "creditText": dataset.citation,
    }


def _file(file: File, name: str, description: str, encoding: str, conforms_to: str | None = None) -> Entity:
    entity = {
        "@id": file.path,
        "@type": "File",
        "name": name,
        "description": description,
        "encodingFormat": encoding,
        "contentSize": str(file.size),
        "sha256": file.sha256,
    }
    return entity | {"conformsTo": {"@id": conforms_to}} if conforms_to else entity


# --- the data package -------------------------------------------------------------------------------------------------------------


def _put_table(contents: Contents, table: TableContents, target: Path) -> File:
    path = contents.package.resource(table.name)["path"]
    return put(target, path, table.csv().encode() if contents.is_flat else _bytes(contents, path))


def _table(contents: Contents, table: TableContents, data: File, target: Path) -> list[Entity]:
    """Return a table and, where it is a file of its own, its schema, which is written."""
    resource = contents.package.resource(table.name)
    path = resource["schema"] if isinstance(resource["schema"], str) else None
    entity = _file(data, table.title, table.description, "text/csv", path) | {"@type": ["File", "DataDownload"]}
    if path is None:
        return [entity]
    text = _bytes(contents, path) if _is_whole(contents) else as_json(table.to_descriptor()).encode()
    schema = _file(
        put(target, path, text),
        f"Schema of {table.title}",
        f"The columns of {resource['path']}: types, keys, values and coding instructions.",
        "application/json",
        table.descriptor.get("$schema"),
    )
    # Files that others conform to are works too.
    return [entity, schema | {"@type": ["File", "CreativeWork"]}]


def _bytes(contents: Contents, path: str) -> bytes:
    return Path(contents.package.file(*path.split("/"))).read_bytes()


def _descriptor(contents: Contents, data: dict[str, File], target: Path) -> Entity:
    """Write the descriptor: as it is, or with the exported tables alone."""
    if _is_whole(contents):
        text = _bytes(contents, DESCRIPTOR)
    else:
        resources = [_resource(contents, table, data[table.name]) for table in contents.tables]
        kept = {name: value for name, value in contents.descriptor.items() if name != "id"}
        text = as_json(kept | {"resources": resources}).encode()
    return _file(
        put(target, DESCRIPTOR, text),
        "Data Package",
        "Names the tables and their schemas, for tools that read Frictionless Data Packages.",
        "application/json",
        contents.descriptor.get("$schema"),
    )


def _resource(contents: Contents, table: TableContents, data: File) -> dict[str, Any]:
    resource = contents.package.resource(table.name)
    measured = {"bytes": data.size, "hash": f"sha256:{data.sha256}", "rows": len(table.rows)}
    schema = resource["schema"] if isinstance(resource["schema"], str) else table.to_descriptor()
    return resource | measured | {"schema": schema}


def _licence_text(contents: Contents, target: Path) -> list[Entity]:
    if not Path(contents.package.file(*LICENCE.split("/"))).is_file():
        return []
    file = put(target, LICENCE, _bytes(contents, LICENCE))
    return [
        _file(file, "Licence", "What may be done with the tables, and what the licence does not cover.", "text/plain")
    ]


# --- what the files are about -----------------------------------------------------------------------------------------------------


def _people(contents: Contents) -> list[Entity]:
    return [
        {"@id": f"#contributor-{number}", "@type": one.kind, "name": one.name}
        for number, one in enumerate(contents.dataset.creators, start=1)
    ]


def _publisher(contents: Contents, people: list[Entity]) -> list[Entity]:
    name = contents.dataset.publisher
    other = {"@id": "#publisher", "@type": "Organization", "name": name}
    return [next((one for one in people if one["name"] == name), other)] if name else []


def _licences(contents: Contents, text: list[Entity]) -> list[Entity]:
    scope = f"What it covers, and what it does not, is described in {LICENCE}." if text else "It covers the tables."
    return [
        {
            "@id": one.address or f"#licence-{number}",
            "@type": "CreativeWork",
            "name": one.words,
            "description": scope,
        }
        for number, one in enumerate(contents.dataset.licences, start=1)
    ]


def _identifiers(contents: Contents) -> list[Entity]:
    if not contents.dataset.iri or not _is_whole(contents):
        return []
    return [{"@id": "#identifier", "@type": "PropertyValue", "name": "id", "value": contents.dataset.iri}]


def _sources(contents: Contents) -> list[Entity]:
    sources = [
        {"@id": f"#source-{number}", "@type": "CreativeWork", "name": source}
        for number, source in enumerate(contents.dataset.sources, start=1)
    ]
    if contents.dataset.iri and not _is_whole(contents):
        # A thing of type Dataset would have to lie in the crate.
        whole = {
            "@id": contents.dataset.iri,
            "@type": "CreativeWork",
            "name": contents.dataset.title,
            "version": contents.dataset.version,
        }
        return [whole, *sources]
    return sources


def _codings(contents: Contents, people: list[Entity], sources: list[Entity], tables: list[Entity]) -> list[Entity]:
    """Return who coded the articles, as the articles say it."""
    if "articles" not in contents.package.tables:
        return []
    articles = contents.package.table("articles")
    used = {row.get("coded_by") for row in contents.package.rows("articles")}
    found: list[Entity] = []
    for category in articles.field("coded_by").categories if "coded_by" in articles else ():
        value, words = category.value, {"name": category.label, "description": category.description}
        if value not in used:
            continue
        action: Entity = {
            "@id": f"#coding-{value}",
            "@type": "CreateAction",
            "name": f"Coding: {category.label}",
            "description": category.description,
            "agent": _links(people),
            "object": _links(sources),
            "result": _links(tables),
        }
        if value.startswith("automated"):
            # Not a SoftwareApplication, of which RO-Crate asks an address and a version, which the package does not tell.
            coder = {"@id": f"#coder-{value}", "@type": "Thing", **words}
            found += [action | {"instrument": _links([coder])}, coder]
        else:
            found.append(action)
    return found


def _profile(part: Entity) -> list[Entity]:
    """Return what a file conforms to, where that is a standard and not another file."""
    address = part.get("conformsTo", {}).get("@id", "")
    if not address.startswith("https:"):
        return []
    return [{"@id": address, "@type": "CreativeWork", "name": f"Profile {address.rpartition('/')[2]}"}]
