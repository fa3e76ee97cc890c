"""Two label sets of one clip, compared."""

import json
import math
from typing import Any

import numpy as np
import pytest

from projection import Trajectory
from projection.io import read_label
from projection.labels import Label
from quality import Comparison, Options, Region, compare

TIMES = np.arange(20, dtype=np.int64) * 100_000_000


def cuboid(name: str, x_m: float = 0.0, **changes: Any) -> Label:
    """A car that drives along x at 10 m/s, 2 s long."""
    yaw = changes.pop("yaw", 0.0)
    quat = [0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)]
    keyframes = [
        {
            "time_ns": str(t),
            "position_m": [x_m + v, changes.get("y_m", 0.0), 0.8],
            "quat_xyzw": quat,
        }
        for t, v in ((0, 0.0), (1_900_000_000, 19.0))
    ]
    changes.pop("y_m", None)
    spec: dict[str, Any] = {
        "id": name,
        "class": "car",
        "geometry": "cuboid",
        "attributes": {},
        "static": False,
        "size_m": [4.0, 2.0, 1.6],
        "interpolation": "linear",
        "keyframes": keyframes,
    }
    return read_label(spec | changes)


def placed(name: str, geometry: str, **values: Any) -> Label:
    return read_label(
        {"id": name, "class": name[0], "geometry": geometry, "attributes": {}, **values}
    )


def line(name: str, *vertices: tuple[float, float]) -> Label:
    return placed(name, "polyline", vertices_m=[[x, y, 0.0] for x, y in vertices], closed=False)


def objects(comparison: Comparison) -> Any:
    assert comparison.objects is not None
    return comparison.objects


def test_a_label_set_agrees_with_itself_in_everything() -> None:
    labels = [
        cuboid("a"),
        cuboid("b", 30.0, attributes={"parked": False}),
        line("lane", (0, 0), (10, 0), (20, 5)),
        placed("road", "polygon", rings_m=[[[0, 0, 0], [9, 0, 0], [9, 9, 0], [0, 9, 0]]]),
    ]
    comparison = compare(labels, labels, TIMES)
    assert comparison.score == pytest.approx(1.0)
    found = objects(comparison)
    assert found.tracking.hota == pytest.approx(1.0)
    assert found.tracking.mota == 1.0
    assert found.iou.mean == pytest.approx(1.0)
    assert found.attributes["parked"].share == 1.0
    assert comparison.polylines is not None
    assert comparison.polylines.matches[0].chamfer_m == pytest.approx(0.0, abs=1e-12)  # type: ignore[union-attr]
    assert comparison.polygons is not None
    assert comparison.polygons.matches[0].iou == pytest.approx(1.0)  # type: ignore[union-attr]


def test_a_shifted_and_longer_box_is_off_by_just_that() -> None:
    shifted = cuboid("b", 0.3, size_m=[4.4, 2.0, 1.6])
    found = objects(compare([cuboid("a")], [shifted], TIMES))
    assert found.centre_m.mean == pytest.approx(0.3)
    assert found.length_m.mean == pytest.approx(0.4)
    assert found.width_m.worst == pytest.approx(0.0, abs=1e-12)
    common, union = (2.0 - -1.9) * 2 * 1.6, (2.5 + 2.0) * 2 * 1.6
    assert found.iou.mean == pytest.approx(common / union)
    [row] = found.rows
    assert row.size_m == pytest.approx((0.4, 0.0, 0.0))
    assert row.matched_ticks == 20


def test_a_box_that_points_the_wrong_way_is_said_to_and_costs_half() -> None:
    found = objects(compare([cuboid("a")], [cuboid("b", yaw=math.pi - 0.1)], TIMES))
    assert found.flipped == 1.0
    assert found.heading_rad.mean == pytest.approx(0.1)
    assert found.score <= 0.5


def test_missed_and_invented_things_are_listed_and_cost_their_share() -> None:
    comparison = compare([cuboid("a"), cuboid("b", 30.0)], [cuboid("c"), cuboid("d", -30.0)], TIMES)
    found = objects(comparison)
    assert {(r.reference_id, r.candidate_id) for r in found.rows} == {
        ("a", "c"),
        ("b", None),
        (None, "d"),
    }
    assert found.score == pytest.approx(0.5)
    assert found.tracking.false_negatives == found.tracking.false_positives == 20


def test_the_wrong_class_is_counted_and_worth_nothing() -> None:
    comparison = compare([cuboid("a")], [cuboid("b", **{"class": "truck"})], TIMES)
    assert objects(comparison).classes == {("car", "truck"): 20}
    assert comparison.score == 0.0


