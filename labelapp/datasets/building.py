"""Building an export's files from its pieces, and publishing them."""

import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from labelapp.clips.selectors import image_file
from labelapp.clips.storage import clip_storage
from labelapp.common import jobs
from labelapp.common.jobs import JobContext
from labelapp.common.storage import delete_folder, put_file, read_all
from labelapp.datasets.code_version import code_version
from labelapp.datasets.formats import FORMATS, TargetsReader
from labelapp.datasets.models import Export
from labelapp.datasets.pieces import pieces_clear, pieces_make
from labelapp.datasets.source import PIECE_IMAGES, ExportSource
from labelapp.datasets.storage import export_storage, files_prefix, pieces_prefix
from projection.labels import Cuboid

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
    pieces_clear()
    if export.files:
        return
    source = ExportSource.of(export)
    images = sum(item.clip.image_count for item in source.items)
    pictures = sum(item.clip.picture_count for item in source.items)
    total = images + (pictures if export.include_images else 0)
    context.progress(0, total, "projecting")
    _call_helpers(export, images)
    pieces_make(source, progress=context.progress)
    prefix = files_prefix(export.pk, context.attempt)
    with TemporaryDirectory(prefix="labelapp-export-") as folder:
        names = _write_formats(context, source, Path(folder))
        if export.include_images:
            context.progress(images, message="copying pictures")
            names.append(
                _write_pictures(source, Path(folder), lambda done: context.progress(images + done))
            )
        files = [_described(Path(folder) / name) for name in sorted(names)]
        files.append(_write_manifest(source, Path(folder), files))
        context.progress(total, message="storing")
        for file in files:
            context.check()
            put_file(export_storage(), f"{prefix}/{file['name']}", Path(folder) / file["name"])
    with context.publish():
        Export.objects.filter(pk=export.pk).update(
            files=files, files_prefix=prefix, has_pieces=False
        )
    delete_folder(export_storage(), pieces_prefix(export.pk))


def _call_helpers(export: Export, image_count: int) -> None:
    """Ask idle workers to project along; the export gets done with none of them, too."""
    for helper in range(min(MAX_HELPERS, image_count // (4 * PIECE_IMAGES))):
        jobs.enqueue(HELP_KIND, queue=HELP_QUEUE, export_id=export.pk, helper=str(helper))


def _write_formats(context: JobContext, source: ExportSource, folder: Path) -> list[str]:
    scratch = folder / "scratch"
    scratch.mkdir()
    names = []
    for name in source.export.formats:
        context.check()
        names.append(FORMATS[name](TargetsReader(source, scratch), folder))
    return names


def _write_pictures(source: ExportSource, folder: Path, progress: Callable[[int], None]) -> str:
    """Write the pictures into one archive; they are compressed already."""
    done = 0
    with zipfile.ZipFile(folder / IMAGES_FILE, "w", zipfile.ZIP_STORED) as archive:
        for image in source.images():
            if not image.has_picture:
                continue
            file = image_file(image.source.clip, image.camera.name, image.index, is_thumbnail=False)
            content = read_all(clip_storage(), file.name)
            archive.writestr(zipfile.ZipInfo(image.path, _ZIP_TIME), content)
            done += 1
            progress(done)
    return IMAGES_FILE


def _write_manifest(
    source: ExportSource, folder: Path, files: list[dict[str, Any]]
) -> dict[str, Any]:
    """Write what the export was made from: with this and the code it can be made again."""
    export = source.export
    clips = []
    left_out: Counter[str] = Counter()
    for clip in source.clips():
        left_out.update(
            versioned.label.geometry
            for versioned in clip.labels
            if not isinstance(versioned.label, Cuboid)
        )
        clips.append(
            {
                "clip_id": str(clip.clip.pk),
                "name": clip.clip.name,
                "content_hash": clip.clip.content_hash,
                "label_set_id": str(clip.label_set.pk),
                "revision": clip.revision,
                "label_count": len(clip.labels),
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
        "layer": export.layer,
        "source": export.source,
        "formats": export.formats,
        "include_images": export.include_images,
        "code_version": code_version(),
        "ontology": (
            {"id": str(export.ontology.pk), "version": export.ontology.version}
            if export.ontology
            else None
        ),
        "clips": clips,
        # What these formats do not hold, by geometry.
        "labels_left_out": dict(sorted(left_out.items())),
        "files": files,
    }
    path = folder / MANIFEST_FILE
    path.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    return _described(path)


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "size": path.stat().st_size, "sha256": digest}
