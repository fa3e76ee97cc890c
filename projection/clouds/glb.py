"""One tile's points as binary glTF 2.0, 16 bytes a point, and back.

glTF has y up: its (x, y, z) are the world's (x, z, -y). A tile of up to 65 m has its positions as
16-bit fractions of its cube (``KHR_mesh_quantization``), steps of at most 1 mm; a larger one as
float32 from its corner.
"""

import struct
from dataclasses import dataclass

import numpy as np
import orjson

from projection.arrays import Float64Array

#: Larger cubes would have steps of more than 1 mm in 16 bits.
MAX_QUANTIZED_M = 65.0
_STEPS = 65535.0
_MAGIC, _JSON, _BIN = b"glTF", b"JSON", b"BIN\x00"
_QUANTIZED = np.dtype(
    [("position", "<u2", 3), ("pad", "<u2"), ("color", "u1", 4), ("features", "u1", 4)]
)
_FLOAT = np.dtype([("position", "<f4", 3), ("color", "u1", 4), ("features", "u1", 4)])
_UNSIGNED_BYTE, _UNSIGNED_SHORT, _FLOAT32 = 5121, 5123, 5126


@dataclass(frozen=True, slots=True)
class Cube:
    """A node's cube: its lowest corner (3,), and how long its edges are, metres."""

    corner_m: Float64Array
    size_m: float


def encode_tile(records: np.ndarray, cube: Cube, origin_m: Float64Array) -> bytes:
    """A tile's points as ``.glb``.

    Args:
        records: (n,) of ``RECORD``, n at least 1.
        cube: In which they lie, counted from the same origin.
        origin_m: (3,) world; goes into the tile's transform, in float64.
    """
    local = records["position"].astype(np.float64) - cube.corner_m
    # The cube mirrored in y, since glTF's z is the world's -y.
    turned = np.stack([local[:, 0], local[:, 2], cube.size_m - local[:, 1]], axis=1)
    is_quantized = cube.size_m <= MAX_QUANTIZED_M
    vertices = np.zeros(len(records), dtype=_QUANTIZED if is_quantized else _FLOAT)
    if is_quantized:
        steps = np.rint(turned * (_STEPS / cube.size_m))
        vertices["position"] = np.clip(steps, 0.0, _STEPS).astype(np.uint16)
    else:
        vertices["position"] = turned
    vertices["color"] = records["color"]
    vertices["features"] = records["features"]
    corner = cube.corner_m + origin_m
    translation = [corner[0], corner[2], -(corner[1] + cube.size_m)]
    document = _document(vertices, translation, cube.size_m if is_quantized else 1.0)
    return _glb(orjson.dumps(document), vertices.tobytes())


def decode_tile(content: bytes) -> tuple[Float64Array, np.ndarray]:
    """A tile's positions (n, 3), world, metres, and its rows with ``color`` and ``features``.

    Raises:
        ValueError: It is none of ours, or cut off.
    """
    try:
        magic, _, total = struct.unpack_from("<4sII", content)
        json_size, json_kind = struct.unpack_from("<I4s", content, 12)
        document = orjson.loads(content[20 : 20 + json_size])
        _, bin_kind = struct.unpack_from("<I4s", content, 20 + json_size)
        accessor, node = document["accessors"][0], document["nodes"][0]
        is_quantized = accessor["componentType"] == _UNSIGNED_SHORT
        rows = np.frombuffer(
            content,
            _QUANTIZED if is_quantized else _FLOAT,
            accessor["count"],
            28 + json_size,
        )
    except (struct.error, ValueError, KeyError, IndexError, TypeError) as error:
        msg = f"tile: expected points in binary glTF, found otherwise ({error})"
        raise ValueError(msg) from error
    if (magic, json_kind, bin_kind) != (_MAGIC, _JSON, _BIN) or total != len(content):
        msg = f"tile: expected {total} bytes of binary glTF, found {len(content)}"
        raise ValueError(msg)
    scale = node["scale"][0] / (_STEPS if is_quantized else 1.0)
    placed = rows["position"] * scale + np.asarray(node["translation"])
    return np.stack([placed[:, 0], -placed[:, 2], placed[:, 1]], axis=1), rows


def _document(vertices: np.ndarray, translation: list[float], scale: float) -> dict[str, object]:
    positions = vertices["position"]
    is_quantized = vertices.dtype == _QUANTIZED
    stride = vertices.dtype.itemsize
    count = len(vertices)

    def accessor(offset: int, kind: int, shape: str, *, normalized: bool) -> dict[str, object]:
        found: dict[str, object] = {
            "bufferView": 0,
            "byteOffset": offset,
            "componentType": kind,
            "count": count,
            "type": shape,
        }
        return found | ({"normalized": True} if normalized else {})

    fields = vertices.dtype.fields
    assert fields is not None  # noqa: S101  a structured array
    place = {name: field[1] for name, field in fields.items()}
    kind = _UNSIGNED_SHORT if is_quantized else _FLOAT32
    extent = {"min": positions.min(axis=0).tolist(), "max": positions.max(axis=0).tolist()}
    return {
        "asset": {"version": "2.0"},
        **(
            {
                "extensionsUsed": ["KHR_mesh_quantization"],
                "extensionsRequired": ["KHR_mesh_quantization"],
            }
            if is_quantized
            else {}
        ),
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {
                "mesh": 0,
                "translation": [float(value) for value in translation],
                "scale": [float(scale)] * 3,
            }
        ],
        "meshes": [
            {
                "primitives": [
                    {"mode": 0, "attributes": {"POSITION": 0, "COLOR_0": 1, "_FEATURES": 2}}
                ]
            }
        ],
        "accessors": [
            accessor(0, kind, "VEC3", normalized=is_quantized) | extent,
            accessor(place["color"], _UNSIGNED_BYTE, "VEC4", normalized=True),
            accessor(place["features"], _UNSIGNED_BYTE, "VEC4", normalized=True),
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": count * stride, "byteStride": stride, "target": 34962}
        ],
        "buffers": [{"byteLength": count * stride}],
    }


def _glb(document: bytes, binary: bytes) -> bytes:
    document += b" " * (-len(document) % 4)
    binary += b"\x00" * (-len(binary) % 4)
    total = 12 + 8 + len(document) + 8 + len(binary)
    return b"".join(
        [
            struct.pack("<4sII", _MAGIC, 2, total),
            struct.pack("<I4s", len(document), _JSON),
            document,
            struct.pack("<I4s", len(binary), _BIN),
            binary,
        ]
    )
