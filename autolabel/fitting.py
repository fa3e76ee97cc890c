"""Fitting one box to a click: from points, a class's size, and where the sensor was."""

import math
from dataclasses import dataclass, replace

import numpy as np

from autolabel import box_cost
from autolabel.cloud import SweepPoints, thinned
from autolabel.evidence import (
    MIN_POINTS,
    Evidence,
    Refusal,
    gather,
    in_box_axes,
    within_box,
)
from autolabel.frames import in_frame
from autolabel.front import LANE_ODDS, SURE_ODDS, front_odds
from autolabel.ground import Ground
from autolabel.growing import nearest_index
from autolabel.priors import BLOCK, Prior, prior_of
from projection.arrays import BoolArray, Float64Array

#: Of what scores so much, this share is right: simulated streets and the four real clips together.
_SCORES = (0.0, 0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 1.0)
_SHARES_RIGHT = (0.05, 0.2, 0.33, 0.52, 0.74, 0.84, 0.9, 0.97)
#: From this cost on a box does not fit; another kind of body must be better by so much.
_BAD_COST = 60.0
_UNLIKE_COST = 15.0
#: How much traffic that goes along the lane says about a thing's heading: it settles ties.
_LANE_SIGMA_RAD = 0.35
_MOST_POINTS = 400
_MOST_RAYS = 250
_COARSE_POINTS = 120
_COARSE_RAYS = 80
_HEADING_STEP_RAD = math.radians(5.0)
_STEPS = 9
_STARTS = 6
#: So many points count as independent: more make the fit surer of itself, but not of the size.
_INDEPENDENT = 70.0


@dataclass(frozen=True, slots=True)
class BoxFit:
    """A box that stands upright on the ground.

    Attributes:
        position_m: (3,) centre, metres, world.
        heading_rad: Of its x axis about z, in [-pi, pi).
        size_m: (3,) length, width, height.
        confidence: How likely it is right, 0 to 1.
        used_points: How many points lie in it.
        is_static: Whether it stands still; None: only one sweep was looked at.
    """

    position_m: Float64Array
    heading_rad: float
    size_m: Float64Array
    confidence: float
    used_points: int
    is_static: bool | None = None

    @property
    def quat_xyzw(self) -> Float64Array:
        """(4,) world_from_box."""
        half = 0.5 * self.heading_rad
        return np.array([0.0, 0.0, math.sin(half), math.cos(half)])


@dataclass(frozen=True, slots=True)
class HeadingHint:
    """A direction that somebody said, or that follows from where the object goes.

    Attributes:
        heading_rad: Of its x axis about z.
        tolerance_rad: How wrong that may be, one standard deviation.
    """

    heading_rad: float
    tolerance_rad: float = 0.1


def fit_box(
    points_world: Float64Array,
    ground: Ground,
    click_m: Float64Array,
    prior_size_m: Float64Array,
    sensor_position_m: Float64Array,
    hint: HeadingHint | None = None,
) -> BoxFit | Refusal:
    """Return the box of the object that was clicked on, as one sweep shows it.

    Args:
        points_world: (n, 3) metres, world: the sweep, with its ground.
        ground: The ground around the click.
        click_m: (3,) metres, world: a point of the object, or of the ground below it.
        prior_size_m: (3,) usual length, width and height of the class.
        sensor_position_m: (3,) metres, world.
        hint: Direction of the object, where somebody said it.

    Returns:
        The box, or why there is none.
    """
    sweep = SweepPoints(0, np.asarray(points_world, np.float32), np.asarray(sensor_position_m))
    prior = prior_of(prior_size_m)
    evidence = gather(sweep, ground, np.asarray(click_m, dtype=np.float64), prior)
    if isinstance(evidence, Refusal):
        return evidence
    return fit_evidence(evidence, ground, np.asarray(click_m), prior, hint)


def fit_evidence(
    evidence: Evidence,
    ground: Ground,
    click_m: Float64Array,
    prior: Prior,
    hint: HeadingHint | None = None,
    lane_heading: float | None = None,
) -> BoxFit | Refusal:
    """Return the box that the evidence speaks for.

    Args:
        evidence: Of one sweep or of several.
        ground: The ground around the click.
        click_m: (3,) metres, world.
        prior: Of the class.
        hint: Where somebody said how it heads.
        lane_heading: Radians, which way the traffic goes there, where that is known.
    """
    found = _fit_as(evidence, ground, click_m, prior, hint, lane_heading)
    if isinstance(found, Refusal) or prior.kind.closeness == 0.0 or found[1] < _BAD_COST:
        return found if isinstance(found, Refusal) else found[0]
    # Nothing of its class's size fits: is it a thing like a block, as large as it looks?
    extent = _extent(evidence, found[0])
    block = Prior(np.minimum(extent, prior.size_m), BLOCK)
    other = _fit_as(evidence, ground, click_m, block, hint, lane_heading)
    if isinstance(other, Refusal) or other[1] + _UNLIKE_COST > found[1]:
        return found[0]
    return replace(other[0], confidence=0.6 * other[0].confidence)


