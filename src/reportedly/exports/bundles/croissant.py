"""Croissant 1.1 (http://mlcommons.org/croissant/1.1): the tables as CSV, and one metadata file that machine learning tools load them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportedly.exports.bundles.folder import put_json, put_tables
from reportedly.exports.linked_data.iris import Iris

if TYPE_CHECKING:
    from pathlib import Path

    from reportedly.exports.bundles.folder import File
    from reportedly.model.schema import Field
    from reportedly.package.contents import Contents, TableContents

METADATA = "croissant.json"
_TYPES = {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date"}
# The context that the specification recommends, as its reference reader expects it.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    blank = [f"{table.name}.{name}" for table in contents.tables for name in _references(table, said=False)]
    has_lists = any(field.type == "list" for table in contents.tables for field in table.fields)
    conditional = {
        "A list without items is a blank.": has_lists,
        "Croissant asks for an address, and the dataset has none: url is its identifier.": not contents.dataset.link,
        f"Columns without a value do not tell what they refer to, or joining would fail: {', '.join(blank)}.": blank,
    }
    return [
        "Croissant has no required columns, ranges, patterns or unique columns beside the key.",
        "Croissant has no type for EDTF dates: they are texts.",
        "The coding instructions stay in the schemas.",
        "Rules across columns and tables stay in the codebook.",
        *(sentence for sentence, holds in conditional.items() if holds),
    ]


def write(contents: Contents, target: Path) -> None:
    """Write the tables and their metadata into a folder."""
    files = put_tables(contents, target)
    iris = Iris(contents.package)
    sets = [found for table in contents.tables for found in _record_sets(table, contents, iris)]
    distribution = [_file_object(table, files[table.name]) for table in contents.tables]
    put_json(target, METADATA, _dataset(contents, iris) | {"distribution": distribution, "recordSet": sets})


def _dataset(contents: Contents, iris: Iris) -> dict[str, Any]:
    """Return what is reported of the dataset as a whole."""
    dataset = contents.dataset
    found = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": dataset.title,
        "description": dataset.description or dataset.title,
        "url": dataset.link or iris.dataset,
        "identifier": iris.dataset,
        "version": dataset.version,
        "datePublished": contents.created.date().isoformat(),
        "license": [one.address or one.words for one in dataset.licences],
        "creator": [{"@type": f"sc:{one.kind}", "name": one.name} for one in dataset.creators],
        "publisher": {"@type": "sc:Organization", "name": dataset.publisher} if dataset.publisher else [],
        "citeAs": dataset.citation,
        "keywords": list(dataset.keywords),
        "isBasedOn": [{"@type": "sc:CreativeWork", "name": source} for source in dataset.sources],
    }
    return {name: value for name, value in found.items() if value != []}


def _file_object(table: TableContents, file: File) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": table.description,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": "text/csv",
        "sha256": file.sha256,
    }


def _record_sets(table: TableContents, contents: Contents, iris: Iris) -> list[dict[str, Any]]:
    """Return a table, preceded by the enumerations of its columns."""
    references = _references(table)
    own = contents.package.table(table.name)
    enumerated = [field for field in table.fields if field.categories]
    return [
        *(_enumeration(table, field, iris if field.name in own else None) for field in enumerated),
        {
            "@type": "cr:RecordSet",
            "@id": table.name,
            "name": table.title,
            "description": table.description,
            "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
            "field": [_field(table, field, references.get(field.name)) for field in table.fields],
        },
    ]


def _references(table: TableContents, *, said: bool = True) -> dict[str, dict[str, Any]]:
    """Return where the values of columns come from, for columns that have a value, or for those that have none.

    The reference reader joins what is referred to. It gives wrong rows where that is a field of another table, so that tables are
    referred to by their files; and it fails where a column is blank throughout.
    """
    found = {
        field.name: {"field": {"@id": f"{_enumeration_id(table, field)}/value"}}
        for field in table.fields
        if field.categories
    }
    found |= {
        reference.field: {
            "fileObject": {"@id": f"{reference.table}.csv"},
            "extract": {"column": reference.target},
        }
        for reference in table.foreign_keys
    }
    return {name: source for name, source in found.items() if any(row[name] for row in table.rows) == said}


def _field(table: TableContents, field: Field, reference: dict[str, Any] | None) -> dict[str, Any]:
    source: dict[str, Any] = {
        "fileObject": {"@id": f"{table.name}.csv"},
        "extract": {"column": field.name},
    }
    found: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": field.name,
        "description": f"{field.title}: {field.description}",
        "dataType": _TYPES.get(field.type, "sc:Text"),
        "source": source,
    }
    if field.type == "list":
        source["transform"] = {"separator": field.delimiter}
        found |= {"isArray": True, "arrayShape": "-1"}
    if reference:
        found["references"] = reference
    return found


def _enumeration_id(table: TableContents, field: Field) -> str:
    return f"{table.name}.{field.name}"


def _enumeration(table: TableContents, field: Field, iris: Iris | None) -> dict[str, Any]:
    """Return the values of a column; those of columns that were joined in have no IRIs of their own."""
    home = _enumeration_id(table, field)
    data = [
        {
            f"{home}/value": category.value,
            f"{home}/name": category.label,
            f"{home}/description": category.description,
            **({f"{home}/url": iris.named("value", table.name, field.name, category.value)} if iris else {}),
        }
        for category in field.categories
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": home,
        "name": f"{table.title}: {field.title}",
        "description": f"The values of {field.name}, in the codebook's order.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{home}/value"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": part,
                "name": part.removeprefix(f"{home}/"),
                "dataType": "sc:URL" if part.endswith("/url") else "sc:Text",
            }
            for part in data[0]
        ],
        "data": data,
    }
