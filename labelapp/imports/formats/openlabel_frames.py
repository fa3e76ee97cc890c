"""OpenLABEL's frames: their times, and the way from their coordinate systems to the world."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from labelapp.imports.alignment import Alignment
from labelapp.imports.reading import ClipGeometry
from projection import RigidTransform
from projection.io.values import parse_time
from projection.spec import Fields, SpecError, is_number, shown

_SCENE, _LOCAL = "scene_cs", "local_cs"
#: Units that whole numbers of a time may have, the finest first.
_UNITS_NS = (1, 1_000, 1_000_000, 1_000_000_000)
_NO_SYSTEM = "places without a coordinate system: they are taken for the clip's world"
_NO_TIME = "frames without a time: each is taken for the clip's tick of its number"
_DEEPEST = 32


@dataclass(frozen=True)
class Frame:
    """A frame of a file.

    Attributes:
        fields: What it has.
        time_ns: When it was.
        frames: All of them.
    """

    fields: Fields
    time_ns: int
    frames: "Frames"

    def world_from(self, system: Any, asked_by: Fields) -> RigidTransform:
        """Return the way from a coordinate system to the clip's world, at the frame's time."""
        return self.frames.world_from(system, self, asked_by)


class Frames:
    """The frames of a file in order of time.

    Args:
        whole: What is below ``openlabel``.
        geometry: The clip.
        report: Told what was odd.
        file: The file's path.
    """

    def __init__(
        self, whole: Fields, geometry: ClipGeometry, report: Counter[str], file: str
    ) -> None:
        self._geometry = geometry
        self._report = report
        self._file = file
        self._systems = (
            whole.child("coordinate_systems") if whole.has("coordinate_systems") else Fields({}, "")
        )
        frames = whole.child("frames") if whole.has("frames") else Fields({}, "")
        numbers = sorted(frames.values, key=_number)
        times = self._times([frames.child(number) for number in numbers], numbers)
        inside = geometry.inside(times, file, report)
        self._frames = [
            Frame(frames.child(number), time_ns, self)
            for number, time_ns in zip(numbers, times, strict=True)
            if time_ns in inside
        ]
        self.times_ns = sorted(inside)
        told = {frame.time_ns: self._pose(frame) for frame in self._frames}
        poses = {time_ns: pose for time_ns, pose in told.items() if pose is not None}
        self._alignment = Alignment(geometry, poses, report, "the scene's frame") if poses else None

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)

    @property
    def start_ns(self) -> int:
        """When the clip begins."""
        return self._geometry.trajectory.start_ns

    def world_from(self, system: Any, frame: Frame | None, asked_by: Fields) -> RigidTransform:
        """Return the way from a coordinate system to the world.

        Args:
            system: Its name; None: nothing was said.
            frame: At whose time; None: of what doesn't move.
            asked_by: What has a place in it.
        """
        if system is None:
            self._report[_NO_SYSTEM] += 1
            return RigidTransform.identity()
        above = RigidTransform.identity()
        name = str(system)
        for _ in range(_DEEPEST):
            if not self._systems.has(name):
                known = ", ".join(self._systems.values) or "none"
                raise asked_by.error(
                    "coordinate_system", f"one of the file's ({known})", shown(name)
                )
            about = self._systems.child(name)
            kind = about.values.get("type")
            if kind == _LOCAL and frame is not None:
                at = self._geometry.world_from_ego(frame.time_ns, self._file)
                return at @ above
            if kind == _SCENE or not about.values.get("parent"):
                return self._scene(frame) @ above
            parent = str(about.values["parent"])
            step = self._step(name, parent, about, frame)
            above, name = step @ above, parent
        raise asked_by.error("coordinate_system", "systems that lead to a scene's", shown(system))

    def _scene(self, frame: Frame | None) -> RigidTransform:
        if self._alignment is None:
            return RigidTransform.identity()
        time_ns = self.times_ns[0] if frame is None else frame.time_ns
        return self._alignment.world_from_global(time_ns)

    def _step(self, name: str, parent: str, about: Fields, frame: Frame | None) -> RigidTransform:
        moved = None if frame is None else _transform(frame.fields, name, parent)
        if moved is not None:
            return moved
        if about.has("pose_wrt_parent"):
            return _pose(about.child("pose_wrt_parent"))
        if frame is None and about.values.get("type") == _LOCAL:
            raise about.error("type", "a scene's system for what doesn't move", '"local_cs"')
        raise about.error("pose_wrt_parent", f"its place in '{parent}'")

    def _pose(self, frame: Frame) -> RigidTransform | None:
        """Return scene_from_vehicle as a frame says it, None where it doesn't."""
        for name in self._systems.values:
            about = self._systems.child(name)
            if about.values.get("type") == _LOCAL:
                return _transform(frame.fields, name, str(about.values.get("parent")))
        return None

    def _times(self, frames: list[Fields], numbers: list[str]) -> list[int]:
        stamps = [_stamp(frame) for frame in frames]
        if any(stamp is None for stamp in stamps):
            if all(stamp is None for stamp in stamps):
                return self._ticks(frames, numbers)
            first = next(i for i, stamp in enumerate(stamps) if stamp is None)
            raise frames[first].error("frame_properties.timestamp", "a time, as other frames have")
        known = [stamp for stamp in stamps if stamp is not None]
        return self._in_ns(known)

    def _ticks(self, frames: list[Fields], numbers: list[str]) -> list[int]:
        ticks = [int(tick) for tick in self._geometry.manifest.ticks_ns]
        found = []
        for frame, number in zip(frames, numbers, strict=True):
            if not number.isdecimal() or int(number) >= len(ticks):
                raise frame.error(
                    "frame_properties.timestamp",
                    f"a time, or a frame number below {len(ticks)}, the clip's ticks",
                    shown(number),
                )
            found.append(ticks[int(number)])
        if found:
            self._report[_NO_TIME] += len(found)
        return found

    def _in_ns(self, stamps: list[int | float]) -> list[int]:
        """Return times in nanoseconds: in the unit in which they lie within the clip."""
        first, last = self._geometry.trajectory.start_ns, self._geometry.trajectory.end_ns
        for unit in _UNITS_NS:
            times = [round(stamp * unit) for stamp in stamps]
            if any(first - unit <= time_ns <= last + unit for time_ns in times):
                if unit == 1:
                    return [int(stamp) for stamp in stamps]
                # What a coarse unit rounded is the tick that is nearest, where one is near.
                return [_nearest(self._geometry.manifest.ticks_ns, t, unit) for t in times]
        return [int(stamp) for stamp in stamps]


