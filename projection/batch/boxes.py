"""Boxes in one image: their outlines, extents, corners, and places before the camera."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from projection.arrays import Float64Array, Int64Array, UInt8Array
from projection.batch import kernels
from projection.batch.image_targets import Box3d, LabelTarget
from projection.batch.label_table import BatchLabel
from projection.batch.pinhole_boxes import pinhole_boxes
from projection.batch.scene import Seen
from projection.cameras.cylindrical import Cylindrical
from projection.cameras.pinhole import Pinhole
from projection.cones import LIMIT_SHARE, cone_cosine, picture_cone_rad
from projection.cuboids import Box, project_cuboid
from projection.kernels.boxes import FACES, SILHOUETTES
from projection.rigid import conjugate, multiply, rotate
from projection.tracks import Track
from projection.view import View

_ROOM = 4096
#: Speeds are those between so long before and after the image's time.
_SPEED_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class BoxNeeds:
    """What somebody wants to know of boxes.

    Attributes:
        truncation: The share off the picture.
        truncation_surface: The share of the surface off the picture.
        outline: Loops.
        corners: Pixels of the corners.
        depth: Of the centre.
        box3d: Pose before the camera.
        tolerance_px: How far straight pieces may be off the true curves.
    """

    truncation: bool
    truncation_surface: bool
    outline: bool
    corners: bool
    depth: bool
    box3d: bool
    tolerance_px: float


class BoxMaker:
    """Finds boxes in images, one after the other, in the same memory.

    Args:
        labels: The label table.
    """

    def __init__(self, labels: tuple[BatchLabel, ...]) -> None:
        self._labels = labels
        self._room = _ROOM

    def make(self, seen: Seen, needs: BoxNeeds) -> list[LabelTarget]:
        """The boxes that are in the picture."""
        count = len(seen.boxes)
        if not count:
            return []
        camera = seen.view.camera
        if isinstance(camera.lens, Cylindrical):
            special = np.full(count, kernels.SPECIAL, dtype=np.uint8)
            return self._special(seen, needs, special)
        limit = cone_cosine(camera.limit_rad * LIMIT_SHARE)
        cosines = cone_cosine(picture_cone_rad(camera)), limit
        outcome = np.empty(count, dtype=np.uint8)
        numbers = np.full((count, kernels.NUMBERS), np.nan)
        if is_straight(seen.view) and not needs.outline:
            pixels, ends = np.empty((0, 2)), [0]
            spans = np.zeros(count + 1, dtype=np.int64)
            pinhole_boxes(
                seen.packed, seen.corners, limit, (SILHOUETTES, FACES),
                needs.truncation, outcome, numbers,
            )  # fmt: skip
        else:
            pixels, ends, spans = self._outlines(seen, needs, cosines, outcome, numbers)
        found = self._special(seen, needs, outcome)
        there = np.flatnonzero(outcome == kernels.THERE)
        corners = _corners(seen, there) if needs.corners else None
        values = numbers[there].tolist()
        for place, target in enumerate(self._targets(seen, needs, there)):
            box = int(there[place])
            target.box_full = _box_of(values[place][kernels.FULL : kernels.FULL + 4])
            target.box_clipped = _box_of(values[place][kernels.CLIPPED : kernels.CLIPPED + 4])
            target.truncation = values[place][kernels.TRUNCATION]
            if needs.outline:
                bounds = ends[spans[box] : spans[box + 1] + 1]
                target.outline = [pixels[first:last].copy() for first, last in pairwise(bounds)]
            if corners is not None:
                target.corners = corners[0][place], corners[1][place]
            found.append(target)
        return found

    def _outlines(
        self,
        seen: Seen,
        needs: BoxNeeds,
        cosines: tuple[float, float],
        outcome: UInt8Array,
        numbers: Float64Array,
    ) -> tuple[Float64Array, list[int], Int64Array]:
        """Fill ``outcome`` and ``numbers``; the outlines' vertices, the loops' ends, the boxes'."""
        spans = np.empty(len(outcome) + 1, dtype=np.int64)
        while True:
            pixels, loops = np.empty((self._room, 2)), np.empty(self._room, dtype=np.int64)
            done = kernels.project_boxes(
                seen.packed, seen.corners, cosines, needs.tolerance_px, (SILHOUETTES, FACES),
                outcome, numbers, pixels, loops, spans,
            )  # fmt: skip
            if done >= 0:
                return pixels, [0, *loops[: spans[-1]].tolist()], spans
            self._room *= 4

    def _targets(self, seen: Seen, needs: BoxNeeds, boxes: Int64Array) -> list[LabelTarget]:
        """What doesn't depend on the outlines of some boxes (k,) of an image."""
        view = seen.view
        centres = seen.states[0][boxes] - view.origin_m
        distances = np.sqrt((centres * centres).sum(axis=1)).tolist()
        depths = view.to_camera(centres)[:, 2].tolist() if needs.depth else [None] * len(boxes)
        shares = _off_picture(seen, boxes) if needs.truncation_surface else None
        found = []
        for place, box in enumerate(boxes.tolist()):
            row = int(seen.boxes[box])
            track = self._labels[row].track
            target = LabelTarget(
                row=row,
                attributes=track.attributes_from(view.time_ns) if track is not None else {},
                distance_m=distances[place],
                depth_m=depths[place],
                box3d=_box3d(seen, box, track) if needs.box3d and track is not None else None,
                truncation_surface=None if shares is None else shares[place],
            )
            found.append(target)
        return found

    def _special(self, seen: Seen, needs: BoxNeeds, outcome: UInt8Array) -> list[LabelTarget]:
        """Boxes that the camera is in, or passes, during the read-out: one by one."""
        found = []
        special = np.flatnonzero(outcome == kernels.SPECIAL)
        for target in self._targets(seen, needs, special) if len(special) else ():
            track = self._labels[target.row].track
            if track is None:
                continue
            whole = project_cuboid(seen.view, track, tolerance_px=needs.tolerance_px)
            if whole is None:
                continue
            target.box_full, target.box_clipped = whole.box_full, whole.box_clipped
            target.truncation = whole.truncation
            target.outline = list(whole.outline) if needs.outline else None
            target.corners = (whole.corners_uv, whole.corners_status) if needs.corners else None
            found.append(target)
        return found


