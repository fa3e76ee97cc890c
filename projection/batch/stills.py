"""Labels that stand still in one image: lines, surfaces, keypoints, points."""

from collections.abc import Iterable, Mapping

import numpy as np

from projection.arrays import Float64Array
from projection.batch.drawing import Drawing
from projection.batch.image_targets import KeypointTarget, LabelTarget, PointCounts
from projection.batch.label_table import BatchLabel
from projection.batch.lines import lines_of
from projection.batch.point_scene import PointScene
from projection.batch.scene import Seen
from projection.labels import Keypoints, Points, Polygon, Polyline
from projection.polygons import project_polygon
from projection.status import Status

Found = Mapping[int, LabelTarget]


class Stills:
    """Fills in what labels that stand still are in an image.

    Args:
        labels: The label table.
        points: The points of labels.
    """

    def __init__(self, labels: tuple[BatchLabel, ...], points: PointScene) -> None:
        self._labels = labels
        self._points = points

    def nearest(self, seen: Seen, target: LabelTarget) -> None:
        """Distance and depth of a label's nearest vertex."""
        vertices = self._vertices(target.row, seen.view.time_ns)
        if not len(vertices):
            return
        local = vertices - seen.view.origin_m
        square = (local * local).sum(axis=1)
        nearest = int(square.argmin())
        target.distance_m = float(np.sqrt(square[nearest]))
        target.depth_m = float(seen.view.to_camera(local[nearest][None])[0, 2])

    def _vertices(self, row: int, time_ns: int) -> Float64Array:
        label = self._labels[row].label
        if isinstance(label, Polyline):
            return label.vertices_m
        if isinstance(label, Polygon):
            return np.concatenate(label.rings_m)
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
        for row, pieces in lines_of(seen, lines, zbuffer, tolerance_px).items():
            found[row].pieces = pieces

    def polygons(self, seen: Seen, found: Found, rows: Iterable[int], tolerance_px: float) -> None:
        """Rings of surfaces, and their boxes."""
        for row in rows:
            label = self._labels[row].label
            if isinstance(label, Polygon):
                rings = project_polygon(seen.view, label.rings_m, tolerance_px=tolerance_px)
                if rings is not None:
                    found[row].rings, found[row].box_clipped = list(rings.rings), rings.box_clipped

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
