import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raster_views import DIRECTIONS, MODELS, ORIGIN, boxes, scene, view
from scipy.spatial import Delaunay

from projection.camera import Camera
from projection.raster.memory import Workspace
from projection.raster.reference import rasterise_reference
from projection.raster.tessellate import concatenate, cuboids, mesh, surface
from projection.raster.zbuffer import rasterise
from projection.rigid import RigidTransform
from projection.status import Status
from projection.trajectory import Trajectory
from projection.view import View

ALL = [(model, None) for model in MODELS] + [
    (model, direction) for model in ("pinhole", "opencv_fisheye", "mei") for direction in DIRECTIONS
]


@pytest.mark.parametrize(("model", "direction"), ALL)
def test_every_lens_and_shutter_equals_every_ray_against_every_triangle(model, direction):
    here = view(model, direction)
    triangles = scene(60, seed=3, moving=direction is not None)
    drawn = rasterise(here, triangles)
    owner, depth_m, range_m = rasterise_reference(here, triangles)
    same = drawn.owner == owner
    # Rays are kept as float32: a pixel in ten thousand may lie that close to an edge.
    assert (~same).sum() <= 1
    assert len(np.unique(owner)) > 5
    met = same & (owner >= 0)
    np.testing.assert_allclose(drawn.range_m[met], range_m[met], rtol=3e-5)
    np.testing.assert_allclose(drawn.depth_m[met], depth_m[met], rtol=3e-5, atol=1e-4)
    assert np.isinf(drawn.range_m[drawn.owner < 0]).all()
    np.testing.assert_array_equal(np.append(triangles.owners, -1)[drawn.triangle], drawn.owner)


@pytest.mark.parametrize("direction", [None, *DIRECTIONS])
@pytest.mark.parametrize("model", ["pinhole", "opencv_fisheye"])
def test_a_moving_box_is_drawn_where_its_points_are_projected(model, direction):
    here = view(model, direction, size=(96, 64))
    velocity = np.array([-6.0, 9.0, 1.0])
    rng = np.random.default_rng(5)
    center = ORIGIN + np.array([9.0, 0.5, 1.2])
    box = cuboids(
        ORIGIN, [center], [[0.0, 0.0, 0.2, 0.98]], [[2.0, 2.0, 2.0]], [4], velocities_mps=[velocity]
    )
    drawn = rasterise(here, box)
    inside = center + rng.uniform(-0.35, 0.35, (500, 3))
    uv, _, status = here.project_world(inside, velocity)
    nearest = np.rint(uv[status == Status.OK]).astype(int)
    assert len(nearest) > 400
    assert (drawn.owner[nearest[:, 1], nearest[:, 0]] == 4).all()
    outside = center + rng.normal(size=(500, 3)) * 2.0
    outside = outside[np.linalg.norm(outside - center, axis=1) > 2.6]
    uv, _, status = here.project_world(outside, velocity)
    uv = uv[status == Status.OK]
    middle = here.project_world(center[None], velocity)[0][0]
    # Beyond the sphere round the box nothing is drawn.
    edge = np.abs(here.project_world(center + np.eye(3) * 1.9, velocity)[0] - middle).max()
    far = np.linalg.norm(uv - middle, axis=1) > 1.5 * edge + 2.0
    nearest = np.rint(uv[far]).astype(int)
    height, width = drawn.owner.shape
    nearest = nearest[(nearest >= 0).all(axis=1) & (nearest < [width, height]).all(axis=1)]
    assert (drawn.owner[nearest[:, 1], nearest[:, 0]] == -1).all()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([("pinhole", None), ("opencv", None), ("mei", "left_to_right")]),
)
def test_permuting_triangles_and_renaming_owners_change_nothing(seed, kind):
    here = view(*kind, size=(48, 32))
    triangles = scene(8, seed=seed)
    rng = np.random.default_rng(seed)
    expected = rasterise(here, triangles)
    shuffled = rasterise(here, triangles.take(rng.permutation(len(triangles))))
    np.testing.assert_array_equal(shuffled.owner, expected.owner)
    np.testing.assert_array_equal(shuffled.range_m, expected.range_m)
    names = rng.permutation(9).astype(np.int32)
    renamed = surface(ORIGIN, triangles.vertices_m + ORIGIN, names[triangles.owners])
    plain = surface(ORIGIN, triangles.vertices_m + ORIGIN, triangles.owners)
    np.testing.assert_array_equal(
        rasterise(here, renamed).owner,
        np.append(names, -1)[rasterise(here, plain).owner],
    )


