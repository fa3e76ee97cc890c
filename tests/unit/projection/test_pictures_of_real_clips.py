"""Targets drawn over real recordings, to look at, and what else the recordings agree with.

The pictures go to ``test-output/real-clips``, which is never committed: the recordings' licences.
What the sources say in numbers is compared in ``test_reading_real_clips.py``.
"""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.projection.pictures import draw_boxes, draw_masks, draw_road, picture_of, write
from projection import Scene, View, render
from projection.io import ClipFolder, ImageRow, read_clip_folder, read_sweep

OUT = Path(__file__).resolve().parents[3] / "test-output" / "real-clips"
#: Clips, and how many of their labels the pictures drawn here must show at least.
CLIPS = {
    "av2_7fab2350": 60,
    "ddad_scene_02": 10,
    "kitti_odometry_1": 0,
    "kitti_tracking_0001": 3,
    "nuscenes_bevdet": 30,
    "openlane_1": 5,
    "pjlab_fisheye": 0,
    "pjlab_lidar2camera": 0,
}
#: Camera of the side, another one, where the line is, and from where to where both see it well.
SEAMS = [
    ("Left", "Front", 4.9, (1.0, 6.0)),
    ("Left", "Back", 4.9, (-6.0, -2.0)),
    ("Right", "Front", -2.7, (3.0, 6.0)),
    ("Right", "Back", -2.7, (-6.0, -3.0)),
]


def view_of(clip: ClipFolder, image: ImageRow) -> View:
    return View(clip.camera(image.camera), None, clip.trajectory, image.time_ns)


def draw_sweep(clip: ClipFolder, picture: np.ndarray, view: View) -> int:
    """Lidar points, red where near; how many there are in the picture."""
    near = [row for row in clip.sweeps if abs(row.time_ns - view.time_ns) < 60_000_000]
    if not near:
        return 0
    row = near[0]
    lidar = next(lidar for lidar in clip.lidars if lidar.name == row.lidar)
    points = read_sweep(clip.path / row.path, lidar.fields).positions_m
    if row.frame == "lidar":
        points = lidar.ego_from_lidar.apply(points)
    if row.frame != "world":
        points = clip.trajectory.at(row.time_ns).apply(points)
    uv, depth_m, status = view.project_world(points)
    seen = status == 0
    shade = np.clip(255.0 * 4.0 / np.maximum(depth_m[seen], 4.0), 0, 255).astype(np.uint8)
    colors = cv2.applyColorMap(shade, cv2.COLORMAP_TURBO)[:, 0]
    for (column, line), color in zip(np.rint(uv[seen]).astype(int), colors.tolist(), strict=True):
        cv2.circle(picture, (column, line), 1, color, -1)
    return int(seen.sum())


@pytest.mark.parametrize("name", CLIPS)
def test_real_clip_is_drawn_with_all_its_targets(real_clips: Path, name: str) -> None:
    clip = read_clip_folder(real_clips / name)
    scene = Scene(clip.label_sets)
    shown: set[str] = set()
    points = 0
    for camera in clip.cameras:
        times = [row.time_ns for row in clip.sweeps[:1]] or [0]
        image = min(clip.images_of(camera.name), key=lambda row: abs(row.time_ns - times[0]))
        view = view_of(clip, image)
        picture = picture_of(clip, image)
        assert picture.shape[:2] == (camera.height, camera.width)
        points += draw_sweep(clip, picture, view)
        draw_road(picture, view, scene)
        draw_masks(picture, view, scene)
        draw_boxes(picture, view, scene)
        found = render(view, scene, ["box2d_clipped", "polyline", "polygon"])
        shown |= {entry.label.id for entry in found}
        target = OUT / name / f"{camera.name}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, picture)
        assert target.stat().st_size > 1000
    assert len(shown) >= CLIPS[name]
    assert points > 5000 or not clip.sweeps


