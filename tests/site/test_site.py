"""The built documentation in a real browser. CI builds the site and names its folder; without it these tests say why they skip."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = os.environ.get("REPORTEDLY_SITE_DIR")
BROWSER = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="REPORTEDLY_SITE_DIR names no folder with the built documentation"),
    pytest.mark.skipif(not BROWSER, reason="there is no chromium to show the built documentation in"),
]
SITE = Path(FOLDER or ".").resolve()
PAGES = (
    sorted(str(page.relative_to(SITE)) for page in SITE.rglob("*.html") if page.name != "404.html") if FOLDER else []
)
# Says in the title what no dump of the page's elements tells: whether the page is wider than its window.
PROBE = "<script>addEventListener('load', () => { document.title = 'width ' + document.documentElement.scrollWidth + ' of ' + innerWidth })</script>"


def show(page, tmp_path, width=1280):
    """Return the page as the browser makes it."""
    copy = (
        SITE / f"probe-{os.getpid()}-{width}.html"
        if "/" not in page
        else SITE / Path(page).parent / f"probe-{os.getpid()}-{width}.html"
    )
    copy.write_text((SITE / page).read_text(encoding="utf-8").replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    try:
        done = subprocess.run(
            [
                BROWSER,
                *flags,
                "--disable-sync",
                f"--user-data-dir={tmp_path / str(width)}",
                f"--window-size={width},1000",
                "--dump-dom",
                copy.as_uri(),
            ],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        )
    finally:
        copy.unlink()
    return done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_its_heading_and_fits_its_window(page, tmp_path):
    for width in (1280, 500) if page == "index.html" else (500,):
        seen = show(page, tmp_path, width)
        assert re.search(r"<h1[^>]*>[^<]", seen)
        wide, window = map(int, re.search(r"<title>width (\d+) of (\d+)</title>", seen).groups())
        assert wide <= window, (page, width)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_nothing_from_elsewhere(page):
    text = (SITE / page).read_text(encoding="utf-8")
    loaded = re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=\"?([^\" >]+)", text)
    assert [address for address in loaded if address.startswith(("http:", "https:", "//"))] == []


def test_the_home_page_shows_the_chain(tmp_path):
    assert "← unnamed sources" in show("index.html", tmp_path)


def test_the_reference_shows_every_public_function(tmp_path):
    import reportedly

    seen = show("api.html", tmp_path)
    assert all(
        f'id="reportedly.{name}"' in seen or f'.{name}"' in seen for name in reportedly.__all__ if name != "__version__"
    )
