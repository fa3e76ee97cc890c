"""KITTI tracking: a file of labels for each sequence, ``label_02/<sequence>.txt``.

Exports of ours have several sequences of a clip, one for each of its cameras; tracks have the same
number in all of them. Sequences of others are a recording each.
"""

import re
from collections import Counter
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
from projection.sampled import Sampling, Seen, cuboids_of, usual_step_ns

_FOLDER = "label_02"
_LISTS = re.compile(r"sequences\.[^/]+\.txt$")
#: A thing may be out of sight in one image, and in the next one of another camera.
_MISSING = 1.5


@dataclass(frozen=True, slots=True)
class _Sequence:
    """A sequence: its file of labels, its camera where that is told."""

    file: LabelFile
    camera: str


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each clip of ours, or each sequence."""
    told = _told(files)
    found: dict[tuple[str, str], list[_Sequence]] = {}
    for file in label_files(files, _FOLDER):
        clip, camera = told.get((str(file.root.parent), file.name), ("", ""))
        key = (str(file.root), clip or file.name)
        found.setdefault(key, []).append(_Sequence(file, camera))
    return [
        Recording(f"{root}/{name}".removeprefix("./"), (name,), tuple(sequences))
        for (root, name), sequences in found.items()
    ]


def _told(files: Files) -> dict[tuple[str, str], tuple[str, str]]:
    """Return clip and camera of sequences, where an export of ours says them."""
    found = {}
    for name in files.names:
        if _LISTS.search(name) is None:
            continue
        for line in files.text(name).splitlines():
            parts = line.split(" ", 2)
            if len(parts) == 3:
                found[str(PurePosixPath(name).parent), parts[0]] = (parts[1], parts[2])
    return found


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return the tracks of a recording's sequences in the world."""
    reading = Reading()
    seen: list[Seen] = []
    times: set[int] = set()
    steps = []
    for sequence in recording.about:
        own_times, own = _read_sequence(files, sequence, geometry, reading.report)
        seen += own
        times |= set(own_times)
        steps.append(usual_step_ns(own_times))
    if seen:
        reading.report[SEEN_ALONE] += len(seen)
    known = [step for step in steps if step is not None]
    longest = int(_MISSING * max(known)) if known else None
    if len(recording.about) == 1:
        sampling = Sampling(sorted(times), longest, WITHIN_M)
    else:
        # Not every camera sees everything: only a long time without it is a gap.
        ends = sorted(times)
        sampling = Sampling([ends[0], ends[-1]] if ends else [], longest, WITHIN_M)
    reading.labels = cuboids_of(seen, sampling, reading.report)
    return reading


def _read_sequence(
    files: Files, sequence: _Sequence, geometry: ClipGeometry, report: Counter[str]
) -> tuple[list[int], list[Seen]]:
    name = sequence.file.beside(_FOLDER)
    camera = camera_asked(geometry, name, sequence.camera, "image_02")
    times = _times(files, sequence, geometry, camera)
    inside = geometry.inside(times, sequence.file.beside("times"), report)
    mount = ego_from_rect(files, name, sequence.file.beside("calib"), geometry, camera)
    found = []
    last = 0
    for box in boxes_of(files, name, ("frame", "track")):
        frame, track = box.leading
        if not 0 <= frame < len(times):
            expected = f"0 to {len(times) - 1}, a frame of camera '{camera}'"
            raise defect(name, expected, frame, row=box.row, field="frame")
        last = max(last, frame)
        time_ns = times[frame]
        if time_ns not in inside:
            continue
        world_from_ego = geometry.world_from_ego(time_ns, name, box.row)
        pose = world_from_ego @ mount @ box.rect_from_box
        found.append(Seen(str(track), box.class_name, time_ns, pose, box.size_m, {}))
    said = times if geometry.asked.rate_hz is None else times[: last + 1]
    return [time_ns for time_ns in said if time_ns in inside], found


def _times(files: Files, sequence: _Sequence, geometry: ClipGeometry, camera: str) -> list[int]:
    """Return the times of frames: as an export of ours has them, else the camera's images'."""
    name = sequence.file.beside("times")
    if name in files:
        times = []
        for row, line in enumerate(files.text(name).split(), start=1):
            time_ns = parse_time(line)
            if time_ns is None:
                raise defect(name, "a whole number of nanoseconds", line, row=row)
            times.append(time_ns)
        return times
    return frame_times_ns(geometry, camera)
