"""Vectors of cuboid labels in time: life, gaps, straight and curved motion, turns, sizes."""

import json
import math
from typing import Any

import numpy as np

from projection import Track

SEED = 9_118

START_NS = 1_718_000_100_000_000_007


def _keyframes(
    generator: np.random.Generator, count: int, gap_after: tuple[int, ...] = ()
) -> list[dict[str, Any]]:
    times = START_NS + np.concatenate([[0], np.cumsum(generator.integers(4e7, 9e8, count - 1))])
    place = generator.normal(size=3) * 20.0
    yaw = generator.uniform(-3.0, 3.0)
    frames: list[dict[str, Any]] = []
    for index, time in enumerate(times):
        roll = generator.normal() * 0.05
        quat = [
            math.sin(roll / 2) * math.cos(yaw / 2),
            math.sin(roll / 2) * math.sin(yaw / 2),
            math.cos(roll / 2) * math.sin(yaw / 2),
            math.cos(roll / 2) * math.cos(yaw / 2),
        ]
        frame: dict[str, Any] = {
            "time_ns": str(time),
            "position_m": [round(float(value), 6) for value in place],
            "quat_xyzw": quat,
        }
        if index in gap_after:
            frame["gap_after"] = True
        frames.append(frame)
        place = place + generator.normal(size=3) * np.array([4.0, 4.0, 0.2])
        yaw += generator.normal() * 0.6
    return frames


def _labels() -> list[tuple[str, dict[str, Any]]]:
    generator = np.random.default_rng(SEED)
    common = {"geometry": "cuboid", "class": "car", "size_m": [4.5, 1.9, 1.5]}
    attributed = _keyframes(generator, 4)
    attributed[1]["attributes"] = {"parked": True, "note": "door open"}
    attributed[3]["attributes"] = {"parked": False}
    sized = _keyframes(generator, 3)
    sized[1]["size_m"] = [6.0, 2.1, 1.5]
    flipped = _keyframes(generator, 4)
    flipped[2]["quat_xyzw"] = [-value for value in flipped[2]["quat_xyzw"]]
    extended = _keyframes(generator, 3)
    single = _keyframes(generator, 1)
    static = _keyframes(generator, 1)

    def beyond(frames: list[dict[str, Any]], seconds: float) -> dict[str, str]:
        first, last = int(frames[0]["time_ns"]), int(frames[-1]["time_ns"])
        return {"from_ns": str(first - int(seconds * 1e9)), "to_ns": str(last + int(seconds * 1e9))}

    cases = [
        ("linear", {"keyframes": _keyframes(generator, 5)}),
        ("spline", {"keyframes": _keyframes(generator, 6), "interpolation": "spline"}),
        ("spline of two", {"keyframes": _keyframes(generator, 2), "interpolation": "spline"}),
        (
            "spline with gaps",
            {"keyframes": _keyframes(generator, 8, (2, 6)), "interpolation": "spline"},
        ),
        ("linear with a gap", {"keyframes": _keyframes(generator, 5, (1,))}),
        ("quaternion signs", {"keyframes": flipped}),
        ("sizes", {"keyframes": sized}),
        ("attributes", {"keyframes": attributed, "attributes": {"parked": False, "doors": 4}}),
        ("goes on", {"keyframes": extended, **beyond(extended, 0.7)}),
        (
            "spline goes on",
            {"keyframes": extended, "interpolation": "spline", **beyond(extended, 0.3)},
        ),
        ("one keyframe stands", {"keyframes": single, **beyond(single, 0.5)}),
        ("one keyframe", {"keyframes": _keyframes(generator, 1)}),
        ("static", {"keyframes": static, "static": True}),
        ("static for a while", {"keyframes": static, "static": True, **beyond(static, 0.4)}),
        (
            "static with a gap that nothing follows",
            {"keyframes": [{**static[0], "gap_after": True}], "static": True},
        ),
    ]
    return [(name, {"id": name, "attributes": {}, **common, **label}) for name, label in cases]


def tracks() -> dict[str, Any]:
    """The document ``tracks.json``."""
    generator = np.random.default_rng(SEED + 1)
    cases = []
    for name, spec in _labels():
        track = Track.from_dict(spec)
        keys = [int(frame["time_ns"]) for frame in spec["keyframes"]]
        first = int(spec.get("from_ns", keys[0]))
        last = int(spec.get("to_ns", keys[-1]))
        queries = [*keys, first, last, first - 1, last + 1, first - 10**9, last + 10**9]
        queries += [key + 1 for key in keys] + [key - 1 for key in keys]
        if last > first:
            queries += generator.integers(first, last, 12).tolist()
        entries = []
        for time in sorted(set(queries)):
            state = track.at(time)
            entries.append(
                {
                    "time_ns": str(time),
                    "state": None
                    if state is None
                    else {
                        "position_m": state.position_m.tolist(),
                        "quat_xyzw": state.quat_xyzw.tolist(),
                        "size_m": state.size_m.tolist(),
                        "attributes": dict(state.attributes),
                    },
                }
            )
        cases.append({"name": name, "label": json.loads(json.dumps(spec)), "queries": entries})
    return {"schema": "labelapp-golden-tracks/1", "cases": cases}
