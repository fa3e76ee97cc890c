"""Where clips were recorded."""

import math
from typing import Any

import numpy as np

from labelapp.datasets.source import ClipSource

#: Clips whose place is drawn, and points of each one's way.
_MOST = 2000
_POINTS = 16
#: Metres of a degree of latitude (the mean over the WGS 84 ellipsoid).
_DEGREE_M = 111_195.0


class Places:
    """The ways of clips that say where they are."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []

    def add(self, clip: ClipSource) -> None:
        """Take a clip's way, as longitudes and latitudes."""
        origin = clip.clip.origin
        if not origin or len(self.found) >= _MOST:
            return
        latitude_deg, longitude_deg = float(origin["latitude_deg"]), float(origin["longitude_deg"])
        positions = clip.trajectory.positions_m
        chosen = np.linspace(0, len(positions) - 1, min(_POINTS, len(positions))).astype(int)
        degree_m = _DEGREE_M * max(math.cos(math.radians(latitude_deg)), 1e-6)
        self.found.append(
            {
                "clip": clip.clip.name,
                "split": clip.split,
                "way_deg": [
                    [
                        round(longitude_deg + float(x) / degree_m, 7),
                        round(latitude_deg + float(y) / _DEGREE_M, 7),
                    ]
                    for x, y, _ in positions[chosen]
                ],
            }
        )
