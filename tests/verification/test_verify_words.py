"""What `verify` says, word for word, of a small article made up here and of copies of it: no text from elsewhere is needed."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("rapidfuzz")
import reportedly
from reportedly import limits
from reportedly.cli.app import main
from reportedly.errors import MissingExtraError, PackageError, ReportedlyError, UnknownNameError, VersionError
from reportedly.package.csvfile import write_csv
from reportedly.package.shipped import shipped
from reportedly.text.normalize import normalize as fold
from reportedly.verification import read_text
from reportedly.verification.budget import Budget
from reportedly.verification.quotations import quotations

pytestmark = pytest.mark.fast_one_in(2)

TEXT = (
    "Harbour notes\n"
    "The first crew said “we wait for the tide” before noon, as the log tells.\n"
    "About forty crates stood on the quay, and about forty crates were gone by night.\n"
    "Nobody counted the ropes; the second crew said no more than that.\n"
)
# Table, key, words, and which of the places where they stand.
SPANS = [
    ("claims", "c01", "The first crew said “we wait for the tide” before noon", 0),
    ("claims", "c02", "About forty crates stood on the quay", 0),
    ("claims", "c03", "about forty crates were gone by night", 0),
    ("claims", "c04", "Nobody counted the ropes", 0),
    ("attributions", "c01/1", "The first crew said", 0),
    ("attributions", "c01/2", "as the log tells", 0),
    ("attributions", "c04/1", "the second crew said", 0),
    ("quotes", "q01", "we wait for the tide", 0),
    ("figures", "f01", "forty crates", 0),
    ("figures", "f02", "forty crates", 1),
]
OTHER = "A note on ropes\nThe second crew said that the ropes were “long enough”.\n"
OTHER_SPANS = [
    ("claims", "c01", "The second crew said that the ropes were “long enough”", 0),
    ("quotes", "q01", "long enough", 0),
]
CUES = {"c01/1": "said", "c04/1": "tells"}


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def coded(article, text, spans):
    """Yield an article's rows by table: its spans, each quotation and figure in a claim of the same number."""
    yield "articles", {"article_id": article, "text_sha256": sha256(text), "text_length": len(text)}
    for table, key, words, which in spans:
        start = -1
        for _ in range(which + 1):
            start = text.index(words, start + 1)
        claim, _, hop = key.partition("/")
        row = {"article_id": article, "claim_id": f"{article}.c{claim[1:]}", "hop": hop, "cue": CUES.get(key, "")}
        row["holder_id"] = "crew"
        row |= {"quote_id": f"{article}.{key}", "figure_id": f"{article}.{key}", "text": words, "surface": words}
        row |= {"start": start, "end": start + len(words)}
        yield table, {**row, "span_sha256": sha256(words), "folded_sha256": sha256(fold(words))}


def package(root, *articles, aliases=""):
    """Write a package of coded articles, with one actor where it has surface forms."""
    source = Path(reportedly.path("actors")).parents[1]
    shutil.copytree(source / "schemas", root / "schemas")
    shutil.copy(source / "datapackage.json", root)
    (root / "data").mkdir()
    rows = {table: [] for table in reportedly.tables()}
    for article in articles:
        for table, row in coded(*article):
            rows[table].append(row)
    if aliases:
        rows["actors"].append({"actor_id": "crew", "name": "Crew", "aliases": aliases})
    for table, found in rows.items():
        names = [field["name"] for field in shipped().schema(table)["fields"]]
        cells = [{name: str(row.get(name, "")) for name in names} for row in found]
        (root / "data" / f"{table}.csv").write_text(write_csv(cells, names), encoding="utf-8", newline="")
    return root


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return package(tmp_path_factory.mktemp("log") / "package", ("log-0001", TEXT, SPANS))


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    articles = ("log-0001", TEXT, SPANS), ("log-0002", OTHER, OTHER_SPANS)
    return package(tmp_path_factory.mktemp("both") / "package", *articles)


def lines(*order):
    """Return an edit that puts the text's lines in another order, or leaves some out."""

    def edit(text):
        found = text.split("\n")
        return "\n".join(found[place] for place in order)

    return edit


def put(old, new, times=-1):
    return lambda text: text.replace(old, new, times)


NO_BREAK = "\u00a0"
STORY = "Once upon a time there was nothing to tell. " * 20
EDITS = {
    "the-same": str,
    "words-in-front": lambda text: f"x {text}",
    "words-in-front-and-inside": lambda text: f"x {text}".replace("the tide", "the ebb tide"),
    "words-on-both-sides": put("about forty crates were", "about some forty crates were quite"),
    "the-same-words-come-in-between": put(
        ", and about forty crates were gone by night.",
        "; some say forty crates, some none, and about forty crates were gone by night, or so they say.",
    ),
    "a-comma-behind": put("about forty crates were", "about some forty crates, were"),
    "the-same-words-in-a-longer-one": put("about forty crates were", "about unforty crates, some forty crates, were"),
    "words-inside": put("noon,", "noon, they say,"),
    "straight-quotes": put("“we wait for the tide”", '"we wait for the tide"'),
    "no-break-spaces": put("forty crates", "forty\u00a0crates"),
    "zero-width-spaces": put("crew", "cr\u200bew"),
    "double-spaces": put(" ", "  "),
    "another-number": put("forty", "fifty"),
    "another-number-once": put("forty", "fifty", 1),
    "another-number-and-words-around": put("forty crates stood", "those fifty crates, they stood"),
    "another-number-further-on": lambda text: STORY + text.replace("forty", "fifty"),
    "a-word-more-in-the-quotation": put("the tide", "the ebb tide"),
    "a-word-less-in-the-quotation": put("wait for the tide", "wait the tide"),
    "two-words-changed": put("we wait for the tide", "we hope for a tide"),
    "plural": put("the tide", "the tides"),
    "few-words-left": put("we wait for the tide", "we were not asked, not one of us"),
    "another-quotation-mark-and-word": put("“we wait for the tide”", "«we wait for the flood»"),
    "a-sentence-gone": put("Nobody counted the ropes; the", "The"),
    "a-claim-longer": put("Nobody counted the ropes", "Nobody counted the ropes that lay there on the quay that night"),
    "a-claim-shorter": put("Nobody counted the ropes", "Nobody did"),
    "no-heading": lines(1, 2, 3, 4),
    "no-heading-and-another-word": lambda text: lines(1, 2, 3, 4)(text).replace("tide", "tint"),
    "other-spaces-but-not-in-the-figures": lambda text: f"x {text.replace(' ', NO_BREAK)}And so on.".replace(
        f"forty{NO_BREAK}crates", "forty crates"
    ),
    "no-heading-and-a-word-more": lambda text: lines(1, 2, 3, 4)(text).replace("the tide", "the ebb tide"),
    "another-end-without-full-stop": put("the second crew said no more than that.\n", "the second crew told us"),
    "the-quotation-also-far-in-front": lambda text: f"“we wait for the tide” {STORY}{text}{STORY}",
    "the-same-words-near-and-far": put(
        "Nobody counted the ropes; the second crew said no",
        f"Nobody counted. Once the second crew said this. {STORY} At last the second crew said much",
    ),
    "a-long-way-to-the-right-place": put("forty crates stood", f"{399 * '.'} forty crates stood"),
    "other-order": lines(0, 2, 1, 3, 4),
    "other-order-and-word": lambda text: lines(0, 3, 2, 1, 4)(text).replace("the tide", "the ebb tide"),
    "further-on": lambda text: STORY + text,
    "apart": lambda text: text.replace("\nAbout", f"\n{STORY}\nAbout"),
    "a-crate-further-on": lambda text: text.replace("and about forty crates were", f"and {STORY} forty crates were"),
    "first-part": lambda text: text[:120],
    "last-part": lambda text: text[120:],
    "twice": lambda text: text + text,
    "capitals": str.upper,
    "another-text": lambda _: "Nothing of that stands here, not a word of it, and it goes on as long as it must.\n" * 3,
    "seven-of-ten-letters": put("we wait for the tide", "we wait for thorough"),
    "seven-of-ten-letters-and-one-more": put("we wait for the tide", "we wait for thoroughs"),
    "one-quotation-in-a-story": lambda _: f"{STORY}“we wait for the tide” {STORY}",
    "another-quotation-in-a-story": lambda _: f"{STORY}“we wait for a tide” {STORY}",
    "nothing-but-the-quotation": lambda _: "we wait for the tide",
    "nothing-but-another-quotation": lambda _: "we want for the tide",
    "a-letter-stuck-to-the-quotation": lambda _: "xwe wait for the tide",
    "some-words": lambda _: "three crews, forty crates",
    "nothing": lambda _: "",
}


