"""What rules about files ask for. `validation` checks them, since no expression on rows can."""

from __future__ import annotations

from reportedly.rules.base import Rule

_SENTENCES = {
    "descriptor": "`datapackage.json` is a JSON object with a name of lower-case letters, digits, `.`, `_` and `-`, a version of three numbers (before its release with `-dev.0`), the time when it was created, and a list of resources, each with a name, a path and a schema; it has only properties that this format uses, and names only profiles of Data Package v2.",
    "safe-path": "Every path of a package is relative, leads to a regular file inside of the package, and follows no link out of it; a table's file ends in .csv, a schema's in .json.",
    "missing-file": "Every file that the descriptor names is there.",
    "table-set": "A package of this format has its nine tables and no other.",
    "format-schema": "A table's schema is the format's own, as this version of reportedly ships it.",
    "size": "A table's file has no more than 512 MiB, 2,000,000 rows, 64 columns and 131,072 characters in a cell, a JSON file no more than 8 MiB.",
    "encoding": "Files are UTF-8 without a byte-order mark.",
    "line-feed": "Lines end with a line feed alone, the last one too.",
    "plain-csv": "Cells are quoted as RFC 4180 says, and only where they must be.",
    "header": "A file's header is the schema's fields, in its order.",
    "extra-cell": "No row has more cells than the header.",
    "missing-cell": "No row has fewer cells than the header.",
    "blank-row": "No line of a table is blank.",
    "sorted": "Rows are sorted by their primary key, text by code points, numbers by size.",
    "hash": "A resource's hash is the SHA-256 of its file.",
    "bytes": "A resource's bytes are the size of its file.",
    "row-count": "A resource's rows are the number of its file's rows.",
}
RULES = tuple(Rule(name, "file", sentence) for name, sentence in _SENTENCES.items())
