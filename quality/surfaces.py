"""Comparing surfaces: their common area seen from above, and how far apart they are in height."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from projection.labels import Polygon
from quality.assignment import assign
from quality.options import Options


@dataclass(frozen=True, slots=True)
class SurfaceMatch:
    """Two surfaces taken for the same.

    Attributes:
        reference: Index in the reference's surfaces.
        candidate: Index in the candidate's surfaces.
        iou: Intersection over union of the areas, holes left out.
        boundary_m: Largest distance from any point of one boundary to the other (Hausdorff).
    """

    reference: int
    candidate: int
    iou: float
    boundary_m: float


def match_surfaces(
    reference: Sequence[Polygon], candidate: Sequence[Polygon], options: Options
) -> list[SurfaceMatch]:
    """Match surfaces one to one so that the sum of IoUs is greatest.

    Areas are those seen along the z axis: a road's. A surface that stands upright has none.
    """
    left = [_area(polygon) for polygon in reference]
    right = [_area(polygon) for polygon in candidate]
    if not left or not right:
        return []
    rows, columns = shapely.STRtree(right).query(np.array(left, dtype=object), "intersects")
    first, second = np.array(left, dtype=object)[rows], np.array(right, dtype=object)[columns]
    common = shapely.area(shapely.intersection(first, second))
    union = shapely.area(first) + shapely.area(second) - common
    ious = np.divide(common, union, out=np.zeros_like(common), where=union > 0.0)
    enough = ious >= options.min_area_iou
    rows, columns, ious = rows[enough], columns[enough], ious[enough]
    taken = assign(rows.astype(np.int64), columns.astype(np.int64), ious)
    return [
        SurfaceMatch(
            int(rows[k]),
            int(columns[k]),
            float(ious[k]),
            float(shapely.hausdorff_distance(left[rows[k]], right[columns[k]], densify=0.05)),
        )
        for k in taken.tolist()
    ]


def _area(polygon: Polygon) -> Any:
    rings = [ring[:, :2] for ring in polygon.rings_m]
    # Even-odd, as they are drawn: a ring that crosses itself still has an area.
    shape = shapely.Polygon(rings[0], rings[1:])
    return shape if shape.is_valid else shapely.make_valid(shape)
