"""Surfaces and lines that the camera all but touches, through every lens: against rays."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from golden_lenses import CAMERAS
from scipy.spatial.transform import Rotation

from projection import Camera, RigidTransform, Status, Trajectory, View
from projection.polygons import project_polygon
from projection.polylines import Lines, PolylineTarget, project_polyline, project_polylines
from projection.regions import region_of

DIRECTIONS = ["top_to_bottom", "bottom_to_top", "left_to_right", "right_to_left"]
PLACE = np.array([1.0, 0.2, 1.4])
NAMES = sorted(CAMERAS)
#: Surfaces that came out wrong when they were followed in space.
SURFACES = [
    ("pinhole", 108), ("opencv_8_rational", 121), ("fisheye_beyond_180", 153), ("mei_flat", 101),
    ("mei", 151), ("woodscape_by_offset", 108), ("double_sphere_fold", 140),
    ("ftheta_forward", 176),
]  # fmt: skip


def drive(draw: np.random.Generator, name: str, *, rolling: bool) -> View:
    """A camera that looks anywhere, from a vehicle that drives and turns."""
    shutter = {
        "type": "rolling",
        "direction": str(draw.choice(DIRECTIONS)),
        "line_delay_ns": float(draw.choice([1e4, 2e4, 3.5e4])),
    }
    speed = draw.normal(size=3) * draw.choice([8.0, 15.0, 30.0]) * [1.0, 0.3, 0.1]
    turns = Rotation.from_euler("z", [[0.0], [0.1 * draw.normal() * draw.choice([0.0, 0.5])]])
    way = Trajectory([0, 10**8], [[0, 0, 0], 0.1 * speed], turns.as_quat())
    mount = RigidTransform(PLACE, Rotation.random(random_state=draw).as_quat())
    camera = Camera.from_dict(CAMERAS[name])
    return View(camera, mount, way, 0, shutter if rolling else {"type": "global"})


def camera_at(view: View, line: float) -> RigidTransform:
    """world_from_camera at a line's time."""
    positions, quats = view.poses.at(np.array([line * view.shutter.line_delay_ns]))
    return RigidTransform(positions[0] + view.origin_m, quats[0]) @ view.ego_from_camera


def midway(view: View) -> np.ndarray:
    """(3,) where the camera is when half of the picture has been read out."""
    count = view.shutter.line_count(view.camera.width, view.camera.height)
    place: np.ndarray = camera_at(view, 0.5 * count if view.shutter.is_rolling else 0.0).position_m
    return place


def wrong_pixels_of_a_surface(draw: np.random.Generator, view: View, off_m: float) -> int:
    """How many of a grid's pixels are told wrong of a star with a hole that is so near."""
    turned = Rotation.random(random_state=draw)
    place, size = midway(view) + off_m * draw.normal(size=3), draw.uniform(0.5, 12.0)
    angles = np.linspace(0.0, 2.0 * np.pi, 7, endpoint=False) + draw.uniform(0.0, 0.8, 7)
    star = np.stack([np.cos(angles), np.sin(angles), np.zeros(7)], axis=1)
    outer = size * draw.uniform(0.5, 1.0, 7)[:, None] * star
    hole = size * draw.uniform(0.05, 0.3) * star[::-1]
    camera = view.camera
    u = np.linspace(0, camera.width - 1, 48).round()
    v = np.linspace(0, camera.height - 1, 48).round()
    pixels = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    origins, rays, status = view.unproject(pixels)
    o = turned.inv().apply(origins - place)
    d = turned.inv().apply(np.where(np.isfinite(rays), rays, 1.0))
    with np.errstate(all="ignore"):
        distance = -o[:, 2] / d[:, 2]
        met = o + distance[:, None] * d
    polygon = shapely.Polygon(outer[:, :2], [hole[:, :2]])
    hit = shapely.contains_xy(polygon, met[:, 0], met[:, 1])
    hit &= (status == Status.OK) & (distance > 0)
    target = project_polygon(view, [turned.apply(outer) + place, turned.apply(hole) + place])
    if target is None:
        return int(hit.sum())
    region = region_of(list(target.rings))
    shapely.prepare(region)
    wrong = np.flatnonzero(shapely.contains_xy(region, pixels[:, 0], pixels[:, 1]) != hit)
    return int((shapely.distance(region.boundary, shapely.points(pixels[wrong])) > 0.3).sum())


@pytest.mark.parametrize("name", NAMES)
def test_surface_at_the_camera_is_what_its_rays_meet(name: str) -> None:
    # A cylinder's rim may have to be followed either way.
    for seed in range(40 if name.startswith("cylindrical") else 8):
        draw = np.random.default_rng(seed)
        view = drive(draw, name, rolling=False)
        assert wrong_pixels_of_a_surface(draw, view, float(draw.choice([0.05, 0.3, 2.0]))) == 0, (
            seed
        )


