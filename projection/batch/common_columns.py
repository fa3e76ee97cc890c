"""What tables of targets have in common, however their rows came to be."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from projection.batch.label_table import BatchLabel
from projection.batch.scenery import SOURCES
from projection.labels import Attributes
from projection.target_spec import PICTURE_TARGETS, TargetSpec

BOX = ("u0", "v0", "u1", "v1")
LOOPS = pa.list_(pa.list_(pa.float64()))
PIECE = pa.struct(
    [
        ("uv_px", pa.list_(pa.float64())),
        ("parameter", pa.list_(pa.float64())),
        ("visible", pa.bool_()),
    ]
)
KEYPOINT = pa.struct(
    [
        ("name", pa.string()),
        ("u_px", pa.float64()),
        ("v_px", pa.float64()),
        ("depth_m", pa.float64()),
        ("status", pa.uint8()),
    ]
)
HIDER = pa.struct(
    [
        ("what", pa.string()),
        ("layer", pa.string()),
        ("label_id", pa.string()),
        ("px", pa.int64()),
    ]
)
OCCLUDERS = pa.field("occluders", pa.list_(pa.string()), nullable=False)
_SEMANTIC = pa.struct([("class", pa.string()), ("area_px", pa.int64()), ("counts", pa.string())])
#: Of what each row says about its label, what may be missing.
_NULLABLE = ("label_version",)
#: What is the same for all rows of an image.
_OF_IMAGE = (
    pa.field("camera", pa.string(), nullable=False),
    pa.field("time_ns", pa.int64(), nullable=False),
    pa.field("image", pa.string()),
    pa.field("width", pa.int32(), nullable=False),
    pa.field("height", pa.int32(), nullable=False),
    pa.field("calibration_hash", pa.string(), nullable=False),
    pa.field("code_version", pa.string(), nullable=False),
)


def text_of(attributes: Attributes) -> str:
    """Attributes as JSON."""
    return json.dumps(dict(attributes), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class LabelValues:
    """What is the same for a label wherever it is seen.

    Args:
        labels: The label table.
        classes: Of each label its class among the head's targets.
    """

    def __init__(self, labels: Sequence[BatchLabel], classes: Sequence[str | None]) -> None:
        texts: dict[str, Iterable[str | None]] = {
            "layer": (entry.layer for entry in labels),
            "label_id": (entry.label.id for entry in labels),
            "label_hash": (entry.content_hash for entry in labels),
            "class": classes,
            "label_class": (entry.label.class_name for entry in labels),
            "geometry": (entry.label.geometry for entry in labels),
        }
        versions = pa.array([entry.version for entry in labels], pa.int64())
        made = {name: pa.array(list(values), pa.string()) for name, values in texts.items()}
        order = ("layer", "label_id", "label_version", "label_hash", "class", "label_class")
        made["label_version"] = versions
        self._known = {name: made[name] for name in (*order, "geometry")}
        beyond = [None] * len(SOURCES)
        #: Of labels, and of what of the scenery comes after them: what each is, layer and id.
        self.hiders = (
            pa.array(["label"] * len(labels) + list(SOURCES), pa.string()),
            pa.array([entry.layer for entry in labels] + beyond, pa.string()),
            pa.array([entry.label.id for entry in labels] + beyond, pa.string()),
        )

    def columns(
        self, rows: npt.NDArray[np.int64], attributes: pa.Array, ignored: pa.Array
    ) -> list[tuple[pa.Field, pa.Array]]:
        """The columns that every row has of its label.

        Args:
            rows: (n,) of the label table.
            attributes: (n,) at the image's time, as JSON.
            ignored: (n,) whether it breaks a visibility rule.
        """
        places = pa.array(rows)
        columns = {name: values.take(places) for name, values in self._known.items()}
        columns |= {"attributes": attributes, "ignored": ignored}
        return [
            (pa.field(name, values.type, nullable=name in _NULLABLE), values)
            for name, values in columns.items()
        ]


def image_columns(
    common: Mapping[str, Any], count: int, times_ns: pa.Array, paths: pa.Array
) -> tuple[list[pa.Array], list[pa.Field]]:
    """The columns that every row has of its image.

    Args:
        common: Values of the chunk.
        count: Rows.
        times_ns: (count,) the images' times.
        paths: (count,) the images' names.
    """
    own = {"time_ns": times_ns, "image": paths}
    arrays = [
        own[field.name]
        if field.name in own
        else pa.repeat(pa.scalar(common[field.name], field.type), count)
        for field in _OF_IMAGE
    ]
    return arrays, list(_OF_IMAGE)


def images_table(
    common: Mapping[str, Any], spec: TargetSpec, rows: Sequence[Mapping[str, Any]]
) -> pa.Table:
    """A row for each image, also where nothing is in it.

    Args:
        common: Values of the chunk.
        spec: Decides which columns there are.
        rows: Of each image ``time_ns``, ``image``, ``label_count``, ``semantic``, ``occluders``,
            and where its pictures lie by target's name.
    """
    arrays, fields = image_columns(
        common,
        len(rows),
        pa.array([row["time_ns"] for row in rows], pa.int64()),
        pa.array([row["image"] for row in rows], pa.string()),
    )
    extra = [pa.field("label_count", pa.int32(), nullable=False)]
    if spec.wants("semantic"):
        extra.append(pa.field("semantic", pa.list_(_SEMANTIC), nullable=False))
    extra.append(OCCLUDERS)
    pictures = [name for name in PICTURE_TARGETS if spec.wants(name)]
    extra += [pa.field(name, pa.string(), nullable=False) for name in pictures]
    arrays += [pa.array([row[field.name] for row in rows], field.type) for field in extra]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields + extra))
