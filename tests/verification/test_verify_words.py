"""What `verify` says, word for word, of a small article made up here and of copies of it: no text from elsewhere is needed."""

from __future__ import annotations

import json
import re
import shutil
import sys

import pytest
from click.testing import CliRunner
from verification.coding import write_package

pytest.importorskip("rapidfuzz")
import reportedly
from reportedly import limits
from reportedly.cli.app import main
from reportedly.errors import MissingExtraError, PackageError, ReportedlyError, UnknownNameError, VersionError
from reportedly.text.digest import sha256_text
from reportedly.text.normalize import normalize
from reportedly.verification import read_text
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


def coded(article, text, spans):
    """Yield an article's rows by table: its spans, each quotation and figure in a claim of the same number."""
    yield "articles", {"article_id": article, "text_sha256": sha256_text(text), "text_length": len(text)}
    for table, key, words, which in spans:
        start = [found.start() for found in re.finditer(re.escape(words), text)][which]
        claim, _, hop = key.partition("/")
        row = {"article_id": article, "claim_id": f"{article}.c{claim[1:]}", "hop": hop, "cue": CUES.get(key, "")}
        row |= {"quote_id": f"{article}.{key}", "figure_id": f"{article}.{key}", "text": words, "surface": words}
        row |= {"holder_id": "crew", "start": start, "end": start + len(words)}
        yield table, {**row, "span_sha256": sha256_text(words), "folded_sha256": sha256_text(normalize(words))}


def package(root, *articles, aliases=""):
    """Write a package of coded articles, and of one actor with surface forms."""
    rows = {"actors": [{"actor_id": "crew", "name": "Crew", "aliases": aliases}]}
    for article in articles:
        for table, row in coded(*article):
            rows.setdefault(table, []).append(row)
    return write_package(root, rows)


def code(folder, text, spans, **more):
    return package(folder / "package", ("log-0001", text, spans), **more)


def told(root, copy):
    """Return the verdict on each row by its key, without the article's part; of altered words with what is there now."""
    return {
        row.key.partition(".")[2]: f"altered: {copy[row.found_start : row.found_end]}"
        if row.verdict == "altered"
        else row.verdict
        for row in reportedly.verify(text=copy, package=root).verdicts
    }


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return code(tmp_path_factory.mktemp("log"), TEXT, SPANS)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    articles = ("log-0001", TEXT, SPANS), ("log-0002", OTHER, OTHER_SPANS)
    return package(tmp_path_factory.mktemp("both") / "package", *articles)


@pytest.fixture
def broken(log, tmp_path):
    """Return what copies the package with the last of some words in a table put into others."""

    def broken(table, old, new):
        root = shutil.copytree(log, tmp_path / "package")
        file = root / "data" / f"{table}.csv"
        file.write_text(new.join(file.read_text(encoding="utf-8").rsplit(old, 1)), encoding="utf-8")
        return root

    return broken


def lines(*order):
    """Return an edit that puts the text's lines in another order, or leaves some out."""
    return lambda text: "\n".join(text.split("\n")[place] for place in order)


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


@pytest.mark.parametrize("name", EDITS)
def test_what_verify_says_of_a_copy(log, name, snapshot):
    assert reportedly.verify(text=EDITS[name](TEXT), package=log).to_text() == snapshot


# --- where rows are ---------------------------------------------------------------------------------------------------

