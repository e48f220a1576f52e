"""CSL-JSON: what CSL processors and reference managers read.

The format is the input schema of the Citation Style Language 1.0.2 (https://docs.citationstyles.org/en/stable/specification.html, with
https://github.com/citation-style-language/schema/blob/master/schemas/input/csl-data.json).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reportedly.citations.works import CitedRow, dataset_of
from reportedly.package.about import sentence

if TYPE_CHECKING:
    from reportedly.citations.works import Work
    from reportedly.package.about import Creator


def write(work: Work, _form: str) -> str:
    """Return a list of the one item."""
    return json.dumps([item(work)], ensure_ascii=False, indent=2)


def item(work: Work) -> dict[str, Any]:
    """Return a work as a CSL item.

    A row is a dataset inside the dataset: that is what styles print as a part of a larger work. What a reader also needs to know goes where styles print
    the history of a source, so that the digest and the missing DOI reach the reference list.
    """
    about = dataset_of(work)
    found: dict[str, Any] = {"id": work.key, "type": "dataset"}
    if isinstance(work, CitedRow):
        found |= {"title": work.title, "container-title": about.title, "number": work.id, "genre": "data set row"}
        found |= {"note": work.proof}
    else:
        found |= {"title": about.title, "genre": "data set"}
        found |= {"abstract": about.description, "keyword": ", ".join(about.keywords)}
    found |= {
        "author": [_name(creator) for creator in about.creators],
        "issued": {"date-parts": [[about.date.year, about.date.month, about.date.day]]} if about.date else {},
        "version": about.version,
        "references": sentence(work.remark),
        "DOI": about.doi,
        "URL": about.url,
    }
    return {name: value for name, value in found.items() if value}


def _name(creator: Creator) -> dict[str, str]:
    if not creator.family:
        return {"literal": creator.name}
    return {"family": creator.family, **({"given": creator.given} if creator.given else {})}
