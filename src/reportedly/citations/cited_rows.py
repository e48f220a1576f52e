"""Rows of a dataset put into words: whose they are, what they say, through whom it came, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reportedly.citations.works import CitedRow
from reportedly.errors import UnknownNameError
from reportedly.frames.chains import chain
from reportedly.package.about import dataset, sentence
from reportedly.package.errata import refuse_withdrawn
from reportedly.text.digest import sha256_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reportedly.package.package import Package

    Cells = dict[str, str]


class _Said(NamedTuple):
    """What a row says: in words, which claim it hangs on, and the digest of the words of the article behind it."""

    words: str
    claim: str = ""
    sha256: str = ""


def cited_row(home: Package, key: str) -> CitedRow:
    """Return a row of a package.

    Parameters
    ----------
    home
        The package.
    key
        The row's primary key, its parts joined by slashes.

    Returns
    -------
    CitedRow
        Ready to be written down.

    Raises
    ------
    UnknownNameError
        If no row that can be cited has that key.
    WithdrawnError
        If the row that had it was withdrawn.
    """
    for table, say in _SAY.items():
        for name, cells in _keyed(home, table):
            if name == key:
                said = say(home, cells)
                voices = f" ({chain(said.claim, package=home.root)})" if said.claim else ""
                return CitedRow(
                    dataset(home), key, sentence(said.words) + voices, _source(home, table, cells, said), said.sha256
                )
    refuse_withdrawn(home, key)
    raise UnknownNameError("row", key, keys(home))


def keys(home: Package) -> list[str]:
    """List the primary keys of all rows that can be cited."""
    return [name for table in _SAY for name, _ in _keyed(home, table)]


def _keyed(home: Package, table: str) -> Iterator[tuple[str, Cells]]:
    for cells in home.rows(table):
        yield home.table(table).key_text(cells), cells


def _one(home: Package, table: str, key: str) -> Cells:
    """Return the row that a foreign key points to."""
    for name, cells in _keyed(home, table):
        if name == key:
            return cells
    raise KeyError(key)


def _name(home: Package, actor: str) -> str:
    return _one(home, "actors", actor)["name"]


def _source(home: Package, table: str, cells: Cells, said: _Said) -> str:
    """Return the article that a row was coded from: publisher, title, identifier, date, address, as far as the article has them."""
    if said.claim:
        article = _one(home, "articles", _one(home, "claims", said.claim)["article_id"])
    elif table == "articles":
        article = cells
    else:
        return ""
    title = f"“{article['title']}”" if article["title"] else ""
    parts = (
        _name(home, article["publisher_id"]),
        title,
        f"article {article['article_id']}",
        article["published"] or "n.d.",
        article["url"],
    )
    return ", ".join(part for part in parts if part)


def _quote(home: Package, cells: Cells) -> _Said:
    words = f"{_name(home, cells['speaker_id'])}: “{cells['text']}”"
    return _Said(words, cells["claim_id"], sha256_text(cells["text"]))


def _figure(home: Package, cells: Cells) -> _Said:
    holder = _name(home, _one(home, "claims", cells["claim_id"])["holder_id"])
    words = f"{holder}: “{cells['surface']}”, {cells['measures']}"
    return _Said(words, cells["claim_id"], sha256_text(cells["surface"]))


def _demand(home: Package, cells: Cells) -> _Said:
    demander = _one(home, "actors", cells["demander_id"])
    summary = cells["summary"]
    label, colon, rest = summary.partition(": ")
    # Most summaries begin with the demander, under whatever name the article gives; the title names each once.
    names = {demander["name"], demander["short_name"], *demander["aliases"].split("|")}
    if colon and label.casefold() in {name.casefold() for name in names}:
        summary = rest
    claim = _one(home, "claims", cells["claim_id"])
    return _Said(f"{demander['name']}: {summary.removesuffix('.')}", cells["claim_id"], claim["span_sha256"])


def _claim(home: Package, cells: Cells) -> _Said:
    words = f"{_name(home, cells['holder_id'])}: {cells['content'].removesuffix('.')}"
    return _Said(words, cells["claim_id"], cells["span_sha256"])


def _voice(home: Package, cells: Cells) -> _Said:
    """Return what an attribution or a participant says: an actor, what it is to the claim, and the claim."""
    claim = _one(home, "claims", cells["claim_id"])
    role = cells["relation"] if "relation" in cells else cells["part"]
    words = f"{_name(home, cells['actor_id'])} ({role}): {claim['content'].removesuffix('.')}"
    return _Said(words, cells["claim_id"], cells.get("span_sha256", claim["span_sha256"]))


def _article(home: Package, cells: Cells) -> _Said:
    title = f"“{cells['title']}”" if cells["title"] else f"article {cells['article_id']}"
    return _Said(f"{_name(home, cells['publisher_id'])}, {title}", sha256=cells["text_sha256"])


def _actor(_home: Package, cells: Cells) -> _Said:
    return _Said(", ".join(filter(None, (cells["name"], cells["role"]))))


# The tables whose rows can be cited, those first that people cite most.
_SAY: dict[str, Callable[[Package, Cells], _Said]] = {
    "quotes": _quote,
    "demands": _demand,
    "figures": _figure,
    "claims": _claim,
    "actors": _actor,
    "articles": _article,
    "attributions": _voice,
    "participants": _voice,
}