LOOKALIKES = [
    "“The new patrols cut the incidents by twelve percent across all the districts,” Ms Ode said.",
    "Others saw it in another way.",
    "“The new patrols cut the incidents by twelve percent across all the harbours,” Mr Poe said.",
    "",
]
TWO_VOICES = [
    ("claims", "c01", LOOKALIKES[0], 0),
    ("claims", "c02", LOOKALIKES[2], 0),
    ("attributions", "c01/1", "Ms Ode said", 0),
    ("attributions", "c02/1", "Mr Poe said", 0),
    ("quotes", "q01", LOOKALIKES[0][1:-14], 0),
    ("quotes", "q02", LOOKALIKES[2][1:-14], 0),
]
SECOND_VOICE = {"c01": "absent", "c01/1": "absent", "q01": "absent", "c02": "moved", "c02/1": "moved", "q02": "moved"}
NO_MORE = "“No more talks,” Ode said.\nA day went by.\n“No more talks,” Poe said.\n"
NO_MORE_SPANS = [
    ("claims", "c01", "A day went by", 0),
    ("claims", "c02", "“No more talks,” Poe said", 0),
    ("quotes", "q01", "No more talks,", 0),
    ("quotes", "q02", "No more talks,", 1),
    # Rows coded at the same words share their place.
    ("figures", "f01", "No more talks,", 1),
]
FIGHT = "Ana said: “We will fight on.”\n\nRobert said: “We will fight on.”\n\nNothing else was said.\n"
FIGHT_SPANS = [
    ("claims", "c01", "Nothing else was said", 0),
    ("attributions", "c01/1", "Ana said", 0),
    ("attributions", "c01/2", "Robert said", 0),
    ("quotes", "q01", "We will fight on.", 0),
    ("quotes", "q02", "We will fight on.", 1),
]
TIDES = [("claims", "c01", "A tide is a tide", 0), ("quotes", "q01", "A tide is a tide at last", 0)]
FAILED = "Talks failed in Rome\n\nOthers were hurt in the crash.\n"
FAILED_SPANS = [("claims", "c01", "Talks failed in Rome", 0), ("claims", "c02", "Others were hurt in the crash", 0)]
MINISTER = "The new minister said “we will fight on” on Monday.\n"
LEFT = "He said “very good” on Monday."
CHINESE = "他们说明天会回来并且带来所有需要的东西给大家"
FRENCH = "Il a dit : « Nous partons demain »."
NARROW = FRENCH.replace(" :", "\u202f:").replace("« ", "«\u202f").replace(" »", "\u202f»")
FRENCH_SPANS = [("claims", "c01", "Il a dit", 0), ("quotes", "q01", "Nous partons demain", 0)]
LONG = " ".join(f"word{place}" for place in range(301))
LONG_SPANS = [("claims", "c01", "word1", 0), ("quotes", "q01", LONG, 0)]
# The text that was coded, its spans, the copy, and the verdicts on it.
PLACES = {
    "words that stand there once": (
        f"A first crew came early.{'.' * 900} ten crates. And so on.",
        [("claims", "c01", "A first crew came early", 0), ("figures", "f01", "ten crates", 0)],
        f"{STORY} ten crates, no more. {STORY}",
        {"c01": "absent", "f01": "moved"},
    ),
    "altered at the very beginning": (
        "A tide is a tide at last",
        TIDES,
        f"A tide is no tide at last. {STORY}",
        {"c01": "absent", "q01": "altered: A tide is no tide at last"},
    ),
    "altered and moved to the very beginning": (
        f"{STORY}A tide is a tide at last",
        TIDES,
        f"A tide is no tide at last. {STORY}",
        {"c01": "absent", "q01": "altered: A tide is no tide at last"},
    ),
    "altered at the very end": (
        f"{STORY}A tide is a tide at last",
        TIDES,
        f"{STORY}A tide, I see, is a tide at last",
        {"c01": "absent", "q01": "altered: A tide, I see, is a tide at last"},
    ),
    "a single digit leads to short words": (
        "7 boats left",
        [("claims", "c01", "7 boats left", 0), ("figures", "f01", "7", 0), ("quotes", "q01", "boats", 0)],
        "7 big boats left it",
        {"c01": "altered: 7 big boats", "f01": "exact", "q01": "moved"},
    ),
    "a script without spaces": (
        f"昨天。{CHINESE}今天也是。",
        [("claims", "c01", CHINESE, 0)],
        f"{'前天很冷' * 200}昨天。{CHINESE}今天也是。{'后天很热' * 200}",
        {"c01": "moved"},
    ),
    "the first of two alike is gone": ("\n".join(LOOKALIKES), TWO_VOICES, "\n".join(LOOKALIKES[1:]), SECOND_VOICE),
    "the second of two alike alone": ("\n".join(LOOKALIKES), TWO_VOICES, LOOKALIKES[2], SECOND_VOICE),
    "the same words left once": (
        NO_MORE,
        NO_MORE_SPANS,
        NO_MORE.partition("\n")[2],
        {"c01": "moved", "c02": "moved", "q01": "absent", "q02": "moved", "f01": "moved"},
    ),
    "the same words of one speaker are gone": (
        FIGHT,
        FIGHT_SPANS,
        FIGHT.replace("Ana said: “We will fight on.”", "Ana had no comment.").replace("will", "shall"),
        {"c01": "moved", "c01/1": "absent", "c01/2": "moved", "q01": "absent", "q02": "altered: We shall fight on."},
    ),
    "long words before short ones that are there by chance": (
        "Oslo: 20 dead\n\nRome: 20 dead\n",
        [
            ("claims", "c01", "Oslo: 20 dead", 0),
            ("claims", "c02", "Rome: 20 dead", 0),
            ("figures", "f01", "20", 0),
            ("figures", "f02", "20", 1),
        ],
        "Rome: 20 dead\n\nOslo: 20 dead\n",
        dict.fromkeys(("c01", "c02", "f01", "f02"), "moved"),
    ),
    "what stands in place of words": (
        FAILED,
        FAILED_SPANS,
        FAILED.replace("failed", "resume"),
        {"c01": "altered: Talks resume in Rome", "c02": "exact"},
    ),
    "what stands in place of words that moved": (
        FAILED,
        FAILED_SPANS,
        f"HOME | NEWS\n\n{FAILED}".replace("failed", "resume"),
        {"c01": "altered: Talks resume in Rome", "c02": "moved"},
    ),
    "a quotation leads to the claim around it": (
        MINISTER,
        [("claims", "c01", MINISTER[:-2], 0), ("quotes", "q01", "we will fight on", 0)],
        f"News\n{MINISTER}".replace("new ", "old "),
        {"c01": f"altered: {MINISTER[:-2]}".replace("new", "old"), "q01": "moved"},
    ),
    "numbers of two paragraphs": (
        "The price rose to 15\n\n250 men left the harbour.",
        [("claims", "c01", "The price rose to 15", 0), ("claims", "c02", "250 men left the harbour", 0)],
        "News\nThe price rose to 15\n\n250 men left the harbour.",
        {"c01": "moved", "c02": "moved"},
    ),
    "narrow no-break spaces": (FRENCH, FRENCH_SPANS, NARROW, {"c01": "exact", "q01": "exact"}),
    "narrow no-break spaces further on": (FRENCH, FRENCH_SPANS, f"x\n{NARROW}", {"c01": "moved", "q01": "moved"}),
    "underscores around words": (
        LEFT,
        [("quotes", "q01", "very good", 0), ("figures", "f01", "Monday", 0)],
        LEFT.replace("very good", "_very good_").replace("Monday", "_Monday_"),
        {"q01": "moved", "f01": "moved"},
    ),
    "too little of long words": (
        f"{STORY}{LONG}",
        LONG_SPANS,
        f"{STORY}{LONG[:200]}{STORY * 5}",
        {"c01": "exact", "q01": "absent"},
    ),
}


