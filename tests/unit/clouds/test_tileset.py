"""Clouds cut into tiles: every point once, where it was, in boxes that hold it."""

import struct
from pathlib import Path

import numpy as np
import orjson
import pytest

from projection.clouds import CloudPoints, TilesetWriter, octree, tileset
from projection.clouds.glb import Cube, decode_tile, encode_tile
from projection.clouds.records import RECORD

FAR_M = np.array([512_345.0, 5_321_987.0, 411.0])


def street(count: int, seed: int = 0, origin_m=(0.0, 0.0, 0.0)) -> np.ndarray:
    """A road of 300 m between walls."""
    rng = np.random.default_rng(seed)
    points = np.c_[
        rng.uniform(0, 300, count), rng.uniform(-12, 12, count), rng.normal(0, 0.01, count)
    ]
    walls = rng.random(count) < 0.3
    points[walls, 1] = np.sign(points[walls, 1]) * 12
    points[walls, 2] = rng.uniform(0, 9, walls.sum())
    return points + np.asarray(origin_m)


def cloud(positions_m: np.ndarray) -> CloudPoints:
    """Points that carry their row number in colour and features."""
    rows = np.arange(len(positions_m), dtype="<u4")
    features = np.zeros((len(rows), 4), dtype=np.uint8)
    features[:, 0] = rows % 251
    return CloudPoints(positions_m, rows.view(np.uint8).reshape(-1, 4), features)


def write(folder: Path, *parts: np.ndarray) -> tuple[tileset.Tileset, dict[str, bytes]]:
    files: dict[str, bytes] = {}
    folder.mkdir(exist_ok=True)
    writer = TilesetWriter(folder, files.__setitem__)
    first = 0
    for part in parts:
        whole = cloud(np.zeros((first + len(part), 3)))
        writer.add(CloudPoints(part, whole.colors[first:], whole.features[first:]))
        first += len(part)
    return writer.finish(), files


def tiles_of(files: dict[str, bytes]) -> list[tuple[dict, int]]:
    found = []

    def walk(tile: dict, depth: int) -> None:
        found.append((tile, depth))
        for child in tile.get("children", []):
            walk(child, depth + 1)

    walk(orjson.loads(files["tileset.json"])["root"], 0)
    return found


def read_points(files: dict[str, bytes]) -> tuple[np.ndarray, np.ndarray]:
    """All tiles' positions and row numbers."""
    positions, rows = [], []
    for name, content in files.items():
        if name.endswith(".glb"):
            where, vertices = decode_tile(content)
            positions.append(where)
            rows.append(np.ascontiguousarray(vertices["color"]).view("<u4")[:, 0])
    return np.concatenate(positions), np.concatenate(rows)


@pytest.fixture(params=["in memory", "in parts"])
def memory(request, monkeypatch) -> None:
    """Few points fit into memory in the second case."""
    if request.param == "in parts":
        monkeypatch.setattr(tileset, "MEMORY_POINTS", 7000)
        monkeypatch.setattr(tileset, "BLOCK_POINTS", 3000)
    monkeypatch.setattr(octree, "LEAF_POINTS", 1500)


@pytest.mark.usefixtures("memory")
def test_every_point_is_in_one_tile_within_a_millimetre_of_where_it_was(tmp_path) -> None:
    points = street(40_000, origin_m=FAR_M)
    made, files = write(tmp_path / "work", points[:25_000], points[25_000:])
    assert made.point_count == 40_000
    positions, rows = read_points(files)
    assert sorted(rows.tolist()) == list(range(40_000))
    assert np.abs(positions - points[rows]).max() < 1.5e-3
    assert made.tile_count == len(files) - 1
    assert made.size == sum(map(len, files.values()))


