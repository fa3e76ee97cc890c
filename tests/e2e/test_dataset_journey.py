"""An engineer freezes a data set, looks at its card, exports it, and takes a file."""

import hashlib
import json
import re
import uuid
from pathlib import Path

import pytest
from demo_labels import put_boxes
from labeller import Labeller
from playwright.sync_api import Page, expect
from product import Product

pytestmark = pytest.mark.slow


def test_a_data_set_goes_from_a_query_to_files(
    product: Product, page: Page, screenshot_folder: Path
) -> None:
    put_boxes(product, 12)
    Labeller(page, product).log_in("engineer")
    page.goto(f"{product.url}/projects/demo/datasets")
    page.get_by_test_id("new-dataset").click()
    # A name of its own: other tests share the product.
    name = f"journey-{uuid.uuid4().hex[:8]}"
    page.get_by_test_id("dataset-name").fill(name)
    page.get_by_test_id("create-dataset").click()

    sums = page.get_by_test_id("selection-sums")
    expect(sums.get_by_text("in all")).to_be_visible()
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("menuitem", name="Boxes in pictures").click()
    state = page.get_by_test_id("spec-state")
    expect(state).to_have_text("Right: heads objects.")
    # What is wrong is said at its line, and nothing can be frozen.
    page.get_by_test_id("spec-editor").locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("  top: {kind: birdseye}")
    expect(state).to_contain_text("Line 5 heads.top.kind: expected one of objects2d")
    expect(page.get_by_test_id("freeze")).to_be_disabled()
    page.screenshot(path=screenshot_folder / "dataset-builder.png")
    for _ in "  top: {kind: birdseye}":
        page.keyboard.press("Backspace")
    expect(state).to_have_text("Right: heads objects.")
    page.get_by_test_id("look").click()
    # Other tests bring clips of their own.
    page.get_by_test_id("preview-clip").click()
    page.get_by_role("option", name="demo_street", exact=True).click()
    # On a machine that has projected nothing yet, the kernels are compiled first.
    expect(page.get_by_test_id("preview")).to_contain_text(
        re.compile(r"[1-9]\d* targets? in this image"), timeout=120_000
    )
    page.get_by_test_id("freeze").click()

    expect(page.get_by_role("heading", name=f"{name}, version 1")).to_be_visible()
    look_at_card(page, screenshot_folder)
    export_and_download(page, name, screenshot_folder)

    # The same once more is refused, and says so.
    page.get_by_role("link", name="New version from this").click()
    page.get_by_test_id("freeze").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing has changed since version 1")


def look_at_card(page: Page, screenshot_folder: Path) -> None:
    page.get_by_test_id("tab-card").click()
    page.get_by_test_id("make-card").click()
    card = page.get_by_test_id("card")
    expect(card.get_by_role("heading", name="Histograms")).to_be_visible(timeout=120_000)
    expect(card.get_by_role("heading", name="Examples")).to_be_visible()
    expect(card.locator("img").first).to_be_visible()
    page.screenshot(path=screenshot_folder / "dataset-card.png", full_page=True)


def export_and_download(page: Page, name: str, screenshot_folder: Path) -> None:
    page.get_by_test_id("tab-exports").click()
    expect(page.get_by_test_id("export-format-coco_keypoints")).to_be_disabled()
    page.get_by_test_id("export-format-coco").check()
    page.get_by_test_id("export-start").click()
    export = page.get_by_test_id("export")
    expect(export).to_have_attribute("data-state", "done", timeout=120_000)
    manifest_link = export.get_by_test_id("export-file").filter(has_text="manifest.json")
    with page.expect_download() as download:
        manifest_link.click()
    manifest = json.loads(download.value.path().read_text())
    assert manifest["dataset"]["name"] == name
    coco = next(one for one in manifest["files"] if one["name"].endswith("coco.json"))
    with page.expect_download() as download:
        export.get_by_test_id("export-file").filter(has_text=coco["name"]).click()
    assert hashlib.sha256(download.value.path().read_bytes()).hexdigest() == coco["sha256"]
    page.screenshot(path=screenshot_folder / "dataset-exports.png")
