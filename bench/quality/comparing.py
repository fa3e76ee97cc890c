"""Comparing two label sets of 200 tracks over 600 moments, beside TrackEval's measures alone."""

import json
import pickle
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.peers import peer_python
from bench.table import Line, SkippedError, benchmark, best_s
from projection.io import read_label
from projection.labels import Cuboid, Label
from quality import compare
from quality.pairs import touching
from quality.sampling import sample

TRACKS, TICKS = 200, 600
TIMES = np.arange(TICKS, dtype=np.int64) * 100_000_000


def tracks(chance: np.random.Generator, noise_m: float) -> list[Label]:
    """A busy street: 200 cars in four lanes, one keyframe a second, placed with some noise."""
    labels = []
    for number in range(TRACKS):
        keyframes = []
        for second in range(60):
            x, y = 5.5 * (number // 4) + 3.0 * second, 3.5 * (number % 4)
            dx, dy, dz = chance.normal(0.0, noise_m, 3)
            keyframes.append(
                {
                    "time_ns": str(second * 1_000_000_000),
                    "position_m": [x + dx, y + dy, 0.8 + dz],
                    "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
                }
            )
        spec: dict[str, Any] = {
            "id": str(number),
            "class": "car",
            "geometry": "cuboid",
            "attributes": {"moving": True},
            "static": False,
            "size_m": [4.5, 1.8, 1.6],
            "interpolation": "linear",
            "keyframes": keyframes,
        }
        labels.append(read_label(spec))
    return labels


@benchmark("quality.compare")
def comparing() -> Iterator[Line]:
    chance = np.random.default_rng(7)
    reference, candidate = tracks(chance, 0.0), tracks(chance, 0.15)
    ours = best_s(lambda: compare(reference, candidate, TIMES), repeats=3)
    yield Line(
        f"two label sets, {TRACKS} tracks x {TICKS} ticks",
        f"{ours:.2f} s",
        "2 s",
        ours / 2.0,
        1.0,
        at_least=False,
        note="IoU, tracking, deviations, attributes, a row for each thing",
    )
    try:
        yield _beside_trackeval(reference, candidate, ours)
    except SkippedError as reason:
        yield Line("TrackEval's measures alone", "skipped", note=str(reason))


def _beside_trackeval(reference: list[Label], candidate: list[Label], ours: float) -> Line:
    python = peer_python(
        "trackeval",
        [
            "numpy", "scipy", "pandas", "matplotlib", "tabulate", "xmltodict", "pycocotools",
            "pillow", "opencv-python-headless",
        ],
        without_dependencies=["trackeval==1.3.0", "motmetrics==1.4.0"],
    )  # fmt: skip
    cuboids = [
        [one for one in labels if isinstance(one, Cuboid)] for labels in (reference, candidate)
    ]
    left, right = (sample(labels, TIMES) for labels in cuboids)
    pairs = touching(left, right)
    frames = []
    for tick in range(TICKS):
        ious = np.zeros((TRACKS, TRACKS))
        span = slice(int(pairs.starts[tick]), int(pairs.starts[tick + 1]))
        ious[pairs.references[span], pairs.candidates[span]] = pairs.ious[span]
        here, there = np.flatnonzero(left.exists[tick]), np.flatnonzero(right.exists[tick])
        frames.append((here, there, ious[np.ix_(here, there)]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frames.pickle"
        path.write_bytes(pickle.dumps(frames))
        script = Path(__file__).with_name("peer_trackeval.py")
        done = subprocess.run(
            [str(python), str(script), str(path)], capture_output=True, text=True, check=True
        )
    peer = json.loads(done.stdout)
    objects = compare(reference, candidate, TIMES).objects
    assert objects is not None
    apart = max(
        abs(getattr(objects.tracking, name) - peer[name]) for name in ("hota", "mota", "idf1")
    )
    return Line(
        "TrackEval's measures alone, IoUs given",
        f"{ours:.2f} s",
        f"{peer['seconds']:.2f} s",
        peer["seconds"] / ours,
        note=f"HOTA, MOTA, IDF1 differ by {apart:.1g} at most; ours does all of the above",
    )
