"""How far one label set of a clip is from another that is taken for right."""

from typing import Any

from labelapp.accounts.models import User
from labelapp.clips.manifest import manifest_read
from labelapp.clips.models import Clip
from labelapp.clips.storage import TRAJECTORY, clip_storage
from labelapp.clips.writing import decode_trajectory
from labelapp.common.errors import InvalidError
from labelapp.common.storage import read_all
from labelapp.labels.models import LabelSet
from labelapp.labels.selectors import labels_parsed_at
from labelapp.projects.policies import require
from projection.io import read_label
from quality import Region, compare


def label_sets_compare(
    *, actor: User, reference: LabelSet, candidate: LabelSet, region: str = ""
) -> dict[str, Any]:
    """Return how a label set differs from another of the same clip and layer, at the clip's ticks.

    Args:
        actor: who asks.
        reference: what is taken for right.
        candidate: what is measured.
        region: where boxes are compared, as ``x0,x1,y0,y1``: metres ahead and to the left of the
            ego, at each tick; empty: everywhere.

    Raises:
        ForbiddenError: the actor labels; answers that aren't told yet could be guessed.
        InvalidError: they are of different clips or layers, or the region isn't one.
    """
    require(actor, candidate.clip.project, "export")
    for name, found, expected in (
        ("clip", reference.clip_id, candidate.clip_id),
        ("layer", reference.layer, candidate.layer),
    ):
        if found != expected:
            msg = f"reference_id: expected a label set of {name} {expected}, found one of {found}."
            raise InvalidError(msg, details={"fields": {"reference_id": [msg]}})
    around = _region(candidate.clip, region)
    labels = [
        [read_label(one.label) for one in labels_parsed_at(label_set, label_set.revision)]
        for label_set in (reference, candidate)
    ]
    ticks = manifest_read(candidate.clip.storage_prefix).ticks_ns
    return {
        "reference_revision": reference.revision,
        "revision": candidate.revision,
        **compare(labels[0], labels[1], ticks, region=around).to_dict(),
    }


def _region(clip: Clip, text: str) -> Region | None:
    if not text:
        return None
    content = read_all(clip_storage(), f"{clip.storage_prefix}/{TRAJECTORY}")
    trajectory = decode_trajectory(content)
    try:
        x0, x1, y0, y1 = (float(part) for part in text.split(","))
        return Region(trajectory, (x0, x1), (y0, y1))
    except ValueError as error:
        msg = (
            "region: expected x0,x1,y0,y1, metres ahead and to the left of the ego, the lower one"
            f" first, such as -8,32,-14,14, found '{text[:80]}'."
        )
        raise InvalidError(msg, details={"fields": {"region": [msg]}}) from error
