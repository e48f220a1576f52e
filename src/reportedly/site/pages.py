"""The parts of the documentation that follow from the schemas, the data, the rules and the command line.

Written whole: ``docs/tables/<table>.md``. Written in part, between ``<!-- begin generated: NAME -->`` and ``<!-- end generated: NAME -->``: the codebook
and the pages on the command line, downloads and versions.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly.authoring import agreement
from reportedly.errors import ReportedlyError
from reportedly.package.csvfile import write_csv
from reportedly.package.package import Package
from reportedly.package.releases import frozen, order, release
from reportedly.text.markdown import code, escape
from reportedly.text.markdown import table as grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import click

    from reportedly.model.schema import Category, Field

Row = dict[str, str]

_LONGEST_PATTERN = 70
# A fixed width, so that the page does not depend on the terminal of whoever builds it.
_HELP_WIDTH = 84


class DocsError(ReportedlyError):
    """The documentation cannot be built."""


def cell(text: str) -> str:
    """Return a sentence, which may itself be Markdown, that is safe inside a table."""
    return text.replace("|", "&#124;").replace("<", "&lt;")


def table_link(table: str) -> str:
    """Return a link from one table's page to another's."""
    return f"[{table}]({table}.md)"


class Pages:
    """The pages of a checkout's documentation that are generated, wholly or in part.

    Parameters
    ----------
    root
        The folder of the checkout, which holds the package and ``docs/``.
    command
        The command whose help the page on the command line shows.
    """

    def __init__(self, root: Path, command: click.Group) -> None:
        self.root = root
        self.docs = root / "docs"
        self.command = command
        self.package = Package(root)

    def __iter__(self) -> Iterator[tuple[Path, str]]:
        """Yield the path of each page with the text that it should have."""
        for table in self.package.tables:
            yield self.docs / "tables" / f"{table}.md", self.page(table)
        for file, blocks in self.blocks.items():
            yield self.docs / file, filled((self.docs / file).read_text(encoding="utf-8"), blocks, file)

    @property
    def blocks(self) -> dict[str, dict[str, Callable[[], str]]]:
        """The generated parts of each page."""
        return {
            "codebook.md": {"enumerations": self.enumerations, "rules": rules, "agreement": self.agreement},
            "cli.md": {"cli": lambda: "\n\n".join(helps(self.command, None, "reportedly", 3))},
            "download.md": {"formats": self.formats},
            "versions.md": {
                "versions": versions,
                "difference": self.difference,
                "kinds": kinds,
                "meanings": self.meanings,
            },
        }

    # --- schemas and rows ---------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """The rows of each table as they are in its file."""
        return {table: list(self.package.rows(table)) for table in self.package.tables}

    @cached_property
    def names(self) -> dict[str, str]:
        """The actors' names by identifier."""
        return {row["actor_id"]: row["name"] for row in self.rows["actors"]}

    @cached_property
    def contents(self) -> dict[str, str]:
        """The claims' contents by identifier."""
        return {row["claim_id"]: row["content"] for row in self.rows["claims"]}

    # --- examples -----------------------------------------------------------------------------------------------------

    def shown(self, table: str, row: Row) -> str:
        """Return a row as its key and what it is about, for a table of examples."""
        key = row[self.package.table(table).key[0]]
        match table:
            case "actors":
                about = row["name"]
            case "articles":
                about = f"published by {self.names[row['publisher_id']]}"
            case "claims":
                about = row["content"]
            case "attributions":
                about = self.names[row["actor_id"]] + (f" (“{row['cue']}”)" if row["cue"] else "")
            case "participants":
                about = f"{self.names[row['actor_id']]} in: {self.contents[row['claim_id']]}"
            case "demands":
                about = row["summary"]
            case "quotes":
                about = f"“{row['text']}”"
            case "figures":
                about = f"“{row['surface']}”, {row['measures']}"
            case _:
                key, about = f"{row['table']}/{row['key']}", row["reason"]
        hop = f" hop {row['hop']}" if table == "attributions" else ""
        return f"{code(key)}{hop} {escape(about)}"

    def example(self, table: str, field: Field, category: Category) -> str:
        """Return an example of a category.

        The first row that has it, else the schema's own example, else a row of another field that has the same category.

        Raises
        ------
        DocsError
            If there is none of the three.
        """
        if own := self._first(table, field.name, category.value):
            return own
        if category.example:
            return f"{cell(category.example)} *(constructed)*"
        for other in self.package.format:
            for twin in other.fields:
                if category in twin.categories and (shared := self._first(other.name, twin.name, category.value)):
                    return f"{shared} *(from {other.name}.{twin.name}, which has the same value)*"
        raise DocsError(
            f"{table}.{field.name}: no row has the value {category.value!r}. Give its category an example in schemas/{table}.json"
        )

    def _first(self, table: str, name: str, value: str) -> str:
        return next((self.shown(table, row) for row in self.rows[table] if row[name] == value), "")

    def values(self, table: str, field: Field) -> str:
        """Return the table of a field's categories."""
        lines = [
            [f"`{one.value}`", one.label, cell(one.description), self.example(table, field, one)]
            for one in field.categories
        ]
        return grid(["Value", "Label", "Meaning", "Example"], lines)

    # --- docs/tables/<table>.md ---------------------------------------------------------------------------------------

    def page(self, table: str) -> str:
        """Return the page of a table."""
        described, rows = self.package.table(table), self.rows[table]
        key = ", ".join(f"`{name}`" for name in described.key)
        sections = [
            f"<!-- Generated by scripts/generate.py from schemas/{table}.json and data/{table}.csv: edit those. -->",
            f"# {described.title}",
            described.description,
            f"Version {self.package.version} has {len(rows) or 'no'} row{'' if len(rows) == 1 else 's'}. Primary key: {key}.",
            (
                f"The file comes with the package. `reportedly path {table}` prints where it is, and so does "
                f'`reportedly.path("{table}")`; `reportedly.load("{table}")` reads it into pandas.'
            ),
            self.links(table),
            "## Fields",
            self.field_table(table),
        ]
        coded = [field for field in described.fields if field.categories]
        sections += ["## Values"] if coded else []
        for field in coded:
            sections += [f"### `{field.name}` {{#{field.name.replace('_', '-')}}}", field.description]
            sections.append(self.values(table, field))
        if rows:
            # The row that has the most to show: the first with the fewest blanks.
            fullest = min(rows, key=lambda row: sum(not value for value in row.values()))
            cells = [[f"`{name}`", code(value) if value else ""] for name, value in fullest.items()]
            sections += ["## One row", "As it is in the file; blank cells are blank there too."]
            sections.append(grid(["Field", "Cell"], cells))
        return "\n\n".join(sections) + "\n"

    def links(self, table: str) -> str:
        """Return the lists of tables that a table points to and that point to it."""
        keys = self.package.table(table).foreign_keys
        out = [f"- `{key.field}` → {table_link(key.table)}, `{key.target}`" for key in keys]
        back = [
            f"- {table_link(other)}, `{name}`"
            for other, names in self.package.format.keys_into(table).items()
            for name in names
        ]
        nothing = ["- nothing"]
        return "\n".join(["It points to", "", *(out or nothing), "", "and is pointed to by", "", *(back or nothing)])

    def field_table(self, table: str) -> str:
        """Return the table of a table's fields."""
        lines = []
        for field in self.package.table(table).fields:
            needed = "yes" if field.is_required else ""
            lines.append([f"`{field.name}`", field.type, needed, "<br>".join(self._notes(table, field))])
        return grid(["Field", "Type", "Required", "What it holds"], lines)

    def _notes(self, table: str, field: Field) -> Iterator[str]:
        yield f"**{field.title}.** {cell(field.description)}"
        if field.coding:
            yield f"*Coding:* {cell(field.coding)}"
        if key := self.package.table(table).points_to.get(field.name):
            yield f"*Points to:* {table_link(key.table)}, `{key.target}`"
        if field.categories:
            yield f"*Values:* [{len(field.categories)}, listed below](#{field.name.replace('_', '-')})"
        if limits := list(_limits(field)):
            yield f"*Limits:* {'; '.join(limits)}"

    # --- parts of pages -----------------------------------------------------------------------------------------------

    def enumerations(self) -> str:
        """Return every value of every field with categories."""
        sections = []
        for table in self.package.format:
            for field in table.fields:
                if field.categories:
                    described = " ".join(filter(None, (field.description, field.coding)))
                    sections += [f"### {table.name}.{field.name}", described, self.values(table.name, field)]
        return "\n\n".join(sections)

    def agreement(self) -> str:
        """Return how far the two raw codings agree."""
        return agreement.report(self.docs / "coding" / "first", self.docs / "coding" / "second")

    def formats(self) -> str:
        """Return what each export format makes and what it cannot hold of the dataset."""
        from reportedly.exports.formats import FORMATS, writer
        from reportedly.exports.prepare import prepare

        contents = prepare(self.package)
        lines = []
        for form in FORMATS.values():
            losses = writer(form).losses(contents.only(contents.tables[0]) if form.per_table else contents)
            lines.append([f"`{form.name}`", form.title, "<br>".join(map(cell, losses))])
        return grid(["Format", "What it makes", "What it cannot hold"], lines)

    def difference(self) -> str:
        """Return what `diff` prints for a copy of the last release in which one value was changed."""
        from reportedly.versioning.diff import diff

        last = max(frozen(self.package.root), key=order)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "my-package")
            shutil.copytree(release(last).root, copy)
            first, *rest = Package(copy).rows("demands")
            changed = [{**first, "strength": "wants" if first["strength"] != "wants" else "insists"}, *rest]
            (copy / "data" / "demands.csv").write_text(write_csv(changed, list(first)), encoding="utf-8", newline="\n")
            printed = diff(last, copy).to_text().replace(str(copy), copy.name)
        return f"```console\n$ reportedly diff {last} my-package\n{printed}\n```"

    def meanings(self) -> str:
        """Return what the identifiers of each table rest on."""
        from reportedly.versioning.identity import IDENTITIES

        lines = []
        for table in self.package.format:
            (first, *others), own = table.key, {*table.names} - {*table.key}
            if not others and first not in table.points_to:
                rests = [identity.message for identity in IDENTITIES if own.issuperset(identity.fields)]
                lines.append([f"[{table.name}](tables/{table.name}.md)", f"`{first}`", "; ".join(rests)])
        return grid(["Table", "Identifier", "Stands for something else when"], lines)


