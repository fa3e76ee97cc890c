"""YOLO and KITTI: read back by their layouts and by pykitti, and compared with the labels."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from django.core.management import call_command

from labelapp.clips.services import clip_import
from projection import RigidTransform
from projection.io import read_clip_folder
from tests.integration.clip_folders import (
    START_NS,
    cuboid,
    edit_json,
    write_clip_folder,
    write_labels,
)
from tests.integration.datasets.format_tools import loses_nothing, with_tools

pytestmark = [pytest.mark.django_db(transaction=True)]

PYKITTI = """
import json, sys
import numpy as np
from pykitti import utils
from pykitti.tracking import KittiTrackingLabels, tracking
root = sys.argv[1]
images = tracking(root, "0000")
oxts = utils.load_oxts_packets_and_poses([root + "/oxts/0000.txt"])
labels = KittiTrackingLabels(root + "/label_02/0000.txt")
print(json.dumps({
    "points": [list(points.shape) for points in images.velo],
    "images": len(images.cam2_files), "size": images.get_cam2(0).size,
    "poses": [pose.T_w_imu.tolist() for pose in oxts],
    "labels": [[str(v) for v in row] for row in labels._df.values.tolist()],
}))
"""


@pytest.fixture
def exported(clip, ontology, tmp_path: Path) -> Path:
    """All three layouts with pictures, as the command unpacks them, and Parquet."""
    out = tmp_path / "out"
    formats = ["yolo", "kitti_object", "kitti_tracking", "parquet"]
    call_command(
        "export", project="a", source="gold", here=True, out=out, images=True, formats=formats
    )
    return out


@pytest.fixture
def rows(exported: Path) -> list[dict[str, Any]]:
    return pq.read_table(exported / "targets.parquet").to_pylist()


def test_yolo_boxes_are_the_clipped_ones(exported: Path, rows) -> None:
    root = exported / "yolo"
    data = yaml.safe_load((root / "data.yaml").read_text())
    images = (root / data["train"]).read_text().split()
    assert data["val"] == data["train"]
    assert len(images) == 6
    count = 0
    for image in images:
        # As its loader finds labels: the last folder "images" of the path becomes "labels".
        path = root / image
        label = root / image.replace("/images/", "/labels/").replace(".jpg", ".txt")
        height, width = cv2.imread(str(path)).shape[:2]
        lines = [line.split() for line in label.read_text().splitlines()]
        expected = [row for row in rows if f"./{row['image']}" == image]
        assert len(lines) == len(expected)
        for line, row in zip(lines, expected, strict=True):
            count += 1
            assert data["names"][int(line[0])] == row["class"]
            u, v, w, h = np.array(line[1:], dtype=float) * [width, height, width, height]
            sides = [row[f"box_clipped_{side}_px"] + 0.5 for side in ("u0", "v0", "u1", "v1")]
            assert [u - w / 2, v - h / 2, u + w / 2, v + h / 2] == pytest.approx(sides, abs=1e-4)
    assert count == len(rows) > 0


def kitti_box(fields: list[str]) -> tuple[np.ndarray, np.ndarray, float]:
    """Centre before the camera, length-width-height, and turn of a line from its type on."""
    height, width, length, x, y, z, turn = map(float, fields[8:15])
    return np.array([x, y - height / 2, z]), np.array([length, width, height]), turn


def check_velodyne(path: Path, clip, folder: Path, time_ns: int) -> None:
    """A frame's points are the nearest sweep's, before the ego at the image's time."""
    points = np.fromfile(path, dtype=np.float32).reshape(-1, 4)
    tick = (time_ns - START_NS) // 100_000_000
    recorded = np.load(folder / "sweeps" / f"{tick}.npy")
    seen = clip.trajectory.at(START_NS + tick * 100_000_000).apply(recorded[:, :3].astype(float))
    here = clip.trajectory.at(time_ns).inverse().apply(seen)
    np.testing.assert_allclose(points[:, :3], here, atol=1e-4)
    assert np.corrcoef(points[:, 3], recorded[:, 3])[0, 1] > 0.99
    assert 0.9 < points[:, 3].max() <= 1.0


