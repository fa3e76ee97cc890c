"""How well clicks and tracks do on labelled clips: bounds below what was measured."""

import math
from pathlib import Path

import numpy as np
import pytest

from bench.autolabel.clips import REAL_NAMES, LabelledClip
from bench.autolabel.measuring import fit_results, track_results
from simulation import make_clip


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> LabelledClip:
    folder = tmp_path_factory.mktemp("clips") / "street"
    make_clip(folder, pictures=False, seed=1, ticks=20)
    return LabelledClip(folder)


#: Mean overlap from above, and how many of the boxes must overlap by half, by class.
BOUNDS = {"car": (0.7, 0.85), "van": (0.5, 0.5), "pedestrian": (0.5, 0.75)}


@pytest.mark.slow
def test_a_click_fits_most_objects_of_a_simulated_street(simulated: LabelledClip) -> None:
    results = fit_results(simulated, every=6)
    for name, (least, half) in BOUNDS.items():
        overlaps = np.array([r.iou_above for r in results if r.class_name == name])
        assert len(overlaps) >= 5, name
        assert overlaps.mean() > least, name
        assert (overlaps > 0.5).mean() > half, name
    cars = [r for r in results if r.class_name == "car"]
    assert np.median([r.axis_error_rad for r in cars]) < math.radians(2.0)
    assert np.mean([r.heading_error_rad > math.pi / 2 for r in cars]) < 0.25
    assert np.median([r.centre_error_m for r in cars]) < 0.25


@pytest.mark.slow
def test_a_confident_box_is_better_than_an_unsure_one(simulated: LabelledClip) -> None:
    results = fit_results(simulated, every=6)
    sure = [r.iou_above for r in results if r.confidence >= 0.6]
    unsure = [r.iou_above for r in results if r.confidence < 0.3]
    assert len(sure) >= 10
    assert len(unsure) >= 5
    assert np.mean(sure) > np.mean(unsure) + 0.15
    assert np.mean(sure) > 0.7


@pytest.mark.slow
def test_standing_things_are_found_standing_and_moving_ones_followed(
    simulated: LabelledClip,
) -> None:
    results = track_results(simulated)
    standing = [r for r in results if r.stands]
    moving = [r for r in results if not r.stands]
    assert len(standing) >= 10
    assert len(moving) >= 5
    assert np.mean([r.found_standing for r in standing]) > 0.75
    assert np.concatenate([r.right for r in moving]).mean() > 0.85
    assert np.median(np.concatenate([r.errors_m for r in moving])) < 0.1
    assert np.mean([r.keyframes for r in moving]) < 12


@pytest.mark.slow
def test_the_box_of_one_click_is_corrected_by_what_the_sweeps_show_together(
    simulated: LabelledClip,
) -> None:
    moving = [r for r in track_results(simulated, clicked=True) if not r.stands]
    assert len(moving) >= 5
    assert np.concatenate([r.right for r in moving]).mean() > 0.55


#: Mean overlap from above over all classes of the real clips.
REAL_BOUNDS = dict(zip(REAL_NAMES, (0.5, 0.5, 0.6, 0.35), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL_NAMES)
def test_a_click_fits_objects_of_real_clips(real_clips: Path, name: str) -> None:
    results = fit_results(LabelledClip(real_clips / name))
    assert len(results) >= 5
    assert np.mean([r.iou_above for r in results]) > REAL_BOUNDS[name]
