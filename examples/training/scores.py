"""Held-out scores of each head, and what one would score who never looks at a picture."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from preparing import STEP

#: A box counts as found from this overlap on.
_MIN_IOU = 0.5
_MOST_BOXES = 30


class Scores:
    """Sums over batches; ``result`` has a number for each head, higher is better but for depth."""

    def __init__(self, thresholds: dict[str, float] | None = None) -> None:
        self._thresholds = thresholds or {}
        self._found: list[tuple[float, bool]] = []
        self._boxes = 0
        self._drawn = np.zeros((2, 99))
        self._lines = 0.0
        self._apart: list[float] = []
        self._cells = np.zeros((2, 2, 99))
        self._there = np.zeros(2)

    def add(self, found: dict[str, np.ndarray], batch: dict[str, Any]) -> None:
        """Add what was predicted for a batch: shares from 0 to 1, boxes, metres."""
        for predicted, cameras in zip(found["boxes"], batch["boxes"], strict=True):
            for ours, truth in zip(predicted, cameras, strict=True):
                self._add_boxes(ours, truth)
        has = batch["lanes"]["has"].numpy()
        self._add_shares(self._drawn, found["lanes"][has], batch["lanes"]["drawn"].numpy()[has])
        self._lines += float(batch["lanes"]["drawn"].numpy()[has].sum())
        metres = batch["depth"]["metres"].numpy()
        known = metres > 0
        self._apart += (np.abs(found["depth"][known] - metres[known]) / metres[known]).tolist()
        has = batch["top"]["has"].numpy()
        for number in range(2):
            truth = batch["top"]["cells"].numpy()[has][:, number]
            self._add_shares(self._cells[number], found["top"][has][:, number], truth)
            self._there[number] += truth.sum()

    @staticmethod
    def _add_shares(sums: np.ndarray, shares: np.ndarray, truth: np.ndarray) -> None:
        """Add what is right, and what is said, at each threshold from 0.01 to 0.99."""
        passed = np.clip(np.ceil(shares * 100).astype(int) - 1, 0, 99)
        for place, chosen in enumerate((passed[truth > 0], passed)):
            counts = np.bincount(chosen.ravel(), minlength=100)
            sums[place] += counts[::-1].cumsum()[::-1][1:]

    def _add_boxes(self, ours: list[dict[str, Any]], truth: list[dict[str, Any]]) -> None:
        free = [box for box in truth if box["class"] == 0]
        self._boxes += sum(not box["ignored"] for box in free)
        for box in sorted(ours, key=lambda one: -one["score"]):
            if box["class"] != 0:
                continue
            best = max(free, key=lambda one: iou(one["box"], box["box"]), default=None)
            is_right = best is not None and iou(best["box"], box["box"]) >= _MIN_IOU
            if is_right:
                free.remove(best)
            if not (is_right and best["ignored"]):
                self._found.append((box["score"], is_right))

    def result(self) -> dict[str, float]:
        """Return a number for each head, at the thresholds given, else at the best."""
        return {
            "vehicles_ap50": _average_precision(self._found, self._boxes),
            "depth_error": float(np.mean(self._apart)) if self._apart else float("nan"),
            **{
                name: float(curve[round(100 * self._thresholds[name]) - 1])
                if name in self._thresholds
                else float(curve.max())
                for name, curve in self._curves().items()
            },
        }

    def thresholds(self) -> dict[str, float]:
        """Return at which share each head does best here: chosen in training, used held out."""
        return {name: (int(curve.argmax()) + 1) / 100 for name, curve in self._curves().items()}

    def _curves(self) -> dict[str, np.ndarray]:
        """Return F1 and intersection over union at each threshold."""
        both, ours = self._cells[:, 0], self._cells[:, 1]
        cells = both / np.maximum(ours + self._there[:, None] - both, 1)
        lanes = 2 * self._drawn[0] / np.maximum(self._drawn[1] + self._lines, 1)
        return {"lanes_f1": lanes, "road_iou": cells[0], "vehicle_iou": cells[1]}


def iou(one: list[float], other: list[float]) -> float:
    """Return the overlap of two boxes u0 v0 u1 v1."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return both / (areas[0] + areas[1] - both)


def _average_precision(found: list[tuple[float, bool]], boxes: int) -> float:
    """Return the area below precision over recall, all points, precision made monotonic."""
    if not boxes:
        return float("nan")
    right = np.array([is_right for _, is_right in sorted(found, key=lambda f: -f[0])], bool)
    hits = np.cumsum(right)
    precision = hits / np.arange(1, len(right) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[right].sum() / boxes)


class Blind:
    """Says of every picture what is usual at each place of its camera, in training."""

    def __init__(self, batches: Iterable[dict[str, Any]]) -> None:
        boxes: list[Counter[tuple[int, ...]]] = []
        sums: dict[str, Any] = {}
        count, depths = 0, []
        for batch in batches:
            count += len(batch["clip"])
            for name, part in (("lanes", "drawn"), ("top", "cells")):
                sums[name] = sums.get(name, 0) + batch[name][part].numpy().sum(axis=0)
            depths.append(batch["depth"]["metres"].numpy())
            for cameras in batch["boxes"]:
                boxes = boxes or [Counter() for _ in cameras]
                for camera, truth in enumerate(cameras):
                    for box in truth:
                        if box["class"] == 0 and not box["ignored"]:
                            boxes[camera][tuple(8 * round(v / 8) for v in box["box"])] += 1
        self._means = {name: total / count for name, total in sums.items()}
        metres = np.concatenate(depths)
        metres[metres == 0] = np.nan
        usual = np.nanmedian(metres)
        # A place where training has nothing has the usual depth.
        filled = np.where(np.isnan(metres).all(axis=0), usual, metres)
        self._depth = np.nanmedian(filled, axis=0)
        self._boxes = [
            [
                {"class": 0, "box": [float(v) for v in box], "score": times / count}
                for box, times in camera.most_common(_MOST_BOXES)
                if box[2] > box[0] and box[3] > box[1]
            ]
            for camera in boxes
        ]

    def predict(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return the same for every sample."""
        b = len(batch["clip"])
        return {
            "boxes": [self._boxes] * b,
            "lanes": np.repeat(self._means["lanes"][None], b, axis=0),
            "depth": np.repeat(self._depth[None], b, axis=0),
            "top": np.repeat(self._means["top"][None], b, axis=0),
        }


def boxes_of(peaks: np.ndarray, sizes: np.ndarray, least: float = 0.1) -> list[dict[str, Any]]:
    """Return the boxes at a camera's peaks (classes, h, w), which no neighbour is above."""
    padded = np.pad(peaks, ((0, 0), (1, 1), (1, 1)))
    around = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2)).max(axis=(3, 4))
    places = np.argwhere((peaks == around) & (peaks > least))
    found = []
    for number, row, column in places:
        du, dv, log_width, log_height = sizes[:, row, column]
        width, height = np.exp(np.clip([log_width, log_height], -3, 5))
        u, v = column + du, row + dv
        corners = np.array([u - width / 2, v - height / 2, u + width / 2, v + height / 2])
        found.append(
            {
                "class": int(number),
                "box": (corners * STEP - 0.5).tolist(),
                "score": float(peaks[number, row, column]),
            }
        )
    return sorted(found, key=lambda box: -box["score"])[:_MOST_BOXES]
