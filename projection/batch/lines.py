"""Lines in an image, cut into what is seen and what is hidden."""

import math
from collections import OrderedDict
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.batch.kernels import Packed
from projection.batch.scene import Seen
from projection.kernels.compiled import compiled
from projection.kernels.motion import line_time, see, to_camera
from projection.labels import Polyline
from projection.polylines import Lines, parts_in_picture, project_polylines
from projection.raster.points import unhidden
from projection.raster.zbuffer import ZBuffer

#: px from one look at the z-buffer to the next.
_STEP_PX = 2.0
#: How many sets of lines are kept.
_KEPT = 8
#: Of so many looks one is where the line is projected to; those between, nearer to each other than
#: any lens stretches or bends noticeably, are found from it.
_EXACT = 8


class LinePiece(NamedTuple):
    """A connected piece of a line, all of it seen or all of it hidden.

    Attributes:
        uv: (n, 2) px.
        parameter: (n,) where along: 2.25 is a quarter of the way from vertex 2 to vertex 3.
        visible: Whether it is seen; True where nobody asked.
    """

    uv: Float64Array
    parameter: Float64Array
    visible: bool


class LineTables:
    """Lines in arrays: from image to image they are mostly the same ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, ...], Lines] = OrderedDict()

    def of(self, lines: Mapping[int, Polyline]) -> Lines:
        """Lines by their row of the label table, always the same one's."""
        rows = tuple(lines)
        table = self._kept.get(rows)
        if table is None:
            table = Lines.of([(line.vertices_m, line.closed) for line in lines.values()])
            self._kept[rows] = table
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return table


def lines_of(
    seen: Seen,
    lines: Mapping[int, Polyline],
    zbuffer: ZBuffer | None,
    tolerance_px: float,
    tables: LineTables | None = None,
) -> dict[int, list[LinePiece]]:
    """The pieces of lines in an image; lines that aren't in it are left out.

    Args:
        seen: The image.
        lines: By row of the label table.
        zbuffer: What may hide them; None: nothing does.
        tolerance_px: How far straight pieces may be off the true curve.
        tables: Where lines of other images are kept.
    """
    rows = list(lines)
    table = (tables or LineTables()).of(lines)
    vertices, bounds, numbers = _parts(seen, table, tolerance_px)
    if not len(numbers):
        return {}
    if zbuffer is None:
        ends = bounds.tolist()
        parts = [[_piece(vertices[a:b], visible=True)] for a, b in pairwise(ends)]
    else:
        parts = _split(seen, table, numbers, (vertices, bounds[1:]), zbuffer)
    found: dict[int, list[LinePiece]] = {}
    for number, some in zip(numbers.tolist(), parts, strict=True):
        found.setdefault(rows[number], []).extend(some)
    return {row: some for row, some in found.items() if some}


def _parts(
    seen: Seen, table: Lines, tolerance_px: float
) -> tuple[Float64Array, Int64Array, Int64Array]:
    """As ``parts_in_picture``, but the last part of a closed line goes on with its first."""
    if not table.closed.any():
        return parts_in_picture(seen.view, table, tolerance_px=tolerance_px)
    numbers, pieces = [], []
    for number, target in enumerate(project_polylines(seen.view, table, tolerance_px=tolerance_px)):
        for piece in target.pieces if target is not None else ():
            numbers.append(number)
            pieces.append(np.concatenate([piece.uv, piece.parameter[:, None]], axis=1))
    ends = np.cumsum([0, *(len(piece) for piece in pieces)])
    return np.concatenate([np.empty((0, 3)), *pieces]), ends, np.array(numbers, dtype=np.int64)


def _piece(vertices: Float64Array, *, visible: bool) -> LinePiece:
    return LinePiece(vertices[:, :2], vertices[:, 2], visible=visible)


