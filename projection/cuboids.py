"""What a box is in a picture: its 2D boxes, its outline, how much of it is cut off."""

from dataclasses import dataclass

import numpy as np

from projection.arrays import Float64Array, Int64Array, UInt8Array
from projection.cameras.cylindrical import Cylindrical
from projection.cones import LIMIT_SHARE, cone_cosine, picture_cone_rad
from projection.status import Status
from projection.tracks import CuboidState, Track, corners
from projection.view import View

#: px between an outline's straight pieces and the true curve.
TOLERANCE_PX = 0.05
_ROOM = 1024
_SURFACE_STEPS = 8

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CuboidTarget:
    """One box in one picture, as if nothing stood in front of it.

    Boxes are (u0, v0, u1, v1) px in the image's convention: the picture is -0.5 to width - 0.5.

    Attributes:
        state: The box at the image's time.
        box_full: The tight box of all of it, also off the picture; None where some of it has no
            pixel (behind the camera, beyond the lens's domain).
        box_clipped: The tight box of what is in the picture.
        outline: Closed loops (n, 2) px of what is in the picture; their even-odd fill is the mask.
            Usually one; a second one can be a hole around what a fisheye doesn't see.
        truncation: Share that isn't in the picture, 0 to 1: of the outline's area, or where
            ``box_full`` is None, of the box's surface.
        distance_m: From the camera to the box's centre, at the image's time.
        depth_m: Along the optical axis to the centre, at the image's time.
        corners_uv: (8, 2) px of the corners, NaN where they have none; order of ``CORNER_SIGNS``.
        corners_status: (8,) see ``Status``.
    """

    state: CuboidState
    box_full: Box | None
    box_clipped: Box
    outline: tuple[Float64Array, ...]
    truncation: float
    distance_m: float
    depth_m: float
    corners_uv: Float64Array
    corners_status: UInt8Array


def project_cuboid(
    view: View, box: Track | CuboidState, *, tolerance_px: float = TOLERANCE_PX
) -> CuboidTarget | None:
    """One box in one picture; None if nothing of it is in the picture, or it doesn't exist then.

    Each point is seen at its own line's time: where the camera was then, and where the box was.

    Args:
        view: The picture.
        box: A label in time, or a box that stands still.
        tolerance_px: How far the outline's straight pieces may be off the true curve.
    """
    state = box.at(view.time_ns) if isinstance(box, Track) else box
    if state is None:
        return None
    moving = moving_corners(view, box)
    if _is_far_off(view, moving):
        return None
    return _Projector(view, tolerance_px).target(state, moving)


def project_cuboids(
    view: View, boxes: list[Track], *, tolerance_px: float = TOLERANCE_PX
) -> list[tuple[Track, CuboidTarget]]:
    """All boxes that are in a picture, in their order; see ``project_cuboid``."""
    projector = _Projector(view, tolerance_px)
    found = []
    for box in boxes:
        if not box.exists(view.time_ns)[0]:
            continue
        moving = moving_corners(view, box)
        if _is_far_off(view, moving):
            continue
        state = box.at(view.time_ns)
        target = projector.target(state, moving) if state is not None else None
        if target is not None:
            found.append((box, target))
    return found


def moving_corners(view: View, box: Track | CuboidState) -> Float64Array:
    """(8, 6) corners relative to ``view.origin_m`` at the image's time, and their velocities.

    Within a read-out every point of a box goes straight, from where it is at the first line to
    where it is at the last: at 0.5 rad/s and 30 ms, a lorry's corner is less than 0.3 mm off.
    """
    if isinstance(box, CuboidState):
        now = corners(box.position_m - view.origin_m, box.quat_xyzw, box.size_m)
        return np.concatenate([now, np.zeros((8, 3))], axis=1)
    later_ns = int(np.ceil(view.duration_ns))
    times = np.array([view.time_ns, view.time_ns + later_ns], dtype=np.int64)
    positions, quats, sizes = box.poses(times)
    both = corners(positions - view.origin_m, quats, sizes)
    velocities = np.zeros((8, 3))
    if later_ns:
        velocities = (both[1] - both[0]) / (later_ns * 1e-9)
    return np.concatenate([both[0], velocities], axis=1)


