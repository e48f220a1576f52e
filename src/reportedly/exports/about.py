"""What a file says of itself: title, version, licence and how to cite it, from the descriptor alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportedly.exports.build import Build


def authors(build: Build) -> str:
    """Return the names of the package's contributors."""
    return ", ".join(person["title"] for person in build.descriptor.get("contributors", ()))


def licence(build: Build) -> str:
    """Return the package's licences, each with its address."""
    return "; ".join(_licence(found) for found in build.descriptor.get("licenses", ()))


def _licence(found: dict[str, Any]) -> str:
    title = str(found.get("title") or found.get("name") or "")
    return f"{title}, {found['path']}" if "path" in found else title


def about(build: Build) -> dict[str, str]:
    """Return what a reader who has nothing but the file needs to know.

    Parameters
    ----------
    build
        What is exported.

    Returns
    -------
    dict of str
        By its heading, in the order in which to show it.
    """
    descriptor, version = build.descriptor, build.package.version
    cited = f"{authors(build)} ({build.created.year}). {descriptor['title']} (version {version}) [data set]."
    return {
        "Title": descriptor["title"],
        "Version": version,
        "Released": build.created.date().isoformat(),
        "Form": "flat: names, chains, articles and evidence joined in" if build.is_flat else "tables as they are",
        "Licence": licence(build),
        "Cite as": cited,
        "Description": descriptor["description"],
    }
