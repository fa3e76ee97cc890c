"""The whole product as a user runs it, and a browser in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "test-output"
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
START_TIMEOUT_S = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Product:
    """`python -m labelapp.demo` in a data folder of its own."""

    data_dir: Path
    port: int
    arguments: tuple[str, ...] = ()
    popen: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("LABELAPP_")
        }
        return kept | {
            "LABELAPP_DATA_DIR": str(self.data_dir),
            "LABELAPP_JOB_STALLED_AFTER_S": "5",
            "LABELAPP_LOGIN_RATE": "1000/min",
            "DJANGO_SETTINGS_MODULE": "labelapp.config.settings",
        }

    def start(self) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "labelapp.demo", "--port", str(self.port), *self.arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        ready = threading.Event()

        def read() -> None:
            assert self.popen is not None
            assert self.popen.stdout is not None
            for line in self.popen.stdout:
                self.lines.append(line.rstrip())
                if line.startswith("labelapp runs at"):
                    ready.set()
            ready.set()

        threading.Thread(target=read, daemon=True).start()
        assert ready.wait(START_TIMEOUT_S), f"no start in {START_TIMEOUT_S} s: {self.lines[-20:]}"
        assert self.popen.poll() is None, "\n".join(self.lines)

    def stop(self) -> None:
        if self.popen is None:
            return
        self.popen.send_signal(signal.SIGINT)
        self.popen.wait(60)
        self.popen = None

    def manage(self, *arguments: str, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def password(self, username: str) -> str:
        text = (self.data_dir / "demo-logins.txt").read_text()
        found = re.search(rf"^{username}\s+(\S+)$", text, re.MULTILINE)
        assert found, text
        return found.group(1)


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The running product with its simulated demo clip."""
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
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    # A page that throws is broken, whatever the test looks at.
    page.on("pageerror", lambda error: pytest.fail(f"the page threw: {error}"))
    return page


@pytest.fixture(autouse=True)
def screenshot_folder() -> Path:
    OUTPUT.mkdir(exist_ok=True)
    return OUTPUT
