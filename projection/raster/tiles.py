"""Bodies in tiles of 8 lines x 16 pixels: what is drawn there, and what is stamped.

A tile's pixels follow each other in memory, line after line, and so do the three parts of its rays.
Few outlines cross a tile more than twice: so only the edges that come near a tile are asked there.

# HOT: bench/projection/raster_view.py
"""

import numpy as np

from projection.arrays import Float32Array, Int32Array
from projection.kernels.lanes import (
    Lanes,
    Mask,
    all16,
    all16_i32,
    bits_of,
    choose,
    load16,
    mask16,
    store,
)
from projection.raster.bare import bare_compiled, bare_inlined
from projection.raster.bits import ALL_BITS, WORD, Coverage, touch
from projection.raster.bodies import Bodies
from projection.raster.poses import Lines
from projection.raster.rays import RUN, STRIP, TILE
from projection.raster.shapes import MOST_EDGES
from projection.raster.strips import AXIS, PLANE, VECTOR, Scratch, strip_planes
from projection.raster.visits import Visits

#: Rays (strips, runs, 3, 128), and the two buffers that are drawn into, (strips, runs, 128).
Buffers = tuple[Float32Array, Float32Array, Int32Array]
#: An owner's bodies in the buffers (first, after the last), and whether they are those drawn.
Own = tuple[np.int32, np.int32, bool]
#: A plane's normal and least product inside, a face's inverse, and a run's rays: in all lanes.
_Plane = tuple[Lanes, Lanes, Lanes, Lanes]
_Three = tuple[Lanes, Lanes, Lanes]


@bare_inlined
def crossing_edges(state: int, memory: Scratch) -> int:
    """How many edges of a body may cross a tile; which ones goes to ``memory.crossing``.

    Args:
        state: One bit for each.
        memory: Written.
    """
    count = 0
    for edge in range(MOST_EDGES):
        if (state >> edge) & 1:
            memory.crossing[count] = edge
            count += 1
    return count


@bare_inlined
def is_settled(
    strip: int,
    run: int,
    own: Own,
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
    mine = _mine(own)
    for begin in range(0, TILE, RUN):
        if bits_of(_is_mine(load16(part, begin), mine)) != ALL_BITS:
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
    visits: Visits,
) -> None:
    """Draw a body into a tile where it is nearer.

    Args:
        number: The body's.
        bodies: All of them.
        place: Strip, run, and whether each line has planes of its own.
        crossing: How many edges cross the tile; which ones is in ``memory.crossing``.
        memory: Holds the body's planes.
        buffers: Rays, and what is drawn into.
        visits: Where it is said which pixels the body covers, if these are kept.
    """
    strip, run, rolling = place
    visit, kept = visits.counts[0], False
    if number < len(visits.kept) and visits.kept[number] != 0:
        kept = visit < len(visits.bodies)
        visits.counts[0 if kept else 1] += 1
    if kept:
        visits.bodies[visit], visits.strips[visit], visits.runs[visit] = number, strip, run
    faces = bodies.counts[number, 2], bodies.hollow[number] != 0
    near, index = buffers[1][strip, run], buffers[2][strip, run]
    numbers = all16_i32(number)
    for line in range(STRIP):
        at = line if rolling else 0
        rays = _rays_of(buffers[0], strip, run, line)
        new = _nearest(rays, faces, at, memory)
        old = load16(near, line * RUN)
        inside = mask16(ALL_BITS)
        for edge in range(crossing):
            inside = inside & _inside(rays, _plane_of(memory, edge, at))
        if kept:
            visits.bits[visit, line] = np.uint16(bits_of(inside))
        closer = inside & (new > old)
        if bits_of(closer) != 0:
            store(near, line * RUN, choose(closer, new, old))
            store(index, line * RUN, choose(closer, numbers, load16(index, line * RUN)))


