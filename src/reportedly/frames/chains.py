"""Chains of voices, derived from ``attributions`` and never stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportedly.errors import UnknownNameError
from reportedly.package.errata import refuse_withdrawn
from reportedly.package.package import package_errors
from reportedly.package.resolve import open_package

if TYPE_CHECKING:
    import os

    from reportedly.package.package import Package

ARROW = " ← "


@dataclass(frozen=True)
class Hop:
    """One voice of a chain.

    Parameters
    ----------
    hop
        Place in the chain, 1 for the origin.
    actor_id, name
        Who it is.
    relation
        What the voice does: holds, states, reports or publishes.
    basis
        ``explicit`` where the article names the voice for this claim, else ``inferred``.
    cue
        The article's word that carries the attribution, empty where there is none.
    """

    hop: int
    actor_id: str
    name: str
    relation: str
    basis: str
    cue: str


@dataclass(frozen=True)
class Chain:
    """The voices through which a claim reached the reader; ``str()`` gives the readable chain.

    Parameters
    ----------
    claim_id
        The claim.
    content
        The claim in our words.
    hops
        The voices, from the origin out to the publisher.
    """

    claim_id: str
    content: str
    hops: tuple[Hop, ...]

    def __str__(self) -> str:
        return ARROW.join(hop.name for hop in self.hops)


def chain(claim: str, *, package: str | os.PathLike[str] | None = None, version: str | None = None) -> Chain:
    """Return the chain of voices behind a claim.

    Parameters
    ----------
    claim
        A claim's identifier, such as ``"tasr-0001.c02"``, or that of a demand, quotation or figure.
    package
        A folder that holds another data package of this format; the shipped one by default.
    version
        A version of the shipped dataset that `reportedly.versions` lists; the installed one by default. Not together with ``package``.

    Returns
    -------
    Chain
        Printable, and iterable through ``hops``.

    Raises
    ------
    UnknownNameError
        If nothing has that identifier, or there is no such version.
    VersionError
        If both ``package`` and ``version`` are given.
    WithdrawnError
        If what had it was withdrawn; the message says in which version, why, and what replaces it.

    Examples
    --------
    >>> import reportedly
    >>> print(reportedly.chain("tasr-0001.c02"))
    Putin ← unnamed sources ← Bloomberg ← TASR
    """
    home = open_package(package, version)
    with package_errors(home):
        return _chain(claim, home)


def _elsewhere(key: str, home: Package) -> str:
    """Return in which table without chains a key is, as a sentence, empty if in none."""
    for table in home.format:
        has_chains = "claims" in {table.name, table.roles.facet_of}
        if not has_chains and any(table.key_text(row).casefold() == key.casefold() for row in home.rows(table.name)):
            return f"That is a row of {table.name}; claims, demands, quotes and figures have chains."
    return ""


def _chain(claim: str, home: Package) -> Chain:
    claims = {row["claim_id"]: row["content"] for row in home.rows("claims")}
    claim_id = claim = str(claim)
    kind, known = "claim", list(claims)
    facets = {table.name[0]: table for table in home.format if table.roles.facet_of == "claims"}
    # However it is separated from the rest: what is no identifier may be meant for one.
    if letters := re.findall(rf"(?<![a-z])([{''.join(facets)}])[^a-z0-9]*[0-9]+", claim, re.IGNORECASE):
        table = facets[letters[-1].lower()]
        kind = table.key[0].removesuffix("_id")
        claims_of = {row[table.key[0]]: row["claim_id"] for row in home.rows(table.name)}
        claim_id, known = claims_of.get(claim, claim), list(claims_of)
    if claim_id not in claims:
        refuse_withdrawn(home, claim)
        raise UnknownNameError(kind, claim, known, _elsewhere(claim, home))
    actors = {row["actor_id"]: row["short_name"] for row in home.rows("actors")}
    rows = sorted(
        (row for row in home.rows("attributions") if row["claim_id"] == claim_id), key=lambda row: int(row["hop"])
    )
    hops = tuple(
        Hop(int(row["hop"]), row["actor_id"], actors[row["actor_id"]], row["relation"], row["basis"], row["cue"])
        for row in rows
    )
    return Chain(claim_id, claims[claim_id], hops)