def said(edit, root):
    return reportedly.verify(text=edit(TEXT), package=root).to_text()


@pytest.mark.parametrize("name", EDITS)
def test_what_verify_says_of_a_copy(log, name, snapshot):
    assert said(EDITS[name], log) == snapshot


def found(root, text):
    """Return the verdict and place of each row by its key, without the article's part."""
    rows = reportedly.verify(text=text, package=root).verdicts
    return {row.key.partition(".")[2]: (row.verdict, row.found_start, row.found_end) for row in rows}


@pytest.mark.parametrize(("dots", "verdict"), [(398, "moved"), (900, "absent")])
def test_words_that_recur_are_looked_for_near_those_around_them(log, dots, verdict):
    # Both guesses fail, from before and from behind; the words stand there twice besides.
    copy = f"{STORY} Few crates, forty crates. {TEXT}".replace(
        "forty crates stood", f"{'.' * dots} forty crates now, stood", 1
    )
    assert found(log, copy)["f01"][0] == verdict


def test_words_that_stand_there_once_are_found_wherever_they_are(tmp_path):
    text = f"A first crew came early.{'.' * 900} ten crates. And so on."
    spans = [("claims", "c01", "A first crew came early", 0), ("figures", "f01", "ten crates", 0)]
    root = package(tmp_path / "package", ("log-0001", text, spans))
    copy = f"{STORY} ten crates, no more. {STORY}"
    start = copy.index("ten crates")
    assert found(root, copy)["f01"] == ("moved", start, start + 10)


@pytest.mark.parametrize(("distance", "verdict"), [(400, "altered"), (401, "absent")])
def test_altered_words_are_judged_by_words_found_up_to_400_characters_away(tmp_path, distance, verdict):
    text = f"A first crew came early.{'.' * (distance - 2)} ten crates, said one of ours.{'.' * 500} So on."
    spans = [("claims", "c01", "A first crew came early", 0), ("figures", "f01", "ten crates", 0)]
    root = package(tmp_path / "figure", ("log-0001", text, spans))
    assert found(root, text.replace("ten", "two"))["f01"][0] == verdict
    spans[1] = ("attributions", "c01/1", "ten crates, said one of ours", 0)
    root = package(tmp_path / "attribution", ("log-0001", text, spans))
    assert found(root, text.replace("ten", "two"))["c01/1"][0] == verdict


@pytest.mark.parametrize("front", ["", STORY], ids=["at-the-same-place", "elsewhere"])
def test_altered_words_are_found_at_the_very_beginning(tmp_path, front):
    text = f"{front}A tide is a tide at last"
    spans = [("claims", "c01", "A tide is a tide", 0), ("quotes", "q01", "A tide is a tide at last", 0)]
    root = package(tmp_path / "package", ("log-0001", text, spans))
    copy = f"A tide is no tide at last. {STORY}"
    row = reportedly.verify(text=copy, package=root).verdicts[1]
    # A copy may end where the article does, with a letter.
    assert found(root, f"{front}A tide, I see, is a tide at last")["q01"][0] == "altered"
    assert copy[row.found_start : row.found_end] == "A tide is no tide at last"
    assert row.difference == "A tide is [-a-] {+no+} tide at last"


@pytest.mark.parametrize(("length", "verdict"), [(11, "absent"), (12, "altered"), (48, "altered"), (49, "absent")])
def test_words_known_by_their_digest_are_altered_up_to_half_and_twice_their_length(log, length, verdict):
    assert len("Nobody counted the ropes") == 24
    assert found(log, TEXT.replace("Nobody counted the ropes", "." * length))["c04"][0] == verdict


@pytest.mark.parametrize(
    ("length", "shown"), [(200, "." * 200), (201, "." * 199 + "…")], ids=["200-characters", "201-characters"]
)
def test_what_stands_in_place_of_long_words_is_cut(tmp_path, length, shown):
    text = f"Before that day. {'x' * length} And behind that day."
    spans = [("claims", "c01", "x" * length, 0)]
    spans += [("attributions", "c01/1", "Before that day", 0), ("attributions", "c01/2", "And behind that day", 0)]
    root = package(tmp_path / "package", ("log-0001", text, spans))
    row = reportedly.verify(text=text.replace("x", "."), package=root).verdicts[0]
    assert row.difference == f"known by its digest alone; at its place stands {shown!r}"


def test_of_a_long_quotation_only_what_differs_is_marked(tmp_path):
    # Each word stands there four times, never twice in the same company.
    words = [f"word{step * place % 53}" for step in (1, 3, 5, 7) for place in range(53)]
    text = " ".join(words)
    root = package(
        tmp_path / "package", ("log-0001", text, [("claims", "c01", "word1", 0), ("quotes", "q01", text, 0)])
    )
    row = reportedly.verify(text=" ".join([*words[:100], "another", *words[101:]]), package=root).verdicts[1]
    assert row.difference == " ".join([*words[:100], f"[-{words[100]}-] {{+another+}}", *words[101:]])


def test_a_package_without_articles_has_no_verdicts(tmp_path):
    root = package(tmp_path / "package")
    with pytest.raises(PackageError, match="the package has no article"):
        reportedly.verify(text=TEXT, package=root)


