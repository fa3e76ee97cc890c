"""Solving for all poses of a track at once: what the sweeps show of it, and how bodies move.

Each sweep's points are laid over those of others in the object's own frame; a point belongs on the
surface that another sweep shows there. The faces of the box say where the points end, the motion
what lies between. All of it is solved by least squares (Gauss-Newton), robustly, so that no error
adds up from sweep to sweep and a wrong one does not bend the way.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from autolabel.cloud import thinned
from autolabel.frames import in_axes
from autolabel.growing import voxel_indices
from autolabel.motion_model import Manner, motion_residuals
from autolabel.priors import Prior
from autolabel.views import SPACING_RAD, View, end_of, is_hidden, local_points, velocities_of
from projection.arrays import Float64Array

_ROUNDS = 7
_MOST_POINTS = 220
_CELL_M = 0.15
#: Which sweeps are laid over each other: so many places apart in the list.
_APART = (1, 2, 4, 8, 16)
#: Heights count half: rings of a lidar lie far apart.
_HEIGHT_SHARE = 0.5
_PLANE_SIGMA_M = 0.05
#: So many points of a pair count as independent.
_INDEPENDENT = 25.0
#: How far apart points may be that belong together, round by round; 0: the surfaces wait until the
#: faces and the motion have brought the poses near.
_GATES_M = (0.0, 0.0, 0.6, 0.45, 0.35, 0.3, 0.3)
_FACE_SIGMA_IN_M = 0.07
_FACE_SIGMA_OUT_M = 0.05
#: Bodywork lies a little inside of the box.
_FACE_INSET_M = 0.03
_FEWEST_AT_FACE = 8
_LARGE_ERROR = 3.0
_ROUGH_M = 0.02
_FEWEST_FOR_TOP = 25


@dataclass(frozen=True, slots=True)
class Refined:
    """All poses, and how sure each is.

    Attributes:
        poses: (k, 3) x, y, heading without jumps of whole turns.
        sigmas: (k, 3) standard deviations: x, y metres, heading radians.
        residuals_m: (k,) how far the points of each lie from the surfaces of others, median; NaN
            where nothing could be compared.
        size_m: (3,) length, width, height as all sweeps together show them.
    """

    poses: Float64Array
    sigmas: Float64Array
    residuals_m: Float64Array
    size_m: Float64Array


def refined(
    views: list[View],
    prior: Prior,
    size_m: Float64Array,
    manner: Manner,
    size_sigma_m: Float64Array | None = None,
) -> Refined:
    """Return the poses that fit best together.

    Args:
        views: At least one, their times rising.
        prior: Of the object's kind.
        size_m: (3,) its size.
        manner: How it moves.
        size_sigma_m: (2,) how wrong length and width can be; None: they are right.
    """
    solver = _Solver(views, prior, size_m, manner, size_sigma_m)
    for gate_m in _GATES_M:
        solver.step(gate_m)
    return solver.result()


class _Solver:
    """The normal equations of all poses, built anew in each round."""

    def __init__(
        self,
        views: list[View],
        prior: Prior,
        size_m: Float64Array,
        manner: Manner,
        size_sigma_m: Float64Array | None,
    ) -> None:
        self.views = views
        self.prior, self.size_m, self.manner = prior, size_m.copy(), manner
        self.size_before = size_m[:2].copy()
        self.size_weight = None if size_sigma_m is None else 1.0 / size_sigma_m**2
        self.seconds = np.array([view.seconds for view in views])
        self.poses = np.array([view.pose for view in views], dtype=np.float64)
        self.poses[:, 2] = np.unwrap(self.poses[:, 2])
        self.measured = self.poses.copy()
        self.sigmas = np.array([view.sigmas for view in views])
        self.anchors = [k for k, view in enumerate(views) if view.is_anchor]
        self.pairs = self._pairs()
        self.residuals: list[list[float]] = [[] for _ in views]

    def _pairs(self) -> list[tuple[int, int]]:
        count = len(self.views)
        found = {(k, k + apart) for apart in _APART for k in range(count - apart)}
        found |= {(min(k, a), max(k, a)) for a in self.anchors for k in range(count) if k != a}
        return sorted(found)

    def step(self, gate_m: float) -> None:
        """Move all poses once towards the best."""
        count = len(self.views)
        self.hessian = np.zeros((count, count, 3, 3))
        self.gradient = np.zeros((count, 3))
        self.by_size = np.zeros((count, 3, 2))
        self.size_hessian, self.size_gradient = np.zeros(2), np.zeros(2)
        self.residuals = [[] for _ in self.views]
        local = self._local()
        if self.prior.kind.has_direction:
            if gate_m > 0.0:
                self._surfaces(local, gate_m)
            self._faces(local)
        self._measurements()
        if count >= 3:
            self._motion()
        self._solve()

    def _local(self) -> list[Float64Array]:
        """Return each sweep's points (n, 3) in the object's frame, at the sweep's time."""
        found = []
        velocities = velocities_of(self.poses, self.seconds)
        for view, pose, velocity in zip(self.views, self.poses, velocities, strict=True):
            local = local_points(view, pose, velocity, self.size_m)
            if len(local) > _MOST_POINTS:
                # Evenly over the body: its ends have few points, and say most.
                local = local[voxel_indices(local, _CELL_M)]
            found.append(local[thinned(len(local), _MOST_POINTS)])
        return found

    def _surfaces(self, local: list[Float64Array], gate_m: float) -> None:
        scale = np.array([1.0, 1.0, _HEIGHT_SHARE])
        trees = [cKDTree(points * scale) if len(points) >= 4 else None for points in local]
        normals = [
            _normals(points, tree) if tree is not None else None
            for points, tree in zip(local, trees, strict=True)
        ]
        for a, b in self.pairs:
            # The sweep with more points shows the surface, the other's points belong on it.
            j, k = (a, b) if len(local[a]) >= len(local[b]) else (b, a)
            tree, surface = trees[j], normals[j]
            if tree is None or surface is None or len(local[k]) < 3:
                continue
            distances, nearest = tree.query(local[k] * scale, distance_upper_bound=gate_m)
            hit = np.flatnonzero(np.isfinite(distances))
            if len(hit) < 3:
                continue
            at = nearest[hit]
            self._pair(k, j, local[k][hit], local[j][at], surface[0][at], surface[1][at])

    def _pair(
        self,
        k: int,
        j: int,
        mine: Float64Array,
        theirs: Float64Array,
        normal: Float64Array,
        flatness: Float64Array,
    ) -> None:
        gap = mine - theirs
        off = np.sum(normal * gap, axis=1)
        share = min(len(mine), _INDEPENDENT) / len(mine)
        robust = 1.0 / (1.0 + (off / 0.1) ** 2)
        weight = share * flatness * robust / _PLANE_SIGMA_M**2
        self.residuals[k].append(float(np.median(np.abs(off))))
        self.residuals[j].append(float(np.median(np.abs(off))))
        by_k = _slope(normal, mine, self.poses[k, 2])
        by_j = -_slope(normal, theirs, self.poses[j, 2])
        self._add(k, j, by_k, by_j, off, weight)
        if self.prior.kind.centring > 0.0:
            # Bodies without faces: their points just lie over each other, roughly.
            loose = share / 0.25**2 / (1.0 + (np.hypot(gap[:, 0], gap[:, 1]) / 0.2) ** 2)
            for axis in (np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 1.0, 0.0]])):
                axes = np.broadcast_to(axis, gap.shape)
                by_k = _slope(axes, mine, self.poses[k, 2])
                by_j = -_slope(axes, theirs, self.poses[j, 2])
                self._add(k, j, by_k, by_j, np.sum(axes * gap, axis=1), loose)

    def _add(
        self,
        k: int,
        j: int,
        by_k: Float64Array,
        by_j: Float64Array,
        off: Float64Array,
        weight: Float64Array,
    ) -> None:
        weighted_k, weighted_j = by_k * weight[:, None], by_j * weight[:, None]
        self.hessian[k, k] += by_k.T @ weighted_k
        self.hessian[j, j] += by_j.T @ weighted_j
        cross = by_k.T @ weighted_j
        self.hessian[k, j] += cross
        self.hessian[j, k] += cross.T
        self.gradient[k] += weighted_k.T @ off
        self.gradient[j] += weighted_j.T @ off

    def _faces(self, local: list[Float64Array]) -> None:
        """Points end at the faces that the sensor sees: seldom beyond, mostly not far inside."""
        if self.prior.kind.closeness == 0.0:
            return
        half = 0.5 * self.size_m[:2]
        for k, (view, points) in enumerate(zip(self.views, local, strict=True)):
            if len(points) < _FEWEST_AT_FACE:
                continue
            seen = in_axes(view.sensor_m[None], self.poses[k])[0]
            for axis in (0, 1):
                side = 1.0 if seen[axis] > 0.0 else -1.0
                distance = float(np.hypot(*seen))
                # Only a face that looks at the sensor at more than some 10 degrees shows its place.
                if abs(seen[axis]) - half[axis] < 0.15 * distance:
                    continue
                end = end_of(side * points[:, axis])
                inset = _FACE_INSET_M + 0.3 * SPACING_RAD * distance
                off = side * (end - (half[axis] - inset))
                beyond = side * off > 0.0
                if not beyond and is_hidden(view, self.poses[k], self.size_m, axis, side):
                    continue
                sigma = _FACE_SIGMA_OUT_M if beyond else _FACE_SIGMA_IN_M
                sigma += 0.5 * SPACING_RAD * distance
                ratio = abs(off) / sigma
                weight = 1.0 / sigma**2 / (1.0 + (ratio / _LARGE_ERROR) ** 2)
                normal = np.zeros((1, 2))
                normal[0, axis] = 1.0
                other = np.zeros((1, 2))
                other[0, axis] = side * end
                by = _slope(normal, other, self.poses[k, 2])
                self.hessian[k, k] += weight * by.T @ by
                self.gradient[k] += weight * off * by[0]
                # A larger box has its face farther out.
                by_size = -0.5 * side
                self.by_size[k, :, axis] += weight * by[0] * by_size
                self.size_hessian[axis] += weight * by_size**2
                self.size_gradient[axis] += weight * off * by_size

    def _measurements(self) -> None:
        """Poses as found one by one, along and across their heading; as somebody set them."""
        for k, (pose, measured) in enumerate(zip(self.poses, self.measured, strict=True)):
            cosine, sine = math.cos(measured[2]), math.sin(measured[2])
            turn = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
            off = turn @ (pose - measured)
            ratio = off / self.sigmas[k]
            weight = 1.0 / self.sigmas[k] ** 2
            if not self.views[k].is_anchor:
                weight = weight / (1.0 + (ratio / 2.0) ** 2)
            self.hessian[k, k] += turn.T @ (turn * weight[:, None])
            self.gradient[k] += turn.T @ (weight * off)

    def _motion(self) -> None:
        residuals, slopes = motion_residuals(self.poses, self.seconds, self.manner)
        weights = 1.0 / (1.0 + (residuals / _LARGE_ERROR) ** 2)
        count = len(residuals)
        rows = np.arange(count)
        for a in range(3):
            self.gradient[a : a + count] += np.einsum(
                "mqi,mq->mi", slopes[:, :, a], weights * residuals
            )
            for b in range(3):
                block = np.einsum("mqi,mq,mqj->mij", slopes[:, :, a], weights, slopes[:, :, b])
                np.add.at(self.hessian, (rows + a, rows + b), block)

    def _matrix(self) -> sparse.csc_matrix:
        count = len(self.views)
        filled = np.abs(self.hessian).sum(axis=(2, 3)) > 0.0
        rows, columns = np.nonzero(filled)
        order = np.argsort(rows, kind="stable")
        rows, columns = rows[order], columns[order]
        blocks = self.hessian[rows, columns]
        starts = np.searchsorted(rows, np.arange(count + 1))
        matrix = sparse.bsr_matrix((blocks, columns, starts), shape=(3 * count, 3 * count))
        square = matrix + 1e-6 * sparse.identity(3 * count)
        if self.size_weight is None:
            return square.tocsc()
        beside = sparse.csr_matrix(self.by_size.reshape(3 * count, 2))
        corner = sparse.diags(self.size_hessian + self.size_weight)
        return sparse.bmat([[square, beside], [beside.T, corner]]).tocsc()

    def _solve(self) -> None:
        right = self.gradient.ravel()
        if self.size_weight is not None:
            held = self.size_weight * (self.size_m[:2] - self.size_before)
            right = np.concatenate([right, self.size_gradient + held])
        change = -splu(self._matrix()).solve(right)
        count = 3 * len(self.views)
        self.poses += np.clip(change[:count].reshape(-1, 3), -1.0, 1.0)
        if self.size_weight is not None:
            low, high = 0.6 * self.size_before, 1.6 * self.size_before
            self.size_m[:2] = np.clip(self.size_m[:2] + change[count:], low, high)

    def result(self) -> Refined:
        """Return where it ended."""
        matrix = self._matrix()
        inverse = splu(matrix).solve(np.eye(matrix.shape[0]))
        count = 3 * len(self.views)
        sigmas = np.sqrt(np.maximum(np.diag(inverse)[:count], 0.0)).reshape(-1, 3)
        residuals = np.array([np.median(one) if one else np.nan for one in self.residuals])
        return Refined(self.poses.copy(), sigmas, residuals, self._size())

    def _size(self) -> Float64Array:
        """Return the size; its height as most of the sweeps show it that look over its top."""
        size = self.size_m.copy()
        if self.size_weight is None:
            return size
        tops = [
            float(np.quantile(points[:, 2], 0.99))
            for points in self._local()
            if len(points) >= _FEWEST_FOR_TOP
        ]
        if len(tops) >= 3:
            size[2] = np.clip(np.quantile(tops, 0.8), 0.75 * size[2], 1.35 * size[2])
        return size


