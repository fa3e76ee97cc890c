"""A whole clip projected: its chunks spread over processes, the same bytes for any number of them.

Kernels run on one thread each; what is shared out are chunks. A run that was stopped goes on at the
chunks that aren't there yet.
"""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from projection.batch import chunk_files
from projection.batch.code_version import code_version
from projection.batch.label_table import Versions, label_table
from projection.batch.plan import Chunk, chunks_of
from projection.batch.pool import Job, run_here, run_in_pool
from projection.batch.report import Report
from projection.io.clip_folder import ClipFolder
from projection.labels import LabelSet
from projection.target_spec import TargetSpec

MANIFEST, REPORT = "manifest.json", "report.json"
FORMAT = "labelapp-targets/1"


def project_clip(
    clip: ClipFolder,
    label_sets: Sequence[LabelSet],
    spec: TargetSpec,
    out: Path,
    *,
    versions: Versions | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Project a clip's labels into a folder of Parquet files; what is there and right is kept.

    Args:
        clip: The clip.
        label_sets: Its labels.
        spec: What is asked for.
        out: The folder; made if it isn't there.
        versions: Of the labels, by layer and id, where someone counts them.
        workers: Processes; None: as many as there are processors. One: this process.
        progress: Told how many images are done, of how many.

    Raises:
        FormatError: The spec doesn't fit the clip, or labels have the same id.
        WorkerLostError: A worker process died.
    """
    began = time.monotonic()
    labels = label_table(label_sets, spec, versions)
    chunks = chunks_of(clip, spec)
    out.mkdir(parents=True, exist_ok=True)
    # Without a manifest, the folder isn't whole.
    for name in (MANIFEST, REPORT):
        (out / name).unlink(missing_ok=True)
    job = Job(labels, clip.trajectory, spec, out)
    count = max(1, min(workers or len(os.sched_getaffinity(0)), len(chunks)))
    tell = progress or (lambda _done, _total: None)
    total = sum(len(chunk.images) for chunk in chunks)
    tell(0, total)
    run = run_here if count == 1 else run_in_pool
    found = run(job, chunks, count, lambda done: tell(done, total))
    outcomes = {outcome.name: outcome for outcome in found}
    removed = _remove_others(out, chunks)
    report = Report(
        tuple(outcomes[chunk.name] for chunk in chunks), removed, time.monotonic() - began
    )
    chunk_files.write_json(out / REPORT, report.to_dict())
    chunk_files.write_json(out / MANIFEST, _manifest(clip, label_sets, spec, chunks, report))
    return report


def _remove_others(out: Path, chunks: Sequence[Chunk]) -> tuple[str, ...]:
    """Delete what an earlier run made and this one doesn't ask for, and what a killed one left."""
    wanted = {chunk.name for chunk in chunks}
    taken = {f"{chunk.folder}/{image.time_ns}.png" for chunk in chunks for image in chunk.images}
    removed = []
    for kind in (chunk_files.TARGETS, chunk_files.IMAGES, "id_pictures", "depth_pictures"):
        keep = taken if kind.endswith("pictures") else wanted
        for path in sorted((out / kind).glob("*/*")):
            name = path.relative_to(out / kind).as_posix()
            if name not in keep and path.suffix in (".parquet", ".png", chunk_files.PARTIAL):
                path.unlink()
                removed.append(f"{kind}/{name}")
    return tuple(removed)


def _manifest(
    clip: ClipFolder,
    label_sets: Sequence[LabelSet],
    spec: TargetSpec,
    chunks: Sequence[Chunk],
    report: Report,
) -> dict[str, Any]:
    """What the folder holds, the same whichever run made which part of it."""
    folders = {chunk.camera.name: chunk.folder for chunk in chunks}
    return {
        "format": FORMAT,
        "clip": clip.name,
        "spec": spec.to_dict(),
        "code_version": code_version(),
        "label_sets": [
            {"layer": entry.layer, "source": entry.source, "labels": len(entry.labels)}
            for entry in label_sets
        ],
        "cameras": [
            {
                "name": camera.name,
                "folder": folders[camera.name],
                "calibration_hash": camera.calibration_hash,
            }
            for camera in clip.cameras
            if camera.name in folders
        ],
        "images": report.images,
        "targets": report.rows,
        "chunks": [
            {
                "chunk": chunk.name,
                "images": chunk.images,
                "targets": chunk.rows,
                "inputs_hash": chunk.inputs_hash,
            }
            for chunk in report.chunks
        ],
    }
