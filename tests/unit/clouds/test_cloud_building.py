"""The static cloud: what stands stays, what moved goes, and one point per place is left."""

from pathlib import Path

import numpy as np
import pytest

from projection.clouds.glb import decode_tile
from projection.clouds.ground import GroundCells
from projection.clouds.records import HEIGHT_LOWEST_M, HEIGHT_STEP_M, height_codes
from projection.clouds.static_cloud import StaticCloudBuilder, StaticCloudCounts, SweepForCloud
from projection.clouds.tileset import TilesetWriter

SENSOR_M = np.array([0.0, 0.0, 1.8])


def rays() -> np.ndarray:
    """Directions of a lidar of 48 lines and 900 columns."""
    azimuth, elevation = np.meshgrid(
        np.linspace(-np.pi, np.pi, 900, endpoint=False), np.radians(np.linspace(-22, 8, 48))
    )
    return np.stack(
        [
            np.cos(elevation) * np.cos(azimuth),
            np.cos(elevation) * np.sin(azimuth),
            np.sin(elevation),
        ],
        axis=-1,
    ).reshape(-1, 3)


def sweep(boxes: list[tuple[np.ndarray, np.ndarray]], sensor_m=SENSOR_M) -> np.ndarray:
    """What a lidar sees of the ground z = 0, walls at y = -9 and y = 9, and boxes."""
    directions = rays()
    with np.errstate(divide="ignore", invalid="ignore"):
        ground = np.where(directions[:, 2] < 0, -sensor_m[2] / directions[:, 2], np.inf)
        wall = (np.sign(directions[:, 1]) * 9 - sensor_m[1]) / directions[:, 1]
        nearest = np.minimum(ground, np.where(wall > 0, wall, np.inf))
        for centre, size in boxes:
            low = (centre - size / 2 - sensor_m) / directions
            high = (centre + size / 2 - sensor_m) / directions
            enter = np.minimum(low, high).max(axis=1)
            leave = np.maximum(low, high).min(axis=1)
            hit = (enter > 0) & (enter < leave)
            nearest = np.where(hit, np.minimum(nearest, enter), nearest)
    reached = nearest < 55
    return sensor_m + directions[reached] * nearest[reached, None]


def build(folder: Path, sweeps: list) -> tuple[StaticCloudCounts, np.ndarray, np.ndarray]:
    squares, spool = folder / "squares", folder / "spool"
    squares.mkdir()
    spool.mkdir()
    builder = StaticCloudBuilder(squares)
    for points, sensor_m in sweeps:
        none = np.zeros((len(points), 4), dtype=np.uint8)
        builder.add(SweepForCloud(points, none, none, sensor_m))
    files: dict[str, bytes] = {}
    writer = TilesetWriter(spool, files.__setitem__)
    counts = builder.finish(writer, lambda *_: None)
    writer.finish()
    tiles = [decode_tile(content) for name, content in files.items() if name.endswith("glb")]
    assert list(squares.iterdir()) == []
    if not tiles:
        return counts, np.empty((0, 3)), np.empty((0, 4))
    return (
        counts,
        np.concatenate([positions for positions, _ in tiles]),
        np.concatenate([rows["features"] for _, rows in tiles]),
    )


