"""The decorator of all compiled functions here, and a cache that knows what they are made of."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

#: All files whose code or constants end up in compiled functions.
_SOURCES = ("box_cost", "compiling", "following", "matching")


def _digest() -> str:
    total = hashlib.sha256()
    for name in _SOURCES:
        total.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return total.hexdigest()


_DIGEST = _digest()


def compiled(function: Function) -> Function:
    """Compile a function when it is first called, and keep the result on disk.

    Numba's cache watches only the file that a function is in, while a compiled function contains
    all those that it calls: the stamp it compares is made of all the sources here.
    """
    made: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    # There is no public way to say this; with NUMBA_DISABLE_JIT there is no cache.
    store = getattr(getattr(made, "_cache", None), "_cache_file", None)
    if store is not None:
        store._source_stamp = (store._source_stamp, _DIGEST)  # noqa: SLF001
    return cast("Function", made)  # it is called like the function it was made of
