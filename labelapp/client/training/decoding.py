"""Pictures and their sizes."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from labelapp.client.training.store import ExportError

#: JPEG can be decoded smaller at once, which takes a fraction of the time.
_REDUCED = ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4),
            (2, cv2.IMREAD_REDUCED_COLOR_2))  # fmt: skip
#: Depth pictures count in steps of so many metres.
_DEPTH_STEP_M = 1.0 / 256.0
_IN_METRES = frozenset({"depth_picture", "range_picture"})


def decode_picture(
    content: bytes, about: Mapping[str, Any], size: tuple[int, int] | None
) -> npt.NDArray[np.uint8]:
    """Return a recorded picture as (height, width, 3) uint8, red green blue.

    Args:
        content: JPEG or PNG.
        about: ``width`` and ``height`` as recorded, where they are known.
        size: (height, width) to be had; None: as it is. Whole pixels are averaged.

    Raises:
        ExportError: it is no picture.
    """
    flag = cv2.IMREAD_COLOR
    if size is not None and "width" in about:
        height, width = about["height"], about["width"]
        for factor, reduced in _REDUCED:
            # Only where the blocks fall together with pixels: nothing shifts by a part of one.
            is_whole = not (width % factor or height % factor)
            if is_whole and height // factor >= size[0] and width // factor >= size[1]:
                flag = reduced
                break
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), flag)
    if pixels is None:
        msg = f"expected a JPEG or PNG, found {content[:16]!r}."
        raise ExportError(msg)
    if size is not None and pixels.shape[:2] != size:
        pixels = cv2.resize(pixels, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


def decode_target(
    content: bytes, kind: str, size: tuple[int, int] | None
) -> npt.NDArray[np.int32] | npt.NDArray[np.float32]:
    """Return a target picture: int32 numbers, or float32 metres (0: nothing there).

    Args:
        content: PNG.
        kind: such as ``semantic_picture`` or ``depth_picture``.
        size: (height, width) to be had, by the nearest pixel; None: as it is.
    """
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        msg = f"{kind}: expected a PNG, found {content[:16]!r}."
        raise ExportError(msg)
    if size is not None and pixels.shape[:2] != size:
        pixels = cv2.resize(pixels, (size[1], size[0]), interpolation=cv2.INTER_NEAREST_EXACT)
    if kind in _IN_METRES:
        metres: npt.NDArray[np.float32] = pixels.astype(np.float32) * np.float32(_DEPTH_STEP_M)
        return metres
    numbers: npt.NDArray[np.int32] = pixels.astype(np.int32)
    return numbers


def decode_mask(counts: str, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return a mask of COCO's compressed run-length string.

    Args:
        counts: columns ``mask_whole`` and ``mask_visible``.
        size: (height, width) of the picture as recorded.

    The runs are numbers of six-bit digits, five bits each and one that says that another follows,
    the smallest first, from the third on as the difference to the last but one; by columns,
    beginning with what is outside (``rleFrString`` of COCO's ``maskApi.c``).
    """
    runs: list[int] = []
    value = shift = 0
    for sign in counts.encode("ascii"):
        digit = sign - 48
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            if digit & 16:
                value -= 1 << shift
            runs.append(value + runs[-2] if len(runs) > 2 else value)
            value = shift = 0
    inside = np.zeros(len(runs), np.bool_)
    inside[1::2] = True
    flat = np.repeat(inside, runs)
    return flat.reshape(size[1], size[0]).T
