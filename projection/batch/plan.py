"""Chunks: some consecutive images of one camera. The unit of work, of resuming and of reuse."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from projection.camera import Camera
from projection.io.clip_folder import ClipFolder, ImageRow
from projection.io.errors import FormatError
from projection.spec import shown
from projection.target_spec import TargetSpec
from projection.trajectory import Trajectory

#: Chunks are cut by the numbers of a camera's images, whoever works on them: two seconds at 36 Hz.
CHUNK_IMAGES = 64
_NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive images of one camera.

    Attributes:
        camera: The camera.
        folder: Names the camera's files.
        number: Which chunk of the camera.
        images: Those that the spec takes, at least one.
    """

    camera: Camera
    folder: str
    number: int
    images: tuple[ImageRow, ...]

    @property
    def name(self) -> str:
        """Path of its targets' file, below the folder of all targets."""
        return f"{self.folder}/{self.number:06d}.parquet"

    @property
    def last_ns(self) -> int:
        """When the last line of the last image was read out, rounded up."""
        camera = self.camera
        duration_ns = camera.shutter.duration_ns(camera.width, camera.height)
        return self.images[-1].time_ns - int(-duration_ns // 1)

    def trajectory(self, whole: Trajectory) -> Trajectory:
        """The poses that its images depend on."""
        times = whole.times_ns
        first = max(int(times.searchsorted(self.images[0].time_ns, side="right")) - 1, 0)
        last = min(int(times.searchsorted(self.last_ns, side="left")) + 1, len(whole))
        first = min(first, max(last - 2, 0))
        return Trajectory(
            times[first:last], whole.positions_m[first:last], whole.quats_xyzw[first:last]
        )


def chunks_of(clip: ClipFolder, spec: TargetSpec) -> list[Chunk]:
    """The chunks of a clip, by camera and time; the same for any number of workers.

    Raises:
        FormatError: The spec names a camera that the clip doesn't have, or takes no image at all.
    """
    names = [camera.name for camera in clip.cameras]
    for name in spec.cameras or ():
        if name not in names:
            expected = "cameras of the clip (" + (", ".join(names) or "none") + ")"
            raise FormatError.of("target spec", "cameras", expected, shown(name))
    chunks: list[Chunk] = []
    for camera, folder in zip(clip.cameras, camera_folders(names), strict=True):
        if spec.cameras is None or camera.name in spec.cameras:
            chunks += _of_camera(camera, folder, clip.images_of(camera.name), spec)
    if not chunks:
        raise FormatError.of("target spec", "sampling", "a span with images of the clip", "none")
    return chunks


def _of_camera(
    camera: Camera, folder: str, images: Sequence[ImageRow], spec: TargetSpec
) -> Iterator[Chunk]:
    for first in range(0, len(images), CHUNK_IMAGES):
        taken = tuple(
            image
            for index, image in enumerate(images[first : first + CHUNK_IMAGES], start=first)
            if spec.sampling.takes(index, image.time_ns, has_picture=image.path is not None)
        )
        if taken:
            yield Chunk(camera, folder, first // CHUNK_IMAGES, taken)


def camera_folders(names: Sequence[str]) -> list[str]:
    """A folder's name for each camera that any file system takes, no two the same."""
    plain = [_NOT_IN_PATHS.sub("_", name).strip(".")[:80] for name in names]
    if all(plain) and len({name.lower() for name in plain}) == len(plain):
        return plain
    return [f"{number}-{name}" for number, name in enumerate(plain)]
