"""KITTI object: a file of labels for each image, ``label_2/<frame>.txt``.

Boxes have no track: each becomes a label of its own, which is there at its image's time alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from labelapp.imports.errors import defect
from labelapp.imports.files import Files
from labelapp.imports.formats.kitti import (
    SEEN_ALONE,
    WITHIN_M,
    LabelFile,
    boxes_of,
    camera_asked,
    ego_from_rect,
    frame_times_ns,
    label_files,
)
from labelapp.imports.reading import ClipGeometry, Reading, Recording
from projection.io.values import parse_time
from projection.sampled import Sampling, Seen, cuboids_of

_FOLDER = "label_2"
_LISTS = re.compile(r"\.images\.txt$")
_NO_TRACKS = "boxes without a track: each is a label of its own, at its image's time alone"


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame: its file of labels; where told, its image's camera and time."""

    file: LabelFile
    camera: str = ""
    time_ns: int | None = None


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each clip of ours; frames of others are one recording."""
    told = _told(files)
    found: dict[tuple[str, str], list[_Frame]] = {}
    for file in label_files(files, _FOLDER):
        root = str(file.root)
        clip, camera, time_ns = told.get((str(file.root.parent), file.name), ("", "", None))
        found.setdefault((root, clip), []).append(_Frame(file, camera, time_ns))
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
        name, number = frame.file.beside(_FOLDER), frame.file.name
        folders = camera_folders(geometry)
        told = folders.get(frame.camera, frame.camera)
        camera = camera_asked(geometry, name, told, "image_2")
        time_ns = frame.time_ns
        if time_ns is None:
            times = frame_times_ns(geometry, camera)
            if not number.isdecimal() or int(number) >= len(times):
                expected = f"a number of 0 to {len(times) - 1}, an image of camera '{camera}'"
                raise defect(name, expected, number, field="frame")
            time_ns = times[int(number)]
        mount = ego_from_rect(files, name, frame.file.beside("calib"), geometry, camera)
        for box in boxes_of(files, name, ()):
            world_from_ego = geometry.world_from_ego(time_ns, name, box.row)
            pose = world_from_ego @ mount @ box.rect_from_box
            track = f"{number}-{box.row}"
            yield Seen(track, box.class_name, time_ns, pose, box.size_m, {})


def camera_folders(geometry: ClipGeometry) -> dict[str, str]:
    """Return cameras by the folders that exports have their images in."""
    plain = {
        re.sub(r"[^A-Za-z0-9_.-]+", "_", n).strip(".") or "_": n for n in geometry.camera_names
    }
    numbered = {f"{i}-{p}": n for i, (p, n) in enumerate(plain.items())}
    return {**numbered, **plain}
