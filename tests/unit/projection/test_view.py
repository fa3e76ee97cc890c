"""Views and trajectories: never extrapolated, exact at any coordinates."""

import json
from pathlib import Path

import numpy as np
import pytest

from projection import (
    Camera,
    OutsideTrajectoryError,
    RigidTransform,
    Shutter,
    SpecError,
    Status,
    Trajectory,
    View,
)
from projection.kernels import lens, motion, pack

SPEC = {
    "name": "front",
    "width": 640,
    "height": 480,
    "model": "pinhole",
    "params": {"fx": 400.0, "fy": 400.0, "cx": 319.5, "cy": 239.5},
}
CAMERA = Camera.from_dict(SPEC)
FRONT = RigidTransform([1.5, 0.0, 1.4], [-0.5, 0.5, -0.5, 0.5])
EPOCH = 1_700_000_000_000_000_001
DRIVE = Trajectory(
    [EPOCH, EPOCH + 10**8], [[0, 0, 0], [2.0, 0.1, 0]], [[0, 0, 0, 1], [0, 0, 0.02, 0.9998]]
)
GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.mark.parametrize("time", [EPOCH - 1, EPOCH + 10**8 + 1])
def test_pose_outside_the_trajectory_is_refused(time: int) -> None:
    with pytest.raises(OutsideTrajectoryError, match=str(time)):
        DRIVE.at(time)
    with pytest.raises(OutsideTrajectoryError):
        DRIVE.at([EPOCH, time])


def test_read_out_that_reaches_beyond_the_trajectory_is_refused() -> None:
    shutter = Shutter("top_to_bottom", 50_000.0)
    View(CAMERA, FRONT, DRIVE, EPOCH + 10**8 - 479 * 50_000, shutter)
    with pytest.raises(OutsideTrajectoryError, match="read-out"):
        View(CAMERA, FRONT, DRIVE, EPOCH + 10**8 - 479 * 50_000 + 1, shutter)


@pytest.mark.parametrize(
    ("times", "positions", "quats", "field"),
    [
        ([], np.zeros((0, 3)), np.zeros((0, 4)), "times_ns"),
        ([1, 1], np.zeros((2, 3)), [[0, 0, 0, 1]] * 2, "times_ns[1]"),
        ([1.5], np.zeros((1, 3)), [[0, 0, 0, 1]], "times_ns"),
        ([-(2**62), 2**62], np.zeros((2, 3)), [[0, 0, 0, 1]] * 2, "times_ns"),
        (["1", "x"], np.zeros((2, 3)), [[0, 0, 0, 1]] * 2, "times_ns"),
        ([1, 2], np.zeros((3, 3)), [[0, 0, 0, 1]] * 2, "positions_m"),
        ([1, 2], [[0, 0, 0], [0, np.nan, 0]], [[0, 0, 0, 1]] * 2, "positions_m[1]"),
        ([1, 2], np.zeros((2, 3)), [[0, 0, 0, 1], [0, 0, 0, 3]], "quats_xyzw"),
        ([1, 2], np.zeros((2, 3)), [[0, 0, 0, 1]], "quats_xyzw"),
    ],
)
def test_wrong_trajectory_is_refused_with_the_fields_name(
    times: list, positions: np.ndarray, quats: list, field: str
) -> None:
    with pytest.raises(SpecError) as caught:
        Trajectory(times, positions, quats)
    assert caught.value.field == field


def test_trajectory_passes_exactly_through_its_poses() -> None:
    found = DRIVE.at(DRIVE.times_ns)
    assert np.array_equal(found.position_m, DRIVE.positions_m)
    assert np.abs(found.quat_xyzw - DRIVE.quats_xyzw).max() < 1e-15


def test_transforms_compose_so_that_inner_names_cancel() -> None:
    world_from_ego = RigidTransform([10, 20, 30], [0, 0, np.sqrt(0.5), np.sqrt(0.5)])
    world_from_camera = world_from_ego @ FRONT
    point_camera = np.array([[0.5, -0.25, 4.0]])
    direct = world_from_camera.apply(point_camera)
    assert direct == pytest.approx(world_from_ego.apply(FRONT.apply(point_camera)))
    assert world_from_camera.inverse().apply(direct) == pytest.approx(point_camera)
    # The camera looks ahead: 4 m along its axis are 4 m forward in the vehicle, less its mount.
    assert FRONT.apply(point_camera)[0] == pytest.approx([1.5 + 4.0, -0.5, 1.4 + 0.25])


