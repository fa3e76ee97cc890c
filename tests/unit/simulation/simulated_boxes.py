"""Boxes all round a car, cameras of every kind, and what they see, without a ray tracer."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from simulation.lenses import LENSES, WIDE_LENSES
from simulation.mesh import Material, box
from simulation.motion import PoseTrack
from simulation.rig import Mount, camera_spec, car_rig
from simulation.scene import Body, Shape

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from projection import Track, View

TIMES_NS = 1_790_000_000_000_000_000 + 100_000_000 * np.arange(8, dtype=np.int64)
GROUND_M = -0.4


def moving_track(
    start: tuple[float, float, float], speed: tuple[float, float], turn: float
) -> PoseTrack:
    """A body that drives, turns and nods."""
    t = (TIMES_NS - TIMES_NS[0]) / 1e9
    positions = np.array(start) + np.outer(t, [*speed, 0.0])
    angles = np.column_stack([0.3 + turn * t, 0.02 * np.sin(5 * t), 0.01 * np.cos(4 * t)])
    return PoseTrack(TIMES_NS, positions, Rotation.from_euler("ZYX", angles).as_quat())


def box_bodies() -> tuple[Body, ...]:
    """Boxes all round the car: half of them move, some fast."""
    bodies = []
    rng = np.random.default_rng(5)
    for number in range(18):
        angle = 2.0 * np.pi * number / 18.0
        out = 7.0 + 3.0 * (number % 3)
        size = np.array([2.4, 1.2, 1.0]) * rng.uniform(0.7, 1.5, 3)
        shape = Shape.of(box(size, (0.0, 0.0, 0.0), Material.PLAIN, (0.5, 0.3, 0.2)))
        at = (out * np.cos(angle), out * np.sin(angle), GROUND_M + 0.9)
        if number % 2:
            speed = (float(rng.uniform(-9, 9)), float(rng.uniform(-9, 9)))
            track = moving_track(at, speed, float(rng.uniform(-1, 1)))
            bodies.append(Body(f"box-{number}", "container", shape, track=track))
        else:
            R = Rotation.from_euler("zyx", rng.uniform(-0.4, 0.4, 3)).as_matrix()
            bodies.append(Body(f"box-{number}", "container", shape, {}, R, np.array(at)))
    return tuple(bodies)


def every_lens() -> list[dict]:
    """The car's own cameras, then every lens there is with every direction of read-out in turn."""
    specs = list(car_rig(112).cameras)
    directions = ["top_to_bottom", "bottom_to_top", "left_to_right", "right_to_left"]
    for number, lens in enumerate(LENSES):
        view_deg = 175.0 if lens in WIDE_LENSES else 85.0
        mount = Mount(
            f"{lens}", lens, (112, 80), view_deg, (1.0, 0.1, 0.9), 50.0 * number, 8.0,
            directions[number % 4], 0.0,
        )  # fmt: skip
        specs.append(camera_spec(mount))
    return specs


def truth_pictures(clip_path: Path) -> list[tuple[str, int, np.ndarray, np.ndarray]]:
    """Each image of a clip with its instance picture and its ranges."""
    with (clip_path / "images.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    pictures = []
    for row in rows:
        name = f"{row['camera']}/{row['time_ns']}"
        ids = cv2.imread(str(clip_path / "truth" / "ids" / f"{name}.png"), cv2.IMREAD_UNCHANGED)
        ranges = np.load(clip_path / "truth" / "range" / f"{name}.npy")
        pictures.append((row["camera"], int(row["time_ns"]), ids, ranges))
    return pictures


def plain_drive() -> PoseTrack:
    """A fast drive through a bend."""
    return moving_track((0.0, 0.0, 0.0), (9.0, 2.0), 0.5)


def pixel_centres(width: int, height: int) -> NDArray[np.float64]:
    """Return (height * width, 2) pixel centres, row by row."""
    u, v = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
    return np.column_stack([u.ravel(), v.ravel()])


def ray_times(view: View, uv: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (n,) the nanosecond at which each pixel was exposed."""
    camera = view.camera
    offsets = view.shutter.offset_ns(uv, camera.width, camera.height)
    return view.time_ns + np.round(offsets).astype(np.int64)


def box_entry(
    track: Track,
    origins: NDArray[np.float64],
    directions: NDArray[np.float64],
    times_ns: NDArray[np.int64],
    *,
    grown_m: float = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where rays enter and leave a cuboid at their own times: (n,) m, infinity: a miss."""
    unique, index = np.unique(times_ns, return_inverse=True)
    states = track.at_many(unique)
    assert states.exists.all()
    x, y, z, w = states.quats_xyzw.T
    R = np.stack(
        [
            np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], -1),
            np.stack([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)], -1),
            np.stack([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)], -1),
        ],
        -2,
    )
    o = np.einsum("nji,nj->ni", R[index], origins - states.positions_m[index])
    d = np.einsum("nji,nj->ni", R[index], directions)
    half = states.sizes_m[index] / 2.0 + grown_m
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (-half - o) / d, (half - o) / d
    near, far = np.minimum(a, b).max(axis=1), np.maximum(a, b).min(axis=1)
    hit = (far >= near) & (far > 0.0)
    return np.where(hit, near, np.inf), np.where(hit, far, np.inf)


def inside_loops(
    loops: tuple[NDArray[np.float64], ...], uv: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return whether points (n, 2) are in the even-odd fill of loops, and how far from them."""
    crossings = np.zeros(len(uv), dtype=int)
    nearest = np.full(len(uv), np.inf)
    for loop in loops:
        for a, b in zip(loop, np.roll(loop, -1, axis=0), strict=True):
            along = b - a
            between = (a[1] > uv[:, 1]) != (b[1] > uv[:, 1])
            with np.errstate(divide="ignore", invalid="ignore"):
                at = a[0] + (uv[:, 1] - a[1]) / along[1] * along[0]
            crossings += between & (uv[:, 0] < at)
            part = np.clip((uv - a) @ along / max(float(along @ along), 1e-18), 0.0, 1.0)
            nearest = np.minimum(nearest, np.linalg.norm(uv - a - part[:, None] * along, axis=1))
    return crossings % 2 == 1, nearest
