"""Put what a release publishes besides wheel and sdist into a folder: the data package as a zip file, every export, and SHA256SUMS over all that is there.

    python scripts/publish.py FOLDER
    python scripts/publish.py --released    write nothing, fail unless the package is what was released

The same package gives the same bytes. An export that is a folder becomes a zip file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path

import reportedly
from reportedly.exports.formats import FORMATS
from reportedly.versioning.release import Checkout, unreleased

ROOT = Path(__file__).resolve().parent.parent
CHECKOUT = Checkout(ROOT)
STEM = f"{CHECKOUT.package.descriptor['name']}-{CHECKOUT.version}"
RELEASED = dt.datetime.fromisoformat(CHECKOUT.package.descriptor["created"]).timetuple()[:6]


def pack(files: dict[str, bytes], target: Path) -> None:
    """Pack files into a zip file whose bytes follow from them alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, RELEASED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, data)


def main(target: Path) -> None:
    """Write the files."""
    pack(CHECKOUT.files, target / f"{STEM}.zip")
    for name, form in FORMATS.items():
        # Tables that people open one by one have names and chains beside the keys too.
        for flat in (False, True) if form.per_table or name == "excel" else (False,):
            stem = f"{STEM}{'-flat' if flat else ''}"
            if form.is_folder:
                with tempfile.TemporaryDirectory() as folder:
                    made = Path(reportedly.export(name, Path(folder, "export"), flat=flat, package=ROOT).path)
                    files = {path.relative_to(made).as_posix(): path for path in made.rglob("*") if path.is_file()}
                    pack({each: path.read_bytes() for each, path in files.items()}, target / f"{stem}-{name}.zip")
            else:
                reportedly.export(name, target / f"{stem}{form.suffix}", flat=flat, package=ROOT)
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(target.iterdir())]
    (target / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "--released":
        if reason := unreleased(ROOT):
            sys.exit(f"{reason}; see Releasing in CONTRIBUTING.md")
    else:
        main(Path(sys.argv[1]))
