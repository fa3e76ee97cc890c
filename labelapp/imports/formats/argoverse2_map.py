"""The vector map of an Argoverse 2 log: ``<log>/map/log_map_archive_*.json``, in the city's frame.

Lanes there are pairs of boundaries that two neighbours share; here each boundary is a line of its
own, once. Layout: https://argoverse.github.io/user-guide/api/hd_maps.html.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from labelapp.common.checking import Shown
from labelapp.imports.alignment import Alignment
from labelapp.imports.errors import blaming, defect
from labelapp.imports.files import Files
from labelapp.imports.reading import ClipGeometry, Reading, Recording
from labelapp.imports.tables import feather_of, numbers_of, times_of
from projection import RigidTransform
from projection.spec import Fields

#: Of its labels: boxes of the same log are another layer's.
LAYER = "road"
_START = "log_map_archive_"
#: Beside a map's own fields, in exports of ours: whose label it is.
_OWN = "label_id"
_POSES = "city_SE3_egovehicle.feather"
_LANES, _AREAS, _CROSSINGS = "lane_segments", "drivable_areas", "pedestrian_crossings"
_UNPAINTED = ("NONE", "UNKNOWN")
_LINKS = (
    "lanes of which the boundaries alone are kept: what they are for, which way they go and which"
    " lanes come before, after and beside them is left out"
)
_SHARED = "boundaries that two lanes share: one line"
_SHORT = "boundaries of a single point, which are left out"
_DIGITS = 9


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each map."""
    found = []
    for name in files.ending(".json"):
        path = PurePosixPath(name)
        if path.name.startswith(_START):
            # The file's name says the log as well, where its folder was not sent.
            log = path.name.removeprefix(_START).partition("____")[0].removesuffix(".json")
            if len(files.names) > 1:
                log = _folder(name).name or PurePosixPath(files.title).stem
            found.append(Recording(name, (log,), name))
    return found


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return a map's boundaries, areas and crossings in the clip's world."""
    name = recording.name
    reading = Reading(layer=LAYER)
    poses = _poses(files, str(_folder(name) / _POSES))
    alignment = Alignment(geometry, poses, reading.report, "the city's frame")
    places = _Places(alignment, geometry)
    layers: set[str] = set()
    document = files.json(name)
    if not isinstance(document, dict):
        raise defect(name, "an object", document)
    of_kind: dict[str, Callable[[str, Fields], list[dict[str, Any]]]] = {
        _LANES: _Boundaries(places, reading.report).of,
        _AREAS: lambda key, area: [_area(key, area, places)],
        _CROSSINGS: lambda key, crossing: [_crossing(key, crossing, places)],
    }
    for kind, labels_of in of_kind.items():
        entries = document.get(kind, {})
        if not isinstance(entries, Mapping):
            raise defect(name, "an object", entries, field=kind)
        for key, entry in entries.items():
            with blaming(name, f"{kind} {key}"):
                fields = Fields(entry, "")
                found = labels_of(str(key), fields)
                if _OWN in fields.values:
                    found = [_as_exported(fields, found[0])] if found else []
                    layers.add(fields.text("layer"))
                reading.labels += found
    lanes = sum(_OWN not in lane for lane in document.get(_LANES, {}).values())
    if lanes:
        reading.report[_LINKS] += lanes
    reading.layer = layers.pop() if len(layers) == 1 else LAYER
    if not reading.labels:
        raise defect(name, f"some of {', '.join(of_kind)}", Shown("none"))
    return reading


def _as_exported(fields: Fields, label: dict[str, Any]) -> dict[str, Any]:
    """Return a label of an export of ours with what stands beside the map's own fields."""
    label |= {"id": fields.text(_OWN), "class": fields.text("category")}
    label["attributes"] = dict(fields.child("attributes").values)
    if label["geometry"] == "polyline":
        label["closed"] = fields.values.get("closed") is True
        if fields.has("width_m"):
            label["width_m"] = fields.number("width_m")
    return label


def _folder(name: str) -> PurePosixPath:
    """Return a map's log's folder."""
    path = PurePosixPath(name).parent
    return path.parent if path.name == "map" else path


