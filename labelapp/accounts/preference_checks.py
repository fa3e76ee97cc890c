"""What may be kept as a user's preferences, see ``docs/api.md``."""

from collections.abc import Mapping
from typing import Any

from labelapp.common.errors import InvalidError
from labelapp.common.rendering import to_json

#: What each section is about; the names are the API's.
SECTIONS: Mapping[str, str] = {
    "layout": "panels, their sizes, and which views are shown where",
    "keys": "chords by operation id, where they differ from the built-in ones",
    "theme": "dark or light, and the scale of the whole interface",
    "view": "how views and labels are drawn",
    "tour": "what of the introduction has been seen",
    "cloud": "how points are drawn",
    "board": "saved views of the queue board",
}
#: All of a user's preferences as JSON: far more than any screen needs.
MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
_MAX_KEYS = 500
_MAX_TEXT = 64


def check_patch(body: object) -> dict[str, Any]:
    """Return a change of preferences: sections to set whole, None for those to remove.

    Raises:
        InvalidError: It is no object, or a section has an unknown name or another shape.
    """
    if not isinstance(body, dict):
        raise _invalid("body", "an object of sections", body)
    for name, section in body.items():
        if name not in SECTIONS:
            expected = f"one of {', '.join(SECTIONS)}"
            raise _invalid("section", expected, name)
        if section is None:
            continue
        if not isinstance(section, dict):
            raise _invalid(name, "an object, or null to remove it", section)
        if _depth(section) > MAX_DEPTH:
            raise _invalid(name, f"at most {MAX_DEPTH} levels", f"{_depth(section)} levels")
    if isinstance(body.get("keys"), dict):
        _check_keys(body["keys"])
    return body


def check_size(sections: Mapping[str, Any]) -> None:
    """Refuse preferences that are too big to be kept.

    Raises:
        InvalidError: They are more than ``MAX_BYTES`` as JSON.
    """
    size = len(to_json(sections))
    if size > MAX_BYTES:
        raise _invalid("preferences", f"at most {MAX_BYTES} bytes in all", f"{size} bytes")


def _check_keys(keys: Mapping[str, object]) -> None:
    if len(keys) > _MAX_KEYS:
        raise _invalid("keys", f"at most {_MAX_KEYS} operations", f"{len(keys)}")
    for operation_id, chords in keys.items():
        field = f"keys.{operation_id[:_MAX_TEXT]}"
        if not isinstance(chords, list):
            raise _invalid(field, "a list of chords, empty for none", chords)
        for chord in chords:
            if not isinstance(chord, str) or not 0 < len(chord) <= _MAX_TEXT:
                raise _invalid(field, "chords such as 'ctrl+shift+k'", chord)


def _depth(value: object) -> int:
    """Return how many objects and lists lie inside each other; the parser bounds the nesting."""
    level, depth = [value], 0
    while level:
        inner: list[object] = []
        for part in level:
            if isinstance(part, dict):
                inner.append(None)
                inner.extend(part.values())
            elif isinstance(part, list):
                inner.append(None)
                inner.extend(part)
        depth += bool(inner)
        level = inner
    return depth


def _invalid(field: str, expected: str, found: object) -> InvalidError:
    shown = found if isinstance(found, str) else _kind(found)
    sentence = f"{field}: expected {expected}, found {shown[:_MAX_TEXT]}."
    return InvalidError(sentence, details={"fields": {field: [sentence]}})


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
