"""KITTI object: a file of labels for each image, ``label_2/<frame>.txt``.

Boxes have no track: each becomes a label of its own, which is there at its image's time alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from labelapp.common.checking import Shown
from labelapp.imports.errors import defect
from labelapp.imports.files import Files
from labelapp.imports.formats.kitti import (
    SEEN_ALONE,
    WITHIN_M,
    boxes_of,
    camera_asked,
    camera_from_rect,
)
from labelapp.imports.formats.kitti_tracking import frame_times_ns
from labelapp.imports.reading import ClipGeometry, Reading, Recording
from projection.io.values import parse_time
from projection.sampled import Sampling, Seen, cuboids_of

_FOLDER = "label_2"
_LISTS = re.compile(r"\.images\.txt$")
_NO_TRACKS = "boxes without a track: each is a label of its own, at its image's time alone"


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame: its name, the folder above its files; where told, its image's camera and time."""

    name: str
    root: PurePosixPath
    camera: str = ""
    time_ns: int | None = None

    def file(self, folder: str) -> str:
        """Return the path of one of its files."""
        return str(self.root / folder / f"{self.name}.txt")


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each clip of ours; frames of others are one recording."""
    told = _told(files)
    found: dict[tuple[str, str], list[_Frame]] = {}
    for name in files.ending(".txt"):
        path = PurePosixPath(name)
        if path.parent.name != _FOLDER:
            continue
        root = path.parent.parent
        clip, camera, time_ns = told.get((str(root.parent), path.stem), ("", "", None))
        found.setdefault((str(root), clip), []).append(_Frame(path.stem, root, camera, time_ns))
    return [
        Recording(f"{root}/{clip}".removeprefix("./").rstrip("/"), (clip,), tuple(frames))
        for (root, clip), frames in found.items()
    ]


def _told(files: Files) -> dict[tuple[str, str], tuple[str, str, int | None]]:
    """Return clip, camera's folder and time of frames, where an export of ours says them."""
    found = {}
    for name in files.names:
        if _LISTS.search(name) is None:
            continue
        root = str(PurePosixPath(name).parent.parent)
        for line in files.text(name).splitlines():
            frame, _, image = line.partition(" ")
            parts = PurePosixPath(image).parts
            if len(parts) == 4:
                stem = PurePosixPath(image).stem
                found[root, frame] = (parts[1], parts[2], parse_time(stem))
    return found


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return the boxes of all frames in the world."""
    reading = Reading()
    seen = list(_seen(files, recording, geometry))
    if seen:
        reading.report[_NO_TRACKS] += len(seen)
        reading.report[SEEN_ALONE] += len(seen)
    times = sorted({box.time_ns for box in seen})
    # More moments than one: none of them is taken for the whole of the recording.
    samples = [*times, times[-1] + 1] if times else []
    reading.labels = cuboids_of(seen, Sampling(samples, None, WITHIN_M), reading.report)
    return reading


def _seen(files: Files, recording: Recording, geometry: ClipGeometry) -> Iterator[Seen]:
    for frame in recording.about:
        name = frame.file(_FOLDER)
        folders = camera_folders(geometry)
        told = folders.get(frame.camera, frame.camera)
        camera = camera_asked(geometry, name, told, "image_2")
        time_ns = frame.time_ns
        if time_ns is None:
            times = frame_times_ns(geometry, camera)
            if not frame.name.isdecimal() or int(frame.name) >= len(times):
                expected = f"a number of 0 to {len(times) - 1}, an image of camera '{camera}'"
                raise defect(name, expected, frame.name, field="frame")
            time_ns = times[int(frame.name)]
        mount = geometry.camera(camera).ego_from_camera
        calibration = frame.file("calib")
        if calibration not in files:
            raise defect(calibration, "the calibration of the frame", Shown("nothing"))
        if mount is None:
            raise defect(name, f"a place of camera '{camera}' on the vehicle", Shown("none"))
        shift = camera_from_rect(files, calibration, geometry, camera)
        for box in boxes_of(files, name, ()):
            world_from_ego = geometry.world_from_ego(time_ns, name, box.row)
            pose = world_from_ego @ mount @ shift @ box.rect_from_box
            track = f"{frame.name}-{box.row}"
            yield Seen(track, box.class_name, time_ns, pose, box.size_m, {})


def camera_folders(geometry: ClipGeometry) -> dict[str, str]:
    """Return cameras by the folders that exports have their images in."""
    plain = {
        re.sub(r"[^A-Za-z0-9_.-]+", "_", n).strip(".") or "_": n for n in geometry.camera_names
    }
    numbered = {f"{i}-{p}": n for i, (p, n) in enumerate(plain.items())}
    return {**numbered, **plain}
