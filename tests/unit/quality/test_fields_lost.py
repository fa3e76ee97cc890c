"""What a copy of a label has lost is named, and nothing else."""

import copy
from typing import Any

import numpy as np
import pytest

from projection.io import read_label
from quality import Resolution, fields_lost

SPAN_NS = (0, 1000)


def keyframe(time_ns: int, x: float, **more: Any) -> dict[str, Any]:
    turned = [0.0, 0.0, 0.0, 1.0]
    return {"time_ns": str(time_ns), "position_m": [x, 0, 0], "quat_xyzw": turned, **more}


def moving() -> dict[str, Any]:
    return {
        "id": "a", "class": "car", "geometry": "cuboid", "attributes": {"lit": True},
        "static": False, "size_m": [4.0, 2.0, 1.5], "interpolation": "linear",
        "keyframes": [keyframe(100, 0.0), keyframe(500, 4.0, attributes={"lit": False}),
                      keyframe(900, 8.0)],
    }  # fmt: skip


def turned(axis: int, angle: float) -> list[float]:
    quat = [0.0, 0.0, 0.0, float(np.cos(angle / 2))]
    quat[axis] = float(np.sin(angle / 2))
    return quat


def change(label: dict[str, Any], what: str) -> None:
    keyframes = label["keyframes"]
    match what:
        case "id" | "class":
            label[what] = "other"
        case "attributes":
            del keyframes[1]["attributes"]
        case "position":
            keyframes[1]["position_m"][0] += 1e-3
        case "size":
            keyframes[2]["size_m"] = [4.0, 2.0, 1.6]
        case "heading":
            keyframes[1]["quat_xyzw"] = turned(2, 0.01)
        case "tilt":
            keyframes[1]["quat_xyzw"] = turned(0, 0.01)
        case "life":
            label["to_ns"] = "950"
        case "keyframes":
            # On the way already: nothing moves otherwise.
            keyframes.insert(1, keyframe(300, 2.0))


@pytest.mark.parametrize(
    "what",
    ["id", "class", "attributes", "position", "size", "heading", "tilt", "life", "keyframes"],
)
def test_each_field_is_named_alone(what: str) -> None:
    other = copy.deepcopy(moving())
    change(other, what)
    assert fields_lost(read_label(moving()), read_label(other), SPAN_NS, Resolution()) == {what}


def test_a_label_and_itself_differ_in_nothing() -> None:
    label = read_label(moving())
    assert fields_lost(label, label, SPAN_NS, Resolution()) == set()


def test_a_gap_of_a_nanosecond_between_two_keyframes_is_life() -> None:
    other = moving()
    other["keyframes"][1]["gap_after"] = True
    other["keyframes"].insert(2, keyframe(501, 4.01))
    found = fields_lost(read_label(moving()), read_label(other), (0, 500), Resolution())
    assert found == {"keyframes"}
    other["keyframes"].insert(2, keyframe(502, 4.02))
    del other["keyframes"][3]
    found = fields_lost(read_label(moving()), read_label(other), SPAN_NS, Resolution())
    assert found == {"keyframes", "life"}


def test_a_curve_read_back_as_straight_pieces_has_lost_its_position() -> None:
    curve = moving()
    curve["keyframes"][1]["position_m"] = [4.0, 3.0, 0.0]
    bent = {**copy.deepcopy(curve), "interpolation": "spline"}
    found = fields_lost(read_label(bent), read_label(curve), SPAN_NS, Resolution())
    assert found == {"position", "keyframes"}


def test_fields_that_are_not_every_labels_are_named_by_their_name() -> None:
    label = {**moving(), "score": 0.5, "origin": {"label_id": "x"}}
    found = fields_lost(read_label(label), read_label(moving()), SPAN_NS, Resolution())
    assert found == {"score", "origin"}
    line = {
        "id": "l", "class": "kerb", "geometry": "polyline", "closed": False, "attributes": {},
        "vertices_m": [[0, 0, 0], [1, 0, 0]], "width_m": 0.2,
    }  # fmt: skip
    bare = {key: value for key, value in line.items() if key != "width_m"}
    assert fields_lost(read_label(line), read_label(bare), SPAN_NS, Resolution()) == {"width_m"}
    assert fields_lost(read_label(bare), read_label(line), SPAN_NS, Resolution()) == set()


def test_what_is_finer_than_a_format_keeps_is_the_same() -> None:
    other = copy.deepcopy(moving())
    other["keyframes"][1]["position_m"][0] += 5e-4
    coarse = Resolution(within_m=1e-3, within_rad=1e-3)
    assert fields_lost(read_label(moving()), read_label(other), SPAN_NS, coarse) == set()
