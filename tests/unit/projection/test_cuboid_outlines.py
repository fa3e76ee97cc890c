"""Outlines of boxes, held against rays: a pixel is inside where its own ray meets the box."""

from typing import Any

import numpy as np
import pytest
import shapely
from golden_lenses import CAMERAS as BY_NAME
from scipy.spatial.transform import Rotation

from projection import (
    Camera,
    CuboidState,
    RigidTransform,
    Status,
    Track,
    Trajectory,
    View,
    project_cuboid,
)
from projection.regions import region_of

CAMERAS = list(BY_NAME.values())
STILL = Trajectory([0, 10**9], [[0, 0, 0], [0, 0, 0]], [[0, 0, 0, 1], [0, 0, 0, 1]])

#: Boxes around a camera that looks along z: ahead, aslant, beside, overhead, behind, around it.
BOXES = [
    ([0.3, 0.2, 9.0], [4.0, 2.0, 1.5]),
    ([-3.0, 1.0, 4.0], [6.0, 2.5, 2.0]),
    ([2.0, 0.4, 0.3], [5.0, 1.0, 1.2]),
    ([-1.2, 0.5, -1.0], [1.8, 4.0, 6.0]),
    ([0.4, -2.5, 0.8], [3.0, 1.0, 3.0]),
    ([0.0, 0.3, -4.0], [2.0, 2.0, 2.0]),
    ([0.2, -0.1, 0.3], [3.0, 2.0, 2.0]),
]


def state(position: list[float], size: list[float], seed: int = 0) -> CuboidState:
    quat = Rotation.random(random_state=seed).as_quat()
    return CuboidState(np.array(position), quat, np.array(size), {})


def hits(
    origins: np.ndarray, rays: np.ndarray, positions: np.ndarray, turns: Rotation, size: np.ndarray
) -> np.ndarray:
    """(n,) whether each ray meets the box that is at its own place."""
    inverse = turns.inv()
    o, d = inverse.apply(origins - positions), inverse.apply(rays)
    with np.errstate(all="ignore"):
        near, far = (-size / 2 - o) / d, (size / 2 - o) / d
        first, last = np.minimum(near, far).max(axis=1), np.maximum(near, far).min(axis=1)
    return last >= np.maximum(first, 0.0)


def wrong_pixels(view: View, target: Any, hit: np.ndarray, pixels: np.ndarray) -> int:
    """How many pixels are told wrong that are more than a fifth of a pixel from the outline."""
    if target is None:
        return int(hit.sum())
    region = region_of(list(target.outline))
    shapely.prepare(region)
    wrong = np.flatnonzero(shapely.contains_xy(region, pixels[:, 0], pixels[:, 1]) != hit)
    distance = shapely.distance(region.boundary, shapely.points(pixels[wrong]))
    return int((distance > 0.2).sum())


def grid(camera: Camera, count: int = 90) -> np.ndarray:
    u = np.linspace(0, camera.width - 1, count)
    v = np.linspace(0, camera.height - 1, count)
    return np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("spec", CAMERAS, ids=lambda spec: spec["name"])
def test_outline_holds_the_pixels_whose_ray_meets_the_box(spec: dict[str, Any]) -> None:
    camera = Camera.from_dict(spec)
    view = View(camera, RigidTransform.identity(), STILL, 0)
    pixels = grid(camera)
    origins, rays, status = view.unproject(pixels)
    seen = status == Status.OK
    visible = 0
    for seed, (position, size) in enumerate(BOXES):
        box = state(position, size, seed)
        turns = Rotation.from_quat(np.tile(box.quat_xyzw, (len(pixels), 1)))
        hit = np.zeros(len(pixels), dtype=bool)
        hit[seen] = hits(origins[seen], rays[seen], box.position_m, turns[seen], box.size_m)
        target = project_cuboid(view, box)
        visible += target is not None
        assert wrong_pixels(view, target, hit, pixels) == 0, (position, size)
    assert visible >= 3


