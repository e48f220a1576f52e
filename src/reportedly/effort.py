"""How much looking a verification may take, so that no package and no text can keep it busy for hours."""

from __future__ import annotations

from reportedly import limits
from reportedly.errors import ReportedlyError


class Effort:
    """What is left of the looking that one verification may do.

    Parameters
    ----------
    article
        The article that is verified.
    length
        How many characters the reader's copy has.
    """

    def __init__(self, article: str, length: int) -> None:
        self._left = float(limits.EFFORT)
        self._article, self._length = article, length

    def spend(self, characters: float) -> None:
        """Count work before it is done.

        Parameters
        ----------
        characters
            How many characters of a text could be compared with some words in the time.

        Raises
        ------
        ReportedlyError
            If it is more than is left.
        """
        self._left -= characters
        if self._left < 0:
            raise ReportedlyError(
                f"The rows of {self._article} would take too long to look for in a text of {self._length:,} characters: too many of them, "
                "or too long ones, are not where the dataset says. Is it the right text?"
            )
