"""Parameters of every lens model for a picture of a given size and field of view."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Params = dict[str, float | str | list[float]]

# Brown-Conrady coefficients by how many; they rise over the whole picture at up to 100 degrees.
BROWN = {
    "opencv": [-0.11, 0.028, 0.0006, -0.0004, -0.0021],
    "opencv_4": [-0.10, 0.021, -0.0005, 0.0007],
    "opencv_rational": [0.62, 0.11, 0.0004, -0.0003, 0.006, 0.76, 0.19, 0.016],
    "opencv_thin_prism": [
        -0.10, 0.024, 0.0005, -0.0004, -0.0017, 0.004, 0.002, 0.0003,
        0.0008, -0.0002, -0.0006, 0.0003,
    ],
    "opencv_tilted": [
        -0.10, 0.024, 0.0005, -0.0004, -0.0017, 0.004, 0.002, 0.0003,
        0.0006, -0.0001, -0.0004, 0.0002, 0.02, -0.015,
    ],
}  # fmt: skip
FISHEYE = [0.012, -0.0065, 0.0011, -0.00008]


def _principal(width: int, height: int) -> dict[str, float]:
    """Return a principal point a little off the middle, as real ones are."""
    return {"cx": (width - 1) / 2.0 + 0.006 * width, "cy": (height - 1) / 2.0 - 0.004 * height}


def _pinhole(width: int, height: int, half_rad: float) -> Params:
    focal = width / 2.0 / math.tan(half_rad)
    return {"fx": focal, "fy": focal, **_principal(width, height)}


def _brown(coefficients: list[float]) -> Callable[[int, int, float], Params]:
    def params(width: int, height: int, half_rad: float) -> Params:
        r2 = math.tan(half_rad) ** 2
        k = [*coefficients, *[0.0] * 14]
        radial = 1.0 + k[0] * r2 + k[1] * r2**2 + k[4] * r2**3
        radial /= 1.0 + k[5] * r2 + k[6] * r2**2 + k[7] * r2**3
        focal = width / 2.0 / (math.tan(half_rad) * radial)
        return {
            "fx": focal,
            "fy": 1.002 * focal,
            **_principal(width, height),
            "distortion": list(coefficients),
        }

    return params


def _fisheye(width: int, height: int, half_rad: float) -> Params:
    powers = half_rad ** np.array([2, 4, 6, 8])
    focal = width / 2.0 / (half_rad * (1.0 + float(powers @ np.array(FISHEYE))))
    return {"fx": focal, "fy": focal, **_principal(width, height), "distortion": list(FISHEYE)}


def _ftheta(width: int, height: int, half_rad: float) -> Params:
    shape = np.array([0.0, 1.0, -0.012, 0.035, -0.03, 0.006])
    scale = width / 2.0 / float(np.polyval(shape[::-1], half_rad))
    forward = shape * scale
    # The backward polynomial is what a calibration file has beside it: a fit, not the reference.
    angles = np.linspace(0.0, 1.05 * half_rad, 200)
    pixels = np.polyval(forward[::-1], angles)
    basis = (pixels[:, None] / width) ** np.arange(1, 6)
    fitted = np.linalg.lstsq(basis, angles, rcond=None)[0] / float(width) ** np.arange(1, 6)
    return {
        **_principal(width, height),
        "angle_to_pixeldist": [float(c) for c in forward],
        "pixeldist_to_angle": [0.0, *(float(c) for c in fitted)],
        "reference": "forward",
        "linear_cde": [0.9998, 0.00006, -0.00004],
    }


def _mei(width: int, height: int, half_rad: float) -> Params:
    xi = 1.35
    k1, k2 = -0.05, 0.04
    m = math.sin(half_rad) / (math.cos(half_rad) + xi)
    focal = width / 2.0 / (m * (1.0 + k1 * m**2 + k2 * m**4))
    return {
        "fx": focal,
        "fy": focal,
        **_principal(width, height),
        "xi": xi,
        "distortion": [k1, k2, 0.0003, -0.0002],
    }


def _double_sphere(width: int, height: int, half_rad: float) -> Params:
    xi, alpha = -0.18, 0.59
    z, rho = math.cos(half_rad), math.sin(half_rad)
    k = xi + z
    focal = width / 2.0 * (alpha * math.hypot(rho, k) + (1.0 - alpha) * k) / rho
    return {"fx": focal, "fy": focal, **_principal(width, height), "xi": xi, "alpha": alpha}


def _woodscape(width: int, height: int, half_rad: float) -> Params:
    shape = np.array([1.0, -0.09, 0.13, -0.021])
    scale = width / 2.0 / float(shape @ half_rad ** np.arange(1, 5))
    return {
        "k": [float(c) for c in shape * scale],
        "cx": (width - 1) / 2.0 + 0.003 * width,
        "cy": (height - 1) / 2.0 - 0.002 * height,
        "cx_offset": 0.003 * width,
        "cy_offset": -0.002 * height,
        "aspect_ratio": 1.0,
    }


def _cylindrical(width: int, height: int, half_rad: float) -> Params:
    focal = width / 2.0 / half_rad
    return {"fx": focal, "fy": focal, **_principal(width, height)}


#: Each lens by name: its model, its parameters from (width, height, half the field of view).
LENSES: dict[str, tuple[str, Callable[[int, int, float], Params]]] = {
    "pinhole": ("pinhole", _pinhole),
    **{name: ("opencv", _brown(coefficients)) for name, coefficients in BROWN.items()},
    "opencv_fisheye": ("opencv_fisheye", _fisheye),
    "ftheta": ("ftheta", _ftheta),
    "mei": ("mei", _mei),
    "double_sphere": ("double_sphere", _double_sphere),
    "woodscape": ("woodscape", _woodscape),
    "cylindrical": ("cylindrical", _cylindrical),
}
# These can look sideways and back; the others end before 90 degrees off the axis.
WIDE_LENSES = ("opencv_fisheye", "ftheta", "mei", "double_sphere", "woodscape", "cylindrical")
