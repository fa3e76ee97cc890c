"""The graphics card lets the page go, as after a crash of its driver: the views come back."""

import io

import numpy as np
import pytest
from labeller import Labeller
from PIL import Image
from playwright.sync_api import Page, expect
from product import Product

from simulation import make_clip

pytestmark = pytest.mark.e2e

#: A focus frame, a tooltip; a black background would be 16, points that are missing more than 2.
MOST = 1.0

LOSE = """() => {
    const gl = document.querySelector('.stage-canvas').getContext('webgl2');
    window.lost = gl.getExtension('WEBGL_lose_context');
    window.lost.loseContext();
}"""


def test_a_lost_context_is_said_and_the_views_come_back(
    page: Page, product: Product, tmp_path_factory
) -> None:
    folder = tmp_path_factory.mktemp("lost") / "lost_street"
    make_clip(folder, seed=6, ticks=3, width=240)
    found = product.manage("import_clip", str(folder), "--project", "demo", "--name", "lost")
    assert found.returncode == 0, found.stderr
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    labeller.open_clip("lost")
    stage = page.locator(".stage-canvas")
    before = stage.screenshot()
    page.evaluate(LOSE)
    expect(page.get_by_test_id("graphics-lost")).to_be_visible()
    page.keyboard.press("ArrowRight")  # nothing throws while there is nothing to draw on
    page.keyboard.press("ArrowLeft")
    page.evaluate("window.lost.restoreContext()")
    expect(page.get_by_test_id("graphics-lost")).to_have_count(0)
    different = 255.0
    for _ in range(20):
        page.wait_for_timeout(500)
        different = difference(before, stage.screenshot())
        if different < MOST:
            break
    assert different < MOST, "the 3D views are as they were"


def difference(a: bytes, b: bytes) -> float:
    """How far two pictures are from one another, of 255 on the average."""
    first, second = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float) for png in (a, b)
    )
    return float(np.abs(first - second).mean())
