"""Counting targets a table at a time, in memory that does not grow with how many there are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

#: Edges of bins; the last bin has all beyond.
DISTANCE_M = (0, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 150, 200)
HEIGHT_PX = (0, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
SHARE = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
#: Cells of a camera's heat map.
HEAT = (36, 20)
#: Column, edges and unit of each histogram.
HISTOGRAMS: Mapping[str, tuple[tuple[float, ...], str]] = {
    "distance": (DISTANCE_M, "m"),
    "height": (HEIGHT_PX, "px"),
    "occlusion": (SHARE, ""),
    "truncation": (SHARE, ""),
}
_BOX = ("box_clipped_u0_px", "box_clipped_v0_px", "box_clipped_u1_px", "box_clipped_v1_px")
Int64Array = npt.NDArray[np.int64]
Float64Array = npt.NDArray[np.float64]


@dataclass(slots=True)
class CameraTally:
    """Of one camera name, over all clips."""

    images: int = 0
    targets: int = 0
    heat: Int64Array = field(default_factory=lambda: np.zeros(HEAT[::-1], np.int64))


@dataclass(slots=True)
class Tally:
    """What was counted so far.

    Attributes:
        images: how many images were looked at.
        targets: rows by class.
        splits: rows by split, then class.
        histograms: by name: bins by class.
        cameras: by name.
    """

    images: int = 0
    targets: Counter[str] = field(default_factory=Counter)
    splits: dict[str, Counter[str]] = field(default_factory=dict)
    histograms: dict[str, dict[str, Int64Array]] = field(
        default_factory=lambda: {name: {} for name in HISTOGRAMS}
    )
    cameras: dict[str, CameraTally] = field(default_factory=dict)

    def add(self, table: pa.Table, *, camera: str, images: int, split: str) -> None:
        """Count the rows of some images of a camera.

        Args:
            table: of targets, see ``docs/targets.md``.
            camera: whose.
            images: how many images they are of.
            split: the clip's.
        """
        self.images += images
        own = self.cameras.setdefault(camera, CameraTally())
        own.images += images
        own.targets += table.num_rows
        if not table.num_rows:
            return
        classes = np.array(table["class"].to_pylist())
        counts = Counter(classes.tolist())
        self.targets.update(counts)
        self.splits.setdefault(split, Counter()).update(counts)
        box = np.stack([_numbers(table, name) for name in _BOX])
        own.heat += _covered(box, _numbers(table, "width"), _numbers(table, "height"))
        values = {
            "distance": _numbers(table, "distance_m"),
            "height": box[3] - box[1],
            "occlusion": _numbers(table, "occlusion"),
            "truncation": _numbers(table, "truncation"),
        }
        for name in counts:
            of_class = classes == name
            for kind, numbers in values.items():
                edges = np.array(HISTOGRAMS[kind][0], float)
                bins = self.histograms[kind].setdefault(name, np.zeros(len(edges), np.int64))
                found = numbers[of_class & np.isfinite(numbers)]
                places = np.searchsorted(edges, found, side="right") - 1
                bins += np.bincount(np.maximum(places, 0), minlength=len(edges))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "images": self.images,
            "targets": dict(sorted(self.targets.items())),
            "splits": {
                name: dict(sorted(own.items())) for name, own in sorted(self.splits.items())
            },
            "histograms": {
                kind: {
                    "edges": list(HISTOGRAMS[kind][0]),
                    "unit": HISTOGRAMS[kind][1],
                    "classes": {name: bins.tolist() for name, bins in sorted(own.items())},
                }
                for kind, own in self.histograms.items()
            },
            "cameras": {
                name: {"images": own.images, "targets": own.targets, "heat": own.heat.tolist()}
                for name, own in sorted(self.cameras.items())
            },
        }


def _numbers(table: pa.Table, name: str) -> Float64Array:
    """Return a column as float64, NaN where it is null."""
    column = table[name].to_numpy(zero_copy_only=False)
    return np.asarray(column, dtype=np.float64)


def _covered(box: Float64Array, width: Float64Array, height: Float64Array) -> Int64Array:
    """Return how many boxes (4, n) touch each cell of the picture, (rows, columns).

    Corners of boxes are added to a table of differences, whose sums along both sides are the
    counts: the cost is that of the boxes, not of the cells that they cover.
    """
    columns, rows = HEAT
    has_box = np.isfinite(box).all(axis=0)
    u0, v0, u1, v1 = (box + 0.5)[:, has_box]  # from the picture's corner
    per_column, per_row = width[has_box] / columns, height[has_box] / rows
    left = np.clip(np.floor(u0 / per_column).astype(np.int64), 0, columns - 1)
    right = np.clip(np.ceil(u1 / per_column).astype(np.int64), left + 1, columns)
    top = np.clip(np.floor(v0 / per_row).astype(np.int64), 0, rows - 1)
    bottom = np.clip(np.ceil(v1 / per_row).astype(np.int64), top + 1, rows)
    steps = np.zeros((rows + 1, columns + 1), np.int64)
    np.add.at(steps, (top, left), 1)
    np.add.at(steps, (top, right), -1)
    np.add.at(steps, (bottom, left), -1)
    np.add.at(steps, (bottom, right), 1)
    return steps.cumsum(axis=0).cumsum(axis=1)[:rows, :columns]
