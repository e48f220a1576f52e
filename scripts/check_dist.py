"""Check the wheel, the sdist and their bill of materials with tools that are not ours.

    python scripts/check_dist.py             build them, check them, keep nothing
    python scripts/check_dist.py dist        check those in a folder
    python scripts/check_dist.py --record    keep the figures for the documentation too

check-wheel-contents and `twine check --strict` look at what is published, validate-pyproject at what it is built from, `reuse lint` at the licence of
every file of the checkout and of the sdist, CycloneDX's own schema at the bill of materials, and pip-audit at its components. Where pip-audit cannot
reach its data, that is said, and is no finding; it is no clean bill either.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import sbom
from build_dist import ROOT, distributions, epoch
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from recording import Figures, Rows, record

# The wheel, the sdist and their bill of materials.
ENDINGS = (".whl", ".tar.gz", sbom.SUFFIX)
# How long pip-audit may ask about all dependencies together, in seconds.
PATIENCE = 120
NOTE = "pip-audit asks a service in the network. Where it could not reach it, nothing is known of vulnerabilities of the dependencies."
# What the last words of pip-audit hold where it was the network, and not what it was asked.
UNREACHED = ("requests.exceptions.", "pip_audit._service.", "network may be blocking")


class Verdict(NamedTuple):
    """What a tool said: in a few words, what is wrong, and what it counted."""

    tool: str
    words: str
    wrong: list[str] = []  # noqa: RUF012 - a tuple's default, which nobody changes
    figures: Figures = {}  # noqa: RUF012 - the same


def run(module: str, *arguments: str | Path, patience: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment, which must neither colour what it says nor fetch anything that it does not need."""
    plain = {**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1", "VALIDATE_PYPROJECT_NO_NETWORK": "1"}
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, env=plain, capture_output=True, encoding="utf-8", timeout=patience, check=False)


def plainly(tool: str, words: str, *arguments: str | Path) -> Verdict:
    """Return the verdict of a tool whose exit status tells it."""
    done = run(tool.replace("-", "_"), *arguments)
    # The traceback that follows some findings is of the tool, and tells nothing.
    said = (done.stdout + done.stderr).partition("Traceback (most recent call last)")[0].strip()
    return Verdict(tool, words if done.returncode == 0 else "", [said] if done.returncode else [])


def wheel_contents(wheel: Path) -> Verdict:
    """Return what check-wheel-contents finds."""
    # W002, the same file twice: the newest frozen release holds what the data hold until the data change.
    checked = plainly("check-wheel-contents", "", "--no-config", "--ignore", "W002", "--toplevel", sbom.NAME, wheel)
    with ZipFile(wheel) as opened:
        files = len(opened.namelist())
    figures: Figures = {"files in the wheel": files, "bytes of the wheel": wheel.stat().st_size}
    return checked._replace(words=f"{files} files, nothing amiss", figures=figures)


def licences(sdist: Path) -> Verdict:
    """Return what `reuse lint` finds in the checkout and in the sdist."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(sdist) as opened:
        opened.extractall(folder, filter="data")
        packed = sum(member.isfile() for member in opened.getmembers())
        wrong, reports = [], []
        for place, home in (("the checkout", ROOT), ("the sdist", next(Path(folder).iterdir()))):
            reports.append(json.loads(run("reuse", "--root", home, "lint", "--json").stdout))
            for kind, found in reports[-1]["non_compliant"].items():
                if found:
                    few = ", ".join(str(each).removeprefix(f"{home}/") for each in sorted(found)[:5])
                    wrong.append(
                        f"{place}: {kind.replace('_', ' ')}: {few}{'' if len(found) <= 5 else f' and {len(found) - 5} more'}"
                    )
    here = reports[0]["summary"]
    names = ", ".join(here["used_licenses"])
    figures: Figures = {
        "files in the sdist": packed,
        "bytes of the sdist": sdist.stat().st_size,
        "files whose licence and holder are known": here["files_with_licensing_info"],
        "files in all": here["files_total"],
        "licences": names,
    }
    words = f"{here['files_with_licensing_info']} of {here['files_total']} files have a licence and a holder: {names}"
    return Verdict("reuse", words, wrong, figures)


def materials(bill: Path) -> Verdict:
    """Return what CycloneDX's schema finds in a bill of materials."""
    text = bill.read_text(encoding="utf-8")
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    components = json.loads(text)["components"]
    required = sum(component["scope"] == "required" for component in components)
    figures: Figures = {"dependencies in the SBOM": len(components), "dependencies that loading needs": required}
    words = f"a valid SBOM of {len(components)} dependencies, {required} of which loading needs"
    return Verdict("cyclonedx-bom", words, [f"{bill.name}: {error}"] if error else [], figures)


