"""Samples as the network learns from them: every head's targets on its own grid."""

from typing import Any

import cv2
import numpy as np
from geometry import CELLS, lookups

from labelapp.client.training import ClipDataset, ShardStore, Window

SIZE = (120, 192)
#: Features, and so the targets in pictures, are a quarter as fine.
STEP = 4
CAMERAS = ["front_main", "left_forward", "right_forward", "rear"]
OBJECT_CLASSES = ("vehicle", "person")
ROAD, VEHICLE = 0, 1


class Prepared:
    """Windows of one moment of four cameras.

    Args:
        shards: such as ``DIR/train``.
        gain: how much brighter or darker pictures are made at random, as a share.
    """

    def __init__(self, shards: str, *, gain: float = 0.0) -> None:
        self.clips = ClipDataset(ShardStore(shards), Window(cameras=CAMERAS), size=SIZE)
        self._gain = gain

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> dict[str, Any]:
        sample = self.clips[index]
        heads = sample["heads"]
        images = sample["images"][0]
        if self._gain:
            factors = 1 + self._gain * np.random.uniform(-1, 1, (len(CAMERAS), 1, 1, 1))  # noqa: NPY002
            images = np.clip(images * factors, 0, 255).astype(np.uint8)
        places, seen = lookups(sample)
        return {
            "images": images,
            "places": places,
            "seen": seen,
            "objects": _objects(heads["objects"]),
            "lanes": _lanes(heads["lanes"]),
            "depth": _depth(heads["depth"]),
            "top": _top(heads["top"]),
            "boxes": _boxes(heads["objects"]),
            "clip": sample["clip_name"],
            "time_ns": str(sample["times_ns"][0]),
            "world_from_grid": heads["top"]["world_from_grid"][0],
        }


def _objects(head: dict[str, Any]) -> dict[str, Any]:
    """Return peaks at the boxes' centres, their sizes there, and where either is known."""
    height, width = SIZE[0] // STEP, SIZE[1] // STEP
    shape = (len(CAMERAS), len(OBJECT_CLASSES), height, width)
    peaks, counted = np.zeros(shape, np.float32), np.ones(shape, np.bool_)
    sizes = np.zeros((len(CAMERAS), 4, height, width), np.float32)
    centres = np.zeros((len(CAMERAS), height, width), np.bool_)
    rows, columns = np.mgrid[:height, :width]
    for camera, n in zip(*np.nonzero(head["valid"][0]), strict=True):
        box = head["box_visible"][0, camera, n]
        if np.isnan(box).any():
            continue
        number, (u0, v0, u1, v1) = head["class"][0, camera, n], (box + 0.5) / STEP
        if head["ignored"][0, camera, n]:
            part = np.s_[camera, number, int(v0) : int(v1) + 1, int(u0) : int(u1) + 1]
            counted[part] = peaks[part] > 0
            continue
        u, v = (u0 + u1) / 2, (v0 + v1) / 2
        column, row = min(int(u), width - 1), min(int(v), height - 1)
        spread = max(0.6, 0.15 * min(u1 - u0, v1 - v0))
        bump = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * spread**2))
        peaks[camera, number] = np.maximum(peaks[camera, number], bump)
        sizes[camera, :, row, column] = u - column, v - row, np.log(u1 - u0), np.log(v1 - v0)
        centres[camera, row, column] = True
    has = head["has"][0]
    counted &= has[:, None, None, None]
    return {"peaks": peaks, "counted": counted, "sizes": sizes, "centres": centres}


def _lanes(head: dict[str, Any]) -> dict[str, Any]:
    height, width = SIZE[0] // STEP, SIZE[1] // STEP
    drawn = np.zeros((len(CAMERAS), height, width), np.uint8)
    for camera, lines in enumerate(head["lines"][0] if "lines" in head else ()):
        for line in lines:
            points = np.rint((line["uv_px"] + 0.5) / STEP - 0.5).astype(np.int32)
            cv2.polylines(drawn[camera], [points], False, 1)  # noqa: FBT003  OpenCV's
    return {"drawn": drawn.astype(np.float32), "has": head["has"][0]}


def _depth(head: dict[str, Any]) -> dict[str, Any]:
    height, width = SIZE[0] // STEP, SIZE[1] // STEP
    metres = np.zeros((len(CAMERAS), height, width), np.float32)
    if "depth_picture" in head:
        metres = head["depth_picture"][0][:, STEP // 2 :: STEP, STEP // 2 :: STEP].copy()
        metres[~head["has_depth_picture"][0]] = 0
    return {"metres": metres}


def _top(head: dict[str, Any]) -> dict[str, Any]:
    has = np.array(bool(head["has_raster"][0]))
    cells = head["semantic"][0] if has else np.full(CELLS, -1)
    classes = np.stack([(cells == ROAD) | (cells == VEHICLE), cells == VEHICLE])
    return {"cells": classes.astype(np.float32), "has": has}


def _boxes(head: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return each camera's true boxes, for scores."""
    return [
        [
            {
                "class": int(head["class"][0, camera, n]),
                "box": head["box_visible"][0, camera, n].tolist(),
                "ignored": bool(head["ignored"][0, camera, n]),
            }
            for n in np.flatnonzero(head["valid"][0, camera])
            if not np.isnan(head["box_visible"][0, camera, n]).any()
        ]
        for camera in range(len(CAMERAS))
    ]