def test_the_library_that_compares_words_is_asked_for_by_name(log, monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    assert reportedly.verify(text=TEXT, package=log).totals["exact"] == 10
    with pytest.raises(MissingExtraError) as caught:
        reportedly.verify(text=TEXT.replace("the tide", "the riptide"), package=log)
    assert str(caught.value).startswith("This needs rapidfuzz.distance, which comes with the extra validate: ")


def test_short_words_are_judged_by_a_single_digit_before_them(tmp_path):
    spans = [("claims", "c01", "7 boats left", 0), ("figures", "f01", "7", 0), ("quotes", "q01", "boats", 0)]
    root = package(tmp_path / "package", ("log-0001", "7 boats left", spans))
    assert found(root, "7 big boats left it")["q01"] == ("moved", 6, 11)


def test_a_length_that_is_too_small_is_told_and_stops_nothing(log, tmp_path):
    root = tmp_path / "package"
    shutil.copytree(log, root)
    file = root / "data" / "articles.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(f",{len(TEXT)},", ",20,"), encoding="utf-8")
    outcome = reportedly.verify(text=TEXT, package=root)
    assert outcome.totals["exact"] == 10
    assert "articles log-0001, text_length = '20': the text has 235 characters" in outcome.to_text()
    assert reportedly.verify(text=EDITS["words-inside"](TEXT), package=root).totals["absent"] == 0


def test_offsets_lead_to_the_words_in_the_copy(log):
    copy = TEXT.replace("crew", "cr\u200bew").replace("forty", "fifty")
    words = {key: copy[start:end] for key, (_, start, end) in found(log, copy).items()}
    assert words["c04/1"] == "the second cr\u200bew said"
    assert words["f02"] == "fifty crates"
    assert words["q01"] == "we wait for the tide"


def test_the_outcome_as_json(log):
    copy = TEXT.replace("forty", "fifty", 1)
    text = reportedly.verify(text=copy, package=log).to_json()
    assert text.startswith('{\n  "article": "log-0001",\n  "same_text": false,\n')
    said = json.loads(text)
    assert said["totals"] == {"exact": 8, "moved": 0, "normalised": 0, "altered": 2, "absent": 0}
    assert [row["key"] for row in said["rows"]][-3:] == ["log-0001.q01", "log-0001.f01", "log-0001.f02"]
    assert said["rows"][-2] == {
        "table": "figures",
        "key": "log-0001.f01",
        "verdict": "altered",
        "start": 94,
        "end": 106,
        "found_start": 94,
        "found_end": 106,
        "difference": "[-forty-] {+fifty+} crates",
    }
    assert said["rows"][-1]["difference"] == ""
    assert said["uncovered"][0] == {"start": 0, "end": 13, "text": "Harbour notes"}
    assert [(cell["key"], cell["field"], cell["value"]) for cell in said["unproven"]] == [
        ("log-0001.c04/1", "cue", "tells")
    ]
    assert "“" in reportedly.verify(text=copy.replace("Harbour", "“Harbour”"), package=log).to_json()


def test_rows_that_are_not_there_have_no_place(log):
    row = reportedly.verify(text="", package=log).verdicts[0]
    assert (row.verdict, row.found_start, row.found_end, row.difference) == ("absent", -1, -1, "")


def test_what_is_accepted_decides_whether_all_is_well(log):
    same = reportedly.verify(text=TEXT, package=log)
    assert same.same_text
    assert not same.ok()
    assert same.ok(accept=["unproven"])
    moved = reportedly.verify(text=f"x {TEXT}", package=log)
    assert not moved.same_text
    assert not moved.ok(accept=["unproven"])
    assert not moved.ok(accept=["moved"])
    assert moved.ok(accept=["moved", "unproven"])


@pytest.mark.parametrize(
    ("accept", "status"), [("", 1), ("unproven", 0), ("exact,moved,normalised,altered,absent", 1), ("provven", 2)]
)
def test_the_command_accepts_what_it_is_told_to(log, tmp_path, accept, status):
    file = tmp_path / "copy.txt"
    file.write_text(TEXT, encoding="utf-8", newline="")
    done = CliRunner().invoke(main, ["verify", str(file), "--package", str(log), "--accept", accept])
    assert done.exit_code == status
    if status == 2:
        assert "There is no verdict 'provven'. Did you mean 'unproven'? There are: exact, moved" in done.output


def test_an_outcome_cannot_be_changed(log):
    outcome = reportedly.verify(text=TEXT, package=log)
    with pytest.raises(AttributeError):
        outcome.same_text = False
    with pytest.raises(AttributeError):
        outcome.verdicts[0].verdict = "absent"
    with pytest.raises(AttributeError):
        outcome.unproven[0].why = ""


def test_progress_counts_what_was_looked_for(log):
    seen = []
    reportedly.verify(text=f"x {TEXT}", package=log, progress=lambda *step: seen.append(step))
    # All ten follow the words around them: nothing is looked for everywhere.
    assert seen == [(8, 10)] * 3
    seen.clear()
    reportedly.verify(text="", package=log, progress=lambda *step: seen.append(step))
    # Then span by span.
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {10}
    assert len(seen) > 5


def test_the_article_is_told_by_its_text(both):
    assert reportedly.verify(text=OTHER, package=both).to_text().splitlines() == [
        "log-0002: 2 rows: 2 exact, 0 moved, 0 normalised, 0 altered, 0 absent",
        "The text is the one that was coded, to the character.",
        "no row covers 0–15: 'A note on ropes'",
    ]
    assert reportedly.verify(text=TEXT, package=both).article == "log-0001"
    assert {row.table for row in reportedly.verify(text=OTHER, package=both).verdicts} == {"claims", "quotes"}


def test_a_text_that_is_none_of_several_articles_must_be_named(both):
    with pytest.raises(ReportedlyError) as caught:
        reportedly.verify(text=f"x {OTHER}", package=both)
    assert str(caught.value) == ("The text matches no article exactly. Say which one it should be: log-0001, log-0002.")
    outcome = reportedly.verify(text=f"x {OTHER}", package=both, article="log-0002")
    assert (outcome.article, outcome.same_text, outcome.totals["moved"]) == ("log-0002", False, 2)
    assert reportedly.verify(text=OTHER, package=both, article="log-0001").same_text is False
    with pytest.raises(UnknownNameError):
        reportedly.verify(text=OTHER, package=both, article="")
    with pytest.raises(UnknownNameError) as unknown:
        reportedly.verify(text=OTHER, package=both, article="log-0003")
    assert str(unknown.value) == (
        "There is no article 'log-0003'. Did you mean 'log-0002'? There are: log-0001, log-0002."
    )


def test_a_text_file_is_read_as_it_stands(tmp_path):
    file = tmp_path / "copy.txt"
    file.write_bytes("one\r\ntwo\rthree – é".encode())
    assert read_text(file) == "one\r\ntwo\rthree – é"


def test_a_text_of_an_earlier_version_is_held_against_that(log):
    first = reportedly.versions()[0]
    assert set(reportedly.verify(text="", version=first).totals) == {
        "exact",
        "moved",
        "normalised",
        "altered",
        "absent",
    }
    with pytest.raises(UnknownNameError, match="There is no version"):
        reportedly.verify(text="", version="0.0.0")
    with pytest.raises(VersionError, match="a package or a version, not both"):
        reportedly.verify(text="", package=log, version=first)


def test_a_text_file_that_is_no_text_of_an_article_is_told(tmp_path, monkeypatch):
    file = tmp_path / "copy.txt"
    monkeypatch.setattr(limits, "TEXT_BYTES", 100)
    file.write_bytes(b"x" * 100)
    assert len(read_text(file)) == 100
    file.write_bytes(b"x" * 101)
    with pytest.raises(PackageError) as large:
        read_text(file)
    assert str(large.value) == f"{file}: 101 bytes, more than the 100 of an article"
    with pytest.raises(PackageError) as folder:
        read_text(tmp_path)
    assert str(folder.value) == f"{tmp_path}: not a regular file; save the text to one"


def test_a_text_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(PackageError) as missing:
        read_text(tmp_path / "none.txt")
    assert str(missing.value) == f"{tmp_path / 'none.txt'}: no such file or directory"
    (tmp_path / "latin.txt").write_bytes("é".encode("latin-1"))
    with pytest.raises(PackageError, match="not UTF-8"):
        read_text(tmp_path / "latin.txt")


@pytest.mark.parametrize(("table", "name"), [("claims", "claim_id"), ("articles", "publisher_id")])
def test_a_broken_package_is_told_in_one_line(log, tmp_path, table, name):
    root = tmp_path / "package"
    shutil.copytree(log, root)
    file = root / "data" / f"{table}.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(name, "name", 1), encoding="utf-8")
    with pytest.raises(PackageError) as caught:
        reportedly.verify(text=TEXT, package=root)
    assert str(caught.value) == f"{file}: the header lacks '{name}', and has 'name'; see `reportedly validate`"


def unproven(tmp_path, text, spans, **more):
    root = package(tmp_path / "package", ("log-0001", text, spans), **more)
    return [str(cell) for cell in reportedly.verify(text=text, package=root).unproven]


@pytest.mark.parametrize(
    ("words", "field", "why"),
    [
        (" stood on the quay", "start", "the span begins with white space"),
        ("stood on the ", "end", "the span ends with white space"),
        ("tells.\nAbout forty", "end", "the span crosses a line break"),
        ("bout forty crates stood", "start", "the span begins within a word"),
        ("About forty crates stoo", "end", "the span ends within a word"),
    ],
)
@pytest.mark.parametrize(("table", "key"), [("claims", "c05"), ("attributions", "c02/1"), ("figures", "f03")])
def test_a_span_whose_edges_are_no_edges_is_told(tmp_path, words, field, why, table, key):  # noqa: PLR0917 - one for each column
    spans = [*SPANS, (table, key, words, 0)]
    start = TEXT.index(words)
    place = {"start": start, "end": start + len(words)}[field]
    told = [line for line in unproven(tmp_path, TEXT, spans) if key in line]
    assert told == [f"{table} log-0001.{key}, {field} = '{place}': {why}"]


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        ("“the tide”", []),
        ("„the tide“", []),
        ("« the tide »", []),
        ('"the tide"', []),
        ("「the tide」", []),
        ("‘the tide’", []),
        (
            "X the tide X",
            [
                "start = '6': there is no quotation mark before these words",
                "end = '14': there is no quotation mark after these words",
            ],
        ),
        ("the tide”", ["start = '4': there is no quotation mark before these words"]),
        ("“the tide", ["end = '13': there is no quotation mark after these words"]),
        (
            "the tide",
            [
                "start = '4': there is no quotation mark before these words",
                "end = '12': there is no quotation mark after these words",
            ],
        ),
        ("“  the tide  ”", []),
    ],
)
def test_a_quotation_stands_between_marks(tmp_path, marked, told):
    text = f"See {marked} come."
    spans = [("claims", "c01", "come", 0), ("quotes", "q01", "the tide", 0)]
    assert unproven(tmp_path, text, spans) == [f"quotes log-0001.q01, {line}" for line in told]