def _split(
    seen: Seen,
    table: Lines,
    numbers: Int64Array,
    parts: tuple[Float64Array, Int64Array],
    zbuffer: ZBuffer,
) -> list[list[LinePiece]]:
    """All parts cut where they come into sight or go out of it: one look for all of them.

    Args:
        seen: The image.
        table: Their lines.
        numbers: (k,) whose each is.
        parts: (n, 3) u, v, parameter, and (k,) where each part ends.
        zbuffer: What may hide them.
    """
    vertices, ends = parts
    view = seen.view
    samples, places = np.empty((_room(vertices), 4)), np.empty(len(ends), dtype=np.int64)
    lines = table.vertices_m, table.starts, numbers, view.origin_m
    _sample(seen.packed, vertices, lines, ends, samples, places)
    samples = samples[: places[-1]]
    # The right and the lower border itself count as off the picture.
    border = np.array([view.camera.width, view.camera.height]) - 0.5
    clear = unhidden(np.minimum(samples[:, :2], border - 1e-6), samples[:, 3].copy(), zbuffer)
    changes = int(np.count_nonzero(clear[1:] != clear[:-1]))
    cut, bounds = (
        np.empty((len(vertices) + changes, 3)),
        np.empty((len(ends) + changes, 4), np.int64),
    )
    count = _cut(vertices, ends, (samples, places, clear), cut, bounds)
    found: list[list[LinePiece]] = [[] for _ in range(len(ends))]
    uv, parameter = cut[:, :2], cut[:, 2]
    for part, begin, end, visible in bounds[:count].tolist():
        found[part].append(LinePiece(uv[begin:end], parameter[begin:end], visible != 0))
    return found


@compiled
def _room(vertices: Float64Array) -> int:
    """How many samples there may be of pieces."""
    room = 2 * len(vertices)
    for row in range(1, len(vertices)):
        length = math.hypot(
            vertices[row, 0] - vertices[row - 1, 0], vertices[row, 1] - vertices[row - 1, 1]
        )
        room += math.ceil(length / _STEP_PX)
    return room


#: Vertices of all lines, where each line begins, the line of each piece, and the view's origin.
_Lines = tuple[Float64Array, Int64Array, Int64Array, Float64Array]
#: Three coordinates.
_Place = tuple[float, float, float]


@compiled
def _place(lines: _Lines, piece: int, parameter: float) -> _Place:
    """Where a parameter of a piece's line is, relative to the view's origin."""
    table, starts, numbers, origin = lines
    start = starts[numbers[piece]]
    last = starts[numbers[piece] + 1] - start - 1
    # A piece that goes on over a closed line's first vertex counts on.
    within = parameter - last if parameter > last else parameter
    index = min(max(math.floor(within), 0), last - 1)
    share = within - index
    at, rest = start + index, 1.0 - share
    return (
        table[at, 0] * rest + table[at + 1, 0] * share - origin[0],
        table[at, 1] * rest + table[at + 1, 1] * share - origin[1],
        table[at, 2] * rest + table[at + 1, 2] * share - origin[2],
    )


@compiled
def _sample(
    packed: Packed,
    vertices: Float64Array,
    lines: _Lines,
    ends: Int64Array,
    samples: Float64Array,
    places: Int64Array,
) -> None:
    """Points along pieces, about ``_STEP_PX`` apart, and all of their vertices.

    Args:
        packed: The view.
        vertices: (n, 3) of all pieces: u, v, parameter.
        lines: What these are pieces of.
        ends: (k,) where each piece ends.
        samples: (m, 4) written: u, v, parameter, distance from the camera.
        places: (k,) written: where each piece's samples end.
    """
    _lens, frame, poses = packed
    rolling = frame[2] >= 0.0
    count, row = 0, 0
    for piece in range(ends.shape[0]):
        time, after_time = 0.0, 0.0
        here, there = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
        near, far = 0.0, 0.0
        for end in range(row, ends[piece]):
            a, b = vertices[max(end - 1, row)], vertices[end]
            here, near, time = there, far, after_time
            there = _place(lines, piece, b[2])
            after_time = line_time(frame, b[0], b[1]) if rolling else 0.0
            x, y, z = to_camera(frame, poses, after_time, there[0], there[1], there[2])
            far = z
            if end == row:
                samples[count, :3] = b
                samples[count, 3] = _length(x, y, z)
                count += 1
            else:
                ahead = near > 0.0 and far > 0.0
                depths = (near, far) if ahead else (1.0, 1.0)
                goal = _length(x, y, z)
                count = _sample_edge(
                    packed, (a, b), (here, there), depths, goal, time, samples, count
                )
        row = ends[piece]
        places[piece] = count


