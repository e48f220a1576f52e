from __future__ import annotations

import pytest

import reportedly
from reportedly.errors import PackageError, UnknownNameError, VersionError, WithdrawnError


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


def test_a_chain_names_its_claim_and_its_voices():
    found = reportedly.chain("tasr-0001.q02")
    claims = reportedly.load("claims").set_index("claim_id")
    assert (found.claim_id, found.content) == ("tasr-0001.c28", claims.loc["tasr-0001.c28", "content"])
    assert [hop.actor_id for hop in found.hops] == ["kremlin", "tasr-0001-the-sources", "bloomberg", "tasr"]


def test_a_chain_cannot_be_changed():
    found = reportedly.chain("tasr-0001.c02")
    with pytest.raises(AttributeError):
        found.claim_id = "other"
    with pytest.raises(AttributeError):
        found.hops[0].name = "other"


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


def test_a_broken_package_is_told_in_one_line(copy):
    copy.replace("attributions", b"claim_id,hop", b"claim_id,place")
    with pytest.raises(PackageError) as caught:
        reportedly.chain("tasr-0001.c02", package=copy.root)
    assert str(caught.value) == (
        f"{copy.file('attributions')}: the header lacks 'hop', and has 'place'; see `reportedly validate`"
    )


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