@pytest.mark.parametrize("marked", ["“the tide”", "„the tide“", "« the tide »", '"the tide"', "「the tide」"])
def test_a_pair_of_quotation_marks_without_a_row_is_told(tmp_path, marked):
    text = f"See {marked} come, “as they say”."
    start = text.index("the tide")
    spans = [("claims", "c01", "come", 0), ("quotes", "q01", "as they say", 0)]
    assert unproven(tmp_path, text, spans) == [
        f"quotes, text = 'the tide': in quotation marks at {start}–{start + 8}, and no row has just these words"
    ]


@pytest.mark.parametrize("text", ["“the tide”", "“ the tide ”"])
def test_a_text_may_be_a_quotation(tmp_path, text):
    assert unproven(tmp_path, text, [("claims", "c01", text, 0), ("quotes", "q01", "the tide", 0)]) == []


def test_what_no_row_has_is_told_without_a_key(tmp_path):
    root = package(tmp_path / "package", ("log-0001", "“the tide”", [("claims", "c01", "“the tide”", 0)]))
    (cell,) = reportedly.verify(text="“the tide”", package=root).unproven
    assert (cell.table, cell.key, cell.field, cell.value) == ("quotes", "", "text", "the tide")


@pytest.mark.parametrize(("table", "key"), [("claims", "c02"), ("attributions", "c01/2")])
def test_a_folded_digest_that_is_another_is_told(log, tmp_path, table, key):
    root = tmp_path / "package"
    shutil.copytree(log, root)
    words = next(words for a, b, words, _ in SPANS if (a, b) == (table, key))
    file = root / "data" / f"{table}.csv"
    digest = sha256(fold(words))
    before, found, behind = file.read_text(encoding="utf-8").rpartition(digest)
    assert found
    file.write_text(f"{before}{'0' * 64}{behind}", encoding="utf-8")
    told = [str(cell) for cell in reportedly.verify(text=TEXT, package=root).unproven if cell.field != "cue"]
    assert told == [f"{table} log-0001.{key}, folded_sha256 = '{'0' * 64}': its words fold to {digest}"]


def test_a_surface_form_of_an_actor_that_another_article_names_too_is_not_judged(tmp_path):
    articles = ("log-0001", TEXT, SPANS), ("log-0002", OTHER, OTHER_SPANS)
    root = package(tmp_path / "package", *articles, aliases="nobody")
    for text in (TEXT, OTHER):
        assert "aliases" not in reportedly.verify(text=text, package=root).to_text()


def test_half_a_character_is_a_text_like_others(log):
    assert reportedly.verify(text="\ud800", package=log).totals["absent"] == 10


def test_a_quotation_that_leaves_its_full_stop_behind_is_told(tmp_path):
    text = "The crew: “We wait.”"
    told = unproven(tmp_path, text, [("claims", "c01", "The crew", 0), ("quotes", "q01", "We wait", 0)])
    assert told == [
        "quotes log-0001.q01, end = '18': there is no quotation mark after these words",
        "quotes, text = 'We wait.': in quotation marks at 11–19, and no row has just these words",
    ]