@pytest.mark.parametrize(("text", "spans", "copy", "verdicts"), PLACES.values(), ids=PLACES)
def test_where_rows_are_in_a_copy(tmp_path, text, spans, copy, verdicts):
    root = code(tmp_path, text, spans)
    assert set(told(root, text).values()) == {"exact"}
    assert told(root, copy) == verdicts


@pytest.mark.parametrize(("dots", "verdict"), [(398, "moved"), (900, "absent")])
def test_words_that_recur_are_looked_for_near_those_around_them(log, dots, verdict):
    # Both guesses fail, from before and from behind; the words stand there twice besides.
    copy = f"{STORY} Few crates, forty crates. {TEXT}"
    assert told(log, copy.replace("forty crates stood", f"{'.' * dots} forty crates now, stood", 1))["f01"] == verdict


@pytest.mark.parametrize("distance", [400, 401])
@pytest.mark.parametrize(
    ("table", "key", "words"),
    [("figures", "f01", "ten crates"), ("attributions", "c01/1", "ten crates, said one of ours")],
)
def test_altered_words_are_judged_by_words_found_up_to_400_characters_away(tmp_path, distance, table, key, words):
    text = f"A first crew came early.{'.' * (distance - 2)} ten crates, said one of ours.{'.' * 500} So on."
    root = code(tmp_path, text, [("claims", "c01", "A first crew came early", 0), (table, key, words, 0)])
    now = f"altered: {words.replace('ten', 'two')}" if distance == 400 else "absent"
    assert told(root, text.replace("ten", "two"))[key] == now


@pytest.mark.parametrize("length", [11, 12, 48, 49])
def test_words_known_by_their_digest_are_altered_up_to_half_and_twice_their_length(log, length):
    assert len("Nobody counted the ropes") == 24
    now = f"altered: {'.' * length}" if 12 <= length <= 48 else "absent"
    assert told(log, TEXT.replace("Nobody counted the ropes", "." * length))["c04"] == now


@pytest.mark.parametrize(
    ("changed", "front"),
    [
        (LONG.replace("word300", "word3oo"), ""),
        (LONG.replace("word1 ", "else "), "Nothing of it. " * 300),
        (LONG.replace("word3 ", "else ").replace("word200 ", "other "), "Nothing of it. " * 300),
        (LONG.replace("word0 word1 word2 word3 word4 word5 word6 word7 word8 ", "So and so "), "Nothing of it. " * 300),
        (LONG[: -len("word300")] + "none", "Nothing of it. " * 300),
    ],
    ids=["at-the-very-beginning", "first-piece-changed", "two-changed", "first-two-pieces-changed", "end-changed"],
)
def test_long_words_are_found_by_any_piece_of_theirs(tmp_path, changed, front):
    copy = f"{front}{changed} {'and so on ' * 300}"
    row = reportedly.verify(text=copy, package=code(tmp_path, f"{STORY}{LONG}", LONG_SPANS)).verdicts[1]
    assert row.verdict == "altered"
    assert changed[60:-60] in copy[row.found_start : row.found_end]
    assert abs(row.found_start - len(front)) <= len(LONG) - len(changed) + 5


