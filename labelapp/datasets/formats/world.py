"""Boxes in the world, at the times of a format: straight from the labels, not from any picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.source import ClipSource, LabelOutline
from projection import Camera, RigidTransform, Track
from projection.arrays import Float64Array
from projection.io import ImageRow
from projection.labels import Cuboid
from projection.target_spec import TargetSpec
from projection.tracks import CuboidState

_BOX_TARGETS = ("box2d_full", "box2d_clipped", "box2d_visible", "box3d", "corners")
_PLAIN_MODELS = ("pinhole", "opencv")


def holds_boxes(spec: TargetSpec) -> bool:
    """Return whether a spec is of boxes: their places in the world or in pictures."""
    return spec.wants(*_BOX_TARGETS) and (spec.geometries is None or "cuboid" in spec.geometries)


def no_box(outline: LabelOutline) -> bool:
    """Return whether a label is anything but a box."""
    return outline.geometry != "cuboid"


@dataclass(frozen=True, slots=True)
class WorldBox:
    """A box of a clip, with what its class is called among the targets."""

    track: Track
    class_name: str
    layer: str
    number: int


@dataclass(frozen=True, slots=True)
class RigCamera:
    """A camera of a clip, with those of its images that a spec takes.

    Attributes:
        number: its place in the manifest.
        folder: its name as a part of paths.
        camera: the camera.
        images: by time; ``path`` is None where the picture wasn't kept.
        matrix: (3, 3) where the lens is a plain pinhole, else None.
    """

    number: int
    folder: str
    camera: Camera
    images: tuple[ImageRow, ...]
    matrix: Float64Array | None


@dataclass(frozen=True)
class ClipWorld:
    """What a spec takes of a clip's world.

    Attributes:
        clip: which clip.
        spec: what is asked for.
    """

    clip: ClipSource
    spec: TargetSpec

    @classmethod
    def all_of(cls, targets: TargetsReader) -> Iterator["ClipWorld"]:
        """Yield the worlds of a split's clips in order."""
        for clip in targets.clips():
            yield cls(clip, targets.spec)

    @cached_property
    def boxes(self) -> list[WorldBox]:
        """The boxes of the classes that are asked for, by layer and id."""
        found = []
        for versioned in self.clip.labels:
            name = self.spec.class_of_label(versioned.label, versioned.layer)
            if name is not None and isinstance(versioned.label, Cuboid):
                track = Track(versioned.label)
                found.append(WorldBox(track, name, versioned.layer, versioned.track))
        return found

    @cached_property
    def ticks_ns(self) -> list[int]:
        """The ticks that are asked for, where the trajectory has them."""
        whole = self.clip.trajectory
        ticks = [int(t) for t in self.clip.manifest.ticks_ns if whole.covers(int(t), int(t))]
        chosen = self.spec.sampling.chosen(ticks, [True] * len(ticks))
        return [ticks[index] for index in chosen]

    @cached_property
    def cameras(self) -> list[RigCamera]:
        """The cameras that are asked for."""
        found = []
        for number, folder in enumerate(self.clip.camera_folders):
            camera = self.clip.camera(number)
            if self.spec.cameras is not None and camera.name not in self.spec.cameras:
                continue
            images = self.clip.images_of(number)
            chosen = self.spec.sampling.chosen(
                [image.time_ns for image in images], [image.path is not None for image in images]
            )
            taken = tuple(images[index] for index in chosen)
            found.append(RigCamera(number, folder, camera, taken, pinhole_matrix(camera.spec)))
        return found

    def at(self, time_ns: int) -> Iterator[tuple[WorldBox, CuboidState]]:
        """Yield the boxes that are there at a time."""
        for box in self.boxes:
            state = box.track.at(time_ns)
            if state is not None:
                yield box, state


def mount_of(camera: Camera) -> RigidTransform:
    """Return where a camera of a clip sits."""
    if camera.ego_from_camera is None:
        msg = f"camera '{camera.name}': expected its place on the vehicle, found none"
        raise ValueError(msg)
    return camera.ego_from_camera


def pinhole_matrix(spec: Mapping[str, Any]) -> npt.NDArray[np.float64] | None:
    """Return a camera's matrix (3, 3), pixels from their centres; None: its lens bends lines."""
    params = spec["params"]
    if spec["model"] not in _PLAIN_MODELS or any(params.get("distortion") or ()):
        return None
    return np.array(
        [[params["fx"], 0, params["cx"]], [0, params["fy"], params["cy"]], [0, 0, 1]],
        dtype=np.float64,
    )


def report_cameras(targets: TargetsReader, cameras: list[RigCamera]) -> list[RigCamera]:
    """Return the cameras without distortion; say in the report which others there are."""
    for rig_camera in cameras:
        if rig_camera.matrix is None:
            model = rig_camera.camera.model
            targets.report[f"cameras whose lens ({model}) isn't a plain pinhole"] += 1
        elif rig_camera.camera.shutter.to_dict()["type"] != "global":
            targets.report["cameras with a rolling shutter, held as if it were a global one"] += 1
    return [rig_camera for rig_camera in cameras if rig_camera.matrix is not None]


def nearest_places(times_ns: Sequence[int], wanted_ns: Sequence[int]) -> list[int]:
    """Return for each wanted time the place of the nearest of others, the earlier one of two.

    Args:
        times_ns: at least one, rising.
        wanted_ns: any.
    """
    times = np.array(times_ns, dtype=np.int64)
    wanted = np.array(wanted_ns, dtype=np.int64)
    after = np.clip(np.searchsorted(times, wanted), 0, len(times) - 1)
    before = np.maximum(after - 1, 0)
    closer = np.abs(wanted - times[before]) <= np.abs(times[after] - wanted)
    return [int(place) for place in np.where(closer, before, after)]