def test_marks_and_edges_are_held_against_the_very_text_alone(tmp_path):
    spans = [("claims", "c01", "The crew", 0), ("quotes", "q01", "We wait", 0)]
    root = package(tmp_path / "package", ("log-0001", "The crew: “We wait.”", spans))
    assert reportedly.verify(text="The crew: “We wait.” And so on.", package=root).unproven == ()


@pytest.mark.parametrize("marks", ["“ ”", "“\n”", "“a\nb”"])
def test_marks_without_words_in_a_line_are_no_quotation(tmp_path, marks):
    assert unproven(tmp_path, f"Come {marks} now", [("claims", "c01", "Come", 0)]) == []


def test_a_text_that_differs_where_no_row_covers_it_has_another_digest(log):
    text = TEXT.replace("Harbour notes", "Harbour motes")
    outcome = reportedly.verify(text=text, package=log)
    assert outcome.totals["exact"] == 10
    assert outcome.to_text().splitlines()[3] == (
        f"articles log-0001, text_sha256 = '{sha256(TEXT)}': every row is exact, but the text has {sha256(text)}: "
        "it differs where no row covers it, or another text was coded"
    )
    assert "text_sha256" not in reportedly.verify(text=f"{TEXT}\nOurs, all of it.", package=log).to_text()
    assert "text_sha256" not in reportedly.verify(text=f"x {text}", package=log).to_text()


def test_an_article_without_a_row_proves_nothing(tmp_path):
    root = package(tmp_path / "package", ("log-0001", TEXT, []))
    outcome = reportedly.verify(text=TEXT.replace("“", "").replace("”", ""), package=root)
    assert (outcome.verdicts, outcome.unproven) == ((), ())
    assert not outcome.ok()


@pytest.mark.parametrize(
    ("text", "alias", "stands"),
    [
        ("他说乌克兰会回来的。", "乌克兰", True),
        ("เขาบอกว่ายูเครนจะกลับมา", "ยูเครน", True),
        ("彼はウクライナと言った", "ウクライナ", True),
        ("रामायण पढ़ो", "राम", False),
        ("राम पढ़ो", "राम", True),
        ("unforty crates", "forty", False),
        ("forty-one crates", "forty", True),
        ("fortyish", "forty", False),
        ("LUXE", "LUX", False),
        ("(forty)", "(forty)", True),
        ("cafe\u0301s", "cafe\u0301", False),
        ("I \u2764\ufe0fNY", "NY", True),
    ],
)
def test_a_surface_form_cuts_no_word_in_scripts_that_part_them(tmp_path, text, alias, stands):
    told = unproven(tmp_path, text, [("claims", "c01", text, 0)], aliases=alias)
    assert told == ([] if stands else [f"actors crew, aliases = {alias!r}: it is not in the text"])


def test_a_surface_form_that_is_given_twice_is_told_once(tmp_path):
    told = unproven(tmp_path, "Come now", [("claims", "c01", "Come", 0)], aliases="no|no|now")
    assert told == ["actors crew, aliases = 'no': it is not in the text"]


def test_words_of_a_script_without_spaces_are_found_where_they_went(tmp_path):
    words = "他们说明天会回来并且带来所有需要的东西给大家"
    text = f"昨天。{words}今天也是。"
    root = package(tmp_path / "package", ("log-0001", text, [("claims", "c01", words, 0)]))
    assert found(root, f"{'前天很冷' * 200}{text}{'后天很热' * 200}")["c01"] == ("moved", 803, 803 + len(words))


LONG = " ".join(f"word{place}" for place in range(301))


def test_of_words_beyond_three_hundred_what_differs_is_one_change(tmp_path):
    root = package(
        tmp_path / "package", ("log-0001", LONG, [("claims", "c01", "word1", 0), ("quotes", "q01", LONG, 0)])
    )
    copy = LONG.replace("word100 ", "else ").replace("word103 ", "other ")
    (_, row) = reportedly.verify(text=copy, package=root).verdicts
    head, tail = LONG.split(" word100 ")[0], LONG.split(" word103 ")[1]
    assert row.difference == f"{head} [-word100 word101 word102 word103-] {{+else word101 word102 other+}} {tail}"


def test_long_words_are_found_by_a_piece_where_they_are_altered(tmp_path):
    assert len(LONG) > 1_000
    text = f"{STORY}{LONG}"
    root = package(
        tmp_path / "package", ("log-0001", text, [("claims", "c01", "Once upon", 0), ("quotes", "q01", LONG, 0)])
    )
    changed = LONG.replace("word3 ", "else ").replace("word200 ", "other ")
    copy = f"{'Nothing of it. ' * 300}{changed}, and so on.{STORY}"
    start = copy.index("word0")
    verdict, *place = found(root, copy)["q01"]
    assert (verdict, place[0]) == ("altered", start)
    assert abs(place[1] - start - len(changed)) < 10
    assert found(root, f"{STORY}{LONG[:200]}{STORY * 5}")["q01"][0] == "absent"


@pytest.mark.parametrize(
    ("changed", "front"),
    [
        (LONG.replace("word300", "word3oo"), ""),
        (LONG.replace("word1 ", "else "), "Nothing of it. " * 300),
        (LONG.replace("word0 word1 word2 word3 word4 word5 word6 word7 word8 ", "So and so "), "Nothing of it. " * 300),
        (LONG[: -len("word300")] + "none", "Nothing of it. " * 300),
    ],
    ids=["at-the-very-beginning", "first-piece-changed", "first-two-pieces-changed", "end-changed"],
)
def test_long_words_are_found_by_any_piece_of_theirs(tmp_path, changed, front):
    text = f"{STORY}{LONG}"
    root = package(
        tmp_path / "package", ("log-0001", text, [("claims", "c01", "Once upon", 0), ("quotes", "q01", LONG, 0)])
    )
    copy = f"{front}{changed} {'and so on ' * 300}"
    (_, row) = reportedly.verify(text=copy, package=root).verdicts
    assert row.verdict == "altered"
    assert changed[60:-60] in copy[row.found_start : row.found_end]
    assert abs(row.found_start - len(front)) <= len(LONG) - len(changed) + 5


WORK = {
    "a-long-digest": ([("claims", "c02", "x" * 400, 0)], ". " * 400, ""),
    "long-words": ([("quotes", "q01", "ab " * 400, 0)], "ba, " * 400, ""),
    "many-surface-forms": ([], "Come. " * 400, "|".join(f"form{place}" for place in range(100))),
    "long-spans-to-fold": ([("claims", "c02", "Now " * 400, 0)], "Now " * 400, ""),
    "many-rows": ([("claims", f"c{place}", "Now", 0) for place in range(2, 402)], "Now Now", ""),
}


