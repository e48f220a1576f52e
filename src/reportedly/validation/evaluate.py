"""The rules on an engine: which rows break which rule. Each check is evaluated once, those on the rows of one table all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from reportedly import limits
from reportedly.rules import constraints, references
from reportedly.rules.base import ROW, Add, Cell, Distinct, Endless, Innermost, Join, Where, blank, column
from reportedly.rules.catalogue import ALL
from reportedly.text.display import clip
from reportedly.validation.report import Issue, Omitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reportedly.engines.base import Engine, Frame
    from reportedly.model.schema import Format
    from reportedly.rules.base import Check, Predicate, Rule, Step

    Found = Issue | Omitted
    Adding = Callable[[Frame, Iterable[Distinct]], Frame]

# How many pairs of spans are compared at a time.
_PAIRS_AT_ONCE = 2_000_000


def row_checks(form: Format, rules: Sequence[Rule] = ALL) -> dict[str, list[Check]]:
    """Return by table the checks of rules that need no other table: constraints first, then rules on rows."""
    wanted = {rule.name for rule in rules}
    found = {table.name: [check for check in constraints.table_checks(table) if check.rule in wanted] for table in form}
    for check in (check for rule in rules if rule.kind == "row" for check in rule.checks(form)):
        found[check.table].append(check)
    return found


class Evaluation:
    """Evaluates the rules of a format on the tables of a package.

    Parameters
    ----------
    engine
        Gives the tables.
    form
        The format.
    files
        The paths of the tables' files, by table.
    rules
        The rules.
    """

    def __init__(self, engine: Engine, form: Format, files: Mapping[str, str], rules: Sequence[Rule] = ALL) -> None:
        self._engine = engine
        self._form = form
        self._files = files
        self._rules = rules
        self._checks = row_checks(form, rules)
        self._frames: dict[str, Frame] = {}
        # Without rows whose key another row has: joined with themselves they would fill the memory.
        self._unique: dict[str, Frame] = {}
        self._sides: dict[tuple[str, tuple[Step, ...]], Frame] = {}

    def rows(self, table: str) -> Iterator[Found]:
        """Yield what breaks a constraint or a rule within one table."""
        text = self._engine.text(table)
        unread: dict[str, Sequence[int]] = {}
        types = [check for field in self._form.table(table).fields for check in constraints.type_checks(field, table)]
        for check in broken_checks(text, types):
            rows = broken_rows(text, check)
            unread[check.field] = rows[ROW].to_list()
            yield from self._issues(check, rows)
        typed = self._engine.typed(table, unread)
        self._frames[table] = self._unique[table] = typed
        frame = prepared(typed, self._checks[table], self._engine.distinct)
        for check in broken_checks(frame, self._checks[table]):
            rows = broken_rows(frame, check)
            if check.rule == constraints.PRIMARY_KEY.name:
                key = [*self._form.table(table).key]
                self._unique[table] = typed.unique(subset=key, keep="first", maintain_order=True)
            if check.field in unread:
                # That the cell does not read as its type is said, and not that it is blank too.
                rows = rows.filter(~nw.col(ROW).is_in(unread[check.field]))
            yield from self._issues(check, rows)

    def across(self) -> Iterator[Found]:
        """Yield what breaks a rule across tables. All tables must have gone through `rows` before."""
        for rule in self._rules:
            if rule.kind == "package" or rule is references.FOREIGN_KEY:
                # A key that points nowhere is said of each row.
                frames = self._frames if rule is references.FOREIGN_KEY else self._unique
                for check in rule.checks(self._form):
                    yield from self._across(check, frames)

    def _across(self, check: Check, frames: Mapping[str, Frame]) -> Iterator[Found]:
        try:
            frame = _narrow(frames[check.table], check.columns)
            frame = self._after(frame, check.steps)
        except _TooManyPairsError as error:
            message = f"{check.rule} was not checked: {error}"
            yield Issue(
                self._files[check.table], "size", message, "smaller articles", table=check.table, field=check.field
            )
            return
        if not frame.is_empty():
            rows = broken_rows(frame, check)
            if not rows.is_empty():
                yield from self._issues(check, rows)

    def _after(self, frame: Frame, steps: Iterable[Step]) -> Frame:
        """Return what the steps make of a frame. Of a frame without rows, what columns it lacks does not matter."""
        for step in steps:
            if frame.is_empty():
                break
            match step:
                case Distinct() | Add():
                    frame = with_columns(frame, [step], self._engine.distinct)
                case Where():
                    frame = frame.filter(_filled(step.condition))
                case Join():
                    frame = self._joined(frame, step)
                case Innermost():
                    frame = innermost(frame, self._side(step.table, step.steps), step)
                case Endless():
                    frame = endless(frame, step)
        return frame

    def _side(self, table: str, steps: tuple[Step, ...]) -> Frame:
        """Return the other side of a join, made once."""
        if not steps:
            return self._unique[table]
        if (table, steps) not in self._sides:
            self._sides[table, steps] = self._after(self._unique[table], steps)
        return self._sides[table, steps]

    def _joined(self, frame: Frame, join: Join) -> Frame:
        on = [mine for mine, _ in join.on]
        there = self._side(join.table, join.steps)
        if there.is_empty():
            # It lacks the columns that its steps would have added.
            nothing = frame.with_columns(*(nw.lit(None, nw.String).alias(name) for name, _ in join.take))
            return frame if join.how == "anti" else nothing if join.how == "left" else frame.head(0)
        there = there.select(*(nw.col(theirs).alias(name) for name, theirs in (*join.on, *join.take)))
        if not {theirs for _, theirs in join.on}.issuperset(self._form.table(join.table).key):
            there = there.unique(subset=on, keep="first", maintain_order=True)
        return frame.join(there, on=on, how=join.how)  # type: ignore[arg-type]  # one of the four

    def _issues(self, check: Check, rows: Frame) -> Iterator[Found]:
        """Yield the findings of a check in the order of rows, of very many the first, and how many there are besides."""
        table = self._form.table(check.table)
        # Cells as they are in the file, not as their types print them.
        added = [name for name in rows.columns if name not in table]
        for cells in rows.sort(ROW).head(limits.FINDINGS).select(added).iter_rows(named=True):
            row = cells[ROW]
            texts = self._engine.cells(check.table, row)
            shown = {name: _shown(value) for name, value in {**cells, **texts}.items()}
            yield Issue(
                self._files[check.table],
                check.rule,
                check.message.format_map(shown),
                check.expected.format_map(shown),
                check.table,
                row,
                table.key_text(texts),
                check.field,
                texts[check.field],
            )
        if len(rows) > limits.FINDINGS:
            rest = len(rows) - limits.FINDINGS
            yield Omitted(self._files[check.table], check.rule, check.table, check.field, rest)


def _narrow(frame: Frame, names: Iterable[str]) -> Frame:
    """Return a frame with its row numbers and of its columns those that are named."""
    return frame.select(ROW, *(name for name in names if name in frame.columns))


def _shown(value: Any) -> str:
    """Return a cell as a message shows it: short ones as they are, others quoted and cut."""
    text = "" if value is None else str(value)
    plain = len(text) <= 64 and text.isprintable() and " " not in text
    return (text or "blank") if plain else clip(text)


def _filled(predicate: Predicate) -> nw.Expr:
    """Return an expression whose comparisons with a blank are false."""
    return predicate(column).fill_null(value=False)


def broken_checks(frame: Frame, checks: Sequence[Check]) -> list[Check]:
    """Return the checks that some row breaks. Those on one column are asked of the column, which takes a third of the time; the others all at once."""
    if frame.is_empty():
        return []
    columns = {check.broken.name for check in checks if isinstance(check.broken, Cell)}
    blanks = {name: frame.get_column(name).null_count() for name in columns}
    others = {
        f"{n}": check.broken for n, check in enumerate(checks) if check.broken and not isinstance(check.broken, Cell)
    }
    # A comparison with a blank is null, which breaks nothing.
    found = frame.select(*(broken(column).any().alias(n) for n, broken in others.items())).row(0) if others else ()
    answers = dict(zip(others, found, strict=True))

    def is_broken(number: int, check: Check) -> bool:
        match check.broken:
            case Cell(name, broken) if broken is blank:
                return blanks[name] > 0
            case Cell(name, broken):
                # A series answers what an expression does.
                cells: Any = frame.get_column(name)
                return blanks[name] < len(frame) and bool(broken(cells).any())
        return bool(answers[f"{number}"])

    return [check for number, check in enumerate(checks) if is_broken(number, check)]


def broken_rows(frame: Frame, check: Check) -> Frame:
    """Return the rows that break a check, with the columns that it needs."""
    return frame if check.broken is None or frame.is_empty() else frame.filter(_filled(check.broken))


def prepared(frame: Frame, checks: Iterable[Check], distinct: Adding) -> Frame:
    """Return a frame with the columns that checks on its rows need, each added once."""
    return with_columns(frame, dict.fromkeys(step for check in checks for step in check.steps), distinct)


def with_columns(frame: Frame, steps: Iterable[Step], distinct: Adding) -> Frame:
    """Return a frame with the columns that steps add; `distinct` is the engine's."""
    steps = list(steps)
    of_values = [step for step in steps if isinstance(step, Distinct)]
    if of_values:
        frame = distinct(frame, of_values)
    added = [step.value(column).alias(step.name) for step in steps if isinstance(step, Add)]
    return frame.with_columns(*added) if added else frame


