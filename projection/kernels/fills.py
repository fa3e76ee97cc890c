"""The even-odd fill of closed loops within the picture, as rings that don't cross.

What of the loops is within the picture are chains from border to border, and loops all inside. All
along the border, inside and outside alternate at the chains' ends: so it's enough to know it in one
place to join the chains along the border.
"""

import math

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.kernels.compiled import compiled, inlined
from projection.kernels.polygon import signed_area

#: What ``fill`` says besides a number of rings.
NO_ROOM, NEEDS_OVERLAY = -1, -2


@inlined
def _around(u: float, v: float, right: float, bottom: float) -> float:
    """How far along the border a pixel on it lies, from the top left corner on, down first."""
    width, height = right + 0.5, bottom + 0.5
    left_off, right_off = abs(u + 0.5), abs(u - right)
    top_off, bottom_off = abs(v + 0.5), abs(v - bottom)
    least = min(left_off, right_off, top_off, bottom_off)
    if least == left_off:
        return v + 0.5
    if least == bottom_off:
        return height + u + 0.5
    if least == right_off:
        return height + width + (bottom - v)
    return 2.0 * height + width + (right - u)


@inlined
def _corner(index: int, right: float, bottom: float) -> tuple[float, float]:
    """The corners in the order of ``_around``."""
    place = index % 4
    return (-0.5 if place in (0, 1) else right), (-0.5 if place in (0, 3) else bottom)


@compiled
def holds(loops: Float64Array, ends: Int64Array, u: float, v: float) -> bool:
    """Whether a pixel is inside closed loops (n, 2), even-odd."""
    odd = False
    start = 0
    for row in range(ends.shape[0]):
        before = ends[row] - 1
        for here in range(start, ends[row]):
            v0, v1 = loops[before, 1], loops[here, 1]
            if (v0 > v) != (v1 > v):
                u0, u1 = loops[before, 0], loops[here, 0]
                odd ^= u0 + (v - v0) / (v1 - v0) * (u1 - u0) > u
            before = here
        start = ends[row]
    return odd


@compiled
def _add(out: Float64Array, count: int, first: int, u: float, v: float) -> int:
    """Append a pixel, unless it repeats the last one of its ring, which begins at ``first``."""
    if count > first and out[count - 1, 0] == u and out[count - 1, 1] == v:
        return count
    out[count, 0], out[count, 1] = u, v
    return count + 1


@compiled
def _chains(  # noqa: C901, PLR0912, PLR0915  a kernel: one walk along the loops
    loops: Float64Array,
    ends: Int64Array,
    right: float,
    bottom: float,
    cut: Float64Array,
    bounds: Int64Array,
    whole: Int64Array,
) -> tuple[int, int, bool]:
    """Parts of loops within the picture.

    Args:
        loops: (n, 2) px.
        ends: (k,) where each loop ends.
        right: Of the picture.
        bottom: Of the picture.
        cut: (m, 2) written: pixels of chains, and of loops that are all inside.
        bounds: (c + 1,) written: where each of them ends in ``cut``, after a zero.
        whole: (c,) written: 1 for a loop that is all inside.

    Returns:
        How many chains and loops, how many pixels, whether an edge runs along the border.
    """
    count, found = 0, 0
    bounds[0] = 0
    start = 0
    for row in range(ends.shape[0]):
        size = ends[row] - start
        # Begin where the loop is outside, so that no chain is torn.
        begin = -1
        for at in range(start, ends[row]):
            u, v = loops[at, 0], loops[at, 1]
            if u < -0.5 or u > right or v < -0.5 or v > bottom:
                begin = at - start
                break
        if begin < 0:
            first = count
            for at in range(start, ends[row]):
                count = _add(cut, count, first, loops[at, 0], loops[at, 1])
            while count > first + 1 and (
                cut[count - 1, 0] == cut[first, 0] and cut[count - 1, 1] == cut[first, 1]
            ):
                count -= 1
            if count - first >= 3:
                whole[found] = 1
                found += 1
                bounds[found] = count
            else:
                count = first
            start = ends[row]
            continue
        is_open = False
        first = count
        for step in range(size):
            a = loops[start + (begin + step) % size]
            b = loops[start + (begin + step + 1) % size]
            enter, leave = 0.0, 1.0
            du, dv = b[0] - a[0], b[1] - a[1]
            for side in range(4):
                if side == 0:
                    p, q = -du, a[0] + 0.5
                elif side == 1:
                    p, q = du, right - a[0]
                elif side == 2:
                    p, q = -dv, a[1] + 0.5
                else:
                    p, q = dv, bottom - a[1]
                if p == 0.0:
                    if q < 0.0:
                        enter = 2.0
                    elif q == 0.0 and (du != 0.0 or dv != 0.0):
                        return 0, 0, True
                elif p < 0.0:
                    enter = max(enter, q / p)
                else:
                    leave = min(leave, q / p)
            if not enter < leave:
                if is_open:
                    is_open = False
                    found, count = _closed(bounds, whole, found, first, count)
                continue
            if not is_open:
                first = count
                count = _add(cut, count, first, a[0] + enter * du, a[1] + enter * dv)
            u, v = b[0], b[1]
            if leave < 1.0:
                u, v = a[0] + leave * du, a[1] + leave * dv
            count = _add(cut, count, first, u, v)
            is_open = leave == 1.0
            if not is_open:
                found, count = _closed(bounds, whole, found, first, count)
        if is_open:
            # The first vertex is outside: this can't be but for the last digit.
            found, count = _closed(bounds, whole, found, first, count)
        start = ends[row]
    return found, count, False


