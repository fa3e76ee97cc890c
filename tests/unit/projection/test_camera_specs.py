"""Cameras: bad specifications get sentences, hostile points get a status."""

import math
from typing import Any

import numpy as np
import pytest

from projection import Camera, SpecError, Status

PINHOLE: dict[str, Any] = {
    "name": "c",
    "width": 640,
    "height": 480,
    "model": "pinhole",
    "params": {"fx": 400.0, "fy": 400.0, "cx": 319.5, "cy": 239.5},
}


def spec(model: str, **params: Any) -> dict[str, Any]:
    return {**PINHOLE, "model": model, "params": {**PINHOLE["params"], **params}}


def without(original: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {key: value for key, value in original.items() if key not in fields}


FORWARD = {"reference": "forward", "angle_to_pixeldist": [0.0, 400.0, 0.0, -5.0]}

WRONG: list[tuple[Any, str]] = [
    (None, "value"),
    ([], "value"),
    (without(PINHOLE, "model"), "model"),
    ({**PINHOLE, "model": "thin"}, "model"),
    ({**PINHOLE, "model": ["pinhole"]}, "model"),
    ({**PINHOLE, "width": 0}, "width"),
    ({**PINHOLE, "width": "640"}, "width"),
    ({**PINHOLE, "width": True}, "width"),
    ({**PINHOLE, "height": math.nan}, "height"),
    ({**PINHOLE, "height": -3}, "height"),
    ({**PINHOLE, "params": None}, "params"),
    ({**PINHOLE, "max_angle_rad": 0}, "max_angle_rad"),
    ({**PINHOLE, "max_angle_rad": 4}, "max_angle_rad"),
    ({**PINHOLE, "max_angle_rad": "wide"}, "max_angle_rad"),
    (spec("pinhole", fx=None), "params.fx"),
    (spec("pinhole", fx=math.inf), "params.fx"),
    (spec("pinhole", fy=0), "params.fy"),
    (spec("pinhole", cx=math.nan), "params.cx"),
    (spec("pinhole", cy=10**400), "params.cy"),
    (spec("pinhole", distortion=[0.1, 0, 0, 0]), "params.distortion"),
    (spec("opencv"), "params.distortion"),
    (spec("opencv", distortion=[0.1, 0.2]), "params.distortion"),
    (spec("opencv", distortion=[0.1] * 6), "params.distortion"),
    (spec("opencv", distortion=[0, 0, 0, "k"]), "params.distortion[3]"),
    (spec("opencv", distortion="0000"), "params.distortion"),
    (spec("opencv_fisheye", distortion=[0.0] * 5), "params.distortion"),
    (spec("mei", xi=1.0, distortion=[0.0] * 3), "params.distortion"),
    (spec("mei", xi=-2.0, distortion=[0.0] * 4), "params.xi"),
    (spec("mei", distortion=[0.0] * 4), "params.xi"),
    (spec("double_sphere", xi=0.1, alpha=1.5), "params.alpha"),
    (spec("double_sphere", xi=2.0, alpha=0.5), "params.xi"),
    (spec("ftheta", **FORWARD | {"reference": "sideways"}), "params.reference"),
    (spec("ftheta", **FORWARD | {"angle_to_pixeldist": [0.0]}), "params.angle_to_pixeldist"),
    (spec("ftheta", **FORWARD | {"angle_to_pixeldist": [0, -4]}), "params.angle_to_pixeldist"),
    (spec("ftheta", reference="backward"), "params.pixeldist_to_angle"),
    (spec("ftheta", **FORWARD, linear_cde=[1, 0]), "params.linear_cde"),
    (spec("ftheta", **FORWARD, linear_cde=[-1, 0, 0]), "params.linear_cde"),
    (spec("woodscape", k=[-3, 0, 0, 0]), "params.k"),
    (spec("woodscape", k=[300, 0, 0]), "params.k"),
    (spec("woodscape", k=[300, 0, 0, 0], aspect_ratio=0), "params.aspect_ratio"),
    (spec("cylindrical", fx=-1), "params.fx"),
    ({**PINHOLE, "shutter": {"type": "slow"}}, "shutter.type"),
    ({**PINHOLE, "shutter": {"type": "rolling", "direction": "up"}}, "shutter.direction"),
    ({**PINHOLE, "ego_from_camera": {"position_m": [0, 0]}}, "ego_from_camera.position_m"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_bad_specification_is_refused_with_the_fields_name(wrong: Any, field: str) -> None:
    with pytest.raises(SpecError) as caught:
        Camera.from_dict(wrong)
    assert caught.value.field == field
    assert field in str(caught.value)
    assert "expected" in str(caught.value)
    assert "found" in str(caught.value)


ROLLING = {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 1}


def test_hash_tells_calibrations_apart_and_nothing_else() -> None:
    camera = Camera.from_dict(PINHOLE)
    integers = spec("pinhole", fx=400)
    assert Camera.from_dict(integers).calibration_hash == camera.calibration_hash
    renamed = {**PINHOLE, "name": "other"}
    assert Camera.from_dict(renamed).calibration_hash == camera.calibration_hash
    for other in (
        spec("pinhole", fx=400.0001),
        {**PINHOLE, "width": 641},
        {**PINHOLE, "max_angle_rad": 0.5},
        {
            **PINHOLE,
            "shutter": {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 1},
        },
        {**PINHOLE, "ego_from_camera": {"position_m": [0, 0, 1], "quat_xyzw": [0, 0, 0, 1]}},
    ):
        assert Camera.from_dict(other).calibration_hash != camera.calibration_hash


ALL_MODELS = [
    PINHOLE,
    spec("opencv", distortion=[-0.3, 0.1, 0.001, 0.001, 0]),
    spec("opencv_fisheye", distortion=[0.02, 0, 0, 0]),
    spec("ftheta", **FORWARD),
    spec("ftheta", reference="backward", pixeldist_to_angle=[0, 0.0025, 0, 1e-10]),
    spec("mei", xi=1.4, distortion=[0.0] * 4),
    spec("double_sphere", xi=-0.2, alpha=0.6),
    spec("woodscape", k=[300.0, -20.0, 30.0, -6.0]),
    spec("cylindrical"),
]
HOSTILE = [
    [math.nan, 0, 1],
    [0, math.inf, 1],
    [0, 0, -math.inf],
    [0, 0, 0],
    [1e300, 1e300, 1e300],
    [1e-300, 0, 1e-300],
    [1e200, 1e-200, 1],
    [5e-324, 0, 5e-324],
    [1, 1, 1e-320],
    [0, 0, -1],
    [0, 1, 0],
]


@pytest.mark.parametrize("model", ALL_MODELS, ids=lambda model: model["model"])
def test_hostile_points_get_a_status_and_never_a_bare_nan(model: dict[str, Any]) -> None:
    camera = Camera.from_dict(model)
    uv, status = camera.project(HOSTILE)
    has_pixel = (status == Status.OK) | (status == Status.OUT_OF_IMAGE)
    assert (np.isfinite(uv).all(axis=1) == has_pixel).all()
    assert not has_pixel[:4].any()
    rays, ray_status = camera.unproject([[math.nan, 0], [math.inf, 3], [1e300, -1e300]])
    assert (np.isfinite(rays).all(axis=1) == (ray_status != Status.OUTSIDE_DOMAIN)).all()
    assert (ray_status[:2] == Status.OUTSIDE_DOMAIN).all()


def test_no_points_give_no_pixels() -> None:
    uv, status = Camera.from_dict(PINHOLE).project(np.zeros((0, 3)))
    assert uv.shape == (0, 2)
    assert status.shape == (0,)
    assert Camera.from_dict(PINHOLE).project([])[0].shape == (0, 2)


def test_points_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"points_camera.*\(n, 3\)"):
        Camera.from_dict(PINHOLE).project(np.zeros((4, 2)))


def test_pictures_border_belongs_to_the_picture_on_two_sides() -> None:
    camera = Camera.from_dict(PINHOLE)
    pixels = np.array([[-0.5, -0.5], [639.5, 0.0], [639.4999, 479.4999], [0.0, 479.5], [-0.51, 0]])
    assert camera.contains(pixels).tolist() == [True, False, True, False, False]


class Windscreen:
    """Bends all rays to one side by a hundredth."""

    def bend(self, points: np.ndarray) -> np.ndarray:
        return points + np.array([0.01, 0, 0]) * points[:, 2:]

    def unbend(self, rays: np.ndarray) -> np.ndarray:
        return rays - np.array([0.01, 0, 0]) * rays[:, 2:]


def test_windscreen_in_front_of_the_lens_bends_rays_both_ways() -> None:
    plain = Camera.from_dict(PINHOLE)
    camera = plain.with_ray_warp(Windscreen())
    uv, _ = camera.project([[0.0, 0.0, 2.0]])
    assert uv[0] == pytest.approx([319.5 + 4.0, 239.5])
    rays, _ = camera.unproject(uv)
    assert rays[0] == pytest.approx([0, 0, 1], abs=1e-12)
