"""Which images show a version best: for each class one, where much of it is well seen."""

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from labelapp.datasets.drawing import box_of
from labelapp.datasets.source import ClipSource
from projection.batch.plan import Chunk

#: Classes that have a picture of their own: the most frequent.
_MOST = 12
#: A thing in the picture counts up to this height: many well seen ones beat a huge one.
_ENOUGH_PX = 120.0


@dataclass(frozen=True, slots=True)
class Example:
    """An image and its targets.

    Attributes:
        class_name: of which it shows most.
        score: how well; comparable within the class.
        clip: whose image.
        camera: the same.
        time_ns: the same.
        rows: all targets of the image.
    """

    class_name: str
    score: float
    clip: ClipSource
    camera: str
    time_ns: int
    rows: list[dict[str, Any]]


class Examples:
    """The best image of each class so far; of equal ones the first."""

    def __init__(self) -> None:
        self._best: dict[str, Example] = {}
        self._counts: dict[str, int] = {}

    def add(self, clip: ClipSource, piece: Chunk, table: pa.Table) -> None:
        """Look at the images of a piece whose pictures were kept."""
        kept = {image.time_ns for image in piece.images if image.path is not None}
        by_time: dict[int, list[dict[str, Any]]] = {}
        for row in table.to_pylist():
            if row["time_ns"] in kept:
                by_time.setdefault(row["time_ns"], []).append(row)
        for time_ns, rows in sorted(by_time.items()):
            scores: dict[str, float] = {}
            for row in rows:
                name = row["class"]
                self._counts[name] = self._counts.get(name, 0) + 1
                scores[name] = scores.get(name, 0.0) + _seen(row)
            for name, score in scores.items():
                best = self._best.get(name)
                if best is None or score > best.score:
                    # A copy: this one goes with its labels before the next clip's come.
                    self._best[name] = Example(
                        name, score, replace(clip), piece.camera.name, time_ns, rows
                    )

    def chosen(self) -> list[Example]:
        """Return the examples, those of the most frequent classes first; no image twice."""
        order = sorted(self._best, key=lambda name: (-self._counts[name], name))
        taken: dict[tuple[int, str, int], Example] = {}
        for name in order:
            one = self._best[name]
            taken.setdefault((one.clip.position, one.camera, one.time_ns), one)
        return list(taken.values())[:_MOST]


def _seen(row: dict[str, Any]) -> float:
    """Return how well a target is seen, 0 to 1."""
    box = box_of(row)
    if box is None:
        return 0.2 if row.get("pieces") or row.get("rings_px") or row.get("keypoints") else 0.0
    size = min(box[3] - box[1], _ENOUGH_PX) / _ENOUGH_PX
    return size * (1 - (row.get("occlusion") or 0.0)) * (1 - (row.get("truncation") or 0.0))
