"""Survey point clouds (.las, .laz)."""

from pathlib import Path

import laspy
import numpy as np

from projection.arrays import Float64Array
from projection.io.errors import FormatError
from projection.io.sweeps import check_count


def read_las(path: Path, name: str, max_points: int) -> dict[str, Float64Array]:
    """Coordinates (scaled, with the file's offset) and intensity, in float64.

    Raises:
        FormatError: It isn't a LAS file, or is cut short.
    """
    try:
        with laspy.open(path) as file:
            check_count(int(file.header.point_count), name, max_points)
            cloud = file.read()
    except FormatError:
        raise
    except Exception as error:  # laspy and its LAZ backend raise all kinds on damaged files
        raise FormatError.of(name, "", "a LAS or LAZ file", f"{error}"[:120]) from error
    if len(cloud) != int(cloud.header.point_count):
        expected = f"{cloud.header.point_count} points"
        raise FormatError.of(name, "data", expected, f"{len(cloud)}")
    columns = {axis: np.asarray(cloud[axis], dtype=np.float64) for axis in "xyz"}
    if "intensity" in cloud.point_format.dimension_names:
        columns["intensity"] = np.asarray(cloud["intensity"], dtype=np.float64)
    return columns
