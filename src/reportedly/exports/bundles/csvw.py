"""CSV on the Web (https://www.w3.org/TR/tabular-metadata/): the tables as CSV, and one metadata file with types, keys and meanings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reportedly.exports.bundles.folder import put_json, put_tables
from reportedly.exports.linked_data.iris import EDTF, Iris

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from reportedly.exports.bundles.folder import File
    from reportedly.model.schema import Field, ForeignKey
    from reportedly.package.contents import Contents, TableContents

METADATA = "csv-metadata.json"
# Table Schema's constraint → CSVW's.
_LIMITS = {"minimum": "minimum", "maximum": "maximum", "minLength": "minLength", "maxLength": "maxLength"}


def losses(contents: Contents) -> list[str]:
    """Return what the format cannot hold."""
    found = [
        "CSVW has no enumerations: a pattern allows their values; labels, descriptions and order are in dc:conformsTo of the column.",
        "CSVW has no unique columns beside the primary key.",
        "Rules across columns and tables stay in the codebook.",
    ]
    blank = [
        f"{table.name}.{key.field}"
        for table in contents.tables
        for key in table.foreign_keys
        if _has_blanks(table, key)
    ]
    if blank:
        found.append(
            f"Columns with blanks are no foreign keys, since csvwvalidate would refuse these; dc:references names their table: {', '.join(blank)}."
        )
    return found


def write(contents: Contents, target: Path) -> None:
    """Write the tables and their metadata into a folder."""
    files = put_tables(contents, target)
    iris = Iris(contents.package)
    tables = [_table(table, files[table.name].path, contents, iris) for table in contents.tables]
    put_json(target, METADATA, _group(contents, iris, files.values()) | {"tables": tables})


def _group(contents: Contents, iris: Iris, files: Iterable[File]) -> dict[str, Any]:
    """Return what is reported of all tables."""
    dataset = contents.dataset
    found = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@id": iris.dataset,
        "dc:title": dataset.title,
        "dc:description": dataset.description,
        "schema:version": dataset.version,
        "dc:issued": {"@value": contents.created.date().isoformat(), "@type": "xsd:date"},
        "dc:creator": [one.name for one in dataset.creators],
        "dc:publisher": dataset.publisher,
        "dc:identifier": iris.dataset,
        "dc:license": [{"@id": one.address} if one.address else one.words for one in dataset.licences],
        "dc:bibliographicCitation": dataset.citation,
        "dc:subject": list(dataset.keywords),
        "dc:source": list(dataset.sources),
        "dcat:distribution": [
            {"@id": file.path, "@type": "dcat:Distribution", "dcat:mediaType": "text/csv", "dcat:byteSize": file.size}
            for file in files
        ],
        "notes": [{"rdfs:comment": f"Form: {contents.about['Form']}."}],
        "dialect": {
            "encoding": "utf-8",
            "lineTerminators": ["\n"],
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
            "headerRowCount": 1,
        },
        "null": "",
    }
    # An empty list or text would say that there is none, where the descriptor says nothing.
    return {name: value for name, value in found.items() if value != [] and (value or name == "null")}


def _table(table: TableContents, url: str, contents: Contents, iris: Iris) -> dict[str, Any]:
    own = contents.package.table(table.name)
    loose = {
        key.field: {"dc:references": {"@id": f"{key.table}.csv"}}
        for key in table.foreign_keys
        if _has_blanks(table, key)
    }
    return {
        "url": url,
        "dc:title": table.title,
        "dc:description": table.description,
        "tableSchema": {
            "columns": [
                _column(field, table.name, iris if field.name in own else None) | loose.get(field.name, {})
                for field in table.fields
            ],
            "primaryKey": list(table.key),
            "foreignKeys": [_foreign_key(key) for key in table.foreign_keys if not _has_blanks(table, key)],
        },
    }


def _has_blanks(table: TableContents, reference: ForeignKey) -> bool:
    return not all(row[reference.field] for row in table.rows)


def _foreign_key(reference: ForeignKey) -> dict[str, Any]:
    return {
        "columnReference": [reference.field],
        "reference": {"resource": f"{reference.table}.csv", "columnReference": [reference.target]},
    }


def _column(field: Field, table: str, iris: Iris | None) -> dict[str, Any]:
    """Return a column; those that were joined in have no IRIs of their own."""
    constraints = field.constraints
    column: dict[str, Any] = {
        "name": field.name,
        # The header is among the titles, since readers hold the file's header against these.
        "titles": [field.name, field.title],
        "dc:description": field.description,
        "datatype": _datatype(field, constraints),
    }
    optional = {
        "skos:scopeNote": field.coding,
        "required": field.is_required,
        "separator": field.delimiter if field.type == "list" else "",
        "ordered": field.type == "list",
        "dc:conformsTo": _scheme(field, table, iris) if field.categories else {},
    }
    return column | {name: value for name, value in optional.items() if value}


def _datatype(field: Field, constraints: Mapping[str, Any]) -> dict[str, Any]:
    """Return a column's datatype; that of a list is the type of its items."""
    if field.type == "date":
        return {"base": "date", "format": "yyyy-MM-dd"}
    if field.type == "boolean":
        return {"base": "boolean", "format": "true|false"}
    datatype: dict[str, Any] = {"base": field.type if field.type in {"integer", "number"} else "string"}
    if field.is_edtf:
        datatype["@id"] = EDTF
    pattern = "|".join(map(re.escape, constraints["enum"])) if "enum" in constraints else constraints.get("pattern")
    if pattern:
        datatype["format"] = f"^(?:{pattern})$"
    return datatype | {theirs: constraints[ours] for ours, theirs in _LIMITS.items() if ours in constraints}


def _scheme(field: Field, table: str, iris: Iris | None) -> dict[str, Any]:
    """Return an enumeration as a concept scheme of SKOS (https://www.w3.org/TR/skos-reference/)."""
    name = field.name
    return {
        **({"@id": iris.named("value", table, name)} if iris else {}),
        "@type": "skos:ConceptScheme",
        "skos:hasTopConcept": [
            {
                **({"@id": iris.named("value", table, name, category.value)} if iris else {}),
                "@type": "skos:Concept",
                "skos:notation": category.value,
                "skos:prefLabel": category.label,
                "skos:definition": category.description,
            }
            for category in field.categories
        ],
    }
