"""Targets drawn over real recordings, to look at, and what else the recordings agree with.

The pictures go to ``test-output/real-clips``, which is never committed: the recordings' licences.
What the sources say in numbers is compared in ``test_reading_real_clips.py``.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.projection.pictures import draw_boxes, draw_masks, draw_road, picture_of, write
from bench.projection.recordings import (
    FEATURES_PX,
    SEAM_M,
    feature_errors,
    seams,
    view_of,
    world_points,
)
from projection import Scene, View, render
from projection.io import ClipFolder, read_clip_folder

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


def draw_sweep(clip: ClipFolder, picture: np.ndarray, view: View) -> int:
    """Lidar points, red where near; how many there are in the picture."""
    near = [row for row in clip.sweeps if abs(row.time_ns - view.time_ns) < 60_000_000]
    if not near:
        return 0
    points = world_points(clip, near[0])
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
        view = view_of(clip, image.camera, image.time_ns)
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


@pytest.mark.parametrize(("frames", "agreement_px"), FEATURES_PX.items())
def test_features_of_a_stereo_pair_are_where_a_later_picture_has_them(
    real_clips: Path, frames: int, agreement_px: float
) -> None:
    errors = feature_errors(read_clip_folder(real_clips / "kitti_odometry_1"), frames)
    assert len(errors) > 100
    assert np.median(errors) <= agreement_px


def test_lines_on_the_road_run_on_from_one_fisheye_into_the_next(real_clips: Path) -> None:
    apart_m, above = seams(read_clip_folder(real_clips / "pjlab_fisheye"))
    OUT.mkdir(parents=True, exist_ok=True)
    write(OUT / "pjlab_fisheye_from_above.jpg", above)
    # Painted lines left and right of the car, seen by the camera of that side and by two others.
    assert len(apart_m) == 4
    assert max(apart_m) < SEAM_M
