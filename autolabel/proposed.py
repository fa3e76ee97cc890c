"""What following a box gives."""

import math
from dataclasses import dataclass

import numpy as np

from autolabel.sighting import Found
from projection.arrays import Float64Array, Int64Array


@dataclass(frozen=True, slots=True)
class ProposedTrack:
    """Where a box went.

    Attributes:
        times_ns: (k,) of its keyframes, rising.
        positions_m: (k, 3) centres, world.
        quats_xyzw: (k, 4) world_from_box.
        size_m: (3,) all the time.
        confidences: (k,) how likely each is right, 0 to 1.
        is_static: It stands still; then there is one keyframe.
        seen: In how many sweeps it was found.
        ends: Why it begins and ends where it does, two sentences.
    """

    times_ns: Int64Array
    positions_m: Float64Array
    quats_xyzw: Float64Array
    size_m: Float64Array
    confidences: Float64Array
    is_static: bool
    seen: int
    ends: tuple[str, str]

    def label(self, label_id: str, class_name: str) -> dict[str, object]:
        """Return it as a label of ``labelapp-labels/1``."""
        keyframes = [
            {
                "time_ns": str(int(time)),
                "position_m": [round(float(v), 4) for v in position],
                "quat_xyzw": [float(v) for v in quat],
            }
            for time, position, quat in zip(
                self.times_ns, self.positions_m, self.quats_xyzw, strict=True
            )
        ]
        return {
            "id": label_id,
            "class": class_name,
            "geometry": "cuboid",
            "attributes": {},
            "static": self.is_static,
            "size_m": [float(v) for v in self.size_m],
            "interpolation": "linear",
            "keyframes": keyframes,
        }


def confidence_of(found: Found) -> float:
    """Return how sure a pose is: many points that fit what is known."""
    enough = 1.0 - math.exp(-found.points / 12.0)
    return float(np.clip(enough * math.exp(-found.distance_m / 0.25), 0.0, 1.0))
