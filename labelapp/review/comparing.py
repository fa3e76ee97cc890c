"""How far one label set of a clip is from another that is taken for right."""

from typing import Any

from labelapp.accounts.models import User
from labelapp.clips.manifest import manifest_read
from labelapp.common.errors import InvalidError
from labelapp.labels.models import LabelSet
from labelapp.labels.selectors import labels_parsed_at
from labelapp.projects.policies import require
from projection.io import read_label
from quality import compare


def label_sets_compare(*, actor: User, reference: LabelSet, candidate: LabelSet) -> dict[str, Any]:
    """Return how a label set differs from another of the same clip and layer, at the clip's ticks.

    Args:
        actor: who asks.
        reference: what is taken for right.
        candidate: what is measured.

    Raises:
        ForbiddenError: the actor labels; answers that aren't told yet could be guessed.
        InvalidError: they are of different clips or layers.
    """
    require(actor, candidate.clip.project, "export")
    for name, found, expected in (
        ("clip", reference.clip_id, candidate.clip_id),
        ("layer", reference.layer, candidate.layer),
    ):
        if found != expected:
            msg = f"reference_id: expected a label set of {name} {expected}, found one of {found}."
            raise InvalidError(msg, details={"fields": {"reference_id": [msg]}})
    labels = [
        [read_label(one.label) for one in labels_parsed_at(label_set, label_set.revision)]
        for label_set in (reference, candidate)
    ]
    ticks = manifest_read(candidate.clip.storage_prefix).ticks_ns
    return {
        "reference_revision": reference.revision,
        "revision": candidate.revision,
        **compare(labels[0], labels[1], ticks).to_dict(),
    }
