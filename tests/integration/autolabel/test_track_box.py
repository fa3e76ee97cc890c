"""POST /api/clips/{clip_id}/track-box."""

import json
import math
from typing import Any

import numpy as np
import pytest

from labelapp.clips.models import Clip
from projection.tracks import Track
from tests.integration.autolabel.streets import (
    PARKED_HEADING,
    PARKED_XY,
    SIZE_M,
    TICKS,
    moving_x_m,
)
from tests.integration.clip_folders import GROUND_Z_M, START_NS, TICK_NS

MIDDLE_NS = START_NS + 5 * TICK_NS


def box(x: float, y: float, heading: float) -> dict[str, list[float]]:
    return {
        "position_m": [x, y, GROUND_Z_M + SIZE_M[2] / 2],
        "quat_xyzw": [0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2)],
        "size_m": list(SIZE_M),
    }


def send(cast: Any, clip: Clip, **changes: Any) -> Any:
    body = {"layer": "objects", "class": "car", "time_ns": str(MIDDLE_NS)}
    body["box"] = box(*PARKED_XY, PARKED_HEADING)
    return cast.client("labeller").send(
        "POST", f"/api/clips/{clip.pk}/track-box", {**body, **changes}
    )


def test_a_parked_car_becomes_a_static_label_with_one_keyframe(cast: Any, street: Clip) -> None:
    response = send(cast, street)
    body = response.json()
    assert response.status_code == 200, body
    assert body["label"]["static"] is True
    assert len(body["label"]["keyframes"]) == len(body["confidence"]) == 1
    assert body["label"]["keyframes"][0]["position_m"][:2] == pytest.approx(PARKED_XY)
    assert body["seen_sweeps"] == TICKS


def test_a_driving_car_is_followed_to_both_ends_of_the_clip(cast: Any, street: Clip) -> None:
    body = send(cast, street, box=box(moving_x_m(MIDDLE_NS), 5.0, math.pi)).json()
    label = body["label"]
    assert label["static"] is False
    assert body["seen_sweeps"] == TICKS
    track = Track.from_dict(label)
    for tick in range(TICKS):
        time_ns = START_NS + tick * TICK_NS
        state = track.at(time_ns)
        assert state is not None
        off = np.hypot(state.position_m[0] - moving_x_m(time_ns), state.position_m[1] - 5.0)
        assert off < 0.2, tick
        assert state.position_m[2] == pytest.approx(GROUND_Z_M + SIZE_M[2] / 2, abs=0.1)
    # It goes straight at one speed: hardly more than its ends and the given one are needed.
    assert len(label["keyframes"]) <= 5
    assert len(body["confidence"]) == len(label["keyframes"])
    assert str(MIDDLE_NS) in {keyframe["time_ns"] for keyframe in label["keyframes"]}


def test_what_comes_back_can_be_saved_as_it_is(cast: Any, street: Clip) -> None:
    label = send(cast, street).json()["label"]
    client = cast.client("labeller")
    wanted = {"layer": "objects", "source": "human"}
    label_set = client.send("POST", f"/api/clips/{street.pk}/label-sets", wanted).json()
    operation = {
        "operation_id": "0190c6a0-0000-7000-8000-000000000001",
        "kind": "put",
        "label_id": label["id"],
        "base_version": 0,
        "label": label,
    }
    batch = {"batch_id": "0190c6a0-0000-7000-8000-000000000002", "operations": [operation]}
    saved = client.send("POST", f"/api/label-sets/{label_set['id']}/operations", batch)
    assert saved.status_code == 200, saved.json()


def test_a_box_around_nothing_is_not_followed_anywhere(cast: Any, street: Clip) -> None:
    body = send(cast, street, box=box(5.0, 12.0, 0.0)).json()
    assert body["seen_sweeps"] == 0
    assert body["confidence"] == [0.0]
    assert body["ends_because"] == "No sweep shows enough of it."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quat_xyzw", [0, 0, 0, 0]),
        ("quat_xyzw", [0, 0, 1]),
        ("size_m", [4.5, 0, 1.6]),
        ("size_m", [4.5, 1.9, 1e6]),
        ("position_m", [None, 0, 0]),
    ],
)
def test_a_box_that_is_none_is_refused(
    cast: Any, street: Clip, name: str, value: list[Any]
) -> None:
    response = send(cast, street, box={**box(1, 2, 0), name: value})
    assert response.status_code == 400
    assert name in response.json()["details"]["fields"]["box"]


def test_a_box_that_was_a_guess_is_corrected(cast: Any, street: Clip) -> None:
    guess = box(moving_x_m(MIDDLE_NS) + 0.25, 5.0, math.pi)
    body = send(cast, street, box=guess, is_sure=False).json()
    state = Track.from_dict(body["label"]).at(MIDDLE_NS)
    assert state is not None
    assert abs(state.position_m[0] - moving_x_m(MIDDLE_NS)) < 0.2


def test_the_track_goes_through_the_other_boxes_that_were_set(cast: Any, street: Clip) -> None:
    late_ns = START_NS + 8 * TICK_NS
    late = box(moving_x_m(late_ns), 5.1, math.pi)
    others = [{"time_ns": str(late_ns), "box": late}]
    body = send(cast, street, box=box(moving_x_m(MIDDLE_NS), 5.0, math.pi), others=others).json()
    state = Track.from_dict(body["label"]).at(late_ns)
    assert state is not None
    assert state.position_m == pytest.approx(late["position_m"], abs=1e-3)


def test_a_stream_gives_each_sighting_and_at_last_the_track(cast: Any, street: Clip) -> None:
    moving = box(moving_x_m(MIDDLE_NS), 5.0, math.pi)
    response = send(cast, street, box=moving, stream=True)
    assert response["Content-Type"] == "application/x-ndjson"
    *seen, last = [json.loads(line) for line in response.getvalue().splitlines()]
    assert len(seen) == TICKS - 1
    for line in seen:
        time_ns = int(line["seen"]["time_ns"])
        assert abs(line["seen"]["position_m"][0] - moving_x_m(time_ns)) < 0.4
        assert 0.0 <= line["seen"]["confidence"] <= 1.0
    whole = send(cast, street, box=moving).json()
    assert last["track"]["label"]["keyframes"] == whole["label"]["keyframes"]


@pytest.mark.parametrize(
    "others",
    [
        [{"time_ns": "12", "box": box(0, 0, 0)}],
        [{"time_ns": "soon", "box": box(0, 0, 0)}],
        [{"time_ns": str(MIDDLE_NS)}],
        "all",
    ],
)
def test_other_boxes_that_are_none_are_refused(cast: Any, street: Clip, others: Any) -> None:
    response = send(cast, street, others=others)
    assert response.status_code == 400
    assert "others" in response.json()["details"]["fields"]
