"""What an export is made from: clips, their images, their labels at a revision."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

import projection.labels
from labelapp.clips.manifest import Manifest, manifest_read
from labelapp.clips.models import Clip
from labelapp.clips.storage import TRAJECTORY, clip_storage
from labelapp.clips.writing import decode_trajectory
from labelapp.common.storage import read_all
from labelapp.datasets.models import DatasetItem, Export, ExportItem
from labelapp.labels.models import LabelSet
from labelapp.labels.origin import is_proposal
from labelapp.labels.selectors import labels_parsed_at
from labelapp.ontology.models import OntologyVersion
from projection import Camera, Trajectory
from projection.batch.inputs import hash_of
from projection.io import ImageRow, read_label
from projection.labels import Label, Points, Polyline
from projection.target_spec import LABEL_TARGETS, TargetSpec, TargetSpecs

_NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9_.-]+")


#: Targets that only who asks for them gets.
_SELDOM = ("box3d", "truncation_surface")
#: What an export holds that nobody gave a spec for: all that is known of labels.
DEFAULT_SPEC = TargetSpec(targets=tuple(n for n in LABEL_TARGETS if n not in _SELDOM))


def specs_of(export: Export) -> TargetSpecs:
    """Return what an export was asked for."""
    return specs_from(export.spec)


def specs_from(spec: object) -> TargetSpecs:
    """Return the target specs of a stored JSON form; None: all that is known of labels."""
    if spec is None:
        return TargetSpecs.of(DEFAULT_SPEC)
    return TargetSpecs.from_dict(spec, "spec")


class LabelOutline(NamedTuple):
    """What formats have to know of a label to say whether they can hold it.

    Attributes:
        layer: its label set's.
        label_id: which label of the layer.
        geometry: as in ``labelapp-labels/1``.
        has_width: whether it is a line that covers some of the ground.
        has_place: whether it has a place of its own; a choice of sweeps' points has none.
    """

    layer: str
    label_id: str
    geometry: str
    has_width: bool
    has_place: bool


@dataclass(frozen=True, slots=True)
class VersionedLabel:
    """A label as it was at the export's revision; ``track`` numbers the labels of its clip."""

    label: Label
    layer: str
    version: int
    track: int

    @property
    def outline(self) -> LabelOutline:
        """What formats decide by whether they can hold it."""
        label = self.label
        return LabelOutline(
            self.layer,
            label.id,
            label.geometry,
            isinstance(label, Polyline) and bool(label.width_m),
            not isinstance(label, Points) or len(label.positions_m) > 0,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A label set of a clip, at the revision that is exported."""

    label_set: LabelSet
    revision: int


@dataclass(frozen=True)
class ClipSource:
    """One clip of an export; what is big is read when it is first asked for.

    Attributes:
        position: its place among the export's clips.
        clip: which.
        parts: its label sets, by layer; no layer has two.
        split: of the data set version; empty without splits.
    """

    position: int
    clip: Clip
    parts: tuple[Part, ...]
    split: str = ""

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
        """The labels, by layer and id."""
        found = [
            (part.label_set.layer, row.label_id, row)
            for part in self.parts
            for row in labels_parsed_at(part.label_set, part.revision)
            if not is_proposal(row.label)
        ]
        found.sort(key=lambda entry: entry[:2])
        return [
            VersionedLabel(read_label(row.label), layer, row.version, track)
            for track, (layer, _, row) in enumerate(found)
        ]

    def label_sets(self) -> list[projection.labels.LabelSet]:
        """Return the label sets as the projection reads them."""
        return [
            projection.labels.LabelSet(
                part.label_set.layer,
                part.label_set.source,
                tuple(v.label for v in self.labels if v.layer == part.label_set.layer),
            )
            for part in self.parts
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
        return _told_apart([camera.name for camera in self.manifest.cameras])

    @cached_property
    def lidar_folders(self) -> list[str]:
        """The name of each lidar as a part of paths."""
        return _told_apart([str(lidar["name"]) for lidar in self.manifest.lidars])

    def image_path(self, camera_number: int, index: int) -> str:
        """Return where a picture lies in exports, whether it was kept or not."""
        camera = self.manifest.cameras[camera_number]
        extension = camera.extensions[index] or "jpg"
        name = f"{int(camera.times_ns[index])}.{extension}"
        return f"images/{self.folder}/{self.camera_folders[camera_number]}/{name}"

    def images_of(self, camera_number: int) -> list[ImageRow]:
        """Return all images of a camera; ``path`` is where the picture lies in exports."""
        camera = self.manifest.cameras[camera_number]
        return [
            ImageRow(
                camera.name,
                int(time_ns),
                self.image_path(camera_number, index) if camera.extensions[index] else None,
            )
            for index, time_ns in enumerate(camera.times_ns)
        ]

    def images_by_time(self, camera_name: str) -> dict[int, int]:
        """Return the number of each image of a camera, by its time; asked for image by image."""
        found = self._images_by_time.get(camera_name)
        if found is None:
            camera = self.manifest.cameras[self.manifest.camera_number(camera_name)]
            found = {time_ns: index for index, time_ns in enumerate(camera.times_ns.tolist())}
            self._images_by_time[camera_name] = found
        return found

    @cached_property
    def _images_by_time(self) -> dict[str, dict[int, int]]:
        """What was asked for before."""
        return {}


@dataclass(frozen=True, slots=True)
class ImageRef:
    """One image of an export.

    Attributes:
        source: its clip.
        camera_name: its camera.
        index: its number among the camera's.
        path: where its picture lies in exports.
    """

    source: ClipSource
    camera_name: str
    index: int
    path: str


@dataclass(frozen=True)
class ExportSource:
    """All that an export is made from; the same input gives the same order of everything."""

    export: Export
    items: list[ExportItem]
    specs: TargetSpecs

    @classmethod
    def of(cls, export: Export) -> "ExportSource":
        """Return what was fixed when the export was asked for."""
        items = export.items.select_related("clip", "label_set").order_by(
            "position", "label_set__layer"
        )
        return cls(export, list(items), specs_of(export))

    @cached_property
    def specs_hash(self) -> str:
        """Of all that the specs say."""
        return hash_of(self.specs.to_dict())

    def clips(self) -> Iterator[ClipSource]:
        """Yield the clips in order; each is forgotten with its labels before the next."""
        for position, items in groupby(self.items, key=lambda item: item.position):
            of_clip = list(items)
            parts = tuple(Part(item.label_set, item.revision) for item in of_clip)
            yield ClipSource(position, of_clip[0].clip, parts, of_clip[0].split)

    def title(self) -> str:
        """Return what it is, for people."""
        export = self.export
        if export.version is None:
            return f"layer {export.layer} from {export.source}"
        return f"data set {export.version.dataset.name}, version {export.version.number}"

    def splits(self) -> list[str]:
        """Return the names of the splits, sorted; one empty name where there are none."""
        return sorted({item.split for item in self.items})

    def categories(self) -> list[str]:
        """Return the layers' classes in the ontologies' order."""
        wanted = set(self.layers())
        return list(
            dict.fromkeys(
                str(label_class["name"])
                for ontology in self._ontologies()
                for layer in ontology.body["layers"]
                if layer["name"] in wanted
                for label_class in layer["classes"]
            )
        )

    def layers(self) -> list[str]:
        """Return the layers of all label sets, sorted."""
        return sorted({item.label_set.layer for item in self.items})

    def layer_of(self, class_name: str) -> str:
        """Return the first layer whose ontology has a class; without any, the first layer."""
        layers = self.layers()
        for ontology in self._ontologies():
            for layer in ontology.body["layers"]:
                names = [label_class["name"] for label_class in layer["classes"]]
                if layer["name"] in layers and class_name in names:
                    return str(layer["name"])
        return layers[0] if layers else ""

    def _ontologies(self) -> list[OntologyVersion]:
        export = self.export
        if export.version_id is None:
            return [export.ontology] if export.ontology else []
        return list(
            OntologyVersion.objects.filter(
                pk__in=DatasetItem.objects.filter(version=export.version_id)
                .values("ontology")
                .distinct()
            ).order_by("project__slug", "version")
        )


def _plain(name: str) -> str:
    """Return a name that any file system takes."""
    return _NOT_IN_PATHS.sub("_", name).strip(".") or "_"


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return names that any file system takes, no two the same."""
    plain = [_plain(name) for name in names]
    if len({name.lower() for name in plain}) == len(plain):
        return plain
    return [f"{number}-{name}" for number, name in enumerate(plain)]
