"""KITTI's lines of labels and calibrations, which its object and tracking layouts share.

A label's place is the middle of its lower side in the rectified frame of camera 0 (x right, y down,
z forward), its turn about y alone. Of the clip's cameras one took the images: a box goes from the
rectified frame to that camera by the shift that its projection matrix has, and on by the clip's
calibration and its ego's pose at the image's time.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from labelapp.common.checking import Shown
from labelapp.imports.errors import defect
from labelapp.imports.files import Files
from labelapp.imports.reading import ClipGeometry
from projection import RigidTransform
from projection.arrays import Float64Array

#: Said in a report of every file that has boxes.
SEEN_ALONE = "boxes whose truncation and occlusion are left out: they follow from the world"
#: What is to be ignored, in images alone.
IGNORED = "DontCare"
#: Places have four digits after the point; a turn's six are worth less for boxes of 20 m.
WITHIN_M = 1e-3
_FIELDS = (
    "type", "truncated", "occluded", "alpha", "left", "top", "right", "bottom", "height", "width",
    "length", "x", "y", "z", "rotation_y",
)  # fmt: skip
#: Two cameras whose focal lengths are this close may be the same.
_SAME_PX = 0.5


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A file of labels: its name, which calibration and others share, and the folder above all."""

    name: str
    root: PurePosixPath

    def beside(self, folder: str) -> str:
        """Return the path of the file of this name in a folder."""
        return str(self.root / folder / f"{self.name}.txt")


def label_files(files: Files, folder: str) -> Iterator[LabelFile]:
    """Yield the files of labels, which lie in folders of one name."""
    for name in files.ending(".txt"):
        path = PurePosixPath(name)
        if path.parent.name == folder:
            yield LabelFile(path.stem, path.parent.parent)


@dataclass(frozen=True, slots=True)
class KittiBox:
    """A line of labels.

    Attributes:
        row: From 1.
        leading: What stands before the type: frame and track where there are any.
        class_name: The type.
        rect_from_box: Where its centre is in the rectified frame of camera 0.
        size_m: Length, width, height.
    """

    row: int
    leading: tuple[int, ...]
    class_name: str
    rect_from_box: RigidTransform
    size_m: tuple[float, float, float]


def boxes_of(files: Files, name: str, leading: tuple[str, ...]) -> Iterator[KittiBox]:
    """Yield the boxes of a file; what is to be ignored is in images alone, and isn't among them.

    Args:
        files: What was sent.
        name: The file's path.
        leading: Whole numbers before the type, by what they are called.
    """
    for row, line in enumerate(files.text(name).splitlines(), start=1):
        parts = line.split()
        if not parts:
            continue
        expected = len(leading) + len(_FIELDS)
        # A score may stand at the end.
        if len(parts) not in (expected, expected + 1):
            raise defect(
                name, f"{expected} values in a line", Shown(f"{len(parts)} of them"), row=row
            )
        numbers = [_whole(name, row, *pair) for pair in zip(leading, parts, strict=False)]
        values = dict(zip(_FIELDS, parts[len(leading) :], strict=False))
        if values["type"] == IGNORED:
            continue
        read = {key: _number(name, row, key, values[key]) for key in _FIELDS[1:]}
        size = (read["length"], read["width"], read["height"])
        if min(size) <= 0.0:
            raise defect(name, "a box larger than nothing", size, row=row, field="height")
        centre = (read["x"], read["y"] - read["height"] / 2, read["z"])
        pose = RigidTransform(centre, _turned(read["rotation_y"]))
        yield KittiBox(row, tuple(numbers), values["type"], pose, size)


def _turned(rotation_y: float) -> Float64Array:
    """Return rect_from_box: the box's x forward, z up; turned by 0, its x is the frame's x."""
    c, s = math.cos(rotation_y), math.sin(rotation_y)
    # Columns: the box's x, y and z seen in the rectified frame, y of which is down.
    matrix = np.array([[c, s, 0.0], [0.0, 0.0, -1.0], [-s, c, 0.0]])
    return _quaternion(matrix)


def _quaternion(matrix: Float64Array) -> Float64Array:
    from scipy.spatial.transform import Rotation  # noqa: PLC0415  half a second that few need

    return np.asarray(Rotation.from_matrix(matrix).as_quat(), dtype=np.float64)


