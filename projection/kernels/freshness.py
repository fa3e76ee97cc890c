"""Compiled kernels on disk are thrown away when any kernel's source has changed.

Numba looks at the file of the kernel itself. A kernel that calls one of another file has that one's
machine code in it, and would go on with the old one.
"""

import hashlib
import os
import tempfile
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_STAMP = "kernels.stamp"
_MARKS = (b"njit", b"compiled", b"inlined")


def sources_hash() -> str:
    """SHA-256 (hexadecimal) of all files of the package that have kernels."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        content = path.read_bytes()
        if any(mark in content for mark in _MARKS):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def drop_stale() -> None:
    """Remove what was compiled from other sources; where nothing can be written, nothing is."""
    stamp = _PACKAGE / "__pycache__" / _STAMP
    current = sources_hash()
    try:
        if stamp.exists() and stamp.read_text() == current:
            return
        for index in _PACKAGE.rglob("__pycache__/*.nbi"):
            index.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=stamp.parent)
        with os.fdopen(handle, "w") as file:
            file.write(current)
        Path(name).replace(stamp)
    except OSError:
        # A read-only installation doesn't change either.
        return
