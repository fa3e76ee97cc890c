"""Boxes of a whole chunk at once: the same rows as image by image, to the bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from clip_on_disk import CAMERAS, START_NS, STEP_NS, cuboid, label_set, labels

from projection.batch.chunk import ChunkMaker
from projection.batch.label_table import BatchLabel, label_table
from projection.batch.plan import Chunk, camera_chunks
from projection.batch.scenery import Scenery
from projection.batch.track_table import TrackTable
from projection.camera import Camera
from projection.io import ClipFolder, read_label_set
from projection.io.clip_folder import ImageRow
from projection.scene import Cloud
from projection.target_spec import TargetSpecs

IMAGES = 6
_ALL = [
    "box2d_full", "box2d_clipped", "box2d_visible", "mask_whole", "mask_visible", "polyline",
    "polygon", "keypoints", "point_count", "truncation", "occlusion", "distance", "depth",
]  # fmt: skip
SPECS: dict[str, Any] = {
    "objects": {"kind": "objects2d"},
    "all": {"targets": _ALL},
    "no drawing": {"targets": ["box2d_clipped", "distance"]},
    "nothing hides": {"kind": "objects2d", "occluders": {"cuboids": False, "polygons": False}},
    "ignored": {
        "targets": _ALL,
        "visibility": {
            "min_visible_fraction": 0.5, "min_visible_px": 30, "min_distance_m": 4.0,
            "max_distance_m": 30.0, "max_truncation": 0.6, "min_box_height_px": 6.0,
            "otherwise": "ignore",
        },
    },
    "dropped": {
        "kind": "objects2d",
        "visibility": {"max_truncation": 0.4, "min_visible_fraction": 0.7},
    },
    "heads": {
        "heads": {
            "vans": {"kind": "objects2d", "classes": ["van"]},
            "some": {"kind": "objects2d", "sampling": {"every": 2}},
            "plain": {"targets": ["box2d_full", "truncation"], "occluders": {"cuboids": False}},
            "nobody": {"kind": "objects2d", "classes": ["tram"]},
        }
    },
}  # fmt: skip
_FISHEYE = {key: CAMERAS[1][key] for key in ("model", "params", "max_angle_rad")}
LENSES: dict[str, dict[str, Any]] = {
    "pinhole": {},
    "narrow": {"max_angle_rad": 0.6},
    "opencv": {
        "model": "opencv",
        "params": {**CAMERAS[0]["params"], "distortion": [-0.2, 0.05, 0.001, -0.0005, 0.0]},
    },
    "fisheye": {**_FISHEYE, "width": 240, "height": 180},
    "rolling": {
        "shutter": {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 100000}
    },
}


def boxes(seed: int, count: int = 24) -> list[dict[str, Any]]:
    """Boxes all around the camera, some around it: they drive, stand, turn, grow, are gone."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        x, y = rng.uniform(-4.0, 25.0), rng.uniform(-7.0, 7.0)
        path = [[x + 3.0 * k * (number % 3), y + rng.normal(), 0.8] for k in range(4)]
        box = cuboid(f"box {number}", ("car", "van", "truck")[number % 3], path)
        frames = box["keyframes"]
        if number % 4 == 1:
            box["interpolation"] = "spline"
        if number % 4 == 2:
            frames[0]["gap_after"] = True
        if number % 5 == 3:
            frames[0]["size_m"], frames[1]["size_m"] = [4.0, 1.8, 1.5], [9.0, 2.5, 3.5]
            frames[1]["attributes"] = {"parked": True, "door": "open"}
        if number % 6 == 5:
            box |= {"static": True, "keyframes": [frames[1]], "attributes": {"ä": 1}}
        if number % 7 == 4:
            box |= {"from_ns": str(START_NS + STEP_NS), "to_ns": str(START_NS + 4 * STEP_NS)}
        found.append(box)
    return found


def table_of(*entries: dict[str, Any]) -> tuple[BatchLabel, ...]:
    return label_table([read_label_set(label_set(list(entries)))])


def made(
    clip: ClipFolder,
    table: tuple[BatchLabel, ...],
    lens: str,
    specs: TargetSpecs,
    folder: Path,
    scenery: Scenery | None = None,
    *,
    at_once: bool,
) -> tuple[list[tuple[pa.Table, pa.Table]], list[bool]]:
    """The tables of a camera's images, and whether each chunk was made at once."""
    camera = Camera.from_dict({**CAMERAS[0], **LENSES[lens]})
    images = [
        ImageRow(camera.name, START_NS + STEP_NS * n, None if n == 2 else f"{n}.jpg")
        for n in range(IMAGES)
    ]
    chunks: list[Chunk] = list(
        camera_chunks(camera, "front", images, [spec for _, spec in specs.heads])
    )
    maker = ChunkMaker(table, clip.trajectory, specs, folder, scenery)
    whole, quick = maker._boxes.make, []

    def make(looked, shares):
        found = whole(looked, shares) if at_once else None
        quick.append(found is not None)
        return found

    maker._boxes.make = make
    tables = [pair for chunk in chunks for pair in maker.tables(chunk, folder).values()]
    return tables, quick


