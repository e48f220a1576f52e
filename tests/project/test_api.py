from __future__ import annotations

import inspect
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import reportedly
from reportedly.errors import ReportedlyError
from reportedly.model.version import Version
from reportedly.package.releases import frozen

FROZEN = {
    "chain": "(claim: 'str', *, package: 'str | os.PathLike[str] | None' = None, version: 'str | None' = None) -> 'Chain'",
    "cite": "(row: 'str | None' = None, *, format: 'str' = 'apa', package: 'str | os.PathLike[str] | None' = None, version: 'str | None' = None) -> 'str'",
    "describe": "(table: 'str', *, package: 'str | os.PathLike[str] | None' = None, version: 'str | None' = None) -> 'pd.DataFrame'",
    "diff": "(old: 'Source', new: 'Source') -> 'Difference'",
    "export": "(format: 'str', target: 'str | os.PathLike[str] | None' = None, *, tables: 'Iterable[str]' = (), flat: 'bool' = False, package: 'str | os.PathLike[str] | None' = None, version: 'str | None' = None, force: 'bool' = False, progress: 'Callable[[str], None] | None' = None) -> 'Export'",
    "flat": "(table: 'str', *, package: 'str | os.PathLike[str] | None' = None, version: 'str | None' = None) -> 'pd.DataFrame'",
    "load": "(table: 'str', *, withdrawn: 'bool' = False, package: 'Source | None' = None, version: 'str | None' = None) -> 'pd.DataFrame'",
    "path": "(table: 'str', *, version: 'str | None' = None) -> 'str'",
    "save": "(frame: 'pd.DataFrame', table: 'str', target: 'str | os.PathLike[str] | None' = None, *, package: 'str | os.PathLike[str] | None' = None, force: 'bool' = False) -> 'str'",
    "schema": "(table: 'str') -> 'Any'",
    "tables": "(*, version: 'str | None' = None) -> 'list[str]'",
    "validate": "(path: 'str | os.PathLike[str] | None' = None, *, progress: 'Progress | None' = None) -> 'Report'",
    "verify": "(source: 'str | os.PathLike[str] | None' = None, *, text: 'str | None' = None, article: 'str | None' = None, package: 'str | os.PathLike[str] | None' = None, version: 'str | None' = None, progress: 'Progress | None' = None) -> 'Verification'",
    "versions": "() -> 'list[str]'",
}


RESULTS = (
    *(
        "Bump",
        "Cell",
        "Chain",
        "Change",
        "Count",
        "Difference",
        "Export",
        "Hop",
        "Issue",
        "Omitted",
        "Reason",
        "Report",
    ),
    *("Side", "Unproven", "Verdict", "Verification"),
)
ERRORS = (
    *("FilterError", "FrameError", "MissingExtraError", "PackageError", "ReportedlyError", "TargetError"),
    *("UnknownNameError", "VersionError", "WithdrawnError"),
)


def python(code: str, *flags: str) -> str:
    done = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_public_names_are_frozen():
    assert reportedly.__all__ == sorted(["__version__", *FROZEN, *RESULTS, *ERRORS])
    assert dir(reportedly) == sorted(reportedly.__all__)


@pytest.mark.parametrize("name", FROZEN)
def test_a_public_signature_is_frozen_and_documented(name):
    signature = inspect.signature(getattr(reportedly, name))
    assert str(signature) == FROZEN[name]
    text = inspect.getdoc(getattr(reportedly, name)) or ""
    parts = ["Returns\n-------", "Examples\n--------", *(f"\n{parameter}\n    " for parameter in signature.parameters)]
    assert [part for part in parts if part not in text] == []


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = reportedly.lode


def test_every_name_is_there_without_the_extras_and_only_the_call_asks_for_one():
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('frictionless', 'pandera', 'narwhals', 'polars', 'citeproc', 'rapidfuzz')))\n"
        "import reportedly; from reportedly import *; import pydoc; pydoc.render_doc(reportedly)\n"
        "from reportedly.errors import MissingExtraError\n"
        "for call in (lambda: schema('actors'), validate):\n"
        "    try: call()\n"
        "    except MissingExtraError as error: print(error.name, hasattr(reportedly, 'schema'))"
    )
    assert python(code).split() == ["narwhals", "True", "narwhals", "True"]


def test_importing_imports_neither_pandas_nor_anything_of_the_extra():
    heavy = python(
        "import reportedly, sys; print([m for m in ('pandas', 'frictionless', 'pandera', 'narwhals', 'polars', 'click', 'rich', 'regex') if m in sys.modules])"
    )
    assert heavy == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["tables"],
        ["show", "demands"],
        ["chain", "tasr-0001.c02"],
        ["rules"],
        ["describe", "quotes"],
        ["show", "demands", "--version", reportedly.__version__],
        ["versions"],
        ["diff", reportedly.__version__, reportedly.__version__],
        ["cite"],
        ["cite", "tasr-0001.q03", "--format", "bibtex"],
    ],
)
def test_a_command_that_only_shows_imports_neither_pandas_nor_anything_of_the_extra(arguments):
    code = (
        f"import sys; sys.argv = ['reportedly', *{arguments!r}]\n"
        "from reportedly.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = [m for m in ('pandas', 'frictionless', 'pandera', 'narwhals', 'polars', 'edtf', 'rapidfuzz') if m in sys.modules]\n"
        "print('heavy:', heavy)"
    )
    assert python(code).endswith("heavy: []")


def test_loading_and_saving_import_nothing_of_the_extra(tmp_path):
    code = (
        "import reportedly, sys; demands = reportedly.load('demands'); reportedly.flat('demands'); reportedly.describe('demands')\n"
        f"reportedly.save(demands, 'demands', {str(tmp_path / 'demands.csv')!r})\n"
        "print([m for m in ('frictionless', 'pandera', 'narwhals', 'polars', 'click', 'rich', 'regex') if m in sys.modules])"
    )
    assert python(code) == "[]"


def test_there_is_one_version():
    yaml = pytest.importorskip("yaml")
    root = Path(__file__).parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    descriptor = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert descriptor["version"] == reportedly.__version__
    assert project == Version.read(reportedly.__version__).pep440
    # What is cited is a release, the last one.
    last = frozen(str(root))[-1]
    released = json.loads((root / "releases" / last / "datapackage.json").read_text(encoding="utf-8"))["created"][:10]
    assert (str(citation["version"]), str(citation["date-released"])) == (last, released)
    assert f"## {last} ({released})" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        (lambda: reportedly.load(["demands"]), "There is no table \"['demands']\""),
        (lambda: reportedly.cite(format=[]), "There is no format '[]'"),
        (lambda: reportedly.export([]), "There is no format '[]'"),
        (lambda: reportedly.chain(5), "There is no claim '5'"),
        (lambda: reportedly.load("demands", package="a\0b"), r"a\x00b: no path can hold a NUL character"),
        (lambda: reportedly.load("demands", package="a\ud800b"), r"a\ud800b: no path can hold half a character"),
        (lambda: reportedly.validate("a\0b.zip"), r"a\x00b.zip: no path can hold a NUL character"),
        (lambda: reportedly.validate("x" * 1_000), "xx: file name too long"),
    ],
)
def test_an_argument_that_cannot_be_is_told_in_one_line_and_not_blamed_on_the_dataset(misuse, told):
    with pytest.raises(ReportedlyError) as caught:
        misuse()
    assert told in str(caught.value)
    assert str(caught.value).isprintable()
