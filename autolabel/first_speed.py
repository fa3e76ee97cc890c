"""How fast an object goes at the moment its box was set: where the sweeps beside it show it again.

One speed has to explain all of them: another object can stand where this one would be in one sweep,
but hardly in every one, and at the same speed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autolabel.following import placed
from autolabel.matching import Field
from autolabel.priors import Prior
from projection.arrays import Float64Array

#: Vehicles on motorways; people who run.
FASTEST_MPS = 42.0
_ON_FOOT_MPS = 4.0
#: Nobody drives backwards faster than this.
_BACKWARDS_MPS = 6.0
_GRID_M = 0.12
#: Standing still is the likelier explanation unless another is better by this.
_BETTER_M = 0.03
#: Where the box was set by eye, its heading is off by some degrees.
_ACROSS = 0.08


@dataclass(frozen=True, slots=True)
class Beside:
    """A sweep beside the object's own.

    Attributes:
        seconds: After the object's own.
        field: Distances from its raised points.
    """

    seconds: float
    field: Field


def farthest_m(prior: Prior, seconds: float) -> float:
    """Return how far an object can have gone."""
    most = FASTEST_MPS if prior.kind.has_direction else _ON_FOOT_MPS
    return most * abs(seconds)


def first_velocity(
    model_m: Float64Array, pose: Float64Array, beside: Sequence[Beside], prior: Prior
) -> Float64Array:
    """Return the velocity (2,) of an object, metres per second, world.

    Args:
        model_m: (k, 2) its points in its own frame.
        pose: (3,) x, y, heading.
        beside: Sweeps beside its own; none: it is taken to stand.
        prior: Of its kind.
    """
    here = placed(model_m, pose)
    if not beside or not len(here):
        return np.zeros(2)
    longest = max(abs(one.seconds) for one in beside)
    step = _GRID_M / longest
    if prior.kind.has_direction:
        along = np.arange(-_BACKWARDS_MPS, FASTEST_MPS, step)
        shares = np.linspace(-_ACROSS, _ACROSS, 5)
        u = np.repeat(along, len(shares))
        v = np.tile(shares, len(along)) * (1.0 + np.abs(u))
    else:
        line = np.arange(-_ON_FOOT_MPS, _ON_FOOT_MPS + step, step)
        u, v = (grid.ravel() for grid in np.meshgrid(line, line))
    cosine, sine = math.cos(pose[2]), math.sin(pose[2])
    trials = np.stack([u * cosine - v * sine, u * sine + v * cosine], axis=1)
    costs = np.array([_cost(here, beside, trial) for trial in trials])
    # Of equals the slowest.
    costs += 0.0005 * np.hypot(u, v)
    best = trials[int(np.argmin(costs))]
    for finer in (step / 3.0, step / 9.0):
        around = np.array([[i, j] for i in range(-2, 3) for j in range(-2, 3)]) * finer + best
        found = [_cost(here, beside, trial) for trial in around]
        best = around[int(np.argmin(found))]
    still = _cost(here, beside, np.zeros(2))
    return np.zeros(2) if still < _cost(here, beside, best) + _BETTER_M else best


def _cost(here: Float64Array, beside: Sequence[Beside], velocity: Float64Array) -> float:
    total = sum(one.field.distance(here, velocity * one.seconds) for one in beside)
    return total / len(beside)
