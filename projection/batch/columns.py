"""Targets as columns: one table with a row for each label in each image, one with the images.

Pixel (0, 0) is the centre of the top-left pixel. What a spec doesn't ask for has no column.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from projection.arrays import Float64Array, Int64Array
from projection.batch.common_columns import (
    BOX,
    HIDER,
    KEYPOINT,
    LOOPS,
    OCCLUDERS,
    PIECE,
    LabelValues,
    image_columns,
    images_table,
    text_of,
)
from projection.batch.image_targets import ImageTargets, LabelTarget
from projection.io.clip_folder import ImageRow
from projection.target_spec import TargetSpec

_CORNER = pa.struct([("u_px", pa.float64()), ("v_px", pa.float64()), ("status", pa.uint8())])
_NUMBERS = pa.list_(pa.float64())

#: Some columns, and what makes them of all rows.
Column = tuple[list[pa.Field], Callable[[list[LabelTarget]], list[pa.Array]]]


def _column(field: pa.Field, value: Callable[[LabelTarget], Any]) -> Column:
    """One column of values that are made row by row."""
    return [field], lambda targets: [pa.array([value(target) for target in targets], field.type)]


def _flat(loops: list[Float64Array] | None) -> list[Float64Array] | None:
    return None if loops is None else [loop.ravel() for loop in loops]


def _box(name: str, box: Callable[[LabelTarget], Any]) -> Column:
    missing = (math.nan,) * len(BOX)

    def sides(targets: list[LabelTarget]) -> list[pa.Array]:
        found = [box(target) for target in targets]
        gone = np.array([one is None for one in found], dtype=np.bool_)
        values = np.array([missing if one is None else one for one in found], dtype=np.float64)
        return [
            pa.array(np.ascontiguousarray(side), pa.float64(), mask=gone)
            for side in values.reshape(-1, len(BOX)).T
        ]

    return [pa.field(f"{name}_{end}_px", pa.float64()) for end in BOX], sides


def _of_silhouette(name: str, kind: pa.DataType, attribute: str) -> Column:
    def value(target: LabelTarget) -> Any:
        found = target.silhouette
        return None if found is None else getattr(found, attribute)

    return _column(pa.field(name, kind), value)


def _corners(target: LabelTarget) -> list[dict[str, Any]] | None:
    if target.corners is None:
        return None
    uv, status = target.corners
    return [
        {"u_px": u if np.isfinite(u) else None, "v_px": v if np.isfinite(v) else None, "status": s}
        for (u, v), s in zip(uv.tolist(), status.tolist(), strict=True)
    ]


def _pieces(targets: list[LabelTarget]) -> list[pa.Array]:
    """The pieces of all rows, in whole arrays: there are thousands of them."""
    pieces = [piece for target in targets for piece in target.pieces or ()]
    gone = pa.array([target.pieces is None for target in targets], pa.bool_())
    counts = [len(target.pieces or ()) for target in targets]
    vertices = _offsets([len(piece.parameter) for piece in pieces])
    uv, parameter = np.zeros((vertices[-1], 2)), np.zeros(vertices[-1])
    if pieces:
        np.concatenate([piece.uv for piece in pieces], out=uv)
        np.concatenate([piece.parameter for piece in pieces], out=parameter)
    parts = [
        pa.ListArray.from_arrays(pa.array(2 * vertices, pa.int32()), pa.array(uv.reshape(-1))),
        pa.ListArray.from_arrays(pa.array(vertices, pa.int32()), pa.array(parameter)),
        pa.array([piece.visible for piece in pieces], pa.bool_()),
    ]
    found = pa.StructArray.from_arrays(parts, fields=list(PIECE))
    return [pa.ListArray.from_arrays(pa.array(_offsets(counts), pa.int32()), found, mask=gone)]


def _offsets(counts: list[int]) -> Int64Array:
    """Where each of some parts begins, and the end of the last."""
    return np.concatenate([[0], np.cumsum(np.array(counts, dtype=np.int64))])


def _keypoints(target: LabelTarget) -> list[dict[str, Any]] | None:
    if target.keypoints is None:
        return None
    return [
        {
            "name": point.name,
            "u_px": None if point.uv is None else point.uv[0],
            "v_px": None if point.uv is None else point.uv[1],
            "depth_m": point.depth_m,
            "status": point.status,
        }
        for point in target.keypoints
    ]


def _hiders(names: Sequence[pa.Array]) -> Column:
    """Who hides each row's label: labels, or what of the scenery, whose numbers come after them."""

    def hidden(targets: list[LabelTarget]) -> list[pa.Array]:
        seen = [target.silhouette for target in targets]
        gone = pa.array([one is None for one in seen], pa.bool_())
        hiders = [() if one is None else one.hiders for one in seen]
        flat = [hider for some in hiders for hider in some]
        rows = pa.array([row for row, _ in flat], pa.int32())
        parts = [*(name.take(rows) for name in names), pa.array([px for _, px in flat], pa.int64())]
        found = pa.StructArray.from_arrays(parts, fields=list(HIDER))
        offsets = pa.array(_offsets([len(some) for some in hiders]), pa.int32())
        return [pa.ListArray.from_arrays(offsets, found, mask=gone)]

    return [pa.field("hidden_by", pa.list_(HIDER))], hidden


def _of_box3d(name: str, kind: pa.DataType, attribute: str) -> Column:
    def value(target: LabelTarget) -> Any:
        return None if target.box3d is None else getattr(target.box3d, attribute)

    return _column(pa.field(name, kind), value)


