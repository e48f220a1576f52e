"""How much looking a verification may do, so that no package and no text can keep it busy for hours."""

from __future__ import annotations

from reportedly import limits
from reportedly.errors import ReportedlyError

# What work costs, in characters that a plain search passes over: a digest besides its characters, one more known place, and a pair of words compared.
DIGEST, PLACE, PAIR = 300, 4, 50


class Budget:
    """What is left of the looking that one verification may do.

    Parameters
    ----------
    article
        The article that is verified.
    length
        How many characters the reader's copy has.
    """

    def __init__(self, article: str, length: int) -> None:
        self._left = limits.EFFORT
        self._article, self._length = article, length

    def charge(self, characters: int) -> None:
        """Count work before it is done.

        Parameters
        ----------
        characters
            How many characters a plain search passes over in the same time.

        Raises
        ------
        ReportedlyError
            If it is more than is left.
        """
        self._left -= characters
        if self._left < 0:
            raise ReportedlyError(
                f"Looking for the rows of {self._article} in a text of {self._length:,} characters would take too long: "
                "too many of them are not where the dataset says. Is it the right text?"
            )
