"""Agreement with Embree, through Open3D, on a larger picture than brute force can do."""

import numpy as np
import pytest
from raster_views import DIRECTIONS, scene, view

from projection.raster.zbuffer import rasterise
from projection.status import Status

SIZE = (480, 320)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("model", "direction", "bar"),
    [
        ("pinhole", None, 0.99999),
        ("opencv", None, 0.9995),
        ("opencv_fisheye", None, 0.9995),
        ("double_sphere", None, 0.9995),
        ("pinhole", DIRECTIONS[0], 0.9995),
        ("opencv_fisheye", DIRECTIONS[3], 0.9995),
    ],
)
def test_ids_and_ranges_agree_with_embree(model, direction, bar):
    open3d = pytest.importorskip("open3d", reason="Open3D isn't installed or lacks libraries")
    here = view(model, direction, size=SIZE, scale=5.0)
    triangles = scene(80, seed=21)
    drawn = rasterise(here, triangles)
    width, height = SIZE
    uv = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).reshape(-1, 2)
    origins, rays, status = here.unproject(uv.astype(np.float64))
    valid = (status == Status.OK).reshape(height, width)
    table = np.hstack([origins - here.origin_m, rays]).astype(np.float32)
    table[~valid.ravel()] = 0.0
    corners = (triangles.vertices_m + (triangles.origin_m - here.origin_m)).reshape(-1, 3)
    world = open3d.t.geometry.RaycastingScene()
    world.add_triangles(
        corners.astype(np.float32), np.arange(len(corners), dtype=np.uint32).reshape(-1, 3)
    )
    hit = world.cast_rays(open3d.core.Tensor(table))
    ranges = hit["t_hit"].numpy().reshape(height, width)
    index = hit["primitive_ids"].numpy().astype(np.int64).reshape(height, width)
    owner = np.append(triangles.owners, -1)[np.where(np.isfinite(ranges), index, -1)]
    objects = valid & (owner >= 0) & (owner < 80)
    assert objects.sum() > 10_000
    assert (drawn.owner == owner)[objects].mean() >= bar
    same = valid & (owner >= 0) & (drawn.owner == owner)
    # The ground is met at angles where Embree's float32 is the less exact of the two.
    np.testing.assert_allclose(drawn.range_m[same], ranges[same], rtol=2e-4)
