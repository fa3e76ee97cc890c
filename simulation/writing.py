"""Files of a clip folder, written the same to the byte for the same content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from simulation.motion import PoseTrack

JPEG_QUALITY = 92


def write_json(path: Path, value: Any, *, indent: int | None = None) -> None:
    """Write JSON in UTF-8 with a line feed at its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    separators = None if indent else (",", ":")
    text = json.dumps(value, indent=indent, separators=separators, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows of values that need no quoting."""
    lines = [",".join(header)]
    lines += [",".join(map(str, row)) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_trajectory(path: Path, track: PoseTrack) -> None:
    """Write `trajectory.csv`: metres to a nanometre."""
    rows = (
        (int(time), *(f"{x:.9f}" for x in position), *(f"{q:.15f}" for q in quat))
        for time, position, quat in zip(
            track.times_ns, track.positions_m, track.quats_xyzw, strict=True
        )
    )
    write_csv(path, ("time_ns", "x_m", "y_m", "z_m", "qx", "qy", "qz", "qw"), rows)


def write_jpeg(path: Path, rgb: NDArray[np.uint8]) -> None:
    """Write an (height, width, 3) picture."""
    _write_encoded(path, ".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def write_png(path: Path, values: NDArray[np.uint16]) -> None:
    """Write a (height, width) picture of 16 bits."""
    _write_encoded(path, ".png", values, [cv2.IMWRITE_PNG_COMPRESSION, 3])


def _write_encoded(path: Path, kind: str, picture: NDArray[Any], options: list[int]) -> None:
    done, encoded = cv2.imencode(kind, np.ascontiguousarray(picture), options)
    if not done:
        raise OSError(f"{path}: the picture could not be encoded as {kind}")
    path.write_bytes(encoded.tobytes())
