"""What rules about files ask for. `validation` checks them, since no expression on rows can."""

from __future__ import annotations

from reportedly.rules.base import Rule

_SENTENCES = {
    "descriptor": "`datapackage.json` is a JSON object with a name of lower-case letters, digits, `.`, `_` and `-`, a version of three numbers (before its release with `-dev.0`), the time when it was created, and a list of resources, each with a name, a path and a schema; it has only properties that this format uses, and names only profiles of Data Package v2.",
    "safe-path": "Every path in a package is relative, leads to a regular file in the package and follows no link out of it. The file of a table ends in .csv, that of a schema in .json.",
    "missing-file": "Every file that the descriptor names exists.",
    "table-set": "A package of this format has exactly its nine tables.",
    "format-schema": "The schema of a table is the format's own, as this version of reportedly ships it.",
    "size": "The file of a table has at most 512 MiB, 2,000,000 rows, 64 columns and 131,072 characters in a cell; a JSON file has at most 8 MiB.",
    "encoding": "Files are UTF-8 without a byte-order mark.",
    "line-feed": "Every line, the last one too, ends with a line feed and no carriage return.",
    "plain-csv": "Cells are quoted as in RFC 4180, and only where they must be.",
    "header": "The header of a file is the fields of the schema, in their order.",
    "extra-cell": "No row has more cells than the header.",
    "missing-cell": "No row has fewer cells than the header.",
    "blank-row": "No line of a table is blank.",
    "sorted": "Rows are sorted by their primary key, text by code points, numbers by size.",
    "hash": "The hash of a resource is the SHA-256 digest of its file.",
    "bytes": "The bytes of a resource are the size of its file.",
    "row-count": "The rows of a resource are the number of rows in its file.",
}
RULES = tuple(Rule(name, "file", sentence) for name, sentence in _SENTENCES.items())
