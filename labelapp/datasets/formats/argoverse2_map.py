"""The vector map of an Argoverse 2 log: ``map/log_map_archive_*.json``, in the city's frame.

Lanes there are pairs of boundaries; our lines know nothing of lanes, and none are made up for them.
So a line is a lane of no width: both of its boundaries are the line, the left one with its paint.
What the map has no field for stands beside its own fields, where its readers pass over it: whose
label it is, class, attributes. Layout: https://argoverse.github.io/user-guide/api/hd_maps.html.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import orjson

from labelapp.datasets.formats.losses import WHOLE, note_copy
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.formats.world import ClipWorld
from labelapp.datasets.source import VersionedLabel
from projection.io import read_label
from projection.labels import Polygon, Polyline
from projection.target_spec import TargetSpec
from quality import Resolution

#: By what classes are called among the targets; a spec that renames classes makes them these.
_LINES = frozenset(
    {"lane_boundary", "lane_marking", "lane_line", "road_edge", "road_boundary", "kerb", "curb"}
)
_AREAS = frozenset({"drivable_area", "drivable", "road_surface", "road"})
_CROSSINGS = frozenset({"pedestrian_crossing", "crossing", "crosswalk", "zebra_crossing"})
_MARK_TYPES = frozenset(
    {
        *(f"{style}_{color}" for color in ("WHITE", "YELLOW") for style in (
            "DASH_SOLID", "DASHED", "DOUBLE_SOLID", "DOUBLE_DASH", "SOLID", "SOLID_DASH")),
        "SOLID_BLUE", "NONE", "UNKNOWN",
    }
)  # fmt: skip
_STYLES = {
    "solid": "SOLID", "dashed": "DASHED", "double_solid": "DOUBLE_SOLID",
    "double_dashed": "DOUBLE_DASH", "solid_dashed": "SOLID_DASH", "dashed_solid": "DASH_SOLID",
}  # fmt: skip
_PAINTED = frozenset({"lane_boundary", "lane_marking", "lane_line"})
_OTHERS = "lines and surfaces that the map has no kind for: a spec may rename classes"
_CORNERS = "crossings that have other than four corners, or holes"
_HOLES = "drivable areas whose holes are left out"
_NO_WIDTH = "lines, which are lanes of no width there: both boundaries are the line"
_SHARED = "lines and surfaces whose id one of another layer has: they are called otherwise there"
_KEPT = frozenset({"id", "class", "geometry", "attributes"})
_CORNER_COUNT = 4


def holds_map(spec: TargetSpec) -> bool:
    """Return whether a spec is of lines or surfaces."""
    kinds = spec.geometries
    is_of_these = kinds is None or "polyline" in kinds or "polygon" in kinds
    return is_of_these and spec.wants(
        "polyline", "polygon", "outline", "mask_whole", "mask_visible"
    )


def map_name(log: str) -> str:
    """Return what a log's map is called; where others say the city, ours says that it has none."""
    return f"log_map_archive_{log}____LOCAL_city_0.json"


def map_of(targets: TargetsReader, world: ClipWorld) -> bytes | None:
    """Return a clip's map, None where it has nothing of it.

    Args:
        targets: What is asked for; its ``report`` and ``lost`` are told what the map can't hold.
        world: Of the clip.
    """
    if not holds_map(targets.spec):
        return None
    kinds: dict[str, dict[str, Any]] = {
        "pedestrian_crossings": {}, "lane_segments": {}, "drivable_areas": {},
    }  # fmt: skip
    taken: set[str] = set()
    for number, (versioned, class_name) in enumerate(_asked(world), 1):
        found = _entry(targets, versioned, class_name)
        if found is None:
            targets.lost[WHOLE] += 1
            continue
        kind, entry, kept = found
        spec = versioned.label.spec
        about = {"layer": versioned.layer, "category": class_name}
        if versioned.label.id in taken:
            targets.report[_SHARED] += 1
            kept["id"] = f"{versioned.layer}/{versioned.label.id}"
        taken.add(kept["id"])
        about |= {"label_id": kept["id"], "attributes": spec.get("attributes", {})}
        kinds[kind][str(number)] = {"id": number, **entry, **about}
        note_copy(targets, world.clip, versioned.label, read_label(kept), Resolution())
    return orjson.dumps(kinds) if any(kinds.values()) else None


def _asked(world: ClipWorld) -> Iterator[tuple[VersionedLabel, str]]:
    for versioned in world.clip.labels:
        name = world.spec.class_of_label(versioned.label, versioned.layer)
        if name is not None and isinstance(versioned.label, Polyline | Polygon):
            yield versioned, name


def _entry(
    targets: TargetsReader, versioned: VersionedLabel, class_name: str
) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    """Return the kind, the map's fields, and what is read of them; None: it can't be held."""
    label = versioned.label
    kept = {name: value for name, value in label.spec.items() if name in _KEPT}
    if isinstance(label, Polyline) and class_name in _LINES:
        targets.report[_NO_WIDTH] += 1
        more = {name: label.spec[name] for name in ("closed", "width_m") if name in label.spec}
        kept |= {"vertices_m": label.spec["vertices_m"], **more}
        return "lane_segments", {**_lane(label, class_name), **more}, kept
    rings = label.spec.get("rings_m", [])
    if isinstance(label, Polygon) and class_name in _AREAS:
        targets.report[_HOLES] += len(rings) > 1
        return "drivable_areas", {"area_boundary": _points(rings[0])}, kept | {"rings_m": rings[:1]}
    if isinstance(label, Polygon) and class_name in _CROSSINGS:
        if len(rings) != 1 or len(rings[0]) != _CORNER_COUNT:
            targets.report[_CORNERS] += 1
            return None
        ring = _along(rings[0])
        edges = {"edge1": _points(ring[:2]), "edge2": _points(ring[:1:-1])}
        return "pedestrian_crossings", edges, kept | {"rings_m": [ring]}
    targets.report[_OTHERS] += 1
    return None


def _lane(line: Polyline, class_name: str) -> dict[str, Any]:
    points = _points(line.spec["vertices_m"])
    return {
        "is_intersection": False,
        "lane_type": "VEHICLE",
        "left_lane_boundary": points,
        "left_lane_mark_type": _mark_type(line, class_name),
        "right_lane_boundary": points,
        "right_lane_mark_type": "NONE",
        "left_neighbor_id": None,
        "right_neighbor_id": None,
        "predecessors": [],
        "successors": [],
    }


def _mark_type(line: Polyline, class_name: str) -> str:
    """Return a line's paint as the map calls it; what isn't painted is ``NONE``."""
    own = line.attributes.get("mark_type")
    if own in _MARK_TYPES:
        return str(own)
    style = str(line.attributes.get("style"))
    if class_name not in _PAINTED or style == "none":
        return "NONE"
    found = f"{_STYLES.get(style)}_{str(line.attributes.get('marking_color')).upper()}"
    return found if found in _MARK_TYPES else "UNKNOWN"


def _points(points: Sequence[Sequence[float]]) -> list[dict[str, float]]:
    return [dict(zip("xyz", point, strict=True)) for point in points]


def _along(ring: list[list[float]]) -> list[list[float]]:
    """Return four corners, turned so that the longer sides are from the first and the third.

    The map's edges are those that lead across the street.
    """
    sides = np.linalg.norm(np.array(ring) - np.roll(np.array(ring), -1, axis=0), axis=1)
    return ring if sides[0] + sides[2] >= sides[1] + sides[3] else [*ring[1:], ring[0]]
