"""Lines in an image, cut into what is seen and what is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.batch.kernels import Packed
from projection.batch.scene import Seen
from projection.kernels.compiled import compiled
from projection.kernels.motion import see_point
from projection.labels import Polyline
from projection.lines import Piece
from projection.polylines import Lines, points_along, project_polylines
from projection.raster.points import unhidden
from projection.raster.zbuffer import ZBuffer

#: px from one look at the z-buffer to the next.
_STEP_PX = 2.0


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
    owners: list[int] = []
    pieces: list[Piece] = []
    table = Lines.of([(line.vertices_m, line.closed) for line in lines.values()])
    targets = project_polylines(seen.view, table, tolerance_px=tolerance_px)
    for row, target in zip(lines, targets, strict=True):
        if target is not None:
            pieces += target.pieces
            owners += [row] * len(target.pieces)
    found: dict[int, list[LinePiece]] = {}
    if zbuffer is None:
        for row, piece in zip(owners, pieces, strict=True):
            found.setdefault(row, []).append(LinePiece(piece.uv, piece.parameter, visible=True))
        return found
    points = [
        _points(lines[row], piece.parameter) for row, piece in zip(owners, pieces, strict=True)
    ]
    for row, part in _split(seen, owners, pieces, points, zbuffer):
        found.setdefault(row, []).append(part)
    return found


def _points(line: Polyline, parameter: Float64Array) -> Float64Array:
    vertices = line.vertices_m
    if line.closed:
        vertices = np.concatenate([vertices, vertices[:1]])
        # A piece that goes on over the first vertex counts on.
        parameter = np.where(
            parameter > len(vertices) - 1, parameter - (len(vertices) - 1), parameter
        )
    return points_along(vertices, parameter)


def _split(
    seen: Seen,
    owners: list[int],
    pieces: list[Piece],
    points: list[Float64Array],
    zbuffer: ZBuffer,
) -> list[tuple[int, LinePiece]]:
    """All pieces cut where they come into sight or go out of it: one look for all of them."""
    if not pieces:
        return []
    uv = np.concatenate([piece.uv for piece in pieces])
    parameter = np.concatenate([piece.parameter for piece in pieces])
    ends = np.cumsum([len(piece.uv) for piece in pieces])
    view = seen.view
    local = np.concatenate(points) - view.origin_m
    seen_at = view.to_camera(
        local, view.shutter.offset_ns(uv, view.camera.width, view.camera.height)
    )
    steps = np.hypot(*np.diff(uv, axis=0).T) / _STEP_PX
    room = int(np.ceil(steps).sum()) + 2 * len(uv)
    samples, places = np.empty((room, 4)), np.empty(len(ends), dtype=np.int64)
    _sample(seen.packed, np.column_stack([uv, parameter]), seen_at, local, ends, samples, places)
    looked = samples[: places[-1]]
    # The right and the lower border itself count as off the picture.
    border = np.array([view.camera.width, view.camera.height]) - 0.5
    clear = unhidden(np.minimum(looked[:, :2], border - 1e-6), looked[:, 3].copy(), zbuffer)
    found: list[tuple[int, LinePiece]] = []
    start = 0
    for row, piece, place in zip(owners, pieces, places.tolist(), strict=True):
        found += [(row, part) for part in _runs(piece, samples[start:place], clear[start:place])]
        start = place
    return found


@compiled
def _sample(
    packed: Packed,
    vertices: Float64Array,
    seen_at: Float64Array,
    local: Float64Array,
    ends: Int64Array,
    samples: Float64Array,
    places: Int64Array,
) -> None:
    """Points along pieces, about ``_STEP_PX`` apart, and all of their vertices.

    Args:
        packed: The view.
        vertices: (n, 3) of all pieces: u, v, parameter.
        seen_at: (n, 3) the same, camera frame.
        local: (n, 3) the same, relative to the view's origin.
        ends: (k,) where each piece ends.
        samples: (m, 4) written: u, v, parameter, distance from the camera.
        places: (k,) written: where each piece's samples end.
    """
    lens, frame, poses = packed
    count, row = 0, 0
    point = np.zeros(6)
    for piece in range(ends.shape[0]):
        samples[count, :3] = vertices[row]
        samples[count, 3] = np.sqrt((seen_at[row] ** 2).sum())
        count += 1
        for begin in range(row, ends[piece] - 1):
            a, b = vertices[begin], vertices[begin + 1]
            length = np.hypot(b[0] - a[0], b[1] - a[1])
            near, far = seen_at[begin, 2], seen_at[begin + 1, 2]
            if not (near > 0.0 and far > 0.0):
                near, far = 1.0, 1.0
            steps = max(int(np.ceil(length / _STEP_PX)), 1)
            for step in range(1, steps + 1):
                # What goes straight in a pinhole's picture is 1/depth, and what it divides.
                f = step / steps
                weight = f * near / ((1.0 - f) * far + f * near)
                point[:3] = (1.0 - weight) * local[begin] + weight * local[begin + 1]
                u, v, x, y, z, _, status = see_point(lens, frame, poses, point)
                if status != 0:
                    continue
                samples[count, 0], samples[count, 1] = u, v
                samples[count, 2] = (1.0 - weight) * a[2] + weight * b[2]
                samples[count, 3] = np.sqrt(x * x + y * y + z * z)
                count += 1
        row = ends[piece]
        places[piece] = count


def _runs(piece: Piece, samples: Float64Array, clear: BoolArray) -> list[LinePiece]:
    """One piece, cut halfway between samples that are seen and samples that are hidden."""
    changes = np.flatnonzero(clear[1:] != clear[:-1])
    if not len(changes):
        return [LinePiece(piece.uv, piece.parameter, visible=bool(clear[0]))]
    cuts = 0.5 * (samples[changes, :3] + samples[changes + 1, :3])
    parts: list[LinePiece] = []
    rising = piece.parameter[-1] >= piece.parameter[0]
    order = piece.parameter if rising else -piece.parameter
    places = np.searchsorted(order, cuts[:, 2] if rising else -cuts[:, 2])
    begin, head = 0, np.empty((0, 3))
    whole = np.column_stack([piece.uv, piece.parameter])
    for index, place in enumerate([*places.tolist(), len(whole)]):
        tail = cuts[index : index + 1]
        run = np.concatenate([head, whole[begin:place], tail])
        visible = bool(clear[changes[index]]) if index < len(changes) else bool(clear[-1])
        if len(run) >= 2:
            parts.append(LinePiece(run[:, :2], run[:, 2], visible=visible))
        begin, head = place, tail
    return parts
