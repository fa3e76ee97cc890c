"""What points and rays say for and against boxes near a click."""

from dataclasses import dataclass

import numpy as np

from autolabel import box_cost
from autolabel.cloud import SweepPoints, rays_near, thinned
from autolabel.frames import in_axes
from autolabel.ground import Ground
from autolabel.growing import connected, links_m, nearest_index
from autolabel.priors import Prior
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
_MOST_ENDS = 6000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no box was fitted: a sentence."""

    reason: str


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
        part = within_box(_footprint(rough), candidates, _ROUGH_MARGIN_M)
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


def within_box(box: Float64Array, points_m: Float64Array, margin_m: float) -> BoolArray:
    """Return which points lie over a box's footprint, made larger by a margin."""
    u, v = in_box_axes(box, points_m)
    return np.asarray(
        (np.abs(u) <= 0.5 * box[3] + margin_m) & (np.abs(v) <= 0.5 * box[4] + margin_m)
    )


def in_box_axes(box: Float64Array, points_m: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Return points along and across a box."""
    local = in_axes(points_m, box)
    return local[:, 0], local[:, 1]
