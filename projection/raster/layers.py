"""What is known of every pixel once everything is drawn."""

import math
from typing import NamedTuple

import numpy as np

from projection.arrays import Float32Array, Float64Array, Int32Array
from projection.raster.bare import bare_compiled
from projection.raster.bodies import Bodies
from projection.raster.rays import RUN, STRIP
from projection.raster.shapes import FRONT


class PixelScale(NamedTuple):
    """What a pixel's 1/distance means: the painters compare depths, or ranges.

    Attributes:
        forward: (strips, runs, 128) depth over distance; (0, 0, 0) where that is 1.
        across: (lines,) and
        along: (length,) square of range over distance, in two parts to be added.
    """

    forward: Float32Array
    across: Float32Array
    along: Float32Array


#: What is nearest: 1/distance, and the body, (strips, runs, 128) each.
Buffers = tuple[Float32Array, Int32Array]


@bare_compiled
def write_names(index: Int32Array, names: Int32Array, out: Int32Array) -> None:
    """Write to ``out`` (lines, length) the name of each pixel's body; the last one is of none."""
    length = out.shape[1]
    for line in range(out.shape[0]):
        strip, first = line // STRIP, line % STRIP * RUN
        for run in range(index.shape[1]):
            row = index[strip, run, first : first + RUN]
            begin = run * RUN
            if begin + RUN > length:
                for place in range(begin, length):
                    out[line, place] = names[row[place - begin]]
                continue
            written = out[line, begin : begin + RUN]
            body = row[0]
            same = 0
            for step in range(RUN):
                same += row[step] == body
            name = names[body]
            if same == RUN:
                for step in range(RUN):
                    written[step] = name
            else:
                for step in range(RUN):
                    written[step] = names[row[step]]


@bare_compiled
def write_ranges(
    buffers: Buffers, nearer: Float32Array, scale: PixelScale, out: Float32Array
) -> None:
    """Write to ``out`` (lines, length) the range of each pixel; inf for nothing.

    Args:
        buffers: What was drawn.
        nearer: (m + 1,) of each body, what its 1/distance was multiplied by; the last is of none.
        scale: The painter's.
        out: Written.
    """
    near, index = buffers
    length = out.shape[1]
    for line in range(out.shape[0]):
        strip, first, across = line // STRIP, line % STRIP * RUN, scale.across[line]
        for begin in range(0, length, RUN):
            row = near[strip, begin // RUN, first : first + RUN]
            which = index[strip, begin // RUN, first : first + RUN]
            for step in range(min(RUN, length - begin)):
                stretch = math.sqrt(across + scale.along[begin + step])
                distance = nearer[which[step]] / row[step]
                out[line, begin + step] = distance * np.float32(stretch)


@bare_compiled
def write_depths(
    buffers: Buffers, nearer: Float32Array, scale: PixelScale, out: Float32Array
) -> None:
    """Write to ``out`` (lines, length) the depth along the optical axis; inf for nothing."""
    near, index = buffers
    length = out.shape[1]
    plain = len(scale.forward) == 0
    for line in range(out.shape[0]):
        strip, first = line // STRIP, line % STRIP * RUN
        for begin in range(0, length, RUN):
            row = near[strip, begin // RUN, first : first + RUN]
            which = index[strip, begin // RUN, first : first + RUN]
            if plain:
                for step in range(min(RUN, length - begin)):
                    out[line, begin + step] = nearer[which[step]] / row[step]
            else:
                forward = scale.forward[strip, begin // RUN, first : first + RUN]
                for step in range(min(RUN, length - begin)):
                    there = row[step] > np.float32(0.0)
                    depth = nearer[which[step]] / row[step] * forward[step]
                    out[line, begin + step] = depth if there else np.float32(np.inf)


@bare_compiled
def write_triangles(
    bodies: Bodies,
    which: Int32Array,
    origins: Float64Array,
    rays: Float64Array,
    seconds: Float64Array,
    out: Int32Array,
) -> None:
    """Write which row of the triangles each of some rays meets of its body.

    Args:
        bodies: As they were drawn.
        which: (n,) the body that each ray meets.
        origins: (n, 3) of the rays, relative to the view's origin.
        rays: (n, 3) world axes.
        seconds: (n,) after the image's time.
        out: (n,) written.
    """
    moves = len(bodies.speeds) > 0
    for ray in range(len(which)):
        body = which[ray]
        best = -math.inf
        out[ray] = bodies.rows[body, 0]
        dx, dy, dz = rays[ray, 0], rays[ray, 1], rays[ray, 2]
        for row in range(bodies.rows[body, 0], bodies.rows[body, 1]):
            volume, least, total = 0.0, math.inf, 0.0
            for corner in range(3):
                p, q, r = corner, (corner + 1) % 3, (corner + 2) % 3
                px, py, pz = _relative(bodies, row, p, origins[ray], seconds[ray], moves)
                qx, qy, qz = _relative(bodies, row, q, origins[ray], seconds[ray], moves)
                nx, ny, nz = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
                rx, ry, rz = _relative(bodies, row, r, origins[ray], seconds[ray], moves)
                volume = nx * rx + ny * ry + nz * rz
                weight = dx * nx + dy * ny + dz * nz
                # A front's volume is negative.
                weight = -weight if volume < 0.0 else weight
                least, total = min(least, weight), total + weight
            seen = volume < 0.0 or bodies.sides[body] != FRONT
            if seen and total > 0.0 and least / total > best:
                best = least / total
                out[ray] = row


@bare_compiled
def _relative(
    bodies: Bodies,
    row: int,
    corner: int,
    origin: Float64Array,
    seconds: float,
    moves: bool,  # noqa: FBT001
) -> tuple[float, float, float]:
    x = bodies.places[row, corner, 0] - origin[0]
    y = bodies.places[row, corner, 1] - origin[1]
    z = bodies.places[row, corner, 2] - origin[2]
    if moves:
        x += bodies.speeds[row, corner, 0] * seconds
        y += bodies.speeds[row, corner, 1] * seconds
        z += bodies.speeds[row, corner, 2] * seconds
    return x, y, z
