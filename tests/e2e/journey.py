"""Labelling a clip by mouse and keys alone, beside a truth that says how good it became."""

import json
import math
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from api_client import ApiClient
from labeller import Labeller
from playwright.sync_api import Page, Response, expect
from product import Product

from projection import Track

#: What lies lower in its box may be the ground.
LOW_SHARE = 0.25
#: So far from the edges of a view the pointer stays.
EDGE_PX = 16
#: Objects that so many points of some sweep show are clicked on.
CLICKED_POINTS = 40
#: What the timeline keeps free at its left and right, and where its ruler is.
TIMELINE_PX = (128, 20)
RULER_PX = 8
#: How far before the front the knob stands that turns a box.
KNOB_PX = 30


@dataclass
class World:
    """A clip as the server has it, and its truth."""

    api: ApiClient
    clip: dict[str, Any]
    truth: list[dict[str, Any]]

    @classmethod
    def of(cls, product: Product, clip_name: str) -> "World":
        """Read the clip and its reference boxes: simulated, or imported with it."""
        api = ApiClient(product.url).log_in("admin", product.password("admin"))
        clips = api.get("/api/projects/demo/clips")["results"]
        clip_id = next(clip["id"] for clip in clips if clip["name"] == clip_name)
        clip = api.get(f"/api/clips/{clip_id}")
        truth_id = next(
            one["id"]
            for one in clip["label_sets"]
            if one["source"] in {"simulation", "import"} and one["layer"] == "objects"
        )
        labels = [row["label"] for row in api.get(f"/api/label-sets/{truth_id}/labels")["labels"]]
        return cls(api, clip, [one for one in labels if one["geometry"] == "cuboid"])

    @staticmethod
    def names(product: Product) -> set[str]:
        """Of the clips that are there."""
        api = ApiClient(product.url).log_in("admin", product.password("admin"))
        return {clip["name"] for clip in api.get("/api/projects/demo/clips")["results"]}

    @cached_property
    def ticks_ns(self) -> list[int]:
        return [int(time_ns) for time_ns in self.clip["ticks_ns"]]

    @cached_property
    def image_times_ns(self) -> list[int]:
        """Of all images from the first tick to the last, rising."""
        times = {int(time_ns) for camera in self.clip["cameras"] for time_ns in camera["times_ns"]}
        return sorted(t for t in times if self.ticks_ns[0] <= t <= self.ticks_ns[-1])

    @cached_property
    def sweeps(self) -> dict[int, np.ndarray]:
        """Points (n, 3) in the world of the sweep nearest to each tick, by tick."""
        times = np.array([int(sweep["time_ns"]) for sweep in self.clip["sweeps"]])
        return {
            tick: self._points(int(np.argmin(np.abs(times - time_ns))))
            for tick, time_ns in enumerate(self.ticks_ns)
        }

    def _points(self, index: int) -> np.ndarray:
        content = self.api.read(f"/api/clips/{self.clip['id']}/sweeps/{index}")
        count = int.from_bytes(content[4:8], "little")
        return np.frombuffer(content, "<f4", 3 * count, 16).reshape(-1, 3).astype(np.float64)

    def seen(self, track: Track, tick: int) -> np.ndarray:
        """The points (n, 3) that show an object at a tick, without those near its bottom."""
        state = track.at(self.ticks_ns[tick])
        if state is None:
            return np.zeros((0, 3))
        points = self.sweeps[tick]
        near = points[np.abs(points - state.position_m).max(axis=1) < max(state.size_m)]
        # Rows: the box's axes in the world.
        axes = state.world_from_box.apply(np.eye(3)) - state.position_m
        turned = (near - state.position_m) @ axes.T
        half = 0.5 * np.asarray(state.size_m)
        inside = (np.abs(turned) <= half).all(axis=1)
        inside &= turned[:, 2] > (2 * LOW_SHARE - 1) * half[2]
        return near[inside]

    def click_point(self, track: Track, tick: int) -> np.ndarray:
        """The point (3,) in the middle of those that are seen: where somebody would click."""
        seen = self.seen(track, tick)
        assert len(seen), f"{track.label.id} is not seen at tick {tick}"
        return seen[np.argmin(np.linalg.norm(seen - np.median(seen, axis=0), axis=1))]

    def saved(self, product: Product) -> list[dict[str, Any]]:
        """The labels of the demo's labeller, as the server has them."""
        api = ApiClient(product.url).log_in("labeller", product.password("labeller"))
        sets = api.get(f"/api/clips/{self.clip['id']}/label-sets")
        own = [one for one in sets if (one["source"], one["layer"]) == ("human", "objects")]
        rows = api.get(f"/api/label-sets/{own[0]['id']}/labels")["labels"]
        return [row["label"] for row in rows]


