"""BibTeX and BibLaTeX.

The formats are those of btxdoc (https://ctan.org/pkg/bibtex) and of the manual of biblatex (https://ctan.org/pkg/biblatex).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pylatexenc.latexencode import (
    RULE_DICT,
    RULE_REGEX,
    UnicodeToLatexConversionRule,
    UnicodeToLatexEncoder,
)

from reportedly.citations.works import CitedRow, dataset_of
from reportedly.package.about import Dataset, joined, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportedly.citations.works import Work

_MARKS = {"“": "``", "”": "''", "‘": "`", "’": "'"}
# Behind these a straight mark opens, unless something closes behind it: white space, brackets, dashes and opening marks.
_OPENS = re.compile(r"[\s(\[{<«‹„‚“‘¿¡/=–—-]")
# Before these a straight mark closes.
_CLOSES = re.compile(r"[\s)\]}>»›”’.,;:!?…/=–—-]")
_DASHES = {"-": "-", "–": "--", "—": "---"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENCODER = UnicodeToLatexEncoder(
    conversion_rules=[
        # Two marks or dashes in a row would run together into others, as would a question mark with an opening mark.
        UnicodeToLatexConversionRule(
            RULE_REGEX,
            [
                *((re.compile(f"{mark}(?=[“”‘’'`])"), f"{to}{{}}") for mark, to in {**_MARKS, "'": "'"}.items()),
                *((re.compile(f"{mark}(?=[-–—])"), f"{to}{{}}") for mark, to in _DASHES.items()),
                (re.compile(r"([?!])(?=[“‘])"), r"\1{}"),
                (re.compile(r",(?=,)"), ",{}"),
                # Their commands are known to few documents, the letters to all that can print them.
                (re.compile(r"([Ѐ-ӿ]+)"), r"\1"),
            ],
        ),
        UnicodeToLatexConversionRule(
            RULE_DICT,
            {
                ord(character): command
                for character, command in {
                    **_MARKS,
                    **_DASHES,
                    "…": r"\dots{}",
                    "`": r"{\textasciigrave}",
                    "\u202f": r"\,",
                    # In mathematics every LaTeX has it, old or new.
                    "←": r"$\leftarrow$",
                    # Programs count braces even behind a backslash.
                    "{": r"{\textbraceleft}",
                    "}": r"{\textbraceright}",
                    # LaTeX's own fonts have a dash in its place.
                    "|": "$|$",
                }.items()
            },
        ),
        "defaults",
    ],
    unknown_char_policy="keep",
    unknown_char_warning=False,
)
# In an address these would end the field or begin a command.
_IN_ADDRESS = {ord("{"): "%7B", ord("}"): "%7D", ord("\\"): "%5C"}


def write(work: Work, form: str) -> str:
    """Return an entry."""
    kind, fields = {"bibtex": _bibtex, "biblatex": _biblatex}[form](work)
    lines = [f"  {name} = {value}," for name, value in fields.items() if value.strip("{}")]
    return "\n".join([f"@{kind}{{{work.key},", *lines, "}"])


def _bibtex(work: Work) -> tuple[str, dict[str, str]]:
    """Return an entry for the styles of bibtex, which know neither datasets nor versions and print neither DOI nor address."""
    about = dataset_of(work)
    if isinstance(work, CitedRow):
        form = f"Data set row {work.id} of “{about.title}”, version {about.version}"
        note = joined(sentence(work.remark), about.link)
    else:
        form = "Data set"
        note = joined(f"Version {about.version}", work.remark, about.link)
    return "misc", {
        **_shared(work),
        "howpublished": _text(form),
        "year": f"{{{about.date.year}}}" if about.date else "",
        "month": _MONTHS[about.date.month - 1] if about.date else "",
        "note": _text(note),
        "annote": _text(work.proof) if isinstance(work, CitedRow) else "",
        **_for_programs(work),
    }


def _biblatex(work: Work) -> tuple[str, dict[str, str]]:
    """Return an entry for biblatex, whose type for datasets came with its version 3.13."""
    about = dataset_of(work)
    row = work if isinstance(work, CitedRow) else None
    return "dataset", {
        **_shared(work),
        "titleaddon": _text(f"Data set row {row.id} of “{about.title}”") if row else "",
        "type": _text("" if row else "Data set"),
        "date": f"{{{about.date}}}" if about.date else "",
        "version": _text(about.version),
        "addendum": _text(sentence(work.remark)),
        "annotation": _text(row.proof) if row else "",
        **_for_programs(work),
    }


def _shared(work: Work) -> dict[str, str]:
    about = dataset_of(work)
    return {
        "author": f"{{{' and '.join(_names(about))}}}",
        # The second pair of braces keeps the capitals as they are.
        "title": f"{{{_text(about.title if isinstance(work, Dataset) else work.title)}}}",
    }


def _for_programs(work: Work) -> dict[str, str]:
    """Return the fields that are there to search by and to follow; DOI and address are read to the letter."""
    about = dataset_of(work)
    return {
        "keywords": _text(", ".join(about.keywords) if isinstance(work, Dataset) else ""),
        "doi": f"{{{about.doi.translate(_IN_ADDRESS)}}}",
        "url": f"{{{about.url.translate(_IN_ADDRESS)}}}",
    }


def _names(about: Dataset) -> Iterable[str]:
    for one in about.creators:
        # Braces keep a group's name in one piece.
        yield ", ".join(filter(None, (_encoded(one.family), _encoded(one.given)))) if one.family else _text(one.name)


def _text(text: str) -> str:
    return f"{{{_encoded(text)}}}"


def _encoded(text: str) -> str:
    # A no-break space is none that a line may end at.
    return str(_ENCODER.unicode_to_latex(_curly(" ".join(re.split(r"[^\S\xa0\u202f]+", text.strip())))))


def _curly(text: str) -> str:
    """Return a text whose straight quotation marks are opening and closing ones: in LaTeX a straight double mark always closes."""
    found: list[str] = []
    is_open = False
    for at, mark in enumerate(text):
        if mark == '"':
            before, after = "".join(found[-1:]) or " ", text[at + 1 : at + 2] or " "
            opens, closes = bool(_OPENS.match(before)), bool(_CLOSES.match(after))
            # Where its neighbours do not say it, as in scripts without spaces, a mark closes what is open.
            is_open = opens if opens != closes else not is_open
            found.append("“" if is_open else "”")
        else:
            found.append(mark)
    # A pair of single marks around words; any other is an apostrophe.
    return re.sub(r"(?<![\w'])'(?=[^\s\d'])([^']*(?:\w'\w[^']*)*)(?<=\S)'(?![\w'])", r"‘\1’", "".join(found))
