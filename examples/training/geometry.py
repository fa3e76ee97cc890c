"""Where points of the world are in pictures, for the lenses of the example's cameras."""

from typing import Any

import cv2
import numpy as np

#: Cells of the bird's-eye grid, and heights above its ground that features are looked up at.
ORIGIN_M, CELL_M, CELLS = (-8.0, -14.0), 0.5, (80, 56)
HEIGHTS_M = (-0.33, 0.7)
#: Nearer to the camera's plane than this, nothing is looked up.
_NEAREST_M = 0.5


def cell_centres() -> np.ndarray:
    """Return (heights, x, y, 3) points in the grid's frame."""
    x, y = (ORIGIN_M[axis] + CELL_M * (np.arange(CELLS[axis]) + 0.5) for axis in range(2))
    grid = np.stack(np.meshgrid(HEIGHTS_M, x, y, indexing="ij"), axis=-1)
    return grid[..., [1, 2, 0]]


def project(points_camera: np.ndarray, spec: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels (n, 2) of the recorded picture, and (n,) whether the lens sees them there.

    Args:
        points_camera: (n, 3) x right, y down, z forward.
        spec: of the camera, as in ``clip.json``.
    """
    params, model = spec["params"], spec["model"]
    matrix = np.array(
        [[params["fx"], 0, params["cx"]], [0, params["fy"], params["cy"]], [0, 0, 1.0]]
    )
    ahead = points_camera[:, 2] > _NEAREST_M
    points = np.where(ahead[:, None], points_camera, [0.0, 0.0, 1.0])[None].astype(np.float64)
    zero = np.zeros(3)
    distortion = np.array(params.get("distortion", [0.0] * 4), np.float64)
    if model in {"pinhole", "opencv"}:
        uv, _ = cv2.projectPoints(points, zero, zero, matrix, distortion)
    elif model == "opencv_fisheye":
        uv, _ = cv2.fisheye.projectPoints(points, zero, zero, matrix, distortion)
    else:
        msg = f"camera '{spec['name']}': expected a lens of OpenCV's, found '{model}'."
        raise ValueError(msg)
    uv = uv.reshape(-1, 2)
    angle = np.arctan2(np.hypot(points[0, :, 0], points[0, :, 1]), points[0, :, 2])
    # Beyond its edge a distorted lens folds back: what lies there would be seen a second time.
    inside = angle < spec.get("max_angle_rad", np.pi / 2)
    inside &= (uv > -0.5).all(axis=1)
    inside &= (uv < [spec["width"] - 0.5, spec["height"] - 0.5]).all(axis=1)
    return uv, ahead & inside


def lookups(sample: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return where each cell is in each camera's picture, each at its own time.

    Returns:
        (C, heights, x * y, 2) float32 from -1 to 1 over the picture, and (C, heights, x * y) bool.
    """
    centres = cell_centres()
    shape = (len(sample["cameras"]), len(HEIGHTS_M), CELLS[0] * CELLS[1])
    places, seen = np.zeros((*shape, 2), np.float32), np.zeros(shape, np.bool_)
    world_from_grid = sample["heads"]["top"]["world_from_grid"][0]
    flat = np.c_[centres.reshape(-1, 3), np.ones(centres.size // 3)]
    for camera, spec in enumerate(sample["camera_specs"]):
        pose = sample["world_from_ego"][0, camera] @ sample["ego_from_camera"][0, camera]
        if spec is None or not (np.isfinite(pose).all() and np.isfinite(world_from_grid).all()):
            continue
        points = (np.linalg.inv(pose) @ world_from_grid @ flat.T).T[:, :3]
        uv, inside = project(points, spec)
        size = np.array([spec["width"], spec["height"]])
        places[camera] = ((uv + 0.5) / size * 2 - 1).reshape(*shape[1:], 2)
        seen[camera] = inside.reshape(shape[1:])
    places[~seen] = -2.0
    return places, seen
