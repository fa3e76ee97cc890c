"""Closed loops that cross, taken apart where they do: the same even-odd fill without a crossing.

Where two edges a-b and c-d cross at x, going a-x-d and c-x-b instead passes the same pixels, so
that nothing changes inside or outside; but loops only touch at x then.
"""

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.kernels.compiled import compiled, inlined

#: What ``uncross`` says besides a number of loops: edges touch, lie on each other, or too many
#: cross. Something slower must look.
UNCLEAR = -1
#: Crossings are looked for among all edges; a loop that crosses itself everywhere is no outline.
MOST_CROSSINGS = 512


@inlined
def _side(a: Float64Array, b: Float64Array, c: Float64Array) -> float:
    area: float = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return area


@compiled
def _found(
    loops: Float64Array,
    after: Int64Array,
    edges: Int64Array,
    shares: Float64Array,
) -> int:
    """Where edges cross: how many times, or UNCLEAR.

    Args:
        loops: (n, 2) px of all loops.
        after: (n,) the vertex after each.
        edges: (m, 2) written: the first vertices of two edges that cross.
        shares: (m, 2) written: how far along each of them.
    """
    total = loops.shape[0]
    lows = np.empty(total)
    for row in range(total):
        lows[row] = min(loops[row, 0], loops[after[row], 0])
    order = np.argsort(lows)
    count = 0
    for rank in range(total):
        one = order[rank]
        a, b = loops[one], loops[after[one]]
        most = max(a[0], b[0])
        top, base = min(a[1], b[1]), max(a[1], b[1])
        for following in range(rank + 1, total):
            other = order[following]
            if lows[other] > most:
                break
            c, d = loops[other], loops[after[other]]
            if max(c[1], d[1]) < top or min(c[1], d[1]) > base:
                continue
            if after[one] == other or after[other] == one:
                continue
            first, second = _side(c, d, a), _side(c, d, b)
            third, fourth = _side(a, b, c), _side(a, b, d)
            if first * second > 0.0 or third * fourth > 0.0:
                continue
            if first * second == 0.0 or third * fourth == 0.0 or count == edges.shape[0]:
                return UNCLEAR
            edges[count, 0], edges[count, 1] = one, other
            shares[count, 0] = first / (first - second)
            shares[count, 1] = third / (third - fourth)
            count += 1
    return count


@compiled
def _without_repeats(
    loops: Float64Array, ends: Int64Array, out: Float64Array, after: Int64Array
) -> int:
    """Write loops to ``out`` less vertices that repeat the one before; how many that leaves.

    Args:
        loops: (n, 2) px.
        ends: (k,) where each loop ends.
        out: (n, 2) written.
        after: (n,) written: the vertex after each.
    """
    count, start = 0, 0
    for loop in range(ends.shape[0]):
        first = count
        for row in range(start, ends[loop]):
            before = loops[row - 1] if row > start else loops[ends[loop] - 1]
            if loops[row, 0] != before[0] or loops[row, 1] != before[1]:
                out[count] = loops[row]
                after[count] = count + 1
                count += 1
        if count > first:
            after[count - 1] = first
        start = ends[loop]
    return count


@compiled
def uncross(loops: Float64Array, ends: Int64Array, out: Float64Array, bounds: Int64Array) -> int:
    """Loops that fill the same, even-odd, and only touch each other.

    Args:
        loops: (n, 2) px of all loops.
        ends: (k,) where each loop ends.
        out: (n + 2 * MOST_CROSSINGS, 2) written.
        bounds: (n + 2 * MOST_CROSSINGS,) written: where each loop ends in ``out``.

    Returns:
        How many loops, or UNCLEAR.
    """
    plain, after = np.empty_like(loops), np.empty(len(loops) + 2 * MOST_CROSSINGS, dtype=np.int64)
    total = _without_repeats(loops, ends, plain, after)
    loops = plain[:total]
    edges = np.empty((MOST_CROSSINGS, 2), dtype=np.int64)
    shares = np.empty((MOST_CROSSINGS, 2))
    crossings = _found(loops, after[:total], edges, shares)
    if crossings < 0:
        return UNCLEAR
    # Crossing i is node total + 2 i on its first edge, and the one after on its second.
    whose, along = edges.ravel()[: 2 * crossings], shares.ravel()[: 2 * crossings]
    following = after[edges[:crossings, 0]]
    by_place = np.argsort(along)
    # Further along first: each goes right behind its edge's vertex, before those further on.
    for rank in range(2 * crossings - 1, -1, -1):
        node = by_place[rank]
        after[total + node] = after[whose[node]]
        after[whose[node]] = total + node
    for crossing in range(crossings):
        one, other = total + 2 * crossing, total + 2 * crossing + 1
        after[one], after[other] = after[other], after[one]
    used = np.zeros(total + 2 * crossings, dtype=np.bool_)
    passed = np.full(crossings, -1, dtype=np.int64)
    count, found = 0, 0
    for first in range(total + 2 * crossings):
        node = first
        while not used[node]:
            used[node] = True
            if node < total:
                out[count] = loops[node]
            else:
                crossing = (node - total) // 2
                if passed[crossing] == found:
                    return UNCLEAR
                passed[crossing] = found
                a, b = loops[edges[crossing, 0]], loops[following[crossing]]
                share = shares[crossing, 0]
                out[count, 0] = a[0] + share * (b[0] - a[0])
                out[count, 1] = a[1] + share * (b[1] - a[1])
            count += 1
            node = after[node]
        if count > (bounds[found - 1] if found else 0):
            bounds[found] = count
            found += 1
    return found
