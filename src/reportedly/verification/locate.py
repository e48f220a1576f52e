"""For coders: where words are in a text, and the digests that a row carries in their place."""

from __future__ import annotations

import re

from reportedly.errors import ReportedlyError
from reportedly.text.digest import sha256_text
from reportedly.text.normalize import normalize


def locate(text: str, words: str) -> list[dict[str, str]]:
    """Return every place of words in a text, with what a row of `claims` or `attributions` says of it.

    Parameters
    ----------
    text
        The article's text.
    words
        The exact words.

    Returns
    -------
    list of dict
        With ``start``, ``end``, ``span_sha256`` and ``folded_sha256``, as text.

    Raises
    ------
    ReportedlyError
        If the words are not there.
    """
    places = [place.start() for place in re.finditer(f"(?={re.escape(words)})", text) if words]
    # A text is UTF-8, so what is not is never there: only what is can have a digest.
    if not places:
        raise ReportedlyError(f"The text does not contain exactly {words!r}.")
    digests = {"span_sha256": sha256_text(words), "folded_sha256": sha256_text(normalize(words))}
    return [{"start": str(start), "end": str(start + len(words)), **digests} for start in places]
