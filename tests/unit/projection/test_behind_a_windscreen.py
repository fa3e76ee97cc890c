"""Labels seen through something that bends rays in front of the lens, held against bent rays."""

import numpy as np
import pytest
import shapely
from golden_lenses import CAMERAS
from scipy.spatial.transform import Rotation

from projection import (
    Camera,
    CuboidState,
    RigidTransform,
    Shutter,
    Status,
    Trajectory,
    View,
    project_cuboid,
)
from projection.polygons import project_polygon
from projection.polylines import points_along, project_polyline
from projection.raster.tessellate import cuboids
from projection.raster.zbuffer import rasterise
from projection.regions import region_of

NAMES = [
    "pinhole", "opencv_5_folds_in_picture", "opencv_14_tilted", "fisheye_beyond_180",
    "ftheta_backward", "mei", "double_sphere", "woodscape", "cylindrical", "cylindrical_with_limit",
]  # fmt: skip
DRIVE = Trajectory(
    [0, 10**8], [[0, 0, 0], [1.5, 0.1, 0]], Rotation.from_euler("z", [[0.0], [0.03]]).as_quat()
)
FRONT = RigidTransform([0.5, 0.0, 1.5], [-0.5, 0.5, -0.5, 0.5])
GLOBAL, ROLLING = Shutter(), Shutter("top_to_bottom", 2e4)
ROAD = [
    [[-30, -8, 0], [50, -8, 0], [50, 9, 0], [-30, 9, 0]],
    [[6, -1, 0], [9, -2, 0], [12, 1, 0], [7, 2, 0]],
]


class Windscreen:
    """Bends by up to some two degrees, differently everywhere, also behind."""

    def bend(self, points: np.ndarray) -> np.ndarray:
        rays = points / np.linalg.norm(points, axis=1, keepdims=True)
        return rays + self._shift(rays)

    def unbend(self, rays: np.ndarray) -> np.ndarray:
        wanted = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        found = wanted
        for _ in range(12):
            bent = self.bend(found)
            found = found + wanted - bent / np.linalg.norm(bent, axis=1, keepdims=True)
            found = found / np.linalg.norm(found, axis=1, keepdims=True)
        return found

    def _shift(self, rays: np.ndarray) -> np.ndarray:
        x, y, z = rays.T
        bends = [0.02 * x * z + 0.015 * y * y, 0.01 + 0.02 * x * y * z, 0.01 * x - 0.02 * y]
        return np.stack(bends, axis=1)


WINDSCREEN = Windscreen()


class Window:
    """A polynomial in the angles' sines, as some makers have it: it knows no behind."""

    def bend(self, points: np.ndarray) -> np.ndarray:
        rays = points / np.linalg.norm(points, axis=1, keepdims=True)
        return self._ahead(rays[:, 0] + 0.01 + 0.02 * rays[:, 1], rays[:, 1] * 1.02)

    def unbend(self, rays: np.ndarray) -> np.ndarray:
        unit = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        y = unit[:, 1] / 1.02
        return self._ahead(unit[:, 0] - 0.01 - 0.02 * y, y)

    def _ahead(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.stack([x, y, np.sqrt(1.0 - x * x - y * y)], axis=1)


def view_of(name: str, shutter: Shutter, warp: Windscreen | Window | None = None) -> View:
    camera = Camera.from_dict(CAMERAS[name]).with_ray_warp(warp or WINDSCREEN)
    return View(camera, FRONT, DRIVE, 0, shutter)


def boxes() -> list[CuboidState]:
    """Ahead, aslant, beside, near, around the camera at (0.5, 0, 1.5), behind it."""
    places = [[12, 1, 1], [5, -2, 0.5], [1.2, 2.5, 1], [2.6, 0.4, 1.2], [0.6, 0.1, 1.4], [-5, 1, 1]]
    sizes = [[4, 2, 1.5], [3, 2, 2], [5, 1, 1.2], [2, 3, 1], [4, 2, 1.5], [4, 2, 2]]
    quats = Rotation.random(len(places), random_state=4).as_quat()
    return [
        CuboidState(np.array(place, dtype=float), quat, np.array(size, dtype=float), {})
        for place, quat, size in zip(places, quats, sizes, strict=True)
    ]


def distances(view: View, box: CuboidState, pixels: np.ndarray) -> np.ndarray:
    """(n,) how far along its ray each pixel meets a box; inf where it doesn't."""
    origins, rays, status = view.unproject(pixels)
    back = Rotation.from_quat(box.quat_xyzw).inv()
    o = back.apply(origins - box.position_m)
    d = back.apply(np.where(np.isfinite(rays), rays, 1.0))
    with np.errstate(all="ignore"):
        low, high = (-box.size_m / 2 - o) / d, (box.size_m / 2 - o) / d
    first, last = np.minimum(low, high).max(axis=1), np.maximum(low, high).min(axis=1)
    first = np.where(first > 0.0, first, last)
    return np.where((last >= np.maximum(first, 0.0)) & (status == Status.OK), first, np.inf)


def grid(camera: Camera, count: int = 60) -> np.ndarray:
    u = np.linspace(0, camera.width - 1, count).round()
    v = np.linspace(0, camera.height - 1, count).round()
    return np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)


def wrong_pixels(loops: list[np.ndarray], hit: np.ndarray, pixels: np.ndarray) -> int:
    region = region_of(loops)
    shapely.prepare(region)
    wrong = np.flatnonzero(shapely.contains_xy(region, pixels[:, 0], pixels[:, 1]) != hit)
    return int((shapely.distance(region.boundary, shapely.points(pixels[wrong])) > 0.3).sum())