def actions(page: Page) -> int:
    """Clicks, drags and key presses so far, as the product counts and shows them."""
    text = page.get_by_test_id("effort").get_attribute("data-actions")
    assert text is not None
    return int(text)


def yaw_of(state: Any) -> float:
    ahead = state.world_from_box.apply(np.array([[1.0, 0.0, 0.0]]))[0] - state.position_m
    return math.atan2(ahead[1], ahead[0])


@dataclass(frozen=True)
class Errors:
    """How far a label is off at the times at which both it and the truth are there."""

    metres: np.ndarray
    degrees: np.ndarray
    missing: int

    @classmethod
    def of(cls, found: Track, truth: Track, times_ns: Iterable[int]) -> "Errors":
        metres, degrees, missing = [], [], 0
        for time_ns in times_ns:
            reference, state = truth.at(time_ns), found.at(time_ns)
            if reference is None:
                continue
            if state is None:
                missing += 1
                continue
            off = state.position_m - reference.position_m
            metres.append(math.hypot(off[0], off[1]))
            turn = math.remainder(yaw_of(state) - yaw_of(reference), 2 * math.pi)
            degrees.append(abs(math.degrees(turn)))
        return cls(np.array(metres), np.array(degrees), missing)

    @property
    def right(self) -> int:
        """At how many times it is within 0.2 m and 3 degrees."""
        return int(((self.metres < 0.2) & (self.degrees < 3.0)).sum())

    @property
    def count(self) -> int:
        return len(self.metres) + self.missing


