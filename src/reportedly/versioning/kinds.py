"""The kinds of change, and the part of the version that each of them moves.

The rules are those of the Data Package recipe for versions (https://datapackage.org/recipes/data-package-version/), told here for this
format. Reports, the documentation and the version bump all read them from this one list.
"""

from __future__ import annotations

from typing import NamedTuple

from reportedly.model.version import Level


class Kind(NamedTuple):
    """A kind of change.

    Attributes
    ----------
    level
        What it moves.
    noun, verb
        How it is counted: one ``row`` ``added``.
    message
        How one of it is reported; ``{table}``, ``{key}``, ``{field}``, ``{whom}`` (the field, else the table, else the
        package), ``{what}``, ``{old}`` and ``{new}`` are filled in.
    why
        Why it moves what it moves.
    """

    level: Level
    noun: str
    verb: str
    message: str
    why: str


KINDS = {
    # Incompatible.
    "package-renamed": Kind(
        Level.MAJOR,
        "package identifier",
        "changed",
        "{what} of {whom}: {old} → {new}",
        "Whoever looks for the package by it finds none, or another.",
    ),
    "table-removed": Kind(
        Level.MAJOR, "table", "removed", "table {table} removed, with {old} rows", "Who reads it finds nothing."
    ),
    "table-renamed": Kind(
        Level.MAJOR, "table", "renamed", "table {old} is now called {new}", "Who reads it by name finds nothing."
    ),
    "field-removed": Kind(
        Level.MAJOR, "field", "removed", "field {field} removed, {old}", "Who reads the column finds nothing."
    ),
    "field-renamed": Kind(
        Level.MAJOR,
        "field",
        "renamed",
        "field {old} is now called {new}",
        "Who reads the column by name finds nothing.",
    ),
    "field-added": Kind(
        Level.MAJOR,
        "field",
        "added",
        "field {field} added, {new}",
        "Who reads columns by place, or expects just the old ones, stumbles.",
    ),
    "fields-reordered": Kind(
        Level.MAJOR,
        "order of fields",
        "changed",
        "fields are in another order: {old} → {new}",
        "Who reads columns by place reads others.",
    ),
    "type-changed": Kind(
        Level.MAJOR,
        "type",
        "changed",
        "{what} of {whom}: {old} → {new}",
        "The column loads as another type.",
    ),
    "format-changed": Kind(
        Level.MAJOR, "format", "changed", "{what} of {whom}: {old} → {new}", "The same text is read in another way."
    ),
    "constraint-tightened": Kind(
        Level.MAJOR,
        "constraint",
        "tightened",
        "{what} of {field} is stricter: {old} → {new}",
        "Values that were valid no longer are.",
    ),
    "pattern-changed": Kind(
        Level.MAJOR,
        "pattern",
        "changed",
        "{what} of {field}: {old} → {new}",
        "Whether the new one refuses what the old one allowed no machine can tell, so it counts as if it did.",
    ),
    "category-removed": Kind(
        Level.MAJOR, "category", "removed", "category {old} of {field} removed", "A value that was valid no longer is."
    ),
    "category-redefined": Kind(
        Level.MAJOR,
        "category",
        "redefined",
        "category {what} of {field} means something else: {old} → {new}",
        "Its definition is its meaning. Whether new words mean something else no machine can tell, so they count as if they did.",
    ),
    "scale-reordered": Kind(
        Level.MAJOR,
        "ordered scale",
        "reordered",
        "the ordered categories of {field} are in another order: {old} → {new}",
        "Comparisons such as “stronger than” give other results.",
    ),
    "key-changed": Kind(
        Level.MAJOR,
        "primary key",
        "changed",
        "{what} of {whom}: {old} → {new}",
        "Rows are distinguished by other fields.",
    ),
    "reference-added": Kind(
        Level.MAJOR,
        "foreign key",
        "added",
        "{field} must now point to {new}",
        "Values that were valid no longer need be.",
    ),
    "rule-added": Kind(Level.MAJOR, "rule", "added", "rule {what} added: {new}", "What was valid may no longer be."),
    "rule-changed": Kind(
        Level.MAJOR,
        "rule",
        "changed",
        "rule {what}: {old} → {new}",
        "Its sentence says what it refuses. No machine can tell whether new words refuse more, so they count as if they did.",
    ),
    "row-withdrawn": Kind(
        Level.MAJOR, "row", "withdrawn", "{key} withdrawn", "Whatever refers to its key finds nothing."
    ),
    "meaning-changed": Kind(
        Level.MAJOR,
        "identifier",
        "given another meaning",
        "{key} stands for something else: {what}",
        "Whatever refers to its key now says something else.",
    ),
    # More, and nothing less.
    "table-added": Kind(Level.MINOR, "table", "added", "table {table} added, with {new} rows", "Nothing else changes."),
    "row-added": Kind(Level.MINOR, "row", "added", "{key} added", "There is more to find under the same columns."),
    "constraint-loosened": Kind(
        Level.MINOR,
        "constraint",
        "loosened",
        "{what} of {field} is less strict: {old} → {new}",
        "Every value that was valid still is.",
    ),
    "rule-removed": Kind(
        Level.MINOR, "rule", "removed", "rule {what} removed: {old}", "Everything that was valid still is."
    ),
    "category-added": Kind(
        Level.MINOR, "category", "added", "category {new} of {field} added", "Every value that was valid still is."
    ),
    "reference-changed": Kind(
        Level.MINOR,
        "foreign key",
        "changed",
        "{field} now points to {new}, no longer to {old}",
        "The recipe calls it an update of a reference.",
    ),
    "reference-removed": Kind(
        Level.MINOR,
        "foreign key",
        "removed",
        "{field} need no longer point to {old}",
        "Every value that was valid still is.",
    ),
    # The same, put right.
    "row-changed": Kind(
        Level.PATCH, "row", "changed", "{key} changed", "It is about the same thing and says it more rightly."
    ),
    "erratum-added": Kind(
        Level.PATCH, "erratum", "added", "{key} added", "It is about a change that counts by itself."
    ),
    "category-relabelled": Kind(
        Level.PATCH,
        "category",
        "relabelled",
        "category {what} of {field} has another label: {old} → {new}",
        "A label is for people; the value stays.",
    ),
    "categories-reordered": Kind(
        Level.PATCH,
        "order of categories",
        "changed",
        "the categories of {field} are in another order: {old} → {new}",
        "They have no order of their own; only how they are listed changes.",
    ),
    "tables-reordered": Kind(
        Level.PATCH,
        "order of tables",
        "changed",
        "tables are in another order: {old} → {new}",
        "Tables are found by name; only how they are listed changes.",
    ),
    "licence-changed": Kind(
        Level.PATCH,
        "licence",
        "changed",
        "{what} of {whom}: {old} → {new}",
        "The recipe counts it among the descriptive metadata. Read it nevertheless.",
    ),
    "metadata-changed": Kind(
        Level.PATCH,
        "description",
        "changed",
        "{what} of {whom}: {old} → {new}",
        "Titles, descriptions, coding instructions, keywords and the like describe; they change no cell.",
    ),
    # Nothing that a reader of the data meets.
    "path-changed": Kind(
        Level.NONE,
        "path",
        "changed",
        "{what} of {whom}: {old} → {new}",
        "The recipe asks for nothing when files only move.",
    ),
}


def counted(kind: str, count: int) -> str:
    """Return how many changes of a kind there are, such as ``2 rows added``."""
    noun, verb = KINDS[kind].noun, KINDS[kind].verb
    return f"{count} {noun if count == 1 else _plural(noun)} {verb}"


def _plural(noun: str) -> str:
    head, of, rest = noun.partition(" of ")
    if head == "erratum":
        return "errata"
    return (f"{head[:-1]}ies" if head.endswith("y") and not head.endswith("ey") else f"{head}s") + of + rest


def weight(kind: str) -> tuple[int, int]:
    """Return what kinds are sorted by: the weightiest first."""
    return -KINDS[kind].level, list(KINDS).index(kind)
