"""How badly a box, seen from above, fits the points: the cost, and the search for its least.

Three things count. Points lie on the faces that the sensor sees, a little inside, never outside;
what lies far outside belongs to something else, at a fixed price. Rays do not pass through the
body. Sizes are near the class's. All of it compiled: a search tries some 10,000 boxes.

A box is five numbers: x_m, y_m, heading_rad, length_m, width_m.
"""

import math

import numpy as np

from autolabel.compiling import compiled
from projection.arrays import Float64Array

#: Columns of the points: x, y, unit direction to the sensor, share of a body point, weight.
POINT_COLUMNS = 6
#: Columns of the rays' ways through the heights of the body: from x, y to x, y, weight.
RAY_COLUMNS = 5
#: Of the settings: see ``settings_of`` in ``fitting.py``.
(
    CLICK_X,
    CLICK_Y,
    PRIOR_LENGTH,
    PRIOR_WIDTH,
    SPREAD_LENGTH,
    SPREAD_WIDTH,
    CLOSENESS,
    INSET,
    POINT_SCALE,
    RAY_SCALE,
    HINT,
    HINT_WEIGHT,
    CENTRING,
    CLICK_WEIGHT,
    OUT_MOST,
    SETTINGS,
) = range(16)

_OUT_SIGMA_M = 0.12
_IN_SIGMA_M = 0.15
_IN_MOST = 1.5
_RAY_SIGMA_M = 0.4
#: Sizes stay within so many spreads of the usual one.
_MOST_SPREADS = 2.4


@compiled
def cost_of(
    box: Float64Array, points: Float64Array, rays: Float64Array, settings: Float64Array
) -> float:
    """Return the cost of one box."""
    off_l = math.log(box[3] / settings[PRIOR_LENGTH]) / settings[SPREAD_LENGTH]
    off_w = math.log(box[4] / settings[PRIOR_WIDTH]) / settings[SPREAD_WIDTH]
    if max(abs(off_l), abs(off_w)) > _MOST_SPREADS:
        return math.inf
    cosine, sine = math.cos(box[2]), math.sin(box[2])
    half_l, half_w = 0.5 * box[3], 0.5 * box[4]
    total = settings[POINT_SCALE] * _points_cost(box, cosine, sine, points, settings)
    inset_l = half_l - min(settings[INSET], 0.4 * half_l)
    inset_w = half_w - min(settings[INSET], 0.4 * half_w)
    passing = 0.0
    for i in range(rays.shape[0]):
        dx, dy = rays[i, 0] - box[0], rays[i, 1] - box[1]
        ex, ey = rays[i, 2] - box[0], rays[i, 3] - box[1]
        chord = _chord(
            dx * cosine + dy * sine,
            dy * cosine - dx * sine,
            ex * cosine + ey * sine,
            ey * cosine - ex * sine,
            inset_l,
            inset_w,
        )
        passing += rays[i, 4] * min(chord / _RAY_SIGMA_M, 1.0)
    total += settings[RAY_SCALE] * passing
    total += 0.5 * (off_l * off_l + off_w * off_w)
    dx, dy = settings[CLICK_X] - box[0], settings[CLICK_Y] - box[1]
    out_u = max(abs(dx * cosine + dy * sine) - half_l, 0.0)
    out_v = max(abs(dy * cosine - dx * sine) - half_w, 0.0)
    total += settings[CLICK_WEIGHT] * (out_u * out_u + out_v * out_v)
    if settings[HINT_WEIGHT] > 0.0:
        total += settings[HINT_WEIGHT] * (1.0 - math.cos(2.0 * (box[2] - settings[HINT])))
    return float(total)


@compiled
def _points_cost(
    box: Float64Array, cosine: float, sine: float, points: Float64Array, settings: Float64Array
) -> float:
    """Return the sum over the points of how far each is from where it should be."""
    half_l, half_w = 0.5 * box[3], 0.5 * box[4]
    total = 0.0
    for i in range(points.shape[0]):
        dx, dy = points[i, 0] - box[0], points[i, 1] - box[1]
        u, v = dx * cosine + dy * sine, dy * cosine - dx * sine
        over_u, over_v = abs(u) - half_l, abs(v) - half_w
        if over_u > 0.0 or over_v > 0.0:
            out_u, out_v = max(over_u, 0.0), max(over_v, 0.0)
            square = (out_u * out_u + out_v * out_v) / (_OUT_SIGMA_M * _OUT_SIGMA_M)
            total += points[i, 5] * min(square, settings[OUT_MOST])
            continue
        if settings[CENTRING] > 0.0:
            # Bodies without faces: their points lie around the middle.
            square = (u / half_l) ** 2 + (v / half_w) ** 2
            total += points[i, 5] * points[i, 4] * settings[CENTRING] * square
            continue
        # Depth below the nearest face that looks at the sensor.
        to_u = points[i, 2] * cosine + points[i, 3] * sine
        to_v = points[i, 3] * cosine - points[i, 2] * sine
        depth = 10.0
        if abs(to_u) > 0.1:
            depth = min(depth, half_l - u if to_u > 0.0 else half_l + u)
        if abs(to_v) > 0.1:
            depth = min(depth, half_w - v if to_v > 0.0 else half_w + v)
        inside = min(depth / _IN_SIGMA_M, _IN_MOST)
        total += points[i, 5] * points[i, 4] * settings[CLOSENESS] * inside
    return total


