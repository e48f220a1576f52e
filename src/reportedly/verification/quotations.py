"""Quotation marks of a text, in the ways of all languages: “…” „…“ „…” ”…” «…» »…« »…» ‘…’ ‚…‘ ‹…› "…" 「…」, nested, and over paragraphs.

Which characters are quotation marks, Unicode says (https://www.unicode.org/reports/tr44/#Quotation_Mark); which of them opens and which closes depends on
the language, and so on what stands around it: https://www.unicode.org/versions/latest/core-spec/chapter-6/#G12086
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from reportedly.text.boundaries import UNSPACED
from reportedly.text.normalize import ORNAMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Which marks close what one opens. First those that open in most languages, then those that close in most.
_OPENING = {
    "“": "”", "„": "“”", "‟": "”", "⹂": "“”", "«": "»", "‹": "›", "〝": "〞〟", "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄", "｢": "｣",
    "❝": "❞", "🙶": "🙷",
}  # fmt: skip
_EITHER = {"”": "”", "»": "«»", "›": "‹›", '"': '"', "＂": "＂"}
# These may be apostrophes.
_SINGLE = {"‘": "’", "‚": "‘’", "‛": "’", "❛": "❜", "'": "'"}
_CLOSED_BY = {**_OPENING, **_EITHER}
MARK = regex.compile(rf"[\p{{Quotation_Mark}}{ORNAMENTS}《》〈〉]")
_LINE = regex.compile(r"[^\n\r]*\S[^\n\r]*")
_LETTER = regex.compile(rf"(?V1)[[\p{{L}}\p{{N}}]--{UNSPACED}]")
# What may stand between white space and an opening mark, or between a closing one and white space.
_BEFORE, _BEHIND = regex.compile(r"\s|[\p{Ps}\p{Pi}\p{Pd}]|$"), regex.compile(r"[\s\p{P}]|$")
_MARK_OR_STOP = regex.compile(r"\p{P}")
_DECADE = regex.compile(r"\d\ds\b")


def quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield what stands between quotation marks, less white space at its ends; of nested quotations the outermost.

    A quotation over paragraphs has an opening mark in each and a closing one in the last: each paragraph of it is one stretch.

    Parameters
    ----------
    text
        Any text, a paragraph a line.

    Yields
    ------
    tuple of int
        First place, and the one behind the last.
    """
    lines = [match.span() for match in _LINE.finditer(text)]
    for at, (first, last) in enumerate(lines):
        following = text[slice(*lines[at + 1])].lstrip()[:1] if at + 1 < len(lines) else ""
        for start, end in _in_line(text, first, last, following):
            words = text[start:end]
            if words.strip():
                yield end - len(words.lstrip()), start + len(words.rstrip())


def _in_line(text: str, first: int, last: int, following: str) -> Iterator[tuple[int, int]]:
    opened: list[tuple[str, int]] = []
    done = first
    for match in MARK.finditer(text, first, last):
        mark, at = match[0], match.start()
        if at < done:
            continue
        closes = [place for place, (other, _) in enumerate(opened) if mark in _CLOSED_BY[other]]
        begins = mark in _EITHER and _BEFORE.match(text[at - 1 : at]) and not _BEHIND.match(text[at + 1 : at + 2])
        if closes and not begins:
            start = opened[closes[-1]][1]
            del opened[closes[-1] :]
            if not opened:
                yield start, at
        elif mark in _CLOSED_BY and _opens(text, at):
            opened.append((mark, at + 1))
        elif mark in _SINGLE and not opened and (end := _end_of_single(text, at, last)):
            yield at + 1, end
            done = end + 1
    if opened and following and following in opened[0][0] + _CLOSED_BY[opened[0][0]]:
        yield opened[0][1], last


def _opens(text: str, at: int) -> bool:
    before, behind = text[at - 1 : at], text[at + 1 : at + 2]
    if _LETTER.match(before):
        return False
    if text[at] in _OPENING:
        return bool(not before or _BEFORE.match(before) or not _BEHIND.match(behind) or MARK.match(behind))
    return bool(_BEFORE.match(before) or not _MARK_OR_STOP.match(before)) and bool(
        not _BEHIND.match(behind) or MARK.match(behind)
    )


def _closes(text: str, at: int) -> bool:
    return not text[at - 1 : at].isspace() and bool(_BEHIND.match(text[at + 1 : at + 2]))


def _end_of_single(text: str, at: int, last: int) -> int:
    """Return where a mark is closed that may be an apostrophe, 0 if nowhere. In “the ‘workers’ rights’” a plural's apostrophe closes nothing."""
    if not _BEFORE.match(text[at - 1 : at]) or _BEHIND.match(text[at + 1 : at + 2]) or _DECADE.match(text, at + 1):
        return 0
    ends = [
        match.start()
        for match in MARK.finditer(text, at + 2, last)
        if match[0] in _SINGLE[text[at]] and _closes(text, match.start())
    ]
    plain = [end for end in ends if not (text[end - 1] == "s" and text[end + 1 : end + 3].lstrip().islower())]
    return next(iter(plain or (ends if text[at] != "'" else [])), 0)