def _poses(files: Files, name: str) -> dict[int, RigidTransform]:
    """Return city_from_ego by time; none where the file wasn't sent."""
    if name not in files:
        return {}
    table = feather_of(files, name)
    times = times_of(table, name, "timestamp_ns")
    places = numbers_of(table, name, ("tx_m", "ty_m", "tz_m"))
    turns = numbers_of(table, name, ("qx", "qy", "qz", "qw"))
    lengths = np.linalg.norm(turns, axis=1)
    wrong = np.abs(lengths - 1.0) > 1e-3
    if wrong.any():
        row = int(np.argmax(wrong))
        raise defect(name, "a unit quaternion", turns[row].tolist(), row=row, field="qw")
    turns = turns / lengths[:, None]
    return {
        time_ns: RigidTransform(place, turn)
        for time_ns, place, turn in zip(times, places, turns, strict=True)
    }


class _Places:
    """Takes points of the city to the clip's world.

    Args:
        alignment: Between them.
        geometry: Of the clip.
    """

    def __init__(self, alignment: Alignment, geometry: ClipGeometry) -> None:
        whole = geometry.trajectory
        # Nothing of a map moves: one way from frame to frame keeps its pieces together.
        self._world_from_city = alignment.world_from_global((whole.start_ns + whole.end_ns) // 2)
        same = RigidTransform.identity()
        # Exports of ours: as they were, to the last digit.
        self._is_same = bool(
            np.array_equal(self._world_from_city.position_m, same.position_m)
            and np.array_equal(self._world_from_city.quat_xyzw, same.quat_xyzw)
        )

    def of(self, fields: Fields, field: str, at_least: int) -> list[list[float]]:
        """Return the points of a field in the world, none twice in a row."""
        found = fields.values.get(field)
        if not isinstance(found, list):
            raise fields.error(field, f"at least {at_least} points")
        points = []
        for index, point in enumerate(found):
            one = Fields(point, "", f"{field}[{index}].")
            points.append([one.number(axis) for axis in ("x", "y", "z")])
        if len(points) < at_least:
            raise fields.error(field, f"at least {at_least} points")
        if self._is_same:
            return _once(points)
        world = self._world_from_city.apply(np.array(points, dtype=np.float64))
        return _once([[round(float(v), _DIGITS) + 0.0 for v in point] for point in world])


def _once(points: list[list[float]]) -> list[list[float]]:
    """Return points without those that are the same as the one before."""
    return [point for index, point in enumerate(points) if index == 0 or point != points[index - 1]]


class _Boundaries:
    """Lines of lanes, those that two lanes share once."""

    def __init__(self, places: _Places, report: Counter[str]) -> None:
        self._places = places
        self._report = report
        self._there: set[tuple[tuple[float, ...], ...]] = set()

    def of(self, key: str, lane: Fields) -> list[dict[str, Any]]:
        """Return the boundaries of a lane that no lane before had."""
        found = []
        # Of exports of ours, both boundaries are the same line.
        is_own = _OWN in lane.values
        for side in ("left",) if is_own else ("left", "right"):
            mark = lane.text(f"{side}_lane_mark_type")
            line = self._places.of(lane, f"{side}_lane_boundary", 1)
            if len(line) < 2:
                self._report[_SHORT] += 1
                continue
            way = tuple(tuple(point) for point in line)
            way = min(way, way[::-1])
            if way in self._there and not is_own:
                self._report[_SHARED] += 1
                continue
            self._there.add(way)
            is_painted = mark not in _UNPAINTED
            found.append(
                {
                    "id": f"lane-{key}-{side}",
                    "class": "lane_marking" if is_painted else "lane_boundary",
                    "geometry": "polyline",
                    "vertices_m": line,
                    "closed": False,
                    "attributes": {"mark_type": mark} if is_painted else {},
                }
            )
        return found


def _area(key: str, area: Fields, places: _Places) -> dict[str, Any]:
    ring = places.of(area, "area_boundary", 3)
    if ring[0] == ring[-1]:
        ring = ring[:-1]
    return _polygon(f"area-{key}", "drivable_area", ring)


def _crossing(key: str, crossing: Fields, places: _Places) -> dict[str, Any]:
    """Return a crossing; its two edges lead the same way."""
    there, back = (places.of(crossing, edge, 2) for edge in ("edge1", "edge2"))
    return _polygon(f"crossing-{key}", "pedestrian_crossing", there + back[::-1])


def _polygon(name: str, class_name: str, ring: list[list[float]]) -> dict[str, Any]:
    return {
        "id": name,
        "class": class_name,
        "geometry": "polygon",
        "rings_m": [ring],
        "attributes": {},
    }