def test_cylinder_is_as_exact_overhead_and_across_its_seam_as_ahead() -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == "cylindrical")
    camera = Camera.from_dict(spec)
    view = View(camera, RigidTransform.identity(), STILL, 0)
    pixels = grid(camera)
    origins, rays, _ = view.unproject(pixels)
    places = [[-1.0, -2.9, 1.7], [0.2, -2.0, -0.1], [0.4, 0.5, -4.0], [-0.9, 0.9, 0.3]]
    for seed, place in enumerate(places):
        box = state(place, [4.0, 3.5, 1.8], seed)
        turns = Rotation.from_quat(np.tile(box.quat_xyzw, (len(pixels), 1)))
        hit = hits(origins, rays, box.position_m, turns, box.size_m)
        assert wrong_pixels(view, project_cuboid(view, box), hit, pixels) == 0


ROLLING = [
    ("top_to_bottom", [9.0, 1.2, 0.4], [14.0, 3.0, 0.0], 0.4),
    ("bottom_to_top", [6.0, -2.0, 0.0], [3.0, -9.0, 0.0], -0.5),
    ("left_to_right", [5.0, 0.5, 1.0], [0.0, 12.0, 0.5], 0.0),
    ("right_to_left", [3.0, -1.5, 0.2], [18.0, 0.0, 0.0], 0.8),
]


@pytest.mark.parametrize("model", ["pinhole", "opencv_5_folds_in_picture", "fisheye_beyond_180"])
@pytest.mark.parametrize(("direction", "place", "velocity", "turn"), ROLLING)
def test_outline_follows_each_line_of_a_rolling_shutter(
    model: str, direction: str, place: list[float], velocity: list[float], turn: float
) -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == model)
    camera = Camera.from_dict(spec)
    shutter = {"type": "rolling", "direction": direction, "line_delay_ns": 35_000.0}
    times = [0, 30_000_000, 100_000_000]
    turns = Rotation.from_euler("z", [[0.0], [0.02], [0.05]])
    way = Trajectory(times, [[0, 0, 0], [0.5, 0.0, 0], [1.6, 0.1, 0]], turns.as_quat())
    mount = RigidTransform([1.0, 0.2, 1.4], [-0.5, 0.5, -0.5, 0.5])
    view = View(camera, mount, way, 0, shutter)
    box = Track.from_dict(
        {
            "id": "a", "class": "car", "geometry": "cuboid", "size_m": [4, 2, 1.5],
            "keyframes": [
                {"time_ns": "0", "position_m": place, "quat_xyzw": [0, 0, 0, 1]},
                {
                    "time_ns": "100000000",
                    "position_m": [p + 0.1 * v for p, v in zip(place, velocity, strict=True)],
                    "quat_xyzw": Rotation.from_euler("z", 0.1 * turn).as_quat().tolist(),
                },
            ],
        }
    )  # fmt: skip
    pixels = grid(camera)
    origins, rays, status = view.unproject(pixels)
    seen = status == Status.OK
    offsets = view.shutter.offset_ns(pixels, camera.width, camera.height)
    positions, quats, sizes = box.poses(np.rint(offsets).astype(np.int64))
    hit = np.zeros(len(pixels), dtype=bool)
    hit[seen] = hits(
        origins[seen], rays[seen], positions[seen], Rotation.from_quat(quats[seen]), sizes[0]
    )
    target = project_cuboid(view, box)
    assert hit.sum() > 30
    # Within a read-out, corners go straight rather than on the arc of the turn: 0.2 mm here.
    assert wrong_pixels(view, target, hit, pixels) == 0


#: Where a box is, and how fast it comes, as the camera, at (1.0, 0.2, 1.4), drives at 16 m/s.
CLOSE = {
    "driven into": ([3.2, 0.2, 1.4], 0.0, "top_to_bottom"),
    "backing into it": ([3.3, 0.2, 1.4], -6.0, "right_to_left"),
    "driving off": ([2.9, 0.2, 1.4], 30.0, "top_to_bottom"),
    "a hand's breadth beside": ([2.0, 1.31, 1.2], -4.0, "bottom_to_top"),
}


