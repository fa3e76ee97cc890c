"""Polygons and polylines in pictures, held against rays and against densely sampled lines."""

from typing import Any

import numpy as np
import pytest
import shapely
from golden_lenses import CAMERAS as BY_NAME
from scipy.spatial.transform import Rotation

from projection import Camera, RigidTransform, Shutter, Status, Trajectory, View
from projection.polygons import project_polygon
from projection.polylines import points_along, project_polyline
from projection.regions import region_of

CAMERAS = list(BY_NAME.values())
TURNS = Rotation.from_euler("z", [[0.0], [0.03]])
DRIVE = Trajectory([0, 10**8], [[0, 0, 0], [1.5, 0.1, 0]], TURNS.as_quat())
FRONT = RigidTransform([0.5, 0.0, 1.5], [-0.5, 0.5, -0.5, 0.5])
DOWN = RigidTransform([0.5, 0.0, 1.5], [1.0, 0.0, 0.0, 0.0])
UP = RigidTransform([0.5, 0.0, 1.5], [0.0, 0.0, 0.0, 1.0])

#: A road all around with a traffic island, an L, and a sign that stands.
ROAD = [
    [[-30, -8, 0], [50, -8, 0], [50, 9, 0], [-30, 9, 0]],
    [[6, -1, 0], [9, -2, 0], [12, 1, 0], [7, 2, 0]],
]
ELL = [[[-2, 1, 0], [9, 1, 0], [9, 2, 0], [3, 2, 0], [3, 7, 0], [-2, 7, 0]]]
SIGN = [[[7, -2, 1], [7, 2, 1], [7, 2, 3.5], [7, -2, 3.5]]]
POLYGONS = {"road": (ROAD, [0, 0, 1]), "ell": (ELL, [0, 0, 1]), "sign": (SIGN, [1, 0, 0])}


def hits(view: View, rings: Any, normal: Any, pixels: np.ndarray) -> np.ndarray:
    """(n,) whether each pixel's own ray meets a flat polygon."""
    origins, rays, status = view.unproject(pixels)
    plane = np.array(normal, dtype=float)
    with np.errstate(all="ignore"):
        distance = ((np.array(rings[0][0]) - origins) @ plane) / (rays @ plane)
        points = origins + distance[:, None] * rays
    axes = [axis for axis in range(3) if not plane[axis]]
    polygon = shapely.Polygon(
        np.array(rings[0])[:, axes], [np.array(ring)[:, axes] for ring in rings[1:]]
    )
    inside = shapely.contains_xy(polygon, points[:, axes[0]], points[:, axes[1]])
    return inside & (status == Status.OK) & (distance > 0)


def wrong_pixels(view: View, rings: Any, normal: Any) -> tuple[int, int]:
    camera = view.camera
    u = np.linspace(0, camera.width - 1, 80)
    v = np.linspace(0, camera.height - 1, 80)
    pixels = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    hit = hits(view, rings, normal, pixels)
    target = project_polygon(view, [np.array(ring, dtype=float) for ring in rings])
    if target is None:
        return int(hit.sum()), int(hit.sum())
    region = region_of(list(target.rings))
    shapely.prepare(region)
    wrong = np.flatnonzero(shapely.contains_xy(region, pixels[:, 0], pixels[:, 1]) != hit)
    distance = shapely.distance(region.boundary, shapely.points(pixels[wrong]))
    assert target.area_px == pytest.approx(region.area)
    return int((distance > 0.2).sum()), int(hit.sum())


@pytest.mark.parametrize("order", [1, -1], ids=["anticlockwise", "clockwise"])
@pytest.mark.parametrize("mount", [FRONT, DOWN, UP], ids=["front", "down", "up"])
@pytest.mark.parametrize("spec", CAMERAS, ids=lambda spec: spec["name"])
def test_polygon_covers_the_pixels_whose_ray_meets_it(
    spec: dict[str, Any], mount: RigidTransform, order: int
) -> None:
    view = View(Camera.from_dict(spec), mount, DRIVE, 0)
    seen = 0
    for name, (forward, normal) in POLYGONS.items():
        rings = [ring[::order] for ring in forward]
        wrong, hit = wrong_pixels(view, rings, normal)
        seen += hit
        assert wrong == 0, name
    assert seen > 0 or mount is UP


