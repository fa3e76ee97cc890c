"""Colours of points from the pictures taken nearest in time, through the true lens."""

from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.camera import Camera
from projection.status import Status
from projection.view import View

#: Depths are compared on a grid of so many columns over the picture.
_COLUMNS = 160
#: Something that much nearer in the same cell hides a point.
_HIDDEN_M = 0.5
_HIDDEN_PER_M = 0.1


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture and how it was taken.

    Attributes:
        view: The exposure.
        pixels: (h, w, 3) uint8, of any size: a small copy will do.
        cosine: Of the half-angle of a cone about the camera's axis that holds the whole picture.
    """

    view: View
    pixels: UInt8Array
    cosine: float


def cone_cosine(camera: Camera) -> float:
    """Cosine of the half-angle of the cone about z that holds the picture; -1: all directions."""
    u = np.linspace(-0.5, camera.width - 0.5, 17)
    v = np.linspace(-0.5, camera.height - 0.5, 17)
    border = np.concatenate(
        [
            *(np.c_[u, np.full(17, edge)] for edge in (v[0], v[-1])),
            *(np.c_[np.full(17, edge), v] for edge in (u[0], u[-1])),
        ]
    )
    rays, status = camera.unproject(border)
    if not np.isin(status, (int(Status.OK), int(Status.OUT_OF_IMAGE))).all():
        return -1.0
    # Curved borders reach a little farther between the places looked at.
    return max(-1.0, float(rays[:, 2].min()) - 0.02)


def colors_of(positions_m: Float64Array, pictures: list[PictureView]) -> UInt8Array:
    """(n, 4) red, green, blue, 255 of points (n, 3), world; all 0 where no picture shows them.

    Where several pictures show a point, the one counts in which it is nearest to the middle.
    """
    colors = np.zeros((len(positions_m), 4), dtype=np.uint8)
    best = np.full(len(positions_m), np.inf)
    for picture in pictures:
        rows = _in_cone(positions_m, picture)
        if not len(rows):
            continue
        uv, depth_m, status = picture.view.project_world(positions_m[rows])
        shown = status == int(Status.OK)
        rows, uv, depth_m = rows[shown], uv[shown], depth_m[shown]
        if not len(rows):
            continue
        camera = picture.view.camera
        seen = ~_hidden(uv, depth_m, camera)
        off = np.abs(uv - [(camera.width - 1) / 2, (camera.height - 1) / 2])
        off_centre = (off / [camera.width, camera.height]).max(axis=1)
        better = seen & (off_centre < best[rows])
        rows, uv = rows[better], uv[better]
        best[rows] = off_centre[better]
        colors[rows, :3] = _sampled(picture.pixels, uv, camera)
        colors[rows, 3] = 255
    return colors


def _in_cone(positions_m: Float64Array, picture: PictureView) -> np.ndarray:
    world_from_camera = picture.view.world_from_camera
    relative = positions_m - world_from_camera.position_m
    axis = world_from_camera.rotation[:, 2]
    along = relative @ axis
    distance = np.linalg.norm(relative, axis=1)
    return np.flatnonzero((along >= picture.cosine * distance) & (distance > 0.3))


def _hidden(uv: Float64Array, depth_m: Float64Array, camera: Camera) -> BoolArray:
    scale = _COLUMNS / camera.width
    rows = int(np.ceil(camera.height * scale))
    columns = np.clip(((uv[:, 0] + 0.5) * scale).astype(np.int64), 0, _COLUMNS - 1)
    lines = np.clip(((uv[:, 1] + 0.5) * scale).astype(np.int64), 0, rows - 1)
    cells = lines * _COLUMNS + columns
    nearest = np.full(rows * _COLUMNS, np.inf)
    np.minimum.at(nearest, cells, depth_m)
    hidden: BoolArray = depth_m > nearest[cells] * (1 + _HIDDEN_PER_M) + _HIDDEN_M
    return hidden


def _sampled(pixels: UInt8Array, uv: Float64Array, camera: Camera) -> UInt8Array:
    height, width = pixels.shape[:2]
    columns = np.clip(((uv[:, 0] + 0.5) * (width / camera.width)).astype(np.int64), 0, width - 1)
    lines = np.clip(((uv[:, 1] + 0.5) * (height / camera.height)).astype(np.int64), 0, height - 1)
    sampled: UInt8Array = pixels[lines, columns]
    return sampled
