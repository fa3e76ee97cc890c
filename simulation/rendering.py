"""Pictures of a scene, with instance numbers and ranges: one exposure of a camera at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.kernel import kernel
from simulation.shading import radiance
from simulation.tracing import STACK_SIZE, Geometry, prepare, trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from projection import Camera
    from simulation.motion import PoseTrack
    from simulation.scene import Markings, Scene

# Neighbours that differ by more than this, in 0..1 of the finished picture, are sampled again.
CONTRAST = 0.06
# Where in a pixel the three further rays go, as parts of the way to its neighbours.
SUBPIXELS = np.array([(-0.33, -0.14), (0.25, -0.30), (0.12, 0.33)])


@dataclass(frozen=True, slots=True)
class Picture:
    """One exposure.

    Attributes:
        rgb: (height, width, 3) uint8.
        owners: (height, width) uint16: body k is k + 1, 0 is all else.
        range_m: (height, width) float32 along the ray, infinite for the sky, NaN outside the lens.
    """

    rgb: NDArray[np.uint8]
    owners: NDArray[np.uint16]
    range_m: NDArray[np.float32]


def _tone_table() -> NDArray[np.float64]:
    """Return the display value, 0..1, for radiance k / 1024: a soft shoulder, then sRGB."""
    x = np.arange(8192) / 1024.0 * 0.92
    mapped = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0)
    low = 12.92 * mapped
    high = 1.055 * np.maximum(mapped, 1e-9) ** (1.0 / 2.4) - 0.055
    return np.where(mapped <= 0.0031308, low, high)


TONE = _tone_table()


@kernel
def _display(value: float, tone: NDArray[np.float64]) -> float:
    place = max(0.0, min(value * 1024.0, 8190.0))
    k = int(place)
    part = place - k
    return float(tone[k] * (1.0 - part) + tone[k + 1] * part)


@kernel
def _shade_rays(  # noqa: PLR0913, PLR0917  HOT
    geometry: Geometry,
    markings: Markings,
    sun: NDArray[np.float64],
    tone: NDArray[np.float64],
    rays: NDArray[np.float64],
    line_of: NDArray[np.int32],
    eyes: NDArray[np.float64],
    movers: NDArray[np.float64],
) -> tuple[NDArray[np.float32], NDArray[np.uint16], NDArray[np.float32]]:
    """Return (n, 3) colours 0..1 for the display, (n,) owners and (n,) ranges along rays.

    Args:
        geometry: Of the scene.
        markings: On its road.
        sun: (3,) towards it.
        tone: See `_tone_table`.
        rays: (n, 3) unit, camera frame; NaN for none: black, owner 0, range NaN.
        line_of: (n,) which line of `eyes` and `movers` a ray belongs to.
        eyes: (lines, 12) poses of the camera in the world as `trace` takes them.
        movers: (lines, movers, 12) likewise.
    """
    boxes, links, triangles, normals, uvs, looks, owners, roots, radii = geometry
    lines, crossings = markings
    count = len(rays)
    colours = np.zeros((count, 3), dtype=np.float32)
    seen = np.zeros(count, dtype=np.uint16)
    ranges = np.full(count, np.nan, dtype=np.float32)
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    for i in range(count):
        a, b, c = rays[i, 0], rays[i, 1], rays[i, 2]
        if np.isnan(a):
            continue
        k = line_of[i]
        red, green, blue, owner, t = radiance(
            boxes, links, triangles, normals, uvs, looks, owners, roots, radii,
            lines, crossings, sun, movers, k,
            eyes[k, 9], eyes[k, 10], eyes[k, 11],
            eyes[k, 0] * a + eyes[k, 1] * b + eyes[k, 2] * c,
            eyes[k, 3] * a + eyes[k, 4] * b + eyes[k, 5] * c,
            eyes[k, 6] * a + eyes[k, 7] * b + eyes[k, 8] * c,
            stack,
        )  # fmt: skip
        colours[i, 0] = _display(red, tone)
        colours[i, 1] = _display(green, tone)
        colours[i, 2] = _display(blue, tone)
        seen[i] = owner
        ranges[i] = t
    return colours, seen, ranges


def _contrasty(colours: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return (height, width) whether a pixel stands out from one of its four neighbours."""
    down = (np.abs(np.diff(colours, axis=0)) > CONTRAST).any(axis=2)
    right = (np.abs(np.diff(colours, axis=1)) > CONTRAST).any(axis=2)
    found = np.zeros(colours.shape[:2], dtype=np.bool_)
    found[1:] |= down
    found[:-1] |= down
    found[:, 1:] |= right
    found[:, :-1] |= right
    return found