@pytest.mark.parametrize(("name", "seed"), SURFACES)
def test_surface_at_a_camera_with_a_rolling_shutter_is_what_its_rays_meet(
    name: str, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    view = drive(draw, name, rolling=True)
    assert wrong_pixels_of_a_surface(draw, view, float(draw.choice([0.3, 2.0]))) == 0


def line_at(draw: np.random.Generator, view: View, gap_m: float) -> np.ndarray:
    """(4, 3) vertices of a line whose first piece passes the camera by a gap, midway."""
    along = draw.normal(size=3)
    along /= np.linalg.norm(along)
    across = np.cross(along, draw.normal(size=3))
    across *= gap_m / np.linalg.norm(across)
    ends = across - along * draw.uniform(0.1, 6.0), across + along * draw.uniform(0.1, 6.0)
    return midway(view) + np.stack([*ends, *(3.0 * draw.normal(size=(2, 3)))])


def seen_by_line(view: View, vertices: np.ndarray, line: float, count: int = 500) -> np.ndarray:
    """(n, 2) px at which a line's own picture, all at its time, shows something."""
    pose = camera_at(view, line)
    back = Rotation.from_quat(pose.quat_xyzw).inv()
    seen = back.apply(vertices - pose.position_m)
    unit = seen / np.linalg.norm(seen, axis=1, keepdims=True)
    share = np.linspace(0.0, 1.0, count)[:, None]
    pixels = []
    for a, b in pairwise(unit):
        angle = np.arccos(np.clip(a @ b, -1.0, 1.0))
        rays = np.sin((1.0 - share) * angle) * a + np.sin(share * angle) * b
        uv, status = view.camera.project(rays / np.linalg.norm(rays, axis=1, keepdims=True))
        pixels.append(uv[status == Status.OK])
    return np.concatenate(pixels)


def line_of(view: View, uv: np.ndarray) -> np.ndarray:
    return view.shutter.line(uv, view.camera.width, view.camera.height)


def missing_px(view: View, vertices: np.ndarray, target: PolylineTarget | None) -> float:
    """How far what single lines see of a line is from what is drawn of it, at most."""
    count = view.shutter.line_count(view.camera.width, view.camera.height)
    seen = []
    for line in range(0, count, 31):
        uv = seen_by_line(view, vertices, line)
        # The first and the last line also see what is off their side of the picture.
        seen.append(uv[np.abs(line_of(view, uv) - line) < 0.5])
    pixels = np.concatenate(seen)
    if target is None:
        return np.inf if len(pixels) else 0.0
    drawn = shapely.union_all([shapely.LineString(piece.uv) for piece in target.pieces])
    return float(shapely.distance(drawn, shapely.points(pixels)).max(initial=0.0))


def invented_px(view: View, vertices: np.ndarray, target: PolylineTarget | None) -> float:
    """How far what is drawn where it crosses a line is from what that line sees, at most."""
    worst = 0.0
    for piece in target.pieces if target is not None else ():
        at = line_of(view, piece.uv)
        for a, b, low, high in zip(piece.uv[:-1], piece.uv[1:], at[:-1], at[1:], strict=True):
            line = np.round(0.5 * (low + high))
            if line % 13 or line in (0, len(at)) or not min(low, high) < line < max(low, high):
                continue
            crossing = a + (line - low) / (high - low) * (b - a)
            # Finely enough that pieces between what is seen are straight.
            seen = seen_by_line(view, vertices, line, 4000)
            near = seen[np.argsort(np.linalg.norm(seen - crossing, axis=1))[:2]]
            worst = max(worst, shapely.LineString(near).distance(shapely.Point(crossing)))
    return worst


@pytest.mark.parametrize("seed", [0, 2])
@pytest.mark.parametrize("name", NAMES)
def test_line_at_a_camera_with_a_rolling_shutter_is_what_each_line_sees(
    name: str, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    view = drive(draw, name, rolling=True)
    vertices = line_at(draw, view, 0.001)
    target = project_polyline(view, vertices)
    assert missing_px(view, vertices, target) < 0.3
    assert invented_px(view, vertices, target) < 0.3
    for piece in target.pieces if target is not None else ():
        assert (np.diff(piece.parameter) >= 0.0).all()
        assert (piece.parameter >= 0.0).all()
        assert (piece.parameter <= 3.0).all()


def test_pieces_of_lines_of_which_some_are_close_stay_in_order() -> None:
    draw = np.random.default_rng(8)
    view = drive(draw, "fisheye_beyond_180", rolling=True)
    (origin,), (ray,), _ = view.unproject([[view.camera.width / 2, view.camera.height / 2]])
    side = np.cross(ray, draw.normal(size=3))
    near = origin + 0.01 * ray + np.outer([-1.0, 1.0, 1.5], side)
    far = origin + 6.0 * ray + draw.normal(size=(3, 3))
    alone = [project_polyline(view, far), project_polyline(view, near)]
    both = project_polylines(view, Lines.of([(far, False), (near, False)]))
    assert all(target is not None for target in alone)
    for one, other in zip(alone, both, strict=True):
        assert other is not None
        assert one is not None
        assert other.length_px == pytest.approx(one.length_px, rel=1e-9)
        assert len(other.pieces) == len(one.pieces)
