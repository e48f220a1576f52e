"""Render the pages of the documentation that follow from the schemas, the data, the rules and the command line.

    python scripts/build_docs.py            write
    python scripts/build_docs.py --check    fail if a page is not what it would write, and name it

Written whole: `docs/tables/<table>.md`. Written in part, between `<!-- begin generated: NAME -->` and
`<!-- end generated: NAME -->`: `docs/codebook.md` (enumerations, rules, agreement), `docs/cli.md` (cli), `docs/testing.md` (evidence)
and `docs/versions.md` (versions, difference, kinds, meanings).
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections import Counter
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import agreement
import click
import evidence

from reportedly.exports.formats import FORMATS, writer
from reportedly.exports.prepare import prepare
from reportedly.model.version import Level
from reportedly.package.atomic import atomic
from reportedly.package.csvfile import write_csv
from reportedly.package.package import Package
from reportedly.package.releases import frozen, order, release
from reportedly.rules import constraints
from reportedly.rules.every import RULES, Rule
from reportedly.text.markdown import code, escape
from reportedly.text.markdown import table as grid
from reportedly.validation import files
from reportedly.versioning.diff import diff
from reportedly.versioning.history import COLUMNS, history
from reportedly.versioning.identity import IDENTITIES
from reportedly.versioning.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PACKAGE = Package(ROOT)

Row = dict[str, str]
Schema = dict[str, Any]
Field = dict[str, Any]
Category = dict[str, str]

_LONGEST_PATTERN = 70


class DocsError(Exception):
    """The documentation cannot be built."""


# --- data and schemas -------------------------------------------------------------------------------------------------


@cache
def schema(table: str) -> Schema:
    """Return a table's schema."""
    return PACKAGE.schema(table)


@cache
def rows(table: str) -> tuple[Row, ...]:
    """Return a table's rows as they stand in its file."""
    return tuple(PACKAGE.rows(table))


@cache
def names() -> dict[str, str]:
    """Return the actors' names by identifier."""
    return {row["actor_id"]: row["name"] for row in rows("actors")}


@cache
def contents() -> dict[str, str]:
    """Return the claims' contents by identifier."""
    return {row["claim_id"]: row["content"] for row in rows("claims")}


def targets(table: str) -> dict[str, tuple[str, str]]:
    """Return the table and field that each key of a table points to."""
    found = {}
    for key in schema(table).get("foreignKeys", ()):
        (name,), (other,) = key["fields"], key["reference"]["fields"]
        found[name] = (key["reference"]["resource"] or table, other)
    return found


# --- Markdown ---------------------------------------------------------------------------------------------------------


def cell(text: str) -> str:
    """Return a sentence, which may itself be Markdown, that is safe inside of a table."""
    return text.replace("|", "&#124;").replace("<", "&lt;")


def table_link(table: str) -> str:
    """Return a link from one table's page to another's."""
    return f"[{table}]({table}.md)"


# --- examples ---------------------------------------------------------------------------------------------------------


def told(table: str, row: Row) -> str:
    """Return a row as its key and what it is about, for a table of examples."""
    about: dict[str, Callable[[], str]] = {
        "actors": lambda: row["name"],
        "articles": lambda: f"published by {names()[row['publisher_id']]}",
        "claims": lambda: row["content"],
        "attributions": lambda: f"{names()[row['actor_id']]}{_cue(row)}",
        "participants": lambda: f"{names()[row['actor_id']]} in: {contents()[row['claim_id']]}",
        "demands": lambda: row["summary"],
        "quotes": lambda: f"“{row['text']}”",
        "figures": lambda: f"“{row['surface']}”, {row['measures']}",
        "errata": lambda: row["reason"],
    }
    key = row[schema(table)["primaryKey"][0]]
    if table == "errata":
        key = f"{row['table']}/{row['key']}"
    hop = f" hop {row['hop']}" if table == "attributions" else ""
    return f"{code(key)}{hop} {escape(about[table]())}"


def _cue(row: Row) -> str:
    return f" (“{row['cue']}”)" if row["cue"] else ""


