"""Exports of real recordings, beside what their sources say themselves."""

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from pycocotools.coco import COCO

from labelapp.clips.services import clip_import

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def export_of(real_clips: Path, cast, do_export) -> Callable[..., Any]:
    """Imports a real clip and exports its own labels."""

    def run(name: str, **options):
        folder = real_clips / name
        if not folder.is_dir():
            pytest.skip(f"no {name} in {real_clips}")
        clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None)
        return do_export(source="import", **options)

    return run


def test_boxes_agree_with_kittis_own_ones(export_of, json_of, shared_dir: Path) -> None:
    """Its 2D boxes count as COCO does not: their pixel (0, 0) is a pixel's centre, as ours."""
    coco = json_of(export_of("kitti_tracking_0001"), "coco.json")
    images = {image["id"]: image for image in coco["images"]}
    ours = {
        (int(images[a["image_id"]]["time_ns"]) // 10**8, a["label_id"]): np.array(a["bbox"])
        for a in coco["annotations"]
        if images[a["image_id"]]["camera"] == "image_02"
    }
    path = shared_dir / "data/raw/kitti_tracking/training/label_02/0001.txt"
    errors = []
    for row in (line.split() for line in path.read_text().splitlines()):
        box = ours.get((int(row[0]), row[1]))
        theirs = np.array([float(value) for value in row[6:10]])
        touches = (theirs[:2] <= 1).any() or (theirs[2:] >= [1240, 373]).any()
        if box is None or touches:
            continue
        corners = np.r_[box[:2], box[:2] + box[2:]] - 0.5
        errors.append(np.abs(corners - theirs).max())
    assert len(errors) >= 12
    assert np.median(errors) <= 0.33
    assert max(errors) <= 0.87


@pytest.mark.parametrize(
    ("name", "images", "tracks"),
    [("ddad_scene_02", 18, 13), ("nuscenes_bevdet", 6, 37), ("kitti_tracking_0001", 4, 98)],
)
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools'
def test_pycocotools_takes_it(export_of, file_of, tmp_path: Path, name, images, tracks) -> None:
    export = export_of(name)
    path = tmp_path / "coco.json"
    path.write_bytes(file_of(export, "coco.json"))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    assert len(coco.getImgIds()) == images
    annotations = coco.loadAnns(coco.getAnnIds())
    assert 0 < len({annotation["track_id"] for annotation in annotations}) <= tracks
    for annotation in annotations:
        u0, v0, width, height = annotation["bbox"]
        image = coco.loadImgs(annotation["image_id"])[0]
        assert -1e-9 <= u0 <= u0 + width <= image["width"] + 1e-3
        assert -1e-9 <= v0 <= v0 + height <= image["height"] + 1e-3
        mask = coco.annToMask(annotation)
        assert abs(mask.sum() - annotation["area"]) <= width + height + 2
    table = pq.read_table(io.BytesIO(file_of(export, "targets.parquet")))
    assert table.num_rows == len(annotations)


def test_lines_are_in_the_tables_and_said_to_be_left_out_of_coco(
    export_of, json_of, file_of, real_clips: Path
) -> None:
    """Nothing is dropped in silence."""
    labels = json.loads((real_clips / "openlane_1/labels/road.json").read_text())["labels"]
    export = export_of("openlane_1", layer="road")
    left_out = json_of(export, "manifest.json")["labels_left_out"]
    assert left_out == {"coco": {"polyline": len(labels)}, "parquet": {}}
    table = pq.read_table(io.BytesIO(file_of(export, "targets.parquet")))
    assert 0 < len(set(table["label_id"].to_pylist())) <= len(labels)
    assert all(pieces for pieces in table["pieces"].to_pylist())
    assert json_of(export, "coco.json")["annotations"] == []


def test_boxes_agree_with_ddads_own_ones(export_of, json_of, shared_dir: Path) -> None:
    """Its 2D boxes are rounded down to whole pixels; (0, 0) is a pixel's centre, as ours."""
    coco = json_of(export_of("ddad_scene_02"), "coco.json")
    raw = shared_dir / "data/raw/ddad/scene_02/bounding_box_2d"
    images = {image["id"]: image for image in coco["images"]}
    errors = []
    for camera in sorted({image["camera"] for image in images.values()}):
        times = sorted(int(i["time_ns"]) for i in images.values() if i["camera"] == camera)
        ours = {
            (times.index(int(images[a["image_id"]]["time_ns"])), a["label_id"]): a
            for a in coco["annotations"]
            if images[a["image_id"]]["camera"] == camera
        }
        for frame, path in enumerate(sorted((raw / camera.upper()).glob("*.json"))):
            for theirs in json.loads(path.read_text())["annotations"]:
                box = ours.get((frame, str(theirs["instance_id"])))
                if box is None:
                    continue
                x, y, w, h = (theirs["box"][side] for side in "xywh")
                u, v, width, height = box["bbox"]
                mine = np.array([u, v, u + width, v + height]) - 0.5
                errors.append(np.abs(mine - [x, y, x + w, y + h] - 0.5).max())
    assert len(errors) >= 39
    assert np.median(errors) <= 0.42
    assert max(errors) <= 0.57
