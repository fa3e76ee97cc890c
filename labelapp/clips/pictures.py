"""Pictures of a recording: is it one, whole, of the right size; and a small copy of it."""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

THUMBNAIL_WIDTH_PX = 480
#: No picture of a camera is bigger; a file that is was made to fill the memory.
_MAX_FILE_BYTES = 256 * 1024 * 1024
_FORMAT_OF_SUFFIX = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
_EXTENSION = {"JPEG": "jpg", "PNG": "png"}
_ORIENTATION_TAG = 0x0112
#: Whatever Pillow's decoders throw at broken files.
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    MemoryError, struct.error, zlib.error,
)  # fmt: skip
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PictureError(ValueError):
    """A file is not the picture that it should be; the message continues "<path>: "."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was decoded whole.

    Attributes:
        extension: ``jpg`` or ``png``, by its content.
        size: of the file, in bytes.
        sha256: of the file, hexadecimal.
    """

    extension: str
    size: int
    sha256: str


def picture_check(path: Path, *, width: int, height: int) -> Picture:
    """Return what a picture is, after decoding all of it.

    Args:
        path: the file.
        width: of the camera, pixels.
        height: of the camera, pixels.

    Raises:
        PictureError: it is not a JPEG or PNG, not of this size, or broken.
    """
    expected = _FORMAT_OF_SUFFIX.get(path.suffix.lower())
    if expected is None:
        msg = f"expected a name that ends in .jpg or .png, found '{path.suffix}'"
        raise PictureError(msg)
    content = read_picture(path)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            _check_header(image, expected, width, height)
            image.load()
    except PictureError:
        raise
    except _BOMBS as error:
        msg = f"expected {width} x {height} pixels, found a picture too big to be decoded"
        raise PictureError(msg) from error
    except _DECODER_ERRORS as error:
        msg = f"expected a whole {expected} picture, found one that can't be decoded ({error})"
        if isinstance(error, UnidentifiedImageError):
            start = content[:8].hex(" ")
            msg = f"expected a {expected} picture, found something else (it starts with {start})"
        raise PictureError(msg) from error
    digest = hashlib.sha256(content).hexdigest()
    return Picture(_EXTENSION[expected], len(content), digest)


def read_picture(path: Path) -> bytes:
    """Return a picture's bytes.

    Raises:
        PictureError: it can't be read, is empty, or is too big to be one.
    """
    try:
        size = path.stat().st_size
        if size > _MAX_FILE_BYTES:
            msg = f"expected at most {_MAX_FILE_BYTES} bytes, found {size}"
            raise PictureError(msg)
        content = path.read_bytes()
    except OSError as error:
        msg = f"expected a picture, found a file that can't be read ({error.strerror})"
        raise PictureError(msg) from error
    if not content:
        msg = "expected a picture, found an empty file"
        raise PictureError(msg)
    return content


def thumbnail_make(content: bytes) -> bytes:
    """Return a JPEG of at most 480 px in width from a picture that was checked before."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
        scale = min(1.0, THUMBNAIL_WIDTH_PX / image.width)
        size = (round(image.width * scale) or 1, round(image.height * scale) or 1)
        image.draft(None, size)  # a JPEG is decoded at a fraction of its size straight away
        small = _eight_bits(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        out = io.BytesIO()
        small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _check_header(image: Image.Image, expected: str, width: int, height: int) -> None:
    if image.format != expected:
        msg = f"expected a {expected} picture as its name says, found {image.format}"
        raise PictureError(msg)
    if image.size != (width, height):
        msg = (
            f"expected {width} x {height} pixels as its camera has,"
            f" found {image.width} x {image.height}"
        )
        raise PictureError(msg)
    orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    if orientation not in {0, 1}:
        # Browsers would turn it, the calibration does not: nobody can say which is meant.
        msg = f"expected a picture stored upright, found EXIF orientation {orientation}"
        raise PictureError(msg)


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("L" if image.mode in {"1", "L", "LA"} else "RGB")