def test_shifting_the_world_by_utm_offsets_changes_nothing() -> None:
    offset = np.array([691_000.0, 5_334_000.0, 520.0])
    moved = Trajectory(DRIVE.times_ns, DRIVE.positions_m + offset, DRIVE.quats_xyzw)
    points = np.random.default_rng(3).normal(size=(50, 3)) * 5 + np.array([20.0, 0.0, 1.0])
    for shutter in (Shutter(), Shutter("bottom_to_top", 30_000.0)):
        near, _, status = View(CAMERA, FRONT, DRIVE, EPOCH, shutter).project_world(points)
        far, _, far_status = View(CAMERA, FRONT, moved, EPOCH, shutter).project_world(
            points + offset
        )
        assert np.array_equal(status, far_status)
        assert np.nanmax(np.abs(near - far)) < 1e-5


def test_point_that_leaves_the_picture_and_comes_back_is_found_once_at_its_own_line() -> None:
    shutter = Shutter("top_to_bottom", 60_000.0)
    view = View(CAMERA, FRONT, DRIVE, EPOCH, shutter)
    uv, depth_m, status, offset_ns = view.project_world_timed([[8.0, 0.4, 1.0]], [0.0, 3.0, -2.0])
    assert status[0] == Status.OK
    assert offset_ns[0] == pytest.approx(uv[0, 1] * 60_000.0, abs=0.1)
    moved = np.array([8.0, 0.4, 1.0]) + np.array([0.0, 3.0, -2.0]) * offset_ns[0] * 1e-9
    ego = DRIVE.at(EPOCH + round(offset_ns[0]))
    seen = (ego @ FRONT).inverse().apply(moved)
    assert depth_m[0] == pytest.approx(seen[2], abs=1e-6)
    assert uv[0] == pytest.approx(CAMERA.project(seen)[0][0], abs=1e-4)


def test_unprojected_ray_meets_the_point_that_the_pixel_came_from() -> None:
    view = View(CAMERA, FRONT, DRIVE, EPOCH, Shutter("left_to_right", 40_000.0))
    points = np.array([[9.0, 1.0, 2.0], [30.0, -6.0, 0.5], [5.0, 0.2, 1.2]])
    uv, _, status = view.project_world(points)
    assert (status == Status.OK).all()
    origins, rays, _ = view.unproject(uv)
    along = np.sum((points - origins) * rays, axis=1, keepdims=True)
    assert np.abs(origins + along * rays - points).max() < 1e-7


def test_hostile_world_points_get_a_status() -> None:
    for shutter in (Shutter(), Shutter("top_to_bottom", 30_000.0)):
        view = View(CAMERA, FRONT, DRIVE, EPOCH, shutter)
        points = [[np.nan, 0, 0], [np.inf, 0, 0], view.origin_m, [-50, 0, 0], [1e300, 0, 0]]
        uv, _, status = view.project_world(points)
        bad = (status != Status.OK) & (status != Status.OUT_OF_IMAGE)
        assert (np.isnan(uv).any(axis=1) == bad).all()
        assert bad[:4].all()


def test_velocities_of_another_shape_are_refused() -> None:
    view = View(CAMERA, FRONT, DRIVE, EPOCH)
    with pytest.raises(ValueError, match="velocities_mps"):
        view.project_world(np.zeros((4, 3)), np.zeros((3, 3)))


def test_compiled_lenses_agree_with_the_plain_ones() -> None:
    generator = np.random.default_rng(11)
    for entry in json.loads((GOLDEN / "cameras.json").read_text())["cameras"]:
        camera = Camera.from_dict(entry["camera"])
        points = np.concatenate(
            [generator.normal(size=(300, 3)), [case["point"] for case in entry["project"]]]
        )
        uv, status = camera.project(points)
        fast_uv, fast_status = np.empty_like(uv), np.empty_like(status)
        lens.project_points(pack.pack_lens(camera), points, fast_uv, fast_status)
        status[status == Status.OUT_OF_IMAGE] = Status.OK
        assert np.array_equal(status, fast_status), camera.name
        seen = status == Status.OK
        scale = np.maximum(1.0, np.abs(uv[seen]).max(axis=1, keepdims=True) / 1e4)
        assert (np.abs(uv[seen] - fast_uv[seen]) / scale).max() < 1e-9


