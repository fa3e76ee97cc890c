"""Targets per time: rasters from above, occupancy, flow, written by the command."""

import io
import json
from pathlib import Path
from typing import Any

import lidar_clip
import numpy as np
import pyarrow.parquet as pq
import pytest
from clip_on_disk import START_NS
from targets_on_disk import files_of

from projection.batch.npz import npz_bytes
from projection.batch.run import project_clip
from projection.io import ClipFolder, FormatError, read_clip_folder
from projection.target_spec import TargetSpecs

STEP_NS = lidar_clip.STEP_NS
GRID = {"frame": "ego", "origin_m": [0, -8], "resolution_m": 0.25, "size": [160, 64]}
HEADS: dict[str, Any] = {
    "top": {"kind": "bev", "grid": GRID | {"height": True}},
    "boxes": {"kind": "flow", "grid": GRID | {"later_s": 0.2}, "classes": ["car", "truck"]},
    "space": {
        "kind": "occupancy",
        "sweeps": {"within_s": 0.01},
        "space": {
            "frame": "world", "origin_m": [0, -8, -1], "resolution_m": 0.5, "size": [80, 32, 12],
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lidar_clip.write(tmp_path_factory.mktemp("lidar") / "clip")


@pytest.fixture(scope="module")
def clip(folder: Path) -> ClipFolder:
    return read_clip_folder(folder)


@pytest.fixture(scope="module")
def out(clip: ClipFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ticks")
    project_clip(clip, clip.label_sets, TargetSpecs.from_dict({"heads": HEADS}), out, workers=1)
    return out


def index_of(out: Path, head: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for path in sorted((out / head / "ticks").glob("*.parquet")):
        rows += pq.read_table(path).to_pylist()
    return rows


def arrays_of(out: Path, head: str, tick: int) -> dict[str, np.ndarray]:
    row = index_of(out, head)[tick]
    assert row["time_ns"] == START_NS + STEP_NS * tick
    with np.load(out / head / row["raster"]) as archive:
        return dict(archive)


def cell(x: float, y: float) -> tuple[int, int]:
    return int(x / 0.25), int((y + 8) / 0.25)


def test_every_tick_has_a_raster(out: Path) -> None:
    for head in HEADS:
        rows = index_of(out, head)
        assert [row["time_ns"] for row in rows] == [
            START_NS + STEP_NS * tick for tick in range(lidar_clip.TICKS)
        ]
        assert len(list((out / head / "rasters").glob("*.npz"))) == lidar_clip.TICKS
    assert not list(out.rglob("targets"))


def test_surfaces_lines_and_boxes_are_seen_from_above(out: Path) -> None:
    manifest = json.loads((out / "top/manifest.json").read_text())
    number = {name: place for place, name in enumerate(manifest["classes"])}
    found = arrays_of(out, "top", 3)
    row = index_of(out, "top")[3]
    semantic = found["semantic"]
    assert semantic.shape == (160, 64)
    truck_x = lidar_clip.drive_at(0.3)
    for x, y, name, height in (
        (20.0, 0.0, "car", 1.6),
        (truck_x, -2.5, "truck", 1.6),
        (5.0, -1.0, "lane", 0.0),
        (5.0, 3.0, "road", 0.0),
    ):
        assert semantic[cell(x, y)] == number[name]
        label = row["labels"][found["instance"][cell(x, y)]]
        assert label["class"] == name
        assert found["height_m"][cell(x, y)] == pytest.approx(height, abs=1e-5)
    assert semantic[cell(5.0, 6.0)] == -1
    assert np.isnan(found["height_m"][cell(5.0, 6.0)])
    assert (semantic == number["truck"]).sum() == pytest.approx(4.0 * 2.0 / 0.25**2, rel=0.1)


def test_what_moves_has_flow(out: Path) -> None:
    found = arrays_of(out, "boxes", 3)
    truck = cell(lidar_clip.drive_at(0.3), -2.5)
    assert found["flow_m"][truck] == pytest.approx([0.8, 0.0], abs=1e-5)
    assert found["flow_valid"][truck]
    car = cell(20.0, 0.0)
    assert found["flow_m"][car] == pytest.approx([0.0, 0.0])
    assert found["flow_valid"][car]
    assert not found["flow_valid"][cell(5.0, 3.0)]


def test_beams_free_space_and_points_fill_it(out: Path) -> None:
    found = arrays_of(out, "space", 0)
    state = found["state"]
    assert state.shape == (80, 32, 12)

    def at(x: float, y: float, z: float) -> tuple[int, int, int]:
        return int(x / 0.5), int((y + 8) / 0.5), int((z + 1) / 0.5)

    assert state[at(10.1, 2.0, 2.0)] == 2  # the wall
    assert state[at(5.0, 1.0, 2.0)] == 1  # before it
    assert state[at(12.1, 2.6, 2.1)] == 0  # behind it
    assert state[at(20.0, 0.0, 0.8)] == 2  # a box
    assert found["box_class"][at(20.0, 0.0, 0.8)] == 0
    assert index_of(out, "space")[0]["sweeps"] == [{"lidar": "top", "time_ns": START_NS}]


def test_two_workers_write_the_same_bytes_and_a_second_run_nothing(
    clip: ClipFolder, out: Path, tmp_path: Path
) -> None:
    specs = TargetSpecs.from_dict({"heads": HEADS})
    project_clip(clip, clip.label_sets, specs, tmp_path, workers=2)
    assert files_of(tmp_path) == files_of(out)
    assert not project_clip(clip, clip.label_sets, specs, tmp_path, workers=1).made


def test_only_ticks_that_a_changed_label_is_near_are_made_again(
    folder: Path, clip: ClipFolder, tmp_path: Path
) -> None:
    heads = {
        "near": {"kind": "bev", "grid": GRID},
        "far": {"kind": "bev", "grid": GRID | {"origin_m": [500, 500]}},
    }
    specs = TargetSpecs.from_dict({"heads": heads})
    project_clip(clip, clip.label_sets, specs, tmp_path, workers=1)
    path = folder / "labels/all.json"
    before = path.read_text()
    try:
        document = json.loads(before)
        document["labels"][0]["size_m"][1] = 2.5
        path.write_text(json.dumps(document))
        changed = read_clip_folder(folder)
    finally:
        path.write_text(before)
    report = project_clip(changed, changed.label_sets, specs, tmp_path, workers=1)
    assert {chunk.head: chunk.reason for chunk in report.chunks} == {
        "near": "labels that it may show changed",
        "far": None,
    }


def test_sampling_takes_ticks_too(clip: ClipFolder, tmp_path: Path) -> None:
    specs = TargetSpecs.from_dict(
        {"targets": ["bev", "box2d_clipped"], "grid": GRID, "sampling": {"every": 4}}
    )
    report = project_clip(clip, clip.label_sets, specs, tmp_path, workers=1)
    assert [row["time_ns"] for row in index_of(tmp_path, "")] == [
        START_NS + STEP_NS * tick for tick in range(0, lidar_clip.TICKS, 4)
    ]
    assert (report.images, report.ticks) == (3, 3)
    assert "3 rasters" in report.lines()[0]


def test_a_clip_without_sweeps_has_no_occupancy(
    clip: ClipFolder, tmp_path: Path, folder: Path
) -> None:
    kept = (folder / "sweeps.csv").read_text()
    try:
        (folder / "sweeps.csv").write_text("lidar,time_ns,path,frame\n")
        bare = read_clip_folder(folder)
    finally:
        (folder / "sweeps.csv").write_text(kept)
    specs = TargetSpecs.from_dict({"heads": {"space": HEADS["space"]}})
    with pytest.raises(FormatError, match="sweeps: expected a clip with sweeps, found no sweeps"):
        project_clip(bare, bare.label_sets, specs, tmp_path, workers=1)


def test_archives_depend_on_the_arrays_alone() -> None:
    arrays = {"b": np.arange(6.0).reshape(2, 3), "a": np.array([1, -1], dtype=np.int16)}
    content = npz_bytes(arrays)
    assert content == npz_bytes(dict(reversed(arrays.items())))
    with np.load(io.BytesIO(content)) as archive:
        assert {name: archive[name].tolist() for name in archive.files} == {
            "a": [1, -1], "b": [[0, 1, 2], [3, 4, 5]],
        }  # fmt: skip
