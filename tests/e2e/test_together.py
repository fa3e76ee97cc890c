"""Two people on one clip, and a tab that crashes."""

import contextlib
import uuid
from collections.abc import Iterator

import pytest
from labeller import Labeller
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError
from product import Product

SEEN_WITHIN_MS = 12_000  # polls are 1.5 s apart; two browsers with software GL on busy cores


def context_of(browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="dark")
    context.set_default_timeout(30_000)
    return context


@pytest.fixture
def two(browser: Browser, product: Product) -> Iterator[tuple[Labeller, Labeller]]:
    """The labeller and the admin, each in a browser of their own, on one clip without labels."""
    contexts = [context_of(browser), context_of(browser)]
    people = []
    for context, name in zip(contexts, ("labeller", "admin"), strict=True):
        person = Labeller(context.new_page(), product)
        person.log_in(name)
        person.open_clip("demo_street")
        people.append(person)
    people[0].delete_all()
    people[0].wait_until_saved()
    expect(people[1].page.get_by_test_id("label-row")).to_have_count(0, timeout=SEEN_WITHIN_MS)
    yield people[0], people[1]
    for context in contexts:
        context.close()


def make_box(page: Page, across: float = 0.45) -> str:
    """One click with the box tool; the id of the label that it makes."""
    before = {row.get_attribute("data-label-id") for row in page.get_by_test_id("label-row").all()}
    view = page.get_by_test_id("view-world").bounding_box()
    assert view is not None
    page.keyboard.press("b")
    page.mouse.click(view["x"] + view["width"] * across, view["y"] + view["height"] * 0.75)
    expect(page.get_by_test_id("label-row")).to_have_count(len(before) + 1)
    (made,) = {
        row.get_attribute("data-label-id") for row in page.get_by_test_id("label-row").all()
    } - before
    assert made is not None
    page.keyboard.press("v")
    return made


def row(page: Page, label_id: str):
    return page.locator(f'[data-testid=label-row][data-label-id="{label_id}"]')


def test_two_people_see_each_other_and_each_others_work_and_overwrite_nothing(
    two: tuple[Labeller, Labeller],
) -> None:
    anna, ben = (person.page for person in two)
    expect(anna.get_by_test_id("people")).to_be_visible(timeout=SEEN_WITHIN_MS)
    expect(ben.get_by_test_id("people")).to_be_visible(timeout=SEEN_WITHIN_MS)

    first = make_box(anna, 0.4)
    expect(row(ben, first)).to_be_visible(timeout=SEEN_WITHIN_MS)
    expect(row(ben, first).locator(".row-person")).to_be_visible(timeout=SEEN_WITHIN_MS)
    second = make_box(ben, 0.6)
    expect(row(anna, second)).to_be_visible(timeout=SEEN_WITHIN_MS)

    # Each turns their own box at the same time: both changes are there for both.
    row(anna, first).locator("button").first.click()
    row(ben, second).locator("button").first.click()
    anna.keyboard.press("t")
    ben.keyboard.press("t")
    for person in two:
        person.wait_until_saved()
    headings = {}
    for page in (anna, ben):
        page.wait_for_timeout(4000)
        for label_id in (first, second):
            row(page, label_id).locator("button").first.click()
            value = page.get_by_test_id("property-yaw").input_value()
            headings.setdefault(label_id, []).append(value)
    assert headings[first][0] == headings[first][1]
    assert headings[second][0] == headings[second][1]

    ben.close()
    expect(anna.get_by_test_id("people")).to_be_hidden(timeout=40_000)


def test_a_tab_that_crashes_with_work_not_yet_sent_costs_nothing(
    browser: Browser, product: Product
) -> None:
    context = context_of(browser)
    try:
        page = context.new_page()
        labeller = Labeller(page, product)
        labeller.log_in("labeller")
        labeller.open_clip("demo_street")
        address = page.url
        context.route("**/operations", lambda route: route.abort())
        made = make_box(page)
        expect(page.get_by_test_id("save-state")).to_contain_text("offline")
        crash = context.new_cdp_session(page)
        with page.expect_event("crash"), contextlib.suppress(PlaywrightError):
            crash.send("Page.crash", timeout=10_000)  # may never answer
        with contextlib.suppress(PlaywrightError):  # it would tell the crashed page as well
            context.unroute("**/operations")
        again = context.new_page()
        again.goto(address)
        Labeller(again, product).wait_for_views()
        expect(row(again, made)).to_be_visible()
        expect(again.get_by_test_id("save-state")).to_contain_text("saved")
        uuid.UUID(made)
        other = context.new_page()
        other.goto(address)
        Labeller(other, product).wait_for_views()
        expect(row(other, made)).to_be_visible()
    finally:
        context.close()
