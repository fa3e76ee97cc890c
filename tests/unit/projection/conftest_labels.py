"""Labels that tests start from."""

from typing import Any

POLYLINE: dict[str, Any] = {
    "id": "line",
    "class": "lane_line",
    "geometry": "polyline",
    "vertices_m": [[5.0, 1.5, 0.0], [40.0, 1.5, 0.0]],
    "closed": False,
    "width_m": 0.15,
    "attributes": {},
}
POLYGON: dict[str, Any] = {
    "id": "area",
    "class": "road",
    "geometry": "polygon",
    "rings_m": [
        [[2.0, -5.0, 0.0], [60.0, -5.0, 0.0], [60.0, 5.0, 0.0], [2.0, 5.0, 0.0]],
        [[20.0, 0.0, 0.0], [22.0, 0.0, 0.0], [21.0, 1.0, 0.0]],
    ],
    "attributes": {},
}


def cuboid(label_id: str = "a", **more: Any) -> dict[str, Any]:
    """A label of the format, changed where the test wants it."""
    label = {
        "id": label_id,
        "class": "car",
        "geometry": "cuboid",
        "attributes": {"parked": True},
        "static": False,
        "size_m": [4.5, 1.9, 1.5],
        "interpolation": "linear",
        "keyframes": [
            {"time_ns": "0", "position_m": [12.0, 1.0, 0.8], "quat_xyzw": [0, 0, 0, 1]},
            {"time_ns": "100000000", "position_m": [13.0, 1.0, 0.8], "quat_xyzw": [0, 0, 0, 1]},
        ],
    }
    return {**label, **more}


def label_set(*labels: dict[str, Any]) -> dict[str, Any]:
    """A label set of these labels."""
    return {
        "format": "labelapp-labels/1",
        "layer": "objects",
        "source": "gold",
        "labels": list(labels),
    }
