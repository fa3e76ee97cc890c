import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay
from scipy.spatial.transform import Rotation

from projection.bev import Box, Grid, Stripe, Surface, rasterise_bev
from projection.rigid import RigidTransform

ORIGIN = np.array([698_012.75, 5_334_001.5, 520.0])
LEVEL = [0.0, 0.0, 0.0, 1.0]


def grid(size=(40, 30), resolution=0.5, turn=0.0, origin=(-10.0, -7.5)) -> Grid:
    frame = RigidTransform(ORIGIN, [0.0, 0.0, np.sin(turn / 2), np.cos(turn / 2)])
    return Grid(origin, resolution, size, frame)


def inside(here: Grid, shape) -> np.ndarray:
    """Which cells' centres a shape about the grid's frame encloses."""
    centers = here.centers_world()
    return shapely.contains_xy(shape, centers[..., 0], centers[..., 1])


def lifted(xy, height=0.0) -> np.ndarray:
    xy = np.asarray(xy, dtype=float)
    return np.column_stack([xy, np.full(len(xy), height)]) + ORIGIN


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.floats(-4.0, 4.0))
def test_polygons_with_holes_are_filled_as_shapely_says(seed, turn):
    rng = np.random.default_rng(seed)
    here = grid(turn=turn)
    outer = rng.normal(size=(9, 2)) * 7.0
    hole = rng.normal(size=(4, 2)) * 3.0
    bev = rasterise_bev(here, [Surface([lifted(outer), lifted(hole)], 3, 8)])
    # Even-odd, also of rings that cross themselves and each other: parity of a ray's crossings.
    centers = here.centers_world()[..., :2] - ORIGIN[:2]
    parity = np.zeros(here.size, dtype=int)
    for ring in (outer, hole):
        for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            spans = (a[1] > centers[..., 1]) != (b[1] > centers[..., 1])
            slope = (b[0] - a[0]) / (b[1] - a[1])
            x = a[0] + (centers[..., 1] - a[1]) * slope
            parity += spans & (centers[..., 0] < x)
    np.testing.assert_array_equal(bev.semantic == 3, parity % 2 == 1)
    np.testing.assert_array_equal(bev.instance, np.where(parity % 2 == 1, 8, -1))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.booleans())
def test_abutting_polygons_cover_every_cell_exactly_once(seed, on_the_cells):
    rng = np.random.default_rng(seed)
    here = grid()
    inner = rng.uniform(-10, 10, (8, 2))
    if on_the_cells:
        # Vertices and edges that go exactly through cell centres.
        inner = np.round(inner * 2) / 2 + 0.25
    corners = np.array([[-20.0, -20.0], [20, -20], [20, 20], [-20, 20]])
    points = np.unique(np.concatenate([inner, corners]), axis=0)
    covered = np.zeros(here.size, dtype=int)
    for face in Delaunay(points).simplices:
        covered += rasterise_bev(here, [Surface([lifted(points[face])], 1, 1)]).semantic >= 0
    assert (covered == 1).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_boxes_are_rotated_rectangles(seed):
    rng = np.random.default_rng(seed)
    here = grid(turn=rng.uniform(-3, 3))
    yaw, (x, y) = rng.uniform(-4, 4), rng.uniform(-8, 8, 2)
    length, width = rng.uniform(0.5, 8.0, 2)
    box = Box(
        ORIGIN + np.array([x, y, 1.0]),
        [0, 0, np.sin(yaw / 2), np.cos(yaw / 2)],
        [length, width, 1.5],
        2,
        5,
    )
    bev = rasterise_bev(here, [box], height=True)
    away = here.centers_world()[..., :2] - ORIGIN[:2] - [x, y]
    ahead = away[..., 0] * np.cos(yaw) + away[..., 1] * np.sin(yaw)
    aside = -away[..., 0] * np.sin(yaw) + away[..., 1] * np.cos(yaw)
    expected = (np.abs(ahead) <= length / 2) & (np.abs(aside) <= width / 2)
    np.testing.assert_array_equal(bev.instance == 5, expected)
    np.testing.assert_allclose(bev.height_m[expected], 1.75, atol=1e-5)
    assert np.isnan(bev.height_m[~expected]).all()


def test_a_tilted_box_is_drawn_as_its_outline_from_above():
    quat = Rotation.from_euler("zyx", [0.4, 0.5, -0.3]).as_quat()
    size = np.array([6.0, 3.0, 2.0])
    corners = Rotation.from_quat(quat).apply(
        np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * size / 2
    )
    here = grid()
    bev = rasterise_bev(here, [Box(ORIGIN, quat, size, 0, 0)], height=True)
    hull = shapely.MultiPoint(corners[:, :2] + ORIGIN[:2]).convex_hull
    np.testing.assert_array_equal(bev.semantic == 0, inside(here, hull))
    assert np.nanmax(bev.height_m) <= corners[:, 2].max()
    assert not np.isnan(bev.height_m[bev.semantic == 0]).any()


