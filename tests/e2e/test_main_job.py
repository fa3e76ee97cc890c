"""The main job: a clip in, labelled once in the browser, targets for every camera out."""

import contextlib
import io
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labeller import Box, Labeller
from playwright.sync_api import Page, expect
from product import ROOT, Product
from pycocotools.coco import COCO

from projection import Track, View, project_cuboid
from projection.io import ClipFolder, read_clip_folder

REAL_CLIP = ROOT.parent / "shared" / "data" / "clips" / "ddad_scene_02"
# The car parked behind the recording car on the left; its reference label stands in the clip.
REAL_CAR = "1740587446"


@pytest.fixture(scope="module")
def clip_name(product: Product) -> str:
    """The real clip, or the simulated one where there are no real recordings."""
    if not REAL_CLIP.is_dir():
        return "demo_street"
    result = product.manage("import_clip", str(REAL_CLIP), "--project", "demo")
    assert result.returncode == 0, result.stderr
    return REAL_CLIP.name


@pytest.fixture(scope="module")
def clip_folder(clip_name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same clip as a folder, for its reference labels."""
    if clip_name == REAL_CLIP.name:
        return REAL_CLIP
    from simulation import make_clip

    folder = tmp_path_factory.mktemp("reference") / "clip"
    make_clip(folder, pictures=False, sweeps=False)
    return folder


def reference_track(clip_folder: Path) -> Track:
    """The reference label of one car that stands near and in plain view."""
    folder = read_clip_folder(clip_folder)
    labels = [
        label
        for path in sorted((clip_folder / "labels").glob("*.json"))
        for label in json.loads(path.read_text())["labels"]
        if label["class"] == "car"
    ]
    if clip_folder == REAL_CLIP:
        return Track.from_dict(next(one for one in labels if one["id"] == REAL_CAR))
    time_ns = int(folder.images[0].time_ns)
    tracks = [Track.from_dict(label) for label in labels if label["static"]]
    ego = folder.trajectory.at(time_ns).position_m
    return min(tracks, key=lambda track: np.linalg.norm(track.at(time_ns).position_m - ego))


def as_box(track: Track, time_ns: int) -> Box:
    state = track.at(time_ns)
    assert state is not None
    forward = state.world_from_box.apply(np.array([[1.0, 0.0, 0.0]]))[0] - state.position_m
    return Box(list(state.position_m), list(state.size_m), math.atan2(forward[1], forward[0]))


def overlap(a: Any, b: Any) -> float:
    """Intersection over union of two boxes (x, y, width, height)."""
    x0, y0 = max(a[0], b[0]), max(a[1], b[1])
    x1, y1 = min(a[0] + a[2], b[0] + b[2]), min(a[1] + a[3], b[1] + b[3])
    shared = max(0.0, x1 - x0) * max(0.0, y1 - y0)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def test_a_car_boxed_in_the_browser_is_in_every_cameras_export(
    page: Page,
    product: Product,
    clip_name: str,
    clip_folder: Path,
    screenshot_folder: Path,
    tmp_path: Path,
) -> None:
    folder = read_clip_folder(clip_folder)
    track = reference_track(clip_folder)
    ticks = folder.ticks_ns().tolist()
    first, last = as_box(track, ticks[0]), as_box(track, ticks[-1])

    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    page.screenshot(path=screenshot_folder / "clips.png")
    labeller.open_clip(clip_name)
    labeller.delete_all()
    fit_first_tick(labeller, first)
    page.screenshot(path=screenshot_folder / "box.png")
    fitted = labeller.box()

    # Undone and redone, step by step, it is the same again.
    page.keyboard.press("Control+z")
    assert labeller.box() != fitted
    page.keyboard.press("Control+Shift+z")
    assert labeller.box() == fitted

    put_at_last_tick(labeller, last)
    page.keyboard.press("Home")
    page.wait_for_timeout(500)
    assert labeller.box().position_m == pytest.approx(fitted.position_m, abs=0.011)

    labeller.wait_until_saved()
    page.screenshot(path=screenshot_folder / "labelling.png")
    page.reload()
    labeller.wait_for_views()
    expect(page.get_by_test_id("label-row")).to_have_count(1)
    page.get_by_test_id("label-row").click()
    page.keyboard.press("Home")
    page.wait_for_timeout(500)
    assert labeller.box().size_m == pytest.approx(fitted.size_m, abs=0.011)
    labeller.log_out()

    exported = export_in_browser(labeller, clip_name, screenshot_folder, tmp_path)
    agreement = compare(exported, folder, track)
    (screenshot_folder / "agreement.json").write_text(json.dumps(agreement, indent=1))
    assert len(agreement) >= 3, "the car is in at least three images"
    # Where the car is cut by the picture's edge a small error counts most.
    assert min(row["iou"] for row in agreement) > 0.6, agreement
    assert float(np.median([row["iou"] for row in agreement])) > 0.8, agreement


def fit_first_tick(labeller: Labeller, wanted: Box) -> None:
    """Box the car in the 3D view, and pull its sides in the views of the selection."""
    page = labeller.page
    page.keyboard.press("Home")
    labeller.look_down_at(wanted.position_m, times=6)
    # One drag from the rear to the front makes the box: heading and length are drawn.
    page.keyboard.press("b")
    labeller.drag("world", wanted.point(-1, 0, -1), wanted.point(1, 0, -1))
    expect(page.get_by_test_id("label-row")).to_have_count(1)
    drawn = labeller.box()
    assert math.cos(drawn.yaw_rad - wanted.yaw_rad) > math.cos(math.radians(5))

    page.wait_for_timeout(500)
    camera_id = page.locator("[data-testid^='camera-best-']").get_attribute("data-testid")
    assert camera_id is not None
    before = labeller.pixels(camera_id)
    for end in (1.0, -1.0):
        labeller.drag("top", labeller.box().point(end, 0.5, 0), wanted.point(end, 0.5, 0))
    for side in (1.0, -1.0):
        labeller.drag("top", labeller.box().point(0, side, 0), wanted.point(0, side, 0))
    for side in (1.0, -1.0):
        labeller.drag("side", labeller.box().point(0, 0, side), wanted.point(0, 0, side))
    assert labeller.pixels(camera_id) != before, "the outline in the picture did not move along"
    np.testing.assert_allclose(labeller.box().size_m, wanted.size_m, atol=0.25)


def put_at_last_tick(labeller: Labeller, wanted: Box) -> None:
    """Correct the box at the last tick, which makes a second keyframe: between, it moves."""
    labeller.page.keyboard.press("End")
    labeller.page.wait_for_timeout(800)
    for name, value in zip("xyz", wanted.position_m, strict=True):
        labeller.set_number(f"property-position-{name}", value)


def export_in_browser(
    engineer: Labeller, clip_name: str, screenshot_folder: Path, tmp_path: Path
) -> COCO:
    """Look at targets, start an export with the button, and load the file that it offers."""
    page = engineer.page
    engineer.log_in("engineer")
    page.get_by_test_id("exports-link").click()
    page.get_by_test_id("export-clips").click()
    page.get_by_role("option", name=clip_name).click()
    page.keyboard.press("Escape")
    # It begins with an image that shows labels: nothing has to be chosen.
    page.get_by_test_id("look").click()
    shows_some = re.compile(r"[1-9]\d* targets? in this image")
    # On a machine that has projected nothing yet, the kernels are compiled first.
    expect(page.get_by_test_id("preview")).to_contain_text(shows_some, timeout=120_000)
    expect(page.get_by_test_id("preview-clip")).to_have_value(clip_name)
    expect(page.get_by_test_id("preview-camera")).not_to_have_value("")
    page.screenshot(path=screenshot_folder / "export-preview.png")
    page.get_by_test_id("export-start").click()
    newest = page.get_by_test_id("export").first
    expect(newest).to_have_attribute("data-state", "done", timeout=60_000)
    page.screenshot(path=screenshot_folder / "export.png")
    with page.expect_download() as download:
        newest.get_by_test_id("export-file").filter(has_text="coco").first.click()
    path = tmp_path / "coco.json"
    download.value.save_as(path)
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def compare(exported: COCO, folder: ClipFolder, track: Track) -> list[dict[str, Any]]:
    """For each image in which the reference label is: how well the exported 2D box agrees."""
    rows = []
    for image in exported.loadImgs(exported.getImgIds()):
        camera = folder.camera(image["camera"])
        view = View(camera, None, folder.trajectory, int(image["time_ns"]))
        target = project_cuboid(view, track)
        if target is None:
            continue
        u0, v0, u1, v1 = target.box_clipped
        # COCO counts from the corner of the first pixel, not from its centre.
        reference = (u0 + 0.5, v0 + 0.5, u1 - u0, v1 - v0)
        if min(reference[2:]) < 20:
            continue
        [found] = exported.loadAnns(exported.getAnnIds(imgIds=[image["id"]])) or [None]
        iou = 0.0 if found is None else overlap(reference, found["bbox"])
        rows.append({"camera": image["camera"], "time_ns": image["time_ns"], "iou": round(iou, 4)})
    return rows
