"""Cells as Markdown: what two independent readers of it show is the cell."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import reportedly
from reportedly.text.markdown import code, escape, table

markdown = pytest.importorskip("markdown")
markdown_it = pytest.importorskip("markdown_it")
hypothesis = pytest.importorskip("hypothesis")
strategies = hypothesis.strategies

READERS = {
    "markdown-it": lambda text: markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text),
    "Python-Markdown": lambda text: markdown.markdown(text, extensions=["tables"]),
}
CELLS = [
    "The f*** word, <b>bold</b>, a|b and 2*3*4",
    r"a\|b \* c:\new\ \\",
    "`code` ``two`` | ```",
    "_em_ __strong__ a_b snake_case __init__ _a __b__ c_",
    "~~struck~~ ~once~ 2024~",
    "[link](x) ![image](y) [^1] [ref]: z <https://example.org/a_b?c=d&e=f>",
    "https://example.org/a_b_c?x=*1*&amp;y www.example.org/a_b, jane_roe@example.org",
    "&amp; &lt; &#42; AT&T R&D;",
    "  spaces around\t",
    "# 1. - + > ---",
    "one\ntwo\r\n<br>",
    "",
]


class _Cells(HTMLParser):
    """The text of each cell, with line breaks, and every element in cells."""

    def __init__(self, page):
        super().__init__()
        self.cells, self.tags, self._in = [], set(), False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, _attributes):
        if tag in {"td", "th"}:
            self.cells.append("")
            self._in = True
        elif self._in:
            self.tags.add(tag)
            self.cells[-1] += "\n" if tag == "br" else ""

    def handle_endtag(self, tag):
        self._in = self._in and tag not in {"td", "th"}

    def handle_data(self, data):
        if self._in:
            self.cells[-1] += data


def shown(reader, *cells):
    found = _Cells(READERS[reader](table(["head"] * len(cells), [cells])))
    return found.cells[len(cells) :], found.tags


def as_read(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", CELLS)
def test_a_reader_shows_the_cell_as_it_is(reader, text):
    cells, tags = shown(reader, escape(text), "next")
    assert (cells, tags - {"br"}) == ([as_read(text), "next"], set())
    if text:
        cells, tags = shown(reader, code(text), "next")
        assert (cells, tags - {"br"}) == ([as_read(text), "next"], {"code"})


@hypothesis.given(strategies.text(strategies.sampled_from("a1 _*~`|\\<>[]()&;#!:/.@w\n\u00a0é"), max_size=14))
@hypothesis.settings(deadline=None)
def test_a_reader_shows_any_cell_as_it_is(text):
    cells, tags = shown("markdown-it", escape(text), "next")
    assert (cells, tags - {"br"}) == ([as_read(text), "next"], set())


def test_every_writer_of_markdown_escapes_its_cells(copy):
    from click.testing import CliRunner

    from reportedly.cli.app import main

    words = CELLS[0]
    copy.set("claims", 2, note=words)
    command = [
        "show",
        "claims",
        "--package",
        str(copy.root),
        "--columns",
        "note",
        "--limit",
        "1",
        "--format",
        "markdown",
    ]
    pages = [CliRunner().invoke(main, command).output, reportedly.diff("0.1.0", copy.root).to_markdown()]
    for page in pages:
        assert words in _Cells(READERS["markdown-it"](page)).cells
