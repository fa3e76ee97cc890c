"""The decorator of all compiled functions here, and a cache that knows what they are made of."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., object]")

# All files whose code or constants end up in compiled functions.
SOURCES = ("bvh", "kernel", "mesh", "rendering", "shading", "sky", "surfaces", "tracing")


def _digest() -> str:
    total = hashlib.sha256()
    for name in SOURCES:
        total.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return total.hexdigest()


_DIGEST = _digest()


def kernel(function: Function) -> Function:
    """Compile a function when it is first called, and keep the result on disk.

    Numba's cache watches only the file a function is in, while a compiled function contains all
    those it calls: after a change to the shader, an old picture kernel would go on being used. So
    the stamp it compares is made of all the sources here.
    """
    compiled: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    # There is no public way to say this; with NUMBA_DISABLE_JIT there is no cache.
    store = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if store is not None:
        store._source_stamp = (store._source_stamp, _DIGEST)  # noqa: SLF001
    return cast("Function", compiled)  # it is called like the function it was made of
