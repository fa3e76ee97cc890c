"""How much of a box is off the picture, held against a hundred thousand samples."""

from typing import Any

import numpy as np
import pytest
from golden_lenses import CAMERAS
from scipy.spatial.transform import Rotation
from test_cuboid_outlines import hits

from projection import Camera, RigidTransform, Scene, Status, Track, Trajectory, View, render

NAMES = ("pinhole", "opencv_8_rational", "fisheye_beyond_180", "cylindrical", "mei")
SAMPLES = 100_000
SHUTTERS = {
    "global": {"type": "global"},
    "down": {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 35_000.0},
    "left": {"type": "rolling", "direction": "right_to_left", "line_delay_ns": 35_000.0},
}
#: Where boxes of 4 x 2 x 1.5 m are, from where the camera is and looks: ahead, at the picture's
#: sides and corners, beside the camera, overhead, reaching behind it.
PLACES = [
    (9.0, 0.0, -0.3), (7.0, 4.2, 0.2), (6.0, -5.0, 0.1), (5.0, 3.0, 2.4), (4.0, -2.4, -1.6),
    (1.0, 2.6, -0.4), (0.5, -2.4, 0.3), (-0.5, 2.2, 0.0), (2.4, 0.3, -1.6), (-3.5, 1.8, 0.2),
]  # fmt: skip


def moving_box(place: tuple[float, ...]) -> dict[str, Any]:
    start = np.array(place) + np.array([1.0, 0.2, 1.4])
    ends = np.stack([start, start + np.array([0.5, 0.4, 0.0])])
    return (
        {
            "id": "a", "class": "car", "geometry": "cuboid", "size_m": [4, 2, 1.5],
            "keyframes": [
                {"time_ns": time, "position_m": end, "quat_xyzw": [0, 0.05, 0.3, 0.952628]}
                for time, end in zip(("0", "100000000"), ends.tolist(), strict=True)
            ],
        }
    )  # fmt: skip


def moving_view(name: str, shutter: str) -> View:
    way = Trajectory(
        [0, 30_000_000, 100_000_000],
        [[0, 0, 0], [0.5, 0.0, 0], [1.6, 0.1, 0]],
        Rotation.from_euler("z", [[0.0], [0.02], [0.05]]).as_quat(),
    )
    mount = RigidTransform([1.0, 0.2, 1.4], [-0.5, 0.5, -0.5, 0.5])
    return View(Camera.from_dict(CAMERAS[name]), mount, way, 0, SHUTTERS[shutter])


def off_by_surface(view: View, box: Track, rng: np.random.Generator) -> float:
    """Share of a box's surface without a pixel in the picture."""
    length, width, height = size = np.array([4.0, 2.0, 1.5])
    areas = np.repeat([width * height, length * height, length * width], 2)
    faces = rng.choice(6, SAMPLES, p=areas / areas.sum())
    local = rng.uniform(-0.5, 0.5, (SAMPLES, 3))
    local[np.arange(SAMPLES), faces // 2] = np.where(faces % 2, 0.5, -0.5)
    positions, quats, _ = box.poses(np.array([0, 100_000_000]))
    now = RigidTransform(positions[0], quats[0]).apply(local * size)
    speed = (positions[1] - positions[0]) / 0.1
    _, _, status = view.project_world(now, speed)
    return float((status != Status.OK).mean())


def off_by_area(view: View, box: Track, full: tuple, rng: np.random.Generator) -> float:
    """Share of the pixels' plane that a box covers which is off the picture."""
    u0, v0, u1, v1 = full
    pixels = rng.uniform([u0, v0], [u1, v1], (SAMPLES, 2))
    origins, rays, status = view.unproject(pixels)
    there = status != Status.OUTSIDE_DOMAIN
    offsets = view.shutter.offset_ns(pixels, view.camera.width, view.camera.height)
    positions, quats, sizes = box.poses(np.rint(offsets).astype(np.int64))
    hit = np.zeros(SAMPLES, dtype=bool)
    hit[there] = hits(
        origins[there], rays[there], positions[there], Rotation.from_quat(quats[there]), sizes[0]
    )
    return float((status[hit] != Status.OK).mean())


@pytest.mark.parametrize("shutter", SHUTTERS)
@pytest.mark.parametrize("name", NAMES)
def test_truncation_is_the_share_of_samples_off_the_picture(name: str, shutter: str) -> None:
    view = moving_view(name, shutter)
    rng = np.random.default_rng(11)
    by_area = by_surface = 0
    for place in PLACES:
        label = moving_box(place)
        box, scene = Track.from_dict(label), Scene.from_labels([label])
        targets = render(view, scene, ["truncation", "truncation_surface", "box2d_full"])
        surface = off_by_surface(view, box, rng)
        if not len(targets):
            assert surface > 0.9999
            continue
        target = targets.labels[0].target
        assert target.truncation is not None
        assert target.truncation_surface is not None
        # We have some hundreds of samples on each face; a strip at its border may lie between two.
        assert abs(target.truncation_surface - surface) < 0.02, place
        if target.box_full is None:
            by_surface += 1
            assert target.truncation == target.truncation_surface
        else:
            by_area += 1
            truth = off_by_area(view, box, target.box_full, rng)
            assert abs(target.truncation - truth) < 0.006, place
    assert by_area >= 2
    assert by_surface >= 1
