"""Validate a data package of this format: files, conformance, tables, and the rules across them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from reportedly import limits
from reportedly.errors import MissingExtraError, ReportedlyError
from reportedly.frames.load import TEXT, days
from reportedly.package.resolve import open_package
from reportedly.package.shipped import shipped
from reportedly.text.display import clip
from reportedly.validation.files import Files
from reportedly.validation.report import Issue, More, Report
from reportedly.validation.sound import Sound

try:
    import frictionless  # noqa: F401 - asked for here, so that a missing extra is told before any work is done
    import narwhals as nw
    import pandera.pandas as pa

    from reportedly.rules.constraints import constraints, lexical, primary_key
    from reportedly.rules.every import ROW, package_rules, row_rules
    from reportedly.validation.conformance import conformance
    from reportedly.validation.pandera import build
except ImportError as error:
    raise MissingExtraError(error.name) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reportedly.package.csvfile import Text
    from reportedly.package.package import Package
    from reportedly.rules.every import Broken, Check

    Progress = Callable[[str], None]

    Frame = nw.DataFrame[Any]
    Found = Issue | More

Schema = dict[str, Any]

# With these findings frictionless would read another package than the one that is meant, or leave it.
_UNFIT = {"descriptor", "table-set", "safe-path", "missing-file", "size", "format-schema"}

# What frictionless finds in cells, our own findings say with the right value beside it, where they say it too.
_CELL_ERRORS = {"type-error", "constraint-error", "unique-error", "primary-key"}


class _Table:
    """A table under test: the text of its cells, and the typed frame that expressions work on."""

    def __init__(self, name: str, file: str, schema: Schema, text: Text) -> None:
        self.name, self.file, self.schema, self.digest = name, file, schema, text.digest
        names = [field["name"] for field in schema["fields"]]
        # A ragged row is frictionless's finding; here it is cut or filled, so that its other cells are still checked.
        width = len(text.header)
        rows = [(row + [""] * width)[:width] for row in text.rows.values()]
        self.numbers = list(text.rows)
        cells = dict(zip(text.header, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
        self.text = pd.DataFrame({name: pd.array([cell or pd.NA for cell in cells[name]], TEXT) for name in names})
        # The rows of the cells that do not read as their type, by field.
        self.unread: dict[str, Any] = {}

    def lexical(self) -> Iterator[Found]:
        """Yield cells that do not read as their type; they count as blank from here on."""
        if _SOUND.knows("cells", {self.name: self.digest}):
            return
        numbered = nw.from_native(self.text.assign(**{ROW: range(len(self.text))}), eager_only=True)
        for field in self.schema["fields"]:
            rule = lexical(field)
            if rule is None:
                continue
            found = rule.rows(numbered)
            if len(found):
                self.unread[field["name"]] = found.get_column(ROW)
            yield from self.issues(found, field["name"], rule.name, f"this is no {field['type']}", rule.expected)

    def typed(self) -> pd.DataFrame:
        """Return the frame with typed columns; enumerations and lists stay text, so that what is wrong in them is kept."""
        frame = self.text.copy()
        for name, rows in self.unread.items():
            frame.loc[rows.to_numpy(), name] = pd.NA
        for field in self.schema["fields"]:
            name, kind = field["name"], field["type"]
            if kind in {"integer", "number"}:
                frame[name] = frame[name].astype({"integer": "Int64", "number": "Float64"}[kind])
            elif kind == "boolean":
                frame[name] = frame[name].map({"true": True, "false": False}).astype("boolean")
            elif kind == "date":
                frame[name] = days(frame[name])
        return frame

    def readable(self, found: Frame, field: str) -> Frame:
        """Return the rows of findings in a field, but for those whose cell does not read as its type: that is told, and not a blank too."""
        rows = self.unread.get(field)
        return found if rows is None else found.filter(~found.get_column(ROW).is_in(rows))

    def issues(self, found: Frame, field: str, rule: str, message: str, expected: str) -> Iterator[Found]:
        """Yield findings of the same words in a field."""
        return _first(found, lambda cells: self.issue(cells[ROW], field, rule, message, expected))

    def issue(self, row: int, field: str, rule: str, message: str, expected: str) -> Issue:
        """Return a finding in a row, counted from 0 without blank lines."""
        cells = self.text.iloc[row].fillna("")
        key = "/".join(str(cells[name]) for name in self.schema["primaryKey"])
        return Issue(self.file, rule, message, expected, self.name, self.numbers[row], key, field, str(cells[field]))


def _first(found: Frame, issue: Callable[[dict[str, Any]], Issue]) -> Iterator[Found]:
    """Yield the findings of a check in the order of rows, of very many the first, and how many there are besides."""
    rest = len(found) - limits.FINDINGS
    told = found.sort(ROW).head(limits.FINDINGS) if rest > 0 else found
    one = None
    for cells in told.iter_rows(named=True):
        one = issue(cells)
        yield one
    if one and rest > 0:
        yield More(one.file, one.rule, one.table, one.field, rest)


@cache
def _text_schema(table: str) -> Any:
    """Return the format's pandera schema without dtypes: the frames have their own, and enumerations and lists are still text."""
    schema = build(_expected()[table])
    for check in (*schema.checks, *(check for column in schema.columns.values() for check in column.checks)):
        # Whether it is broken, pandera is asked for here, not where: it keeps hundreds of bytes for each broken cell.
        check.n_failure_cases = 1
    return schema.update_columns({name: {"dtype": None} for name in schema.columns})


