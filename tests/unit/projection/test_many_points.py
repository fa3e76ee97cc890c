"""Many points at once: compiled loops, the same answers as the plain lenses."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projection import Camera, RigidTransform, Shutter, Trajectory, View
from projection.camera import MANY

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "cameras.json"
ENTRIES = json.loads(GOLDEN.read_text())["cameras"]


def hostile() -> list[list[float]]:
    values = [0.0, 1.0, -1.0, 1e-200, 1e200, -1e300, math.nan, math.inf, -math.inf, 5e-324]
    return [[x, y, z] for x in values for y in values[:6] for z in values]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["camera"]["name"])
def test_many_points_get_what_few_points_get(entry: dict[str, Any]) -> None:
    camera = Camera.from_dict(entry["camera"])
    generator = np.random.default_rng(2)
    points = np.concatenate(
        [
            [case["point"] for case in entry["project"]],
            hostile(),
            generator.normal(size=(MANY, 3)) * 10.0 ** generator.uniform(-3, 4, (MANY, 1)),
        ]
    )
    many_uv, many_status = camera.project(points)
    parts = [camera.project(part) for part in np.array_split(points, 3)]
    uv = np.concatenate([part[0] for part in parts])
    status = np.concatenate([part[1] for part in parts])
    assert np.array_equal(status, many_status)
    assert np.array_equal(np.isnan(uv), np.isnan(many_uv))
    scale = np.where(np.abs(uv) < 1e4, 1.0, np.abs(uv))
    assert np.nanmax(np.abs(uv - many_uv) / scale) < 1e-9


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["camera"]["name"])
def test_many_points_of_the_world_get_what_few_points_get(entry: dict[str, Any]) -> None:
    camera = Camera.from_dict(entry["camera"])
    origin = np.array([691_000.0, 5_334_000.0, 520.0])
    turn = np.array([0.1, -0.5, 0.2, 0.8])
    still = Trajectory([0], [origin], [turn / np.linalg.norm(turn)])
    view = View(camera, RigidTransform([1.5, 0.0, 1.4], [-0.5, 0.5, -0.5, 0.5]), still, 0)
    generator = np.random.default_rng(5)
    near = generator.normal(size=(MANY, 3)) * 10.0 ** generator.uniform(-1, 3, (MANY, 1))
    points = np.concatenate([origin + near, [origin], hostile()])
    many = view.project_world(points)
    parts = [view.project_world(part) for part in np.array_split(points, 3)]
    uv, depth_m, status = (np.concatenate([part[i] for part in parts]) for i in range(3))
    assert np.array_equal(status, many[2])
    assert np.array_equal(np.isnan(uv), np.isnan(many[0]))
    finite = np.isfinite(uv).all(axis=1)
    scale = np.maximum(np.abs(uv[finite]), 1e3)
    assert np.abs((uv - many[0])[finite] / scale).max() < 1e-9
    assert np.allclose(depth_m[finite], many[1][finite], rtol=1e-12, atol=1e-9)


def test_many_points_of_a_read_out_get_what_single_points_get() -> None:
    camera = Camera.from_dict(ENTRIES[3]["camera"])
    drive = Trajectory([0, 10**8], [[0, 0, 0], [2.0, 0.1, 0]], [[0, 0, 0, 1], [0, 0, 0.02, 0.9998]])
    mount = RigidTransform([1.5, 0.0, 1.4], [-0.5, 0.5, -0.5, 0.5])
    view = View(camera, mount, drive, 0, Shutter("bottom_to_top", 40_000.0))
    generator = np.random.default_rng(4)
    points = generator.normal(size=(60, 3)) * np.array([20.0, 10.0, 3.0]) + np.array([15.0, 0, 1])
    velocities = generator.normal(size=(60, 3)) * 5.0
    uv, depth_m, status, offset_ns = view.project_world_timed(points, velocities)
    for row in range(60):
        one = view.project_world_timed(points[row], velocities[row])
        assert one[2][0] == status[row]
        assert np.allclose(one[0][0], uv[row], atol=1e-5, rtol=0, equal_nan=True)
        assert np.allclose(one[1][0], depth_m[row], atol=1e-7, rtol=0, equal_nan=True)
        assert np.allclose(one[3][0], offset_ns[row], atol=1.0, rtol=0, equal_nan=True)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["camera"]["name"])
def test_many_pixels_get_the_rays_that_few_pixels_get(entry: dict[str, Any]) -> None:
    camera = Camera.from_dict(entry["camera"])
    generator = np.random.default_rng(3)
    size = np.array([camera.width, camera.height])
    pixels = generator.uniform(-0.4 * size, 1.4 * size, (MANY, 2))
    pixels[:3] = [[math.nan, 0.0], [math.inf, 5.0], [1e300, -1e300]]
    many_rays, many_status = camera.unproject(pixels)
    parts = [camera.unproject(part) for part in np.array_split(pixels, 3)]
    rays = np.concatenate([part[0] for part in parts])
    assert np.array_equal(np.concatenate([part[1] for part in parts]), many_status)
    assert np.array_equal(np.isnan(rays), np.isnan(many_rays))
    assert np.nanmax(np.abs(rays - many_rays)) < 1e-11
