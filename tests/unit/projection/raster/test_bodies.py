"""Triangles gathered into convex bodies, which must change nothing but the work."""

from dataclasses import replace

import numpy as np
import pytest
from raster_views import ORIGIN, boxes, view

from projection.raster.reference import rasterise_reference
from projection.raster.tessellate import concatenate, cuboids, mesh, ribbon, surface
from projection.raster.zbuffer import painter_for, rasterise

KINDS = [("pinhole", None), ("opencv_fisheye", None), ("opencv", "top_to_bottom")]
UPRIGHT = [0.0, 0.0, 0.0, 1.0]


def solid(points, faces, owner=0):
    """A closed convex body from its corners about the origin, its faces turned outwards."""
    corners = np.array(points, dtype=float)
    turned = []
    for face in faces:
        a, b, c = corners[list(face)]
        outward = np.cross(b - a, c - a) @ (a + b + c - 3 * corners.mean(axis=0)) > 0.0
        turned.append(face if outward else face[::-1])
    triangles = mesh(ORIGIN, corners + ORIGIN, turned, owner)
    return replace(triangles, solids=np.zeros(len(faces), dtype=np.int32))


TETRAHEDRON = (
    [[7, -2, 0.2], [9, 2, 0.1], [6.5, 1, 3], [10, -1, 2]],
    [(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)],
)
OCTAHEDRON = (
    [[6, 0, 1.5], [10, 0, 1.5], [8, -2, 1.4], [8, 2, 1.6], [8.1, 0.2, -1], [8, 0, 4]],
    [(0, 2, 4), (0, 2, 5), (0, 3, 4), (0, 3, 5), (1, 2, 4), (1, 2, 5), (1, 3, 4), (1, 3, 5)],
)


@pytest.mark.parametrize("shape", [TETRAHEDRON, OCTAHEDRON])
@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_any_convex_body_is_drawn_as_its_triangles_are(model, direction, shape):
    here = view(model, direction)
    body = solid(*shape)
    owner, _, range_m = rasterise_reference(here, body)
    drawn = rasterise(here, body)
    assert (owner == 0).sum() > 60
    assert (drawn.owner != owner).sum() <= 1
    met = (drawn.owner == 0) & (owner == 0)
    np.testing.assert_allclose(drawn.range_m[met], range_m[met], rtol=3e-5)


@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_a_box_in_front_is_one_body_and_one_that_is_passed_is_several(model, direction):
    here = view(model, direction)
    painter = painter_for(here)
    ahead = cuboids(ORIGIN, [ORIGIN + np.array([9.0, 1.0, 1.2])], [UPRIGHT], [[2.0, 2.0, 2.0]], [0])
    assert len(painter.prepare(ahead).owners) == 1
    around = cuboids(
        ORIGIN, [ORIGIN + np.array([1.2, 0.2, 1.5])], [UPRIGHT], [[3.0, 3.0, 3.0]], [0]
    )
    assert len(painter.prepare(around).owners) > 3
    behind = cuboids(
        ORIGIN, [ORIGIN + np.array([-30.0, 0.2, 1.5])], [UPRIGHT], [[1.0, 1.0, 1.0]], [0]
    )
    # The cone round all of a fisheye's rays is blunt: there the tiles say so.
    assert len(painter.prepare(behind).owners) == (model == "opencv_fisheye")
    assert (rasterise(here, behind).owner == -1).all()


@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_a_line_with_a_width_takes_one_body_for_each_piece(model, direction):
    here = view(model, direction)
    line = np.array([[5.0, -0.4, 0], [9.0, 0.3, 0.1], [13.0, 0.1, 0.0], [17.0, 0.8, 0.2]])
    painted = ribbon(ORIGIN, line + ORIGIN, 0.6, 0)
    assert len(painted) == 6
    assert len(painter_for(here).prepare(painted).owners) == 3
    owner, _, _ = rasterise_reference(here, painted)
    assert (owner == 0).sum() > 10
    assert (rasterise(here, painted).owner != owner).sum() <= 1


def pair_of(quad):
    a, b, c, d = np.array(quad, dtype=float)
    return surface(ORIGIN, np.array([[a, b, c], [a, c, d]]) + ORIGIN, [0, 0])


