"""A calibrated camera: points of its frame to pixels, and pixels to rays."""

import hashlib
import json
import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from projection.arrays import BoolArray, Float64Array, UInt8Array, rows
from projection.cameras import MODELS, Lens
from projection.rigid import RigidTransform
from projection.shutter import GLOBAL, Shutter
from projection.spec import Fields, SpecError, is_number, shown
from projection.status import Status
from projection.threads import by_rows

_MAX_SIZE = 1 << 16
#: From so many points on, compiled kernels save more than it takes to load them.
MANY = 20_000


class RayWarp(Protocol):
    """Something in front of the lens that bends rays, such as a windscreen: smooth, one-to-one.

    Lengths say nothing. A direction that ``unbend`` doesn't bring back is not seen.
    """

    def bend(self, points: Float64Array) -> Float64Array:
        """(n, 3) directions outside -> (n, 3) directions that reach the lens."""
        ...

    def unbend(self, rays: Float64Array) -> Float64Array:
        """The inverse: (n, 3) directions at the lens -> (n, 3) directions outside."""
        ...


#: Directions that come back this near (rad) are those that were bent.
_RETURNED_RAD = 1e-6


def bent_for_sure(
    warp: RayWarp, rays: Float64Array, *, outwards: bool = False
) -> tuple[Float64Array, BoolArray]:
    """Directions (n, 3) as they reach the lens, and (n,) whether they come back the way they came.

    A warp that is a polynomial folds back far off its own window, or knows no behind.

    Args:
        warp: What bends.
        rays: (n, 3) directions outside.
        outwards: The other way: directions at the lens to those outside.
    """
    there, back_again = (warp.unbend, warp.bend) if outwards else (warp.bend, warp.unbend)
    bent = np.asarray(there(rays), dtype=np.float64)
    back = np.asarray(back_again(bent), dtype=np.float64)
    off = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    off = off - back / np.linalg.norm(back, axis=1, keepdims=True)
    return bent, np.asarray((off**2).sum(axis=1) <= _RETURNED_RAD**2)


