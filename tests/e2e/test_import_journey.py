"""An engineer brings labels of others: looks what is in the file, settles a class, imports."""

import json
from pathlib import Path
from typing import Any

import pytest
from api_client import ApiClient
from labeller import Labeller
from playwright.sync_api import Page, expect
from product import Product

pytestmark = pytest.mark.slow


def test_labels_of_others_are_looked_at_and_imported(
    product: Product, page: Page, tmp_path: Path, screenshot_folder: Path
) -> None:
    # The demo clip's own truth, with a class as others call it: imported, it is what is there.
    client = ApiClient(product.url).log_in("engineer", product.password("engineer"))
    clips = client.get("/api/projects/demo/clips")["results"]
    clip = next(one for one in clips if one["name"] == "demo_street")
    sets = client.get(f"/api/clips/{clip['id']}/label-sets")
    truth = next(s for s in sets if (s["layer"], s["source"]) == ("objects", "simulation"))
    found = client.get(f"/api/label-sets/{truth['id']}/labels")["labels"]
    labels = [one["label"] for one in found]
    for label in labels:
        label["class"] = {"car": "vehicle.car"}.get(label["class"], label["class"])
    assert any(label["class"] == "vehicle.car" for label in labels)
    file = tmp_path / "others.json"
    head = {"format": "labelapp-labels/1", "layer": "objects", "source": "import"}
    file.write_text(json.dumps({**head, "labels": labels}))

    Labeller(page, product).log_in("engineer")
    page.goto(f"{product.url}/projects/demo")
    page.get_by_test_id("import-labels-button").click()
    dialog = page.get_by_role("dialog", name="Import labels")
    expect(dialog).to_be_visible()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_test_id("import-look").click()
    # Of which clip the file is, it doesn't say.
    expect(page.get_by_role("alert")).to_contain_text("says of which clip it is: name the clip")
    dialog.get_by_label("Clip").first.click()
    page.get_by_role("option", name=clip["name"], exact=True).click()
    dialog.get_by_label("Labels are").first.click()
    page.get_by_role("option", name="Simulation: exact by construction").click()
    page.get_by_test_id("import-look").click()

    report = page.get_by_test_id("import-report")
    expect(report).to_contain_text("others.json", timeout=60_000)
    expect(report).to_contain_text(f"{len(labels)}")
    expect(page.get_by_test_id("import-store")).to_be_disabled()
    expect(dialog).to_contain_text("Say what becomes of one class.")
    page.screenshot(path=screenshot_folder / "import-labels.png")
    dialog.get_by_label("What vehicle.car becomes").first.click()
    page.get_by_role("option", name="Car", exact=True).click()
    page.get_by_test_id("import-store").click()
    expect(page.get_by_test_id("import-done")).to_contain_text("One label set", timeout=60_000)
    page.screenshot(path=screenshot_folder / "import-done.png")
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_be_hidden()
    # The same labels again are no other label set.
    assert client.get(f"/api/clips/{clip['id']}/label-sets") == sets
    look_from_the_clip(product, page, clip, file, len(labels))


def look_from_the_clip(
    product: Product, page: Page, clip: dict[str, Any], file: Path, count: int
) -> None:
    """From a clip's own menu nobody has to say which clip it is."""
    page.goto(f"{product.url}/projects/demo/clips/{clip['id']}")
    page.get_by_test_id("label-set").click()
    page.get_by_test_id("import-labels-button").click()
    dialog = page.get_by_role("dialog", name="Import labels")
    expect(dialog.get_by_test_id("import-clip")).to_have_value(clip["name"])
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_test_id("import-look").click()
    expect(page.get_by_test_id("import-report")).to_contain_text(f"{count}", timeout=60_000)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