def example(table: str, field: Field, category: Category) -> str:
    """Return an example of a category.

    The first row that has it, else the schema's own example, else a row of another field that has the same category.

    Raises
    ------
    DocsError
        If there is none of the three.
    """
    own = _first(table, field["name"], category["value"])
    if own:
        return own
    if "example" in category:
        return f"{cell(category['example'])} *(constructed)*"
    for other in PACKAGE.tables:
        for twin in schema(other)["fields"]:
            if category in twin.get("categories", ()):
                shared = _first(other, twin["name"], category["value"])
                if shared:
                    return f"{shared} *(from {other}.{twin['name']}, which has the same value)*"
    raise DocsError(
        f"{table}.{field['name']}: no row has the value {category['value']!r}; give its category an example in "
        f"schemas/{table}.json"
    )


def _first(table: str, name: str, value: str) -> str:
    return next((told(table, row) for row in rows(table) if row[name] == value), "")


def values(table: str, field: Field) -> str:
    """Return the table of a field's categories."""
    lines = [
        [f"`{one['value']}`", one["label"], cell(one["description"]), example(table, field, one)]
        for one in field["categories"]
    ]
    return grid(["Value", "Label", "Meaning", "Example"], lines)


# --- docs/tables/<table>.md -------------------------------------------------------------------------------------------


def fields(table: str) -> str:
    """Return the table of a table's fields."""
    lines = []
    for field in schema(table)["fields"]:
        needed = "yes" if field.get("constraints", {}).get("required") else ""
        lines.append([f"`{field['name']}`", field["type"], needed, "<br>".join(_field_notes(table, field))])
    return grid(["Field", "Type", "Required", "What it holds"], lines)


def _field_notes(table: str, field: Field) -> Iterator[str]:
    yield f"**{field['title']}.** {cell(field['description'])}"
    if "coding" in field:
        yield f"*Coding:* {cell(field['coding'])}"
    if field["name"] in targets(table):
        other, name = targets(table)[field["name"]]
        yield f"*Points to:* {table_link(other)}, `{name}`"
    if "categories" in field:
        yield f"*Values:* [{len(field['categories'])}, listed below](#{field['name'].replace('_', '-')})"
    limits = list(_limits(field))
    if limits:
        yield f"*Limits:* {'; '.join(limits)}"


def _limits(field: Field) -> Iterator[str]:
    given = field.get("constraints", {})
    if given.get("unique"):
        yield "no value twice"
    if "pattern" in given:
        long = len(given["pattern"]) > _LONGEST_PATTERN
        yield "EDTF, see [Time](../codebook.md#time)" if long else f"matches {code(given['pattern'])}"
    if "maxLength" in given:
        yield f"at most {given['maxLength']} characters"
    if "minimum" in given:
        yield f"{given['minimum']} or more"
    if "delimiter" in field:
        yield f"items parted by {code(field['delimiter'])}"


def links(table: str) -> str:
    """Return the lists of tables that a table points to and that point to it."""
    out = [f"- `{name}` → {table_link(other)}, `{key}`" for name, (other, key) in targets(table).items()]
    back = [
        f"- {table_link(other)}, `{name}`"
        for other in PACKAGE.tables
        for name, (target, _) in targets(other).items()
        if target == table
    ]
    nothing = ["- nothing"]
    return "\n".join(["It points to", "", *(out or nothing), "", "and is pointed to by", "", *(back or nothing)])


def fullest(table: str) -> Row:
    """Return the row that has the most to show: the first with the fewest blanks."""
    return min(rows(table), key=lambda row: sum(not value for value in row.values()))