def test_attributes_are_compared_moment_by_moment() -> None:
    reference = cuboid("a", attributes={"brake": False})
    spec = dict(reference.spec)
    spec["keyframes"] = [
        spec["keyframes"][0],
        {**spec["keyframes"][0], "time_ns": "950000000", "attributes": {"brake": True}}
        | {"position_m": [9.5, 0.0, 0.8]},
        spec["keyframes"][1],
    ]
    found = objects(compare([reference], [read_label(spec)], TIMES))
    assert found.attributes["brake"].compared == 20
    assert found.attributes["brake"].agree == 10
    assert found.rows[0].attributes == ("brake",)
    assert found.score == pytest.approx(1.0 - Options().attribute_weight / 2)


def test_attributes_are_told_by_class_where_both_call_it_the_same() -> None:
    reference = [
        cuboid("car", attributes={"parked": True}),
        cuboid("bus", 30.0, attributes={"parked": True, "school": False}),
        cuboid("odd", 60.0, attributes={"parked": True}),
    ]
    candidate = [
        cuboid("car", attributes={"parked": False}),
        cuboid("bus", 30.0, attributes={"parked": True}),
        cuboid("odd", 60.0, attributes={"parked": True}),
    ]
    specs = [dict(label.spec) for label in (*reference, *candidate)]
    for spec, name in zip(specs, ["car", "bus", "van", "car", "bus", "truck"], strict=True):
        spec["class"] = name
    labels = [read_label(spec) for spec in specs]
    found = objects(compare(labels[:3], labels[3:], TIMES))
    shares = {key: (a.compared, a.agree) for key, a in found.attributes_by_class.items()}
    assert shares == {
        ("car", "parked"): (20, 0),
        ("bus", "parked"): (20, 20),
        ("bus", "school"): (20, 0),
        ("", "parked"): (20, 20),
    }
    assert (found.attributes["parked"].compared, found.attributes["parked"].agree) == (60, 40)


def test_true_and_one_are_different_answers() -> None:
    found = objects(
        compare([cuboid("a", attributes={"n": True})], [cuboid("b", attributes={"n": 1})], TIMES)
    )
    assert found.attributes["n"].agree == 0


def test_swapped_names_are_identity_switches() -> None:
    def crossing(name: str, first_y: float, second_y: float) -> Label:
        keyframes = [
            {"time_ns": str(t), "position_m": [0.0, y, 0.8], "quat_xyzw": [0, 0, 0, 1]}
            for t, y in ((0, first_y), (900_000_000, first_y), (1_000_000_000, second_y),
                         (1_900_000_000, second_y))
        ]  # fmt: skip
        return cuboid(name, keyframes=keyframes)

    straight = [crossing("a", 0.0, 0.0), crossing("b", 10.0, 10.0)]
    swapped = [crossing("c", 0.0, 10.0), crossing("d", 10.0, 0.0)]
    found = objects(compare(straight, swapped, TIMES))
    assert found.tracking.identity_switches == 2
    assert found.tracking.mota == pytest.approx((40 - 2) / 40)
    assert found.tracking.idf1 == pytest.approx(0.5)


def test_order_of_labels_changes_nothing() -> None:
    left = [cuboid(f"l{i}", 6.0 * i) for i in range(6)]
    right = [cuboid(f"r{i}", 6.0 * i + 0.4 * i) for i in range(6)]
    first = compare(left, right, TIMES).to_dict()
    second = compare(left[::-1], right[::-1], TIMES).to_dict()
    assert first["objects"]["rows"] == second["objects"]["rows"]
    assert first["score"] == pytest.approx(second["score"])


def test_lines_are_compared_by_common_length_and_distance() -> None:
    reference = [line("lane 1", (0, 0), (40, 0)), line("lane 2", (0, 4), (40, 4))]
    candidate = [line("lane x", (40, 0.1), (20, 0.1)), line("lane y", (0, 20), (40, 20))]
    comparison = compare(reference, candidate, TIMES)
    lines = comparison.polylines
    assert lines is not None
    [match] = lines.matches
    assert lines.matched_ids == (("lane 1", "lane x"),)
    assert match.precision == 1.0  # type: ignore[union-attr]
    assert match.recall == pytest.approx(0.5, abs=0.02)  # type: ignore[union-attr]
    assert match.end_m == pytest.approx((0.1 + math.hypot(20, 0.1)) / 2)  # type: ignore[union-attr]
    assert match.hausdorff_m == pytest.approx(math.hypot(20, 0.1))  # type: ignore[union-attr]
    assert lines.missed == ("lane 2",)
    assert lines.invented == ("lane y",)