@bare_inlined
def stamp_tile(  # noqa: PLR0913, PLR0917  what is asked, and where the answer goes
    number: int,
    bodies: Bodies,
    place: tuple[int, int, bool],
    crossing: int,
    own: Own,
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
    faces = bodies.counts[number, 2], bodies.hollow[number] != 0
    near, index = buffers[1][strip, run], buffers[2][strip, run]
    mine = _mine(own)
    for line in range(STRIP):
        at = line if rolling else 0
        rays = _rays_of(buffers[0], strip, run, line)
        new = _nearest(rays, faces, at, memory)
        inside = new > all16(0.0)
        for edge in range(crossing):
            inside = inside & _inside(rays, _plane_of(memory, edge, at))
        whole = bits_of(inside) if crossing > 0 else ALL_BITS
        if whole != 0:
            shown = (new > load16(near, line * RUN)) | _is_mine(load16(index, line * RUN), mine)
            coverage.whole[strip * STRIP + line, run] |= np.uint16(whole)
            coverage.seen[strip * STRIP + line, run] |= np.uint16(whole & bits_of(shown))


@bare_compiled
def recall(  # noqa: PLR0913, PLR0917  what is known, and where it goes
    visits: Visits,
    part: tuple[int, int],
    bodies: Bodies,
    lines: Lines,
    own: Own,
    memory: Scratch,
    buffers: Buffers,
    coverage: Coverage,
) -> None:
    """Mark what bodies cover, as it was found when they were drawn, and what nothing hides.

    Args:
        visits: What was found then.
        part: Which of these: first, after the last.
        bodies: All of them, as near as they count now.
        lines: The picture's.
        own: Bodies of the buffers that don't hide them.
        memory: Written.
        buffers: Rays, and what may hide them.
        coverage: Marked.
    """
    mine = _mine(own)
    before = -1, -1
    for visit in range(part[0], part[1]):
        body, strip, run = visits.bodies[visit], visits.strips[visit], visits.runs[visit]
        touch(coverage.touched, strip * STRIP // WORD, run, run + 1)
        near, index = buffers[1][strip, run], buffers[2][strip, run]
        faces = bodies.counts[body, 2], bodies.hollow[body] != 0
        for line in range(STRIP):
            whole = np.int64(visits.bits[visit, line])
            if whole == 0:
                continue
            at = strip * STRIP + line
            seen = np.int64(coverage.seen[at, run])
            seen |= whole & bits_of(_is_mine(load16(index, line * RUN), mine))
            if whole & ~seen != 0:
                # Something else is in front, but perhaps not as near as this counts.
                here = (body, strip) if lines.rolling else (body, 0)
                if here != before:
                    strip_planes(bodies, body, lines, here[1], 0, memory)
                    before = here
                rays = _rays_of(buffers[0], strip, run, line)
                new = _nearest(rays, faces, line if lines.rolling else 0, memory)
                seen |= whole & bits_of(new > load16(near, line * RUN))
            coverage.whole[at, run] |= np.uint16(whole)
            coverage.seen[at, run] = np.uint16(seen)


@bare_inlined
def _mine(own: Own) -> tuple[Lanes, Lanes]:
    """An owner's bodies, first and after the last, in all lanes."""
    return all16_i32(np.int32(own[0])), all16_i32(np.int32(own[1]))


@bare_inlined
def _is_mine(index: Lanes, mine: tuple[Lanes, Lanes]) -> Mask:
    return (index >= mine[0]) & (index < mine[1])


@bare_inlined
def _inside(rays: _Three, plane: _Plane) -> Mask:
    return rays[0] * plane[0] + rays[1] * plane[1] + rays[2] * plane[2] >= plane[3]


@bare_inlined
def _nearest(rays: _Three, faces: tuple[int, bool], line: int, memory: Scratch) -> Lanes:
    """1/distance of a body along rays that meet it: of its last face that they come in through.

    Args:
        rays: A line's.
        faces: How many there are, and whether it is a valley: then it is the first one.
        line: Whose planes.
        memory: Holds them.
    """
    p = _face_of(memory, 0, line)
    new = rays[0] * p[0] + rays[1] * p[1] + rays[2] * p[2]
    for face in range(1, faces[0]):
        q = _face_of(memory, face, line)
        other = rays[0] * q[0] + rays[1] * q[1] + rays[2] * q[2]
        new = choose(new > other, new, other) if faces[1] else choose(new < other, new, other)
    return new


@bare_inlined
def _plane_of(memory: Scratch, place: int, line: int) -> _Plane:
    """The plane of an edge that crosses a tile, at one line: normal, and least product inside."""
    at = memory.crossing[place] * PLANE + line
    planes = memory.planes
    return (
        all16(planes[at]),
        all16(planes[at + AXIS]),
        all16(planes[at + 2 * AXIS]),
        all16(planes[at + 3 * AXIS]),
    )


@bare_inlined
def _face_of(memory: Scratch, face: int, line: int) -> _Three:
    """A face at one line."""
    at = face * VECTOR + line
    faces = memory.faces
    return all16(faces[at]), all16(faces[at + AXIS]), all16(faces[at + 2 * AXIS])


@bare_inlined
def _rays_of(rays: Float32Array, strip: int, run: int, line: int) -> _Three:
    """A line's rays in a tile."""
    return (
        load16(rays[strip, run, 0], line * RUN),
        load16(rays[strip, run, 1], line * RUN),
        load16(rays[strip, run, 2], line * RUN),
    )
