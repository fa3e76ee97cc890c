"""One exposure of one camera: world points to pixels, each at its own line's time."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from projection.arrays import Float64Array, Int64Array, UInt8Array, integer_times, rows
from projection.camera import MANY, Camera
from projection.rigid import RigidTransform, conjugate, matrices, multiply, rotate
from projection.rolling import LineSearch, PoseTable
from projection.shutter import Shutter
from projection.spec import SpecError
from projection.status import Status
from projection.threads import by_rows
from projection.trajectory import Trajectory

#: From so many points of a rolling shutter on, compiled kernels do the search.
_MANY_LINES = 16


class View:
    """One picture that a camera took, or would have taken, on its way through the world.

    Args:
        camera: The calibrated camera.
        ego_from_camera: Where it sits on the vehicle. None: as the camera's specification says.
        trajectory: ``world_from_ego`` over time; must cover the whole read-out.
        time_ns: Mid-exposure, of the first line read out.
        shutter: None: as the camera's specification says.

    Raises:
        OutsideTrajectoryError: The trajectory doesn't cover the read-out.
    """

    def __init__(
        self,
        camera: Camera,
        ego_from_camera: RigidTransform | dict[str, Any] | None,
        trajectory: Trajectory,
        time_ns: int | str,
        shutter: Shutter | dict[str, Any] | None = None,
    ) -> None:
        if ego_from_camera is None:
            ego_from_camera = camera.ego_from_camera
        if ego_from_camera is None:
            raise SpecError("ego_from_camera", "where the camera sits", "nothing")
        if isinstance(ego_from_camera, dict):
            ego_from_camera = RigidTransform.from_dict(ego_from_camera, "ego_from_camera")
        if shutter is None:
            shutter = camera.shutter
        elif isinstance(shutter, dict):
            shutter = Shutter.from_dict(shutter)
        moment_ns = int(integer_times(time_ns, "time_ns"))
        world_from_camera = trajectory.at(moment_ns) @ ego_from_camera
        poses = PoseTable.from_trajectory(
            trajectory,
            moment_ns,
            shutter.duration_ns(camera.width, camera.height),
            world_from_camera.position_m,
        )
        self._set(camera, ego_from_camera, trajectory, moment_ns, shutter, world_from_camera, poses)

    @classmethod
    def at_times(cls, camera: Camera, trajectory: Trajectory, times_ns: Int64Array) -> "list[View]":
        """Views of a camera, the same to the bit as each made on its own, in a part of the time.

        They are packed for kernels, too.

        Args:
            camera: The calibrated camera, which says where it sits.
            trajectory: ``world_from_ego`` over time; must cover all read-outs.
            times_ns: (n,) times of the images.

        Raises:
            OutsideTrajectoryError: The trajectory doesn't cover a read-out.
            TypeError: Something bends rays in front of the lens: kernels don't know it.
        """
        from projection.kernels import pack  # noqa: PLC0415

        mount, shutter = camera.ego_from_camera, camera.shutter
        if mount is None or len(trajectory) == 1 or not len(times_ns):
            return [cls(camera, None, trajectory, int(time_ns)) for time_ns in times_ns]
        world_from_ego = trajectory.at(times_ns)
        quats = multiply(world_from_ego.quat_xyzw, mount.quat_xyzw)
        quats /= np.linalg.norm(quats, axis=-1, keepdims=True)
        turns, ego_turns = matrices(quats), matrices(world_from_ego.quat_xyzw)
        # One by one: of many, the products would be added up in another order.
        moved = [mount.position_m @ turn.T for turn in ego_turns]
        origins = np.array(moved) + world_from_ego.position_m
        if shutter.is_rolling:
            duration_ns = shutter.duration_ns(camera.width, camera.height)
            tables = [
                PoseTable.from_trajectory(trajectory, time_ns, duration_ns, origin)
                for time_ns, origin in zip(times_ns.tolist(), origins, strict=True)
            ]
        else:
            tables = PoseTable.of_instants(trajectory, times_ns, origins)
        views = []
        for row, time_ns in enumerate(times_ns.tolist()):
            view = cls.__new__(cls)
            pose = RigidTransform.unchecked(origins[row], quats[row], turns[row])
            view._set(camera, mount, trajectory, time_ns, shutter, pose, tables[row])  # noqa: SLF001
            views.append(view)
        if not shutter.is_rolling:
            for view, packed in zip(views, pack.pack_instants(views), strict=True):
                view.packed = packed
        return views

    def _set(
        self,
        camera: Camera,
        ego_from_camera: RigidTransform,
        trajectory: Trajectory,
        time_ns: int,
        shutter: Shutter,
        world_from_camera: RigidTransform,
        poses: PoseTable,
    ) -> None:
        self.camera = camera
        self.ego_from_camera = ego_from_camera
        self.trajectory = trajectory
        self.time_ns = time_ns
        self.shutter = shutter
        self.duration_ns = shutter.duration_ns(camera.width, camera.height)
        self.world_from_camera = world_from_camera
        #: Where the camera is at the image's time, float64: subtracted from all world coordinates
        #: before anything else, so that coordinates of any size lose nothing.
        self.origin_m: Float64Array = world_from_camera.position_m
        self.poses = poses

    @cached_property
    def packed(self) -> tuple[Float64Array, Float64Array, Float64Array]:
        """The camera and this exposure as kernels read them, see ``projection.kernels.pack``.

        Raises:
            ValueError: What bends rays in front of the lens isn't smooth.
        """
        # Compiled kernels take a moment to load: who projects a few points doesn't wait for them.
        from projection.kernels import pack  # noqa: PLC0415

        return pack.pack_lens(self.camera), pack.pack_frame(self), pack.pack_poses(self)

    def to_camera(
        self, points_local: Float64Array, offsets_ns: Float64Array | None = None
    ) -> Float64Array:
        """Points relative to ``origin_m`` (n, 3) in the camera frame at their times (n, 3).

        Args:
            points_local: (n, 3) world axes, metres, less ``origin_m``.
            offsets_ns: (n,) after the image's time; None: at the image's time.
        """
        if offsets_ns is None or not self.shutter.is_rolling:
            return rotate(conjugate(self.world_from_camera.quat_xyzw), points_local)
        positions, quats = self.poses.at(offsets_ns)
        points_ego = rotate(conjugate(quats), points_local - positions)
        mount = self.ego_from_camera
        return rotate(conjugate(mount.quat_xyzw), points_ego - mount.position_m)

    def project_world(
        self, points_world: npt.ArrayLike, velocities_mps: npt.ArrayLike | None = None
    ) -> tuple[Float64Array, Float64Array, UInt8Array]:
        """Pixels of world points, each at the time at which the line that sees it was exposed.

        Args:
            points_world: (n, 3) metres, where the points are at the image's time.
            velocities_mps: (n, 3) or (3,) metres a second; None: they stand still.

        Returns:
            uv (n, 2) px, NaN where there is no pixel; depth_m (n,) along the optical axis at the
            line's time, NaN where none is; status (n,), see ``Status``.
        """
        uv, depth_m, status, _ = self.project_world_timed(points_world, velocities_mps)
        return uv, depth_m, status

    def project_world_timed(
        self, points_world: npt.ArrayLike, velocities_mps: npt.ArrayLike | None = None
    ) -> tuple[Float64Array, Float64Array, UInt8Array, Float64Array]:
        """As ``project_world``, and (n,) ns after the image's time at which each point was seen."""
        world = rows(points_world, 3, "points_world")
        velocities = _velocities(velocities_mps, len(world))
        if len(world) >= MANY and not self.shutter.is_rolling and self.camera.ray_warp is None:
            return (*self._see_still(world), np.zeros(len(world)))
        with np.errstate(all="ignore"):
            return self.project_local(world - self.origin_m, velocities)

    def project_local(
        self, points_local: Float64Array, velocities_mps: Float64Array | None = None
    ) -> tuple[Float64Array, Float64Array, UInt8Array, Float64Array]:
        """As ``project_world_timed``, of points (n, 3) relative to ``origin_m``."""
        if not self.shutter.is_rolling:
            points_camera = points_local @ self.world_from_camera.matrix
            uv, status = self.camera.project(points_camera)
            return uv, points_camera[:, 2].copy(), status, np.zeros(len(uv))

        if len(points_local) >= _MANY_LINES and self.camera.ray_warp is None:
            return self._see_many(points_local, velocities_mps)

        def points_at(offsets_ns: Float64Array, index: Any) -> Float64Array:
            moved = points_local[index]
            if velocities_mps is not None:
                moved = moved + velocities_mps[index] * (offsets_ns * 1e-9)[:, None]
            return self.to_camera(moved, offsets_ns)

        def line_time(pixels: Float64Array) -> Float64Array:
            return self.shutter.offset_ns(pixels, self.camera.width, self.camera.height)

        search = LineSearch(
            lambda offsets, index: self.camera.project(points_at(offsets, index)),
            line_time,
            self.duration_ns,
            self.shutter.line_delay_ns,
        )
        count = len(points_local)
        offsets_ns, found = search.solve(count)
        missing = found != Status.OK
        points_camera = points_at(np.where(missing, 0.0, offsets_ns), np.arange(count))
        uv, status = self.camera.project(points_camera)
        uv[missing] = np.nan
        status[missing] = found[missing]
        depth_m = np.where(missing, np.nan, points_camera[:, 2])
        return uv, depth_m, status, np.where(missing, np.nan, offsets_ns)

    def _see_many(
        self, points_local: Float64Array, velocities_mps: Float64Array | None
    ) -> tuple[Float64Array, Float64Array, UInt8Array, Float64Array]:
        """As ``project_local`` with a rolling shutter, compiled."""
        # Compiled kernels take a moment to load: who projects a few points doesn't wait for them.
        from projection.kernels.motion import see_points  # noqa: PLC0415

        count = len(points_local)
        moving = np.zeros((count, 6))
        moving[:, :3] = points_local
        if velocities_mps is not None:
            moving[:, 3:] = velocities_mps
        packed = self.packed
        uv, depth_m, offsets_ns = np.empty((count, 2)), np.empty(count), np.empty(count)
        status = np.empty(count, dtype=np.uint8)
        by_rows(
            lambda part: see_points(
                *packed, moving[part], uv[part], depth_m[part], offsets_ns[part], status[part]
            ),
            count,
        )
        off = (status == Status.OK) & ~self.camera.contains(uv)
        status[off] = Status.OUT_OF_IMAGE
        return uv, depth_m, status, offsets_ns

    def _see_still(self, world: Float64Array) -> tuple[Float64Array, Float64Array, UInt8Array]:
        """As ``project_world`` of a global shutter, compiled."""
        # Compiled kernels take a moment to load: who projects a few points doesn't wait for them.
        from projection.kernels.many import project_many_of_world  # noqa: PLC0415
        from projection.kernels.pack import pack_points  # noqa: PLC0415

        camera, count, flat = self.camera, len(world), world.reshape(-1)
        lens, size = pack_points(camera), (float(camera.width), float(camera.height))
        origin, matrix = self.origin_m, self.world_from_camera.matrix
        uv, depth_m = np.empty(2 * count), np.empty(count)
        status = np.empty(count, dtype=np.uint8)

        def some(part: slice) -> None:
            points = flat[3 * part.start : 3 * part.stop]
            pixels = uv[2 * part.start : 2 * part.stop]
            project_many_of_world(
                lens, size, origin, matrix, points, pixels, depth_m[part], status[part]
            )

        by_rows(some, count)
        return uv.reshape(count, 2), depth_m, status

    def unproject(self, uv: npt.ArrayLike) -> tuple[Float64Array, Float64Array, UInt8Array]:
        """World rays through pixels, from where the camera was at each pixel's own time.

        Args:
            uv: (n, 2) px.

        Returns:
            origins_m (n, 3) world; directions (n, 3) of length one, world; status (n,).
        """
        pixels = rows(uv, 2, "uv")
        rays, status = self.camera.unproject(pixels)
        finite = np.where(np.isfinite(pixels), pixels, 0.0)
        offsets = self.shutter.offset_ns(finite, self.camera.width, self.camera.height)
        positions, quats = self.poses.at(offsets)
        mount = self.ego_from_camera
        origins = positions + rotate(quats, mount.position_m) + self.origin_m
        return origins, rotate(quats, rotate(mount.quat_xyzw, rays)), status


def _velocities(velocities_mps: npt.ArrayLike | None, count: int) -> Float64Array | None:
    if velocities_mps is None:
        return None
    values = np.asarray(velocities_mps, dtype=np.float64)
    if values.shape not in ((3,), (count, 3)):
        message = f"velocities_mps: expected shape ({count}, 3) or (3,), found {values.shape}"
        raise ValueError(message)
    return np.broadcast_to(values, (count, 3))
