"""What a chunk's images may show: which labels come near which picture, and where they are then."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from projection.arrays import BoolArray, Float32Array, Float64Array, Int32Array, Int64Array
from projection.batch.kernels import Packed, may_be_seen
from projection.batch.label_table import BatchLabel
from projection.batch.plan import Chunk
from projection.cameras.cylindrical import Cylindrical
from projection.cones import picture_cone_rad
from projection.labels import Keypoints, Label, Points, Polygon, Polyline
from projection.raster import tessellate
from projection.raster.tessellate import Triangles
from projection.tracks import corners
from projection.trajectory import Trajectory
from projection.view import View


@dataclass(frozen=True, slots=True)
class Seen:
    """The labels that may be in one image.

    Attributes:
        view: The image.
        packed: The view for kernels.
        boxes: (k,) rows of the label table: boxes that exist at the image's time.
        states: Where these are at the image's time: positions (k, 3) world, quaternions (k, 4),
            sizes (k, 3).
        corners: (k, 8, 6) relative to the view's origin, and their velocities.
        others: (m,) rows of the label table: lines, surfaces, points.
    """

    view: View
    packed: Packed
    boxes: Int64Array
    states: tuple[Float64Array, Float64Array, Float64Array]
    corners: Float64Array
    others: Int64Array


def look(labels: Sequence[BatchLabel], chunk: Chunk, whole: Trajectory) -> list[Seen]:
    """What each image of a chunk may show; what is left out can't be in its picture."""
    trajectory = chunk.trajectory(whole)
    camera = chunk.camera
    times = np.array([image.time_ns for image in chunk.images], dtype=np.int64)
    views = View.at_times(camera, trajectory, times)
    rows, poses, exists = _boxes(labels, times, chunk.last_ns - int(times[-1]))
    others = [row for row, entry in enumerate(labels) if entry.track is None]
    still = [ball_of(labels[row].label) for row in others]
    other_rows = np.array(
        [row for row, ball in zip(others, still, strict=True) if ball is not None]
    )
    balls = np.array([ball for ball in still if ball is not None]).reshape(-1, 4)
    cone = np.pi if isinstance(camera.lens, Cylindrical) else picture_cone_rad(camera)
    seen: list[Seen] = []
    for index, view in enumerate(views):
        packed = view.packed
        alive = np.flatnonzero(exists[:, index])
        chosen, states, moving = _near(view, packed, cone, [part[alive, index] for part in poses])
        local = np.zeros((len(balls), 7))
        local[:, :3] = balls[:, :3] - view.origin_m
        local[:, 6] = balls[:, 3]
        near = np.empty(len(balls), dtype=np.bool_)
        may_be_seen(packed, local, cone, near)
        seen.append(
            Seen(
                view=view,
                packed=packed,
                boxes=rows[alive][chosen],
                states=states,
                corners=moving,
                others=other_rows[near].astype(np.int64),
            )
        )
    return seen


def _boxes(
    labels: Sequence[BatchLabel], times: Int64Array, later_ns: int
) -> tuple[Int64Array, list[Float64Array], BoolArray]:
    """Boxes that are alive sometime: rows (b,), poses by box and image, whether they exist then.

    Poses are at the images' times (three arrays), and ``later_ns`` after them (three more).
    """
    rows: list[int] = []
    exists: list[BoolArray] = []
    poses: list[tuple[Float64Array, ...]] = []
    moments = np.concatenate([times, times + later_ns]) if later_ns else times
    for row, entry in enumerate(labels):
        if entry.track is None:
            continue
        first, last = entry.track.life_ns
        if (first is not None and first > times[-1]) or (last is not None and last < times[0]):
            continue
        there = entry.track.exists(times)
        if there.any():
            rows.append(row)
            exists.append(there)
            poses.append(entry.track.poses(moments))
    if not rows:
        nothing = [np.zeros((0, len(times), width)) for width in (3, 4, 3)]
        return np.zeros(0, dtype=np.int64), nothing * 2, np.zeros((0, len(times)), dtype=np.bool_)
    count = len(times)
    stacked = [np.stack([pose[part] for pose in poses]) for part in range(3)]
    now = [part[:, :count] for part in stacked]
    later = [part[:, count:] for part in stacked] if later_ns else now
    return np.array(rows, dtype=np.int64), now + later, np.stack(exists)


def _near(
    view: View, packed: Packed, cone: float, poses: list[Float64Array]
) -> tuple[BoolArray, tuple[Float64Array, Float64Array, Float64Array], Float64Array]:
    """Which boxes come near the picture, where they are, and their moving corners."""
    seconds = float(np.ceil(view.duration_ns)) * 1e-9
    position, quat, size, later_position, later_quat, later_size = poses
    local, later = position - view.origin_m, later_position - view.origin_m
    velocity = (later - local) / seconds if seconds else np.zeros_like(local)
    balls = np.empty((len(local), 7))
    balls[:, :3], balls[:, 3:6] = local, velocity
    # A box that turns or grows meanwhile stays within the larger of the two balls.
    sizes = np.maximum(size, later_size)
    balls[:, 6] = 0.5 * np.sqrt((sizes * sizes).sum(axis=1)) * (1.0 + 1e-9)
    near = np.empty(len(local), dtype=np.bool_)
    may_be_seen(packed, balls, cone, near)
    states = position[near], quat[near], size[near]
    now = corners(local[near], quat[near], size[near])
    speeds = np.zeros_like(now)
    if seconds:
        speeds = (corners(later[near], later_quat[near], later_size[near]) - now) / seconds
    return near, states, np.concatenate([now, speeds], axis=2)


