"""What makes the tool one's own: keys, palette, help, the tour, colours and size."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_client import ApiClient
from labeller import Labeller
from playwright.sync_api import Browser, Locator, Page, expect
from product import Product

USER = "labeller"


def set_preferences(product: Product, **sections: Any) -> None:
    client = ApiClient(product.url).log_in(USER, product.password(USER))
    none: dict[str, Any] = dict.fromkeys(("layout", "keys", "theme", "view", "tour", "cloud"))
    client.patch("/api/me/preferences", none | sections)


def preferences(product: Product) -> dict[str, Any]:
    client = ApiClient(product.url).log_in(USER, product.password(USER))
    found: dict[str, Any] = client.get("/api/me/preferences")["preferences"]
    return found


@pytest.fixture(autouse=True)
def as_it_comes(product: Product) -> Iterator[None]:
    set_preferences(product)
    yield
    set_preferences(product, tour={"isSeen": True})


@pytest.fixture
def labeller(page: Page, product: Product) -> Labeller:
    labeller = Labeller(page, product)
    labeller.log_in(USER)
    labeller.open_clip("demo_street")
    return labeller


def expect_tool(page: Page, name: str) -> None:
    button = page.get_by_test_id(f"operation-tool.{name}")
    expect(button).to_have_attribute("aria-pressed", "true")


def help_dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Keys and pointer")


def record(page: Page, operation_id: str, chord: str) -> None:
    page.get_by_test_id(f"keys-{operation_id}").get_by_role("button").first.click()
    page.get_by_role("menuitem", name="Change the key").click()
    expect(page.get_by_test_id("key-recorder")).to_be_visible()
    page.keyboard.press(chord)


def test_a_key_of_ones_own_works_is_shown_everywhere_and_comes_along(
    labeller: Labeller, browser: Browser, product: Product
) -> None:
    page = labeller.page
    page.keyboard.press("?")
    record(page, "tool.box", "Control+e")
    expect(page.get_by_test_id("keys-tool.box")).to_contain_text("Ctrl+E")
    expect(page.get_by_test_id("key-recorder")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(help_dialog(page)).to_be_hidden()
    page.keyboard.press("b")
    page.wait_for_timeout(500)
    expect_tool(page, "select")  # the old key does nothing any more
    page.keyboard.press("Control+e")
    expect_tool(page, "box")
    page.get_by_test_id("operation-tool.box").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("Ctrl+E")
    page.wait_for_timeout(1500)
    assert preferences(product)["keys"] == {"tool.box": ["ctrl+e"]}

    other = browser.new_context(viewport={"width": 1366, "height": 768})
    try:
        elsewhere = Labeller(other.new_page(), product)
        elsewhere.log_in(USER)
        elsewhere.open_clip("demo_street")
        elsewhere.page.keyboard.press("Control+e")
        expect_tool(elsewhere.page, "box")
    finally:
        other.close()


def test_a_key_that_is_taken_is_said_to_be_and_can_be_taken_over(labeller: Labeller) -> None:
    page = labeller.page
    page.keyboard.press("?")
    record(page, "tool.box", "v")
    recorder = page.get_by_test_id("key-recorder")
    expect(recorder).to_contain_text("V is the key of “Select tool”, which would lose it.")
    page.get_by_test_id("take-key").click()
    expect(page.get_by_test_id("keys-tool.select")).to_contain_text("none")
    expect(page.get_by_test_id("keys-tool.box")).to_contain_text("V")
    record(page, "tool.select", "F5")
    expect(recorder).to_contain_text("F5 can't be used.")
    page.keyboard.press("Escape")
    expect(recorder).to_be_hidden()
    expect(help_dialog(page)).to_be_visible()
    page.get_by_test_id("reset-keys").click()
    expect(page.get_by_test_id("keys-tool.select")).to_contain_text("V")
    expect(page.get_by_test_id("keys-tool.box")).to_contain_text("B")


def test_keys_go_out_to_a_file_and_come_in_again(labeller: Labeller, tmp_path: Path) -> None:
    page = labeller.page
    page.keyboard.press("?")
    record(page, "tool.box", "Control+e")
    with page.expect_download() as download:
        page.get_by_test_id("export-keys").click()
    file = tmp_path / "keys.json"
    download.value.save_as(file)
    assert json.loads(file.read_text()) == {
        "format": "labelapp-keys/1",
        "keys": {"tool.box": ["ctrl+e"]},
    }
    page.get_by_test_id("reset-keys").click()
    expect(page.get_by_test_id("keys-tool.box")).to_contain_text("B")
    page.set_input_files("input[type=file]", file)
    expect(page.get_by_test_id("keys-words")).to_contain_text("The keys of keys.json hold")
    expect(page.get_by_test_id("keys-tool.box")).to_contain_text("Ctrl+E")
    file.write_text('{"format": "labelapp-keys/1", "keys": {"tool.box": "e"}}')
    page.set_input_files("input[type=file]", file)
    expect(page.get_by_test_id("keys-words")).to_contain_text(
        'your keys are as they were. keys.tool.box: expected a list of chords such as "ctrl+z"'
    )
    expect(page.get_by_test_id("keys-tool.box")).to_contain_text("Ctrl+E")


def palette(page: Page, typed: str) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Find an operation")).to_be_focused()
    page.keyboard.type(typed)
    page.wait_for_timeout(300)


def test_the_palette_does_what_is_typed_and_remembers_it(labeller: Labeller) -> None:
    page = labeller.page
    palette(page, "go to 1.5 s")
    page.keyboard.press("Enter")
    expect(page.locator(".clock")).to_contain_text("1.5")
    palette(page, "box tol")
    page.keyboard.press("Enter")
    expect_tool(page, "box")
    palette(page, "")
    expect(page.locator(".mantine-Spotlight-action").first).to_contain_text("Box tool")
    page.keyboard.press("Escape")
    palette(page, "delete label")
    action = page.locator(".mantine-Spotlight-action").first
    expect(action).to_be_disabled()
    expect(action).to_contain_text("Select a label first.")
    page.keyboard.press("Escape")
    palette(page, "light screen")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")


def test_a_key_pressed_while_a_dialog_fades_away_is_not_lost(labeller: Labeller) -> None:
    page = labeller.page
    page.keyboard.press("?")
    expect(page.get_by_role("textbox", name="Search operations")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect_tool(page, "box")
    expect(help_dialog(page)).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("textbox", name="Search operations")).to_be_focused()
    page.keyboard.press("Escape")
    palette(page, "select tool")
    page.keyboard.press("Enter")
    expect_tool(page, "select")


def test_a_field_says_why_it_does_not_keep_what_was_typed(labeller: Labeller) -> None:
    page = labeller.page
    labeller.delete_all()
    box = page.get_by_test_id("view-world").bounding_box()
    assert box is not None
    page.keyboard.press("b")
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.7)
    page.get_by_test_id("label-row").first.locator("button").first.click()
    heading, length = labeller.number("property-yaw"), labeller.number("property-size-L")
    for field, typed, words in (
        ("property-yaw", "about 30", "“about 30” is no number"),
        ("property-size-L", "-4", "A box is larger than 0 m: “Length” stays as it was"),
    ):
        page.get_by_test_id(field).fill(typed)
        page.keyboard.press("Enter")
        expect(page.get_by_text(words)).to_be_visible()
    assert labeller.number("property-yaw") == heading
    assert labeller.number("property-size-L") == length
    labeller.delete_all()
    labeller.wait_until_saved()


def test_what_the_next_tick_shows_is_there_before_it_is_wanted(
    labeller: Labeller, product: Product
) -> None:
    page = labeller.page
    client = ApiClient(product.url).log_in(USER, product.password(USER))
    clip_id = page.url.partition("/clips/")[2].partition("?")[0]
    clip = client.get(f"/api/clips/{clip_id}")

    def nearest(times: list[str], tick: int) -> int:
        at = int(clip["ticks_ns"][tick])
        return min(range(len(times)), key=lambda index: abs(int(times[index]) - at))

    def next_ones(tick: int) -> set[str]:
        sweep = nearest([one["time_ns"] for one in clip["sweeps"]], tick)
        return {f"/sweeps/{sweep}"} | {
            f"/images/{camera['name']}/{nearest(camera['times_ns'], tick)}"
            for camera in clip["cameras"]
        }

    done: list[str] = []
    page.on("requestfinished", lambda request: done.append(request.url.partition("?")[0]))
    page.reload()
    labeller.wait_for_views()

    def missing(tick: int) -> set[str]:
        return {one for one in next_ones(tick) if not any(url.endswith(one) for url in done)}

    for tick in (1, 2):
        for _ in range(100):
            if not missing(tick):
                break
            page.wait_for_timeout(200)
        assert not missing(tick), "fetched while the tick before is looked at"
        page.keyboard.press("ArrowRight")


def test_somebody_new_is_shown_around_once(page: Page, product: Product) -> None:
    labeller = Labeller(page, product)
    labeller.log_in(USER, sees_tour=True)
    labeller.open_clip("demo_street")
    card = page.get_by_test_id("tour")
    for step in range(1, 7):
        expect(card).to_contain_text(f"{step} of 6")
        ring = page.locator(".tour-ring").bounding_box()
        assert ring is not None
        assert ring["width"] > 20, f"step {step} points at something"
        box = card.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= 1920
        assert box["y"] + box["height"] <= 1080
        if step == 2:  # the screen is in use meanwhile
            page.keyboard.press("b")
            expect_tool(page, "box")
        page.get_by_test_id("tour-next").click()
        page.wait_for_timeout(200)
    expect(card).to_be_hidden()
    page.wait_for_timeout(1500)
    page.reload()
    labeller.wait_for_views()
    expect(card).to_be_hidden()
    page.keyboard.press("F1")
    expect(card).to_contain_text("1 of 6")
    page.get_by_test_id("tour-skip").click()
    expect(card).to_be_hidden()


def test_colours_and_size_are_there_before_the_page_is(labeller: Labeller) -> None:
    page = labeller.page
    page.keyboard.press("Control+,")
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_test_id("settings-tool").get_by_text("Light").click()
    dialog.get_by_test_id("settings-scale").get_by_text("150 %").click()
    header = page.locator(".tool-header")
    expect(header).to_have_css("height", "63px")
    page.wait_for_timeout(1500)
    page.keyboard.press("Escape")
    page.route("**/assets/*.js", lambda route: route.abort())
    page.reload()
    html = page.locator("html")
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    expect(html).to_have_css("font-size", "24px")
