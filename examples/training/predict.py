"""Write what the network sees from above as label sets: ``python predict.py SHARDS/val``.

Vehicles in the bird's-eye layout become boxes, boxes of neighbouring moments become tracks, each
with the network's score: what a labeller corrects, or ``labelapp-client compare`` holds against
the truth.
"""

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from geometry import CELL_M, ORIGIN_M
from network import Network
from preparing import VEHICLE, Prepared
from train import predict

from labelapp.client.training.loading import ClipLoader

#: Cars are about this large, and stand this far below the ego's origin.
_LEAST_M, _MOST_M, _HEIGHT_M, _GROUND_M = (3.6, 1.6), (12.0, 2.6), 1.6, -0.33
_LEAST_CELLS = 6
#: The same vehicle half a second later is no further away than this.
_REACH_M = 6.0


@dataclass
class Track:
    """A vehicle over time: (time, centre, yaw, size, score) in the world."""

    states: list[tuple[int, np.ndarray, float, tuple[float, float], float]] = field(
        default_factory=list
    )

    def as_label(self, number: int) -> dict[str, Any]:
        """Return it as in ``labelapp-labels/1``."""
        sizes = np.array([size for _, _, _, size, _ in self.states])
        keyframes = [
            {
                "time_ns": str(time_ns),
                "position_m": [float(v) for v in centre],
                "quat_xyzw": [0.0, 0.0, float(np.sin(yaw / 2)), float(np.cos(yaw / 2))],
            }
            for time_ns, centre, yaw, _, _ in self.states
        ]
        return {
            "id": f"network-{number}",
            "class": "car",
            "geometry": "cuboid",
            "attributes": {},
            "static": False,
            "size_m": [*np.median(sizes, axis=0).tolist(), _HEIGHT_M],
            "keyframes": keyframes,
            "score": round(float(np.mean([state[4] for state in self.states])), 4),
        }


def boxes_from_above(shares: np.ndarray, threshold: float) -> list[tuple[Any, ...]]:
    """Return centre (x, y), yaw, size and score of each patch of vehicle cells, grid's frame."""
    count, patches = cv2.connectedComponents((shares > threshold).astype(np.uint8), connectivity=4)
    found = []
    for number in range(1, count):
        cells = np.argwhere(patches == number)
        if len(cells) < _LEAST_CELLS:
            continue
        points = (ORIGIN_M + CELL_M * (cells + 0.5)).astype(np.float32)
        centre, sides, degrees = cv2.minAreaRect(points)
        yaw = np.radians(degrees)
        if sides[1] > sides[0]:
            sides, yaw = sides[::-1], yaw + np.pi / 2
        size = tuple(np.clip(np.array(sides) + CELL_M, _LEAST_M, _MOST_M))
        found.append((np.array(centre), yaw, size, float(shares[patches == number].mean())))
    return found


def tracks_of(moments: list[tuple[int, np.ndarray, list[tuple[Any, ...]]]]) -> list[Track]:
    """Join boxes of moments that follow each other: the nearest first, each once."""
    done: list[Track] = []
    going: list[Track] = []
    for time_ns, world_from_grid, boxes in sorted(moments, key=lambda m: m[0]):
        turn = np.arctan2(world_from_grid[1, 0], world_from_grid[0, 0])
        states = []
        for centre, yaw, size, score in boxes:
            place = world_from_grid @ [*centre, _GROUND_M + _HEIGHT_M / 2, 1.0]
            states.append((time_ns, place[:3], _upright(yaw + turn), size, score))
        pairs = sorted(
            (float(np.linalg.norm(track.states[-1][1] - state[1])), t, s)
            for t, track in enumerate(going)
            for s, state in enumerate(states)
        )
        used: dict[int, int] = {}
        for far, t, s in pairs:
            if far < _REACH_M and t not in used and s not in used.values():
                used[t] = s
                before = going[t].states[-1][2]
                time_, place, yaw, size, score = states[s]
                # A rectangle has no front: the one nearer to the last.
                yaw += np.pi * (abs(_upright(yaw - before)) > np.pi / 2)
                going[t].states.append((time_, place, _upright(yaw), size, score))
        done += [track for t, track in enumerate(going) if t not in used]
        fresh = [Track([state]) for s, state in enumerate(states) if s not in used.values()]
        going = [track for t, track in enumerate(going) if t in used] + fresh
    return done + going


def _upright(angle: float) -> float:
    return float((angle + np.pi) % (2 * np.pi) - np.pi)


def main(arguments: list[str] | None = None) -> int:
    """Write a label set for each clip, named after it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", help="such as SHARDS/val")
    parser.add_argument("--run", type=Path, default=Path("run"), help="with model.pt")
    parser.add_argument("--out", type=Path, default=Path("labels"))
    asked = parser.parse_args(arguments)
    network = Network()
    network.load_state_dict(torch.load(asked.run / "model.pt", weights_only=True))
    network.eval()
    threshold = json.loads((asked.run / "report.json").read_text())["thresholds"]["vehicle_iou"]
    moments: dict[str, list[Any]] = {}
    for batch in ClipLoader(Prepared(asked.shards), 4, shuffle=False):
        tops = predict(network, batch)["top"][:, VEHICLE]
        for clip, time_ns, pose, top in zip(
            batch["clip"], batch["time_ns"], batch["world_from_grid"].numpy(), tops, strict=True
        ):
            boxes = boxes_from_above(top, threshold)
            moments.setdefault(clip, []).append((int(time_ns), pose, boxes))
    asked.out.mkdir(parents=True, exist_ok=True)
    for clip, found in moments.items():
        labels = [track.as_label(number) for number, track in enumerate(tracks_of(found))]
        document = {"format": "labelapp-labels/1", "layer": "objects", "source": "model"}
        path = asked.out / f"{clip}.json"
        path.write_text(json.dumps(document | {"labels": labels}, indent=1) + "\n")
        sys.stdout.write(f"{path}: {len(labels)} labels\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
