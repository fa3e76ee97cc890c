"""JSON as the formats want it: UTF-8, no doubled fields, no NaN, no bombs."""

import json
from pathlib import Path
from typing import Any, NoReturn

from projection.io.errors import FormatError

#: A clip's description or a label set beyond this size is taken for an attack or a mistake.
MAX_BYTES = 512 * 1024 * 1024


class _DoubledFieldError(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DoubledFieldError(key)
            seen.add(key)
    return fields


def _refused(text: str) -> NoReturn:
    raise ValueError(text)


def read_json(path: Path, name: str) -> dict[str, Any]:
    """The object that a JSON file holds.

    Args:
        path: The file.
        name: What errors call it.

    Raises:
        FormatError: It is missing, too large, not UTF-8, not JSON, or not an object.
    """
    text = read_text(path, name)
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_refused)
    except _DoubledFieldError as error:
        raise FormatError.of(name, str(error), "each field once", "it twice") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FormatError.of(name, place, "valid JSON", f"an error: {error.msg}") from error
    except RecursionError as error:
        raise FormatError.of(name, "", "values nested a few levels deep", "far more") from error
    except ValueError as error:
        raise FormatError.of(name, "", "finite numbers of usual length", f"{error}"[:80]) from error
    if not isinstance(document, dict):
        raise FormatError.of(name, "", "a JSON object", type(document).__name__)
    return document


def read_text(path: Path, name: str) -> str:
    """A text file's content, without a byte order mark.

    Raises:
        FormatError: It is missing, not a plain file, too large, or not UTF-8.
    """
    if not path.exists():
        raise FormatError.of(name, "", "the file", "nothing")
    if not path.is_file():
        raise FormatError.of(name, "", "a plain file", "something else")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FormatError.of(name, "", f"at most {MAX_BYTES} bytes", f"{size} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError.of(name, f"byte {error.start}", "UTF-8 text", "other bytes") from error
    except OSError as error:
        raise FormatError.of(name, "", "a readable file", error.strerror or "an error") from error
