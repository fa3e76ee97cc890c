"""Camera vectors: every lens model, with points that are easy, at the rim, and not to be seen."""

import math
from typing import Any

import numpy as np

from projection import Camera, Status

SEED = 20_240_611

CAMERAS: list[dict[str, Any]] = [
    {
        "name": "pinhole",
        "width": 1440,
        "height": 928,
        "model": "pinhole",
        "params": {"fx": 1051.25, "fy": 1049.5, "cx": 722.375, "cy": 455.0},
    },
    {
        "name": "pinhole_with_limit",
        "width": 1440,
        "height": 928,
        "model": "pinhole",
        "params": {"fx": 1051.25, "fy": 1049.5, "cx": 722.375, "cy": 455.0},
        "max_angle_rad": 0.5,
    },
    {
        "name": "opencv_4",
        "width": 1280,
        "height": 720,
        "model": "opencv",
        "params": {
            "fx": 910.5, "fy": 905.25, "cx": 641.5, "cy": 352.75,
            "distortion": [-0.32, 0.11, 0.0007, -0.0011],
        },
    },
    {
        "name": "opencv_5_folds_in_picture",
        "width": 1920,
        "height": 1080,
        "model": "opencv",
        "params": {
            "fx": 1010.0, "fy": 1012.0, "cx": 955.0, "cy": 541.0,
            "distortion": [-0.41, 0.14, -0.0004, 0.0009, -0.021],
        },
    },
    {
        "name": "opencv_8_rational",
        "width": 1280,
        "height": 960,
        "model": "opencv",
        "params": {
            "fx": 610.0, "fy": 611.5, "cx": 637.0, "cy": 485.5,
            "distortion": [0.62, 0.031, 0.00012, -0.00006, 0.0011, 0.96, 0.171, 0.0085],
        },
    },
    {
        "name": "opencv_8_pole",
        "width": 1280,
        "height": 960,
        "model": "opencv",
        "params": {
            "fx": 720.0, "fy": 721.0, "cx": 640.5, "cy": 478.0,
            "distortion": [0.0, 0.0, 0.0, 0.0, 0.0, -0.2, 0.0, 0.0],
        },
    },
    {
        "name": "opencv_12_thin_prism",
        "width": 1600,
        "height": 1200,
        "model": "opencv",
        "params": {
            "fx": 1205.0, "fy": 1199.0, "cx": 803.25, "cy": 590.5,
            "distortion": [
                -0.18, 0.05, 0.0005, 0.0007, -0.008, 0.015, 0.012, 0.0007,
                -0.0005, 0.0002, 0.0006, -0.0001,
            ],
        },
    },
    {
        "name": "opencv_14_tilted",
        "width": 1600,
        "height": 1200,
        "model": "opencv",
        "params": {
            "fx": 1205.0, "fy": 1199.0, "cx": 803.25, "cy": 590.5,
            "distortion": [
                -0.18, 0.05, 0.0005, 0.0007, -0.008, 0.015, 0.012, 0.0007,
                -0.0005, 0.0002, 0.0006, -0.0001, -0.021, 0.034,
            ],
        },
    },
    {
        "name": "fisheye_beyond_180",
        "width": 1280,
        "height": 1080,
        "model": "opencv_fisheye",
        "params": {
            "fx": 318.4, "fy": 317.9, "cx": 641.2, "cy": 538.6,
            "distortion": [0.081, -0.021, 0.0064, -0.0011],
        },
        "max_angle_rad": 1.75,
    },
    {
        "name": "fisheye_folds",
        "width": 1280,
        "height": 800,
        "model": "opencv_fisheye",
        "params": {
            "fx": 655.0, "fy": 652.0, "cx": 640.0, "cy": 402.0,
            "distortion": [-0.21, 0.04, -0.013, 0.0004],
        },
    },
    {
        "name": "ftheta_forward",
        "width": 1920,
        "height": 1208,
        "model": "ftheta",
        "params": {
            "cx": 958.3, "cy": 605.9, "reference": "forward",
            "angle_to_pixeldist": [0.0, 931.5, 11.25, -21.75, 4.5, -3.125],
            "linear_cde": [1.0004, 0.00031, -0.00024],
        },
        "max_angle_rad": 1.1,
    },
    {
        "name": "ftheta_backward",
        "width": 1920,
        "height": 1208,
        "model": "ftheta",
        "params": {
            "cx": 958.3, "cy": 605.9, "reference": "backward",
            "pixeldist_to_angle": [0.0, 0.0010735, -1.4e-8, 2.6e-11, -6.1e-15, 3.2e-18],
            "linear_cde": [0.9997, -0.0002, 0.00041],
        },
        "max_angle_rad": 1.2,
    },
    {
        "name": "mei",
        "width": 1280,
        "height": 1024,
        "model": "mei",
        "params": {
            "fx": 742.0, "fy": 744.5, "cx": 633.5, "cy": 519.25, "xi": 1.28,
            "distortion": [-0.11, 0.32, 0.0006, -0.0003],
        },
    },
    {
        "name": "mei_flat",
        "width": 1280,
        "height": 1024,
        "model": "mei",
        "params": {
            "fx": 742.0, "fy": 744.5, "cx": 633.5, "cy": 519.25, "xi": 0.72,
            "distortion": [-0.21, 0.031, 0.0002, 0.0005],
        },
    },
    {
        "name": "double_sphere",
        "width": 752,
        "height": 480,
        "model": "double_sphere",
        "params": {
            "fx": 312.0, "fy": 311.0, "cx": 371.5, "cy": 243.5, "xi": -0.24, "alpha": 0.57,
        },
    },
    {
        "name": "double_sphere_narrow",
        "width": 752,
        "height": 480,
        "model": "double_sphere",
        "params": {
            "fx": 402.0, "fy": 401.0, "cx": 371.5, "cy": 243.5, "xi": 0.13, "alpha": 0.42,
        },
    },
    {
        "name": "double_sphere_fold",
        "width": 752,
        "height": 480,
        "model": "double_sphere",
        "params": {
            "fx": 640.0, "fy": 642.0, "cx": 371.5, "cy": 243.5, "xi": -0.9, "alpha": 0.95,
        },
    },
    {
        "name": "woodscape",
        "width": 1280,
        "height": 966,
        "model": "woodscape",
        "params": {
            "k": [333.1, -24.2, 40.1, -6.9], "cx": 641.3, "cy": 484.7, "aspect_ratio": 1.01,
        },
    },
    {
        "name": "woodscape_by_offset",
        "width": 1280,
        "height": 966,
        "model": "woodscape",
        "params": {
            "k": [333.1, -24.2, 40.1, -6.9], "cx_offset": -2.6, "cy_offset": 1.75,
            "aspect_ratio": 0.99,
        },
        "max_angle_rad": 1.7,
    },
    {
        "name": "cylindrical",
        "width": 1800,
        "height": 700,
        "model": "cylindrical",
        "params": {"fx": 401.0, "fy": 398.5, "cx": 899.5, "cy": 340.0},
    },
    {
        "name": "cylindrical_with_limit",
        "width": 1800,
        "height": 700,
        "model": "cylindrical",
        "params": {"fx": 401.0, "fy": 398.5, "cx": 899.5, "cy": 340.0},
        "max_angle_rad": 1.6,
    },
]  # fmt: skip


