"""Where words begin and end, in news of several languages."""

from __future__ import annotations

import pytest

from reportedly.text.boundaries import is_boundary, may_be_boundaries


def words(text):
    """Return a text with a bar at each of its boundaries."""
    return "".join("|" * is_boundary(text, at) + text[at : at + 1] for at in range(len(text) + 1))


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("Trump’s talks", "|Trump|’|s| |talks|"),
        ("l’accord can't", "|l|’|accord| |can|'|t|"),
        ("Mayfair in May", "|Mayfair| |in| |May|"),
        ("200 20,000 20.5", "|200| |20,000| |20.5|"),
        ("-20 −20 +20 –20 (-20)", "|-20| |−20| |+20| |–20| |(|-20|)|"),
        ("F-16 10-20 sum—20", "|F|-|16| |10|-|20| |sum|—|20|"),
        ("-$20 $-20 .5 -.5", "|-$|20| |$|-20| |.5| |-.5|".replace("$|20|", "$20|")),
        ("20½ 10² 20'000 20’000", "|20½| |10²| |20'000| |20’000|"),
        ("20 000 troops, 2022 300", "|20 000| |troops|,| |2022| |300|"),
        ("1\u00a0234\u202f567", "|1\u00a0234\u202f567|"),
        ("20th 20m ’90s", "|20th| |20m| |’|90s|"),
        ("停火20人カナひらがな", "|停|火|20|人|カ|ナ|ひ|ら|が|な|"),
        ("二百二十人 20万 ２００", "|二百二十|人| |20万| |２００|"),
        ("ภาษาที่ไทย", "|ภ|า|ษ|า|ที่|ไ|ท|ย|"),
        ("क्या है 한국어는", "|क्या| |है| |한국어는|"),
        ("cafe\u0301s", "|cafe\u0301s|"),
        ("", "|"),
    ],
)
def test_word_boundaries(text, bounds):
    assert words(text) == bounds
    found = may_be_boundaries(text)
    assert len(found) == len(text) + 1
    assert all(found[at] for at in range(len(text) + 1) if is_boundary(text, at))
