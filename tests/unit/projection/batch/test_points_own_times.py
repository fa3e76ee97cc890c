"""A lidar takes its time to turn: each point of a sweep belongs to its own moment."""

import json
from pathlib import Path
from typing import Any

import lidar_clip
import numpy as np
import pytest
from clip_on_disk import START_NS, cuboid, write_labels, write_trajectory

from projection.batch.label_table import label_table
from projection.batch.run import project_clip
from projection.batch.scenery import SweepPoints
from projection.batch.sweeps import FolderSweeps, Sweeps
from projection.io import ClipFolder, read_clip_folder
from projection.target_spec import TargetSpec

SPEED_MPS, SIZE_M = 20.0, (4.0, 2.0, 1.6)
#: Of the points: as long before the sweep's time, and as long after it.
OFFSETS_NS = np.linspace(-50e6, 50e6, 41)


def van_at(offset_ns: float) -> np.ndarray:
    """Where the van's middle is, so long after the first sweep."""
    return np.array([12.0 + SPEED_MPS * 1e-9 * offset_ns, 3.0, 0.8])


def write(folder: Path, frame: str) -> ClipFolder:
    """A car that drives at 3 m/s, and beside it a van whose back is seen all through the turn."""
    lidar_clip.write(folder)
    for file in (folder / "sweeps").iterdir():
        file.unlink()
    document = json.loads((folder / "clip.json").read_text())
    document["lidars"][0]["fields"] = ["x", "y", "z", "time_offset_ns"]
    (folder / "clip.json").write_text(json.dumps(document))
    times = START_NS + 10_000_000 * np.arange(-30, 560)
    write_trajectory(folder, times)
    backs = [van_at(offset) - [SIZE_M[0] / 2, 0.0, 0.0] for offset in OFFSETS_NS]
    wall = np.array([30.0, -4.0, 1.0])
    points = np.array([*backs, wall])
    if frame == "lidar":
        points = points - [0.0, 0.0, 2.0]
    np.save(
        folder / "sweeps/0.npy",
        np.column_stack([points, [*OFFSETS_NS, np.nan]]).astype(np.float32),
    )
    (folder / "sweeps.csv").write_text(
        f"lidar,time_ns,path,frame\ntop,{START_NS},sweeps/0.npy,{frame}\n"
    )
    path = [van_at(1e9 * second - 2e8).tolist() for second in range(4)]
    van = cuboid("van", "van", path, size_m=list(SIZE_M))
    for keyframe in van["keyframes"]:
        keyframe["quat_xyzw"] = lidar_clip.IDENTITY
    write_labels(folder, [van])
    return read_clip_folder(folder)


@pytest.fixture(params=["lidar", "ego", "world"])
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> ClipFolder:
    return write(tmp_path / "clip", request.param)


def test_beams_begin_where_the_sensor_was_at_their_own_time(clip: ClipFolder) -> None:
    source = FolderSweeps(clip)
    sweep = source.load(source.refs[0])
    x = 3.0 * 1e-9 * np.append(OFFSETS_NS, 0.0)
    expected = np.column_stack([x, 0.0 * x, 2.0 + 0.0 * x])
    assert np.allclose(sweep.origins_m, expected, atol=1e-6)


def test_points_belong_to_the_box_that_was_there_when_they_were_seen(clip: ClipFolder) -> None:
    points = SweepPoints(label_table(clip.label_sets), sweeps := Sweeps(FolderSweeps(clip)))
    for later_ns in (0, 30_000_000):
        found, rows = points.at(sweeps.near(START_NS, 0.0), START_NS + later_ns, ground=True)
        assert rows.tolist() == [0] * len(OFFSETS_NS) + [-1]
        back = van_at(later_ns) - [SIZE_M[0] / 2, 0.0, 0.0]
        assert np.allclose(found[:-1], back, atol=1e-4)
        assert np.allclose(found[-1], [30.0, -4.0, 1.0], atol=1e-4)


def test_what_moves_leaves_no_points_behind_in_space(clip: ClipFolder, tmp_path: Path) -> None:
    space: dict[str, Any] = {
        "frame": "world", "origin_m": [0, -8, -1], "resolution_m": 0.25, "size": [160, 64, 16],
    }  # fmt: skip
    document = {"kind": "occupancy", "sweeps": {"within_s": 0.01}, "space": space}
    project_clip(clip, clip.label_sets, TargetSpec.from_dict(document), tmp_path / "out", workers=1)
    with np.load(tmp_path / f"out/rasters/{START_NS}.npz") as arrays:
        occupied = np.argwhere(arrays["state"] == 2)
        hits = arrays["hits"]
    centres = (occupied + 0.5) * 0.25 + [0.0, -8.0, -1.0]
    on_van = (np.abs(centres - van_at(0.0)) <= np.array(SIZE_M) / 2).all(axis=1)
    assert on_van.sum() == pytest.approx(np.prod(SIZE_M) / 0.25**3, rel=0.2)
    # Beside the van: where its back was seen within a tenth of a metre, and the wall.
    beside = centres[~on_van]
    assert (np.abs(beside[:, 0] - 10.0) <= 0.1 + 0.125)[beside[:, 0] < 20.0].all()
    assert hits[120, 16, 8] == 1


def test_times_that_are_no_times_are_the_drives_ends(tmp_path: Path) -> None:
    clip = write(tmp_path / "clip", "ego")
    file = tmp_path / "clip/sweeps/0.npy"
    values = np.load(file)
    values[:3, 3] = [np.inf, -np.inf, 3e38]
    np.save(file, values)
    source = FolderSweeps(clip)
    sweep = source.load(source.refs[0])
    assert sweep.times_ns is not None
    ends = [clip.trajectory.end_ns, clip.trajectory.start_ns, clip.trajectory.end_ns]
    assert sweep.times_ns[:3].tolist() == ends
    assert np.isfinite(sweep.origins_m).all()
