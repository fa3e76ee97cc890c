"""Labels that stand still in one image: lines, surfaces, keypoints, points."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.batch.drawing import Drawing
from projection.batch.image_targets import KeypointTarget, LabelTarget, PointCounts
from projection.batch.label_table import BatchLabel
from projection.batch.lines import LineTables, lines_of
from projection.batch.point_scene import PointScene
from projection.batch.scene import Seen
from projection.kernels.compiled import compiled
from projection.labels import Keypoints, Points, Polygon, Polyline
from projection.polygons import project_polygons
from projection.status import Status

Found = Mapping[int, LabelTarget]
#: How many sets of vertices are kept.
_KEPT = 8


class StillTables:
    """What stands still, in arrays: from image to image it is mostly the same."""

    def __init__(self) -> None:
        self.lines = LineTables()
        self._vertices: OrderedDict[tuple[int, ...], tuple[Float64Array, Int64Array]] = (
            OrderedDict()
        )

    def vertices(
        self, rows: Sequence[int], make: Callable[[int], Float64Array]
    ) -> tuple[Float64Array, Int64Array]:
        """Vertices (n, 3) of rows of the label table, and where each row's end (k,)."""
        key = tuple(rows)
        found = self._vertices.get(key)
        if found is None:
            parts = [make(row) for row in rows]
            ends = np.cumsum([len(part) for part in parts])
            found = self._vertices[key] = np.concatenate([np.zeros((0, 3)), *parts]), ends
            while len(self._vertices) > _KEPT:
                self._vertices.popitem(last=False)
        return found


class Stills:
    """Fills in what labels that stand still are in an image.

    Args:
        labels: The label table.
        points: The points of labels.
        tables: What is kept from image to image.
    """

    def __init__(
        self, labels: tuple[BatchLabel, ...], points: PointScene, tables: StillTables
    ) -> None:
        self._labels = labels
        self._points = points
        self._tables = tables

    def nearest(self, seen: Seen, found: Found, rows: Sequence[int]) -> None:
        """Distance and depth of labels' nearest vertices."""
        points = [row for row in rows if isinstance(self._labels[row].label, Points)]
        still = [row for row in rows if row not in points] if points else rows

        def of_row(row: int) -> Float64Array:
            return self._vertices(row, seen.view.time_ns)

        vertices, ends = self._tables.vertices(still, of_row)
        chosen = list(still)
        # Points that a label chose of sweeps are others in each image.
        for row in points:
            part = of_row(row)
            vertices = np.concatenate([vertices, part])
            ends = np.append(ends, len(vertices))
            chosen.append(row)
        counts = np.diff(ends, prepend=0)
        if not counts.all():
            chosen = [row for row, count in zip(chosen, counts.tolist(), strict=True) if count]
            ends = ends[counts > 0]
        if not chosen:
            return
        local = vertices - seen.view.origin_m
        nearest = local[_nearest(local, ends)]
        distances = np.sqrt((nearest * nearest).sum(axis=1)).tolist()
        depths = seen.view.to_camera(nearest)[:, 2].tolist()
        for row, distance_m, depth_m in zip(chosen, distances, depths, strict=True):
            found[row].distance_m, found[row].depth_m = distance_m, depth_m

    def _vertices(self, row: int, time_ns: int) -> Float64Array:
        label = self._labels[row].label
        if isinstance(label, Polyline):
            return label.vertices_m
        if isinstance(label, Polygon):
            return label.rings_m[0] if len(label.rings_m) == 1 else np.concatenate(label.rings_m)
        if isinstance(label, Points):
            points = self._points.of_label(row, time_ns)
            return points[np.isfinite(points).all(axis=1)]
        return label.positions_m if isinstance(label, Keypoints) else np.zeros((0, 3))

    def lines(
        self,
        seen: Seen,
        found: Found,
        rows: Iterable[int],
        drawing: Drawing | None,
        tolerance_px: float,
    ) -> None:
        """Pieces of lines."""
        lines = {
            row: label for row in rows if isinstance(label := self._labels[row].label, Polyline)
        }
        zbuffer = drawing.occluders if drawing is not None and lines else None
        for row, pieces in lines_of(seen, lines, zbuffer, tolerance_px, self._tables.lines).items():
            found[row].pieces = pieces

    def polygons(self, seen: Seen, found: Found, rows: Iterable[int], tolerance_px: float) -> None:
        """Rings of surfaces, and their boxes."""
        surfaces = {
            row: label.rings_m
            for row in rows
            if isinstance(label := self._labels[row].label, Polygon)
        }
        targets = project_polygons(seen.view, list(surfaces.values()), tolerance_px=tolerance_px)
        for row, target in zip(surfaces, targets, strict=True):
            if target is not None:
                found[row].rings, found[row].box_clipped = list(target.rings), target.box_clipped

    def keypoints(
        self, seen: Seen, found: Found, rows: Iterable[int], drawing: Drawing | None
    ) -> None:
        """Named points."""
        for row in rows:
            label = self._labels[row].label
            if not isinstance(label, Keypoints):
                continue
            uv, depth_m, status = seen.view.project_world(label.positions_m)
            inside = status == Status.OK
            if not inside.any():
                continue
            if drawing is not None:
                hidden = inside & ~drawing.sees(label.positions_m)
                status[hidden] = Status.OCCLUDED
            found[row].keypoints = [
                KeypointTarget(
                    name,
                    (float(u), float(v)) if np.isfinite(u) else None,
                    float(depth) if np.isfinite(depth) else None,
                    int(code),
                )
                for name, (u, v), depth, code in zip(
                    label.names, uv.tolist(), depth_m.tolist(), status, strict=True
                )
            ]

    def points(
        self, seen: Seen, found: Found, rows: Iterable[int], drawing: Drawing | None
    ) -> None:
        """How many points of a label there are in the picture."""
        for row in rows:
            if not isinstance(self._labels[row].label, Points):
                continue
            points = self._points.of_label(row, seen.view.time_ns)
            _, _, status = seen.view.project_world(points)
            inside = int((status == Status.OK).sum())
            if inside:
                visible = inside
                if drawing is not None:
                    visible = int(drawing.sees(points, row).sum())
                found[row].points = PointCounts(inside, visible)


@compiled
def _nearest(points: Float64Array, ends: Int64Array) -> Int64Array:
    """The row of the point nearest to the origin, in each part of some points (n, 3)."""
    rows = np.empty(len(ends), dtype=np.int64)
    start = 0
    for part in range(len(ends)):
        least, rows[part] = np.inf, start
        for row in range(start, ends[part]):
            x, y, z = points[row, 0], points[row, 1], points[row, 2]
            square = x * x + y * y + z * z
            if square < least:
                least, rows[part] = square, row
        start = ends[part]
    return rows
