"""Arrays as a NumPy archive whose bytes depend on the arrays alone."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

#: Zip files hold local times; a fixed one keeps the bytes the same.
_TIME = (1980, 1, 1, 0, 0, 0)
_LEVEL = 3


def npz_bytes(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """What ``numpy.load`` reads, compressed; by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.lib.format.write_array(
                content, np.ascontiguousarray(arrays[name]), allow_pickle=False
            )
            archive.writestr(entry, content.getvalue(), compresslevel=_LEVEL)
    return file.getvalue()