@pytest.mark.parametrize("direction", ["top_to_bottom", "right_to_left"])
@pytest.mark.parametrize("name", ["pinhole", "opencv_5_folds_in_picture", "fisheye_beyond_180"])
def test_polygon_follows_each_line_of_a_rolling_shutter(name: str, direction: str) -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == name)
    shutter = Shutter(direction, 30_000.0)  # type: ignore[arg-type]
    view = View(Camera.from_dict(spec), FRONT, DRIVE, 0, shutter)
    for rings, normal in POLYGONS.values():
        wrong, hit = wrong_pixels(view, rings, normal)
        assert wrong == 0
        assert hit > 10


LINE = np.array(
    [[-9.0, 2, 0], [1, 2, 0], [4, 1.5, 0.1], [30, -4, 0.3], [33, 9, 0.2], [2, 7, 0], [-6, 5, 0]]
)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("spec", CAMERAS, ids=lambda spec: spec["name"])
def test_line_is_where_its_points_are_and_nowhere_else(spec: dict[str, Any], closed: bool) -> None:
    camera = Camera.from_dict(spec)
    shutter = Shutter("top_to_bottom", 20_000.0)
    for view in (View(camera, FRONT, DRIVE, 0), View(camera, FRONT, DRIVE, 0, shutter)):
        check_line(view, closed=closed)


def check_line(view: View, *, closed: bool) -> None:
    target = project_polyline(view, LINE, closed=closed)
    assert target is not None
    vertices = np.concatenate([LINE, LINE[:1]]) if closed else LINE
    drawn = shapely.union_all([shapely.LineString(piece.uv) for piece in target.pieces])
    for piece in target.pieces:
        assert (np.diff(piece.parameter) >= 0).all()
        wrapped = np.where(
            piece.parameter > len(vertices) - 1,
            piece.parameter - (len(vertices) - 1),
            piece.parameter,
        )
        uv, _, _ = view.project_world(points_along(vertices, wrapped))
        assert np.abs(uv - piece.uv).max() < 0.06
        # What is drawn reaches no further than the picture.
        assert (piece.uv >= -0.5 - 1e-6).all()
        assert (piece.uv <= np.array([view.camera.width, view.camera.height]) - 0.5 + 1e-6).all()
    dense = points_along(vertices, np.linspace(0, len(vertices) - 1, 1500))
    uv, _, status = view.project_world(dense)
    seen = status == Status.OK
    assert seen.sum() > 20
    distance = shapely.distance(drawn, shapely.points(uv[seen]))
    assert distance.max() < 0.1


