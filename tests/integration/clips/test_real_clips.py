"""Real recordings go in, whole and quickly."""

import json
from pathlib import Path

import numpy as np
import pytest

from labelapp.clips.manifest import manifest_read
from labelapp.clips.sweeps import decode_sweep
from labelapp.labels.models import Label
from tests.integration.files import files_below

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: images, pictures, sweeps, ticks, labels, height of the ground and how well it is known.
CLIPS = {
    "ddad_scene_02": (18, 18, 3, 3, 13, 0.0, 0.2),
    "nuscenes_bevdet": (6, 6, 1, 1, 37, 0.0, 0.15),
    "kitti_tracking_0001": (4, 4, 2, 2, 98, -0.93, 0.1),
    "av2_7fab2350": (2326, 0, 2, 310, 398, 2.14, 0.2),
    "openlane_1": (1, 1, 0, 1, 5, None, 0.0),
    "kitti_odometry_1": (24, 24, 0, 12, 0, None, 0.0),
    "pjlab_fisheye": (4, 4, 0, 1, 0, None, 0.0),
    "pjlab_lidar2camera": (1, 1, 1, 1, 0, 0.0, 0.1),
}


@pytest.mark.parametrize("name", CLIPS)
def test_a_real_clip_goes_in_whole(name: str, real_clips: Path, do_import, stored: Path) -> None:
    folder = real_clips / name
    if not folder.is_dir():
        pytest.skip(f"no {name} in {real_clips}")
    images, pictures, sweeps, ticks, labels, ground_z_m, tolerance_m = CLIPS[name]
    clip = do_import(folder).clip
    assert clip.name == name
    assert (clip.image_count, clip.picture_count) == (images, pictures)
    assert (clip.sweep_count, clip.tick_count) == (sweeps, ticks)
    assert Label.objects.filter(label_set__clip=clip).count() == labels
    if ground_z_m is None:
        assert clip.ground_z_m is None
    else:
        assert clip.ground_z_m == pytest.approx(ground_z_m, abs=tolerance_m)
    below = files_below(stored / clip.storage_prefix)
    assert len(below) == 2 + 2 * pictures + sweeps


def test_boxes_hold_the_points_that_their_source_counted(
    real_clips: Path, do_import, stored: Path
) -> None:
    """Sweeps and labels meet in the world frame: nuScenes' own counts, box by box."""
    folder = real_clips / "nuscenes_bevdet"
    if not folder.is_dir():
        pytest.skip(f"no nuscenes_bevdet in {real_clips}")
    clip = do_import(folder).clip
    points = decode_sweep((stored / clip.storage_prefix / "sweeps/0.las1").read_bytes())
    labels = json.loads((folder / "labels" / "import.json").read_text())["labels"]
    for label in labels:
        keyframe = label["keyframes"][0]
        x, y, z, w = keyframe["quat_xyzw"]
        world_from_box = np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        )
        in_box = (points.positions_m - keyframe["position_m"]) @ world_from_box
        inside = (np.abs(in_box) <= np.array(label["size_m"]) / 2).all(axis=1)
        assert inside.sum() == label["attributes"]["lidar_points"], label["id"]


def test_the_manifest_of_a_real_clip_has_every_image_at_its_own_time(
    real_clips: Path, do_import
) -> None:
    folder = real_clips / "ddad_scene_02"
    if not folder.is_dir():
        pytest.skip(f"no ddad_scene_02 in {real_clips}")
    manifest = manifest_read(do_import(folder).clip.storage_prefix)
    rows = [line.split(",") for line in (folder / "images.csv").read_text().split()[1:]]
    for camera in manifest.cameras:
        times = sorted(int(row[1]) for row in rows if row[0] == camera.name)
        assert camera.times_ns.tolist() == times
        for index, time_ns in enumerate(times):
            assert camera.sizes[index] == (
                (folder / "images" / camera.name / f"{time_ns}.jpg").stat().st_size
            )
