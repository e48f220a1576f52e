"""The data dictionary: what each column holds, as the schemas say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportedly.package.package import Package


def dictionary(package: Package, table: str) -> list[dict[str, str]]:
    """Return one entry for each column of a table.

    Parameters
    ----------
    package
        The data package.
    table
        The table.

    Returns
    -------
    list of dict
        With ``field``, ``title``, ``type``, ``required``, ``values``, ``points_to``, ``description`` and ``coding``, all text.
    """
    schema = package.schema(table)
    targets = {
        name: f"{key['reference']['resource'] or table}.{other}"
        for key in schema.get("foreignKeys", ())
        for name, other in zip(key["fields"], key["reference"]["fields"], strict=True)
    }
    return [
        {
            "field": field["name"],
            "title": field["title"],
            "type": field["type"],
            "required": "yes" if field.get("constraints", {}).get("required") else "no",
            "values": ", ".join(category["value"] for category in field.get("categories", ())),
            "points_to": targets.get(field["name"], ""),
            "description": field["description"],
            "coding": field.get("coding", ""),
        }
        for field in schema["fields"]
    ]
