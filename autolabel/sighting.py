"""A box at a moment, and what a sweep says of one."""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from autolabel.cloud import SweepPoints
from autolabel.views import View
from projection.arrays import Float64Array


@dataclass(frozen=True, slots=True)
class Box:
    """A box at a moment: position_m (3,), quat_xyzw (4,), size_m (3,), world."""

    position_m: Float64Array
    quat_xyzw: Float64Array
    size_m: Float64Array


class Place(Enum):
    """What a sweep says of a box that should stand where it stood."""

    THERE = auto()
    GONE = auto()
    HIDDEN = auto()


@dataclass(slots=True)
class Found:
    """A pose found in a sweep: x, y, heading; the ground below; how well it fits; what is seen."""

    index: int
    pose: Float64Array
    ground_m: float
    distance_m: float
    points: int
    view: View


@dataclass(frozen=True, slots=True)
class Guess:
    """Where an object should be in a sweep, by its motion.

    Attributes:
        index: Of the sweep.
        pose: (3,) x, y, heading.
        spread: (3,) how wrong that may be: along, across, heading.
        velocity: (3,) of it and its turn rate.
        ground_m: The ground's height where it was last.
        elsewhere: Sweeps in which it is elsewhere: they show what stands here anyway.
    """

    index: int
    pose: Float64Array
    spread: Float64Array
    velocity: Float64Array
    ground_m: float
    elsewhere: list[SweepPoints]


def hidden(index: int, pose: Float64Array, ground_m: float, seconds: float) -> Found:
    """Return what a sweep says that shows nothing of an object at a pose (3,)."""
    none = np.zeros(0)
    view = View(
        seconds,
        pose.copy(),
        np.zeros(3),
        np.zeros((0, 2)),
        none,
        none,
        pose[:2].copy(),
        none,
    )
    return Found(index, pose.copy(), ground_m, 0.0, 0, view)