def _extent(evidence: Evidence, fit: BoxFit) -> Float64Array:
    """Return the size (3,) of what is seen near a fit's click, as the fit is turned."""
    box = np.array([*fit.position_m[:2], fit.heading_rad, *fit.size_m[:2]])
    u, v = in_box_axes(box, evidence.object_m)
    spans = [float(np.quantile(w, 0.95) - np.quantile(w, 0.05)) for w in (u, v)]
    top = float(np.quantile(evidence.heights_m, 0.98))
    # Of a face seen straight on nothing tells how deep the thing is.
    deep = max(min(spans), 0.7 * max(spans))
    size: Float64Array = np.maximum(np.array([max(spans), deep, top]), 0.4)
    return size


def _fit_as(
    evidence: Evidence,
    ground: Ground,
    click_m: Float64Array,
    prior: Prior,
    hint: HeadingHint | None,
    lane_heading: float | None,
) -> tuple[BoxFit, float] | Refusal:
    """Return the best box of a kind and its cost."""
    points = point_rows(evidence, prior)
    axis = hint
    if axis is None and lane_heading is not None and prior.kind.closeness > 0.0:
        axis = HeadingHint(lane_heading, _LANE_SIGMA_RAD)
    settings = settings_of(evidence, prior, _inside(evidence, click_m), axis)
    chosen, costs = _least(points, evidence.rays, settings, prior)
    best, least = chosen[0], costs[0]
    inside = within_box(best, evidence.object_m, 0.1)
    if inside.sum() < MIN_POINTS:
        return Refusal(f"Only {int(inside.sum())} points lie in the best box; it is no object.")
    height = _height(evidence, inside, prior)
    best, direction_is_sure = _directed(best, height, evidence, prior, hint, lane_heading)
    base = float(ground.at(best[None, :2])[0])
    fit = BoxFit(
        np.array([best[0], best[1], base + 0.5 * height]),
        (best[2] + math.pi) % (2.0 * math.pi) - math.pi,
        np.array([best[3], best[4], height]),
        0.0,
        int(inside.sum()),
    )
    rival = _rival_cost(chosen, costs)
    confidence = _confidence(inside, least, rival, direction_is_sure=direction_is_sure)
    return replace(fit, confidence=confidence), least


def _inside(evidence: Evidence, click_m: Float64Array) -> Float64Array:
    """Return the place (2,) that the box must cover: the object's point nearest to the click."""
    index, _ = nearest_index(evidence.object_m[:, :2], click_m[:2])
    return evidence.object_m[index, :2]


def point_rows(evidence: Evidence, prior: Prior) -> Float64Array:
    """Return the object's points as the cost takes them."""
    to_sensor = evidence.sensors_m - evidence.object_m[:, :2]
    to_sensor = to_sensor / np.maximum(np.linalg.norm(to_sensor, axis=1), 1e-6)[:, None]
    # Roof and windows lie inside the box: only the body's sides are on its faces.
    side = evidence.heights_m <= prior.kind.body[1] * prior.size_m[2] + 0.1
    share = np.where(side, 1.0, 0.12)
    places = evidence.object_m[:, :2]
    if prior.kind.centring > 0.0:
        share = np.ones_like(share)
        # Only the near half of a round body is seen: its middle lies behind the points.
        places = places - 0.18 * prior.size_m[1] * to_sensor
    return np.column_stack([places, to_sensor, share, np.ones(len(share))])


def settings_of(
    evidence: Evidence, prior: Prior, inside_m: Float64Array, hint: HeadingHint | None
) -> Float64Array:
    """Return the numbers of the cost."""
    kind = prior.kind
    # What lies too far from the click to be of the object says nothing, however much it is.
    away = np.hypot(*(evidence.object_m[:, :2] - inside_m).T)
    count = max(int(np.count_nonzero(away < 2.0 * prior.reach_m)), 1)
    per_point = min(count, _INDEPENDENT) / count
    settings = np.zeros(box_cost.SETTINGS)
    settings[box_cost.CLICK_X], settings[box_cost.CLICK_Y] = inside_m
    settings[box_cost.PRIOR_LENGTH], settings[box_cost.PRIOR_WIDTH] = prior.size_m[:2]
    settings[box_cost.SPREAD_LENGTH], settings[box_cost.SPREAD_WIDTH] = kind.size_spread[:2]
    settings[box_cost.CLOSENESS] = kind.closeness
    settings[box_cost.CLICK_WEIGHT] = 1000.0
    settings[box_cost.OUT_MOST] = 8.0
    settings[box_cost.CENTRING] = kind.centring
    settings[box_cost.INSET] = 0.08 + 0.5 * kind.hollow * float(prior.size_m[1])
    settings[box_cost.POINT_SCALE] = per_point
    settings[box_cost.RAY_SCALE] = 2.0 * per_point * kind.solidity
    if hint is not None:
        settings[box_cost.HINT] = hint.heading_rad
        # Near it 1 - cos 2x is 2 x^2.
        settings[box_cost.HINT_WEIGHT] = 0.25 / hint.tolerance_rad**2
    return settings


