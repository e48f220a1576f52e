"""Quotation marks of a text, in the ways of all languages: “…” „…“ „…” ”…” «…» »…« »…» ‘…’ ‚…‘ ‹…› "…" 「…」, nested, and over paragraphs.

Which characters are quotation marks, Unicode says (https://www.unicode.org/reports/tr44/#Quotation_Mark); which of them opens and which closes depends on
the language, and so on what is around it: https://www.unicode.org/versions/latest/core-spec/chapter-6/#G12086
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
    "“": "”", "„": "“”\"", "‟": "”", "⹂": "“”", "«": "»", "‹": "›", "〝": "〞〟", "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄", "｢": "｣",
    "❝": "❞", "🙶": "🙷",
}  # fmt: skip
_EITHER = {"”": "”", "»": "«»", "›": "‹›", '"': '"', "＂": "＂", "״": '״"'}
# These may be apostrophes.
_SINGLE = {"‘": "’", "‚": "‘’", "‛": "’", "❛": "❜", "'": "'"}
_CLOSED_BY = {**_OPENING, **_EITHER}
MARK = regex.compile(rf"[\p{{Quotation_Mark}}{ORNAMENTS}״《》〈〉]")
# Hebrew has these within abbreviations.
_WITHIN = regex.compile(r"(?<=\p{Hebrew})[\"״](?=\p{Hebrew})")
_LINE = regex.compile(r"[^\n\r]*\S[^\n\r]*")
# Korean particles follow a closing mark without a space.
_LETTER = regex.compile(rf"(?V1)[[\p{{L}}\p{{N}}]--[{UNSPACED}\p{{Hangul}}]]")
# What may be between white space and an opening mark, or between a closing one and white space.
_BEFORE, _BEHIND = regex.compile(r"\s|[\p{Ps}\p{Pi}\p{Pd}]|$"), regex.compile(r"[\s\p{P}]|$")
# Deeper nesting is none: marks that nothing closes.
_DEEPEST = 8
_DECADE = regex.compile(r"\d\ds\b")


def quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield what is between quotation marks, less white space at its ends; of nested quotations the outermost.

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
    unclosed = ""
    for at, (first, last) in enumerate(lines):
        following = text[slice(*lines[at + 1])].lstrip()[:1] if at + 1 < len(lines) else ""
        stretches, left_open, begun = _of_line(text, first, last, unclosed)
        unclosed = left_open if following and following in left_open else ""
        if unclosed:
            stretches.append((begun, last))
        for start, end in stretches:
            words = text[start:end]
            if words.strip():
                yield end - len(words.lstrip()), start + len(words.rstrip())


def _of_line(text: str, first: int, last: int, before: str) -> tuple[list[tuple[int, int]], str, int]:
    """Return what is between marks that a line opens and closes, and what it leaves open.

    Parameters
    ----------
    text, first, last
        Where the line is.
    before
        The marks that may begin it, if the line before left a quotation open.

    Returns
    -------
    stretches : list of tuple of int
        What is between marks.
    unclosed : str
        The marks that may begin the next line, if this one leaves a quotation open; else empty.
    begun : int
        Where the words of that quotation begin.
    """
    stretches: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    unclosed, begun, done = "", last, first
    for match in MARK.finditer(text, first, last):
        mark, at = match[0], match.start()
        if at < done or _WITHIN.match(text, at):
            continue
        goes_on = mark in before and not text[first:at].strip()
        closes = [place for place, (other, _) in enumerate(opened) if mark in _CLOSED_BY[other]]
        begins = mark in _EITHER and _BEFORE.match(text[at - 1 : at]) and not _BEHIND.match(text[at + 1 : at + 2])
        if closes and not begins:
            if closes[-1] == 0:
                stretches.append((opened[0][1], at))
            del opened[closes[-1] :]
        elif mark in _CLOSED_BY and (goes_on or _opens(text, at)):
            opened = [*opened[-_DEEPEST:], (mark, at + 1)]
        elif mark in _SINGLE and not opened and _opens_single(text, at):
            end = _end_of_single(text, at, last)
            if end:
                stretches.append((at + 1, end))
                done = end + 1
            elif not unclosed:
                unclosed, begun = mark, at + 1
    if opened:
        mark, begun = opened[0]
        unclosed = mark + _CLOSED_BY[mark]
    return stretches, unclosed, begun


def _opens(text: str, at: int) -> bool:
    before, behind = text[at - 1 : at], text[at + 1 : at + 2]
    if _LETTER.match(before):
        return False
    if _BEFORE.match(before):
        # French and others have a space between an opening mark and the words.
        return text[at] in _OPENING or not (not behind or behind.isspace())
    return not _BEHIND.match(behind) or bool(MARK.match(behind)) or (text[at] in _OPENING and bool(MARK.match(before)))


def _opens_single(text: str, at: int) -> bool:
    """Return whether a mark that may be an apostrophe opens a quotation: not in “the workers’ rights” nor in “the ’90s”."""
    before, behind = text[at - 1 : at], text[at + 1 : at + 2]
    free = not _LETTER.match(before) if text[at] == "‘" else _BEFORE.match(before)
    return bool(free) and not _BEHIND.match(behind) and not _DECADE.match(text, at + 1)


def _end_of_single(text: str, at: int, last: int) -> int:
    """Return where a mark is closed that may be an apostrophe, 0 if nowhere. In “the ‘workers’ rights’” a plural's apostrophe closes nothing."""
    ends = []
    for match in MARK.finditer(text, at + 2, last):
        end = match.start()
        if match[0] in _SINGLE[text[at]] and not text[end - 1].isspace() and not _LETTER.match(text[end + 1 : end + 2]):
            ends.append(end)
        elif match[0] == text[at]:
            break
    plain = [end for end in ends if not (text[end - 1] == "s" and text[end + 1 : end + 3].lstrip().islower())]
    return next(iter(plain or (ends[::-1] if text[at] != "'" else [])), 0)
