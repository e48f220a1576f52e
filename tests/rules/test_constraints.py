"""What is said of cells that break a constraint, word for word, and at which value it begins: on columns made up here, without a file."""

from __future__ import annotations

import datetime as dt
import importlib
import sys
import unicodedata
from itertools import product
from pathlib import Path

import pytest

pytest.importorskip("pandera")
import narwhals as nw

from reportedly.engines.polars import PolarsEngine
from reportedly.errors import MissingExtraError
from reportedly.model.schema import Format, Table
from reportedly.package.csvfile import Text
from reportedly.rules.base import ROW
from reportedly.rules.catalogue import ALL
from reportedly.rules.cells import is_mixed_script
from reportedly.rules.constraints import key_check
from reportedly.validation.evaluate import Evaluation, broken_rows


def field(kind, name="x", **given):
    """Return a field; `constraints` and what else a descriptor has are given by name."""
    return {"name": name, "type": kind, "title": f"The {name}", "description": f"What {name} is.", **given}


def column(told, values):
    """Return the findings in a column as a report says them, from the field's name on."""
    table = Table.from_descriptor({"fields": [told], "primaryKey": ["x"]}, "made-up")
    text = Text(["x"], {number: [value] for number, value in enumerate(values, 2)}, len(values) + 1)
    rules = [rule for rule in ALL if rule.kind == "constraint" and rule.name != "primaryKey"]
    made = Evaluation(
        PolarsEngine({"made-up": (table, text)}), Format((table,)), {"made-up": "data/made-up.csv"}, rules
    )
    found = [str(issue) for issue in made.rows("made-up")]
    return [line.partition("), ")[2] or line.partition(", ")[2] for line in found]


def values(found):
    return [line.partition(" = ")[2].partition(": ")[0] for line in found]


# --- types ------------------------------------------------------------------------------------------------------------------------

READ = {
    "integer": ["0", "1", "-1", "9", "10", "-90", "999999999999999999", ""],
    "number": ["0", "7", "-1", "0.5", "-0.5", "-0.05", "10.0", "0.0", "999999999999999999.25", ""],
    "boolean": ["true", "false", ""],
    "date": ["2024-02-29", ""],
    "list": ["one", "one|two", "one two|three", ""],
    "string": ["anything", "|", "1", ""],
}
UNREAD = {
    "integer": ["00", "01", "-01", "+1", "-0", "1.0", "1e3", "x", "x1", "1x", "1000000000000000000", "\u0663", "1_0", "1\n"],
    "number": ["00", "01.5", "-0", "-0.0", "-00.5", "1.", ".5", "1,5", "1e3", "NaN", "inf", "x1", "1x", "+0.5", "1000000000000000000", "1.5\n"],
    "boolean": ["True", "TRUE", "1", "xtrue", "falsex", "true\n"],
    "date": ["2024-02-30", "20240229", "2024-02", "x2024-02-29", "2024-02-29x", "2024-02-29\n"],
    "list": ["|one", "one|", "one||two", "|", "||"],
}  # fmt: skip
RIGHT = {
    "integer": "not a valid integer [type]. Expected: a whole number",
    "number": "not a valid number [type]. Expected: a number, with a full stop before decimals",
    "boolean": "not a valid boolean [type]. Expected: true or false",
    "date": "not a valid date [type]. Expected: a day of the calendar as YYYY-MM-DD",
    "list": "not a valid list [type]. Expected: items separated by |, none empty",
}


def of_kind(kind, **given):
    return field(kind, **({"delimiter": "|"} if kind == "list" else {}), **given)


@pytest.mark.parametrize("kind", READ)
def test_what_reads_as_its_type_is_fine(kind):
    assert column(of_kind(kind), READ[kind]) == []


@pytest.mark.parametrize("kind", UNREAD)
def test_what_does_not_read_as_its_type_is_told(kind):
    found = [line for line in column(of_kind(kind), UNREAD[kind]) if "[type]" in line]
    assert found == [f"x = {value!r}: {RIGHT[kind]}" for value in UNREAD[kind]]


