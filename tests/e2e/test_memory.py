"""Everything that a view makes is disposed of: frames and clips come and go, and memory is flat."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from labeller import Labeller
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from product import Product

from simulation import make_clip

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FRAMES = 300
CLIPS = 20
MIB = 1024 * 1024
#: Code that was compiled late, strings that the browser keeps: it does not grow with what is done.
SLACK_BYTES = 24 * MIB
#: A clip of this test has some 5 MiB of points and as much of pictures.
MOST_PER_CLIP_BYTES = MIB
MEMORY = "document.querySelector('[data-testid=view-world]').memory()"


@pytest.fixture(scope="session")
def clip(product: Product, tmp_path_factory) -> str:
    """The id of a simulated clip with points and small pictures."""
    folder = tmp_path_factory.mktemp("memory") / "memory_street"
    make_clip(folder, seed=5, ticks=12, width=320)
    found = product.manage("import_clip", str(folder), "--project", "demo", "--name", "memory")
    assert found.returncode == 0, found.stderr
    known = re.search(r"\(([0-9a-f-]{36})\)", found.stdout)
    assert known is not None, found.stdout
    return known.group(1)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A small page with few pixels: software GL is no part of what is looked at."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, device_scale_factor=0.25, color_scheme="dark"
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


class Heap:
    """The page's JavaScript memory, after everything that can go has gone."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("HeapProfiler.enable")

    def bytes(self) -> int:
        for _ in range(2):
            self._session.send("HeapProfiler.collectGarbage")
        found = self._session.send("Runtime.getHeapUsage")
        return int(found["usedSize"] + found.get("backingStorageSize", 0))


def card(page: Page, clip: str) -> Locator:
    """Where the home page opens the clip."""
    return page.locator(f"a[href$='{clip}']")


def slope(values: list[int]) -> float:
    """What is added from one value to the next, by the straight line through them."""
    return float(np.polyfit(np.arange(len(values)), values, 1)[0])


def memory(page: Page) -> dict[str, float]:
    """What is on the GPU."""
    found: dict[str, float] = page.evaluate(MEMORY)
    return found


def settled(page: Page) -> dict[str, float]:
    """What is on the GPU when nothing more comes or goes: a slow machine is still loading."""
    found, same = memory(page), 0
    for _ in range(240):
        page.wait_for_timeout(250)
        before, found = found, memory(page)
        same = same + 1 if found == before else 0
        if same == 4:
            return found
    msg = f"it never comes to rest: {before}, {found}"
    raise AssertionError(msg)


def wait_for(page: Page, name: str) -> None:
    """Until there is some of it on the GPU."""
    for _ in range(240):
        if memory(page)[name] > 0:
            return
        page.wait_for_timeout(500)
    msg = f"there are no {name}: {memory(page)}"
    raise AssertionError(msg)


def test_three_hundred_frames_leave_nothing_behind(page: Page, product: Product, clip: str) -> None:
    labeller = Labeller(page, product)
    labeller.log_in("labeller", preferences={"cloud": {"span": "nearest"}})
    card(page, clip).click()
    labeller.wait_for_views()
    wait_for(page, "sweepBytes")
    # What is kept once, before anything is counted: every sweep, its neighbours, the whole clip.
    page.keyboard.press("m")
    for _ in range(11):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
    page.keyboard.press("m")
    wait_for(page, "tilePoints")
    page.keyboard.press("m")
    page.keyboard.press("Home")
    heap = Heap(page)
    usage: list[int] = []
    on_gpu: list[dict[str, float]] = []
    for frame in range(FRAMES):
        # To the end, back to the start, and so on; one sweep, its neighbours, the whole clip.
        page.keyboard.press("ArrowRight" if frame // 11 % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(25)
        if frame % 22 == 10:
            page.keyboard.press("m")
        if frame % 66 == 65:  # there and back three times: one sweep again
            on_gpu.append(settled(page))
            usage.append(heap.bytes())
    assert max(usage[1:]) - usage[0] < SLACK_BYTES, usage
    for name in ("geometries", "textures", "programs", "sweepBytes"):
        first, *later = (found[name] for found in on_gpu)
        assert max(later) <= 1.1 * first + 2, (name, on_gpu)
    assert [found["tilePoints"] for found in on_gpu] == [0] * len(on_gpu), on_gpu  # one sweep


def test_twenty_clips_leave_nothing_behind(page: Page, product: Product, clip: str) -> None:
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    heap = Heap(page)
    usage: list[int] = []
    for _ in range(CLIPS):
        card(page, clip).click()
        expect(page.get_by_test_id("clock")).to_be_visible()
        for key in ("m", "ArrowRight", "m", "ArrowRight"):
            page.keyboard.press(key)
            page.wait_for_timeout(150)
        page.go_back()
        expect(card(page, clip)).to_be_visible()
        usage.append(heap.bytes())
    # The first few fill what is kept once; a clip that stayed would add its points every time.
    assert slope(usage[4:]) < MOST_PER_CLIP_BYTES, usage
    assert max(usage[4:]) - usage[4] < SLACK_BYTES, usage
