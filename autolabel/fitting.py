"""Fitting one box to a click: from points, a class's size, and where the sensor was."""

import math
from dataclasses import dataclass, replace

import numpy as np

from autolabel import box_cost
from autolabel.cloud import SweepPoints, rays_near, thinned
from autolabel.front import LANE_ODDS, SURE_ODDS, front_odds, in_frame
from autolabel.ground import Ground
from autolabel.growing import connected, links_m, nearest_index
from autolabel.priors import BLOCK, Prior, prior_of
from projection.arrays import BoolArray, Float64Array

#: A click farther than this from any point above the ground hits nothing, metres.
CLICK_REACH_M = 1.0
MIN_POINTS = 4
_FEW_POINTS = 8
#: Where only an edge of it hangs together, its columns may lie farther apart by so much.
_WIDER = (1.0, 1.8, 3.0)
#: What is narrower than this share of the usual width is an edge.
_EDGE_SHARE = 0.35
#: What somebody draws roughly may cut off so much of the object.
_ROUGH_MARGIN_M = 0.4
_SMALL_SHARE = 1.25
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
_MOST_ENDS = 6000
_COARSE_POINTS = 120
_COARSE_RAYS = 80
_HEADING_STEP_RAD = math.radians(5.0)
_STEPS = 9
_STARTS = 6
#: So many points count as independent: more make the fit surer of itself, but not of the size.
_INDEPENDENT = 70.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no box was fitted: a sentence."""

    reason: str


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


@dataclass(frozen=True, slots=True)
class RoughBox:
    """A box that somebody drew roughly around an object.

    Attributes:
        centre_m: (3,) metres, world.
        heading_rad: Of its x axis about z.
        size_m: (3,) length, width, height.
    """

    centre_m: Float64Array
    heading_rad: float
    size_m: Float64Array


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against boxes near a click.

    Attributes:
        object_m: (n, 3) points that hang together with the click, world.
        heights_m: (n,) of them above the ground.
        sensors_m: (n, 2) where each was seen from.
        rays: (m, RAY_COLUMNS) ways of rays through the heights of the body.
        ray_share: How many of the rays are here.
        top_is_seen: Whether the sensor looks over the object's top.
    """

    object_m: Float64Array
    heights_m: Float64Array
    sensors_m: Float64Array
    rays: Float64Array
    top_is_seen: bool


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


def gather(
    sweep: SweepPoints,
    ground: Ground,
    click_m: Float64Array,
    prior: Prior,
    rough: RoughBox | None = None,
) -> Evidence | Refusal:
    """Return what one sweep shows of the object that was clicked on, or drawn roughly around."""
    reach = 2.0 * prior.reach_m + 1.0
    ends, origin = rays_near(sweep, click_m, reach)
    above = ground.above(ends)
    raised = (above > prior.ground_gap_m) & (above < prior.highest_m)
    raised &= np.abs(ends[:, 0] - click_m[0]) < reach
    raised &= np.abs(ends[:, 1] - click_m[1]) < reach
    candidates = ends[raised]
    if not len(candidates):
        return Refusal("No points above the ground lie near the click.")
    seed, distance = _seed(candidates, click_m, prior, ground)
    if distance > CLICK_REACH_M:
        return Refusal(
            f"The nearest point above the ground lies {distance:.1f} m from the click, more than"
            f" {CLICK_REACH_M:g} m."
        )
    to_sensor = float(np.hypot(*(click_m[:2] - origin[:2])))
    if rough is not None:
        part = _within(_footprint(rough), candidates, _ROUGH_MARGIN_M)
    else:
        links = links_m(to_sensor, prior)
        for wider in _WIDER:
            far = links[0] * wider, links[1] * wider
            part = connected(candidates, candidates[seed], far, origin, reach)
            if part.sum() >= _FEW_POINTS and _is_wide(candidates[part], prior):
                break
        if part.sum() < MIN_POINTS:
            # An edge of it, or its far end: what lies as near as it is wide belongs to it.
            off = np.hypot(*(candidates[:, :2] - candidates[seed, :2]).T)
            part = off < 0.6 * float(prior.size_m[1])
        if prior.kind.centring > 0.0:
            part &= _around(candidates, candidates[seed], part, prior)
    if part.sum() < MIN_POINTS:
        return Refusal(
            f"Only {int(part.sum())} points hang together with the click; a box needs {MIN_POINTS}."
        )
    found = candidates[part]
    return Evidence(
        found,
        above[raised][part],
        np.broadcast_to(origin[:2], (len(found), 2)),
        _some_rays(ends, origin, ground, prior, click_m, reach),
        _looks_over(ends, found, origin),
    )


def _is_wide(points_m: Float64Array, prior: Prior) -> bool:
    """Return whether points are more than an edge of a thing with faces."""
    if prior.kind.closeness == 0.0:
        return True
    spans = np.ptp(points_m[:, :2], axis=0)
    return float(np.hypot(*spans)) > _EDGE_SHARE * float(prior.size_m[1])


def _around(
    points_m: Float64Array, seed_m: Float64Array, part: BoolArray, prior: Prior
) -> BoolArray:
    """Return which points lie around the middle of the small thing that was clicked on.

    A person at a wall, a cone at a kerb hang together with it; from the click on, the middle of
    what lies nearer than the thing's size is found in a few steps.
    """
    reach = 0.5 * float(prior.size_m[:2].max()) * _SMALL_SHARE + 0.1
    middle = seed_m[:2]
    for _ in range(4):
        close = part & (np.hypot(*(points_m[:, :2] - middle).T) < reach)
        if not close.any():
            break
        shift = points_m[close, :2].mean(axis=0) - seed_m[:2]
        far = float(np.hypot(*shift))
        # The click lies on it: its middle is no farther away than half of it.
        middle = seed_m[:2] + shift * min(1.0, 0.6 * reach / max(far, 1e-9))
    return np.asarray(np.hypot(*(points_m[:, :2] - middle).T) < reach)