class Journey:
    """A labeller at one clip, seen from above, with a count of what it costs."""

    def __init__(self, page: Page, product: Product, clip_name: str) -> None:
        self.world = World.of(product, clip_name)
        self.page = page
        self.product = product
        self.labeller = Labeller(page, product)
        self.labeller.log_in("labeller")
        self.labeller.open_clip(clip_name)
        self.labeller.delete_all()
        self.tick = 0
        self.made: set[str] = set()
        self._answer: Response | None = None
        page.on("response", self._hear)
        page.keyboard.press("Home")
        page.keyboard.press("z")
        page.wait_for_timeout(400)

    def go_to(self, tick: int) -> None:
        """To a tick of the timeline by as few keys as take one there: Home, End, tens, ones."""
        last = len(self.world.ticks_ns) - 1
        keys = min(
            (
                [start, *_steps(tick - at)]
                for start, at in (("", self.tick), ("Home", 0), ("End", last))
            ),
            key=lambda keys: len([key for key in keys if key]),
        )
        for key in keys:
            if key:
                self.page.keyboard.press(key)
        self.tick = tick
        self.page.wait_for_timeout(500)

    def scrub_to(self, tick: int) -> None:
        """To a tick of the timeline by one click on its ruler."""
        box = self.page.get_by_test_id("timeline").bounding_box()
        assert box is not None
        start, end = (int(self.world.clip[name]) for name in ("start_ns", "end_ns"))
        share = (self.world.ticks_ns[tick] - start) / (end - start)
        left, right = TIMELINE_PX
        self.page.mouse.click(
            box["x"] + left + share * (box["width"] - left - right), box["y"] + RULER_PX
        )
        self.tick = tick
        self.page.wait_for_timeout(500)

    def look_at(self, point_m: np.ndarray, pixels_per_m: float = 14.0) -> tuple[float, float]:
        """Zoom by the wheel, towards the pointer, until a place is large; where it is then."""
        page, screen = self.page, self.labeller.screen
        box = page.get_by_test_id("view-world").bounding_box()
        assert box is not None
        for _ in range(60):
            try:
                at = screen("world", point_m)
                # At the very edge lies what the view's size is pulled by.
                assert box["x"] + EDGE_PX < at[0] < box["x"] + box["width"] - EDGE_PX
                assert box["y"] + EDGE_PX < at[1] < box["y"] + box["height"] - EDGE_PX
            except AssertionError:
                page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                page.mouse.wheel(0, 240)
                page.wait_for_timeout(40)
                continue
            try:
                beside = screen("world", point_m + np.array([1.0, 0.0, 0.0]))
                if math.dist(at, beside) >= pixels_per_m:
                    break
            except AssertionError:
                pass
            page.mouse.move(*at)
            page.mouse.wheel(0, -240)
            page.wait_for_timeout(40)
        page.wait_for_timeout(250)
        return screen("world", point_m)

    def click_box(self, track: Track, tick: int) -> int:
        """Make and fit a box by one click on an object, and wait for its track; what it cost."""
        self.go_to(tick)
        at = self.look_at(self.world.click_point(track, tick))
        before = actions(self.page)
        self.page.keyboard.down("Control")
        self.page.mouse.move(*at)
        self.page.mouse.click(*at)
        self.page.keyboard.up("Control")
        if not self.has_made(timeout_s=2.0):  # another's box lies over it: the box tool sees past
            self.page.keyboard.press("b")
            self.page.mouse.click(*at)
            assert self.has_made(timeout_s=20.0), f"no box was made for {track.label.id}"
        self.wait_for_proposal()
        return actions(self.page) - before

    def wait_for_proposal(self) -> bool:
        """Wait until the object was followed; False where it could not be."""
        answer = re.compile(r"proposed|No track|not fitted")
        expect(self.page.get_by_test_id("prompt")).to_contain_text(answer)
        return "proposed" in self.page.get_by_test_id("prompt").inner_text()

    def correct(self, truth: Track, tick: int) -> None:
        """Put the box right at a tick: a click to get there, a drag to turn it, one to move it."""
        self.scrub_to(tick)
        state = truth.at(self.world.ticks_ns[tick])
        assert state is not None
        followed = self.proposed_track()
        if followed is not None and followed.at(self.world.ticks_ns[tick]) is None:
            self.page.keyboard.press("k")  # it had ended before
            self.wait_for_proposal()
        turn = math.remainder(yaw_of(state) - self.labeller.box().yaw_rad, 2 * math.pi)
        if abs(turn) > math.radians(1.5):
            self._pull_heading(yaw_of(state))
            self.wait_for_proposal()
        box = self.labeller.box()
        if math.dist(box.position_m[:2], state.position_m[:2]) > 0.08:
            to = [state.position_m[0], state.position_m[1], box.position_m[2]]
            self.labeller.drag("top", box.position_m, to)
            self.wait_for_proposal()

    def _pull_heading(self, yaw_rad: float) -> None:
        """Pull the knob before the front round the box until it points where it should."""
        box = self.labeller.box()
        middle = np.array(box.position_m)
        at = self.labeller.screen("top", middle)
        beside = self.labeller.screen("top", middle + np.array([0.2, 0.0, 0.0]))
        arm_m = 0.5 * box.size_m[0] + 0.2 * KNOB_PX / math.dist(at, beside)
        ways = (np.array([math.cos(yaw), math.sin(yaw), 0.0]) for yaw in (box.yaw_rad, yaw_rad))
        start, end = (middle + arm_m * way for way in ways)
        self.labeller.drag("top", start, end)

    def proposed_track(self) -> Track | None:
        """What was proposed last, as the server said it; None before anything was."""
        return None if self._answer is None else Track.from_dict(self._answer.json()["label"])

    def _hear(self, answer: Response) -> None:
        if answer.url.endswith("/track-box") and answer.ok:
            self._answer = answer

    def accept(self) -> None:
        self.page.keyboard.press("Enter")
        self.labeller.wait_until_saved()

    @cached_property
    def classes(self) -> dict[str, Any]:
        """The classes of objects that have a key."""
        layers = self.world.clip["ontology"]["layers"]
        objects = next(layer for layer in layers if layer["name"] == "objects")
        return {one["name"]: one for one in objects["classes"] if one.get("hotkey")}

    def choose_class(self, class_name: str) -> None:
        """By its key, where the label has another one; it is fitted and followed anew by that."""
        wanted = self.classes[class_name]
        if self.class_title() != wanted["title"]:
            self.page.keyboard.press(wanted["hotkey"])
            self.page.wait_for_timeout(300)
            self.wait_for_proposal()

    def class_title(self) -> str:
        """Of the selected label."""
        return self.page.get_by_test_id("property-class").input_value()

    def has_made(self, timeout_s: float) -> bool:
        """Wait until a label is selected that was not there before."""
        for _ in range(round(timeout_s * 10)):
            selected = self.selected_id()
            if selected is not None and selected not in self.made:
                self.made.add(selected)
                return True
            self.page.wait_for_timeout(100)
        return False

    def selected_id(self) -> str | None:
        """Of the selected label, as the address says it."""
        found = re.search(r"[?&]label=([0-9a-f-]+)", self.page.url)
        return found.group(1) if found else None

    def saved_label(self) -> dict[str, Any]:
        """The selected label, as the server has it."""
        selected = self.selected_id()
        return next(one for one in self.world.saved(self.product) if one["id"] == selected)

    def best_tick(self, track: Track) -> tuple[int, int]:
        """The tick at which most points show an object, and how many."""
        counts = [len(self.world.seen(track, tick)) for tick in range(len(self.world.ticks_ns))]
        best = int(np.argmax(counts))
        return best, counts[best]


