"""POST /api/clips/{clip_id}/fit-box."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from tests.integration.autolabel.streets import (
    PARKED_HEADING,
    PARKED_XY,
    SIZE_M,
    boxes_at,
    moving_x_m,
    seen_points,
)
from tests.integration.clip_folders import (
    GROUND_Z_M,
    START_NS,
    TICK_NS,
    edit_json,
    edit_rows,
    write_clip_folder,
)

MIDDLE_NS = START_NS + 5 * TICK_NS


def asked(**changes: Any) -> dict[str, Any]:
    body = {"layer": "objects", "class": "car", "time_ns": str(MIDDLE_NS)}
    return {**body, "point_m": [12.0, -3.4, GROUND_Z_M + 0.7], **changes}


def click_on(x: float, y: float) -> list[float]:
    """The lidar's point that is nearest to a place, as somebody would click on it."""
    points = seen_points(np.array([5.0, 0.0, 1.5]), boxes_at(MIDDLE_NS))
    raised = points[points[:, 2] > GROUND_Z_M + 0.4]
    return raised[np.argmin(np.hypot(raised[:, 0] - x, raised[:, 1] - y))].tolist()


def send(cast: Any, clip: Clip, body: Any, who: str = "labeller") -> Any:
    return cast.client(who).send("POST", f"/api/clips/{clip.pk}/fit-box", body)


def axis_off(quat: list[float], heading: float) -> float:
    found = 2.0 * math.atan2(quat[2], quat[3])
    return abs(math.sin(found - heading))


def test_a_click_on_a_parked_car_gives_its_box(cast: Any, street: Clip) -> None:
    response = send(cast, street, asked(point_m=click_on(*PARKED_XY)))
    body = response.json()
    assert response.status_code == 200, body
    assert set(body) == {"box", "confidence", "is_static", "reason", "used_points"}
    box = body["box"]
    assert np.hypot(*(np.array(box["position_m"][:2]) - PARKED_XY)) < 0.25
    assert box["position_m"][2] - box["size_m"][2] / 2 == pytest.approx(GROUND_Z_M, abs=0.06)
    assert box["size_m"] == pytest.approx(SIZE_M, abs=0.35)
    assert axis_off(box["quat_xyzw"], PARKED_HEADING) < math.sin(math.radians(3))
    assert body["is_static"] is True
    assert body["reason"] is None
    assert body["used_points"] > 50
    assert 0.5 < body["confidence"] <= 1.0


def test_a_click_on_a_driving_car_says_that_it_moves_and_where_its_front_is(
    cast: Any, street: Clip
) -> None:
    place = (moving_x_m(MIDDLE_NS), 5.0)
    body = send(cast, street, asked(point_m=click_on(*place))).json()
    assert body["is_static"] is False
    box = body["box"]
    assert np.hypot(*(np.array(box["position_m"][:2]) - place)) < 0.3
    heading = 2.0 * math.atan2(box["quat_xyzw"][2], box["quat_xyzw"][3])
    assert math.cos(heading - math.pi) > math.cos(math.radians(4))


def test_a_heading_that_is_given_says_which_end_is_the_front(cast: Any, street: Clip) -> None:
    point = click_on(*PARKED_XY)
    for heading in (PARKED_HEADING, PARKED_HEADING + math.pi):
        box = send(cast, street, asked(point_m=point, heading_rad=heading)).json()["box"]
        found = 2.0 * math.atan2(box["quat_xyzw"][2], box["quat_xyzw"][3])
        assert math.cos(found - heading) > math.cos(math.radians(4))


def test_a_rectangle_drawn_roughly_around_it_is_enough(cast: Any, street: Clip) -> None:
    heading = PARKED_HEADING + 0.1
    rough = {
        "position_m": [PARKED_XY[0] + 0.3, PARKED_XY[1] - 0.2, GROUND_Z_M + 0.8],
        "quat_xyzw": [0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2)],
        "size_m": [5.0, 2.2, 1.6],
    }
    body = send(cast, street, asked(point_m=click_on(*PARKED_XY), rough=rough)).json()
    assert np.hypot(*(np.array(body["box"]["position_m"][:2]) - PARKED_XY)) < 0.3
    assert axis_off(body["box"]["quat_xyzw"], PARKED_HEADING) < math.sin(math.radians(4))


def test_the_same_click_gives_the_same_box(cast: Any, street: Clip) -> None:
    body = asked(point_m=click_on(*PARKED_XY))
    assert send(cast, street, body).json() == send(cast, street, body).json()


def test_a_click_on_the_empty_road_says_why_there_is_no_box(cast: Any, street: Clip) -> None:
    body = send(cast, street, asked(point_m=[5.0, 9.0, GROUND_Z_M])).json()
    assert body["box"] is None
    assert body["confidence"] == 0
    assert body["used_points"] == 0
    assert "above the ground" in body["reason"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"layer": "roads"}, "layer"),
        ({"class": "spaceship"}, "class"),
        ({"layer": "road", "class": "kerb"}, "class"),
        ({"time_ns": "12"}, "time_ns"),
        ({"time_ns": "9" * 19}, "time_ns"),
        ({"time_ns": "noon"}, "time_ns"),
        ({"point_m": [1, 2]}, "point_m"),
        ({"point_m": ["far", 2, 3]}, "point_m"),
        ({"point_m": [1e9, 2, 3]}, "point_m"),
        ({"point_m": [True, 2, 3]}, "point_m"),
        ({"heading_rad": "north"}, "heading_rad"),
        ({"heading_tolerance_rad": 0}, "heading_tolerance_rad"),
        ({"rough": {"position_m": [0, 0, 0]}}, "rough"),
    ],
)
def test_wrong_input_is_refused_with_the_name_of_the_field(
    cast: Any, street: Clip, changes: dict[str, Any], field: str
) -> None:
    response = send(cast, street, asked(**changes))
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert field in response.json()["details"]["fields"]


def test_a_clip_without_sweeps_says_that_boxes_need_points(
    cast: Any, ontology: Any, tmp_path: Path
) -> None:
    folder = write_clip_folder(tmp_path / "blind", labels=False)
    edit_rows(folder / "sweeps.csv", lambda rows: rows.clear())
    edit_json(folder / "clip.json", lidars=[])
    blind = clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip
    response = send(cast, blind, asked(time_ns=str(START_NS)))
    assert response.status_code == 409
    assert response.json()["code"] == "no_sweeps"


def test_a_project_without_an_ontology_says_that_it_has_none(cast: Any, tmp_path: Path) -> None:
    folder = write_clip_folder(tmp_path / "plain", labels=False)
    plain = clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip
    response = send(cast, plain, asked(time_ns=str(START_NS)))
    assert (response.status_code, response.json()["code"]) == (409, "no_ontology")


def test_nothing_is_saved(cast: Any, street: Clip) -> None:
    send(cast, street, asked(point_m=click_on(*PARKED_XY)))
    assert street.label_sets.count() == 0
