"""Draws the targets per time of a simulated clip: ``python -m bench.projection.pictures_above``.

It writes pictures of ``docs/projection.md``: what is on the road seen from above, how high it is,
how it moves, and which space is free. The rasters are those that the command writes.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow.parquet as pq

from bench.projection.pictures import DOCS, color_of, write
from projection.batch.run import project_clip
from projection.io import read_clip_folder
from projection.target_spec import TargetSpecs
from simulation import car_rig, make_clip

_GRID = {"frame": "ego", "origin_m": [-16, -20], "resolution_m": 0.2, "size": [320, 200]}
_SPACE = {"frame": "ego", "origin_m": [-16, -20, -0.9], "resolution_m": 0.2, "size": [320, 200, 16]}
HEADS: dict[str, Any] = {
    "above": {"kind": "bev", "grid": {**_GRID, "height": True}},
    "flow": {"kind": "flow", "grid": {**_GRID, "later_s": 0.5}},
    "space": {"kind": "occupancy", "sweeps": {"within_s": 0.25}, "space": _SPACE},
}
#: Pixels of a cell, and of the line between two pictures.
_ZOOM, _GAP = 2, 6
_DARK = (38, 34, 32)
_FREE, _OCCUPIED = 1, 2
#: Which level of cells is shown by itself: a metre above the road.
_LEVEL = 9


def rasters(folder: Path, out: Path, tick: int) -> dict[str, dict[str, np.ndarray]]:
    """Arrays by head and name, of one tick, as the command writes them."""
    clip = read_clip_folder(folder)
    project_clip(clip, clip.label_sets, TargetSpecs.from_dict({"heads": HEADS}), out, workers=1)
    found = {}
    for head in HEADS:
        index = [pq.read_table(path) for path in sorted((out / head / "ticks").glob("*.parquet"))]
        row = [row for table in index for row in table.to_pylist()][tick]
        with np.load(out / head / row["raster"]) as arrays:
            found[head] = {name: arrays[name] for name in arrays.files}
    return found


def classes_of(out: Path, head: str) -> list[str]:
    """Names of a head's classes, in the order of their numbers."""
    classes: list[str] = json.loads((out / head / "manifest.json").read_text())["classes"]
    return classes


def canvas(cells: np.ndarray) -> np.ndarray:
    """An empty picture of an array [x, y, ...]."""
    return np.full((*cells.shape[:2], 3), _DARK, dtype=np.uint8)


def colored(numbers: np.ndarray, names: list[str]) -> np.ndarray:
    """Each number in the colour of its name; below 0: nothing."""
    picture = canvas(numbers)
    for number, name in enumerate(names):
        picture[numbers == number] = color_of(name)
    return picture


def heights(height_m: np.ndarray) -> np.ndarray:
    """From the road, dark blue, to four metres above it, red."""
    known = np.isfinite(height_m)
    low = np.median(height_m[known])
    steps = np.clip((np.where(known, height_m, low) - low) / 4.0 * 235.0 + 20.0, 0, 255)
    picture = cv2.applyColorMap(steps.astype(np.uint8), cv2.COLORMAP_TURBO)
    picture[~known] = _DARK
    return picture


def directions(flow_m: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """The way that something goes as a hue, how far as brightness; grey: it stands still."""
    angle = np.arctan2(flow_m[..., 1], flow_m[..., 0]) % (2.0 * np.pi)
    far = np.hypot(flow_m[..., 0], flow_m[..., 1])
    hue, bright = angle * (180.0 / (2.0 * np.pi)), np.clip(far * 60.0 + 90.0, 0, 255)
    hsv = np.stack([hue, np.full_like(far, 200), bright], axis=2).astype(np.uint8)
    picture = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    picture[far < 0.01] = (120, 120, 120)
    picture[~valid] = _DARK
    return picture


def columns(state: np.ndarray) -> np.ndarray:
    """What stands over each place: occupied the brighter the higher, free green, unknown dark."""
    picture = canvas(state)
    picture[(state == _FREE).any(axis=2)] = (70, 110, 60)
    occupied = state == _OCCUPIED
    top = occupied.shape[2] - occupied[..., ::-1].argmax(axis=2)
    there = occupied.any(axis=2)
    shade = np.clip(90 + 165 * top[there] / occupied.shape[2], 0, 255)[:, None]
    picture[there] = (shade * [0.55, 0.8, 1.0]).astype(np.uint8)
    return picture


def slice_of(state: np.ndarray, level: int) -> np.ndarray:
    """One level of it: a cut through what beams passed and where they ended."""
    picture = canvas(state)
    picture[state[..., level] == _FREE] = (70, 110, 60)
    picture[state[..., level] == _OCCUPIED] = (150, 210, 255)
    return picture


def upright(picture: np.ndarray, title: str) -> np.ndarray:
    """Ahead is up, left is left; with the vehicle and a title."""
    turned = picture[::-1, ::-1].copy()
    x, y = _GRID["origin_m"][0], _GRID["origin_m"][1]
    row, column = turned.shape[0] + x / 0.2, turned.shape[1] + y / 0.2
    large = cv2.resize(turned, None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_NEAREST)
    at = (round(column * _ZOOM), round(row * _ZOOM))
    cv2.drawMarker(large, at, (255, 255, 255), cv2.MARKER_TRIANGLE_UP, 14, 2)
    font, white = cv2.FONT_HERSHEY_SIMPLEX, (255, 255, 255)
    cv2.putText(large, title, (8, 20), font, 0.5, white, 1, cv2.LINE_AA)
    return large


def beside(pictures: list[np.ndarray]) -> np.ndarray:
    """Pictures of one height in a row."""
    gap = np.full((pictures[0].shape[0], _GAP, 3), 255, dtype=np.uint8)
    parts = [part for picture in pictures for part in (picture, gap)]
    return np.concatenate(parts[:-1], axis=1)


def main() -> None:
    """Draw."""
    with tempfile.TemporaryDirectory() as folder:
        clip, out = Path(folder) / "clip", Path(folder) / "out"
        make_clip(clip, seed=4, ticks=6, tick_s=0.2, rig=car_rig(96), moving=24)
        found = rasters(clip, out, 3)
        above, flow, space = (found[head] for head in HEADS)
        names = classes_of(out, "above")
    numbers = [str(number) for number in range(above["instance"].max() + 1)]
    write(
        DOCS / "time_above.jpg",
        beside(
            [
                upright(colored(above["semantic"], names), "semantic"),
                upright(colored(above["instance"], numbers), "instance"),
                upright(heights(above["height_m"]), "height_m"),
            ]
        ),
    )
    write(
        DOCS / "time_space.jpg",
        beside(
            [
                upright(directions(flow["flow_m"], flow["flow_valid"]), "flow_m"),
                upright(slice_of(space["state"], _LEVEL), "state, one level"),
                upright(columns(space["state"]), "state, all levels"),
            ]
        ),
    )


if __name__ == "__main__":
    main()
