"""What stands around without being a label: a mesh, a cloud, sweeps."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int32Array
from projection.batch.label_table import BatchLabel
from projection.batch.sweeps import NoSweeps, SweepRef, Sweeps, WorldSweep
from projection.raster import tessellate
from projection.raster.tessellate import Triangles
from projection.rigid import conjugate, rotate
from projection.scene import Cloud, Mesh

#: Owners beyond the label table, counted from its length.
MESH, CLOUD, SWEEPS = 0, 1, 2
SOURCES = ("mesh", "cloud", "sweeps")
#: Points so far above the lowest ones near them, or less, are the ground, and hide nothing: it
#: would be seen through its own gaps and steps.
GROUND_M = 0.25
_CELL_M = 1.0
#: A box's own points lie in it, or so far outside of its faces.
BOX_MARGIN_M = 0.1
#: What a box has moved on with by no more than so far is still where it was seen.
MOVED_M = 0.1


@dataclass(frozen=True)
class Scenery:
    """What stands around.

    Attributes:
        mesh: Of the world.
        cloud: Points of the world, without what moves.
        sweeps: By time.
    """

    mesh: Mesh | None = None
    cloud: Cloud | None = None
    sweeps: Sweeps = field(default_factory=lambda: Sweeps(NoSweeps()))

    @cached_property
    def content_hash(self) -> str:
        """Of mesh and cloud; empty where there are none."""
        if self.mesh is None and self.cloud is None:
            return ""
        digest = hashlib.sha256()
        if self.mesh is not None:
            digest.update(self.mesh.vertices_m.tobytes() + self.mesh.faces.tobytes())
        if self.cloud is not None:
            digest.update(self.cloud.positions_m.tobytes() + repr(self.cloud.spacing_m).encode())
        return digest.hexdigest()[:16]

    def triangles(self, owner: int) -> Triangles | None:
        """The mesh, as ``owner``; None: there is none."""
        mesh = self.mesh
        if mesh is None or not len(mesh.faces):
            return None
        return tessellate.mesh(mesh.vertices_m[0], mesh.vertices_m, mesh.faces, owner)

    @cached_property
    def standing(self) -> Float64Array:
        """(n, 3) points of the cloud that aren't ground."""
        if self.cloud is None:
            return np.zeros((0, 3))
        return self.cloud.positions_m[above_ground(self.cloud.positions_m)]


def above_ground(points_m: Float64Array) -> BoolArray:
    """(n,) which points are more than ``GROUND_M`` above the lowest one near them.

    Near is the square of three by three cells of a metre around a point's own.
    """
    usable: BoolArray = np.asarray(np.isfinite(points_m).all(axis=1))
    if not usable.any():
        return usable
    local = points_m[usable] - points_m[usable].min(axis=0)
    cell = np.minimum(local[:, :2] / _CELL_M, 1e9).astype(np.int64)
    width = int(cell[:, 1].max()) + 3
    key = (cell[:, 0] + 1) * width + cell[:, 1] + 1
    cells, which = np.unique(key, return_inverse=True)
    lowest = np.full(len(cells), np.inf)
    np.minimum.at(lowest, which, local[:, 2])
    around = lowest.copy()
    for step in (-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1):
        place = np.minimum(np.searchsorted(cells, cells + step), len(cells) - 1)
        there = cells[place] == cells + step
        around[there] = np.minimum(around[there], lowest[place[there]])
    found = np.zeros(len(points_m), dtype=np.bool_)
    found[usable] = local[:, 2] > around[which] + GROUND_M
    return found


@dataclass(frozen=True, slots=True)
class Boxed:
    """The points of a sweep that lie in a label's box.

    Attributes:
        row: Of the label table.
        index: (k,) which points.
        local_m: (k, 3) in the box's own frame, when each was seen.
    """

    row: int
    index: Int32Array
    local_m: Float64Array


