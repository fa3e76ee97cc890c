"""Label sets: every geometry is read, every wrong field is named."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest_labels import POLYGON, POLYLINE, cuboid, label_set

from projection.io import FormatError, read_label, read_label_set
from projection.labels import Cuboid, Keypoints, Points, Polygon, Polyline


def keyframe(**more: Any) -> dict[str, Any]:
    frame = {"time_ns": "0", "position_m": [1, 2, 3], "quat_xyzw": [0, 0, 0, 1]}
    return {**frame, **more}


def test_every_geometry_is_read() -> None:
    points = {
        "id": "p", "class": "car", "geometry": "points",
        "sweeps": [{"lidar": "top", "time_ns": "5", "indices": [3, 4]}],
    }  # fmt: skip
    keypoints = {
        "id": "k", "class": "person", "geometry": "keypoints",
        "points": {
            "head": {"position_m": [0, 0, 1.7], "visible": True},
            "foot": {"position_m": [0, 0, 0], "visible": False},
        },
    }  # fmt: skip
    labels = read_label_set(label_set(cuboid(), POLYLINE, POLYGON, points, keypoints)).labels
    box, line, area, segment, body = labels
    assert isinstance(box, Cuboid)
    assert box.times_ns.tolist() == [0, 100_000_000]
    assert isinstance(line, Polyline)
    assert line.width_m == 0.15
    assert isinstance(area, Polygon)
    assert [len(ring) for ring in area.rings_m] == [4, 3]
    assert isinstance(segment, Points)
    assert segment.selections[0].indices.tolist() == [3, 4]
    assert isinstance(body, Keypoints)
    assert body.visible.tolist() == [True, False]


def test_quaternion_within_a_thousandth_is_normalised() -> None:
    label = read_label(cuboid(keyframes=[keyframe(quat_xyzw=[0, 0, 0, 1.0009])]))
    assert isinstance(label, Cuboid)
    assert np.linalg.norm(label.quats_xyzw[0]) == pytest.approx(1.0, abs=1e-15)


def test_size_may_stand_in_keyframes_alone() -> None:
    spec = cuboid(keyframes=[keyframe(size_m=[1, 2, 3])])
    del spec["size_m"]
    label = read_label(spec)
    assert isinstance(label, Cuboid)
    assert label.sizes_m.tolist() == [[1, 2, 3]]


WRONG = [
    (cuboid(id=""), "id"),
    (cuboid(id=5), "id"),
    (cuboid(**{"class": None}), "class"),
    (cuboid(geometry="sphere"), "geometry"),
    (cuboid(static="yes"), "static"),
    (cuboid(static=True), "keyframes"),
    (cuboid(interpolation="cubic"), "interpolation"),
    (cuboid(size_m=[1, 2]), "size_m"),
    (cuboid(size_m=[1, -2, 3]), "size_m"),
    (cuboid(size_m=[0, 2, 3]), "size_m"),
    (cuboid(size_m=None), "keyframes[0].size_m"),
    (cuboid(keyframes=[]), "keyframes"),
    (cuboid(keyframes=[5]), "keyframes[0]"),
    (cuboid(keyframes=[keyframe(time_ns="1.5")]), "keyframes[0].time_ns"),
    (cuboid(keyframes=[keyframe(time_ns=1.0)]), "keyframes[0].time_ns"),
    (cuboid(keyframes=[keyframe(time_ns="9" * 25)]), "keyframes[0].time_ns"),
    (cuboid(keyframes=[keyframe(), keyframe()]), "keyframes[1].time_ns"),
    (cuboid(keyframes=[keyframe(position_m=[1, 2, math.inf])]), "keyframes[0].position_m"),
    (cuboid(keyframes=[keyframe(position_m="abc")]), "keyframes[0].position_m"),
    (cuboid(keyframes=[keyframe(quat_xyzw=[0, 0, 0, 0])]), "keyframes[0].quat_xyzw"),
    (cuboid(keyframes=[keyframe(quat_xyzw=[0, 0, 1])]), "keyframes[0].quat_xyzw"),
    (cuboid(keyframes=[keyframe(gap_after=1)]), "keyframes[0].gap_after"),
    (cuboid(keyframes=[keyframe(attributes={"a": None})]), "keyframes[0].attributes.a"),
    (cuboid(attributes=[1]), "attributes"),
    (cuboid(from_ns="9", to_ns="3"), "to_ns"),
    ({**POLYLINE, "vertices_m": [[0, 0, 0]]}, "vertices_m"),
    ({**POLYLINE, "vertices_m": [[0, 0, 0], [1, 1, 1]], "closed": True}, "vertices_m"),
    ({**POLYLINE, "vertices_m": [[0, 0, 0], [1, 1, math.nan]]}, "vertices_m[1]"),
    ({**POLYLINE, "width_m": 0}, "width_m"),
    ({**POLYGON, "rings_m": []}, "rings_m"),
    ({**POLYGON, "rings_m": [[[0, 0, 0], [1, 0, 0]]]}, "rings_m[0]"),
    ({"id": "k", "class": "c", "geometry": "keypoints", "points": {}}, "points"),
    (
        {"id": "k", "class": "c", "geometry": "keypoints", "points": {"a": {"position_m": [1]}}},
        "points.a.position_m",
    ),
    (
        {
            "id": "p",
            "class": "c",
            "geometry": "points",
            "sweeps": [{"lidar": "l", "time_ns": "0", "indices": [-1]}],
        },
        "sweeps[0].indices",
    ),
]


@pytest.mark.parametrize(("spec", "field"), WRONG)
def test_wrong_label_is_refused_with_the_fields_name(spec: dict[str, Any], field: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_label(spec)
    defect = caught.value.defects[0]
    assert defect.field == field
    assert defect.expected
    assert defect.found


def test_all_wrong_labels_of_a_set_are_told(tmp_path: Path) -> None:
    document = label_set(cuboid("a", size_m=[]), cuboid("b"), cuboid("b"), cuboid("c", static=2))
    with pytest.raises(FormatError) as caught:
        read_label_set(document, "gold.json")
    assert [defect.field for defect in caught.value.defects] == [
        "labels[0]: size_m",
        "labels[2]: id",
        "labels[3]: static",
    ]
    assert all(defect.file == "gold.json" for defect in caught.value.defects)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"format": "coco"}, "format"),
        ({"layer": ""}, "layer"),
        ({"source": "guess"}, "source"),
        ({"labels": {}}, "labels"),
    ],
)
def test_wrong_header_is_refused(more: dict[str, Any], field: str) -> None:
    with pytest.raises(FormatError, match=field):
        read_label_set({**label_set(), **more})
