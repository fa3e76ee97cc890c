"""For everybody: assistive tools, keyboards, small and large screens, no jumping about."""

from pathlib import Path
from typing import Any

import pytest
from labeller import Labeller
from playwright.sync_api import Browser, Page, expect
from product import ROOT, Product

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    "",
    *("board", "live", "progress", "people", "workflow", "agreement", "quality", "training"),
    *("pre-labels", "datasets", "hold-outs", "exports", "webhooks", "audit"),
]
SCREENS = [(1366, 768, 1), (3840, 2160, 1), (1920, 1080, 2)]


def is_mantines(violation: dict[str, Any]) -> bool:
    """Whether it is Mantine's own: its menus hold an empty element that takes the first focus."""
    return violation["id"] == "aria-required-children" and all(
        'data-menu-dropdown="true"' in node["html"] for node in violation["nodes"]
    )


def findings(page: Page, where: str) -> list[str]:
    """What axe finds that is serious or critical, as sentences."""
    page.wait_for_timeout(600)  # what fades in has no contrast yet
    page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate(
        """() => axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations'],
        })"""
    )
    assert len(result["passes"]) > 5, "axe has looked at the page"
    return [
        f"{where}: {violation['id']} ({violation['impact']}): {violation['help']}:"
        f" {' | '.join(str(node['target']) for node in violation['nodes'][:4])}"
        for violation in result["violations"]
        if violation["impact"] in {"serious", "critical"} and not is_mantines(violation)
    ]


def findings_on_the_labelling_screen(page: Page) -> list[str]:
    """The same with a label selected, and with each dialog open."""
    if page.get_by_test_id("label-row").count() == 0:
        box = page.get_by_test_id("view-world").bounding_box()
        assert box is not None
        page.keyboard.press("b")
        page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.7)
    page.get_by_test_id("label-row").first.locator("button").first.click()
    found = findings(page, "a selected label")
    page.keyboard.press("Shift+B")
    expect(page.get_by_test_id("view-world")).to_be_hidden()
    found += findings(page, "batch view")
    page.keyboard.press("Shift+B")
    expect(page.get_by_test_id("view-world")).to_be_visible()
    page.get_by_test_id("operation-view.fly").click()
    expect(page.get_by_test_id("flight")).to_be_visible()
    found += findings(page, "flying")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("flight")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += findings(page, "keys")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Find an operation")).to_be_visible()
    found += findings(page, "palette")
    page.keyboard.press("Escape")
    page.keyboard.press("F1")
    expect(page.get_by_test_id("tour")).to_be_visible()
    found += findings(page, "tour")
    page.get_by_test_id("tour-skip").click()
    return found


@pytest.mark.parametrize("colours", ["dark", "light"])
def test_axe_finds_nothing_serious_anywhere(
    browser: Browser, product: Product, colours: str
) -> None:
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, color_scheme=colours, reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    labeller = Labeller(page, product)
    found: list[str] = []
    try:
        page.goto(product.url)
        expect(page.get_by_test_id("login-username")).to_be_visible()
        found += findings(page, "login")
        labeller.log_in("admin", preferences={"theme": {"tool": colours}})
        expect(page.get_by_test_id("clip-demo_street")).to_be_visible()
        found += findings(page, "clips")
        page.get_by_test_id("user-menu").click()
        found += findings(page, "account menu")
        page.get_by_test_id("open-settings").click()
        found += findings(page, "settings")
        for name in PAGES:
            page.goto(f"{product.url}/projects/demo/{name}".rstrip("/"))
            expect(page.get_by_test_id("clips-link")).to_be_visible()
            found += findings(page, name or "clips of a project")
        page.goto(f"{product.url}/account")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found += findings(page, "account")
        page.goto(f"{product.url}/projects/nowhere")
        page.wait_for_timeout(1500)
        found += findings(page, "not found")
        page.goto(product.url)
        labeller.open_clip("demo_street")
        found += findings(page, "labelling")
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", colours)
        found += findings_on_the_labelling_screen(page)
    finally:
        context.close()
    assert not found, "\n".join(found)


def test_everything_is_reached_and_seen_by_tab(page: Page, product: Product) -> None:
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    labeller.open_clip("demo_street")
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
                const at = document.activeElement;
                const style = getComputedStyle(at);
                const parent = getComputedStyle(at.parentElement);
                const ring = [style, parent].some((one) =>
                    (one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 1)
                    || one.boxShadow !== 'none' || parseFloat(one.borderWidth) >= 1);
                return [at.getAttribute('aria-label') ?? at.textContent ?? at.tagName, ring];
            }"""
        )
        if name not in seen:
            assert outline, f"the focus is not seen on {name}"
            seen.append(name)
    words = " ".join(seen)
    for expected in ("Back to the clips", "Select tool", "Box tool", "Show all keys", "Account of"):
        assert expected in words
    assert words.index("Back to the clips") < words.index("Select tool") < words.index("Account of")


@pytest.mark.parametrize(("width", "height", "pixels"), SCREENS)
def test_words_are_readable_and_fit_on_every_screen(
    browser: Browser,
    product: Product,
    screenshot_folder: Path,
    width: int,
    height: int,
    pixels: int,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=pixels
    )
    context.set_default_timeout(60_000)
    try:
        page = context.new_page()
        labeller = Labeller(page, product)
        labeller.log_in("labeller")
        labeller.open_clip("demo_street")
        smallest, overflow = page.evaluate(
            """() => {
                const sizes = [...document.querySelectorAll('.tool *')]
                    .filter((one) => [...one.childNodes].some((node) =>
                        node.nodeType === 3 && node.textContent.trim() !== ''))
                    .filter((one) => one.getClientRects().length > 0)
                    .map((one) => parseFloat(getComputedStyle(one).fontSize));
                const header = document.querySelector('.tool-header');
                return [Math.min(...sizes), [
                    document.documentElement.scrollWidth - innerWidth,
                    document.documentElement.scrollHeight - innerHeight,
                    header.scrollWidth - header.clientWidth]];
            }"""
        )
        page.screenshot(path=screenshot_folder / f"screen-{width}x{height}@{pixels}.png")
    finally:
        context.close()
    assert smallest >= (15 if width == 3840 else 10)
    assert max(overflow) <= 1, "nothing hangs over the edge"


def test_opening_a_clip_makes_nothing_jump(page: Page, product: Product) -> None:
    page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
                if (!entry.hadRecentInput) window.shifts.push([entry.value, ...entry.sources.map(
                    (source) => source.node?.className ?? source.node?.parentElement?.className)]);
            }
        }).observe({ type: 'layout-shift', buffered: true });"""
    )
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    address = page.get_by_test_id("clip-demo_street").get_attribute("href")
    page.goto(f"{product.url}{address}")
    labeller.wait_for_views()
    page.wait_for_timeout(2000)
    shifts = page.evaluate("window.shifts")
    assert sum(shift[0] for shift in shifts) < 0.02, shifts
