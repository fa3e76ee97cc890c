"""Things that stand: whether one does whose box is a guess, and its box as all sweeps show it."""

from collections.abc import Callable

import numpy as np

from autolabel.cloud import SweepPoints, near
from autolabel.evidence import Evidence, Refusal, gather, merged
from autolabel.extent import Shown, extent_of, is_plausible
from autolabel.fitting import HeadingHint, fit_evidence
from autolabel.frames import in_axes, in_frame
from autolabel.front import SURE_ODDS, front_odds
from autolabel.ground import Ground, local_ground
from autolabel.overlap import heading_of
from autolabel.priors import Prior, prior_of
from autolabel.sighting import Box, Found
from autolabel.tracker import Tracker
from projection.arrays import Float64Array, Int64Array

#: Sweeps whose points are fitted together, at most: from as many sides as there are.
_MOST_SWEEPS = 10
_FEWEST_POINTS = 15
#: What hangs together with the object but lies mostly beside its box is something else.
_SHARE_INSIDE = 0.9
#: A guess is wrong by so much: the new box is looked for about it.
_MARGIN_M = 0.3
_FARTHEST_M = 1.0
#: Rounds in which its faces are looked for: a larger box has more points in it.
_GROWN = 3
_HEADING_TOLERANCE_RAD = 0.15
#: What goes slower than this on the whole, and is seen so near to one place in three quarters of
#: its sweeps, stands: its box was wrong.
_STANDING_MPS = 0.4
_STANDING_M = 0.6


def stayed(path: list[Found], times_ns: Int64Array) -> bool:
    """Return whether what was followed went nowhere: what a wrong box of a parked car does.

    Args:
        path: The sightings.
        times_ns: Of all sweeps.
    """
    if len(path) < 3:
        return False
    seconds = np.array([float(times_ns[found.index] - times_ns[path[0].index]) for found in path])
    seconds *= 1e-9
    places = np.array([found.pose[:2] for found in path])
    off = np.hypot(*(places - np.median(places, axis=0)).T)
    slopes = np.polyfit(seconds, places, 1)[0]
    return bool(np.hypot(*slopes) < _STANDING_MPS and np.quantile(off, 0.75) < _STANDING_M)


def settled_box(
    tracker: Tracker,
    box: Box,
    sweeps: Int64Array,
    load: Callable[[int], SweepPoints],
) -> Box:
    """Return the box of something that stands, as sweeps from all sides show it together.

    Args:
        tracker: Of the box.
        box: A guess.
        sweeps: (k,) in which it is seen, rising.
        load: Returns the sweep of an index.

    Returns:
        The guess, where the sweeps show no better one.
    """
    prior = Prior(box.size_m, prior_of(box.size_m).kind)
    if prior.kind.closeness == 0.0:
        return box  # round things: more sweeps add what stands beside them
    turned = _turned(box, sweeps, load, prior)
    # A block has no usual size to fall back on, and what stands beside it would be taken for it.
    return _grown(tracker, turned, sweeps, load) if prior.kind.has_direction else turned


def _grown(
    tracker: Tracker,
    box: Box,
    sweeps: Int64Array,
    load: Callable[[int], SweepPoints],
) -> Box:
    """Return a box with its faces where all sweeps together show them."""
    pose = np.array([*box.position_m[:2], heading_of(box.quat_xyzw)])
    bottom = float(box.position_m[2] - 0.5 * box.size_m[2])
    sightings: list[Found] = []
    for index in sweeps.tolist():
        ground = local_ground(load(index).points_m, pose, fallback_z_m=bottom)
        ground = ground or Ground.level(bottom)
        view = tracker.view(index, ground, pose)
        if len(view.points_m) >= _FEWEST_POINTS:
            sightings.append(Found(index, pose, float(ground.at(pose)), 0.0, 0, view))
    rays = [tracker.rays(found, pose) for found in sightings]
    size = box.size_m.copy()
    moved = np.zeros(2)
    for _ in range(_GROWN):
        shown = [
            Shown(found.view, ray, pose, np.zeros(2))
            for found, ray in zip(sightings, rays, strict=True)
        ]
        extent = extent_of(shown, size, tracker.usual)
        cosine, sine = np.cos(pose[2]), np.sin(pose[2])
        along, across = extent.offset_m
        moved += extent.offset_m
        pose = pose + np.array(
            [along * cosine - across * sine, along * sine + across * cosine, 0.0]
        )
        size = np.array([*extent.size_m, size[2]])
    if not is_plausible(moved, box.size_m):
        return box
    local = [in_frame(one.view.points_m, one.view.heights_m, pose) for one in sightings]
    quat = box.quat_xyzw
    if local and front_odds(np.concatenate(local), size) < -SURE_ODDS:
        quat = np.array([quat[1], -quat[0], quat[3], -quat[2]])  # turned about its upright axis
    return Box(np.array([*pose[:2], box.position_m[2]]), quat, size)