def test_the_same_words_follow_their_speakers(tmp_path):
    copy = FIGHT.replace("Ana", "Eva").replace("Robert", "Ana").replace("Eva", "Robert")
    rows = reportedly.verify(text=copy, package=code(tmp_path, FIGHT, FIGHT_SPANS)).verdicts
    places = {row.key: row.found_start for row in rows}
    assert places["log-0001.q01"] > places["log-0001.c01/1"] > places["log-0001.q02"] > places["log-0001.c01/2"]


SHORT = {
    "Chinese": ("双方同意停火。总统周二宣布。谈判下月开始。", ["双方同意停火", "总统周二宣布", "谈判下月开始"]),
    "Japanese": ("両国は停戦に合意。外相が発表した。", ["両国は停戦に合意", "外相が発表した"]),
    "Thai": ("ทั้งสองฝ่ายตกลงหยุดยิง ประธานาธิบดีประกาศ", ["ทั้งสองฝ่ายตกลงหยุดยิง", "ประธานาธิบดีประกาศ"]),
    "Korean": ("양측이 휴전에 합의했다. 대통령이 발표했다.", ["양측이 휴전에 합의했다", "대통령이 발표했다"]),
    "English": ("Both sides agree. Talks go on. A truce holds.", ["Both sides agree", "Talks go on", "A truce holds"]),
}


@pytest.mark.parametrize(("text", "claims"), SHORT.values(), ids=SHORT)
def test_short_claims_are_found_wherever_they_moved(tmp_path, text, claims):
    root = code(tmp_path, text, [("claims", f"c{place:02}", words, 0) for place, words in enumerate(claims, 1)])
    fronts = f"首页 | Home\n\n{text}", f"首页 | Home\n\n{text}\n© 2026", f"A.\n\n{text}\n{STORY}"
    for copy in (*fronts, "。 ".join(reversed(claims))):
        assert set(told(root, copy).values()) == {"moved"}


# Words, what is put in their place, and what may become of rows that are these words.
WHOLE, CUT = {"exact", "moved"}, {"altered", "absent"}
PUT = [
    *(("20", put, WHOLE) for put in ("20", "20 crates", "(20)", "20’s", "20-odd", "20%", "some 20.")),
    *(
        ("20", put, CUT)
        for put in ("200", "2020", "20,000", "20.5", "20 000", "1\u00a0020", "20th", "20½", "20万", "２０")
    ),
    *(("20", put, CUT) for put in ("-20", "−20", "-$20")),
    *(("May", "Mayfair", CUT), ("May", "Dismay", CUT), ("二十", "二百二十", CUT)),
]


@pytest.mark.parametrize(("words", "put", "verdicts"), PUT)
def test_no_word_and_no_number_is_cut(tmp_path, words, put, verdicts):
    text = f"The toll: {words}. The crew left."
    spans = [("claims", "c01", "The crew left", 0), ("figures", "f01", words, 0)]
    rows = told(code(tmp_path, text, spans), text.replace(words, put, 1))
    assert rows["c01"] in WHOLE
    assert rows["f01"].partition(":")[0] in verdicts


@pytest.mark.parametrize("more", ["{}\nPage 20\n", "20 May 2025\n\n{}", "{}An earlier version said 20.\n"])
def test_a_number_does_not_leave_its_sentence(tmp_path, more):
    text = "In Rome 20 people died.\n\nOthers were hurt.\n"
    spans = [("claims", "c01", "In Rome 20 people died", 0), ("claims", "c02", "Others were hurt", 0)]
    rows = told(code(tmp_path, text, [*spans, ("figures", "f01", "20", 0)]), more.format(text.replace("20", "25")))
    assert rows["f01"] in {"altered: 25", "absent"}
    assert rows["c01"] == "altered: In Rome 25 people died"


@pytest.mark.parametrize("gap", ["\n", " ", "\n\n", "\r\n\r\n", "\n\n   ", "\n\u00ad\n"])
def test_blank_lines_shift_nothing(tmp_path, gap):
    text = gap.join(["He spoke first.", "For us it’s over, he said."])
    spans = [("claims", "c01", "He spoke first", 0), ("claims", "c02", "it’s over", 0)]
    root = code(tmp_path, text, [*spans, ("attributions", "c02/1", "he said", 0)])
    straight = text.replace("’", "'")
    assert list(told(root, text).values()) == ["exact", "exact", "exact"]
    assert sorted(told(root, straight).items()) == [("c01", "exact"), ("c02", "normalised"), ("c02/1", "exact")]
    assert sorted(told(root, f"x {straight}").items()) == [("c01", "moved"), ("c02", "normalised"), ("c02/1", "moved")]


def test_offsets_lead_to_the_words_in_the_copy(log):
    copy = TEXT.replace("crew", "cr\u200bew").replace("forty", "fifty")
    rows = reportedly.verify(text=copy, package=log).verdicts
    words = {row.key.partition(".")[2]: copy[row.found_start : row.found_end] for row in rows}
    assert (words["c04/1"], words["f02"]) == ("the second cr\u200bew said", "fifty crates")


