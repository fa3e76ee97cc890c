"""Lines in an image, cut into what is seen and what is hidden."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.batch.kernels import Packed
from projection.batch.scene import Seen
from projection.kernels.compiled import compiled
from projection.kernels.motion import see
from projection.labels import Polyline
from projection.lines import Piece
from projection.polylines import Lines, project_polylines
from projection.raster.points import unhidden
from projection.raster.zbuffer import ZBuffer

#: px from one look at the z-buffer to the next.
_STEP_PX = 2.0
#: Of so many looks one is where the line is projected to; those between are found from it.
_EXACT = 4


@dataclass(frozen=True, slots=True)
class LinePiece:
    """A connected piece of a line, all of it seen or all of it hidden.

    Attributes:
        uv: (n, 2) px.
        parameter: (n,) where along: 2.25 is a quarter of the way from vertex 2 to vertex 3.
        visible: Whether it is seen; True where nobody asked.
    """

    uv: Float64Array
    parameter: Float64Array
    visible: bool


def lines_of(
    seen: Seen, lines: Mapping[int, Polyline], zbuffer: ZBuffer | None, tolerance_px: float
) -> dict[int, list[LinePiece]]:
    """The pieces of lines in an image; lines that aren't in it are left out.

    Args:
        seen: The image.
        lines: By row of the label table.
        zbuffer: What may hide them; None: nothing does.
        tolerance_px: How far straight pieces may be off the true curve.
    """
    rows, numbers = list(lines), []
    pieces: list[Piece] = []
    table = Lines.of([(line.vertices_m, line.closed) for line in lines.values()])
    targets = project_polylines(seen.view, table, tolerance_px=tolerance_px)
    for number, target in enumerate(targets):
        if target is not None:
            pieces += target.pieces
            numbers += [number] * len(target.pieces)
    if not pieces:
        return {}
    if zbuffer is None:
        parts = [[LinePiece(piece.uv, piece.parameter, visible=True)] for piece in pieces]
    else:
        parts = _split(seen, table, np.array(numbers), pieces, zbuffer)
    found: dict[int, list[LinePiece]] = {}
    for number, some in zip(numbers, parts, strict=True):
        found.setdefault(rows[number], []).extend(some)
    return {row: some for row, some in found.items() if some}


def _split(
    seen: Seen, table: Lines, numbers: Int64Array, pieces: list[Piece], zbuffer: ZBuffer
) -> list[list[LinePiece]]:
    """All pieces cut where they come into sight or go out of it: one look for all of them."""
    counts = np.array([len(piece.uv) for piece in pieces])
    vertices = np.empty((int(counts.sum()), 3))
    np.concatenate([piece.uv for piece in pieces], out=vertices[:, :2])
    np.concatenate([piece.parameter for piece in pieces], out=vertices[:, 2])
    view, ends = seen.view, np.cumsum(counts)
    local = _places(table, np.repeat(numbers, counts), vertices[:, 2]) - view.origin_m
    times = view.shutter.offset_ns(vertices[:, :2], view.camera.width, view.camera.height)
    seen_at = view.to_camera(local, times)
    steps = np.hypot(*np.diff(vertices[:, :2], axis=0).T) / _STEP_PX
    room = int(np.ceil(steps).sum()) + 2 * len(vertices)
    samples, places = np.empty((room, 4)), np.empty(len(ends), dtype=np.int64)
    _sample(seen.packed, vertices, (seen_at, local, times), ends, samples, places)
    samples = samples[: places[-1]]
    # The right and the lower border itself count as off the picture.
    border = np.array([view.camera.width, view.camera.height]) - 0.5
    clear = unhidden(np.minimum(samples[:, :2], border - 1e-6), samples[:, 3].copy(), zbuffer)
    changes = clear[1:] != clear[:-1]
    changes[places[:-1] - 1] = False
    at = np.flatnonzero(changes)
    bounds = np.searchsorted(at, np.append(0, places)).tolist()
    first = clear[np.append(0, places[:-1])].tolist()
    return [
        _cut(piece, samples, at[bounds[number] : bounds[number + 1]], visible=first[number])
        if bounds[number + 1] > bounds[number]
        else [LinePiece(piece.uv, piece.parameter, visible=first[number])]
        for number, piece in enumerate(pieces)
    ]


def _places(table: Lines, numbers: Int64Array, parameter: Float64Array) -> Float64Array:
    """(n, 3) where in the world parameters (n,) of lines (n,) are."""
    starts = table.starts[numbers]
    last = table.starts[numbers + 1] - starts - 1
    # A piece that goes on over a closed line's first vertex counts on.
    within = np.where(parameter > last, parameter - last, parameter)
    index = np.clip(np.floor(within).astype(np.int64), 0, last - 1)
    share = (within - index)[:, None]
    at = starts + index
    return np.asarray(table.vertices_m[at] * (1.0 - share) + table.vertices_m[at + 1] * share)


@compiled
def _sample(
    packed: Packed,
    vertices: Float64Array,
    places_of: tuple[Float64Array, Float64Array, Float64Array],
    ends: Int64Array,
    samples: Float64Array,
    places: Int64Array,
) -> None:
    """Points along pieces, about ``_STEP_PX`` apart, and all of their vertices.

    Args:
        packed: The view.
        vertices: (n, 3) of all pieces: u, v, parameter.
        places_of: (n, 3) where these are in the camera frame, (n, 3) relative to the view's origin,
            (n,) ns after the image's time at which they are seen.
        ends: (k,) where each piece ends.
        samples: (m, 4) written: u, v, parameter, distance from the camera.
        places: (k,) written: where each piece's samples end.
    """
    lens, frame, poses = packed
    seen_at, local, times = places_of
    count, row = 0, 0
    for piece in range(ends.shape[0]):
        samples[count, :3] = vertices[row]
        samples[count, 3] = _length(seen_at[row, 0], seen_at[row, 1], seen_at[row, 2])
        count += 1
        for begin in range(row, ends[piece] - 1):
            a, b = vertices[begin], vertices[begin + 1]
            length = np.hypot(b[0] - a[0], b[1] - a[1])
            near, far = seen_at[begin, 2], seen_at[begin + 1, 2]
            if not (near > 0.0 and far > 0.0):
                near, far = 1.0, 1.0
            steps = max(int(np.ceil(length / _STEP_PX)), 1)
            guess = times[begin]
            known = count - 1
            done = 0
            while done < steps:
                step = min(done + _EXACT, steps)
                # What goes straight in a pinhole's picture is 1/depth, and what it divides.
                f = step / steps
                weight = f * near / ((1.0 - f) * far + f * near)
                moving = (
                    (1.0 - weight) * local[begin, 0] + weight * local[begin + 1, 0],
                    (1.0 - weight) * local[begin, 1] + weight * local[begin + 1, 1],
                    (1.0 - weight) * local[begin, 2] + weight * local[begin + 1, 2],
                    0.0, 0.0, 0.0,
                )  # fmt: skip
                u, v, x, y, z, time, _, _, status = see(lens, frame, poses, moving, guess)
                if status == 0:
                    guess = time
                    parts = step - done if known >= 0 else 1
                    count += parts
                    samples[count - 1, 0], samples[count - 1, 1] = u, v
                    samples[count - 1, 2] = (1.0 - weight) * a[2] + weight * b[2]
                    samples[count - 1, 3] = _length(x, y, z)
                    if known >= 0:
                        _between(samples, known, count - 1)
                    known = count - 1
                else:
                    known = -1
                done = step
        row = ends[piece]
        places[piece] = count


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


def _cut(
    piece: Piece, samples: Float64Array, changes: Int64Array, *, visible: bool
) -> list[LinePiece]:
    """One piece, cut halfway between samples that are seen and samples that are hidden.

    Args:
        piece: The piece.
        samples: See ``_sample``, of all pieces.
        changes: (k,) after which of them it comes into sight, or goes out of it.
        visible: Whether its beginning is seen.
    """
    cuts = 0.5 * (samples[changes, :3] + samples[changes + 1, :3])
    parts: list[LinePiece] = []
    rising = piece.parameter[-1] >= piece.parameter[0]
    order = piece.parameter if rising else -piece.parameter
    places = np.searchsorted(order, cuts[:, 2] if rising else -cuts[:, 2])
    whole = np.insert(np.column_stack([piece.uv, piece.parameter]), places, cuts, axis=0)
    bounds = [0, *(places + np.arange(len(places))).tolist(), len(whole) - 1]
    for index, (first, last) in enumerate(pairwise(bounds)):
        if last > first:
            run = whole[first : last + 1]
            parts.append(LinePiece(run[:, :2], run[:, 2], visible=visible ^ (index % 2 == 1)))
    return parts
