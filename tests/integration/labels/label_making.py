"""Labels and operations as clients make them."""

import uuid
from typing import Any


def cuboid(label_id: str, x_m: float = 0.0, **changes: Any) -> dict[str, Any]:
    """A car at one keyframe."""
    label = {
        "id": label_id,
        "class": "car",
        "geometry": "cuboid",
        "attributes": {},
        "static": False,
        "size_m": [4.5, 1.9, 1.6],
        "interpolation": "linear",
        "keyframes": [
            {"time_ns": "1000", "position_m": [x_m, 0.0, 0.8], "quat_xyzw": [0.0, 0.0, 0.0, 1.0]}
        ],
    }
    return label | changes


def put(label: dict[str, Any], base_version: int = 0, **changes: Any) -> dict[str, Any]:
    """An operation that puts a label."""
    operation = {
        "operation_id": str(uuid.uuid4()),
        "kind": "put",
        "label_id": label["id"],
        "base_version": base_version,
        "label": label,
    }
    return operation | changes


def delete(label_id: str, base_version: int, **changes: Any) -> dict[str, Any]:
    """An operation that deletes a label."""
    operation = {
        "operation_id": str(uuid.uuid4()),
        "kind": "delete",
        "label_id": label_id,
        "base_version": base_version,
    }
    return operation | changes


def batch(*operations: dict[str, Any]) -> dict[str, Any]:
    """A batch as it is sent."""
    return {"batch_id": str(uuid.uuid4()), "operations": list(operations)}
