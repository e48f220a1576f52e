from __future__ import annotations

import pytest

import reportedly
from reportedly.errors import UnknownNameError


def test_a_chain_prints_from_the_origin_to_the_publisher():
    assert str(reportedly.chain("tasr-0001.c02")) == "Putin ← unnamed sources ← Bloomberg ← TASR"


def test_a_chain_tells_each_hop():
    hops = reportedly.chain("tasr-0001.c28").hops
    assert [(hop.hop, hop.name, hop.relation, hop.basis, hop.cue) for hop in hops] == [
        (1, "Kremlin", "holds", "explicit", "open to"),
        (2, "the sources", "states", "explicit", "said"),
        (3, "Bloomberg", "reports", "inferred", "cited"),
        (4, "TASR", "publishes", "inferred", "reports"),
    ]


@pytest.mark.parametrize("facet", ["tasr-0001.d12", "tasr-0001.q02", "tasr-0001.f09"])
def test_the_chain_of_a_demand_quotation_or_figure_is_its_claims(facet):
    assert reportedly.chain(facet) == reportedly.chain("tasr-0001.c28")


@pytest.mark.parametrize("claim", ["tasr-0001.c99", "tasr-0001.d99", "nonsense", ""])
def test_an_unknown_claim_is_told(claim):
    with pytest.raises(UnknownNameError, match="There is no claim"):
        reportedly.chain(claim)
