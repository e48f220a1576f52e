"""Build what is published of a version, into `dist/`: the same bytes on every run.

    python scripts/build_dist.py            build
    python scripts/build_dist.py --check    build twice, compare, and validate the data package as it is; keep nothing

The wheel, the sdist, the data package as a zip file, every export, and SHA256SUMS over all of them. An export that is a folder becomes a zip file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import frictionless

import reportedly
from reportedly.exports.formats import FORMATS
from reportedly.package import Package
from reportedly.releases import release
from reportedly.writing import whole

ROOT = Path(__file__).parent.parent
CHECKOUT = Package(ROOT)
# Formats that people open table by table, where names and chains beside the keys save them the joins.
FLAT = tuple(name for name, form in FORMATS.items() if form.per_table or name == "excel")
SUMS = "SHA256SUMS"


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


def distributions(target: Path) -> None:
    """Build the sdist, and the wheel from it."""
    epoch = str(int(created().timestamp()))
    command = [sys.executable, "-m", "build", "--installer", "uv", "--outdir", str(target), str(ROOT)]
    done = subprocess.run(
        command, env={**os.environ, "SOURCE_DATE_EPOCH": epoch}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")


def data_package(target: Path) -> None:
    """Pack the data package, from its frozen release where there is one."""
    source = Path(release(CHECKOUT.version).root)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "package")
        place.mkdir()
        shutil.copy(source / "datapackage.json", place)
        for part in ("data", "schemas"):
            shutil.copytree(source / part, place / part)
        pack(place, target / f"{CHECKOUT.descriptor['name']}-{CHECKOUT.version}.zip")


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
    distributions(target)
    # The build backend leaves this for its own folder, and it is nothing to publish.
    (target / ".gitignore").unlink(missing_ok=True)
    data_package(target)
    exports(target)
    found = sums(target)
    (target / SUMS).write_text(found, encoding="utf-8")
    return found


def problems(folder: Path) -> list[str]:
    """Build twice and return what is wrong."""
    first, second = build(folder / "first"), build(folder / "second")
    found = [
        f"not the same bytes twice: {line.split()[1]}" for line in set(first.splitlines()) ^ set(second.splitlines())
    ]
    packed = folder / "first" / f"{CHECKOUT.descriptor['name']}-{CHECKOUT.version}.zip"
    report = frictionless.validate(str(packed), type="package")
    found += [f"{packed.name}: {error}" for error in report.flatten(["type", "note"])]
    return sorted(set(found))


def main() -> int:
    """Build, or with --check build twice and compare."""
    if sys.argv[1:] == ["--check"]:
        with tempfile.TemporaryDirectory() as folder:
            found = problems(Path(folder))
        print("\n".join(found) or "built twice: the same bytes; the data package is valid as it is", file=sys.stderr)
        return 1 if found else 0
    with whole(ROOT / "dist", force=True) as place:
        print(build(place), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
