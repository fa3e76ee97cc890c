"""COCO panoptic and keypoints, read back by pycocotools and by COCO's own rule for pixels."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from pycocotools.coco import COCO

from labelapp.clips.services import clip_import
from projection import rle
from tests.integration.clip_folders import cuboid, write_clip_folder, write_labels

pytestmark = pytest.mark.django_db(transaction=True)

ROAD = [[-30.0, -4.0, -0.4], [60.0, -4.0, -0.4], [60.0, 4.0, -0.4], [-30.0, 4.0, -0.4]]
LABELS: list[dict[str, Any]] = [
    {"id": "e-road", "class": "drivable", "geometry": "polygon", "attributes": {},
     "rings_m": [ROAD]},
    {"id": "f-lane", "class": "lane_boundary", "geometry": "polyline", "closed": False,
     "vertices_m": [[-20.0, 1.5, -0.4], [40.0, 1.5, -0.4]], "width_m": 0.3, "attributes": {}},
    {"id": "h-pole", "class": "pole", "geometry": "keypoints", "attributes": {},
     "points": {"top": {"position_m": [20.0, 3.0, 2.0]}, "foot": {"position_m": [20.0, 3.0, 0.0]}}},
    {"id": "k-pole", "class": "pole", "geometry": "keypoints", "attributes": {},
     "points": {"foot": {"position_m": [20.0, 1.0, 0.2]},
                "lamp": {"position_m": [20.0, -200.0, 2.0]}}},
]  # fmt: skip


@pytest.fixture
def imported(tmp_path: Path, cast):
    folder = write_clip_folder(tmp_path / "street")
    write_labels(folder, [cuboid("a-parked"), *LABELS])
    return clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip


@pytest.fixture
def rows(imported, do_export, file_of) -> list[dict[str, Any]]:
    export = do_export(formats=["parquet"])
    return pq.read_table(io.BytesIO(file_of(export, "targets.parquet"))).to_pylist()


def test_panoptic_pixels_are_those_that_are_seen_of_each_label(rows, do_export, unpacked) -> None:
    folder = unpacked(do_export(formats=["coco_panoptic"]), "coco_panoptic.zip") / "coco_panoptic"
    panoptic = json.loads((folder / "coco_panoptic.json").read_text())
    images = {image["id"]: image for image in panoptic["images"]}
    categories = {category["id"]: category for category in panoptic["categories"]}
    assert len(panoptic["annotations"]) == len(images) == 6
    for annotation in panoptic["annotations"]:
        image = images[annotation["image_id"]]
        blue, green, red = cv2.split(
            cv2.imread(str(folder / "coco_panoptic" / annotation["file_name"])).astype(np.int64)
        )
        ids = red + 256 * green + 65536 * blue  # as cocodataset.org says
        assert ids.shape == (image["height"], image["width"])
        segments = {segment["id"]: segment for segment in annotation["segments_info"]}
        assert set(np.unique(ids)) - {0} == set(segments)
        seen = {
            row["label_id"]: rle.decode(
                {"size": list(ids.shape), "counts": row["mask_visible"].encode()}
            )
            for row in rows
            if row["camera"] == image["camera"]
            and str(row["time_ns"]) == image["time_ns"]
            and row["mask_visible"] is not None
        }
        np.testing.assert_array_equal(ids > 0, np.any(list(seen.values()), axis=0))
        for number, segment in segments.items():
            mask = ids == number
            assert segment["area"] == mask.sum()
            u, v, width, height = segment["bbox"]
            assert mask[v : v + height, u : u + width].sum() == mask.sum()
            assert mask[v].any()
            assert mask[v + height - 1].any()
            assert mask[:, u].any()
            category = categories[segment["category_id"]]
            assert category["isthing"] == (category["name"] == "car")
            if category["isthing"]:
                np.testing.assert_array_equal(mask, seen[segment["label_id"]])
    assert {
        categories[segment["category_id"]]["name"]
        for annotation in panoptic["annotations"]
        for segment in annotation["segments_info"]
    } == {"car", "drivable", "lane_boundary"}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # its own
def test_pycocotools_loads_keypoints_in_the_order_of_their_class(
    rows, do_export, file_of, tmp_path: Path
) -> None:
    path = tmp_path / "keypoints.json"
    path.write_bytes(file_of(do_export(formats=["coco_keypoints"]), "coco_keypoints.json"))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    (category,) = coco.loadCats(coco.getCatIds())
    assert category["keypoints"] == ["top", "foot", "lamp"]
    expected = {
        (row["image"], row["label_id"]): {p["name"]: p for p in row["keypoints"]}
        for row in rows
        if row["keypoints"] is not None
    }
    annotations = coco.loadAnns(coco.getAnnIds())
    assert {a["label_id"] for a in annotations} == {"h-pole", "k-pole"}
    flags = set()
    for annotation in annotations:
        image = coco.loadImgs([annotation["image_id"]])[0]
        points = expected[image["file_name"], annotation["label_id"]]
        triples = np.array(annotation["keypoints"]).reshape(-1, 3)
        assert annotation["num_keypoints"] == np.count_nonzero(triples[:, 2])
        for name, (u, v, flag) in zip(category["keypoints"], triples, strict=True):
            flags.add((name, flag))
            point = points.get(name, {"status": None})
            assert flag == {0: 2, 5: 1}.get(point["status"], 0)
            if flag:
                assert (u, v) == pytest.approx((point["u_px"] + 0.5, point["v_px"] + 0.5), abs=6e-4)
    assert ("lamp", 0) in flags
    assert ("top", 2) in flags
    assert ("foot", 1) in flags  # behind the parked car


def test_what_keypoints_leave_out_is_counted(imported, do_export, json_of) -> None:
    export = do_export(formats=["coco_keypoints", "coco_panoptic"])
    assert json_of(export, "manifest.json")["labels_left_out"] == {
        "coco_keypoints": {"cuboid": 1, "polygon": 1, "polyline": 1},
        "coco_panoptic": {"keypoints": 2},
    }


def test_the_same_bytes_twice(imported, do_export) -> None:
    formats = ["coco_keypoints", "coco_panoptic"]
    assert do_export(formats=formats).files == do_export(formats=formats).files
