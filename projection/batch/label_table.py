"""The labels of a clip as the batch wants them: in one order, each with its version and hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projection.io.errors import FormatError
from projection.labels import Cuboid, Label, LabelSet
from projection.spec import shown
from projection.target_spec import TargetSpec
from projection.tracks import Track


@dataclass(frozen=True, slots=True)
class BatchLabel:
    """A label to be projected.

    Attributes:
        label: As it was read.
        layer: Its label set's.
        version: Of the label, where someone counts them.
        content_hash: SHA-256 (first 16 characters) of what the label says.
        track: Where it is at which time; None where it isn't a box.
    """

    label: Label
    layer: str
    version: int | None
    content_hash: str
    track: Track | None

    @property
    def key(self) -> tuple[str, str]:
        """What labels are put in order by, and are told apart by."""
        return self.layer, self.label.id


#: Versions by layer and label id.
Versions = Mapping[tuple[str, str], int]


def label_table(
    label_sets: Sequence[LabelSet], versions: Versions | None = None
) -> tuple[BatchLabel, ...]:
    """All labels, by layer and id, whatever the order they came in.

    Args:
        label_sets: Of one clip.
        versions: Of the labels, if someone counts them.

    Raises:
        FormatError: Two labels of a layer have the same id.
    """
    known = versions or {}
    table: dict[tuple[str, str], BatchLabel] = {}
    for label_set in label_sets:
        for label in label_set.labels:
            key = label_set.layer, label.id
            if key in table:
                raise FormatError.of(
                    label_set.name or label_set.layer,
                    "id",
                    f"ids that are unique in the layer {shown(label_set.layer)}",
                    f"{shown(label.id)} in two label sets",
                )
            table[key] = BatchLabel(
                label=label,
                layer=label_set.layer,
                version=known.get(key),
                content_hash=_content_hash(label),
                track=Track(label) if isinstance(label, Cuboid) else None,
            )
    return tuple(table[key] for key in sorted(table))


def classes_of(labels: Sequence[BatchLabel], spec: TargetSpec) -> tuple[str | None, ...]:
    """Each label's class among a spec's targets; None: it only hides others."""
    return tuple(spec.class_of_label(entry.label, entry.layer) for entry in labels)


def _content_hash(label: Label) -> str:
    text = json.dumps(label.spec, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
