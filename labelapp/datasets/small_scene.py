"""A small scene with everything in it: whoever has projected it has compiled all kernels."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from autolabel import Box, SweepPoints, fit_click, track_box
from projection import Camera, Trajectory
from projection.arrays import Float64Array
from projection.batch.chunk import ChunkMaker
from projection.batch.label_table import label_table
from projection.batch.plan import camera_chunks
from projection.batch.scenery import Scenery
from projection.batch.sweeps import SweepRef, Sweeps, WorldSweep
from projection.batch.ticks import TickMaker, tick_chunks
from projection.io import ImageRow, read_label
from projection.labels import LabelSet
from projection.target_spec import KINDS, LABEL_TARGETS, TargetSpec, TargetSpecs

_START_NS = 1_700_000_000_000_000_000
_STEP_NS = 100_000_000
_SECONDS_NS = 10**9
_TURN = [-0.5, 0.5, -0.5, 0.5]
_CAR_M = [4.4, 1.8, 1.5]
_PLACE = {"position_m": [1.0, 0.0, 1.5], "quat_xyzw": _TURN}
_ROLLING = {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 30_000.0}
_LENS = {"fx": 120.0, "fy": 120.0, "cx": 159.5, "cy": 99.5}
_CAMERAS: tuple[dict[str, Any], ...] = (
    {"model": "pinhole", "params": _LENS, "shutter": {"type": "global"}},
    {"model": "opencv", "params": {**_LENS, "distortion": [0.05, -0.02, 1e-3, -1e-3, 0.001]},
     "shutter": _ROLLING},
    {"model": "opencv_fisheye", "params": {**_LENS, "distortion": [0.02, -0.01, 1e-3, -1e-4]},
     "shutter": {"type": "global"}},
)  # fmt: skip
_GRID = {"frame": "ego", "origin_m": [-5, -10], "resolution_m": 0.5, "size": [60, 40]}
_SPACE = {"frame": "ego", "origin_m": [0, -8, -1], "resolution_m": 0.5, "size": [40, 32, 8]}


def compile_all() -> None:
    """Project labels of every geometry, for every head, and fit and follow a box."""
    trajectory = _trajectory()
    labels = tuple(read_label(one) for one in _labels())
    # Where only boxes matter, they go ways of their own.
    boxes = tuple(label for label in labels if label.geometry == "cuboid")
    runs = [(labels, specs) for specs in _specs()]
    runs.append((boxes, TargetSpecs.from_dict({"kind": "objects2d"})))
    scenery = Scenery(sweeps=Sweeps(_Street()))
    with TemporaryDirectory(prefix="labelapp-kernels-") as name:
        for chosen, specs in runs:
            table = label_table([LabelSet("objects", "human", chosen)])
            heads = [spec for _, spec in specs.heads]
            maker = ChunkMaker(table, trajectory, specs, Path(), scenery)
            for number, about in enumerate(_CAMERAS):
                camera = Camera.from_dict(
                    {"name": f"{number}", "width": 320, "height": 200, "ego_from_camera": _PLACE}
                    | about
                )
                times = (_START_NS + number, _START_NS + 3 * _STEP_NS)
                images = [ImageRow(camera.name, time_ns, None) for time_ns in times]
                for chunk in camera_chunks(camera, camera.name, images, heads):
                    maker.tables(chunk, Path(name))
            ticks = TickMaker(table, trajectory, specs.heads, Path(), scenery)
            for piece in tick_chunks([_START_NS + _STEP_NS], trajectory, heads):
                ticks.make(piece, folder=Path(name))
    _fit()


def _specs() -> Sequence[TargetSpecs]:
    heads: dict[str, Any] = {name: {"kind": name} for name in KINDS}
    heads["bev"]["grid"] = heads["flow"]["grid"] = _GRID
    heads["occupancy"] |= {"space": _SPACE, "sweeps": {"within_s": 0.5}}
    heads["hidden"] = {
        "kind": "instance", "occluders": {"sweeps": True}, "sweeps": {"within_s": 0.5},
        "visibility": {"min_visible_fraction": 0.1},
    }  # fmt: skip
    # What is asked for alone goes other ways than what is asked for with much else.
    alone = [TargetSpecs.from_dict({"kind": name}) for name in ("objects2d", "lanes", "depth")]
    everything = TargetSpecs.of(TargetSpec(targets=LABEL_TARGETS))
    return [TargetSpecs.from_dict({"heads": heads}), everything, *alone]


def _trajectory() -> Trajectory:
    times = _START_NS + np.arange(-10, 21, dtype=np.int64) * _STEP_NS
    seconds = (times - _START_NS) / _SECONDS_NS
    places = np.c_[5.0 * seconds, np.zeros((len(times), 2))]
    return Trajectory(times, places, np.tile([0.0, 0.0, 0.0, 1.0], (len(times), 1)))


def _labels() -> list[dict[str, Any]]:
    def frame(time_ns: int, x: float, y: float) -> dict[str, Any]:
        turn = [0.0, 0.0, 0.1, 0.995]
        return {"time_ns": str(time_ns), "position_m": [x, y, 0.75], "quat_xyzw": turn}

    last_ns = _START_NS + 10 * _STEP_NS
    box = {"class": "car", "geometry": "cuboid", "attributes": {}, "size_m": _CAR_M}
    middle = frame(_START_NS + 5 * _STEP_NS, 14.0, 1.0)
    return [
        {**box, "id": "standing", "static": True, "keyframes": [frame(_START_NS, 15.0, 2.0)]},
        {**box, "id": "beside", "static": True, "keyframes": [frame(_START_NS, 1.5, -1.5)]},
        *(
            {**box, "id": way, "static": False, "interpolation": way,
             "keyframes": [frame(_START_NS, 10.0, -2.0), middle, frame(last_ns, 22.0, 3.0)]}
            for way in ("linear", "spline")
        ),
        {"id": "line", "class": "lane", "geometry": "polyline", "closed": False, "attributes": {},
         "vertices_m": [[-5.0, 2.0, 0.0], [10.0, 2.0, 0.0], [40.0, 4.0, 0.2]]},
        {"id": "paint", "class": "lane", "geometry": "polyline", "closed": False,
         "attributes": {}, "width_m": 0.15, "vertices_m": [[-5.0, -2.0, 0.0], [40.0, -2.0, 0.0]]},
        {"id": "road", "class": "road", "geometry": "polygon", "attributes": {},
         "rings_m": [[[-5.0, -6.0, 0.0], [40.0, -6.0, 0.0], [40.0, 6.0, 0.0], [-5.0, 6.0, 0.0]],
                     [[8.0, 1.0, 0.0], [9.0, 1.0, 0.0], [9.0, 2.0, 0.0], [8.0, 2.0, 0.0]]]},
        {"id": "pose", "class": "person", "geometry": "keypoints", "attributes": {},
         "points": {"head": {"position_m": [9.0, 1.0, 1.7], "visible": True},
                    "foot": {"position_m": [9.0, 1.0, 0.0], "visible": False}}},
        {"id": "dots", "class": "bush", "geometry": "points", "attributes": {},
         "positions_m": [[12.0, 3.0, 0.5], [12.1, 3.1, 0.7], [12.2, 3.0, 0.6]]},
    ]  # fmt: skip


class _Street:
    """Sweeps of the ground and of a car that stands on it."""

    refs = tuple(SweepRef(number, "top", _START_NS + number * _STEP_NS) for number in range(12))

    def load(self, ref: SweepRef) -> WorldSweep:
        """Return one of them."""
        return WorldSweep(ref, _points(), np.array([[0.0, 0.0, 1.8]]))

    def content_hash(self, ref: SweepRef) -> str:
        """Return what is the same for the same sweep."""
        return str(ref.number)


def _points() -> Float64Array:
    """Return (n, 3) points of a street: flat ground, and two sides of a car."""
    x, y = np.meshgrid(np.arange(-10.0, 30.0, 0.3), np.arange(-10.0, 10.0, 0.3))
    ground = np.c_[x.ravel(), y.ravel(), np.zeros(x.size)]
    along, up = (
        one.ravel() for one in np.meshgrid(np.arange(0, 4.4, 0.1), np.arange(0.1, 1.5, 0.1))
    )
    side = np.c_[12.8 + along, np.full(along.size, 1.1), up]
    across, up = (
        one.ravel() for one in np.meshgrid(np.arange(0, 1.8, 0.1), np.arange(0.1, 1.5, 0.1))
    )
    back = np.c_[np.full(across.size, 12.8), 1.1 + across, up]
    return np.concatenate([ground, side, back])


def _fit() -> None:
    sensor = np.array([0.0, 0.0, 1.8])
    sweeps = [
        SweepPoints(ref.time_ns, _points().astype(np.float32), sensor) for ref in _Street.refs
    ]
    fit_click(sweeps[:5], np.array([12.8, 1.6, 0.9]), np.array(_CAR_M))
    box = Box(np.array([15.0, 2.0, 0.75]), np.array([0.0, 0.0, 0.0, 1.0]), np.array(_CAR_M))
    times = np.array([ref.time_ns for ref in _Street.refs], dtype=np.int64)
    track_box(box, int(times[3]), times, sweeps.__getitem__)
