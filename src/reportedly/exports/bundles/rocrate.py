"""RO-Crate 1.2 (https://w3id.org/ro/crate/1.2): the data package as a research object, each file with what it is and what it conforms to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportedly.exports.bundles.folder import as_json, put, put_json
from reportedly.package.descriptor import DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportedly.exports.bundles.folder import File
    from reportedly.exports.prepare import Build, Sheet

METADATA = "ro-crate-metadata.json"
LICENCE = "data/LICENSE"
Entity = dict[str, Any]


def losses(build: Build) -> list[str]:
    """Return what the format cannot hold."""
    told = ["RO-Crate describes files, not columns or rows: those stay in the Data Package inside of it."]
    if not _is_whole(build):
        told.append(
            "The Data Package inside of it names the exported tables alone; it has no id, since it is not the whole dataset."
        )
    return told


def write(build: Build, target: Path) -> None:
    """Write the data package, or what is exported of it, and its metadata into a folder."""
    data = {sheet.name: _put_table(build, sheet, target) for sheet in build.sheets}
    text = _licence_text(build, target)
    parts = [
        *(entity for sheet in build.sheets for entity in _table(build, sheet, data[sheet.name], target)),
        _descriptor(build, data, target),
        *text,
    ]
    people, licences, sources = _people(build), _licences(build, text), _sources(build)
    identifiers, publisher = _identifiers(build), _publisher(build, people)
    codings = _codings(build, people, sources, [part for part in parts if part["encodingFormat"] == "text/csv"])
    profiles = {entity["@id"]: entity for part in parts for entity in _profile(part)}
    root = _root(build) | {
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
    told = [{name: value for name, value in entity.items() if value != []} for entity in graph]
    put_json(target, METADATA, {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": told})


def _is_whole(build: Build) -> bool:
    return not build.is_flat and len(build.sheets) == len(build.package.tables)


def _links(entities: Iterable[Entity]) -> Any:
    """Return references to entities; the specification wants one alone without a list."""
    links = [{"@id": entity["@id"]} for entity in entities]
    return links[0] if len(links) == 1 else links


def _root(build: Build) -> Entity:
    dataset = build.dataset
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": dataset.title,
        "description": dataset.description or dataset.title,
        "version": dataset.version,
        "datePublished": build.created.date().isoformat(),
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


def _put_table(build: Build, sheet: Sheet, target: Path) -> File:
    path = build.package.resource(sheet.name)["path"]
    return put(target, path, sheet.csv().encode() if build.is_flat else _bytes(build, path))


def _table(build: Build, sheet: Sheet, data: File, target: Path) -> list[Entity]:
    """Return a table and, where it is a file of its own, its schema, which is written."""
    resource = build.package.resource(sheet.name)
    path = resource["schema"] if isinstance(resource["schema"], str) else None
    table = _file(data, sheet.title, sheet.description, "text/csv", path) | {"@type": ["File", "DataDownload"]}
    if path is None:
        return [table]
    text = _bytes(build, path) if _is_whole(build) else as_json(_schema(build, sheet)).encode()
    schema = _file(
        put(target, path, text),
        f"Schema of {sheet.title}",
        f"The columns of {resource['path']}: types, keys, values and coding instructions.",
        "application/json",
        build.package.schema(sheet.name).get("$schema"),
    )
    # Files that others conform to are works too.
    return [table, schema | {"@type": ["File", "CreativeWork"]}]


def _bytes(build: Build, path: str) -> bytes:
    return Path(build.package.file(*path.split("/"))).read_bytes()


def _schema(build: Build, sheet: Sheet) -> dict[str, Any]:
    """Return a sheet's schema; keys that lead to tables which are not exported are left out."""
    schema = build.package.schema(sheet.name)
    kept = [reference.field for reference in sheet.references]
    keys = [key for key in schema.get("foreignKeys", ()) if key["fields"][0] in kept]
    return schema | {"fields": list(sheet.fields), "foreignKeys": keys}


