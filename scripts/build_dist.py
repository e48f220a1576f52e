"""Build what is published of a version, into `dist/`: the same bytes on every run.

    python scripts/build_dist.py            build what was released; refuse anything else
    python scripts/build_dist.py --check    build twice, compare, and validate the data package as it is; keep nothing

The wheel, the sdist, their bill of materials, the data package as a zip file, every export, and SHA256SUMS over all of them. An export that is a
folder becomes a zip file. The check builds once here and once from a copy elsewhere, with other permissions, times, locale, time zone and hash seed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import frictionless
import sbom

import reportedly
from reportedly.exports.formats import FORMATS
from reportedly.package.atomic import atomic
from reportedly.package.package import Package
from reportedly.versioning.release import Checkout, unreleased

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
CHECKOUT = Package(ROOT)
# Formats that people open table by table, where names and chains beside the keys save them the joins.
FLAT = tuple(name for name, form in FORMATS.items() if form.per_table or name == "excel")
SUMS = "SHA256SUMS"
# What must not matter to a build. Without the last two Python would take UTF-8 for a locale that has none.
ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "PYTHONHASHSEED": "1",
    "LC_ALL": "C",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONUTF8": "0",
}


def created() -> dt.datetime:
    """Return when the version was released: the time that every file in an archive bears."""
    return dt.datetime.fromisoformat(CHECKOUT.descriptor["created"])


def pack(folder: Path, target: Path) -> None:
    """Pack a folder's contents into a zip file whose bytes follow from them alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), created().timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, path.read_bytes())


def epoch() -> int:
    """Return when the version was released, as builders take it (https://reproducible-builds.org/specs/source-date-epoch/)."""
    return int(created().timestamp())


def distributions(target: Path) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from it; return both, the wheel first."""
    command = [sys.executable, "-m", "build", "--installer", "uv", "--outdir", str(target), str(ROOT)]
    # Named from its own folder: uv takes a space in the path for the end of it.
    surroundings = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch()), "UV_CONSTRAINT": LOCK.name}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    # The build backend leaves this for its own folder, and it is nothing to publish.
    (target / ".gitignore").unlink(missing_ok=True)
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return wheel, sdist


def in_git() -> set[str] | None:
    """Return the files of the checkout that git knows, or nothing where this is no checkout."""
    if not (ROOT / ".git").exists():
        return None
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.split("\0")
    return {name for name in listed if (ROOT / name).is_file()}


def strays(sdist: Path) -> list[str]:
    """Return the files of an sdist that git does not know: forgotten ones, or ones that are nobody's business."""
    known = in_git()
    with tarfile.open(sdist) as opened:
        packed = {name.partition("/")[2] for name in opened.getnames()}
    return [] if known is None else sorted(packed - known - {"PKG-INFO"})


def data_package(target: Path) -> None:
    """Pack the files that a release is made of."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in Checkout(ROOT).files.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).write_bytes(data)
        pack(Path(folder), target / f"{CHECKOUT.descriptor['name']}-{CHECKOUT.version}.zip")


def exports(target: Path) -> None:
    """Export to every format, and in flat form too where that helps."""
    for name, form in FORMATS.items():
        for flat in (False, True) if name in FLAT else (False,):
            stem = f"{CHECKOUT.descriptor['name']}-{CHECKOUT.version}{'-flat' if flat else ''}"
            if not form.is_folder:
                reportedly.export(name, target / f"{stem}{form.suffix}", flat=flat, package=ROOT)
                continue
            with tempfile.TemporaryDirectory() as folder:
                made = reportedly.export(name, Path(folder, "export"), flat=flat, package=ROOT)
                pack(Path(made.path), target / f"{stem}-{name}.zip")


def sums(target: Path) -> str:
    """Return the digests of a folder's files, as `sha256sum` writes and checks them."""
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(target.iterdir())]
    return "".join(lines)


def build(target: Path) -> str:
    """Build everything into a new folder and return the digests."""
    target.mkdir()
    wheel, sdist = distributions(target)
    for name in strays(sdist):
        sys.exit(f"{name} would be published, but is not in git: add it or move it away")
    sbom.write(wheel, sdist, target / f"{CHECKOUT.descriptor['name']}-{CHECKOUT.version}{sbom.SUFFIX}", epoch())
    data_package(target)
    exports(target)
    found = sums(target)
    (target / SUMS).write_text(found, encoding="utf-8")
    return found


def elsewhere(place: Path) -> subprocess.Popen[bytes]:
    """Begin to build from a copy of what git knows, where all is otherwise that must not matter."""
    known = in_git()
    if known is None:
        sys.exit(f"{ROOT}: no git checkout, which --check builds from a copy of")
    for name in known:
        copy = place / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        # The contents alone, and whether it can be run, as git keeps it: the times are now.
        shutil.copyfile(ROOT / name, copy)
        copy.chmod(0o600 | (ROOT / name).stat().st_mode & 0o100)
    surroundings = {**os.environ, **ELSEWHERE, "PYTHONPATH": f"{place / 'src'}{os.pathsep}{place / 'scripts'}"}
    # What is checked need not be released.
    command = [sys.executable, "-c", "import build_dist; build_dist.build(build_dist.ROOT / 'dist')"]
    return subprocess.Popen(command, env=surroundings, umask=0o077, stdout=subprocess.DEVNULL)


def problems(folder: Path) -> list[str]:
    """Build twice at once and return what is wrong."""
    place = folder / "another place"
    with elsewhere(place) as other:
        here = build(folder / "here")
    if other.returncode:
        return [f"the build in another place ended with exit status {other.returncode}"]
    there = (place / "dist" / SUMS).read_text(encoding="utf-8")
    differing = set(here.splitlines()) ^ set(there.splitlines())
    found = [f"not the same bytes twice: {line.split()[1]}" for line in differing]
    packed = folder / "here" / f"{CHECKOUT.descriptor['name']}-{CHECKOUT.version}.zip"
    report = frictionless.validate(str(packed), type="package")
    found += [f"{packed.name}: {error}" for error in report.flatten(["type", "note"])]
    return sorted(set(found))


def main() -> int:
    """Build, or with --check build twice and compare."""
    if sys.argv[1:] == ["--check"]:
        with tempfile.TemporaryDirectory() as folder:
            found = problems(Path(folder))
        print(
            "\n".join(found) or "built twice, here and elsewhere: the same bytes; the data package is valid as it is",
            file=sys.stderr,
        )
        return 1 if found else 0
    if told := unreleased(ROOT):
        print(f"{told}; see Releasing in CONTRIBUTING.md", file=sys.stderr)
        return 1
    with atomic(ROOT / "dist", force=True) as place:
        print(build(place), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
