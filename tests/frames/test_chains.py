from __future__ import annotations

import pytest

import reportedly
from reportedly.errors import UnknownNameError, VersionError, WithdrawnError


def test_a_chain_tells_each_hop():
    found = reportedly.chain("tasr-0001.c28")
    assert (found.claim_id, found.content) == ("tasr-0001.c28", reportedly.load("claims")["content"][27])
    assert [(hop.hop, hop.actor_id, hop.name, hop.relation, hop.basis, hop.cue) for hop in found.hops] == [
        (1, "kremlin", "Kremlin", "holds", "explicit", "open to"),
        (2, "tasr-0001-the-sources", "the sources", "states", "explicit", "said"),
        (3, "bloomberg", "Bloomberg", "reports", "inferred", "cited"),
        (4, "tasr", "TASR", "publishes", "inferred", "reports"),
    ]


@pytest.mark.parametrize("facet", ["tasr-0001.d12", "tasr-0001.q02", "tasr-0001.f09"])
def test_the_chain_of_a_demand_quotation_or_figure_is_its_claims(facet):
    assert reportedly.chain(facet) == reportedly.chain("tasr-0001.c28")


@pytest.mark.parametrize(
    ("claim", "kind"), [("tasr-0001.c99", "claim"), ("tasr-0001.d99", "demand"), ("nonsense", "claim"), ("", "claim")]
)
def test_an_unknown_claim_is_told(claim, kind):
    with pytest.raises(UnknownNameError, match=f"There is no {kind} '{claim}'"):
        reportedly.chain(claim)


def test_what_was_withdrawn_is_told_so(copy):
    copy.errata()
    with pytest.raises(WithdrawnError, match=r"tasr-0001\.d21 was withdrawn in 0\.2\.0: "):
        reportedly.chain("tasr-0001.d21", package=copy.root)


def test_the_chain_of_another_package_is_its_own(copy):
    copy.set("actors", "bloomberg", short_name="The Terminal")
    assert str(reportedly.chain("tasr-0001.c02", package=copy.root)) == "Putin ← unnamed sources ← The Terminal ← TASR"


def test_the_chain_of_an_earlier_version_is_as_it_was():
    first = reportedly.versions()[0]
    assert str(reportedly.chain("tasr-0001.c02", version=first)) == "Putin ← unnamed sources ← Bloomberg ← TASR"
    with pytest.raises(UnknownNameError, match="There is no version"):
        reportedly.chain("tasr-0001.c02", version="0.0.0")
    with pytest.raises(VersionError, match="a package or a version, not both"):
        reportedly.chain("tasr-0001.c02", package="here", version=first)


def test_a_frame_shows_the_chain_behind_each_row(copy):
    assert reportedly.flat("demands")["chain"][0] == "Putin ← unnamed sources ← Bloomberg ← TASR"
    # A voice that no actor names is shown by its identifier.
    copy.set("attributions", "c02/2", actor_id="nobody-knows")
    shown = reportedly.flat("demands", package=copy.root)["chain"][0]
    assert shown == "Putin ← nobody-knows ← Bloomberg ← TASR"


def test_what_is_no_text_is_no_claim(copy):
    copy.write("claims", copy.rows("claims")[:2])
    with pytest.raises(UnknownNameError) as caught:
        reportedly.chain(5, package=copy.root)
    assert str(caught.value) == "There is no claim '5'. There are: tasr-0001.c01, tasr-0001.c02."
