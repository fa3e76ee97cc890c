"""Boxes that the camera touches, is in, or all but enters, through every lens: against rays."""

from typing import Any

import numpy as np
import pytest
import shapely
from golden_lenses import CAMERAS
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

DIRECTIONS = ["top_to_bottom", "bottom_to_top", "left_to_right", "right_to_left"]
PLACE = np.array([1.0, 0.2, 1.4])


def scene(seed: int, name: str, *, rolling: bool) -> tuple[View, Track]:
    """A camera that looks and drives anywhere, and a box that it is in, at, or near to."""
    draw = np.random.default_rng(seed)
    shutter = {
        "type": "rolling",
        "direction": str(draw.choice(DIRECTIONS)),
        "line_delay_ns": float(draw.choice([2e3, 1e4, 2e4])),
    }
    speed = draw.normal(size=3) * draw.choice([0.0, 1.0, 8.0, 15.0]) * [1.0, 0.3, 0.05]
    turn = 0.1 * draw.normal() * draw.choice([0.0, 0.3, 0.6])
    turns = Rotation.from_euler("z", [[0.0], [turn]]).as_quat()
    way = Trajectory([0, 10**8], [[0, 0, 0], 0.1 * speed], turns)
    mount = RigidTransform(PLACE, Rotation.random(random_state=seed).as_quat())
    camera = Camera.from_dict(CAMERAS[name])
    view = View(camera, mount, way, 0, shutter if rolling else {"type": "global"})
    size = draw.uniform(0.05, 5.0, 3) * draw.choice([0.1, 1.0, 1.0, 1.5])
    turned = Rotation.random(random_state=seed + 1)
    kind = draw.integers(4)
    # Where the camera is in the box's own axes: anywhere, off a face, within, off an edge.
    seen_from = draw.normal(size=3) * draw.choice([0.3, 1.0, 3.0])
    if kind == 1:
        seen_from = draw.uniform(-0.5, 0.5, 3) * size
        axis = draw.integers(3)
        off = draw.choice([1e-3, 1e-2, 0.05, 0.2, -0.01])
        seen_from[axis] = draw.choice([-1, 1]) * (0.5 * size[axis] + off)
    elif kind == 2:
        seen_from = draw.uniform(-0.5, 0.5, 3) * size
    elif kind == 3:
        seen_from = draw.choice([-0.5, 0.5], 3) * size
        seen_from += draw.normal(size=3) * draw.choice([0.003, 0.05, 0.3])
        seen_from[draw.integers(3)] *= draw.uniform(-1.0, 1.0)
    place = PLACE - turned.apply(seen_from)
    later = place + 0.1 * draw.normal(size=3) * draw.choice([0.0, 0.0, 3.0, 10.0])
    box = Track.from_dict(
        {
            "id": "a", "class": "car", "geometry": "cuboid", "size_m": size.tolist(),
            "keyframes": [
                {"time_ns": time, "position_m": at.tolist(), "quat_xyzw": turned.as_quat().tolist()}
                for time, at in (("0", place), (str(10**8), later))
            ],
        }
    )  # fmt: skip
    return view, box


def wrong_pixels(view: View, box: Track, *, count: int = 64) -> int:
    """How many of a grid's pixels are told wrong, further than 0.3 px from the outline.

    Between two lines' times there is no truth: rows and columns are looked at at their middles.
    """
    camera = view.camera
    u = np.linspace(0, camera.width - 1, count).round()
    v = np.linspace(0, camera.height - 1, count).round()
    pixels = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    origins, rays, status = view.unproject(pixels)
    offsets = view.shutter.offset_ns(pixels, camera.width, camera.height)
    positions, quats, sizes = box.poses(np.rint(offsets).astype(np.int64))
    back = Rotation.from_quat(quats).inv()
    o = back.apply(origins - positions)
    d = back.apply(np.where(np.isfinite(rays), rays, 1.0))
    with np.errstate(all="ignore"):
        low, high = (-sizes[0] / 2 - o) / d, (sizes[0] / 2 - o) / d
    first, last = np.minimum(low, high).max(axis=1), np.maximum(low, high).min(axis=1)
    hit = (last >= np.maximum(first, 0.0)) & (status == Status.OK)
    target = project_cuboid(view, box)
    if target is None:
        return int(hit.sum())
    region = region_of(list(target.outline))
    shapely.prepare(region)
    wrong = np.flatnonzero(shapely.contains_xy(region, pixels[:, 0], pixels[:, 1]) != hit)
    return int((shapely.distance(region.boundary, shapely.points(pixels[wrong])) > 0.3).sum())