@pytest.mark.parametrize(
    "quad",
    [
        [[8, 0, 0], [6, -2, 0], [11, 0, 0], [6, 2, 0]],  # dented
        [[8, 0, 0.1], [6, -2, 0], [11, 0, 0], [6, 2, 0]],  # dented, and not flat
    ],
)
def test_two_triangles_that_make_no_convex_quadrangle_stay_two(quad):
    here, pair = view(), pair_of(quad)
    owner, _, _ = rasterise_reference(here, pair)
    assert (rasterise(here, pair).owner != owner).sum() <= 1
    assert len(painter_for(here).prepare(pair).owners) == 2


def test_two_triangles_folded_over_each_other_are_drawn_as_they_are():
    here, pair = view(), pair_of([[6, -1, 0], [6, 1, 0], [9, 1, 0], [6, 3, 0]])
    owner, _, _ = rasterise_reference(here, pair)
    assert (rasterise(here, pair).owner != owner).sum() <= 1


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("height", [0.4, -0.4])
@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_two_triangles_with_a_fold_are_one_body_where_their_outline_is_convex(
    model, direction, height, turned
):
    here = view(model, direction)
    quad = [[5, -2, 0], [5, 2, height], [12, 3, 0], [12, -3, height]]
    pair = pair_of(quad[::-1] if turned else quad)
    bodies = painter_for(here).prepare(pair)
    assert bodies.counts.tolist() == [[4, 4, 2]]
    owner, _, range_m = rasterise_reference(here, pair)
    assert (owner == 0).sum() > 100
    drawn = rasterise(here, pair)
    assert (drawn.owner != owner).sum() <= 1
    met = (drawn.owner == 0) & (owner == 0)
    np.testing.assert_allclose(drawn.range_m[met], range_m[met], rtol=3e-5)
    # Each pixel still knows which of the two it is.
    points = here.unproject(np.argwhere(met)[:, ::-1].astype(float))
    places = points[0] + points[1] * drawn.range_m[met][:, None] - ORIGIN
    corners = pair.vertices_m[drawn.triangle[met]]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    off = ((places - corners[:, 0]) * normals).sum(axis=1) / np.linalg.norm(normals, axis=1)
    assert np.abs(off).max() < 1e-3
    assert set(drawn.triangle[met].tolist()) == {0, 1}


@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_a_fold_that_stands_in_the_way_of_its_own_far_side_stays_two(model, direction):
    here = view(model, direction)
    # A tent, seen from one side: the far one is hidden, or seen from within.
    pair = pair_of([[8, -2, 3], [7, 0, 0], [8, 2, 3], [10, 0, 0]])
    owner, _, range_m = rasterise_reference(here, pair)
    assert len(painter_for(here).prepare(pair).owners) == 2
    drawn = rasterise(here, pair)
    assert (drawn.owner != owner).sum() <= 1
    met = (drawn.owner == 0) & (owner == 0)
    np.testing.assert_allclose(drawn.range_m[met], range_m[met], rtol=3e-5)


@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_each_pixel_names_a_triangle_that_its_ray_meets(model, direction):
    here = view(model, direction)
    triangles = concatenate([boxes(20, seed=6, moving=direction is not None)])
    drawn = rasterise(here, triangles)
    v, u = np.nonzero(drawn.owner >= 0)
    origins, rays, _ = here.unproject(np.stack([u, v], axis=1).astype(float))
    points = origins + rays * drawn.range_m[v, u][:, None]
    seconds = here.shutter.offset_ns(np.stack([u, v], axis=1).astype(float), 96, 64) * 1e-9
    which = drawn.triangle[v, u]
    corners = triangles.vertices_m[which] + triangles.origin_m
    if triangles.velocities_mps is not None:
        corners = corners + triangles.velocities_mps[which] * seconds[:, None, None]
    a, b, c = np.moveaxis(corners, 1, 0)
    normal = np.cross(b - a, c - a)
    weights = [
        (np.cross(q - p, points - p) * normal).sum(axis=1) / (normal * normal).sum(axis=1)
        for p, q in ((a, b), (b, c), (c, a))
    ]
    assert (np.min(weights, axis=0) > -1e-3).mean() > 0.999
    off = ((points - a) * normal).sum(axis=1) / np.linalg.norm(normal, axis=1)
    assert np.abs(off).max() < 1e-2