def test_surfaces_keep_their_holes() -> None:
    square = [[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0]]
    hole = [[2, 2, 0], [7, 2, 0], [7, 7, 0], [2, 7, 0]]
    whole = placed("road", "polygon", rings_m=[square])
    holed = placed("r2", "polygon", rings_m=[square, hole])
    polygons = compare([whole], [holed], TIMES).polygons
    assert polygons is not None
    assert polygons.matches[0].iou == pytest.approx(0.75)  # type: ignore[union-attr]


def test_a_surface_that_crosses_itself_is_compared_all_the_same() -> None:
    bow = placed("b", "polygon", rings_m=[[[0, 0, 0], [10, 10, 0], [10, 0, 0], [0, 10, 0]]])
    polygons = compare([bow], [bow], TIMES).polygons
    assert polygons is not None
    assert polygons.matches[0].iou == pytest.approx(1.0)  # type: ignore[union-attr]


def test_keypoints_and_segments_are_compared() -> None:
    def gate(name: str, x_m: float, *, visible: bool) -> Label:
        points = {"left": {"position_m": [x_m, 0, 0], "visible": visible},
                  "right": {"position_m": [5, 0, 0], "visible": True}}  # fmt: skip
        return placed(name, "keypoints", points=points)

    named = compare(
        [gate("a", 0.0, visible=True)], [gate("b", 1.0, visible=False)], TIMES
    ).keypoints
    assert named is not None
    [match] = named.matches
    assert match.right == 0.5  # type: ignore[union-attr]
    assert match.visibility == 0.5  # type: ignore[union-attr]


def test_nothing_compared_with_nothing_is_right() -> None:
    comparison = compare([], [], TIMES)
    assert comparison.score == 1.0
    assert comparison.objects is None


def test_a_comparison_goes_through_json() -> None:
    comparison = compare([cuboid("a"), line("l", (0, 0), (9, 0))], [cuboid("b", 1.0)], TIMES)
    text = json.dumps(comparison.to_dict(), allow_nan=False)
    assert json.loads(text)["objects"]["rows"][0]["reference_id"] == "a"


def test_a_threshold_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="min_iou: expected a number between 0 and 1, found 2"):
        Options(min_iou=2.0)


def driving(speed_mps: float = 0.0) -> Trajectory:
    """An ego that drives along y, looking along it."""
    half = math.sqrt(0.5)
    times = np.array([0, 2_000_000_000], dtype=np.int64)
    places = [[0.0, speed_mps * second, 0.0] for second in (0, 2)]
    return Trajectory(times, places, [[0.0, 0.0, half, half]] * 2)


def test_boxes_are_compared_where_their_centres_lie_in_a_region_before_the_ego() -> None:
    # Ahead is y, left is -x: of 19 m along x, what is 5 to 10 m to the right.
    region = Region(driving(), x_m=(-1.0, 1.0), y_m=(-10.5, -4.5))
    found = objects(compare([cuboid("a"), cuboid("b", y_m=3.0)], [], TIMES, region=region))
    rows = {row.reference_id: row.reference_ticks for row in found.rows}
    assert rows == {"a": 6, "b": 0}
    assert found.score == 0.0


def test_a_region_moves_along_with_the_ego() -> None:
    still = [cuboid("a", y_m=10.0, static=True, keyframes=cuboid_keyframe(10.0))]
    region = Region(driving(10.0), x_m=(-0.5, 5.5), y_m=(-1.0, 1.0))
    found = objects(compare(still, still, TIMES, region=region))
    # It is 10 m ahead at first, and passed after a second.
    assert found.rows[0].reference_ticks == found.rows[0].matched_ticks == 6
    assert found.score == 1.0


def cuboid_keyframe(y_m: float) -> list[dict[str, Any]]:
    return [{"time_ns": "0", "position_m": [0.0, y_m, 0.8], "quat_xyzw": [0.0, 0.0, 0.0, 1.0]}]


def test_moments_that_the_trajectory_has_not_are_in_no_region() -> None:
    region = Region(driving(), x_m=(-100.0, 100.0), y_m=(-100.0, 100.0))
    later = TIMES + 1_500_000_000
    found = objects(compare([cuboid("a", to_ns=str(2**62))], [], later, region=region))
    assert found.rows[0].reference_ticks == 6


@pytest.mark.parametrize("bounds", [(1.0, 1.0), (2.0, 1.0), (0.0, math.inf), (math.nan, 1.0)])
def test_regions_have_bounds(bounds: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="y_m: expected two numbers, the lower one first"):
        Region(driving(), x_m=(0.0, 1.0), y_m=bounds)
