"""nuScenes: tables of JSON. Boxes are in the data set's global frame, at the samples.

Schema: https://github.com/nutonomy/nuscenes-devkit/blob/master/docs/schema_nuscenes.md. Rotations
are [w, x, y, z], sizes [width, length, height], times microseconds.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from labelapp.common.checking import Shown
from labelapp.imports.alignment import Alignment
from labelapp.imports.errors import blaming, defect
from labelapp.imports.files import Files
from labelapp.imports.reading import ClipGeometry, Reading, Recording
from labelapp.imports.spilling import SpilledRows
from projection import RigidTransform
from projection.io.values import parse_time
from projection.labels import AttributeValue
from projection.sampled import Sampling, Seen, cuboids_of
from projection.spec import Fields

_ANNOTATIONS = "sample_annotation.json"
#: Tables with a row for each box, image or pose: of the whole training set a gigabyte each. They
#: are read once, row by row, and kept on disk; by which of their fields they are asked for.
_LARGE = {"sample_annotation": "sample_token", "sample_data": "sample_token", "ego_pose": "token"}
_MICROSECOND_NS = 1000
_WITHIN_M = 1e-6
_TWO_NAMES = "instances whose label_id another one has: they are called by their token"
_POINTS = "annotations that count lidar or radar points: these aren't labels"
_VISIBILITY = "annotations with a visibility: it follows from the world, and is left out"


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each scene."""
    found = []
    for name in files.named(_ANNOTATIONS):
        tables = _Tables(files, PurePosixPath(name).parent)
        logs = {row.token: row.fields.values.get("logfile") for row in tables.rows("log")}
        for scene in tables.rows("scene"):
            with blaming(tables.name("scene"), scene.place):
                title = scene.fields.text("name")
                log = logs.get(str(scene.fields.values.get("log_token")))
            keys = (title, scene.token, str(scene.fields.values.get("description")), str(log))
            recording = f"{tables.folder}/{title}"
            found.append(Recording(recording, keys, (tables, scene.token)))
    return found


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return a scene's instances as tracks in the world."""
    del files
    tables, scene = recording.about
    reading = Reading()
    found = _samples(tables, scene, geometry)
    inside = geometry.inside(found.values(), tables.name("sample"), reading.report)
    samples = {token: time_ns for token, time_ns in found.items() if time_ns in inside}
    alignment = Alignment(geometry, _poses(tables, samples), reading.report, "the global frame")
    names = _track_names(tables, reading.report)
    seen = list(_seen(tables, samples, names, alignment, reading.report))
    sampling = Sampling(sorted(samples.values()), None, _WITHIN_M)
    reading.labels = cuboids_of(seen, sampling, reading.report)
    return reading


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table: its token, its place for sentences, its fields."""

    token: str
    place: str
    fields: Fields


class _Tables:
    """The tables of one version; each is read when it is first asked for."""

    def __init__(self, files: Files, folder: PurePosixPath) -> None:
        self._files = files
        self.folder = folder
        self._rows: dict[str, list[_Row]] = {}
        self._spilled: SpilledRows | None = None

    def name(self, table: str) -> str:
        """Return a table's path."""
        return str(self.folder / f"{table}.json")

    def has(self, table: str) -> bool:
        """Return whether there is such a table."""
        return self.name(table) in self._files

    def rows(self, table: str) -> list[_Row]:
        """Return a table's rows."""
        if table not in self._rows:
            self._rows[table] = list(self._read(table))
        return self._rows[table]

    def rows_of(self, table: str, keys: Iterable[str]) -> list[_Row]:
        """Return those rows of a large table that have one of these keys, in the file's order."""
        if self._spilled is None:
            # Several versions may lie in one folder each: each has rows of its own.
            self._spilled = SpilledRows(Path(tempfile.mkdtemp(dir=self._files.scratch)))
        if table not in self._spilled:
            self._spilled.put(table, self._keyed(table))
        return [self._row(table, *row) for row in self._spilled.get(table, keys)]

    def _keyed(self, table: str) -> Iterator[tuple[str, int, Any]]:
        for number, entry in self._entries(table):
            row = self._row(table, number, entry)
            # Of images and sweeps between samples nothing is asked.
            if table != "sample_data" or row.fields.values.get("is_key_frame"):
                yield str(row.fields.values.get(_LARGE[table])), number, entry

    def by_token(self, table: str, token: str, *, asked_by: tuple[str, str, str]) -> _Row:
        """Return a row; ``asked_by``: table, row and field that name it."""
        found = self._index(table).get(token)
        if found is None:
            of, place, field = asked_by
            raise defect(
                self.name(of), f"the token of a row of {table}", token, row=place, field=field
            )
        return found

    @cached_property
    def _indices(self) -> dict[str, dict[str, _Row]]:
        return {}

    def _index(self, table: str) -> dict[str, _Row]:
        if table not in self._indices:
            self._indices[table] = {row.token: row for row in self.rows(table)}
        return self._indices[table]

    def _read(self, table: str) -> Iterator[_Row]:
        for number, entry in self._entries(table):
            yield self._row(table, number, entry)

    def _entries(self, table: str) -> Iterator[tuple[int, Any]]:
        name = self.name(table)
        if name not in self._files:
            raise defect(str(self.folder), f"the table {table}.json", Shown("nothing"))
        yield from enumerate(self._files.json_rows(name))

    def _row(self, table: str, number: int, entry: Any) -> _Row:
        with blaming(self.name(table), number):
            fields = Fields(entry, "")
            token = fields.text("token")
        return _Row(token, f"token {token}", fields)


def _samples(tables: _Tables, scene: str, geometry: ClipGeometry) -> dict[str, int]:
    """Return the times of a scene's samples by their tokens."""
    found = {}
    for row in tables.rows("sample"):
        if row.fields.values.get("scene_token") == scene:
            found[row.token] = _time(tables, "sample", row, geometry)
    return found


