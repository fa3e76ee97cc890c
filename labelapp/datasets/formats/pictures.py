"""Recorded pictures, in the kind of file that a format asks for."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from django.core.files.storage import FileSystemStorage

from labelapp.clips.selectors import image_file
from labelapp.clips.storage import clip_storage, image_name
from labelapp.common.storage import read_all
from labelapp.datasets.source import ClipSource

_JPEG_QUALITY = 95
#: So many threads read so many pictures each while others are written.
READERS, _GROUP = 4, 16


def recorded_picture(clip: ClipSource, camera_name: str, time_ns: int) -> tuple[bytes, str] | None:
    """Return a picture as it was recorded, and ``jpg`` or ``png``; None: it wasn't kept."""
    number = clip.manifest.camera_number(camera_name)
    index = clip.images_by_time(camera_name)[time_ns]
    extension = clip.manifest.cameras[number].extensions[index]
    if not extension:
        return None
    file = image_file(clip.clip, camera_name, index, is_thumbnail=False)
    return read_all(clip_storage(), file.name), extension


def recorded_pictures(
    clip: ClipSource, images: Sequence[tuple[str, int]], pool: ThreadPoolExecutor
) -> Iterator[tuple[bytes, str] | None]:
    """Yield what ``recorded_picture`` returns of many images, some read ahead of the others.

    Args:
        clip: whose.
        images: camera and time of each.
        pool: reads them.
    """
    pictures = _Pictures(clip)
    groups = [images[first : first + _GROUP] for first in range(0, len(images), _GROUP)]
    pending = deque(pool.submit(pictures.read, group) for group in groups[:READERS])
    for group in groups[READERS:]:
        found = pending.popleft().result()
        pending.append(pool.submit(pictures.read, group))
        yield from found
    while pending:
        yield from pending.popleft().result()


class _Pictures:
    """A clip's pictures; on a disk, their folder is looked up once.

    Args:
        clip: whose.
    """

    def __init__(self, clip: ClipSource) -> None:
        storage = clip_storage()
        self._clip = clip
        self._prefix = clip.clip.storage_prefix
        on_disk = isinstance(storage, FileSystemStorage)
        self._folder = storage.path(self._prefix) if on_disk else None
        # Looked up here: what is kept with the clip isn't made for several threads.
        self._cameras = {
            camera.name: (number, camera, clip.images_by_time(camera.name))
            for number, camera in enumerate(clip.manifest.cameras)
        }

    def read(self, images: Sequence[tuple[str, int]]) -> list[tuple[bytes, str] | None]:
        """Return some pictures; None for those that weren't kept."""
        found: list[tuple[bytes, str] | None] = []
        for camera, time_ns in images:
            number, stored, by_time = self._cameras[camera]
            index = by_time[time_ns]
            extension = stored.extensions[index]
            name = image_name(number, index, extension)
            size = stored.sizes[index]
            found.append((self._content(name, size), extension) if extension else None)
        return found

    def _content(self, name: str, size: int) -> bytes:
        if self._folder is None:
            return read_all(clip_storage(), f"{self._prefix}/{name}")
        path = f"{self._folder}/{name}"
        # HOT: datasets.exporting. Whoever knows the size needn't ask for it.
        handle = os.open(path, os.O_RDONLY)
        try:
            content = os.read(handle, size + 1)
        finally:
            os.close(handle)
        return content if len(content) == size else Path(path).read_bytes()


def png_of(content: bytes, extension: str) -> bytes:
    """Return a picture as PNG; pixels stay what they are."""
    return content if extension == "png" else _encoded(content, ".png", [])


def jpeg_of(content: bytes, extension: str) -> bytes:
    """Return a picture as JPEG: its own bytes where it is one, else of quality 95."""
    if extension == "jpg":
        return content
    return _encoded(content, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])


def _encoded(content: bytes, extension: str, options: list[int]) -> bytes:
    pixels = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        msg = f"picture: expected a JPEG or PNG, found {content[:16]!r}"
        raise ValueError(msg)
    _, encoded = cv2.imencode(extension, pixels, options)
    return bytes(encoded.tobytes())
