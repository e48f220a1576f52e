"""What changed between two Table Schemas.

The properties are those of Table Schema v2 (https://datapackage.org/standard/table-schema/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reportedly.versioning.changes import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from reportedly.model.schema import Field, Table

# How a cell's text is read. Another way of reading is another value.
_READING = (
    *("format", "delimiter", "itemType", "trueValues", "falseValues"),
    *("decimalChar", "groupChar", "bareNumber", "missingValues", "fieldsMatch"),
)
_OF_FIELD = {"name", "type", "constraints", "categories", "categoriesOrdered", *_READING}
_OF_TABLE = {"fields", "primaryKey", "uniqueKeys", "foreignKeys", "name"}
_WORDS = {"title", "description", "coding", "example", "rdfType"}
# Constraints that allow less the greater they are, and those that allow more.
_FLOORS = {"minimum", "exclusiveMinimum", "minLength"}
_CEILINGS = {"maximum", "exclusiveMaximum", "maxLength"}


def renamed(old: Sequence[Field], new: Sequence[Field], same_cells: Callable[[str, str], bool]) -> dict[str, str]:
    """Return the fields that bear another name: same place between the fields that stayed, same descriptor, same cells.

    Parameters
    ----------
    old, new
        The fields of both sides.
    same_cells
        Whether a field of the old side and one of the new hold the same, row by row.

    Returns
    -------
    dict
        Old name → new name.
    """
    kept = {field.name for field in old} & {field.name for field in new}
    places = _places(new, kept)
    found = {}
    for place, field in _places(old, kept).items():
        other = places.get(place)
        if other and _unnamed(field) == _unnamed(other) and same_cells(field.name, other.name):
            found[field.name] = other.name
    return found


def _places(fields: Sequence[Field], kept: set[str]) -> dict[tuple[str, int], Field]:
    """Return the fields that did not stay, by the one that stayed before them and their number since."""
    found, before, since = {}, "", 0
    for field in fields:
        if field.name in kept:
            before, since = field.name, 0
        else:
            found[before, since] = field
            since += 1
    return found


def _unnamed(field: Field) -> dict[str, Any]:
    return {name: value for name, value in field.descriptor.items() if name != "name" and name not in _WORDS}


class Names(NamedTuple):
    """What tables and fields of the old side are called on the new one, those that bear another name only.

    Attributes
    ----------
    tables
        Tables, old name → new name.
    fields
        Fields by table, as the new side calls it, each old name → new name.
    """

    tables: dict[str, str]
    fields: dict[str, dict[str, str]]

    def field(self, table: str, name: str) -> str:
        """Return what a field of a table is called now."""
        return self.fields.get(table, {}).get(name, name)


def compare_schemas(table: str, old: Table, new: Table, names: Names) -> Iterator[Change]:
    """Yield what changed from one Table Schema to another.

    Parameters
    ----------
    table
        The table, as the new side calls it.
    old, new
        The schemas.
    names
        What is called by another name.

    Yields
    ------
    Change
        Fields first, then each field's own, then keys, then the rest.
    """
    before = {names.field(table, field.name): field for field in old.fields}
    after = {field.name: field for field in new.fields}
    for name, other in names.fields.get(table, {}).items():
        yield Change("field-renamed", table, field=other, what="name", old=name, new=other)
    for name in [name for name in before if name not in after]:
        yield Change("field-removed", table, field=name, what="fields", old=_described(before[name]))
    for name in [name for name in after if name not in before]:
        yield Change("field-added", table, field=name, what="fields", new=_described(after[name]))
    stayed = [name for name in before if name in after], [name for name in after if name in before]
    if stayed[0] != stayed[1]:
        yield Change("fields-reordered", table, what="fields", old=", ".join(stayed[0]), new=", ".join(stayed[1]))
    for name in stayed[1]:
        yield from _field(table, name, before[name], after[name])
    yield from _keys(table, old, new, names)
    for what in differing(old.descriptor, new.descriptor, _OF_TABLE):
        kind = "format-changed" if what in _READING else "metadata-changed"
        yield Change(kind, table, what=what, old=old.descriptor.get(what), new=new.descriptor.get(what))


def _described(field: Field) -> str:
    return f"{field.type}: {field.title or field.name}"


def differing(old: Mapping[str, Any], new: Mapping[str, Any], besides: Collection[str] = ()) -> list[str]:
    """Return the properties whose values differ, in their order."""
    return [name for name in {**old, **new} if name not in besides and old.get(name) != new.get(name)]


def _field(table: str, name: str, old: Field, new: Field) -> Iterator[Change]:
    def change(kind: str, what: str, before: Any = None, after: Any = None) -> Change:
        return Change(kind, table, field=name, what=what, old=before, new=after)

    if old.type != new.type:
        yield change("type-changed", "type", old.type, new.type)
    before, after = old.descriptor, new.descriptor
    for what in _READING:
        if before.get(what) != after.get(what):
            yield change("format-changed", what, before.get(what), after.get(what))
    yield from _categories(old, new, change)
    yield from _constraints(old, new, change)
    for what in differing(before, after, _OF_FIELD):
        yield change("metadata-changed", what, before.get(what), after.get(what))


def _categories(old: Field, new: Field, change: Callable[..., Change]) -> Iterator[Change]:
    before, after = _by_value(old), _by_value(new)
    if before is None or after is None:
        if before is not after:
            # A field with categories loads as a categorical, one without as text.
            yield change("type-changed", "categories", list(before) if before else None, list(after) if after else None)
        return
    ordered = old.is_ordered, new.is_ordered
    if ordered[0] != ordered[1]:
        yield change("type-changed", "categoriesOrdered", *ordered)
    for value in before:
        if value not in after:
            yield change("category-removed", "categories", value)
    for value in after:
        if value not in before:
            yield change("category-added", "categories", after=value)
    kept = [value for value in before if value in after], [value for value in after if value in before]
    if kept[0] != kept[1]:
        kind = "scale-reordered" if all(ordered) else "categories-reordered"
        yield change(kind, "categories", ", ".join(map(str, kept[0])), ", ".join(map(str, kept[1])))
    for value in kept[1]:
        yield from _category(value, before[value], after[value], change)


def _category(
    value: Any, old: Mapping[str, Any], new: Mapping[str, Any], change: Callable[..., Change]
) -> Iterator[Change]:
    if old.get("label") != new.get("label"):
        yield change("category-relabelled", str(value), old.get("label"), new.get("label"))
    if _letters(old.get("description")) != _letters(new.get("description")):
        yield change("category-redefined", str(value), old.get("description"), new.get("description"))
    elif old.get("description") != new.get("description"):
        yield change(
            "metadata-changed", f"categories.{value}.description", old.get("description"), new.get("description")
        )
    for what in differing(old, new, {"value", "label", "description"}):
        yield change("metadata-changed", f"categories.{value}.{what}", old.get(what), new.get(what))


def _letters(text: object) -> str:
    """Return a definition without what cannot change its meaning: case, spaces and the mark at its end."""
    return " ".join(str(text or "").casefold().split()).rstrip(".;,")


def _by_value(field: Field) -> dict[Any, Mapping[str, Any]] | None:
    """Return a field's categories by value, None where it has none."""
    return {category.value: category.descriptor for category in field.categories} or None


