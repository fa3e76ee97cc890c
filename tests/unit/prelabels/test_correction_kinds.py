"""What counts as which correction of a machine's label."""

import math
from typing import Any

import pytest

from labelapp.prelabels.kinds import kinds_of_correction


def keyframe(time_ns: int, x_m: float = 0.0, yaw_rad: float = 0.0, **more: Any) -> dict[str, Any]:
    quat = [0.0, 0.0, math.sin(yaw_rad / 2), math.cos(yaw_rad / 2)]
    return {
        "time_ns": str(time_ns),
        "position_m": [x_m, 0.0, 0.8],
        "quat_xyzw": quat,
        **more,
    }


def box(*keyframes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": "a",
        "class": "car",
        "geometry": "cuboid",
        "attributes": {},
        "static": False,
        "size_m": [4.5, 1.9, 1.6],
        "interpolation": "linear",
        "keyframes": list(keyframes),
        **changes,
    }


MOVING = box(keyframe(0), keyframe(100, 10.0), keyframe(200, 20.0))


@pytest.mark.parametrize(
    ("after", "kinds"),
    [
        (None, ["deleted"]),
        (MOVING, ["accepted"]),
        (MOVING | {"origin": {"accepted": True}}, ["accepted"]),
        # A keyframe more on the same way changes nothing that can be seen.
        (
            box(keyframe(0), keyframe(50, 5.0), keyframe(100, 10.0), keyframe(200, 20.0)),
            ["accepted"],
        ),
        (box(keyframe(0), keyframe(100, 10.01), keyframe(200, 20.0)), ["accepted"]),
        (box(keyframe(0), keyframe(100, 11.0), keyframe(200, 20.0)), ["moved"]),
        (box(keyframe(0), keyframe(100, 10.0, 0.2), keyframe(200, 20.0)), ["turned"]),
        # The same turn, written with the other sign.
        (
            box(
                keyframe(0) | {"quat_xyzw": [0.0, 0.0, 0.0, -1.0]},
                keyframe(100, 10.0),
                keyframe(200, 20.0),
            ),
            ["accepted"],
        ),
        (MOVING | {"size_m": [4.9, 1.9, 1.6]}, ["resized"]),
        (MOVING | {"class": "truck"}, ["reclassed"]),
        (MOVING | {"attributes": {"parked": True}}, ["attributes"]),
        # Cut short, with a gap, or with keyframes of one's own.
        (box(keyframe(0), keyframe(100, 10.0)), ["retracked"]),
        (box(keyframe(0), keyframe(100, 10.0, gap_after=True), keyframe(200, 20.0)), ["retracked"]),
        (MOVING | {"to_ns": "300"}, ["retracked"]),
        (box(keyframe(1000), keyframe(1100, 5.0)), ["retracked"]),
        (
            box(keyframe(0), keyframe(100, 12.0, 0.2), keyframe(200, 20.0), **{"class": "truck"}),
            ["moved", "turned", "reclassed"],
        ),
    ],
)
def test_a_box_is_corrected_in_these_ways(after: dict[str, Any] | None, kinds: list[str]) -> None:
    assert kinds_of_correction(MOVING, after) == kinds


def test_a_line_is_moved_where_its_shape_differs() -> None:
    line = {
        "id": "l",
        "class": "lane",
        "geometry": "polyline",
        "vertices_m": [[0.0, 0.0, 0.0], [5.0, 0.0, 0.0]],
        "closed": False,
        "attributes": {},
    }
    bent = line | {"vertices_m": [[0.0, 0.0, 0.0], [5.0, 0.5, 0.0]]}
    assert kinds_of_correction(line, line) == ["accepted"]
    assert kinds_of_correction(line, bent) == ["moved"]
