"""The standard clip: 8 cameras of 1280x960, 60 s at 36 Hz, 50 tracks, a road, 40 lines.

The simulator makes it, without pictures. A part of each camera's chunks is projected, spread over
the whole clip; what the whole would take follows from it.
"""

import json
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from bench.table import Line, benchmark
from projection.batch.chunk import ChunkMaker
from projection.batch.label_table import label_table
from projection.batch.plan import Chunk, chunks_of
from projection.io import ClipFolder, read_clip_folder
from projection.labels import Cuboid, LabelSet, Polyline
from projection.target_spec import TargetSpec

_CORES = 2
_SECONDS = 60.0
#: Every so many chunks of a camera, and images of a chunk, are projected.
_CHUNKS, _IMAGES = 8, 4
_TRACKS, _LINES = 50, 40


@cache
def standard_clip() -> ClipFolder:
    """The clip's folder, written once to a temporary place."""
    from simulation.clip import make_clip
    from simulation.rig import CAR_MOUNTS, Rig, camera_spec

    mounts = [replace(mount, size=(1920, 1440)) for mount in CAR_MOUNTS]
    cameras = tuple(camera_spec(mount, 2.0 / 3.0) for mount in mounts)
    rig = Rig(cameras, {mount.name: mount.phase for mount in mounts})
    folder = Path(tempfile.mkdtemp(prefix="labelapp-bench-")) / "standard"
    make_clip(
        folder, rig=rig, ticks=round(36 * _SECONDS), tick_s=1.0 / 36.0, moving=_TRACKS,
        pictures=False, sweeps=False, piece_m=120.0,
    )  # fmt: skip
    _trim(folder)
    return read_clip_folder(folder)


def _trim(folder: Path) -> None:
    """Leave the tracks that move, the road, and the lines that are asked for."""
    for path in sorted((folder / "labels").glob("*.json")):
        document = json.loads(path.read_text())
        kept, lines = [], 0
        for label in document["labels"]:
            lines += label["geometry"] == "polyline"
            if label.get("static") or (label["geometry"] == "polyline" and lines > _LINES):
                continue
            kept.append(label)
        path.write_text(json.dumps({**document, "labels": kept}))


_maker: ChunkMaker | None = None


def _begin(clip: ClipFolder, spec: TargetSpec, out: Path) -> None:
    global _maker  # noqa: PLW0603  how a pool's processes keep anything
    _maker = ChunkMaker(label_table(clip.label_sets), clip.trajectory, spec, out)


def _make(chunk: Chunk) -> tuple[float, int, int]:
    """Processor seconds, rows, and the worker's peak memory in MiB."""
    assert _maker is not None
    start = time.process_time()
    (outcome,) = _maker.make(chunk)
    used = time.process_time() - start
    return used, outcome.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _counts(label_sets: tuple[LabelSet, ...]) -> tuple[int, int]:
    labels = [label for entry in label_sets for label in entry.labels]
    return (
        sum(isinstance(label, Cuboid) for label in labels),
        sum(isinstance(label, Polyline) for label in labels),
    )


@benchmark("clip")
def whole_clip() -> Iterator[Line]:
    """Everything that a default spec asks for, masks included; and the memory of a worker."""
    clip, spec = standard_clip(), TargetSpec()
    chunks = chunks_of(clip, spec)
    parts: list[Chunk] = []
    for camera in clip.cameras:
        own = [chunk for chunk in chunks if chunk.camera.name == camera.name]
        parts += [
            replace(chunk, images=chunk.images[::_IMAGES], shares=()) for chunk in own[5::_CHUNKS]
        ]
    out = Path(tempfile.mkdtemp(prefix="labelapp-bench-out-"))
    try:
        with ProcessPoolExecutor(
            min(_CORES, os.cpu_count() or 1), get_context("fork"), _begin, (clip, spec, out)
        ) as pool:
            # Compiling, and the lenses' ray tables, which a whole clip needs once as well.
            list(
                pool.map(
                    _make, [replace(part, images=part.images[:1], shares=()) for part in parts] * 2
                )
            )
            found = list(pool.map(_make, [replace(p, number=p.number + 1000) for p in parts]))
    finally:
        shutil.rmtree(out, ignore_errors=True)
    images = sum(len(part.images) for part in parts)
    used_s = sum(seconds for seconds, _, _ in found)
    whole_s = used_s / images * len(clip.images) / _CORES
    tracks, lines = _counts(clip.label_sets)
    yield Line(
        "standard clip, everything: its own length",
        f"{whole_s:.0f} s",
        f"{_SECONDS:.0f} s",
        whole_s / _SECONDS,
        1.0,
        at_least=False,
        note=f"from {images} of {len(clip.images)} images, {used_s / images * 1e3:.1f} ms each, "
        f"{sum(rows for _, rows, _ in found) / images:.0f} labels in each; {tracks} tracks, "
        f"{lines} lines, {_CORES} cores",
    )
    peak = max(memory for _, _, memory in found)
    yield Line(
        "standard clip, a worker's peak memory", f"{peak} MiB", "1024 MiB", peak / 1024.0, 1.0,
        at_least=False,
    )  # fmt: skip
