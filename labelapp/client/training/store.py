"""What a training loader reads from: clips, each with the images of its cameras and its ticks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]


@dataclass(slots=True)
class ClipIndex:
    """Where everything of one clip lies.

    Attributes:
        folder: names the clip in the export.
        cameras: for each camera its images' times, (n,) int64, rising.
        ticks: for each head of ticks their times, (n,) int64, rising.
    """

    folder: str
    cameras: dict[str, Int64Array] = field(default_factory=dict)
    ticks: dict[str, Int64Array] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImageParts:
    """What is known of one image, not decoded yet.

    Attributes:
        picture: JPEG or PNG; None: it wasn't kept.
        about: ``width``, ``height``, and where known ``camera_spec`` and ``world_from_ego``.
        rows: for each head that has this image, its rows of targets.
        pictures: for each head, its target pictures (PNG) by kind, such as ``depth_picture``.
    """

    picture: bytes | None
    about: Mapping[str, Any]
    rows: Mapping[str, list[dict[str, Any]]]
    pictures: Mapping[str, Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class TickParts:
    """What is known of one tick for one head: its row, and its arrays (an ``.npz`` file)."""

    about: Mapping[str, Any]
    rasters: bytes


class Store(Protocol):
    """An export on disk. It can be sent to other processes, and read in several at once."""

    @property
    def clips(self) -> list[ClipIndex]:
        """All clips, in one order."""
        ...

    @property
    def spec(self) -> Mapping[str, Any] | None:
        """The target spec that the export was made with, where it is known."""
        ...

    def image(self, clip: int, camera: str, time_ns: int, heads: frozenset[str]) -> ImageParts:
        """Read an image, and the targets of some heads."""
        ...

    def tick(self, clip: int, head: str, time_ns: int) -> TickParts:
        """Read a tick of a head."""
        ...


class ExportError(ValueError):
    """An export on disk can't be read; the sentence says which file, and what is wrong."""
