"""Bodies in tiles of 8 lines x 16 pixels: what is drawn there, and what is stamped.

A tile's pixels follow each other in memory, line after line, and so do the three parts of its rays.
Few outlines cross a tile more than twice: so only the edges that come near a tile are asked there.

# HOT: bench/projection/raster_view.py
"""

import numpy as np

from projection.arrays import Float32Array, Int32Array
from projection.raster.bare import bare_inlined
from projection.raster.bits import ALL_BITS, Coverage
from projection.raster.bodies import MOST_EDGES, Bodies
from projection.raster.rays import RUN, STRIP, TILE
from projection.raster.strips import AXIS, PLANE, VECTOR, Scratch

#: Rays (strips, runs, 3, 128), and the two buffers that are drawn into, (strips, runs, 128).
Buffers = tuple[Float32Array, Float32Array, Int32Array]
_Plane = tuple[np.float32, np.float32, np.float32, np.float32]
_Face = tuple[np.float32, np.float32, np.float32]
#: Of a run: rays, x, y and z, and its part of the two buffers.
_Run = tuple[Float32Array, Float32Array, Float32Array, Float32Array, Int32Array]


@bare_inlined
def crossing_edges(
    tile: tuple[np.float32, np.float32, np.float32, np.float32], edges: int, memory: Scratch
) -> int:
    """How many edges of a body may cross a tile; which ones goes to ``memory.crossing``.

    Args:
        tile: A ray near the middle, and how far the others are from it.
        edges: How many the body has; their planes are in ``memory.middle``.
        memory: Holds the body's planes; written. Behind those that cross comes one that nothing
            fails.
    """
    x, y, z, reach = tile
    count = 0
    for edge in range(edges):
        height = (
            x * memory.middle[edge, 0] + y * memory.middle[edge, 1] + z * memory.middle[edge, 2]
        )
        # Not the other way round: nothing is known of what isn't a number.
        if not height - memory.middle[edge, 3] >= reach:
            memory.crossing[count] = edge
            count += 1
    for place in range(count, MOST_EDGES):
        memory.crossing[place] = MOST_EDGES
    return count


@bare_inlined
def is_settled(
    strip: int,
    run: int,
    own: tuple[int, int, bool],
    index: Int32Array,
    coverage: Coverage,
) -> bool:
    """Whether all pixels of a tile are stamped, or can be without asking the body.

    Args:
        strip: The tile's.
        run: The tile's.
        own: The owner's bodies in the buffers, and whether these are the same surface: then it
            covers at least what it is in front of.
        index: What is in front.
        coverage: Marked, if the owner is in front everywhere.
    """
    first, part = strip * STRIP, index[strip, run]
    every = np.int64(ALL_BITS)
    for line in range(STRIP):
        every &= np.int64(coverage.whole[first + line, run])
        every &= np.int64(coverage.seen[first + line, run])
    if every == ALL_BITS:
        return True
    if not own[2]:
        return False
    mine, after = np.int32(own[0]), np.int32(own[1])
    found = 0
    for pixel in range(TILE):
        found += (part[pixel] >= mine) & (part[pixel] < after)
    if found < TILE:
        return False
    for line in range(STRIP):
        coverage.whole[first + line, run] = np.uint16(ALL_BITS)
        coverage.seen[first + line, run] = np.uint16(ALL_BITS)
    return True