def _count(name: str, attribute: str) -> Column:
    def value(target: LabelTarget) -> Any:
        return None if target.points is None else getattr(target.points, attribute)

    return _column(pa.field(name, pa.int64()), value)


def _asked(hiders: Sequence[pa.Array]) -> dict[str, list[Column]]:
    """The columns of each target."""
    plain = pa.float64()
    return {
        "box2d_full": [_box("box_full", lambda t: t.box_full)],
        "box2d_clipped": [_box("box_clipped", lambda t: t.box_clipped)],
        "box2d_visible": [_box("box_visible", lambda t: t.silhouette and t.silhouette.visible_box)],
        "outline": [_column(pa.field("outline_px", LOOPS), lambda t: _flat(t.outline))],
        "mask_whole": [
            _of_silhouette("mask_whole", pa.string(), "whole"),
            _of_silhouette("mask_whole_px", pa.int64(), "whole_px"),
        ],
        "mask_visible": [
            _of_silhouette("mask_visible", pa.string(), "visible"),
            _of_silhouette("mask_visible_px", pa.int64(), "visible_px"),
        ],
        "polyline": [([pa.field("pieces", pa.list_(PIECE))], _pieces)],
        "polygon": [_column(pa.field("rings_px", LOOPS), lambda t: _flat(t.rings))],
        "keypoints": [_column(pa.field("keypoints", pa.list_(KEYPOINT)), _keypoints)],
        "point_count": [_count("points_inside", "inside"), _count("points_visible", "visible")],
        "box3d": [
            _of_box3d("position_camera_m", _NUMBERS, "position_m"),
            _of_box3d("quat_xyzw", _NUMBERS, "quat_xyzw"),
            _of_box3d("size_m", _NUMBERS, "size_m"),
            _of_box3d("velocity_camera_mps", _NUMBERS, "velocity_mps"),
            _of_box3d("yaw_rate_radps", plain, "yaw_rate_radps"),
        ],
        "corners": [_column(pa.field("corners", pa.list_(_CORNER)), _corners)],
        "truncation": [_column(pa.field("truncation", plain), lambda t: t.truncation)],
        "truncation_surface": [
            _column(pa.field("truncation_surface", plain), lambda t: t.truncation_surface)
        ],
        "occlusion": [
            _of_silhouette("occlusion", plain, "hidden"),
            _hiders(hiders),
        ],
        "distance": [_column(pa.field("distance_m", plain), lambda t: t.distance_m)],
        "depth": [_column(pa.field("depth_m", plain), lambda t: t.depth_m)],
    }


class Columns:
    """Collects the rows of a chunk for one head, and makes tables of them.

    Args:
        values: What is the same for a label wherever it is seen.
        spec: Decides which columns there are.
        common: Values of a chunk: camera, width, height, calibration_hash, code_version.
    """

    def __init__(
        self,
        values: LabelValues,
        spec: TargetSpec,
        common: Mapping[str, Any],
    ) -> None:
        asked = _asked(values.hiders)
        self._spec = spec
        self._values = values
        self._common = common
        self._columns = [column for name in spec.targets for column in asked.get(name, ())]
        self._images: list[dict[str, Any]] = []
        self._rows: list[tuple[ImageRow, int, LabelTarget]] = []
        self._occluders: list[tuple[str, ...]] = []

    def add(self, image: ImageRow, found: ImageTargets, pictures: dict[str, str]) -> None:
        """Add an image: its targets, and where its pictures lie by target's name."""
        self._images.append(
            {
                "image": image.path,
                "time_ns": image.time_ns,
                "label_count": len(found.labels),
                "semantic": [
                    {"class": mask.class_name, "area_px": mask.area_px, "counts": mask.counts}
                    for mask in found.semantic
                ],
                "occluders": found.occluders,
                **pictures,
            }
        )
        self._occluders += [found.occluders] * len(found.labels)
        self._rows += [(image, number, target) for number, target in enumerate(found.labels, 1)]

    @property
    def row_count(self) -> int:
        """Labels in images."""
        return len(self._rows)

    def targets(self) -> pa.Table:
        """A row for each label in each image, by time, layer and id."""
        arrays, fields = image_columns(
            self._common,
            len(self._rows),
            pa.array([image.time_ns for image, _, _ in self._rows], pa.int64()),
            pa.array([image.path for image, _, _ in self._rows], pa.string()),
        )
        if self._spec.wants("id_picture"):
            fields.append(pa.field("instance", pa.int32(), nullable=False))
            arrays.append(pa.array([number for _, number, _ in self._rows], pa.int32()))
        targets = [target for _, _, target in self._rows]
        for field, array in self._values.columns(
            np.array([target.row for target in targets], dtype=np.int64),
            pa.array(_attributes(targets), pa.string()),
            pa.array([target.ignored for target in targets], pa.bool_()),
        ):
            fields.append(field)
            arrays.append(array)
        for own, make in self._columns:
            fields += own
            arrays += make(targets)
        if self._spec.needs_occluders:
            fields.append(OCCLUDERS)
            arrays.append(pa.array(self._occluders, OCCLUDERS.type))
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

    def images(self) -> pa.Table:
        """A row for each image, also where nothing is in it."""
        return images_table(self._common, self._spec, self._images)


def _attributes(targets: Sequence[LabelTarget]) -> list[str]:
    """The attributes of all rows, as JSON."""
    texts: dict[int, str] = {}
    for target in targets:
        # From image to image they are mostly the same object.
        if id(target.attributes) not in texts:
            texts[id(target.attributes)] = text_of(target.attributes)
    return [texts[id(target.attributes)] for target in targets]
