"""Building an export's files from its pieces, and publishing them."""

import contextlib
import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from django.core.files.storage import FileSystemStorage

from labelapp.clips.selectors import image_file
from labelapp.clips.storage import clip_storage
from labelapp.common import jobs
from labelapp.common.jobs import JobContext, JobLostError
from labelapp.common.storage import delete_folder, move_file, read_all
from labelapp.datasets.cards.files import card_is_made, card_write
from labelapp.datasets.cards.making import card_image_count
from labelapp.datasets.code_version import code_version
from labelapp.datasets.errors import NothingToExportError
from labelapp.datasets.formats import FORMATS, TargetsReader
from labelapp.datasets.formats.losses import PLACE
from labelapp.datasets.models import DatasetCard, Export
from labelapp.datasets.pieces import pieces_keep, pieces_make, pieces_of_clips
from labelapp.datasets.projecting import pieces_of
from labelapp.datasets.source import ExportSource, ImageRef
from labelapp.datasets.storage import (
    card_pieces_prefix,
    export_storage,
    files_prefix,
    making_prefix,
)
from labelapp.datasets.sweeping import exports_sweep
from labelapp.datasets.telling import export_tell
from projection.batch.code_version import code_version as projection_version
from projection.batch.plan import CHUNK_IMAGES, Chunk

FORMAT = "labelapp-export/1"
HELP_KIND = "datasets.project"
HELP_QUEUE = "projection"
#: As many workers as one export may keep busy beside its own.
MAX_HELPERS = 7
IMAGES_FILE = "images.zip"
MANIFEST_FILE = "manifest.json"
#: Zip files hold local times; a fixed one keeps the bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def export_build(context: JobContext, export: Export) -> None:
    """Make all that is not made yet, and publish it; nothing happens if that was done before."""
    exports_sweep()
    if export.files:
        return
    try:
        _build(context, export)
    except JobLostError:
        # Nobody will name the files of this attempt; where it was cancelled, of none.
        delete_folder(export_storage(), files_prefix(export.pk, context.attempt))
        exports_sweep()
        raise
    exports_sweep()


def _build(context: JobContext, export: Export) -> None:
    source = ExportSource.of(export)
    planned = _Planned.of(source)
    if not planned.images:
        msg = "The spec takes no image and no tick of these clips: see its cameras and sampling."
        raise NothingToExportError(msg)
    copied = planned.pictures if export.include_images and _needs_pictures(export) else 0
    card_images = _card_images(context, export)
    total = planned.images + copied + card_images
    context.progress(0, total, "projecting")
    _call_helpers(export, planned.images)
    pieces_make(source, progress=context.progress)
    prefix = files_prefix(export.pk, context.attempt)
    with _making(export, context.attempt) as folder:
        digests: dict[str, str] = {}
        names, found = _write_formats(context, source, Path(folder), digests)
        done = planned.images
        if export.include_images and _needs_pictures(export):
            context.progress(done, message="copying pictures")
            names.append(_write_pictures(source, Path(folder), partial(_onwards, context, done)))
        if export.include_card and export.version is not None:
            done += copied
            context.progress(done, message="counting for the card")
            pieces = card_pieces_prefix(export.pk)
            onwards = partial(_onwards, context, done)
            names += card_write(export.version, Path(folder), pieces, onwards)
        files = [_described(Path(folder) / name, digests.get(name)) for name in sorted(names)]
        files.append(_write_manifest(source, Path(folder), files, found))
        context.progress(total, message="storing")
        _store(context, prefix, [Path(folder) / file["name"] for file in files])
    with context.publish():
        Export.objects.filter(pk=export.pk).update(files=files, files_prefix=prefix)
        if export.include_card and export.version is not None:
            # Its page finds it: nobody need ask for it any more.
            DatasetCard.objects.get_or_create(
                content_hash=export.version.content_hash, defaults={"job": export.job}
            )
        export_tell(export, "export.done")
    pieces_keep(source)


def _card_images(context: JobContext, export: Export) -> int:
    """Return how many images are to be projected for the card that comes along."""
    version = export.version
    if not export.include_card or version is None or card_is_made(version):
        return 0
    return card_image_count(version, context.check)


def _onwards(context: JobContext, before: int, count: int) -> None:
    context.progress(before + count)


def _making(export: Export, attempt: int) -> TemporaryDirectory[str]:
    """Return a folder to write files in: on the storage's own disk, where it has one."""
    storage, parent = export_storage(), None
    if isinstance(storage, FileSystemStorage):
        # What is left of a killed worker goes with the rest of its attempt.
        parent = storage.path(making_prefix(export.pk, attempt))
        Path(parent).mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(prefix="labelapp-export-", dir=parent)


def _store(context: JobContext, prefix: str, paths: list[Path]) -> None:
    """Store an attempt's files; those of one that fails meanwhile are taken away again."""
    try:
        for path in paths:
            context.check()
            move_file(export_storage(), f"{prefix}/{path.name}", path)
    except Exception:
        with contextlib.suppress(Exception):  # what went wrong first is what is told
            delete_folder(export_storage(), prefix)
        raise


@dataclass(frozen=True, slots=True)
class _Planned:
    """How much there is to do: images and ticks, and pictures to copy."""

    images: int
    pictures: int

    @classmethod
    def of(cls, source: ExportSource) -> "_Planned":
        images = pictures = 0
        for pieces in pieces_of_clips(source):
            images += pieces.image_count
            pictures += pieces.picture_count
        return cls(images, pictures)