@pytest.mark.parametrize("name", sorted(CAMERAS))
def test_box_at_the_camera_is_what_its_rays_meet(name: str) -> None:
    for seed in range(40):
        assert wrong_pixels(*scene(seed, name, rolling=False)) == 0, seed


@pytest.mark.parametrize("name", sorted(CAMERAS))
def test_box_at_a_camera_with_a_rolling_shutter_is_what_its_rays_meet(name: str) -> None:
    for seed in range(4):
        assert wrong_pixels(*scene(seed, name, rolling=True), count=48) == 0, seed


@pytest.mark.parametrize("name", ["pinhole", "woodscape", "mei", "cylindrical", "ftheta_forward"])
@pytest.mark.parametrize("gap_m", [1e-2, 1e-4, 1e-6])
def test_edge_that_passes_the_camera_by_a_hair_is_followed_all_the_way(
    name: str, gap_m: float
) -> None:
    view, _ = scene(3, name, rolling=False)
    size = np.array([4.0, 2.0, 1.5])
    for seed in range(6):
        turned = Rotation.random(random_state=seed)
        # Off one of an edge's faces and before the other: the edge is part of the outline.
        seen_from = np.array([0.1 * size[0], 0.5 * size[1] + gap_m, 0.5 * size[2] - 0.3 * gap_m])
        keyframe = {
            "time_ns": "0",
            "position_m": (PLACE - turned.apply(seen_from)).tolist(),
            "quat_xyzw": turned.as_quat().tolist(),
        }
        box = Track.from_dict(
            {
                "id": "a", "class": "car", "geometry": "cuboid", "static": True,
                "size_m": size.tolist(), "keyframes": [keyframe],
            }
        )  # fmt: skip
        assert wrong_pixels(view, box) == 0, seed


def panorama(**more: Any) -> Camera:
    """A cylinder whose picture goes all the way round."""
    params = {"fx": 1000 / (2 * np.pi), "fy": 160.0, "cx": 499.5, "cy": 199.5}
    spec = {"name": "round", "width": 1000, "height": 400, "model": "cylindrical", "params": params}
    return Camera.from_dict({**spec, **more})


def still(camera: Camera) -> View:
    still = Trajectory([0, 10**9], [[0, 0, 0], [0, 0, 0]], [[0, 0, 0, 1], [0, 0, 0, 1]])
    return View(camera, RigidTransform.identity(), still, 0)


@pytest.mark.parametrize("max_angle_rad", [None, 1.2, 1.571, 2.4])
def test_camera_in_a_box_sees_it_in_all_directions_that_its_cylinder_has(
    max_angle_rad: float | None,
) -> None:
    view = still(panorama(max_angle_rad=max_angle_rad) if max_angle_rad else panorama())
    box = CuboidState(np.array([0.1, 0.2, -0.1]), np.array([0, 0, 0, 1.0]), np.full(3, 2.0), {})
    target = project_cuboid(view, box)
    assert target is not None
    u, v = np.meshgrid(np.arange(1000.0), np.arange(0.0, 400.0, 10.0))
    pixels = np.stack([u, v], axis=-1).reshape(-1, 2)
    _, status = view.camera.unproject(pixels)
    region = region_of(list(target.outline))
    inside = shapely.contains_xy(region, pixels[:, 0], pixels[:, 1])
    wrong = pixels[inside != (status == Status.OK)]
    assert (shapely.distance(region.boundary, shapely.points(wrong)) < 0.3).all()


@pytest.mark.parametrize("max_angle_rad", [None, 1.571, 1.6, 2.4, 3.0])
def test_boxes_across_the_seam_and_overhead_are_whole_on_a_panorama(
    max_angle_rad: float | None,
) -> None:
    camera = panorama(max_angle_rad=max_angle_rad) if max_angle_rad else panorama()
    for seed in range(40):
        _, box = scene(seed, "cylindrical", rolling=False)
        way = Trajectory([0, 10**8], [[0, 0, 0], [0, 0, 0]], [[0, 0, 0, 1], [0, 0, 0, 1]])
        mount = RigidTransform(PLACE, Rotation.random(random_state=seed).as_quat())
        assert wrong_pixels(View(camera, mount, way, 0), box) == 0, seed
