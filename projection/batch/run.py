"""A whole clip projected: its chunks spread over processes, the same bytes for any number of them.

Kernels run on one thread each; what is shared out are chunks. A run that was stopped goes on at the
chunks that aren't there yet.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from projection.batch import chunk_files
from projection.batch.chunk import ChunkOutcome
from projection.batch.code_version import code_version
from projection.batch.label_table import BatchLabel, Versions, label_table
from projection.batch.plan import Chunk, as_specs, camera_folders, chunks_of
from projection.batch.pool import Job, Unit, run_here, run_in_pool
from projection.batch.report import Report
from projection.batch.scenery import Scenery
from projection.batch.sweeps import FolderSweeps, Sweeps
from projection.batch.ticks import TickChunk, tick_chunks
from projection.cameras.pinhole import Pinhole
from projection.io.clip_folder import ClipFolder
from projection.io.errors import FormatError
from projection.labels import LabelSet
from projection.scene import Cloud, Mesh
from projection.spec import shown
from projection.target_spec import TargetSpec, TargetSpecs

MANIFEST, REPORT = "manifest.json", "report.json"
FORMAT = "labelapp-targets/1"


def project_clip(  # noqa: PLR0913  what goes in, and how
    clip: ClipFolder,
    label_sets: Sequence[LabelSet],
    spec: TargetSpec | TargetSpecs,
    out: Path,
    *,
    versions: Versions | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    mesh: Mesh | None = None,
    cloud: Cloud | None = None,
) -> Report:
    """Project a clip's labels into a folder of Parquet files; what is there and right is kept.

    Args:
        clip: The clip.
        label_sets: Its labels.
        spec: What is asked for: one spec, or one for each head.
        out: The folder; made if it isn't there.
        versions: Of the labels, by layer and id, where someone counts them.
        workers: Processes; None: as many as there are processors. One: this process.
        progress: Told how many images and ticks are done, of how many.
        mesh: A surface of the world that is no label.
        cloud: Points of the world, without what moves.

    Raises:
        FormatError: The spec doesn't fit the clip, labels have the same id, or a sweep is broken.
        WorkerLostError: A worker process died.
    """
    began = time.monotonic()
    specs = as_specs(spec)
    labels = label_table(label_sets, versions)
    units = _units(clip, specs)
    out.mkdir(parents=True, exist_ok=True)
    # Without a manifest, a folder isn't whole.
    for folder in {out, *(out / name for name, _ in specs.heads)}:
        for name in (MANIFEST, REPORT):
            (folder / name).unlink(missing_ok=True)
    scenery = Scenery(mesh, cloud, Sweeps(FolderSweeps(clip)))
    job = Job(labels, clip.trajectory, specs, out, scenery)
    count = max(1, min(workers or len(os.sched_getaffinity(0)), len(units)))
    tell = progress or (lambda _done, _total: None)
    total = sum(len(unit.images) for unit in units)
    tell(0, total)
    run = run_here if count == 1 else run_in_pool
    found = run(job, units, count, lambda done: tell(done, total))
    heads = {name: place for place, (name, _) in enumerate(specs.heads)}
    # Chunks of ticks, which have no camera, come last.
    names = [*(camera.name for camera in clip.cameras), ""]
    cameras = {name: place for place, name in enumerate(names)}
    outcomes = sorted(
        (outcome for made in found for outcome in made),
        key=lambda outcome: (heads[outcome.head], cameras[outcome.camera], outcome.name),
    )
    removed = _remove_others(out, specs, units)
    images = sum(len(unit.images) for unit in units if isinstance(unit, Chunk))
    seconds = time.monotonic() - began
    report = Report(tuple(outcomes), images, removed, seconds, _notes(specs, labels))
    chunk_files.write_json(out / REPORT, report.to_dict())
    for name, head in specs.heads:
        if name:
            about = _manifest(clip, label_sets, name, head, report, labels)
            chunk_files.write_json(out / name / MANIFEST, about)
    whole = _manifest(clip, label_sets, "", specs.heads[0][1], report, labels)
    if not specs.is_single:
        whole = {
            "format": FORMAT,
            "clip": clip.name,
            "spec": specs.to_dict(),
            "code_version": code_version(),
            "heads": [name for name, _ in specs.heads],
        }
    chunk_files.write_json(out / MANIFEST, whole)
    return report


def _units(clip: ClipFolder, specs: TargetSpecs) -> list[Unit]:
    """Chunks of images and of ticks: the first of each camera and head, then the rest.

    Of the rest the slowest come first: at the end nobody waits long for the last.
    """
    heads = [spec for _, spec in specs.heads]
    images = chunks_of(clip, specs) if any(spec.has_images for spec in heads) else []
    ticks = list(tick_chunks(clip.ticks_ns().tolist(), clip.trajectory, heads))
    for number, spec in enumerate(heads):
        if spec.has_ticks and not any(chunk.head == number for chunk in ticks):
            expected = "a span with ticks of the clip"
            raise FormatError.of("target spec", "sampling", expected, "none")
        if spec.sweeps is not None and not clip.sweeps:
            found = "no sweeps"
            raise FormatError.of("target spec", "sweeps", "a clip with sweeps", found)
    units: list[Unit] = [*images, *ticks]
    # The quickest first: the sooner there is something to look at.
    firsts = sorted((unit for unit in units if unit.number == 0), key=_cost)
    rest = [unit for unit in units if unit.number != 0]
    return firsts + sorted(rest, key=lambda unit: _cost(unit)[:2], reverse=True)


def _cost(unit: Unit) -> tuple[bool, bool, int]:
    """What a chunk costs beside others: lines of a shutter, then bent rays, then pixels."""
    if isinstance(unit, TickChunk):
        return (True, True, 0)
    camera = unit.camera
    pixels = camera.width * camera.height * len(unit.images)
    return (camera.shutter.is_rolling, not isinstance(camera.lens, Pinhole), pixels)


def _remove_others(out: Path, specs: TargetSpecs, units: Sequence[Unit]) -> tuple[str, ...]:
    """Delete what an earlier run made and this one doesn't ask for, and what a killed one left."""
    removed: list[str] = []
    for number, (name, spec) in enumerate(specs.heads):
        keep = set()
        for unit in units:
            if isinstance(unit, TickChunk):
                if unit.head == number:
                    keep.add(f"{chunk_files.TICKS}/{unit.name}")
                    keep |= {f"{chunk_files.RASTERS}/{time}.npz" for time in unit.times_ns}
            elif unit.share(number):
                keep |= {
                    f"{kind}/{unit.name}" for kind in (chunk_files.TARGETS, chunk_files.IMAGES)
                }
                keep |= {
                    f"{folder}/{unit.folder}/{image.time_ns}.png"
                    for target, folder in chunk_files.PICTURES.items()
                    if spec.wants(target)
                    for image in unit.images_of(number)
                }
        removed += _clean(out, name, keep)
    for folder in sorted(_earlier(out) - {name for name, _ in specs.heads}):
        removed += _clean(out, folder, set())
        if folder:
            (out / folder / MANIFEST).unlink(missing_ok=True)
    return tuple(removed)