def test_a_stripe_has_its_width_and_its_height():
    line = np.array([[-8.0, -5.0], [0.0, 0.0], [7.0, -1.0]])
    here = grid(resolution=0.25, size=(80, 60))
    bev = rasterise_bev(here, [Stripe(lifted(line, 0.7), 1.2, 6, 1)], height=True)
    band = shapely.LineString(line + ORIGIN[:2]).buffer(0.6, cap_style="flat", join_style="mitre")
    different = (bev.semantic == 6) != inside(here, band)
    assert different.sum() == 0
    np.testing.assert_allclose(bev.height_m[bev.semantic == 6], 0.7, atol=1e-5)


def test_heights_of_a_surface_are_those_of_its_slope():
    ring = np.array([[-9.0, -7.0, 0.0], [9.0, -7.0, 1.8], [9.0, 7.0, 3.2], [-9.0, 7.0, 1.4]])
    here = grid()
    bev = rasterise_bev(here, [Surface([ring + ORIGIN], 1, 1)], height=True)
    centers = here.centers_world() - ORIGIN
    expected = 0.1 * (centers[..., 0] + 9.0) + 0.1 * (centers[..., 1] + 7.0)
    there = bev.semantic == 1
    np.testing.assert_allclose(bev.height_m[there], expected[there], atol=1e-5)


def test_later_shapes_cover_earlier_ones():
    road = Surface([lifted([[-9, -7], [9, -7], [9, 7], [-9, 7]])], 0, 0)
    car = Box(ORIGIN + np.array([0, 0, 1]), LEVEL, [4.0, 2.0, 2.0], 1, 7)
    here = grid()
    bev = rasterise_bev(here, [road, car], height=True)
    assert (bev.semantic == 1).sum() == 8 * 4
    assert set(np.unique(bev.height_m[bev.instance == 7]).tolist()) == {2.0}
    assert (rasterise_bev(here, [car, road]).instance != 7).all()


def test_shapes_that_are_broken_or_off_the_grid_leave_it_empty():
    nan = np.nan
    shapes = [
        Surface([], 1, 1),
        Surface([lifted([[0, 0], [1, 1]])], 1, 1),
        Surface([lifted([[0, 0], [nan, 1], [1, 0]])], 1, 1),
        Stripe(lifted([[0, 0]]), 1.0, 1, 1),
        Stripe(lifted([[0, 0], [nan, 1]]), 1.0, 1, 1),
        Box([nan, 0, 0], LEVEL, [1, 1, 1], 1, 1),
        Box(ORIGIN, LEVEL, [0.0, 0.0, 0.0], 1, 1),
        Box(ORIGIN, LEVEL, [-1.0, 2.0, 0.0], 1, 1),
        Box(ORIGIN + np.array([1e6, 0, 0]), LEVEL, [1, 1, 1], 1, 1),
        Surface([lifted([[1e9, 0], [1e9, 1e9], [2e9, 0]])], 1, 1),
    ]
    bev = rasterise_bev(grid(), shapes, height=True)
    assert (bev.semantic == -1).all()
    assert np.isnan(bev.height_m).all()
    assert (rasterise_bev(grid(), []).instance == -1).all()


def test_the_place_on_earth_and_the_grids_turn_change_nothing():
    ring = np.random.default_rng(3).normal(size=(11, 2)) * 6
    expected = rasterise_bev(grid(), [Surface([lifted(ring)], 1, 1)]).semantic
    turn = Rotation.from_euler("z", 1.1)
    moved = np.array([-3e6, 7e6, 12.0])
    frame = RigidTransform(moved, turn.as_quat())
    turned = turn.apply(lifted(ring) - ORIGIN) + moved
    there = Grid((-10.0, -7.5), 0.5, (40, 30), frame)
    np.testing.assert_array_equal(
        rasterise_bev(there, [Surface([turned], 1, 1)]).semantic, expected
    )


@pytest.mark.parametrize(
    ("origin", "resolution", "size", "field"),
    [
        ((0.0, 0.0), 0.0, (4, 4), "resolution_m"),
        ((0.0, 0.0), float("nan"), (4, 4), "resolution_m"),
        ((0.0, 0.0), 1.0, (0, 4), "size"),
        ((0.0, 0.0), 1.0, (1 << 20, 1 << 20), "size"),
        ((0.0, float("inf")), 1.0, (4, 4), "origin_m"),
    ],
)
def test_an_impossible_grid_gets_a_sentence(origin, resolution, size, field):
    with pytest.raises(ValueError, match=f"{field}: expected .* found"):
        Grid(origin, resolution, size, RigidTransform.identity())
