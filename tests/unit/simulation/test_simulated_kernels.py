"""Rays against triangles, and the cache of compiled kernels."""

import numpy as np
import pytest

from simulation.bvh import build
from simulation.mesh import Material, Mesh, ball, box, loft, quad, soup, tube
from simulation.rendering import cast_rays
from simulation.scene import Body, Scene, Shape
from simulation.tracing import STACK_SIZE, prepare, walk


def random_triangles(seed: int, count: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(-5, 5, (count, 1, 3)) + rng.normal(0, 0.5, (count, 3, 3))


def first_hits(corners: np.ndarray, origin: np.ndarray, ray: np.ndarray) -> float:
    """Distance of the first triangle along a ray, by solving each one's linear system."""
    best = np.inf
    for a, b, c in corners:
        matrix = np.column_stack([b - a, c - a, -ray])
        if abs(np.linalg.det(matrix)) < 1e-14:
            continue
        u, v, t = np.linalg.solve(matrix, origin - a)
        if u >= 0 and v >= 0 and u + v <= 1 and 1e-9 < t < best:
            best = t
    return best


@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_the_walk_finds_what_trying_every_triangle_finds(count: int) -> None:
    corners = random_triangles(count, count)
    boxes, links, order = build(corners)
    sorted_corners = corners[order]
    first = sorted_corners[:, 0]
    triangles = np.concatenate(
        [first, sorted_corners[:, 1] - first, sorted_corners[:, 2] - first], axis=1
    )
    rng = np.random.default_rng(99)
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    hits = 0
    for _ in range(120):
        origin = rng.uniform(-8, 8, 3)
        ray = corners[rng.integers(count)].mean(axis=0) + rng.normal(0, 0.06, 3) - origin
        ray /= np.linalg.norm(ray)
        expected = first_hits(corners, origin, ray)
        t, hit, _, _ = walk(boxes, links, triangles, 0, *origin, *ray, 1e9, False, stack)
        some = walk(boxes, links, triangles, 0, *origin, *ray, 1e9, True, stack)[1]
        assert (hit >= 0) == (some >= 0) == np.isfinite(expected)
        if hit >= 0:
            hits += 1
            assert t == pytest.approx(expected, rel=1e-9)
    assert hits > 15


def test_rays_along_the_axes_are_no_special_case() -> None:
    corners = box((2.0, 2.0, 2.0), (0, 0, 0), Material.PLAIN, (1, 1, 1)).corners
    boxes, links, order = build(corners)
    s = corners[order]
    triangles = np.concatenate([s[:, 0], s[:, 1] - s[:, 0], s[:, 2] - s[:, 0]], axis=1)
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    for axis in range(3):
        for sign in (-1.0, 1.0):
            ray = np.zeros(3)
            ray[axis] = sign
            origin = -5.0 * ray + np.roll([0.0, 0.3, -0.7], axis)
            t, hit, _, _ = walk(boxes, links, triangles, 0, *origin, *ray, 1e9, False, stack)
            assert hit >= 0
            assert t == pytest.approx(4.0)


def test_a_hierarchy_holds_every_triangle_once_and_bounds_it() -> None:
    corners = random_triangles(4, 500)
    boxes, links, order = build(corners)
    assert sorted(order) == list(range(500))
    for node in np.nonzero(links[:, 1] > 0)[0]:
        first, count = links[node]
        points = corners[order[first : first + count]].reshape(-1, 3)
        assert (points >= boxes[node, :3]).all()
        assert (points <= boxes[node, 3:]).all()


def test_a_thousand_triangles_in_one_place_still_make_a_hierarchy() -> None:
    corners = np.repeat(random_triangles(1, 1), 1000, axis=0)
    _, links, order = build(corners)
    assert len(order) == 1000
    assert links[links[:, 1] > 0, 1].sum() == 1000


def test_a_scene_with_nothing_but_a_mover_can_be_traced() -> None:
    from simulation.motion import PoseTrack

    times = np.array([0, 10], dtype=np.int64)
    track = PoseTrack(times, np.array([[5.0, 0, 0], [5.0, 0, 0]]), np.tile([0, 0, 0, 1.0], (2, 1)))
    shape = Shape.of(box((2.0, 1.0, 1.0), (0, 0, 0), Material.PLAIN, (1, 1, 1)))
    geometry, movers = prepare(Scene((), (Body("a", "car", shape, track=track),)))
    assert movers == [0]
    pose = np.array([[[1, 0, 0, 0, 1, 0, 0, 0, 1, 5.0, 0, 0]]], dtype=float)
    origins = np.zeros((2, 3))
    rays = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    ranges, triangles = cast_rays(geometry, pose, np.zeros(2, dtype=np.int32), origins, rays)
    assert ranges[0] == pytest.approx(4.0)
    assert ranges[1] == np.inf
    assert triangles[1] == -1


def outward(mesh: Mesh) -> np.ndarray:
    centre = mesh.corners.reshape(-1, 3).mean(axis=0)
    face = np.cross(
        mesh.corners[:, 1] - mesh.corners[:, 0], mesh.corners[:, 2] - mesh.corners[:, 0]
    )
    return ((mesh.corners.mean(axis=1) - centre) * face).sum(axis=1)


@pytest.mark.parametrize(
    "mesh",
    [
        box((1, 2, 3), (4, 5, 6), Material.PLAIN, (1, 1, 1)),
        ball((1, 2, 3), (4, 5, 6), Material.PLAIN, (1, 1, 1)),
        tube((0, 0, 0), (1, 2, 3), (0.5, 0.3), Material.PLAIN, (1, 1, 1)),
        loft([[(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)]] * 1
             + [[(-1, -1, 2), (1, -1, 2), (1, 1, 2), (-1, 1, 2)]], Material.PLAIN, (1, 1, 1)),
    ],
    ids=["box", "ball", "tube", "loft"],
)  # fmt: skip
def test_closed_shapes_face_outwards_and_have_unit_normals(mesh: Mesh) -> None:
    assert (outward(mesh) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=2), 1.0, atol=1e-9)


def test_triangles_without_area_are_left_out() -> None:
    flat = [[(0, 0, 0), (1, 0, 0), (2, 0, 0)], [(0, 0, 0), (1, 0, 0), (0, 1, 0)]]
    assert len(soup(flat, Material.PLAIN, (1, 1, 1))) == 1
    assert len(quad([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], Material.PLAIN, (1, 1, 1))) == 2