def _steps(count: int) -> list[str]:
    ahead = "ArrowRight" if count > 0 else "ArrowLeft"
    tens, ones = divmod(abs(count), 10)
    if ones > 5:  # over it by ten, and back
        back = "ArrowLeft" if count > 0 else "ArrowRight"
        return [f"Shift+{ahead}"] * (tens + 1) + [back] * (10 - ones)
    return [f"Shift+{ahead}"] * tens + [ahead] * ones


def best_seen(world: World, *, static: bool, travelled_m: float = 0.0) -> Track:
    """The car of which the sweep that shows it least shows most."""
    ticks = range(0, len(world.ticks_ns), 3)
    found = []
    for label in world.truth:
        track = Track.from_dict(label)
        first, last = (track.at(world.ticks_ns[k]) for k in (0, -1))
        if label["class"] != "car" or label["static"] is not static or None in (first, last):
            continue
        assert first is not None
        assert last is not None
        if np.linalg.norm(last.position_m - first.position_m) >= travelled_m:
            found.append((min(len(world.seen(track, tick)) for tick in ticks), track))
    return max(found, key=lambda one: one[0])[1]


def hardest_seen(world: World, class_name: str) -> Track | None:
    """The worst seen moving object of a class, of those that are seen well enough to click."""
    ticks = range(0, len(world.ticks_ns), 3)
    found = []
    for label in world.truth:
        if label["class"] != class_name or label["static"]:
            continue
        track = Track.from_dict(label)
        seen = [len(world.seen(track, tick)) for tick in ticks]
        if max(seen) >= CLICKED_POINTS:
            found.append((sum(seen), track))
    return min(found, key=lambda one: one[0])[1] if found else None


def correct_until_right(journey: Journey, truth: Track, *, most: int) -> int:
    """Click on an object, give it its class, pull it where it is farthest off, accept; the cost.

    Args:
        journey: At a clip without labels.
        truth: The object.
        most: No further correction is begun once so many actions were spent.
    """
    world = journey.world
    tick = journey.best_tick(truth)[0]
    journey.go_to(tick)
    before = actions(journey.page)
    journey.click_box(truth, tick)
    journey.choose_class(truth.class_name)
    pulled: set[int] = set()
    while actions(journey.page) - before < most - 3:
        followed = journey.proposed_track()
        assert followed is not None
        errors = Errors.of(followed, truth, world.image_times_ns)
        worst = worst_tick(followed, truth, world, pulled)
        if errors.right == errors.count or worst is None:
            break
        journey.correct(truth, worst)
        pulled.add(worst)
    journey.accept()
    return actions(journey.page) - before