def _time(tables: _Tables, table: str, row: _Row, geometry: ClipGeometry) -> int:
    """Return a row's time: to the nanosecond where ours say it, else the tick that was rounded."""
    own = parse_time(row.fields.values.get("time_ns"))
    if own is not None:
        return own
    stamp = parse_time(row.fields.values.get("timestamp"))
    if stamp is None or abs(stamp) > 1 << 52:
        found = row.fields.values.get("timestamp")
        name = tables.name(table)
        raise defect(name, "whole microseconds", found, row=row.place, field="timestamp")
    return geometry.snapped(stamp * _MICROSECOND_NS, _MICROSECOND_NS)


def _poses(tables: _Tables, samples: dict[str, int]) -> dict[int, RigidTransform]:
    """Return where the vehicle was at the images and sweeps that belong to samples."""
    if not tables.has("sample_data") or not tables.has("ego_pose"):
        return {}
    shots = tables.rows_of("sample_data", samples)
    tokens = [str(shot.fields.values.get("ego_pose_token")) for shot in shots]
    poses = {row.token: row for row in tables.rows_of("ego_pose", dict.fromkeys(tokens))}
    found = {}
    for shot, token in zip(shots, tokens, strict=True):
        pose = poses.get(token)
        if pose is None:
            name, expected = tables.name("sample_data"), "the token of a row of ego_pose"
            raise defect(name, expected, token, row=shot.place, field="ego_pose_token")
        stamp = parse_time(pose.fields.values.get("time_ns"))
        if stamp is None:
            stamp = (parse_time(pose.fields.values.get("timestamp")) or 0) * _MICROSECOND_NS
        found[stamp] = _pose(tables, "ego_pose", pose)
    return found


def _pose(tables: _Tables, table: str, row: _Row) -> RigidTransform:
    with blaming(tables.name(table), row.place):
        w, x, y, z = row.fields.numbers("rotation", (4,))
        place = row.fields.numbers("translation", (3,))
        try:
            return RigidTransform(place, (x, y, z, w))
        except ValueError as error:
            raise row.fields.error("rotation", "a unit quaternion") from error


def _track_names(tables: _Tables, report: Counter[str]) -> dict[str, str]:
    """Return what instances are called: as the label that was exported, else by their token."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for row in tables.rows("instance"):
        own = row.fields.values.get("label_id")
        name = own if isinstance(own, str) and own else row.token
        if name in taken:
            # Two layers may use one id; two scenes as well, of which one is read.
            report[_TWO_NAMES] += 1
        taken.add(name)
        names[row.token] = name
    del report[_TWO_NAMES]
    return names


def _seen(
    tables: _Tables,
    samples: dict[str, int],
    names: dict[str, str],
    alignment: Alignment,
    report: Counter[str],
) -> Iterator[Seen]:
    of_name: dict[str, str] = {}
    for row in tables.rows_of("sample_annotation", samples):
        time_ns = samples[str(row.fields.values.get("sample_token"))]
        token = str(row.fields.values.get("instance_token"))
        asked = ("sample_annotation", row.place, "instance_token")
        instance = tables.by_token("instance", token, asked_by=asked)
        if of_name.setdefault(names[token], token) != token:
            report[_TWO_NAMES] += 1
            names[token] = token
            of_name[token] = token
        asked = ("instance", instance.place, "category_token")
        wanted = str(instance.fields.values.get("category_token"))
        category = tables.by_token("category", wanted, asked_by=asked)
        with blaming(tables.name("category"), category.place):
            class_name = category.fields.text("name")
        with blaming(tables.name("sample_annotation"), row.place):
            width, length, height = row.fields.numbers("size", (3,))
            if min(width, length, height) <= 0.0:
                raise row.fields.error("size", "three numbers above 0")
        pose = alignment.world_from_global(time_ns) @ _pose(tables, "sample_annotation", row)
        if row.fields.values.get("num_lidar_pts") or row.fields.values.get("num_radar_pts"):
            report[_POINTS] += 1
        if row.fields.values.get("visibility_token"):
            report[_VISIBILITY] += 1
        size = (length, width, height)
        attributes = _attributes(tables, row)
        yield Seen(names[token], class_name, time_ns, pose, size, attributes)


def _attributes(tables: _Tables, row: _Row) -> dict[str, AttributeValue]:
    tokens = row.fields.values.get("attribute_tokens") or []
    found = {}
    for token in tokens if isinstance(tokens, list) else ():
        asked = ("sample_annotation", row.place, "attribute_tokens")
        attribute = tables.by_token("attribute", str(token), asked_by=asked)
        with blaming(tables.name("attribute"), attribute.place):
            name, value = attribute_of(attribute.fields.text("name"))
        found[name] = value
    return found


def attribute_of(text: str) -> tuple[str, AttributeValue]:
    """Return the name and value of an attribute such as ``vehicle.moving`` or ``parked.true``.

    Values are texts unless they are JSON's numbers and truth values; names with a dot, and texts
    that would be taken for something else, are in quotes. Without a dot, it is a name that is true.
    """
    if text.startswith('"'):
        end = _end_of_quoted(text)
        name, rest = str(orjson.loads(text[:end])), text[end:].removeprefix(".")
    else:
        name, dot, rest = text.partition(".")
        if not dot:
            return name, True
    try:
        value = orjson.loads(rest)
    except orjson.JSONDecodeError:
        return name, rest
    return name, value if isinstance(value, str | int | float | bool) else rest


def _end_of_quoted(text: str) -> int:
    place = 1
    while place < len(text) and text[place] != '"':
        place += 2 if text[place] == "\\" else 1
    return place + 1