def _footprint(rough: RoughBox) -> Float64Array:
    """Return a rough box as the cost takes boxes: (5,)."""
    return np.concatenate(
        [rough.centre_m[:2], [rough.heading_rad], rough.size_m[:2]], dtype=np.float64
    )


def _seed(
    candidates: Float64Array, click_m: Float64Array, prior: Prior, ground: Ground
) -> tuple[int, float]:
    """Return the point above the ground that a click means, and how far off it is.

    A click on the ground means what stands nearest to it, seen from above.
    """
    index, distance = nearest_index(candidates, click_m)
    if float(ground.above(click_m[None])[0]) > prior.ground_gap_m:
        return index, distance
    return nearest_index(candidates[:, :2], click_m[:2])


def _some_rays(
    ends: Float64Array,
    origin: Float64Array,
    ground: Ground,
    prior: Prior,
    click_m: Float64Array,
    reach: float,
) -> Float64Array:
    """Return the rays of ``body_rays``, of some ends for all: beside the sensor there are many."""
    some = ends[thinned(len(ends), _MOST_ENDS)]
    rays = body_rays(some, origin, ground, prior, click_m, reach)
    rays[:, -1] *= len(ends) / max(len(some), 1)
    return rays


def body_rays(
    ends: Float64Array,
    origin: Float64Array,
    ground: Ground,
    prior: Prior,
    click_m: Float64Array,
    reach: float,
) -> Float64Array:
    """Return the ways of rays through the heights between which the body is solid."""
    if prior.kind.solidity == 0.0 or not len(ends):
        return np.zeros((0, box_cost.RAY_COLUMNS))
    low = max(prior.kind.body[0] * prior.size_m[2], prior.ground_gap_m)
    high = prior.kind.body[1] * prior.size_m[2]
    # A recorder whose lidar is at the ego's origin did not say where it really is.
    start_height = float(ground.above(origin[None])[0])
    start_height = start_height if start_height > 0.5 else 1.8
    end_heights = ground.above(ends)
    drop = end_heights - start_height
    safe = np.where(np.abs(drop) < 1e-6, 1e-6, drop)
    at_low, at_high = (low - start_height) / safe, (high - start_height) / safe
    first, last = np.minimum(at_low, at_high), np.maximum(at_low, at_high)
    # The last 0.15 m of a ray are the surface that it hit.
    lengths = np.linalg.norm(ends - origin, axis=1)
    first = np.clip(first, 0.0, 1.0)
    last = np.clip(last, 0.0, 1.0 - 0.15 / np.maximum(lengths, 0.3))
    flat = ends[:, :2] - origin[:2]
    starts, stops = origin[:2] + first[:, None] * flat, origin[:2] + last[:, None] * flat
    near_click = _passes(starts, stops, click_m[:2], reach)
    kept = (last > first) & near_click
    return np.column_stack([starts[kept], stops[kept], np.ones(int(kept.sum()))])


def _passes(a: Float64Array, b: Float64Array, centre: Float64Array, radius: float) -> BoolArray:
    """Return which segments a-b come nearer to a place than so much."""
    way = b - a
    squares = np.maximum(np.sum(way * way, axis=1), 1e-12)
    t = np.clip(np.sum((centre - a) * way, axis=1) / squares, 0.0, 1.0)
    return np.asarray(np.sum((a + t[:, None] * way - centre) ** 2, axis=1) < radius * radius)


def _looks_over(ends: Float64Array, found: Float64Array, origin: Float64Array) -> bool:
    """Return whether some ray passes just above the object: then its top is where it ends."""

    def steepness(points: Float64Array) -> Float64Array:
        flat = np.hypot(points[:, 0] - origin[0], points[:, 1] - origin[1])
        return np.asarray((points[:, 2] - origin[2]) / np.maximum(flat, 0.1))

    top = float(steepness(found).max())
    return bool(np.count_nonzero(steepness(ends) > top + 0.004) >= 3)


def merged(parts: list[Evidence]) -> Evidence:
    """Return the evidence of several sweeps as one."""
    return Evidence(
        np.concatenate([part.object_m for part in parts]),
        np.concatenate([part.heights_m for part in parts]),
        np.concatenate([part.sensors_m for part in parts]),
        np.concatenate([part.rays for part in parts]),
        any(part.top_is_seen for part in parts),
    )


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
    u, v = _in_box(box, evidence.object_m)
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
    inside = _within(best, evidence.object_m, 0.1)
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


def _within(box: Float64Array, points_m: Float64Array, margin_m: float) -> BoolArray:
    """Return which points lie over a box's footprint, made larger by a margin."""
    u, v = _in_box(box, points_m)
    return np.asarray(
        (np.abs(u) <= 0.5 * box[3] + margin_m) & (np.abs(v) <= 0.5 * box[4] + margin_m)
    )


def _in_box(box: Float64Array, points_m: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Return points along and across a box."""
    dx, dy = points_m[:, 0] - box[0], points_m[:, 1] - box[1]
    cosine, sine = math.cos(box[2]), math.sin(box[2])
    return dx * cosine + dy * sine, dy * cosine - dx * sine


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
