"""What an export is made from: clips, their images, their labels at a revision."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from labelapp.clips.manifest import CameraImages, Manifest, manifest_read
from labelapp.clips.models import Clip
from labelapp.clips.storage import TRAJECTORY, clip_storage
from labelapp.clips.writing import decode_trajectory
from labelapp.common.storage import read_all
from labelapp.datasets.models import Export, ExportItem
from labelapp.labels.models import LabelSet
from labelapp.labels.selectors import labels_at
from projection import Camera, Track, Trajectory
from projection.io import read_label
from projection.labels import Cuboid, Label

#: Images that are projected between two chances to stop and go on.
PIECE_IMAGES = 64
_NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some consecutive images of one camera of one clip: the unit of resuming."""

    source: "ClipSource"
    camera_number: int
    first: int
    last: int

    @property
    def name(self) -> str:
        """Names the piece within its export."""
        return f"{self.source.position:06d}/{self.camera_number:03d}-{self.first:08d}.parquet"

    @property
    def image_count(self) -> int:
        """How many images it has."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class VersionedLabel:
    """A label as it was at the export's revision; ``track`` numbers the labels of its clip."""

    label: Label
    version: int
    track: int


@dataclass(frozen=True)
class ClipSource:
    """One clip of an export; what is big is read when it is first asked for."""

    position: int
    clip: Clip
    label_set: LabelSet
    revision: int

    @cached_property
    def manifest(self) -> Manifest:
        """The clip's manifest."""
        return manifest_read(self.clip.storage_prefix)

    @cached_property
    def trajectory(self) -> Trajectory:
        """The ego's way through the world."""
        return decode_trajectory(
            read_all(clip_storage(), f"{self.clip.storage_prefix}/{TRAJECTORY}")
        )

    @cached_property
    def labels(self) -> list[VersionedLabel]:
        """The labels, in the order of their ids."""
        found = orjson.loads(orjson.dumps(labels_at(self.label_set, self.revision)["labels"]))
        found.sort(key=lambda row: row["label_id"])
        return [
            VersionedLabel(read_label(row["label"]), row["version"], track)
            for track, row in enumerate(found)
        ]

    @cached_property
    def tracks(self) -> list[tuple[VersionedLabel, Track]]:
        """The labels that are boxes."""
        return [
            (versioned, Track(versioned.label))
            for versioned in self.labels
            if isinstance(versioned.label, Cuboid)
        ]

    def camera(self, number: int) -> Camera:
        """Return a camera with its place on the vehicle and its shutter."""
        return Camera.from_dict(self.manifest.cameras[number].spec)

    @cached_property
    def folder(self) -> str:
        """The folder of its pictures in exports: its name, and enough of its id to be unique."""
        return f"{_plain(self.clip.name)[:60]}-{self.clip.pk.hex[:12]}"

    @cached_property
    def camera_folders(self) -> list[str]:
        """The folder of each camera's pictures, below the clip's."""
        names = [_plain(camera.name) for camera in self.manifest.cameras]
        if len({name.lower() for name in names}) == len(names):
            return names
        return [f"{number}-{name}" for number, name in enumerate(names)]

    def image_path(self, camera_number: int, index: int) -> str:
        """Return where a picture lies in exports, whether it was kept or not."""
        camera = self.manifest.cameras[camera_number]
        extension = camera.extensions[index] or "jpg"
        name = f"{int(camera.times_ns[index])}.{extension}"
        return f"images/{self.folder}/{self.camera_folders[camera_number]}/{name}"

    def pieces(self) -> Iterator[Piece]:
        """Yield all pieces, camera by camera, in the order of time."""
        for number, camera in enumerate(self.manifest.cameras):
            count = len(camera.times_ns)
            for first in range(0, count, PIECE_IMAGES):
                yield Piece(self, number, first, min(first + PIECE_IMAGES, count))


@dataclass(frozen=True, slots=True)
class ImageRef:
    """One image of an export.

    Attributes:
        number: from 1, in the order of the export.
        source: its clip.
        camera_number: its camera's place in the manifest.
        index: its place in the camera.
        path: where its picture lies in the export.
    """

    number: int
    source: ClipSource
    camera_number: int
    index: int
    path: str

    @property
    def camera(self) -> CameraImages:
        """Its camera."""
        return self.source.manifest.cameras[self.camera_number]

    @property
    def time_ns(self) -> int:
        """When it was taken."""
        return int(self.camera.times_ns[self.index])

    @property
    def has_picture(self) -> bool:
        """Whether its picture was kept."""
        return bool(self.camera.extensions[self.index])


@dataclass(frozen=True, slots=True)
class ExportSource:
    """All that an export is made from; the same input gives the same order of everything."""

    export: Export
    items: list[ExportItem]

    @classmethod
    def of(cls, export: Export) -> "ExportSource":
        """Return what was fixed when the export was asked for."""
        items = export.items.select_related("clip", "label_set").order_by("position")
        return cls(export, list(items))

    def clips(self) -> Iterator[ClipSource]:
        """Yield the clips in order; each is forgotten with its labels before the next."""
        for item in self.items:
            yield ClipSource(item.position, item.clip, item.label_set, item.revision)

    def images(self) -> Iterator[ImageRef]:
        """Yield all images in order."""
        number = 0
        for source in self.clips():
            for camera_number, camera in enumerate(source.manifest.cameras):
                for index in range(len(camera.times_ns)):
                    number += 1
                    path = source.image_path(camera_number, index)
                    yield ImageRef(number, source, camera_number, index, path)

    def categories(self) -> list[str]:
        """Return the layer's classes in the ontology's order."""
        ontology = self.export.ontology
        layers: list[dict[str, Any]] = ontology.body["layers"] if ontology else []
        return [
            str(label_class["name"])
            for layer in layers
            if layer["name"] == self.export.layer
            for label_class in layer["classes"]
        ]


def _plain(name: str) -> str:
    """Return a name that any file system takes."""
    return _NOT_IN_PATHS.sub("_", name).strip(".") or "_"