def is_straight(view: View) -> bool:
    """Whether the quick kernel for pinholes can do the picture."""
    camera = view.camera
    return (
        isinstance(camera.lens, Pinhole)
        and camera.limit_rad >= 0.5 * np.pi
        and not view.shutter.is_rolling
    )


def _corners(seen: Seen, there: Int64Array) -> tuple[Float64Array, UInt8Array]:
    uv = np.empty((len(there), 8, 2))
    status = np.empty((len(there), 8), dtype=np.uint8)
    kernels.see_corners(seen.packed, seen.corners[there], uv, status)
    return uv, status


def _off_picture(seen: Seen, boxes: Int64Array) -> list[float]:
    """The share of the surface of boxes (k,) of an image that isn't in the picture."""
    shares = np.empty(len(boxes))
    kernels.surfaces_outside(seen.packed, seen.corners[boxes], FACES, shares)
    return [min(max(share, 0.0), 1.0) for share in shares.tolist()]


def _box3d(seen: Seen, box: int, track: Track) -> Box3d:
    view = seen.view
    position, quat, size = (part[box] for part in seen.states)
    camera_from_world = conjugate(view.world_from_camera.quat_xyzw)
    velocity, yaw_rate = motion_of(track, view.time_ns)
    x, y, z = view.to_camera((position - view.origin_m)[None])[0].tolist()
    turned = multiply(camera_from_world, quat)
    vx, vy, vz = rotate(camera_from_world, velocity).tolist()
    i, j, k, w = (turned if turned[3] >= 0.0 else -turned).tolist()
    length, width, height = size.tolist()
    return Box3d((x, y, z), (i, j, k, w), (length, width, height), (vx, vy, vz), yaw_rate)


def motion_of(track: Track, time_ns: int) -> tuple[Float64Array, float]:
    """Velocity (3,) of a box's centre in the world, and its turn about the vertical, rad/s.

    The means from a millisecond before to a millisecond after, as far as it exists then.
    """
    times = np.array([time_ns - _SPEED_NS, time_ns, time_ns + _SPEED_NS], dtype=np.int64)
    there = track.exists(times)
    first, last = (0 if there[0] else 1), (2 if there[2] else 1)
    if first == last:
        return np.zeros(3), 0.0
    positions, quats, _ = track.poses(times[[first, last]])
    seconds = float(times[last] - times[first]) * 1e-9
    turn = multiply(quats[1], conjugate(quats[0]))
    angle = 2.0 * np.arctan2(turn[2], turn[3])
    angle = (angle + np.pi) % (2.0 * np.pi) - np.pi
    return (positions[1] - positions[0]) / seconds, float(angle / seconds)


def _box_of(values: list[float]) -> Box | None:
    u0, v0, u1, v1 = values
    return (u0, v0, u1, v1) if math.isfinite(u0) else None