def _turned(box: Box, sweeps: Int64Array, load: Callable[[int], SweepPoints], prior: Prior) -> Box:
    """Return the box that fits the points of sweeps from all sides."""
    bottom = float(box.position_m[2] - 0.5 * box.size_m[2])
    parts: list[tuple[float, Evidence]] = []
    ground: Ground | None = None
    for index in sweeps.tolist():
        sweep = load(index)
        here = local_ground(sweep.points_m, box.position_m, fallback_z_m=bottom)
        here = here or Ground.level(bottom)
        part = _shown(sweep, here, box, prior)
        if part is None:
            continue
        ground = ground or here
        to_sensor = sweep.sensor_position_m - box.position_m
        parts.append((float(np.arctan2(to_sensor[1], to_sensor[0])), part))
    if len(parts) < 2 or ground is None:
        return box
    chosen = _all_round(parts)
    middle = np.concatenate([part.object_m for part in chosen])
    click = middle[np.argmin(np.hypot(*(middle[:, :2] - np.median(middle[:, :2], axis=0)).T))]
    hint = HeadingHint(heading_of(box.quat_xyzw), _HEADING_TOLERANCE_RAD)
    found = fit_evidence(merged(chosen), ground, click, prior, hint)
    if isinstance(found, Refusal):
        return box
    moved = float(np.hypot(*(found.position_m - box.position_m)[:2]))
    return box if moved > _FARTHEST_M else Box(found.position_m, found.quat_xyzw, found.size_m)


def _shown(sweep: SweepPoints, ground: Ground, box: Box, prior: Prior) -> Evidence | None:
    """Return what a sweep shows of it; None where that is next to nothing, or something else."""
    rows = near(sweep.points_m, box.position_m, prior.reach_m + _MARGIN_M)
    points = sweep.points_m[rows].astype(np.float64)
    heights = ground.above(points)
    points = points[(heights > prior.ground_gap_m) & (heights < prior.highest_m)]
    inside = points[_over(box, points, 0.1)]
    if len(inside) < _FEWEST_POINTS:
        return None
    middle = np.median(inside, axis=0)
    click = inside[np.argmin(np.linalg.norm(inside - middle, axis=1))]
    part = gather(sweep, ground, click, prior)
    if isinstance(part, Refusal):
        return None
    own = _over(box, part.object_m, _MARGIN_M)
    return part if own.mean() > _SHARE_INSIDE else None


def _over(box: Box, points_m: Float64Array, margin_m: float) -> Float64Array:
    pose = np.array([*box.position_m[:2], heading_of(box.quat_xyzw)])
    half = 0.5 * box.size_m[:2] + margin_m
    return np.asarray((np.abs(in_axes(points_m, pose)) < half).all(axis=1))


def _all_round(parts: list[tuple[float, Evidence]]) -> list[Evidence]:
    """Return the evidence from directions as different as there are, richer ones first."""
    left = sorted(parts, key=lambda part: -len(part[1].object_m))
    chosen = [left.pop(0)]
    while left and len(chosen) < _MOST_SWEEPS:
        away = [min(abs(np.angle(np.exp(1j * (a - b)))) for b, _ in chosen) for a, _ in left]
        chosen.append(left.pop(int(np.argmax(away))))
    return [part for _, part in chosen]