def followed(before: np.ndarray, after: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, ...]:
    """Where features (n, 2) of one picture are in the next, and which are found again."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, after, at, None, maxLevel=4)
    back, again, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, maxLevel=4)
    kept = (found.ravel() == 1) & (again.ravel() == 1) & (np.abs(back - at).max(axis=1) < 0.3)
    return there, kept


def between(left: tuple[np.ndarray, ...], right: tuple[np.ndarray, ...]) -> np.ndarray:
    """The middle (n, 3) of where rays (origin, direction) pass each other."""
    (a, da, _), (b, db, _) = left, right
    apart, along = a - b, (da * db).sum(axis=1)
    to_a, to_b = (da * apart).sum(axis=1), (db * apart).sum(axis=1)
    s = (along * to_b - to_a) / (1.0 - along**2)
    t = (to_b - along * to_a) / (1.0 - along**2)
    return 0.5 * (a + s[:, None] * da + b + t[:, None] * db)


@pytest.mark.parametrize(("frames", "agreement_px"), [(1, 0.6), (8, 3.0)])
def test_features_of_a_stereo_pair_are_where_a_later_picture_has_them(
    real_clips: Path, frames: int, agreement_px: float
) -> None:
    clip = read_clip_folder(real_clips / "kitti_odometry_1")
    lefts, rights = (clip.images_of(camera.name) for camera in clip.cameras)

    def grey(image: ImageRow) -> np.ndarray:
        picture = cv2.imread(str(clip.path / str(image.path)), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        return picture

    errors = []
    for first in range(0, len(lefts) - frames, 2):
        picture = grey(lefts[first])
        features = cv2.goodFeaturesToTrack(picture, 400, 0.01, 8)[:, 0]
        matched, kept = followed(picture, grey(rights[first]), features)
        shift = features - matched
        # In a rectified pair a feature stays on its line; what hardly moves is too far away.
        kept &= (np.abs(shift[:, 1]) < 1.0) & (shift[:, 0] > 4.0)
        path = features
        for before, after in pairwise(lefts[first : first + frames + 1]):
            path, found = followed(grey(before), grey(after), path)
            kept &= found
        left, right = view_of(clip, lefts[first]), view_of(clip, rights[first])
        points = between(left.unproject(features), right.unproject(matched))
        uv, _, status = view_of(clip, lefts[first + frames]).project_world(points)
        errors += np.hypot(*(uv - path)[kept & (status == 0)].T).tolist()
    assert len(errors) > 100
    assert np.median(errors) <= agreement_px


def from_above(clip: ClipFolder, image: ImageRow, grid: np.ndarray) -> np.ndarray:
    """A picture laid on the road, z = 0, at points (h, w, 2) of it; NaN where it sees none."""
    view = view_of(clip, image)
    road = np.concatenate([grid.reshape(-1, 2), np.zeros((grid.size // 2, 1))], axis=1)
    uv, _, status = view.project_world(clip.trajectory.at(image.time_ns).apply(road))
    source = picture_of(clip, image).mean(axis=2).astype(np.float32)
    at = np.where((status == 0)[:, None], uv, -10.0).astype(np.float32).reshape(grid.shape)
    laid = cv2.remap(source, at[..., 0], at[..., 1], cv2.INTER_LINEAR)
    return np.where((status == 0).reshape(grid.shape[:2]), laid, np.nan)


def test_lines_on_the_road_run_on_from_one_fisheye_into_the_next(real_clips: Path) -> None:
    clip = read_clip_folder(real_clips / "pjlab_fisheye")
    step = 0.02
    x, y = np.meshgrid(np.arange(-8.0, 8.0, step), np.arange(-8.0, 8.0, step))
    grid = np.stack([x, y], axis=2)
    laid = {
        camera.name: from_above(clip, clip.images_of(camera.name)[0], grid)
        for camera in clip.cameras
    }
    OUT.mkdir(parents=True, exist_ok=True)
    above = np.nanmean(np.stack([np.nan_to_num(part) for part in laid.values()]), axis=0)
    write(OUT / "pjlab_fisheye_from_above.jpg", above.astype(np.uint8))
    # Painted lines left and right of the car, seen by the camera of that side and by two others.
    for side, other, y_m, x_m in SEAMS:
        lines = np.flatnonzero(np.abs(y[:, 0] - y_m) < 0.6)
        columns = np.flatnonzero((x[0] > x_m[0]) & (x[0] < x_m[1]))
        places = []
        for camera in (side, other):
            band = laid[camera][np.ix_(lines, columns)]
            assert np.isfinite(band).all()
            smooth = cv2.GaussianBlur(band, (0, 0), 1.0 / step * 0.04)
            places.append(y[lines[smooth.argmax(axis=0)], 0])
        apart = np.median(np.abs(places[0] - places[1]))
        assert apart < 0.1, (side, other)
