"""The formats in which a citation can be had. Listing them imports none of what they need."""

from __future__ import annotations

from typing import NamedTuple


class CitationFormat(NamedTuple):
    """A format of citations.

    Attributes
    ----------
    name
        What users call it.
    title
        What it is, in a few words.
    module
        The module of this package that writes it.
    """

    name: str
    title: str
    module: str


FORMATS = {
    form.name: form
    for form in (
        CitationFormat("apa", "APA, 7th edition", "apa"),
        CitationFormat("chicago", "Chicago, 18th edition, author-date", "styles"),
        CitationFormat("apsa", "American Political Science Association", "styles"),
        CitationFormat("harvard", "Harvard, as in Cite Them Right", "styles"),
        CitationFormat("ieee", "IEEE", "styles"),
        CitationFormat("bibtex", "BibTeX, for LaTeX with bibtex", "bibtex"),
        CitationFormat("biblatex", "BibLaTeX, for LaTeX with biber", "bibtex"),
        CitationFormat("ris", "RIS, for reference managers", "ris"),
        CitationFormat("csl-json", "CSL-JSON, for Zotero, Pandoc and CSL processors", "csl_json"),
        CitationFormat("datacite", "DataCite JSON, metadata schema 4.5, for repositories", "datacite"),
    )
}
