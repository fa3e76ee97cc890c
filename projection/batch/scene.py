"""What a chunk's images may show: which labels come near which picture, and where they are then."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import overload

import numpy as np

from projection.arrays import Float32Array, Float64Array, Int32Array, Int64Array
from projection.batch.kernels import Packed, Sights, may_be_seen_in
from projection.batch.label_table import BatchLabel
from projection.batch.plan import Chunk
from projection.batch.track_table import TrackTable
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


@dataclass(frozen=True)
class Looked(Sequence[Seen]):
    """The labels that may be in each of a chunk's images.

    Attributes:
        views: The images.
        sights: The same for kernels.
        firsts: (images + 1,) where each image's boxes begin.
        boxes: (k,) as of ``Seen``, image after image.
        states: As of ``Seen``.
        corners: (k, 8, 6) as of ``Seen``.
        others: Of each image, as of ``Seen``.
    """

    views: Sequence[View]
    sights: Sights
    firsts: Int64Array
    boxes: Int64Array
    states: tuple[Float64Array, Float64Array, Float64Array]
    corners: Float64Array
    others: Sequence[Int64Array]

    def __len__(self) -> int:
        return len(self.views)

    @overload
    def __getitem__(self, place: int) -> Seen: ...

    @overload
    def __getitem__(self, place: slice) -> list[Seen]: ...

    def __getitem__(self, place: int | slice) -> Seen | list[Seen]:
        if isinstance(place, slice):
            return [self[index] for index in range(len(self))[place]]
        index = range(len(self))[place]
        own = slice(int(self.firsts[index]), int(self.firsts[index + 1]))
        position, quat, size = (part[own] for part in self.states)
        view = self.views[index]
        return Seen(
            view=view,
            packed=view.packed,
            boxes=self.boxes[own],
            states=(position, quat, size),
            corners=self.corners[own],
            others=self.others[index],
        )

    @cached_property
    def images(self) -> Int64Array:
        """(k,) whose each box is."""
        return np.repeat(np.arange(len(self)), np.diff(self.firsts))

    @cached_property
    def origins_m(self) -> Float64Array:
        """(images, 3) those of the views."""
        return np.array([view.origin_m for view in self.views])

    def rows(self, places: Sequence[int]) -> set[int]:
        """Rows of the label table that may be in some of the images."""
        if len(places) == len(self):
            found = set(self.boxes.tolist())
        else:
            firsts = self.firsts
            found = {
                row
                for place in places
                for row in self.boxes[firsts[place] : firsts[place + 1]].tolist()
            }
        return found.union(*(self.others[place].tolist() for place in places))


def look(
    labels: Sequence[BatchLabel],
    chunk: Chunk,
    whole: Trajectory,
    tracks: TrackTable | None = None,
) -> Looked:
    """What each image of a chunk may show; what is left out can't be in its picture.

    Args:
        labels: The label table.
        chunk: The chunk.
        whole: The clip's trajectory.
        tracks: The boxes of the label table, where somebody has them.
    """
    trajectory = chunk.trajectory(whole)
    camera = chunk.camera
    times = np.array([image.time_ns for image in chunk.images], dtype=np.int64)
    views = View.at_times(camera, trajectory, times)
    sights = sights_of(views)
    origins = np.array([view.origin_m for view in views])
    cone = np.pi if isinstance(camera.lens, Cylindrical) else picture_cone_rad(camera)
    table = TrackTable(labels) if tracks is None else tracks
    images, boxes = np.nonzero(table.exists(times))
    duration_ns = float(np.ceil(views[0].duration_ns))
    later_ns = chunk.last_ns - int(times[-1])
    place = origins[images]
    now, quat, size = table.poses(boxes, times[images])
    local, later = now - place, (now - place, quat, size)
    if later_ns:
        moved, *rest = table.poses(boxes, times[images] + later_ns)
        later = moved - place, rest[0], rest[1]
    balls = np.zeros((len(boxes), 7))
    balls[:, :3] = local
    seconds = duration_ns * 1e-9
    if seconds:
        balls[:, 3:6] = (later[0] - local) / seconds
    # A box that turns or grows meanwhile stays within the larger of the two balls.
    sizes = np.maximum(size, later[2])
    balls[:, 6] = 0.5 * np.sqrt((sizes * sizes).sum(axis=1)) * (1.0 + 1e-9)
    near = np.empty(len(boxes), dtype=np.bool_)
    may_be_seen_in(sights, balls, images.searchsorted(range(len(views) + 1)), cone, near)
    corners_now = corners(local[near], quat[near], size[near])
    speeds = np.zeros_like(corners_now)
    if seconds:
        corners_later = corners(*(part[near] for part in later))
        speeds = (corners_later - corners_now) / seconds
    return Looked(
        views=views,
        sights=sights,
        firsts=images[near].searchsorted(range(len(views) + 1)),
        boxes=table.rows[boxes[near]],
        states=(now[near], quat[near], size[near]),
        corners=np.concatenate([corners_now, speeds], axis=2),
        others=_others(labels, sights, origins, cone),
    )


def sights_of(views: Sequence[View]) -> Sights:
    """Images of one camera as kernels read them."""
    packed = [view.packed for view in views]
    lens, frame, _ = packed[0]
    alike = all(part[1] is frame for part in packed)
    frames = frame[None] if alike else np.stack([part[1] for part in packed])
    ends = np.cumsum([len(part[2]) for part in packed])
    return lens, frames, np.concatenate([part[2] for part in packed]), ends


def _others(
    labels: Sequence[BatchLabel], sights: Sights, origins_m: Float64Array, cone: float
) -> list[Int64Array]:
    """The labels that aren't boxes and come near each image."""
    still = [
        (row, ball)
        for row, entry in enumerate(labels)
        if entry.track is None and (ball := ball_of(entry.label)) is not None
    ]
    count = len(origins_m)
    if not still:
        return [np.zeros(0, dtype=np.int64)] * count
    rows = np.array([row for row, _ in still], dtype=np.int64)
    balls = np.array([ball for _, ball in still])
    local = np.zeros((count, len(rows), 7))
    local[:, :, :3] = balls[:, :3] - origins_m[:, None, :]
    local[:, :, 6] = balls[:, 3]
    near = np.empty(count * len(rows), dtype=np.bool_)
    firsts = np.arange(count + 1) * len(rows)
    may_be_seen_in(sights, local.reshape(-1, 7), firsts, cone, near)
    return [rows[own] for own in near.reshape(count, -1)]


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