def _descriptor(build: Build, data: dict[str, File], target: Path) -> Entity:
    """Write the descriptor: as it is, or with the exported tables alone."""
    if _is_whole(build):
        text = _bytes(build, DESCRIPTOR)
    else:
        resources = [_resource(build, sheet, data[sheet.name]) for sheet in build.sheets]
        kept = {name: value for name, value in build.descriptor.items() if name != "id"}
        text = as_json(kept | {"resources": resources}).encode()
    return _file(
        put(target, DESCRIPTOR, text),
        "Data Package",
        "Names the tables and their schemas, for tools that read Frictionless Data Packages.",
        "application/json",
        build.descriptor.get("$schema"),
    )


def _resource(build: Build, sheet: Sheet, data: File) -> dict[str, Any]:
    resource = build.package.resource(sheet.name)
    told = {"bytes": data.size, "hash": f"sha256:{data.sha256}", "rows": len(sheet.rows)}
    schema = resource["schema"] if isinstance(resource["schema"], str) else _schema(build, sheet)
    return resource | told | {"schema": schema}


def _licence_text(build: Build, target: Path) -> list[Entity]:
    if not Path(build.package.file(*LICENCE.split("/"))).is_file():
        return []
    file = put(target, LICENCE, _bytes(build, LICENCE))
    return [
        _file(file, "Licence", "What may be done with the tables, and what the licence does not cover.", "text/plain")
    ]


# --- what the files are about -----------------------------------------------------------------------------------------------------


def _people(build: Build) -> list[Entity]:
    return [
        {"@id": f"#contributor-{number}", "@type": one.kind, "name": one.name}
        for number, one in enumerate(build.dataset.creators, start=1)
    ]


def _publisher(build: Build, people: list[Entity]) -> list[Entity]:
    name = build.dataset.publisher
    other = {"@id": "#publisher", "@type": "Organization", "name": name}
    return [next((one for one in people if one["name"] == name), other)] if name else []


def _licences(build: Build, text: list[Entity]) -> list[Entity]:
    scope = f"What it covers, and what it does not, is told in {LICENCE}." if text else "It covers the tables."
    return [
        {
            "@id": one.address or f"#licence-{number}",
            "@type": "CreativeWork",
            "name": one.words,
            "description": scope,
        }
        for number, one in enumerate(build.dataset.licences, start=1)
    ]


def _identifiers(build: Build) -> list[Entity]:
    if not build.dataset.iri or not _is_whole(build):
        return []
    return [{"@id": "#identifier", "@type": "PropertyValue", "name": "id", "value": build.dataset.iri}]


def _sources(build: Build) -> list[Entity]:
    sources = [
        {"@id": f"#source-{number}", "@type": "CreativeWork", "name": source}
        for number, source in enumerate(build.dataset.sources, start=1)
    ]
    if build.dataset.iri and not _is_whole(build):
        # A thing of type Dataset would have to lie in the crate.
        whole = {
            "@id": build.dataset.iri,
            "@type": "CreativeWork",
            "name": build.dataset.title,
            "version": build.dataset.version,
        }
        return [whole, *sources]
    return sources


def _codings(build: Build, people: list[Entity], sources: list[Entity], tables: list[Entity]) -> list[Entity]:
    """Return who coded the articles, as the articles say it."""
    if "articles" not in build.package.tables:
        return []
    fields = {field["name"]: field for field in build.package.schema("articles")["fields"]}
    used = {row.get("coded_by") for row in build.package.rows("articles")}
    found: list[Entity] = []
    for category in fields.get("coded_by", {}).get("categories", ()):
        value, told = category["value"], {"name": category["label"], "description": category["description"]}
        if value not in used:
            continue
        action: Entity = {
            "@id": f"#coding-{value}",
            "@type": "CreateAction",
            "name": f"Coding: {category['label']}",
            "description": category["description"],
            "agent": _links(people),
            "object": _links(sources),
            "result": _links(tables),
        }
        if value.startswith("automated"):
            # Not a SoftwareApplication, of which RO-Crate asks an address and a version, which the package does not tell.
            coder = {"@id": f"#coder-{value}", "@type": "Thing", **told}
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
