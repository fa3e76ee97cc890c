"""WebDataset as our exports write it: tar files of samples, an image each.

A sample's ``json`` says clip, camera and time, each ``<head>.json`` has rows of targets; their
boxes are in the camera's frame where the spec asked for ``box3d``.
"""

import tarfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Any

import orjson

from labelapp.common.checking import Shown
from labelapp.imports.errors import ImportDefectError, defect
from labelapp.imports.files import MAX_FILE_BYTES, Files
from labelapp.imports.formats.image_rows import PLACED, ImageRow, boxes_of_rows, time_of
from labelapp.imports.reading import ClipGeometry, Reading, Recording


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each clip and layer; all shards are read once for it."""
    found: dict[tuple[str, str, str], list[ImageRow]] = {}
    images: dict[str, set[tuple[str, int]]] = {}
    count = placed = 0
    for name in files.ending(".tar"):
        for about, place, rows in _samples(files, name):
            camera, clip_id = str(about.get("camera")), str(about.get("clip_id"))
            time_ns = time_of(about, name, place)
            images.setdefault(clip_id, set()).add((camera, time_ns))
            for row in rows:
                count += 1
                placed += all(row.get(key) is not None for key in PLACED)
                layer = str(row.get("layer") or "")
                key = (clip_id, str(about.get("clip")), layer)
                found.setdefault(key, []).append(ImageRow(name, place, camera, time_ns, row))
    if count and not placed:
        msg = (
            f"{files.title}: expected boxes in space in the samples' targets ({', '.join(PLACED)}:"
            " ask for the target box3d in the export's spec), found none."
        )
        raise ImportDefectError(msg, details={"file": files.title})
    return [
        Recording(f"{clip}, {layer}", (clip_id, clip), (layer, rows, images[clip_id]))
        for (clip_id, clip, layer), rows in found.items()
    ]


def _samples(files: Files, name: str) -> Iterator[tuple[dict[str, Any], str, list[dict[str, Any]]]]:
    """Yield what is said of each image, its key, and the rows of all heads."""
    with files.open(name) as file:
        key, about = "", None
        rows: list[dict[str, Any]] = []
        for path, content in _json_files(name, file):
            folder = str(PurePosixPath(path).parent)
            stem, _, kind = PurePosixPath(path).name.partition(".")
            if f"{folder}/{stem}" != key:
                if about is not None and "camera" in about:
                    yield about, key, rows
                key, about, rows = f"{folder}/{stem}", None, []
            try:
                document = orjson.loads(content)
            except orjson.JSONDecodeError as error:
                raise defect(name, "JSON", Shown(f"otherwise ({error})"), row=path) from error
            if not isinstance(document, dict):
                continue
            if kind == "json":
                about = document
            elif isinstance(document.get("targets"), list):
                rows += [row for row in document["targets"] if isinstance(row, dict)]
        if about is not None and "camera" in about:
            yield about, key, rows


def _json_files(name: str, file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for member in archive:
                if not member.isreg() or not member.name.endswith(".json"):
                    continue
                if member.size > MAX_FILE_BYTES:
                    raise defect(name, "small files of targets", member.size, row=member.name)
                content = archive.extractfile(member)
                if content is not None:
                    yield member.name, content.read()
    except (tarfile.TarError, EOFError) as error:
        raise defect(name, "a tar file", Shown(f"otherwise ({error})")) from error


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return a clip's boxes as tracks in the world."""
    del files
    layer, rows, images = recording.about
    reading = Reading(layer=layer or None)
    reading.labels = boxes_of_rows(rows, geometry, reading.report, images)
    return reading