def _limits(field: Field) -> Iterator[str]:
    given = field.constraints
    if field.is_unique:
        yield "no value twice"
    if "pattern" in given:
        long = len(given["pattern"]) > _LONGEST_PATTERN
        yield "EDTF, see [Time](../codebook.md#time)" if long else f"matches {code(given['pattern'])}"
    if "maxLength" in given:
        yield f"at most {given['maxLength']} characters"
    if "minimum" in given:
        yield f"{given['minimum']} or more"
    if field.delimiter:
        yield f"items separated by {code(field.delimiter)}"


def rules() -> str:
    """Return every constraint and rule with its sentence."""
    from reportedly.package.shipped import shipped
    from reportedly.rules.catalogue import ALL

    parts = []
    for title, kind in (("Of files", "file"), ("Of cells and keys", "constraint")):
        lines = [[f"`{rule.name}`", cell(rule.sentence)] for rule in ALL if rule.kind == kind]
        parts.append(f"### {title}\n\n{grid(['Rule', 'What it asks for'], lines)}")
    tables = {rule.name: rule.tables(shipped().format) if rule.kind == "row" else [] for rule in ALL}
    lines = [
        [f"`{rule.name}`", cell(rule.sentence), ", ".join(tables[rule.name]) or "across tables"]
        for rule in ALL
        if rule.kind in {"row", "package"}
    ]
    parts.append(f"### Of rows and chains\n\n{grid(['Rule', 'What it asks for', 'Tables'], lines)}")
    return "\n\n".join(parts)


