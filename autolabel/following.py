"""Where a box is in the next sweep: where its points, its faces and its motion agree."""

import math
from dataclasses import dataclass

import numpy as np

from autolabel import box_cost
from autolabel.box_cost import cost_of
from autolabel.compiling import compiled
from autolabel.matching import Field, distance_of
from projection.arrays import Float32Array, Float64Array

#: What the mean distance of the object's points known so far from the sweep's counts, per metre.
_MATCH_WEIGHT = 400.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What a sweep shows where the object should be.

    Attributes:
        points: (n, POINT_COLUMNS) raised points.
        rays: (m, RAY_COLUMNS).
        settings: (SETTINGS,) with the object's own size as the usual one.
        field: Distances from the raised points.
    """

    points: Float64Array
    rays: Float64Array
    settings: Float64Array
    field: Field


def follow(
    scene: Scene,
    model_m: Float64Array,
    size_m: Float64Array,
    expected: Float64Array,
    spread: Float64Array,
) -> tuple[Float64Array, float, float]:
    """Return the pose (3,) x, y, heading of the object in a sweep.

    Args:
        scene: What the sweep shows.
        model_m: (k, 2) the object's points known so far, in its own frame.
        size_m: (3,) of the object.
        expected: (3,) the pose that its motion says.
        spread: (3,) how wrong that may be: along, across, heading.

    Returns:
        The pose, its cost, and the mean distance of the model's points from the sweep's, metres.
    """
    turned = placed(model_m, np.array([expected[0], expected[1], expected[2]]))
    shift, _ = scene.field.best_shift(turned, np.zeros(2), 2.5 * float(spread[:2].max()))
    starts = [expected, expected + np.array([shift[0], shift[1], 0.0])]
    best: tuple[Float64Array, float] | None = None
    for start in starts:
        pose, cost = _descend(
            np.asarray(start, dtype=np.float64),
            np.asarray(expected, dtype=np.float64),
            np.asarray(spread, dtype=np.float64),
            size_m,
            scene.points,
            scene.rays,
            scene.settings,
            scene.field.distances_m,
            scene.field.corner_m,
            model_m,
        )
        if best is None or cost < best[1]:
            best = (np.asarray(pose), float(cost))
    assert best is not None  # noqa: S101  there are two starts
    distance = scene.field.distance(placed(model_m, best[0]), np.zeros(2))
    return best[0], best[1], distance


def placed(model_m: Float64Array, pose: Float64Array) -> Float64Array:
    """Return points of the object's frame (k, 2) in the world's."""
    cosine, sine = math.cos(pose[2]), math.sin(pose[2])
    x = pose[0] + model_m[:, 0] * cosine - model_m[:, 1] * sine
    y = pose[1] + model_m[:, 0] * sine + model_m[:, 1] * cosine
    return np.stack([x, y], axis=1)


@compiled
def _total(  # noqa: PLR0913, PLR0917  a kernel takes arrays, no objects
    pose: Float64Array,
    expected: Float64Array,
    spread: Float64Array,
    size: Float64Array,
    points: Float64Array,
    rays: Float64Array,
    settings: Float64Array,
    field: Float32Array,
    corner: Float64Array,
    model: Float64Array,
) -> float:
    """Return the cost of a pose."""
    box = np.empty(5)
    box[:3] = pose
    box[3], box[4] = size[0], size[1]
    total = cost_of(box, points, rays, settings)
    cosine, sine = math.cos(pose[2]), math.sin(pose[2])
    far = 0.0
    for i in range(model.shape[0]):
        x = pose[0] + model[i, 0] * cosine - model[i, 1] * sine
        y = pose[1] + model[i, 0] * sine + model[i, 1] * cosine
        far += distance_of(field, corner, x, y)
    total += _MATCH_WEIGHT * far / max(model.shape[0], 1)
    dx, dy = pose[0] - expected[0], pose[1] - expected[1]
    ex, ey = math.cos(expected[2]), math.sin(expected[2])
    along, across = (dx * ex + dy * ey) / spread[0], (dy * ex - dx * ey) / spread[1]
    turn = (pose[2] - expected[2]) / spread[2]
    return float(total + 0.5 * (along * along + across * across + turn * turn))


@compiled
def _descend(  # noqa: PLR0913, PLR0917  a kernel takes arrays, no objects
    start: Float64Array,
    expected: Float64Array,
    spread: Float64Array,
    size: Float64Array,
    points: Float64Array,
    rays: Float64Array,
    settings: Float64Array,
    field: Float32Array,
    corner: Float64Array,
    model: Float64Array,
) -> tuple[Float64Array, float]:
    """Return the pose that small shifts and turns cannot make better, and its cost."""
    best = start.copy()
    least = _total(best, expected, spread, size, points, rays, settings, field, corner, model)
    trial = np.empty(3)
    step = 0.32
    while step > 0.009:
        improved = False
        for move in range(6):
            sign = 1.0 if move % 2 == 0 else -1.0
            trial[:] = best
            cosine, sine = math.cos(best[2]), math.sin(best[2])
            if move < 2:
                trial[0] += sign * step * cosine
                trial[1] += sign * step * sine
            elif move < 4:
                trial[0] -= sign * step * sine
                trial[1] += sign * step * cosine
            else:
                trial[2] += sign * step / max(0.5 * size[0], 0.5)
            cost = _total(
                trial, expected, spread, size, points, rays, settings, field, corner, model
            )
            if cost < least - 1e-9:
                least = cost
                best[:] = trial
                improved = True
        if not improved:
            step *= 0.5
    return best, least


def settings_for_following(settings: Float64Array, centre_m: Float64Array) -> Float64Array:
    """Return the settings of a fit for a box whose size is known and that nobody clicked on."""
    changed = settings.copy()
    changed[box_cost.CLICK_X], changed[box_cost.CLICK_Y] = centre_m[:2]
    changed[box_cost.CLICK_WEIGHT] = 0.0
    # Its own known points say better where its faces are than the box does.
    changed[box_cost.CLOSENESS] *= 0.3
    # Other things stand around: a box must gain little by covering them.
    changed[box_cost.OUT_MOST] = 4.0
    return changed
