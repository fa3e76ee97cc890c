"""A spinning lidar: one turn a sweep, every ray at its own time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.mesh import Material
from simulation.rendering import Renderer, cast_rays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.motion import PoseTrack

FIELDS = ("x", "y", "z", "intensity", "time_offset_ns", "ring")
REFLECTIVITY = {
    Material.ROAD: 0.16,
    Material.PAVEMENT: 0.32,
    Material.KERB: 0.36,
    Material.GRASS: 0.42,
    Material.FOLIAGE: 0.46,
    Material.GLASS: 0.05,
    Material.CAR_WINDOW: 0.08,
    Material.LAMP: 0.85,
    Material.METAL: 0.6,
    Material.STRIPED: 0.9,
}


@dataclass(frozen=True, slots=True)
class Lidar:
    """A spinning lidar on the roof.

    Attributes:
        name: In the clip.
        position_m: In the ego frame.
        beams: How many, spread evenly from `low_deg` to `high_deg`.
        columns: How many times it fires in a turn.
        low_deg: Elevation of the lowest beam.
        high_deg: And of the highest.
        turn_s: Of one turn; it starts behind and looks ahead at the sweep's time. 0: all at once.
        noise_m: Standard deviation of the range.
        reach_m: Nothing farther returns.
    """

    name: str = "lidar_top"
    position_m: tuple[float, float, float] = (0.9, 0.0, 1.62)
    beams: int = 32
    columns: int = 1024
    low_deg: float = -22.0
    high_deg: float = 6.0
    turn_s: float = 0.05
    noise_m: float = 0.012
    reach_m: float = 110.0

    def to_dict(self) -> dict[str, Any]:
        """Return its entry of `clip.json`."""
        return {
            "name": self.name,
            "ego_from_lidar": {
                "position_m": list(self.position_m),
                "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
            },
            "fields": list(FIELDS),
        }

    def sweep(
        self, renderer: Renderer, ego: PoseTrack, time_ns: int, rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """Return one sweep, (n, 6) float32 in the order of `FIELDS`, the rays that came back.

        Points are in the ego frame at `time_ns`: each is put where its ray hit the world, so what
        stands still is sharp. What moves was hit at `time_ns + time_offset_ns`.
        """
        # Clockwise from behind, as seen from above; halves so that no ray points exactly backwards.
        turn = (np.arange(self.columns) + 0.5) / self.columns - 0.5
        offsets_ns = np.round(turn * self.turn_s * 1e9).astype(np.int64)
        azimuth = -2.0 * math.pi * turn
        elevation = np.radians(np.linspace(self.low_deg, self.high_deg, self.beams))
        rays_ego = np.stack(
            [
                np.cos(elevation) * np.cos(azimuth)[:, None],
                np.cos(elevation) * np.sin(azimuth)[:, None],
                np.sin(elevation) + 0.0 * azimuth[:, None],
            ],
            axis=-1,
        )  # (columns, beams, 3)
        rotations, positions = ego.at(time_ns + offsets_ns)
        origins = positions + rotations @ np.array(self.position_m)
        directions = np.einsum("cij,cbj->cbi", rotations, rays_ego).reshape(-1, 3)
        column = np.repeat(np.arange(self.columns, dtype=np.int32), self.beams)
        ranges, triangles = cast_rays(
            renderer.geometry,
            renderer.movers_at(time_ns + offsets_ns),
            column,
            np.ascontiguousarray(origins[column]),
            np.ascontiguousarray(directions),
        )
        noise = rng.normal(0.0, self.noise_m, len(ranges))
        # Dark and grazing surfaces far away don't return enough light.
        strength = self._intensity(renderer, triangles, ranges, directions)
        dropped = rng.random(len(ranges)) > np.clip(1.15 - ranges / (3.0 * self.reach_m), 0.0, 1.0)
        kept = (ranges < self.reach_m) & ~dropped & (strength * 160.0 > ranges * 0.02)
        world = origins[column[kept]] + directions[kept] * (ranges + noise)[kept, None]
        world_from_ego, ego_position = (pose[0] for pose in ego.at(time_ns))
        points = (world - ego_position) @ world_from_ego
        ring = np.tile(np.arange(self.beams), self.columns)[kept]
        return np.column_stack([points, strength[kept], offsets_ns[column[kept]], ring]).astype(
            np.float32
        )

    @staticmethod
    def _intensity(
        renderer: Renderer,
        triangles: NDArray[np.int64],
        ranges: NDArray[np.float64],
        directions: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return (n,) intensities 0..1 by material, colour and how steeply the surface was met."""
        table = np.full(len(Material), np.nan)
        for material, value in REFLECTIVITY.items():
            table[int(material)] = value
        looks = renderer.geometry.looks[triangles]
        reflectivity = table[looks[:, 0].astype(int)]
        brightness = 0.12 + 0.75 * looks[:, 1:].mean(axis=1)
        reflectivity = np.where(np.isnan(reflectivity), brightness, reflectivity)
        edges = renderer.geometry.triangles[triangles, 3:]
        # A mover's triangles are in its own frame; a turn about z leaves the upright part as it is.
        normal_z = np.cross(edges[:, :3], edges[:, 3:])
        normal_z = np.abs(normal_z[:, 2]) / np.maximum(np.linalg.norm(normal_z, axis=1), 1e-12)
        steep = 0.35 + 0.65 * np.where(normal_z > 0.8, np.abs(directions[:, 2]) ** 0.25, 1.0)
        hit = np.isfinite(ranges)
        return np.where(hit, np.clip(reflectivity * steep, 0.0, 1.0), 0.0)
