"""What must hold for any camera, any box, anywhere."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from projection import (
    Camera,
    CuboidState,
    RigidTransform,
    Status,
    Trajectory,
    View,
    project_cuboid,
)
from projection.polylines import project_polyline

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "cameras.json"
CAMERAS = [Camera.from_dict(entry["camera"]) for entry in json.loads(GOLDEN.read_text())["cameras"]]
PINHOLE = next(camera for camera in CAMERAS if camera.name == "pinhole")
CURVED = [camera for camera in CAMERAS if camera.model not in ("pinhole", "cylindrical")]
STILL = Trajectory([0], [[0, 0, 0]], [[0, 0, 0, 1]])
quick = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


places = st.tuples(numbers(-40, 40), numbers(-10, 10), numbers(-40, 60))
sizes = st.tuples(numbers(0.125, 12), numbers(0.125, 5), numbers(0.125, 5))
turns = st.tuples(numbers(-3, 3), numbers(-3, 3), numbers(-3, 3))


def box(place: Any, size: Any, turn: Any) -> CuboidState:
    return CuboidState(np.array(place), Rotation.from_rotvec(turn).as_quat(), np.array(size), {})


def view(camera: Camera) -> View:
    return View(camera, RigidTransform.identity(), STILL, 0)


@quick
@given(
    st.sampled_from(CAMERAS),
    st.lists(st.tuples(numbers(0, 1), numbers(0, 1)), min_size=1),
    st.data(),
)
def test_pixel_comes_back_from_its_ray(camera: Camera, shares: list, data: st.DataObject) -> None:
    pixels = np.array(shares) * [camera.width - 1, camera.height - 1]
    rays, status = camera.unproject(pixels)
    seen = status != Status.OUTSIDE_DOMAIN
    distance = data.draw(numbers(0.01, 1000.0))
    # Right at the rim a pixel's last digit decides whether it's seen: stay a little inside.
    inside = np.arccos(np.clip(rays[:, 2], -1, 1)) < camera.limit_rad - 1e-4
    uv, back = camera.project(rays[seen & inside] * distance)
    assert ((back == Status.OK) | (back == Status.OUT_OF_IMAGE)).all()
    assert np.abs(uv - pixels[seen & inside]).max(initial=0.0) < 1e-6


class TestBoxesInAPinhole:
    """Straight lines stay straight, so the answer is known."""

    @quick
    @given(places, sizes, turns)
    def test_box_wholly_in_front_is_the_hull_of_its_corners(
        self, place: Any, size: Any, turn: Any
    ) -> None:
        state = box(place, size, turn)
        corners = state.corners()
        assume(corners[:, 2].min() > 0.1)
        uv, _ = PINHOLE.project(corners)
        picture = shapely.box(-0.5, -0.5, PINHOLE.width - 0.5, PINHOLE.height - 0.5)
        hull = shapely.MultiPoint(uv).convex_hull
        inside = hull.intersection(picture)
        target = project_cuboid(view(PINHOLE), state)
        if inside.area <= 1e-9:
            return
        assert target is not None
        assert target.box_full is not None
        assert np.allclose(target.box_full, hull.bounds, rtol=1e-12, atol=1e-9)
        assert np.allclose(target.box_clipped, inside.bounds, rtol=1e-9, atol=1e-9)
        assert math.isclose(target.truncation, 1 - inside.area / hull.area, abs_tol=1e-9)

    @quick
    @given(places, sizes, turns)
    def test_box_that_straddles_the_cameras_plane_is_cut_there(
        self, place: Any, size: Any, turn: Any
    ) -> None:
        state = box(place, size, turn)
        depths = state.corners()[:, 2]
        assume(depths.min() < -0.01 < 0.01 < depths.max())
        target = project_cuboid(view(PINHOLE), state)
        # The truth: edges cut at a plane just in front of the camera, and the hull of what is left.
        near = 1e-4
        corners = state.corners()
        pairs = [(a, a | 1 << axis) for axis in range(3) for a in range(8) if not a >> axis & 1]
        kept = [corners[depths > near]]
        for a, b in pairs:
            if (depths[a] > near) != (depths[b] > near):
                share = (near - depths[a]) / (depths[b] - depths[a])
                kept.append((corners[a] + share * (corners[b] - corners[a]))[None])
        points = np.concatenate(kept)
        uv = points[:, :2] / points[:, 2:] * [1051.25, 1049.5] + [722.375, 455.0]
        picture = shapely.box(-0.5, -0.5, PINHOLE.width - 0.5, PINHOLE.height - 0.5)
        inside = shapely.MultiPoint(uv).convex_hull.intersection(picture)
        if target is None:
            assert inside.area < 1.0
            return
        assert target.box_full is None
        assert np.allclose(target.box_clipped, inside.bounds, atol=0.2)


@quick
@given(st.sampled_from(CURVED), places, sizes, turns)
def test_tight_box_holds_what_a_thousand_samples_an_edge_say(
    camera: Camera, place: Any, size: Any, turn: Any
) -> None:
    state = box(place, size, turn)
    corners = state.corners()
    pairs = [(a, a | 1 << axis) for axis in range(3) for a in range(8) if not a >> axis & 1]
    share = np.linspace(0, 1, 1000)[:, None]
    points = np.concatenate([corners[a] * (1 - share) + corners[b] * share for a, b in pairs])
    uv, status = camera.project(points)
    assume(((status == Status.OK) | (status == Status.OUT_OF_IMAGE)).all())
    target = project_cuboid(view(camera), state)
    if target is None or target.box_full is None:
        # Nothing in the picture, or the box goes around the camera or a blind cone behind it.
        return
    sampled = [*uv.min(axis=0), *uv.max(axis=0)]
    # Far off the picture a small part of the distance is near enough.
    far = np.abs(np.array(sampled) - [0, 0, camera.width, camera.height]).max()
    allowed = 0.3 if far < camera.width else 4e-3 * far
    assert np.abs(np.array(target.box_full) - sampled).max() < allowed


@quick
@given(st.sampled_from(CAMERAS), places, sizes, turns)
def test_nothing_that_comes_out_is_not_a_number(
    camera: Camera, place: Any, size: Any, turn: Any
) -> None:
    target = project_cuboid(view(camera), box(place, size, turn))
    if target is None:
        return
    assert np.isfinite(target.box_clipped).all()
    assert target.box_full is None or np.isfinite(target.box_full).all()
    assert 0.0 <= target.truncation <= 1.0
    u0, v0, u1, v1 = target.box_clipped
    assert -0.5 <= u0 <= u1 <= camera.width - 0.5
    assert -0.5 <= v0 <= v1 <= camera.height - 0.5
    for loop in target.outline:
        assert np.isfinite(loop).all()
        assert len(loop) >= 3


@quick
@given(st.sampled_from(CAMERAS), places, sizes, turns)
def test_world_far_from_its_origin_changes_nothing(
    camera: Camera, place: Any, size: Any, turn: Any
) -> None:
    offset = np.array([691_000.0, 5_334_000.0, 520.0])
    far = View(camera, RigidTransform.identity(), Trajectory([0], [offset], [[0, 0, 0, 1]]), 0)
    # Coordinates of this size carry a nanometre: let both worlds have the same box exactly.
    shifted = box(np.array(place) + offset, size, turn)
    here = project_cuboid(view(camera), box(shifted.position_m - offset, size, turn))
    there = project_cuboid(far, shifted)
    assert (here is None) == (there is None)
    if here is not None and there is not None:
        assert np.allclose(here.box_clipped, there.box_clipped, atol=1e-6)


@quick
@given(st.sampled_from(CAMERAS), places, places, numbers(0.1, 0.9))
def test_line_cut_in_two_covers_what_the_whole_one_does(
    camera: Camera, start: Any, end: Any, share: float
) -> None:
    first, last = np.array(start), np.array(end)
    middle = first + share * (last - first)
    # Within a centimetre of the camera's very centre, a line's direction turns in no time.
    along = last - first
    nearest = np.clip(-(first @ along) / max(along @ along, 1e-300), 0.0, 1.0)
    assume(np.linalg.norm(first + nearest * along) > 0.01)
    whole = project_polyline(view(camera), np.array([first, last]))
    parts = [
        project_polyline(view(camera), np.array(half)) for half in ([first, middle], [middle, last])
    ]
    length = sum(part.length_px for part in parts if part is not None)
    expected = whole.length_px if whole is not None else 0.0
    assert math.isclose(length, expected, rel_tol=2e-3, abs_tol=0.5)