def _normals(points: Float64Array, tree: cKDTree) -> tuple[Float64Array, Float64Array]:
    """Return the direction (n, 3) across the surface at each point and how sure it is (n,), 0..1.

    Where the points around lie along one ring only, the surface is taken to be upright.
    """
    count = min(9, len(points))
    _, rows = tree.query(tree.data, k=count)
    around = points[rows]
    centred = around - around.mean(axis=1, keepdims=True)
    covariance = np.einsum("nki,nkj->nij", centred, centred) / count
    values, vectors = np.linalg.eigh(covariance)
    thin, middle = values[:, 0] + _ROUGH_M**2, values[:, 1] + _ROUGH_M**2
    solid = np.clip(1.0 - 3.0 * thin / middle, 0.0, 1.0)
    flat_values, flat_vectors = np.linalg.eigh(covariance[:, :2, :2])
    ratio = (flat_values[:, 0] + _ROUGH_M**2) / (flat_values[:, 1] + _ROUGH_M**2)
    upright = np.clip(1.0 - 4.0 * ratio, 0.0, 1.0)
    normals = vectors[:, :, 0].copy()
    ring = solid < 0.3
    normals[ring] = np.concatenate([flat_vectors[ring][:, :, 0], np.zeros((ring.sum(), 1))], axis=1)
    return normals, np.where(ring, 0.5 * upright, solid)


def _slope(normal: Float64Array, local: Float64Array, heading_rad: float) -> Float64Array:
    """Return how a point's place along a direction changes with x, y, heading: (n, 3)."""
    cosine, sine = math.cos(heading_rad), math.sin(heading_rad)
    return np.stack(
        [
            -(normal[:, 0] * cosine - normal[:, 1] * sine),
            -(normal[:, 0] * sine + normal[:, 1] * cosine),
            normal[:, 0] * local[:, 1] - normal[:, 1] * local[:, 0],
        ],
        axis=1,
    )
