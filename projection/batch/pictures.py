"""Pictures of an image's targets, as PNG files: classes, labels, depth."""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from projection import rle
from projection.batch.drawing import Drawing
from projection.batch.image_targets import SemanticMask

#: Steps of depth to a metre; 0 is nothing, or further off than 16 bits reach.
STEPS_PER_M = 256.0
_MOST = 65535


class ClassPictures:
    """Pictures of classes, numbered in the order of a spec, or by name.

    Args:
        names: Of each row of the label table its class; None: it is left out.
        order: The spec's classes; None: those that occur, by name.
    """

    def __init__(self, names: Sequence[str | None], order: Sequence[str] | None) -> None:
        found = {name for name in names if name is not None}
        self.names = sorted(found) if order is None else list(order)
        place = {name: number for number, name in enumerate(self.names)}
        self.numbers = np.array(
            [-1 if name is None else place[name] for name in names], dtype=np.int32
        )

    def masks(self, drawing: Drawing) -> list[SemanticMask]:
        """The pixels of each class in the picture; labels left out count as nothing."""
        masks = rle.encode_ids(drawing.pictured(self.numbers))
        found = [
            SemanticMask(self.names[number], int(area), counts.decode("ascii"))
            for number, area, counts in zip(
                masks.owners.tolist(), masks.areas_px.tolist(), masks.counts, strict=True
            )
        ]
        return sorted(found, key=lambda mask: mask.class_name)

    def picture(self, drawing: Drawing) -> bytes:
        """PNG of places in ``names``, plus one; 0: none of these."""
        return rle.id_picture(drawing.pictured(self.numbers))


def id_picture(drawing: Drawing, rows: Sequence[int], count: int) -> bytes:
    """PNG of places in ``rows`` of the label table (of ``count``), plus one; 0: none of these."""
    numbers = np.full(count, -1, dtype=np.int32)
    numbers[list(rows)] = np.arange(len(rows))
    return rle.id_picture(drawing.pictured(numbers))


def _steps(values_m: npt.NDArray[np.float32]) -> bytes:
    steps = np.rint(np.where(np.isfinite(values_m), values_m, 0.0) * STEPS_PER_M)
    return _png(np.where((steps < 0) | (steps > _MOST), 0, steps).astype(np.uint16))


def _png(picture: npt.NDArray[Any]) -> bytes:
    done, encoded = cv2.imencode(".png", np.ascontiguousarray(picture))
    if not done:
        message = f"picture: expected one that a PNG can hold, found {picture.shape}"
        raise ValueError(message)
    return bytes(encoded.tobytes())


#: PNG of depth along the optical axis and from the camera, 16 bits; and of where it is from.
DEPTH_PICTURES: dict[str, Callable[[Drawing], bytes]] = {
    "depth_picture": lambda drawing: _steps(drawing.depth.depth_m),
    "range_picture": lambda drawing: _steps(drawing.depth.range_m),
    "depth_source": lambda drawing: _png(drawing.depth.source),
}
