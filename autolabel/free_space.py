"""Where rays cross the plane of a box's side: those that end there hit it, others pass beside it.

Points show where something is. That nothing is there, only rays show that went through: between the
last ray that hits a side and the first that passes is where it ends.
"""

from dataclasses import dataclass

import numpy as np

from autolabel.cloud import SweepPoints, near_rays, thinned
from autolabel.frames import in_axes
from autolabel.ground import Ground
from autolabel.priors import Prior
from projection.arrays import BoolArray, Float64Array

_MOST_RAYS = 4000
#: Rays that end so far inside of a side, or outside, ended at it.
_INSIDE_M = 0.6
_OUTSIDE_M = 0.15
#: Rays that end nearer to the box than this did not pass it.
_AROUND_M = 0.35
#: Crossings farther beyond the ends of the box say nothing of it.
_BEYOND_M = 1.6
#: How well the plane of a side and the place of an end are known.
_SIGMA_M = 0.08
#: Bonnets are lower in front: of the heights of the body only those up to this share are asked.
_UP_TO = 0.8
#: A recorder whose lidar is at the ego's origin did not say where it really is.
_USUAL_HEIGHT_M = 1.8


@dataclass(frozen=True, slots=True)
class Rays:
    """The rays of a sweep that come near an object, as lines in the world.

    Attributes:
        origin_m: (3,) where they start.
        ends_m: (n, 3) where they end.
        offsets_s: (n,) seconds after the sweep's time.
        start_height_m: How high above the ground at the object they start.
        end_heights_m: (n,) and end.
    """

    origin_m: Float64Array
    ends_m: Float64Array
    offsets_s: Float64Array
    start_height_m: float
    end_heights_m: Float64Array


@dataclass(frozen=True, slots=True)
class Crossings:
    """Where rays cross the plane of a side.

    Attributes:
        places_m: (n,) along the side, from the middle of the box: where a ray that hit it ended,
            where another one went through the plane.
        sigmas_m: (n,) how sure that is, where the plane is wrong by a little.
        hit: (n,) whether each ended at the box; the others passed.
    """

    places_m: Float64Array
    sigmas_m: Float64Array
    hit: BoolArray


def rays_of(sweep: SweepPoints, ground: Ground, centre_m: Float64Array, radius_m: float) -> Rays:
    """Return the rays of a sweep that come near a place.

    Args:
        sweep: The sweep.
        ground: The ground at the place.
        centre_m: (2,) or (3,) metres, world.
        radius_m: How near.
    """
    rows = near_rays(sweep, centre_m, radius_m)
    rows = rows[thinned(len(rows), _MOST_RAYS)]
    ends = sweep.points_m[rows].astype(np.float64)
    origin = sweep.sensor_position_m
    start = float(ground.above(origin[None])[0])
    offsets = np.zeros(len(rows)) if sweep.offsets_s is None else sweep.offsets_s[rows]
    return Rays(
        origin,
        ends,
        np.asarray(offsets, dtype=np.float64),
        start if start > 0.5 else _USUAL_HEIGHT_M,
        ground.above(ends),
    )


def crossings(
    rays: Rays,
    pose: Float64Array,
    velocity: Float64Array,
    size_m: Float64Array,
    prior: Prior,
    axis: int,
) -> Crossings:
    """Return where rays at the heights of the body cross the side that the sensor sees.

    Args:
        rays: Of one sweep.
        pose: (3,) x, y, heading of the box.
        velocity: (2,) of it, metres per second.
        size_m: (3,) of it.
        prior: Of its kind.
        axis: Along which the side goes; 0: the left or right side, 1: the front or the rear.
    """
    half = 0.5 * size_m[:2]
    shift = rays.offsets_s[:, None] * velocity
    start = in_axes(rays.origin_m[:2] - shift, pose)
    end = in_axes(rays.ends_m[:, :2] - shift, pose)
    other = 1 - axis
    side = np.sign(start[:, other])
    plane = side * half[other]
    way = end - start
    steep = np.where(np.abs(way[:, other]) < 1e-6, 1e-6, way[:, other])
    share = (plane - start[:, other]) / steep
    height = rays.start_height_m + share * (rays.end_heights_m - rays.start_height_m)
    low = max(prior.kind.body[0] * size_m[2], prior.ground_gap_m)
    at_body = (height > low) & (height < _UP_TO * prior.kind.body[1] * size_m[2])
    place = start[:, axis] + share * way[:, axis]
    usable = at_body & (share > 0.0) & (np.abs(place) < half[axis] + _BEYOND_M)
    usable &= np.abs(start[:, other]) > half[other]
    # How far inside of the plane a ray ends; outside: something stands before it.
    depth = half[other] - side * end[:, other]
    beside = (np.abs(end) > half + _AROUND_M).any(axis=1)
    hit = (depth > -_OUTSIDE_M) & (depth < _INSIDE_M) & ~beside
    passed = (depth > _INSIDE_M) & (share < 1.0) & beside
    kept = usable & (hit | passed)
    angle = np.arctan2(np.abs(steep), np.abs(way[:, axis]))
    # A round corner lets rays pass that a square one would not: so much farther out is the box.
    cut = (np.sin(angle) + np.cos(angle) - 1.0) / np.sin(angle)
    # Rays that go outwards, away from the middle, pass the far corner; others the near one.
    outwards = np.sign(way[:, axis]) * np.sign(place)
    place = place + np.sign(place) * prior.kind.corner_m * cut * (outwards > 0.0)
    unsure = _SIGMA_M / np.sin(angle) + 0.4 * prior.kind.corner_m * cut
    sigmas = np.where(hit, _SIGMA_M, unsure)
    return Crossings(np.where(hit, end[:, axis], place)[kept], sigmas[kept], hit[kept])
