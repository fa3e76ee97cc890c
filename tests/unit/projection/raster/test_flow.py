import numpy as np
import pytest
from raster_views import ORIGIN, view
from scipy.spatial.transform import Rotation

from projection.bev import Box, Grid, rasterise_bev
from projection.flow import Motions, bev_flow, image_flow
from projection.raster.tessellate import concatenate, cuboids, mesh
from projection.raster.zbuffer import rasterise
from projection.rigid import RigidTransform
from projection.view import View

LEVEL = np.array([0.0, 0.0, 0.0, 1.0])


def poses(positions, yaws) -> RigidTransform:
    quats = Rotation.from_euler("z", np.asarray(yaws, dtype=float)[:, None]).as_quat()
    return RigidTransform(np.asarray(positions, dtype=float) + ORIGIN, quats.reshape(-1, 4))


def test_boxes_on_a_grid_move_as_their_poses_do():
    frame = RigidTransform(ORIGIN, Rotation.from_euler("z", 0.6).as_quat())
    grid = Grid((-20.0, -20.0), 0.5, (80, 80), frame)
    now = poses([[0, 0, 1], [8, 4, 1], [-9, 0, 1]], [0.3, 1.0, 2.0])
    later = poses([[1.0, 0.5, 1], [8, 4, 1], [-9, 0, 1]], [0.3, 1.4, 2.0])
    shapes = [
        Box(now.position_m[k], now.quat_xyzw[k], [4.0, 2.0, 1.5], 0, owner)
        for k, owner in enumerate([7, 3, 5])
    ]
    bev = rasterise_bev(grid, shapes)
    flow, there = bev_flow(grid, bev, Motions.between([7, 3], now[:2], later[:2]), height_m=1.0)
    np.testing.assert_array_equal(there, np.isin(bev.instance, [3, 7]))
    turned = Rotation.from_euler("z", -0.6).apply([1.0, 0.5, 0.0])[:2]
    np.testing.assert_allclose(
        flow[bev.instance == 7], np.tile(turned, ((bev.instance == 7).sum(), 1)), atol=1e-5
    )
    centers = grid.centers_world(1.0)[bev.instance == 3]
    spun = Rotation.from_euler("z", 0.4).apply(centers - now.position_m[1]) + now.position_m[1]
    expected = Rotation.from_euler("z", -0.6).apply(spun - centers)[:, :2]
    np.testing.assert_allclose(flow[bev.instance == 3], expected, atol=1e-5)
    assert (flow[~there] == 0.0).all()


def test_a_grid_without_motions_does_not_flow():
    grid = Grid((-2.0, -2.0), 1.0, (4, 4), RigidTransform(ORIGIN, LEVEL))
    bev = rasterise_bev(grid, [Box(ORIGIN, LEVEL, [2.0, 2.0, 1.0], 0, 0)])
    nothing = Motions.between([], poses(np.zeros((0, 3)), []), poses(np.zeros((0, 3)), []))
    flow, there = bev_flow(grid, bev, nothing)
    assert not there.any()
    assert (flow == 0.0).all()


@pytest.mark.parametrize("model", ["pinhole", "opencv_fisheye"])
@pytest.mark.parametrize("direction", [None, "top_to_bottom"])
def test_pixels_flow_to_where_their_points_are_projected_later(model, direction):
    here = view(model, direction)
    soon = View(here.camera, here.ego_from_camera, here.trajectory, 30_000_000, here.shutter)
    speed = np.array([3.0, 4.0, 0.0])
    start = ORIGIN + np.array([9.0, -1.0, 1.2])
    now = RigidTransform(start[None], LEVEL[None])
    later = RigidTransform((start + speed * 0.03)[None], LEVEL[None])
    wall = np.array([[16.0, -20, -9], [16, 20, -9], [16, 20, 20], [16, -20, 20]]) + ORIGIN
    triangles = concatenate(
        [
            cuboids(ORIGIN, [start], [LEVEL], [[3.0, 2.0, 2.0]], [4], velocities_mps=[speed]),
            mesh(ORIGIN, wall, [[0, 1, 2], [0, 2, 3]], 1),
        ]
    )
    drawn = rasterise(here, triangles)
    flow, valid = image_flow(
        here, triangles, drawn, soon, Motions.between([4], now, later), [speed]
    )
    assert valid[drawn.owner >= 0].mean() > 0.95
    assert (flow[~valid] == 0.0).all()
    # Known points on the box and the wall, seen in both pictures.
    rng = np.random.default_rng(1)
    face = start + np.column_stack([np.full(400, -1.5), rng.uniform(-0.8, 0.8, (400, 2))])
    board = np.column_stack([np.full(400, 16.0), rng.uniform(-6, 6, 400), rng.uniform(2.5, 6, 400)])
    for points, velocity, owner in ((face, speed, 4), (board + ORIGIN, np.zeros(3), 1)):
        before, _, first = here.project_world(points, velocity)
        after, _, second = soon.project_world(points + velocity * 0.03, velocity)
        seen = (first == 0) & (second == 0)
        u, v = np.rint(before[seen]).astype(int).T
        on_it = drawn.owner[v, u] == owner
        assert on_it.sum() > 30
        # The pixel's centre is up to half a pixel from the point, so flows differ by little.
        error = flow[v, u][on_it] - (after - before)[seen][on_it]
        assert np.abs(error).max() < 0.12
