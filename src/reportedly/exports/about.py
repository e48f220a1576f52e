"""What a file says of itself, for readers who have nothing else: title, version, licence and how to cite it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportedly.exports.prepare import Build


def authors(build: Build) -> str:
    """Return the names of those who made the dataset."""
    return ", ".join(one.name for one in build.dataset.creators)


def licence(build: Build) -> str:
    """Return the package's licences, each with where its text is."""
    return "; ".join(", ".join(dict.fromkeys(filter(None, (one.words, one.url)))) for one in build.dataset.licences)


def about(build: Build) -> dict[str, str]:
    """Return what a reader who has nothing but the file needs to know.

    Parameters
    ----------
    build
        What is exported.

    Returns
    -------
    dict of str
        By its heading, in the order in which to show it; without what the descriptor does not say.
    """
    dataset = build.dataset
    found = {
        "Title": dataset.title,
        "Version": dataset.version,
        "Released": build.created.date().isoformat(),
        "Form": "flat: names, chains, articles and evidence joined in" if build.is_flat else "tables as they are",
        "Publisher": dataset.publisher,
        "Identifier": dataset.iri,
        "Licence": licence(build),
        "Cite as": dataset.citation,
        "Description": dataset.description,
    }
    return {heading: text for heading, text in found.items() if text}