@bare_inlined
def draw_tile(
    number: np.int32,
    bodies: Bodies,
    place: tuple[int, int, bool],
    crossing: int,
    memory: Scratch,
    buffers: Buffers,
) -> None:
    """Draw a body into a tile where it is nearer.

    Args:
        number: The body's.
        bodies: All of them.
        place: Strip, run, and whether each line has planes of its own.
        crossing: How many edges cross the tile; which ones is in ``memory.crossing``.
        memory: Holds the body's planes.
        buffers: Rays, and what is drawn into.
    """
    strip, run, rolling = place
    several = bodies.counts[number, 2] > 1
    for line in range(STRIP):
        at = line if rolling else 0
        part = _run_of(buffers, strip, run, line)
        p = _face_of(memory, 0, at)
        if several:
            q, r = _face_of(memory, 1, at), _face_of(memory, 2, at)
            if crossing == 0:
                _draw_box_all(number, part, p, q, r)
            elif crossing <= 2:
                a, b = _plane_of(memory, 0, at), _plane_of(memory, 1, at)
                _draw_box_two(number, part, p, q, r, a, b)
            else:
                _draw_box_six(
                    number, part, p, q, r,
                    (
                        _plane_of(memory, 0, at), _plane_of(memory, 1, at),
                        _plane_of(memory, 2, at), _plane_of(memory, 3, at),
                        _plane_of(memory, 4, at), _plane_of(memory, 5, at),
                    ),
                )  # fmt: skip
        elif crossing == 0:
            _draw_all(number, part, p)
        elif crossing <= 2:
            _draw_two(number, part, p, _plane_of(memory, 0, at), _plane_of(memory, 1, at))
        else:
            _draw_four(
                number, part, p,
                (
                    _plane_of(memory, 0, at), _plane_of(memory, 1, at),
                    _plane_of(memory, 2, at), _plane_of(memory, 3, at),
                ),
            )  # fmt: skip


@bare_inlined
def _draw_all(number: np.int32, part: _Run, p: _Face) -> None:
    xs, ys, zs, near, index = part
    # A length that the compiler knows: one wide vector, nothing left over.
    for step in range(RUN):
        new = xs[step] * p[0] + ys[step] * p[1] + zs[step] * p[2]
        closer = new > near[step]
        near[step] = new if closer else near[step]
        index[step] = number if closer else index[step]


@bare_inlined
def _draw_two(number: np.int32, part: _Run, p: _Face, a: _Plane, b: _Plane) -> None:
    xs, ys, zs, near, index = part
    for step in range(RUN):
        x, y, z = xs[step], ys[step], zs[step]
        new = x * p[0] + y * p[1] + z * p[2]
        closer = (
            (x * a[0] + y * a[1] + z * a[2] >= a[3])
            & (x * b[0] + y * b[1] + z * b[2] >= b[3])
            & (new > near[step])
        )
        near[step] = new if closer else near[step]
        index[step] = number if closer else index[step]


@bare_inlined
def _draw_four(
    number: np.int32, part: _Run, p: _Face, planes: tuple[_Plane, _Plane, _Plane, _Plane]
) -> None:
    xs, ys, zs, near, index = part
    a, b, c, d = planes
    for step in range(RUN):
        x, y, z = xs[step], ys[step], zs[step]
        new = x * p[0] + y * p[1] + z * p[2]
        closer = (
            (x * a[0] + y * a[1] + z * a[2] >= a[3])
            & (x * b[0] + y * b[1] + z * b[2] >= b[3])
            & (x * c[0] + y * c[1] + z * c[2] >= c[3])
            & (x * d[0] + y * d[1] + z * d[2] >= d[3])
            & (new > near[step])
        )
        near[step] = new if closer else near[step]
        index[step] = number if closer else index[step]


@bare_inlined
def _nearest(
    x: np.float32, y: np.float32, z: np.float32, p: _Face, q: _Face, r: _Face
) -> np.float32:
    """1/distance at which a ray comes through the last of three faces."""
    one = x * p[0] + y * p[1] + z * p[2]
    two = x * q[0] + y * q[1] + z * q[2]
    three = x * r[0] + y * r[1] + z * r[2]
    new = one if one < two else two
    return new if new < three else three


@bare_inlined
def _draw_box_all(number: np.int32, part: _Run, p: _Face, q: _Face, r: _Face) -> None:
    xs, ys, zs, near, index = part
    for step in range(RUN):
        new = _nearest(xs[step], ys[step], zs[step], p, q, r)
        closer = new > near[step]
        near[step] = new if closer else near[step]
        index[step] = number if closer else index[step]


@bare_inlined
def _draw_box_two(
    number: np.int32, part: _Run, p: _Face, q: _Face, r: _Face, a: _Plane, b: _Plane
) -> None:
    xs, ys, zs, near, index = part
    for step in range(RUN):
        x, y, z = xs[step], ys[step], zs[step]
        new = _nearest(x, y, z, p, q, r)
        closer = (
            (x * a[0] + y * a[1] + z * a[2] >= a[3])
            & (x * b[0] + y * b[1] + z * b[2] >= b[3])
            & (new > near[step])
        )
        near[step] = new if closer else near[step]
        index[step] = number if closer else index[step]