def test_the_days_of_the_calendar_are_dates_and_no_others_are():
    years = (
        "0001",
        "0004",
        "1600",
        "1896",
        "1899",
        "1900",
        "1904",
        "1996",
        "2000",
        "2010",
        "2012",
        "2023",
        "2024",
        "2100",
        "2400",
        "9999",
    )

    def is_day(text):
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            return False
        return True

    for year in years:
        texts = [f"{year}-{month:02}-{day:02}" for month, day in product(range(14), range(34))]
        assert values(column(field("date"), texts)) == [repr(text) for text in texts if not is_day(text)]


def test_items_are_parted_by_the_fields_own_delimiter():
    semicolon = field("list", delimiter=";")
    assert column(semicolon, ["one|", "one;two", ";one"]) == [
        "x = ';one': not a valid list [type]. Expected: items separated by ;, none empty"
    ]


# --- constraints ------------------------------------------------------------------------------------------------------------------

LIMITS = {
    "required": ("string", {"required": True}, ["a"], [""], "x: this is blank [required]. Expected: a value"),
    "enum": ("string", {"enum": ["a", "b"]}, ["a", "b", ""], ["c", "A", "ab"], "not one of the allowed values [enum]. Expected: one of: a, b"),
    "pattern": ("string", {"pattern": "a|bc"}, ["a", "bc", ""], ["b", "abc", "ac", "a\n"], "does not match the field's pattern [pattern]. Expected: a text that matches a|bc"),
    "minimum": ("integer", {"minimum": 2}, ["2", "3", ""], ["1", "-2"], "this is too small [minimum]. Expected: 2 or more"),
    "maximum": ("number", {"maximum": 2}, ["2", "1.5", "-3", ""], ["2.5", "3"], "this is too large [maximum]. Expected: 2 or less"),
    "minLength": ("string", {"minLength": 2}, ["é\u4e00", "abc", ""], ["é"], "this is too short [minLength]. Expected: 2 characters or more"),
    "maxLength": ("string", {"maxLength": 2}, ["é\u4e00", "a", ""], ["abc"], "this is too long [maxLength]. Expected: 2 characters or fewer"),
    "unique": ("string", {"unique": True}, ["a", "b", "", ""], ["c", "c"], "this value is in more than one row [unique]. Expected: a value that no other row has"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_a_constraint_is_broken_from_its_limit_on_and_told(name):
    kind, given, fine, broken, words = LIMITS[name]
    told = field(kind, constraints=given)
    assert column(told, fine) == []
    found = [line for line in column(told, [*fine, *broken]) if f"[{name}]" in line]
    assert found == [words if value == "" else f"x = {value!r}: {words}" for value in broken]


def test_a_constraint_that_is_switched_off_is_none():
    assert column(field("string", constraints={"required": False, "unique": False}), ["", "a", "a"]) == []


def test_a_primary_key_is_told_at_its_last_field():
    fields = [field("string", "a"), field("string", "b")]
    check = key_check(Table.from_descriptor({"fields": fields, "primaryKey": ["a", "b"]}, "made-up"))
    data = {"a": ["x", "x", "x", "y"], "b": ["1", "2", "1", "1"], ROW: [0, 1, 2, 3]}
    assert broken_rows(nw.from_dict(data, backend="polars"), check)[ROW].to_list() == [0, 2]
    assert (check.field, check.rule, check.message) == ("b", "primaryKey", "another row has the same key")
    assert check.expected == "another a + b than any other row's"


# --- cells ------------------------------------------------------------------------------------------------------------------------

CELLS = {
    "nfc": "not in Unicode normalization form C [nfc]. Expected: the same text in Unicode form NFC",
    "stray-space": "it has a stray space, a line break or an invisible character [stray-space]. Expected: the text without stray spaces, line breaks and invisible characters",
    "mixed-script": "a word mixes Latin letters with letters of another script that may look like them [mixed-script]. Expected: each word in the letters of one script",
    "formula-cell": "a spreadsheet would run this as a formula [formula-cell]. Expected: a text that does not begin with = + - or @",
}
UNSEEN = {"Cc", "Cf", "Zl", "Zp"}
# Written around digits, and seen: https://www.unicode.org/reports/tr44/#Prepended_Concatenation_Mark
AROUND_DIGITS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
INVISIBLE = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) in UNSEEN and c not in AROUND_DIGITS]
# Fillers and variation selectors: no format characters by their category, but nothing that is seen.
INVISIBLE += list(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u2065\u2800\u3164\ufe00\ufe0f\uffa0\ufff0\U000e0100\U000e01ef"
)
# Of private use only the ends: there are 137,468.
INVISIBLE += list("\ue000\uf8ff\U000f0000\U0010fffd")
SPOILED = {
    "nfc": ["cafe\u0301", "\u212b", "\u1100\u1161"],
    "stray-space": [" x", "x ", "x  y", "\u00a0x", "x\u3000", *(f"x{character}y" for character in INVISIBLE)],
    "mixed-script": [*(f"x{letter}" for letter in "\u0370\u03bf\u03ff\u0400\u043e\u052f\u0531\u13a0\u1c80\u1f00\u2de0\ua640\uff21\uff3a\uff41\uff5a"), "\u043eZ", "\u043e\u00e9", "\u043e\u0101", "a b\u043e c"],
    "formula-cell": ["=1+1", "+1", "-1", "@x", "="],
}  # fmt: skip
CLEAN = [
    *(f"{mark}\u0661" for mark in AROUND_DIGITS),
    "x",
    "x y",
    "x\u00a0y",
    "caf\u00e9",
    "1=1",
    "a+b",
    "a-b",
    "a@b",
    "\u041f\u0443\u0442\u0438\u043d",
    "\u03b1 b \u043f",
    "\u00d7x",
    "x\u2c6d",
    "XX",
    "",
    "\u2013",
    "\U0001f600",
]


