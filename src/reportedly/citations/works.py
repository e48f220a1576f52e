"""What is cited: a dataset at its version, or one row of it, before any format."""

from __future__ import annotations

from typing import NamedTuple

from reportedly.package.about import Dataset, joined
from reportedly.package.about import key as key_of

# What a person's reference shows of a digest: 64 of its 256 bits, which no other words share by chance.
_SHOWN_DIGITS = 16


class CitedRow(NamedTuple):
    """One row of a dataset.

    Attributes
    ----------
    dataset
        The dataset that it is a row of.
    id
        The row's primary key.
    title
        who says or wants it, the words or a summary, and the chain of voices.
    source
        The article that it was coded from; blank where it rests on none.
    sha256
        The digest of the words that it rests on; blank where there are none.
    """

    dataset: Dataset
    id: str
    title: str
    source: str
    sha256: str

    @property
    def key(self) -> str:
        """A key for bibliographies."""
        return key_of(self.dataset.key, self.id)

    @property
    def remark(self) -> str:
        """What a reader also needs to know: the article, the digest in short, and whether there is no DOI."""
        coded = f"coded from {self.source}" if self.source else ""
        digest = f"SHA-256 {self.sha256[:_SHOWN_DIGITS]}…" if self.sha256 else ""
        return joined(coded, digest, "" if self.dataset.doi else "no DOI yet")

    @property
    def proof(self) -> str:
        """The whole digest, for a field that nobody prints."""
        return f"SHA-256 of the words: {self.sha256}" if self.sha256 else ""


Work = Dataset | CitedRow


def dataset_of(work: Work) -> Dataset:
    """Return the dataset that is cited, or that a cited row is of."""
    return work if isinstance(work, Dataset) else work.dataset
