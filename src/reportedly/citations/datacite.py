"""DataCite JSON, what repositories register a DOI with.

The format is the metadata schema 4.5 (https://datacite-metadata-schema.readthedocs.io/en/4.5/) in the JSON of the DataCite REST API. That schema asks for no DOI
in the JSON: without one, the identifiers that there are stand as alternate ones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reportedly.citations.works import dataset_of
from reportedly.errors import PackageError
from reportedly.package.about import Dataset, sentence

if TYPE_CHECKING:
    from reportedly.citations.works import CitedRow, Work
    from reportedly.package.about import Creator, Licence

_SPDX = "https://spdx.org/licenses/"
# What the schema provides where it asks for a value that is not there (its appendix 3).
_UNAVAILABLE = ":unav"
# A kind of identifier that the schema has no name for.
_OTHER = "Other"


def write(work: Work, _form: str) -> str:
    """Return the metadata as one object.

    Raises
    ------
    PackageError
        If the descriptor has no date: the schema requires the year.
    """
    about = dataset_of(work)
    if about.date is None:
        raise PackageError(
            "DataCite requires the year of publication; add the time of the version to datapackage.json as `created`."
        )
    found = {
        **(_of_dataset(work) if isinstance(work, Dataset) else _of_row(work)),
        "creators": [_name(creator) for creator in about.creators] or [{"name": _UNAVAILABLE}],
        "titles": [{"title": work.title}],
        "publisher": {"name": about.publisher or _UNAVAILABLE},
        "publicationYear": f"{about.date.year:04}",
        "dates": [{"date": about.date.isoformat(), "dateType": "Issued"}],
        "version": about.version,
        "url": about.url,
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    return json.dumps({name: value for name, value in found.items() if value}, ensure_ascii=False, indent=2)


def _of_dataset(about: Dataset) -> dict[str, Any]:
    other = {"alternateIdentifier": about.identifier, "alternateIdentifierType": _kind(about.identifier)}
    return {
        "doi": about.doi,
        "alternateIdentifiers": [other] if about.identifier else [],
        "types": {"resourceType": "Data set", "resourceTypeGeneral": "Dataset"},
        "formats": ["text/csv"],
        "subjects": [{"subject": word} for word in about.keywords],
        "rightsList": [_rights(licence) for licence in about.licences],
        "descriptions": _descriptions(Abstract=about.description, Other=sentence(about.remark)),
    }


def _of_row(row: CitedRow) -> dict[str, Any]:
    """Return what only a row has. A licence is none of it: the words of others in it are not the dataset's to license."""
    about = row.dataset
    kind = "DOI" if about.doi else _kind(about.identifier)
    whole: dict[str, Any] = {
        "relationType": "IsPartOf",
        "relatedItemType": "Dataset",
        "titles": [{"title": about.title}],
    }
    if kind != _OTHER:
        whole["relatedItemIdentifier"] = {
            "relatedItemIdentifier": about.doi or about.identifier,
            "relatedItemIdentifierType": kind,
        }
    identifiers = {"Primary key": row.id, "SHA-256": row.sha256}
    return {
        "alternateIdentifiers": [
            {"alternateIdentifier": value, "alternateIdentifierType": name}
            for name, value in identifiers.items()
            if value
        ],
        "types": {"resourceType": "Data set row", "resourceTypeGeneral": "Dataset"},
        "relatedItems": [whole],
        "descriptions": _descriptions(Other=sentence(row.remark)),
    }


def _kind(identifier: str) -> str:
    """Return what the schema calls a kind of identifier."""
    scheme = identifier.partition(":")[0].lower()
    return {"urn": "URN", "http": "URL", "https": "URL"}.get(scheme, _OTHER)


def _rights(licence: Licence) -> dict[str, str]:
    found = {"rights": licence.words, "rightsUri": licence.address}
    if licence.name:
        found |= {"rightsIdentifier": licence.name, "rightsIdentifierScheme": "SPDX", "schemeUri": _SPDX}
    return {name: value for name, value in found.items() if value}


def _descriptions(**texts: str) -> list[dict[str, str]]:
    return [{"description": text, "descriptionType": kind} for kind, text in texts.items() if text]


def _name(creator: Creator) -> dict[str, Any]:
    if not creator.family:
        return {"name": creator.name, "nameType": "Organizational"}
    name = ", ".join(part for part in (creator.family, creator.given) if part)
    parts = {"familyName": creator.family, **({"givenName": creator.given} if creator.given else {})}
    return {"name": name, "nameType": "Personal", **parts}
