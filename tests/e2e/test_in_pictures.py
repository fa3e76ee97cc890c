"""Labelling in a picture: a box is drawn over the ground and pulled there."""

from pathlib import Path

import numpy as np
from labeller import Labeller, Vector
from playwright.sync_api import Page, expect
from product import Product


def in_picture(labeller: Labeller, camera: str, point_m: Vector) -> tuple[float, float]:
    """Where a point of the world is in the large picture, on the page."""
    for _ in range(100):
        at = labeller.page.evaluate(
            """([id, point]) => {
                const view = document.querySelector(`[data-testid="${id}"]`);
                const rect = view.getBoundingClientRect();
                const at = view.toScreen?.(point);
                return at && [rect.left + at[0], rect.top + at[1]];
            }""",
            [f"camera-large-{camera}", [float(value) for value in point_m]],
        )
        if at is not None:  # drawn once, it knows where its picture lies
            return at[0], at[1]
        labeller.page.wait_for_timeout(100)
    raise AssertionError(f"{point_m} is not before the camera {camera}")


def drag(labeller: Labeller, start: tuple[float, float], end: tuple[float, float]) -> None:
    mouse = labeller.page.mouse
    mouse.move(*start)
    labeller.page.wait_for_timeout(150)
    mouse.down()
    mouse.move(*end, steps=8)
    mouse.up()
    labeller.page.wait_for_timeout(600)


def test_a_box_is_drawn_and_pulled_in_a_picture(
    page: Page, product: Product, screenshot_folder: Path
) -> None:
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    labeller.open_clip("demo_street")
    labeller.delete_all()
    page.keyboard.press("Home")
    page.keyboard.press("Alt+1")
    page.wait_for_timeout(1500)
    camera = page.locator("[data-testid^=camera-large-]").get_attribute("data-testid")
    assert camera is not None
    name = camera.removeprefix("camera-large-")

    # Over the ground ahead, which rises a little, from rear to front.
    rear, front = (9.0, 0.0, 0.19), (13.5, 0.4, 0.29)
    page.keyboard.press("b")
    drag(labeller, in_picture(labeller, name, rear), in_picture(labeller, name, front))
    expect(page.get_by_test_id("label-row")).to_have_count(1)
    drawn = labeller.box()
    np.testing.assert_allclose(drawn.position_m[:2], [11.25, 0.2], atol=0.6)
    assert abs(drawn.yaw_rad) < 0.25

    # The rear faces the camera: it is pulled nearer, the front stays.
    page.screenshot(path=screenshot_folder / "picture.png")
    drag(
        labeller,
        in_picture(labeller, name, drawn.point(-1, 0, 0)),
        in_picture(labeller, name, drawn.point(-1.4, 0, 0)),
    )
    pulled = labeller.box()
    assert pulled.size_m[0] > drawn.size_m[0] + 0.3
    np.testing.assert_allclose(pulled.point(1, 0, 0)[:2], drawn.point(1, 0, 0)[:2], atol=0.05)
    assert pulled.size_m[1:] == drawn.size_m[1:]
    labeller.wait_until_saved()