@cache
def _expected() -> dict[str, Schema]:
    return {table: shipped().schema(table) for table in shipped().tables}


_SOUND = Sound()


def _broken_checks(table: _Table, frame: pd.DataFrame) -> set[str | None]:
    """Return the names of the checks of a table's pandera schema that its frame breaks."""
    if _SOUND.knows("cells", {table.name: table.digest}):
        return set()
    try:
        _text_schema(table.name).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return {getattr(error.check, "name", None) for error in errors.schema_errors}
    except FileNotFoundError as error:
        # What pandera checks frames with it imports here, and with it, where it is installed, hypothesis, which asks for the working folder.
        raise ReportedlyError("The working folder is gone: change to one that is there.") from error
    if not table.unread:
        _SOUND.remember("cells", [table.name], {table.name: table.digest})
    return set()


def _rows(table: _Table, frame: pd.DataFrame) -> Iterator[Found]:
    """Yield what the table's pandera schema finds, told with the words of its constraints and rules."""
    names = _broken_checks(table, frame)
    if not names:
        return
    numbered = nw.from_native(frame.assign(**{ROW: range(len(frame))}), eager_only=True)
    # pandera has told which checks are broken; which rows, and what would be right, the same expressions tell more plainly.
    for field in table.schema["fields"]:
        for rule in constraints(field):
            if rule.name in names:
                found = table.readable(rule.rows(numbered), rule.field)
                yield from table.issues(found, rule.field, rule.name, rule.message, rule.expected)
    key = primary_key(table.schema["primaryKey"])
    if key.name in names:
        yield from table.issues(key.rows(numbered), key.field, key.name, key.message, key.expected)
    for named, check in row_rules(table.name):
        if named.name in names:
            yield from _told(table, named.name, check, table.readable(check.rows(numbered), check.field))


def _told(table: _Table, rule: str, found: Check | Broken, rows: Frame) -> Iterator[Found]:
    """Yield the findings of a rule, its words filled with each row's cells."""

    def issue(cells: dict[str, Any]) -> Issue:
        row = cells[ROW]
        # Cells as they stand in the file, not as their types print them.
        shown = {name: _shown(value) for name, value in {**cells, **table.text.iloc[row]}.items()}
        return table.issue(row, found.field, rule, found.message.format_map(shown), found.expected.format_map(shown))

    return _first(rows, issue)


def _shown(value: Any) -> str:
    """Return a cell as a message tells it: short ones as they are, others quoted and cut."""
    text = "" if value is None or value is pd.NA else str(value)
    plain = len(text) <= 64 and text.isprintable() and " " not in text
    return (text or "blank") if plain else clip(text)


def _foreign_keys(tables: dict[str, _Table], frames: dict[str, Any]) -> Iterator[Found]:
    for table in tables.values():
        for key in table.schema.get("foreignKeys", ()):
            (name,), (other,) = key["fields"], key["reference"]["fields"]
            target = key["reference"]["resource"] or table.name
            known = frames[target].get_column(other)
            dangling = frames[table.name].filter(~nw.col(name).is_null() & ~nw.col(name).is_in(known))
            message, expected = f"no row of {target} has this {other}", f"the {other} of a row of {target}"
            yield from table.issues(dangling, name, "foreignKey", message, expected)


class _Looked(Mapping[str, Any]):
    """The frames of all tables, and which of them somebody looked at."""

    def __init__(self, frames: dict[str, Any]) -> None:
        self._frames = frames
        self.at: set[str] = set()

    def __getitem__(self, table: str) -> Any:
        self.at.add(table)
        return self._frames[table]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)


def _across(tables: dict[str, _Table], frames: dict[str, Any]) -> Iterator[Found]:
    digests = {name: table.digest for name, table in tables.items()}
    for rule in package_rules():
        if _SOUND.knows(rule.name, digests):
            continue
        looked = _Looked(frames)
        found = [
            issue
            for broken in rule.function(looked)
            for issue in _told(tables[broken.table], rule.name, broken, broken.rows)
        ]
        if not found:
            _SOUND.remember(rule.name, looked.at, digests)
        yield from found


def _unique(frame: Any, schema: Schema) -> Any:
    """Return a frame without rows whose key stood before, which are told: joined with themselves they would fill the memory."""
    return frame.unique(subset=schema["primaryKey"], keep="first", maintain_order=True)


