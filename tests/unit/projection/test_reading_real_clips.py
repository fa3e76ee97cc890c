"""Agreement with what real recordings say about themselves (not kept here: their licence)."""

import json
from pathlib import Path

import numpy as np
import pytest

from projection import CuboidState, Track, View, project_cuboid
from projection.io import ClipFolder, SweepRow, read_clip_folder, read_sweep
from projection.labels import Cuboid, Polyline


@pytest.fixture
def raw(shared_dir: Path) -> Path:
    return shared_dir / "data" / "raw"


def view_of(clip: ClipFolder, camera: str, time_ns: int) -> View:
    return View(clip.camera(camera), None, clip.trajectory, time_ns)


def world_points(clip: ClipFolder, row: SweepRow) -> np.ndarray:
    lidar = next(lidar for lidar in clip.lidars if lidar.name == row.lidar)
    points = read_sweep(clip.path / row.path, lidar.fields).positions_m
    if row.frame == "lidar":
        points = lidar.ego_from_lidar.apply(points)
    if row.frame != "world":
        points = clip.trajectory.at(row.time_ns).apply(points)
    return points


def points_inside(state: CuboidState, points: np.ndarray) -> int:
    local = state.world_from_box.inverse().apply(points)
    return int((np.abs(local) <= state.size_m / 2).all(axis=1).sum())


@pytest.mark.parametrize(
    "name",
    [
        "av2_7fab2350",
        "ddad_scene_02",
        "kitti_odometry_1",
        "kitti_tracking_0001",
        "nuscenes_bevdet",
        "openlane_1",
        "pjlab_fisheye",
        "pjlab_lidar2camera",
    ],
)
def test_real_clip_is_read_without_complaint(real_clips: Path, name: str) -> None:
    clip = read_clip_folder(real_clips / name)
    assert clip.name == name
    assert clip.warnings == ()
    assert clip.images
    for row in clip.sweeps:
        assert len(world_points(clip, row)) > 30_000


def ddad_boxes(clip: ClipFolder, raw: Path, *, at_sweeps: bool) -> tuple[np.ndarray, np.ndarray]:
    """Our boxes (n, 4) and DDAD's own, rounded down to whole pixels by their makers."""
    labels = {label.id: label for label in clip.label_sets[0].labels if isinstance(label, Cuboid)}
    ours, theirs = [], []
    for camera in clip.cameras:
        folder = raw / "ddad" / "scene_02" / "bounding_box_2d" / camera.name
        files = sorted(folder.glob("*.json"))
        for file, image, sweep in zip(files, clip.images_of(camera.name), clip.sweeps, strict=True):
            view = view_of(clip, camera.name, image.time_ns)
            for entry in json.loads(file.read_text())["annotations"]:
                time_ns = sweep.time_ns if at_sweeps else image.time_ns
                state = Track(labels[str(entry["instance_id"])]).at(time_ns)
                assert state is not None
                target = project_cuboid(view, state)
                assert target is not None
                box = entry["box"]
                ours.append(target.box_clipped)
                theirs.append([box["x"], box["y"], box["x"] + box["w"], box["y"] + box["h"]])
    return np.array(ours), np.array(theirs)


def test_boxes_agree_with_ddads_own_ones(real_clips: Path, raw: Path) -> None:
    clip = read_clip_folder(real_clips / "ddad_scene_02")
    ours, theirs = ddad_boxes(clip, raw, at_sweeps=False)
    errors = np.abs(ours - theirs - 0.5).max(axis=1)
    assert len(errors) == 39
    assert np.median(errors).round(2) <= 0.41
    assert errors.max().round(2) <= 0.56


def test_boxes_are_ddads_own_ones_where_objects_stand_as_they_did_in_the_sweep(
    real_clips: Path, raw: Path
) -> None:
    # Their boxes are the lidar's through the poses, not moved by the object's speed.
    clip = read_clip_folder(real_clips / "ddad_scene_02")
    ours, theirs = ddad_boxes(clip, raw, at_sweeps=True)
    assert np.array_equal(np.floor(ours), theirs)


def test_boxes_agree_with_kittis_own_ones(real_clips: Path, raw: Path) -> None:
    clip = read_clip_folder(real_clips / "kitti_tracking_0001")
    labels = {label.id: label for label in clip.label_sets[0].labels if isinstance(label, Cuboid)}
    camera = clip.camera("image_02")
    errors = []
    text = (raw / "kitti_tracking" / "training" / "label_02" / "0001.txt").read_text()
    for row in (line.split() for line in text.splitlines()):
        frame, track = int(row[0]), row[1]
        if frame > 1 or track not in labels:
            continue
        theirs = np.array([float(value) for value in row[6:10]])
        touches = (theirs[:2] <= 1).any() or (
            theirs[2:] >= [camera.width - 2, camera.height - 2]
        ).any()
        if touches:
            continue
        target = project_cuboid(view_of(clip, "image_02", frame * 10**8), Track(labels[track]))
        assert target is not None
        errors.append(np.abs(np.array(target.box_clipped) - theirs).max())
    assert len(errors) >= 12
    assert np.median(errors).round(2) <= 0.32
    assert max(errors).round(2) <= 0.86


@pytest.mark.parametrize(("name", "count"), [("nuscenes_bevdet", 37), ("av2_7fab2350", 162)])
def test_boxes_hold_as_many_lidar_points_as_their_source_counted(
    real_clips: Path, name: str, count: int
) -> None:
    clip = read_clip_folder(real_clips / name)
    compared = 0
    for row in clip.sweeps:
        points = world_points(clip, row)
        for label_set in clip.label_sets:
            for label in label_set.labels:
                if not isinstance(label, Cuboid):
                    continue
                state = Track(label).at(row.time_ns)
                exact = label.static or row.time_ns in label.times_ns
                if state is None or not exact or "lidar_points" not in state.attributes:
                    continue
                compared += 1
                assert points_inside(state, points) == state.attributes["lidar_points"]
    assert compared == count


def test_lane_vertices_land_on_openlanes_own_pixels(real_clips: Path, raw: Path) -> None:
    clip = read_clip_folder(real_clips / "openlane_1")
    file = next((raw / "openlane" / "lane3d").rglob("*.json"))
    lanes = json.loads(file.read_text())["lane_lines"]
    lines = [label for label in clip.label_sets[0].labels if isinstance(label, Polyline)]
    image = clip.images[0]
    view = view_of(clip, image.camera, image.time_ns)
    assert len(lanes) == len(lines) == 5
    for lane, line in zip(lanes, lines, strict=True):
        visible = np.array(lane["visibility"]) == 1
        uv, _, _ = view.project_world(line.vertices_m[visible])
        assert np.abs(uv - np.array(lane["uv"]).T).max() <= 1e-4
