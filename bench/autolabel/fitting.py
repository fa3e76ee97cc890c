"""Benchmark: boxes from one click and tracks from one box, beside the labels of the clips.

``rows()`` is a list of (name, value, unit). Run alone: ``python -m bench.autolabel.fitting``.
"""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.autolabel.clips import REAL, REAL_NAMES, LabelledClip
from bench.autolabel.measuring import (
    FitResult,
    TrackResult,
    fit_results,
    mean,
    track_results,
)
from simulation import make_clip

_SEEDS = (1, 2)
_RANGES_M = ((0, 15), (15, 30), (30, 50), (50, 100))
_FEWEST = 3

Row = tuple[str, float, str]


def rows() -> list[Row]:
    """Return what was measured: per clip, class and distance."""
    return list(_rows())


def _rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        fits: list[FitResult] = []
        tracks: list[TrackResult] = []
        clicked: list[TrackResult] = []
        for seed in _SEEDS:
            make_clip(Path(folder) / str(seed), pictures=False, seed=seed, ticks=40)
            clip = LabelledClip(Path(folder) / str(seed))
            if not fits:
                fit_results(clip, every=40)  # compiles
            fits += fit_results(clip, every=8)
            tracks += track_results(clip)
            clicked += track_results(clip, clicked=True)
        yield from _fit_rows("simulated", fits)
        yield from _track_rows("simulated", tracks)
        yield from _track_rows("simulated, from one click", clicked)
    for name in REAL_NAMES:
        if (REAL / name).is_dir():
            yield from _fit_rows(name, fit_results(LabelledClip(REAL / name)))


def _fit_rows(clip: str, results: list[FitResult]) -> Iterator[Row]:
    groups = {"all": results}
    for name in sorted({result.class_name for result in results}):
        groups[name] = [result for result in results if result.class_name == name]
    for near, far in _RANGES_M:
        within = [result for result in results if near <= result.distance_m < far]
        groups[f"{near}-{far} m"] = within
    for name, group in groups.items():
        if len(group) >= _FEWEST:
            yield from _group_rows(f"fit, {clip}, {name}", group)
    sure = [result for result in results if result.confidence >= 0.6]
    if len(sure) >= _FEWEST:
        yield (
            f"fit, {clip}, confidence over 0.6: IoU from above",
            mean(r.iou_above for r in sure),
            "",
        )


def _group_rows(name: str, group: list[FitResult]) -> Iterator[Row]:
    found = [result for result in group if not result.is_refused]
    yield f"{name}: clicks", float(len(group)), ""
    yield f"{name}: refused", float(len(group) - len(found)), ""
    yield f"{name}: IoU from above, mean", mean(r.iou_above for r in group), ""
    yield f"{name}: IoU in space, mean", mean(r.iou for r in group), ""
    axis = float(np.median([r.axis_error_rad for r in group]))
    yield f"{name}: heading error mod 180, median", math.degrees(axis), "degrees"
    backwards = mean(float(r.heading_error_rad > math.pi / 2) for r in group)
    yield f"{name}: front and back swapped", 100.0 * backwards, "%"
    centre = float(np.median([r.centre_error_m for r in group]))
    yield f"{name}: centre error, median", centre, "m"
    yield f"{name}: time, median", 1e3 * float(np.median([r.seconds for r in group])), "ms"
    late = float(np.quantile([r.seconds for r in group], 0.95))
    yield f"{name}: time, 95th percentile", 1e3 * late, "ms"


def _track_rows(clip: str, results: list[TrackResult]) -> Iterator[Row]:
    for what, group in (
        ("standing", [result for result in results if result.stands]),
        ("moving", [result for result in results if not result.stands]),
    ):
        if not group:
            continue
        name = f"track, {clip}, {what}"
        errors = np.concatenate([result.errors_m for result in group])
        right = np.concatenate([result.right for result in group])
        yield f"{name}: objects", float(len(group)), ""
        yield f"{name}: found standing", 100.0 * mean(r.found_standing for r in group), "%"
        yield f"{name}: image times covered", 100.0 * float(np.isfinite(errors).mean()), "%"
        yield f"{name}: centre error, median", float(np.median(errors)), "m"
        yield f"{name}: image times within 0.2 m and 3 degrees", 100.0 * right.mean(), "%"
        whole = 100.0 * mean(r.right.all() for r in group)
        yield f"{name}: objects right at every image time", whole, "%"
        yield f"{name}: keyframes per object", mean(r.keyframes for r in group), ""
        slowest = max(r.seconds for r in group)
        yield (
            f"{name}: time for 40 sweeps, median",
            1e3 * float(np.median([r.seconds for r in group])),
            "ms",
        )
        yield f"{name}: time for 40 sweeps, slowest", 1e3 * slowest, "ms"


if __name__ == "__main__":
    for label, value, unit in rows():
        print(f"{label:72} {value:10.3f} {unit}")
