"""A labeller with a mouse and a keyboard: points at things in the world as the views show it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from api_client import ApiClient
from playwright.sync_api import Page, expect
from product import Product

Vector = Sequence[float]


@dataclass
class Labeller:
    """Works on one page."""

    page: Page
    product: Product

    def log_in(
        self,
        username: str,
        *,
        sees_tour: bool = False,
        preferences: Mapping[str, object] | None = None,
    ) -> None:
        """Log in by the form; who has been here before is not shown around."""
        if not sees_tour:
            client = ApiClient(self.product.url).log_in(username, self.product.password(username))
            client.patch("/api/me/preferences", {"tour": {"isSeen": True}, **(preferences or {})})
        self.page.goto(self.product.url)
        self.page.get_by_test_id("login-username").fill(username)
        self.page.get_by_test_id("login-password").fill(self.product.password(username))
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_test_id("user-menu")).to_be_visible()

    def log_out(self) -> None:
        self.page.goto(self.product.url)
        self.page.get_by_test_id("user-menu").click()
        self.page.get_by_test_id("logout").click()
        expect(self.page.get_by_test_id("login-username")).to_be_visible()

    def open_clip(self, name: str) -> None:
        self.page.get_by_test_id(f"clip-{name}").click()
        self.wait_for_views()

    def wait_for_views(self) -> None:
        # Not wait_for_function: it needs eval, which the page's security policy forbids.
        for _ in range(100):
            if self.page.evaluate(
                "document.querySelector('[data-testid=view-world]')?.toScreen !== undefined"
            ):
                break
            self.page.wait_for_timeout(100)
        self.page.wait_for_timeout(1500)

    def screen(self, view: str, point_m: Vector) -> tuple[float, float]:
        """Where a point of the world is on the page, in CSS pixels."""
        found = self.page.evaluate(
            """([id, point]) => {
                const view = document.querySelector(`[data-testid=view-${id}]`);
                const rect = view.getBoundingClientRect();
                const at = view.toScreen(point);
                return at && [rect.left + at[0], rect.top + at[1],
                    at[0] > 0 && at[1] > 0 && at[0] < rect.width && at[1] < rect.height];
            }""",
            [view, [float(value) for value in point_m]],
        )
        assert found is not None, f"{point_m} is behind the viewer of the view {view}"
        assert found[2], f"{point_m} is outside the view {view}: {found}"
        return found[0], found[1]

    def drag(self, view: str, start_m: Vector, end_m: Vector) -> None:
        """Press at one point of the world, move in steps as a hand does, release at another."""
        mouse = self.page.mouse
        mouse.move(*self.screen(view, start_m))
        self.page.wait_for_timeout(100)
        mouse.down()
        mouse.move(*self.screen(view, end_m), steps=8)
        mouse.up()
        self.page.wait_for_timeout(500)  # software GL draws some frames a second

    def look_down_at(self, point_m: Vector, times: int) -> None:
        """Top view, brought to a place by the wheel alone: it zooms towards the pointer."""
        self.page.keyboard.press("z")
        self.page.wait_for_timeout(400)
        for _ in range(30):
            try:
                at = self.screen("world", point_m)
                break
            except AssertionError:
                box = self.page.get_by_test_id("view-world").bounding_box()
                assert box is not None
                self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                self.page.mouse.wheel(0, 240)
                self.page.wait_for_timeout(60)
        for _ in range(times):
            at = self.screen("world", point_m)
            self.page.mouse.move(*at)
            self.page.mouse.wheel(0, -240)
            self.page.wait_for_timeout(80)

    def delete_all(self) -> None:
        """Begin with no labels, also where the product has been worked with before."""
        if self.page.get_by_test_id("label-row").count():
            self.page.keyboard.press("Control+a")
            self.page.keyboard.press("Delete")
        expect(self.page.get_by_test_id("label-row")).to_have_count(0)

    def number(self, test_id: str) -> float:
        return float(self.page.get_by_test_id(test_id).input_value().replace("\u2212", "-"))

    def box(self) -> "Box":
        """The selected box, as the fields say it."""
        names = ("x", "y", "z")
        position = [self.number(f"property-position-{name}") for name in names]
        sizes = [self.number(f"property-size-{name}") for name in ("L", "W", "H")]
        return Box(position, sizes, math.radians(self.number("property-yaw")))

    def set_number(self, test_id: str, value: float) -> None:
        field = self.page.get_by_test_id(test_id)
        field.click()
        field.fill(f"{value:.3f}")
        field.press("Enter")

    def wait_until_saved(self) -> None:
        expect(self.page.get_by_test_id("save-state")).to_contain_text("saved", timeout=20_000)
        self.page.wait_for_timeout(1200)
        expect(self.page.get_by_test_id("save-state")).to_contain_text("saved", timeout=20_000)

    def pixels(self, test_id: str) -> str:
        """What a camera's overlay and picture show now."""
        found: str = self.page.evaluate(
            """(id) => [...document.querySelectorAll(`[data-testid="${id}"] canvas`)]
                .map((canvas) => canvas.toDataURL()).join()""",
            test_id,
        )
        assert found, f"no canvas in {test_id}"
        return found


@dataclass
class Box:
    """An upright box."""

    position_m: list[float]
    size_m: list[float]
    yaw_rad: float

    def point(self, along: float, across: float, up: float) -> np.ndarray:
        """A point of it: -1 to 1 along its length, width and height."""
        c, s = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        x, y = along * self.size_m[0] / 2, across * self.size_m[1] / 2
        offset = np.array([c * x - s * y, s * x + c * y, up * self.size_m[2] / 2])
        return np.array(self.position_m) + offset
