"""Triangles of a surface put in pairs: neighbours that make a convex quadrangle come one by one.

Two such triangles are mostly drawn as one body, see ``bodies``: half as many planes, and half as
many looks at each pixel.
"""

import heapq

import numpy as np

from projection.arrays import Float64Array, Int64Array

#: The least that a corner of a quadrangle must turn, beside its longest sides' product.
_LEAST_TURN = 1e-6


def paired(triangles: Float64Array) -> Int64Array:
    """Corners (t, 3) of triangles (t, 3, 2) that go round one way, in an order with pairs.

    Two that make a pair follow each other as a, b, c and a, c, d; those that are left come last.
    A corner is 3 * triangle + corner.
    """
    neighbours = _neighbours(triangles.reshape(-1, 2))
    order: list[list[int]] = []
    left = set(range(len(neighbours)))
    # Who has the fewest to choose from chooses first: in a strip, all but one find somebody.
    waiting = [(len(some), row) for row, some in enumerate(neighbours)]
    heapq.heapify(waiting)
    while waiting:
        count, row = heapq.heappop(waiting)
        if row not in left or count != len(neighbours[row]):
            continue
        left.discard(row)
        if not count:
            continue
        other = min(neighbours[row], key=lambda name: (len(neighbours[name]), name))
        corner, opposite = neighbours[row][other]
        left.discard(other)
        # Their common edge: a, b, c has it from c to a, and a, c, d from a to c.
        order.append([3 * row + (corner + step) % 3 for step in (1, 2, 0)])
        order.append([3 * other + (opposite + step) % 3 for step in (0, 1, 2)])
        for gone in (row, other):
            for name in neighbours[gone]:
                if name in left:
                    del neighbours[name][gone]
                    heapq.heappush(waiting, (len(neighbours[name]), name))
    used = {three[0] // 3 for three in order}
    alone = sorted(set(range(len(neighbours))) - used)
    order += [[3 * row, 3 * row + 1, 3 * row + 2] for row in alone]
    return np.array(order, dtype=np.int64).reshape(-1, 3)


def _neighbours(corners: Float64Array) -> list[dict[int, tuple[int, int]]]:
    """Of each triangle those that it may make a pair with, by their number.

    Args:
        corners: (3 t, 2) of all of them.

    Returns:
        The corners where the common edge begins: of the triangle, and of the other one.
    """
    _, names = np.unique(corners, axis=0, return_inverse=True)
    named = names.reshape(-1, 3).tolist()
    across: dict[tuple[int, int], tuple[int, int]] = {}
    for row, three in enumerate(named):
        for corner in range(3):
            across[three[corner], three[(corner + 1) % 3]] = row, corner
    neighbours: list[dict[int, tuple[int, int]]] = [{} for _ in named]
    for (start, end), (row, corner) in across.items():
        found = across.get((end, start))
        if found is not None and _is_convex(corners, (row, corner), found):
            neighbours[row][found[0]] = corner, found[1]
    return neighbours


def _is_convex(corners: Float64Array, mine: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two triangles with a common edge, each from that corner on, make a convex whole."""
    first, second = 3 * mine[0], 3 * other[0]
    a, c = corners[first + (mine[1] + 1) % 3], corners[first + mine[1]]
    b, d = corners[first + (mine[1] + 2) % 3], corners[second + (other[1] + 2) % 3]
    ring = [a, b, c, d]
    turns = [_turn(ring[place - 2], ring[place - 1], ring[place]) for place in range(4)]
    sizes = [float(np.abs(ring[place] - ring[place - 1]).max()) for place in range(4)]
    least = _LEAST_TURN * max(sizes) ** 2
    return min(turns) > least or max(turns) < -least


def _turn(a: Float64Array, b: Float64Array, c: Float64Array) -> float:
    return float((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]))
