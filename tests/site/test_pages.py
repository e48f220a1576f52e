"""Pages that follow from schemas, data and rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportedly.cli.app import main
from reportedly.model.schema import Field
from reportedly.site.pages import DocsError, Pages, filled

ROOT = Path(__file__).parents[2]


def test_every_generated_page_is_what_is_generated():
    assert [path.name for path, text in Pages(ROOT, main) if path.read_text(encoding="utf-8") != text] == []


def test_a_value_that_no_row_has_needs_an_example():
    pages = Pages(ROOT, main)
    field = {"name": "stance", "categories": [{"value": "wish", "label": "Wish", "description": "It would be nice."}]}
    with pytest.raises(DocsError, match=r"demands.stance: no row has the value 'wish'. Give its category an example"):
        pages.values("demands", Field.from_descriptor(field))
    field["categories"][0]["example"] = "If only."
    assert "| `wish` | Wish | It would be nice. | If only. *(constructed)* |" in pages.values(
        "demands", Field.from_descriptor(field)
    )


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "page.md: has blocks none. Expected: a, each once"),
        ("<!-- begin generated: b -->", "page.md: has blocks b. Expected: a, each once"),
        ("<!-- begin generated: a -->\n<!-- begin generated: a -->", "page.md: has blocks a. Expected: a, each once"),
        ("<!-- begin generated: a -->", "page.md: the block a does not end"),
    ],
)
def test_a_page_whose_marks_do_not_fit_is_refused(page, message):
    with pytest.raises(DocsError) as caught:
        filled(page, {"a": str}, "page.md")
    assert str(caught.value) == message


def test_what_is_between_the_marks_is_replaced_and_nothing_else():
    page = "Before.\n\n<!-- begin generated: a -->\n\nold\n\n<!-- end generated: a -->\n\nAfter.\n"
    assert filled(page, {"a": lambda: "new"}, "page.md") == page.replace("old", "new")