def near(points: np.ndarray, box: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Points in a box a little larger, above the ground."""
    inside = (np.abs(points - box[0]) <= box[1] / 2 + 0.1).all(axis=1)
    return points[inside & (points[:, 2] > 0.3)]


CAR = np.array([4.5, 1.9, 1.6])


def street(count: int = 12) -> tuple[list, list[tuple[np.ndarray, np.ndarray]], tuple]:
    """A lidar that drives 1 m from sweep to sweep, a car that comes towards it, a parked one."""
    parked = (np.array([14.0, -5.0, 0.8]), CAR)
    moving = [(np.array([40.0 - 2.5 * step, 3.0, 0.8]), CAR) for step in range(count)]
    sweeps = []
    for step in range(count):
        sensor_m = SENSOR_M + np.array([step * 1.0, 0, 0])
        sweeps.append((sweep([parked, moving[step]], sensor_m), sensor_m))
    return sweeps, moving, parked


def test_a_car_that_drives_leaves_no_trail_and_the_parked_one_stays(tmp_path) -> None:
    sweeps, moving, parked = street()
    before = np.concatenate([points for points, _ in sweeps])
    counts, cloud, _ = build(tmp_path, sweeps)
    trail = sum(len(near(before, box)) for box in moving)
    left = sum(len(near(cloud, box)) for box in moving)
    assert trail > 2000
    assert left < 0.05 * trail
    stood = len(np.unique(np.floor(near(before, parked) / 0.05), axis=0))
    assert len(near(cloud, parked)) > 0.97 * stood
    assert counts.moved > 0
    assert counts.kept == len(cloud)


def test_walls_and_ground_stay(tmp_path) -> None:
    sweeps, _, _ = street()
    before = np.concatenate([points for points, _ in sweeps])
    _, cloud, _ = build(tmp_path, sweeps)
    for chosen in (
        lambda points: points[np.abs(points[:, 1]) > 8.9],
        lambda points: points[np.abs(points[:, 2]) < 0.05],
    ):
        places = np.unique(np.floor(chosen(before) / 0.05), axis=0)
        assert len(chosen(cloud)) > 0.98 * len(places)


def test_each_place_has_one_point_the_one_seen_from_nearest_by(tmp_path) -> None:
    far, close = SENSOR_M + np.array([30.0, 0, 0]), SENSOR_M
    one = np.array([[5.01, 0.01, 1.01]])
    other = np.array([[5.03, 0.03, 1.03]])
    counts, cloud, _ = build(tmp_path, [(one, far), (other, close)])
    assert (counts.seen, counts.kept) == (2, 1)
    assert cloud[0] == pytest.approx(other[0], abs=1e-3)


def test_a_reconstruction_that_nobody_looked_at_loses_nothing_but_doubles(tmp_path) -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 100, (5000, 3))
    _, cloud, _ = build(tmp_path, [(points[:3000], None), (points[3000:], None)])
    assert len(cloud) == len(np.unique(np.floor((points - 64) / 0.05), axis=0))


def test_no_sweeps_give_an_empty_cloud(tmp_path) -> None:
    counts, cloud, _ = build(tmp_path, [(np.empty((0, 3)), SENSOR_M)])
    assert (counts, len(cloud)) == (StaticCloudCounts(0, 0, 0), 0)


def test_heights_are_counted_from_the_ground_about_a_point(tmp_path) -> None:
    rng = np.random.default_rng(1)
    slope = rng.uniform(-40, 40, (60_000, 2))
    ground = np.c_[slope, 0.05 * slope[:, 0] + 7]
    post = np.c_[np.full(200, 5.0), np.full(200, 5.0), np.linspace(7.25, 10.25, 200)]
    _, cloud, features = build(tmp_path, [(np.concatenate([ground, post]), None)])
    heights = features[:, 2] * HEIGHT_STEP_M + HEIGHT_LOWEST_M
    expected = cloud[:, 2] - (0.05 * cloud[:, 0] + 7)
    assert np.abs(heights - expected).max() < 0.2


def test_a_roof_is_not_taken_for_ground() -> None:
    rng = np.random.default_rng(2)
    xy = rng.uniform(-20, 20, (40_000, 2))
    under_roof = (np.abs(xy) < 1.0).all(axis=1)
    cells = GroundCells()
    cells.add(np.c_[xy, np.where(under_roof, 3.0, 0.0)])
    heights = cells.finish().heights(np.array([[0.5, 0.5, 3.0], [10.0, 10.0, 1.0]]))
    assert heights[0] > 2.5
    assert heights[1] == pytest.approx(1.0)


def test_height_codes_stop_at_their_ends() -> None:
    assert height_codes(np.array([-9.0, HEIGHT_LOWEST_M, 0.0, 99.0])).tolist() == [0, 0, 48, 255]