def _number(name: str, row: int, field: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise defect(name, "a number", text, row=row, field=field) from error
    if not abs(value) <= 1e100:
        raise defect(name, "a finite number", text, row=row, field=field)
    return value


def _whole(name: str, row: int, field: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise defect(name, "a whole number", text, row=row, field=field) from error


def camera_from_rect(
    files: Files, name: str, geometry: ClipGeometry, camera: str, number: int = 2
) -> RigidTransform:
    """Return the shift from the rectified frame of camera 0 to that of a camera.

    Args:
        files: What was sent.
        name: The calibration file's path.
        geometry: The clip.
        camera: Its name in the clip.
        number: Its number in KITTI.

    Raises:
        ImportDefectError: There is no projection matrix, or it isn't this camera's.
    """
    matrix = projection_of(files, name, number)
    k = matrix[:, :3]
    params = geometry.camera(camera).spec["params"]
    found = (k[0, 0], k[1, 1], k[0, 2], k[1, 2])
    if all(key in params for key in ("fx", "fy", "cx", "cy")):
        ours = tuple(float(params[key]) for key in ("fx", "fy", "cx", "cy"))
        if max(abs(a - b) for a, b in zip(ours, found, strict=True)) > _SAME_PX:
            expected = f"the matrix of camera '{camera}' of the clip, fx fy cx cy {ours}"
            raise defect(name, expected, [float(v) for v in found], row=f"P{number}")
    shift = np.linalg.solve(k, matrix[:, 3])
    return RigidTransform(shift, (0.0, 0.0, 0.0, 1.0))


def projection_of(files: Files, name: str, number: int) -> Float64Array:
    """Return a camera's projection matrix, (3, 4)."""
    for line in files.text(name).splitlines():
        key, _, rest = line.partition(" ")
        if key.rstrip(":") == f"P{number}":
            try:
                values = np.array([float(part) for part in rest.split()])
            except ValueError as error:
                raise defect(name, "12 numbers", rest, row=f"P{number}") from error
            is_right = values.size == 12 and np.isfinite(values).all()
            if not is_right or abs(np.linalg.det(values.reshape(3, 4)[:, :3])) < 1e-9:
                raise defect(name, "12 numbers of a projection", rest, row=f"P{number}")
            return values.reshape(3, 4)
    raise defect(name, f"a line P{number}", Shown("none"))


def ego_from_rect(
    files: Files, name: str, calibration: str, geometry: ClipGeometry, camera: str
) -> RigidTransform:
    """Return where the rectified frame of camera 0 is on the vehicle.

    Args:
        files: What was sent.
        name: The path of the labels.
        calibration: The path of the calibration that is theirs.
        geometry: The clip.
        camera: Which of its cameras took the images.

    Raises:
        ImportDefectError: There is no calibration, or the camera has no place on the vehicle.
    """
    mount = geometry.camera(camera).ego_from_camera
    if calibration not in files:
        raise defect(calibration, "the calibration of the images", Shown("nothing"))
    if mount is None:
        raise defect(name, f"a place of camera '{camera}' on the vehicle", Shown("none"))
    return mount @ camera_from_rect(files, calibration, geometry, camera)


def frame_times_ns(geometry: ClipGeometry, camera: str) -> list[int]:
    """Return when frames without a time were: at a rate from the clip's start, else as images."""
    rate_hz = geometry.asked.rate_hz
    if rate_hz is None:
        return geometry.image_times_ns(camera)
    first, last = geometry.trajectory.start_ns, geometry.trajectory.end_ns
    step_ns = 1e9 / rate_hz
    return [first + round(i * step_ns) for i in range(int((last - first) / step_ns + 1e-9) + 1)]


def camera_asked(geometry: ClipGeometry, title: str, *told: str) -> str:
    """Return which camera of the clip took the images.

    Args:
        geometry: The clip.
        title: What sentences call the recording.
        told: What files call the camera, the surest first.

    Raises:
        ImportDefectError: Nobody said, and the clip has several.
    """
    names = geometry.camera_names
    asked = geometry.asked.camera
    if asked:
        if asked not in names:
            raise defect(title, f"a camera of the clip ({', '.join(names)})", asked, field="camera")
        return asked
    for name in told:
        if name in names:
            return name
    if len(names) == 1:
        return names[0]
    expected = f"which camera of the clip took its images ({', '.join(names)})"
    raise defect(title, expected, Shown("nothing said of it"), field="camera")
