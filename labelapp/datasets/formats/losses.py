"""What a format loses of labels that it holds, field by field: said in the export's manifest.

Nothing of it is known in advance: each label is put together again from what was written of it, as
an importer does, and compared with what it was.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.formats.world import ClipWorld
from labelapp.datasets.source import ClipSource
from projection import Track
from projection.io import read_label
from projection.labels import Cuboid, Label
from projection.rigid import RigidTransform
from projection.sampled import Sampling, Seen, cuboids_of, usual_step_ns
from quality import Resolution, fields_lost

#: Lost whole: nothing was written of it, since it is at none of the format's times.
WHOLE = "label"
#: Formats of pictures say where something is in an image alone.
PLACE = "place"
#: The gaps between what a camera sees may be as long as this many of its images' times.
MISSING = 1.5


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a format keeps of a box at a moment.

    Attributes:
        attributes: Whether it has attributes.
        resolution: How far it rounds.
    """

    attributes: bool = True
    resolution: Resolution = field(default_factory=Resolution)


def note_at_ticks(
    targets: TargetsReader,
    world: ClipWorld,
    keeping: Keeping,
    names: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Note what is lost of a clip's boxes that are written at the ticks.

    Args:
        targets: What is asked for; its ``lost`` is told.
        world: Of the clip.
        keeping: What the format keeps.
        names: What labels are called there, by layer and id; None: by their ids.
    """
    ticks = world.ticks_ns
    times = np.array(ticks, dtype=np.int64)
    seen: dict[tuple[str, str], list[Seen]] = {}
    for box in world.boxes:
        whose = (box.layer, box.track.id)
        there = times[box.track.exists(times)].tolist()
        seen[whose] = seen_at(box.track, there, "" if names is None else names[whose])
    sampling = Sampling(ticks, None, keeping.resolution.within_m)
    note_boxes(targets, world.clip, seen, sampling, keeping)


def seen_at(track: Track, times_ns: Sequence[int], name: str = "") -> list[Seen]:
    """Return a track at times at which it is there, as it is.

    Args:
        track: Which.
        times_ns: Rising.
        name: What it is called; empty: its id.
    """
    if not times_ns:
        return []
    states = track.at_many(np.array(times_ns, dtype=np.int64))
    return [
        Seen(
            name or track.id,
            track.class_name,
            time_ns,
            RigidTransform.unchecked(states.positions_m[index], states.quats_xyzw[index]),
            (length, width, height),
            track.attributes_at(time_ns),
        )
        for index, (time_ns, (length, width, height)) in enumerate(
            zip(times_ns, states.sizes_m.tolist(), strict=True)
        )
    ]


def note_boxes(
    targets: TargetsReader,
    clip: ClipSource,
    seen: Mapping[tuple[str, str], Sequence[Seen]],
    sampling: Sampling,
    keeping: Keeping,
) -> None:
    """Note what is lost of a clip's boxes.

    Args:
        targets: What is asked for; its ``lost`` is told.
        clip: Whose.
        seen: What was written of each label, by layer and id.
        sampling: When the format says of things whether they are there.
        keeping: What it keeps.
    """
    for versioned in clip.labels:
        label = versioned.label
        name = targets.spec.class_of_label(label, versioned.layer)
        if name is None or not isinstance(label, Cuboid):
            continue
        written = seen.get((versioned.layer, label.id), ())
        if not written:
            targets.lost[WHOLE] += 1
            continue
        if not keeping.attributes:
            written = [replace(box, attributes={}) for box in written]
        (copy,) = cuboids_of(written, sampling, Counter())
        note_copy(targets, clip, label, read_label(copy), keeping.resolution)


#: A clip, what was written of its labels by layer and id, and each camera's images' times.
Found = tuple[ClipSource, Mapping[tuple[str, str], Sequence[Seen]], Mapping[str, Sequence[int]]]


def note_tracks(targets: TargetsReader, found: Found, keeping: Keeping) -> None:
    """Note what is lost of a clip's boxes that are written image by image.

    Args:
        targets: What is asked for.
        found: What was written.
        keeping: What the format keeps.
    """
    clip, written, times_of = found
    times = [sorted(set(times)) for times in times_of.values()]
    known = [step for step in map(usual_step_ns, times) if step is not None]
    every = sorted({time_ns for of_camera in times for time_ns in of_camera})
    longest = int(MISSING * max(known)) if known else None
    # Not every camera sees everything: of several, only a long time without it is a gap.
    moments = every if len(times) == 1 else [*every[:1], *every[-1:]]
    sampling = Sampling(moments, longest, keeping.resolution.within_m)
    note_boxes(targets, clip, written, sampling, keeping)


#: Takes what was found of a clip.
Note = Callable[
    [ClipSource, Mapping[tuple[str, str], Sequence[Seen]], Mapping[str, Sequence[int]]], None
]


class SeenInImages:
    """Collects what is written image by image, a clip after the other.

    Args:
        note: Called with each clip when all of it is written.
    """

    def __init__(self, note: Note) -> None:
        self._note = note
        self._clip: ClipSource | None = None
        self._written: dict[tuple[str, str], list[Seen]] = {}
        self._times: dict[str, list[int]] = {}

    def image(self, clip: ClipSource, camera: str, time_ns: int) -> None:
        """Begin an image."""
        if self._clip is not None and self._clip.position != clip.position:
            self.done()
        self._clip = clip
        self._times.setdefault(camera, []).append(time_ns)

    def box(self, whose: tuple[str, str], seen: Seen) -> None:
        """Take a box of the image: of which layer and label."""
        self._written.setdefault(whose, []).append(seen)

    def done(self) -> None:
        """Tell of the last clip."""
        if self._clip is not None:
            self._note(self._clip, self._written, self._times)
        self._clip, self._written, self._times = None, {}, {}


def note_copy(
    targets: TargetsReader, clip: ClipSource, label: Label, copy: Label, resolution: Resolution
) -> None:
    """Note what a label says and what was written of it doesn't."""
    whole = clip.trajectory
    lost = fields_lost(label, copy, (whole.start_ns, whole.end_ns), resolution)
    targets.lost.update(lost)
