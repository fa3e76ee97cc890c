"""What a format's reader is given, and what it says."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labelapp.clips.manifest import Manifest
from labelapp.common.checking import Shown
from labelapp.imports.errors import ImportDefectError, defect
from projection import Camera, RigidTransform, Trajectory
from projection.trajectory import OutsideTrajectoryError

#: A clip may be a part of what others labelled.
OUTSIDE = "moments outside the clip's time: what is there is left out"


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording that files have labels of.

    Attributes:
        name: What the files call it; unique among them.
        keys: All that may tell which clip it is: ids, names, names of folders.
        about: What the reader needs to find it again.
    """

    name: str
    keys: tuple[str, ...] = ()
    about: Any = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody says of the files beyond their format.

    Attributes:
        camera: Which of the clip's cameras took the images that labels are of, where files don't
            say (KITTI).
        rate_hz: How many frames there are a second, from the clip's start on, where files have no
            times (KITTI); None: frame i is the camera's image i.
    """

    camera: str = ""
    rate_hz: float | None = None


@dataclass(frozen=True)
class ClipGeometry:
    """What labels are carried into the world by.

    Attributes:
        manifest: The clip's cameras, with their images' times, and ticks.
        trajectory: The ego's way through the world.
        asked: What somebody says of the files.
    """

    manifest: Manifest
    trajectory: Trajectory
    asked: Asked = field(default_factory=Asked)

    def world_from_ego(
        self, time_ns: int, file: str, row: int | str | None = None
    ) -> RigidTransform:
        """Return the ego's pose.

        Raises:
            ImportDefectError: The clip has none at this time.
        """
        try:
            return self.trajectory.at(time_ns)
        except OutsideTrajectoryError as error:
            first, last = self.trajectory.start_ns, self.trajectory.end_ns
            place = file if row is None else f"{file}, row {row}"
            expected = f"a time within the clip, {first} to {last} ns"
            msg = f"{place}, time: expected {expected}, found {time_ns}."
            details = {
                "file": file, "row": row, "field": "time", "expected": expected,
                "found": str(time_ns),
            }  # fmt: skip
            raise ImportDefectError(msg, details=details) from error

    def inside(self, times_ns: Iterable[int], file: str, report: Counter[str]) -> set[int]:
        """Return those of some moments that the clip has; a clip may be a part of a recording.

        Raises:
            ImportDefectError: It has none of them.
        """
        times = set(times_ns)
        found = {time_ns for time_ns in times if self.trajectory.covers(time_ns, time_ns)}
        if times and not found:
            first, last = self.trajectory.start_ns, self.trajectory.end_ns
            expected = f"some within the clip, {first} to {last} ns"
            said = Shown(f"{min(times)} to {max(times)}")
            raise defect(file, expected, said, field="time")
        if len(found) < len(times):
            report[OUTSIDE] += len(times) - len(found)
        return found

    def camera(self, name: str) -> Camera:
        """Return a camera, which the clip has."""
        return Camera.from_dict(self.manifest.cameras[self.manifest.camera_number(name)].spec)

    def has_camera(self, name: str) -> bool:
        """Return whether the clip has a camera of this name."""
        return name in self.camera_names

    @property
    def camera_names(self) -> list[str]:
        """The names of the clip's cameras."""
        return [camera.name for camera in self.manifest.cameras]

    def image_times_ns(self, name: str) -> list[int]:
        """Return the times of a camera's images."""
        times = self.manifest.cameras[self.manifest.camera_number(name)].times_ns
        return [int(time) for time in times]

    def snapped(self, time_ns: int, resolution_ns: int) -> int:
        """Return the tick that a time stands for which a format has rounded, else the time."""
        ticks = self.ticks_by_part(resolution_ns)
        return ticks.get(time_ns // resolution_ns, time_ns)

    def ticks_by_part(self, resolution_ns: int) -> Mapping[int, int]:
        """Return the ticks by what a format keeps of them."""
        found: dict[int, Mapping[int, int]] = self.__dict__.setdefault("_parts", {})
        if resolution_ns not in found:
            found[resolution_ns] = {
                int(tick) // resolution_ns: int(tick) for tick in self.manifest.ticks_ns
            }
        return found[resolution_ns]


@dataclass(slots=True)
class Reading:
    """The labels of one recording.

    Attributes:
        labels: As in ``labelapp-labels/1``; classes as the files call them.
        report: Sentences about what was odd or left out, and how often.
        layer: The layer that the files say, None: none.
    """

    labels: list[dict[str, Any]] = field(default_factory=list)
    report: Counter[str] = field(default_factory=Counter)
    layer: str | None = None
