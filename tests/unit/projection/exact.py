"""The lens models' forward equations in 50 digits, written down a second time from the papers."""

from typing import Any

import mpmath as mp

mp.mp.dps = 50


def exact_pixel(spec: dict[str, Any], point: list[float]) -> tuple[Any, Any]:
    """Pixel of a point in the camera frame, without any check of the domain."""
    x, y, z = (mp.mpf(value) for value in point)
    params = {
        key: [mp.mpf(entry) for entry in value] if isinstance(value, list) else value
        for key, value in spec["params"].items()
    }
    for key, value in params.items():
        if isinstance(value, int | float):
            params[key] = mp.mpf(value)
    models = {
        "pinhole": _pinhole,
        "opencv": _opencv,
        "opencv_fisheye": _fisheye,
        "ftheta": _ftheta,
        "mei": _mei,
        "double_sphere": _double_sphere,
        "woodscape": _woodscape,
        "cylindrical": _cylindrical,
    }
    return models[spec["model"]]({**params, "size": (spec["width"], spec["height"])}, x, y, z)


def _linear(params: dict[str, Any], a: Any, b: Any) -> tuple[Any, Any]:
    return params["fx"] * a + params["cx"], params["fy"] * b + params["cy"]


def _pinhole(params: dict[str, Any], x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    return _linear(params, x / z, y / z)


def _brown(coefficients: list[Any], a: Any, b: Any) -> tuple[Any, Any]:
    d = coefficients + [mp.mpf(0)] * (14 - len(coefficients))
    r2 = a * a + b * b
    gain = (1 + d[0] * r2 + d[1] * r2**2 + d[4] * r2**3) / (
        1 + d[5] * r2 + d[6] * r2**2 + d[7] * r2**3
    )
    u = a * gain + 2 * d[2] * a * b + d[3] * (r2 + 2 * a * a) + d[8] * r2 + d[9] * r2**2
    v = b * gain + d[2] * (r2 + 2 * b * b) + 2 * d[3] * a * b + d[10] * r2 + d[11] * r2**2
    tx, ty = d[12], d[13]
    turn_x = mp.matrix([[1, 0, 0], [0, mp.cos(tx), mp.sin(tx)], [0, -mp.sin(tx), mp.cos(tx)]])
    turn_y = mp.matrix([[mp.cos(ty), 0, -mp.sin(ty)], [0, 1, 0], [mp.sin(ty), 0, mp.cos(ty)]])
    turn = turn_y * turn_x
    plane = mp.matrix([[turn[2, 2], 0, -turn[0, 2]], [0, turn[2, 2], -turn[1, 2]], [0, 0, 1]])
    moved = plane * turn * mp.matrix([u, v, 1])
    return moved[0] / moved[2], moved[1] / moved[2]


def _opencv(params: dict[str, Any], x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    return _linear(params, *_brown(params["distortion"], x / z, y / z))


def _along(x: Any, y: Any, distance: Any) -> tuple[Any, Any]:
    rho = mp.sqrt(x * x + y * y)
    return (x / rho * distance, y / rho * distance) if rho else (mp.mpf(0), mp.mpf(0))


def _angle(x: Any, y: Any, z: Any) -> Any:
    return mp.atan2(mp.sqrt(x * x + y * y), z)


def _fisheye(params: dict[str, Any], x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    theta = _angle(x, y, z)
    distance = theta * (
        1 + sum(k * theta ** (2 * i + 2) for i, k in enumerate(params["distortion"]))
    )
    return _linear(params, *_along(x, y, distance))


def _ftheta(params: dict[str, Any], x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    theta = _angle(x, y, z)
    if params["reference"] == "forward":
        distance = mp.polyval(params["angle_to_pixeldist"], theta, asc=True)
    else:
        inverse = params["pixeldist_to_angle"]
        distance = mp.mpf(0)
        if theta:
            start = theta / inverse[1]
            distance = mp.findroot(lambda d: mp.polyval(inverse, d, asc=True) - theta, start)
    dx, dy = _along(x, y, distance)
    c, d, e = params["linear_cde"]
    return params["cx"] + c * dx + d * dy, params["cy"] + e * dx + dy


def _mei(params: dict[str, Any], x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    height = z + params["xi"] * mp.sqrt(x * x + y * y + z * z)
    return _linear(params, *_brown(params["distortion"], x / height, y / height))


def _double_sphere(params: dict[str, Any], x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    first = mp.sqrt(x * x + y * y + z * z)
    shifted = params["xi"] * first + z
    second = mp.sqrt(x * x + y * y + shifted**2)
    height = params["alpha"] * second + (1 - params["alpha"]) * shifted
    return _linear(params, x / height, y / height)


def _woodscape(params: dict[str, Any], x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    theta = _angle(x, y, z)
    distance = sum(k * theta ** (i + 1) for i, k in enumerate(params["k"]))
    dx, dy = _along(x, y, distance)
    width, height = params["size"]
    half = mp.mpf(1) / 2
    cx = params["cx"] if "cx" in params else width * half + params["cx_offset"] - half
    cy = params["cy"] if "cy" in params else height * half + params["cy_offset"] - half
    return cx + dx, cy + params["aspect_ratio"] * dy


def _cylindrical(params: dict[str, Any], x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    return _linear(params, mp.atan2(x, z), y / mp.sqrt(x * x + z * z))