@pytest.mark.parametrize("kind", ["string", "list"])
@pytest.mark.parametrize("rule", CELLS)
def test_a_cell_that_breaks_a_rule_of_text_is_told(rule, kind):
    found = [line for line in column(of_kind(kind), SPOILED[rule]) if f"[{rule}]" in line]
    assert len(found) == len(SPOILED[rule])
    assert {line.partition(": ")[2] for line in found if ": " not in line.partition(": ")[0]} == {CELLS[rule]}


def test_a_text_without_any_of_that_is_fine():
    assert column(field("string"), CLEAN) == []
    assert column(field("list", delimiter="|"), CLEAN) == []


def test_the_codebook_has_the_sentence_of_each():
    page = (Path(__file__).parents[2] / "docs" / "codebook.md").read_text(encoding="utf-8")
    for rule in ALL:
        assert f"| `{rule.name}` | {rule.sentence} |" in page


# --- frames -----------------------------------------------------------------------------------------------------------------------


def test_the_library_that_holds_frames_to_schemas_is_asked_for_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandera.pandas", None)
    monkeypatch.delitem(sys.modules, "reportedly.validation.pandera", raising=False)
    with pytest.raises(MissingExtraError) as caught:
        importlib.import_module("reportedly.validation.pandera")
    assert str(caught.value).startswith("This needs pandera.pandas, which comes with the extra validate: ")


@pytest.mark.parametrize(
    "text", ["5 μm", "5 µm", "12 μSv a year", "2 kΩ", "Ω", "Москва and Athens", "Αθήνα, NATO", "COVID‑19"]
)
def test_words_of_one_script_and_units_are_no_mixed_scripts(text):
    assert not is_mixed_script(text)


@pytest.mark.parametrize("text", ["Dοnald", "Рutin", "ＮATO", "Kiеv", "pagμ"])
def test_letters_that_pass_for_others_are_mixed_scripts(text):
    assert is_mixed_script(text)
