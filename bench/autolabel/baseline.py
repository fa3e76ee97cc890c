"""What anybody would try first: the smallest rectangle around the points, as large as is usual."""

import math

import cv2
import numpy as np

from autolabel import BoxFit, Ground, Refusal, SweepPoints
from autolabel.cloud import near
from autolabel.ground import local_ground
from autolabel.growing import connected, links_m, nearest_index
from autolabel.priors import prior_of
from projection.arrays import Float64Array


def rectangle_box(
    sweep: SweepPoints, click_m: Float64Array, size_m: Float64Array
) -> BoxFit | Refusal:
    """Return the rectangle around what hangs together with a click.

    ``cv2.minAreaRect`` of the points seen from above; where it is smaller than the class, it grows
    to the class's size, away from the sensor.

    Args:
        sweep: The click's own.
        click_m: (3,) metres, world.
        size_m: (3,) usual size of the class.
    """
    ground = local_ground(sweep.points_m, click_m) or Ground.level(float(click_m[2]) - 1.0)
    prior = prior_of(size_m)
    reach = 2.0 * prior.reach_m + 1.0
    points = sweep.points_m[near(sweep.points_m, click_m, reach)].astype(np.float64)
    above = ground.above(points)
    points = points[(above > prior.ground_gap_m) & (above < prior.highest_m)]
    if len(points) < 4:
        return Refusal("Too few points.")
    seed, _ = nearest_index(points, click_m)
    sensor = sweep.sensor_position_m
    links = links_m(float(np.hypot(*(click_m - sensor)[:2])), prior)
    part = points[connected(points, points[seed], links, sensor, reach)]
    if len(part) < 4:
        return Refusal("Too few points.")
    (x, y), (long, short), degrees = cv2.minAreaRect(part[:, :2].astype(np.float32))
    heading = math.radians(degrees)
    if long < short:
        long, short, heading = short, long, heading + math.pi / 2
    ways = np.array(
        [[math.cos(heading), math.sin(heading)], [-math.sin(heading), math.cos(heading)]]
    )
    centre = np.array([x, y])
    sides = np.array([long, short])
    for axis in (0, 1):
        more = max(float(size_m[axis]) - sides[axis], 0.0)
        away = -1.0 if ways[axis] @ (sensor[:2] - centre) > 0.0 else 1.0
        centre = centre + 0.5 * more * away * ways[axis]
        sides[axis] += more
    height = float(size_m[2])
    base = float(ground.at(centre))
    return BoxFit(
        np.array([*centre, base + 0.5 * height]),
        (heading + math.pi) % (2.0 * math.pi) - math.pi,
        np.array([*sides, height]),
        0.0,
        len(part),
    )
