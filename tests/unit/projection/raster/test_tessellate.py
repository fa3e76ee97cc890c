import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from projection.raster.tessellate import concatenate, cuboids, mesh, polygon, ribbon, surface

ORIGIN = np.array([432_100.5, 5_300_200.25, 50.0])


def areas(triangles) -> np.ndarray:
    a, b, c = np.moveaxis(triangles.vertices_m, 1, 0)
    return 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)


def signed_volume(triangles) -> float:
    a, b, c = np.moveaxis(triangles.vertices_m, 1, 0)
    return float(np.einsum("ni,ni->n", a, np.cross(b, c)).sum() / 6.0)


def test_a_boxes_faces_look_outwards_and_enclose_its_volume():
    quats = Rotation.random(20, rng=1).as_quat()
    sizes = np.random.default_rng(2).uniform(0.3, 5.0, (20, 3))
    centers = np.random.default_rng(3).normal(size=(20, 3)) * 30 + ORIGIN
    for k in range(20):
        box = cuboids(ORIGIN, centers[k], quats[k], sizes[k], [k])
        assert len(box) == 12
        assert signed_volume(box) == pytest.approx(sizes[k].prod(), rel=1e-9)
        length, width, height = sizes[k]
        whole = 2 * (length * width + width * height + length * height)
        assert areas(box).sum() == pytest.approx(whole, rel=1e-9)
        # Corners, back in the box's own axes, are half its size away.
        own = (
            Rotation.from_quat(quats[k])
            .inv()
            .apply(box.vertices_m.reshape(-1, 3) + ORIGIN - centers[k])
        )
        np.testing.assert_allclose(np.abs(own), np.broadcast_to(sizes[k] / 2, own.shape), atol=1e-7)


def test_shrinking_keeps_the_centre():
    box = cuboids(ORIGIN, ORIGIN + 3.0, [0, 0, 0, 1], [4, 2, 1], [0], scale=(0.9, 0.9, 0.85))
    corners = box.vertices_m.reshape(-1, 3)
    np.testing.assert_allclose(np.ptp(corners, axis=0), [3.6, 1.8, 0.85])
    np.testing.assert_allclose((corners.max(axis=0) + corners.min(axis=0)) / 2, 3.0)


def test_corner_speeds_are_those_of_a_turning_body():
    rate, speed = np.array([0.1, -0.2, 0.7]), np.array([5.0, -1.0, 0.3])
    quat = Rotation.from_rotvec([0.2, 0.1, 1.0])
    box = cuboids(
        ORIGIN, ORIGIN, quat.as_quat(), [4, 2, 1], [0], velocities_mps=speed, turn_rates_radps=rate
    )
    step = 1e-5
    later = cuboids(
        ORIGIN,
        ORIGIN + speed * step,
        (Rotation.from_rotvec(rate * step) * quat).as_quat(),
        [4, 2, 1],
        [0],
    )
    moved = (later.vertices_m - box.vertices_m) / step
    np.testing.assert_allclose(box.velocities_mps, moved, atol=1e-4)


def rings_of(shape: shapely.Polygon, height) -> list[np.ndarray]:
    rings = []
    for ring in (shape.exterior, *shape.interiors):
        xy = np.array(ring.coords)[:-1]
        rings.append(np.column_stack([xy, height(xy)]) + ORIGIN)
    return rings


def star(rng: np.random.Generator, count: int, scale: float) -> np.ndarray:
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    return (
        np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(0.3, 1.0, (count, 1)) * scale
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.integers(3, 40))
def test_a_polygon_with_holes_is_covered_once_and_its_holes_not_at_all(seed, count):
    rng = np.random.default_rng(seed)
    outer = shapely.make_valid(shapely.Polygon(star(rng, count, 20.0)))
    hole = shapely.make_valid(shapely.Polygon(star(rng, 7, 4.0) + 0.5))
    shape = max(
        shapely.get_parts(shapely.difference(outer, hole)), key=lambda part: part.area, default=None
    )
    if shape is None or shape.geom_type != "Polygon" or shape.area < 1e-6:
        return
    triangles = polygon(ORIGIN, rings_of(shape, lambda xy: 0.0 * xy[:, 0]), 4)
    pieces = shapely.polygons(triangles.vertices_m[:, :, :2])
    assert areas(triangles).sum() == pytest.approx(shape.area, rel=1e-6)
    assert shapely.union_all(pieces).symmetric_difference(shape).area < 1e-5 * shape.area + 1e-6
    assert (triangles.owners == 4).all()


def test_heights_are_those_of_the_rings_vertices():
    outer = np.array([[0, 0, 1.0], [9, 0, 2.0], [9, 9, 5.0], [0, 9, 3.0]])
    hole = np.array([[3, 3, 7.0], [6, 3, 8.0], [6, 6, 9.0], [3, 6, 6.0]])
    triangles = polygon(ORIGIN, [outer + ORIGIN, hole + ORIGIN], 0)
    known = {tuple(vertex) for vertex in np.concatenate([outer, hole]).tolist()}
    assert {tuple(vertex) for vertex in triangles.vertices_m.reshape(-1, 3).tolist()} <= known


