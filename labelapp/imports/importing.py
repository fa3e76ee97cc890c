"""From files to label sets: which recordings they have, of which clips, what becomes of them."""

import re
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labelapp.accounts.models import User
from labelapp.clips.manifest import manifest_read
from labelapp.clips.models import Clip
from labelapp.clips.storage import TRAJECTORY, clip_storage
from labelapp.clips.writing import decode_trajectory
from labelapp.common.errors import InvalidError
from labelapp.common.storage import read_all
from labelapp.imports.classes import ClassFound, ClassMapping, classes_found
from labelapp.imports.errors import ClassesUnknownError, ImportDefectError
from labelapp.imports.files import Files
from labelapp.imports.formats import FORMATS, format_found
from labelapp.imports.reading import Asked, ClipGeometry, Reading, Recording
from labelapp.labels.models import LabelSet
from labelapp.labels.services import label_set_import
from labelapp.ontology.selectors import ontology_now
from labelapp.projects.models import Project

#: What labels are where neither files nor anybody says.
DEFAULT_LAYER = "objects"
_FOLDER = re.compile(r"-([0-9a-f]{12})$")
_NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9_.-]+")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody wants of files.

    Attributes:
        format: One of ``FORMATS``; empty: found out.
        clip_id: Which clip they are of; None: as they say themselves.
        recording: Which of their recordings; empty: all.
        layer: Of the ontology; empty: as they say, else ``objects``. Where they have several layers
            and this is one of them, the others are left out.
        source: Of the label sets.
        name: Of the label sets; empty: the first is unnamed, others are named by their content.
        classes: What classes become.
        asked: What files don't say.
    """

    format: str = ""
    clip_id: uuid.UUID | None = None
    recording: str = ""
    layer: str = ""
    source: str = "import"
    name: str = ""
    classes: ClassMapping = field(default_factory=ClassMapping)
    asked: Asked = field(default_factory=Asked)


@dataclass(frozen=True, slots=True)
class Planned:
    """The labels of a recording, and where they would go."""

    recording: Recording
    clip: Clip
    layer: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of files.

    Attributes:
        format: Which one they are of.
        parts: The recordings that are of a clip, with their labels as the files call them.
        others: Names of recordings that are of no clip here.
        classes: By layer and name.
    """

    format: str
    parts: tuple[Planned, ...]
    others: tuple[str, ...]
    classes: tuple[tuple[str, ClassFound], ...]

    @property
    def unknown(self) -> list[ClassFound]:
        """The classes of which nobody has said what they become."""
        return [found for _, found in self.classes if not found.is_settled]

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON: a report of what would be imported."""
        return {
            "format": self.format,
            "recordings": [_described(part) for part in self.parts],
            "others": list(self.others),
            "classes": [{"layer": layer, **found.to_dict()} for layer, found in self.classes],
            "is_ready": not self.unknown,
        }


def _described(part: Planned) -> dict[str, Any]:
    labels = part.reading.labels
    geometries = Counter(str(label["geometry"]) for label in labels)
    return {
        "name": part.recording.name,
        "clip_id": str(part.clip.pk),
        "clip": part.clip.name,
        "layer": part.layer,
        "label_count": len(labels),
        "geometries": dict(sorted(geometries.items())),
        "keyframe_count": sum(len(label.get("keyframes", ())) for label in labels),
        "report": dict(sorted(part.reading.report.items())),
    }


def plan(
    files: Files,
    project: Project,
    options: Options,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> Plan:
    """Read files, and return what would become of them; nothing is stored.

    Args:
        files: What was sent.
        project: Whose clips they may be of.
        options: What somebody wants.
        progress: Told how many recordings are read, of how many.

    Raises:
        ImportDefectError: Files can't be read; the sentence says which, where and why.
        InvalidError: There is no such format, clip, recording or layer.
    """
    progress(0, 0, "looking through the files")
    name, recordings = _recordings(files, options)
    chosen, others = _matched(recordings, project, options)
    parts = []
    for done, (recording, clip) in enumerate(chosen):
        progress(done, len(chosen), f"reading {recording.name}")
        geometry = _geometry(clip, options.asked)
        reading = FORMATS[name].read(files, recording, geometry)
        parts.append(Planned(recording, clip, reading.layer or DEFAULT_LAYER, reading))
    parts = _with_layer(parts, options.layer)
    progress(len(chosen), len(chosen), "checking classes")
    return Plan(name, tuple(parts), tuple(others), tuple(_classes(parts, project, options.classes)))


def store(made: Plan, options: Options, actor: User | None) -> list[LabelSet]:
    """Make the label sets of a plan, inside the caller's transaction: all of them or none.

    Args:
        made: What ``plan`` said with the same options.
        options: What somebody wants.
        actor: Who imports; None for a command.

    Raises:
        ClassesUnknownError: Nobody has said what some classes become.
        LabelSetExistsError: There is a label set of this name with other labels.
        InvalidLabelError: A label can't stand in a label set.
    """
    unknown = made.unknown
    if unknown:
        shown = ", ".join(f"'{found.name}'" for found in unknown[:_SHOWN])
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        msg = (
            f"classes: {shown}{more} of the files are no classes of the ontology: say what each"
            " becomes, or that it is left out."
        )
        raise ClassesUnknownError(msg, details={"classes": [found.to_dict() for found in unknown]})
    becomes = {(layer, found.name): found.becomes for layer, found in made.classes}
    label_sets = []
    for (clip, layer), parts in _by_target(made.parts).items():
        labels: list[dict[str, Any]] = []
        for part in parts:
            for label in part.reading.labels:
                class_name = becomes[layer, label["class"]]
                if class_name is not None:
                    labels.append({**label, "class": class_name})
        label_sets.append(
            label_set_import(
                actor=actor,
                clip=clip,
                layer=layer,
                source=options.source,
                labels=labels,
                name=options.name,
            )
        )
    return label_sets


def _recordings(files: Files, options: Options) -> tuple[str, Sequence[Recording]]:
    if not options.format:
        return format_found(files)
    if options.format not in FORMATS:
        msg = f"format: expected one of {', '.join(FORMATS)}, found '{options.format}'."
        raise InvalidError(msg, details={"fields": {"format": [msg]}})
    recordings = FORMATS[options.format].recordings(files)
    if not recordings:
        msg = f"{files.title}: expected files of {options.format}, found none."
        raise ImportDefectError(msg, details={"file": files.title})
    return options.format, recordings


def _matched(
    recordings: Sequence[Recording], project: Project, options: Options
) -> tuple[list[tuple[Recording, Clip]], list[str]]:
    """Return recordings with the clips that they are of, and the names of those of none."""
    if options.recording:
        known = recordings
        recordings = [found for found in known if options.recording in (found.name, *found.keys)]
        if not recordings:
            names = ", ".join(found.name for found in known[:_SHOWN])
            msg = f"recording: expected one of the files' ({names}), found '{options.recording}'."
            raise InvalidError(msg, details={"fields": {"recording": [msg]}})
    clips = _ClipsByKey(project)
    pairs = [(found, clips.of(found)) for found in recordings]
    if options.clip_id is not None:
        return _of_clip(pairs, _clip(project, options.clip_id))
    chosen = [(found, clip) for found, clip in pairs if clip is not None]
    others = [found.name for found, clip in pairs if clip is None]
    if not chosen:
        shown = ", ".join(others[:_SHOWN])
        msg = f"clip: none of the recordings ({shown}) says of which clip it is: name the clip."
        raise InvalidError(msg, details={"fields": {"clip_id": [msg]}, "recordings": others})
    return chosen, others


def _of_clip(
    pairs: Sequence[tuple[Recording, Clip | None]], clip: Clip
) -> tuple[list[tuple[Recording, Clip]], list[str]]:
    """Return the recordings that are of one clip, as they say or as the only ones."""
    own = [(found, clip) for found, other in pairs if other is not None and other.pk == clip.pk]
    if own:
        taken = {found.name for found, _ in own}
        return own, [found.name for found, _ in pairs if found.name not in taken]
    # Layers of one recording come together.
    if len({found.keys for found, _ in pairs}) == 1:
        return [(found, clip) for found, _ in pairs], []
    shown = ", ".join(found.name for found, _ in pairs[:_SHOWN])
    msg = f"recording: expected which one is of clip '{clip.name}' ({shown}), found nothing."
    names = [found.name for found, _ in pairs]
    raise InvalidError(msg, details={"fields": {"recording": [msg]}, "recordings": names})


def _clip(project: Project, clip_id: uuid.UUID) -> Clip:
    clip = Clip.objects.filter(project=project, pk=clip_id).select_related("project").first()
    if clip is None:
        msg = f"clip_id: project '{project.slug}' has no clip {clip_id}."
        raise InvalidError(msg, details={"fields": {"clip_id": [msg]}})
    return clip


class _ClipsByKey:
    """A project's clips by all that files may call them."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of(self, recording: Recording) -> Clip | None:
        """Return the clip of a recording, None where none is meant, or several are."""
        clips = Clip.objects.filter(project=self._project).select_related("project")
        for key in recording.keys:
            try:
                by_id = clips.filter(pk=uuid.UUID(key)).first()
            except ValueError:
                by_id = None
            if by_id is not None:
                return by_id
            folder = _FOLDER.search(key)
            found = [] if folder is None else list(self._by_hex(clips, folder.group(1), key))
            found = found or list(clips.filter(name=key)[:2])
            if len(found) == 1:
                return found[0]
        return None

    @staticmethod
    def _by_hex(clips: Any, digits: str, key: str) -> list[Clip]:
        """Return the clips whose folder in exports is called so."""
        first = uuid.UUID(digits.ljust(32, "0"))
        last = uuid.UUID(digits.ljust(32, "f"))
        plain = key[: -len(digits) - 1]
        return [
            clip
            for clip in clips.filter(pk__gte=first, pk__lte=last)[:2]
            if (_NOT_IN_PATHS.sub("_", clip.name).strip(".") or "_")[:60] == plain
        ]