def fans(seed: int, distance_m: float) -> list[np.ndarray]:
    """A plane across the view, parted into triangles that abut, their corners on a fine grid."""
    rng = np.random.default_rng(seed)
    step = distance_m / 70.0
    inner = rng.integers(-40, 41, (6, 2)) * step
    corners = np.array([[-400, -400], [400, -400], [400, 400], [-400, 400]]) * step
    flat = np.unique(np.concatenate([inner, corners]), axis=0)
    points = np.stack([np.full(len(flat), distance_m), *flat.T], axis=1)
    return [points[face] for face in Delaunay(flat).simplices]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["pinhole", "opencv", "opencv_fisheye"]))
def test_abutting_triangles_cover_every_pixel_exactly_once(seed, model):
    here = view(model, size=(48, 32), position_m=(0.0, 0.0, 0.0))
    pieces = fans(seed, 8.0)
    times_covered = np.zeros((32, 48), dtype=int)
    for owner, piece in enumerate(pieces):
        times_covered += rasterise(here, surface(ORIGIN, piece + ORIGIN, owner)).owner >= 0
    ahead = here.camera.unproject(
        np.stack(np.meshgrid(np.arange(48.0), np.arange(32.0)), axis=-1).reshape(-1, 2)
    )[0].reshape(32, 48, 3)
    reached = (np.abs(ahead[..., :2]) < 4.0 * ahead[..., 2:]).all(axis=-1)
    assert reached.sum() > 100
    assert (times_covered[reached] == 1).all()


def test_pixels_exactly_on_an_edge_belong_to_the_surface_on_their_right_or_below():
    params = {"fx": 8.0, "fy": 8.0, "cx": 4.0, "cy": 3.0}
    spec = {"name": "p", "model": "pinhole", "width": 9, "height": 7, "params": params}
    level = RigidTransform([0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0])
    still = Trajectory([0], np.zeros((1, 3)), [[0.0, 0.0, 0.0, 1.0]])
    here = View(Camera.from_dict(spec), level, still, 0)

    def rectangle(left, top, right, bottom, owner):
        plane = [[left, top], [right, top], [right, bottom], [left, bottom]]
        points = [[u - 4.0, v - 3.0, 8.0] for u, v in plane]
        return mesh(np.zeros(3), points, [[0, 1, 2], [0, 2, 3]], owner)

    drawn = rasterise(here, concatenate([rectangle(2, 1, 5, 4, 0), rectangle(5, 1, 7, 4, 1)]))
    expected = np.full((7, 9), -1)
    expected[1:4, 2:5], expected[1:4, 5:7] = 0, 1
    np.testing.assert_array_equal(drawn.owner, expected)
    np.testing.assert_array_equal(drawn.depth_m[1:4, 2:7], np.float32(8.0))


def test_paint_on_a_road_is_in_front_of_it():
    here = view()
    square = np.array([[2.0, -9, 0], [60, -9, 0], [60, 9, 0], [2, 9, 0]])
    strip = np.array([[2.0, -0.5, 0], [60, -0.5, 0], [60, 0.5, 0], [2, 0.5, 0]])
    faces = [[0, 1, 2], [0, 2, 3]]
    road = mesh(ORIGIN, square + ORIGIN, faces, 0)
    paint = mesh(ORIGIN, strip + ORIGIN, faces, 1, nearer=1e-4)
    alone = rasterise(here, paint).owner == 1
    drawn = rasterise(here, concatenate([road, paint]))
    assert alone.sum() > 50
    np.testing.assert_array_equal(drawn.owner == 1, alone)
    np.testing.assert_allclose(drawn.range_m[alone], rasterise(here, paint).range_m[alone])


@pytest.mark.parametrize("model", ["pinhole", "opencv_fisheye"])
@pytest.mark.parametrize("direction", [None, "top_to_bottom"])
def test_a_camera_inside_a_box_sees_nothing_else(model, direction):
    here = view(model, direction)
    around = cuboids(
        ORIGIN, [ORIGIN + np.array([1.2, 0.2, 1.5])], [[0, 0, 0, 1]], [[3.0, 3, 3]], [77]
    )
    drawn = rasterise(here, concatenate([around, scene(6)]))
    pixels = np.stack(np.meshgrid(np.arange(96.0), np.arange(64.0)), axis=-1).reshape(-1, 2)
    seen = here.camera.unproject(pixels)[1].reshape(64, 96) == Status.OK
    assert (drawn.owner[seen] == 77).mean() > 0.9
    owner, _, _ = rasterise_reference(here, concatenate([around, scene(6)]))
    assert (drawn.owner != owner).sum() <= 1


