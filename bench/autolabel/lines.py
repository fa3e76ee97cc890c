"""Boxes from clicks and tracks from boxes in the table of all benchmarks."""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.autolabel.clips import REAL, REAL_NAMES, LabelledClip
from bench.autolabel.measuring import FitResult, TrackResult, fit_results, mean, track_results
from bench.table import Line, benchmark
from simulation import make_clip

#: What a labeller may wait for a box.
_PATIENCE_MS = 150.0
#: And for a track through 40 ticks.
_TRACK_PATIENCE_S = 2.0
_CONFIDENCES = ((0.0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 1.01))


@benchmark("autolabel")
def autolabel() -> Iterator[Line]:
    """One click beside the smallest rectangle around its points; tracks beside the labels."""
    everything: list[FitResult] = []
    with tempfile.TemporaryDirectory() as folder:
        make_clip(Path(folder) / "street", pictures=False, seed=1, ticks=40)
        clip = LabelledClip(Path(folder) / "street")
        fit_results(clip, every=40)  # compiles
        ours = fit_results(clip, every=8)
        yield from _fit_lines("simulated street", ours, fit_results(clip, every=8, plain=True))
        everything += ours
        for sentence, clicked in (("from the label", False), ("from one click", True)):
            results = track_results(clip, clicked=clicked)
            yield from _track_lines(sentence, [r for r in results if not r.stands])
    for name in REAL_NAMES:
        if (REAL / name).is_dir():
            clip = LabelledClip(REAL / name)
            ours = fit_results(clip)
            yield from _fit_lines(name, ours, fit_results(clip, plain=True))
            everything += ours
    yield from _confidence_lines(everything)


def _fit_lines(name: str, ours: list[FitResult], plain: list[FitResult]) -> Iterator[Line]:
    overlap, other = (mean(r.iou_above for r in results) for results in (ours, plain))
    axis, other_axis = (
        math.degrees(float(np.median([r.axis_error_rad for r in results])))
        for results in (ours, plain)
    )
    centre, other_centre = (
        float(np.median([r.centre_error_m for r in results])) for results in (ours, plain)
    )
    note = f"{len(ours)} clicks, peer: cv2.minAreaRect and the class's size"
    yield Line(
        f"fit, {name}: IoU from above",
        f"{overlap:.2f}",
        f"{other:.2f}",
        overlap / other,
        1.0,
        note=note,
    )
    yield Line(f"fit, {name}: heading mod 180", f"{axis:.1f} deg", f"{other_axis:.1f} deg")
    yield Line(f"fit, {name}: centre", f"{centre:.2f} m", f"{other_centre:.2f} m")
    late_ms = 1e3 * float(np.quantile([r.seconds for r in ours], 0.95))
    yield Line(
        f"fit, {name}: time, 95th percentile",
        f"{late_ms:.0f} ms",
        f"{_PATIENCE_MS:g} ms",
        late_ms / _PATIENCE_MS,
        1.0,
        at_least=False,
        note="of the processor, sweeps in memory",
    )


def _track_lines(sentence: str, moving: list[TrackResult]) -> Iterator[Line]:
    right = np.concatenate([result.right for result in moving])
    errors = np.concatenate([result.errors_m for result in moving])
    whole = mean(float(result.right.all()) for result in moving)
    seconds = [result.seconds for result in moving]
    name = f"track {sentence}"
    note = f"{len(moving)} moving objects, 40 ticks, at the time of every image"
    yield Line(f"{name}: within 0.2 m and 3 degrees", f"{100 * right.mean():.1f} %", note=note)
    yield Line(f"{name}: right at every image", f"{100 * whole:.0f} %", note="of the objects")
    yield Line(f"{name}: centre, median", f"{np.median(errors):.3f} m")
    yield Line(f"{name}: keyframes", f"{mean(float(r.keyframes) for r in moving):.1f}")
    late = float(np.quantile(seconds, 0.95))
    yield Line(
        f"{name}: time, 95th percentile",
        f"{late:.2f} s",
        f"{_TRACK_PATIENCE_S:g} s",
        late / _TRACK_PATIENCE_S,
        1.0,
        at_least=False,
        note="of the processor",
    )


def _confidence_lines(results: list[FitResult]) -> Iterator[Line]:
    for low, high in _CONFIDENCES:
        group = [r for r in results if low <= r.confidence < high]
        if group:
            said = mean(r.confidence for r in group)
            share = mean(float(r.iou_above >= 0.7) for r in group)
            yield Line(
                f"fit: said {said:.2f}, right",
                f"{share:.2f}",
                note=f"of {len(group)} clicks: IoU from above at least 0.7",
            )
