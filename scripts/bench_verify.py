"""Time `verify` against a plain `str.find` of each span, for texts of 10 kB to 10 MB, in one run.

    python scripts/bench_verify.py [--rows N]

A text of made-up sentences is coded with N rows, half of them known by their digest alone. Printed are seconds, and how many times a plain search for
each row's words takes that long: it finds no moved, respelt or altered words, and cannot look for a digest.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

import reportedly
from reportedly.package.csvfile import write_csv
from reportedly.package.shipped import shipped
from reportedly.text.digest import sha256_text
from reportedly.text.normalize import normalize

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def made_up(length: int) -> str:
    """Return a text of so many characters: paragraphs of sentences of words, the same each time."""
    chance = random.Random(1)  # noqa: S311 - made-up words are no secret
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(2, 9))) for _ in range(4_000)]
    pieces = []
    size = 0
    while size < length:
        sentence = f"{' '.join(chance.choices(words, k=20)).capitalize()}.{chance.choice([' ', ' ', chr(10) * 2])}"
        pieces.append(sentence)
        size += len(sentence)
    text = "".join(pieces)[:length]
    return text[: text.rindex(".") + 1]


def coded(text: str, rows: int, root: Path) -> list[str]:
    """Write a package that codes a text, and return the words of its rows."""
    shutil.copytree(Path(shipped().root) / "schemas", root / "schemas")
    shutil.copy(Path(shipped().root) / "datapackage.json", root)
    (root / "data").mkdir()
    tables: dict[str, list[dict[str, str]]] = {table: [] for table in reportedly.tables()}
    tables["articles"].append({"article_id": "a-1", "text_sha256": sha256_text(text), "text_length": str(len(text))})
    spans = []
    for number in range(rows // 2):
        start = text.index(".", number * (len(text) - 500) // rows * 2) + 1
        while not text[start].isalpha():
            start += 1
        end = text.index(".", start)
        words = {"claims": text[start:end], "figures": " ".join(text[start:end].split()[3:6])}
        for table, span in words.items():
            at = text.index(span, start)
            cells = {"claim_id": f"a-1.c{number}", "article_id": "a-1", "figure_id": f"a-1.f{number}", "surface": span}
            cells |= {"start": str(at), "end": str(at + len(span))}
            tables[table].append(
                cells | {"span_sha256": sha256_text(span), "folded_sha256": sha256_text(normalize(span))}
            )
            spans.append(span)
    for table, found in tables.items():
        names = [field["name"] for field in shipped().schema(table)["fields"]]
        cells_of = [{name: row.get(name, "") for name in names} for row in found]
        (root / "data" / f"{table}.csv").write_text(write_csv(cells_of, names), encoding="utf-8", newline="")
    return spans


def copies(text: str) -> dict[str, str]:
    """Return the copies that readers have."""
    words = text.split(" ")
    edited = " ".join("edited" if place % 500 == 250 else word for place, word in enumerate(words))
    return {
        "the same": text,
        "a line before it": f"Home | News\n\n{text}",
        "a word in 500 changed": edited,
        "another text": text[::-1],
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200, help="how many rows the text is coded with (default: 200)")
    rows = parser.parse_args().rows
    print("| characters | copy | str.find s | verify s | ratio |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for size in SIZES:
        text = made_up(size)
        with tempfile.TemporaryDirectory() as folder:
            spans = coded(text, rows, Path(folder))
            for name, copy in copies(text).items():
                begun = time.perf_counter()
                for span in spans:
                    copy.find(span)
                found = time.perf_counter()
                reportedly.verify(text=copy, package=folder)
                done = time.perf_counter()
                plain, proven = found - begun, done - found
                print(f"| {size:,} | {name} | {plain:.4f} | {proven:.3f} | {proven / plain:.1f} |", flush=True)


if __name__ == "__main__":
    main()
