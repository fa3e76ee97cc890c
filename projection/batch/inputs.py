"""What a chunk's bytes depend on, as hashes by part: a chunk that has the same isn't made again."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from projection.batch.code_version import code_version
from projection.batch.images import Head
from projection.batch.label_table import BatchLabel
from projection.batch.plan import Chunk
from projection.batch.scenery import Scenery
from projection.labels import Points
from projection.target_spec import Sweeps
from projection.trajectory import Trajectory

Inputs = dict[str, str]

#: In which order reasons are given, and how.
_REASONS = {
    "code": "the code changed",
    "spec": "the target spec changed",
    "images": "its images changed",
    "ticks": "its ticks changed",
    "calibration": "the camera's calibration changed",
    "trajectory": "the trajectory changed",
    "labels": "labels that it may show changed",
    "classes": "the classes' numbers changed",
    "scenery": "the mesh, the cloud or the sweeps changed",
}
NEW = "new"


def reason_of(known: Inputs | None, inputs: Inputs) -> str:
    """Why a chunk must be made: what of its inputs isn't as it was."""
    if known is None:
        return NEW
    parts = [part for part in _REASONS if known.get(part) != inputs.get(part)]
    return ", ".join(_REASONS[part] for part in parts) or NEW


def chunk_inputs(
    labels: Sequence[BatchLabel],
    chunk: Chunk,
    number: int,
    head: Head,
    trajectory: Trajectory,
    rows: set[int],
    scenery: Scenery,
) -> Inputs:
    """Of what a head makes of a chunk.

    Of the labels only those count that come near one of its pictures: others can neither be in it
    nor hide anything.

    Args:
        labels: The label table.
        chunk: The chunk.
        number: The head's place among all.
        head: The head.
        trajectory: The clip's.
        rows: Of the label table: what the head's images may show.
        scenery: What stands around.
    """
    camera, spec = chunk.camera, head.spec
    images = chunk.images_of(number)
    # Of its own images alone: what else other heads take changes nothing for it.
    poses = _poses(replace(chunk, images=images, shares=()).trajectory(trajectory))
    chosen = [row for row in rows if _chooses(labels[row])]
    around: list[Any] = []
    if spec.sweeps is not None or chosen:
        rule = spec.sweeps or Sweeps()
        refs = {
            ref.number: ref
            for image in images
            for ref in scenery.sweeps.near(image.time_ns, rule.within_s)
        }
        around = scenery.sweeps.hashes(refs[key] for key in sorted(refs))
        # Points of sweeps belong to boxes that needn't be near the picture.
        rows = rows | {row for row, entry in enumerate(labels) if entry.track is not None}
        times = [ref.time_ns for ref in refs.values()] or [images[0].time_ns]
        poses += poses_between(trajectory, min(times), max(times))
    inputs = {
        "code": code_version(),
        "spec": head.spec_hash,
        "images": hash_of([camera.name, [[image.time_ns, image.path] for image in images]]),
        "calibration": camera.calibration_hash[:16],
        "trajectory": hashlib.sha256(poses.encode()).hexdigest()[:16],
        "labels": labels_hash(labels, rows),
    }
    if spec.wants("semantic_picture"):
        inputs["classes"] = hash_of(head.classes.names)
    if around or scenery.content_hash:
        inputs["scenery"] = hash_of([scenery.content_hash, around])
    return inputs


def _chooses(entry: BatchLabel) -> bool:
    return isinstance(entry.label, Points) and bool(entry.label.selections)


def labels_hash(labels: Sequence[BatchLabel], rows: Iterable[int]) -> str:
    """Of some rows of the label table."""
    entries = [labels[row] for row in sorted(rows)]
    return hash_of([[*entry.key, entry.version, entry.content_hash] for entry in entries])


def poses_between(trajectory: Trajectory, first_ns: int, last_ns: int) -> str:
    """A hash of the poses that a span depends on."""
    times = trajectory.times_ns
    first = max(int(times.searchsorted(first_ns, side="right")) - 1, 0)
    last = min(int(times.searchsorted(last_ns, side="left")) + 1, len(times))
    return _poses(
        Trajectory(
            times[first:last], trajectory.positions_m[first:last], trajectory.quats_xyzw[first:last]
        )
    )


def _poses(path: Trajectory) -> str:
    digest = hashlib.sha256()
    for part in (path.times_ns, path.positions_m, path.quats_xyzw):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def hash_of(value: Any) -> str:
    """SHA-256 (first 16 characters) of plain JSON values."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