@pytest.mark.parametrize("model", ["pinhole", "opencv_fisheye"])
@pytest.mark.parametrize("direction", [None, "right_to_left"])
def test_an_empty_scene_gives_an_empty_picture(model, direction):
    drawn = rasterise(view(model, direction), concatenate([]))
    assert (drawn.owner == -1).all()
    assert (drawn.triangle == -1).all()
    assert np.isinf(drawn.depth_m).all()
    assert drawn.owner.shape == (64, 96)


@pytest.mark.parametrize("model", ["pinhole", "opencv"])
@pytest.mark.parametrize("direction", [None, "top_to_bottom"])
def test_broken_and_flat_boxes_harm_nothing(model, direction):
    here = view(model, direction)
    good = boxes(5, seed=2)
    nan, inf = np.nan, np.inf
    bad = cuboids(
        ORIGIN,
        np.array([[nan, 0, 0], [inf, 0, 0], [5, 0, 0], [6, 0, 1], [5, 0, 0], [9, 1, 1]]) + ORIGIN,
        [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1], [nan, 0, 0, 1]],
        [[1, 1, 1], [1, 1, 1], [1, 1, 1], [0, 0, 0], [-1, 1, 1], [1, 1, 1]],
        np.arange(10, 16),
    )
    assert set(bad.owners.tolist()) == {13}
    expected = rasterise(here, good)
    drawn = rasterise(here, concatenate([good, bad]))
    np.testing.assert_array_equal(drawn.owner, expected.owner)
    flat = cuboids(ORIGIN, [ORIGIN + np.array([8, 0, 1])], [[0, 0, 0, 1]], [[0.0, 2.0, 2.0]], [3])
    assert (rasterise(here, flat).owner == 3).sum() > 100


def test_ten_thousand_boxes_are_drawn_right():
    here = view(size=(64, 48))
    many = boxes(10_000, seed=4, spread_m=60.0)
    drawn = rasterise(here, many)
    near = many.take(np.isin(many.owners, np.unique(drawn.owner)))
    assert 10 < len(np.unique(near.owners)) < 1000
    np.testing.assert_array_equal(rasterise(here, near).owner, drawn.owner)
    rng = np.random.default_rng(0)
    others = many.take(rng.choice(len(many), 600, replace=False))
    both = concatenate([near, others])
    owner, _, _ = rasterise_reference(here, both)
    assert (owner != drawn.owner).sum() <= 1


def test_pixels_without_a_ray_stay_empty():
    here = view("ftheta")
    wall = cuboids(ORIGIN, [ORIGIN], [[0, 0, 0, 1]], [[40.0, 40.0, 40.0]], [0])
    drawn = rasterise(here, wall)
    pixels = np.stack(np.meshgrid(np.arange(96.0), np.arange(64.0)), axis=-1).reshape(-1, 2)
    beyond = here.camera.unproject(pixels)[1].reshape(64, 96) == Status.OUTSIDE_DOMAIN
    assert 0 < beyond.sum() < beyond.size
    np.testing.assert_array_equal(drawn.owner == -1, beyond)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (17, 15), (130, 70)])
@pytest.mark.parametrize("direction", [None, "top_to_bottom", "left_to_right"])
@pytest.mark.parametrize("model", ["pinhole", "opencv"])
def test_pictures_of_any_size_are_drawn(size, direction, model):
    here = view(model, direction, size=size)
    triangles = scene(10, seed=8)
    owner, _, _ = rasterise_reference(here, triangles)
    assert (rasterise(here, triangles).owner != owner).sum() <= 1


def test_a_workspace_changes_nothing_but_the_memory():
    memory = Workspace()
    for seed in (1, 2):
        for model, direction in (("pinhole", None), ("opencv", None), ("pinhole", DIRECTIONS[0])):
            here = view(model, direction)
            shared = rasterise(here, scene(6, seed), memory)
            own = rasterise(here, scene(6, seed))
            np.testing.assert_array_equal(shared.owner, own.owner)
            np.testing.assert_array_equal(shared.depth_m, own.depth_m)
