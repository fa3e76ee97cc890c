"""The reference vectors beside the repository, which are made from the published equations."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from projection import Camera, RigidTransform, Status, Trajectory, View

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "vectors"

pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason=f"the reference vectors are not at {VECTORS}"
)


def load(name: str) -> dict[str, Any]:
    if not VECTORS.is_dir():
        return {"cameras": [], "cases": []}
    document: dict[str, Any] = json.loads((VECTORS / name).read_text())
    return document


def named(entries: list[dict[str, Any]], *path: str) -> list[Any]:
    params = []
    for index, entry in enumerate(entries):
        value: Any = entry
        for key in path:
            value = value[key]
        params.append(pytest.param(entry, id=value if path else str(index)))
    return params


@pytest.mark.parametrize("entry", named(load("camera_vectors.json")["cameras"], "camera", "name"))
def test_camera_agrees_with_its_reference(entry: dict[str, Any]) -> None:
    camera = Camera.from_dict(entry["camera"])
    assert np.degrees(camera.limit_rad) == pytest.approx(entry["limit_theta_deg"], abs=1e-9)
    uv, status = camera.project([point["p"] for point in entry["points"]])
    for point, pixel, code in zip(entry["points"], uv, status, strict=True):
        has_pixel = code in (Status.OK, Status.OUT_OF_IMAGE)
        assert has_pixel == bool(np.isfinite(pixel).all())
        if not point.get("near"):
            assert has_pixel == point["ok"], point
            assert (code == Status.OK) == point["im"], point
        if has_pixel and point["ok"]:
            size = np.abs(point["uv"]).max()
            tolerance = 1e-8 if size < 1e4 else 1e-9 * size
            assert np.abs(pixel - point["uv"]).max() <= tolerance, point


def test_utm_sized_coordinates_lose_nothing() -> None:
    utm = load("camera_vectors.json")["utm"]
    camera = Camera.from_dict(utm["camera"])
    for case in utm["cases"]:
        quat = Rotation.from_matrix(np.reshape(case["R_wc"], (3, 3))).as_quat()
        trajectory = Trajectory([0], [case["t_wc"]], [quat])
        uv, depth_m, _ = View(
            camera, RigidTransform.identity(), trajectory, 0
        ).project_world(case["p_w"])  # fmt: skip
        assert np.abs(uv[0] - case["uv"]).max() < 1e-6
        assert depth_m[0] == pytest.approx(case["p_c"][2], abs=1e-8)


@pytest.mark.parametrize("case", named(load("rolling_shutter_vectors.json")["cases"], "name"))
def test_rolling_shutter_finds_the_line_that_sees_a_point(case: dict[str, Any]) -> None:
    tolerances = load("rolling_shutter_vectors.json")["tolerance_px"]
    camera = Camera.from_dict(case["camera"])
    path = case["trajectory"]
    trajectory = Trajectory(path["times_ns"], path["positions_m"], path["quats_xyzw"])
    view = View(camera, camera.ego_from_camera, trajectory, case["time_ns"], camera.shutter)
    uv, _, status = view.project_world(
        [point["p_world"] for point in case["points"]],
        [point["velocity_mps"] for point in case["points"]],
    )
    for point, pixel, code in zip(case["points"], uv, status, strict=True):
        if not point["roots"]:
            assert code == Status.NO_SOLUTION
            continue
        tolerance = min(tolerances.get(case["name"], tolerances["default"]), 1e-5)
        assert min(np.abs(pixel - root["uv"]).max() for root in point["roots"]) <= tolerance
        assert (code == Status.OK) == any(root["im"] for root in point["roots"])


@pytest.mark.parametrize("case", named(load("pose_interp_vectors.json")["cases"]))
def test_poses_between_poses_are_slerp_and_lerp(case: dict[str, Any]) -> None:
    times = [round(time * 1e9) for time in case["times_s"]]
    trajectory = Trajectory(times, case["positions_m"], case["quats_xyzw"])
    result = trajectory.at([round(time * 1e9) for time in case["query_s"]])
    expected = np.array(case["expected_quat_xyzw"])
    sign = np.sign(np.sum(expected * result.quat_xyzw, axis=1, keepdims=True))
    # The vectors' times are seconds: half a nanosecond of rounding is some 1e-7 m at their speeds.
    assert np.abs(sign * result.quat_xyzw - expected).max() < 1e-7
    assert np.abs(result.position_m - np.array(case["expected_position_m"])).max() < 1e-6
