"""Tracks: life, gaps, motion."""

from typing import Any

import numpy as np
import pytest
from conftest_labels import cuboid
from scipy.interpolate import CubicHermiteSpline
from scipy.spatial.transform import Rotation, Slerp

from projection import Track

SECOND = 1_000_000_000


def frames(*rows: tuple[float, float, float], **more: Any) -> list[dict[str, Any]]:
    """Keyframes of (seconds, x, yaw)."""
    return [
        {
            "time_ns": str(round(seconds * SECOND)),
            "position_m": [x, -x, 0.0],
            "quat_xyzw": Rotation.from_euler("z", yaw).as_quat().tolist(),
            **more,
        }
        for seconds, x, yaw in rows
    ]


def track(keyframes: list[dict[str, Any]], **more: Any) -> Track:
    return Track.from_dict(cuboid(keyframes=keyframes, **more))


def test_it_exists_from_its_first_to_its_last_keyframe() -> None:
    box = track(frames((1, 0, 0), (2, 5, 0)))
    times = [SECOND - 1, SECOND, 2 * SECOND, 2 * SECOND + 1]
    assert box.exists(times).tolist() == [False, True, True, False]
    assert box.at(SECOND - 1) is None
    assert box.at(str(SECOND)) is not None


def test_in_a_gap_it_is_gone_but_at_both_keyframes_it_is_there() -> None:
    keyframes = frames((0, 0, 0), (1, 1, 0), (2, 2, 0), (3, 3, 0))
    keyframes[1]["gap_after"] = True
    box = track(keyframes)
    times = [SECOND, SECOND + 1, 2 * SECOND - 1, 2 * SECOND, 3 * SECOND]
    assert box.exists(times).tolist() == [True, False, False, True, True]


def test_beyond_its_ends_it_goes_on_at_constant_velocity_and_turn_rate() -> None:
    keyframes = frames((0, 0, 0.0), (1, 1, 0.1), (2, 4, 0.4))
    box = track(keyframes, from_ns=str(-SECOND), to_ns=str(4 * SECOND), interpolation="spline")
    after, before = box.at(4 * SECOND), box.at(-SECOND)
    assert after is not None
    assert before is not None
    assert after.position_m == pytest.approx([10, -10, 0])
    assert Rotation.from_quat(after.quat_xyzw).as_euler("zyx")[0] == pytest.approx(1.0)
    assert before.position_m == pytest.approx([-1, 1, 0])
    assert Rotation.from_quat(before.quat_xyzw).as_euler("zyx")[0] == pytest.approx(-0.1)
    assert box.at(4 * SECOND + 1) is None


def test_one_keyframe_stands_as_long_as_it_lives() -> None:
    box = track(frames((1, 7, 0.3)), from_ns="0", to_ns=str(5 * SECOND))
    state = box.at(4 * SECOND)
    assert state is not None
    assert state.position_m == pytest.approx([7, -7, 0])


def test_static_box_is_there_all_the_clip_unless_told_otherwise() -> None:
    assert track(frames((1, 7, 0)), static=True).exists([-(10**18), 10**18]).all()
    short = track(frames((1, 7, 0)), static=True, from_ns="5", to_ns="9")
    assert short.exists([4, 5, 9, 10]).tolist() == [False, True, True, False]


def test_spline_is_scipys_hermite_with_parabolic_tangents() -> None:
    seconds, xs = np.array([0.0, 0.7, 1.0, 2.2]), np.array([0.0, 3.0, 3.5, -2.0])
    box = track(
        frames(*[(s, x, 0.0) for s, x in zip(seconds, xs, strict=True)]), interpolation="spline"
    )
    tangents = []
    for index in range(4):
        first = min(max(index - 1, 0), 1)
        parabola = np.polyfit(seconds[first : first + 3], xs[first : first + 3], 2)
        tangents.append(np.polyval(np.polyder(parabola), seconds[index]))
    expected = CubicHermiteSpline(seconds, xs, tangents)
    queries = np.linspace(0, 2.2, 50)
    found = box.at_many(np.rint(queries * SECOND).astype(np.int64)).positions_m[:, 0]
    assert found == pytest.approx(expected(queries), abs=1e-7)


def test_spline_does_not_look_across_a_gap() -> None:
    keyframes = frames((0, 0, 0), (1, 1, 0), (2, 50, 0), (3, 51, 0))
    keyframes[1]["gap_after"] = True
    box = track(keyframes, interpolation="spline")
    halves = box.at_many([SECOND // 2, 5 * SECOND // 2]).positions_m[:, 0]
    assert halves == pytest.approx([0.5, 50.5])


def test_rotations_go_the_shorter_way_at_a_constant_rate() -> None:
    turns = Rotation.from_euler("zyx", [[0.1, 0.2, 0.3], [2.5, -0.4, 1.0]])
    keyframes = frames((0, 0, 0), (1, 1, 0))
    for keyframe, quat, sign in zip(keyframes, turns.as_quat(), (1, -1), strict=True):
        keyframe["quat_xyzw"] = (sign * quat).tolist()
    box = track(keyframes)
    times = np.linspace(0, SECOND, 9).astype(np.int64)
    found = Rotation.from_quat(box.at_many(times).quats_xyzw)
    expected = Slerp([0, SECOND], turns)(times)
    assert (found.inv() * expected).magnitude().max() < 1e-7


def test_sizes_are_linear_between_keyframes_and_held_beyond() -> None:
    keyframes = frames((0, 0, 0), (1, 1, 0))
    keyframes[1]["size_m"] = [6.5, 1.9, 1.5]
    box = track(keyframes, to_ns=str(3 * SECOND))
    sizes = box.at_many([0, SECOND // 2, 2 * SECOND]).sizes_m[:, 0]
    assert sizes == pytest.approx([4.5, 5.5, 6.5])


def test_attribute_holds_until_a_keyframe_says_otherwise() -> None:
    keyframes = frames((0, 0, 0), (1, 1, 0), (2, 2, 0))
    keyframes[1]["attributes"] = {"parked": False, "note": "moves"}
    keyframes[2]["attributes"] = {"parked": True}
    box = track(keyframes, attributes={"parked": True, "doors": 4})
    assert box.attributes_at(0) == {"parked": True, "doors": 4}
    assert box.attributes_at(SECOND) == {"parked": False, "doors": 4, "note": "moves"}
    assert box.attributes_at(2 * SECOND) == {"parked": True, "doors": 4, "note": "moves"}


def test_attributes_stay_one_object_until_one_of_them_changes() -> None:
    keyframes = frames(*((at, 0, 0) for at in range(4)))
    keyframes[1]["attributes"] = {"lanes": 1}
    keyframes[2]["attributes"] = {"lanes": True}
    box = track(keyframes, attributes={"lanes": 1})
    assert box.attributes_from(0) is box.attributes_from(SECOND)
    assert box.attributes_from(2 * SECOND)["lanes"] is True
    assert box.attributes_from(2 * SECOND) is box.attributes_from(3 * SECOND)
    box.attributes_at(0)["lanes"] = 5
    assert box.attributes_from(0) == {"lanes": 1}


def test_one_query_and_many_agree() -> None:
    box = track(frames((0, 0, 0), (1, 1, 0.5), (3, 9, 2.0)), interpolation="spline")
    times = np.arange(0, 3 * SECOND, SECOND // 7)
    many = box.at_many(times)
    for index, time in enumerate(times):
        one = box.at(int(time))
        assert one is not None
        assert np.array_equal(one.position_m, many.positions_m[index])
        assert np.array_equal(one.quat_xyzw, many.quats_xyzw[index])