def same(mine: list[tuple[pa.Table, pa.Table]], theirs: list[tuple[pa.Table, pa.Table]]) -> int:
    """How many rows there are; fails unless all are the same."""
    for left, right in zip(mine, theirs, strict=True):
        for one, other in zip(left, right, strict=True):
            assert one.schema == other.schema
            for name in one.column_names:
                assert one[name].equals(other[name]), name
    return sum(targets.num_rows for targets, _ in mine)


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("asked", SPECS)
def test_boxes_of_a_chunk_at_once_are_those_of_its_images(
    clip: ClipFolder, tmp_path: Path, lens: str, asked: str
) -> None:
    table, specs = table_of(*boxes(len(asked))), TargetSpecs.from_dict(SPECS[asked])
    at_once, quick = made(clip, table, lens, specs, tmp_path, at_once=True)
    one_by_one, _ = made(clip, table, lens, specs, tmp_path, at_once=False)
    assert quick
    assert all(quick)
    assert same(at_once, one_by_one) > 10


@pytest.mark.parametrize("entries", [[], boxes(3)[:1]])
def test_a_chunk_with_hardly_a_box_has_its_rows_and_images(
    clip: ClipFolder, tmp_path: Path, entries: list[dict[str, Any]]
) -> None:
    specs = TargetSpecs.from_dict(SPECS["all"])
    at_once, quick = made(clip, table_of(*entries), "pinhole", specs, tmp_path, at_once=True)
    one_by_one, _ = made(clip, table_of(*entries), "pinhole", specs, tmp_path, at_once=False)
    assert all(quick)
    same(at_once, one_by_one)
    assert sum(images.num_rows for _, images in at_once) == IMAGES


def test_what_else_is_near_is_looked_at_image_by_image_where_it_matters(
    clip: ClipFolder, tmp_path: Path
) -> None:
    lines = [entry for entry in labels() if entry["geometry"] in {"polyline", "keypoints"}]
    everything = table_of(*boxes(1), *(e for e in labels() if e["geometry"] != "cuboid"))
    cloud = Scenery(cloud=Cloud(np.array([[9.0, 0.0, 1.0]]), 0.1))
    for table, spec, scenery, expected in (
        (table_of(*boxes(1), *lines), SPECS["objects"], None, True),
        (table_of(*boxes(1), *lines), SPECS["all"], None, False),
        (everything, SPECS["objects"], None, False),
        (everything, {"kind": "objects2d", "occluders": {"polygons": False}}, None, True),
        (everything, {**SPECS["no drawing"], "geometries": ["cuboid"]}, None, True),
        (table_of(*boxes(1)), SPECS["objects"], cloud, False),
        (table_of(*boxes(1)), {"kind": "objects3d"}, None, False),
    ):
        specs = TargetSpecs.from_dict(spec)
        at_once, quick = made(clip, table, "pinhole", specs, tmp_path, scenery, at_once=True)
        one_by_one, _ = made(clip, table, "pinhole", specs, tmp_path, scenery, at_once=False)
        assert quick == [expected] * len(quick)
        assert same(at_once, one_by_one) > 10


@pytest.mark.parametrize("seed", range(3))
def test_the_table_of_tracks_says_what_each_track_says(seed: int) -> None:
    labels_ = table_of(*boxes(seed, 30))
    table = TrackTable(labels_)
    tracks = [entry.track for entry in labels_ if entry.track is not None]
    edges = [START_NS - 200_000_000 + n * 1_000_000_000 for n in range(5)]
    chance = np.random.default_rng(seed).integers(-(10**9), 5 * 10**9, 60) + START_NS
    times = np.sort(np.concatenate([edges, chance])).astype(np.int64)
    exists = table.exists(times)
    assert 0 < exists.sum() < exists.size
    for box, track in enumerate(tracks):
        assert exists[:, box].tolist() == track.exists(times).tolist()
        mine = table.poses(np.full(len(times), box), times)
        for one, other in zip(mine, track.poses(times), strict=True):
            assert np.array_equal(one, other)


def test_a_table_without_boxes_has_none_at_any_time() -> None:
    table = TrackTable(table_of(*(e for e in labels() if e["geometry"] != "cuboid")))
    assert table.exists(np.array([START_NS], dtype=np.int64)).shape == (1, 0)