def page(table: str) -> str:
    """Return the page of a table."""
    found, count = schema(table), len(rows(table))
    key = ", ".join(f"`{name}`" for name in found["primaryKey"])
    described = [field for field in found["fields"] if "categories" in field]
    sections = [
        f"<!-- Generated by scripts/build_docs.py from schemas/{table}.json and data/{table}.csv: edit those. -->",
        f"# {found['title']}",
        found["description"],
        f"Version {PACKAGE.version} has {count or 'no'} row{'' if count == 1 else 's'}. Primary key: {key}.",
        (
            f"The file comes with the package. `reportedly path {table}` prints where it is, and so does "
            f'`reportedly.path("{table}")`; `reportedly.load("{table}")` reads it into pandas.'
        ),
        links(table),
        "## Fields",
        fields(table),
    ]
    if described:
        sections.append("## Values")
    for field in described:
        sections += [f"### `{field['name']}` {{#{field['name'].replace('_', '-')}}}", field["description"]]
        sections.append(values(table, field))
    if count:
        shown = [[f"`{name}`", code(value) if value else ""] for name, value in fullest(table).items()]
        sections += [
            "## One row",
            "As it stands in the file; blank cells are blank there too.",
            grid(["Field", "Cell"], shown),
        ]
    return "\n\n".join(sections) + "\n"


# --- blocks -----------------------------------------------------------------------------------------------------------


def enumerations() -> str:
    """Return every value of every field with categories."""
    sections = []
    for table in PACKAGE.tables:
        for field in schema(table)["fields"]:
            if "categories" in field:
                sections += [f"### {table}.{field['name']}", _described(field), values(table, field)]
    return "\n\n".join(sections)


def _described(field: Field) -> str:
    return " ".join(filter(None, (field["description"], field.get("coding", ""))))


def rules() -> str:
    """Return every constraint and rule with its sentence."""
    groups = (
        ("Of files", [[f"`{name}`", cell(text)] for name, text in files.SENTENCES.items()]),
        ("Of cells and keys", [[f"`{name}`", cell(text)] for name, text in constraints.SENTENCES.items()]),
    )
    parts = [f"### {title}\n\n{grid(['Rule', 'What it asks for'], lines)}" for title, lines in groups]
    lines = [[f"`{rule.name}`", cell(rule.sentence), _scope(rule)] for rule in RULES.values()]
    parts.append(f"### Of rows and chains\n\n{grid(['Rule', 'What it asks for', 'Tables'], lines)}")
    return "\n\n".join(parts)


def _scope(rule: Rule) -> str:
    return ", ".join(rule.tables) or "across tables"


def command_line() -> str:
    """Return the help of the command and of each of its subcommands, as click prints it."""
    try:
        group: click.Group = import_module("reportedly.cli.app").main
    except ModuleNotFoundError as error:
        if error.name != "reportedly.cli.app":
            raise
        return "The command is not part of this checkout yet."
    return "\n\n".join(_helps(group, None, "reportedly", 3))


def _helps(command: click.Command, parent: click.Context | None, name: str, level: int) -> Iterator[str]:
    # A fixed width, so that the page does not depend on the terminal of whoever builds it.
    settings = {**command.context_settings, "terminal_width": 84, "max_content_width": 84}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    text = click.unstyle(command.get_help(context)).strip()
    yield f"{'#' * level} {context.command_path}"
    yield f"```text\n{text}\n```"
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            if found is not None and not found.hidden:
                yield from _helps(found, context, sub, level)


def versions() -> str:
    """Return every version, when it was released and what changed in it."""
    return grid([name.capitalize() for name in COLUMNS], [[escape(text) for text in row.values()] for row in history()])


def difference() -> str:
    """Return what `diff` prints for a copy of the last release in which one value was changed."""
    last = max(frozen(PACKAGE.root), key=order)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "my-package")
        shutil.copytree(release(last).root, home)
        first, *rest = Package(home).rows("demands")
        changed = [{**first, "strength": "wants" if first["strength"] != "wants" else "insists"}, *rest]
        (home / "data" / "demands.csv").write_text(write_csv(changed, list(first)), encoding="utf-8", newline="\n")
        told = diff(last, home).to_text().replace(str(home), home.name)
    return f"```console\n$ reportedly diff {last} my-package\n{told}\n```"