def fewer(rows: Float64Array, at_most: int) -> Float64Array:
    """Return some of the rows, the last column (weight) raised for those left out."""
    kept = rows[thinned(len(rows), at_most)].copy()
    if len(kept):
        kept[:, -1] *= len(rows) / len(kept)
    return kept


def _least(
    points: Float64Array, rays: Float64Array, settings: Float64Array, prior: Prior
) -> tuple[list[Float64Array], list[float]]:
    """Return the boxes that are best near their own heading, and their costs, best first."""
    headings = np.arange(0.0, math.pi, _HEADING_STEP_RAD)
    spread = prior.kind.size_spread[0]
    lengths = prior.size_m[0] * np.exp(spread * np.array([-1.0, 0.0, 1.0]))
    boxes, costs = box_cost.search(
        headings,
        lengths if spread > 0.3 else lengths[1:2],
        _STEPS,
        fewer(points, _COARSE_POINTS),
        fewer(rays, _COARSE_RAYS),
        settings,
    )
    fine_points, fine_rays = fewer(points, _MOST_POINTS), fewer(rays, _MOST_RAYS)
    count = len(headings)
    minima = [
        k
        for k in np.argsort(costs, kind="stable")
        if costs[k] <= min(costs[(k - 1) % count], costs[(k + 1) % count])
    ][:_STARTS]
    found = [box_cost.refine(boxes[k], fine_points, fine_rays, settings) for k in minima]
    found.sort(key=lambda pair: pair[1])
    return [box for box, _ in found], [cost for _, cost in found]


def _height(evidence: Evidence, inside: BoolArray, prior: Prior) -> float:
    """Return the object's height: its top where it is seen, else no less than is usual."""
    heights = evidence.heights_m[inside]
    top = float(np.quantile(heights, 0.99))
    usual = float(prior.size_m[2])
    spread = 2.5 * prior.kind.size_spread[2]
    lowest = usual * (math.exp(-spread) if evidence.top_is_seen else 1.0)
    return float(np.clip(top, lowest, usual * math.exp(spread)))


def _directed(
    box: Float64Array,
    height_m: float,
    evidence: Evidence,
    prior: Prior,
    hint: HeadingHint | None,
    lane_heading: float | None,
) -> tuple[Float64Array, bool]:
    """Return the box with its front in front, and whether that is known."""
    box = box.copy()
    odds = 0.0
    if hint is not None:
        odds = math.copysign(2.0 * SURE_ODDS, math.cos(box[2] - hint.heading_rad))
    elif prior.kind.has_direction:
        local = in_frame(evidence.object_m, evidence.heights_m, box)
        odds = front_odds(local, np.array([box[3], box[4], height_m]))
        if lane_heading is not None:
            odds += math.copysign(LANE_ODDS, math.cos(box[2] - lane_heading))
    elif lane_heading is not None:
        odds = math.cos(box[2] - lane_heading)
    if odds < 0.0:
        box[2] += math.pi
    return box, abs(odds) > SURE_ODDS or not prior.kind.has_direction


def _rival_cost(boxes: list[Float64Array], costs: list[float]) -> float:
    """Return the cost of the best box that lies across the best one."""
    best = boxes[0]
    for box, cost in zip(boxes[1:], costs[1:], strict=True):
        if abs(math.sin(box[2] - best[2])) > math.sin(math.radians(25.0)):
            return cost
    return math.inf


def _confidence(inside: BoolArray, least: float, rival: float, *, direction_is_sure: bool) -> float:
    """Return how likely the box overlaps the true one by 0.7 or more, seen from above.

    Many points, most of them on it, and no rival speak for it; how often such boxes are right was
    counted on labelled clips (``bench/autolabel``).
    """
    count = int(inside.sum())
    enough = 1.0 - math.exp(-count / 25.0)
    whole = count / len(inside)
    clear = 1.0 - math.exp(-max(rival - least, 0.0) / 3.0) if math.isfinite(rival) else 1.0
    close = math.exp(-least / (1.2 * _INDEPENDENT))
    known = 1.0 if direction_is_sure else 0.85
    score = enough * (0.4 + 0.6 * whole) * (0.35 + 0.65 * clear) * close * known
    return float(np.interp(score, _SCORES, _SHARES_RIGHT))