def test_a_polygon_that_crosses_itself_is_filled_even_odd():
    bow = np.array([[0, 0, 0.0], [4, 4, 4.0], [4, 0, 0.0], [0, 4, 4.0]])
    triangles = polygon(ORIGIN, [bow + ORIGIN], 0)
    flat = shapely.polygons(triangles.vertices_m[:, :, :2])
    assert shapely.area(flat).sum() == pytest.approx(8.0)
    np.testing.assert_allclose(
        triangles.vertices_m[..., 2], triangles.vertices_m[..., 1], atol=1e-9
    )


def test_a_standing_polygon_keeps_its_area():
    sign = np.array([[5.0, 0, 1], [5, 1, 1], [5, 1, 2], [5, 0, 2]])
    turned = Rotation.from_euler("z", 0.7).apply(sign)
    triangles = polygon(ORIGIN, [turned + ORIGIN], 0)
    assert areas(triangles).sum() == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(
    "rings",
    [
        [],
        [[[0, 0, 0], [1, 1, 0]]],
        [[[0, 0, 0], [1, 1, 0], [2, 2, 0]]],
        [[[0, 0, 0]] * 5],
        [[[0, 0, 0], [np.nan, 1, 0], [2, 0, 0]]],
    ],
)
def test_polygons_without_an_inside_have_no_triangles(rings):
    triangles = polygon([0.0, 0.0, 0.0], [np.array(ring, dtype=float) for ring in rings], 0)
    assert areas(triangles).sum() == pytest.approx(0.0, abs=1e-12)


def test_a_ribbon_is_as_wide_as_it_says_all_along():
    line = np.array([[0, 0, 0.0], [10, 0, 1.0], [20, 5, 1.0], [20, 15, 0.0]])
    band = ribbon(ORIGIN, line + ORIGIN, 0.5, 3)
    flat = shapely.union_all(shapely.polygons(band.vertices_m[:, :, :2]))
    mitred = shapely.LineString(line[:, :2]).buffer(0.25, cap_style="flat", join_style="mitre")
    assert flat.symmetric_difference(mitred).area < 1e-9
    assert (band.nearer > 0.0).all()


def test_a_closed_ribbon_has_no_gap_where_it_begins():
    square = np.array([[0, 0, 0.0], [10, 0, 0], [10, 10, 0], [0, 10, 0]])
    band = ribbon(ORIGIN, square + ORIGIN, 1.0, 3, closed=True)
    flat = shapely.union_all(shapely.polygons(band.vertices_m[:, :, :2]))
    expected = shapely.box(-0.5, -0.5, 10.5, 10.5).difference(shapely.box(0.5, 0.5, 9.5, 9.5))
    assert flat.symmetric_difference(expected).area < 1e-9


@pytest.mark.parametrize(
    ("line", "width"),
    [
        ([[0, 0, 0]], 0.2),
        ([[0, 0, 0], [0, 0, 5]], 0.2),
        ([[0, 0, 0], [1, 0, 0]], 0.0),
        ([[0, 0, 0], [1, 0, 0]], float("nan")),
        ([[0, 0, 0], [np.nan, 0, 0]], 0.2),
    ],
)
def test_lines_without_a_surface_have_no_triangles(line, width):
    assert len(ribbon(np.zeros(3), np.array(line, dtype=float), width, 0)) == 0


def test_concatenating_keeps_places_in_the_world_and_tells_bodies_apart():
    first = cuboids(ORIGIN, ORIGIN + 1.0, [0, 0, 0, 1], [1, 1, 1], [0])
    second = cuboids(
        ORIGIN + 100.0, ORIGIN + 5.0, [0, 0, 0, 1], [1, 1, 1], [1], velocities_mps=[1.0, 2, 3]
    )
    both = concatenate([first, second])
    np.testing.assert_allclose(both.vertices_m[12:].mean(axis=(0, 1)), 5.0, atol=1e-9)
    assert np.unique(both.solids).tolist() == [0, 1]
    assert (both.velocities_mps[:12] == 0.0).all()
    np.testing.assert_array_equal(both.velocities_mps[12:], second.velocities_mps)


def test_a_face_that_names_a_missing_vertex_gets_a_sentence():
    with pytest.raises(ValueError, match="faces: expected indices of 3 vertices, found 0 to 3"):
        mesh(np.zeros(3), np.eye(3), [[0, 1, 3]], 0)


def test_a_negative_owner_gets_a_sentence():
    with pytest.raises(ValueError, match="owners: expected ids of zero or more, found -2"):
        surface(np.zeros(3), np.zeros((1, 3, 3)), [-2])


def test_the_triangles_of_a_road_come_in_pairs_that_make_convex_quadrangles():
    along = np.linspace(0.0, 60.0, 31)
    left, right = (
        np.stack([along, np.sin(along / 20.0) * 9.0 + side, np.cos(along / 7.0)], axis=1)
        for side in (3.0, -3.0)
    )
    ring = np.concatenate([left, right[::-1]]) + ORIGIN
    made = polygon(ORIGIN, [ring], 0)
    assert len(made) == 60
    first, second = made.vertices_m[:56:2], made.vertices_m[1:56:2]
    np.testing.assert_array_equal(first[:, [0, 2]], second[:, [0, 1]])
    quads = np.concatenate([first, second[:, 2:]], axis=1)[..., :2]
    sides = np.roll(quads, -1, axis=1) - quads
    after = np.roll(sides, -1, axis=1)
    turns = sides[..., 0] * after[..., 1] - sides[..., 1] * after[..., 0]
    assert ((turns > 0.0).all(axis=1) | (turns < 0.0).all(axis=1)).all()