@pytest.mark.parametrize(("spans", "copy", "aliases"), WORK.values(), ids=WORK)
def test_what_would_take_too_long_to_look_for_is_refused_in_one_line(tmp_path, monkeypatch, spans, copy, aliases):
    text = "".join(["Come. ", *(words for _, _, words, _ in spans)])
    articles = ("log-0001", text, [("claims", "c01", "Come", 0), *spans])
    root = package(tmp_path / "package", articles, aliases=aliases)
    assert reportedly.verify(text=copy, package=root).article == "log-0001"
    monkeypatch.setattr(limits, "EFFORT", 1_500)
    with pytest.raises(ReportedlyError) as caught:
        reportedly.verify(text=copy, package=root)
    assert str(caught.value) == (
        f"Looking for the rows of log-0001 in a text of {len(copy):,} characters would take too long: too many of them are not where the dataset says. "
        "Is it the right text?"
    )


def test_all_of_the_budget_may_be_spent_and_no_more(monkeypatch):
    monkeypatch.setattr(limits, "EFFORT", 10)
    Budget("log-0001", 5).charge(10)
    with pytest.raises(ReportedlyError, match="in a text of 5 characters would take too long"):
        Budget("log-0001", 5).charge(11)


def code(tmp_path, text, spans):
    """Code a made-up text, and return the package and what tells the verdict and the words now of each row of a copy."""
    root = package(tmp_path / "package", ("log-0001", text, spans))
    assert reportedly.verify(text=text, package=root).totals["exact"] == len(spans)

    def told(copy):
        rows = reportedly.verify(text=copy, package=root).verdicts
        return {row.key.partition(".")[2]: (row.verdict, copy[row.found_start : row.found_end]) for row in rows}

    return told


@pytest.mark.parametrize(
    ("words", "put"),
    [
        ("20", "200"),
        ("20", "20,000"),
        ("20", "20.5"),
        ("20", "-20"),
        ("20", "−20"),
        ("20", "20 000"),
        ("20", "1\u00a0020"),
        ("20", "2020"),
        ("20", "20th"),
        ("20", "20½"),
        ("20", "$20".replace("$", "-$")),
        ("May", "Mayfair"),
        ("May", "Dismay"),
        ("二十", "二百二十"),
        ("20", "20万"),
        ("20", "２０"),
    ],
)
def test_no_word_and_no_number_is_cut(tmp_path, words, put):
    text = f"The toll in {words}. The crew left."
    spans = [
        ("claims", "c01", "The crew left", 0),
        ("claims", "c02", f"The toll in {words}", 0),
        ("figures", "f01", words, 0),
    ]
    rows = code(tmp_path, text, spans)(text.replace(words, put, 1))
    assert rows["c01"][0] in {"exact", "moved"}
    assert {rows["c02"][0], rows["f01"][0]} <= {"altered", "absent"}


@pytest.mark.parametrize("put", ["20", "20 crates", "(20)", "20’s", "20-odd", "20%", "20."])
def test_a_number_that_is_whole_is_found(tmp_path, put):
    text = "The toll: 20. The crew left."
    spans = [("claims", "c01", "The crew left", 0), ("figures", "f01", "20", 0)]
    assert code(tmp_path, text, spans)(text.replace("20", f"some {put}"))["f01"] == ("moved", "20")


@pytest.mark.parametrize("gap", ["\n", " ", "\n\n", "\n\n\n", "\r\n\r\n", "\n\n   ", "\n\u00ad\n"])
@pytest.mark.parametrize(
    "change", [str, lambda text: text.replace("’", "'"), lambda text: f"x {text}".replace("’", "'")]
)
def test_blank_lines_shift_nothing(tmp_path, gap, change):
    text = gap.join(["He spoke first.", "For us it’s over, he said.", "Then he left. It’s late."])
    spans = [
        ("claims", "c01", "He spoke first", 0),
        ("claims", "c02", "it’s over", 0),
        ("attributions", "c02/1", "he said", 0),
    ]
    copy = change(text)
    rows = code(tmp_path, text, [*spans, ("claims", "c03", "It’s late", 0)])(copy)
    kind = "moved" if copy.startswith("x") else "exact"
    spelled = "normalised" if "’" not in copy else "exact"
    assert rows == {
        "c01": (kind, "He spoke first"),
        "c02": (spelled, "it’s over" if spelled == "exact" else "it's over"),
        "c02/1": (kind, "he said"),
        "c03": (spelled, "It’s late" if spelled == "exact" else "It's late"),
    }


LOOKALIKES = (
    "“The new patrols cut the incidents by twelve percent across all the districts,” Ms Ode said.\n"
    "Others saw it in another way.\n"
    "“The new patrols cut the incidents by twelve percent across all the harbours,” Mr Poe said.\n"
)
TWO_VOICES = [
    ("claims", "c01", LOOKALIKES.split("\n", maxsplit=1)[0], 0),
    ("claims", "c02", LOOKALIKES.split("\n")[2], 0),
    ("attributions", "c01/1", "Ms Ode said", 0),
    ("attributions", "c02/1", "Mr Poe said", 0),
    ("quotes", "q01", LOOKALIKES.split("\n", maxsplit=1)[0].split("“")[1].split("”", maxsplit=1)[0], 0),
    ("quotes", "q02", LOOKALIKES.split("\n")[2].split("“")[1].split("”", maxsplit=1)[0], 0),
]


@pytest.mark.parametrize("copy", [lines(1, 2, 3), lines(2, 1, 3), lines(2)])
def test_a_place_proves_one_row(tmp_path, copy):
    rows = code(tmp_path, LOOKALIKES, TWO_VOICES)(copy(LOOKALIKES))
    assert {rows[key][0] for key in ("c02", "c02/1", "q02")} == {"moved"}
    assert {rows[key][0] for key in ("c01", "c01/1", "q01")} == {"absent"}


def test_the_same_words_of_two_voices_prove_one_row_where_they_are_left_once(tmp_path):
    text = "“No more talks,” Ode said.\nA day went by.\n“No more talks,” Poe said.\n"
    spans = [("claims", "c01", "A day went by", 0), ("claims", "c02", "“No more talks,” Poe said", 0)]
    spans += [("quotes", "q01", "No more talks,", 0), ("quotes", "q02", "No more talks,", 1)]
    rows = code(tmp_path, text, spans)(lines(1, 2, 3)(text))
    assert (rows["q01"][0], rows["q02"][0]) == ("absent", "moved")
    # Rows coded at the same words share their place.
    shared = [*spans, ("figures", "f01", "No more talks,", 1)]
    assert code(tmp_path / "shared", text, shared)(lines(1, 2, 3)(text))["f01"][0] == "moved"


def test_a_difference_is_true_of_the_whole_stretch(tmp_path):
    words = TWO_VOICES[4][2]
    text = f"Ms Ode said: “{words}” and left."
    root = package(
        tmp_path / "package", ("log-0001", text, [("claims", "c01", "Ms Ode said", 0), ("quotes", "q01", words, 0)])
    )
    copy = text.replace("twelve", "some ten or twelve").replace("districts", "boroughs")
    row = reportedly.verify(text=copy, package=root).verdicts[1]
    assert copy[row.found_start : row.found_end] == words.replace("twelve", "some ten or twelve").replace(
        "districts", "boroughs"
    )
    assert row.difference == (
        "The new patrols cut the incidents by {+some ten or+} twelve percent across all the [-districts,-] {+boroughs,+}"
    )