def test_words_that_are_cut_in_the_coded_text_are_told(tmp_path):
    root = code(tmp_path, "They met in Mayfair.", [("claims", "c01", "They met in May", 0)])
    (row,) = reportedly.verify(text="They met in Mayfair.", package=root).verdicts
    assert (row.verdict, row.difference) == ("altered", "these words begin or end inside a word or a number")


# --- what differs -----------------------------------------------------------------------------------------------------

QUOTED = LOOKALIKES[0][1:-14]
# Each word stands there four times, never twice in the same company.
RECURRING = [f"word{step * place % 53}" for step in (1, 3, 5, 7) for place in range(53)]
# The quotation, what stands in its place, and what is told.
DIFFERENCES = {
    "more words": (
        QUOTED,
        QUOTED.replace("twelve", "some ten or twelve").replace("districts", "boroughs"),
        "The new patrols cut the incidents by {+some ten or+} twelve percent across all the [-districts,-] {+boroughs,+}",
    ),
    "a long quotation": (
        " ".join(RECURRING),
        " ".join([*RECURRING[:100], "another", *RECURRING[101:]]),
        " ".join([*RECURRING[:100], f"[-{RECURRING[100]}-] {{+another+}}", *RECURRING[101:]]),
    ),
    "more than 300 words are one change": (
        LONG,
        LONG.replace("word100 ", "else ").replace("word103 ", "other "),
        LONG.replace(
            "word100 word101 word102 word103",
            "[-word100 word101 word102 word103-] {+else word101 word102 other+}",
        ),
    ),
}


