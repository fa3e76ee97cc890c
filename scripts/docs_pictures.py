"""Make the pictures of docs/images anew, from the demo clip in a product of their own.

``python scripts/docs_pictures.py [DATA_DIR:PORT]``: with an argument, in a product that runs
already; the labeller's labels on its demo clip are replaced.
"""

import math
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from api_client import ApiClient  # noqa: E402
from conftest import CHROMIUM_FLAGS  # noqa: E402
from labeller import Labeller  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402
from product import Product, free_port  # noqa: E402

IMAGES = ROOT / "docs" / "images"
CLIP = "demo_street"
SIZE = {"width": 1440, "height": 810}
WEBP_QUALITY = 82


class Demo:
    """The demo clip through the API, as the labeller."""

    def __init__(self, product: Product) -> None:
        self.client = ApiClient(product.url).log_in("labeller", product.password("labeller"))
        clips = self.client.get("/api/projects/demo/clips")["results"]
        clip_id = next(clip["id"] for clip in clips if clip["name"] == CLIP)
        sets = self.client.get(f"/api/clips/{clip_id}/label-sets")
        truth = next(s for s in sets if s["layer"] == "objects" and s["source"] == "simulation")
        self.truth = self.labels(truth["id"])
        spec = {"layer": "objects", "source": "human"}
        self.own = self.client.post(f"/api/clips/{clip_id}/label-sets", spec)["id"]

    def labels(self, label_set_id: str) -> list[dict[str, Any]]:
        """The labels of a set with their versions, those that are gone left out."""
        answer = self.client.get(f"/api/label-sets/{label_set_id}/labels")["labels"]
        return [entry for entry in answer if entry["label"] is not None]

    def send(self, operations: list[dict[str, Any]]) -> None:
        """Save operations of the labeller's."""
        for operation in operations:
            operation["operation_id"] = str(uuid.uuid4())
        batch = {"batch_id": str(uuid.uuid4()), "operations": operations}
        if operations:
            self.client.post(f"/api/label-sets/{self.own}/operations", batch)

    def put(self, entries: list[dict[str, Any]]) -> None:
        """Replace all of the labeller's labels by these."""
        self.send(
            [
                {"kind": "delete", "label_id": one["label_id"], "base_version": one["version"]}
                for one in self.labels(self.own)
            ]
        )
        # New ids: one that was deleted has a version already.
        labels = [{**one["label"], "id": str(uuid.uuid4())} for one in entries]
        self.send(
            [
                {"kind": "put", "label_id": one["id"], "base_version": 0, "label": one}
                for one in labels
            ]
        )


def keep(page: Page, name: str, *, of: str | None = None) -> None:
    """Write what the page, or one element of it, shows now."""
    png = page.locator(of).first.screenshot() if of else page.screenshot()
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    path = IMAGES / f"{name}.webp"
    if not cv2.imwrite(str(path), pixels, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY]):
        raise OSError(f"{path} can't be written")


def open_clip(browser: Browser, product: Product) -> Labeller:
    """The clip in a browser of its own, somewhat into it."""
    page = browser.new_page(viewport=SIZE, color_scheme="dark")
    page.set_default_timeout(60_000)
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    labeller.open_clip(CLIP)
    page.wait_for_timeout(3000)
    return labeller


def is_driving_car(label: dict[str, Any]) -> bool:
    """Tell cars that don't stand."""
    return label["class"] == "car" and not label["static"]


def select(page: Page, words: str) -> None:
    """Select the first label that is found by these words."""
    page.get_by_label("Search labels").fill(words)
    page.get_by_test_id("label-row").first.locator("button").first.click()
    page.get_by_label("Clear the search").click()
    page.get_by_test_id("view-world").hover()
    page.wait_for_timeout(2500)


def take_fitting(browser: Browser, product: Product, demo: Demo) -> None:
    """A click on a car: its box, then its track as proposed."""
    demo.put([])
    labeller = open_clip(browser, product)
    page = labeller.page
    places = sorted(
        (
            one["label"]["keyframes"][0]["position_m"]
            for one in demo.truth
            if is_driving_car(one["label"])
        ),
        key=lambda place: math.hypot(place[0] - 8, place[1]),
    )
    for place in places:
        try:
            at = labeller.screen("world", place)
        except AssertionError:  # not in the view
            continue
        page.keyboard.press("b")
        page.mouse.click(*at)
        page.wait_for_timeout(8000)
        if "not fitted" not in page.get_by_test_id("prompt").inner_text():
            break
        page.keyboard.press("Escape")
        labeller.delete_all()
    page.keyboard.press("f")
    page.wait_for_timeout(2000)
    keep(page, "fitting", of=".stage")
    expect(page.get_by_test_id("prompt")).not_to_contain_text("Following", timeout=60_000)
    page.wait_for_timeout(1500)
    keep(page, "tracking")
    page.close()


def take_whole(browser: Browser, product: Product, demo: Demo) -> None:
    """The screen with everything labelled, and what can be opened on it."""
    demo.put(demo.truth)
    page = open_clip(browser, product).page
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1500)
    select(page, "truck")
    keep(page, "labelling")
    keep(page, "timeline", of=".timeline")
    page.keyboard.press("c")
    page.keyboard.press("Alt+o")
    page.wait_for_timeout(3000)
    keep(page, "pictures", of=".stage-large")
    page.keyboard.press("Alt+o")
    page.keyboard.press("c")
    page.keyboard.press("Shift+B")
    page.wait_for_timeout(6000)
    keep(page, "batch")
    page.keyboard.press("Shift+B")
    for _ in range(8):  # into the ground, for the warnings
        page.keyboard.press("PageDown")
    page.wait_for_timeout(3000)
    keep(page, "warnings", of=".left-column")
    page.keyboard.press("Control+z")
    page.keyboard.press("?")
    page.wait_for_timeout(1500)
    keep(page, "keys")
    page.close()


def take_conflict(browser: Browser, product: Product, demo: Demo) -> None:
    """Two versions of one label."""
    page = open_clip(browser, product).page
    select(page, "truck")
    page.context.set_offline(True)
    page.keyboard.press("w")
    page.wait_for_timeout(1500)
    entry = next(one for one in demo.labels(demo.own) if one["label"]["class"] == "truck")
    theirs = entry["label"]
    for keyframe in theirs["keyframes"]:
        keyframe["position_m"][0] += 1.5
    put = {"kind": "put", "label_id": entry["label_id"], "base_version": entry["version"]}
    demo.send([{**put, "label": theirs}])
    page.context.set_offline(False)
    page.get_by_test_id("save-state").filter(has_text="conflict").click()
    page.get_by_test_id("resolve-conflicts").click()
    page.wait_for_timeout(2500)
    keep(page, "conflict")
    page.close()


def take(product: Product) -> None:
    """Take the pictures."""
    demo = Demo(product)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS
        )
        take_fitting(browser, product, demo)
        take_whole(browser, product, demo)
        take_conflict(browser, product, demo)
        browser.close()


def main() -> None:
    """Run the product, take the pictures, stop it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 1:
        data_dir, port = sys.argv[1].rsplit(":", 1)
        take(Product(Path(data_dir), int(port)))
        return
    with tempfile.TemporaryDirectory(prefix="labelapp-pictures-") as folder:
        product = Product(Path(folder), free_port())
        product.start()
        try:
            take(product)
        finally:
            product.stop()


if __name__ == "__main__":
    main()
