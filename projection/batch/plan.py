"""Chunks: some consecutive images of one camera. The unit of work, of resuming and of reuse."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from projection.camera import Camera
from projection.io.clip_folder import ClipFolder, ImageRow
from projection.io.errors import FormatError
from projection.spec import shown
from projection.target_spec import TargetSpec, TargetSpecs
from projection.trajectory import Trajectory

#: Chunks are cut by the numbers of a camera's images, whoever works on them: two seconds at 36 Hz.
CHUNK_IMAGES = 64
#: Where the first of these is cut again, so that the first files are there soon.
FIRST_CUTS = (4, 16)
_NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive images of one camera.

    Attributes:
        camera: The camera.
        folder: Names the camera's files.
        number: Which chunk of the camera.
        images: Those that a head takes, at least one.
        shares: For each head the places in ``images`` of those that it takes; empty: it is one
            head that takes all.
    """

    camera: Camera
    folder: str
    number: int
    images: tuple[ImageRow, ...]
    shares: tuple[tuple[int, ...], ...] = ()

    def share(self, head: int) -> tuple[int, ...]:
        """Places in ``images`` of those that a head takes."""
        return self.shares[head] if self.shares else tuple(range(len(self.images)))

    def images_of(self, head: int) -> tuple[ImageRow, ...]:
        """The images that a head takes."""
        return tuple(self.images[place] for place in self.share(head))

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


def chunks_of(clip: ClipFolder, specs: TargetSpec | TargetSpecs) -> list[Chunk]:
    """The chunks of a clip, the same for any number of workers: each camera's first, then the rest.

    Raises:
        FormatError: A spec names a camera that the clip doesn't have, or takes no image at all.
    """
    heads = [spec for _, spec in as_specs(specs).heads]
    names = [camera.name for camera in clip.cameras]
    for spec in heads:
        for name in spec.cameras or ():
            if name not in names:
                expected = "cameras of the clip (" + (", ".join(names) or "none") + ")"
                raise FormatError.of("target spec", "cameras", expected, shown(name))
    by_camera = [
        list(camera_chunks(camera, folder, clip.images_of(camera.name), heads))
        for camera, folder in zip(clip.cameras, camera_folders(names), strict=True)
    ]
    for number, spec in enumerate(heads):
        if spec.has_images and not any(c.share(number) for own in by_camera for c in own):
            expected = "a span with images of the clip"
            raise FormatError.of("target spec", "sampling", expected, "none")
    firsts = [chunk for own in by_camera for chunk in own[:1]]
    return firsts + [chunk for own in by_camera for chunk in own[1:]]


def camera_chunks(
    camera: Camera, folder: str, images: Sequence[ImageRow], heads: Sequence[TargetSpec]
) -> Iterator[Chunk]:
    """The chunks of one camera, by time; those that no head takes an image of are left out.

    Args:
        camera: The camera.
        folder: Names its files.
        images: All of them, by time.
        heads: What is asked for.
    """
    times = [image.time_ns for image in images]
    kept = [image.path is not None for image in images]
    chosen = [
        set(spec.sampling.chosen(times, kept))
        if spec.has_images and (spec.cameras is None or camera.name in spec.cameras)
        else set()
        for spec in heads
    ]
    for number, (first, last) in enumerate(pairwise(chunk_bounds(len(images)))):
        taken = [index for index in range(first, last) if any(index in own for own in chosen)]
        if taken:
            yield Chunk(
                camera,
                folder,
                number,
                tuple(images[index] for index in taken),
                tuple(
                    tuple(place for place, index in enumerate(taken) if index in own)
                    for own in chosen
                ),
            )


def chunk_bounds(count: int) -> list[int]:
    """Where a camera's images are cut into chunks: numbers of images, from 0 to ``count``."""
    cuts = [0, *FIRST_CUTS, *range(CHUNK_IMAGES, count, CHUNK_IMAGES)]
    return [cut for cut in cuts if cut < count] + [count]


def as_specs(specs: TargetSpec | TargetSpecs) -> TargetSpecs:
    """A single spec as one of several."""
    return TargetSpecs.of(specs) if isinstance(specs, TargetSpec) else specs


def camera_folders(names: Sequence[str]) -> list[str]:
    """A folder's name for each camera that any file system takes, no two the same."""
    plain = [_NOT_IN_PATHS.sub("_", name).strip(".")[:80] for name in names]
    if all(plain) and len({name.lower() for name in plain}) == len(plain):
        return plain
    return [f"{number}-{name}" for number, name in enumerate(plain)]