SHORT = {
    "Chinese": ("双方同意停火。总统周二宣布。谈判下月开始。", ["双方同意停火", "总统周二宣布", "谈判下月开始"]),
    "Japanese": ("両国は停戦に合意。外相が発表した。", ["両国は停戦に合意", "外相が発表した"]),
    "Thai": ("ทั้งสองฝ่ายตกลงหยุดยิง ประธานาธิบดีประกาศ", ["ทั้งสองฝ่ายตกลงหยุดยิง", "ประธานาธิบดีประกาศ"]),
    "Korean": ("양측이 휴전에 합의했다. 대통령이 발표했다.", ["양측이 휴전에 합의했다", "대통령이 발표했다"]),
    "English": ("Both sides agree. Talks go on. A truce holds.", ["Both sides agree", "Talks go on", "A truce holds"]),
}


@pytest.mark.parametrize(("text", "claims"), SHORT.values(), ids=SHORT)
def test_short_claims_are_found_wherever_they_moved(tmp_path, text, claims):
    told = code(tmp_path, text, [("claims", f"c{place:02}", words, 0) for place, words in enumerate(claims, 1)])
    for copy in (
        f"首页 | Home\n\n{text}",
        f"首页 | Home\n\n{text}\n© 2026",
        f"{text[::1]}\nEnd",
        f"A.\n\n{text}\n{STORY}",
    ):
        assert {verdict for verdict, _ in told(copy).values()} <= {"moved", "exact"}
    backwards = "。 ".join(reversed(claims))
    assert {verdict for verdict, _ in told(backwards).values()} == {"moved"}


@pytest.mark.parametrize(
    "text",
    [
        "»Wir reden«, sagte sie. »Morgen mehr«, fügte sie hinzu.",
        "„Wir reden“, sagte sie. „Morgen mehr“, fügte sie hinzu.",
        "„Rozmawiamy”, powiedziała. „Jutro”, dodała.",
        "”Vi talar”, sade hon. ”I morgon”, tillade hon.",
        "»Puhumme», hän sanoi. »Huomenna», hän lisäsi.",
        "« Nous parlons », dit-elle. « Demain », ajouta-t-elle.",
        "‘We talk,’ she said. ‘Tomorrow,’ she added to the workers’ chants of the ’90s.",
        "“他们说‘不’，”她说。“明天。”",
        "「话说」她说。「明天」",
        '"We talk," she said. "Tomorrow," she added.',
        '他说"你好"。她说"明天"。',
        "“He told me ‘no’ twice,” she said. “Tomorrow.”",
        "«Il a dit “non”», dit-elle. «Demain»",
        "‹Wir reden›, sagte sie. ›Morgen mehr‹, fügte sie hinzu.",
        "“There is a way.\n“We have found it.”",
        "‘There is a way.\n\n‘We have found it.’",
        "« Un.\n\n» Deux.\n\n» Trois. »",
        '״ניפגש מחר״ אמר. ״צה"ל יוצא״',
        "‘온다’고 했다. ‘간다’고",
        "他说‘我们走’。她说‘明天’",
        '"… and so," he said. "(no)"',
        'He said,"no," and "We go."',
        '"We go.""We stay."',
        "Un cri d’« amour ». « Demain »",
        "The ‘workers’ rights’ bill. A ‘yes’",
        "«Il y a un moyen.\n«Nous l’avons trouvé.»",
        "«Hay un camino.\n»Lo hemos encontrado.»",
        "“There is a way.\n\n“We have found it,” she said. Then: “Tomorrow.”",
    ],
)
def test_quotations_of_all_languages_are_told_where_no_row_has_them_and_only_there(tmp_path, text):
    inside = [text[start:end] for start, end in quotations(text)]
    assert len(inside) >= 2
    assert not any(words[0].isspace() or words[-1].isspace() for words in inside)
    place = [(words, text[: text.index(words)].count(words)) for words in inside]
    coded_all = [("claims", "c01", text.split()[0], 0)]
    coded_all += [("quotes", f"q{number}", *words) for number, words in enumerate(place, 1)]
    marks = "quotation mark"
    assert not [line for line in unproven(tmp_path, text, coded_all) if marks in line]
    told = [line for line in unproven(tmp_path / "less", text, coded_all[:-1]) if marks in line]
    assert told == [line for line in told if "no row has just these words" in line and inside[-1] in line]
    assert len(told) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The workers’ rights, and the states’ rights, don’t end.",
        "In the ’90s and the '80s the workers' rights grew.",
        "It is 5′ 3″ tall, or 5' 3\" tall.",
        "L’accord d’hier n’est pas l’accord d’aujourd’hui.",
        "Rock ’n’ roll.",
        'דו״ח צה"ל נמסר',
    ],
)
def test_apostrophes_are_no_quotations(text):
    assert list(quotations(text)) == []


def test_a_byte_order_mark_is_no_character_of_a_text(tmp_path, log):
    file = tmp_path / "copy.txt"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert reportedly.verify(file, package=log).same_text
    done = CliRunner().invoke(main, ["locate", str(file), "Harbour notes", "--format", "csv"])
    assert done.output.splitlines()[1].startswith("0,13,")


def test_a_text_is_passed_by_name_and_a_file_by_its_path(tmp_path, log, monkeypatch):
    (tmp_path / "copy.txt").write_text(TEXT, encoding="utf-8", newline="")
    monkeypatch.chdir(tmp_path)
    for source in ("copy.txt", Path("copy.txt")):
        assert reportedly.verify(source, package=log).same_text
    with pytest.raises(PackageError) as missing:
        reportedly.verify("cpoy.txt", package=log)
    assert str(missing.value) == "'cpoy.txt': there is no such file. Pass a text itself as text=…."
    with pytest.raises(PackageError, match="Pass a text itself as text="):
        reportedly.verify(TEXT, package=log)
    with pytest.raises(ReportedlyError, match="a file or text=…, not both"):
        reportedly.verify("copy.txt", text=TEXT, package=log)
    with pytest.raises(ReportedlyError, match="the path of a text file, or the text itself"):
        reportedly.verify(package=log)


def test_the_verdict_comes_first_and_many_rows_are_one_line(tmp_path):
    claims = [f"Crew {place} came to the quay number {place}" for place in range(60)]
    text = "\n".join(claims)
    root = package(
        tmp_path / "package", ("log-0001", text, [("claims", f"c{at:02}", words, 0) for at, words in enumerate(claims)])
    )
    copy = f"Home\n{text}".replace("Crew 30 came", "Crew 30 went")
    assert reportedly.verify(text=copy, package=root).to_text().splitlines() == [
        "log-0001: 60 rows: 0 exact, 59 moved, 0 normalised, 1 altered, 0 absent",
        "The text differs from the one that was coded.",
        "claims log-0001.c30 1030–1064: altered, now 1035–1069: known by its digest alone; at its place stands 'Crew 30 went to the quay number 30'",
        "59 rows moved, all by +5 characters: 59 of claims; --format json lists them",
        "no row covers 0–4: 'Home'",
    ]


