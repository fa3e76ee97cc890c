"""Targets per time: rasters from above, occupancy, flow. Their chunks, and what each is made of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt
import pyarrow as pa

from projection.batch import chunk_files
from projection.batch.chunk import ChunkOutcome
from projection.batch.code_version import code_version
from projection.batch.images import Head
from projection.batch.inputs import Inputs, hash_of, labels_hash, poses_between, reason_of
from projection.batch.label_table import BatchLabel
from projection.batch.npz import npz_bytes
from projection.batch.rasters import Rasters
from projection.batch.scenery import Scenery
from projection.target_spec import Sweeps, TargetSpec
from projection.trajectory import Trajectory

if TYPE_CHECKING:
    from projection.batch.sweeps import SweepRef

#: Ticks of a chunk.
CHUNK_TICKS = 32
_FIRST_CUTS = (2, 8)

_LABEL = pa.struct(
    [
        ("layer", pa.string()),
        ("label_id", pa.string()),
        ("label_version", pa.int64()),
        ("class", pa.string()),
    ]
)
_SWEEP = pa.struct([("lidar", pa.string()), ("time_ns", pa.int64())])
_NUMBERS = pa.list_(pa.float64())
SCHEMA = pa.schema(
    [
        pa.field("time_ns", pa.int64(), nullable=False),
        pa.field("raster", pa.string(), nullable=False),
        pa.field("frame", pa.string(), nullable=False),
        pa.field("position_m", _NUMBERS, nullable=False),
        pa.field("quat_xyzw", _NUMBERS, nullable=False),
        pa.field("labels", pa.list_(_LABEL), nullable=False),
        pa.field("sweeps", pa.list_(_SWEEP), nullable=False),
        pa.field("code_version", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class TickChunk:
    """Some consecutive ticks of one head.

    Attributes:
        head: The head's place among all.
        number: Which chunk of the head.
        times_ns: Those that the head takes, at least one.
    """

    head: int
    number: int
    times_ns: tuple[int, ...]

    @property
    def name(self) -> str:
        """Path of its file, below the folder of all ticks."""
        return f"{self.number:06d}.parquet"

    @property
    def images(self) -> tuple[int, ...]:
        """What progress counts."""
        return self.times_ns


def tick_chunks(
    ticks_ns: Sequence[int], trajectory: Trajectory, heads: Sequence[TargetSpec]
) -> Iterator[TickChunk]:
    """The chunks of ticks of those heads that ask for any.

    Args:
        ticks_ns: The clip's timeline; what the trajectory doesn't cover is left out.
        trajectory: The clip's.
        heads: What is asked for.
    """
    ticks = [int(time) for time in ticks_ns if trajectory.covers(int(time), int(time))]
    cuts = [0, *_FIRST_CUTS, *range(CHUNK_TICKS, len(ticks), CHUNK_TICKS)]
    bounds = [cut for cut in cuts if cut < len(ticks)] + [len(ticks)]
    for head, spec in enumerate(heads):
        if not spec.has_ticks:
            continue
        chosen = set(spec.sampling.chosen(ticks, [True] * len(ticks)))
        for number, (first, last) in enumerate(pairwise(bounds)):
            taken = tuple(ticks[index] for index in range(first, last) if index in chosen)
            if taken:
                yield TickChunk(head, number, taken)


class TickMaker:
    """Makes chunks of ticks, one after the other.

    Args:
        labels: The label table.
        trajectory: The clip's.
        heads: Name and spec of each.
        folder: Where the files lie.
        scenery: The sweeps.
    """

    def __init__(
        self,
        labels: Sequence[BatchLabel],
        trajectory: Trajectory,
        heads: Sequence[tuple[str, TargetSpec]],
        folder: Path,
        scenery: Scenery,
    ) -> None:
        self._labels = labels
        self._trajectory = trajectory
        self._heads = heads
        self._folder = folder
        self._scenery = scenery
        self._makers: dict[int, Rasters] = {}

    def make(
        self,
        chunk: TickChunk,
        *,
        step: Callable[[], None] = lambda: None,
        folder: Path | None = None,
    ) -> tuple[ChunkOutcome, ...]:
        """Make a chunk of ticks, unless it is there and was made from the same.

        Args:
            chunk: The chunk.
            step: Called after each tick; may raise to stop, and nothing is left half-written.
            folder: Where the files lie this time, to be passed on: they needn't outlast a crash.
        """
        name, lasting = self._heads[chunk.head][0], folder is None
        folder = (folder or self._folder) / name
        path = folder / chunk_files.TICKS / chunk.name
        inputs = self.inputs(chunk)
        known = chunk_files.table_inputs(path)
        if known == inputs:
            # How many labels there are isn't worth reading them all.
            return (ChunkOutcome(chunk.name, name, "", len(chunk.times_ns), 0, None,
                                 hash_of(inputs)),)  # fmt: skip
        rows = []
        for time_ns in chunk.times_ns:
            row, arrays = self.raster(chunk.head, time_ns)
            content = npz_bytes(arrays)
            row["raster"] = chunk_files.write_bytes(
                folder, f"{chunk_files.RASTERS}/{time_ns}.npz", content, lasting=lasting
            )
            rows.append(row)
            step()
        table = pa.Table.from_pylist(rows, SCHEMA)
        chunk_files.write_table(path, table, inputs, lasting=lasting).publish()
        reason = reason_of(known, inputs)
        return (ChunkOutcome(chunk.name, name, "", len(rows), 0, reason, hash_of(inputs)),)

    def raster(self, head: int, time_ns: int) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """One tick: its row of the index, without the file's name, and its arrays."""
        maker = self._maker(head)
        found = maker.make(time_ns)
        row = {
            "time_ns": time_ns,
            "frame": maker.frame,
            "position_m": found.world_from_grid.position_m.tolist(),
            "quat_xyzw": found.world_from_grid.quat_xyzw.tolist(),
            "labels": [
                {
                    "layer": self._labels[row].layer,
                    "label_id": self._labels[row].label.id,
                    "label_version": self._labels[row].version,
                    "class": maker.head.names[row],
                }
                for row in found.rows
            ],
            "sweeps": [{"lidar": ref.lidar, "time_ns": ref.time_ns} for ref in found.sweeps],
            "code_version": code_version(),
        }
        return row, found.arrays

    def _maker(self, head: int) -> Rasters:
        if head not in self._makers:
            spec = self._heads[head][1]
            self._makers[head] = Rasters(
                self._labels, Head(self._labels, spec), self._trajectory, self._scenery
            )
        return self._makers[head]

    def classes(self, head: int) -> list[str]:
        """What the numbers of a head's rasters mean, from 0."""
        return list(self._maker(head).head.classes.names)

    def inputs(self, chunk: TickChunk) -> Inputs:
        """Hashes of all that a chunk's bytes depend on, by part."""
        maker, spec = self._maker(chunk.head), self._heads[chunk.head][1]
        refs: dict[int, SweepRef] = {}
        rule = spec.sweeps or Sweeps()
        if spec.wants("occupancy"):
            for time_ns in chunk.times_ns:
                for ref in self._scenery.sweeps.near(time_ns, rule.within_s):
                    refs[ref.number] = ref
        times = [*chunk.times_ns, *(ref.time_ns for ref in refs.values())]
        inputs = {
            "code": code_version(),
            "spec": spec.content_hash[:16],
            "ticks": hash_of(list(chunk.times_ns)),
            "trajectory": poses_between(self._trajectory, min(times), max(times))[:16],
            "labels": labels_hash(self._labels, maker.rows_near(chunk.times_ns)),
            "classes": hash_of(maker.head.classes.names),
        }
        if refs:
            hashes = self._scenery.sweeps.hashes(refs[key] for key in sorted(refs))
            inputs["scenery"] = hash_of(hashes)
        return inputs