def _is_far_off(view: View, moving: Float64Array) -> bool:
    """Whether a ball around the box stays out of a cone around the picture, all the time."""
    cone = picture_cone_rad(view.camera)
    if cone >= np.pi or isinstance(view.camera.lens, Cylindrical):
        return False
    offsets = np.zeros(1)
    if view.duration_ns:
        offsets = np.linspace(0.0, view.duration_ns, 3)
    middle, speed = 0.5 * (moving[0, :3] + moving[7, :3]), 0.5 * (moving[0, 3:] + moving[7, 3:])
    seen = view.to_camera(middle + offsets[:, None] * 1e-9 * speed, offsets)
    radius = np.linalg.norm(moving[7, :3] - moving[0, :3]) * 0.5
    if view.duration_ns:
        # Between the three moments it may have moved by as much as between two of them.
        radius += np.abs(np.diff(seen, axis=0)).sum(axis=1).max()
    distance = np.linalg.norm(seen, axis=1)
    if (distance <= radius).any() or not np.isfinite(distance).all():
        return False
    angle = np.arctan2(np.hypot(seen[:, 0], seen[:, 1]), seen[:, 2])
    if view.camera.ray_warp is not None:
        from projection.kernels.pack import WARP_RAD  # noqa: PLC0415  kernels load slowly

        cone += float(view.packed[0][WARP_RAD])
    return bool((angle - np.arcsin(radius / distance) > cone + 1e-6).all())


