"""Where the faces of a box are, as all sweeps that show it say together.

One sweep shows two faces of a car, and of the others only where the seen ones end. Many sweeps,
laid over each other in the object's own frame, show more: each says of each face how far out it is,
and how sure that is. What none of them says follows from the usual size.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autolabel.frames import in_axes
from autolabel.free_space import Crossings, Rays, crossings
from autolabel.priors import Prior
from autolabel.views import SPACING_RAD, View, end_of, is_hidden, local_points
from projection.arrays import Float64Array, Int64Array

#: Bodywork lies a little inside of the box.
_INSET_M = 0.03
_SIGMA_M = 0.05
#: Faces that look at the sensor at more than some 10 degrees show where they are.
_FACING = 0.15
#: Faces seen at less than this show nothing of where they end.
_GRAZING = 0.06
_FEWEST = 8
#: Where no sweep tells where a box is along an axis it stays about there.
_STAYS_M = 0.5
_MOST_SPREADS = 2.4
#: Sizes of a class vary by less than a search for them must allow for.
_SPREAD = 0.75
#: Many sweeps are wrong together: they share the error of the poses.
_FLOOR_M = 0.04
#: Some rays go through where the object is, and some end where it is not.
_ODD = 0.04
#: So many rays that hit count as independent; of those that pass fewer: how round a corner is, is
#: a guess, and the same one for all of them.
_HITS = 40.0
_PASSES = 3.0
_STEP_M = 0.03
#: A guess is wrong by at most such shares of its length and width.
_MOST_MOVED = np.array([0.3, 0.25])
#: Rays on either side of an end that tell where it is: so many, or such a share of all.
_TELLING = 24
_TELLING_SHARE = 0.04


@dataclass(frozen=True, slots=True)
class Extent:
    """A box in the frame of another one.

    Attributes:
        offset_m: (2,) its middle, along and across.
        size_m: (2,) length and width.
        sigma_m: (2,) how sure its middle is.
    """

    offset_m: Float64Array
    size_m: Float64Array
    sigma_m: Float64Array


@dataclass(frozen=True, slots=True)
class Shown:
    """What a sweep shows of an object whose pose is known.

    Attributes:
        view: Its points.
        rays: And the rays around it.
        pose: (3,) x, y, heading.
        velocity_mps: (2,) world.
    """

    view: View
    rays: Rays
    pose: Float64Array
    velocity_mps: Float64Array


def extent_of(shown: Sequence[Shown], size_m: Float64Array, usual: Prior) -> Extent:
    """Return the box that all sweeps together speak for.

    Args:
        shown: By each sweep.
        size_m: (3,) of the box that the poses are of.
        usual: The size of its class.
    """
    faces: dict[tuple[int, int], list[tuple[float, float]]] = {
        (axis, side): [] for axis in (0, 1) for side in (-1, 1)
    }
    sides: dict[int, list[Crossings]] = {0: [], 1: []}
    for one in shown:
        points = local_points(one.view, one.pose, one.velocity_mps, size_m)
        if len(points) < _FEWEST:
            continue
        sensor = _sensor(one)
        facing = (np.abs(sensor) - 0.5 * size_m[:2]) / max(float(np.hypot(*sensor)), 1.0)
        for axis in (0, 1):
            if facing[axis] > _FACING:
                side = 1 if sensor[axis] > 0.0 else -1
                end = _face(one, points, size_m, axis, side)
                if end is not None:
                    faces[axis, side].append(end)
            if facing[1 - axis] > _GRAZING:
                sides[axis].append(
                    crossings(one.rays, one.pose, one.velocity_mps, size_m, usual, axis)
                )
    found = [
        _between(faces[axis, -1], faces[axis, 1], sides[axis], float(size_m[axis]), usual, axis)
        for axis in (0, 1)
    ]
    offset, size, sigma = np.array(found).T
    return Extent(offset, size, sigma)


def is_plausible(moved_m: Float64Array, size_m: Float64Array) -> bool:
    """Return whether a guess can have been so far off; else something beside it was taken for it.

    Args:
        moved_m: (2,) along and across.
        size_m: (2,) or (3,) of the guess.
    """
    return bool((np.abs(moved_m) <= _MOST_MOVED * size_m[:2]).all())


def _sensor(one: Shown) -> Float64Array:
    """Return where the sensor is (2,) in the frame of the box."""
    return np.asarray(in_axes(one.view.sensor_m[None], one.pose)[0])


def _face(
    one: Shown, points: Float64Array, size_m: Float64Array, axis: int, side: int
) -> tuple[float, float] | None:
    """Return how far out a face that looks at the sensor is, and how sure; None: hidden."""
    end = end_of(side * points[:, axis])
    if end < 0.5 * size_m[axis] and is_hidden(one.view, one.pose, size_m, axis, float(side)):
        return None
    spacing = SPACING_RAD * max(float(np.hypot(*_sensor(one))), 1.0)
    return end + _INSET_M + 0.3 * spacing, _SIGMA_M + 0.5 * spacing


def _between(
    low: list[tuple[float, float]],
    high: list[tuple[float, float]],
    sides: list[Crossings],
    size_m: float,
    usual: Prior,
    axis: int,
) -> tuple[float, float, float]:
    """Return the likeliest middle and size along an axis, and how sure the middle is."""
    most = max(size_m, float(usual.size_m[axis])) + 0.8
    ends = np.arange(0.1, most, _STEP_M)
    a, b = _against(low, sides, ends, -1), _against(high, sides, ends, 1)
    size = ends[:, None] + ends[None, :]
    spread = _SPREAD * usual.kind.size_spread[axis]
    off = np.log(size / float(usual.size_m[axis])) / spread
    middle = 0.5 * (ends[None, :] - ends[:, None])
    cost = a[:, None] + b[None, :] + 0.5 * off**2 + 0.5 * (middle / _STAYS_M) ** 2
    cost = np.where(np.abs(off) < _MOST_SPREADS, cost, np.inf)
    likely = np.exp(cost.min() - cost)
    likely /= likely.sum()
    place, wide = _median(middle, likely), _median(size, likely)
    return place, wide, math.sqrt(float((likely * (middle - place) ** 2).sum()))


def _median(values: Float64Array, weights: Float64Array) -> float:
    """Return the value up to which half of the weight lies: a face unseen has a long tail."""
    order = np.argsort(values, axis=None)
    index = int(np.searchsorted(np.cumsum(weights.ravel()[order]), 0.5))
    return float(values.ravel()[order][min(index, values.size - 1)])


def _against(
    faced: list[tuple[float, float]], sides: list[Crossings], ends: Float64Array, side: int
) -> Float64Array:
    """Return what speaks against a face being so far out (n,): minus a log likelihood."""
    against = np.zeros(len(ends))
    if faced:
        place = _middle(faced)
        sigma = max(min(sigma for _, sigma in faced), _FLOOR_M)
        against += 0.5 * np.minimum(((ends - place) / sigma) ** 2, 40.0)
    if faced or not sides:
        return against
    places = side * np.concatenate([one.places_m for one in sides])
    sigmas = np.concatenate([one.sigmas_m for one in sides])
    hit = np.concatenate([one.hit for one in sides])
    hits = np.flatnonzero(hit & (places > 0.0))
    reach = float(np.quantile(places[hits], 0.9)) if len(hits) else 0.0
    nearest = _first(np.flatnonzero(~hit & (places > 0.5 * reach)), places)
    for which, independent, sign in ((hits, _HITS, 1.0), (nearest, _PASSES, -1.0)):
        inside = sign * (ends[:, None] - places[which]) / sigmas[which]
        likely = _ODD + (1.0 - 2.0 * _ODD) / (1.0 + np.exp(-np.clip(1.7 * inside, -40.0, 40.0)))
        share = min(1.0, independent / max(len(which), 1))
        against -= share * np.log(likely).sum(axis=1)
    return against


def _first(which: Int64Array, order: Float64Array) -> Int64Array:
    """Return those of some rays that are first in an order: only the ones near an end tell."""
    count = max(_TELLING, round(_TELLING_SHARE * len(which)))
    return which[np.argsort(order[which], kind="stable")[:count]]


def _middle(faced: list[tuple[float, float]]) -> float:
    """Return the place up to which half of the weight lies."""
    ordered = sorted(faced)
    weights = np.cumsum([1.0 / sigma**2 for _, sigma in ordered])
    index = int(np.searchsorted(weights, 0.5 * weights[-1]))
    return ordered[min(index, len(ordered) - 1)][0]