def _call_helpers(export: Export, image_count: int) -> None:
    """Ask idle workers to project along; the export gets done with none of them, too."""
    for helper in range(min(MAX_HELPERS, image_count // (4 * CHUNK_IMAGES))):
        jobs.enqueue(HELP_KIND, queue=HELP_QUEUE, export_id=export.pk, helper=str(helper))


def _needs_pictures(export: Export) -> bool:
    """Whether a format refers to pictures that it hasn't in files of its own."""
    return not all(FORMATS[name].own_pictures for name in export.formats)


def _write_formats(
    context: JobContext, source: ExportSource, folder: Path, digests: dict[str, str]
) -> tuple[list[str], "_NotHeld"]:
    """Write the files of all formats; returns their names, and what each format can't hold.

    ``digests`` gets the SHA-256 of those that were hashed while they were written.
    """
    scratch = folder / "scratch"
    scratch.mkdir()
    names = []
    formats = source.export.formats
    found = _NotHeld({n: Counter() for n in formats}, {n: Counter() for n in formats})
    for name, split in product(formats, source.splits()):
        one_for_all = FORMATS[name].joins_heads
        for number, (head, _) in enumerate(source.specs.heads[: 1 if one_for_all else None]):
            context.check()
            reader = TargetsReader(
                source,
                head,
                number,
                scratch,
                split,
                found.report[name],
                found.lost[name],
                digests,
                context.check,
            )
            names += FORMATS[name].write(reader, folder)
    return names, found


@dataclass(frozen=True, slots=True)
class _NotHeld:
    """What formats don't hold of labels that they do hold, by format.

    Attributes:
        report: Sentences, and how often.
        lost: Fields, and of how many labels.
    """

    report: dict[str, Counter[str]]
    lost: dict[str, Counter[str]]


def _write_pictures(source: ExportSource, folder: Path, progress: Callable[[int], None]) -> str:
    """Write the pictures into one archive; they are compressed already."""
    done = 0
    with zipfile.ZipFile(folder / IMAGES_FILE, "w", zipfile.ZIP_STORED) as archive:
        for image in _pictures(source):
            file = image_file(image.source.clip, image.camera_name, image.index, is_thumbnail=False)
            content = read_all(clip_storage(), file.name)
            archive.writestr(zipfile.ZipInfo(image.path, _ZIP_TIME), content)
            done += 1
            progress(done)
    return IMAGES_FILE


def _pictures(source: ExportSource) -> Iterator[ImageRef]:
    """Yield the images whose pictures were kept, in the order of the tables."""
    for clip in source.clips():
        by_time = {
            camera.name: clip.images_by_time(camera.name) for camera in clip.manifest.cameras
        }
        for piece in pieces_of(clip, source.specs):
            for image in piece.images if isinstance(piece, Chunk) else ():
                if image.path is not None:
                    index = by_time[image.camera][image.time_ns]
                    yield ImageRef(clip, image.camera, index, image.path)


def _write_manifest(
    source: ExportSource,
    folder: Path,
    files: list[dict[str, Any]],
    found: _NotHeld,
) -> dict[str, Any]:
    """Write what the export was made from: with this and the code it can be made again."""
    export = source.export
    clips = []
    left_out: dict[str, Counter[str]] = {name: Counter() for name in export.formats}
    for pieces in pieces_of_clips(source):
        clip, labels = pieces.clip, pieces.index.labels
        for name, counted in left_out.items():
            left = sum(FORMATS[name].leaves_out(one) for one in labels)
            counted.update(one.geometry for one in labels if FORMATS[name].leaves_out(one))
            if not FORMATS[name].has_places(source.specs):
                found.lost[name][PLACE] += len(labels) - left
        clips.append(
            {
                "clip_id": str(clip.clip.pk),
                "name": clip.clip.name,
                "content_hash": clip.clip.content_hash,
                "split": clip.split,
                "label_sets": [
                    {
                        "id": str(part.label_set.pk),
                        "layer": part.label_set.layer,
                        "source": part.label_set.source,
                        "revision": part.revision,
                        "label_count": sum(one.layer == part.label_set.layer for one in labels),
                    }
                    for part in clip.parts
                ],
                "cameras": [
                    {
                        "name": camera.name,
                        "calibration_hash": camera.calibration_hash,
                        "image_count": len(camera.times_ns),
                    }
                    for camera in clip.manifest.cameras
                ],
            }
        )
    manifest = {
        "format": FORMAT,
        "dataset": _dataset(export),
        "layer": export.layer,
        "source": export.source,
        "formats": export.formats,
        "include_images": export.include_images,
        "include_card": export.include_card,
        "spec": source.specs.to_dict(),
        "code_version": code_version(),
        "projection_version": projection_version(),
        "ontology": (
            {"id": str(export.ontology.pk), "version": export.ontology.version}
            if export.ontology
            else None
        ),
        "clips": clips,
        # What each format does not hold, by geometry.
        "labels_left_out": _sorted_counts(left_out),
        # ... and what else of the labels that it does hold, in sentences.
        "report": _sorted_counts(found.report),
        # ... and which of their fields, of how many labels.
        "fields_lost": _sorted_counts(found.lost),
        "files": files,
    }
    path = folder / MANIFEST_FILE
    path.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    return _described(path)


def _sorted_counts(counts: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {
        name: {key: count for key, count in sorted(counted.items()) if count}
        for name, counted in counts.items()
    }


def _dataset(export: Export) -> dict[str, Any] | None:
    version = export.version
    if version is None:
        return None
    return {
        "name": version.dataset.name,
        "project": version.dataset.project.slug,
        "version": version.number,
        "version_id": str(version.pk),
        "content_hash": version.content_hash,
        "query": version.query,
        "split": version.split,
    }


def _described(path: Path, digest: str | None = None) -> dict[str, Any]:
    """Return a file's name, size, and SHA-256, which whoever wrote it may know."""
    if digest is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "size": path.stat().st_size, "sha256": digest}
