"""Where lenses end: poles, folds, and numbers that no lens has."""

import math
from typing import Any

import numpy as np
import pytest

from projection import Camera, RigidTransform, SpecError, Status

FOCAL = {"fx": 500.0, "fy": 500.0, "cx": 639.5, "cy": 479.5}
#: Models without a ``distortion``, and what they have besides the focal length and the centre.
BARE: list[tuple[str, dict[str, Any]]] = [
    ("pinhole", {}),
    ("cylindrical", {}),
    ("double_sphere", {"xi": -0.2, "alpha": 0.6}),
    ("woodscape", {"k": [340.0, -19.0, 26.0, -4.0], "aspect_ratio": 1.0}),
    ("ftheta", {"reference": "forward", "angle_to_pixeldist": [0.0, 500.0]}),
]


def camera_of(model: str, **params: Any) -> Camera:
    size = {"width": 1280, "height": 960}
    return Camera.from_dict({**size, "model": model, "params": {**FOCAL, **params}})


def rays_up_to(limit_rad: float) -> np.ndarray:
    angle = np.linspace(0.0, 0.95, 40) * limit_rad
    turn = np.linspace(0.0, 20.0, 40)
    sideways = np.sin(angle)[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.concatenate([sideways, np.cos(angle)[:, None]], axis=1)


@pytest.mark.parametrize(
    "distortion",
    [
        [0.67, 1.04, 0.0, 0.0, 0.19, -1.68, -0.7, -0.46],
        [0.67, 1.04, 0.0009, 0.0002, 0.19, -1.68, -0.7, -0.46],
        [-0.35, 0.03, 0.0006, 0.0006, -0.03, -0.9, -0.3, 0.0, 6e-4, -1e-4, -8e-4, 0.0],
    ],
    ids=["radial", "tangential", "thin prism"],
)
def test_every_pixel_before_a_pole_of_the_gain_has_its_ray_again(distortion: list[float]) -> None:
    # The pole as it is computed lies now before, now beyond the true one by a rounding error.
    for step in range(12):
        moved = [*distortion]
        moved[5] += 0.01 * step
        camera = camera_of("opencv", distortion=moved)
        assert camera.limit_rad < math.pi / 2
        rays = rays_up_to(camera.limit_rad)
        uv, _ = camera.project(rays)
        again, status = camera.unproject(uv)
        assert (status != Status.OUTSIDE_DOMAIN).all()
        assert np.abs(again - rays).max() < 1e-9


@pytest.mark.parametrize(
    ("xi", "alpha"), [(-0.9, 0.95), (-0.5, 0.0), (-0.7, 0.8), (-0.17, 0.59), (0.4, 0.3)]
)
def test_double_sphere_never_gives_two_rays_one_pixel(xi: float, alpha: float) -> None:
    camera = camera_of("double_sphere", xi=xi, alpha=alpha)
    angle = np.linspace(0.0, math.pi, 2001)
    rays = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)
    uv, status = camera.project(rays)
    seen = (status == Status.OK) | (status == Status.OUT_OF_IMAGE)
    assert seen.sum() > 100
    assert (np.diff(uv[seen, 0]) > 0.0).all()


@pytest.mark.parametrize(
    ("model", "params"),
    [
        ("opencv", {"distortion": [0.1, 0.0, 0.0, 0.0, 1e-320]}),
        ("opencv", {"distortion": [0.1, 0.0, 0.0, 0.0, -1e-310]}),
        ("opencv", {"distortion": [0.0] * 6 + [0.25, 1e-175]}),
        ("opencv_fisheye", {"distortion": [0.0, 0.0, 0.0, 1e-323]}),
    ],
)
def test_coefficients_too_small_to_matter_change_nothing(
    model: str, params: dict[str, Any]
) -> None:
    camera = camera_of(model, **params)
    plain = camera_of(model, distortion=[round(k, 12) for k in params["distortion"]])
    assert camera.limit_rad == plain.limit_rad
    point = [[0.3, -0.2, 1.0]]
    assert np.array_equal(camera.project(point)[0], plain.project(point)[0])


@pytest.mark.parametrize(
    ("model", "params", "field"),
    [
        ("opencv", {"distortion": [1e308] * 5}, "params.distortion[0]"),
        ("opencv_fisheye", {"distortion": [0.0, 0.0, -1e300, 0.0]}, "params.distortion[2]"),
        ("mei", {"xi": 1e308, "distortion": [-1.0, 0.0, 0.0, 0.0]}, "params.xi"),
        ("pinhole", {"fx": 1e308}, "params.fx"),
        ("pinhole", {"skew": 1.5}, "params.skew"),
        ("opencv_fisheye", {"distortion": [0.0] * 4, "skew": 1.5}, "params.skew"),
        *((model, {**own, "distortion": [0.0, 1e-3]}, "params.distortion") for model, own in BARE),
    ],
)
def test_numbers_that_no_lens_has_are_refused_with_the_fields_name(
    model: str, params: dict[str, Any], field: str
) -> None:
    with pytest.raises(SpecError) as caught:
        camera_of(model, **params)
    assert caught.value.field == field


@pytest.mark.parametrize(("model", "own"), BARE)
def test_distortion_that_is_all_zeros_is_none(model: str, own: dict[str, Any]) -> None:
    point = [[0.3, 0.2, 1.0]]
    pixels = [
        camera_of(model, **own, **more).project(point)[0] for more in ({}, {"distortion": [0.0]})
    ]
    assert np.array_equal(*pixels)


def test_a_skew_of_zero_is_none() -> None:
    assert camera_of("pinhole", skew=0.0).project([[0.0, 0.0, 1.0]])[0].tolist() == [[639.5, 479.5]]


def test_a_huge_quaternion_is_refused_in_a_sentence() -> None:
    with pytest.raises(SpecError, match="unit quaternion"):
        RigidTransform([0.0, 0.0, 0.0], [1e200, 0.0, 0.0, 0.0])
