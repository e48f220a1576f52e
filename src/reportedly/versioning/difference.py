"""What `diff` returns: a comparison that prints itself."""

from __future__ import annotations

from reportedly.versioning.comparison import Comparison
from reportedly.versioning.render import json, markdown, text


class Difference(Comparison):
    """What changed from one data package to another; false where nothing did."""

    def to_text(self, width: int | None = None) -> str:
        """Return it for people; lines are cut to a width where one is given."""
        return "\n".join(line.text for line in text.lines(self, width))

    def to_markdown(self) -> str:
        """Return it for people, as Markdown with every cell whole."""
        return markdown.markdown(self)

    def to_json(self) -> str:
        """Return it for machines, as JSON."""
        return json.to_json(self)