def vulnerabilities(components: list[dict[str, str]], *service: str) -> Verdict:
    """Return what pip-audit knows of components, each with a name and a version.

    Parameters
    ----------
    components
        As a bill of materials lists them.
    service
        Options that name another service than pip-audit's usual one.
    """
    total = len(components)
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "requirements.txt")
        asked.write_text("".join(f"{each['name']}=={each['version']}\n" for each in components), encoding="utf-8")
        options = ("--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off", *service)
        try:
            done = run("pip_audit", "--requirement", asked, *options, patience=PATIENCE)
        except subprocess.TimeoutExpired:
            return _unreached(total, f"no answer within {PATIENCE} seconds")
    if not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        if any(words in last for words in UNREACHED):
            return _unreached(total, last)
        return Verdict("pip-audit", "", [f"pip-audit failed: {last}"])
    found = json.loads(done.stdout)["dependencies"]
    unknown = [each["name"] for each in found if "skip_reason" in each]
    if len(unknown) == total:
        return _unreached(total, "the service that it asks knows none of them")
    wrong = [
        f"{each['name']} {each['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version'}"
        for each in found
        for flaw in each.get("vulns", ())
    ]
    words = f"none of {total - len(unknown)} dependencies has a known vulnerability"
    if unknown:
        words += f"; {len(unknown)} could not be looked up: {', '.join(unknown)}"
    return Verdict("pip-audit", words, wrong, _audited(total, len(unknown)))


def _unreached(total: int, why: str) -> Verdict:
    words = f"COULD NOT REACH ITS DATA, so none of {total} dependencies was looked up ({why})"
    return Verdict("pip-audit", words, figures=_audited(total, total))


def _audited(total: int, unknown: int) -> Figures:
    return {
        "dependencies looked up for known vulnerabilities": total - unknown,
        "dependencies that could not be looked up": unknown,
    }


def check(folder: Path) -> list[Verdict]:
    """Return the verdicts on the wheel, the sdist and the bill of materials in a folder."""
    wheel, sdist, bill = (next(folder.glob(f"*{ending}")) for ending in ENDINGS)
    components = json.loads(bill.read_text(encoding="utf-8"))["components"]
    return [
        wheel_contents(wheel),
        plainly("twine", "both would be accepted and shown", "check", "--strict", wheel, sdist),
        plainly("validate-pyproject", "valid", ROOT / "pyproject.toml"),
        licences(sdist),
        materials(bill),
        vulnerabilities(components),
    ]


def main() -> int:
    """Check, print the verdicts and return 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where they are; they are built where this is left out")
    parser.add_argument("--record", action="store_true", help="keep the figures for the documentation")
    asked = parser.parse_args()
    for ending in ENDINGS if asked.folder else ():
        found = len(list(asked.folder.glob(f"*{ending}")))
        if found != 1:
            parser.error(f"{asked.folder} holds {found} files *{ending}, and one is to be checked")
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        if asked.folder is None:
            wheel, sdist = distributions(folder)
            sbom.write(wheel, sdist, folder / f"{sbom.NAME}{sbom.SUFFIX}", epoch())
        verdicts = check(folder)
    for verdict in verdicts:
        for line in verdict.wrong or [verdict.words]:
            print(f"{verdict.tool}: {line}")
    if asked.record:
        figures = {name: value for verdict in verdicts for name, value in verdict.figures.items()}
        rows: Rows = [
            {"tool": verdict.tool, "version": version(verdict.tool), "found": "; ".join(verdict.wrong) or verdict.words}
            for verdict in verdicts
        ]
        record("supply_chain", "What is published, looked at by tools that are not ours", figures, rows, note=NOTE)
    return 1 if any(verdict.wrong for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
