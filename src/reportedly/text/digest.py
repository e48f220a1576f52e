"""The digest of a text: SHA-256, https://csrc.nist.gov/pubs/fips/180-4/upd1/final."""

from __future__ import annotations

import hashlib


def sha256_text(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in hexadecimal. Half characters count as UTF-8 would write them."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