@pytest.mark.parametrize(("words", "now", "difference"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_what_differs_is_told(tmp_path, words, now, difference):
    text = f"Ms Ode said: “{words}” and left."
    root = code(tmp_path, text, [("claims", "c01", "Ms Ode said", 0), ("quotes", "q01", words, 0)])
    row = reportedly.verify(text=text.replace(words, now), package=root).verdicts[1]
    assert (row.found_end - row.found_start, row.difference) == (len(now), difference)


@pytest.mark.parametrize(("length", "shown"), [(200, "." * 200), (201, "." * 199 + "…")], ids=["whole", "cut"])
def test_what_stands_in_place_of_long_words_is_cut(tmp_path, length, shown):
    text = f"Before that day. {'x' * length} And behind that day."
    spans = [("attributions", "c01/1", "Before that day", 0), ("attributions", "c01/2", "And behind that day", 0)]
    root = code(tmp_path, text, [("claims", "c01", "x" * length, 0), *spans])
    row = reportedly.verify(text=text.replace("x", "."), package=root).verdicts[0]
    assert row.difference == f"known by its digest alone; at its place stands {shown!r}"


@pytest.mark.parametrize(
    ("words", "put"),
    [
        ("the budget rose by five percent", "the budget, as I told you, rose by five percent"),
        ("almost twenty percent", "almost twenty per cent"),
        ("ceasefire is well known now", "cease-fire is well known now"),
        ("Everyday life is good here", "Every day life is good here"),
        ("we need peace", "we need a lasting peace"),
        ("We will never surrender to them.", "We will never, ever, under any conditions surrender to them."),
        ("yes, we do", "Yes, we do"),
        ("明日行く", "明後日行く"),
    ],
)
def test_an_altered_stretch_has_all_of_the_words(tmp_path, words, put):
    text = f"She said: “{words}” on Monday at noon, and left."
    spans = [("claims", "c01", "on Monday at noon, and left", 0), ("quotes", "q01", words, 0)]
    assert told(code(tmp_path, text, spans), text.replace(words, put))["q01"] == f"altered: {put}"


def test_the_library_that_compares_words_is_asked_for_by_name(log, monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    assert reportedly.verify(text=TEXT, package=log).totals["exact"] == 10
    with pytest.raises(
        MissingExtraError, match=r"^This needs rapidfuzz\.distance, which comes with the extra validate: "
    ):
        reportedly.verify(text=TEXT.replace("the tide", "the riptide"), package=log)


# --- the outcome ------------------------------------------------------------------------------------------------------


def test_the_outcome_as_json(log):
    text = reportedly.verify(text=TEXT.replace("forty", "fifty", 1).replace("notes", "“nötes”"), package=log).to_json()
    assert text.startswith('{\n  "article": "log-0001",\n  "same_text": false,\n')
    said = json.loads(text)
    assert said["totals"] == {"exact": 0, "moved": 8, "normalised": 0, "altered": 2, "absent": 0}
    assert said["rows"][-2] == {
        "table": "figures",
        "key": "log-0001.f01",
        "verdict": "altered",
        "start": 94,
        "end": 106,
        "found_start": 96,
        "found_end": 108,
        "difference": "[-forty-] {+fifty+} crates",
    }
    assert said["uncovered"][0] == {"start": 0, "end": 15, "text": "Harbour “nötes”"}
    assert "“nötes”" in text
    assert [(cell["key"], cell["field"], cell["value"]) for cell in said["unproven"]] == [
        ("log-0001.c04/1", "cue", "tells")
    ]


@pytest.mark.parametrize(
    ("front", "accept", "right"),
    [
        ("", [], False),
        ("", ["unproven"], True),
        ("x ", ["unproven"], False),
        ("x ", ["moved"], False),
        ("x ", ["moved", "unproven"], True),
    ],
)
def test_what_is_accepted_decides_whether_all_is_well(log, front, accept, right):
    assert reportedly.verify(text=front + TEXT, package=log).ok(accept) == right


@pytest.mark.parametrize(
    ("accept", "status"), [("", 1), ("unproven", 0), ("exact,moved,normalised,altered,absent", 1), ("provven", 2)]
)
def test_the_command_accepts_what_it_is_told_to(log, tmp_path, accept, status):
    (tmp_path / "copy.txt").write_text(TEXT, encoding="utf-8", newline="")
    command = ["verify", str(tmp_path / "copy.txt"), "--package", str(log), "--accept", accept]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == status
    unknown = "There is no verdict 'provven'. Did you mean 'unproven'? There are: exact, moved"
    assert (unknown in done.output) == (accept == "provven")


def test_progress_counts_what_was_looked_for(log):
    seen = []
    reportedly.verify(text=f"x {TEXT}", package=log, progress=lambda *step: seen.append(step))
    # All ten follow the words around them: nothing is looked for everywhere.
    assert seen == [(8, 10)] * 3
    reportedly.verify(text="", package=log, progress=lambda *step: seen.append(step))
    # Then span by span.
    assert seen[3:] == sorted(seen[3:])
    assert {total for _, total in seen} == {10}
    assert len(seen) > 8


def test_the_verdict_comes_first_and_many_rows_are_one_line(tmp_path):
    claims = [f"Crew {place} came to the quay number {place}" for place in range(60)]
    text = "\n".join(claims)
    root = code(tmp_path, text, [("claims", f"c{at:02}", words, 0) for at, words in enumerate(claims)])
    copy = f"Home\n{text}".replace("Crew 30 came", "Crew 30 went")
    assert reportedly.verify(text=copy, package=root).to_text().splitlines() == [
        "log-0001: 60 rows: 0 exact, 59 moved, 0 normalised, 1 altered, 0 absent",
        "The text differs from the one that was coded.",
        "claims log-0001.c30 1030–1064: altered, now 1035–1069: known by its digest alone; at its place stands 'Crew 30 went to the quay number 30'",
        "59 rows moved, all by +5 characters: 59 of claims; --format json lists them",
        "no row covers 0–4: 'Home'",
    ]


def test_an_article_without_a_row_proves_nothing(tmp_path):
    outcome = reportedly.verify(text="Come now.", package=code(tmp_path, "Come now.", []))
    assert (outcome.verdicts, outcome.unproven, outcome.ok()) == ((), (), False)


# --- texts and articles -----------------------------------------------------------------------------------------------


def test_the_article_is_told_by_its_text_or_by_name(both):
    assert reportedly.verify(text=OTHER, package=both).to_text().splitlines() == [
        "log-0002: 2 rows: 2 exact, 0 moved, 0 normalised, 0 altered, 0 absent",
        "The text is the one that was coded, to the character.",
        "no row covers 0–15: 'A note on ropes'",
    ]
    assert reportedly.verify(text=f"x {OTHER}", package=both, article="log-0002").totals["moved"] == 2
    assert reportedly.verify(text=OTHER, package=both, article="log-0001").same_text is False


@pytest.mark.parametrize(
    ("asked", "error", "why"),
    [
        (
            {"text": "x"},
            ReportedlyError,
            "The text matches no article exactly. Say which one it should be: log-0001, log-0002.",
        ),
        ({"text": OTHER, "article": ""}, UnknownNameError, "There is no article ''."),
        (
            {"text": OTHER, "article": "log-0003"},
            UnknownNameError,
            "There is no article 'log-0003'. Did you mean 'log-0002'? There are: log-0001, log-0002.",
        ),
        ({"text": "", "version": "0.1.0"}, VersionError, "Give a package or a version, not both"),
        ({"source": "a", "text": "b"}, ReportedlyError, "Give verify a file or text=…, not both."),
        ({}, ReportedlyError, "Give verify the path of a text file, or the text itself as text=…."),
        ({"source": "cpoy.txt"}, PackageError, "'cpoy.txt': there is no such file. Pass a text itself as text=…."),
        ({"source": TEXT}, PackageError, "…': there is no such file. Pass a text itself as text=…."),
    ],
)
def test_what_cannot_be_answered_is_told(both, asked, error, why):
    with pytest.raises(error, match=re.escape(why)):
        reportedly.verify(package=both, **asked)


def test_a_package_without_articles_has_no_verdicts(tmp_path):
    with pytest.raises(PackageError, match="the package has no article"):
        reportedly.verify(text=TEXT, package=package(tmp_path / "package"))


def test_a_text_of_an_earlier_version_is_held_against_that():
    assert reportedly.verify(text="", version=reportedly.versions()[0]).totals["absent"] > 0


def test_half_a_character_is_a_text_like_others(log):
    assert reportedly.verify(text="\ud800", package=log).totals["absent"] == 10


def test_a_text_file_is_read_as_it_stands(tmp_path):
    (tmp_path / "copy.txt").write_bytes("one\r\ntwo\rthree – é".encode())
    assert read_text(tmp_path / "copy.txt") == "one\r\ntwo\rthree – é"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".", "not a regular file; save the text to one"),
        ("none.txt", "no such file or directory"),
        ("latin.txt", "not UTF-8: byte 0xe9 at offset 0"),
        ("long.txt", "101 bytes, more than the 100 of an article"),
    ],
)
def test_a_file_that_is_no_text_of_an_article_is_told(tmp_path, monkeypatch, name, why):
    monkeypatch.setattr(limits, "TEXT_BYTES", 100)
    (tmp_path / "latin.txt").write_bytes(b"\xe9" * 100)
    (tmp_path / "long.txt").write_bytes(b"x" * 101)
    with pytest.raises(PackageError, match=f"^{re.escape(str(tmp_path / name))}: {why}$"):
        read_text(tmp_path / name)