#: Planes of a box's outline.
_Six = tuple[_Plane, _Plane, _Plane, _Plane, _Plane, _Plane]


@bare_inlined
def _within(x: np.float32, y: np.float32, z: np.float32, planes: _Six) -> np.bool_:
    """Whether a ray is on the inner side of six planes."""
    a, b, c, d, e, f = planes
    return (
        (x * a[0] + y * a[1] + z * a[2] >= a[3])
        & (x * b[0] + y * b[1] + z * b[2] >= b[3])
        & (x * c[0] + y * c[1] + z * c[2] >= c[3])
        & (x * d[0] + y * d[1] + z * d[2] >= d[3])
        & (x * e[0] + y * e[1] + z * e[2] >= e[3])
        & (x * f[0] + y * f[1] + z * f[2] >= f[3])
    )


@bare_inlined
def _draw_box_six(number: np.int32, part: _Run, p: _Face, q: _Face, r: _Face, planes: _Six) -> None:
    xs, ys, zs, near, index = part
    for step in range(RUN):
        x, y, z = xs[step], ys[step], zs[step]
        new = _nearest(x, y, z, p, q, r)
        closer = _within(x, y, z, planes) & (new > near[step])
        near[step] = new if closer else near[step]
        index[step] = number if closer else index[step]


@bare_inlined
def stamp_tile(  # noqa: PLR0913, PLR0917  what is asked, and where the answer goes
    number: int,
    bodies: Bodies,
    place: tuple[int, int, bool],
    crossing: int,
    own: tuple[int, int, bool],
    memory: Scratch,
    buffers: Buffers,
    coverage: Coverage,
) -> None:
    """Mark which pixels of a tile a body covers, and which of these nothing hides.

    Args:
        number: The body's.
        bodies: All of them.
        place: Strip, run, and whether each line has planes of its own.
        crossing: How many edges cross the tile; which ones is in ``memory.crossing``.
        own: Bodies of the buffers that don't hide it, see ``is_settled``.
        memory: Holds the body's planes.
        buffers: Rays, and what may hide it.
        coverage: Marked.
    """
    strip, run, rolling = place
    several = bodies.counts[number, 2] > 1
    mine = np.int32(own[0]), np.int32(own[1])
    for line in range(STRIP):
        at = line if rolling else 0
        part = _run_of(buffers, strip, run, line)
        p = _face_of(memory, 0, at)
        if several:
            q, r = _face_of(memory, 1, at), _face_of(memory, 2, at)
            if crossing == 0:
                whole, seen = _stamp_box_all(part, mine, p, q, r)
            else:
                whole, seen = _stamp_box_six(
                    part, mine, p, q, r,
                    (
                        _plane_of(memory, 0, at), _plane_of(memory, 1, at),
                        _plane_of(memory, 2, at), _plane_of(memory, 3, at),
                        _plane_of(memory, 4, at), _plane_of(memory, 5, at),
                    ),
                )  # fmt: skip
        elif crossing == 0:
            whole, seen = _stamp_all(part, mine, p)
        elif crossing <= 2:
            a, b = _plane_of(memory, 0, at), _plane_of(memory, 1, at)
            whole, seen = _stamp_two(part, mine, p, a, b)
        else:
            whole, seen = _stamp_four(
                part, mine, p,
                (
                    _plane_of(memory, 0, at), _plane_of(memory, 1, at),
                    _plane_of(memory, 2, at), _plane_of(memory, 3, at),
                ),
            )  # fmt: skip
        coverage.whole[strip * STRIP + line, run] |= np.uint16(whole)
        coverage.seen[strip * STRIP + line, run] |= np.uint16(seen)


_Mine = tuple[np.int32, np.int32]


@bare_inlined
def _stamp_all(part: _Run, mine: _Mine, p: _Face) -> tuple[int, int]:
    xs, ys, zs, near, index = part
    seen = 0
    for step in range(RUN):
        new = xs[step] * p[0] + ys[step] * p[1] + zs[step] * p[2]
        shown = (new > near[step]) | ((index[step] >= mine[0]) & (index[step] < mine[1]))
        seen |= (1 << step) if shown else 0
    return ALL_BITS, seen


