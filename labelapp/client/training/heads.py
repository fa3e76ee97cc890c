"""The targets of one head in one window, as arrays: padded, with masks that say what is there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
#: For each step and camera the rows of an image, None where the head lacks it.
Rows = list[list[list[dict[str, Any]] | None]]

_BOXES = ("box_full", "box_clipped", "box_visible")
_CORNERS = ("u0", "v0", "u1", "v1")
#: Columns of one number: their type, and what stands where nothing is said.
_NUMBERS: dict[str, tuple[type, float]] = {
    "track": (np.int64, -1),
    "instance": (np.int64, -1),
    "ignored": (np.bool_, False),
    "truncation": (np.float32, np.nan),
    "occlusion": (np.float32, np.nan),
    "distance_m": (np.float32, np.nan),
    "depth_m": (np.float32, np.nan),
    "yaw_rate_radps": (np.float32, np.nan),
    "mask_whole_px": (np.int64, -1),
    "mask_visible_px": (np.int64, -1),
    "points_inside": (np.int64, -1),
    "points_visible": (np.int64, -1),
}
#: Columns of several numbers.
_VECTORS = {
    "position_camera_m": 3,
    "quat_xyzw": 4,
    "size_m": 3,
    "velocity_camera_mps": 3,
}


def class_names(spec: Mapping[str, Any] | None, head: str) -> list[str] | None:
    """Return the classes that a head's spec names, None where it takes all, or isn't known."""
    if spec is None:
        return None
    of_head = spec["heads"].get(head, {}) if "heads" in spec else spec
    found = of_head.get("classes") or spec.get("classes")
    return [c if isinstance(c, str) else c["name"] for c in found] if found else None


def rows_as_arrays(
    rows: Rows, scale: npt.NDArray[np.float64], classes: Sequence[str], head: str
) -> dict[str, Array]:
    """Return rows of labels as arrays (T, C, N, ...), N being the most that one image has.

    Args:
        rows: (T, C) lists of rows.
        scale: (T, C, 2) by how much pictures were resized, (u, v).
        classes: names, in the order of their numbers.
        head: for sentences.

    Returns:
        ``has`` (T, C), ``valid`` (T, C, N), ``class`` (T, C, N) with -1 for nothing where classes
        are known, and what the rows have of boxes (T, C, N, 4) in pixels of the resized picture,
        and numbers.
    """
    shape = (len(rows), len(rows[0]))
    most = max((len(found) for step in rows for found in step if found), default=0)
    first = next((found[0] for step in rows for found in step if found), {})
    arrays: dict[str, Array] = {
        "has": np.array([[found is not None for found in step] for step in rows], np.bool_),
        "valid": np.zeros((*shape, most), np.bool_),
    }
    if classes:
        arrays["class"] = np.full((*shape, most), -1, np.int64)
    readers = _readers(first, arrays, (*shape, most))
    numbers = {name: number for number, name in enumerate(classes)}
    places = ((t, c, n, row) for t, s in enumerate(rows) for c, f in enumerate(s)
              for n, row in enumerate(f or ()))  # fmt: skip
    for t, c, n, row in places:
        arrays["valid"][t, c, n] = True
        if numbers:
            arrays["class"][t, c, n] = _class_number(numbers, row["class"], head)
        for name, read in readers.items():
            value = read(row, scale[t, c])
            if value is not None:
                arrays[name][t, c, n] = value
    return arrays


def _readers(
    row: Mapping[str, Any], arrays: dict[str, Array], shape: tuple[int, ...]
) -> dict[str, Callable[[dict[str, Any], npt.NDArray[np.float64]], Any]]:
    """Add empty arrays for what a head's rows have; return what reads each from a row."""
    readers: dict[str, Callable[[dict[str, Any], npt.NDArray[np.float64]], Any]] = {}
    for box in _BOXES:
        if f"{box}_u0_px" in row:
            arrays[box] = np.full((*shape, 4), np.nan, np.float32)
            readers[box] = _box_reader(box)
    for name, (kind, nothing) in _NUMBERS.items():
        if name in row:
            arrays[name] = np.full(shape, nothing, kind)
            readers[name] = _number_reader(name)
    for name, length in _VECTORS.items():
        if name in row:
            arrays[name] = np.full((*shape, length), np.nan, np.float32)
            readers[name] = _number_reader(name)
    return readers


def lines_of(
    rows: Rows, scale: npt.NDArray[np.float64], classes: Sequence[str], head: str
) -> list[list[list[dict[str, Any]]]]:
    """Return the pieces of lines of each step and camera.

    Returns:
        For each piece ``class`` (number, -1 where no classes are known), ``track``, ``uv_px``
        (n, 2) float32 in pixels of the resized picture, and ``visible`` as the export has it.
    """
    numbers = {name: number for number, name in enumerate(classes)}
    return [
        [
            [
                {
                    "class": _class_number(numbers, row["class"], head) if numbers else -1,
                    "track": row.get("track", -1),
                    "uv_px": _scaled(piece["uv_px"], scale[t, c]),
                    "visible": piece["visible"],
                }
                for row in found or ()
                for piece in row.get("pieces") or ()
            ]
            for c, found in enumerate(step)
        ]
        for t, step in enumerate(rows)
    ]


def _scaled(uv_px: Any, scale: npt.NDArray[np.float64]) -> Array:
    points = np.asarray(uv_px, np.float64).reshape(-1, 2)
    # Pixel (0, 0) is a centre: the picture's corner, which stays, is at -0.5.
    return ((points + 0.5) * scale - 0.5).astype(np.float32)


def _box_reader(box: str) -> Callable[[dict[str, Any], npt.NDArray[np.float64]], Any]:
    columns = [f"{box}_{corner}_px" for corner in _CORNERS]

    def read(row: dict[str, Any], scale: npt.NDArray[np.float64]) -> Any:
        values = [row.get(column) for column in columns]
        if None in values:
            return None
        return _scaled(values, scale).reshape(4)

    return read


def _number_reader(name: str) -> Callable[[dict[str, Any], npt.NDArray[np.float64]], Any]:
    def read(row: dict[str, Any], scale: npt.NDArray[np.float64]) -> Any:
        del scale
        return row.get(name)

    return read


def _class_number(numbers: Mapping[str, int], name: str, head: str) -> int:
    if name not in numbers:
        known = ", ".join(numbers) or "none"
        msg = f"head '{head}': expected one of the classes {known}, found '{name}'."
        raise ValueError(msg)
    return numbers[name]
