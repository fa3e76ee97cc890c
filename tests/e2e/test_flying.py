"""Camera modes of the 3D view: flying, from the top, going there smoothly."""

import math

from labeller import Labeller
from playwright.sync_api import Page, expect
from product import Product

WHERE = "(point) => document.querySelector('[data-testid=view-world]').toScreen(point)"


def make_box(labeller: Labeller) -> None:
    page = labeller.page
    labeller.delete_all()
    view = page.get_by_test_id("view-world").bounding_box()
    assert view is not None
    page.keyboard.press("b")
    page.mouse.click(view["x"] + view["width"] * 0.45, view["y"] + view["height"] * 0.7)
    expect(page.get_by_test_id("label-row")).to_have_count(1)
    page.keyboard.press("v")
    page.get_by_test_id("label-row").locator("button").first.click()


def test_keys_fly_while_one_flies_and_move_the_box_otherwise(page: Page, product: Product) -> None:
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    labeller.open_clip("demo_street")
    make_box(labeller)
    page.wait_for_timeout(1500)  # until the box has fitted itself
    page.keyboard.press("Escape")
    page.get_by_test_id("label-row").locator("button").first.click()
    start = labeller.box().position_m
    page.keyboard.press("f")
    page.wait_for_timeout(1000)
    hint = page.get_by_test_id("flight")
    expect(hint).to_be_hidden()

    page.keyboard.press("Alt+f")
    expect(hint).to_be_visible()
    expect(hint).to_contain_text("10 m/s")
    page.wait_for_timeout(500)
    before = page.evaluate(WHERE, start)
    page.keyboard.down("w")
    for _ in range(60):  # software GL on busy cores draws few frames
        page.wait_for_timeout(250)
        after = page.evaluate(WHERE, start)
        if after is None or math.dist(before, after) > 5:
            break
    page.keyboard.up("w")
    assert after is None or math.dist(before, after) > 5, "flown towards it"
    assert labeller.box().position_m == start, "the box stays while one flies"
    page.mouse.wheel(0, -400)
    expect(hint).not_to_contain_text("10 m/s")

    page.keyboard.press("Escape")
    expect(hint).to_be_hidden()
    page.get_by_test_id("label-row").locator("button").first.click()
    page.keyboard.press("w")
    page.wait_for_timeout(400)
    assert labeller.box().position_m != start, "W is the box's key again"


def test_every_way_of_the_3d_view_is_found_by_key_button_and_palette(
    page: Page, product: Product
) -> None:
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    labeller.open_clip("demo_street")
    for operation in ("view.top", "view.focus", "view.ego", "view.fly"):
        expect(page.get_by_test_id(f"operation-{operation}")).to_be_visible()
    page.get_by_test_id("operation-view.fly").click()
    expect(page.get_by_test_id("flight")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("flight")).to_be_hidden()
    for words in ("fly", "follow the selected", "follow the ego", "view from the top"):
        page.keyboard.press("Control+k")
        page.get_by_role("textbox", name="Find an operation").fill(words)
        expect(page.locator(".mantine-Spotlight-action").first).to_contain_text(
            words.capitalize()[:6]
        )
        page.keyboard.press("Escape")
        page.wait_for_timeout(300)