class _Projector:
    """A view as kernels want it, with room for their results."""

    def __init__(self, view: View, tolerance_px: float) -> None:
        # Compiled kernels take a moment to load: who only projects points doesn't wait for them.
        from projection.kernels import boxes, motion, outline  # noqa: PLC0415

        self.view = view
        self.tolerance_px = tolerance_px
        self.boxes = boxes
        self.outline = outline.outline
        self.motion = motion
        self.packed = view.packed
        camera = view.camera
        self.is_cylinder = isinstance(camera.lens, Cylindrical)
        self.picture_cosine = cone_cosine(picture_cone_rad(camera))
        self.limit_cosine = cone_cosine(camera.limit_rad * LIMIT_SHARE)
        if self.is_cylinder and camera.limit_rad >= np.pi:
            self.limit_cosine = self.picture_cosine
        self.rectangle = np.array([-0.5, -0.5, camera.width - 0.5, camera.height - 0.5])
        self.room = _ROOM

    def target(self, state: CuboidState, moving: Float64Array) -> CuboidTarget | None:
        """The target of one box (8, 6), None if nothing of it is in the picture."""
        loops, cut = self._loops(moving, self.picture_cosine)
        kept, whole, within = self._clipped(loops)
        if not kept:
            return None
        pixels = np.concatenate(kept)
        u0, v0, u1, v1 = self.boxes.pixel_extent(pixels)
        full, area = self._full(moving, loops, whole, cut=cut)
        if full is None:
            truncation = self.boxes.surface_outside(
                *self.packed, moving, self.boxes.FACES, _SURFACE_STEPS
            )
        else:
            truncation = 1.0 - within / area if area > 0.0 else 0.0
        uv, status = self._corners(moving)
        centre = state.position_m - self.view.origin_m
        return CuboidTarget(
            state=state,
            box_full=full,
            box_clipped=(u0, v0, u1, v1),
            outline=tuple(kept),
            truncation=min(max(float(truncation), 0.0), 1.0),
            distance_m=float(np.linalg.norm(centre)),
            depth_m=float(self.view.to_camera(centre[None])[0, 2]),
            corners_uv=uv,
            corners_status=status,
        )

    def _loops(self, moving: Float64Array, cosine: float) -> tuple[list[Float64Array], bool]:
        """Closed loops (n, 2) px, not yet clipped to the picture; and whether the cone cut them."""
        while True:
            out, ends = np.empty((self.room, 2)), np.empty(16, dtype=np.int64)
            count, cut, begin, end = self.boxes.box_outline(
                *self.packed, moving, cosine, self.tolerance_px, self.boxes.SILHOUETTES, out, ends
            )
            if count != self.boxes.NO_ROOM:
                break
            self.room *= 4
        if count == self.boxes.NEEDS_SLICES:
            from projection.slices import sliced_box  # noqa: PLC0415  shapely takes a moment to load

            return sliced_box(self.view, moving, cosine=cosine, tolerance_px=self.tolerance_px)
        if self.boxes.INSIDE in (begin, end) and cosine < -1.0:
            u0, v0, u1, v1 = self.rectangle
            return [np.array([[u0, v0], [u0, v1], [u1, v1], [u1, v0]])], True
        if count == self.boxes.NEEDS_UNION:
            return self._union(moving, cosine, (begin, end))
        loops = np.split(out[: ends[count - 1]], ends[: count - 1]) if count else []
        return self._laid(loops, cut=cut, all_round=begin == self.boxes.INSIDE)

    def _laid(
        self, loops: list[Float64Array], *, cut: bool, all_round: bool = False
    ) -> tuple[list[Float64Array], bool]:
        """Loops as the lens shows them: a cylinder has a seam."""
        if not self.is_cylinder:
            return loops, cut
        from projection.regions import on_cylinder  # noqa: PLC0415  shapely takes a moment to load

        # Up to a right angle off the axis there is neither straight up nor straight down.
        wide = self.view.camera.limit_rad > 0.5 * np.pi
        loops, crossed = on_cylinder(loops, self.view.camera, all_round=all_round and wide)
        return loops, cut or crossed

    def _union(
        self, moving: Float64Array, cosine: float, sides: tuple[int, int]
    ) -> tuple[list[Float64Array], bool]:
        """The camera passes a face's plane during the read-out: the faces' outlines, joined."""
        from projection.regions import join  # noqa: PLC0415  shapely takes a moment to load

        parts: list[list[Float64Array]] = []
        any_cut = False
        for face in range(6):
            weight = (9, 3, 1)[face // 2]
            seen = [code // weight % 3 == 2 * (face % 2) for code in sides]
            if not any(seen):
                continue
            loops, cut = self._face(moving, self.boxes.FACES[face], cosine)
            if cut and not all(seen):
                # Nobody can say which side of a loop is in it, if some lines see the face from
                # the front and some from behind, and the cone's rim closes it.
                from projection.slices import sliced_box  # noqa: PLC0415  as above

                return sliced_box(self.view, moving, cosine=cosine, tolerance_px=self.tolerance_px)
            any_cut |= cut
            parts.append(loops)
        return join(parts), any_cut

    def _face(
        self, moving: Float64Array, ring: Int64Array, cosine: float
    ) -> tuple[list[Float64Array], bool]:
        middle = 0.5 * self.view.duration_ns
        while True:
            out, ends = np.empty((self.room, 2)), np.empty(16, dtype=np.int64)
            count, cut = self.outline(
                *self.packed, moving, ring, cosine, self.tolerance_px, middle, out, ends
            )
            if count >= 0:
                break
            self.room *= 4
        loops = np.split(out[: ends[count - 1]], ends[: count - 1]) if count else []
        return self._laid(loops, cut=cut)

    def _clipped(self, loops: list[Float64Array]) -> tuple[list[Float64Array], float, float]:
        """The loops within the picture, and the area of the whole and of what is within."""
        if not loops:
            return [], 0.0, 0.0
        pixels = np.concatenate(loops)
        ends = np.cumsum([len(loop) for loop in loops])
        kept = np.empty((8 * len(pixels) + 64, 2))
        count, whole, within = self.boxes.clip_loops(pixels, ends, self.rectangle, kept)
        parts = [part for part in np.split(kept[:count], ends[:-1]) if len(part) >= 3]
        return (parts if within > 0.0 else []), whole, within

    def _full(
        self, moving: Float64Array, loops: list[Float64Array], whole: float, *, cut: bool
    ) -> tuple[Box | None, float]:
        """The tight box of all of it and the area, None if some of it has no pixel."""
        if cut and self.limit_cosine != self.picture_cosine:
            loops, cut = self._loops(moving, self.limit_cosine)
            pixels = np.concatenate(loops) if loops else np.zeros((0, 2))
            ends = np.cumsum([len(loop) for loop in loops])
            kept = np.empty((8 * len(pixels) + 64, 2))
            if not cut and len(loops):
                _, whole, _ = self.boxes.clip_loops(pixels, ends, self.rectangle, kept)
        if cut or not loops or not np.isfinite(whole):
            return None, 0.0
        u0, v0, u1, v1 = self.boxes.pixel_extent(np.concatenate(loops))
        return (u0, v0, u1, v1), whole

    def _corners(self, moving: Float64Array) -> tuple[Float64Array, UInt8Array]:
        uv, status = np.empty((8, 2)), np.empty(8, dtype=np.uint8)
        self.motion.see_points(*self.packed, moving, uv, np.empty(8), np.empty(8), status)
        off = (status == Status.OK) & ~self.view.camera.contains(uv)
        status[off] = Status.OUT_OF_IMAGE
        return uv, status


def cuboid_edges(
    view: View, box: Track | CuboidState, *, tolerance_px: float = TOLERANCE_PX
) -> list[Float64Array]:
    """The twelve edges as drawn: pieces (n, 2) px, cut where there are no pixels.

    Args:
        view: The picture.
        box: A label in time, or a box that stands still.
        tolerance_px: How far straight pieces may be off the true curve.
    """
    if isinstance(box, Track) and not box.exists(view.time_ns)[0]:
        return []
    from projection.lines import project_edges  # noqa: PLC0415  loads kernels

    moving = moving_corners(view, box)
    ends = [(a, a | 1 << axis) for axis in range(3) for a in range(8) if not a >> axis & 1]
    joined = np.arange(2 * len(ends)) % 2 == 0
    vertices = moving[np.array(ends).ravel()]
    return [piece.uv for piece in project_edges(view, vertices, joined, tolerance_px=tolerance_px)]
