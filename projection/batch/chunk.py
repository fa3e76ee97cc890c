"""One chunk made, or found made already."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from projection.batch import chunk_files
from projection.batch.code_version import code_version
from projection.batch.columns import Columns
from projection.batch.images import ImageMaker
from projection.batch.label_table import BatchLabel
from projection.batch.plan import Chunk
from projection.batch.scene import Seen, look
from projection.target_spec import TargetSpec
from projection.trajectory import Trajectory

#: In which order reasons are given, and how.
_REASONS = {
    "code": "the code changed",
    "spec": "the target spec changed",
    "images": "its images changed",
    "calibration": "the camera's calibration changed",
    "trajectory": "the trajectory changed",
    "labels": "labels that it may show changed",
}
NEW = "new"


@dataclass(frozen=True, slots=True)
class ChunkOutcome:
    """What became of a chunk.

    Attributes:
        name: The chunk's.
        camera: Its camera's name.
        images: How many it has.
        rows: Labels in images.
        reason: Why it was made; None: it was there already.
        inputs_hash: Of all that it was made from.
    """

    name: str
    camera: str
    images: int
    rows: int
    reason: str | None
    inputs_hash: str


class ChunkMaker:
    """Makes chunks of one clip, one after the other, in the same memory.

    Args:
        labels: The label table.
        trajectory: The clip's.
        spec: What is asked for.
        folder: Where the files lie.
    """

    def __init__(
        self,
        labels: Sequence[BatchLabel],
        trajectory: Trajectory,
        spec: TargetSpec,
        folder: Path,
    ) -> None:
        self._labels = labels
        self._trajectory = trajectory
        self._spec = spec
        self._folder = folder
        self._images = ImageMaker(labels, spec)

    def make(self, chunk: Chunk, *, step: Callable[[], None] = lambda: None) -> ChunkOutcome:
        """Make a chunk, unless it is there and was made from the same.

        Args:
            chunk: The chunk.
            step: Called after each image; may raise to stop, and nothing is left half-written.
        """
        seen = look(self._labels, chunk, self._trajectory)
        inputs = chunk_inputs(self._labels, chunk, self._spec, self._trajectory, seen)
        known = chunk_files.inputs_of(self._folder, chunk)
        if known == inputs:
            rows = chunk_files.row_count(self._folder, chunk)
            return _outcome(chunk, rows, None, inputs)
        camera = chunk.camera
        columns = Columns(
            self._labels,
            self._spec,
            {
                "camera": camera.name,
                "width": camera.width,
                "height": camera.height,
                "calibration_hash": camera.calibration_hash,
                "code_version": code_version(),
            },
        )
        for image, sight in zip(chunk.images, seen, strict=True):
            found = self._images.make(sight)
            pictures = {
                kind: chunk_files.write_picture(self._folder, kind, chunk, image.time_ns, content)
                for kind in ("id_picture", "depth_picture")
                if (content := getattr(found, kind)) is not None
            }
            columns.add(image, found, pictures)
            step()
        chunk_files.write_chunk(self._folder, chunk, inputs, columns.targets(), columns.images())
        return _outcome(chunk, columns.row_count, _reason(known, inputs), inputs)


def _outcome(
    chunk: Chunk, rows: int, reason: str | None, inputs: chunk_files.Inputs
) -> ChunkOutcome:
    name, images = chunk.name, len(chunk.images)
    return ChunkOutcome(name, chunk.camera.name, images, rows, reason, _hash(dict(inputs)))


def _reason(known: chunk_files.Inputs | None, inputs: chunk_files.Inputs) -> str:
    if known is None:
        return NEW
    changed = [text for part, text in _REASONS.items() if known.get(part) != inputs[part]]
    return ", ".join(changed)


def chunk_inputs(
    labels: Sequence[BatchLabel],
    chunk: Chunk,
    spec: TargetSpec,
    trajectory: Trajectory,
    seen: Sequence[Seen],
) -> dict[str, str]:
    """Hashes of all that a chunk's bytes depend on, by part.

    Of the labels only those count that come near one of its pictures: others can neither be in it
    nor hide anything.
    """
    camera = chunk.camera
    rows = sorted({int(row) for sight in seen for row in (*sight.boxes, *sight.others)})
    path = chunk.trajectory(trajectory)
    poses = hashlib.sha256()
    for part in (path.times_ns, path.positions_m, path.quats_xyzw):
        poses.update(part.tobytes())
    entries = [labels[row] for row in rows]
    return {
        "code": code_version(),
        "spec": spec.content_hash[:16],
        "images": _hash([camera.name, [[image.time_ns, image.path] for image in chunk.images]]),
        "calibration": camera.calibration_hash[:16],
        "trajectory": poses.hexdigest()[:16],
        "labels": _hash([[*entry.key, entry.version, entry.content_hash] for entry in entries]),
    }


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
