import numpy as np
import pytest
from raster_views import ORIGIN, boxes, scene, view

from projection.raster.points import (
    FROM_LABEL,
    FROM_MESH,
    FROM_NOTHING,
    FROM_POINTS,
    label_pixels,
    merged_depth,
    pixels_per_radian,
    splat,
    visible,
)
from projection.raster.tessellate import concatenate, cuboids, mesh
from projection.raster.zbuffer import rasterise
from projection.status import Status

KINDS = [("pinhole", None), ("opencv_fisheye", None), ("pinhole", "top_to_bottom")]


def wall(x: float, owner: int, half: float = 3.0):
    corners = np.array([[x, -half, -half], [x, half, -half], [x, half, half], [x, -half, half]])
    return mesh(ORIGIN, corners + ORIGIN + [0, 0, 1.5], [[0, 1, 2], [0, 2, 3]], owner)


def surface_points(triangles, count: int, seed: int = 0):
    """Points on triangles, and the triangle that each is on."""
    rng = np.random.default_rng(seed)
    which = rng.integers(0, len(triangles), count)
    weights = rng.dirichlet([1.0, 1.0, 1.0], count)
    return np.einsum("ni,nij->nj", weights, triangles.vertices_m[which]) + triangles.origin_m, which


@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_single_pixels_hold_the_nearest_of_their_points(model, direction):
    here = view(model, direction)
    points = ORIGIN + np.random.default_rng(1).uniform(-20.0, 20.0, (12000, 3))
    found = splat(here, points, 0.0)
    uv, depth, status = here.project_world(points)
    expected = np.full((64, 96), -1)
    best = np.full((64, 96), np.inf)
    origins, _, _ = here.unproject(np.nan_to_num(uv))
    for k in np.flatnonzero(status == Status.OK):
        u, v = np.floor(uv[k] + 0.5).astype(int)
        reach = np.float32(np.linalg.norm(points[k] - origins[k]))
        if reach < best[v, u]:
            best[v, u], expected[v, u] = reach, k
    assert (expected >= 0).sum() > 300
    np.testing.assert_array_equal(found.point, expected)
    np.testing.assert_allclose(found.range_m, best, rtol=1e-6)
    met = expected >= 0
    np.testing.assert_allclose(found.depth_m[met], depth[expected[met]], rtol=1e-6)


def test_splats_close_the_gaps_of_a_surface_and_shrink_with_distance():
    here = view(size=(192, 128))
    for x, radius in ((6.0, 3), (40.0, 1), (200.0, 0)):
        spacing = 1.0
        pixels = spacing * pixels_per_radian(here.camera) / (x - 1.2)
        assert min(round(pixels / 2), 3) == radius
        alone = splat(here, ORIGIN + np.array([x, 0.2, 1.5]), spacing)
        assert (alone.point == 0).sum() == (2 * radius + 1) ** 2
    grid = np.stack(np.meshgrid(np.arange(-4, 4, 0.1), np.arange(-4, 4, 0.1)), axis=-1)
    sheet = np.insert(grid.reshape(-1, 2), 0, 9.0, axis=1) + ORIGIN
    filled = splat(here, sheet, 0.1)
    inner = filled.point[46:50, 30:70]
    assert (inner >= 0).all()


def test_points_behind_a_surface_are_left_out():
    here = view()
    drawn = rasterise(here, wall(8.0, 0, half=2.0))
    points = ORIGIN + np.array([[7.9, 0, 1.5], [8.1, 0.5, 1.5], [8.4, -0.5, 1.5], [20, 12.0, 1.5]])
    found = splat(here, points, 0.0, drawn)
    assert sorted(set(found.point.ravel().tolist())) == [-1, 0, 1, 3]
    assert 2 in splat(here, points, 0.0).point


def test_depth_says_where_it_is_from():
    here = view()
    drawn = rasterise(here, concatenate([wall(8.0, 0, 1.0), wall(12.0, 1, 2.5)]))
    near = [[5.0, 0.2, 1.5], [5.0, 1.9, 1.5], [11.95, 1.8, 1.5], [13, 2.0, 1.5]]
    points = ORIGIN + np.array(near)
    depth = merged_depth(drawn, splat(here, points, 0.0, drawn), mesh_owners=[1])
    assert np.bincount(depth.source.ravel())[FROM_POINTS] == 3
    for source, owner in ((FROM_LABEL, 0), (FROM_MESH, 1), (FROM_NOTHING, -1)):
        mask = depth.source == source
        assert mask.sum() > 50
        assert (drawn.owner[mask] == owner).all()
        np.testing.assert_array_equal(depth.range_m[mask], drawn.range_m[mask])
    assert (depth.range_m <= drawn.range_m).all()
    np.testing.assert_array_equal(merged_depth(drawn).depth_m, drawn.depth_m)


