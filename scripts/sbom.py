"""The bill of materials of a wheel, in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/).

A library can state what its wheel and its sdist are, what it asks for, and with which versions of that it was tested; it cannot state what somebody
will have installed. So the bill names both files by digest, repeats each requirement as the wheel declares it, and lists what installing the wheel
with all extras brings, in the versions of the environment that this runs in, which is the one of the tests. What loading alone needs has the scope
`required`, what only an extra needs `optional`. The same environment gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from importlib.metadata import PathDistribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
NAME = "reportedly"
SUFFIX = ".cdx.json"
NOTE = "Dependencies have the versions that this release was tested with. It allows others: reportedly:requires repeats what the wheel declares."


def write(wheel: Path, sdist: Path, target: Path, epoch: int) -> None:
    """Write the bill of materials of a wheel, and of the sdist that it was built from, as of a Unix time."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder, "environment")
        _run(sys.executable, "-m", "uv", "venv", "--python", sys.executable, environment)
        required = _install(environment, str(wheel))
        with zipfile.ZipFile(wheel) as opened:
            (home,) = [path for path in zipfile.Path(opened).iterdir() if path.name.endswith(".dist-info")]
            known = PathDistribution(home)
            extras, requires = known.metadata.get_all("Provides-Extra", []), known.requires or []
        _install(environment, f"{wheel}[{','.join(extras)}]")
        found = json.loads(_generate(environment, epoch))
    own = found["metadata"]["component"]
    own["components"] = [_file(wheel, "application/zip"), _file(sdist, "application/gzip")]
    tested = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    found["metadata"]["properties"] += [_property("versions", NOTE), _property("tested-with", tested)]
    for component in found["components"]:
        name = canonicalize_name(component["name"])
        component["scope"] = "required" if name in required else "optional"
        asked = [text for text in sorted(requires) if canonicalize_name(Requirement(text).name) == name]
        if asked:
            component.setdefault("properties", []).extend(_property("requires", text) for text in asked)
    text = json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False)
    target.write_text(f"{text}\n", encoding="utf-8")


def _install(environment: Path, what: str) -> set[str]:
    """Install into an environment, in the versions that are installed here, and return the names of all that is there then."""
    here = sorted(f"{found.name}=={found.version}" for found in distributions() if found.name != NAME)
    versions = environment.parent / "versions.txt"
    versions.write_text("\n".join(here), encoding="utf-8")
    _run(sys.executable, "-m", "uv", "pip", "install", "--python", environment, "--constraint", versions, what)
    home = {"base": str(environment), "platbase": str(environment)}
    places = {sysconfig.get_path(kind, "venv", vars=home) for kind in ("purelib", "platlib")}
    return {canonicalize_name(found.name) for found in distributions(path=sorted(places))}


def _generate(environment: Path, epoch: int) -> str:
    # It takes six seconds of seven to validate, and more is added to it: check_dist.py does that, once.
    options = ("--mc-type", "library", "--sv", "1.6", "--output-reproducible", "--no-validate")
    command = (sys.executable, "-m", "cyclonedx_py", "environment", *options)
    return _run(*command, "--pyproject", ROOT / "pyproject.toml", environment, epoch=epoch)


def _run(*command: str | Path, epoch: int | None = None) -> str:
    """Run a command and return what it printed; stop where it fails."""
    clock = {} if epoch is None else {"SOURCE_DATE_EPOCH": str(epoch)}
    done = subprocess.run(
        [*map(str, command)], env={**os.environ, **clock}, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def _file(path: Path, media_type: str) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    hashes = [{"alg": "SHA-256", "content": digest}]
    return {"type": "file", "name": path.name, "mime-type": media_type, "hashes": hashes}


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"{NAME}:{name}", "value": value}
