"""Argoverse 2 (sensor data set): ``<log>/annotations.feather``, boxes in the vehicle's frame.

A log's map is another layer of the same recording, see ``argoverse2_map.py``.
Each row is a box at a sweep: ego_from_box at its own time, whose quaternion is (w, x, y, z).
Layout: https://argoverse.github.io/user-guide/datasets/sensor.html.
"""

from pathlib import PurePosixPath

import numpy as np

from labelapp.imports.errors import defect
from labelapp.imports.files import Files
from labelapp.imports.formats import argoverse2_map
from labelapp.imports.reading import ClipGeometry, Reading, Recording
from labelapp.imports.tables import feather_of, numbers_of, texts_of, times_of
from projection import RigidTransform
from projection.sampled import Sampling, Seen, cuboids_of, usual_step_ns

_FILE = "annotations.feather"
_POINTS = "counts of lidar points in boxes: these aren't labels"
_SIZE = ("length_m", "width_m", "height_m")
_QUATERNION = ("qx", "qy", "qz", "qw")
_PLACE = ("tx_m", "ty_m", "tz_m")
_WITHIN_M = 1e-6
#: Sweeps come regularly; where one is missing, nothing at all was labelled at it.
_MISSING = 1.5


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each log's boxes, and for each log's map."""
    found = []
    for name in files.named(_FILE):
        log = PurePosixPath(name).parent.name or PurePosixPath(files.title).stem
        found.append(Recording(str(PurePosixPath(name).parent), (log,), name))
    return [*found, *argoverse2_map.recordings(files)]


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return a log's boxes as tracks in the world, where the clip's ego was; or its map."""
    name: str = recording.about
    if PurePosixPath(name).name != _FILE:
        return argoverse2_map.read(files, recording, geometry)
    table = feather_of(files, name)
    times = times_of(table, name, "timestamp_ns")
    tracks, classes = (texts_of(table, name, column) for column in ("track_uuid", "category"))
    sizes, places, turns = (
        numbers_of(table, name, columns) for columns in (_SIZE, _PLACE, _QUATERNION)
    )
    lengths = np.linalg.norm(turns, axis=1)
    for wrong, column, expected, values in (
        (np.abs(lengths - 1.0) > 1e-3, "qw", "a unit quaternion", turns),
        ((sizes <= 0.0).any(axis=1), "length_m", "sizes above 0", sizes),
    ):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise defect(name, expected, values[row].tolist(), row=row, field=column)
    reading = Reading()
    inside = geometry.inside(times, name, reading.report)
    poses = {time_ns: geometry.world_from_ego(time_ns, name) for time_ns in inside}
    seen = [
        Seen(
            tracks[row],
            classes[row],
            times[row],
            poses[times[row]] @ RigidTransform(places[row], turns[row]),
            tuple(sizes[row].tolist()),
            {},
        )
        for row in range(table.num_rows)
        if times[row] in poses
    ]
    counts = table.column("num_interior_pts") if "num_interior_pts" in table.schema.names else []
    if any(count.as_py() for count in counts):
        reading.report[_POINTS] += table.num_rows
    samples = sorted(poses)
    step = usual_step_ns(samples)
    longest = None if step is None else int(_MISSING * step)
    reading.labels = cuboids_of(seen, Sampling(samples, longest, _WITHIN_M), reading.report)
    return reading
