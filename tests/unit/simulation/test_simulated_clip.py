"""Clip folders as they are written: complete, readable, the same for a seed, or not there."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from projection import Track
from projection.io import ClipFolder, read_clip_folder, read_sweep
from projection.labels import Cuboid
from simulation import ClipOptions, Rig, car_rig, make_clip
from simulation.__main__ import main
from simulation.lidar import FIELDS, Lidar

LIDAR = Lidar(beams=8, columns=64)
FRONT = Rig(car_rig(64).cameras[:2], car_rig(64).phases)


def digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_a_clip_is_read_back_complete(clip: ClipFolder, clip_path: Path) -> None:
    assert len(clip.cameras) == 8
    assert len(clip.images) == 16
    assert len(clip.sweeps) == 2
    assert len(clip.ticks_ns()) == 2
    assert len({image.time_ns for image in clip.images}) == 16
    for image in clip.images:
        assert image.path is not None
        picture = cv2.imread(str(clip_path / image.path))
        camera = clip.camera(image.camera)
        assert picture.shape == (camera.height, camera.width, 3)
        assert picture.std() > 15
    layers = {labels.layer: labels for labels in clip.label_sets}
    assert set(layers) == {"objects", "road"}
    assert {labels.source for labels in clip.label_sets} == {"simulation"}
    # Only the truth is beside the format, and the reader says so.
    assert all("truth" in warning for warning in clip.warnings)


def test_moving_labels_live_through_every_image(clip: ClipFolder) -> None:
    (objects,) = [labels for labels in clip.label_sets if labels.layer == "objects"]
    times = [image.time_ns for image in clip.images]
    moving = [x for x in objects.labels if isinstance(x, Cuboid) and not x.static]
    assert len(moving) == 16
    for label in moving:
        assert Track(label).exists(times).all()


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(tmp_path: Path) -> None:
    options = ClipOptions(seed=7, ticks=2, truth=True)
    for name, threads in (("one", 1), ("three", 3)):
        make_clip(
            tmp_path / name, rig=FRONT, lidar=LIDAR, options=replace(options, threads=threads)
        )
    one = digests(tmp_path / "one")
    assert one == digests(tmp_path / "three")
    make_clip(tmp_path / "other", rig=FRONT, lidar=LIDAR, options=replace(options, seed=8))
    other = digests(tmp_path / "other")
    # Nothing is the same but the list of images: same times, same paths.
    same = {name for name in one if one[name] == other.get(name)}
    assert same == {"images.csv", "sweeps.csv"}


def test_labels_do_not_depend_on_whether_pictures_are_made(tmp_path: Path) -> None:
    make_clip(tmp_path / "with", rig=FRONT, lidar=LIDAR, ticks=1)
    make_clip(tmp_path / "without", rig=FRONT, ticks=1, pictures=False, sweeps=False)
    for name in ("labels/objects.json", "labels/road.json", "trajectory.csv"):
        assert (tmp_path / "with" / name).read_bytes() == (tmp_path / "without" / name).read_bytes()
    bare = read_clip_folder(tmp_path / "without")
    assert [image.path for image in bare.images] == [None, None]
    assert len(bare.ticks_ns()) == 1


def test_a_large_clip_without_pictures_has_what_was_asked_for(tmp_path: Path) -> None:
    summary = make_clip(
        tmp_path / "large", ticks=720, tick_s=1 / 36, moving=50, pictures=False, sweeps=False
    )
    assert summary.images == 5760
    assert summary.pictures == 0
    clip = read_clip_folder(tmp_path / "large")
    (objects,) = [labels for labels in clip.label_sets if labels.layer == "objects"]
    assert sum(isinstance(x, Cuboid) and not x.static for x in objects.labels) == 50


def test_poses_cover_the_slowest_shutter_and_the_oddest_phase(tmp_path: Path) -> None:
    slow = {"type": "rolling", "direction": "right_to_left", "line_delay_ns": 9_000_000}
    cameras = tuple({**camera, "shutter": slow} for camera in FRONT.cameras)
    phases = {cameras[0]["name"]: -0.9, cameras[1]["name"]: 1.8}
    make_clip(tmp_path / "slow", rig=Rig(cameras, phases), ticks=2, pictures=False, sweeps=False)
    clip = read_clip_folder(tmp_path / "slow")
    first, last = clip.trajectory.start_ns, clip.trajectory.end_ns
    assert last - first > 0.8e9
    assert len(clip.images) == 4


def test_points_lie_on_what_they_hit_at_their_own_time(clip: ClipFolder, clip_path: Path) -> None:
    (objects,) = [labels for labels in clip.label_sets if labels.layer == "objects"]
    tracks = [Track(label) for label in objects.labels if isinstance(label, Cuboid)]
    inside = 0
    for sweep in clip.sweeps:
        points = read_sweep(clip_path / sweep.path, FIELDS)
        raw = np.load(clip_path / sweep.path)
        assert raw.dtype == np.float32
        assert raw.shape[1] == len(FIELDS)
        assert len(points) == len(raw) > 1500
        assert ((raw[:, 3] >= 0) & (raw[:, 3] <= 1)).all()
        assert np.abs(raw[:, 4]).max() <= 25e6
        assert set(np.unique(raw[:, 5])) <= set(range(16))
        world = clip.trajectory.at(sweep.time_ns).apply(raw[:, :3].astype(float))
        times = sweep.time_ns + raw[:, 4].astype(np.int64)
        for track in tracks:
            states = track.at_many(times)
            offset = world - states.positions_m
            close = np.linalg.norm(offset, axis=1) < 12.0
            if not close.any():
                continue
            # Into the box's frame, by the conjugate of its quaternion.
            q = states.quats_xyzw[close] * np.array([-1, -1, -1, 1])
            t = 2 * np.cross(q[:, :3], offset[close])
            local = offset[close] + q[:, 3:] * t + np.cross(q[:, :3], t)
            depth = (np.abs(local) - states.sizes_m[close] / 2).max(axis=1)
            inside += (depth < 0.05).sum()
            if track.class_name == "container":
                # A box is hollow to a lidar: nothing deeper in than the noise.
                assert depth.min() > -0.12
    assert inside > 100


def test_a_folder_with_files_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="expected a new or an empty folder"):
        make_clip(tmp_path, ticks=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_clip_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_clip(tmp_path / "clip", rig=FRONT, lidar=LIDAR, ticks=3, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_every_file_to_the_end(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    make_clip(
        tmp_path / "clip", rig=FRONT, lidar=LIDAR, ticks=2, progress=lambda *a: calls.append(a)
    )
    assert calls[0] == (0, 6)
    assert calls[-1] == (6, 6)
    assert calls == sorted(calls)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("ticks", 0, "ticks: expected a whole number, at least 1, found 0"),
        ("seed", -1, "seed: expected a whole number, at least 0, found -1"),
        ("tick_s", float("nan"), "tick_s: expected at least 0.005, found nan"),
        ("threads", 0, "threads: expected a whole number, at least 1, found 0"),
    ],
)
def test_options_out_of_range_are_refused_by_name(field: str, value: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ClipOptions(**{field: value})


def test_the_command_writes_a_clip_and_says_what(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(tmp_path / "c"), "--ticks", "2", "--width", "48", "--no-pictures"]
    assert main([*arguments, "--no-sweeps", "--seed", "4"]) == 0
    assert "16 images (0 pictures), 0 sweeps" in capsys.readouterr().out
    assert json.loads((tmp_path / "c" / "clip.json").read_text())["attributes"]["seed"] == 4
    assert main([*arguments, "--no-sweeps"]) == 1
    assert "expected a new or an empty folder" in capsys.readouterr().err
