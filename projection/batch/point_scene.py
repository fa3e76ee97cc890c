"""Points in a picture: those of labels, and those of clouds and sweeps that hide labels."""

from collections.abc import Iterator, Sequence

import numpy as np

from projection.arrays import Float64Array, Int32Array
from projection.batch.label_table import BatchLabel
from projection.batch.point_quads import point_quads
from projection.batch.scenery import CLOUD, SWEEPS, Scenery, SweepPoints
from projection.batch.sweeps import SweepRef
from projection.io.errors import FormatError
from projection.labels import Points
from projection.raster.points import Splats, splat
from projection.raster.tessellate import Triangles
from projection.raster.zbuffer import ZBuffer
from projection.target_spec import Sweeps as SweepRule
from projection.view import View


class PointScene:
    """All points of a clip.

    Args:
        labels: The label table.
        scenery: Cloud and sweeps.
        rule: Which sweeps belong to a picture; None: none do, but to labels of points.
    """

    def __init__(
        self, labels: Sequence[BatchLabel], scenery: Scenery, rule: SweepRule | None
    ) -> None:
        self._labels = labels
        self._scenery = scenery
        self._rule = rule
        self._points = SweepPoints(labels, scenery.sweeps)
        self._within_s = (rule or SweepRule()).within_s
        self._spacing_m = (rule or SweepRule()).spacing_m

    def refs(self, view: View) -> Sequence[SweepRef]:
        """The sweeps that belong to a picture."""
        if self._rule is None:
            return ()
        return self._scenery.sweeps.near(view.time_ns, self._within_s)

    def of_label(self, row: int, time_ns: int) -> Float64Array:
        """(n, 3) points of a label at a picture's time: its own, and those it chose of sweeps."""
        label = self._labels[row].label
        assert isinstance(label, Points)  # noqa: S101  for the type alone
        chosen = [points for _, points in self._chosen(label, time_ns)]
        return np.concatenate([label.positions_m, *chosen])

    def _chosen(self, label: Points, time_ns: int) -> Iterator[tuple[SweepRef, Float64Array]]:
        for number, selection in enumerate(label.selections):
            if abs(selection.time_ns - time_ns) > self._within_s * 1e9:
                continue
            ref = self._scenery.sweeps.find(selection.lidar, selection.time_ns)
            if ref is None:
                continue
            points = self._scenery.sweeps.load(ref).points_m
            most = int(selection.indices.max(initial=-1))
            if most >= len(points):
                field = f"label {label.id}: sweeps[{number}].indices"
                expected = f"numbers of the sweep's {len(points)} points"
                raise FormatError.of("labels", field, expected, f"{most}")
            yield ref, points[selection.indices]

    def label_quads(self, view: View, rows: Sequence[int]) -> list[Triangles]:
        """Squares for the points of labels."""
        found = []
        for row in rows:
            if isinstance(self._labels[row].label, Points):
                points = self.of_label(row, view.time_ns)
                owners = np.full(len(points), row, dtype=np.int32)
                found.append(point_quads(view, points, owners, self._spacing_m))
        return [triangles for triangles in found if len(triangles)]

    def cloud_quads(self, view: View) -> list[Triangles]:
        """Squares for the cloud, less its ground."""
        points = self._scenery.standing
        if not len(points) or self._scenery.cloud is None:
            return []
        owners = np.full(len(points), len(self._labels) + CLOUD, dtype=np.int32)
        return [point_quads(view, points, owners, self._scenery.cloud.spacing_m)]

    def sweep_quads(self, view: View) -> list[Triangles]:
        """Squares for the sweeps, less their ground; points on boxes are the boxes' own."""
        refs = self.refs(view)
        points, owners = self._points.at(refs, view.time_ns, ground=False)
        if not len(points):
            return []
        whose = np.where(owners < 0, len(self._labels) + SWEEPS, owners).astype(np.int32)
        return [point_quads(view, points, whose, self._spacing_m)]

    def splats(self, view: View, zbuffer: ZBuffer) -> list[Splats]:
        """Cloud and sweeps as depth, with their ground."""
        found = []
        cloud = self._scenery.cloud
        if cloud is not None:
            found.append(splat(view, cloud.positions_m, cloud.spacing_m, zbuffer))
        points = self._sweep_points(view)
        if len(points[0]):
            found.append(splat(view, points[0], self._spacing_m, zbuffer))
        return found

    def _sweep_points(self, view: View) -> tuple[Float64Array, Int32Array]:
        return self._points.at(self.refs(view), view.time_ns, ground=True)