class SweepPoints:
    """Points of sweeps at an image's time: those on things that move have moved along.

    Args:
        labels: The label table.
        sweeps: All sweeps.
    """

    def __init__(self, labels: Sequence[BatchLabel], sweeps: Sweeps) -> None:
        self._labels = labels
        self._sweeps = sweeps
        self._known: dict[int, tuple[BoolArray, tuple[Boxed, ...]]] = {}

    def at(
        self, refs: Sequence[SweepRef], time_ns: int, *, ground: bool
    ) -> tuple[Float64Array, Int32Array]:
        """Points (n, 3) of some sweeps, and rows (n,) of the boxes they are on; -1 for none.

        Args:
            refs: Which sweeps.
            time_ns: When boxes are where the points on them go. Points on boxes that aren't there
                then are left out.
            ground: Whether points of the ground are wanted, too.
        """
        points: list[Float64Array] = []
        owners: list[Int32Array] = []
        for ref in refs:
            sweep = self._sweeps.load(ref)
            standing, boxed = self._about(ref)
            moved = sweep.points_m.copy()
            whose = np.full(len(moved), -1, dtype=np.int32)
            kept: BoolArray = standing.copy()
            if ground:
                kept = np.asarray(np.isfinite(moved).all(axis=1))
            for entry in boxed:
                whose[entry.index] = entry.row
                track = self._labels[entry.row].track
                state = track.at(time_ns) if track is not None else None
                kept[entry.index] = state is not None
                if state is not None:
                    moved[entry.index] = state.world_from_box.apply(entry.local_m)
            points.append(moved[kept])
            owners.append(whose[kept])
        if not points:
            return np.zeros((0, 3)), np.zeros(0, dtype=np.int32)
        return np.concatenate(points), np.concatenate(owners)

    def solid(self, ref: SweepRef, time_ns: int) -> BoolArray:
        """(n,) which points are where they were seen: not on a box that has moved on since."""
        points = self._sweeps.load(ref).points_m
        there = np.ones(len(points), dtype=np.bool_)
        for entry in self._about(ref)[1]:
            track = self._labels[entry.row].track
            if track is None or track.label.static:
                continue
            state = track.at(time_ns)
            there[entry.index] = False
            if state is not None:
                away = state.world_from_box.apply(entry.local_m) - points[entry.index]
                there[entry.index] = (away * away).sum(axis=1) <= MOVED_M**2
        return there

    def _about(self, ref: SweepRef) -> tuple[BoolArray, tuple[Boxed, ...]]:
        """Which points aren't ground, and which are on which box."""
        if ref.number not in self._known:
            if len(self._known) >= 64:
                self._known.clear()
            sweep = self._sweeps.load(ref)
            boxed = tuple(self._boxed(sweep))
            standing: BoolArray = above_ground(sweep.points_m)
            for entry in boxed:
                standing[entry.index] = True
            self._known[ref.number] = standing, boxed
        return self._known[ref.number]

    def _boxed(self, sweep: WorldSweep) -> list[Boxed]:
        """Boxes that are there at the sweep's time, with the points seen on them."""
        found, points, time_ns = [], sweep.points_m, sweep.ref.time_ns
        # Within a sweep a box goes straight enough for the margin.
        ends = [] if sweep.times_ns is None else [sweep.times_ns.min(), sweep.times_ns.max()]
        moments = np.array([time_ns, *ends], dtype=np.int64)
        for row, entry in enumerate(self._labels):
            track = entry.track
            if track is None or not track.exists(time_ns)[0]:
                continue
            positions, quats, sizes = track.poses(moments)
            half = 0.5 * sizes.max(axis=0) + BOX_MARGIN_M
            away = points - positions[0]
            reach = float(np.sqrt(half @ half) + np.abs(positions - positions[0]).max())
            near = np.flatnonzero((np.abs(away) <= reach).all(axis=1))
            if not near.size:
                continue
            away = away[near]
            if sweep.times_ns is not None:
                # Each where it was when it was seen: a lidar takes its time to turn.
                positions, quats, sizes = track.poses(sweep.times_ns[near])
                away = points[near] - positions
                half = 0.5 * sizes + BOX_MARGIN_M
            else:
                quats = quats[0]
            local = rotate(conjugate(quats), away)
            inside = (np.abs(local) <= half).all(axis=1)
            if inside.any():
                found.append(Boxed(row, near[inside].astype(np.int32), local[inside]))
        return found
