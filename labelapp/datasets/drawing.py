"""Targets drawn over their picture, as an export's rows have them."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from projection import rle

#: Paul Tol's bright scheme: for classes that have no colour of their own.
_OTHERS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
_QUALITY = 82
_DIM = 0.35
Row = Mapping[str, Any]


def targets_drawn(
    picture: Image.Image, rows: Iterable[Row], colors: Mapping[str, str], *, labelled: bool = True
) -> bytes:
    """Return a JPEG of a picture with targets over it.

    Args:
        picture: RGB, scaled as it should come back.
        rows: of ``targets`` of this image, see ``docs/targets.md``; columns that are missing are
            not drawn.
        colors: by class, ``#rrggbb``.
        labelled: whether boxes have their class written at them.
    """
    listed = list(rows)
    picture = _with_masks(picture, listed, colors)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(12)
    for row in listed:
        color = color_of(row["class"], colors)
        scale = picture.width / row["width"]
        width = 1 if row.get("ignored") else 2
        for loop, is_closed in _lines(row):
            points = _scaled(loop, scale)
            draw.line([*points, points[0]] if is_closed else points, fill=color, width=width)
        for point in row.get("keypoints") or ():
            if point["u_px"] is not None:
                (u, v), *_ = _scaled([point["u_px"], point["v_px"]], scale)
                draw.ellipse((u - 3, v - 3, u + 3, v + 3), outline=color, width=2)
        box = box_of(row)
        if box is not None:
            (u0, v0), (u1, v1) = _scaled(box, scale)
            draw.rectangle((u0, v0, max(u0, u1), max(v0, v1)), outline=color, width=1)
            if labelled and u1 - u0 > 24:
                _write(draw, font, (u0, v0), row["class"], color)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def blank_picture(width: int, height: int) -> Image.Image:
    """Return what stands for a picture that wasn't kept."""
    return Image.new("RGB", (width, height), "#24282f")


def scaled_to(picture: Image.Image, width: int) -> Image.Image:
    """Return a picture in RGB that is at most so wide."""
    picture = picture.convert("RGB")
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.BILINEAR)


def color_of(name: str, colors: Mapping[str, str]) -> str:
    """Return a class's colour: its own, or one that its name always has."""
    return colors.get(name) or _OTHERS[sum(name.encode()) % len(_OTHERS)]


def box_of(row: Row) -> list[float] | None:
    """Return the tightest box that a row has: left, top, right, bottom; None: it has none."""
    for kind in ("visible", "clipped", "full"):
        box = [row.get(f"box_{kind}_{side}_px") for side in ("u0", "v0", "u1", "v1")]
        if all(value is not None for value in box):
            return [float(value) for value in box if value is not None]
    return None


def _lines(row: Row) -> Iterable[tuple[Sequence[float], bool]]:
    for name in ("outline_px", "rings_px"):
        yield from ((loop, True) for loop in row.get(name) or ())
    for piece in row.get("pieces") or ():
        yield piece["uv_px"], False
    corners = row.get("corners")
    if corners and not row.get("outline_px"):
        for a, b in _EDGES:
            ends = [corners[a], corners[b]]
            if all(end["u_px"] is not None for end in ends):
                yield [value for end in ends for value in (end["u_px"], end["v_px"])], False


#: Pairs of corners, x fastest, then y, then z.
_EDGES = [(a, a | bit) for bit in (1, 2, 4) for a in range(8) if not a & bit]


def _scaled(flat: Sequence[Any], scale: float) -> list[tuple[float, float]]:
    """Return pixels as Pillow counts them, from the corner of a picture of another size."""
    points = np.asarray(flat, dtype=np.float64).reshape(-1, 2)
    moved = (points + 0.5) * scale - 0.5
    return [(float(u), float(v)) for u, v in moved]


def _with_masks(
    picture: Image.Image, rows: Sequence[Row], colors: Mapping[str, str]
) -> Image.Image:
    layers: list[tuple[Row, str]] = []
    for row in rows:
        counts = row.get("mask_visible") or row.get("mask_whole")
        if counts:
            layers.append((row, counts))
    if not layers:
        return picture.copy()
    pixels = np.asarray(picture, dtype=np.float32).copy()
    for row, counts in layers:
        size = [row["height"], row["width"]]
        mask = rle.decode({"size": size, "counts": counts.encode()})
        place = Image.fromarray(mask.astype(np.uint8) * 255).resize(
            picture.size, Image.Resampling.NEAREST
        )
        color = np.array(_rgb(color_of(row["class"], colors)), dtype=np.float32)
        inside = np.asarray(place) > 0
        pixels[inside] += (color - pixels[inside]) * _DIM
    return Image.fromarray(pixels.round().astype(np.uint8))


def _rgb(color: str) -> tuple[int, int, int]:
    number = int(color.lstrip("#")[:6], 16)
    return number >> 16, number >> 8 & 255, number & 255


def _write(
    draw: ImageDraw.ImageDraw, font: Any, place: tuple[float, float], text: str, color: str
) -> None:
    u, v = place
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    height = bottom - top + 4
    v = v - height if v >= height else v
    draw.rectangle((u, v, u + right - left + 6, v + height), fill=color)
    is_light = (
        sum(weight * part for weight, part in zip((3, 6, 1), _rgb(color), strict=True)) > 1400
    )
    draw.text((u + 3, v + 1 - top), text, font=font, fill="#000000" if is_light else "#ffffff")
