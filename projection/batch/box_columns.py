"""Columns of boxes that come as whole arrays: the same tables as ``Columns`` makes, to the byte."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from projection.arrays import BoolArray, Float64Array
from projection.batch.box_rows import BoxRows
from projection.batch.box_stamping import Stamped, Texts
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
from projection.batch.label_table import BatchLabel
from projection.io.clip_folder import ImageRow
from projection.target_spec import TargetSpec

_Columns = list[tuple[pa.Field, pa.Array]]
#: Makes the columns of a target.
_Maker = Callable[[LabelValues, BoxRows], _Columns]


class BoxColumns:
    """Makes the tables of a chunk for one head.

    Args:
        labels: The label table.
        values: What is the same for a label wherever it is seen.
        spec: Decides which columns there are.
        common: Values of a chunk, see ``Columns``.
        images: Those that the head takes, and the place of each in the chunk.
        found: The boxes.
    """

    def __init__(
        self,
        labels: Sequence[BatchLabel],
        values: LabelValues,
        spec: TargetSpec,
        common: Mapping[str, Any],
        images: Mapping[int, ImageRow],
        found: BoxRows,
    ) -> None:
        self._labels = labels
        self._values = values
        self._spec = spec
        self._common = common
        self._images = images
        self._found = found

    @property
    def row_count(self) -> int:
        """Labels in images."""
        return len(self._found)

    def targets(self) -> pa.Table:
        """A row for each label in each image, by time, layer and id."""
        found = self._found
        places = {place: number for number, place in enumerate(self._images)}
        where = np.zeros(max(places, default=0) + 1, dtype=np.int64)
        where[list(places)] = list(places.values())
        numbers = pa.array(where[found.images])
        arrays, fields = image_columns(
            self._common,
            len(found),
            pa.array([image.time_ns for image in self._images.values()], pa.int64()).take(numbers),
            pa.array([image.path for image in self._images.values()], pa.string()).take(numbers),
        )
        own = self._values.columns(
            found.rows, self._attributes(), pa.array(found.ignored, pa.bool_())
        )
        columns = own + [
            column for name in self._spec.targets for column in _MAKERS[name](self._values, found)
        ]
        for field, array in columns:
            fields.append(field)
            arrays.append(array)
        if self._spec.needs_occluders:
            fields.append(OCCLUDERS)
            arrays.append(pa.array([found.occluders] * len(found), OCCLUDERS.type))
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

    def _attributes(self) -> pa.Array:
        """Those of each row at its image's time, as JSON."""
        found = self._found
        times = np.zeros(max(self._images, default=0) + 1, dtype=np.int64)
        times[list(self._images)] = [image.time_ns for image in self._images.values()]
        names = np.zeros(len(found), dtype=np.int32)
        known: dict[int, int] = {}
        texts: list[str] = []
        order = np.argsort(found.rows, kind="stable")
        bounds = np.flatnonzero(np.diff(found.rows[order], prepend=-1, append=-1))
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            own = order[first:last]
            track = self._labels[int(found.rows[own[0]])].track
            if track is None:
                continue
            states, which = track.attributes_of(times[found.images[own]])
            numbers = []
            for state in states:
                # From image to image they are mostly the same object.
                if id(state) not in known:
                    known[id(state)] = len(texts)
                    texts.append(text_of(state))
                numbers.append(known[id(state)])
            names[own] = np.array(numbers, dtype=np.int32)[which]
        return pa.array(texts, pa.string()).take(pa.array(names))

    def images(self) -> pa.Table:
        """A row for each image, also where nothing is in it."""
        found = self._found
        counts = np.bincount(found.images, minlength=max(self._images, default=0) + 1)
        return images_table(
            self._common,
            self._spec,
            [
                {
                    "image": image.path,
                    "time_ns": image.time_ns,
                    "label_count": int(counts[place]),
                    "semantic": [],
                    "occluders": found.occluders,
                }
                for place, image in self._images.items()
            ],
        )