class _TooManyPairsError(Exception):
    """Spans that would take too long to compare."""


def innermost(frame: Frame, other: Frame, step: Innermost) -> Frame:
    """Return the rows whose span lies within a span of another table in the same group, with the shortest of those.

    Raises
    ------
    _TooManyPairsError
        If there are more pairs of spans than the limit.
    """
    if other.is_empty():
        return frame.head(0)
    group, theirs = step.on
    start, end = step.span
    holders = other.select(
        nw.col(theirs).alias(group),
        nw.col(start).alias("_first"),
        nw.col(end).alias("_last"),
        nw.col(step.key).alias("_holder"),
    ).drop_nulls()
    spans = frame.select(ROW, group, start, end).drop_nulls()
    sizes = holders.group_by(group).agg(nw.len().alias("_size"))
    spans = spans.join(sizes, on=group, how="inner")
    if spans.is_empty():
        return frame.head(0)
    pairs = spans.get_column("_size").sum()
    if pairs > limits.PAIRS:
        raise _TooManyPairsError(f"{pairs:,} pairs of spans in one article, more than {limits.PAIRS:,}")
    at_once = max(1, _PAIRS_AT_ONCE // spans.get_column("_size").max())
    within = (nw.col("_first") <= nw.col(start)) & (nw.col(end) <= nw.col("_last"))
    found = []
    for place in range(0, len(spans), at_once):
        part = spans[place : place + at_once].join(holders, on=group, how="inner").filter(within)
        part = part.with_columns((nw.col("_last") - nw.col("_first")).alias("_length"))
        found.append(part.sort("_length", "_holder").unique(subset=[ROW], keep="first", maintain_order=True))
    return frame.join(nw.concat(found).select(ROW, "_holder", "_length"), on=ROW, how="inner")


def endless(frame: Frame, step: Endless) -> Frame:
    """Return the rows from which following a column never ends, by doubling the stride: as many joins as the logarithm of the rows."""
    given = ~nw.col(step.parent).is_null()
    ways = frame.filter(given).select(nw.col(step.key).alias("_key"), nw.col(step.parent).alias("_next"))
    for _ in range(len(frame).bit_length()):
        if ways.is_empty():
            return frame.head(0)
        further = ways.select(nw.col("_key").alias("_next"), nw.col("_next").alias("_far"))
        further = further.unique(subset=["_next"], keep="first", maintain_order=True)
        ways = ways.join(further, on="_next", how="inner").select("_key", nw.col("_far").alias("_next"))
    return frame.join(ways.select(nw.col("_key").alias(step.key)).unique(), on=step.key, how="semi")
