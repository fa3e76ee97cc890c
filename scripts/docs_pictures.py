"""Make the screenshots of docs/images anew, from the demo clip in a product of their own."""

import sys
import tempfile
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from api_client import ApiClient  # noqa: E402
from conftest import CHROMIUM_FLAGS  # noqa: E402
from labeller import Labeller  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from product import Product, free_port  # noqa: E402

IMAGES = ROOT / "docs" / "images"
CLIP = "demo_street"


def label_everything(product: Product) -> None:
    """Put the simulator's labels into the labeller's label set."""
    client = ApiClient(product.url).log_in("labeller", product.password("labeller"))
    clips = client.get("/api/projects/demo/clips")["results"]
    clip_id = next(clip["id"] for clip in clips if clip["name"] == CLIP)
    sets = client.get(f"/api/clips/{clip_id}/label-sets")
    truth = next(one for one in sets if one["layer"] == "objects" and one["source"] == "simulation")
    own = client.post(f"/api/clips/{clip_id}/label-sets", {"layer": "objects", "source": "human"})
    operations = [
        {
            "operation_id": str(uuid.uuid4()),
            "kind": "put",
            "label_id": label["label_id"],
            "base_version": 0,
            "label": label["label"],
        }
        for label in client.get(f"/api/label-sets/{truth['id']}/labels")["labels"]
    ]
    batch = {"batch_id": str(uuid.uuid4()), "operations": operations}
    client.post(f"/api/label-sets/{own['id']}/operations", batch)


def take(product: Product) -> None:
    """Take the pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS
        )
        page = browser.new_page(viewport={"width": 1600, "height": 900}, color_scheme="dark")
        labeller = Labeller(page, product)
        labeller.log_in("labeller")
        labeller.open_clip(CLIP)
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(1500)
        page.get_by_label("Search labels").fill("truck")
        page.get_by_test_id("label-row").first.click()
        page.get_by_label("Clear the search").click()
        page.get_by_test_id("view-world").hover()
        page.wait_for_timeout(4000)
        page.screenshot(path=IMAGES / "labelling.png")
        browser.close()


def main() -> None:
    """Run the product, take the pictures, stop it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="labelapp-pictures-") as folder:
        product = Product(Path(folder), free_port())
        product.start()
        try:
            label_everything(product)
            take(product)
        finally:
            product.stop()


if __name__ == "__main__":
    main()