def test_a_byte_order_mark_is_no_character_of_a_text(tmp_path, log):
    file = tmp_path / "copy.txt"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert reportedly.verify(file, package=log).same_text
    done = CliRunner().invoke(main, ["locate", str(file), "Harbour notes", "--format", "csv"])
    assert done.output.splitlines()[1].startswith("0,13,")


def test_a_text_coded_with_its_byte_order_mark_is_proven_with_it(tmp_path):
    (tmp_path / "copy.txt").write_text("\ufeffTalks go on.", encoding="utf-8")
    root = code(tmp_path, "\ufeffTalks go on.", [("claims", "c01", "Talks go on", 0)])
    assert reportedly.verify(tmp_path / "copy.txt", package=root).same_text


@pytest.mark.parametrize(("table", "name"), [("claims", "claim_id"), ("articles", "publisher_id")])
def test_a_broken_package_is_told_in_one_line(broken, table, name):
    root = broken(table, name, "name")
    with pytest.raises(PackageError) as caught:
        reportedly.verify(text=TEXT, package=root)
    file = root / "data" / f"{table}.csv"
    assert str(caught.value) == f"{file}: the header lacks '{name}', and has 'name'; see `reportedly validate`"


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
    root = code(tmp_path, text, [("claims", "c01", "Come", 0), *spans], aliases=aliases)
    assert reportedly.verify(text=copy, package=root).article == "log-0001"
    monkeypatch.setattr(limits, "EFFORT", 1_500)
    with pytest.raises(ReportedlyError) as caught:
        reportedly.verify(text=copy, package=root)
    assert str(caught.value) == (
        f"Looking for the rows of log-0001 in a text of {len(copy):,} characters would take too long: too many of them are not where the dataset says. "
        "Is it the right text?"
    )


# --- what the text does not support -----------------------------------------------------------------------------------


def unproven(root, text):
    return [str(cell) for cell in reportedly.verify(text=text, package=root).unproven]


@pytest.mark.parametrize(
    ("table", "key", "words", "field", "why"),
    [
        ("claims", "c05", " stood on the quay", "start", "the span begins with white space"),
        ("claims", "c05", "stood on the ", "end", "the span ends with white space"),
        ("attributions", "c02/1", "tells.\nAbout forty", "end", "the span crosses a line break"),
        ("attributions", "c02/1", "bout forty crates stood", "start", "the span begins within a word"),
        ("figures", "f03", "About forty crates stoo", "end", "the span ends within a word"),
    ],
)
def test_a_span_whose_edges_are_no_edges_is_told(tmp_path, table, key, words, field, why):  # noqa: PLR0917 - one for each column
    place = {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}[field]
    line = f"{table} log-0001.{key}, {field} = '{place}': {why}"
    assert line in unproven(code(tmp_path, TEXT, [*SPANS, (table, key, words, 0)]), TEXT)


BEFORE, AFTER = "there is no quotation mark before these words", "there is no quotation mark after these words"