@pytest.mark.parametrize(
    "between", [[], [[5.0, 0.2, 1.5], [5.0, -0.1, 1.52]]], ids=["one", "three"]
)
@pytest.mark.parametrize("spec", CAMERAS, ids=lambda spec: spec["name"])
def test_line_across_the_view_is_one_piece_though_its_ends_are_out_of_sight(
    spec: dict[str, Any], between: list[list[float]]
) -> None:
    view = View(Camera.from_dict(spec), FRONT, DRIVE, 0)
    vertices = np.array([[5.0, 70, 1.45], *between, [5.0, -70, 1.54]])
    target = project_polyline(view, vertices)
    assert target is not None
    assert len(target.pieces) == 1
    parameter = np.linspace(0.0, len(vertices) - 1, 6000)
    uv, _, status = view.project_world(points_along(vertices, parameter))
    seen = uv[status == Status.OK]
    drawn = shapely.LineString(target.pieces[0].uv)
    assert len(seen) > 20
    assert shapely.distance(drawn, shapely.points(seen)).max() < 0.1


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("name", ["pinhole", "fisheye_beyond_180", "mei", "ftheta_forward"])
def test_slope_around_the_axis_is_seen_where_it_meets_the_axis_not_where_its_middle_is(
    name: str, ahead: bool
) -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == name)
    view = View(Camera.from_dict(spec), FRONT, DRIVE, 0)
    # One metre before (or behind) the camera on its axis, but most of it on the other side.
    side = 1.0 if ahead else -1.0
    x = side * np.array([-6.0, 1.0, 1.0, -6.0])
    y, z = np.array([-2.0, -2.0, 2.0, 2.0]), side + 2.0 * x
    target = project_polygon(view, [np.stack([0.5 + z, -x, 1.5 - y], axis=1)])
    uv, _ = view.camera.project(np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.2]]) + 1e-3)
    region = region_of(list(target.rings)) if target is not None else shapely.Polygon()
    assert shapely.contains_xy(region, *uv[0]) == ahead


def test_line_by_the_axis_of_a_lens_that_leaves_a_spot_there_out_is_followed_round_it() -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == "ftheta_forward")
    polynomial = [30.0, *spec["params"]["angle_to_pixeldist"][1:]]
    params = {**spec["params"], "angle_to_pixeldist": polynomial}
    view = View(Camera.from_dict({**spec, "params": params}), FRONT, DRIVE, 0)
    vertices = np.array([[9.0, 0.4, 1.503], [9.0, -0.5, 1.503]])
    target = project_polyline(view, vertices)
    assert target is not None
    parameter = np.linspace(0.0, 1.0, 4000)
    uv, _, status = view.project_world(points_along(vertices, parameter))
    drawn = shapely.LineString(target.pieces[0].uv)
    assert (status == Status.OK).all()
    assert shapely.distance(drawn, shapely.points(uv)).max() < 0.1


def test_lane_beside_and_behind_a_camera_is_cut_at_its_plane() -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == "pinhole")
    view = View(Camera.from_dict(spec), FRONT, DRIVE, 0)
    target = project_polyline(view, np.array([[-20.0, 2, 0], [30.0, 2, 0]]))
    assert target is not None
    assert len(target.pieces) == 1
    piece = target.pieces[0]
    assert view.camera.contains(piece.uv[1:-1]).all()
    assert piece.parameter[0] > 20.5 / 50
    assert piece.parameter[-1] == 1.0


def test_things_behind_are_not_there() -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == "pinhole")
    view = View(Camera.from_dict(spec), FRONT, DRIVE, 0)
    behind = np.array([[-20.0, 2, 0], [-3.0, 2, 0], [-3.0, 5, 0]])
    assert project_polyline(view, behind) is None
    assert project_polygon(view, [behind]) is None


def test_degenerate_things_are_not_there() -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == "pinhole")
    view = View(Camera.from_dict(spec), FRONT, DRIVE, 0)
    point = np.tile([[9.0, 0.0, 1.0]], (4, 1))
    assert project_polygon(view, [point]) is None
    nothing = np.full((3, 3), np.nan)
    assert project_polygon(view, [nothing]) is None
    assert project_polyline(view, nothing) is None


def test_self_crossing_polygon_is_filled_even_odd() -> None:
    spec = next(spec for spec in CAMERAS if spec["name"] == "pinhole")
    view = View(Camera.from_dict(spec), FRONT, DRIVE, 0)
    bow = np.array([[9.0, -1, 0.5], [9.0, 1, 2.5], [9.0, 1, 0.5], [9.0, -1, 2.5]])
    target = project_polygon(view, [bow])
    assert target is not None
    half = project_polygon(view, [np.array([[9.0, -1, 0.5], [9.0, 0, 1.5], [9.0, -1, 2.5]])])
    assert half is not None
    assert target.area_px == pytest.approx(2 * half.area_px, rel=1e-6)