def worst_tick(found: Track, truth: Track, world: World, but: set[int]) -> int | None:
    """The tick at which a box is farthest off; of those at which there is none the outermost."""
    off: dict[int, float] = {}
    for tick, time_ns in enumerate(world.ticks_ns):
        if tick not in but and truth.at(time_ns) is not None:
            here = Errors.of(found, truth, [time_ns])
            wrong = np.maximum(here.metres / 0.2, here.degrees / 3.0)
            off[tick] = math.inf if here.missing else float(wrong[0])
    if not off:
        return None
    worst = [tick for tick, value in off.items() if value == max(off.values())]
    return worst[0] if worst[0] == min(off) else worst[-1]


def errors_of(label: dict[str, Any], truth: Track, world: World) -> Errors:
    """How far a saved label is off at the times of the clip's images."""
    return Errors.of(Track.from_dict(label), truth, world.image_times_ns)


def label_all(journey: Journey, *, min_points: int, places: int) -> list[tuple[str, Track]]:
    """Label every object that is well seen, each by a click and the key of its class.

    All tracks wait until the end and are accepted by one key; none is corrected.

    Args:
        journey: At a clip without labels.
        min_points: An object is well seen where so many points show it at one tick.
        places: From so many ticks at most all are labelled, one tick after the other.

    Returns:
        The ids of the labels that were made, and which object each is of.
    """
    world, page = journey.world, journey.page
    count = len(world.ticks_ns)
    ticks = sorted({round(k * (count - 1) / max(places - 1, 1)) for k in range(places)})
    classes = journey.classes
    plan: dict[int, list[Track]] = {tick: [] for tick in ticks}
    for label in world.truth:
        track = Track.from_dict(label)
        seen = {tick: len(world.seen(track, tick)) for tick in ticks}
        best = max(ticks, key=lambda tick: seen[tick])
        if seen[best] >= min_points and label["class"] in classes:
            plan[best].append(track)
    made: list[tuple[str, Track]] = []
    for tick in ticks:
        # One class after the other: a new box has the class of the one before.
        for track in sorted(plan[tick], key=lambda one: one.class_name):
            journey.click_box(track, tick)
            journey.choose_class(track.class_name)
            label_id = journey.selected_id()
            if label_id is not None:
                made.append((label_id, track))
    page.wait_for_timeout(3000)
    page.keyboard.press("Control+Shift+Enter")
    # Or what is saved are the boxes that were clicked, and no track.
    expect(page.get_by_test_id("prompt").filter(has_text="proposed")).to_have_count(0)
    journey.labeller.wait_until_saved()
    return made


def export_targets(world: World, timeout_s: float = 300.0) -> int:
    """Export the labeller's boxes, and count the targets that came of them, image by image."""
    made = world.api.post(
        "/api/projects/demo/exports",
        {
            "clip_ids": [world.clip["id"]],
            "layer": "objects",
            "source": "human",
            "formats": ["coco"],
            "include_images": False,
            "spec": None,
        },
    )
    until = time.monotonic() + timeout_s
    while made["state"] not in {"done", "failed", "cancelled"}:
        assert time.monotonic() < until, f"no export in {timeout_s} s: {made}"
        time.sleep(1.0)
        made = world.api.get(f"/api/exports/{made['id']}")
    assert made["state"] == "done", made["message"]
    return annotations_of(world, made)


def annotations_of(world: World, export: dict[str, Any]) -> int:
    """How many annotations the COCO file of an export has: one label in one image each."""
    url = next(file["url"] for file in export["files"] if "coco" in file["name"])
    return len(json.loads(world.api.read(url))["annotations"])
