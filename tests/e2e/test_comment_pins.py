"""A comment is pinned to a place by a click, seen there, and come back to by key."""

import re
import time
from pathlib import Path

from api_client import ApiClient
from labeller import Labeller
from playwright.sync_api import Browser, Page, expect
from product import Product
from test_work_journeys import give_all_back, next_task, open_as
from work_project import make_work_project

#: The colour of what asks for attention, as the canvases have it, within a little.
_AMBER = [245, 185, 74]
#: How many pixels of it a view's overlay has where a pin's head would be.
_COUNT = """([view, point, amber]) => {
    const element = document.querySelector(`[data-testid="${view}"]`);
    const at = element.toScreen(point);
    if (at === null) return -1;
    const canvas = [...element.querySelectorAll('canvas')].at(-1);
    const scale = canvas.width / canvas.getBoundingClientRect().width;
    const half = Math.round(10 * scale);
    const [x, y] = [Math.round(at[0] * scale) - half, Math.round((at[1] - 20) * scale) - half];
    const { data } = canvas.getContext('2d').getImageData(x, y, 2 * half, 2 * half);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
        const isAmber = amber.every((value, j) => Math.abs(data[i + j] - value) < 12);
        if (isAmber && data[i + 3] > 200) count += 1;
    }
    return count;
}"""


def amber_above(page: Page, view: str, point_m: list[float]) -> int:
    found: int = page.evaluate(_COUNT, [view, point_m, _AMBER])
    return found


def wait_for_pin(page: Page, view: str, point_m: list[float], *, is_there: bool) -> None:
    for _ in range(150):
        if (amber_above(page, view, point_m) > 20) == is_there:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"pin in {view}: {amber_above(page, view, point_m)} amber pixels")


def test_a_comment_is_pinned_by_a_click_and_found_again_by_key(
    browser: Browser, product: Product, screenshot_folder: Path
) -> None:
    project = make_work_project(product, clips=1)
    admin = ApiClient(product.url).log_in("admin", product.password("admin"))
    admin.post(f"/api/projects/{project}/tasks", {"layer": "objects", "priority": int(time.time())})
    context, labeller = open_as(browser, product, "labeller")
    page = labeller.page
    next_task(labeller, project)
    task_id = page.url.split("task=")[1].split("&")[0]
    write_with_place(labeller, "Is this a bollard?")
    (comment,) = admin.get(f"/api/tasks/{task_id}/comments")
    assert comment["camera"] == ""
    place = comment["position_m"]
    wait_for_pin(page, "view-world", place, is_there=True)
    page.screenshot(path=screenshot_folder / "comment-pin.png")

    page.get_by_test_id("task-talk").click()
    # A button that was clicked last keeps End to itself.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("End")
    expect(page).not_to_have_url(re.compile(f"t={comment['from_ns']}"))
    page.keyboard.press("Alt+k")
    expect(page).to_have_url(re.compile(f"t={comment['from_ns']}"))
    resolve_it(page)
    wait_for_pin(page, "view-world", place, is_there=False)
    context.close()
    give_all_back(product, "labeller")


def write_with_place(labeller: Labeller, words: str) -> None:
    """The button, a click into the 3D view that chooses nothing there, and the words."""
    page = labeller.page
    page.get_by_test_id("task-talk").click()
    page.get_by_test_id("comment-place").click()
    expect(page.get_by_test_id("comment-place")).to_have_attribute("data-state", "placing")
    box = page.get_by_test_id("view-world").bounding_box()
    assert box is not None
    for down in (0.6, 0.65, 0.7, 0.75, 0.8, 0.85):
        page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + down * box["height"], steps=3)
        page.wait_for_timeout(300)  # the point under the pointer is looked for in a frame
        page.mouse.down()
        page.mouse.up()
        if page.get_by_test_id("comment-place").get_attribute("data-state") == "placed":
            break
    expect(page.get_by_test_id("comment-place")).to_have_attribute("data-state", "placed")
    page.get_by_test_id("comment-field").fill(words)
    page.get_by_test_id("comment-send").click()
    expect(page.get_by_test_id("comment-row")).to_contain_text(words)
    expect(page.get_by_test_id("comment-place")).to_have_attribute("data-state", "none")


def resolve_it(page: Page) -> None:
    page.get_by_test_id("task-talk").click()
    page.get_by_test_id("comment-resolve").click()
    expect(page.get_by_test_id("comment-row")).to_contain_text("resolved")
