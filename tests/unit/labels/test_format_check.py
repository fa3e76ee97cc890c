"""A label keeps the format, and can be stored and sent again as it is."""

from typing import Any

import pytest

from labelapp.common.checking import FieldError
from labelapp.labels.format_check import check_format, refuse_unknown_fields


def keyframe(**changes: Any) -> dict[str, Any]:
    frame = {"time_ns": "5", "position_m": [1.0, 2.0, 3.0], "quat_xyzw": [0.0, 0.0, 0.0, 1.0]}
    return frame | changes


def cuboid(**changes: Any) -> dict[str, Any]:
    label = {
        "id": "one",
        "class": "car",
        "geometry": "cuboid",
        "size_m": [4.0, 2.0, 1.5],
        "keyframes": [keyframe()],
    }
    return label | changes


GOOD = {
    "cuboid": cuboid(),
    "polyline": {"vertices_m": [[0, 0, 0], [1, 0, 0]], "closed": False, "width_m": 0.15},
    "polygon": {"rings_m": [[[0, 0, 0], [1, 0, 0], [1, 1, 0]]]},
    "keypoints": {"points": {"nose": {"position_m": [0, 0, 0], "visible": True}}},
}


@pytest.mark.parametrize("geometry", GOOD)
def test_every_geometry_is_taken(geometry: str) -> None:
    label = {"id": "one", "class": "thing", "geometry": geometry, **GOOD[geometry]}
    check_format(label)
    refuse_unknown_fields(label)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"geometry": "sphere"}, "geometry"),
        ({"class": ""}, "class"),
        ({"class": "c" * 65}, "class"),
        ({"id": "i" * 201}, "id"),
        ({"id": 7}, "id"),
        ({"keyframes": []}, "keyframes"),
        ({"size_m": [4.0, 2.0, -1.5]}, "size_m"),
        ({"size_m": [4.0, 2.0]}, "size_m"),
        ({"keyframes": [keyframe(), keyframe(time_ns="4")]}, "keyframes[1].time_ns"),
        ({"keyframes": [keyframe(time_ns="1.5")]}, "keyframes[0].time_ns"),
        ({"keyframes": [keyframe(time_ns=str(2**63))]}, "keyframes[0].time_ns"),
        ({"keyframes": [keyframe(position_m=[1, 2])]}, "keyframes[0].position_m"),
        ({"keyframes": [keyframe(position_m=[1, 2, float("nan")])]}, "keyframes[0].position_m"),
        ({"keyframes": [keyframe(quat_xyzw=[0, 0, 0, 2])]}, "keyframes[0].quat_xyzw"),
        ({"keyframes": [keyframe(size_m=[-1, 1, 1])]}, "keyframes[0].size_m"),
        ({"keyframes": [keyframe(gap_after=1)]}, "keyframes[0].gap_after"),
        ({"keyframes": [keyframe(), 3]}, "keyframes[1]"),
        ({"attributes": {"a": None}}, "attributes.a"),
        ({"attributes": {"a": 10**17}}, "attributes.a"),
        ({"attributes": {"a": "\0"}}, "attributes.a"),
        ({"keyframes": [keyframe(time_ns=1732165200123456789)]}, "keyframes[0].time_ns"),
        ({"keyframes": [keyframe(position_m=[1e60, 0, 0])]}, "keyframes[0].position_m[0]"),
    ],
)
def test_a_defect_is_refused_with_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldError) as caught:
        check_format(cuboid(**changes))
    assert caught.value.field == field


def test_the_sentence_says_what_was_expected_and_found() -> None:
    frames = [keyframe(), keyframe(time_ns="6", size_m=[-1, 1, 1])]
    with pytest.raises(FieldError) as caught:
        check_format(cuboid(keyframes=frames))
    assert str(caught.value).startswith("keyframes[1].size_m: expected three numbers above 0")
    assert str(caught.value).endswith("found [-1, 1, 1]")


def test_a_bottomless_label_is_refused() -> None:
    deep: Any = 1
    for _ in range(40):
        deep = {"more": deep}
    with pytest.raises(FieldError, match="levels"):
        check_format(cuboid(extra=deep))


def test_a_misspelt_field_is_refused_in_peoples_work() -> None:
    with pytest.raises(FieldError, match="atributes: expected one of the fields id, class"):
        refuse_unknown_fields(cuboid(atributes={}))