def _geometry(clip: Clip, asked: Asked) -> ClipGeometry:
    trajectory = decode_trajectory(read_all(clip_storage(), f"{clip.storage_prefix}/{TRAJECTORY}"))
    return ClipGeometry(manifest_read(clip.storage_prefix), trajectory, asked)


def _with_layer(parts: Sequence[Planned], layer: str) -> list[Planned]:
    if not layer:
        return list(parts)
    own = [part for part in parts if part.layer == layer]
    if own:
        return own
    return [Planned(part.recording, part.clip, layer, part.reading) for part in parts]


def _by_target(parts: Sequence[Planned]) -> Mapping[tuple[Clip, str], list[Planned]]:
    found: dict[tuple[Clip, str], list[Planned]] = {}
    for part in parts:
        found.setdefault((part.clip, part.layer), []).append(part)
    return found


def _classes(
    parts: Sequence[Planned], project: Project, mapping: ClassMapping
) -> list[tuple[str, ClassFound]]:
    counts: dict[str, Counter[str]] = {}
    for part in parts:
        of_layer = counts.setdefault(part.layer, Counter())
        of_layer.update(str(label["class"]) for label in part.reading.labels)
    ontology = ontology_now(project)
    found = []
    for layer, of_layer in sorted(counts.items()):
        known = ontology.layers.get(layer) if ontology is not None else None
        names = None if ontology is None else list(known.classes) if known is not None else []
        found += [(layer, one) for one in classes_found(of_layer, names, mapping)]
    return found