@bare_inlined
def _stamp_two(part: _Run, mine: _Mine, p: _Face, a: _Plane, b: _Plane) -> tuple[int, int]:
    xs, ys, zs, near, index = part
    whole, seen = 0, 0
    for step in range(RUN):
        x, y, z = xs[step], ys[step], zs[step]
        new = x * p[0] + y * p[1] + z * p[2]
        inside = (
            (x * a[0] + y * a[1] + z * a[2] >= a[3])
            & (x * b[0] + y * b[1] + z * b[2] >= b[3])
            & (new > np.float32(0.0))
        )
        shown = (new > near[step]) | ((index[step] >= mine[0]) & (index[step] < mine[1]))
        whole |= (1 << step) if inside else 0
        seen |= (1 << step) if inside & shown else 0
    return whole, seen


@bare_inlined
def _stamp_four(
    part: _Run, mine: _Mine, p: _Face, planes: tuple[_Plane, _Plane, _Plane, _Plane]
) -> tuple[int, int]:
    xs, ys, zs, near, index = part
    a, b, c, d = planes
    whole, seen = 0, 0
    for step in range(RUN):
        x, y, z = xs[step], ys[step], zs[step]
        new = x * p[0] + y * p[1] + z * p[2]
        inside = (
            (x * a[0] + y * a[1] + z * a[2] >= a[3])
            & (x * b[0] + y * b[1] + z * b[2] >= b[3])
            & (x * c[0] + y * c[1] + z * c[2] >= c[3])
            & (x * d[0] + y * d[1] + z * d[2] >= d[3])
            & (new > np.float32(0.0))
        )
        shown = (new > near[step]) | ((index[step] >= mine[0]) & (index[step] < mine[1]))
        whole |= (1 << step) if inside else 0
        seen |= (1 << step) if inside & shown else 0
    return whole, seen


@bare_inlined
def _stamp_box_all(part: _Run, mine: _Mine, p: _Face, q: _Face, r: _Face) -> tuple[int, int]:
    xs, ys, zs, near, index = part
    seen = 0
    for step in range(RUN):
        new = _nearest(xs[step], ys[step], zs[step], p, q, r)
        shown = (new > near[step]) | ((index[step] >= mine[0]) & (index[step] < mine[1]))
        seen |= (1 << step) if shown else 0
    return ALL_BITS, seen


@bare_inlined
def _stamp_box_six(
    part: _Run, mine: _Mine, p: _Face, q: _Face, r: _Face, planes: _Six
) -> tuple[int, int]:
    xs, ys, zs, near, index = part
    whole, seen = 0, 0
    for step in range(RUN):
        x, y, z = xs[step], ys[step], zs[step]
        new = _nearest(x, y, z, p, q, r)
        inside = _within(x, y, z, planes) & (new > np.float32(0.0))
        shown = (new > near[step]) | ((index[step] >= mine[0]) & (index[step] < mine[1]))
        whole |= (1 << step) if inside else 0
        seen |= (1 << step) if inside & shown else 0
    return whole, seen


@bare_inlined
def _plane_of(memory: Scratch, place: int, line: int) -> _Plane:
    """The plane of an edge that crosses a tile, at one line: normal, and least product inside."""
    at = memory.crossing[place] * PLANE + line
    planes = memory.planes
    return planes[at], planes[at + AXIS], planes[at + 2 * AXIS], planes[at + 3 * AXIS]


@bare_inlined
def _face_of(memory: Scratch, face: int, line: int) -> _Face:
    """A face at one line."""
    at = face * VECTOR + line
    return memory.faces[at], memory.faces[at + AXIS], memory.faces[at + 2 * AXIS]


@bare_inlined
def _run_of(buffers: Buffers, strip: int, run: int, line: int) -> _Run:
    """A run's rays, x, y and z, and its part of the two other buffers."""
    rays, near, index = buffers
    begin, end = line * RUN, (line + 1) * RUN
    return (
        rays[strip, run, 0, begin:end],
        rays[strip, run, 1, begin:end],
        rays[strip, run, 2, begin:end],
        near[strip, run, begin:end],
        index[strip, run, begin:end],
    )
