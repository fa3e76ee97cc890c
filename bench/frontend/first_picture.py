"""From opening a clip to its first picture and first points, cold: no cache, production server."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.table import Line, SkippedError, benchmark

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

#: What a labeller waits for without noticing.
BAR_S = 2.0
OPENINGS = 5
_SHOWN = """() => Object.fromEntries(performance.getEntriesByType('mark')
    .filter((mark) => mark.name.startsWith('labelapp first '))
    .map((mark) => [mark.name.slice('labelapp first '.length), mark.startTime / 1000]))"""


@benchmark("frontend.first_picture")
def first_picture() -> Iterator[Line]:
    """Open the demo clip by its address in browsers that have never seen the product."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise SkippedError("Playwright is not installed") from error
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(chromium).exists():
        msg = f"there is no Chromium at {chromium}"
        raise SkippedError(msg)
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        raise SkippedError("the browser tool is not built: run `make setup`")

    from conftest import CHROMIUM_FLAGS
    from product import Product, free_port

    with tempfile.TemporaryDirectory(prefix="labelapp-bench-") as folder:
        running = os.environ.get("LABELAPP_E2E_RUNNING")  # DATA_DIR:PORT of one that runs already
        data_dir, port = running.rsplit(":", 1) if running else (folder, free_port())
        product = Product(Path(data_dir), int(port))
        if not running:
            product.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
                found = _openings(browser, product)
                browser.close()
        finally:
            product.stop()
    for what, words, bar in (
        ("picture", "first picture of a clip", 1.0),
        # Drawn by WebGL, here in software: it informs.
        ("points", "its first points", None),
    ):
        times = [one[what] for one in found]
        yield Line(
            f"{words}, cold cache",
            f"{min(times):.2f} s",
            f"{BAR_S:g} s",
            ratio=min(times) / BAR_S,
            bar=bar,
            at_least=False,
            note=f"after opening, best of {len(times)}, at most {max(times):.2f} s; WebGL in software",
        )


def _openings(browser: Any, product: Any) -> list[dict[str, float]]:
    """What each opening took, in seconds after the navigation began."""
    from labeller import Labeller

    with _context(browser) as context:
        page = context.new_page()
        Labeller(page, product).log_in("labeller")
        address = page.get_by_test_id("clip-demo_street").get_attribute("href")
        state = context.storage_state()
    found = []
    # The first one warms up what the server and the disk keep: a clip is cold, the product is not.
    for number in range(OPENINGS + 1):
        with _context(browser, storage_state=state) as context:
            page = context.new_page()
            page.goto(f"{product.url}{address}", wait_until="commit")
            shown: dict[str, float] = {}
            for _ in range(150):
                shown = page.evaluate(_SHOWN)
                if len(shown) == 2:
                    break
                page.wait_for_timeout(200)
            if len(shown) < 2:
                msg = f"nothing was shown within 30 s of opening {address}: only {sorted(shown)}"
                raise RuntimeError(msg)
            if number > 0:
                found.append(shown)
    return found


def _context(browser: Any, **options: Any) -> Any:
    return browser.new_context(viewport={"width": 1920, "height": 1080}, **options)