def _subpixel_rays(
    rays: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return (n, 3, 3) further rays in pixels: between their own and their neighbours' rays.

    That is close enough for colour; instance numbers and ranges come from exact rays alone. NaN
    beside the picture's edge and outside of the lens.
    """
    height, width, _ = rays.shape
    found = np.empty((len(rows), len(SUBPIXELS), 3))
    own = rays[rows, columns]
    for place, (right, down) in enumerate(SUBPIXELS):
        beside, below = columns + int(np.sign(right)), rows + int(np.sign(down))
        inside = (beside >= 0) & (beside < width) & (below >= 0) & (below < height)
        p, q = abs(right), abs(down)
        ray = (1.0 - p - q) * own
        ray += p * rays[rows, np.clip(beside, 0, width - 1)]
        ray += q * rays[np.clip(below, 0, height - 1), columns]
        ray[~inside] = np.nan
        found[:, place] = ray / np.linalg.norm(ray, axis=1, keepdims=True)
    return found


@kernel
def cast_rays(
    geometry: Geometry,
    movers: NDArray[np.float64],
    line_of: NDArray[np.int32],
    origins: NDArray[np.float64],
    directions: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return (range (n,), triangle (n,)) of rays in the world; infinity and -1 for no hit.

    Args:
        geometry: Of the scene.
        movers: (lines, k, 12) poses as `trace` takes them.
        line_of: (n,) which of the lines a ray belongs to.
        origins: (n, 3) metres.
        directions: (n, 3) unit.
    """
    boxes, links, triangles, _, _, _, _, roots, radii = geometry
    count = len(origins)
    ranges = np.empty(count)
    hits = np.empty(count, dtype=np.int64)
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    for i in range(count):
        t, hit, _, _, _ = trace(
            boxes, links, triangles, roots, radii, movers, line_of[i],
            origins[i, 0], origins[i, 1], origins[i, 2],
            directions[i, 0], directions[i, 1], directions[i, 2],
            1e9, False, stack,  # noqa: FBT003
        )  # fmt: skip
        ranges[i] = t if hit >= 0 else np.inf
        hits[i] = hit
    return ranges, hits


def _packed(rotations: NDArray[np.float64], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return poses (..., 12) as the kernels take them, from (..., 3, 3) and (..., 3)."""
    flat = rotations.reshape(*rotations.shape[:-2], 9)
    return np.ascontiguousarray(np.concatenate([flat, positions], axis=-1))


class Renderer:
    """A scene made ready to be looked at; used from any number of threads at once.

    Args:
        scene: What there is.
        sun: (3,) unit direction towards the sun.
        smooth: Sample pixels of high contrast again.
    """

    def __init__(self, scene: Scene, sun: NDArray[np.float64], *, smooth: bool = True) -> None:
        self.scene = scene
        self.geometry, self._movers = prepare(scene)
        self._sun = np.ascontiguousarray(sun, dtype=np.float64)
        self._smooth = smooth

    def movers_at(self, times_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the movers' poses at times, (k, movers, 12) as `trace` takes them."""
        poses = np.empty((len(times_ns), len(self._movers), 12))
        for place, index in enumerate(self._movers):
            poses[:, place] = _packed(*self.scene.bodies[index].at(times_ns))
        return poses

    def render(self, eye: Eye, ego: PoseTrack, time_ns: int) -> Picture:
        """Return the picture that a camera takes when its first line is exposed at `time_ns`."""
        # Line times are whole nanoseconds here; half a nanosecond moves nothing by a pixel.
        times = time_ns + np.round(eye.line_offsets_ns).astype(np.int64)
        rotations, positions = ego.at(times)
        eyes = _packed(rotations @ eye.mount_rotation, positions + rotations @ eye.mount_position)
        movers = self.movers_at(times)
        around = (eyes, movers)
        rays = eye.rays.reshape(-1, 3)
        colours, owners, ranges = self._shade(rays, eye.line_of.ravel(), *around)
        picture = colours.reshape(*eye.line_of.shape, 3)
        if self._smooth:
            rows, columns = np.nonzero(_contrasty(picture) & ~np.isnan(eye.rays[..., 0]))
            further = _subpixel_rays(eye.rays, rows, columns)
            lines = np.repeat(eye.line_of[rows, columns], len(SUBPIXELS))
            more, _, _ = self._shade(further.reshape(-1, 3), lines, *around)
            there = np.isfinite(further[..., 0])
            # Rays that aren't there came back black.
            total = picture[rows, columns] + more.reshape(*there.shape, 3).sum(axis=1)
            picture[rows, columns] = total / (1 + there.sum(axis=1, keepdims=True))
        return Picture(
            np.clip(picture * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8),
            owners.reshape(eye.line_of.shape),
            ranges.reshape(eye.line_of.shape),
        )

    def _shade(
        self,
        rays: NDArray[np.float64],
        line_of: NDArray[np.int32],
        eyes: NDArray[np.float64],
        movers: NDArray[np.float64],
    ) -> tuple[NDArray[np.float32], NDArray[np.uint16], NDArray[np.float32]]:
        markings = self.scene.markings
        shaded: tuple[NDArray[np.float32], NDArray[np.uint16], NDArray[np.float32]] = _shade_rays(
            self.geometry, markings, self._sun, TONE, rays, line_of, eyes, movers
        )
        return shaded


class Eye:
    """A camera made ready to be looked through: its ray at every pixel's centre, its lines in time.

    Attributes:
        rays: (height, width, 3) unit, camera frame; NaN outside the lens's domain.
        line_of: (height, width) int32: which line a pixel belongs to.
        line_offsets_ns: (lines,) after the image's time.
        mount_rotation: (3, 3) ego_from_camera.
        mount_position: (3,) ego_from_camera.
    """

    def __init__(self, camera: Camera) -> None:
        width, height = camera.width, camera.height
        u, v = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
        uv = np.column_stack([u.ravel(), v.ravel()])
        rays, status = camera.unproject(uv)
        rays = np.where((status == 0)[:, None], rays, np.nan)
        self.rays = np.ascontiguousarray(rays.reshape(height, width, 3))
        shutter = camera.shutter
        if shutter.is_rolling:
            lines = shutter.line(uv, width, height).round().astype(np.int32)
            count = shutter.line_count(width, height)
        else:
            lines, count = np.zeros(len(uv), dtype=np.int32), 1
        self.line_of = np.ascontiguousarray(lines.reshape(height, width))
        self.line_offsets_ns = np.arange(count) * (shutter.line_delay_ns if count > 1 else 0.0)
        if camera.ego_from_camera is None:
            raise ValueError(f"camera {camera.name}: expected ego_from_camera, found nothing")
        self.mount_rotation = np.asarray(camera.ego_from_camera.rotation, dtype=np.float64)
        self.mount_position = np.asarray(camera.ego_from_camera.position_m, dtype=np.float64)
