"""Bounding-volume hierarchies over triangles: built once by binned surface area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 12
LEAF_SIZE = 3
# A hierarchy this deep has more leaves than any scene has triangles; the walk's stack is as long.
MAX_DEPTH = 60


@kernel
def _bound(
    box: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    order: NDArray[np.int64],
    a: int,
    b: int,
) -> None:
    """Make `box` just hold the triangles order[a:b]; in loops, since those compile in no time."""
    for k in range(3):
        box[k], box[3 + k] = np.inf, -np.inf
        for i in range(a, b):
            box[k] = min(box[k], low[order[i], k])
            box[3 + k] = max(box[3 + k], high[order[i], k])


@kernel
def _half_area(box: NDArray[np.float64]) -> float:
    x, y, z = box[3] - box[0], box[4] - box[1], box[5] - box[2]
    if x < 0.0:
        return 0.0
    return float(x * y + y * z + z * x)


@kernel
def _include(total: NDArray[np.float64], boxes: NDArray[np.float64], index: int) -> None:
    """Widen `total` so that it holds a box."""
    for k in range(3):
        total[k] = min(total[k], boxes[index, k])
        total[3 + k] = max(total[3 + k], boxes[index, 3 + k])


@kernel
def _best_split(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    middle: NDArray[np.float64],
    order: NDArray[np.int64],
    a: int,
    b: int,
) -> tuple[int, float]:
    """Return (axis, place) of the cheapest split of order[a:b], axis -1 where none helps."""
    best_axis, best_place, best_cost = -1, 0.0, np.inf
    boxes = np.empty((BINS, 6))
    right = np.empty(BINS)
    for axis in range(3):
        first, last = np.inf, -np.inf
        for i in range(a, b):
            first = min(first, middle[order[i], axis])
            last = max(last, middle[order[i], axis])
        if last - first < 1e-12:
            continue
        counts = np.zeros(BINS, dtype=np.int64)
        boxes[:, :3] = np.inf
        boxes[:, 3:] = -np.inf
        scale = BINS / (last - first)
        for i in range(a, b):
            t = order[i]
            c = min(BINS - 1, int((middle[t, axis] - first) * scale))
            counts[c] += 1
            for k in range(3):
                boxes[c, k] = min(boxes[c, k], low[t, k])
                boxes[c, 3 + k] = max(boxes[c, 3 + k], high[t, k])
        total = np.empty(6)
        total[:3] = np.inf
        total[3:] = -np.inf
        for c in range(BINS - 1, 0, -1):
            _include(total, boxes, c)
            right[c] = _half_area(total)
        total[:3] = np.inf
        total[3:] = -np.inf
        count = 0
        for c in range(1, BINS):
            _include(total, boxes, c - 1)
            count += counts[c - 1]
            if count in (0, b - a):
                continue
            cost = _half_area(total) * count + right[c] * (b - a - count)
            if cost < best_cost:
                best_cost, best_axis, best_place = cost, axis, first + c / scale
    return best_axis, best_place


@kernel
def _build(
    low: NDArray[np.float64], high: NDArray[np.float64], middle: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int64]]:
    count = low.shape[0]
    order = np.arange(count)
    boxes = np.empty((2 * count + 1, 6))
    links = np.empty((2 * count + 1, 2), dtype=np.int32)
    stack = [(0, 0, count, 0)]
    used = 1
    while len(stack) > 0:
        node, a, b, depth = stack.pop()
        _bound(boxes[node], low, high, order, a, b)
        axis, place = -1, 0.0
        if b - a > LEAF_SIZE and depth < MAX_DEPTH:
            axis, place = _best_split(low, high, middle, order, a, b)
        if axis < 0:
            links[node, 0] = a
            links[node, 1] = b - a
            continue
        i, j = a, b - 1
        while i <= j:
            if middle[order[i], axis] < place:
                i += 1
            else:
                order[i], order[j] = order[j], order[i]
                j -= 1
        if i in (a, b):
            # Rounding put all on one side: halve by count.
            i = (a + b) // 2
        links[node, 0] = used
        links[node, 1] = 0
        stack.append((used, a, i, depth + 1))
        stack.append((used + 1, i, b, depth + 1))
        used += 2
    return boxes[:used].copy(), links[:used].copy(), order


def build(
    corners: NDArray[np.float64],
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int64]]:
    """Return a hierarchy over triangles.

    Args:
        corners: (n, 3, 3) metres, n >= 1.

    Returns:
        boxes: (m, 6) float32, lowest and highest corner of each node, a little wider than its
            triangles.
        links: (m, 2) int32: an inner node has (its first child, 0), the second child follows the
            first; a leaf has (its first place in `order`, how many).
        order: (n,) the triangles in the leaves' order.
    """
    low, high = corners.min(axis=1), corners.max(axis=1)
    boxes, links, order = _build(low, high, (low + high) / 2.0)
    # Half the memory to walk through; rounded outwards, and flat leaves get some thickness.
    small = np.empty(boxes.shape, dtype=np.float32)
    small[:, :3] = np.nextafter((boxes[:, :3] - 1e-9).astype(np.float32), np.float32(-np.inf))
    small[:, 3:] = np.nextafter((boxes[:, 3:] + 1e-9).astype(np.float32), np.float32(np.inf))
    return small, links, order