def _numbers(name: str, values: Float64Array, gone: BoolArray | None = None) -> _Columns:
    return [(pa.field(name, pa.float64()), pa.array(values, pa.float64(), mask=gone))]


def _sides(name: str, boxes: Float64Array) -> _Columns:
    gone = ~np.isfinite(boxes[:, 0])
    values = np.where(gone[:, None], np.nan, boxes)
    return [
        column
        for end, side in zip(BOX, values.T, strict=True)
        for column in _numbers(f"{name}_{end}_px", np.ascontiguousarray(side), gone)
    ]


def _visible_sides(seen: Stamped) -> Float64Array:
    """(n, 4) half a pixel around the pixels that are seen; NaN: none is."""
    there = seen.boxes_px[:, 2] >= seen.boxes_px[:, 0]
    reach = seen.boxes_px + np.array([-0.5, -0.5, 0.5, 0.5])
    return np.where(there[:, None], reach, np.nan)


def _occlusion(values: LabelValues, found: BoxRows) -> _Columns:
    seen = _seen(found)
    share = 1.0 - seen.seen_px / np.maximum(seen.whole_px, 1)
    hidden = np.where(seen.whole_px > 0, share, 0.0)
    there = seen.hiders >= 0
    rows = pa.array(seen.hiders[there])
    parts = [name.take(rows) for name in values.hiders]
    structs = pa.StructArray.from_arrays(
        [*parts, pa.array(seen.hider_px[there])], fields=list(HIDER)
    )
    offsets = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    # A mask of nothing, as ``Columns`` has it: the same bytes.
    gone = pa.array(np.zeros(len(found), dtype=np.bool_))
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs, mask=gone)
    return [*_numbers("occlusion", hidden), (pa.field("hidden_by", pa.list_(HIDER)), lists)]


def _mask(name: str, found: BoxRows, which: int) -> _Columns:
    seen, masks = _seen(found), found.masks
    assert masks is not None  # noqa: S101  for the type alone
    sizes = seen.seen_px if which else seen.whole_px
    return [
        (pa.field(name, pa.string()), _texts(masks[which], found)),
        (pa.field(f"{name}_px", pa.int64()), pa.array(sizes)),
    ]


def _texts(masks: Texts, found: BoxRows) -> pa.Array:
    """The strings of some masks."""
    count = len(masks.ends)
    # Those that weren't asked for have none, and end where the one before them does.
    ends = np.maximum.accumulate(masks.ends) if count else masks.ends
    offsets = np.concatenate([[0], ends]).astype(np.int64)
    whole = pa.LargeStringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(masks.content))
    )
    return whole.take(pa.array(found.chosen)).cast(pa.string())


def _seen(found: BoxRows) -> Stamped:
    assert found.seen is not None  # noqa: S101  whoever wants this had it drawn
    return found.seen


def _nothing(name: str, kind: pa.DataType) -> _Maker:
    """A column of what boxes never have."""
    return lambda _, found: [(pa.field(name, kind), pa.nulls(len(found), kind))]


_MAKERS: dict[str, _Maker] = {
    "box2d_full": lambda _, found: _sides("box_full", found.box_full),
    "box2d_clipped": lambda _, found: _sides("box_clipped", found.box_clipped),
    "box2d_visible": lambda _, found: _sides("box_visible", _visible_sides(_seen(found))),
    "mask_whole": lambda _, found: _mask("mask_whole", found, 0),
    "mask_visible": lambda _, found: _mask("mask_visible", found, 1),
    "polyline": _nothing("pieces", pa.list_(PIECE)),
    "polygon": _nothing("rings_px", LOOPS),
    "keypoints": _nothing("keypoints", pa.list_(KEYPOINT)),
    "point_count": lambda _, found: [
        (pa.field(name, pa.int64()), pa.nulls(len(found), pa.int64()))
        for name in ("points_inside", "points_visible")
    ],
    "truncation": lambda _, found: _numbers("truncation", found.truncation),
    "occlusion": _occlusion,
    "distance": lambda _, found: _numbers("distance_m", found.distance_m),
    "depth": lambda _, found: _numbers("depth_m", found.depth_m),
}
