"""APA, 7th edition (https://apastyle.apa.org): the style that a citation has unless another is asked for, without any library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.citations.works import CitedRow
from reportedly.package.about import apa

if TYPE_CHECKING:
    from reportedly.citations.works import Work


def write(work: Work, _form: str) -> str:
    """Return the reference as a line of plain text."""
    if not isinstance(work, CitedRow):
        return work.citation
    about = work.dataset
    whole = f"In {about.title} (Data Set Row {work.id}; Version {about.version})"
    title = work.title if work.title.endswith((".", "?", "!")) else f"{work.title}."
    return apa(about, f"{title} {whole}", work.remark)
