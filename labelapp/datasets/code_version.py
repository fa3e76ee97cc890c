"""Which code made a target: written beside it, so that it can be told what must be made again."""

import hashlib
from functools import cache
from pathlib import Path

import labelapp
import projection

#: What decides about the bytes of an export.
_FOLDERS = (
    Path(projection.__file__).parent,
    Path(labelapp.__file__).parent / "datasets",
    Path(labelapp.__file__).parent / "labels",
)


@cache
def code_version() -> str:
    """Return a hash of the source files that targets and exports are made by."""
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
