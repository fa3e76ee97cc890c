"""Edges that the camera all but touches, off the picture as well, through a cylinder."""

import numpy as np

from projection import Camera, Trajectory, View
from projection.lines import project_edges

_START_NS = 1_700_000_000_000_000_000
_FX = 250.0
_LENS = {"fx": _FX, "fy": _FX, "cx": 599.5, "cy": 349.5}


def view_at(speed_mps: float) -> View:
    camera = Camera.from_dict(
        {
            "name": "around",
            "width": 1200,
            "height": 700,
            "model": "cylindrical",
            "params": _LENS,
            "shutter": {
                "type": "rolling",
                "direction": "top_to_bottom",
                "line_delay_ns": 40_000.0,
            },
            "ego_from_camera": {"position_m": [0, 0, 0.3], "quat_xyzw": [-0.5, 0.5, -0.5, 0.5]},
        }
    )
    times = _START_NS + np.arange(-10, 21, dtype=np.int64) * 100_000_000
    seconds = (times - _START_NS) / 1e9
    places = np.c_[speed_mps * seconds, np.zeros((len(times), 2))]
    quats = np.tile([0.0, 0.0, 0.0, 1.0], (len(times), 1))
    return View(camera, None, Trajectory(times, places, quats), _START_NS)


def test_an_edge_beside_the_camera_is_there_once_however_often_columns_come_round() -> None:
    view = view_at(15.0)
    ends = np.zeros((2, 6))
    ends[:, :3] = np.array([[-2.0, 0.05, 0.0], [2.0, 0.06, 0.0]]) - view.origin_m
    pieces = project_edges(view, ends, np.array([True, False]), tolerance_px=0.05)
    columns = np.concatenate([piece.uv[:, 0] for piece in pieces])
    turn = 2.0 * np.pi * _FX
    assert len(columns) > 100
    assert np.ptp(columns) <= turn
    assert columns.min() >= _LENS["cx"] - turn / 2
    assert columns.max() <= _LENS["cx"] + turn / 2