def _ray(theta: float, phi: float) -> np.ndarray:
    flat = math.sin(theta)
    return np.array([flat * math.cos(phi), flat * math.sin(phi), math.cos(theta)])


def _points(camera: Camera, generator: np.random.Generator) -> list[np.ndarray]:
    """Points of every kind; none within 1e-6 of the limit, where a status may go either way."""
    points = [_ray(0.0, 0.0) * depth for depth in (0.001, 1.0, 5000.0)]
    rays, status = camera.unproject(
        generator.uniform((-0.4, -0.4), (camera.width - 0.6, camera.height - 0.6), (12, 2))
    )
    points += [ray * generator.uniform(0.3, 90.0) for ray in rays[status != Status.OUTSIDE_DOMAIN]]
    limit = camera.limit_rad
    for share in (0.3, 0.7, 0.95, 0.999, 1.001, 1.02, 1.2):
        theta = share * limit
        if theta < math.pi:
            points += [_ray(theta, phi) * 7.0 for phi in generator.uniform(-math.pi, math.pi, 2)]
    points += [generator.normal(size=3) * 20.0 for _ in range(8)]
    points += [np.array([1.5, -0.5, -3.0]), np.array([0.02, 0.01, -9.0])]  # behind
    points += [np.array([2.0, 1.0, 0.0]), np.array([-3.0, 0.5, 1e-9])]  # in the camera's plane
    points += [np.zeros(3), np.array([0.0, 4.0, 0.0]), np.array([0.0, -4.0, 1e-7])]
    return points


def _pixel(values: np.ndarray) -> list[float] | None:
    return [float(value) for value in values] if np.isfinite(values).all() else None


def cameras() -> dict[str, Any]:
    """The document ``cameras.json``."""
    generator = np.random.default_rng(SEED)
    entries = []
    for spec in CAMERAS:
        camera = Camera.from_dict(spec)
        points = np.array(_points(camera, generator))
        uv, status = camera.project(points)
        pixels = generator.uniform(
            (-0.3 * camera.width, -0.3 * camera.height),
            (1.3 * camera.width, 1.3 * camera.height),
            (14, 2),
        )
        rays, ray_status = camera.unproject(pixels)
        entries.append(
            {
                "camera": spec,
                "limit_rad": camera.limit_rad,
                "calibration_hash": camera.calibration_hash,
                "project": [
                    {"point": point.tolist(), "uv": _pixel(pixel), "status": int(code)}
                    for point, pixel, code in zip(points, uv, status, strict=True)
                ],
                "unproject": [
                    {"uv": pixel.tolist(), "ray": _pixel(ray), "status": int(code)}
                    for pixel, ray, code in zip(pixels, rays, ray_status, strict=True)
                ],
            }
        )
    return {"schema": "labelapp-golden-cameras/1", "cameras": entries}
