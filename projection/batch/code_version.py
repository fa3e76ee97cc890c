"""Which code made a target: what would make it again the same, to the byte."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
#: Their results, or their files, may differ in the last bit from version to version.
_LIBRARIES = ("numba", "numpy", "opencv-python-headless", "pyarrow", "scipy", "shapely")


@cache
def code_version() -> str:
    """A hash of the projection's sources and of the libraries under them, 16 characters."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    for library in _LIBRARIES:
        digest.update(f"{library}=={version(library)}\0".encode())
    return digest.hexdigest()[:16]
