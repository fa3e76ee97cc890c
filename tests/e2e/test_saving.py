"""No work is lost: offline, in a crash, or when two change the same label."""

from collections.abc import Iterator

import pytest
from labeller import Labeller
from playwright.sync_api import Browser, BrowserContext, Page, expect
from product import Product

CLIP = "demo_street"


@pytest.fixture
def other_context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="dark")
    context.set_default_timeout(30_000)
    yield context
    context.close()


def make_box(labeller: Labeller) -> None:
    """Press B and click in the middle of the 3D view."""
    page = labeller.page
    place = page.get_by_test_id("view-world").bounding_box()
    assert place is not None
    page.keyboard.press("z")
    page.wait_for_timeout(400)
    page.keyboard.press("b")
    page.mouse.click(place["x"] + place["width"] * 0.6, place["y"] + place["height"] * 0.6)
    expect(page.get_by_test_id("label-row")).to_have_count(1)


def open_demo_clip(labeller: Labeller) -> None:
    labeller.log_in("labeller")
    labeller.open_clip(CLIP)


def test_work_done_offline_is_sent_when_the_server_is_back(
    page: Page, context: BrowserContext, product: Product
) -> None:
    labeller = Labeller(page, product)
    open_demo_clip(labeller)
    labeller.delete_all()
    labeller.wait_until_saved()

    context.set_offline(True)
    make_box(labeller)
    state = page.get_by_test_id("save-state")
    expect(state).to_contain_text("offline")
    expect(state).to_contain_text("1 change")
    context.set_offline(False)
    labeller.wait_until_saved()

    page.reload()
    labeller.wait_for_views()
    expect(page.get_by_test_id("label-row")).to_have_count(1)


def test_work_not_yet_sent_survives_a_closed_tab(
    page: Page, context: BrowserContext, product: Product
) -> None:
    labeller = Labeller(page, product)
    open_demo_clip(labeller)
    labeller.delete_all()
    labeller.wait_until_saved()
    address = page.url

    context.set_offline(True)
    make_box(labeller)
    expect(page.get_by_test_id("save-state")).to_contain_text("1 change")
    page.close(run_before_unload=False)
    context.set_offline(False)

    again = Labeller(context.new_page(), product)
    again.page.goto(address)
    again.wait_for_views()
    expect(again.page.get_by_test_id("label-row")).to_have_count(1)
    again.wait_until_saved()


def test_two_versions_of_one_label_are_shown_and_chosen_between(
    page: Page, context: BrowserContext, other_context: BrowserContext, product: Product
) -> None:
    first = Labeller(page, product)
    open_demo_clip(first)
    first.delete_all()
    make_box(first)
    first.wait_until_saved()
    second = Labeller(other_context.new_page(), product)
    second.log_in("reviewer")
    second.open_clip(CLIP)
    second.page.get_by_test_id("label-row").click()
    start = second.box().position_m

    other_context.set_offline(True)
    second.page.keyboard.press("w")
    expect(second.page.get_by_test_id("save-state")).to_contain_text("1 change")
    mine = second.box().position_m
    assert mine != start
    for _ in range(3):
        page.keyboard.press("s")
    first.wait_until_saved()
    other_context.set_offline(False)

    second.page.get_by_test_id("save-state").click()
    second.page.get_by_test_id("resolve-conflicts").click()
    second.page.get_by_test_id("take-mine").click()
    second.wait_until_saved()
    second.page.reload()
    second.wait_for_views()
    second.page.get_by_test_id("label-row").click()
    assert second.box().position_m == pytest.approx(mine, abs=0.011)
