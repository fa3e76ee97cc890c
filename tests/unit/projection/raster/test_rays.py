import numpy as np
import pytest
from raster_views import MODELS, view

from projection.raster.rays import (
    BLOCK,
    INNER_REACH,
    LANES,
    REACH,
    RUN,
    STRIP,
    ray_table,
    tile_cones,
)
from projection.status import Status


def by_lines(table):
    """(3, lines, length) of the rays of tiles."""
    strips, runs = table.rays.shape[:2]
    rays = table.rays.reshape(strips, runs, 3, STRIP, RUN).transpose(2, 0, 3, 1, 4)
    return np.ascontiguousarray(rays.reshape(3, strips * STRIP, runs * RUN))


@pytest.mark.parametrize("by_rows", [False, True])
@pytest.mark.parametrize("model", list(MODELS))
def test_every_pixel_has_its_own_ray_to_float32(model, by_rows):
    camera = view(model, size=(331, 203), scale=3.4).camera
    table = ray_table(camera, by_rows=by_rows)
    u, v = (values.ravel() for values in np.meshgrid(np.arange(331.0), np.arange(203.0)))
    rays, status = camera.unproject(np.stack([u, v], axis=1))
    rays[status != Status.OK] = 0.0
    line, along = (v, u) if by_rows else (u, v)
    rays_of = by_lines(table)
    found = rays_of[:, line.astype(int), along.astype(int)].T
    np.testing.assert_array_equal(found.any(axis=1), status == Status.OK)
    assert np.abs(found - rays).max() < 1e-7
    lines, length = (203, 331) if by_rows else (331, 203)
    assert (rays_of[:, lines:] == 0.0).all()
    assert (rays_of[:, :, length:] == 0.0).all()


@pytest.mark.parametrize("model", ["opencv_fisheye", "ftheta"])
def test_a_tiles_cone_holds_all_its_rays(model):
    table = ray_table(view(model).camera, by_rows=False)
    rays = by_lines(table)
    for tall, wide, cones in ((BLOCK, BLOCK, table.blocks), (STRIP, RUN, table.runs)):
        np.testing.assert_array_equal(cones, tile_cones(rays, tall, wide))
        for line in range(0, rays.shape[1], 3):
            for along in range(0, rays.shape[2], 5):
                ray = rays[:, line, along].astype(np.float64)
                cone = cones[:, line // tall, along // wide].astype(np.float64)
                if ray.any():
                    assert np.linalg.norm(ray - cone[:3]) <= cone[REACH] <= cone[INNER_REACH]
                    assert np.linalg.norm(ray - table.root[:3]) <= table.root[3]
                else:
                    assert cone[INNER_REACH] > 2.0
    strips, runs = table.rays.shape[:2]
    assert table.runs.shape[1:] == (strips, -(-runs // LANES) * LANES)
    assert (table.runs[REACH, :, runs:] == -1.0).all()
    assert (table.runs[REACH, :, :runs] == -1.0).any() == (model == "ftheta")
