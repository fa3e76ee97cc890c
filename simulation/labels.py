"""The perfect label sets of a simulated clip, in the form of `labelapp-labels/1`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial.transform import Rotation

from simulation.road import KERB_HEIGHT_M, KERB_LEFT_M, KERB_RIGHT_M, LANE_LINES, Street
from simulation.surface import crossing_ring, line_vertices, surface_ring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulation.scene import Body

FORMAT = "labelapp-labels/1"


def _rounded(values: NDArray[np.float64], decimals: int = 9) -> list[Any]:
    """Return plain numbers to a nanometre (or 1e-15 of a rotation): no digits that mean nothing."""
    result: list[Any] = np.round(values, decimals).tolist()
    return result


def objects_label_set(bodies: tuple[Body, ...], start_ns: int) -> dict[str, Any]:
    """Return the cuboids of all bodies; what stands has its one keyframe at `start_ns`."""
    return _label_set("objects", [_cuboid(body, start_ns) for body in bodies])


def _cuboid(body: Body, start_ns: int) -> dict[str, Any]:
    if body.track is not None:
        times = [str(int(t)) for t in body.track.times_ns]
        positions, quats = body.track.positions_m, body.track.quats_xyzw
    else:
        rotations, positions = body.at(start_ns)
        times = [str(start_ns)]
        quats = Rotation.from_matrix(rotations).as_quat()
    keyframes = [
        {"time_ns": time, "position_m": position, "quat_xyzw": quat}
        for time, position, quat in zip(
            times, _rounded(positions), _rounded(quats, 15), strict=True
        )
    ]
    return {
        "id": body.label_id,
        "class": body.class_name,
        "geometry": "cuboid",
        "attributes": dict(body.attributes),
        "static": body.track is None,
        "size_m": _rounded(body.shape.size_m),
        "interpolation": "linear",
        "keyframes": keyframes,
    }


def road_label_set(
    street: Street, rng: np.random.Generator, *, first_m: float, last_m: float, piece_m: float
) -> dict[str, Any]:
    """Return lane lines and kerbs in pieces, the carriageway, and the crossings.

    Args:
        street: What they lie on.
        rng: For their ids.
        first_m: Where along the street they begin.
        last_m: And end.
        piece_m: No line is longer.
    """
    labels: list[dict[str, Any]] = []

    def add(class_name: str, geometry: dict[str, Any], attributes: dict[str, Any]) -> None:
        label_id = str(uuid.UUID(bytes=rng.bytes(16), version=4))
        labels.append({"id": label_id, "class": class_name, **geometry, "attributes": attributes})

    pieces = list(_pieces(street, first_m, last_m, piece_m))
    for line in LANE_LINES:
        for first, last in pieces:
            vertices = line_vertices(street, line.d_m, first_m=first, last_m=last)
            geometry = {**_polyline(vertices), "width_m": line.width_m}
            add("lane_boundary", geometry, {"style": line.style})
    for d in (KERB_LEFT_M, KERB_RIGHT_M):
        for first, last in pieces:
            vertices = line_vertices(street, d, first_m=first, last_m=last, raised_m=KERB_HEIGHT_M)
            add("kerb", _polyline(vertices), {})
    for first, last in pieces:
        add("road_surface", _polygon(surface_ring(street, first, last)), {})
    for first, last in street.crossings:
        if first > first_m and last < last_m:
            add("crossing", _polygon(crossing_ring(street, first, last)), {})
    return _label_set("road", labels)


def _pieces(
    street: Street, first_m: float, last_m: float, piece_m: float
) -> Iterator[tuple[float, float]]:
    """Return stretches from station to station, each at most `piece_m` long, that meet."""
    stations = street.stations()
    stations = stations[(stations >= first_m) & (stations <= last_m)]
    start = 0
    while start < len(stations) - 1:
        end = int(np.searchsorted(stations, stations[start] + piece_m, side="right")) - 1
        end = min(max(end, start + 1), len(stations) - 1)
        yield float(stations[start]), float(stations[end])
        start = end


def _polyline(vertices: NDArray[np.float64]) -> dict[str, Any]:
    return {"geometry": "polyline", "vertices_m": _rounded(vertices), "closed": False}


def _polygon(ring: NDArray[np.float64]) -> dict[str, Any]:
    return {"geometry": "polygon", "rings_m": [_rounded(ring)]}


def _label_set(layer: str, labels: list[dict[str, Any]]) -> dict[str, Any]:
    return {"format": FORMAT, "layer": layer, "source": "simulation", "labels": labels}