@inlined
def _closed(
    bounds: Int64Array, whole: Int64Array, found: int, first: int, count: int
) -> tuple[int, int]:
    """Keep a chain, unless it is a single pixel."""
    if count - first < 2:
        return found, first
    whole[found] = 0
    bounds[found + 1] = count
    return found + 1, count


@compiled
def fill(  # noqa: C901, PLR0912, PLR0915  a kernel: one stitching
    loops: Float64Array,
    ends: Int64Array,
    width: float,
    height: float,
    out: Float64Array,
    rings: Int64Array,
    touching: bool = False,  # noqa: FBT001, FBT002
) -> int:
    """The even-odd fill of closed loops within the picture.

    Args:
        loops: (n, 2) px of all loops.
        ends: (k,) where each loop ends.
        width: Of the picture, px.
        height: Of the picture, px.
        out: (m, 2) written: rings, none repeating its first pixel.
        rings: (r,) written: where each ring ends in ``out``.
        touching: Whether vertices at the same place are known not to be crossings.

    Returns:
        How many rings; NO_ROOM; NEEDS_OVERLAY: loops cross, or run along the border.
    """
    right, bottom = width - 0.5, height - 0.5
    room = 3 * loops.shape[0] + 4 * ends.shape[0] + 8
    cut, bounds = np.empty((room, 2)), np.empty(room, dtype=np.int64)
    whole = np.empty(room, dtype=np.int64)
    chains, size, on_border = _chains(loops, ends, right, bottom, cut, bounds, whole)
    if on_border:
        return NEEDS_OVERLAY
    if _cross(cut, bounds[: chains + 1], whole, touching):
        return NEEDS_OVERLAY
    if size + 8 * chains + 8 > out.shape[0] or chains + 2 > rings.shape[0]:
        return NO_ROOM
    # Where chains begin (2 i) and end (2 i + 1).
    tips = np.empty(2 * chains, dtype=np.int64)
    places = np.full(2 * chains + 2, math.nan)
    open_count = 0
    for chain in range(chains):
        if not whole[chain]:
            for side in range(2):
                at = bounds[chain] if side == 0 else bounds[chain + 1] - 1
                tips[open_count] = 2 * chain + side
                places[2 * chain + side] = _around(cut[at, 0], cut[at, 1], right, bottom)
                open_count += 1
    perimeter = 2.0 * (width + height)
    count, found = 0, 0
    if open_count == 0:
        # One place of the border speaks for all of it.
        if holds(loops, ends, -0.5, -0.5 + 0.382 * height):
            for index in range(4):
                u, v = _corner(index, right, bottom)
                count = _add(out, count, 0, u, v)
            rings[0] = count
            found = 1
    else:
        tips = tips[:open_count]
        order = tips[np.argsort(places[tips])]
        widest, gap = 0, -1.0
        for index in range(open_count):
            here = places[order[index]]
            there = places[order[(index + 1) % open_count]]
            if index == open_count - 1:
                there += perimeter
            if there - here > gap:
                widest, gap = index, there - here
        middle = (places[order[widest]] + 0.5 * gap) % perimeter
        u, v = _at(middle, width, height, right, bottom)
        inside = holds(loops, ends, u, v)
        # With which tip each tip is joined along the border.
        partner = np.full(2 * chains, -1, dtype=np.int64)
        for index in range(open_count):
            if ((index - widest) % 2 == 0) == inside:
                following = (index + 1) % open_count
                partner[order[index]] = order[following]
                partner[order[following]] = order[index]
        used = np.zeros(chains, dtype=np.bool_)
        for chain in range(chains):
            if used[chain] or whole[chain]:
                continue
            first, tip = count, 2 * chain
            while not used[tip // 2]:
                current = tip // 2
                used[current] = True
                low, high = bounds[current], bounds[current + 1]
                for row in range(high - low):
                    at = low + row if tip % 2 == 0 else high - 1 - row
                    count = _add(out, count, first, cut[at, 0], cut[at, 1])
                leaving = tip ^ 1
                tip = partner[leaving]
                if tip < 0:
                    return NEEDS_OVERLAY
                forward = False
                for index in range(open_count):
                    if order[index] == leaving:
                        forward = order[(index + 1) % open_count] == tip and (
                            ((index - widest) % 2 == 0) == inside
                        )
                count = _along(
                    out, count, first, (places[leaving], places[tip]), forward,
                    (width, height, right, bottom),
                )  # fmt: skip
            while count > first + 1 and (
                out[count - 1, 0] == out[first, 0] and out[count - 1, 1] == out[first, 1]
            ):
                count -= 1
            if count - first >= 3:
                rings[found] = count
                found += 1
            else:
                count = first
    for chain in range(chains):
        if whole[chain]:
            for row in range(bounds[chain], bounds[chain + 1]):
                out[count, 0], out[count, 1] = cut[row, 0], cut[row, 1]
                count += 1
            rings[found] = count
            found += 1
    return found


@inlined
def _at(
    place: float, width: float, height: float, right: float, bottom: float
) -> tuple[float, float]:
    """The pixel at a place of the border, see ``_around``."""
    if place < height:
        return -0.5, place - 0.5
    if place < height + width:
        return place - height - 0.5, bottom
    if place < 2.0 * height + width:
        return right, bottom - (place - height - width)
    return right - (place - 2.0 * height - width), -0.5


@compiled
def _along(
    out: Float64Array,
    count: int,
    first: int,
    places: tuple[float, float],
    forward: bool,  # noqa: FBT001
    size: tuple[float, float, float, float],
) -> int:
    """Append the corners on the border's way from one place to another, either way round."""
    width, height, right, bottom = size
    here, there = places
    perimeter = 2.0 * (width + height)
    corners = (0.0, height, height + width, 2.0 * height + width)
    if forward:
        if there < here:
            there += perimeter
        for index in range(8):
            place = corners[index % 4] + (perimeter if index >= 4 else 0.0)
            if here < place < there:
                u, v = _corner(index, right, bottom)
                count = _add(out, count, first, u, v)
    else:
        if there > here:
            here += perimeter
        for back in range(8):
            index = 7 - back
            place = corners[index % 4] + (perimeter if index >= 4 else 0.0)
            if there < place < here:
                u, v = _corner(index, right, bottom)
                count = _add(out, count, first, u, v)
    return count


@inlined
def _side(a: Float64Array, b: Float64Array, c: Float64Array) -> float:
    area: float = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return area


@inlined
def _same(a: Float64Array, b: Float64Array) -> bool:
    return bool(a[0] == b[0] and a[1] == b[1])


@compiled
def _cross(  # noqa: C901, PLR0912  a kernel: one sweep
    cut: Float64Array,
    bounds: Int64Array,
    whole: Int64Array,
    touching: bool,  # noqa: FBT001
) -> bool:
    """Whether edges of chains and loops meet anywhere but at their common ends."""
    chains = bounds.shape[0] - 1
    total = bounds[chains]
    heads, tails = np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    lows = np.empty(total)
    count = 0
    for chain in range(chains):
        low, high = bounds[chain], bounds[chain + 1]
        for row in range(low, high):
            if row + 1 == high and not whole[chain]:
                continue
            tails[count], heads[count] = row, row + 1 if row + 1 < high else low
            lows[count] = min(cut[tails[count], 0], cut[heads[count], 0])
            count += 1
    order = np.argsort(lows[:count])
    for rank in range(count):
        one = order[rank]
        a, b = cut[tails[one]], cut[heads[one]]
        most = max(a[0], b[0])
        top, base = min(a[1], b[1]), max(a[1], b[1])
        for following in range(rank + 1, count):
            other = order[following]
            if lows[other] > most:
                break
            c, d = cut[tails[other]], cut[heads[other]]
            if max(c[1], d[1]) < top or min(c[1], d[1]) > base:
                continue
            if heads[one] == tails[other] or heads[other] == tails[one]:
                # Neighbours: do they go back on themselves?
                if heads[one] == tails[other]:
                    p, q, r = a, b, d
                else:
                    p, q, r = c, d, b
                back = (q[0] - p[0]) * (r[0] - q[0]) + (q[1] - p[1]) * (r[1] - q[1])
                if _side(p, q, r) == 0.0 and back < 0.0:
                    return True
                continue
            if touching and (_same(a, c) or _same(a, d) or _same(b, c) or _same(b, d)):
                continue
            if _side(a, b, c) * _side(a, b, d) <= 0.0 and _side(c, d, a) * _side(c, d, b) <= 0.0:
                return True
    return False


@compiled
def orient(pixels: Float64Array, ends: Int64Array, areas: Float64Array) -> None:
    """Turn rings so that outer ones run visually anticlockwise and holes clockwise.

    Args:
        pixels: (n, 2) of all rings, none of which crosses another; reversed in place.
        ends: (k,) where each ring ends.
        areas: (k,) written: px^2, negative for holes.
    """
    start = 0
    for ring in range(ends.shape[0]):
        loop = pixels[start : ends[ring]]
        depth = 0
        first = 0
        for other in range(ends.shape[0]):
            if other != ring and holds(
                pixels[first : ends[other]],
                np.array([ends[other] - first]),
                0.5 * (loop[0, 0] + loop[1, 0]),
                0.5 * (loop[0, 1] + loop[1, 1]),
            ):
                depth += 1
            first = ends[other]
        area = signed_area(loop)
        wanted = abs(area) if depth % 2 == 0 else -abs(area)
        if area != wanted:
            pixels[start : ends[ring]] = loop[::-1].copy()
        areas[ring] = wanted
        start = ends[ring]
