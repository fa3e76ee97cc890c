"""Pictures are believed only after they were decoded whole."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelapp.clips.pictures import PictureError, picture_check, thumbnail_make


def picture(path: Path, size=(64, 48), kind: str = "JPEG", **options) -> Path:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, kind, **options)
    return path


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.png", "PNG")]
)
def test_a_whole_picture_is_taken(tmp_path: Path, name, kind) -> None:
    path = picture(tmp_path / name, kind=kind)
    found = picture_check(path, width=64, height=48)
    assert found.extension == {"JPEG": "jpg", "PNG": "png"}[kind]
    assert found.size == path.stat().st_size


def refusal(path: Path) -> str:
    with pytest.raises(PictureError) as caught:
        picture_check(path, width=64, height=48)
    return str(caught.value)


def test_a_picture_of_another_size_is_refused(tmp_path: Path) -> None:
    message = refusal(picture(tmp_path / "a.jpg", size=(48, 64)))
    assert message == "expected 64 x 48 pixels as its camera has, found 48 x 64"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_picture_that_was_cut_off_is_refused(tmp_path: Path, kind, kept) -> None:
    path = picture(tmp_path / f"a.{kind.lower()}", kind=kind)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert "can't be decoded" in refusal(path)


def test_a_text_that_is_called_a_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("hello world")
    message = refusal(path)
    assert message.startswith("expected a JPEG picture, found something else")
    assert "68 65 6c 6c" in message


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert refusal(tmp_path / "a.png") == "expected a picture, found an empty file"


def test_a_picture_of_another_kind_than_its_name_says_is_refused(tmp_path: Path) -> None:
    message = refusal(picture(tmp_path / "a.jpg", kind="PNG"))
    assert message == "expected a JPEG picture as its name says, found PNG"


def test_other_kinds_of_pictures_are_refused(tmp_path: Path) -> None:
    assert "found '.gif'" in refusal(picture(tmp_path / "a.gif", kind="GIF"))
    assert "something else" in refusal(picture(tmp_path / "a.png", kind="GIF"))


def test_a_turned_picture_is_refused(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    message = refusal(picture(tmp_path / "a.jpg", exif=exif))
    assert message == "expected a picture stored upright, found EXIF orientation 6"


def test_a_decompression_bomb_is_refused_without_being_decoded(tmp_path: Path) -> None:
    # 60,000 x 60,000 black pixels in some kilobytes.
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    content = bytearray(out.getvalue())
    content[16:24] = (60000).to_bytes(4, "big") * 2
    import zlib

    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    path = tmp_path / "a.png"
    path.write_bytes(bytes(content))
    assert "too big to be decoded" in refusal(path)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1920, 1200), (480, 300)), ((320, 200), (320, 200)), ((1000, 1), (480, 1))],
)
def test_a_thumbnail_is_at_most_480_pixels_wide(tmp_path: Path, size, expected) -> None:
    content = picture(tmp_path / "a.jpg", size=size).read_bytes()
    with Image.open(io.BytesIO(thumbnail_make(content))) as small:
        assert (small.format, small.size) == ("JPEG", expected)


def test_a_sixteen_bit_picture_keeps_its_brightness_in_the_thumbnail(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.full((48, 64), 128 * 256, dtype=np.uint16)).save(path)
    picture_check(path, width=64, height=48)
    with Image.open(io.BytesIO(thumbnail_make(path.read_bytes()))) as small:
        assert abs(int(np.asarray(small).mean()) - 128) <= 1
