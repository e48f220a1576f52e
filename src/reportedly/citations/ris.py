"""RIS, the tagged lines that reference managers exchange.

Tags as the type DATA has them (https://en.wikipedia.org/wiki/RIS_(file_format), after the specification of Research Information Systems).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportedly.citations.works import CitedRow, dataset_of
from reportedly.package.about import sentence

if TYPE_CHECKING:
    from reportedly.citations.works import Work
    from reportedly.package.about import Creator


def write(work: Work, _form: str) -> str:
    """Return a record."""
    about = dataset_of(work)
    row = work if isinstance(work, CitedRow) else None
    tags = [
        ("TY", "DATA"),
        ("ID", work.key),
        *(("AU", _name(creator)) for creator in about.creators),
        ("TI", work.title),
        ("T2", about.title if row else ""),
        ("AN", row.id if row else ""),
        ("M3", "data set row" if row else "data set"),
        ("ET", about.version),
        ("PY", f"{about.date.year}" if about.date else ""),
        ("DA", f"{about.date:%Y/%m/%d}" if about.date else ""),
        ("AB", "" if row else about.description),
        *(("KW", word) for word in about.keywords if not row),
        ("N1", sentence(work.remark)),
        ("N1", row.proof if row else ""),
        ("DO", about.doi),
        ("UR", about.url),
    ]
    # A value is one line: the format has no way to go on in the next.
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in tags if value]
    return "\n".join([*lines, "ER  - "])


def _name(creator: Creator) -> str:
    return ", ".join(part for part in (creator.family, creator.given) if part) if creator.family else creator.name