@pytest.mark.usefixtures("memory")
def test_a_tiles_box_holds_its_points_and_its_childrens_boxes(tmp_path) -> None:
    _, files = write(tmp_path / "work", street(40_000, origin_m=FAR_M))
    tiles = tiles_of(files)
    assert max(depth for _, depth in tiles) >= 2
    for tile, _ in tiles:
        box = np.array(tile["boundingVolume"]["box"])
        centre, half = box[:3], box[[3, 7, 11]]
        if "content" in tile:
            positions, _ = decode_tile(files[tile["content"]["uri"]])
            assert (np.abs(positions - centre) <= half + 1e-3).all()
        for child in tile.get("children", []):
            inner = np.array(child["boundingVolume"]["box"])
            assert (np.abs(inner[:3] - centre) + inner[[3, 7, 11]] <= half + 1e-3).all()


@pytest.mark.usefixtures("memory")
def test_upper_tiles_show_all_of_the_cloud_thinly(tmp_path) -> None:
    points = street(40_000)
    _, files = write(tmp_path / "work", points)
    root, depth = tiles_of(files)[0]
    assert depth == 0
    positions, _ = decode_tile(files[root["content"]["uri"]])
    assert 300 < len(positions) < 40_000
    assert (np.histogram(positions[:, 0], bins=30, range=(0, 300))[0] > 0).all()
    for tile, _ in tiles_of(files):
        children = tile.get("children", [])
        assert all(child["geometricError"] < tile["geometricError"] for child in children)
        assert (tile["geometricError"] == 0) == (not children)


def test_the_same_points_give_the_same_version_and_others_another(tmp_path) -> None:
    one, _ = write(tmp_path / "1", street(3000))
    again, _ = write(tmp_path / "2", street(3000))
    other, _ = write(tmp_path / "3", street(3000, seed=1))
    assert one.version == again.version != other.version


@pytest.mark.usefixtures("memory")
def test_a_stray_point_far_out_costs_no_others(tmp_path) -> None:
    """All others then lie in one cell of the first grid: they are split again."""
    points = np.concatenate([street(30_000), [[150_000.0, 0.0, 0.0]]])
    made, files = write(tmp_path / "work", points)
    assert made.point_count == 30_001
    _, rows = read_points(files)
    assert sorted(rows.tolist()) == list(range(30_001))


@pytest.mark.usefixtures("memory")
def test_many_points_in_one_place_end_in_a_tiles_worth_of_them(tmp_path) -> None:
    made, _ = write(tmp_path / "work", np.repeat([[1.0, 2.0, 3.0]], 20_000, axis=0))
    assert 0 < made.point_count <= 20_000


def test_an_empty_cloud_is_a_tileset_without_tiles(tmp_path) -> None:
    made, files = write(tmp_path / "work")
    assert (made.point_count, made.tile_count, list(files)) == (0, 0, ["tileset.json"])


@pytest.mark.parametrize("size_m", [3.0, 64.0, 900.0])
def test_a_tile_is_read_back_as_it_was_written(size_m: float) -> None:
    rng = np.random.default_rng(3)
    records = np.zeros(500, dtype=RECORD)
    cube = Cube(np.array([-1.0, 2.0, 5.0]), size_m)
    records["position"] = cube.corner_m + rng.uniform(0, size_m, (500, 3))
    records["color"] = rng.integers(0, 255, (500, 4))
    records["features"] = rng.integers(0, 255, (500, 4))
    positions, rows = decode_tile(encode_tile(records, cube, FAR_M))
    expected = records["position"].astype(np.float64) + FAR_M
    assert np.abs(positions - expected).max() < 1e-3
    assert (rows["color"] == records["color"]).all()
    assert (rows["features"] == records["features"]).all()


def test_a_damaged_tile_is_refused() -> None:
    records = np.zeros(3, dtype=RECORD)
    content = encode_tile(records, Cube(np.zeros(3), 1.0), np.zeros(3))
    for broken in (
        b"",
        content[:30],
        content[:-4],
        b"x" + content[1:],
        struct.pack("<4sII", b"glTF", 2, 12),
    ):
        with pytest.raises(ValueError, match="tile"):
            decode_tile(broken)