def _nearest(ticks_ns: Any, time_ns: int, unit_ns: int) -> int:
    ticks = np.array(ticks_ns, dtype=np.int64)
    if not len(ticks):
        return time_ns
    tick = int(ticks[int(np.argmin(np.abs(ticks - time_ns)))])
    return tick if abs(tick - time_ns) <= min(unit_ns, 1_000_000) else time_ns


def _number(text: str) -> tuple[int, str]:
    return (int(text), text) if text.isdecimal() else (1 << 62, text)


def _stamp(frame: Fields) -> int | float | None:
    """Return a frame's time as it is written; a date becomes nanoseconds; None: there is none."""
    if not frame.has("frame_properties"):
        return None
    properties = frame.child("frame_properties")
    value: Any = properties.values.get("timestamp")
    if value is None:
        return None
    whole = parse_time(value)
    if whole is not None:
        return whole
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return _date(value, properties)
    if not is_number(value):
        raise properties.error("timestamp", "a time")
    return float(value)


def _date(text: str, properties: Fields) -> int:
    try:
        date = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise properties.error("timestamp", "a number or a date") from error
    if date.tzinfo is None:
        date = date.replace(tzinfo=dt.UTC)
    passed = date - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (passed.days * 86400 + passed.seconds) * 10**9 + passed.microseconds * 1000


def _transform(frame: Fields, source: str, target: str) -> RigidTransform | None:
    """Return target_from_source as a frame has it."""
    if not frame.has("frame_properties"):
        return None
    properties = frame.child("frame_properties")
    if not properties.has("transforms"):
        return None
    transforms = properties.child("transforms")
    for name in transforms.values:
        about = transforms.child(name)
        if (about.values.get("src"), about.values.get("dst")) == (source, target):
            return _pose(about.child("transform_src_to_dst"))
    return None


def _pose(fields: Fields) -> RigidTransform:
    """Return a transform: a matrix of 16 values row by row, or a quaternion and a shift."""
    if fields.has("matrix4x4"):
        matrix = np.array(fields.numbers("matrix4x4", (16,))).reshape(4, 4)
        from scipy.spatial.transform import Rotation  # noqa: PLC0415  few need it

        if abs(np.linalg.det(matrix[:3, :3]) - 1.0) > 1e-3:
            raise fields.error("matrix4x4", "a rotation and a shift")
        return RigidTransform(matrix[:3, 3], Rotation.from_matrix(matrix[:3, :3]).as_quat())
    quat, shift = fields.numbers("quaternion", (4,)), fields.numbers("translation", (3,))
    try:
        return RigidTransform(shift, quat)
    except SpecError as error:
        raise fields.error("quaternion", error.expected, error.found) from None
