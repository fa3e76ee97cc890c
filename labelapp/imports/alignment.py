"""From the frame that files call global to a clip's world.

A clip's world begins at its first pose, wherever a data set has its own origin. Both know where the
vehicle was: ``world_from_global = world_from_ego @ ego_from_global`` at any time of which files say
the pose. Where they are the same frame, nothing is changed at all.
"""

from collections import Counter

import numpy as np

from labelapp.imports.reading import ClipGeometry
from projection import RigidTransform

#: A recording of the same drive agrees better with itself than this.
_LOOSE_M = 0.1
_SAME_M = 1e-6
_SAME_RAD = 1e-7


class Alignment:
    """Takes poses of files' global frame to a clip's world.

    Args:
        geometry: The clip.
        poses: global_from_ego by time, as the files have it.
        report: Told where the files' way and the clip's aren't of the same shape.
        title: What the files' frame is called in sentences.
    """

    def __init__(
        self,
        geometry: ClipGeometry,
        poses: dict[int, RigidTransform],
        report: Counter[str],
        title: str,
    ) -> None:
        trajectory = geometry.trajectory
        inside = {time_ns: poses[time_ns] for time_ns in sorted(poses)}
        inside = {t: pose for t, pose in inside.items() if trajectory.covers(t, t)}
        self._times = np.array(list(inside), dtype=np.int64)
        self._steps = [trajectory.at(t) @ pose.inverse() for t, pose in inside.items()]
        self.is_known = bool(inside)
        if not inside:
            report[
                f"{title}: no pose of the vehicle within the clip; it is taken for the clip's world"
            ] += 1
            return
        if all(_is_identity(step) for step in self._steps):
            self._steps = [RigidTransform.identity()] * len(self._steps)
            return
        first = inside[next(iter(inside))].position_m
        moved = np.array([step.apply(first) for step in self._steps])
        apart_m = float(np.linalg.norm(moved - moved[0], axis=1).max())
        if apart_m > _LOOSE_M:
            report[
                f"{title}: the vehicle's way differs from the clip's by up to {apart_m:.2f} m;"
                " labels are placed by the vehicle at each time"
            ] += 1

    def world_from_global(self, time_ns: int) -> RigidTransform:
        """Return the way from the files' frame to the world, by the pose that is nearest."""
        if not self.is_known:
            return RigidTransform.identity()
        return self._steps[int(np.argmin(np.abs(self._times - time_ns)))]


def _is_identity(transform: RigidTransform) -> bool:
    turned = 2.0 * float(np.linalg.norm(transform.quat_xyzw[:3]))
    return float(np.linalg.norm(transform.position_m)) <= _SAME_M and turned <= _SAME_RAD
