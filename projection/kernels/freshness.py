"""Compiled kernels on disk are thrown away when any kernel's source has changed.

Numba looks at the file of the kernel itself. A kernel that calls one of another file has that one's
machine code in it, and would go on with the old one.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_STAMP = "kernels.stamp"
_MARKS = (b"njit", b"compiled", b"inlined", b"fused", b"intrinsic")


def sources_hash(package: Path, sources: Sequence[str] = ()) -> str:
    """SHA-256 (hexadecimal) of all files of a package that have kernels.

    Args:
        package: Its folder.
        sources: Names of modules in it that count too, such as those with kernels' constants.
    """
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        if path.stem in sources or any(mark in content for mark in _MARKS):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def drop_stale(package: Path | None = None, sources: Sequence[str] = ()) -> None:
    """Remove what was compiled from other sources; where nothing can be written, nothing is.

    Args:
        package: Folder of the package whose kernels they are; None: this one's.
        sources: See ``sources_hash``.
    """
    folder = package or _PACKAGE
    stamp = folder / "__pycache__" / _STAMP
    current = sources_hash(folder, sources)
    try:
        if stamp.exists() and stamp.read_text() == current:
            return
        for index in folder.rglob("__pycache__/*.nbi"):
            index.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=stamp.parent)
        with os.fdopen(handle, "w") as file:
            file.write(current)
        Path(name).replace(stamp)
    except OSError:
        # A read-only installation doesn't change either.
        return