@compiled
def _sample_edge(  # noqa: PLR0913, PLR0917  an edge in the picture and in space
    packed: Packed,
    ends: tuple[Float64Array, Float64Array],
    places: tuple[_Place, _Place],
    depths: tuple[float, float],
    goal_m: float,
    guess: float,
    samples: Float64Array,
    count: int,
) -> int:
    """Append points along an edge to the samples, the last of which is its start; how many then.

    Args:
        packed: The view.
        ends: u, v and parameter of both.
        places: Of these, relative to the view's origin.
        depths: Of these.
        goal_m: How far the end is from the camera.
        guess: When the start is seen, ns after the image's time.
        samples: Written, see ``_sample``.
        count: How many there are.
    """
    lens, frame, poses = packed
    (a, b), (here, there), (near, far) = ends, places, depths
    steps = max(math.ceil(math.hypot(b[0] - a[0], b[1] - a[1]) / _STEP_PX), 1)
    known, done = count - 1, 0
    while done < steps:
        step = min(done + _EXACT, steps)
        if step == steps:
            # Where the end is seen is known.
            count += step - done if known >= 0 else 1
            samples[count - 1, :3] = b
            samples[count - 1, 3] = goal_m
            if known >= 0:
                _between(samples, known, count - 1)
            break
        # What goes straight in a pinhole's picture is 1/depth, and what it divides.
        f = step / steps
        weight = f * near / ((1.0 - f) * far + f * near)
        moving = (
            (1.0 - weight) * here[0] + weight * there[0],
            (1.0 - weight) * here[1] + weight * there[1],
            (1.0 - weight) * here[2] + weight * there[2],
            0.0, 0.0, 0.0,
        )  # fmt: skip
        u, v, x, y, z, time, _, _, status = see(lens, frame, poses, moving, guess)
        if status == 0:
            guess = time
            count += step - done if known >= 0 else 1
            samples[count - 1, 0], samples[count - 1, 1] = u, v
            samples[count - 1, 2] = (1.0 - weight) * a[2] + weight * b[2]
            samples[count - 1, 3] = _length(x, y, z)
            if known >= 0:
                _between(samples, known, count - 1)
            known = count - 1
        else:
            known = -1
        done = step
    return count


@compiled
def _length(x: float, y: float, z: float) -> float:
    return math.sqrt(x * x + y * y + z * z)


@compiled
def _between(samples: Float64Array, first: int, last: int) -> None:
    """Fill in the samples between two that are so near each other that the lens bends nothing.

    A ray that turns evenly meets a straight line at shares that go as the ends' distances do.
    """
    count = last - first
    for step in range(1, count):
        f = step / count
        weight = f * samples[first, 3] / ((1.0 - f) * samples[last, 3] + f * samples[first, 3])
        for axis in range(2):
            samples[first + step, axis] = (1.0 - f) * samples[first, axis] + f * samples[last, axis]
        for axis in range(2, 4):
            samples[first + step, axis] = (1.0 - weight) * samples[first, axis] + weight * samples[
                last, axis
            ]


@compiled
def _cut(
    vertices: Float64Array,
    ends: Int64Array,
    sampled: tuple[Float64Array, Int64Array, BoolArray],
    out: Float64Array,
    bounds: Int64Array,
) -> int:
    """Cut pieces halfway between samples that are seen and samples that are hidden.

    Args:
        vertices: (n, 3) of all pieces: u, v, parameter.
        ends: (k,) where each piece ends.
        sampled: Samples of all pieces, see ``_sample``, where each piece's end, and which are seen.
        out: (m, 3) written: the vertices, and between them the cuts.
        bounds: (m, 4) written for each part: its piece, its first vertex in ``out``, the one after
            its last, and whether it is seen.

    Returns:
        How many parts there are.
    """
    samples, places, clear = sampled
    count, parts, row, sample = 0, 0, 0, 0
    for piece in range(ends.shape[0]):
        sign = 1.0 if vertices[ends[piece] - 1, 2] >= vertices[row, 2] else -1.0
        begin = count
        for at in range(sample, places[piece] - 1):
            if clear[at] == clear[at + 1]:
                continue
            middle = 0.5 * (samples[at, :3] + samples[at + 1, :3])
            while row < ends[piece] and sign * vertices[row, 2] < sign * middle[2]:
                out[count] = vertices[row]
                count, row = count + 1, row + 1
            out[count] = middle
            if count > begin:
                bounds[parts, 0], bounds[parts, 1] = piece, begin
                bounds[parts, 2], bounds[parts, 3] = count + 1, clear[at]
                parts += 1
            # The next part begins where this one ends.
            begin = count
            count += 1
        while row < ends[piece]:
            out[count] = vertices[row]
            count, row = count + 1, row + 1
        if count - 1 > begin:
            bounds[parts, 0], bounds[parts, 1] = piece, begin
            bounds[parts, 2], bounds[parts, 3] = count, clear[places[piece] - 1]
            parts += 1
        sample = places[piece]
    return parts
