"""Every label's whole mask, as if it stood alone, what of it is seen, and what hides the rest.

# HOT: bench/projection/raster_view.py
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from projection.arrays import Float64Array, Int32Array, Int64Array
from projection.raster.bits import coverage
from projection.raster.memory import Workspace
from projection.raster.stock import Stock, make_stock, with_more_room
from projection.raster.tessellate import Triangles
from projection.raster.visits import Known, bounds_of
from projection.raster.zbuffer import ZBuffer, by_owner
from projection.rle import Masks, encode_runs

#: Who hides whom is counted in a table of this many ids.
MOST_OWNERS = 1 << 22


@dataclass(frozen=True, slots=True)
class Silhouettes:
    """Masks of labels, each on its own.

    Attributes:
        whole: Of each label the pixels that its surface covers, whatever stands in front.
        visible: Of these, the ones where no other owner of the z-buffer is nearer.
        hidden: (k,) part of the whole mask that isn't visible, 0 to 1; 0 for an empty mask.
        hiders: (k, 3) owners that hide most of it, most first; -1 for none.
        hider_px: (k, 3) how many pixels each of these hides.
    """

    whole: Masks
    visible: Masks
    hidden: Float64Array
    hiders: Int32Array
    hider_px: Int64Array


def silhouettes(
    triangles: Triangles,
    zbuffer: ZBuffer,
    owners: npt.ArrayLike | None = None,
    workspace: Workspace | None = None,
    drawn_as_is: npt.ArrayLike = (),
    recalled: Mapping[int, float] | None = None,
) -> Silhouettes:
    """Whole and visible masks of labels in the view of a z-buffer.

    The z-buffer may hold other shapes of the same owners (boxes shrunk as occluders, 6.4): an owner
    never hides itself.

    Args:
        triangles: The labels' surfaces, in full size.
        zbuffer: What may hide them.
        owners: (k,) which labels, each once; None: all that have triangles, rising.
        workspace: Memory to draw in. It may be the z-buffer's own.
        drawn_as_is: Owners whose surfaces in the z-buffer are these, but for how near they count:
            where they are in front, they needn't be asked whether they are there.
        recalled: Owners whose surfaces needn't be among the triangles, since ``rasterise`` kept
            what it found of them; and by which part of its distance each counts as nearer.

    Raises:
        ValueError: An owner's id is ``MOST_OWNERS`` or more, or the z-buffer doesn't recall any.
    """
    drawn, _ = by_owner(triangles)
    told = recalled or {}
    if owners is None:
        wanted = np.unique([*drawn.owners.tolist(), *told]).astype(np.int32)
    else:
        wanted = np.asarray(owners, dtype=np.int32).reshape(-1)
    largest = max(int(wanted.max(initial=-1)), zbuffer.largest_owner)
    if largest >= MOST_OWNERS:
        message = f"owners: expected ids below {MOST_OWNERS}, found {largest}"
        raise ValueError(message)
    known = _known(zbuffer, told) if told else None
    bodies = zbuffer.painter.prepare(drawn)
    spans = [
        of.searchsorted(wanted, side)
        for of in (bodies.owners, zbuffer.bodies.owners)
        for side in ("left", "right")
    ]
    visits = [np.zeros(len(wanted), dtype=np.int32)] * 2
    if known is not None:
        is_told = np.array([owner in told for owner in wanted.tolist()], dtype=np.int32)
        visits = [bounds_of(zbuffer.visits, span) * is_told for span in spans[2:]]
    as_is = set(np.asarray(drawn_as_is, dtype=np.int32).tolist())
    same = np.array([owner in as_is for owner in wanted.tolist()], dtype=np.bool_)
    labels = np.stack([*spans, same, *visits], axis=1).astype(np.int32)
    memory = workspace or Workspace()
    camera, painter = zbuffer.view.camera, zbuffer.painter
    canvas = coverage(painter.shape, memory, by_rows=painter.by_rows)
    size = camera.height, camera.width
    stock = make_stock(size, zbuffer.bodies.owners, len(labels), largest, memory)
    scene = zbuffer.near, zbuffer.index
    done = painter.stamp(bodies, labels, scene, canvas, stock, 0, known)
    while done < len(labels):
        stock = with_more_room(stock, memory)
        done = painter.stamp(bodies, labels, scene, canvas, stock, done, known)
    return _result(size, wanted, stock)


def _known(zbuffer: ZBuffer, nearer: Mapping[int, float]) -> Known:
    """What was kept of owners while they were drawn, as near as they count now."""
    if not zbuffer.recalls:
        message = "recalled: expected a z-buffer that kept its labels' visits, found none in it"
        raise ValueError(message)
    factors = zbuffer.bodies.nearer.copy()
    for owner, part in nearer.items():
        first, last = zbuffer.own_bodies(owner)
        factors[first:last] = 1.0 + np.float64(np.float32(part))
    return zbuffer.visits, zbuffer.bodies._replace(nearer=factors)


def _result(size: tuple[int, int], owners: Int32Array, stock: Stock) -> Silhouettes:
    """Everything that was stamped."""
    first, second = (
        encode_runs(size, owners, (runs[0][:count], runs[1][:count], runs[2][:count]))
        for runs, count in zip((stock.whole, stock.seen), stock.counts.tolist(), strict=True)
    )
    covered = first.areas_px > 0
    hidden = 1.0 - second.areas_px / np.maximum(first.areas_px, 1)
    return Silhouettes(
        whole=first,
        visible=second,
        hidden=np.where(covered, hidden, 0.0),
        hiders=stock.hiders,
        hider_px=stock.hider_px,
    )
