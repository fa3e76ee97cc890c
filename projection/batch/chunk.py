"""One chunk made, or found made already."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from projection.batch import chunk_files
from projection.batch.box_columns import BoxColumns
from projection.batch.box_rows import BoxRowMaker
from projection.batch.code_version import code_version
from projection.batch.columns import Columns
from projection.batch.common_columns import LabelValues
from projection.batch.images import ImageMaker
from projection.batch.inputs import Inputs, chunk_inputs, hash_of, reason_of
from projection.batch.label_table import BatchLabel
from projection.batch.plan import Chunk, as_specs
from projection.batch.scene import Looked, look
from projection.batch.scenery import Scenery
from projection.batch.track_table import TrackTable
from projection.target_spec import TargetSpec, TargetSpecs
from projection.trajectory import Trajectory


@dataclass(frozen=True, slots=True)
class ChunkOutcome:
    """What became of a chunk, for one head.

    Attributes:
        name: The chunk's, below the head's folder.
        head: The head's name.
        camera: Its camera's name; empty for one of ticks.
        images: How many images, or ticks, it has.
        rows: Labels in images, or in ticks.
        reason: Why it was made; None: it was there already.
        inputs_hash: Of all that it was made from.
    """

    name: str
    head: str
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
        specs: What is asked for.
        folder: Where the files lie.
        scenery: What stands around without being a label.
    """

    def __init__(
        self,
        labels: Sequence[BatchLabel],
        trajectory: Trajectory,
        specs: TargetSpec | TargetSpecs,
        folder: Path,
        scenery: Scenery | None = None,
    ) -> None:
        self._labels = labels
        self._tracks = TrackTable(labels)
        self._trajectory = trajectory
        self._names = [name for name, _ in as_specs(specs).heads]
        self._folder = folder
        self._scenery = scenery or Scenery()
        heads = [spec for _, spec in as_specs(specs).heads]
        self._images = ImageMaker(labels, heads, self._scenery)
        self._boxes = BoxRowMaker(labels, self._images.heads, self._scenery)
        self._values = [LabelValues(labels, head.names) for head in self._images.heads]
        self._asked: tuple[Chunk, Looked, dict[int, Inputs]] | None = None

    def inputs(self, chunk: Chunk) -> dict[int, Inputs]:
        """What each head that takes some of a chunk's images would make it from.

        What was found out for that is kept for whoever has this chunk made next.
        """
        seen, inputs = self._looked_at(chunk)
        self._asked = chunk, seen, inputs
        return inputs

    def _looked_at(self, chunk: Chunk) -> tuple[Looked, dict[int, Inputs]]:
        """What its images may show, and what its heads would be made from."""
        asked, self._asked = self._asked, None
        if asked is not None and asked[0] is chunk:
            return asked[1], asked[2]
        seen = look(self._labels, chunk, self._trajectory, self._tracks)
        return seen, self._inputs(chunk, seen)

    def _inputs(self, chunk: Chunk, seen: Looked) -> dict[int, Inputs]:
        return {
            head: chunk_inputs(
                self._labels, chunk, head, self._images.heads[head], self._trajectory,
                seen.rows(chunk.share(head)), self._scenery,
            )
            for head in range(len(self._names))
            if chunk.share(head)
        }  # fmt: skip

    def make(
        self,
        chunk: Chunk,
        *,
        step: Callable[[], None] = lambda: None,
        folder: Path | None = None,
        publish: Callable[[chunk_files.Written], None] = chunk_files.Written.publish,
    ) -> tuple[ChunkOutcome, ...]:
        """Make a chunk, for each head for which it isn't there or was made from something else.

        Args:
            chunk: The chunk.
            step: Called after each image; may raise to stop, and nothing is left half-written.
            folder: Where the files lie this time, to be passed on: they needn't outlast a crash.
            publish: Gives a written table its name, or sees to it that someone does: a disk takes
                its time. They must be published in the order in which they come.
        """
        whole, lasting = folder or self._folder, folder is None
        seen, inputs = self._looked_at(chunk)
        folders = {head: whole / self._names[head] for head in inputs}
        known = {head: chunk_files.inputs_of(folders[head], chunk) for head in inputs}
        changed = [head for head in inputs if known[head] != inputs[head]]
        stale = self._project(chunk, seen, changed, folders, step, lasting=lasting)
        outcomes = []
        for head, path in folders.items():
            reason = None
            if head in stale:
                rows = stale[head].row_count
                tables = stale[head].targets(), stale[head].images()
                for written in chunk_files.write_chunk(
                    path, chunk, inputs[head], *tables, lasting=lasting
                ):
                    publish(written)
                reason = reason_of(known[head], inputs[head])
            else:
                rows = chunk_files.row_count(path, chunk)
            outcomes.append(
                ChunkOutcome(
                    name=chunk.name,
                    head=self._names[head],
                    camera=chunk.camera.name,
                    images=len(chunk.share(head)),
                    rows=rows,
                    reason=reason,
                    inputs_hash=hash_of(inputs[head]),
                )
            )
        return tuple(outcomes)

    def tables(
        self, chunk: Chunk, folder: Path, *, step: Callable[[], None] = lambda: None
    ) -> dict[int, tuple[pa.Table, pa.Table]]:
        """Make a chunk to be passed on, for each head that takes some of its images.

        Args:
            chunk: The chunk.
            folder: Where its pictures go, in a folder of each head's own; they needn't outlast a
                crash.
            step: Called after each image; may raise to stop.

        Returns:
            By head: a row for each label in each image, a row for each image.
        """
        heads = [head for head in range(len(self._names)) if chunk.share(head)]
        folders = {head: folder / self._names[head] for head in heads}
        seen, _ = self._looked_at(chunk)
        columns = self._project(chunk, seen, heads, folders, step, lasting=False)
        return {head: (columns[head].targets(), columns[head].images()) for head in heads}

    def _project(
        self,
        chunk: Chunk,
        seen: Looked,
        heads: Sequence[int],
        folders: Mapping[int, Path],
        step: Callable[[], None],
        *,
        lasting: bool,
    ) -> Mapping[int, Columns | BoxColumns]:
        """The columns of some heads; their pictures are written."""
        if not heads:
            return {}
        shares = {head: chunk.share(head) for head in heads}
        boxes = self._boxes.make(seen, shares)
        if boxes is None:
            return self._image_by_image(chunk, seen, shares, folders, step, lasting=lasting)
        for _ in chunk.images:
            step()
        return {
            head: BoxColumns(
                self._labels,
                self._values[head],
                self._images.heads[head].spec,
                _common(chunk),
                {place: chunk.images[place] for place in shares[head]},
                found,
            )
            for head, found in boxes.items()
        }

    def _image_by_image(
        self,
        chunk: Chunk,
        seen: Looked,
        shares: Mapping[int, Sequence[int]],
        folders: Mapping[int, Path],
        step: Callable[[], None],
        *,
        lasting: bool,
    ) -> Mapping[int, Columns]:
        columns = {
            head: Columns(self._values[head], self._images.heads[head].spec, _common(chunk))
            for head in shares
        }
        taken = {head: set(share) for head, share in shares.items()}
        for place, (image, sight) in enumerate(zip(chunk.images, seen, strict=True)):
            active = [head for head in columns if place in taken[head]]
            found = self._images.make_all(sight, active) if active else []
            for head, targets in zip(active, found, strict=True):
                pictures = {
                    kind: chunk_files.write_bytes(
                        folders[head],
                        chunk_files.picture_name(kind, chunk, image.time_ns),
                        content,
                        lasting=lasting,
                    )
                    for kind, content in targets.pictures.items()
                }
                columns[head].add(image, targets, pictures)
            step()
        return columns


def _common(chunk: Chunk) -> dict[str, Any]:
    """What is the same for all rows of a chunk."""
    camera = chunk.camera
    return {
        "camera": camera.name,
        "width": camera.width,
        "height": camera.height,
        "calibration_hash": camera.calibration_hash,
        "code_version": code_version(),
    }