@pytest.mark.parametrize("case", sorted(CLOSE))
@pytest.mark.parametrize("model", ["pinhole", "cylindrical_with_limit", "fisheye_beyond_180"])
def test_box_at_arms_length_is_right_in_every_line(model: str, case: str) -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == model)
    place, speed, direction = CLOSE[case]
    camera = Camera.from_dict(spec)
    shutter = {"type": "rolling", "direction": direction, "line_delay_ns": 35_000.0}
    way = Trajectory([0, 10**8], [[0, 0, 0], [1.6, 0.0, 0]], [[0, 0, 0, 1], [0, 0, 0, 1]])
    mount = RigidTransform([1.0, 0.2, 1.4], [-0.5, 0.5, -0.5, 0.5])
    view = View(camera, mount, way, 0, shutter)
    ends = [("0", place), (str(10**8), [place[0] + 0.1 * speed, *place[1:]])]
    box = Track.from_dict(
        {
            "id": "a", "class": "car", "geometry": "cuboid", "size_m": [4, 2, 1.5],
            "keyframes": [
                {"time_ns": time, "position_m": position, "quat_xyzw": [0, 0, 0, 1]}
                for time, position in ends
            ],
        }
    )  # fmt: skip
    # Between two lines' times there is no truth: rows or columns are looked at at their middles.
    u, v = np.linspace(0, camera.width - 1, 60).round(), np.linspace(0, camera.height - 1, 60)
    pixels = np.stack(np.meshgrid(u, v.round()), axis=-1).reshape(-1, 2)
    origins, rays, status = view.unproject(pixels)
    seen = status == Status.OK
    offsets = view.shutter.offset_ns(pixels, camera.width, camera.height)
    positions, quats, sizes = box.poses(np.rint(offsets).astype(np.int64))
    hit = np.zeros(len(pixels), dtype=bool)
    hit[seen] = hits(
        origins[seen], rays[seen], positions[seen], Rotation.from_quat(quats[seen]), sizes[0]
    )
    assert wrong_pixels(view, project_cuboid(view, box), hit, pixels) == 0


def test_a_face_that_is_passed_and_cut_is_not_turned_inside_out() -> None:
    # Some lines see a face from the front, later ones from behind, and the lens's rim cuts it.
    camera = Camera.from_dict(next(spec for spec in CAMERAS if spec["name"] == "ftheta_forward"))
    velocity, turn = np.array([9.55, -4.02, 0.73]), 0.518
    way = Trajectory(
        [0, 10**8],
        [[0, 0, 0], 0.1 * velocity],
        Rotation.from_euler("z", [[0.0], [0.1 * turn]]).as_quat(),
    )
    mount = RigidTransform([1.0, 0.2, 1.4], [0.5223, -0.1093, 0.0788, -0.8421])
    shutter = {"type": "rolling", "direction": "bottom_to_top", "line_delay_ns": 20_000.0}
    view = View(camera, mount, way, 0, shutter)
    place = np.array([1.1505, 0.5564, 2.652])
    turned = np.array([-0.4559, -0.7994, -0.369, 0.13])
    turned /= np.linalg.norm(turned)
    later = place + 0.1 * np.array([-12.4, -1.78, 0.77])
    box = Track.from_dict(
        {
            "id": "a", "class": "car", "geometry": "cuboid", "size_m": [1.42, 1.23, 0.31],
            "keyframes": [
                {"time_ns": "0", "position_m": place.tolist(), "quat_xyzw": turned.tolist()},
                {"time_ns": str(10**8), "position_m": later.tolist(), "quat_xyzw": turned.tolist()},
            ],
        }
    )  # fmt: skip
    u, v = np.linspace(0, camera.width - 1, 60).round(), np.linspace(0, camera.height - 1, 60)
    pixels = np.stack(np.meshgrid(u, v.round()), axis=-1).reshape(-1, 2)
    origins, rays, status = view.unproject(pixels)
    seen = status == Status.OK
    offsets = view.shutter.offset_ns(pixels, camera.width, camera.height)
    positions, quats, sizes = box.poses(np.rint(offsets).astype(np.int64))
    hit = np.zeros(len(pixels), dtype=bool)
    hit[seen] = hits(
        origins[seen], rays[seen], positions[seen], Rotation.from_quat(quats[seen]), sizes[0]
    )
    assert hit.sum() > 30
    assert wrong_pixels(view, project_cuboid(view, box), hit, pixels) == 0