@pytest.mark.parametrize("shutter", [GLOBAL, ROLLING], ids=["global", "rolling"])
@pytest.mark.parametrize("name", NAMES)
def test_box_covers_the_pixels_whose_bent_rays_meet_it(name: str, shutter: Shutter) -> None:
    view = view_of(name, shutter)
    pixels = grid(view.camera)
    seen = 0
    for index, box in enumerate(boxes()):
        hit = np.isfinite(distances(view, box, pixels))
        target = project_cuboid(view, box)
        seen += target is not None
        loops = [] if target is None else list(target.outline)
        assert wrong_pixels(loops, hit, pixels) == 0, index
    assert seen >= 3


@pytest.mark.parametrize("shutter", [GLOBAL, ROLLING], ids=["global", "rolling"])
@pytest.mark.parametrize("name", NAMES)
def test_surface_covers_the_pixels_whose_bent_rays_meet_it(name: str, shutter: Shutter) -> None:
    view = view_of(name, shutter)
    pixels = grid(view.camera)
    origins, rays, status = view.unproject(pixels)
    with np.errstate(all="ignore"):
        distance = -origins[:, 2] / rays[:, 2]
        points = origins + distance[:, None] * rays
    road = shapely.Polygon(np.array(ROAD[0])[:, :2], [np.array(ROAD[1])[:, :2]])
    on_it = shapely.contains_xy(road, points[:, 0], points[:, 1])
    hit = on_it & (status == Status.OK) & (distance > 0)
    target = project_polygon(view, [np.array(ring, dtype=float) for ring in ROAD])
    assert hit.sum() > 20
    assert target is not None
    assert wrong_pixels(list(target.rings), hit, pixels) == 0


@pytest.mark.parametrize("shutter", [GLOBAL, ROLLING], ids=["global", "rolling"])
@pytest.mark.parametrize("name", NAMES)
def test_line_is_where_its_points_are_behind_the_windscreen(name: str, shutter: Shutter) -> None:
    view = view_of(name, shutter)
    line = np.array([[-9.0, 2, 0], [1, 2, 0], [4, 1.5, 0.1], [30, -4, 0.3], [33, 9, 0.2]])
    target = project_polyline(view, line)
    assert target is not None
    parameter = np.linspace(0.0, 4.0, 3000)
    uv, _, status = view.project_world(points_along(line, parameter))
    drawn = shapely.union_all([shapely.LineString(piece.uv) for piece in target.pieces])
    points = shapely.points(uv[status == Status.OK])
    assert len(points) > 100
    assert shapely.distance(drawn, points).max() < 0.06
    for piece in target.pieces:
        exact, _, found = view.project_world(points_along(line, piece.parameter))
        there = np.isin(found, [Status.OK, Status.OUT_OF_IMAGE])
        assert there.mean() > 0.9
        assert np.abs(exact[there] - piece.uv[there])[1:-1].max(initial=0.0) < 0.06


@pytest.mark.parametrize("name", ["pinhole", "opencv_5_folds_in_picture", "fisheye_beyond_180"])
def test_id_pictures_are_what_bent_rays_meet_first(name: str) -> None:
    view = view_of(name, ROLLING)
    labels = boxes()[:4]
    u, v = np.meshgrid(np.arange(view.camera.width), np.arange(view.camera.height))
    pixels = np.stack([u, v], axis=-1).reshape(-1, 2)[::7].astype(float)
    ranges = np.stack([distances(view, box, pixels) for box in labels])
    first = np.where(np.isfinite(ranges.min(axis=0)), ranges.argmin(axis=0), -1)
    triangles = cuboids(
        np.zeros(3),
        np.array([box.position_m for box in labels]),
        np.array([box.quat_xyzw for box in labels]),
        np.array([box.size_m for box in labels]),
        np.arange(len(labels)),
    )
    drawn = rasterise(view, triangles).owner.reshape(-1)[::7]
    shown = (first >= 0) | (drawn >= 0)
    assert shown.sum() > 1000
    assert (first == drawn)[shown].mean() >= 0.9995


def test_window_that_knows_no_behind_paints_no_ghost_of_what_is_behind() -> None:
    view = view_of("opencv_5_folds_in_picture", GLOBAL, Window())
    behind, ahead = boxes()[5], boxes()[0]
    assert project_cuboid(view, behind) is None
    target = project_cuboid(view, ahead)
    assert target is not None
    pixels = grid(view.camera, 120)
    hit = np.isfinite(distances(view, ahead, pixels))
    assert wrong_pixels(list(target.outline), hit, pixels) == 0
    _, _, status = view.project_world([behind.position_m, ahead.position_m])
    assert status[0] in {Status.OUTSIDE_DOMAIN, Status.NEAR_OR_BEHIND}
    assert status[1] == Status.OK


def test_warp_that_tears_rays_apart_is_refused_with_a_sentence() -> None:
    class Torn(Windscreen):
        def _shift(self, rays: np.ndarray) -> np.ndarray:
            return np.where(rays[:, :1] > 0.1, [0.01, 0.0, 0.0], [0.0, 0.0, 0.0])

        def unbend(self, rays: np.ndarray) -> np.ndarray:
            straight = rays / np.linalg.norm(rays, axis=1, keepdims=True)
            return np.where(straight[:, :1] > 0.1, straight - [0.01, 0.0, 0.0], straight)

    with pytest.raises(ValueError, match="ray_warp: expected directions that change smoothly"):
        project_cuboid(view_of("pinhole", GLOBAL, Torn()), boxes()[0])