def test_kitti_object_has_the_labels_boxes_before_the_camera(exported: Path, rows, folder) -> None:
    root = exported / "kitti_object" / "training"
    clip = read_clip_folder(folder)
    tracks = {label.id: label for label in clip.label_sets[0].labels}
    listing = (root.parent / "ImageSets" / "train.images.txt").read_text().splitlines()
    assert len(listing) == 6
    for line in listing:
        frame, image = line.split()
        camera = image.split("/")[2]
        time_ns = int(Path(image).stem)
        calib = dict(
            row.split(": ") for row in (root / "calib" / f"{frame}.txt").read_text().splitlines()
        )
        matrix = np.array(calib["P2"].split(), dtype=float).reshape(3, 4)
        camera_from_ego = np.array(calib["Tr_velo_to_cam"].split(), dtype=float).reshape(3, 4)
        # A lossless copy of the picture.
        recorded = cv2.imread(str(folder / "images" / camera / f"{time_ns}.jpg"))
        np.testing.assert_array_equal(cv2.imread(str(root / "image_2" / f"{frame}.png")), recorded)
        check_velodyne(root / "velodyne" / f"{frame}.bin", clip, folder, time_ns)
        expected = [row for row in rows if row["image"] == image]
        lines = [
            text.split() for text in (root / "label_2" / f"{frame}.txt").read_text().splitlines()
        ]
        assert [fields[0] for fields in lines] == [row["class"] for row in expected]
        for fields, row in zip(lines, expected, strict=True):
            centre, size, turn = kitti_box(fields)
            label = tracks[row["label_id"]]
            at = min(int(np.searchsorted(label.times_ns, time_ns)), len(label.times_ns) - 1)
            np.testing.assert_allclose(size, label.sizes_m[at], atol=1e-4)
            ego = clip.trajectory.at(time_ns)
            back = camera_from_ego[:, :3].T @ (centre - camera_from_ego[:, 3])
            if label.static:
                np.testing.assert_allclose(ego.apply(back), label.positions_m[0], atol=3e-4)
            # A camera that looks along the vehicle's x: boxes along x point away from it.
            sign = 1 if camera == "front" else -1
            assert turn == pytest.approx(-sign * np.pi / 2, abs=1e-5)
            sides = np.array(fields[4:8], dtype=float)
            assert (sides >= 0).all()
            assert (sides <= [63, 47, 63, 47]).all()
            if row["truncation"] == 0:
                pixel = matrix @ [*centre, 1.0]
                assert sides[0] < pixel[0] / pixel[2] < sides[2]
                assert sides[1] < pixel[1] / pixel[2] < sides[3]


def test_kitti_tracking_is_read_by_pykitti_and_loses_no_box(exported: Path, rows, folder) -> None:
    root = exported / "kitti_tracking" / "training"
    clip = read_clip_folder(folder)
    read = with_tools(PYKITTI, root)
    assert read["images"] == 3
    assert read["size"] == [64, 48]
    first = clip.trajectory.at(START_NS)
    for tick, pose in enumerate(read["poses"]):
        moved = clip.trajectory.at(START_NS + tick * 100_000_000).position_m - first.position_m
        np.testing.assert_allclose(np.array(pose)[:3, 3], moved, atol=1e-4)
        np.testing.assert_allclose(np.array(pose)[:3, :3], np.eye(3), atol=1e-8)
    for number in range(2):
        times = [int(t) for t in (root / "times" / f"{number:04d}.txt").read_text().split()]
        for frame, time_ns in enumerate(times):
            place = root / "velodyne" / f"{number:04d}" / f"{frame:06d}.bin"
            check_velodyne(place, clip, folder, time_ns)
    assert read["points"] == [[4000, 4]] * 3
    # The round trip: what a camera sees in all of its images, as a label set, is the label set.
    names = {row["track"]: row["label_id"] for row in rows}
    for number, camera in enumerate(("front", "rear")):
        mount = RigidTransform.from_dict(clip.camera(camera).spec["ego_from_camera"])
        times = [int(t) for t in (root / "times" / f"{number:04d}.txt").read_text().split()]
        found: dict[str, list[tuple]] = {}
        for text in (root / "label_02" / f"{number:04d}.txt").read_text().splitlines():
            frame, track, *fields = text.split()
            centre, size, turn = kitti_box(fields)
            world_from_camera = clip.trajectory.at(times[int(frame)]) @ mount
            ahead = world_from_camera.matrix @ [np.cos(turn), 0.0, -np.sin(turn)]
            yaw = float(np.arctan2(ahead[1], ahead[0]))
            pose = RigidTransform(
                world_from_camera.apply(centre), [0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2)]
            )
            entry = (names[int(track)], fields[0])
            found.setdefault(entry, []).append((times[int(frame)], pose, size))
        whole = {entry: states for entry, states in found.items() if len(states) == len(times)}
        assert whole
        loses_nothing(clip.label_sets[0], whole, times, attributes=False, within_m=5e-4)


def test_lenses_that_bend_lines_are_left_out_and_counted(
    tmp_path: Path, cast, ontology, do_export, json_of, unpacked
) -> None:
    folder = write_clip_folder(tmp_path / "bent")
    spec = json.loads((folder / "clip.json").read_text())
    bent = {**spec["cameras"][0]["params"], "distortion": [0.1, 0.0, 0.0, 0.0]}
    spec["cameras"][0] |= {"model": "opencv", "params": bent}
    edit_json(folder / "clip.json", cameras=spec["cameras"])
    behind = cuboid("c-behind")
    behind["keyframes"][0]["position_m"] = [-15.0, 0.5, 0.4]
    write_labels(folder, [behind])
    clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None)
    export = do_export(formats=["kitti_object", "kitti_tracking"])
    report = json_of(export, "manifest.json")["report"]
    bent_images = {"images of cameras whose lens isn't a plain pinhole": 3}
    assert report == {"kitti_object": bent_images, "kitti_tracking": bent_images}
    root = unpacked(export, "kitti_object.zip") / "kitti_object"
    assert len(list((root / "training" / "label_2").iterdir())) == 3
    assert not (root / "training" / "image_2").exists()
    assert do_export(formats=["kitti_object", "kitti_tracking"]).files == export.files