def test_compiled_read_outs_agree_with_the_plain_ones() -> None:
    for case in json.loads((GOLDEN / "views.json").read_text())["cases"]:
        camera = Camera.from_dict(case["camera"])
        path = case["trajectory"]
        trajectory = Trajectory(path["times_ns"], path["positions_m"], path["quats_xyzw"])
        view = View(camera, None, trajectory, case["time_ns"])
        world = np.array([point["point_world"] for point in case["points"]])
        velocity = np.array([point["velocity_mps"] for point in case["points"]])
        # Few at a time go the plain way: all at once would be compiled here, too.
        few = [slice(first, first + 8) for first in range(0, len(world), 8)]
        plain = [view.project_world(world[some], velocity[some]) for some in few]
        uv, status = (np.concatenate([part[column] for part in plain]) for column in (0, 2))
        points = np.concatenate([world - view.origin_m, velocity], axis=1)
        fast_uv, fast_status = np.empty_like(uv), np.empty_like(status)
        packed = pack.pack_lens(camera), pack.pack_frame(view), pack.pack_poses(view)
        spare = np.empty(len(uv)), np.empty(len(uv))
        motion.see_points(*packed, points, fast_uv, *spare, fast_status)
        status[status == Status.OUT_OF_IMAGE] = Status.OK
        assert np.array_equal(status, fast_status), case["name"]
        seen = status == Status.OK
        assert np.abs(uv[seen] - fast_uv[seen]).max() < 1e-6


def test_lines_are_counted_from_the_first_one_read_out() -> None:
    # A picture of 640 x 480: the second pixel from the left, the third line from the top.
    uv = np.array([[1.0, 2.0], [-9.0, 500.0]])
    for direction, lines in {
        "top_to_bottom": [2.0, 479.0],
        "bottom_to_top": [477.0, 0.0],
        "left_to_right": [1.0, 0.0],
        "right_to_left": [638.0, 639.0],
    }.items():
        shutter = Shutter(direction, 30_000.0)
        assert shutter.line(uv, 640, 480).tolist() == lines
        assert shutter.offset_ns(uv, 640, 480).tolist() == [line * 30_000.0 for line in lines]


def drive_of_many_poses() -> Trajectory:
    chance = np.random.default_rng(7)
    times = EPOCH + np.cumsum(chance.integers(5_000_000, 40_000_000, 40))
    quats = np.array([0.0, 0.0, 0.0, 1.0]) + np.cumsum(chance.normal(0, 0.05, (40, 4)), axis=0)
    lengths = np.linalg.norm(quats, axis=1, keepdims=True)
    return Trajectory(times, chance.normal(0, 50, (40, 3)), quats / lengths)


def mounted(shutter: dict[str, object]) -> Camera:
    return Camera.from_dict({**SPEC, "ego_from_camera": FRONT.to_dict(), "shutter": shutter})


@pytest.mark.parametrize(
    "shutter",
    [
        {"type": "global"},
        {"type": "rolling", "direction": "bottom_to_top", "line_delay_ns": 20_000},
    ],
)
def test_views_of_many_times_are_to_the_bit_those_of_each(shutter: dict[str, object]) -> None:
    drive, camera = drive_of_many_poses(), mounted(shutter)
    chance = np.random.default_rng(8)
    between = chance.integers(drive.start_ns, drive.times_ns[-3], 30)
    times = np.sort(np.concatenate([between, drive.times_ns[:3]]))
    for view, time_ns in zip(View.at_times(camera, drive, times), times.tolist(), strict=True):
        alone = View(camera, None, drive, time_ns)
        assert (view.time_ns, view.duration_ns) == (alone.time_ns, alone.duration_ns)
        for mine, theirs in (
            (view.origin_m, alone.origin_m),
            (view.world_from_camera.quat_xyzw, alone.world_from_camera.quat_xyzw),
            (view.world_from_camera.matrix, alone.world_from_camera.matrix),
            (view.poses.offsets_ns, alone.poses.offsets_ns),
            (view.poses.positions_m, alone.poses.positions_m),
            (view.poses.quats_xyzw, alone.poses.quats_xyzw),
            *zip(view.packed, alone.packed, strict=True),
        ):
            assert mine.shape == theirs.shape
            assert mine.tobytes() == theirs.tobytes()


def test_views_of_many_times_need_a_drive_that_covers_them() -> None:
    with pytest.raises(OutsideTrajectoryError, match=str(EPOCH - 1)):
        View.at_times(mounted({"type": "global"}), DRIVE, np.array([EPOCH - 1, EPOCH]))
    only = Trajectory([EPOCH], [[0, 0, 0]], [[0, 0, 0, 1]])
    (view,) = View.at_times(mounted({"type": "global"}), only, np.array([EPOCH]))
    assert view.origin_m.tolist() == FRONT.position_m.tolist()
    assert View.at_times(CAMERA, DRIVE, np.zeros(0, dtype=np.int64)) == []
