"""The targets of one head in one window, as arrays: padded, with masks that say what is there."""

from collections.abc import Iterator, Mapping, Sequence
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
    "truncation_surface": (np.float32, np.nan),
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
    flat = [(t, c, n, row) for t, step in enumerate(rows) for c, found in enumerate(step)
            for n, row in enumerate(found or ())]  # fmt: skip
    most = max((n + 1 for _, _, n, _ in flat), default=0)
    at = tuple(np.array([one[axis] for one in flat], np.int64) for axis in range(3))
    labels = [one[3] for one in flat]
    arrays: dict[str, Array] = {
        "has": np.array([[found is not None for found in step] for step in rows], np.bool_),
        "valid": np.zeros((*shape, most), np.bool_),
    }
    arrays["valid"][at] = True
    if classes:
        numbers = {name: number for number, name in enumerate(classes)}
        arrays["class"] = np.full((*shape, most), -1, np.int64)
        arrays["class"][at] = [_class_number(numbers, row["class"], head) for row in labels]
    # HOT: a column at a time, see `bench client.loading`.
    for name, values in _columns(labels, scale[at[:2]]):
        _, nothing = _NUMBERS.get(name, (None, np.nan))
        arrays[name] = np.full((*shape, most, *values.shape[1:]), nothing, values.dtype)
        arrays[name][at] = values
    return arrays


def _columns(
    labels: list[dict[str, Any]], scale: npt.NDArray[np.float64]
) -> Iterator[tuple[str, Array]]:
    """Yield what rows have, by name: (k, ...) for k rows, with what stands for nothing."""
    names = labels[0] if labels else {}
    for box in _BOXES:
        columns = [f"{box}_{corner}_px" for corner in _CORNERS]
        if columns[0] in names:
            values = [[row[column] for column in columns] for row in labels]
            # None becomes NaN.
            corners = np.array(values, np.float64).reshape(-1, 2, 2)
            yield box, _scaled(corners, scale[:, None]).reshape(-1, 4)
    for name, (kind, nothing) in _NUMBERS.items():
        if name in names:
            found = [row[name] for row in labels]
            yield name, np.array([nothing if v is None else v for v in found], kind)
    for name, length in _VECTORS.items():
        if name in names:
            unknown = [None] * length
            vectors = [unknown if row[name] is None else row[name] for row in labels]
            yield name, np.array(vectors, np.float32)


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
                    "uv_px": _scaled(
                        np.asarray(piece["uv_px"], np.float64).reshape(-1, 2), scale[t, c]
                    ),
                    "visible": piece["visible"],
                }
                for row in found or ()
                for piece in row.get("pieces") or ()
            ]
            for c, found in enumerate(step)
        ]
        for t, step in enumerate(rows)
    ]


def _scaled(uv_px: Array, scale: npt.NDArray[np.float64]) -> Array:
    # Pixel (0, 0) is a centre: the picture's corner, which stays, is at -0.5.
    return ((uv_px + 0.5) * scale - 0.5).astype(np.float32)


def _points(uv_px: Any) -> Array:
    return np.asarray(uv_px, np.float64).reshape(-1, 2)


def _class_number(numbers: Mapping[str, int], name: str, head: str) -> int:
    if name not in numbers:
        known = ", ".join(numbers) or "none"
        msg = f"head '{head}': expected one of the classes {known}, found '{name}'."
        raise ValueError(msg)
    return numbers[name]