def _constraints(old: Field, new: Field, change: Callable[..., Change]) -> Iterator[Change]:
    before, after = dict(old.constraints), dict(new.constraints)
    # An enumeration beside categories repeats them; what changed in it is reported already.
    if old.categories and new.categories and _repeats(old) and _repeats(new):
        before.pop("enum", None)
        after.pop("enum", None)
    for what in differing(before, after):
        pair = before.get(what), after.get(what)
        for kind in _directions(what, *pair):
            yield change(kind, what, *pair)


def _repeats(field: Field) -> bool:
    return bool(field.constraints.get("enum", field.values) == field.values)


def _directions(what: str, old: Any, new: Any) -> list[str]:
    """Return the kinds of a constraint's change; an enumeration may have become stricter and less strict at once."""
    tightened, loosened = "constraint-tightened", "constraint-loosened"
    if what in {"required", "unique"}:
        return [tightened] if new else [loosened] if old else []
    if old is None or new is None:
        return [tightened if old is None else loosened]
    if what == "enum":
        return [tightened] * any(value not in new for value in old) + [loosened] * any(
            value not in old for value in new
        )
    if what in _FLOORS | _CEILINGS and isinstance(old, str) == isinstance(new, str):
        return [tightened if (new > old) == (what in _FLOORS) else loosened]
    return ["pattern-changed"]


def _keys(table: str, old: Table, new: Table, names: Names) -> Iterator[Change]:
    before = [names.field(table, name) for name in old.key]
    after = list(new.key)
    if before != after:
        yield Change(
            "key-changed", table, what="primaryKey", old=", ".join(before) or None, new=", ".join(after) or None
        )
    once = [[names.field(table, name) for name in key] for key in old.descriptor.get("uniqueKeys", ())]
    now = list(new.descriptor.get("uniqueKeys", ()))
    for key in now:
        if key not in once:
            yield Change("constraint-tightened", table, field=", ".join(key), what="uniqueKeys", new=True)
    for key in once:
        if key not in now:
            yield Change("constraint-loosened", table, field=", ".join(key), what="uniqueKeys", old=True)
    ours, theirs = _references(old, names), _references(new, Names({}, {}))
    for fields in {**ours, **theirs}:
        pair = ours.get(fields), theirs.get(fields)
        if pair[0] != pair[1]:
            kind = "added" if pair[0] is None else "removed" if pair[1] is None else "changed"
            yield Change(f"reference-{kind}", table, field=fields, what="foreignKeys", old=pair[0], new=pair[1])


def _references(table: Table, names: Names) -> dict[str, str]:
    """Return where the foreign keys of a table point to, by their fields, as the new side calls them."""
    own, found = names.tables.get(table.name, table.name), {}
    for key in table.foreign_keys:
        target = names.tables.get(key.table, key.table)
        fields = ", ".join(names.field(own, name) for name in key.fields)
        found[fields] = f"{target}.{', '.join(names.field(target, name) for name in key.targets)}"
    return found
