"""Measures of tracking equal what their authors' own code says."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quality.pairs import Pairs
from quality.sampling import Samples
from quality.tracking import measure

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "tracking.json").read_text())


def samples(ids: list[int], present: list[list[int]]) -> Samples:
    exists = np.array([[i in frame for i in ids] for frame in present], dtype=bool)
    shape = exists.shape
    quats = np.zeros((*shape, 4))
    quats[..., 3] = 1.0
    names = tuple(str(i) for i in ids)
    return Samples(
        names, ("car",) * len(ids), exists, np.zeros((*shape, 3)), quats, np.ones((*shape, 3))
    )


def read(frames: list[dict[str, Any]]) -> tuple[Pairs, Samples, Samples]:
    left = sorted({i for f in frames for i in f["references"]})
    right = sorted({i for f in frames for i in f["candidates"]})
    rows: list[tuple[int, int, int, float]] = []
    for tick, frame in enumerate(frames):
        for i, line in zip(frame["references"], frame["ious"], strict=True):
            for j, iou in zip(frame["candidates"], line, strict=True):
                if iou > 0.0:
                    rows.append((tick, left.index(i), right.index(j), iou))
    ticks, first, second = (np.array([r[k] for r in rows], dtype=np.int64) for k in range(3))
    ious = np.array([r[3] for r in rows])
    pairs = Pairs(ticks, first, second, ious, np.searchsorted(ticks, np.arange(len(frames) + 1)))
    return (
        pairs,
        samples(left, [f["references"] for f in frames]),
        samples(right, [f["candidates"] for f in frames]),
    )


@pytest.mark.parametrize("case", range(len(GOLDEN["cases"])))
def test_measures_equal_those_of_the_authors_code(case: int) -> None:
    golden = GOLDEN["cases"][case]
    tracking, _, _ = measure(*read(golden["frames"]), GOLDEN["threshold"])
    for name, value in {**golden["motmetrics"], **golden["trackeval"]}.items():
        assert getattr(tracking, name) == pytest.approx(value, abs=1e-12), name


def test_two_empty_label_sets_agree() -> None:
    nobody = samples([], [[], []])
    none = np.zeros(0, dtype=np.int64)
    pairs = Pairs(none, none, none, np.zeros(0), np.zeros(3, dtype=np.int64))
    tracking, _, _ = measure(pairs, nobody, nobody, 0.5)
    assert tracking.hota == tracking.mota == tracking.idf1 == 1.0
