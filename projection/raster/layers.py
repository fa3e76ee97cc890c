"""What is known of every pixel once everything is drawn."""

import numpy as np
from numba import njit

from projection.arrays import Float32Array, Int32Array

#: Of the triangles in the order drawn: the rows they had when they were given, and their owners.
Names = tuple[Int32Array, Int32Array]
#: Owner, triangle, depth and range of every pixel, as (lines, length) buffers.
Layers = tuple[Int32Array, Int32Array, Float32Array, Float32Array]


@njit(cache=True, inline="always")
def name_run(
    place: tuple[int, int, int], number: int, names: Names, layers: Layers
) -> tuple[Float32Array, Float32Array]:
    """Name a run of pixels that one triangle is nearest in, and say where its depths go.

    Args:
        place: Line, first pixel, pixel after the last.
        number: The triangle in the order drawn; -1 for none: then the depths are set, to infinity.
        names: Of the triangles.
        layers: Written.

    Returns:
        Depth and range of the run's pixels, to be written.
    """
    line, begin, end = place
    owner, triangle, depth_m, range_m = layers
    depth_here, range_here = depth_m[line, begin:end], range_m[line, begin:end]
    if number < 0:
        owner[line, begin:end] = -1
        triangle[line, begin:end] = -1
        depth_here[:] = np.inf
        range_here[:] = np.inf
    else:
        triangle[line, begin:end] = names[0][number]
        owner[line, begin:end] = names[1][number]
    return depth_here, range_here