def test_labels_of_points_are_the_nearest_ones_and_doubt_is_told():
    here = view()
    points = ORIGIN + np.array(
        [[8.0, 0.2, 1.5], [12.0, 0.2, 1.5], [8.0, 3.0, 1.5], [8.05, 3.0206, 1.5], [8.0, -3.0, 1.5]]
    )
    found = label_pixels(here, points, [4, 5, 6, 7, 6], 0.0)
    pixels = np.rint(here.project_world(points)[0]).astype(int)
    at = [(int(v), int(u)) for u, v in pixels]
    assert [int(found.label[place]) for place in at] == [4, 4, 6, 6, 6]
    assert [bool(found.ambiguous[place]) for place in at] == [False, False, True, True, False]
    assert found.ambiguous.sum() == 1
    assert (found.label >= 0).sum() == 3


def test_labels_that_do_not_fit_their_points_get_a_sentence():
    with pytest.raises(ValueError, match="labels: expected one for each of 2 points, found 1"):
        label_pixels(view(), ORIGIN + np.ones((2, 3)), [1], 0.0)


@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_points_on_what_is_drawn_are_visible_and_points_behind_it_are_not(model, direction):
    here = view(model, direction)
    triangles = boxes(25, seed=3)
    drawn = rasterise(here, triangles)
    points, which = surface_points(triangles, 20_000)
    uv, _, status = here.project_world(points)
    inside = status == Status.OK
    seen = visible(here, points, drawn)
    assert not seen[~inside].any()
    u, v = np.rint(uv[inside]).astype(int).T
    origins, _, _ = here.unproject(uv[inside])
    reach = np.linalg.norm(points[inside] - origins, axis=1)
    assert seen[inside][reach < drawn.range_m[v, u] + 0.05].all()
    # Far behind everything in the nine pixels round it.
    padded = np.pad(drawn.range_m, 1, constant_values=0.0)
    farthest = np.max([padded[v + dv, u + du] for dv in range(3) for du in range(3)], axis=0)
    behind = reach > farthest * 1.02 + 0.2
    assert behind.sum() > 100
    assert not seen[inside][behind].any()
    own = visible(here, points, drawn, owner=int(np.bincount(triangles.owners[which]).argmax()))
    assert (own | ~seen).all()


def test_a_line_on_the_road_is_not_hidden_by_the_road_but_by_a_car():
    here = view(size=(192, 128))
    road = mesh(
        ORIGIN,
        ORIGIN + np.array([[-5.0, -30, 0], [200, -30, 0], [200, 30, 0], [-5, 30, 0]]),
        [[0, 1, 2], [0, 2, 3]],
        9,
    )
    center = ORIGIN + np.array([20.0, 0, 0.8])
    car = cuboids(ORIGIN, [center], [[0, 0, 0, 1]], [[4.0, 2.0, 1.6]], [1])
    line = np.stack([np.linspace(5, 120, 4000), np.zeros(4000), np.zeros(4000)], axis=1) + ORIGIN
    assert visible(here, line, rasterise(here, road)).all()
    seen = visible(here, line, rasterise(here, concatenate([road, car])))
    x = line[:, 0] - ORIGIN[0]
    assert seen[x < 17.5].all()
    assert not seen[(x > 19.0) & (x < 60.0)].any()
    assert visible(here, line, rasterise(here, concatenate([road, car])), owner=1).all()


def test_points_that_are_not_numbers_and_no_points_at_all_give_an_empty_picture():
    here = view()
    drawn = rasterise(here, scene(3))
    for points in (np.zeros((0, 3)), np.full((4, 3), np.nan), np.full((2, 3), np.inf)):
        assert (splat(here, points, 0.1, drawn).point == -1).all()
        assert not visible(here, points, drawn).any()
        assert (label_pixels(here, points, np.zeros(len(points)), 0.1).label == -1).all()


def test_moving_points_are_splatted_where_their_line_sees_them():
    here = view(direction="left_to_right")
    points = ORIGIN + np.array([[9.0, 1.0, 1.2], [9.0, -2.0, 1.2]])
    velocity = np.array([0.0, 15.0, 0.0])
    found = splat(here, points, 0.0, velocities_mps=velocity)
    uv, _, status = here.project_world(points, velocity)
    assert (status == Status.OK).all()
    for k, (u, v) in enumerate(np.rint(uv).astype(int)):
        assert found.point[v, u] == k