@pytest.mark.parametrize(
    ("marked", "lines"),
    [
        *(("“the tide”", []), ("« the tide »", []), ('"the tide"', []), ("「the tide」", []), ("“  the tide  ”", [])),
        ("X the tide X", [f"start = '6': {BEFORE}", f"end = '14': {AFTER}"]),
        ("the tide”", [f"start = '4': {BEFORE}"]),
        ("“the tide", [f"end = '13': {AFTER}"]),
        ("the tide", [f"start = '4': {BEFORE}", f"end = '12': {AFTER}"]),
    ],
)
def test_a_quotation_stands_between_marks(tmp_path, marked, lines):
    text = f"See {marked} come."
    root = code(tmp_path, text, [("claims", "c01", "come", 0), ("quotes", "q01", "the tide", 0)])
    assert unproven(root, text) == [f"quotes log-0001.q01, {line}" for line in lines]


@pytest.mark.parametrize(
    ("text", "words", "lines"),
    [
        ("“the tide”", "the tide", []),
        ("“ the tide ”", "the tide", []),
        *((f"Come {marks} “now”", "now", []) for marks in ("“ ”", "“\n”", "“a\nb”")),
        (
            "See «the tide», “as they say”.",
            "as they say",
            ["quotes, text = 'the tide': in quotation marks at 5–13, and no row has just these words"],
        ),
        (
            "The crew: “We wait.”",
            "We wait",
            [
                f"quotes log-0001.q01, end = '18': {AFTER}",
                "quotes, text = 'We wait.': in quotation marks at 11–19, and no row has just these words",
            ],
        ),
    ],
)
def test_what_stands_between_marks_is_a_quotation(tmp_path, text, words, lines):
    root = code(tmp_path, text, [("quotes", "q01", words, 0)])
    assert unproven(root, text) == lines
    # Marks and edges are held against the very text alone.
    assert unproven(root, f"{text} And so on.") == []


@pytest.mark.parametrize(
    ("table", "old", "new", "line"),
    [
        (
            "articles",
            f",{len(TEXT)},",
            ",20,",
            "articles log-0001, text_length = '20': the text has 235 characters",
        ),
        *(
            (
                table,
                sha256_text(normalize(words)),
                "0" * 64,
                f"{table} log-0001.{key}, folded_sha256 = '{'0' * 64}': its words fold to {sha256_text(normalize(words))}",
            )
            for table, key, words, _ in (SPANS[1], SPANS[5])
        ),
    ],
    ids=["length", "digest of a claim", "digest of a hop"],
)
def test_a_cell_that_the_text_does_not_support_is_told(broken, table, old, new, line):
    assert line in unproven(broken(table, old, new), TEXT)


def test_a_text_that_differs_where_no_row_covers_it_has_another_digest(log):
    text = TEXT.replace("Harbour notes", "Harbour motes")
    assert (
        f"articles log-0001, text_sha256 = '{sha256_text(TEXT)}': every row is exact, but the text has {sha256_text(text)}: "
        "it differs where no row covers it, or another text was coded"
    ) in unproven(log, text)
    for other in (f"{TEXT}\nOurs, all of it.", f"x {text}"):
        assert "text_sha256" not in str(unproven(log, other))


@pytest.mark.parametrize(
    ("text", "aliases", "missing"),
    [
        ("他说乌克兰会回来的。", "乌克兰", ""),
        ("เขาบอกว่ายูเครนจะกลับมา", "ยูเครน", ""),
        ("彼はウクライナと言った", "ウクライナ", ""),
        ("रामायण पढ़ो", "राम", "राम"),
        ("राम पढ़ो", "राम", ""),
        ("unforty crates", "forty", "forty"),
        ("forty-one crates", "forty", ""),
        ("(forty)", "(forty)", ""),
        ("cafe\u0301s", "cafe\u0301", "cafe\u0301"),
        ("I \u2764\ufe0fNY", "NY", ""),
        ("Come now", "no|no|now", "no"),
    ],
)
def test_a_surface_form_cuts_no_word_in_scripts_that_part_them(tmp_path, text, aliases, missing):
    told = unproven(code(tmp_path, text, [("claims", "c01", text, 0)], aliases=aliases), text)
    assert told == [f"actors crew, aliases = {missing!r}: it is not in the text"] * bool(missing)


def test_a_surface_form_of_an_actor_that_another_article_names_too_is_not_judged(tmp_path):
    articles = ("log-0001", TEXT, SPANS), ("log-0002", OTHER, OTHER_SPANS)
    root = package(tmp_path / "package", *articles, aliases="nobody")
    for text in (TEXT, OTHER):
        assert "aliases" not in str(unproven(root, text))


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
    stretches = list(quotations(text))
    inside = [text[start:end] for start, end in stretches]
    assert len(inside) >= 2
    assert inside == [words.strip() for words in inside]
    spans = [("quotes", f"q{start}", text[start:end], text[:start].count(text[start:end])) for start, end in stretches]
    assert "quotation mark" not in str(unproven(code(tmp_path, text, spans), text))
    told = [line for line in unproven(code(tmp_path / "less", text, spans[:-1]), text) if "quotation mark" in line]
    assert len(told) == 1
    assert f"text = {inside[-1]!r}: in quotation marks" in told[0]


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
