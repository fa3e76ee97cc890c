"""Whether a label keeps ``labelapp-labels/1`` and can be stored as it is."""

from labelapp.common.checking import FieldError, Shown
from labelapp.labels.origin import check_origin
from projection.io import FormatError, read_label

MAX_CLASS_LENGTH = 64
MAX_ID_LENGTH = 200
#: JSON numbers are floats in a browser, and whole ones of more than 64 bits cannot be sent to it.
_MAX_NUMBER = 2.0**53
_MAX_DEPTH = 16
_COMMON_FIELDS = ("id", "class", "geometry", "attributes", "origin")
_FIELDS = {
    "cuboid": ("static", "size_m", "interpolation", "from_ns", "to_ns", "keyframes"),
    "polyline": ("vertices_m", "closed", "width_m"),
    "polygon": ("rings_m",),
    "keypoints": ("points",),
    "points": ("sweeps", "positions_m"),
}


def check_format(label: dict[str, object]) -> None:
    """Raise ``FieldError`` with the field's path unless the label keeps the format."""
    try:
        read = read_label(label)
    except FormatError as error:
        defect = error.defects[0]
        raise FieldError(defect.field, defect.expected, Shown(defect.found)) from error
    for name, value, longest in (
        ("id", read.id, MAX_ID_LENGTH),
        ("class", read.class_name, MAX_CLASS_LENGTH),
    ):
        if len(value) > longest:
            raise FieldError(name, f"a text of 1 to {longest} characters", value)
    check_origin(label)
    _check_storable(label, "", _MAX_DEPTH)


def refuse_unknown_fields(label: dict[str, object]) -> None:
    """Raise ``FieldError`` if a label has a field that its geometry has not: a misspelt one."""
    known = (*_COMMON_FIELDS, *_FIELDS[str(label["geometry"])])
    for name in label:
        if name not in known:
            raise FieldError(name, f"one of the fields {', '.join(known)}", Shown("this field"))


def _check_storable(value: object, path: str, depth: int) -> None:
    """Raise ``FieldError`` for what PostgreSQL or a browser would refuse or change."""
    if isinstance(value, dict):
        parts = [(f"{path}.{key}" if path else str(key), part) for key, part in value.items()]
        texts = [key for key in value if "\0" in key]
    elif isinstance(value, list):
        parts = [(f"{path}[{index}]", part) for index, part in enumerate(value)]
        texts = []
    else:
        _check_storable_leaf(value, path)
        return
    if texts or depth == 0:
        raise FieldError(path, f"names without U+0000 and at most {_MAX_DEPTH} levels", value)
    for part_path, part in parts:
        _check_storable(part, part_path, depth - 1)


def _check_storable_leaf(value: object, path: str) -> None:
    if isinstance(value, str) and "\0" in value:
        raise FieldError(path, "a text without U+0000", value)
    if isinstance(value, int | float) and not abs(value) <= _MAX_NUMBER:
        raise FieldError(path, "a finite number of at most 2^53", value)