def helps(command: click.Command, parent: click.Context | None, name: str, level: int) -> Iterator[str]:
    """Yield the help of a command and of each of its subcommands, as click prints it."""
    import click

    settings = {**command.context_settings, "terminal_width": _HELP_WIDTH, "max_content_width": _HELP_WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield f"{'#' * level} {context.command_path}"
    yield f"```text\n{click.unstyle(command.get_help(context)).strip()}\n```"
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            if found is not None and not found.hidden:
                yield from helps(found, context, sub, level)


def versions() -> str:
    """Return every version, when it was released and what changed in it."""
    from reportedly.versioning.history import COLUMNS, history

    return grid([name.capitalize() for name in COLUMNS], [[escape(text) for text in row.values()] for row in history()])


def kinds() -> str:
    """Return every kind of change by the part of the version that it moves."""
    from reportedly.model.version import Level
    from reportedly.versioning.kinds import KINDS

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


def filled(text: str, blocks: dict[str, Callable[[], str]], file: str) -> str:
    """Return a page with its generated blocks renewed.

    Raises
    ------
    DocsError
        If a block's markers are not there exactly once, or the page has markers that nobody fills.
    """
    marked = Counter(re.findall(r"<!-- begin generated: (\S+) -->", text))
    if dict(marked) != dict.fromkeys(blocks, 1):
        raise DocsError(f"{file}: has blocks {', '.join(marked) or 'none'}. Expected: {', '.join(blocks)}, each once")
    for name, render in blocks.items():
        begin, end = f"<!-- begin generated: {name} -->", f"<!-- end generated: {name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise DocsError(f"{file}: the block {name} does not end")
        text = f"{head}{begin}\n\n{render()}\n\n{end}{tail}"
    return text