def test_a_text_that_is_plainly_another_is_told_in_one_sentence(log):
    assert reportedly.verify(text=STORY, package=log).to_text().splitlines() == [
        "log-0001: 10 rows: 0 exact, 0 moved, 0 normalised, 0 altered, 10 absent",
        "This is another text, or little of the one that was coded: none of the 10 rows of log-0001 are in it.",
    ]


@pytest.mark.parametrize(
    ("words", "put"),
    [
        ("the budget rose by five percent", "the budget, as I told you, rose by five percent"),
        ("peace in our time", "peace and freedom in our time"),
        ("almost twenty percent", "almost twenty per cent"),
        ("ceasefire is well known now", "cease-fire is well known now"),
        ("we cannot do it anymore", "we cannot do it any more"),
        ("Everyday life is good here", "Every day life is good here"),
        ("we need peace", "we need a lasting peace"),
        ("we will fight until the end", "we will fight, and fight again, until the end"),
        ("We will never surrender to them.", "We will never, ever, under any conditions surrender to them."),
        ("yes, we do", "Yes, we do"),
        ("明日行く", "明後日行く"),
    ],
)
def test_an_altered_stretch_has_all_of_the_words(tmp_path, words, put):
    text = f"She said: “{words}” on Monday at noon, and left."
    spans = [("claims", "c01", "on Monday at noon, and left", 0), ("quotes", "q01", words, 0)]
    assert code(tmp_path, text, spans)(text.replace(words, put))["q01"] == ("altered", put)


def test_long_words_find_their_place_before_short_ones_that_are_there_by_chance(tmp_path):
    text = "Oslo: 20 dead\n\nRome: 20 dead\n"
    spans = [("claims", "c01", "Oslo: 20 dead", 0), ("claims", "c02", "Rome: 20 dead", 0)]
    told = code(tmp_path, text, [*spans, ("figures", "f01", "20", 0), ("figures", "f02", "20", 1)])
    assert {verdict for verdict, _ in told("Rome: 20 dead\n\nOslo: 20 dead\n").values()} == {"moved"}


def test_the_same_words_follow_their_speakers(tmp_path):
    text = "Ana said: “We will fight on.”\n\nRobert said: “We will fight on.”\n\nNothing else was said.\n"
    spans = [("claims", "c01", "Nothing else was said", 0)]
    spans += [("attributions", "c01/1", "Ana said", 0), ("attributions", "c01/2", "Robert said", 0)]
    told = code(
        tmp_path, text, [*spans, ("quotes", "q01", "We will fight on.", 0), ("quotes", "q02", "We will fight on.", 1)]
    )
    gone = told(text.replace("Ana said: “We will fight on.”", "Ana had no comment.").replace("will", "shall"))
    assert (gone["q01"][0], gone["q02"]) == ("absent", ("altered", "We shall fight on."))
    root = tmp_path / "package"
    swapped = "Robert said: “We will fight on.”\n\nAna said: “We will fight on.”\n\nNothing else was said.\n"
    places = {row.key: row.found_start for row in reportedly.verify(text=swapped, package=root).verdicts}
    assert places["log-0001.q01"] > places["log-0001.c01/1"] > places["log-0001.q02"] > places["log-0001.c01/2"]


@pytest.mark.parametrize("front", ["", "HOME | NEWS\n\n"])
def test_what_stands_in_place_of_words_does_not_leave_the_line(tmp_path, front):
    text = "Talks failed in Rome\n\nOthers were hurt in the crash.\n"
    spans = [("claims", "c01", "Talks failed in Rome", 0), ("claims", "c02", "Others were hurt in the crash", 0)]
    told = code(tmp_path, text, spans)
    assert told(front + text.replace("failed", "resume"))["c01"] == ("altered", "Talks resume in Rome")


def test_a_quotation_leads_to_the_altered_claim_around_it(tmp_path):
    text = "The new minister said “we will fight on” on Monday.\n"
    spans = [("claims", "c01", text[:-2], 0), ("quotes", "q01", "we will fight on", 0)]
    assert code(tmp_path, text, spans)(f"News\n{text.replace('new', 'old')}")["c01"] == (
        "altered",
        text[:-2].replace("new", "old"),
    )


@pytest.mark.parametrize("more", ["{}\nPage 20\n", "20 May 2025\n\n{}", "{}An earlier version said 20.\n"])
def test_a_number_does_not_leave_its_sentence(tmp_path, more):
    text = "In Rome 20 people died.\n\nOthers were hurt.\n"
    spans = [("claims", "c01", "In Rome 20 people died", 0), ("claims", "c02", "Others were hurt", 0)]
    rows = code(tmp_path, text, [*spans, ("figures", "f01", "20", 0)])(more.format(text.replace("20", "25")))
    assert rows["f01"][0] in {"altered", "absent"}
    assert rows["c01"] == ("altered", "In Rome 25 people died")


def test_numbers_of_two_paragraphs_are_two(tmp_path):
    text = "The price rose to 15\n\n250 men left the harbour."
    told = code(
        tmp_path, text, [("claims", "c01", "The price rose to 15", 0), ("claims", "c02", "250 men left the harbour", 0)]
    )
    assert {verdict for verdict, _ in told(f"News\n{text}").values()} == {"moved"}


def test_a_narrow_no_break_space_is_a_space(tmp_path):
    text = "Il a dit : « Nous partons demain »."
    told = code(tmp_path, text, [("claims", "c01", "Il a dit", 0), ("quotes", "q01", "Nous partons demain", 0)])
    narrow = text.replace(" :", "\u202f:").replace("« ", "«\u202f").replace(" »", "\u202f»")
    assert {verdict for verdict, _ in told(narrow).values()} == {"exact"}
    assert {verdict for verdict, _ in told(f"x\n{narrow}").values()} == {"moved"}


def test_underscores_around_words_are_no_letters(tmp_path):
    text = "He said “very good” on Monday."
    told = code(tmp_path, text, [("quotes", "q01", "very good", 0), ("figures", "f01", "Monday", 0)])
    assert {verdict for verdict, _ in told("He said “_very good_” on _Monday_.").values()} == {"moved"}


def test_a_text_coded_with_its_byte_order_mark_is_proven_with_it(tmp_path):
    text = "\ufeffTalks go on."
    file = tmp_path / "copy.txt"
    file.write_text(text, encoding="utf-8")
    root = package(tmp_path / "package", ("log-0001", text, [("claims", "c01", "Talks go on", 0)]))
    outcome = reportedly.verify(file, package=root)
    assert (outcome.same_text, outcome.totals["exact"]) == (True, 1)


def test_words_that_are_cut_in_the_coded_text_are_told(tmp_path):
    root = package(
        tmp_path / "package", ("log-0001", "They met in Mayfair.", [("claims", "c01", "They met in May", 0)])
    )
    (row,) = reportedly.verify(text="They met in Mayfair.", package=root).verdicts
    assert (row.verdict, row.difference) == ("altered", "these words begin or end inside a word or a number")
