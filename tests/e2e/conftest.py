"""The whole product as a user runs it, and a browser in front of it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from product import ROOT, Product

from tests.serving import free_port

OUTPUT = ROOT / "test-output"
# Software GL on two busy cores is slow.
expect.set_options(timeout=30_000)

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The running product with its simulated demo clip."""
    running = os.environ.get("LABELAPP_E2E_RUNNING")
    if running:  # DATA_DIR:PORT of one that runs already: quicker while writing tests
        data_dir, port = running.rsplit(":", 1)
        yield Product(Path(data_dir), int(port))
        return
    with tempfile.TemporaryDirectory(prefix="labelapp-e2e-") as folder:
        product = Product(Path(folder), free_port())
        product.start()
        yield product
        product.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, color_scheme="dark")
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors, "a page that throws is broken, whatever the test looked at"


@pytest.fixture(autouse=True)
def screenshot_folder() -> Path:
    OUTPUT.mkdir(exist_ok=True)
    return OUTPUT
