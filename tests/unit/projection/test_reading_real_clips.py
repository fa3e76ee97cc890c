"""Agreement with what real recordings say about themselves (not kept here: their licence).

``python -m bench recordings`` prints the same figures.
"""

from pathlib import Path

import numpy as np
import pytest

from bench.projection.recordings import (
    COUNTED,
    DDAD_PX,
    KITTI_PX,
    OPENLANE_PX,
    counted_points,
    ddad_boxes,
    kitti_errors,
    openlane_errors,
    world_points,
)
from projection.io import read_clip_folder


@pytest.fixture
def raw(shared_dir: Path) -> Path:
    return shared_dir / "data" / "raw"


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


def test_boxes_agree_with_ddads_own_ones(real_clips: Path, raw: Path) -> None:
    clip = read_clip_folder(real_clips / "ddad_scene_02")
    ours, theirs = ddad_boxes(clip, raw, at_sweeps=False)
    errors = np.abs(ours - theirs - 0.5).max(axis=1)
    assert len(errors) == 39
    assert np.median(errors).round(2) <= DDAD_PX[0]
    assert errors.max().round(2) <= DDAD_PX[1]


def test_boxes_are_ddads_own_ones_where_objects_stand_as_they_did_in_the_sweep(
    real_clips: Path, raw: Path
) -> None:
    # Their boxes are the lidar's through the poses, not moved by the object's speed.
    clip = read_clip_folder(real_clips / "ddad_scene_02")
    ours, theirs = ddad_boxes(clip, raw, at_sweeps=True)
    assert np.array_equal(np.floor(ours), theirs)


def test_boxes_agree_with_kittis_own_ones(real_clips: Path, raw: Path) -> None:
    errors = kitti_errors(read_clip_folder(real_clips / "kitti_tracking_0001"), raw)
    assert len(errors) >= 12
    assert np.median(errors).round(2) <= KITTI_PX[0]
    assert max(errors).round(2) <= KITTI_PX[1]


@pytest.mark.parametrize(("name", "count"), COUNTED.items())
def test_boxes_hold_as_many_lidar_points_as_their_source_counted(
    real_clips: Path, name: str, count: int
) -> None:
    ours, theirs = counted_points(read_clip_folder(real_clips / name))
    assert np.array_equal(ours, theirs)
    assert len(ours) == count


def test_lane_vertices_land_on_openlanes_own_pixels(real_clips: Path, raw: Path) -> None:
    errors = openlane_errors(read_clip_folder(real_clips / "openlane_1"), raw)
    assert len(errors) > 1000
    assert errors.max() <= OPENLANE_PX