def _points_of(label: Label) -> Float64Array | None:
    if isinstance(label, Polyline):
        return label.vertices_m
    if isinstance(label, Polygon):
        return np.concatenate(label.rings_m)
    if isinstance(label, Keypoints | Points) and len(label.positions_m):
        return label.positions_m
    return None


#: Of a ball around what may be anywhere: the points that a label chose of sweeps.
_ANYWHERE_M = 1e12


def ball_of(label: Label) -> tuple[float, float, float, float] | None:
    """Middle and radius of a ball around a label that stands still; None: it has no place."""
    if isinstance(label, Points) and label.selections:
        return 0.0, 0.0, 0.0, _ANYWHERE_M
    points = _points_of(label)
    if points is None:
        return None
    middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
    radius = float(np.sqrt(((points - middle) ** 2).sum(axis=1).max()))
    if isinstance(label, Polyline) and label.width_m:
        # A mitred corner reaches twice the half width.
        radius += label.width_m
    return (*middle.tolist(), radius * (1.0 + 1e-9) + 1e-9)


#: By which part of their distance lines, and small surfaces, are taken to be nearer than the
#: surface they lie on, whose triangles may pass a little above theirs; of large ones, less.
_PAINT = 2e-3
_INLAY = 1e-3
_LARGE_M2 = 200.0
#: How many sets of surfaces are kept.
_KEPT = 8


class Surfaces:
    """Triangles of labels that stand still, made once.

    Args:
        labels: The label table.
        scenery: What stands around without being a label; its owner is the number of labels.
    """

    def __init__(self, labels: Sequence[BatchLabel], scenery: Triangles | None = None) -> None:
        self._labels = labels
        self.scenery = [] if scenery is None or not len(scenery) else [scenery]
        self._of = cache(self._make)
        self._joined: OrderedDict[tuple[int, ...], Joined] = OrderedDict()

    def _make(self, row: int) -> Triangles | None:
        label = self._labels[row].label
        if isinstance(label, Polygon):
            nearer = _INLAY / (1.0 + area_m2(label.rings_m[0]) / _LARGE_M2)
            return tessellate.polygon(label.rings_m[0][0], label.rings_m, row, nearer=nearer)
        if isinstance(label, Polyline) and label.width_m:
            return tessellate.ribbon(
                label.vertices_m[0],
                label.vertices_m,
                label.width_m,
                row,
                closed=label.closed,
                nearer=_PAINT,
            )
        return None

    def of(self, rows: Sequence[int]) -> list[Triangles]:
        """The surfaces of some rows of the label table; those that have none are left out."""
        found = (self._of(row) for row in rows)
        return [triangles for triangles in found if triangles is not None and len(triangles)]

    def joined(self, rows: Sequence[int]) -> "Joined":
        """The same as one; from image to image they are mostly the same rows."""
        key = tuple(rows)
        joined = self._joined.get(key)
        if joined is None:
            joined = self._joined[key] = Joined.of(self.of(rows))
            while len(self._joined) > _KEPT:
                self._joined.popitem(last=False)
        return joined


@dataclass(frozen=True, slots=True)
class Joined:
    """Triangles of several labels that stand still, each still counted from its own origin.

    Attributes:
        vertices_m: (n, 9) three corners, relative to ``origins_m``.
        origins_m: (n, 9) world, three times each.
        owners: (n,) ids.
        nearer: (n,) see ``Triangles``.
        labels: Whose these are, and how much nearer each counts.
    """

    vertices_m: Float64Array
    origins_m: Float64Array
    owners: Int32Array
    nearer: Float32Array
    labels: Mapping[int, float]

    @classmethod
    def of(cls, parts: Sequence[Triangles]) -> "Joined":
        """From surfaces of one label each that neither move nor are solid."""
        nothing = np.zeros((0, 9))
        origins = [np.tile(part.origin_m, (len(part), 3)) for part in parts]
        return cls(
            np.concatenate([nothing, *(part.vertices_m.reshape(-1, 9) for part in parts)]),
            np.concatenate([nothing, *origins]),
            np.concatenate([np.zeros(0, np.int32), *(part.owners for part in parts)]),
            np.concatenate([np.zeros(0, np.float32), *(part.nearer for part in parts)]),
            {int(part.owners[0]): float(part.nearer[0]) for part in parts},
        )

    def about(self, origin_m: Float64Array, *, painted: bool = True) -> Triangles:
        """Relative to another origin; what isn't painted on anything is nowhere nearer."""
        count = len(self.owners)
        return Triangles(
            origin_m,
            # Row after row: axis after axis takes ten times as long.
            (self.vertices_m + (self.origins_m - np.tile(origin_m, 3))).reshape(-1, 3, 3),
            self.owners,
            None,
            np.full(count, -1, dtype=np.int32),
            self.nearer if painted else np.zeros_like(self.nearer),
        )


def area_m2(ring: Float64Array) -> float:
    """Area that a ring (n, 3) goes round, in the plane that fits it best."""
    local = ring - ring[0]
    return float(0.5 * np.linalg.norm(np.cross(local, np.roll(local, -1, axis=0)).sum(axis=0)))