@compiled
def _chord(ax: float, ay: float, bx: float, by: float, half_x: float, half_y: float) -> float:
    """Return how much of the segment a-b lies in an upright rectangle around the origin."""
    first, last = 0.0, 1.0
    dx, dy = bx - ax, by - ay
    for axis in range(2):
        start = ax if axis == 0 else ay
        step = dx if axis == 0 else dy
        half = half_x if axis == 0 else half_y
        if abs(step) < 1e-9:
            if abs(start) > half:
                return 0.0
            continue
        enter, leave = (-half - start) / step, (half - start) / step
        if enter > leave:
            enter, leave = leave, enter
        first, last = max(first, enter), min(last, leave)
        if first >= last:
            return 0.0
    return (last - first) * math.hypot(dx, dy)


@compiled
def _search(
    headings: Float64Array,
    lengths: Float64Array,
    steps: int,
    points: Float64Array,
    rays: Float64Array,
    settings: Float64Array,
) -> tuple[Float64Array, Float64Array]:
    """Return the best box (k, 5) of each heading and its cost (k,), the click being inside."""
    count = headings.shape[0]
    boxes = np.empty((count, 5))
    costs = np.full(count, np.inf)
    trial = np.empty(5)
    for k in range(count):
        trial[2] = headings[k]
        cosine, sine = math.cos(headings[k]), math.sin(headings[k])
        for j in range(lengths.shape[0]):
            trial[3], trial[4] = lengths[j], settings[PRIOR_WIDTH]
            for a in range(steps):
                u = (a / (steps - 1) - 0.5) * trial[3]
                for b in range(steps):
                    v = (b / (steps - 1) - 0.5) * trial[4]
                    trial[0] = settings[CLICK_X] + u * cosine - v * sine
                    trial[1] = settings[CLICK_Y] + u * sine + v * cosine
                    cost = cost_of(trial, points, rays, settings)
                    if cost < costs[k]:
                        costs[k] = cost
                        boxes[k] = trial
    return boxes, costs


@compiled
def _refine(
    box: Float64Array, points: Float64Array, rays: Float64Array, settings: Float64Array
) -> tuple[Float64Array, float]:
    """Return the box that no small move of a face, a turn or a shift makes better, and its cost."""
    best = box.copy()
    least = cost_of(best, points, rays, settings)
    trial = np.empty(5)
    step = 0.4
    while step > 0.012:
        improved = False
        for move in range(14):
            sign = 1.0 if move % 2 == 0 else -1.0
            kind = move // 2
            cosine, sine = math.cos(best[2]), math.sin(best[2])
            trial[:] = best
            if kind < 4:
                # One face moves, the opposite one stays.
                axis, side = kind // 2, 1.0 if kind % 2 == 0 else -1.0
                size = best[3 + axis] + sign * step
                if size < 0.3 * settings[PRIOR_LENGTH + axis]:
                    continue
                trial[3 + axis] = size
                shift = 0.5 * side * sign * step
                trial[0] += shift * (cosine if axis == 0 else -sine)
                trial[1] += shift * (sine if axis == 0 else cosine)
            elif kind == 4:
                trial[2] += sign * step / max(0.5 * best[3], 0.3)
            else:
                shift = sign * step
                trial[0] += shift * (cosine if kind == 5 else -sine)
                trial[1] += shift * (sine if kind == 5 else cosine)
            cost = cost_of(trial, points, rays, settings)
            if cost < least - 1e-9:
                least = cost
                best[:] = trial
                improved = True
        if not improved:
            step *= 0.5
    return best, least


def search(
    headings_rad: Float64Array,
    lengths_m: Float64Array,
    steps: int,
    points: Float64Array,
    rays: Float64Array,
    settings: Float64Array,
) -> tuple[Float64Array, Float64Array]:
    """Return the best box of each heading and its cost.

    Args:
        headings_rad: (k,) headings to try.
        lengths_m: (j,) lengths to try.
        steps: How many places of the click inside the box are tried along each axis.
        points: (n, POINT_COLUMNS).
        rays: (m, RAY_COLUMNS).
        settings: (SETTINGS,).

    Returns:
        (k, 5) boxes, (k,) costs.
    """
    boxes, costs = _search(headings_rad, lengths_m, steps, points, rays, settings)
    return np.asarray(boxes), np.asarray(costs)


def refine(
    box: Float64Array, points: Float64Array, rays: Float64Array, settings: Float64Array
) -> tuple[Float64Array, float]:
    """Return the box (5,) that small moves cannot make better, and its cost."""
    better, least = _refine(box, points, rays, settings)
    return np.asarray(better), float(least)