def kinds() -> str:
    """Return every kind of change by the part of the version that it moves."""
    heads = {
        Level.MAJOR: "Major: what worked may break",
        Level.MINOR: "Minor: more, and nothing less",
        Level.PATCH: "Patch: the same, put right",
        Level.NONE: "No number: files that only move",
    }
    parts = []
    for level, head in heads.items():
        lines = [[f"{kind.noun} {kind.verb}", cell(kind.why)] for kind in KINDS.values() if kind.level is level]
        parts.append(f"### {head}\n\n{grid(['Change', 'Why'], lines)}")
    return "\n\n".join(parts)


def meanings() -> str:
    """Return what the identifiers of each table rest on."""
    lines = []
    for table in PACKAGE.tables:
        key = schema(table)["primaryKey"]
        own = {field["name"] for field in schema(table)["fields"]} - set(key)
        if len(key) == 1 and key[0] not in targets(table):
            rests = [identity.message for identity in IDENTITIES if own.issuperset(identity.fields)]
            lines.append([table_link(table).replace("](", "](tables/"), f"`{key[0]}`", "; ".join(rests)])
    return grid(["Table", "Identifier", "Stands for something else when"], lines)


def formats() -> str:
    """Return what each export format makes and what it cannot hold of the dataset."""
    contents = prepare(PACKAGE)
    lines = []
    for form in FORMATS.values():
        losses = writer(form).losses(contents.only(contents.tables[0]) if form.per_table else contents)
        lines.append([f"`{form.name}`", form.title, "<br>".join(map(cell, losses))])
    return grid(["Format", "What it makes", "What it cannot hold"], lines)


BLOCKS: dict[str, dict[str, Callable[[], str]]] = {
    "codebook.md": {"enumerations": enumerations, "rules": rules, "agreement": agreement.report},
    "cli.md": {"cli": command_line},
    "download.md": {"formats": formats},
    "testing.md": {"evidence": evidence.page},
    "versions.md": {"versions": versions, "difference": difference, "kinds": kinds, "meanings": meanings},
}


def filled(text: str, blocks: dict[str, Callable[[], str]], file: str) -> str:
    """Return a page with its generated blocks renewed.

    Raises
    ------
    DocsError
        If a block's markers are not there exactly once, or the page has markers that nobody fills.
    """
    marked = Counter(re.findall(r"<!-- begin generated: (\S+) -->", text))
    if dict(marked) != dict.fromkeys(blocks, 1):
        raise DocsError(f"{file}: has blocks {', '.join(marked) or 'none'}; must have each of {', '.join(blocks)} once")
    for name, render in blocks.items():
        begin, end = f"<!-- begin generated: {name} -->", f"<!-- end generated: {name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise DocsError(f"{file}: the block {name} does not end")
        text = f"{head}{begin}\n\n{render()}\n\n{end}{tail}"
    return text


# --- building ---------------------------------------------------------------------------------------------------------


def pages() -> Iterator[tuple[Path, str]]:
    """Yield every page that is generated, wholly or in part, with the text that it should have."""
    for table in PACKAGE.tables:
        yield DOCS / "tables" / f"{table}.md", page(table)
    for file, blocks in BLOCKS.items():
        yield DOCS / file, filled((DOCS / file).read_text(encoding="utf-8"), blocks, file)


def stale() -> list[tuple[Path, str]]:
    """Return the pages that are not what they should be, with the text that they should have.

    Pages of tables that are gone count too, with an empty text.
    """
    wanted = list(pages())
    known = {path for path, _ in wanted}
    found = [(path, text) for path, text in wanted if not path.exists() or path.read_text(encoding="utf-8") != text]
    return found + [(path, "") for path in sorted((DOCS / "tables").glob("*.md")) if path not in known]


def main() -> int:
    """Write the pages, or with --check compare."""
    checking = sys.argv[1:] == ["--check"]
    try:
        found = stale()
    except DocsError as error:
        print(error, file=sys.stderr)
        return 1
    for path, text in found:
        if checking:
            name = path.relative_to(ROOT).as_posix()
            print(f"{name} is stale: run python scripts/build_docs.py", file=sys.stderr)
        elif text:
            with atomic(path, force=True) as place:
                place.write_text(text, encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 1 if checking and found else 0


if __name__ == "__main__":
    sys.exit(main())
