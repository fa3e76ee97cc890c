"""Targets as rows: each label in each image that shows some of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from labelapp.datasets.code_version import code_version
from labelapp.datasets.source import Piece, VersionedLabel
from projection import CuboidTarget, Track, View, project_cuboids

_BOX = ("u0", "v0", "u1", "v1")
_CORNER = pa.struct([("u_px", pa.float64()), ("v_px", pa.float64()), ("status", pa.uint8())])
#: Pixel (0, 0) is the centre of the top-left pixel. docs/exports.md describes the columns.
SCHEMA = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        pa.field("clip", pa.string(), nullable=False),
        pa.field("camera", pa.string(), nullable=False),
        pa.field("time_ns", pa.int64(), nullable=False),
        pa.field("image", pa.string(), nullable=False),
        pa.field("has_picture", pa.bool_(), nullable=False),
        pa.field("width", pa.int32(), nullable=False),
        pa.field("height", pa.int32(), nullable=False),
        pa.field("label_id", pa.string(), nullable=False),
        pa.field("label_version", pa.int32(), nullable=False),
        pa.field("class", pa.string(), nullable=False),
        pa.field("track", pa.int32(), nullable=False),
        *(pa.field(f"box_full_{name}_px", pa.float64()) for name in _BOX),
        *(pa.field(f"box_clipped_{name}_px", pa.float64(), nullable=False) for name in _BOX),
        pa.field("truncation", pa.float64(), nullable=False),
        pa.field("distance_m", pa.float64(), nullable=False),
        pa.field("depth_m", pa.float64(), nullable=False),
        pa.field("corners", pa.list_(_CORNER), nullable=False),
        pa.field("outline_px", pa.list_(pa.list_(pa.float64())), nullable=False),
        pa.field("attributes", pa.string(), nullable=False),
        pa.field("calibration_hash", pa.string(), nullable=False),
        pa.field("code_version", pa.string(), nullable=False),
    ]
)
#: Rows are written out when so many have come together: some 30 MB.
_ROWS_IN_MEMORY = 20_000

Row = dict[str, Any]


def piece_write(piece: Piece, path: Path, *, progress: Callable[[int], None]) -> None:
    """Project the labels of a piece's images, and write the targets to a Parquet file.

    Args:
        piece: which images.
        path: a local file.
        progress: told how many images are done.
    """
    with open_writer(path) as writer:
        rows: list[Row] = []
        for done, of_image in enumerate(_rows_by_image(piece), start=1):
            rows += of_image
            if len(rows) >= _ROWS_IN_MEMORY:
                writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
                rows = []
            progress(done)
        writer.write_table(pa.Table.from_pylist(rows, SCHEMA))


def open_writer(path: Path) -> pq.ParquetWriter:
    """Return a writer of targets; what it writes depends on the rows alone."""
    return pq.ParquetWriter(path, SCHEMA, compression="zstd", version="2.6")


def _rows_by_image(piece: Piece) -> Iterator[list[Row]]:
    source = piece.source
    camera = source.camera(piece.camera_number)
    images = source.manifest.cameras[piece.camera_number]
    versioned = {track.id: label for label, track in source.tracks}
    tracks: list[Track] = [track for _, track in source.tracks]
    for index in range(piece.first, piece.last):
        time_ns = int(images.times_ns[index])
        common: Row = {
            "clip_id": str(source.clip.pk),
            "clip": source.clip.name,
            "camera": images.name,
            "time_ns": time_ns,
            "image": source.image_path(piece.camera_number, index),
            "has_picture": bool(images.extensions[index]),
            "width": camera.width,
            "height": camera.height,
            "calibration_hash": images.calibration_hash,
            "code_version": code_version(),
        }
        view = View(camera, None, source.trajectory, time_ns)
        yield [
            common | _row(versioned[track.id], target)
            for track, target in project_cuboids(view, tracks)
        ]


def _row(versioned: VersionedLabel, target: CuboidTarget) -> Row:
    full = target.box_full or (None, None, None, None)
    attributes = dict(target.state.attributes)
    return {
        "label_id": versioned.label.id,
        "label_version": versioned.version,
        "class": versioned.label.class_name,
        "track": versioned.track,
        **{f"box_full_{name}_px": value for name, value in zip(_BOX, full, strict=True)},
        **{
            f"box_clipped_{name}_px": value
            for name, value in zip(_BOX, target.box_clipped, strict=True)
        },
        "truncation": target.truncation,
        "distance_m": target.distance_m,
        "depth_m": target.depth_m,
        "corners": [
            {"u_px": _number(u), "v_px": _number(v), "status": int(status)}
            for (u, v), status in zip(
                target.corners_uv.tolist(), target.corners_status, strict=True
            )
        ],
        "outline_px": [loop.ravel().tolist() for loop in target.outline],
        "attributes": orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode(),
    }


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