def _notes(specs: TargetSpecs, labels: Sequence[BatchLabel]) -> tuple[str, ...]:
    """Classes that are asked for and that no label has: one may be misspelt."""
    notes = []
    for name, spec in specs.heads:
        there = {
            entry.label.class_name
            for entry in labels
            if spec.class_of_label(entry.label, entry.layer) is not None
        }
        asked = [of for rule in spec.classes or () for of in rule.of]
        missing = [of for of in asked if of not in there]
        if missing:
            where = f"heads.{name}.classes" if name else "classes"
            notes.append(f"{where}: no label is {' or '.join(map(shown, missing))}")
    return tuple(notes)


def _earlier(out: Path) -> set[str]:
    """Folders that runs wrote: this one, and those of heads."""
    found = {""}
    for path in out.glob(f"*/{MANIFEST}"):
        try:
            if json.loads(path.read_text(encoding="utf-8")).get("format") == FORMAT:
                found.add(path.parent.name)
        except (OSError, ValueError, AttributeError):
            continue
    return found


def _clean(out: Path, head: str, keep: set[str]) -> list[str]:
    """Delete a head's files but those to keep; their names."""
    removed, folder = [], out / head
    kinds = (chunk_files.TARGETS, chunk_files.IMAGES, chunk_files.TICKS, chunk_files.RASTERS)
    endings = (".parquet", ".png", ".npz", chunk_files.PARTIAL)
    for kind in (*kinds, *chunk_files.PICTURES.values()):
        # Ticks lie in the folder itself, images' files in one of their camera.
        for path in sorted([*(folder / kind).glob("*/*"), *(folder / kind).glob("*")]):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name not in keep and path.suffix in endings:
                path.unlink()
                removed.append(f"{head}/{name}" if head else name)
    return removed


def _manifest(
    clip: ClipFolder,
    label_sets: Sequence[LabelSet],
    head: str,
    spec: TargetSpec,
    report: Report,
    labels: Sequence[BatchLabel],
) -> dict[str, Any]:
    """What a folder holds, the same whichever run made which part of it."""
    names = [camera.name for camera in clip.cameras]
    folders = dict(zip(names, camera_folders(names), strict=True))
    chunks = [chunk for chunk in report.chunks if chunk.head == head]
    taken = {chunk.camera for chunk in chunks}
    return {
        "format": FORMAT,
        "clip": clip.name,
        "spec": spec.to_dict(),
        "code_version": code_version(),
        "classes": _classes(labels, spec),
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
            if camera.name in taken
        ],
        "images": sum(chunk.images for chunk in chunks if chunk.camera),
        "targets": sum(chunk.rows for chunk in chunks),
        "chunks": [_described(c, "images") for c in chunks if c.camera],
        "ticks": [_described(c, "ticks") for c in chunks if not c.camera],
    }


def _described(chunk: ChunkOutcome, counted: str) -> dict[str, Any]:
    about = {"chunk": chunk.name, counted: chunk.images, "inputs_hash": chunk.inputs_hash}
    return about | ({"targets": chunk.rows} if chunk.camera else {})


def _classes(labels: Sequence[BatchLabel], spec: TargetSpec) -> list[str]:
    """The classes, in the order in which pictures and rasters number them."""
    if spec.classes is not None:
        return [rule.name for rule in spec.classes]
    found = {spec.class_of_label(entry.label, entry.layer) for entry in labels}
    return sorted(name for name in found if name is not None)
