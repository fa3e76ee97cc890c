"""Recorded pictures, in the kind of file that a format asks for."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from labelapp.clips.selectors import image_file
from labelapp.clips.storage import clip_storage
from labelapp.common.storage import read_all
from labelapp.datasets.source import ClipSource

_JPEG_QUALITY = 95
#: So many threads read so many pictures each while others are written.
_READERS, _GROUP = 4, 8


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
    clip: ClipSource, images: Sequence[tuple[str, int]]
) -> Iterator[tuple[bytes, str] | None]:
    """Yield what ``recorded_picture`` returns of many images, some read ahead of the others.

    Args:
        clip: whose.
        images: camera and time of each.
    """
    groups = [images[first : first + _GROUP] for first in range(0, len(images), _GROUP)]

    def read(group: Sequence[tuple[str, int]]) -> list[tuple[bytes, str] | None]:
        return [recorded_picture(clip, camera, time_ns) for camera, time_ns in group]

    with ThreadPoolExecutor(_READERS, "pictures") as pool:
        pending = deque(pool.submit(read, group) for group in groups[:_READERS])
        try:
            for group in groups[_READERS:]:
                found = pending.popleft().result()
                pending.append(pool.submit(read, group))
                yield from found
            while pending:
                yield from pending.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


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
