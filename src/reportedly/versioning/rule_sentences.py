"""The sentences of the rules of a version: kept with each release, those of this installation for what is not released."""

from __future__ import annotations

from pathlib import Path

from reportedly.package.descriptor import read_json
from reportedly.package.releases import FOLDER, frozen

# The folder among the releases that holds the rules of each.
RULES = "rules"


def rules_of(root: str, version: str) -> dict[str, str] | None:
    """Return the rules of a version of a package.

    Parameters
    ----------
    root
        The package's folder, which its releases are in.
    version
        A released version, or the version of the package as it is.

    Returns
    -------
    dict of str to str or None
        Each rule's sentence by the rule's name: as they were kept with the release, or those of this installation for what is not released.
        None for a release that was made without.
    """
    kept = Path(root, FOLDER, RULES, f"{version}.json")
    if kept.is_file():
        return {name: rule["sentence"] for name, rule in read_json(str(kept)).items()}
    return None if version in frozen(root) else current_rules()


def current_rules() -> dict[str, str]:
    """Return the sentences of this installation's rules by the rules' names."""
    # Late: two releases are compared without them.
    from reportedly.rules.catalogue import rulebook

    return {rule["rule"]: rule["sentence"] for rule in rulebook()}
