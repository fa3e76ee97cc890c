"""What must hold for any lens, also for those that nobody has built."""

import math
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
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
from projection.camera import MANY
from projection.kernels.lens import project_points
from projection.kernels.pack import pack_points
from projection.polylines import project_polyline
from projection.spec import SpecError

WIDTH, HEIGHT = 1280, 960
SEEN = (Status.OK, Status.OUT_OF_IMAGE)
often = settings(max_examples=60)


def number(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


FOCAL = {"fx": number(200, 1500), "fy": number(200, 1500), "cx": number(500, 780)}
CENTRED = st.fixed_dictionaries({**FOCAL, "cy": number(380, 580)})


def coefficients(*sizes: float) -> st.SearchStrategy[list[float]]:
    """Numbers up to these sizes, either sign."""
    return st.tuples(*(number(-size, size) for size in sizes)).map(list)


def with_own(model: str, **own: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Specifications of a model with the usual four numbers and some of its own."""
    params = st.tuples(CENTRED, st.fixed_dictionaries(own)).map(lambda two: two[0] | two[1])
    return params.map(lambda made: {"model": model, "params": made})


# Tangential and prism terms as small as real ones: the domain is the radial part's.
_BROWN4 = (0.5, 0.3, 0.002, 0.002)
_RATIONAL = (*_BROWN4, 0.2, 0.5, 0.3, 0.1)
_PRISM = (*_RATIONAL, 0.002, 0.001, 0.002, 0.001)
_PIXELS = {"cx": number(500, 780), "cy": number(380, 580)}
_CDE = st.tuples(number(0.9, 1.1), number(-0.05, 0.05), number(-0.05, 0.05)).map(list)
_FORWARD = st.tuples(number(200, 800), number(-80, 80), number(-80, 80), number(-20, 20))
_BACKWARD = st.tuples(number(0.8, 3), number(-0.5, 0.5), number(-0.5, 0.5))
LENSES = {
    "pinhole": with_own("pinhole"),
    "opencv": with_own(
        "opencv",
        distortion=st.one_of(
            coefficients(*_BROWN4),
            coefficients(*_BROWN4, 0.2),
            coefficients(*_RATIONAL),
            coefficients(*_PRISM),
            coefficients(*_PRISM, 0.1, 0.1),
        ),
    ),
    "opencv_fisheye": with_own("opencv_fisheye", distortion=coefficients(0.2, 0.1, 0.05, 0.02)),
    "ftheta": st.one_of(
        st.fixed_dictionaries(
            {
                **_PIXELS,
                "reference": st.just("forward"),
                "angle_to_pixeldist": _FORWARD.map(lambda k: [0.0, *k]),
                "linear_cde": _CDE,
            }
        ),
        st.fixed_dictionaries(
            {
                **_PIXELS,
                "reference": st.just("backward"),
                "pixeldist_to_angle": _BACKWARD.map(
                    lambda k: [0.0, k[0] * 1e-3, k[1] * 1e-6, k[2] * 1e-9]
                ),
            }
        ),
    ).map(lambda params: {"model": "ftheta", "params": params}),
    "mei": with_own("mei", xi=number(0.0, 3.0), distortion=coefficients(0.4, 0.3, 0.002, 0.002)),
    "double_sphere": with_own("double_sphere", xi=number(-0.9, 0.9), alpha=number(0.0, 1.0)),
    "woodscape": st.fixed_dictionaries(
        {
            **_PIXELS,
            "k": st.tuples(number(200, 500), number(-50, 50), number(-40, 40), number(-20, 20)).map(
                list
            ),
            "aspect_ratio": number(0.9, 1.1),
        }
    ).map(lambda params: {"model": "woodscape", "params": params}),
    "cylindrical": with_own("cylindrical"),
}


def camera_of(spec: dict[str, Any], max_angle_rad: float | None) -> Camera:
    """The camera, where there is such a lens and it sees anything to speak of."""
    limit = {} if max_angle_rad is None else {"max_angle_rad": max_angle_rad}
    try:
        camera = Camera.from_dict({"name": "x", "width": WIDTH, "height": HEIGHT, **spec, **limit})
    except SpecError:
        assume(False)
    assume(camera.limit_rad > 0.05)
    return camera


CAMERAS = st.builds(
    camera_of, st.one_of(*LENSES.values()), st.one_of(st.none(), number(0.3, math.pi))
)
SEEDS = st.integers(0, 2**32 - 1)


def directions(seed: int, count: int) -> np.ndarray:
    """Rays all round, half of them near the axis."""
    generator = np.random.default_rng(seed)
    rays = generator.normal(size=(count, 3))
    rays[::2, 2] = np.abs(rays[::2, 2]) * 4.0
    return rays / np.linalg.norm(rays, axis=1, keepdims=True)


@often
@given(CAMERAS, SEEDS)
def test_ray_comes_back_from_its_pixel(camera: Camera, seed: int) -> None:
    rays = directions(seed, 200)
    uv, status = camera.project(rays * np.exp(np.linspace(-3, 5, 200))[:, None])
    angle = np.arccos(np.clip(rays[:, 2], -1.0, 1.0))
    # At the rim itself a pixel hardly moves with its ray.
    inside = (status == Status.OK) & (angle < 0.97 * camera.limit_rad)
    back, found = camera.unproject(uv[inside])
    assert (found == status[inside]).all()
    again, status_again = camera.project(back)
    assert np.isin(status_again, SEEN).all()
    assert np.abs(again - uv[inside]).max(initial=0.0) < 1e-6
    assert np.abs(back - rays[inside]).max(initial=0.0) < 1e-6


@often
@given(CAMERAS, SEEDS)
def test_status_says_what_the_angle_and_the_picture_say(camera: Camera, seed: int) -> None:
    rays = directions(seed, 200)
    uv, status = camera.project(rays)
    assert (np.isnan(uv).any(axis=1) == ~np.isin(status, SEEN)).all()
    angle = np.arccos(np.clip(rays[:, 2], -1.0, 1.0))
    assert not np.isin(status[angle > camera.limit_rad + 1e-7], SEEN).any()
    with np.errstate(invalid="ignore"):
        off = ~((uv >= -0.5) & (uv < [WIDTH - 0.5, HEIGHT - 0.5])).all(axis=1)
    assert (off[status == Status.OUT_OF_IMAGE]).all()
    assert not off[status == Status.OK].any()
    # Whatever reaches the lens less than its limit off the axis has a pixel, but for what a tilted
    # sensor never meets, and what is straight up and down a cylinder.
    if camera.model not in ("opencv", "mei", "cylindrical"):
        assert np.isin(status[angle < camera.limit_rad - 1e-7], SEEN).all()


@often
@given(CAMERAS, SEEDS)
def test_compiled_lens_says_what_the_plain_one_does(camera: Camera, seed: int) -> None:
    points = directions(seed, 300) * 7.0
    uv, status = camera.project(points)
    single, code = np.empty((300, 2)), np.empty(300, dtype=np.uint8)
    project_points(pack_points(camera), points, single, code)
    many = np.resize(points, (MANY, 3))
    many_uv, many_status = camera.project(many)
    scale = np.maximum(1.0, np.abs(uv) * 1e-3)
    for ours, found in ((single, code), (many_uv[:300], many_status[:300])):
        # Within a rounding of the rim the two may part.
        same = np.isin(found, SEEN) | (found == Status.OK)
        both = same & np.isin(status, SEEN)
        assert (same != np.isin(status, SEEN)).sum() == 0
        assert (np.abs(ours - uv)[both] / scale[both]).max(initial=0.0) < 1e-7
    assert np.array_equal(many_status[:300], status)


PLACES = st.tuples(number(-30, 30), number(-8, 8), number(-20, 40))
SIZES = st.tuples(number(0.2, 10), number(0.2, 4), number(0.2, 4))
TURNS = st.tuples(number(-3, 3), number(-3, 3), number(-3, 3))


def still_view(camera: Camera, origin: np.ndarray | None = None) -> View:
    at = np.zeros(3) if origin is None else origin
    return View(camera, RigidTransform.identity(), Trajectory([0], [at], [[0, 0, 0, 1]]), 0)


@often
@given(CAMERAS, PLACES, SIZES, TURNS, SEEDS)
def test_box_cut_and_projected_holds_what_is_projected_and_cut(
    camera: Camera, place: Any, size: Any, turn: Any, seed: int
) -> None:
    state = CuboidState(np.array(place), Rotation.from_rotvec(turn).as_quat(), np.array(size), {})
    local = np.random.default_rng(seed).uniform(-0.5, 0.5, (3000, 3))
    local[np.arange(3000), np.arange(3000) % 3] = np.where(np.arange(3000) % 2, 0.5, -0.5)
    points = state.world_from_box.apply(local * np.array(size))
    uv, status = camera.project(points)
    inside = uv[status == Status.OK]
    target = project_cuboid(still_view(camera), state)
    if target is None:
        # Rounding decides about what just touches the picture's border or the lens's rim.
        assert len(inside) <= 3
        return
    low, high = np.array(target.box_clipped).reshape(2, 2)
    assert (inside >= low - 0.3).all()
    assert (inside <= high + 0.3).all()
    assert len(target.outline) > 0


@often
@given(CAMERAS, PLACES, PLACES)
def test_line_cut_and_projected_is_what_is_projected_and_cut(
    camera: Camera, start: Any, end: Any
) -> None:
    first, last = np.array(start), np.array(end)
    along = last - first
    nearest = np.clip(-(first @ along) / max(along @ along, 1e-300), 0.0, 1.0)
    assume(np.linalg.norm(first + nearest * along) > 0.05)
    share = np.linspace(0.0, 1.0, 4001)
    uv, status = camera.project(first + share[:, None] * along)
    target = project_polyline(still_view(camera), np.array([first, last]))
    seen = status == Status.OK
    if target is None:
        assert seen.sum() <= 3
        return
    pieces = [piece.uv for piece in target.pieces]
    for piece in pieces:
        assert (piece >= -0.5 - 1e-6).all()
        assert (piece <= np.array([WIDTH, HEIGHT]) - 0.5 + 1e-6).all()
    from_a = np.concatenate([piece[:-1] for piece in pieces])
    step = np.concatenate([np.diff(piece, axis=0) for piece in pieces])
    points = uv[seen][::20]
    if not len(points) or not len(from_a):
        return
    to = points[:, None] - from_a
    squared = np.maximum((step**2).sum(axis=1), 1e-18)
    at = np.clip((to * step).sum(axis=2) / squared, 0.0, 1.0)
    apart = np.linalg.norm(to - at[..., None] * step, axis=2).min(axis=1)
    assert apart.max() < 0.5


@often
@given(CAMERAS, PLACES, SIZES, TURNS)
def test_coordinates_of_utms_size_change_nothing(
    camera: Camera, place: Any, size: Any, turn: Any
) -> None:
    origin = np.array([691_000.0, 5_334_000.0, 520.0])
    quat = Rotation.from_rotvec(turn).as_quat()
    far_place = np.array(place) + origin
    here = CuboidState(far_place - origin, quat, np.array(size), {})
    there = CuboidState(far_place, quat, np.array(size), {})
    near = project_cuboid(still_view(camera), here)
    far = project_cuboid(still_view(camera, origin), there)
    assert (near is None) == (far is None)
    if near is not None and far is not None:
        assert np.allclose(near.box_clipped, far.box_clipped, atol=1e-5)


class Windscreen:
    """Bends rays a little, and back again: a shear has an exact inverse."""

    def __init__(self, shear: float) -> None:
        self._matrix = np.array([[1.0, 0.0, shear], [0.0, 1.0, -0.5 * shear], [0.0, 0.0, 1.0]])

    def bend(self, points: np.ndarray) -> np.ndarray:
        return points @ self._matrix.T

    def unbend(self, rays: np.ndarray) -> np.ndarray:
        return rays @ np.linalg.inv(self._matrix).T


@often
@given(CAMERAS, SEEDS, number(-0.05, 0.05))
def test_windscreen_is_seen_through_both_ways(camera: Camera, seed: int, shear: float) -> None:
    behind = camera.with_ray_warp(Windscreen(shear))
    rays = directions(seed, 100)
    bent = Windscreen(shear).bend(rays)
    uv, status = behind.project(rays)
    plain_uv, plain_status = camera.project(bent)
    assert np.array_equal(status, plain_status)
    assert np.array_equal(uv, plain_uv, equal_nan=True)
    angle = np.arctan2(np.hypot(bent[:, 0], bent[:, 1]), bent[:, 2])
    inside = (status == Status.OK) & (angle < 0.97 * camera.limit_rad)
    back, _ = behind.unproject(uv[inside])
    assert np.abs(back - rays[inside]).max(initial=0.0) < 1e-6