def validate(path: str | os.PathLike[str] | None = None, *, progress: Progress | None = None) -> Report:
    """Validate a data package of this format.

    Files and descriptor first, then each table by its pandera schema, conformance by frictionless, keys and rules across tables. Whatever a
    package says of its own schemas, its tables are held to the format's. Of one check's findings in a field the first thousand are told.

    Parameters
    ----------
    path
        A folder, a ``datapackage.json`` or a zip file; the shipped dataset by default.
    progress
        Called with the name of each step as it begins.

    Returns
    -------
    Report
        The findings. It never raises for what is inside of the package.

    Raises
    ------
    PackageError
        If there is nothing at the path, or it is no data package at all.
    ReportedlyError
        If the working folder is gone, and a library asks for it.
    MissingExtraError
        If the extra ``validate`` is not installed.

    Examples
    --------
    >>> import reportedly
    >>> reportedly.validate().ok
    True
    """
    step = progress or (lambda _: None)
    package = open_package(path)
    shown = f"reportedly {package.version}" if path is None else os.fspath(path)
    files = Files(package.root, _expected())
    step("descriptor")
    issues = list(files.descriptor())
    if any(issue.rule != "table-set" for issue in issues):
        return Report(shown, "", {}, tuple(issues), ("Nothing else was checked: the descriptor cannot be used.",))
    return _tables(shown, files, issues, step)


def _tables(shown: str, files: Files, descriptor: list[Issue], step: Progress) -> Report:
    package: Package = files.package
    issues: list[Found] = [*descriptor]
    known = [table for table in _expected() if table in package.resources]
    tables: dict[str, _Table] = {}
    for name in known:
        step(f"file of {name}")
        issues += files.schema(name)
        found, text = files.table(name)
        issues += found
        if text is not None:
            tables[name] = _Table(name, str(package.resource(name)["path"]), _expected()[name], text)
    skipped = []
    frames = {}
    ours: list[Found] = []
    for name, table in tables.items():
        step(f"rows of {name}")
        ours += table.lexical()
        typed = table.typed()
        ours += _rows(table, typed)
        frames[name] = nw.from_native(typed.assign(**{ROW: range(len(typed))}), eager_only=True)
    theirs: list[Issue] = []
    if any(issue.rule in _UNFIT for issue in issues):
        skipped.append("Conformance was not checked: the descriptor, a schema or a file cannot be used as it is.")
    else:
        step("conformance")
        theirs, stopped = conformance(files.root, {name: table.digest for name, table in tables.items()})
        skipped += stopped
    if len(tables) == len(_expected()):
        step("rules across tables")
        ours += _foreign_keys(tables, frames)
        ours += _across(tables, {name: _unique(frame, _expected()[name]) for name, frame in frames.items()})
    else:
        lacking = ", ".join(table for table in _expected() if table not in tables)
        skipped.append(f"Keys and rules across tables were not checked: {lacking} cannot be read as a table.")
    told = [found for found in issues + ours if isinstance(found, Issue)]
    told += list(_untold(theirs, told, set(tables)))
    more = [found for found in issues + ours if isinstance(found, More)]
    counts = {name: len(table.text) for name, table in tables.items()}
    return Report(shown, package.version, counts, _ordered(told), tuple(skipped), _added(more))


def _untold(theirs: list[Issue], ours: list[Issue], read: set[str]) -> Iterator[Issue]:
    """Yield frictionless's findings, but for those where ours say the same more plainly."""
    told = {(issue.table, issue.row) for issue in ours}
    headers = {issue.table for issue in ours if issue.rule == "header"}
    for issue in theirs:
        if issue.table and issue.table not in read:
            # Why the table cannot be read, its file's finding says.
            continue
        # frictionless reads cells by place: with the columns in another order it judges each under another's name, and tells of each name too.
        if issue.table in headers and issue.rule in {*_CELL_ERRORS, "incorrect-label"}:
            continue
        if issue.rule not in _CELL_ERRORS or (issue.table, issue.row) not in told:
            yield issue


def _added(found: list[More]) -> tuple[More, ...]:
    """Return what is only counted, what several checks of a rule counted in a field added up."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for more in found:
        counts[more.file, more.rule, more.table, more.field] += more.count
    return tuple(More(*place, count) for place, count in counts.items())


def _ordered(issues: list[Issue]) -> tuple[Issue, ...]:
    places = {table: place for place, table in enumerate(_expected())}
    columns = {
        (table, field["name"]): n for table, schema in _expected().items() for n, field in enumerate(schema["fields"])
    }
    once = {(issue.file, issue.table, issue.row, issue.field, issue.rule): issue for issue in reversed(issues)}

    def order(issue: Issue) -> tuple[int, int, int, str]:
        return places.get(issue.table, -1), issue.row, columns.get((issue.table, issue.field), -1), issue.rule

    return tuple(sorted(once.values(), key=order))