@dataclass(frozen=True)
class Camera:
    """A camera's size and lens. The picture covers -0.5 <= u < width - 0.5, the same with v.

    Attributes:
        name: Its name in the rig.
        width: Pixels.
        height: Pixels.
        model: Name of the lens model.
        lens: The lens.
        spec: The specification in its canonical form.
        ego_from_camera: Where it sits, if the specification says so.
        shutter: How it is exposed.
        ray_warp: What bends rays in front of the lens, if anything.
    """

    name: str
    width: int
    height: int
    model: str
    lens: Lens
    spec: dict[str, Any] = field(repr=False, compare=False)
    ego_from_camera: RigidTransform | None = None
    shutter: Shutter = GLOBAL
    ray_warp: RayWarp | None = None

    @classmethod
    def from_dict(cls, spec: Any) -> "Camera":
        """From a camera of a clip's ``clip.json``; pose and shutter may be absent.

        Raises:
            SpecError: With the field's name, what was expected and what was found.
        """
        fields = Fields(spec, "camera")
        name = fields.text("name", default="camera")
        fields = Fields(spec, f"camera {shown(name)}")
        width = fields.integer("width", minimum=1, maximum=_MAX_SIZE)
        height = fields.integer("height", minimum=1, maximum=_MAX_SIZE)
        model = fields.choice("model", tuple(MODELS))
        max_angle_rad = _max_angle(fields)
        lens = MODELS[model](fields.child("params"), max_angle_rad, (width, height))
        pose = None
        if fields.has("ego_from_camera"):
            pose = RigidTransform.from_fields(fields.child("ego_from_camera"))
        shutter = Shutter.from_fields(fields.child("shutter")) if fields.has("shutter") else GLOBAL
        canonical = _canonical(spec, max_angle_rad, pose, shutter)
        return cls(name, width, height, model, lens, canonical, pose, shutter)

    @property
    def limit_rad(self) -> float:
        """Angle off the axis up to which there are pixels; what is beyond is not seen."""
        return self.lens.limit_rad

    @cached_property
    def calibration_hash(self) -> str:
        """SHA-256 (hexadecimal) of all that decides where a point lands. The name doesn't count."""
        text = json.dumps(self.spec, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def with_ray_warp(self, ray_warp: RayWarp) -> "Camera":
        """The same camera behind something that bends rays."""
        return replace(self, ray_warp=ray_warp)

    def contains(self, uv: Float64Array) -> BoolArray:
        """(n,) whether pixels (n, 2) lie on the picture."""
        u, v = uv[:, 0], uv[:, 1]
        return np.asarray(
            (u >= -0.5) & (u < self.width - 0.5) & (v >= -0.5) & (v < self.height - 0.5)
        )

    def project(self, points_camera: npt.ArrayLike) -> tuple[Float64Array, UInt8Array]:
        """Pixels of points.

        Args:
            points_camera: (n, 3) metres, camera frame (x right, y down, z forward).

        Returns:
            uv (n, 2) px, NaN where there is no pixel; status (n,), see ``Status``.
        """
        points = rows(points_camera, 3, "points_camera")
        if len(points) >= MANY and self.ray_warp is None:
            return self._project_many(points)
        with np.errstate(all="ignore"):
            if self.ray_warp is not None:
                points, found = bent_for_sure(self.ray_warp, points)
                points = np.where(found[:, None], points, np.nan)
            uv, status = self.lens.project(points)
            finite = np.isfinite(points).all(axis=1) & np.isfinite(uv).all(axis=1)
            status[~finite & (status == Status.OK)] = Status.OUTSIDE_DOMAIN
            status[~np.isfinite(points).all(axis=1)] = Status.OUTSIDE_DOMAIN
            uv[status != Status.OK] = np.nan
            status[(status == Status.OK) & ~self.contains(uv)] = Status.OUT_OF_IMAGE
        return uv, status

    def _project_many(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """As ``project``, compiled."""
        # Compiled kernels take a moment to load: who projects a few points doesn't wait for them.
        from projection.kernels.many import project_many  # noqa: PLC0415
        from projection.kernels.pack import pack_points  # noqa: PLC0415

        lens, size = pack_points(self), (float(self.width), float(self.height))
        count, flat = len(points), points.reshape(-1)
        uv, status = np.empty(2 * count), np.empty(count, dtype=np.uint8)

        def some(part: slice) -> None:
            pixels = uv[2 * part.start : 2 * part.stop]
            project_many(lens, size, flat[3 * part.start : 3 * part.stop], pixels, status[part])

        by_rows(some, count)
        return uv.reshape(count, 2), status

    def unproject(self, uv: npt.ArrayLike) -> tuple[Float64Array, UInt8Array]:
        """Rays through pixels.

        Args:
            uv: (n, 2) px, also off the picture.

        Returns:
            rays (n, 3) of length one, camera frame, NaN where no ray lands there;
            status (n,): OK, OUT_OF_IMAGE (the ray is right) or OUTSIDE_DOMAIN.
        """
        pixels = rows(uv, 2, "uv")
        with np.errstate(all="ignore"):
            rays, found = self._rays(pixels)
            if self.ray_warp is not None:
                rays, returned = bent_for_sure(self.ray_warp, rays, outwards=True)
                found = found & returned
            rays = rays / np.linalg.norm(rays, axis=1, keepdims=True)
            found = found & np.isfinite(rays).all(axis=1)
            rays[~found] = np.nan
            status = np.where(self.contains(pixels), Status.OK, Status.OUT_OF_IMAGE)
        return rays, np.where(found, status, Status.OUTSIDE_DOMAIN).astype(np.uint8)

    def _rays(self, pixels: Float64Array) -> tuple[Float64Array, BoolArray]:
        """The lens's own ``unproject``, compiled where there is much to search for."""
        if len(pixels) < MANY:
            return self.lens.unproject(pixels)
        from projection.kernels.pack import pack_points  # noqa: PLC0415  as above
        from projection.kernels.unproject import KINDS, unproject_many  # noqa: PLC0415

        lens = pack_points(self)
        if int(lens[5]) not in KINDS:
            return self.lens.unproject(pixels)
        rays, found = np.empty((len(pixels), 3)), np.empty(len(pixels), dtype=np.bool_)
        by_rows(lambda part: unproject_many(lens, pixels[part], rays[part], found[part]), len(rays))
        return rays, found


def _max_angle(fields: Fields) -> float | None:
    if not fields.has("max_angle_rad"):
        return None
    # A maker's 180 degrees, rounded up in its last digit, is still half a turn.
    return min(fields.number("max_angle_rad", above=0.0, at_most=math.pi + 1e-6), math.pi)


def _canonical(
    spec: Any, max_angle_rad: float | None, pose: RigidTransform | None, shutter: Shutter
) -> dict[str, Any]:
    try:
        params = {str(key): _plain(value) for key, value in spec["params"].items()}
    except (TypeError, ValueError) as error:
        raise SpecError(
            "params", "plain numbers, texts and lists", shown(spec["params"])
        ) from error
    return {
        "width": int(spec["width"]),
        "height": int(spec["height"]),
        "model": str(spec["model"]),
        "params": params,
        "max_angle_rad": max_angle_rad,
        "ego_from_camera": None if pose is None else pose.to_dict(),
        "shutter": shutter.to_dict(),
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if is_number(value):
        return float(value)
    return [_plain(entry) for entry in value]
